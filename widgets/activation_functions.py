"""Activation functions: how steep they are, and what that leaves of a gradient and of a layer."""

import functools
from dataclasses import dataclass

import numpy as np

import nnkit
from nnkit import functional as F
from widgets.controls import choice, log_slider, slider
from widgets.explorer import Explorer
from widgets.own import not_yet
from widgets.playground_net import ACTIVATIONS
from widgets.style import BLUE, GREY, INK, ORANGE, RED
from widgets.words import readable

FUNCTIONS = ACTIVATIONS | {"softplus": F.softplus}
EDGE = 8.0  # of z in the picture
AXIS = np.linspace(-EDGE, EDGE, 321)
BINS = np.linspace(-EDGE, EDGE, 65)
MOST = 10  # layers
BOTTOM, TOP = 1e-12, 1e5  # of the axis of products
FLAT = 0.01  # a slope below this lets next to nothing through
UNITS = SAMPLES = 100


def bend(name, z):
    """(values, slopes) of an activation at an array z, by nnkit's own backward()."""
    z = nnkit.tensor(z, dtype=nnkit.float64, requires_grad=True)
    values = FUNCTIONS[name](z)
    values.sum().backward()
    return values.detach().numpy(), z.grad.numpy()


@functools.cache
def standard_layer():
    """The sums z, shape (SAMPLES, UNITS), of a random layer whose inputs have the spread 1."""
    rng = np.random.default_rng(0)
    return rng.normal(size=(SAMPLES, 20)) @ rng.normal(size=(20, UNITS)) / 20**0.5


@dataclass
class Slopes:
    """What an activation does at one z, through some layers, and to a layer of units.

    curve: (values, slopes) over AXIS; at: (value, slope) at z; z_layer, slopes_layer: of each
    sample (row) in each unit (column) of the random layer; whose: words on a learner's functions.
    """

    name: str
    z: float
    layers: int
    curve: tuple
    at: tuple
    z_layer: np.ndarray
    slopes_layer: np.ndarray
    whose: str = ""

    @property
    def steepest(self):
        return np.abs(self.curve[1]).max()

    @functools.cached_property
    def flat(self):
        """True where a sample finds a unit flat."""
        return np.abs(self.slopes_layer) < FLAT

    @property
    def here(self):
        value, slope = self.at
        saturated = f", under {FLAT}: <b>flat</b>" if abs(slope) < FLAT else ""
        name = "no activation" if self.name == "none" else f"{self.name}({self.z:.3g})"
        return f"<b>{name} = {value:.3g}</b>, with slope {slope:.3g}{saturated}."

    @property
    def chain(self):
        slope, k = self.at[1], self.layers
        left, best = slope**k, self.steepest**k
        base = f"({slope:.3g})" if slope < 0 else f"{slope:.3g}"
        fate = "next to nothing is left" if abs(left) < 1e-3 else "it shrinks"
        if left == 0:
            fate = "nothing is left"
        elif abs(abs(left) - 1) < 0.05:
            fate = "it is kept"
        elif abs(left) > 1:
            fate = "it grows"
        through = "1 layer" if k == 1 else f"{k} layers"
        return (
            f"A gradient through {through} with all z = {self.z:.3g}: {base}^{k} = "
            f"<b>{left:.3g}</b>, so {fate}. Where it is steepest: {self.steepest:.3g}^{k} = "
            f"{best:.3g}."
        )

    @property
    def layer(self):
        flat = int(self.flat.all(axis=0).sum())
        dead = int((self.slopes_layer == 0).all(axis=0).sum())
        z = self.z_layer
        told = "none is flat for every sample."
        if flat:
            share = "all" if dead == flat else dead or "none"
            told = f"<b>{flat} are flat for every sample</b>, {share} of them dead (slope 0)."
        return (
            f"A layer of {UNITS} units, {SAMPLES} samples, z = {z.mean():.2g} ± {z.std():.2g}: "
            f"<b>{self.flat.mean():.0%}</b> of all z meet a flat place; of the units, {told}"
        )


class ActivationFunctions(Explorer):
    """Move z, the layers and the spread; watch what an activation leaves of a gradient.

    functions, slopes: a learner's own, each f(z) -> {name: values}; drawn where they know a name.
    """

    activation = choice("activation", FUNCTIONS, "sigmoid")
    z = slider("z", -EDGE, EDGE, default=2.0, step=0.1)
    layers = slider("layers", 1, MOST, default=MOST, step=1)
    spread = log_slider("spread of z in a layer", 0.1, 20, default=1.0)
    bias = slider("bias of its units", -EDGE, EDGE, default=0.0, step=0.1)

    presets = {
        "sigmoid at its best: 0.25 a layer": {"activation": "sigmoid", "z": 0.0, "layers": 10},
        "sigmoid, saturated": {"activation": "sigmoid", "z": 5.0, "spread": 10.0},
        "tanh, weights too large": {"activation": "tanh", "z": 3.0, "spread": 10.0},
        "ReLU, healthy": {"activation": "ReLU", "z": 1.0, "spread": 1.0},
        "ReLU, dying": {"activation": "ReLU", "z": -2.0, "bias": -3.0},
        "leaky ReLU in the same place": {"activation": "leaky ReLU", "z": -2.0, "bias": -3.0},
    }
    presets = {words: {"spread": 1.0, "bias": 0.0} | state for words, state in presets.items()}
    size = (840, 400)
    readout_lines = 5

    def __init__(self, functions=None, slopes=None, **state):
        self.own = functions, slopes
        super().__init__(**state)

    def compute(self, activation, z, layers, spread, bias):
        sums = spread * standard_layer() + bias
        values, slopes, whose = self._bend(activation, np.append(AXIS, z))
        _, of_layer, _ = self._bend(activation, sums)
        curve, at = (values[:-1], slopes[:-1]), (values[-1], slopes[-1])
        return Slopes(activation, z, layers, curve, at, sums, of_layer, whose)

    def _bend(self, name, z):
        """(values, slopes, whose): the learner's where there are any, else nnkit's."""
        parts, words = list(bend(name, z)), []
        for i, (own, what) in enumerate(zip(self.own, ("values", "slopes"), strict=True)):
            if own is None:
                continue
            found = own(z.copy())
            if found is None or found.get(name) is None:
                nnkits = f"nnkit's {what} are shown"
                words.append(
                    not_yet(own.__name__, nnkits)
                    if found is None
                    else f"Your {own.__name__} has no {name}: {nnkits}."
                )
                continue
            mine = np.array(found[name], dtype=float)
            if mine.shape != z.shape:
                raise ValueError(f"{own.__name__} must keep the shape {z.shape}, got {mine.shape}")
            words.append(f"The {what} are your own{compared(mine, parts[i], z)}.")
            parts[i] = mine
        return *parts, " ".join(words)

    def setup(self, figure):
        axes = figure.subplot_mosaic(
            [["bend", "product"], ["layer", "product"]], width_ratios=(1.5, 1), height_ratios=(2, 1)
        )
        move, over, below = self.live.move, axes["bend"], axes["layer"]
        (self.value,) = move(*over.plot([], [], color=BLUE, label="value"))
        (self.slope,) = move(*over.plot([], [], "--", color=ORANGE, label="slope"))
        over.axhline(0, color=GREY, lw=0.8)
        self.here = move(
            *over.plot([], [], "o", ms=9, color=BLUE, mec="white", zorder=5),
            *over.plot([], [], "D", ms=8, color=ORANGE, mec="white", zorder=5),
        )
        over.set(xlim=(-EDGE, EDGE), ylim=(-1.3, 3.2), title="the function and its slope")
        over.tick_params(labelbottom=False)
        look = {"fill": True, "baseline": 0}
        empty = np.zeros(len(BINS) - 1)
        self.steep = below.stairs(empty, BINS, fc=BLUE, label="z where it is steep", **look)
        look |= {"fc": "white", "ec": RED, "hatch": "////"}
        self.flat = below.stairs(empty, BINS, label=f"z where it is flat (slope < {FLAT})", **look)
        self.line = below.axvline(0, color=INK, lw=1.2, ls=":", label="your z")
        self.line_above = over.axvline(0, color=INK, lw=1.2, ls=":")
        move(self.steep, self.flat, self.line, self.line_above)
        below.set(
            xlim=(-EDGE, EDGE),
            ylim=(0, 1.05),
            yticks=[],
            xlabel="z (beyond ±8: counted at the edges)",
        )
        below.set_ylabel("a layer's z")
        chain, k = axes["product"], np.arange(MOST + 1)
        (self.best,) = move(*chain.plot(k, k, "-", color=GREY, label="where it is steepest"))
        (self.left,) = move(*chain.plot(k, k, "o--", color=ORANGE, ms=5, label="at your z"))
        (self.end,) = move(*chain.plot([], [], "s", ms=9, color=RED, clip_on=False, zorder=5))
        self.end.set_label("after your layers")
        look = {"ha": "right", "va": "bottom", "color": RED, "zorder": 6}
        (self.below,) = move(chain.text(MOST, 3 * BOTTOM, "", **look))
        chain.set(yscale="log", ylim=(BOTTOM, TOP), xlim=(0, MOST), xticks=range(0, MOST + 1, 2))
        chain.set(title="what is left of a gradient", xlabel="layers passed")
        chain.legend(loc="upper left")
        handles = [self.value, self.slope, self.steep, self.flat, self.line]
        figure.legend(handles=handles, loc="outside lower left", ncols=5, columnspacing=1.2)

    def draw(self, result):
        for line, values in zip((self.value, self.slope), result.curve, strict=True):
            line.set_data(AXIS, values)
        for mark, value in zip(self.here, result.at, strict=True):
            mark.set_data([result.z], [value])
        for line in self.line, self.line_above:
            line.set_xdata([result.z] * 2)
        inside = result.z_layer.clip(-EDGE, EDGE)
        steep, flat = (np.histogram(inside[m], BINS)[0] for m in (~result.flat, result.flat))
        highest = max((steep + flat).max(), 1)
        self.steep.set_data(steep / highest, BINS, 0)
        self.flat.set_data((steep + flat) / highest, BINS, steep / highest)
        k = np.arange(MOST + 1)
        for line, slope in (self.best, result.steepest), (self.left, abs(result.at[1])):
            line.set_ydata(np.clip(slope**k, BOTTOM / 1e3, None))
        left = abs(result.at[1]) ** result.layers
        self.end.set_data([result.layers], [np.clip(left, BOTTOM, TOP)])
        self.below.set_x(max(result.layers - 0.4, 2))
        number = readable(f"{left:.1e}") if left else "0"
        self.below.set_text(f"↓ {number}" if left < BOTTOM else "")

    def pointed(self, axes, x, y):
        if axes.get_xlim() == (-EDGE, EDGE):
            self.place(z=x)

    def readout(self, result):
        lines = [result.here, result.chain, result.layer]
        return readable("<br>".join([*lines, result.whose] if result.whose else lines))


def compared(mine, right, z):
    """Where a learner's values are off, in words; "" where they are not."""
    off = np.abs(np.nan_to_num(mine, nan=1e9) - right)
    if off.max() < 1e-6:
        return ""
    worst = off.argmax()
    z, mine, right = (values.flat[worst] for values in (z, mine, right))
    return f"; at z = {z:.3g} one is {mine:.3g}, and nnkit's is {right:.3g}"

"""Standardising in a picture: the contours of a loss before and after, and a descent on both."""

import functools

import numpy as np

from widgets.controls import choice, log_slider, slider
from widgets.explorer import Explorer
from widgets.field import Field
from widgets.labels import flag
from widgets.own import not_yet, own_or
from widgets.ravines import (
    BIAS,
    EACH,
    GRID,
    LOGISTIC,
    SAME,
    SQUARED,
    STEPS,
    TWO,
    Ravine,
    Walk,
    checked,
    problem_of,
    standardised,
)
from widgets.style import BLUE, GREEN, ORANGE, RED
from widgets.words import readable

RAVINE = {"problem": TWO, "loss": SQUARED, "scale": 10.0, "correlation": 0.0}


class RavineMap:
    """The contours of a loss over two weights on `axes`, its minimum, and a path."""

    def __init__(self, live, axes, title, colour):
        self.axes, self.ravine = axes, None
        self.field = Field(live, axes, GRID, GRID, -1.5, 3.0, levels=np.arange(-2, 3.1, 0.5))
        axes.set(aspect="equal", xticks=range(-4, 5, 2), yticks=range(-4, 5, 2), title=title)
        (self.track,) = axes.plot([], [], "o-", color=colour, ms=3.5, lw=1.3, zorder=4)
        (self.first,) = axes.plot([], [], "o", ms=9, mfc="white", mec=RED, mew=2, zorder=5)
        (self.last,) = axes.plot([], [], "s", ms=8, color=RED, zorder=6)
        (self.still,) = axes.plot([], [], "*", ms=16, color=GREEN, mec="white", zorder=3)
        self.outside = flag(axes, "")
        box = {"boxstyle": "round,pad=0.2", "fc": "white", "ec": "none", "alpha": 0.8}
        self.condition = axes.text(-3.8, -3.7, "", bbox=box, zorder=8)
        live.move(self.track, self.first, self.last, self.still, self.outside, self.condition)

    def show(self, walk):
        """Show a Walk, and its ravine if it is another one."""
        if self.ravine is not walk.ravine:
            self.ravine = walk.ravine
            self.field.set_values(self.ravine.heights)
            self.still.set_data(*self.ravine.minimum[:, None])
            self.condition.set_text(f"condition number {self.ravine.condition:.3g}")
        gone = np.flatnonzero(~(abs(walk.path) <= GRID[-1]).all(axis=1))
        self.outside.set_text(f"leaves the picture at step {gone[0]}" if len(gone) else "")
        points = np.nan_to_num(walk.path).clip(-100, 100)  # far outside is outside
        for line, some in (self.track, points), (self.first, points[:1]), (self.last, points[-1:]):
            line.set_data(*some.T)


class StandardisedInputs(Explorer):
    """Contours and descent for raw inputs and standardised ones; move scale, correlation and lr.

    standardise: a learner's own `standardise(train, test)`, which then makes those inputs.
    """

    problem = choice("problem", [TWO, BIAS], TWO)
    loss = choice("loss", [SQUARED, LOGISTIC], SQUARED)
    scale = log_slider("scale of x2", 1.0, 30.0, default=10.0)
    correlation = slider("correlation", -0.95, 0.95, default=0.0, step=0.05)
    offset = slider("offset of x", 0.0, 3.0, default=2.5, step=0.1)
    rates = choice("rates", [SAME, EACH], SAME)
    lr = log_slider("learning rate (lr)", 1e-4, 3.0, default=0.019)

    presets = {
        "lr 0.019: just stable for the raw inputs": RAVINE | {"rates": SAME, "lr": 0.019},
        "lr 1: a single step, and a disaster": RAVINE | {"rates": SAME, "lr": 1.0},
        "each its own rate": RAVINE | {"rates": EACH},
        "an input far from 0": {"problem": BIAS, "offset": 2.5, "rates": EACH},
        "what standardising can't mend": RAVINE | {"correlation": 0.9, "rates": EACH},
    }
    size = (840, 360)
    readout_lines = 5

    def __init__(self, standardise=None, **state):
        self.own = standardise
        self.ravines = functools.lru_cache(maxsize=8)(self._ravines)  # lr changes nothing in them
        super().__init__(**state)

    def _ravines(self, problem, loss, scale, correlation, offset):
        """(raw Ravine, standardised Ravine, whether a learner's function made the second)."""
        X, y = problem_of(problem, loss, scale, correlation, offset)
        pair, own = own_or(self.own, standardised, X, X)
        inputs = [X, checked(pair, X)]
        if problem == BIAS:
            inputs = [np.c_[x, np.ones(len(x))] for x in inputs]
        return *(Ravine(x, y, loss) for x in inputs), own

    def unused(self, state):
        names = ["offset"] if state["problem"] == TWO else ["scale", "correlation"]
        return names + ["lr"] * (state["rates"] == EACH)

    def compute(self, problem, loss, scale, correlation, offset, rates, lr):
        with np.errstate(all="ignore"):
            *ravines, own = self.ravines(problem, loss, scale, correlation, offset)
            lrs = [lr if rates == SAME else ravine.even_lr() for ravine in ravines]
            walks = [
                Walk(ravine, rate, ravine.descend(rate))
                for ravine, rate in zip(ravines, lrs, strict=True)
            ]
            for walk in walks:
                walk.left  # noqa: B018  where its overflow is allowed
        return {"walks": walks, "problem": problem, "r": correlation, "own": own}

    def setup(self, figure):
        raw, scaled, curve = figure.subplots(1, 3, width_ratios=(1, 1, 0.85))
        self.maps = [
            RavineMap(self.live, raw, "raw inputs", ORANGE),
            RavineMap(self.live, scaled, "standardised inputs", BLUE),
        ]
        self.lines = self.live.move(
            *(curve.plot([], [], "o-", ms=3, color=colour)[0] for colour in (ORANGE, BLUE))
        )
        curve.set(
            xlim=(0, STEPS), ylim=(1e-6, 1e4), yscale="log", xlabel="step",
            title="height above minimum",
        )  # fmt: skip
        curve.set_box_aspect(1.18)  # as high as the maps
        first = self.maps[0]
        figure.legend(
            [first.first, first.last, first.still, *self.lines],
            ["start", "end", "minimum", "raw", "standardised"],
            loc="outside lower left", ncols=5,
        )  # fmt: skip

    def draw(self, result):
        names = ("w1", "w2") if result["problem"] == TWO else ("w", "b (bias)")
        for chart, walk, line in zip(self.maps, result["walks"], self.lines, strict=True):
            if chart.axes.get_xlabel() != names[0]:
                chart.axes.set(xlabel=names[0], ylabel=names[1])
            chart.show(walk)
            left = np.nan_to_num(walk.left, nan=1e9, posinf=1e9).clip(1.2e-6, 1e9)
            line.set_data(np.arange(len(left)), left)

    def readout(self, result):
        raw, scaled = result["walks"]
        lines = [f"<b>Raw:</b> {raw.words}", f"<b>Standardised:</b> {scaled.words}"]
        r = abs(result["r"])
        if result["problem"] == BIAS:
            lines.append("Far from 0, w and b can stand in for each other: shifting ends that.")
        elif r:
            size = f"(1 + {r:.2g})/(1 − {r:.2g}) = {(1 + r) / (1 - r):.3g}"
            lines.append(f"What is left is the correlation's: for squared error, {size}.")
        else:
            lines.append("Dividing each input by its own std gives every weight the same say.")
        if self.own:
            yes = "Your standardise made the standardised inputs."
            lines.append(yes if result["own"] else not_yet("standardise", "this is nnkit's"))
        return readable("<br>".join(lines))

"""Dropout in a picture: which units are out this time, and what the others' sum means at test."""

import itertools
import math

import numpy as np

from widgets.controls import choice, slider
from widgets.descent import readable
from widgets.explorer import Explorer
from widgets.style import BLUE, GREY, INK, ORANGE, PALE, RED

LAYERS = (3, 8, 8, 2)
HIDDEN = (1, 2)  # the layers that dropout acts on
INPUTS = 100  # of the unit whose sum is looked at, each 1
TRAINING, TEST = "training", "test"
WRONG = "wrong: test × p"


def keep(u, p):
    """True where a unit is kept: where its number u, drawn evenly from [0, 1), is p or more."""
    return u >= p


def scalings(p):
    """{name: (what a kept input counts in training, what any input counts at test)}."""
    q = 1 - p
    return {
        "classic: training as it is, test × q": (1.0, q),
        WRONG: (1.0, p),
        "inverted: training ÷ q, test as it is": (1 / q, 1.0),
    }


def chance_of_kept(p):
    """The chance that 0, 1, ..., INPUTS inputs are kept: binomial."""
    k = np.arange(INPUTS + 1)
    ways = np.array([math.comb(INPUTS, int(i)) for i in k], dtype=float)
    return ways * (1 - p) ** k * p ** (INPUTS - k)


class DroppedUnits(Explorer):
    """Move p; watch units drop out, and a unit's input in training and at test in three scalings.

    mask: a learner's own `dropout_mask(u, p)`, which then decides who is dropped.
    """

    p = slider("dropout p", 0.0, 0.9, default=0.2, step=0.05)
    iteration = slider("iteration", 0, 100, default=0, step=1)
    mode = choice("mode", [TRAINING, TEST], TRAINING)

    presets = {
        "p = 0.2: 80, 80, and the wrong 20": {"p": 0.2},
        "p = 0.5 hides the mistake": {"p": 0.5},
        "p = 0.8: four of five are out": {"p": 0.8},
    }

    readout_lines = 4
    play = "iteration"

    def __init__(self, mask=None, **state):
        self.own = mask
        super().__init__(**state)

    def compute(self, p, iteration, mode):
        drawn = np.random.default_rng([iteration, 8]).uniform(size=INPUTS + 16)
        kept, solved = self._kept(drawn, p)
        masks = [np.ones(size, bool) for size in LAYERS]
        if mode == TRAINING:
            masks[1], masks[2] = kept[-16:-8], kept[-8:]
        return {
            "p": p, "masks": masks, "kept": int(kept[:INPUTS].sum()), "mode": mode,
            "chance": chance_of_kept(p), "scalings": scalings(p), "solved": solved,
            "iteration": iteration,
        }  # fmt: skip

    def _kept(self, u, p):
        mask = self.own(u, p) if self.own else None
        if mask is None:
            return keep(u, p), False
        mask = np.asarray(mask)
        if mask.shape != u.shape:
            raise ValueError(f"the mask must have the shape of u, {u.shape}, got {mask.shape}")
        return mask.astype(bool), True

    def setup(self, figure):
        axes = figure.subplot_mosaic([["net", 0], ["net", 1], ["net", 2]], width_ratios=(1, 1.25))
        move, net = self.live.move, axes["net"]
        self.places = [
            np.c_[np.full(size, i), np.arange(size) - (size - 1) / 2]
            for i, size in enumerate(LAYERS)
        ]
        (self.edges,) = move(net.vlines([], 0, 1, color=GREY, lw=0.7, zorder=1))
        self.units, self.kept, self.dropped = move(
            *net.plot([], [], "o", ms=15, color=INK, zorder=3),
            *net.plot([], [], "o", ms=15, color=BLUE, zorder=3),
            *net.plot([], [], "X", ms=11, color=PALE, mec=RED, mew=1.2, zorder=3),
        )
        ends = [place for i in (0, len(LAYERS) - 1) for place in self.places[i]]
        self.units.set_data(*np.transpose(ends))
        net.set(xlim=(-0.4, 3.4), ylim=(-4.2, 4.2), yticks=[], title="this time")
        net.set_xticks(range(4), ["inputs", "hidden", "hidden", "outputs"])
        net.grid(False)
        self.panels = []
        for i, name in enumerate(scalings(0.5)):
            panel = axes[i]
            panel.set(xlim=(0, 200), ylim=(0, 1.25), yticks=[], title=name)
            panel.tick_params(labelbottom=i == 2)
            bars, mean, now, test = move(
                panel.vlines([], 0, 1, color=BLUE, lw=1.5, alpha=0.5),
                panel.axvline(0, color=BLUE, lw=1.5, ls="--"),
                *panel.plot([], [], "o", ms=7, color=ORANGE, mec="white", zorder=4),
                *panel.plot([], [], "s", ms=9, color=RED, mec="white", zorder=5),
            )
            self.panels.append((bars, mean, now, test))
        axes[2].set_xlabel(f"input of a unit that sums {INPUTS} ones")
        figure.legend(
            [self.kept, self.dropped, bars, mean, now, test],
            ["kept", "dropped", "training", "its mean", "this time", "at test"],
            loc="outside lower left", ncols=6, columnspacing=1.4,
        )  # fmt: skip

    def draw(self, result):
        masks, k = result["masks"], np.arange(INPUTS + 1)
        kept = [place for i in HIDDEN for place in self.places[i][masks[i]]]
        dropped = [place for i in HIDDEN for place in self.places[i][~masks[i]]]
        self.kept.set_data(*np.reshape(kept, (-1, 2)).T)
        self.dropped.set_data(*np.reshape(dropped, (-1, 2)).T)
        self.edges.set_segments([
            pair
            for i in range(len(LAYERS) - 1)
            for pair in itertools.product(
                self.places[i][masks[i]], self.places[i + 1][masks[i + 1]]
            )
        ])  # fmt: skip
        heights = result["chance"] / result["chance"].max()
        training_now = int(result["mode"] == TRAINING)
        for panel, (training, test) in zip(
            self.panels, result["scalings"].values(), strict=True
        ):  # fmt: skip
            bars, mean, now, mark = panel
            bars.set_segments(
                [((x, 0), (x, y)) for x, y in zip(k * training, heights, strict=True)]
            )
            mean.set_xdata([INPUTS * (1 - result["p"]) * training] * 2)
            now.set_data([result["kept"] * training] * training_now, [0.12] * training_now)
            mark.set_data([INPUTS * test], [1.0])

    def readout(self, result):
        p, q = result["p"], 1 - result["p"]
        out = sum(int(np.sum(~mask)) for mask in result["masks"])
        first, now = "<b>Test:</b> nothing is dropped and nothing is random.", ""
        if result["mode"] == TRAINING:
            first = f"<b>Training, iteration {result['iteration']}:</b> {told(out)}"
            now = f" (this time {result['kept']})"
        lines = [
            first,
            f"A unit that sums {INPUTS} ones gets {INPUTS}·q = <b>{INPUTS * q:.3g}</b> in training "
            f"on average{now}.",
            f"At test, classic: {INPUTS}·q = <b>{INPUTS * q:.3g}</b>. Wrong: {INPUTS}·p = "
            f"<b>{INPUTS * p:.3g}</b>, {judge(p)}. Inverted: {INPUTS}, as in training after ÷ q.",
        ]
        if self.own:
            nnkits = "Until you write dropout_mask, nnkit chooses"
            whose = "Your dropout_mask chose" if result["solved"] else nnkits
            lines.append(f"{whose} who is dropped.")
        return readable("<br>".join(lines))


def told(out):
    """How many units are out, in a sentence."""
    if out == 0:
        return "no hidden unit is dropped."
    if out == 1:
        return "1 of 16 hidden units is dropped: it sends 0 on."
    return f"{out} of 16 hidden units are dropped: they send 0 on."


def judge(p):
    """How far off the wrong scaling is."""
    if p == 0:
        return "all is lost"
    if math.isclose(p, 1 - p):
        return "right only because p = q here"
    if p < 0.5:
        return f"{(1 - p) / p:.3g} times too small"
    return f"{p / (1 - p):.3g} times too large"

"""Dropout in a picture: which units are out this time, and what the others' sum means at test."""

import numpy as np

from widgets.controls import choice, slider
from widgets.explorer import Explorer
from widgets.masks import INPUTS, LAYERS, TEST, TRAINING, Masks, checked, keep, scalings
from widgets.masks_drawing import MaskedNet, SumChart
from widgets.own import own_or
from widgets.words import readable


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
        u = np.random.default_rng([iteration, 8]).uniform(size=INPUTS + 16)
        mask, own = own_or(self.own, keep, u, p)
        kept = checked(mask, u)
        layers = [np.ones(size, bool) for size in LAYERS]
        if mode == TRAINING:
            layers[1], layers[2] = kept[-16:-8], kept[-8:]
        return Masks(p, iteration, mode, layers, int(kept[:INPUTS].sum()), own)

    def setup(self, figure):
        axes = figure.subplot_mosaic([["net", 0], ["net", 1], ["net", 2]], width_ratios=(1, 1.25))
        self.net = MaskedNet(self.live, axes["net"])
        self.sums = [SumChart(self.live, axes[i], name) for i, name in enumerate(scalings(0.5))]
        for i in 0, 1:
            axes[i].tick_params(labelbottom=False)
        axes[2].set_xlabel(f"input of a unit that sums {INPUTS} ones")
        figure.legend(
            [self.net.kept, self.net.dropped, *self.sums[0].marks],
            ["kept", "dropped", "training", "its mean", "this time", "at test"],
            loc="outside lower left", ncols=6, columnspacing=1.4,
        )  # fmt: skip

    def draw(self, result):
        self.net.show(result.layers)
        for chart, counts in zip(self.sums, scalings(result.p).values(), strict=True):
            chart.show(result, *counts)

    def readout(self, result):
        lines = [result.dropped_words, result.training_words, result.test_words]
        if self.own:
            nnkits = "Until you write dropout_mask, nnkit chooses"
            lines.append(f"{'Your dropout_mask chose' if result.own else nnkits} who is dropped.")
        return readable("<br>".join(lines))

"""Dropout in pictures: the net with its dropped units, and a unit's sum in one scaling."""

import itertools

import numpy as np

from widgets.masks import HIDDEN, INPUTS, LAYERS, TRAINING, chance_of_kept
from widgets.style import BLUE, GREY, INK, ORANGE, PALE, RED


class MaskedNet:
    """The units of all LAYERS on `axes`, with edges only between those that are kept."""

    def __init__(self, live, axes):
        self.places = [
            np.c_[np.full(size, i), np.arange(size) - (size - 1) / 2]
            for i, size in enumerate(LAYERS)
        ]
        (self.edges,) = live.move(axes.vlines([], 0, 1, color=GREY, lw=0.7, zorder=1))
        (units,) = live.move(*axes.plot([], [], "o", ms=15, color=INK, zorder=3))
        units.set_data(*np.concatenate([self.places[0], self.places[-1]]).T)
        self.kept, self.dropped = live.move(
            *axes.plot([], [], "o", ms=15, color=BLUE, zorder=3),
            *axes.plot([], [], "X", ms=11, color=PALE, mec=RED, mew=1.2, zorder=3),
        )
        axes.set(xlim=(-0.4, 3.4), ylim=(-4.2, 4.2), yticks=[], title="this time")
        axes.set_xticks(range(4), ["inputs", "hidden", "hidden", "outputs"])
        axes.grid(False)

    def show(self, masks):
        """Show these masks, one a layer."""
        places = np.concatenate([self.places[i] for i in HIDDEN])
        kept = np.concatenate([masks[i] for i in HIDDEN])
        self.kept.set_data(*places[kept].T)
        self.dropped.set_data(*places[~kept].T)
        there = [place[mask] for place, mask in zip(self.places, masks, strict=True)]
        self.edges.set_segments(
            [edge for pair in itertools.pairwise(there) for edge in itertools.product(*pair)]
        )


class SumChart:
    """What a unit gets that sums INPUTS ones, in one scaling: in training, this time, at test."""

    def __init__(self, live, axes, name):
        axes.set(xlim=(0, 200), ylim=(0, 1.25), yticks=[], title=name)
        self.bars, self.mean, self.now, self.test = self.marks = live.move(
            axes.vlines([], 0, 1, color=BLUE, lw=1.5, alpha=0.5),
            axes.axvline(0, color=BLUE, lw=1.5, ls="--"),
            *axes.plot([], [], "o", ms=7, color=ORANGE, mec="white", zorder=4),
            *axes.plot([], [], "s", ms=9, color=RED, mec="white", zorder=5),
        )

    def show(self, masks, training, test):
        """Show Masks where a kept input counts `training`, and any input `test` at test."""
        chance = chance_of_kept(masks.p)
        bars = zip(training * np.arange(INPUTS + 1), chance / chance.max(), strict=True)
        self.bars.set_segments([((x, 0), (x, y)) for x, y in bars])
        self.mean.set_xdata([INPUTS * (1 - masks.p) * training] * 2)
        self.now.set_data([masks.kept * training], [0.12])
        self.now.set_visible(masks.mode == TRAINING)
        self.test.set_data([INPUTS * test], [1.0])

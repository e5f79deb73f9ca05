"""Normalisation in a picture: choose a cell of a block, see with which others it is normalised."""

import itertools

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from widgets.controls import choice, slider
from widgets.explorer import Explorer
from widgets.labels import Labels
from widgets.norm_kinds import (
    BATCH,
    GROUP,
    INSTANCE,
    KINDS,
    LAYER,
    SHAPE,
    C,
    Cell,
    H,
    N,
    W,
    block,
    checked,
    normalise,
    sharing,
)
from widgets.own import not_yet, own_or
from widgets.style import BLUE, GREY, INK, ORANGE, RED
from widgets.words import readable

GAP = 0.7  # between the maps, in cells
TOP = 9  # of a stack of dots
CELLS = list(itertools.product(*map(range, SHAPE)))
BEFORE, AFTER = "x", "normalised"
SHARED, OTHER = "#b9d9ef", "#ffffff"


def corner(n, c, h, w):
    """The upper left corner of a cell: a row of maps for each sample, a column for each channel."""
    return c * (W + GAP) + w, n * (H + GAP) + h


class BlockDrawing:
    """A block (N, C, H, W) on `axes`: a small map of H x W numbers a sample and channel."""

    def __init__(self, live, axes):
        corners = np.array([corner(*cell) for cell in CELLS])
        self.middles = corners + 0.5
        square = np.array([(0, 0), (1, 0), (1, 1), (0, 1)])
        self.cells = PolyCollection(corners[:, None] + square, fc=OTHER, ec=GREY, lw=0.6)
        axes.add_collection(self.cells)
        (self.ring,) = axes.plot([], [], color=ORANGE, lw=3.5, zorder=5)
        live.move(self.cells, self.ring)
        self.labels = Labels(live, axes, 8)
        right, bottom = corner(N - 1, C - 1, H, W)
        axes.set(xlim=(-0.2, right + 0.2), ylim=(bottom + 0.2, -0.2))
        axes.set_xticks(
            [corner(0, c, 0, W / 2)[0] for c in range(C)], [f"c = {c}" for c in range(C)]
        )
        axes.set_yticks(
            [corner(n, 0, H / 2, 0)[1] for n in range(N)], [f"n = {n}" for n in range(N)]
        )
        axes.tick_params(length=0, labeltop=True, labelbottom=False)
        axes.grid(False)
        for spine in axes.spines.values():
            spine.set_visible(False)

    def show(self, cell, values, decimals):
        """Show a Cell in its block, with these numbers in the block's cells."""
        self.cells.set_facecolor(np.where(cell.shared.ravel(), SHARED, OTHER))
        x, y = corner(*cell.at)
        self.ring.set_data([x, x + 1, x + 1, x, x], [y, y, y + 1, y + 1, y])
        self.labels.set([
            (*middle, f"{value + 0.0:.{decimals}f}".replace("-", "−"), INK)
            for middle, value in zip(self.middles, values.ravel(), strict=True)
        ])  # fmt: skip

    @staticmethod
    def hit(x, y):
        """(n, c, h, w) of the cell at a place; None between the maps."""
        for cell in CELLS:
            left, top = corner(*cell)
            if left <= x < left + 1 and top <= y < top + 1:
                return cell
        return None


class SharedValues:
    """The values of the shared cells as a stack of dots on `axes`, with mean and one std."""

    def __init__(self, live, axes, title, low, high):
        axes.set(title=title, xlim=(low, high), ylim=(0, TOP), yticks=[])
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        self.band = axes.fill_betweenx([0, TOP], 0, 0, color=BLUE, alpha=0.12, lw=0)
        (self.dots,) = axes.plot([], [], "o", color=BLUE, ms=4)
        (self.now,) = axes.plot([], [], "o", color=ORANGE, ms=8, mec="white", zorder=5)
        self.mean = axes.axvline(0, color=RED, lw=1.5, ls="--")
        self.marks = live.move(self.band, self.dots, self.mean, self.now)

    def show(self, values, now):
        """Show these values; `now` is the chosen cell's."""
        values = np.sort(values.round(6))
        heights = np.arange(len(values)) - np.searchsorted(values, values) + 0.7
        self.dots.set_data(values, heights)
        self.now.set_data([now], [0.7])
        mean, std = (values.mean(), values.std()) if len(values) else (0, 0)
        self.mean.set_xdata([mean, mean])
        ends = (mean - std, 0), (mean + std, 0), (mean + std, TOP), (mean - std, TOP)
        self.band.set_verts([ends])


class NormalisedCell(Explorer):
    """Choose a cell of a block (N, C, H, W); see which cells share its mean and std.

    normalise: a learner's own `normalise(x, kind, groups)`; then the cells are marked whose answer
    it changes when the chosen cell changes.
    """

    kind = choice("kind", KINDS, BATCH)
    groups = choice("groups", ["1", "2", "4"], "2")
    n = slider("n (sample)", 0, N - 1, default=0, step=1)
    c = slider("c (channel)", 0, C - 1, default=1, step=1)
    h = slider("h (row)", 0, H - 1, default=1, step=1)
    w = slider("w (column)", 0, W - 1, default=1, step=1)
    show = choice("numbers in the cells", [BEFORE, AFTER], BEFORE)

    presets = {
        "batch norm: all samples, one channel": {"kind": BATCH},
        "layer norm: one sample, all channels": {"kind": LAYER},
        "instance norm: one sample, one channel": {"kind": INSTANCE},
        "group norm, 2 groups": {"kind": GROUP, "groups": "2"},
        "group norm, 1 group: layer norm": {"kind": GROUP, "groups": "1"},
        "group norm, 4 groups: instance norm": {"kind": GROUP, "groups": "4"},
    }
    size = (840, 360)
    readout_lines = 4

    def __init__(self, normalise=None, **state):
        self.own = normalise
        super().__init__(**state)

    def unused(self, state):
        return [] if state["kind"] == GROUP else ["groups"]

    def pointed(self, axes, x, y):
        if axes is self.map and (cell := self.block.hit(x, y)):
            self.set(**dict(zip("nchw", cell, strict=True)))

    def compute(self, kind, groups, n, c, h, w, show):
        x, at, groups = block(), (n, c, h, w), int(groups)
        y, own = own_or(self.own, normalise, x.copy(), kind, groups)
        function = self.own if own else normalise
        shared = sharing(lambda x: checked(function(x, kind, groups)), x, at)
        return Cell(kind, groups, at, x, checked(y), shared, own)

    def setup(self, figure):
        axes = figure.subplot_mosaic([["map", "x"], ["map", "y"]], width_ratios=(1.25, 1))
        self.map = axes["map"]
        self.block = BlockDrawing(self.live, self.map)
        self.before = SharedValues(self.live, axes["x"], "the cells that share, x", -1, 21)
        self.after = SharedValues(self.live, axes["y"], "the same, normalised", -4, 4)
        band, dots, mean, now = self.before.marks
        figure.legend(
            [Patch(fc=SHARED, ec=GREY, lw=0.6), now, dots, mean, band],
            ["shares its statistics", "chosen", "a cell that shares", "mean", "mean ± std"],
            loc="outside lower left", ncols=5, columnspacing=1.4,
        )  # fmt: skip

    def draw(self, result):
        values, decimals = (result.x, 0) if self.show == BEFORE else (result.y, 1)
        self.block.show(result, values, decimals)
        self.before.show(result.x[result.shared], result.x[result.at])
        self.after.show(result.y[result.shared], result.y[result.at])

    def readout(self, result):
        lines = [result.sharing_words, result.formula, f"{result.statistics}."]
        if self.own:
            lines.append(
                result.own_words if result.own else not_yet("normalise", "this is nnkit's")
            )
        return readable("<br>".join(lines))

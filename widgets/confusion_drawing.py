"""Answers at a threshold in pictures: people by their score, the four counts, and their rates."""

import numpy as np

from widgets.confusion import HIGH, LOW, MOST, THRESHOLDS, density
from widgets.labels import Labels
from widgets.style import BLUE, GREEN, GREY, INK, ORANGE, PURPLE, RED

LANES = 1.15, 0.0  # where the sick and the healthy stand
RATES = (
    ("precision", ORANGE, "-", "s"),
    ("recall", GREEN, "--", "^"),
    ("F1", PURPLE, "-.", "D"),
    ("accuracy", GREY, ":", "o"),
)


class ScoreChart:
    """Everybody as a dot at his score, the sick above the healthy, with the threshold between."""

    def __init__(self, live, axes):
        self.jitter = np.random.default_rng(0).uniform(0.03, 0.97, size=MOST)
        (self.right,) = live.move(*axes.plot([], [], ".", ms=3, color=BLUE))
        (self.wrong,) = live.move(*axes.plot([], [], "x", ms=4, mew=0.9, color=RED, zorder=3))
        self.outlines = [live.move(*axes.plot([], [], color=INK, lw=1))[0] for _ in LANES]
        (self.threshold,) = live.move(axes.axvline(0, color=INK, lw=1.8, zorder=4))
        self.labels = Labels(live, axes)
        axes.set(xlim=(LOW, HIGH), ylim=(0, 2.25), title="people by their score")
        axes.set_yticks([lane + 0.5 for lane in LANES], ["sick", "healthy"])
        axes.tick_params(labelbottom=False, length=0)
        axes.grid(visible=False, axis="y")

    def show(self, called):
        """Show everybody of a Called."""
        shapes = [called.shape, (0.0, 1.0)]
        heights = np.where(
            called.sick, density(called.scores, *shapes[0]), density(called.scores, *shapes[1])
        )
        y = np.where(called.sick, *LANES) + self.jitter[: len(heights)] * heights
        wrong = called.sick != (called.scores >= called.threshold)
        self.right.set_data(called.scores[~wrong], y[~wrong])
        self.wrong.set_data(called.scores[wrong], y[wrong])
        for line, lane, shape in zip(self.outlines, LANES, shapes, strict=True):
            line.set_data(THRESHOLDS, lane + density(THRESHOLDS, *shape))
        self.threshold.set_xdata([called.threshold] * 2)
        tp, fp, fn, tn = called.counts
        (top, bottom), left, right = (lane + 0.85 for lane in LANES), LOW + 1.1, HIGH - 1.1
        self.labels.set([
            (left, top, f"FN {fn}", RED), (right, top, f"TP {tp}", BLUE),
            (left, bottom, f"TN {tn}", BLUE), (right, bottom, f"FP {fp}", RED),
        ])  # fmt: skip


class CountTable:
    """The confusion matrix on `axes`: a row a true class; the darker, the more of its row."""

    def __init__(self, live, axes):
        places = (0, 1), (0, 0), (1, 1), (1, 0)  # of TP, FP, FN, TN
        colours = BLUE, RED, RED, BLUE
        self.cells, self.places = [], [(x + 0.5, y + 0.42) for x, y in places]
        for (x, y), colour, name in zip(places, colours, ("TP", "FP", "FN", "TN"), strict=True):
            (cell,) = axes.bar(x, 1, 1, bottom=y, align="edge", color=colour)
            self.cells += live.move(cell)
            axes.text(x + 0.06, y + 0.94, name, va="top", color=INK, zorder=5)
        self.labels = Labels(live, axes, size=14)
        axes.set(xlim=(0, 2), ylim=(0, 2), title="confusion matrix")
        axes.set_xticks([0.5, 1.5], ["called sick", "called healthy"])
        axes.set_yticks([1.5, 0.5], ["sick", "healthy"])
        axes.tick_params(length=0)
        axes.grid(False)

    def show(self, counts):
        """Show TP, FP, FN, TN."""
        tp, fp, fn, tn = counts
        rows = tp + fn, fp + tn, tp + fn, fp + tn
        for cell, number, row in zip(self.cells, counts, rows, strict=True):
            cell.set_alpha(0.08 + 0.4 * number / max(row, 1))
        self.labels.set(
            [(x, y, str(c), INK) for (x, y), c in zip(self.places, counts, strict=True)]
        )


class RateChart:
    """Precision, recall, F1 and accuracy against the threshold, with marks at the present one."""

    def __init__(self, live, axes):
        self.lines, self.marks = [], []
        for name, colour, dash, marker in RATES:
            self.lines += live.move(*axes.plot([], [], dash, color=colour, label=name))
            look = {"color": colour, "ms": 7, "mec": "white", "zorder": 5, "clip_on": False}
            self.marks += live.move(*axes.plot([], [], marker, **look))
        (self.threshold,) = live.move(axes.axvline(0, color=INK, lw=1.8, zorder=1))
        axes.set(
            xlim=(LOW, HIGH), ylim=(-0.02, 1.05), xlabel="threshold", title="at each threshold"
        )

    def show(self, called):
        """Show the rates of a Called; where precision is 0/0 its line and mark are missing."""
        parts = zip(self.lines, self.marks, called.lines, called.marks, strict=True)
        for line, mark, values, now in parts:
            line.set_data(THRESHOLDS, values)
            mark.set_data([called.threshold], [now])
        self.threshold.set_xdata([called.threshold] * 2)


class TradeChart:
    """Precision against recall on `axes`, one point a threshold, with the present one."""

    def __init__(self, live, axes):
        (self.floor,) = live.move(axes.axhline(0, color=GREY, ls=":", lw=1.2))
        (self.line,) = live.move(*axes.plot([], [], color=INK))
        (self.now,) = live.move(
            *axes.plot([], [], "o", color=RED, ms=9, mec="white", zorder=5, clip_on=False)
        )
        box = {"boxstyle": "round,pad=0.3", "fc": "white", "ec": RED, "lw": 0.8}
        (self.none,) = live.move(
            axes.text(0.5, 0.5, "precision 0/0:\nno point", ha="center", color=RED, bbox=box)
        )
        axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.05), xlabel="recall", ylabel="precision")
        axes.set_title("precision against recall")

    def show(self, called):
        """Show the curve of a Called, and its point if precision is defined."""
        precision, recall, *_ = called.lines
        self.line.set_data(recall, precision)
        now, found, *_ = called.marks
        self.now.set_data([found], [now])
        self.none.set_visible(bool(np.isnan(now)))
        self.floor.set_ydata([called.sick.mean()] * 2)

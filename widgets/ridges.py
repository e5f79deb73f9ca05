"""Histograms one below the other, one a layer, that move fast: all rows are one collection."""

import numpy as np
from matplotlib.collections import PolyCollection

from widgets.circuit_drawing import short
from widgets.labels import Labels
from widgets.style import GREY, INK


class Ridges:
    """Rows of histograms on `axes`: row k stands on the line y = k and is at most `height` tall.

    low, high, bins: of the horizontal axis; what lies beyond is counted in a grey, hatched bar at
    either end. Each row is scaled to its own highest bar.
    """

    def __init__(self, live, axes, low, high, bins=60, height=0.85, colour="black"):
        self.edges, self.height = np.linspace(low, high, bins + 1), height
        self.rows = PolyCollection([], facecolor=colour, edgecolor=colour, alpha=0.75, lw=0.6)
        self.ends = PolyCollection([], facecolor="white", edgecolor=GREY, hatch="//////", lw=0.8)
        for bars in self.rows, self.ends:
            axes.add_collection(bars, autolim=False)
            live.move(bars)

    def set(self, rows):
        """Show the histograms of these arrays, one a row, the first on line 1."""
        xs, wide = np.repeat(self.edges, 2), 2 * (self.edges[1] - self.edges[0])
        self.counts = [self._count(np.asarray(row)) for row in rows]
        inside, ends = [], []
        for k, count in enumerate(self.counts, 1):
            left, *tops, right = k - count * self.height / max(count.max(), 1)
            inside.append(np.c_[xs, np.r_[k, np.repeat(tops, 2), k]])
            for x, beyond, top in ((xs[0], -wide, left), (xs[-1], wide, right)):
                if top < k:
                    ends.append([(x, k), (x, top), (x + beyond, top), (x + beyond, k)])
        self.rows.set_verts(inside)
        self.ends.set_verts(ends)

    def _count(self, values):
        """How many lie below the axis, in each of its bins, and above it."""
        low, high, bins = self.edges[0], self.edges[-1], len(self.edges) - 1
        finite = values[np.isfinite(values)]
        at = np.floor((finite - low) * (bins / (high - low)))
        return np.bincount(np.clip(at + 1, 0, bins + 1).astype(int).ravel(), minlength=bins + 2)


class LayerRidges:
    """Ridges with the standard deviation of each layer beside its row, centred at `x`."""

    def __init__(self, live, axes, low, high, x, colour):
        self.ridges, self.x = Ridges(live, axes, low, high, colour=colour), x
        self.labels = Labels(live, axes, 8)

    def show(self, rows, shown):
        """Label with the spread of each array of `rows`; draw the histogram of each of `shown`."""
        self.ridges.set(shown)
        self.labels.set([
            (self.x, k - 0.25, f"layer {k}: {short(row.std(dtype=float))}", INK)
            for k, row in enumerate(rows, 1)
        ])  # fmt: skip

"""Histograms one below the other, one a layer, that move fast: all rows are one collection."""

import numpy as np
from matplotlib.collections import PolyCollection


class Ridges:
    """Rows of histograms on `axes`: row k stands on the line y = k and is at most `height` tall.

    low, high, bins: of the horizontal axis; what lies beyond is counted in the outermost bins. Each
    row is scaled to its own highest bin.
    """

    def __init__(self, live, axes, low, high, bins=60, height=0.85, colour="black"):
        self.edges, self.height = np.linspace(low, high, bins + 1), height
        self.rows = PolyCollection([], facecolor=colour, edgecolor=colour, alpha=0.75, lw=0.6)
        axes.add_collection(self.rows, autolim=False)
        live.move(self.rows)

    def set(self, rows):
        """Show the histograms of these arrays, one a row, the first on line 1."""
        xs = np.repeat(self.edges, 2)
        self.counts = [self._count(np.asarray(row)) for row in rows]
        self.rows.set_verts(
            [
                np.c_[xs, k - np.r_[0, np.repeat(count * self.height / max(count.max(), 1), 2), 0]]
                for k, count in enumerate(self.counts, 1)
            ]
        )

    def _count(self, values):
        low, high, bins = self.edges[0], self.edges[-1], len(self.edges) - 1
        finite = values[np.isfinite(values)]
        at = ((np.clip(finite, low, high) - low) * (bins / (high - low))).astype(int)
        return np.bincount(np.minimum(at, bins - 1).ravel(), minlength=bins)

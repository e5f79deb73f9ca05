"""A heat map with contour lines that moves as fast as a line: values become pixels directly."""

import contourpy
import numpy as np
from matplotlib.artist import Artist
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection
from matplotlib.colors import LinearSegmentedColormap, Normalize

from widgets.live import DPI
from widgets.style import INK, RAMPS

SHADES = 64  # as many as eyes tell apart here; fewer make a smaller picture than more


class Field(Artist):
    """Values over a rectangle as colours, with contour lines; fills `axes`, moves with `live`.

    xs, ys: evenly spaced grids, which become the axes' limits; low, high: the values at both ends
    of the colour scale, beyond which it stays; levels: values with a contour line, increasing;
    colours: "loss" (pale is low) or "classes" (class 0 to class 1). `lines` is the LineCollection.

    matplotlib's own ways take 20 ms (imshow resamples in RGBA) to 90 ms (contourf); this takes 2.
    """

    def __init__(self, live, axes, xs, ys, low, high, levels=(), colours="loss"):
        super().__init__()
        self.xs, self.ys, self.levels = np.asarray(xs), np.asarray(ys), levels
        self.low, self.high = low, high
        self.colours = LinearSegmentedColormap.from_list(colours, RAMPS[colours], SHADES)
        self._shades = (255 * self.colours(np.arange(SHADES))).round().astype(np.uint8)
        self._values, self._seen = None, None
        axes.set(xlim=(xs[0], xs[-1]), ylim=(ys[0], ys[-1]))
        axes.grid(False)
        self.lines = LineCollection([], colors=INK, linewidths=0.8, alpha=0.5, zorder=0.7)
        axes.add_collection(self.lines, autolim=False)
        axes.add_artist(self)
        self.set_zorder(0.6)
        live.move(self, self.lines)

    def set_values(self, values):
        """Show `values`, shape (len(ys), len(xs)); what is no number is shown as `high`."""
        span = self.high - self.low
        values = np.nan_to_num(np.asarray(values, dtype=float), nan=self.high)
        values = values.clip(self.low - span, self.high + span)
        self._values = values
        if len(self.levels):
            maker = contourpy.contour_generator(self.xs, self.ys, values, name="serial")
            self.lines.set_segments([line for level in self.levels for line in maker.lines(level)])
        self.stale = True

    def add_scale(self, label):
        """Add a colour scale beside the axes, once, in `setup`."""
        scale = ScalarMappable(Normalize(self.low, self.high), self.colours)
        return self.axes.figure.colorbar(scale, ax=self.axes, label=label, pad=0.02, aspect=30)

    def draw(self, renderer):
        if self._values is None or not self.get_visible():
            return
        (x, y), (width, height), block, rows, columns = self._pixels(renderer)
        scaled = (self._values - self.low) * (SHADES / (self.high - self.low))
        shades = along(along(scaled.astype(np.float32), 0, *rows), 1, *columns).astype(np.intp)
        image = self._shades.view(np.uint32).ravel().take(shades, mode="clip")
        image = image.repeat(block, axis=1).repeat(block, axis=0)[:height, :width]
        image = np.ascontiguousarray(image)
        context = renderer.new_gc()
        renderer.draw_image(context, x, y, image.view(np.uint8).reshape(*image.shape, 4))
        context.restore()
        self.stale = False

    def _pixels(self, renderer):
        """Where the heat map lies in the picture, and its blocks' places in the grid.

        (left, bottom), (width, height), pixels of a block's side, and `between` of the blocks'
        rows and columns. On a fine screen, too, a block is a CSS pixel: the contour lines are as
        sharp as the screen, the shades between them need not be.
        """
        axes = self.axes
        seen = (*axes.bbox.extents, *axes.get_xlim(), *axes.get_ylim())
        if seen != self._seen:
            frame = renderer.points_to_pixels(0.4)  # inside the axes' edge lines
            left, bottom = np.ceil(axes.bbox.min + frame).astype(int)
            right, top = np.floor(axes.bbox.max - frame).astype(int)
            block = max(int(axes.figure.dpi / DPI), 1)
            along = (np.arange(a, b, block) + block / 2 for a, b in ((left, right), (bottom, top)))
            data = axes.transData.inverted()
            x, y = (data.transform(np.c_[at, at])[:, i] for i, at in enumerate(along))
            rows, columns = between(y, self.ys), between(x, self.xs)
            self._map = (left, bottom), (right - left, top - bottom), block, rows, columns
            self._seen = seen
        return self._map


def between(places, grid):
    """The indices of the points of an even `grid` below `places`, and the share of the next."""
    at = np.clip((places - grid[0]) / (grid[1] - grid[0]), 0, len(grid) - 1)
    low = np.minimum(at.astype(int), len(grid) - 2)
    return low, (at - low).astype(np.float32)


def along(values, axis, low, share):
    """Values interpolated linearly along an axis: many times as fast as a product of matrices."""
    share = share[:, None] if axis == 0 else share
    return values.take(low, axis) + np.diff(values, axis=axis).take(low, axis) * share

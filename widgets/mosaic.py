"""Many small heat maps drawn as one image: values become pixels directly."""

import numpy as np
from matplotlib.artist import Artist
from matplotlib.colors import LinearSegmentedColormap

from widgets.style import GREY, RAMPS

SHADES = 65  # odd: 0 is white
_ramp = LinearSegmentedColormap.from_list("classes", RAMPS["classes"], SHADES)
_shades = (255 * _ramp(np.arange(SHADES))).round().astype(np.uint8).view(np.uint32).ravel()
_frame = np.array([*bytes.fromhex(GREY[1:]), 255], np.uint8).view(np.uint32)[0]


class Mosaic(Artist):
    """Square heat maps of one size on `axes`, whose data coordinates are CSS pixels."""

    def __init__(self, live, axes, zorder=3):
        super().__init__()
        axes.add_artist(self)
        self.set_zorder(zorder)
        live.move(self)
        self.corners, self.side, self._values = np.empty((0, 2)), 1.0, None

    def place(self, corners, side):
        """Put the maps there: lower left corners, shape (n, 2), and the length of a side."""
        self.corners, self.side = np.asarray(corners, float), side

    def set_values(self, values):
        """Show values from -1 to 1, shape (n, rows, columns), the lowest row first."""
        self._values = values
        self.stale = True

    def draw(self, renderer):
        if self._values is None or not len(self._values):
            return
        at = self.axes.transData.transform(self.corners).round().astype(int)
        scale = self.axes.bbox.width / np.diff(self.axes.get_xlim())[0]
        side = round(self.side * scale)
        rows, columns = (
            np.arange(side) * n // side for n in self._values.shape[1:]
        )  # the nearest value
        levels = np.nan_to_num(self._values, posinf=1, neginf=-1).clip(-1, 1)
        levels = ((levels + 1) * (SHADES / 2)).astype(np.intp)
        tiles = _shades.take(levels, mode="clip")[:, rows][:, :, columns]
        edge = max(round(scale), 1)
        for part in np.s_[:, :edge], np.s_[:, -edge:], np.s_[:, :, :edge], np.s_[:, :, -edge:]:
            tiles[part] = _frame
        low = at.min(axis=0)
        width, height = at.max(axis=0) - low + side
        image = np.zeros((height, width), np.uint32)
        for (x, y), tile in zip(at - low, tiles, strict=True):
            image[y : y + side, x : x + side] = tile
        context = renderer.new_gc()
        renderer.draw_image(context, *low, image.view(np.uint8).reshape(height, width, 4))
        context.restore()
        self.stale = False

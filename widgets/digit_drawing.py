"""Pictures of digits and of what nets make of them: pixels, hidden units, ten probabilities."""

import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.patches import Rectangle

from widgets.labels import Labels
from widgets.style import BLUE, GREY, INK, ORANGE, PALE

CELLS = ListedColormap([(1, 1, 1, 0), INK])  # a drawing's: no ink lets the grid through


def picture(live, axes, title, words="8×8 pixels", cells=8, cmap="Greys"):
    """A square picture on `axes`, white to black for 0 to 1, to be moved; one unit is one cell."""
    look = {"vmin": 0, "vmax": 1, "extent": (0, cells, cells, 0), "interpolation": "nearest"}
    (image,) = live.move(axes.imshow(np.zeros((cells, cells)), cmap, **look))
    frame = Rectangle((0, 0), cells, cells, fill=False, ec=GREY, lw=0.9, zorder=4, clip_on=False)
    live.move(axes.add_patch(frame))
    axes.set(title=title, xlabel=words, xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    return image


class LayerSheet:
    """The answers of one hidden layer as a sheet of squares, orange above 0 and purple below.

    usual: the layer's answers to some digits, (n, units) or (n, channels, height, width), which
    give its shape and its scale.
    """

    def __init__(self, live, axes, usual, title):
        most = np.percentile(abs(usual), 99.5) or 1.0
        (self.image,) = live.move(
            axes.imshow(
                sheet(usual[0]), "PuOr_r", vmin=-most, vmax=most, interpolation="nearest"
            )
        )  # fmt: skip
        axes.set(
            title=title, xlabel=f"{usual[0].size} units; orange: above 0", xticks=[], yticks=[]
        )
        axes.spines[:].set_visible(True)

    def show(self, values):
        self.image.set_data(sheet(values))


def sheet(values):
    """Units (n,) in rows of equal length, maps (channels, height, width) side by side; gaps nan."""
    if values.ndim == 1:
        values = values[:, None, None]
    n, height, width = values.shape
    gap = 0 if height == width == 1 else 1
    columns = int(np.ceil(np.sqrt(n)))
    rows = int(np.ceil(n / columns))
    full = np.full((rows * columns, height + gap, width + gap), np.nan)
    full[:n, :height, :width] = values
    full = full.reshape(rows, columns, height + gap, width + gap).transpose(0, 2, 1, 3)
    return full.reshape(rows * (height + gap), columns * (width + gap))


class DigitChances:
    """Ten probabilities on `axes` as bars with their numbers; the highest is blue, with a star."""

    def __init__(self, live, axes, title):
        axes.set(title=title, ylim=(9.6, -0.6), yticks=range(10), xlim=(0, 1.32))
        axes.set_xticks([0, 0.5, 1])
        axes.grid(visible=False, axis="y")
        axes.barh(range(10), 1, height=0.74, color=PALE, alpha=0.35)
        self.bars = live.move(*axes.barh(range(10), 0, height=0.74, color=ORANGE))
        self.numbers = Labels(live, axes, size=9)
        # outside the axes, so that nobody reads a probability off it
        look = {"clip_on": False, "transform": axes.get_yaxis_transform()}
        (self.best,) = live.move(*axes.plot([-0.17], [0], "*", color=INK, ms=10, **look))
        axes.set_yticks(range(10), [f"   {k}" for k in range(10)])  # room for the star

    def show(self, p):
        for k, bar in enumerate(self.bars):
            bar.set_width(p[k])
            bar.set_color(BLUE if k == p.argmax() else ORANGE)
        self.numbers.set([(1.17, k, f"{p[k]:.2f}", INK) for k in range(10)])
        self.best.set_ydata([p.argmax()])

"""Many short labels that move fast: their letters are shapes, drawn all at once."""

import functools

import numpy as np
from matplotlib.collections import PathCollection
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.textpath import TextPath, text_to_path
from matplotlib.transforms import IdentityTransform

from widgets.style import RED
from widgets.words import readable

FONT = FontProperties(family="DejaVu Sans")


class Labels:
    """Labels on `axes`, centred where they are put; matplotlib's own texts take 0.6 ms apiece.

    size: of the letters, points.
    """

    def __init__(self, live, axes, size=10):
        self.size = size
        look = {"sizes": [1.0], "linewidths": 0, "zorder": 6}  # of size 1 points stay points
        self.letters = PathCollection(
            [], offset_transform=axes.transData, transform=IdentityTransform(), **look
        )
        axes.add_collection(self.letters, autolim=False)
        live.move(self.letters)
        self.set([])

    def set(self, labels):
        """Show these labels and no others: a list of (x, y, text, colour)."""
        self.shown = list(labels)
        self.letters.set_paths([shape(text, self.size) for _, _, text, _ in self.shown])
        self.letters.set_offsets(np.reshape([(x, y) for x, y, *_ in self.shown], (-1, 2)))
        self.letters.set_facecolor([colour for *_, colour in self.shown])


def shape(text, size):
    """The outline of a text, in points, its middle at (0, 0)."""
    corners, codes, x = [np.empty((0, 2))], [np.empty(0, Path.code_type)], 0.0
    for letter in text:
        outline, width = glyph(letter, size)
        if outline:
            corners.append(outline.vertices + (x, 0))
            codes.append(outline.codes)
        x += width
    height = glyph("0", size)[0].vertices[:, 1].max()
    return Path(np.concatenate(corners) - (x / 2, height / 2), np.concatenate(codes))


@functools.lru_cache(maxsize=512)
def glyph(letter, size):
    """(outline, advance) of one letter, in points; a space has no outline."""
    width, _, _ = text_to_path.get_text_width_height_descent(letter, FONT, ismath=False)
    width *= size / FONT.get_size_in_points()
    return None if letter.isspace() else TextPath((0, 0), letter, size=size, prop=FONT), width


def flag(axes, words):
    """A notice at the top of `axes`, in a box of its own; hide it with set_visible, or no words."""
    box = {"boxstyle": "round,pad=0.3", "fc": "white", "ec": RED, "lw": 0.8}
    where = {"transform": axes.transAxes, "ha": "center", "va": "top", "zorder": 9}
    return axes.text(0.5, 0.97, words, color=RED, bbox=box, **where)


def off_the_top(value, top, form):
    """`↑ 15.1` for a value above `top`, where its axes end, and no words for others."""
    if not value > top:
        return ""
    return "↑ ∞" if np.isinf(value) else f"↑ {readable(format(value, form))}"


def beside(text, x, gap, middle=0.0):
    """Put a text to that side of x, `gap` away, on which the middle of its axes is."""
    right = x < middle
    text.set(x=x + gap if right else x - gap, ha="left" if right else "right")

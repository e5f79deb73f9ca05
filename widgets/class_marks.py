"""Samples in a picture: those of each class in its own colour and shape."""

from widgets.style import CLASSES


class ClassMarks:
    """Samples of two classes on `axes`; `marks` are the artists, one a class, for a legend.

    label: with the class's number for {}; look: as for `axes.plot`.
    """

    def __init__(self, live, axes, label="class {}", **look):
        self.marks = [
            live.move(*axes.plot([], [], shape, color=colour, label=label.format(k), **look))[0]
            for k, (colour, shape) in enumerate(CLASSES[:2])
        ]

    def show(self, X, y):
        """Put the samples to X, shape (n, 2); y: their classes, an array."""
        for k, marks in enumerate(self.marks):
            marks.set_data(*X[y == k].T)

"""A few drawings to start from, told as strokes of a pen in a square from 0 to 1, y down."""

import numpy as np

from widgets.bitmap import blank, stroke, to_text

TURN = np.linspace(0, 1, 24)[:, None]


def arc(x, y, wide, tall, start, end):
    """Places on an ellipse around (x, y); angles in degrees, 0 to the right, 90 up."""
    angle = np.radians(start + (end - start) * TURN)
    return np.hstack([x + wide * np.cos(angle), y - tall * np.sin(angle)])


SHAPES = {
    "3": [[*arc(0.48, 0.26, 0.26, 0.22, 150, -80), *arc(0.46, 0.71, 0.32, 0.24, 80, -150)]],
    "4": [[(0.6, 0.05), (0.15, 0.62), (0.88, 0.62)], [(0.66, 0.4), (0.62, 0.97)]],
    "7": [[(0.15, 0.1), (0.85, 0.08), (0.42, 0.95)]],
    "house": [
        [(0.15, 0.45), (0.5, 0.08), (0.85, 0.45), (0.15, 0.45), (0.15, 0.95), (0.85, 0.95),
         (0.85, 0.45)],
    ],
    "star": [[(0.5, 0.05), (0.75, 0.9), (0.08, 0.35), (0.92, 0.35), (0.25, 0.9), (0.5, 0.05)]],
}  # fmt: skip


def drawn(shape, size=22.0, left=5.0, top=5.0, pen=2.5):
    """A shape of SHAPES as a drawing control's text; lengths in cells."""
    drawing = blank()
    for path in SHAPES[shape]:
        drawing = stroke(drawing, np.array(path) * size + (left, top), pen)
    return to_text(drawing)

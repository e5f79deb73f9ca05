"""Shift, turn and resize 8x8 pictures: each change is one 64x64 matrix, the same for all digits."""

import numpy as np

SIDE = 8


def warp(right=0.0, down=0.0, turn=0.0, size=1.0):
    """The matrix A of a change: A @ picture, with the picture's 64 pixels row by row.

    right, down: pixels; turn: degrees, anticlockwise, about the middle; size: 1 leaves it as it is.
    A new pixel is mixed from the four old ones around the place that it comes from (bilinear
    interpolation); outside the picture is 0, white.
    """
    angle, middle = np.radians(turn), (SIDE - 1) / 2
    y, x = (np.indices((SIDE, SIDE)).reshape(2, -1) - middle) - np.array([[down], [right]])
    from_x = (np.cos(angle) * x - np.sin(angle) * y) / size + middle
    from_y = (np.sin(angle) * x + np.cos(angle) * y) / size + middle
    matrix = np.zeros((SIDE**2, SIDE**2))
    pixels = np.arange(SIDE**2)
    low_x, low_y = np.floor(from_x).astype(int), np.floor(from_y).astype(int)
    for at_x in low_x, low_x + 1:
        for at_y in low_y, low_y + 1:
            share = (1 - abs(from_x - at_x)) * (1 - abs(from_y - at_y))
            inside = (at_x >= 0) & (at_x < SIDE) & (at_y >= 0) & (at_y < SIDE)
            matrix[pixels[inside], (SIDE * at_y + at_x)[inside]] = share[inside]
    return matrix

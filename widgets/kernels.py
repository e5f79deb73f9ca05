"""A 3x3 kernel slid over an 8x8 picture, as numbers: one output pixel at a time."""

from dataclasses import dataclass

import numpy as np

SIDE, KERNEL = 8, 3
KERNELS = {
    "vertical edges": [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],
    "horizontal edges": [[-1, -2, -1], [0, 0, 0], [1, 2, 1]],
    "blur": np.full((3, 3), 1 / 9),
    "sharpen": [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
    "upper left corner": [[-1, -1, -1], [-1, 1, 1], [-1, 1, 1]],
    "one pixel": [[0, 0, 0], [0, 1, 0], [0, 0, 0]],
}


def side(stride, padding):
    """Of the output, in pixels."""
    return (SIDE + 2 * padding - KERNEL) // stride + 1


def windows(x, stride, padding):
    """All 3x3 windows of a picture with a border of zeros, (rows, columns, 3, 3)."""
    padded = np.pad(x, padding)
    return np.lib.stride_tricks.sliding_window_view(padded, (3, 3))[::stride, ::stride]


def convolve(x, kernel, stride, padding):
    """The sums of window times kernel, which is not flipped: as PyTorch's conv2d."""
    return (windows(x, stride, padding) * kernel).sum(axis=(2, 3))


@dataclass(frozen=True)
class Slid:
    """A kernel on a picture, and the output pixel that is looked at: row, column.

    out: the output; whose: what there is to say of a learner's conv2d.
    """

    x: np.ndarray
    kernel: np.ndarray
    stride: int
    padding: int
    out: np.ndarray
    row: int
    column: int
    whose: str

    @property
    def corner(self):
        """(row, column) of the window's upper left pixel in the picture; negative in the border."""
        return self.row * self.stride - self.padding, self.column * self.stride - self.padding

    @property
    def size_words(self):
        n, span = len(self.out), SIDE + 2 * self.padding - KERNEL
        exact = span / self.stride + 1
        rounded = f"{exact:g}, rounded down to {n}" if exact != n else f"{n}"
        return (
            f"<b>Output {n}×{n}:</b> (N + 2P − F) / S + 1 = ({SIDE} + 2·{self.padding} − {KERNEL}) "
            f"/ {self.stride} + 1 = {rounded}."
        )

    @property
    def sum_words(self):
        window = windows(self.x, self.stride, self.padding)[self.row, self.column]
        terms = [
            f"{weight:.2g}·{value:.2f}" if weight > 0 else f"({weight:.2g})·{value:.2f}"
            for weight, value in zip(self.kernel.ravel(), window.ravel(), strict=True)
            if weight
        ]
        total = self.out[self.row, self.column] + 0.0
        return (
            f"Output row {self.row + 1}, column {self.column + 1}: {' + '.join(terms)} = "
            f"<b>{total:.2f}</b>."
        )

    @property
    def cost_words(self):
        n = self.out.size
        return (
            f"The same 9 weights and 1 bias everywhere: 10 parameters. A dense layer from "
            f"{SIDE**2} pixels to {n} outputs would have {SIDE**2}·{n} = {SIDE**2 * n} weights."
        )

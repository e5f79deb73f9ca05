"""The points of the Playground: five kinds of data, or own points, split for training and test."""

from typing import NamedTuple

import numpy as np

import nnkit
from nnkit import data

N, EDGE = 400, 3.0  # points in a set; both inputs are shown from -EDGE to EDGE
OWN = "own points"
SETS = {  # name: (function of nnkit.data, its options, what to subtract, what to multiply by)
    "circles": ("circles", "", (0, 0), 2),
    "xor": ("xor", "", (0.5, 0.5), 2.5),
    "moons": ("moons", "", (0.5, 0.25), 1.5),
    "spiral": ("spirals", "", (0, 0), 2.2),
    "blobs": ("blobs", ", classes=2", (0, 0), 1.5),
}
SAMPLES = (  # own points at first: a few of class 1, and class 0 around them
    *((0.0, 0.1, 1), (0.5, -0.3, 1), (-0.4, -0.4, 1), (0.2, 0.7, 1), (-0.5, 0.4, 1)),
    *((1.8, 0.2, 0), (1.1, 1.5, 0), (-0.4, 2.0, 0), (-1.7, 0.8, 0)),
    *((-1.6, -1.0, 0), (-0.2, -1.9, 0), (1.3, -1.4, 0)),
)


class Points(NamedTuple):
    """Points to train on and points to test on: X tensors (n, 2), y tensors (n,) of 0.0 or 1.0."""

    X: nnkit.Tensor
    y: nnkit.Tensor
    X_test: nnkit.Tensor
    y_test: nnkit.Tensor


def draw(kind, noise, share, points, generator):
    """Points of that kind, a share of them for training; own points are all for training."""
    if kind == OWN:
        table = np.array(points, np.float32).reshape(-1, 3)
        X, y = nnkit.from_numpy(table[:, :2].copy()), nnkit.from_numpy(table[:, 2].copy())
        return Points(X, y, X[:0], y[:0])
    name, _, middle, scale = SETS[kind]
    options = {"classes": 2} if kind == "blobs" else {}
    X, y = getattr(data, name)(N, noise, generator=generator, **options)
    X, X_test, y, y_test = data.train_test_split(
        (X - nnkit.tensor(middle)) * scale, y.to(nnkit.float32),
        test_size=N - round(share * N), generator=generator,
    )  # fmt: skip
    return Points(X, y, X_test, y_test)

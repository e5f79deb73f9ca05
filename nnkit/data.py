"""Small problems to learn on: logic gates, point clouds, curves, handwritten digits; and batches.

Every set is a pair of tensors: inputs X (samples, features), float32, and y, class labels (samples)
or, for regression, values (samples, 1). Classes take turns, so that any first part is balanced.
Randomness comes from `generator`, or from the default generator.
"""

import math
from importlib import resources

import numpy as np

from nnkit.creation import randperm, rng
from nnkit.tensor import Tensor

__all__ = [
    "DataLoader", "TensorDataset", "and_", "blobs", "circles", "digits", "gaussians", "moons",
    "nand", "or_", "polynomial", "regression", "spirals", "standardize", "train_test_split", "xor",
]  # fmt: skip


# Two inputs that are 0 or 1


def and_(n=4, noise=0.0, *, generator=None):
    """1 where both inputs are 1; `n` points at the four corners in turn, with noise."""
    return _gate([0, 0, 0, 1], n, noise, generator)


def or_(n=4, noise=0.0, *, generator=None):
    """1 where an input is 1."""
    return _gate([0, 1, 1, 1], n, noise, generator)


def nand(n=4, noise=0.0, *, generator=None):
    """0 where both inputs are 1."""
    return _gate([1, 1, 1, 0], n, noise, generator)


def xor(n=4, noise=0.0, *, generator=None):
    """1 where the inputs differ: no line separates the classes."""
    return _gate([0, 1, 1, 0], n, noise, generator)


def _gate(outputs, n, noise, generator):
    corner = _turns(n, 4)
    points = np.stack([corner // 2, corner % 2], axis=1)
    return _labelled(points, np.array(outputs)[corner], noise, generator)


# Points in the plane, by class


def circles(n=200, noise=0.05, *, factor=0.5, generator=None):
    """Class 0 on the unit circle, class 1 on one of radius `factor` inside."""
    y = _turns(n, 2)
    angle = rng(generator).uniform(0, 2 * math.pi, n)
    radius = np.where(y == 0, 1, factor)
    return _labelled(_polar(radius, angle), y, noise, generator)


def moons(n=200, noise=0.1, *, generator=None):
    """Two half circles that reach into each other."""
    y = _turns(n, 2)
    arc = _polar(1, rng(generator).uniform(0, math.pi, n))
    other = np.array([1, 0.5]) - arc
    return _labelled(np.where(y[:, None] == 0, arc, other), y, noise, generator)


def spirals(n=200, noise=0.05, *, classes=2, turns=1.0, generator=None):
    """One arm a class, winding out to radius 1 in so many turns."""
    y = _turns(n, classes)
    radius = np.sqrt(rng(generator).uniform(0, 1, n))
    angle = 2 * math.pi * (turns * radius + y / classes)
    return _labelled(_polar(radius, angle), y, noise, generator)


def blobs(n=200, noise=0.3, *, classes=3, generator=None):
    """Round clouds of standard deviation `noise`, with their centres on the unit circle."""
    y = _turns(n, classes)
    return _labelled(_polar(1, 2 * math.pi * y / classes), y, noise, generator)


def gaussians(n=200, noise=1.0, *, distance=3.0, generator=None):
    """Two clouds of standard deviation `noise`, `distance` apart along the diagonal: they overlap,
    so no classifier is perfect."""
    y = _turns(n, 2)
    centre = (y - 0.5)[:, None] * np.full(2, distance / math.sqrt(2))
    return _labelled(centre, y, noise, generator)


def _turns(n, classes):
    return np.arange(n) % classes


def _polar(radius, angle):
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


def _labelled(points, y, noise, generator):
    if not noise >= 0:
        raise ValueError(f"noise must be 0 or more, got {noise}")
    points = points + noise * rng(generator).normal(size=points.shape)
    return Tensor(points.astype(np.float32)), Tensor(y.astype(np.int64))


# Values to predict


def regression(n=100, noise=0.1, *, weights=(1.0,), bias=0.0, generator=None):
    """y = X @ weights + bias + noise, with X standard normal, one feature for each weight."""
    weights = np.asarray(weights, dtype=float)
    X = rng(generator).normal(size=(n, len(weights)))
    return _valued(X, X @ weights + bias, noise, generator)


def polynomial(n=30, noise=0.1, *, coefficients=(0, 1, 0, -1), generator=None):
    """y = c0 + c1 x + c2 x^2 + ... + noise, with x uniform on [-1, 1]."""
    x = rng(generator).uniform(-1, 1, n)
    return _valued(x[:, None], np.polynomial.polynomial.polyval(x, coefficients), noise, generator)


def _valued(X, y, noise, generator):
    y = y + noise * rng(generator).normal(size=y.shape)
    return Tensor(X.astype(np.float32)), Tensor(y.astype(np.float32)[:, None])


def digits(images=False):
    """1797 handwritten digits, 8x8 pixels from 0 to 1: X (1797, 64), or (1797, 1, 8, 8) as images.

    Optical Recognition of Handwritten Digits, Alpaydin & Kaynak 1998, UCI Machine Learning
    Repository, CC BY 4.0 (see datasets/digits.md).
    """
    with resources.files("nnkit").joinpath("datasets/digits.npz").open("rb") as file:
        stored = np.load(file)
        X, y = stored["pixels"] / np.float32(16), stored["labels"].astype(np.int64)
    return Tensor(X.reshape(-1, 1, 8, 8) if images else X), Tensor(y)


# Splitting, scaling, batching


def train_test_split(*tensors, test_size=0.25, generator=None):
    """Shuffle and split each tensor alike: X_train, X_test, y_train, y_test for (X, y).

    `test_size` is the share of the samples for testing, or their number; rounded up.
    """
    n = _samples(tensors)
    held_out = math.ceil(test_size * n) if isinstance(test_size, float) else test_size
    if not 0 < held_out < n:
        raise ValueError(f"test_size must leave samples on both sides of {n}, got {test_size}")
    order = randperm(n, generator=generator).array
    train, test = order[held_out:], order[:held_out]
    return [Tensor(t.array[part]) for t in tensors for part in (train, test)]


def standardize(train, *others):
    """Shift and scale each feature to mean 0 and standard deviation 1 on `train`.

    All others (validation, test) are changed by the same numbers: what they contain must not
    leak into the training. A feature that is constant on `train` is only shifted.
    """
    mean, std = train.array.mean(axis=0), train.array.std(axis=0)
    scale = np.where(std > 0, std, 1).astype(train.dtype)
    scaled = [Tensor((t.array - mean) / scale) for t in (train, *others)]
    return scaled if others else scaled[0]


class TensorDataset:
    """Tensors with one entry for each sample, indexed together."""

    def __init__(self, *tensors):
        _samples(tensors)
        self.tensors = tensors

    def __len__(self):
        return len(self.tensors[0])

    def __getitem__(self, index):
        return tuple(t[index] for t in self.tensors)


class DataLoader:
    """Mini-batches: `for X, y in DataLoader(TensorDataset(X, y), batch_size=32, shuffle=True)`.

    Every loop is one epoch; shuffling draws a new order each time.
    """

    def __init__(self, dataset, batch_size=1, shuffle=False, *, drop_last=False, generator=None):
        if not isinstance(batch_size, int) or batch_size < 1:
            raise ValueError(f"batch_size must be a whole number of 1 or more, got {batch_size}")
        self.dataset, self.batch_size, self.shuffle = dataset, batch_size, shuffle
        self.drop_last, self.generator = drop_last, generator

    def __len__(self):
        n = len(self.dataset)
        return n // self.batch_size if self.drop_last else math.ceil(n / self.batch_size)

    def __iter__(self):
        n = len(self.dataset)
        order = randperm(n, generator=self.generator) if self.shuffle else None
        for i in range(len(self)):
            batch = slice(i * self.batch_size, (i + 1) * self.batch_size)
            yield self.dataset[batch if order is None else order[batch]]


def _samples(tensors):
    sizes = {len(t) for t in tensors}
    if len(sizes) != 1:
        raise ValueError(f"tensors must have equally many samples, got {sorted(sizes)}")
    return sizes.pop()

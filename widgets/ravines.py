"""Standardising as numbers: a loss over two weights, raw and standardised, with its descents."""

import functools
from dataclasses import dataclass

import numpy as np

from widgets.descent import FAR
from widgets.words import counted

TWO, BIAS = "two inputs", "one input and a bias"
SQUARED, LOGISTIC = "squared error", "logistic"
SAME, EACH = "one lr for both", "each its own, 2/(L + l)"
N, STEPS, START = 40, 60, (-3.0, 2.0)
CLOSE = 0.01  # a height above the minimum that counts as arrived
GRID = np.linspace(-4.0, 4.0, 81)


@functools.lru_cache
def independent():
    """N draws of three numbers, each of mean 0 and std 1 and without any correlation, exactly."""
    drawn = np.random.default_rng(10).normal(size=(N, 3))
    directions, _ = np.linalg.qr(drawn - drawn.mean(axis=0))
    return directions * np.sqrt(N)


def problem_of(problem, loss, scale, correlation, offset):
    """(X, y): raw inputs (N, 2), or (N, 1) if a bias goes with them, and what is to be answered."""
    a, b, noise = independent().T
    if problem == TWO:
        b = correlation * a + np.sqrt(1 - correlation**2) * b
        X, signal = np.c_[a, scale * b], a + b
    else:
        X, signal = (offset + a)[:, None], a
    if loss == LOGISTIC:
        return X, (signal + 1.5 * noise > 0).astype(float)
    return X, signal + 0.5 * noise


def standardised(train, test):
    """Both, shifted and scaled by the mean and the standard deviation of `train`."""
    mean, std = train.mean(axis=0), train.std(axis=0)
    return (train - mean) / std, (test - mean) / std


def checked(pair, X):
    """The first of what a learner's standardise(X, X) has returned, or ValueError."""
    if not isinstance(pair, tuple | list) or len(pair) != 2 or np.shape(pair[0]) != X.shape:
        raise ValueError(f"standardise must return two arrays, here both of shape {X.shape}")
    return np.array(pair[0], dtype=float)


@dataclass(frozen=True, eq=False)
class Ravine:
    """The loss over two weights for the inputs X, shape (N, 2); a column of ones is a bias.

    Squared error is half its mean, so that the curvatures are the eigenvalues of X.T X / N.
    """

    X: np.ndarray
    y: np.ndarray
    loss: str

    def answers(self, z):
        return 1 / (1 + np.exp(-z)) if self.loss == LOGISTIC else z

    def gradient(self, w):
        """Of both losses it is the same formula: error times input, averaged."""
        return self.X.T @ (self.answers(self.X @ w) - self.y) / len(self.y)

    def hessian(self, w):
        slope = np.ones(len(self.y))
        if self.loss == LOGISTIC:
            p = self.answers(self.X @ w)
            slope = p * (1 - p)
        return self.X.T @ (slope[:, None] * self.X) / len(self.y)

    def values(self, z):
        """The loss for scores z (..., N)."""
        if self.loss == LOGISTIC:
            return (np.logaddexp(0, z) - self.y * z).mean(axis=-1)
        return ((z - self.y) ** 2).mean(axis=-1) / 2

    @functools.cached_property
    def minimum(self):
        """The lowest point, by Newton's method."""
        w = np.zeros(2)
        for _ in range(15):
            w = w - np.linalg.lstsq(self.hessian(w), self.gradient(w), rcond=None)[0]
        return w

    @functools.cached_property
    def lowest(self):
        return float(self.values(self.X @ self.minimum))

    @functools.cached_property
    def curvatures(self):
        """(smallest, largest) at the minimum."""
        flat, steep = np.linalg.eigvalsh(self.hessian(self.minimum))
        return max(float(flat), 0.0), float(steep)

    @property
    def condition(self):
        flat, steep = self.curvatures
        return steep / flat if flat > 1e-12 * steep else np.inf

    @functools.cached_property
    def heights(self):
        """log10 of the height above the minimum over GRID x GRID."""
        grid = np.stack(np.meshgrid(GRID, GRID), axis=-1)
        heights = self.values(grid @ self.X.T) - self.lowest
        return np.log10(np.maximum(heights, 1e-4))

    def even_lr(self):
        """The rate at which the steep and the flat direction shrink equally fast."""
        return 2 / sum(self.curvatures)

    def descend(self, lr):
        """The path of gradient descent from START, shape (up to STEPS + 1, 2)."""
        path = [np.array(START)]
        while len(path) <= STEPS and abs(path[-1]).max() < FAR:
            path.append(path[-1] - lr * self.gradient(path[-1]))
        return np.array(path)


@dataclass(frozen=True)
class Walk:
    """A descent on a Ravine with one learning rate, and what there is to say of it."""

    ravine: Ravine
    lr: float
    path: np.ndarray

    @functools.cached_property
    def left(self):
        """The height above the minimum, step by step; both sides have the same lowest loss."""
        return self.ravine.values(self.path @ self.ravine.X.T) - self.ravine.lowest

    @property
    def words(self):
        """The condition number, the limit of lr, and what became of the error."""
        flat, steep = self.ravine.curvatures
        if not steep > 0:
            return "all inputs are 0: nothing can be learnt."
        where = " at the minimum" if self.ravine.loss == LOGISTIC else ""
        rates = self.lr, 2 / steep
        side = "below" if rates[0] < rates[1] * (1 - 1e-9) else "not below"
        lr, limit = (f"{rate:.3g}" for rate in rates)
        if lr == limit:
            lr, limit = (f"{rate:.5g}" for rate in rates)
        return (
            f"curvatures{where} {flat:.3g} to {steep:.3g}, condition number "
            f"<b>{self.ravine.condition:.3g}</b>. lr = {lr} is {side} 2/L = "
            f"2/{steep:.3g} = {limit}: {self.outcome}"
        )

    @property
    def outcome(self):
        """What has become of the height above the minimum."""
        start, end = self.left[0], self.left[-1]
        if not end <= start:
            return "it diverges."
        close = np.flatnonzero(self.left <= CLOSE)
        if len(close):
            return f"height {CLOSE} or less after {counted(int(close[0]), 'step')}."
        return f"still at height {end:.2g} after {counted(len(self.path) - 1, 'step')}."

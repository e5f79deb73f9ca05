"""Polynomials fitted to a few noisy points with a penalty, and the errors that they make."""

import numpy as np

from widgets.controls import choice, log_slider, slider
from widgets.explorer import Explorer

DEGREES = np.arange(1, 16)
LAMBDAS = np.geomspace(1e-10, 10, 67)
AXIS = np.linspace(-1, 1, 201)


def truth(x):
    """The curve behind the data, which whoever fits them does not know."""
    return np.sin(np.pi * x)


def draw_points(n, noise, seed):
    """(x, y): n points of the true curve, spread over [-1, 1]; `noise` is the standard deviation
    of what is added to y."""
    rng = np.random.default_rng(seed)
    x = -1 + 2 * (np.arange(n) + rng.uniform(size=n)) / n
    return x, truth(x) + noise * rng.normal(size=n)


def powers(x, degree):
    """x, x^2, ..., x^degree: shape (len(x), degree)."""
    return np.asarray(x)[:, None] ** np.arange(1, degree + 1)


def ridge(x, y, degree, lams):
    """The weights w0, w1, ... with the least mean (f(x) - y)^2 + lam/2 (w1^2 + w2^2 + ...), in
    closed form, for each of `lams`. w0, the bias, is free.

    y has shape (n,), or (sets, n) for several sets of values; the weights have shape
    ([sets,] len(lams), degree + 1). With the powers centred and Z = U S V^T:
    w = V S / (S^2 + n lam / 2) U^T (y - mean y).
    """
    X, level = powers(x, degree), np.mean(y, axis=-1, keepdims=True)
    U, S, V = np.linalg.svd(X - X.mean(axis=0), full_matrices=False)
    shrink = S / (S**2 + len(x) * np.asarray(lams)[:, None] / 2)
    w = (((y - level) @ U)[..., None, :] * shrink) @ V
    return np.concatenate([(level - w @ X.mean(axis=0))[..., None], w], axis=-1)


def evaluate(w, x):
    """The polynomials with weights w, shape (..., degree + 1), at x: shape (..., len(x))."""
    return w[..., :1] + w[..., 1:] @ powers(x, w.shape[-1] - 1).T


def mean_squared_errors(x, y, points, lams):
    """Errors at each of `points`, a list of pairs (x, y), of fits to (x, y) of every degree: one
    array (degrees, len(lams)) a pair."""
    fits = [ridge(x, y, degree, lams) for degree in DEGREES]
    return [
        np.array([np.mean((evaluate(w, at) - value) ** 2, axis=1) for w in fits])
        for at, value in points
    ]


def bias_variance(x, degree, lams, noise):
    """(bias^2, variance), each of shape (len(lams),), of fits to data at x with this noise.

    Both are means over AXIS, and exact: a fit is linear in the values y, so the mean fit is the
    fit to the true curve, and the squared responses to each single value add up to the variance.
    """
    mean_fit = evaluate(ridge(x, truth(x), degree, lams), AXIS)
    response = evaluate(ridge(x, np.eye(len(x)), degree, lams), AXIS)
    bias = np.mean((mean_fit - truth(AXIS)) ** 2, axis=-1)
    return bias, noise**2 * np.mean(np.sum(response**2, axis=0), axis=-1)


class ErrorCurves(Explorer):
    """What explorers of polynomials share: error curves against lambda or degree, and marks on
    them where the sliders stand."""

    degree = slider("degree", 1, 15, default=9, step=1)
    lam = log_slider("lambda (λ)", 1e-10, 10, default=1e-10)
    noise = slider("noise", 0.0, 0.6, default=0.3, step=0.01)
    against = choice("errors against", ["lambda", "degree"], "lambda")

    limits = 1e-4, 100  # of the errors that are drawn; a mark beyond them stands at the end

    def add_curves(self, axes, looks):
        """Make the curves in `setup`: looks holds (label, colour, dash, marker), one a curve."""
        self.curves, self.shown, move = axes, None, self.live.move
        self.lines, self.marks = [], []
        for label, colour, dash, marker in looks:
            self.lines += move(*axes.plot([], [], dash, color=colour, label=label))
            self.marks += move(
                *axes.plot([], [], marker, color=colour, ms=8, zorder=5, clip_on=False)
            )
        axes.set(yscale="log", ylim=self.limits)

    def draw_curves(self, values, now):
        """Move each curve to its row of `values`, each mark to its number in `now`."""
        axis = LAMBDAS if self.against == "lambda" else DEGREES
        if self.shown != self.against:
            self.shown = self.against
            with self.live.style():
                self.curves.set_xscale("log" if self.shown == "lambda" else "linear")
                self.curves.set(xlim=(axis[0], axis[-1]), xlabel=self.shown)
        here = self.lam if self.shown == "lambda" else self.degree
        for line, mark, row, value in zip(self.lines, self.marks, values, now, strict=True):
            line.set_data(axis, np.clip(row, 1e-12, 1e12))
            mark.set_data([here], [np.clip(value, *self.limits)])

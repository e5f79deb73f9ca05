"""One neuron as numbers: its line, its answers, and the rule that learns from its mistakes."""

import functools
from dataclasses import dataclass

import numpy as np

from widgets.own import not_yet, own_or
from widgets.words import counted

CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
TABLES = {"AND": (0, 0, 0, 1), "OR": (0, 1, 1, 1), "NAND": (1, 1, 1, 0), "XOR": (0, 1, 1, 0)}
GATES = {"AND": (2, 2, -3), "OR": (2, 2, -1), "NAND": (-2, -2, 3)}  # (w1, w2, b)
LOW, HIGH = -0.5, 1.5  # of both inputs in the picture
GRID = np.linspace(LOW, HIGH, 81)
CRISP = 40  # per unit: the most that leaves the points of GRID beside the edge of a step unclipped


def answer(X, w, b):
    """1 for each sample (row of X) whose weighted sum plus b is above 0, else 0."""
    return (X @ w + b > 0) * 1


def sigmoid(z):
    """1 / (1 + e^-z)."""
    return 0.5 + 0.5 * np.tanh(0.5 * np.asarray(z))


def nearest(w, b):
    """The point of the line w·x + b = 0 that is nearest to the middle of the picture."""
    middle = np.full(2, (LOW + HIGH) / 2)
    return middle - (middle @ w + b) * w / (w @ w)


def segment(w, b):
    """Both ends, shape (2, 2), of the piece of w·x + b = 0 that crosses the picture, or nan."""
    if w @ w < 1e-18:
        return np.full((2, 2), np.nan)
    along = np.array([-w[1], w[0]]) / np.hypot(*w)
    return nearest(w, b) + np.outer([-2 * (HIGH - LOW), 2 * (HIGH - LOW)], along)


def update(w, b, x, y):
    """(w, b) after Rosenblatt's perceptron rule (1958) has seen one sample of class y, 0 or 1."""
    error = y - answer(x, w, b)
    return w + error * x, b + error


def perceptron_rule(X, y, epochs):
    """(w, b, updates): the rule from zero weights, sample after sample, until none is wrong."""
    w, b, updates = np.zeros(X.shape[1]), 0.0, 0
    for _ in range(epochs):
        before = updates
        for x, wanted in zip(X, y, strict=True):
            updates += int(answer(x, w, b) != wanted)
            w, b = update(w, b, x, wanted)
        if updates == before:
            break
    return w, b, updates


@dataclass
class Answers:
    """What a neuron says to the samples X of classes y, arrays, and what there is to say of it."""

    task: str
    activation: str
    w: np.ndarray
    b: float
    X: np.ndarray
    y: np.ndarray

    @functools.cached_property
    def z(self):
        """The weighted sum of each sample, plus b."""
        return self.X @ self.w + self.b

    @functools.cached_property
    def wrong(self):
        return answer(self.X, self.w, self.b) != self.y

    @property
    def over_the_plane(self):
        """The answer at each point of the grid; a step's edge is as crisp as the grid allows."""
        z = np.stack(np.meshgrid(GRID, GRID), axis=-1) @ self.w + self.b
        if self.activation == "sigmoid":
            return sigmoid(z)
        return CRISP * z / np.hypot(*self.w) + 0.5 if self.w.any() else (z > 0) * 1.0

    @property
    def verdict(self):
        wrong = self.X[self.wrong]
        if not len(self.X):
            return "no samples yet. Choose a class in <i>new sample</i>, then click on the left."
        if not len(wrong):
            return "None wrong."
        names = ", ".join(map(pair, wrong[:4])) + (" …" if len(wrong) > 4 else "")
        return f"{len(wrong)} of {len(self.X)} wrong: {names}."

    @property
    def example(self):
        """One sample's way to its answer: the first wrong one, or else the last."""
        i = self.wrong.argmax() if self.wrong.any() else len(self.X) - 1
        w, x, z = self.w, self.X[i], self.z[i]
        said = "above 0: answer 1" if z > 0 else "not above 0: answer 0"
        if self.activation == "sigmoid":
            half = "more" if z > 0 else "not more"
            said = f"sigmoid(z) = {sigmoid(z):.3g}, {half} than a half"
        return (
            f"At {pair(x)}: z = {w[0]:.3g}·{x[0]:.3g} + {w[1]:.3g}·{x[1]:.3g} + {self.b:.3g} = "
            f"{z:.3g}, {said}, and it should be {self.y[i]:g}."
        )

    @property
    def line(self):
        if not self.w.any():
            return "Both weights are 0: no line, and the same answer everywhere."
        if self.task == "XOR":
            return "No line has all four corners of XOR right: at least one is left over."
        return f"The line: {self.w[0]:.3g}·x1 + {self.w[1]:.3g}·x2 + {self.b:.3g} = 0."


@dataclass
class Practice:
    """What updates did to a neuron, each with the next sample in turn that was answered wrongly.

    path: [(w, b) before each update]; w, b: after the last one; sample: the last one's number;
    lent: True where a learner's rule returned nothing and `update` stood in.
    """

    X: np.ndarray
    y: np.ndarray
    path: list
    w: np.ndarray
    b: float
    sample: int
    lent: bool

    @property
    def last_update(self):
        """What the last update did, in words."""
        if not self.path:
            return self._whose + "No sample is wrong, so the rule changes nothing."
        x, (w, b) = self.X[self.sample], self.path[-1]
        sign = "added to" if self.y[self.sample] else "taken from"
        return self._whose + (
            f"{pair(x)} was answered wrongly, so it was {sign} the weights: its z went "
            f"from {x @ w + b:.3g} to {x @ self.w + self.b:.3g}."
        )

    @property
    def outcome(self):
        """What all of them achieved, in words."""
        if not self.path:
            return self.last_update
        left = int((answer(self.X, self.w, self.b) != self.y).sum())
        rest = f"still {left} wrong: no rest." if left else "no sample is wrong any more."
        return f"{self._whose}{counted(len(self.path), 'update')}, and {rest}"

    @property
    def _whose(self):
        return not_yet("update", "this is nnkit's") + " " if self.lent else ""


def practise(rule, X, y, w, b, turn, most):
    """Practice: up to `most` updates by a learner's rule, or else by `update`.

    The first sample asked is number `turn`.
    """
    path, sample, lent = [], turn - 1, False
    while len(path) < most and (wrong := answer(X, w, b) != y).any():
        sample = next(i for i in np.roll(np.arange(len(X)), -sample - 1) if wrong[i])
        path.append((w, b))
        result, own = own_or(rule, update, w, b, X[sample], int(y[sample]))
        (w, b), lent = checked(result), rule is not None and not own
    return Practice(X, y, path, w, b, sample, lent)


def checked(result):
    """The (w, b) that a learner's update has returned, or ValueError in one sentence."""
    try:
        w, b = result
        w, b = np.array(w, dtype=float), float(b)
    except (TypeError, ValueError):
        raise ValueError("update must return two things, (w, b), with b a number") from None
    if w.shape != (2,) or not np.isfinite([*w, b]).all():
        raise ValueError(f"update must return a w of 2 finite numbers, got {w}")
    return w, b


def pair(x):
    return f"({x[0]:.3g}, {x[1]:.3g})"

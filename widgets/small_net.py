"""A net with one layer of ReLU units on two classes as numbers: its gradients and its training."""

import functools
from dataclasses import dataclass

import numpy as np

import nnkit
import nnkit.functional as F
from nnkit import data
from widgets.own import own_or

SETS = {
    "XOR": lambda g: data.xor(80, 0.1, generator=g),
    "circles": lambda g: data.circles(80, 0.08, generator=g),
    "moons": lambda g: data.moons(80, 0.1, generator=g),
}


@functools.cache
def samples(name):
    """(X, y): 80 points of two classes around the origin, shapes (80, 2) and (80,)."""
    X, y = (t.numpy() for t in SETS[name](nnkit.Generator().manual_seed(1)))
    X = X.astype(float) - X.mean(axis=0)
    return X * 1.1 / np.abs(X).max(axis=0), y


def two_layer(X, y, W1, b1, W2, b2):
    """(loss, gradients of W1, b1, W2, b2): ReLU, softmax cross-entropy, by nnkit's backward()."""
    W1, b1, W2, b2 = weights = [nnkit.tensor(w, requires_grad=True) for w in (W1, b1, W2, b2)]
    hidden = F.relu(nnkit.Tensor(X) @ W1 + b1)
    loss = F.cross_entropy(hidden @ W2 + b2, nnkit.Tensor(y))
    loss.backward()
    return loss.item(), tuple(w.grad.numpy() for w in weights)


def chance_of_class_1(X, W1, b1, W2, b2):
    """Softmax over two classes is the sigmoid of the difference of their scores."""
    with np.errstate(all="ignore"):
        scores = np.maximum(X @ W1 + b1, 0) @ W2 + b2
        return 1 / (1 + np.exp(scores[:, 0] - scores[:, 1]))


def folds(W1, b1):
    """The lines x W1 + b1 = 0, one for each hidden unit, as one line with gaps: (xs, ys)."""
    ends = []
    for (a, b), c in zip(W1.T, b1, strict=True):
        size = a * a + b * b
        if np.isfinite(size) and size > 0:
            foot, along = np.array([a, b]) * -c / size, np.array([-b, a]) * 5 / np.sqrt(size)
            ends += [foot - along, foot + along, (np.nan, np.nan)]
    return np.reshape(ends, (-1, 2)).T


def kaiming(fan_in, fan_out, rng):
    return rng.normal(0, np.sqrt(2 / fan_in), (fan_in, fan_out))


def new_layer(init, fan_in, fan_out, rng):
    """[W, b] of a layer before the first update, W by a learner's init, or else by Kaiming's."""
    W = np.array(own_or(init, kaiming, fan_in, fan_out, rng)[0], float)
    if W.shape != (fan_in, fan_out):
        raise ValueError(f"init must return shape {(fan_in, fan_out)}, got {W.shape}")
    return [W, np.zeros(fan_out)]


def plain_step(w, grad, lr):
    return w - lr * grad


def train(net, step, X, y, weights, lr, updates):
    """Yield (weights, losses) now and then and after the last update, by functions as above."""
    losses = []
    for update in range(updates + 1):
        with np.errstate(all="ignore"):  # never around a yield, which may resume elsewhere
            loss, gradients = net(X, y, *weights)
            losses.append(float(loss))
        if update == updates or update % 20 == 19:
            yield weights, np.array(losses)
        with np.errstate(all="ignore"):
            weights = [step(w, g, lr) for w, g in zip(weights, gradients, strict=True)]


@dataclass(frozen=True)
class Trained:
    """The net after some updates, and what there is to say of it.

    losses: before the first update and after each; own, stepped: by a learner's net, by their step.
    """

    X: np.ndarray
    y: np.ndarray
    weights: list
    losses: np.ndarray
    lr: float
    own: bool
    stepped: bool

    @functools.cached_property
    def right(self):
        """The share of the points whose class the net tells."""
        return np.mean((chance_of_class_1(self.X, *self.weights) > 0.5) == self.y)

    @property
    def verdict(self):
        losses = self.losses
        if len(losses) == 1:
            return "Not trained yet"
        if not losses[-1] <= losses[0]:
            return "Worse than before: lr is too large"
        if losses[-1] > 0.6:
            return "Still guessing"
        if self.right == 1:
            return "Fits every point"
        if len(losses) > 50 and losses[-1] > 0.99 * losses[-51]:
            return "Stuck, no better than 50 updates ago"
        return "Learns"

    @property
    def outcome(self):
        """What the updates have achieved, in words."""
        return (
            f"<b>{self.verdict}:</b> after {len(self.losses) - 1} updates the loss is "
            f"{self.losses[-1]:.4g} (at the start {self.losses[0]:.4g}), and {self.right:.0%} of "
            "the points are right."
        )

    @property
    def means(self):
        """Whose gradients and whose step it was, in words."""
        sizes = [w.size for w in self.weights]
        whose = "Your two_layer" if self.own else "nnkit's backward()"
        step = "your step uses them" if self.stepped else "gradient descent uses them"
        return (
            f"{whose} finds {' + '.join(map(str, sizes))} = {sum(sizes)} gradients in one pass "
            f"back; {step}, with lr = {self.lr:.3g}."
        )

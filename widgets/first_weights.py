"""First weights as numbers: schemes, the signals they let through, and the training from them."""

import functools
from dataclasses import dataclass

import numpy as np

import nnkit
import nnkit.functional as F
from nnkit import optim
from widgets.circuit_drawing import short

SAMPLES, CLASSES, BATCH, UPDATES = 40, 3, 32, 200  # products this small need one thread only
ACTIVATIONS = {"tanh": F.tanh, "ReLU": F.relu, "sigmoid": F.sigmoid, "none (linear)": lambda x: x}

# The standard deviation of a layer's weights: of fan-in a, fan-out b, and the slider.
SCHEMES = {
    "normal, std from the slider": lambda a, b, std: std,
    "normal, 1/sqrt(n)": lambda a, b, std: a**-0.5,
    "Xavier uniform": lambda a, b, std: (2 / (a + b)) ** 0.5,
    "Kaiming normal": lambda a, b, std: (2 / a) ** 0.5,
    "constant, from the slider": lambda a, b, std: std,
    "zeros": lambda a, b, std: 0.0,
}


@functools.lru_cache(maxsize=4)
def standard(kind, sizes, seed):
    """Weights (in, out) of mean 0 and std 1 for layers of these sizes: kept, and only scaled."""
    rng = np.random.default_rng(seed)
    shapes = list(zip(sizes, sizes[1:], strict=False))
    if kind == "constant":
        return [np.ones(shape, np.float32) for shape in shapes]
    if kind == "uniform":
        return [rng.uniform(-(3**0.5), 3**0.5, shape).astype(np.float32) for shape in shapes]
    return [rng.standard_normal(shape, np.float32) for shape in shapes]


def first_weights(scheme, std, sizes, seed=0):
    """[W of shape (in, out), ...] of a net whose layers have these sizes."""
    kind = next((k for k in ("constant", "uniform") if k in scheme), "normal")
    base = standard(kind, tuple(sizes), seed)
    return [w * np.float32(SCHEMES[scheme](*w.shape, std)) for w in base]


def drawn_by(init, sizes):
    """Weights as `first_weights` gives them, by a learner's init; None where it returns nothing."""
    rng, weights = np.random.default_rng(0), []
    for a, b in zip(sizes, sizes[1:], strict=False):
        w = init(a, b, rng)
        if w is None:
            return None
        weights.append(np.asarray(w, np.float32))
        if weights[-1].shape != (a, b):
            raise ValueError(f"init must return shape {(a, b)}, got {weights[-1].shape}")
    return weights


@functools.lru_cache(maxsize=4)
def task(width):
    """(X, y): 512 samples of `width` standard normal features; the class is the one of three random
    directions that a sample points to most."""
    rng = np.random.default_rng(width)
    X = rng.standard_normal((512, width), np.float32)
    return X, (X @ rng.standard_normal((width, CLASSES), np.float32)).argmax(axis=1)


def run(weights, biases, activation, X, y):
    """(loss, hidden): cross-entropy summed over the samples, and every hidden layer's tensor."""
    hidden, h = [], nnkit.Tensor(X)
    for w, b in zip(weights[:-1], biases[:-1], strict=True):
        h = ACTIVATIONS[activation](h @ w + b)
        hidden.append(h)
    return F.cross_entropy(h @ weights[-1] + biases[-1], nnkit.Tensor(y), reduction="sum"), hidden


def signals(weights, activation, X, y):
    """(activations, gradients) of every hidden layer before training, arrays (samples, units).

    The gradients are those of each sample's own loss at the layer's output.
    """
    weights, biases = tensors(weights)
    loss, hidden = run(weights, biases, activation, X, y)
    for h in hidden:
        h.retain_grad()
    loss.backward()
    return [h.detach().numpy() for h in hidden], [h.grad.numpy() for h in hidden]


def tensors(weights):
    weights = [nnkit.tensor(w, requires_grad=True) for w in weights]
    return weights, [nnkit.zeros(w.shape[1], dtype=w.dtype, requires_grad=True) for w in weights]


def train(weights, activation, X, y, lr):
    """Yield the loss before each update of mini-batch gradient descent, and after the last one.

    Ends early where the loss is no finite number any more. In float64: many updates magnify the
    rounding of float32, which differs from machine to machine, to the second digit of the loss.
    """
    weights, biases = tensors([w.astype(float) for w in weights])
    X = X.astype(float)
    rule, rng = optim.SGD([*weights, *biases], lr), np.random.default_rng(0)
    for _ in range(UPDATES + 1):
        batch = rng.integers(0, len(X), BATCH)
        loss, _ = run(weights, biases, activation, X[batch], y[batch])
        loss = loss / BATCH
        yield loss.item()
        if not np.isfinite(loss.item()):
            return
        rule.zero_grad()
        loss.backward()
        rule.step()


def verdict(activations, activation):
    """(word, reason): what the layers do to the signal."""
    first, last = (h.std(dtype=float) for h in (activations[0], activations[-1]))
    layers = len(activations)
    # Equal units are equal up to the rounding of float32, which differs from machine to machine.
    if all(np.ptp(h, axis=1).max() <= 1e-5 * abs(h).max() for h in activations):
        return "No difference", "all units of a layer say the same, and will go on doing so"
    full = np.mean(np.abs(activations[-1]) > 0.97)
    if activation == "tanh" and full > 0.4:
        return "Saturates", f"{full:.0%} of the last layer's activations are beyond ±0.97"
    factor = (last / first) ** (1 / (layers - 1)) if first > 0 else 0.0
    change = f"std {short(first)} in layer 1, {short(last)} in layer {layers}: "
    change += f"{factor:.2f} times a layer"
    if not np.isfinite(factor) or factor > 1.15:
        return "Explodes", change
    if factor < 0.8:
        return "Fades", change
    return ("Shrinks slowly" if factor < 0.95 else "Keeps its size"), change


@dataclass(frozen=True)
class Start:
    """A net's first weights, the signals that they let through, its training, and their words.

    activations, gradients: as `signals` gives them; meant: the std that the weights were drawn
    with, None where a learner drew them; losses: of the training, as far as it has come.
    """

    weights: list
    activation: str
    activations: list
    gradients: list
    meant: float | None
    lr: float
    losses: tuple = ()

    @property
    def std(self):
        """The standard deviation of the first layer's weights."""
        return float(self.weights[0].std(dtype=float))

    @property
    def fate(self):
        """What the layers do to the signal, in words."""
        word, reason = verdict(self.activations, self.activation)
        off = np.mean(self.activations[-1] == 0)
        more = f" In the last layer {off:.0%} of the activations are exactly 0." if off else ""
        return f"<b>{word}:</b> {reason}.{more}"

    @property
    def first_layer(self):
        """How large the weights are, and what that makes of a sum, in words."""
        if not self.std > 0:
            return f"Every weight is {self.weights[0].mean():.3g}."
        width, drawn = len(self.weights[0]), f" (drawn with {self.meant:.3g})" if self.meant else ""
        return (
            f"Layer 1: the weights' std is {self.std:.3g}{drawn}, so a sum over n = {width} inputs "
            f"of size 1 has the std sqrt(n) · {self.std:.3g} = {width**0.5 * self.std:.3g}."
        )

    @property
    def learning(self):
        """What becomes of the gradients and of the loss, in words."""
        first, last = (short(self.gradients[i].std(dtype=float)) for i in (0, -1))
        words = f"Gradients: std {last} at layer {len(self.gradients)}, {first} at layer 1."
        if not self.losses:
            return words
        end = f"{np.mean(self.losses[-10:]):.4g} (mean of ten)"  # one mini-batch alone says little
        end = end if np.isfinite(self.losses[-1]) else "it is no number any more (nan)"
        done = len(self.losses) - 1
        after = "the first update" if done == 1 else f"{done} updates"
        return (
            f"{words} Trained with lr = {self.lr:.3g}: loss {self.losses[0]:.4g}, after {after} "
            f"{end}."
        )

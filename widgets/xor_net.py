"""A net of two hidden nodes on XOR as numbers: its passes, its training, and how it folds."""

from dataclasses import dataclass

import numpy as np

import nnkit
from nnkit import functional as F
from widgets.neuron import CORNERS, GRID, HIGH, LOW, TABLES, sigmoid

WANTED = np.array(TABLES["XOR"])
ACTIVATIONS = {
    "step": lambda z: (z > 0) * 1.0,
    "sigmoid": sigmoid,
    "ReLU": lambda z: np.maximum(z, 0),
    "none": lambda z: z,
}
DRAWN = {"step": lambda z: np.clip(0.5 + 10 * z, 0, 1)}  # between grid points; else its edge frays
LAYERS = {"step": None, "sigmoid": F.sigmoid, "ReLU": F.relu, "none": lambda z: z}  # with slopes
NAMES = [f"{node}_{part}" for node in ("h1", "h2", "y") for part in ("w1", "w2", "b")]
MOST = 8.0  # the largest weight
FRAME = np.linspace(-0.6, 2.4, 81)  # of the hidden space in the picture
PLANE = np.stack(np.meshgrid(GRID, GRID), -1).reshape(-1, 2)
_along, _at = np.meshgrid(np.linspace(LOW, HIGH, 41), np.linspace(LOW, HIGH, 9))
LINES = np.concatenate([np.stack([_along, _at], -1), np.stack([_at, _along], -1)])  # a grid


def forward(X, W1, b1, w2, b2, activation):
    """(h, z): hidden values (..., 2) and the output's sum (...), for inputs X (..., 2)."""
    h = activation(X @ W1.T + b1)
    return h, h @ w2 + b2


def checked(result, X):
    """The (h, z) that a learner's forward has returned for X, or ValueError in one sentence."""
    try:
        h, z = (np.array(part, dtype=float) for part in result)
    except (TypeError, ValueError):
        raise ValueError("forward must return two arrays, (h, z)") from None
    if (h.shape, z.shape) != ((len(X), 2), (len(X),)):
        raise ValueError(
            f"for {len(X)} samples and 2 hidden nodes forward must return shapes "
            f"({len(X)}, 2) and ({len(X)},), got {h.shape} and {z.shape}"
        )
    return h, z


def split(weights):
    """(W1, b1, w2, b2) from nine numbers, in the order of NAMES."""
    table = np.array(weights, dtype=float).reshape(3, 3)
    return table[:2, :2], table[:2, 2], table[2, :2], table[2, 2]


def named(weights):
    """{name: weight} from nine numbers, in the order of NAMES."""
    return dict(zip(NAMES, map(float, weights), strict=True))


def train(weights, activation, steps=100, lr=0.05):
    """(weights, error): the nine weights after `steps` of Adam, and their mean squared error.

    z is to be 0.5 where XOR is 1, and -0.5 where it is 0. The weights stay in the sliders' range.
    """
    W1, b1, w2, b2 = (
        nnkit.tensor(part, dtype=nnkit.float64, requires_grad=True) for part in split(weights)
    )
    X, goal = (nnkit.tensor(a, dtype=nnkit.float64) for a in (CORNERS, WANTED - 0.5))
    optimiser = nnkit.optim.Adam([W1, b1, w2, b2], lr=lr)
    for _ in range(steps):
        optimiser.zero_grad()
        z = LAYERS[activation](X @ W1.T + b1) @ w2 + b2
        F.mse_loss(z, goal).backward()
        optimiser.step()
    hidden = np.c_[W1.detach().numpy(), b1.detach().numpy()]
    weights = np.r_[hidden.ravel(), w2.detach().numpy(), b2.item()].clip(-MOST, MOST).round(2)
    _, z = forward(CORNERS, *split(weights), ACTIVATIONS[activation])
    return weights, np.mean((z - WANTED + 0.5) ** 2)


@dataclass
class Fold:
    """The net part of the way from its inputs to its hidden space, and what there is to say of it.

    weights: (W1, b1, w2, b2); t: the way, from 0 to 1; h, z: of the four corners; lines_h: the
    hidden values of LINES; plane_z: the output's sums on PLANE; own: by a learner's forward.
    """

    activation: str
    weights: tuple
    t: float
    h: np.ndarray
    z: np.ndarray
    lines_h: np.ndarray
    plane_z: np.ndarray
    own: bool

    @property
    def corners(self):
        """Where the corners are at present."""
        return CORNERS + self.t * (self.h - CORNERS)

    @property
    def lines(self):
        """Where the lines of the grid are at present."""
        return LINES + self.t * (self.lines_h.reshape(LINES.shape) - LINES)

    @property
    def hidden_z(self):
        """The output's sum over the picture of the hidden space."""
        _, _, w2, b2 = self.weights
        return np.stack(np.meshgrid(FRAME, FRAME), -1) @ w2 + b2

    @property
    def wrong(self):
        return (self.z > 0) != WANTED

    @property
    def verdict(self):
        if not self.wrong.any():
            return "All four corners right: this is XOR."
        names = ", ".join(f"({x[0]}, {x[1]})" for x in CORNERS[self.wrong])
        return f"{self.wrong.sum()} of 4 wrong: {names}."

    @property
    def example(self):
        """One corner's way to its answer: the first wrong one, or else (1, 1)."""
        k = self.wrong.argmax() if self.wrong.any() else 3
        (W1, b1, w2, b2), (x1, x2), h, z = self.weights, CORNERS[k], self.h[k], self.z[k]
        name = "" if self.activation == "none" else self.activation
        sums = ", ".join(
            f"h{i + 1} = {name}({W1[i, 0]:.3g}·{x1} + {W1[i, 1]:.3g}·{x2} + {b1[i]:.3g}) = "
            f"{h[i]:.3g}"
            for i in range(2)
        )
        return (
            f"At ({x1}, {x2}): {sums}, z = {w2[0]:.3g}·{h[0]:.3g} + {w2[1]:.3g}·{h[1]:.3g} + "
            f"{b2:.3g} = {z:.3g}, answer {int(z > 0)}, wanted {WANTED[k]}."
        )

    @property
    def meaning(self):
        if self.t < 1:
            way = f"{self.t:.0%} of the way from the inputs (x1, x2) to (h1, h2)."
            return f"{way} The output draws its line there, at 100 %."
        if self.activation == "none":
            return "No activation: the grid stays straight, and so does the border on the left."
        return "On the right the border is one straight line; seen from the inputs it is not."

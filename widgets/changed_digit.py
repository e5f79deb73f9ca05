"""A digit shifted, turned, resized or noisy, as numbers: what two nets make of it and of 500."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from widgets.digit_net import digits
from widgets.warp import warp

CURVES = {  # what the curves can run over, by its name in Change: words, places
    "right": ("shift right (pixels)", np.arange(-3, 4)),
    "down": ("shift down (pixels)", np.arange(-3, 4)),
    "turn": ("turn (degrees)", np.arange(-180, 181, 15)),
    "size_of": ("size", np.arange(10, 31) / 20),
    "noise": ("noise", np.arange(11) / 20),
}
SURE = 0.99
BLACK, WHITE = "black on white", "white on black"
MIDDLE = 8 * 3 + 4  # the pixel whose mixture is told: row 4, column 5


@dataclass(frozen=True)
class Change:
    """What is done to a digit: lengths in pixels, turn in degrees, noise a standard deviation.

    size_of: as large as that; named as the explorer's slider.
    """

    right: float = 0.0
    down: float = 0.0
    turn: float = 0.0
    size_of: float = 1.0
    noise: float = 0.0
    ink: str = BLACK

    @cached_property
    def matrix(self):
        return warp(self.right, self.down, self.turn, self.size_of)

    def __call__(self, X):
        """The pictures X (n, 64) changed; equally many get the same noise."""
        pictures = X @ self.matrix.T
        if self.noise:
            noise = np.random.default_rng(0).normal(0, self.noise, pictures.shape)
            pictures = np.clip(pictures + noise, 0, 1)
        return pictures if self.ink == BLACK else 1 - pictures

    @property
    def words(self):
        parts = []
        if self.right or self.down:
            parts.append(f"shifted by ({self.right:g}, {self.down:g}) pixels")
        if self.turn:
            parts.append(f"turned by {self.turn:g}°")
        if self.size_of != 1:
            parts.append(f"{self.size_of:.2f} times as large")
        if self.noise:
            parts.append(f"with noise of {self.noise:.2g}")
        if self.ink == WHITE:
            parts.append("white on black")
        return ", ".join(parts) or "as it is"


@dataclass(frozen=True)
class Curves:
    """The accuracy of two nets on the test digits over one part of their change.

    over: its name in Change; shares: (2, places), see CURVES.
    """

    over: str
    shares: np.ndarray


@dataclass(frozen=True)
class Seen:
    """One digit under a change, and two nets' answers.

    picture: the digit changed; x, y: as it was; p: the two nets' probabilities for it; curves: of
    the nets; sure: for each net, how many of the 500 test digits, changed alike, get
    p > 0.99, and the share of these that is right; right: the share of all 500; names: of the nets.
    """

    change: Change
    picture: np.ndarray
    x: np.ndarray
    y: int
    p: list
    curves: Curves
    sure: list
    right: list
    names: tuple

    @property
    def verdicts(self):
        said = []
        for name, p in zip(self.names, self.p, strict=True):
            best = int(p.argmax())
            judged = "right" if best == self.y else "wrong"
            said.append(f"{name} says <b>{best}</b> (p = {p[best]:.2f}), {judged}")
        return f"<b>This {self.y}, {self.change.words}:</b> {'; '.join(said)}."

    @property
    def shares(self):
        parts = []
        for name, right, (count, share) in zip(self.names, self.right, self.sure, strict=True):
            sure = (
                f"{share:.0%} of its {count} answers with p > {SURE}"
                if count
                else "it is never sure"
            )
            parts.append(f"{name} <b>{right:.1%}</b> ({sure})")
        return f"Right on 500 test digits changed alike: {'; '.join(parts)}."

    @property
    def formula(self):
        """How one pixel came about."""
        weights = self.change.matrix[MIDDLE]
        used = np.flatnonzero(np.round(weights, 3))
        mixed = " + ".join(f"{weights[k]:.2f}·{self.x[k]:.2f}" for k in used) or "0"
        after = f" = {weights @ self.x:.2f}"
        if self.change.noise:
            after += " + noise"
        if self.change.ink == WHITE:
            after += ", then 1 minus that"
        matrix = "Shift, turn and size together are one 64×64 matrix"
        return f"Pixel in row 4, column 5: {mixed}{after}. {matrix}."


def look(nets, names, digit, change, curves):
    """Seen, for two functions of X (n, 64) that return probabilities, and a test digit's number."""
    _, X, _, y = (part.numpy() for part in digits())
    now, p, sure, right = change(X), [], [], []
    for net in nets:
        chances = net(now)
        hit, certain = chances.argmax(axis=1) == y, chances.max(axis=1) > SURE
        p.append(chances[digit])
        right.append(hit.mean())
        sure.append((int(certain.sum()), hit[certain].mean() if certain.any() else 0.0))
    return Seen(change, now[digit], X[digit], int(y[digit]), p, curves, sure, right, names)


def curves(nets, change, over):
    """Curves over one part of the change, the others as they are."""
    _, X, _, y = (part.numpy() for part in digits())
    moved = [replace(change, **{over: place})(X) for place in CURVES[over][1].tolist()]
    shares = [[(net(one).argmax(axis=1) == y).mean() for one in moved] for net in nets]
    return Curves(over, np.array(shares))

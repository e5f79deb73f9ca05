"""Batch, layer, instance and group norm as numbers: which cells of a block share a mean."""

import functools
from dataclasses import dataclass

import numpy as np

BATCH, LAYER, INSTANCE, GROUP = "batch norm", "layer norm", "instance norm", "group norm"
KINDS = BATCH, LAYER, INSTANCE, GROUP
SHAPE = N, C, H, W = 3, 4, 3, 3
EPS = 1e-5
AXES = {BATCH: (0, 2, 3), LAYER: (1, 2, 3), INSTANCE: (2, 3)}


@functools.lru_cache
def block():
    """Whole numbers from 0 to 20, shape SHAPE: channels differ in level, samples in brightness."""
    rng = np.random.default_rng(3)
    channel, bright = np.array([3, 6, 10, 14]), np.array([-1, 0, 3])
    x = bright[:, None, None, None] + channel[:, None, None] + 1.6 * rng.normal(size=SHAPE)
    return x.round().clip(0, 20)


def normalise(x, kind, groups):
    """x, shape (N, C, H, W), with every share of cells brought to mean 0 and std 1."""
    if kind == GROUP:
        n, c, *sides = x.shape
        together = x.reshape(n, groups, c // groups, *sides)
        return standard(together, (2, 3, 4)).reshape(x.shape)
    return standard(x, AXES[kind])


def standard(x, axes):
    return (x - x.mean(axes, keepdims=True)) / np.sqrt(x.var(axes, keepdims=True) + EPS)


def checked(y):
    """What a learner's normalise has returned, or ValueError in one sentence."""
    if np.shape(y) != SHAPE:
        raise ValueError(f"normalise must keep the shape {SHAPE}, got {np.shape(y)}")
    return np.array(y, dtype=float)


def sharing(function, x, cell):
    """True for each cell of x whose answer changes when x changes at `cell`.

    That is what sharing statistics means, so it is true of any function, also of a wrong one.
    """
    before, changes = function(x), np.zeros(x.shape, bool)
    for nudge in 1.0, np.pi:  # one alone may leave a cell where it was, by chance
        nudged = x.copy()
        nudged[cell] += nudge
        changes |= ~np.isclose(function(nudged), before, rtol=0, atol=1e-9)
    return changes


@dataclass(frozen=True, eq=False)
class Cell:
    """One cell of the block, those that share its statistics, and what there is to say of them.

    y: the normalised block; shared: True for the cells, both by a learner's function if `own`.
    """

    kind: str
    groups: int
    at: tuple
    x: np.ndarray
    y: np.ndarray
    shared: np.ndarray
    own: bool

    @property
    def values(self):
        """What the kind takes together, whatever a learner's function does."""
        return self.x[self.meant]

    @functools.cached_property
    def meant(self):
        return sharing(lambda x: normalise(x, self.kind, self.groups), self.x, self.at)

    @property
    def whose(self):
        """Which cells the kind takes together, in words."""
        n, c, _, _ = self.at
        if self.kind == BATCH:
            return f"channel {c} of all samples: axes N, H, W"
        if self.kind == LAYER:
            return f"all channels of sample {n}: axes C, H, W"
        if self.kind == INSTANCE:
            return f"channel {c} of sample {n}: axes H, W"
        size = C // self.groups
        first = c // size * size
        which = f"channel {c}" if size == 1 else f"channels {first} to {first + size - 1}"
        return f"{which} of sample {n}: axes H, W and the group"

    @property
    def statistics(self):
        """How many means the kind has in this block, and their shape."""
        if self.kind == BATCH:
            return f"{C} means, one a channel; at test, running statistics take their place"
        if self.kind == LAYER:
            return f"{N} means, one a sample; the same at test"
        if self.kind == INSTANCE:
            return f"{N}·{C} = {N * C} means, one a sample and channel; the same at test"
        return (
            f"{N}·{self.groups} = {N * self.groups} means, one a sample and group; the same at test"
        )

    @property
    def sharing_words(self):
        return (
            f"<b>{self.kind.capitalize()}</b> at (n, c, h, w) = {self.at}: "
            f"{self.meant.sum()} cells share its statistics, {self.whose}."
        )

    @property
    def own_words(self):
        """What a learner's function does there."""
        marked = "the marked cells are those whose output it changes"
        if np.array_equal(self.shared, self.meant):
            return f"Your normalise gives {self.y[self.at]:.2f} there; {marked}."
        return (
            f"Your normalise gives {self.y[self.at]:.2f} there; {marked}: {self.shared.sum()}, "
            f"and not the {self.meant.sum()} that {self.kind} means."
        )

    @property
    def formula(self):
        """The formula with its numbers; eps is too small to be seen here."""
        x, values = self.x[self.at], self.values
        mean, std = values.mean(), values.std()
        return (
            f"Their mean is {mean:.2f}, their std {std:.2f}: (x − mean)/std = "
            f"({x:.0f} − {mean:.2f})/{std:.2f} = <b>{(x - mean) / std:.2f}</b>."
        )

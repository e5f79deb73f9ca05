"""Batch noise as numbers: one sample, normalised in many random batches."""

import functools
from dataclasses import dataclass

import numpy as np

MEAN, STD = 5.0, 2.0  # of the feature that is looked at, over all samples
OTHERS = np.array([3.0, 6.0, 9.0, 4.0, 5.0])  # the sample's other features
BATCHES, LARGEST, EPS = 300, 128, 1e-5
SIZES = np.arange(2, LARGEST + 1)


@functools.lru_cache
def mates():
    """The features of those that share a batch with the sample: (BATCHES, LARGEST - 1, 6).

    Smaller batches are the first of these, so that a moving slider only adds or removes mates.
    """
    drawn = np.random.default_rng(7).normal(size=(BATCHES, LARGEST - 1, 1 + len(OTHERS)))
    return MEAN + STD * drawn


@functools.lru_cache
def sums():
    """Sums and sums of squares of that feature over the first mates, each (BATCHES, LARGEST)."""
    values = np.concatenate([np.zeros((BATCHES, 1)), mates()[:, :, 0]], axis=1)
    return values.cumsum(axis=1), (values**2).cumsum(axis=1)


def statistics(x, sizes):
    """(means, stds) of x and its mates in all batches of these sizes, each (BATCHES, sizes)."""
    total, squares = (some[:, np.asarray(sizes) - 1] for some in sums())
    means = (total + x) / sizes
    variances = (squares + x**2) / sizes - means**2
    return means, np.sqrt(np.maximum(variances, 0) + EPS)


def batch(number, x, size):
    """One batch, (size, features); the sample comes first."""
    sample = np.r_[x, OTHERS][None]
    return np.concatenate([sample, mates()[number, : size - 1]])


def batch_norm(x, gamma, beta, eps):
    """Batch norm in training: each feature, a column, by its own mean and variance."""
    return gamma * (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + eps) + beta


def own_outputs(function, x, size):
    """What a learner's batch_norm makes of x in all batches; None if it returns nothing."""
    ones = np.ones(1 + len(OTHERS))
    outputs = []
    for number in range(BATCHES):
        given = batch(number, x, size)
        y = function(given, ones, 0 * ones, EPS)
        if y is None:
            return None
        if np.shape(y) != given.shape:
            raise ValueError(
                f"batch_norm must keep the shape of x, {given.shape}, got {np.shape(y)}"
            )
        outputs.append(float(y[0, 0]))
    return np.array(outputs)


@dataclass(frozen=True, eq=False)
class Noise:
    """The sample's normalised value in all batches of a size, and what there is to say of it.

    outputs: (BATCHES,); spreads: their std for each of SIZES, by nnkit's rule; batch: the number of
    the batch that is looked at; own: by a learner's function.
    """

    x: float
    size: int
    batch: int
    outputs: np.ndarray
    spreads: np.ndarray
    own: bool

    @property
    def at_test(self):
        """By running statistics that have arrived at those of all samples."""
        return (self.x - MEAN) / STD

    @property
    def sample(self):
        """(mean, std) of the sample's own features."""
        values = np.r_[self.x, OTHERS]
        return values.mean(), values.std()

    @property
    def by_layer_norm(self):
        mean, std = self.sample
        return (self.x - mean) / std

    @property
    def spread_words(self):
        low, high = self.outputs.min(), self.outputs.max()
        return (
            f"<b>x = {self.x:.3g} in {BATCHES} batches of {self.size}:</b> batch norm in training "
            f"gives {low:.2f} to {high:.2f}, with a std of <b>{self.outputs.std():.2g}</b>. "
            f"{self.bound}"
        )

    @property
    def bound(self):
        """What the size of the batch alone says of the output."""
        if self.size == 2:
            return "Of two values one becomes 1, the other −1: only who is larger is left."
        root = f"√({self.size} − 1) = {np.sqrt(self.size - 1):.3g}"
        return f"Nothing in such a batch can pass {root}."

    @property
    def batch_words(self):
        means, stds = statistics(self.x, [self.size])
        mean, std = means[self.batch, 0], stds[self.batch, 0]
        y = self.outputs[self.batch]
        return (
            f"Batch {self.batch}: mean {mean:.2f}, std {std:.2f}: "
            f"({self.x:.3g} − {mean:.2f})/{std:.2f} = {(self.x - mean) / std:.2f}"
            + (f"; your batch_norm gives {y:.2f}." if self.own else ".")
        )

    @property
    def quiet_words(self):
        """What the two others give, which know nothing of the batch."""
        mean, std = self.sample
        return (
            f"After eval(): ({self.x:.3g} − {MEAN:g})/{STD:g} = {self.at_test:.2f} in any batch. "
            f"Layer norm, from the sample's own {1 + len(OTHERS)} features: "
            f"({self.x:.3g} − {mean:.2f})/{std:.2f} = {self.by_layer_norm:.2f} in any batch."
        )

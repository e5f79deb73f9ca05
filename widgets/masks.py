"""Dropout as numbers: which units are kept, and what the others' sum counts in three scalings."""

import math
from dataclasses import dataclass

import numpy as np

LAYERS = (3, 8, 8, 2)
HIDDEN = (1, 2)  # the layers that dropout acts on
INPUTS = 100  # of the unit whose sum is looked at, each 1
TRAINING, TEST = "training", "test"
WRONG = "wrong: test × p"


def keep(u, p):
    """True where a unit is kept: where its number u, drawn evenly from [0, 1), is p or more."""
    return u >= p


def checked(mask, u):
    """What a learner's mask for u has returned, as booleans, or ValueError in one sentence."""
    mask = np.asarray(mask)
    if mask.shape != u.shape:
        raise ValueError(f"the mask must have the shape of u, {u.shape}, got {mask.shape}")
    return mask.astype(bool)


def scalings(p):
    """{name: (what a kept input counts in training, what any input counts at test)}."""
    q = 1 - p
    return {
        "classic: training as it is, test × q": (1.0, q),
        WRONG: (1.0, p),
        "inverted: training ÷ q, test as it is": (1 / q, 1.0),
    }


def chance_of_kept(p):
    """The chance that 0, 1, ..., INPUTS inputs are kept: binomial."""
    k = np.arange(INPUTS + 1)
    ways = np.array([math.comb(INPUTS, int(i)) for i in k], dtype=float)
    return ways * (1 - p) ** k * p ** (INPUTS - k)


@dataclass(frozen=True)
class Masks:
    """Who is kept in one iteration, and what there is to say of it.

    layers: a mask of each of LAYERS, all kept at test; kept: how many of the INPUTS of the unit
    that is looked at; own: by a learner's mask.
    """

    p: float
    iteration: int
    mode: str
    layers: list
    kept: int
    own: bool

    @property
    def dropped_words(self):
        if self.mode == TEST:
            return "<b>Test:</b> nothing is dropped and nothing is random."
        out = sum(int(np.sum(~mask)) for mask in self.layers)
        return f"<b>Training, iteration {self.iteration}:</b> {told(out)}"

    @property
    def training_words(self):
        """What the unit gets in training."""
        now = f" (this time {self.kept})" if self.mode == TRAINING else ""
        mean = f"{INPUTS}·q = <b>{INPUTS * (1 - self.p):.3g}</b>"
        return f"A unit that sums {INPUTS} ones gets {mean} in training on average{now}."

    @property
    def test_words(self):
        """What the unit gets at test, in each scaling."""
        p, q = self.p, 1 - self.p
        return (
            f"At test, classic: {INPUTS}·q = <b>{INPUTS * q:.3g}</b>. Wrong: {INPUTS}·p = "
            f"<b>{INPUTS * p:.3g}</b>, {judge(p)}. Inverted: {INPUTS}, as in training after ÷ q."
        )


def told(out):
    """How many units are out, in a sentence."""
    if out == 0:
        return "no hidden unit is dropped."
    if out == 1:
        return "1 of 16 hidden units is dropped: it sends 0 on."
    return f"{out} of 16 hidden units are dropped: they send 0 on."


def judge(p):
    """How far off the wrong scaling is."""
    if p == 0:
        return "all is lost"
    if math.isclose(p, 1 - p):
        return "right only because p = q here"
    if p < 0.5:
        return f"{(1 - p) / p:.3g} times too small"
    return f"{p / (1 - p):.3g} times too large"

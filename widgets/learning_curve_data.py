"""Learning curves as numbers: the errors of polynomials fitted to more and more points."""

import functools
from dataclasses import dataclass

import numpy as np

from widgets.polynomials import evaluate, ridge, truth

SETS = 20  # training sets of each size
LEAST, MOST = 2, 300  # points
SIZES = np.unique(np.geomspace(LEAST, MOST, 36).round().astype(int))
VALIDATION = 500  # points, each with the noise of all SETS
TOLERANCE = 0.03  # a gap between two errors that is larger counts
ANSWERS = "high bias", "high variance", "both", "neither"


def diagnose(baseline, train, validation, tolerance):
    """One of ANSWERS, by two gaps, each of which may be as large as the tolerance: from the
    baseline up to the training error (bias), and from there up to the validation error (variance).
    """
    biased, varied = train - baseline > tolerance, validation - train > tolerance
    if biased and varied:
        return "both"
    return "high bias" if biased else "high variance" if varied else "neither"


@functools.cache
def draws(m):
    """(x, z): SETS training sets of m points share their x, evenly spread; z is their noise, of
    shape (SETS, m) and standard deviation 1.

    Half of the noise is the other half's with the sign turned: so, in the mean over all sets,
    chance does not hide the gaps.
    """
    x = (2 * np.arange(m) + 1) / m - 1
    z = np.random.default_rng([m, 1]).normal(size=(SETS // 2, m))
    return x, np.concatenate([z, -z])


def errors(sizes, degree, lam, noise, sets=SETS):
    """(weights, training errors, validation errors) of fits to the first `sets` sets of each size.

    Mean squared errors without the penalty; shapes (sizes, sets, degree + 1), (sizes, sets) twice.
    """
    weights, train = [], []
    for m in sizes:
        x, z = draws(int(m))
        y = truth(x) + noise * z[:sets]
        w = ridge(x, y, degree, [lam])[:, 0]
        weights.append(w)
        train.append(np.mean((evaluate(w, x) - y) ** 2, axis=1))
    weights = np.array(weights)
    x, z = draws(VALIDATION)
    off, noise_squared = evaluate(weights, x) - truth(x), np.mean((noise * z) ** 2)
    return weights, np.array(train), np.mean(off**2, axis=-1) + noise_squared


@dataclass(frozen=True)
class Curves:
    """Learning curves, one point m of them, and what there is to say of it.

    fits: the weights of the fits at m; here: (training, validation) error at m; curves: the two at
    SIZES, shape (sizes, 2); answer: of `diagnose`, perhaps the learner's (`own`).
    """

    m: int
    baseline: float
    fits: np.ndarray
    here: np.ndarray
    curves: np.ndarray
    answer: str
    own: bool

    @property
    def verdict(self):
        meaning = {
            "high bias": "it is wrong even on the points that it has learnt from.",
            "high variance": "it knows its own points much better than new ones.",
            "both": "it misses its own points, and new ones by still more.",
            "neither": "both gaps are small.",
        }
        return f"<b>{self.answer.capitalize()}:</b> {meaning[self.answer]}"

    @property
    def gaps(self):
        """The two gaps with the numbers plugged in, against the tolerance."""
        train, validation = self.here
        low, high = train - self.baseline, validation - train
        return (
            f"Training − baseline = {train:.3f} − {self.baseline:.3f} = <b>{low:.3f}</b>, "
            f"{size(low)}. Validation − training = {validation:.3f} − {train:.3f} = "
            f"<b>{high:.3f}</b>, {size(high)} (limit {TOLERANCE})."
        )

    @property
    def outlook(self):
        """What more points would bring, by the curve."""
        far, now = self.curves[-1, 1], self.here[1]
        gain = now - far
        verb = "help" if gain > TOLERANCE else "help a little" if gain > 0.01 else "hardly help"
        words = f"<b>More points {verb}:</b> with {MOST} the validation error is {far:.3f}."
        if self.here[0] < self.baseline - TOLERANCE:
            words += " The training error is below the baseline: it has learnt noise."
        return words


def size(gap):
    return "large" if gap > TOLERANCE else "small"


def checked(answer):
    """What a learner's diagnose has answered, or ValueError in one sentence."""
    if not isinstance(answer, str) or answer not in ANSWERS:
        raise ValueError(f"diagnose must return one of {', '.join(ANSWERS)}, got {answer!r}")
    return answer

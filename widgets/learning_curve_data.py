"""Learning curves as numbers: the errors of polynomials fitted to more and more points."""

from dataclasses import dataclass

import numpy as np

from widgets.polynomials import AXIS, draw_points, evaluate, ridge, truth

SETS = 20  # training sets drawn for the mean curves
SIZES = np.unique(np.geomspace(2, 300, 40).round().astype(int))
VALIDATION = 200  # points
TOLERANCE = 0.03  # a gap between two errors larger than this counts


def diagnose(baseline, train, validation, tolerance):
    """What is wrong, by two gaps that may be as large as the tolerance: the training error's to
    the baseline (bias), and the validation error's to the training error (variance)."""
    stiff, free = train - baseline > tolerance, validation - train > tolerance
    if stiff and free:
        return "both"
    return "high bias" if stiff else "high variance" if free else "neither"


ANSWERS = "high bias", "high variance", "both", "neither"


def errors(m, degree, lam, noise):
    """(training, validation): mean squared errors of fits to SETS sets of m points, one a set.

    Both are measured without the penalty.
    """
    x, _ = draw_points(m, 0.0, m)
    rng = np.random.default_rng([m, 1])
    y = truth(x) + noise * rng.normal(size=(SETS, m))
    x_new, _ = draw_points(VALIDATION, 0.0, 0)
    y_new = truth(x_new) + noise * np.random.default_rng(2).normal(size=VALIDATION)
    w = ridge(x, y, degree, [lam])[:, 0]
    return np.mean((evaluate(w, x) - y) ** 2, axis=1), np.mean(
        (evaluate(w, x_new) - y_new) ** 2, axis=1
    )


@dataclass(frozen=True)
class Curves:
    """Errors at SIZES and at m, the mean over SETS training sets, and what there is to say."""

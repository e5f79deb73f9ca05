"""How good is a classifier? Counts of right and wrong answers, and what is made of them.

Predictions are class labels (samples), or scores (samples, classes), of which the largest counts;
targets are class labels. Everywhere 0 divided by 0, such as the precision of a classifier that
never says yes, is defined as 0.
"""

import numpy as np

from nnkit.tensor import Tensor

__all__ = ["accuracy", "confusion_matrix", "f1", "harmonic_mean", "precision", "recall"]


def accuracy(prediction, target):
    """The share of right answers."""
    predicted, true = _labels(prediction, target)
    return _ratio(np.sum(predicted == true), len(true))


def confusion_matrix(prediction, target, num_classes=None):
    """How often each true class (row) was taken for each class (column), as an integer tensor."""
    predicted, true = _labels(prediction, target)
    largest = int(max(predicted.max(initial=-1), true.max(initial=-1)))
    n = num_classes or largest + 1
    if largest >= n or min(predicted.min(initial=0), true.min(initial=0)) < 0:
        raise IndexError(f"confusion_matrix: labels must be from 0 to {n - 1}")
    return Tensor(np.bincount(true * n + predicted, minlength=n * n).reshape(n, n))


def precision(prediction, target, positive=1):
    """Of those called positive, the share that is: TP / (TP + FP)."""
    predicted, true = (labels == positive for labels in _labels(prediction, target))
    return _ratio(np.sum(predicted & true), np.sum(predicted))


def recall(prediction, target, positive=1):
    """Of the positive ones, the share that was found: TP / (TP + FN)."""
    predicted, true = (labels == positive for labels in _labels(prediction, target))
    return _ratio(np.sum(predicted & true), np.sum(true))


def f1(prediction, target, positive=1):
    """The harmonic mean of precision and recall."""
    return harmonic_mean(
        precision(prediction, target, positive), recall(prediction, target, positive)
    )


def harmonic_mean(precision, recall):
    """2 P R / (P + R): near the smaller of the two, so that both must be good."""
    return _ratio(2 * precision * recall, precision + recall)


def _ratio(part, whole):
    return float(part / whole) if whole else 0.0


def _labels(prediction, target):
    predicted, true = (
        np.asarray(t.array if isinstance(t, Tensor) else t) for t in (prediction, target)
    )
    if predicted.ndim == 2:
        predicted = predicted.argmax(axis=1)
    if predicted.shape != true.shape or true.ndim != 1:
        raise ValueError(
            f"expected one prediction for each target, got {predicted.shape} and {true.shape}"
        )
    return predicted, true

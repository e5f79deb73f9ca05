"""Metrics: the curriculum's numbers (lesson 11), the undefined cases, refusals."""

import pytest

import nnkit
from nnkit import metrics

# TP 15, FP 5, FN 10, TN 70
PREDICTED = nnkit.tensor([1] * 15 + [1] * 5 + [0] * 10 + [0] * 70)
TRUE = nnkit.tensor([1] * 15 + [0] * 5 + [1] * 10 + [0] * 70)


def test_the_numbers_of_lesson_11():
    assert metrics.precision(PREDICTED, TRUE) == 0.75
    assert metrics.recall(PREDICTED, TRUE) == 0.6
    assert metrics.f1(PREDICTED, TRUE) == pytest.approx(2 / 3)
    assert metrics.accuracy(PREDICTED, TRUE) == 0.85
    assert metrics.confusion_matrix(PREDICTED, TRUE).tolist() == [[70, 5], [10, 15]]


@pytest.mark.parametrize(
    ("p", "r", "expected"), [(0.5, 0.4, 0.444), (0.7, 0.1, 0.175), (0.02, 1, 0.039), (0, 0, 0)]
)
def test_harmonic_means_of_lesson_11(p, r, expected):
    assert metrics.harmonic_mean(p, r) == pytest.approx(expected, abs=5e-4)


def test_zero_by_zero_is_zero():
    never, none = nnkit.zeros(3).long(), nnkit.zeros(3).long()
    assert metrics.precision(never, none) == metrics.recall(never, none) == 0
    assert metrics.f1(never, none) == 0 and metrics.accuracy(nnkit.arange(0), nnkit.arange(0)) == 0


def test_scores_count_by_their_largest():
    scores = nnkit.tensor([[0.1, 3.0, 1.0], [2.0, 0.0, 1.0]], requires_grad=True)
    assert metrics.accuracy(scores, nnkit.tensor([1, 2])) == 0.5


def test_another_class_can_be_the_positive_one():
    predicted, true = nnkit.tensor([0, 0, 1, 2]), nnkit.tensor([0, 1, 1, 2])
    assert metrics.precision(predicted, true, positive=0) == 0.5
    assert metrics.recall(predicted, true, positive=0) == 1
    assert metrics.confusion_matrix(predicted, true, 4).tolist()[1] == [1, 1, 0, 0]


def test_refusals():
    with pytest.raises(ValueError, match=r"\(2,\) and \(3,\)"):
        metrics.accuracy(nnkit.arange(2), nnkit.arange(3))
    with pytest.raises(IndexError, match="from 0 to 1"):
        metrics.confusion_matrix(nnkit.arange(3), nnkit.arange(3), 2)

import numpy as np
import pytest

from nnkit import metrics
from widgets.confusion import (
    HIGH,
    LOW,
    THRESHOLDS,
    Called,
    checked,
    count,
    draw_people,
    precision_recall_f1,
)


def called(threshold, n=1000, prevalence=0.1):
    scores, sick = draw_people(n, prevalence, 2.0, 1.0, seed=0)
    rates = [precision_recall_f1(*count(scores, sick, t)[:3]) for t in [threshold, *THRESHOLDS]]
    return Called(scores, sick, threshold, (2.0, 1.0), rates[0], np.array(rates[1:]), False)


def test_the_people_are_as_many_and_as_far_apart_as_asked_for():
    scores, sick = draw_people(5000, 0.3, 1.5, 0.5, seed=3)
    assert len(scores) == 5000 and sick.sum() == 1500
    assert scores[sick].mean() == pytest.approx(1.5, abs=0.05)
    assert scores[sick].std() == pytest.approx(0.5, abs=0.05)
    assert scores[~sick].mean() == pytest.approx(0, abs=0.05)
    assert scores[~sick].std() == pytest.approx(1, abs=0.05)
    assert draw_people(100, 0.001, 2.0, 1.0, seed=0)[1].sum() == 1


def test_another_prevalence_keeps_the_people():
    few, many = (draw_people(1000, p, 2.0, 1.0, seed=0) for p in (0.1, 0.2))
    assert set(few[0][few[1]]) < set(many[0][many[1]])
    assert set(many[0][~many[1]]) < set(few[0][~few[1]])


def test_counts_and_rates_are_those_of_nnkit():
    scores, sick = draw_people(500, 0.3, 1.0, 2.0, seed=1)
    for threshold in -1.0, scores[sick][0], 0.7, HIGH:  # the second: "at least" includes it
        said = (scores >= threshold).astype(int)
        tp, fp, fn, tn = count(scores, sick, threshold)
        matrix = metrics.confusion_matrix(said, sick.astype(int), 2)
        assert [[tn, fp], [fn, tp]] == matrix.tolist()
        wanted = [f(said, sick) for f in (metrics.precision, metrics.recall, metrics.f1)]
        assert precision_recall_f1(tp, fp, fn) == pytest.approx(wanted)


def test_the_ends_call_all_and_nobody():
    scores, sick = draw_people(1000, 0.1, 4.0, 2.0, seed=0)
    assert count(scores, sick, LOW) == (100, 900, 0, 0)
    assert count(scores, sick, HIGH) == (0, 0, 100, 900)


@pytest.mark.parametrize(
    ("counts", "rates"),
    [((15, 5, 10), (0.75, 0.6, 2 / 3)), ((0, 0, 5), (0, 0, 0)), ((0, 3, 0), (0, 0, 0))],
)
def test_what_is_0_by_0_counts_as_0(counts, rates):
    assert precision_recall_f1(*counts) == pytest.approx(rates)


def test_recall_only_falls_and_precision_need_not_rise():
    precision, recall, *_ = called(1.5, n=100, prevalence=0.25).lines
    assert (np.diff(recall) <= 0).all()
    steps = np.diff(precision[np.isfinite(precision)])
    assert (steps < 0).any() and (steps > 0).any()


def test_precision_without_positives_is_missing_in_the_picture_and_admitted_in_the_words():
    nobody = called(HIGH)
    assert np.isnan(nobody.marks[0]) and nobody.marks[1:3] == (0, 0)
    assert np.isnan(nobody.lines[0][-1])
    assert "Precision = TP/(TP+FP) = 0/0: <b>undefined</b>, counted as 0" in nobody.rates_words
    assert "F1 = 0/0, counted as <b>0</b>" in nobody.summary_words
    assert "Nobody is called sick" in nobody.meaning


def test_the_words_hold_the_formulas_with_the_numbers():
    hundred = called(1.55, n=100, prevalence=0.25)
    assert "TP 15, FP 5, FN 10, TN 70" in hundred.counts_words
    assert "15/(15+5) = <b>0.75</b>" in hundred.rates_words
    assert "15/(15+10) = <b>0.6</b>" in hundred.rates_words
    assert "2·0.75·0.6/(0.75 + 0.6) = <b>0.667</b>" in hundred.summary_words
    assert "85/100 = <b>0.85</b> (none called: 0.75)" in hundred.summary_words


def test_the_meaning_of_a_threshold():
    assert "Everybody is called sick" in called(LOW).meaning
    assert "no better than to call everybody healthy" in called(0.5).meaning
    best = called(1.5)
    assert f"best F1 here is {best.curve[:, 2].max():.3g}" in best.meaning


@pytest.mark.parametrize("rates", [None, 0.5, (1, 2), (1, 2, np.nan), "abc"])
def test_what_is_not_three_numbers_is_refused(rates):
    with pytest.raises(ValueError, match="must return three numbers"):
        checked(rates)

import itertools

import numpy as np
import pytest

from widgets import DecisionThreshold
from widgets.confusion import HIGH, LOW


@pytest.fixture(scope="module")
def shown():
    return DecisionThreshold()


@pytest.fixture
def explorer(shown):
    shown.reset()
    return shown


@pytest.mark.parametrize(
    ("preset", "words"),
    [
        ("100 people: 15, 5, 10, 70", "TP 15, FP 5, FN 10, TN 70"),
        (
            "0.5% are sick, and all are called healthy",
            "4975/5000 = 0.995 (none called: 0.995)",
        ),
        ("0.5% are sick, and one looks for them", "no better than to call everybody healthy"),
        ("everybody is called sick", "Precision = TP/(TP+FP) = 100/(100+900) = 0.1"),
        ("a better test", "of 100 sick, about 94 are found"),
        ("a useless test", "No use: 10.6% of those who are called sick are, and 10.0% of all"),
    ],
)
def test_each_preset_shows_what_it_promises(explorer, preset, words):
    explorer.set(**DecisionThreshold.presets[preset])
    assert words in explorer.live.description


def test_dots_are_right_or_mistakes_on_the_proper_side(explorer):
    right, wrong = (np.array(m.get_data()) for m in (explorer.people.right, explorer.people.wrong))
    assert right.shape[1] + wrong.shape[1] == 1000
    assert right.shape[1] == 920
    called = wrong[0] >= explorer.threshold
    assert (wrong[1][called] < 1.1).all() and (wrong[1][~called] > 1.1).all()  # the sick are above
    assert [label for _, _, label, _ in explorer.people.labels.shown] == [
        "FN 32", "TP 68", "TN 852", "FP 48",
    ]  # fmt: skip


def test_the_table_holds_the_counts_where_its_axes_say(explorer):
    at = {(x, round(y, 2)): text for x, y, text, _ in explorer.table.labels.shown}
    assert at == {(0.5, 1.42): "68", (1.5, 1.42): "32", (0.5, 0.42): "48", (1.5, 0.42): "852"}


def test_the_marks_lie_on_their_curves_and_the_point_on_its_own(explorer):
    explorer.threshold = 1.0
    for line, mark in zip(explorer.rates.lines, explorer.rates.marks, strict=True):
        (x,), (y,) = mark.get_data()
        assert y == pytest.approx(np.interp(x, *line.get_data()), abs=0.01)
    precision, recall = (mark.get_ydata()[0] for mark in explorer.rates.marks[:2])
    assert np.ravel(explorer.trade.now.get_data()) == pytest.approx([recall, precision])
    assert explorer.trade.floor.get_ydata()[0] == pytest.approx(0.1)


def test_without_positives_there_is_no_point(explorer):
    assert not explorer.trade.none.get_visible()
    explorer.threshold = HIGH
    assert explorer.trade.none.get_visible()
    assert np.isnan(explorer.trade.now.get_ydata()).all()


def test_the_pointer_moves_the_threshold(explorer):
    explorer.pointed(explorer.people.threshold.axes, 2.503, 1.0)
    assert explorer.threshold == 2.5
    explorer.pointed(explorer.rates.threshold.axes, LOW - 1, 0.5)
    assert explorer.threshold == LOW
    explorer.pointed(explorer.trade.now.axes, 0.5, 0.5)
    assert explorer.threshold == LOW


def test_a_learners_function_gives_numbers_and_curves():
    swapped = DecisionThreshold(
        precision_recall_f1=lambda tp, fp, fn: (tp / (tp + fn), tp / max(tp + fp, 1), 0.5)
    )
    assert "recall = TP/(TP+FN) = 68/(68+32) = 0.586" in swapped.live.description
    assert swapped.rates.lines[2].get_ydata() == pytest.approx(0.5)
    assert "by your own function" in swapped.live.description
    stub = DecisionThreshold(precision_recall_f1=lambda tp, fp, fn: None)
    assert "Your precision_recall_f1 returns nothing yet" in stub.live.description
    assert "68/(68+32) = 0.68" in stub.live.description
    bad = DecisionThreshold(precision_recall_f1=lambda tp, fp, fn: tp)
    assert "must return three numbers" in bad.live.words


def test_every_corner_is_drawn_and_described(explorer):
    ends = (LOW, HIGH), (0.001, 0.5), (0.0, 4.0), (0.5, 2.0), (100, 5000)
    for threshold, prevalence, distance, spread, n in itertools.product(*ends):
        explorer.set(
            threshold=threshold, prevalence=prevalence, distance=distance, spread=spread, n=n
        )
        assert 'role="status"' in explorer.live.words

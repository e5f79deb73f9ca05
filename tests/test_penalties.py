import itertools

import numpy as np
import pytest

from widgets import OneWeight
from widgets.penalties import shrink_l1, shrink_l2

FINE = np.linspace(-3, 3, 600_001)


@pytest.mark.parametrize("a", [-1.7, -0.3, 0.0, 0.3, 1.0, 2.0])
@pytest.mark.parametrize("lam", [0.0, 0.5, 1.3])
def test_both_formulas_are_the_minima_of_their_curves(a, lam):
    loss = 0.5 * (FINE - a) ** 2
    assert shrink_l1(a, lam) == pytest.approx(FINE[np.argmin(loss + lam * abs(FINE))], abs=1e-5)
    assert shrink_l2(a, lam) == pytest.approx(FINE[np.argmin(loss + lam / 2 * FINE**2)], abs=1e-5)


def test_the_curriculums_numbers_are_in_the_words():
    assert "w = 0.5." in OneWeight().live.description
    assert "w = 0.667." in OneWeight().live.description
    small = OneWeight(a=0.3).live.description
    assert "w = 0. At w = 0 the loss pulls with slope 0.3" in small
    assert "w = 0.2." in small


def test_the_marks_sit_on_the_curves_minima():
    explorer = OneWeight(a=-1.5, lam=0.7)
    for mark, line in zip(explorer.marks, (explorer.loss, explorer.l1, explorer.l2), strict=False):
        x, y = line.get_data()
        assert mark.get_xdata()[0] == pytest.approx(x[np.argmin(y)], abs=0.006)
        assert mark.get_ydata()[0] == pytest.approx(y.min(), abs=1e-4)


def test_zero_has_no_sign():
    assert "so w = 0." in OneWeight(a=-0.5).live.description


def test_what_is_small_is_looked_at_from_near():
    explorer = OneWeight(a=0.5)
    assert explorer.valley.get_ylim()[1] == 0.5
    explorer.a = 0.55
    assert explorer.valley.get_ylim()[1] == 4


def test_a_learners_soft_threshold_is_drawn():
    explorer = OneWeight(soft_threshold=lambda a, lam: np.sign(a) * np.maximum(abs(a) - lam, 0))
    assert "is your own soft_threshold" in explorer.live.description
    assert "but the minimum" not in explorer.live.description
    assert explorer.curve1.get_ydata() == pytest.approx(OneWeight().curve1.get_ydata())


def test_a_wrong_one_is_drawn_as_it_is_and_said():
    explorer = OneWeight(soft_threshold=lambda a, lam: a - lam, a=-1.0)
    assert explorer.marks[4].get_xdata() == [-1.0]
    assert explorer.marks[4].get_ydata() == [-1.5]
    assert "it gives −3, but the minimum is at −2" in explorer.live.description


def test_a_stub_is_waited_for_and_a_wrong_shape_named():
    assert "returns nothing yet" in OneWeight(soft_threshold=lambda a, lam: None).live.description
    failed = OneWeight(soft_threshold=lambda a, lam: 0.0)
    assert "must return an array of shape (1,), got ()" in failed.live.words


def test_every_corner_is_drawn_and_described():
    explorer = OneWeight()
    for a, lam in itertools.product((-2.0, 0.0, 2.0), (0.0, 1.5)):
        explorer.set(a=a, lam=lam)
        assert 'role="status"' in explorer.live.words

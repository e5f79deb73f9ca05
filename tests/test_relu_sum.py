import numpy as np
import pytest

from widgets import ReluSum
from widgets.relu_sum import TARGETS, hinges, knots, relu_sum


@pytest.fixture(scope="module")
def shown():
    return ReluSum()


@pytest.fixture
def explorer(shown):
    shown.reset()
    return shown


def test_the_sum_runs_through_all_knots_and_straight_between_them():
    rng = np.random.default_rng(0)
    xs, ys = np.sort(rng.uniform(-1, 1, 7)), rng.normal(size=7)
    x = np.linspace(xs[0], xs[-1], 50)
    np.testing.assert_allclose(relu_sum(x, xs, *hinges(xs, ys))[1], np.interp(x, xs, ys))


def test_twice_as_many_units_leave_a_quarter_of_the_error(explorer):
    x, errors = np.linspace(-1, 1, 2001), []
    for units in 6, 12, 24:
        points = np.array(knots("sine", units))
        _, got = relu_sum(x, points[:, 0], *hinges(points[:, 0], points[:, 1]))
        errors.append(np.abs(got - TARGETS["sine"](x)).max())
    assert errors[0] / errors[1] == pytest.approx(4, rel=0.1)
    assert errors[1] / errors[2] == pytest.approx(4, rel=0.15)


def test_units_are_added_one_by_one_and_told(explorer):
    explorer.shown = 3
    assert "3 of 6 units" in explorer.live.description
    assert "slope 0 before, 2.6 after, a change of w = 2.6" in explorer.live.description
    explorer.shown = 0
    assert "No unit yet" in explorer.live.description


def test_the_units_shown_end_with_the_units_and_all_of_them_stay_all(explorer):
    explorer.units = 3
    assert explorer.shown == explorer._widgets["shown"].high == 3
    explorer.units = 12
    assert explorer.shown == explorer._widgets["shown"].high == 12
    explorer.set(shown=5)
    explorer.units = 8
    assert explorer.shown == 5
    assert ReluSum(units=2).shown == ReluSum(units=2, shown=20).shown == 2


def test_moved_knots_are_ones_own_and_a_target_brings_its_own(explorer):
    explorer.points = ((-1.0, 0.0, 0), (0.0, 1.0, 0), (1.0, 0.0, 0))
    assert explorer.target == "own knots"
    assert "f(x) = 0 + 1·relu(x + 1) − 2·relu(x)" in explorer.live.description
    explorer.set(target="bump", units=4)
    assert explorer.points == knots("bump", 4)
    assert ReluSum(**explorer.state).state == explorer.state
    assert ReluSum(target="jump", units=8).points == knots("jump", 8)


def test_one_knot_makes_no_line(explorer):
    explorer.points = ((0.0, 0.0, 0), (0.0, 1.0, 0))
    assert "a line needs two knots at different x" in explorer.live.words


def test_a_jump_is_missed_by_half_its_height_however_many_units(explorer):
    for units in 6, 24:
        explorer.set(target="jump", units=units)
        assert "At the jump it stays at 0.8 or more" in explorer.live.description


def test_a_learners_hinges_are_used_or_asked_for():
    doubled = ReluSum(hinges=lambda xs, ys: (ys[0], 2 * hinges(xs, ys)[1]))
    assert "from your own hinges" in doubled.live.description
    assert "5.2" in doubled.live.description
    stub = ReluSum(hinges=lambda xs, ys: None)
    assert "Your hinges returns nothing yet" in stub.live.description
    assert "must have shape (6,)" in ReluSum(hinges=lambda xs, ys: (0, ys)).live.words
    assert "must return two things" in ReluSum(hinges=lambda xs, ys: 3).live.words

import numpy as np
import pytest

from widgets.ravines import (
    BIAS,
    LOGISTIC,
    SQUARED,
    STEPS,
    TWO,
    Ravine,
    Walk,
    checked,
    independent,
    problem_of,
    standardised,
)


def ravines(problem=TWO, loss=SQUARED, scale=10.0, correlation=0.0, offset=2.5):
    """The raw Ravine and the standardised one."""
    X, y = problem_of(problem, loss, scale, correlation, offset)
    sides = [X, standardised(X, X)[0]]
    if problem == BIAS:
        sides = [np.c_[x, np.ones(len(x))] for x in sides]
    return [Ravine(x, y, loss) for x in sides]


def test_the_draws_are_independent_exactly():
    drawn = independent()
    assert drawn.mean(axis=0) == pytest.approx(np.zeros(3), abs=1e-12)
    assert drawn.T @ drawn / len(drawn) == pytest.approx(np.eye(3), abs=1e-12)


@pytest.mark.parametrize("loss", [SQUARED, LOGISTIC])
@pytest.mark.parametrize("problem", [TWO, BIAS])
def test_gradient_and_hessian_are_the_losses_slopes(problem, loss):
    for ravine in ravines(problem, loss, scale=3.0, correlation=0.4):
        w, e = np.array([0.7, -0.4]), 1e-5 * np.eye(2)
        value = lambda w, r=ravine: r.values(r.X @ w)  # noqa: E731
        slopes = [(value(w + d) - value(w - d)) / 2e-5 for d in e]
        assert ravine.gradient(w) == pytest.approx(slopes, rel=1e-5)
        bends = [(ravine.gradient(w + d) - ravine.gradient(w - d)) / 2e-5 for d in e]
        assert ravine.hessian(w) == pytest.approx(np.array(bends), rel=1e-5, abs=1e-8)


@pytest.mark.parametrize("loss", [SQUARED, LOGISTIC])
@pytest.mark.parametrize("problem", [TWO, BIAS])
def test_both_sides_have_the_same_lowest_loss_and_no_slope_there(problem, loss):
    raw, scaled = ravines(problem, loss, correlation=0.5)
    assert raw.lowest == pytest.approx(scaled.lowest)
    for ravine in raw, scaled:
        assert ravine.gradient(ravine.minimum) == pytest.approx([0, 0], abs=1e-8)
        assert abs(ravine.minimum).max() < 4, "the star is in the picture"


def test_scaling_mends_the_scale_but_not_the_correlation():
    raw, scaled = ravines(scale=10.0)
    assert raw.curvatures == pytest.approx((1, 100))
    assert (raw.condition, scaled.condition) == pytest.approx((100, 1))
    assert ravines(correlation=0.9)[1].condition == pytest.approx(19)
    assert ravines(correlation=-0.9)[1].condition == pytest.approx(19)


def test_shifting_mends_the_offset():
    raw, scaled = ravines(BIAS, offset=2.5)
    large = (2 + 2.5**2 + np.sqrt((2 + 2.5**2) ** 2 - 4)) / 2  # of [[1 + m^2, m], [m, 1]]
    assert raw.condition == pytest.approx(large**2)
    assert scaled.condition == pytest.approx(1)


@pytest.mark.parametrize(
    ("share", "outcome"), [(0.98, "still"), (1.0, "still"), (1.02, "diverges")]
)
def test_the_limit_is_two_over_the_largest_curvature(share, outcome):
    raw, _ = ravines()
    walk = Walk(raw, share * 0.02, raw.descend(share * 0.02))
    assert outcome in walk.outcome
    assert ("not below 2/L" in walk.words) == (share >= 1)
    assert len(walk.path) == STEPS + 1


def test_the_even_rate_shrinks_both_directions_alike():
    raw, _ = ravines(correlation=0.5)
    flat, steep = raw.curvatures
    assert 1 - raw.even_lr() * flat == pytest.approx(-(1 - raw.even_lr() * steep))


def test_a_rate_just_below_the_limit_is_told_apart_from_it():
    raw, _ = ravines(scale=30.0)
    walk = Walk(raw, raw.even_lr(), raw.descend(raw.even_lr()))
    assert "lr = 0.0022198 is below 2/L = 2/900 = 0.0022222" in walk.words


def test_one_step_is_enough_where_all_curvatures_are_one():
    _, scaled = ravines()
    walk = Walk(scaled, 1.0, scaled.descend(1.0))
    assert walk.path[1] == pytest.approx(scaled.minimum)
    assert "height 0.01 or less after 1 step." in walk.words


def test_a_descent_that_is_far_gone_ends():
    raw, _ = ravines()
    walk = Walk(raw, 1.0, raw.descend(1.0))
    assert len(walk.path) < STEPS and "it diverges" in walk.words


def test_inputs_that_are_all_zero_have_their_own_words():
    flat = Ravine(np.zeros((4, 2)), np.ones(4), SQUARED)
    assert flat.condition == np.inf
    assert "nothing can be learnt" in Walk(flat, 0.1, flat.descend(0.1)).words


def test_a_learners_pair_is_looked_at():
    X = np.ones((4, 2))
    assert checked((X.tolist(), X), X).shape == (4, 2)
    for pair in X, (X,), (X[:3], X):
        with pytest.raises(ValueError, match="standardise must return two arrays"):
            checked(pair, X)

import numpy as np
import pytest

from widgets.polynomials import (
    AXIS,
    bias_variance,
    draw_points,
    evaluate,
    mean_squared_errors,
    ridge,
    truth,
)


def objective(w, x, y, lam):
    fit = np.polynomial.polynomial.polyval(x, w)
    return np.mean((fit - y) ** 2) + lam / 2 * np.sum(w[1:] ** 2)


@pytest.mark.parametrize("lam", [1e-3, 0.1, 10.0])
def test_ridge_is_the_minimum_of_its_objective(lam):
    x, y = draw_points(12, 0.3, seed=0)
    (w,) = ridge(x, y, 4, [lam])
    least, rng = objective(w, x, y, lam), np.random.default_rng(1)
    for _ in range(200):
        assert objective(w + 1e-3 * rng.normal(size=5), x, y, lam) > least


def test_without_a_penalty_it_is_the_least_squares_polynomial():
    x, y = draw_points(30, 0.2, seed=3)
    (w,) = ridge(x, y, 5, [0.0])
    assert w == pytest.approx(np.polynomial.polynomial.polyfit(x, y, 5))


def test_an_endless_penalty_leaves_the_bias_alone():
    x, y = draw_points(9, 0.3, seed=2)
    (w,) = ridge(x, y, 3, [1e12])
    assert w == pytest.approx([y.mean(), 0, 0, 0], abs=1e-9)


def test_several_sets_and_lambdas_are_fitted_at_once():
    x, _ = draw_points(10, 0.0, seed=2)
    many, lams = np.random.default_rng(0).normal(size=(3, 10)), [0.1, 1.0]
    together = ridge(x, many, 4, lams)
    assert together.shape == (3, 2, 5)
    for i in range(3):
        assert together[i] == pytest.approx(ridge(x, many[i], 4, lams))


def test_fewer_points_than_weights_are_passed_through():
    x, y = draw_points(4, 0.3, seed=5)
    assert evaluate(ridge(x, y, 9, [1e-10]), x)[0] == pytest.approx(y, abs=1e-3)


def test_bias_and_variance_are_what_many_data_sets_show():
    x, noise, lams = draw_points(15, 0.0, seed=4)[0], 0.4, [1e-3, 1.0]
    many = truth(x) + noise * np.random.default_rng(0).normal(size=(20_000, 15))
    fits = evaluate(ridge(x, many, 6, lams), AXIS)
    bias, variance = bias_variance(x, 6, lams, noise)
    assert np.mean((fits.mean(axis=0) - truth(AXIS)) ** 2, axis=1) == pytest.approx(bias, abs=5e-4)
    assert np.mean(fits.var(axis=0), axis=1) == pytest.approx(variance, rel=0.03)


def test_errors_are_means_over_the_points_they_are_asked_at():
    x, y = draw_points(8, 0.3, seed=0)
    old, elsewhere = mean_squared_errors(x, y, [(x, y), (np.array([0.5]), np.array([2.0]))], [0.01])
    (w,) = ridge(x, y, 3, [0.01])
    assert old[2, 0] == pytest.approx(np.mean((np.polynomial.polynomial.polyval(x, w) - y) ** 2))
    there = np.polynomial.polynomial.polyval(0.5, w)
    assert elsewhere[2, 0] == pytest.approx((there - 2.0) ** 2)

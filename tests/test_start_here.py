import numpy as np
import pytest

from widgets import FirstSlider, Watermelon
from widgets.start_here import (
    KILOS,
    PRICES,
    TRAIN,
    columns,
    least_squares,
    mean_squared_error,
    melons,
)


@pytest.mark.parametrize("w", [0.0, 0.4, 1.27, 2.5])
def test_the_first_slider_shows_the_error_of_its_formula(w):
    explorer = FirstSlider(w=w)
    error = np.mean((w * KILOS - PRICES) ** 2)
    assert explorer.point.get_ydata() == [pytest.approx(error)]
    bars = np.array(explorer.bars.get_segments())
    assert (bars[:, 1, 1] - bars[:, 0, 1]) == pytest.approx(w * KILOS - PRICES)
    assert f"Mean squared error {error:.3f}" in explorer.live.description


def test_the_first_slider_leads_to_the_least_error_and_says_so_there():
    explorer, step, best = FirstSlider(), 0.01, None
    for w in np.arange(0, 2.505, step).round(2):
        explorer.w = float(w)
        words = explorer.live.description
        if "That is it" in words:
            best = w
        else:
            assert ("go right" if w < FirstSlider.best else "go left") in words
    errors = [mean_squared_error(w * KILOS, PRICES) for w in (best - step, best, best + step)]
    assert errors[1] == min(errors)


def test_least_squares_beats_every_neighbour_and_finds_what_tasters_used():
    X, y = melons()
    best = least_squares(X[:TRAIN], y[:TRAIN])
    floor = mean_squared_error(columns(X[:TRAIN]) @ best, y[:TRAIN])
    for step in np.eye(4) * 0.05:
        for near in best + step, best - step:
            assert mean_squared_error(columns(X[:TRAIN]) @ near, y[:TRAIN]) > floor
    assert best == pytest.approx([3, 4, 2, 0.5], abs=0.3)


def test_the_errors_are_those_of_training_and_test_melons():
    explorer = Watermelon(a=2.0, b=3.0, c=1.5, d=0.5)
    X, y = melons()
    predicted = 2 * X[:, 0] + 3 * X[:, 1] ** 2 + 1.5 * X[:, 2] ** 3 + 0.5
    squares = (predicted - y) ** 2
    result = explorer.compute(**explorer.state)
    assert result["errors"] == pytest.approx([squares[:30].mean(), squares[30:].mean()])
    assert explorer.test.get_ydata() == pytest.approx(predicted[30:])
    assert "quality = 2·x1 + 3·x2² + 1.5·x3³ + 0.5" in explorer.live.description


def test_steps_downhill_arrive_where_least_squares_does():
    explorer = Watermelon()
    errors = [explorer.compute(**explorer.state)["errors"][0]]
    for _ in range(100):
        explorer.step()
        errors.append(explorer.compute(**explorer.state)["errors"][0])
    assert all(np.diff(errors) < 1e-12)
    walked = list(explorer.state.values())
    explorer.solve()
    assert walked == pytest.approx(list(explorer.state.values()), abs=0.05)
    assert f"error below {errors[-1]:.3f}" in explorer.live.description


def test_a_learners_fit_is_used_and_lent_until_it_is_written():
    explorer = Watermelon(fit=lambda X, y: [1.0, 2.0, 3.0, X.shape[0] / 10])
    explorer.solve()
    assert list(explorer.state.values()) == [1.0, 2.0, 3.0, 3.0]
    assert "Found by your own fit" in explorer.live.description
    explorer = Watermelon(fit=lambda X, y: None)
    explorer.solve()
    assert explorer.a == pytest.approx(3.19, abs=0.01)
    assert "run this cell again" in explorer.live.description


def test_a_fit_of_another_shape_is_told_the_right_one():
    explorer = Watermelon(fit=lambda X, y: [1.0, 2.0])
    (button,) = [w for w in explorer.panel.buttons.children if w.description == "best fit"]
    button.click()
    assert "fit must return 4 coefficients, got shape (2,)" in explorer.live.words


@pytest.mark.parametrize("end", [-1.0, 5.0])
def test_predictions_outside_the_picture_are_said(end):
    explorer = Watermelon(**dict.fromkeys("abcd", end))
    assert explorer.flag.get_visible() == (end == 5.0)
    assert "can't be shown" not in explorer.live.words
    assert eval(repr(explorer)).live.picture == explorer.live.picture

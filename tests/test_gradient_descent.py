import numpy as np
import pytest

from widgets import GradientDescent, LearningRateSweep
from widgets.descent import OPTIMISERS, SURFACES, descend
from widgets.gradient_descent import final_heights


@pytest.mark.parametrize("function", SURFACES)
@pytest.mark.parametrize("lr", [1e-3, 2.0])
def test_every_function_is_drawn_and_described_at_both_ends(function, lr):
    explorer = GradientDescent(function=function, lr=lr, steps=200)
    assert "can't be shown" not in explorer.live.words
    assert explorer.live.description.count("\n") == 2
    assert f"lr = {lr:.4g}" in explorer.live.description or "Adam" in explorer.live.description


def test_compute_gives_the_path_that_is_drawn():
    explorer = GradientDescent(function="2x^2-12x+20", lr=0.2, steps=5)
    result = explorer.compute(**explorer.state)
    expected = descend(SURFACES["2x^2-12x+20"], (7.0,), "gradient descent", 0.2, 0.9, 5)
    assert np.array_equal(result.path, expected)
    assert explorer.ground.track.get_xdata() == pytest.approx(expected[:, 0])
    assert explorer.losses.get_ydata() == pytest.approx(result.losses - 2)
    assert explorer.ground.first.get_xdata() == [7.0]


def test_a_path_that_leaves_the_picture_is_said_in_it():
    explorer = GradientDescent(lr=1.0)
    assert explorer.ground.outside.get_text() == "leaves the picture at step 1"
    assert explorer.above.get_text() == "the loss leaves the picture"
    explorer.lr = 0.1
    assert explorer.ground.outside.get_text() == explorer.above.get_text() == ""


def test_axes_stay_put_while_a_slider_moves():
    explorer = GradientDescent()
    before = [(a.get_xlim(), a.get_ylim()) for a in explorer.live.figure.axes]
    for lr in 0.001, 0.25, 2.0:
        explorer.lr = lr
        assert [(a.get_xlim(), a.get_ylim()) for a in explorer.live.figure.axes] == before


def test_the_pointer_places_the_start():
    explorer = GradientDescent(function="Rosenbrock")
    explorer.pointed(explorer.map, 0.123, 1.5)
    assert (explorer.start_x, explorer.start_y) == (0.12, 1.5)
    explorer.pointed(explorer.curve, 5.0, 5.0)
    assert explorer.start_x == 0.12, "only the left picture has starting points"
    explorer = GradientDescent()
    explorer.pointed(explorer.map, 99.0, 1.5)
    assert (explorer.start_x, explorer.start_y) == (10.0, 0.0)


def test_controls_without_effect_are_greyed():
    off = {name for name, w in GradientDescent()._widgets.items() if w.disabled}
    assert off == {"momentum", "start_y"}
    explorer = GradientDescent(function="Rosenbrock", optimiser="Nesterov")
    assert not any(w.disabled for w in explorer._widgets.values())


def test_another_kind_of_optimiser_brings_a_rate_that_suits_it():
    explorer = GradientDescent(function="Rosenbrock")
    for optimiser, lr in ("momentum", 0.001), ("Adam", 0.5), ("RMSprop", 0.5), ("Nesterov", 0.001):
        explorer._widgets["optimiser"].value = optimiser
        assert explorer.lr == lr
    explorer.set(optimiser="Adam")
    explorer.set(function="4x^2")
    assert (explorer.optimiser, explorer.lr) == ("Adam", 0.2)
    assert GradientDescent(optimiser="Adam", lr=0.3).lr == 0.3


def own(grad, w, lr, steps):
    path = [w]
    for _ in range(steps):
        path.append(path[-1] - lr * grad(path[-1]))
    return np.array(path)


@pytest.mark.parametrize("function", SURFACES)
def test_a_learners_descend_takes_over(function):
    explorer = GradientDescent(descend=own, function=function, steps=9)
    theirs = explorer.compute(**explorer.state).path
    engine = GradientDescent(function=function, steps=9)
    assert theirs == pytest.approx(engine.compute(**engine.state).path)
    assert "This is the path of your own descend." in explorer.live.description
    assert explorer._widgets["optimiser"].disabled and explorer._widgets["momentum"].disabled
    assert not any("optimiser" in state for state in explorer.presets.values())


def test_a_learners_descend_that_climbs_is_asked_for_its_sign():
    explorer = GradientDescent(descend=lambda grad, w, lr, steps: own(grad, w, -lr, steps), steps=3)
    assert "do your steps go against the gradient?" in explorer.live.description


def test_a_descend_that_is_still_to_do_leaves_the_engines_path():
    explorer = GradientDescent(descend=lambda grad, w, lr, steps: None)
    assert explorer.compute(**explorer.state).optimiser == "gradient descent"
    assert "returns nothing yet" in explorer.live.description


def test_a_descend_of_wrong_shape_is_told_the_right_one():
    explorer = GradientDescent(descend=lambda grad, w, lr, steps: w, steps=3)
    assert "an array of shape (4, 1), got shape (1,)" in explorer.live.words


def test_the_sweep_is_many_single_descents():
    explorer = LearningRateSweep(steps=7, lr=0.05)
    result = explorer.compute(**explorer.state)
    surface = SURFACES["4x^2"]
    for rate, height in list(zip(explorer.rates, result["heights"], strict=True))[::11]:
        end = descend(surface, surface.start, "gradient descent", rate, 0.0, 7)[-1]
        assert height == pytest.approx(4 * end[0] ** 2)
    assert result["height"] == pytest.approx(4 * (2 * 0.6**7) ** 2)
    assert result["limit"] == 0.25
    assert explorer.edge.get_xdata() == [0.25, 0.25]


@pytest.mark.parametrize("optimiser", OPTIMISERS)
@pytest.mark.parametrize("function", ["ravine (x^2+100y^2)/2", "Rosenbrock"])
def test_descents_at_once_are_single_descents(function, optimiser):
    """Also where one passes FAR and stays there while the others go on."""
    surface, rates = SURFACES[function], [0.001, 0.02, 0.05, 1.5]
    heights = final_heights(surface, optimiser, rates, 0.8, 30)
    with np.errstate(all="ignore"):
        ends = [descend(surface, surface.start, optimiser, r, 0.8, 30)[-1] for r in rates]
        expected = [surface.f(*end) - surface.lowest for end in ends]
    np.testing.assert_allclose(heights, expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_the_sweep_has_no_gaps_and_no_limit_where_there_is_none(optimiser):
    explorer = LearningRateSweep(function="Rosenbrock", optimiser=optimiser)
    assert not explorer.edge.get_visible()
    assert np.isfinite(explorer.line.get_ydata()).all()


def test_a_diverged_height_is_infinite_or_huge_never_small():
    (height,) = final_heights(SURFACES["4x^2"], "gradient descent", [2.0], 0.0, 100)
    assert height > 1e9

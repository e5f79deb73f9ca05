"""Descents as numbers: against closed forms, finite differences and the curriculum's figures."""

import numpy as np
import pytest

from widgets.descent import (
    FAR,
    OPTIMISERS,
    OWN,
    SURFACES,
    Descent,
    contraction,
    descend,
    gradient,
    largest_stable_lr,
)

PARABOLA, RAVINE = SURFACES["4x^2"], SURFACES["ravine (x^2+100y^2)/2"]


def described(surface, lr, optimiser="gradient descent", momentum=0.9, steps=40, start=None):
    path = descend(surface, start or surface.start, optimiser, lr, momentum, steps)
    return Descent(surface, optimiser, lr, momentum, path)


@pytest.mark.parametrize("surface", SURFACES.values(), ids=list(SURFACES))
def test_derivatives_agree_with_finite_differences(surface):
    point, h = np.array(surface.start) + 0.1, 1e-5
    moves = h * np.eye(len(point))
    numeric = [(surface.f(*(point + m)) - surface.f(*(point - m))) / (2 * h) for m in moves]
    assert gradient(surface, point) == pytest.approx(numeric, rel=1e-6, abs=1e-6)
    bend = [(gradient(surface, point + m) - gradient(surface, point - m)) / (2 * h) for m in moves]
    assert np.array(surface.hessian(*point)) == pytest.approx(np.array(bend), rel=1e-5, abs=1e-5)
    still = surface.minimum or surface.saddle
    assert gradient(surface, still) == pytest.approx(np.zeros(len(still)), abs=1e-12)
    signs = np.sign(np.linalg.eigvalsh(surface.hessian(*still)))
    assert (signs > 0).all() == (surface.minimum is not None)


@pytest.mark.parametrize(
    ("lr", "visited"),
    [
        (1, [2, -14, 98]),
        (0.25, [2, -2, 2]),
        (0.24, [2, -1.84, 1.6928]),
        (0.125, [2, 0, 0]),
        (0.1, [2, 0.4, 0.08]),
    ],
)
def test_the_curriculums_steps_on_4x2(lr, visited):
    descent = described(PARABOLA, lr, steps=2)
    assert descent.path[:, 0] == pytest.approx(visited)
    assert descent.losses == pytest.approx([4 * x**2 for x in visited])


def test_the_curriculums_other_numbers():
    slow = described(SURFACES["(w-1)^2"], 0.01)
    assert slow.path[-1, 0] == pytest.approx(2.783, abs=5e-4)
    assert "297 steps" in slow.verdict[1]
    far = described(SURFACES["(w-1)^2"], 0.01, steps=297)
    assert far.error[-2] >= 0.01 > far.error[-1]
    other = SURFACES["2x^2-12x+20"]
    assert (other.minimum, other.lowest) == ((3.0,), 2.0)
    assert described(other, 0.25, steps=1).error[-1] == 0
    saddle = SURFACES["saddle 2x^2+2y+4xy"]
    assert saddle.f(*saddle.saddle) == 0.5
    assert described(saddle, 0.05).curvatures == pytest.approx([-2.472, 6.472], abs=5e-4)


def test_kappa_100_takes_115_steps_plain_and_12_with_momentum():
    plain, _ = contraction(1.0, "gradient descent", 2 / 101, 0.0)
    momentum, _ = contraction(1.0, "momentum", 4 / 121, (9 / 11) ** 2 + 1e-12)
    assert (plain, momentum) == pytest.approx((0.980, 0.818), abs=5e-4)
    assert np.log(0.1) / np.log([plain, momentum]) == pytest.approx([115, 11.5], abs=0.2)


@pytest.mark.parametrize("optimiser", ["gradient descent", "momentum", "Nesterov"])
@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9])
def test_the_limit_is_where_descent_stops_converging(optimiser, momentum):
    limit = largest_stable_lr(8.0, optimiser, momentum)
    below = described(PARABOLA, limit * 0.97, optimiser, momentum, steps=1500)
    above = described(PARABOLA, limit * 1.03, optimiser, momentum, steps=1500)
    assert below.error[-1] < 1e-3
    assert abs(above.path[-1, 0]) >= FAR
    assert contraction(8.0, optimiser, limit * 0.99, momentum)[0] < 1
    assert contraction(8.0, optimiser, limit * 1.01, momentum)[0] > 1


@pytest.mark.parametrize("optimiser", ["momentum", "Nesterov"])
def test_the_predicted_factor_is_the_one_that_happens(optimiser):
    rho, _ = contraction(8.0, optimiser, 0.01, 0.5)
    path = descend(PARABOLA, (2.0,), optimiser, 0.01, 0.5, 200)[:, 0]
    assert abs(path[200] / path[100]) ** 0.01 == pytest.approx(rho, rel=1e-2)


@pytest.mark.parametrize(
    ("lr", "verdict"),
    [
        (0.1, "Converges"),
        (0.125, "Converges"),
        (0.2, "Oscillates and converges"),
        (0.25, "Oscillates for ever"),
        (0.26, "Diverges"),
        (1.0, "Diverges"),
    ],
)
def test_the_verdict_names_what_happens(lr, verdict):
    word, reason = described(PARABOLA, lr).verdict
    assert word == verdict
    assert f"= {1 - 8 * lr:.4g}" in reason


@pytest.mark.parametrize("optimiser", OPTIMISERS)
@pytest.mark.parametrize("surface", SURFACES.values(), ids=list(SURFACES))
@pytest.mark.parametrize("lr", [1e-3, 0.03, 2.0])
def test_every_position_has_a_verdict_that_the_run_bears_out(surface, optimiser, lr):
    descent = described(surface, lr, optimiser, steps=100)
    word, reason = descent.verdict
    assert reason.endswith(".") and "nan" not in reason
    if word == "Diverges":
        assert not descent.losses[-1] <= descent.losses[0]
    if word in ("Converges", "Oscillates and converges"):
        assert descent.error[-1] < descent.error[0]
    if word == "Finds no minimum":
        assert surface.minimum is None


def test_a_path_ends_where_it_has_left_for_good():
    path = descend(PARABOLA, (2.0,), "gradient descent", 2.0, 0.0, 200)
    assert len(path) < 20
    assert abs(path[-1, 0]) >= FAR > abs(path[-2, 0])


def test_a_learners_path_is_judged_by_what_it_does():
    path = np.array([[2.0], [1.0], [0.001]])
    assert Descent(PARABOLA, OWN, 5.0, 0.0, path).verdict[0] == "Converges"


@pytest.mark.parametrize(
    ("surface", "optimiser", "lr", "says"),
    [
        ("4x^2", "gradient descent", 0.2, "under 2/L = 0.25; lr = 0.2 is below it"),
        ("4x^2", "gradient descent", 0.25, "lr = 0.25 is not below it"),
        ("4x^2", "momentum", 0.2, "under 2(1+m)/L = 0.475; lr = 0.2 is below it"),
        ("4x^2", "Adam", 0.2, "but Adam divides by the gradient's recent size"),
        ("saddle 2x^2+2y+4xy", "gradient descent", 0.05, "the second curves down, and no lr helps"),
        ("Rosenbrock", "gradient descent", 0.001, "The largest curvature met is L = "),
    ],
)
def test_the_law_sets_lr_against_the_curvature(surface, optimiser, lr, says):
    assert says in described(SURFACES[surface], lr, optimiser).law


def test_the_law_of_a_learners_path_is_that_of_plain_descent():
    descent = Descent(PARABOLA, OWN, 0.1, 0.0, np.array([[2.0], [0.4]]))
    assert "lr of plain gradient descent must stay under 2/L = 0.25" in descent.law


def test_the_course_names_start_first_step_and_end():
    course = described(PARABOLA, 0.1, steps=2).course
    assert course == "Start: x = 2, gradient 16. Step 1: 0.4. Step 2: 0.08, f = 0.0256"
    saddle = described(SURFACES["saddle 2x^2+2y+4xy"], 0.05)
    assert "(x, y) = (1, 0), gradient (4, 6)." in saddle.course

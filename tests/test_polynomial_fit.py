import itertools

import pytest

from widgets import PolynomialFit
from widgets.polynomial_fit import as_points, verdict


@pytest.mark.parametrize(
    ("preset", "word"),
    [
        ("underfits: a straight line", "too stiff for this curve"),
        ("overfits: degree 9 through 10 points", "Overfits:"),
        ("the same with a penalty (λ 0.002)", "Fits well:"),
        ("underfits: too much penalty (λ 10)", "the penalty holds the weights too small"),
        ("λ almost 0, but 100 points", "Fits well:"),
    ],
)
def test_each_preset_shows_what_it_promises(preset, word):
    explorer = PolynomialFit()
    explorer.set(**PolynomialFit.presets[preset])
    assert word in explorer.live.description


def test_a_preset_brings_its_points():
    explorer = PolynomialFit(seed=20, noise=0.1)
    explorer.set(**PolynomialFit.presets["overfits: degree 9 through 10 points"])
    assert explorer.points == PolynomialFit().points


@pytest.mark.parametrize(("point", "x", "y"), [(5, 0.01, -0.56), (0, -0.887, 0.12)])
def test_a_curve_through_all_points_overfits_wherever_they_are_dragged(point, x, y):
    explorer = PolynomialFit(against="degree")
    points = list(explorer.points)
    points[point] = (x, y, 0)
    explorer.points = tuple(points)
    assert "Overfits:" in explorer.live.description


def test_the_verdict_says_of_both_errors_what_is_so():
    explorer = PolynomialFit()
    for n, noise, degree, lam in itertools.product(
        (2, 4, 10, 100), (0.0, 0.3), (1, 2, 9, 15), (1e-10, 1e-3, 1.0, 10.0)
    ):
        points = ((0.3, 2.0, 0), *as_points(n, noise, 3))
        state = explorer.state | {"points": points, "noise": noise, "degree": degree, "lam": lam}
        result = explorer.compute(**state)
        train, test, words = result["train"], result["test"], verdict(result)
        if "Overfits" in words:
            assert train < test / 1.25
        if "both errors are high" in words:
            assert min(train, test) > result["best"]
        if "lowers both errors" in words:
            better = explorer.compute(**state | {"lam": float(result["best_lam"])})
            assert better["train"] < train and better["test"] < test
        if "Fits well" in words:
            assert test <= 1.5 * noise**2 + 0.01


def test_against_degree_no_word_of_lambdas_objective():
    explorer = PolynomialFit(against="degree")
    assert "Objective" not in explorer.live.description
    assert "At this λ, degree 3 does best" in explorer.live.description
    explorer.against = "lambda"
    assert "Objective" in explorer.live.description


def test_every_corner_is_drawn_and_described():
    explorer = PolynomialFit(against="degree")
    for degree, lam, noise, n in itertools.product((1, 15), (1e-10, 10.0), (0.0, 0.6), (2, 100)):
        explorer.set(degree=degree, lam=lam, noise=noise, n=n)
        assert 'role="status"' in explorer.live.words


def test_a_penalty_shrinks_the_weights_and_raises_the_training_error():
    explorer = PolynomialFit()
    results = [explorer.compute(**explorer.state | {"lam": lam}) for lam in (1e-8, 1e-4, 1.0)]
    sizes = [abs(result["w"][1:]).max() for result in results]
    assert sizes == sorted(sizes, reverse=True)
    errors = [result["train"] for result in results]
    assert errors == sorted(errors)


def test_what_is_drawn_is_what_was_computed():
    explorer = PolynomialFit(lam=1e-3, degree=4)
    result = explorer.compute(**explorer.state)
    assert explorer.fit.get_ydata() == pytest.approx(result["fit"])
    assert explorer.marks[1].get_ydata() == pytest.approx([result["test"]])
    assert explorer.tips.get_ydata() == pytest.approx(result["w"])
    assert len(explorer.old.get_xdata()) == 10


def test_the_sliders_of_the_data_draw_new_points():
    explorer = PolynomialFit()
    explorer.n = 25
    assert explorer.points == as_points(25, 0.3, 16)
    explorer.noise = 0.0
    assert explorer.points == as_points(25, 0.0, 16)
    assert PolynomialFit(seed=3).points == as_points(10, 0.3, 3)


def test_a_dragged_point_is_kept_by_the_other_sliders_and_by_the_state():
    explorer = PolynomialFit()
    moved = (*explorer.points[:-1], (0.5, -2.0, 0))
    explorer.points = moved
    explorer.lam = 0.1
    assert explorer.points == moved
    assert eval(repr(explorer)).state == explorer.state


def test_an_added_point_counts():
    explorer = PolynomialFit()
    explorer.points = (*explorer.points, (0.0, 0.0, 0))
    assert explorer.n == 11
    explorer.points = ((0.0, 1.0, 0),)
    assert 'role="status"' in explorer.live.words


def test_no_points_are_said_in_a_line():
    explorer = PolynomialFit()
    explorer.points = ()
    assert "there is no point to fit" in explorer.live.words


def test_the_axis_follows_the_picker():
    explorer = PolynomialFit(against="degree")
    assert explorer.curves.get_xscale() == "linear"
    assert explorer.marks[0].get_xdata() == [9]
    explorer.against = "lambda"
    assert explorer.curves.get_xscale() == "log"
    assert explorer.marks[0].get_xdata() == [1e-10]

import itertools

import numpy as np
import pytest

from widgets import LearningCurves
from widgets.learning_curve_data import SIZES, checked, diagnose, draws, errors
from widgets.learning_curves import RUNS, TOP
from widgets.polynomials import bias_variance

ONE = "a single training set"


@pytest.fixture(scope="module")
def shown():
    return LearningCurves()


@pytest.fixture
def explorer(shown):
    shown.reset()
    return shown


@pytest.mark.parametrize(
    ("case", "answer"),
    [
        ((10.6, 10.8, 14.8), "high variance"),
        ((10.6, 15.0, 15.5), "high bias"),
        ((10.6, 15.0, 19.7), "both"),
        ((10.6, 10.8, 11.0), "neither"),
        ((10.6, 2.0, 2.5), "neither"),
        ((10.0, 11.0, 12.0), "neither"),  # a gap as large as the tolerance is none
    ],
)
def test_two_gaps_make_the_diagnosis(case, answer):
    assert diagnose(*case, tolerance=1.0) == answer


@pytest.mark.parametrize("m", [30, 100])
def test_validation_errors_are_bias_variance_and_noise(m):
    """The mean over many training sets is known exactly (lesson 07)."""
    x, _ = draws(m)
    for degree, lam in (1, 1e-10), (3, 0.1):
        (bias,), (variance,) = bias_variance(x, degree, [lam], 0.3)
        _, _, validation = errors([m], degree, lam, 0.3)
        assert validation.mean() == pytest.approx(bias + variance + 0.09, rel=0.05)


def test_a_training_error_is_that_of_the_points_fitted_to():
    x, z = draws(12)
    (w,), (train,), _ = errors([12], 4, 1e-10, 0.3)
    fit = np.polynomial.Polynomial.fit(x, np.sin(np.pi * x) + 0.3 * z[3], 4)
    assert train[3] == pytest.approx(np.mean((fit(x) - np.sin(np.pi * x) - 0.3 * z[3]) ** 2))
    assert w.shape == (20, 5)


def test_a_penalty_is_not_part_of_the_errors():
    _, (train,), _ = errors([100], 9, 10.0, 0.3)
    assert train.mean() < np.mean(np.sin(np.pi * draws(100)[0]) ** 2) + 0.09


@pytest.mark.parametrize(
    ("preset", "word", "outlook"),
    [
        ("high bias: a straight line", "High bias", "hardly help"),
        ("high variance: degree 15, 30 points", "High variance", "points help"),
        ("degree 15 with 300 points", "Neither", "hardly help"),
        ("30 points and a penalty (λ 0.01)", "High variance", "help a little"),
        ("both: too much penalty, few points", "Both", "help a little"),
        ("neither: degree 5", "Neither", "hardly help"),
    ],
)
def test_each_preset_shows_what_it_promises(explorer, preset, word, outlook):
    explorer.set(**LearningCurves.presets[preset])
    assert explorer.live.description.startswith(word)
    assert outlook in explorer.live.description


def test_the_gaps_stand_in_the_words_and_as_bars(explorer):
    train, validation = (mark.get_ydata()[0] for mark in explorer.gaps.marks)
    words = f"{train:.3f} − 0.090 = {train - 0.09:.3f}, large"
    assert words in explorer.live.description
    first, second = (bar.get_ydata() for bar in explorer.gaps.bars)
    assert first == pytest.approx([0.09, train]) and second == pytest.approx([train, validation])


def test_the_marks_lie_on_their_curves(explorer):
    explorer.m = int(SIZES[20])
    for line, mark in zip(explorer.gaps.lines, explorer.gaps.marks, strict=True):
        assert line.get_ydata()[20] == pytest.approx(mark.get_ydata()[0])


def test_what_leaves_the_picture_stands_at_its_top_with_its_number(explorer):
    explorer.set(degree=15, m=20)
    assert explorer.gaps.marks[1].get_ydata()[0] == TOP
    assert explorer.gaps.beyond.get_text().startswith("↑ ")
    assert "below the baseline" in explorer.live.description


def test_a_single_training_set_has_a_single_fit(explorer):
    explorer.curves = ONE
    drawn = [line for line in explorer.fits.fits if np.isfinite(line.get_ydata()).all()]
    assert len(drawn) == 1
    rough = np.abs(np.diff(explorer.gaps.lines[0].get_ydata(), 2)).mean()
    explorer.curves = list(RUNS)[0]
    assert rough > 3 * np.abs(np.diff(explorer.gaps.lines[0].get_ydata(), 2)).mean()


def test_a_learners_diagnose_gives_the_verdict():
    own = LearningCurves(diagnose=lambda baseline, training, validation, tolerance: "both")
    assert own.live.description.startswith("Both") and "your own diagnose" in own.live.description
    stub = LearningCurves(diagnose=lambda *_: None)
    assert stub.live.description.startswith("High bias")
    assert "Your diagnose returns nothing yet" in stub.live.description
    assert "must return one of high bias" in LearningCurves(diagnose=lambda *_: "bad").live.words
    with pytest.raises(ValueError, match="got array"):
        checked(np.array([1, 2]))


def test_every_corner_is_drawn_and_described(explorer):
    ends = (2, 300), (1, 15), (1e-10, 10.0), (0.0, 0.6), RUNS
    for m, degree, lam, noise, curves in itertools.product(*ends):
        explorer.set(m=m, degree=degree, lam=lam, noise=noise, curves=curves)
        assert 'role="status"' in explorer.live.words

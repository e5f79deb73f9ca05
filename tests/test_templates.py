import numpy as np
import pytest

import nnkit
from widgets import DigitTemplates
from widgets.explorer import last
from widgets.templates import LOSSES, STEPS, descend, digits, mosaic


def own(W, b, X, y, lam):
    """The hinge objective as a learner writes it."""
    S, rows = X @ W.T + b, np.arange(len(y))
    gaps = np.maximum(0, S - S[rows, y][:, None] + 1)
    gaps[rows, y] = 0
    G = (gaps > 0).astype(float)
    G[rows, y] = -G.sum(axis=1)
    G /= len(y)
    return gaps.sum() / len(y) + lam * (W**2).sum(), G.T @ X + 2 * lam * W, G.sum(axis=0)


def test_before_the_first_step_the_loss_is_that_of_equal_scores():
    for loss, expected in ("hinge", 9), ("cross entropy", np.log(10)):
        explorer = DigitTemplates(loss=loss, steps=0)
        assert last(explorer.compute(**explorer.state)).value == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize("loss", LOSSES)
def test_learning_reads_most_new_digits(loss):
    explorer = DigitTemplates(loss=loss)
    train, test = last(explorer.compute(**explorer.state)).accuracy
    assert 0.85 < test < train


def test_a_larger_lambda_leaves_smaller_weights():
    explorer = DigitTemplates()
    sizes = [
        (last(explorer.compute(lam, STEPS, 0, "hinge")).W ** 2).sum() for lam in (1e-4, 1e-2, 1.0)
    ]
    assert sizes[0] > 3 * sizes[1] > 9 * sizes[2]


def test_digits_to_learn_from_and_digits_to_test_are_apart():
    (X, y), (new_X, new_y) = digits()
    assert X.shape == (500, 64) and new_X.shape == (1297, 64)
    assert not (X[:, None] == new_X[:100]).all(axis=2).any()
    assert set(y) == set(new_y) == set(range(10))


def test_each_template_lies_in_its_own_place():
    W = np.arange(640.0).reshape(10, 64)
    sheet = mosaic(W)
    assert np.array_equal(sheet[2:10, 9:17], W[1].reshape(8, 8))
    assert np.array_equal(sheet[12:20, 36:44], W[9].reshape(8, 8))
    assert np.isfinite(sheet).sum() == 640


def test_the_picture_shows_the_digit_its_scores_and_the_templates():
    explorer = DigitTemplates(lam=0.1, digit=5)
    result = last(explorer.compute(**explorer.state))
    assert np.array_equal(explorer.image.get_array(), result.x.reshape(8, 8))
    assert [bar.get_width() for bar in explorer.bars] == pytest.approx(
        result.W @ result.x + result.b
    )
    assert explorer.true.get_ydata() == [result.y]
    assert explorer.best.get_ydata() == [result.scores.argmax()]
    shown = explorer.mosaic.get_array()
    assert np.array_equal(np.ma.filled(shown, np.nan), mosaic(result.W), equal_nan=True)


def test_the_axis_of_scores_fits_them_and_both_marks_stand_outside():
    explorer = DigitTemplates(lam=1.0, loss="cross entropy")
    small = explorer.chart.get_xlim()
    explorer.lam = 1e-4
    large = explorer.chart.get_xlim()
    most = max(abs(bar.get_width()) for bar in explorer.bars)
    assert small == (-0.3, 0.3) and large[0] < -most and most < large[1] < 4 * most
    for mark in explorer.true, explorer.best:
        x, _ = mark.get_transform().transform((mark.get_xdata()[0], 0))
        assert x < explorer.chart.bbox.x0


def test_the_words_tell_right_from_wrong_and_name_the_rival():
    explorer = DigitTemplates()
    for digit in range(12):
        explorer.digit = digit
        result, words = last(explorer.compute(**explorer.state)), explorer.live.description
        right = result.scores.argmax() == result.y
        assert words.startswith("Right" if right else "Wrong")
        assert ("it leads by" in words) == right
        others = np.where(np.arange(10) == result.y, -np.inf, result.scores)
        assert f"nearest rival s{others.argmax()} = " in words


def test_a_learners_objective_learns_the_same_templates():
    theirs, nnkits = DigitTemplates(objective=own), DigitTemplates()
    result, expected = last(theirs.compute(**theirs.state)), last(nnkits.compute(**nnkits.state))
    assert result.W == pytest.approx(expected.W)
    assert "learnt by your own function" in theirs.live.description
    assert theirs._widgets["loss"].disabled


def test_steps_and_digit_do_not_learn_anew_nor_does_a_lambda_seen_before():
    calls = []

    def counted(*args):
        calls.append(1)
        return own(*args)

    explorer = DigitTemplates(objective=counted)
    once = len(calls)
    assert STEPS < once <= STEPS + 2
    explorer.set(steps=3, digit=7)
    assert len(calls) == once
    explorer.lam = 0.1
    assert len(calls) == 2 * once
    explorer.reset()
    assert len(calls) == 2 * once


def test_only_the_newest_sixteen_descents_are_kept():
    explorer = DigitTemplates()
    for k in range(20):
        explorer.lam = 0.003 * (k + 1)
    assert list(explorer.learnt) == [(0.003 * (k + 1), "hinge") for k in range(4, 20)]


def test_progress_is_shown_while_it_learns():
    values = [fit.value for fit in DigitTemplates().compute(0.02, 35, 0, "hinge")]
    path = [value for value, _, _ in descend(own, 0.02)]
    assert values[:3] == pytest.approx([path[9], path[19], path[29]])
    assert values[3:] == pytest.approx([path[35]] * 8), "no further than the steps slider says"


def test_cross_entropy_tells_a_probability_too():
    explorer = DigitTemplates(loss="cross entropy")
    result = last(explorer.compute(**explorer.state))
    p = nnkit.softmax(nnkit.tensor(result.scores), 0)[result.y].item()
    assert f"Softmax gives it p = {p:.3g}." in explorer.live.description
    assert "Softmax" not in DigitTemplates().live.description


def test_an_objective_that_is_still_to_do_leaves_nnkits():
    explorer = DigitTemplates(objective=lambda W, b, X, y, lam: None)
    assert "returns nothing yet" in explorer.live.description


def test_a_gradient_of_wrong_shape_is_told_the_right_one():
    explorer = DigitTemplates(objective=lambda W, b, X, y, lam: (0.0, W.T, b))
    assert "dW of shape (10, 64)" in explorer.live.words
    assert "got (64, 10) and (10,)" in explorer.live.words


def test_every_step_is_kept_with_its_objective():
    path = list(descend(own, 0.01))
    assert len(path) == STEPS + 1
    (X, y), _ = digits()
    value, W, b = path[50]
    assert own(W, b, X, y, 0.01)[0] == value < path[0][0]


@pytest.mark.parametrize("preset", DigitTemplates.presets)
@pytest.mark.parametrize("loss", LOSSES)
def test_every_preset_works_and_leaves_nothing_of_another(preset, loss):
    explorer = DigitTemplates(loss=loss, lam=0.2, steps=50)
    explorer.set(**DigitTemplates.presets[preset])
    assert explorer.state == DigitTemplates(loss=loss, **DigitTemplates.presets[preset]).state
    assert "can't be shown" not in explorer.live.words

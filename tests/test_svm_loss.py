import numpy as np
import pytest

import nnkit
from nnkit.functional import multiclass_hinge_loss
from widgets import HingeLoss
from widgets.svm_loss import SCORES, hinge_terms


def computed(**state):
    explorer = HingeLoss(**state)
    return explorer.compute(**explorer.state)


@pytest.mark.parametrize("power", [1, 2])
@pytest.mark.parametrize("delta", [0.0, 1.0, 3.0])
def test_the_terms_add_up_to_the_engines_loss(delta, power):
    scores, y = nnkit.tensor(SCORES), nnkit.tensor([0, 1, 2])
    expected = multiclass_hinge_loss(scores, y, delta, power, reduction="none").tolist()
    assert hinge_terms(SCORES, delta, power).sum(axis=1) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("state", "losses"),
    [
        ({}, (2.9, 0, 12.9)),
        ({"delta": 3.0}, (4.9, 0.1, 16.9)),
        ({"scale": 2.0}, (4.8, 0, 23.8)),
        ({"scale": 2.0, "delta": 2.0}, (5.8, 0, 25.8)),
        ({"scale": 0.0}, (2, 2, 2)),
        ({"hinge": "squared hinge"}, (8.41, 0, 83.25)),
    ],
)
def test_the_curriculums_losses(state, losses):
    result = computed(**state)
    assert result.losses == pytest.approx(losses)
    assert result.data == pytest.approx(np.mean(losses))


def test_the_objective_adds_lambda_times_the_squares_of_the_weights():
    result = computed(lam=0.02, scale=1.5)
    assert result.objective == pytest.approx(result.data + 0.02 * (1.5**2 * SCORES**2).sum())


def test_the_picture_shows_what_lies_beyond_the_margin():
    explorer = HingeLoss()
    bars = [segment[:, 0].tolist() for segment in explorer.scores.over.get_segments()]
    assert np.allclose(bars, [(2.2, 5.1), (-4.1, 2.2), (-4.1, 2.5)])
    assert explorer.scores.true.get_xdata() == pytest.approx([3.2, 4.9, -3.1])
    assert [label.get_text() for label in explorer.scores.labels if label.get_text()] == [
        "2.9", "6.3", "6.6",
    ]  # fmt: skip
    assert [bar.get_width() for bar in explorer.bars] == pytest.approx(
        [2.9, 0, 12.9, 15.8 / 3, 0, 15.8 / 3]
    )


def test_the_words_hold_the_formula_with_the_numbers_in_it():
    words = HingeLoss(lam=0.02).live.description
    assert "max(0, 5.1 − 3.2 + 1) + max(0, −1.7 − 3.2 + 1) = 2.9 + 0 = 2.9" in words
    assert "max(0, 2.2 − (−3.1) + 1) + max(0, 2.5 − (−3.1) + 1) = 6.3 + 6.6 = 12.9" in words
    assert "(2.9 + 0 + 12.9) / 3 + lambda · R(W) = 5.267 + 0.02 · 89.54 = 7.057" in words
    assert "frog image: its true score should lead by 1 and trails by 5.6" in words
    assert "−0" not in HingeLoss(scale=0.0).live.description


def test_a_lead_that_is_too_small_is_called_one():
    words = HingeLoss(car=3.0, frog=-4.0, delta=5.0, scale=0.05).live.description
    assert "and trails by" in words
    explorer = HingeLoss(delta=2.0)
    explorer.set(cat=4.0, car=3.5)
    result = explorer.compute(**explorer.state)
    only_cat = type(result)(**{**vars(result), "losses": np.array([1.5, 0, 0])})
    assert "should lead by 2 and leads by only 0.5" in explorer.readout(only_cat)


def test_among_equal_losses_none_is_called_the_dearest():
    words = HingeLoss(scale=0.0).live.description
    assert "All three images cost the same." in words and "Dearest" not in words


def test_enough_lead_everywhere_costs_nothing():
    explorer = HingeLoss(delta=0.0, scale=0.0)
    assert "the loss is 0, whatever else they are" in explorer.live.description


@pytest.mark.parametrize("hinge", ["hinge", "squared hinge"])
@pytest.mark.parametrize("end", [0, 1])
def test_both_ends_of_all_sliders_are_shown(hinge, end):
    state = {"delta": (0.0, 5.0), "lam": (0.0, 0.1), "scale": (0.0, 2.0)}
    state |= {"cat": (6.0, -4.0), "car": (-4.0, 6.0), "frog": (-4.0, 6.0)}
    explorer = HingeLoss(hinge=hinge, **{name: values[end] for name, values in state.items()})
    assert "can't be shown" not in explorer.live.words
    right = explorer.costs.get_xlim()[1]
    assert all(0 <= bar.get_width() <= right for bar in explorer.bars)
    for bar, amount in zip(explorer.bars, explorer.amounts, strict=True):
        inside = amount.get_horizontalalignment() == "right"
        assert inside == (bar.get_width() > 0.8 * right), "no number leaves the picture"


def test_axes_stay_put_while_sliders_move():
    explorer = HingeLoss()
    before = [(a.get_xlim(), a.get_ylim()) for a in explorer.live.figure.axes]
    explorer.set(delta=5.0, scale=2.0, lam=0.1)
    assert [(a.get_xlim(), a.get_ylim()) for a in explorer.live.figure.axes] == before


def test_the_pointer_moves_a_score_of_the_cat_image():
    explorer = HingeLoss(scale=2.0)
    explorer.pointed(explorer.rows, 1.0, 1.2)
    assert (explorer.cat, explorer.car, explorer.frog) == (3.2, 0.5, -1.7)
    explorer.pointed(explorer.rows, 99.0, 0.0)
    assert explorer.cat == 6.0
    before = explorer.state
    explorer.pointed(explorer.rows, 1.0, 5.0)
    explorer.pointed(explorer.costs, 1.0, 1.0)
    assert explorer.state == before, "only the cat image's rows can be moved"


def own(scores, y, delta):
    gaps = np.maximum(0, scores - scores[y] + delta)
    gaps[y] = 0
    return gaps.sum()


def test_a_learners_loss_takes_over_and_is_compared():
    explorer = HingeLoss(loss=own)
    assert "Your own function says 2.9, 0, 12.9: the same." in explorer.live.description
    assert explorer._widgets["hinge"].disabled
    explorer = HingeLoss(loss=lambda scores, y, delta: own(scores, y, delta) + delta)
    assert "says 3.9, 1, 13.9: not the same!" in explorer.live.description
    assert explorer.bars[1].get_width() == pytest.approx(1)


def test_a_loss_that_is_still_to_do_leaves_nnkits():
    explorer = HingeLoss(loss=lambda scores, y, delta: None)
    assert "returns nothing yet" in explorer.live.description
    assert explorer.bars[2].get_width() == pytest.approx(12.9)


@pytest.mark.parametrize("preset", HingeLoss.presets)
def test_every_preset_works_and_leaves_nothing_of_another(preset):
    explorer = HingeLoss(
        delta=3.0, lam=0.1, scale=0.5, hinge="squared hinge", cat=0.0, car=0.0, frog=0.0
    )
    explorer.set(**HingeLoss.presets[preset])
    assert explorer.state == HingeLoss(**HingeLoss.presets[preset]).state
    assert "can't be shown" not in explorer.live.words

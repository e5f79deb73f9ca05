import numpy as np
import pytest

import nnkit
from nnkit.functional import multiclass_hinge_loss
from widgets import ObjectiveContours
from widgets.objective import (
    GRID,
    LIMIT,
    PAIRS,
    W,
    boundaries,
    data_loss,
    data_loss_over,
    lowest,
    samples,
    with_weights,
)

OBJECTIVE = ObjectiveContours()


def own(scores, y, delta):
    rows = np.arange(len(y))
    gaps = np.maximum(0, scores - scores[rows, y][:, None] + delta)
    gaps[rows, y] = 0
    return gaps.sum() / len(y)


def test_the_data_loss_is_the_engines():
    X, y = samples()
    for some in np.random.default_rng(0).normal(size=(7, 3, 2)):
        expected = multiclass_hinge_loss(nnkit.tensor(X @ some.T), nnkit.tensor(y)).item()
        assert data_loss(some) == pytest.approx(expected)


def test_the_hand_made_weights_cost_nothing_nor_do_twice_as_large_ones():
    assert data_loss(W) == data_loss(2 * W) == 0 < data_loss(W / 2)


def test_just_the_two_weights_are_moved():
    changed = with_weights(((0, 1), (2, 0)), 5.0, 7.0)
    assert (changed[0, 1], changed[2, 0]) == (5, 7)
    assert (changed == W).sum() == 4


@pytest.mark.parametrize("places", PAIRS.values(), ids=str)
def test_the_loss_over_two_weights_is_that_of_the_whole_matrix(places):
    u, v = np.random.default_rng(1).uniform(-LIMIT, LIMIT, (2, 4, 5))
    expected = np.vectorize(lambda u, v: data_loss(with_weights(places, u, v)))(u, v)
    assert data_loss_over(places, u, v) == pytest.approx(expected)


@pytest.mark.parametrize("lam", [0.0, 0.01, 0.1, 0.3])
@pytest.mark.parametrize("places", PAIRS.values(), ids=str)
def test_the_marked_point_is_the_lowest(places, lam):
    def objective(u, v):
        return data_loss_over(places, u, v) + lam * (u**2 + v**2)

    found = lowest(places, lam)
    best, rng = objective(*map(np.array, found)), np.random.default_rng(0)
    for spread in 0.001, 0.01, 0.1, 1.0, 10.0:
        near = np.clip(rng.normal(found, spread, (1000, 2)), -LIMIT, LIMIT)
        assert objective(*near.T).min() > best - 1e-5


def test_the_field_is_the_data_loss_plus_the_penalty():
    result = OBJECTIVE.compute(0.1, "W[0, 0] and W[1, 1]", 0.0, 0.0)
    changed = W.copy()
    changed[0, 0], changed[1, 1] = GRID[70], GRID[20]
    expected = data_loss(changed) + 0.1 * (changed**2).sum()
    assert result.z[20, 70] == pytest.approx(expected), "rows go up, columns go right"


def test_lambda_pulls_the_lowest_point_to_zero_and_picks_the_smallest_of_equals():
    sizes = []
    for lam in 0.0, 0.01, 0.1, 0.3:
        best = OBJECTIVE.compute(lam, "W[0, 0] and W[0, 1]", 0.0, 0.0).best
        sizes.append(np.hypot(best.u, best.v))
    assert sizes[0] == pytest.approx(sizes[1], abs=0.02), "the corner of the region without loss"
    assert sizes[1] > sizes[2] > sizes[3] > 0


def test_only_from_lambda_0_029_on_does_it_pay_to_accept_some_loss():
    places = PAIRS["W[0, 0] and W[0, 1]"]
    losses = [data_loss_over(places, *map(np.array, lowest(places, lam))) for lam in (0.029, 0.03)]
    assert losses[0] == pytest.approx(0, abs=1e-5) and losses[1] > 5e-4


@pytest.mark.parametrize("seed", range(5))
def test_on_a_boundary_the_two_highest_scores_are_equal(seed):
    some = np.random.default_rng(seed).normal(size=(3, 2))
    points = boundaries(some).T
    points = points[np.isfinite(points).all(axis=1)]
    scores = np.sort(points @ some.T, axis=1)
    assert len(points) >= 3
    assert scores[:, 2] == pytest.approx(scores[:, 1])


def test_equal_rows_have_no_boundary_between_them():
    assert np.isfinite(boundaries(np.ones((3, 2)))).all()


def test_the_picture_shows_both_places():
    explorer = ObjectiveContours(lam=0.1, first=2.0, second=-0.5)
    best = explorer.compute(**explorer.state).best
    assert (explorer.lowest.get_xdata(), explorer.lowest.get_ydata()) == ([best.u], [best.v])
    assert (explorer.here.get_xdata(), explorer.here.get_ydata()) == ([2.0], [-0.5])
    assert np.array_equal(explorer.plane.ties.get_data(), boundaries(best.W), equal_nan=True)
    mine = with_weights(PAIRS["W[0, 0] and W[0, 1]"], 2.0, -0.5)
    assert np.array_equal(explorer.plane.own_ties.get_data(), boundaries(mine), equal_nan=True)
    assert explorer.plane.arrows.U == pytest.approx(best.W[:, 0])
    assert f"gives {best.objective:.4f}" in explorer.live.description


def test_only_the_picker_changes_the_axes():
    explorer = ObjectiveContours()
    before = explorer.map.get_xlabel(), explorer.map.get_ylabel(), explorer.map.get_xlim()
    assert before == ("W[0, 0]", "W[0, 1]", (-LIMIT, LIMIT))
    explorer.lam = 0.3
    assert (explorer.map.get_xlabel(), explorer.map.get_ylabel(), explorer.map.get_xlim()) == before
    explorer.weights = "W[1, 0] and W[2, 1]"
    assert (explorer.map.get_xlabel(), explorer.map.get_ylabel()) == ("W[1, 0]", "W[2, 1]")


def test_the_pointer_places_your_weights():
    explorer = ObjectiveContours()
    explorer.pointed(explorer.map, 0.5, -9.0)
    assert (explorer.first, explorer.second) == (0.5, -LIMIT)
    explorer.pointed(explorer.live.figure.axes[1], 1.0, 1.0)
    assert explorer.first == 0.5


def test_a_learners_loss_gives_the_same_picture():
    theirs, nnkits = ObjectiveContours(loss=own, lam=0.05), ObjectiveContours(lam=0.05)
    result, expected = theirs.compute(**theirs.state), nnkits.compute(**nnkits.state)
    assert result.z == pytest.approx(expected.z)
    assert result.best.objective == pytest.approx(expected.best.objective)
    assert "by your own function" in theirs.live.description


def test_a_learners_wrong_loss_is_drawn_as_it_is():
    explorer = ObjectiveContours(loss=lambda S, y, delta: own(S, y, delta) + S[0, 0] ** 2, lam=0.1)
    result = explorer.compute(**explorer.state)
    assert result.best.objective == pytest.approx(result.z.min())
    X, _ = samples()
    expected = data_loss(result.best.W) + (X[0] @ result.best.W[0]) ** 2
    assert result.best.loss == pytest.approx(expected)


def test_lambda_does_not_compute_the_learners_losses_again():
    calls = []

    def counted(scores, y, delta):
        calls.append(1)
        return own(scores, y, delta)

    explorer = ObjectiveContours(loss=counted)
    calls.clear()
    explorer.lam = 0.1
    assert len(calls) == 2, "at the lowest point and at yours"


def test_a_loss_that_is_still_to_do_leaves_nnkits():
    explorer = ObjectiveContours(loss=lambda scores, y, delta: None)
    assert "returns nothing yet" in explorer.live.description


@pytest.mark.parametrize("preset", ObjectiveContours.presets)
def test_every_preset_works_and_leaves_nothing_of_another(preset):
    explorer = ObjectiveContours(lam=0.1, weights="W[1, 0] and W[2, 1]")
    explorer.set(**ObjectiveContours.presets[preset])
    assert explorer.state == ObjectiveContours(**ObjectiveContours.presets[preset]).state
    assert "can't be shown" not in explorer.live.words

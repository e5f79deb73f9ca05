import itertools

import numpy as np
import pytest

from widgets import PenaltyGeometry
from widgets.penalty_geometry import SHARE, ball, curvature, loss, minima, size


@pytest.fixture(scope="module")
def explorer():
    return PenaltyGeometry()


@pytest.mark.parametrize("penalty", SHARE)
@pytest.mark.parametrize("tilt", [-60, 0, 70])
@pytest.mark.parametrize("lam", [0.05, 0.4, 3.0])
def test_no_weights_near_or_far_do_better(penalty, tilt, lam):
    H, centre, share = curvature(tilt), np.array([1.3, -0.8]), SHARE[penalty]
    (w,) = minima(H, centre, [lam], share)
    rng = np.random.default_rng(0)
    around = np.r_[rng.normal(0, 1, (2000, 2)), w + rng.normal(0, 1e-3, (2000, 2)), [w * [0, 1]]]
    heights = loss(around, H, centre) + lam * size(around, share)
    assert heights.min() >= loss(w, H, centre) + lam * size(w, share) - 1e-12


def test_l1_gives_exact_zeros_where_l2_gives_none():
    H, centre = curvature(70), np.array([1.5, 1.0])
    (w,) = minima(H, centre, [0.6], share=1.0)
    assert w[1] == 0.0 and w[0] > 0.5
    (w,) = minima(H, centre, [0.6], share=0.0)
    assert (abs(w) > 0.1).all()


def test_all_lambdas_at_once_are_each_alone():
    H, centre, lams = curvature(30), np.array([1.0, 1.5]), [0.1, 1.0, 5.0]
    together = minima(H, centre, lams, 0.5)
    assert together == pytest.approx(np.array([minima(H, centre, [x], 0.5)[0] for x in lams]))


@pytest.mark.parametrize("share", SHARE.values())
def test_the_ball_is_where_the_penalty_has_that_size(share):
    assert size(ball(0.7, share).T, share) == pytest.approx(0.7)
    assert ball(0.0, share) == pytest.approx(0)


@pytest.mark.parametrize("penalty", SHARE)
def test_the_ellipse_touches_the_ball_and_stays_outside(explorer, penalty):
    explorer.reset()
    result = explorer.compute(**explorer.state | {"penalty": penalty, "lam": 0.4})
    ellipse, w = result["ellipse"].T, result["w"]
    assert np.linalg.norm(ellipse - w, axis=1).min() < 0.03
    assert size(ellipse, result["share"]).min() >= result["size"] - 1e-9


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"penalty": "L1", "lam": 0.6}, "w₂ is exactly 0"),
        ({"penalty": "L1", "lam": 0.05}, "touches the diamond at a side"),
        ({"penalty": "L2", "lam": 0.6}, "a circle has no corners"),
        ({"penalty": "L2", "tilt": 0, "centre_2": 0.0}, "a circle has no corners"),
        ({"penalty": "elastic", "lam": 0.6}, "touches the rounded diamond at a corner"),
        ({"penalty": "L1", "lam": 10.0}, "Both weights are exactly 0"),
        ({"penalty": "L2", "centre_1": 0.0, "centre_2": 0.0}, "there the loss alone is least"),
    ],
)
def test_the_words_say_what_the_picture_shows(explorer, state, words):
    explorer.reset()
    explorer.set(lam=0.3)
    explorer.set(**state)
    assert words in explorer.live.description


def test_no_crumbs_of_a_contour_lie_about_the_least_objective(explorer):
    explorer.reset()
    for lam in (0.05, 0.6, 1.0):
        explorer.lam = lam
        for ring in explorer.objective.lines.get_segments():
            closed = np.array_equal(ring[0], ring[-1])
            assert not closed or np.ptp(ring, axis=0).min() > 0.4


def test_the_pointer_moves_the_least_loss(explorer):
    explorer.pointed(explorer.middle, -0.5, 9.0)
    assert (explorer.centre_1, explorer.centre_2) == (-0.5, 2.0)
    explorer.pointed(explorer.curve, 1.0, 1.0)
    assert (explorer.centre_1, explorer.centre_2) == (-0.5, 2.0)


def test_every_corner_is_drawn_and_described(explorer):
    for penalty, lam, tilt, c in itertools.product(
        SHARE, (0.01, 10.0), (-90, 90), (-2.0, 0.0, 2.0)
    ):
        explorer.set(penalty=penalty, lam=lam, tilt=tilt, centre_1=c, centre_2=-c)
        assert 'role="status"' in explorer.live.words

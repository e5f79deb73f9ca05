import numpy as np
import pytest

from widgets import MiniBatches
from widgets.minibatches import SAMPLES, fit_line, line_data, mean_squared_error


def test_full_batch_is_plain_gradient_descent():
    x, y, _ = line_data()
    w, b = -1.0, -1.5
    for point in fit_line(SAMPLES, 0.1, 5, seed=0):
        assert point == pytest.approx((w, b))
        error = w * x + b - y
        w, b = w - 0.1 * 2 * np.mean(error * x), b - 0.1 * 2 * np.mean(error)


@pytest.mark.parametrize(("size", "updates"), [(1, 48), (7, 7), (47, 2), (48, 1)])
def test_an_epoch_is_one_pass_however_many_updates(size, updates):
    assert len(fit_line(size, 0.01, 3, seed=1)) == 3 * updates + 1
    assert f"one epoch is {updates} update" in MiniBatches(batch_size=size).live.description


def test_the_seed_shuffles_and_repeats():
    assert np.array_equal(fit_line(8, 0.05, 2, seed=3), fit_line(8, 0.05, 2, seed=3))
    assert not np.array_equal(fit_line(8, 0.05, 2, seed=3), fit_line(8, 0.05, 2, seed=4))


def test_no_line_beats_the_closed_form():
    *_, best = line_data()
    floor = mean_squared_error(*best)
    nearby = best + np.random.default_rng(0).normal(0, 0.1, (50, 2))
    assert (mean_squared_error(*nearby.T) > floor).all()
    assert fit_line(SAMPLES, 0.3, 100, seed=0)[-1] == pytest.approx(best, abs=1e-6)


def test_one_sample_a_step_stays_noisy_and_less_so_with_a_smaller_lr():
    def spread(lr):
        return np.linalg.norm(fit_line(1, lr, 60, seed=0)[-500:].std(axis=0))

    assert spread(0.1) > 2 * spread(0.01) > 0


def test_divergence_is_drawn_and_said():
    explorer = MiniBatches(batch_size=1, lr=1.0)
    assert "Diverges" in explorer.live.description
    assert "can't be shown" not in explorer.live.words

import numpy as np
import pytest

from nnkit import functional as F
from nnkit import tensor
from widgets import BatchNoise
from widgets.random_batches import (
    BATCHES,
    EPS,
    MEAN,
    STD,
    batch,
    batch_norm,
    mates,
    own_outputs,
    statistics,
)


@pytest.fixture(scope="module")
def shown():
    return BatchNoise()


@pytest.fixture
def explorer(shown):
    shown.reset()
    return shown


def layer_norm(x, gamma, beta, eps):
    return (x - x.mean(axis=1, keepdims=True)) / x.std(axis=1, keepdims=True)


def test_the_rule_is_the_engines():
    x, ones = batch(3, 6.5, 8), np.ones(6)
    given = tensor(x)
    expected = F.batch_norm(given, None, None, training=True, eps=EPS).numpy()
    assert batch_norm(x, ones, 0 * ones, EPS) == pytest.approx(expected)


@pytest.mark.parametrize("size", [2, 8, 128])
def test_statistics_without_a_loop_are_those_of_the_batches(size):
    means, stds = statistics(6.5, [size])
    for number in 0, 7, BATCHES - 1:
        column = batch(number, 6.5, size)[:, 0]
        assert len(column) == size
        assert means[number, 0] == pytest.approx(column.mean())
        assert stds[number, 0] == pytest.approx(np.sqrt(column.var() + EPS))


def test_a_smaller_batch_is_the_first_part_of_a_larger_one():
    assert (batch(5, 6.5, 4) == batch(5, 6.5, 9)[:4]).all()
    assert mates()[..., 0].mean() == pytest.approx(MEAN, abs=0.05)
    assert mates()[..., 0].std() == pytest.approx(STD, abs=0.05)


def test_of_two_only_the_sign_is_left(explorer):
    explorer.batch_size = 2
    outputs = explorer._result.outputs
    assert (abs(outputs) <= 1).all()
    assert np.median(abs(outputs)) == pytest.approx(1, abs=1e-4)  # eps shows where two are equal
    assert "only who is larger is left" in explorer.live.description


@pytest.mark.parametrize("size", [3, 8, 50])
def test_no_output_passes_the_bound(explorer, size):
    explorer.set(batch_size=size, x=11.0)
    bound = np.sqrt(size - 1)
    assert explorer._result.outputs.max() <= bound
    assert f"{bound:.3g}" in explorer.live.description


def test_four_times_the_batch_halves_the_noise(explorer):
    spreads = dict(zip(range(2, 129), explorer._result.spreads, strict=True))
    for size in 8, 32:
        assert spreads[4 * size] == pytest.approx(spreads[size] / 2, rel=0.1)
    assert explorer.here.get_ydata()[0] == pytest.approx(spreads[8])


def test_the_dot_is_this_batch_and_the_words_plug_it_in(explorer):
    explorer.batch = 4
    means, stds = statistics(6.5, [8])
    y = (6.5 - means[4, 0]) / stds[4, 0]
    assert explorer.now.get_xdata()[0] == pytest.approx(y)
    words = f"(6.5 − {means[4, 0]:.2f})/{stds[4, 0]:.2f} = {y:.2f}"
    assert words.replace("-", "−") in explorer.live.description


def test_eval_and_layer_norm_have_no_spread(explorer):
    rows = explorer.ridges.counts
    assert [np.count_nonzero(row) for row in rows[1:]] == [1, 1]
    assert np.count_nonzero(rows[0]) > 10
    assert "(6.5 − 5)/2 = 0.75 in any batch" in explorer.live.description
    sample = np.array([6.5, 3, 6, 9, 4, 5])
    assert f"= {(6.5 - sample.mean()) / sample.std():.2f} in any" in explorer.live.description


def test_a_learners_function_normalises_all_batches():
    right = BatchNoise(batch_norm=batch_norm)
    assert "your batch_norm gives" in right.live.description
    assert right.here.get_ydata()[0] == pytest.approx(right._result.spreads[6], rel=1e-4)
    wrong = BatchNoise(batch_norm=layer_norm)
    assert wrong.here.get_ydata()[0] == pytest.approx(0, abs=1e-9)
    stub = BatchNoise(batch_norm=lambda x, gamma, beta, eps: None)
    assert "Your batch_norm returns nothing yet" in stub.live.description
    with pytest.raises(ValueError, match="must keep the shape"):
        own_outputs(lambda x, gamma, beta, eps: x[0], 6.5, 4)

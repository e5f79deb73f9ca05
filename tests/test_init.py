"""Initialisers by their moments and bounds; the curriculum's numbers of lesson 06."""

import math

import numpy as np
import pytest

import nnkit
from nnkit import init

try:
    import torch
except ImportError:
    torch = None
needs_torch = pytest.mark.skipif(torch is None, reason="PyTorch, the oracle, is not installed")

OUT, IN = 300, 500


def fill(function, *args, shape=(OUT, IN), **options):
    weight = nnkit.zeros(shape, requires_grad=True)
    assert function(weight, *args, generator=nnkit.Generator().manual_seed(0), **options) is weight
    assert weight.requires_grad and weight.is_leaf and weight.dtype == nnkit.float32
    return weight.detach().numpy()


@pytest.mark.parametrize(
    ("function", "args", "std"),
    [
        (init.normal_, (0, 0.1), 0.1),  # N(0, 0.01) as a variance
        (init.xavier_normal_, (), math.sqrt(2 / (IN + OUT))),
        (init.xavier_normal_, (5 / 3,), 5 / 3 * math.sqrt(2 / (IN + OUT))),
        (init.kaiming_normal_, (), math.sqrt(2 / IN)),
        (init.kaiming_normal_, (0, "fan_out"), math.sqrt(2 / OUT)),
        (init.kaiming_normal_, (0, "fan_in", "tanh"), 5 / 3 / math.sqrt(IN)),
    ],
)
def test_normal_ones(function, args, std):
    weight = fill(function, *args)
    assert weight.mean() == pytest.approx(0, abs=4 * std / math.sqrt(weight.size))
    assert weight.std() == pytest.approx(std, rel=0.01)
    assert (np.abs(weight) < 3 * std).mean() == pytest.approx(0.9973, abs=0.001)


@pytest.mark.parametrize(
    ("function", "args", "bound"),
    [
        (init.uniform_, (-0.3, 0.3), 0.3),
        (init.xavier_uniform_, (), math.sqrt(6 / (IN + OUT))),
        (init.kaiming_uniform_, (), math.sqrt(6 / IN)),
        (init.kaiming_uniform_, (math.sqrt(5),), 1 / math.sqrt(IN)),
    ],
)
def test_uniform_ones(function, args, bound):
    weight = fill(function, *args)
    assert 0.999 * bound < np.abs(weight).max() <= bound * (1 + 1e-6)
    assert weight.std() == pytest.approx(bound / math.sqrt(3), rel=0.01)


def test_the_size_of_a_filter_counts():
    weight = fill(init.kaiming_normal_, shape=(64, 32, 3, 3))
    assert weight.std() == pytest.approx(math.sqrt(2 / (32 * 9)), rel=0.02)


def test_constants():
    assert init.zeros_(nnkit.ones(2)).tolist() == [0, 0]
    assert init.ones_(nnkit.zeros(2)).tolist() == [1, 1]
    assert init.constant_(nnkit.zeros(2, requires_grad=True), 0.25).tolist() == [0.25, 0.25]


@needs_torch
def test_gains_are_pytorchs():
    for name in ("linear", "conv2d", "sigmoid", "tanh", "relu", "leaky_relu", "selu"):
        assert init.calculate_gain(name) == pytest.approx(torch.nn.init.calculate_gain(name))


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda: init.xavier_uniform_(nnkit.zeros(3)), r"\(out, in, ...\), got \(3,\)"),
        (lambda: init.calculate_gain("rlu"), "one of linear.*got 'rlu'"),
        (lambda: init.kaiming_normal_(nnkit.zeros(2, 2), mode="in"), "fan_in"),
    ],
)
def test_refusals(act, words):
    with pytest.raises(ValueError, match=words):
        act()


@pytest.mark.parametrize(
    ("activation", "std", "expected"),
    [
        ("tanh", 0.01, (0.214, 0.0005, 0.0)),
        ("tanh", 1.0, (0.98, 0.98, 0.98)),
        ("tanh", 500**-0.5, (0.63, 0.32, 0.23)),
        ("relu", 500**-0.5, (0.58, 0.15, 0.027)),
        ("relu", (2 / 500) ** 0.5, (0.82, 0.87, 0.78)),
    ],
)
def test_how_signals_fare_through_ten_layers(activation, std, expected):
    """The std of the activations after layers 1, 5 and 10 of width 500: the median of five seeds,
    because with relu single runs differ by a third at layer 10."""
    runs = []
    for seed in range(5):
        generator = nnkit.Generator().manual_seed(seed)
        h, spread = nnkit.randn(60, 500, generator=generator), []
        for _ in range(10):
            weight = init.normal_(nnkit.zeros(500, 500), 0, std, generator)
            h = getattr(h @ weight.T, activation)()
            spread.append(h.numpy().std())
        runs.append([spread[0], spread[4], spread[9]])
    assert np.median(runs, axis=0) == pytest.approx(expected, rel=0.15, abs=2e-4)

import numpy as np
import pytest

from widgets import ActivationFunctions
from widgets.activation_functions import FUNCTIONS, bend


@pytest.fixture(scope="module")
def shown():
    return ActivationFunctions()


@pytest.fixture
def explorer(shown):
    shown.reset()
    return shown


@pytest.mark.parametrize("name", FUNCTIONS)
def test_slopes_are_those_found_by_nudging(name):
    z = np.array([-5.0, -1.3, -0.2, 0.4, 2.0, 6.0])
    nudged = (bend(name, z + 1e-6)[0] - bend(name, z - 1e-6)[0]) / 2e-6
    np.testing.assert_allclose(bend(name, z)[1], nudged, atol=1e-6)


def test_the_numbers_stand_in_the_words(explorer):
    explorer.set(activation="sigmoid", z=0.0, layers=10)
    assert "0.25^10 = 9.54·10⁻⁷, so next to nothing is left" in explorer.live.description
    explorer.set(activation="tanh", z=3.0)
    assert "slope 0.00987, under 0.01: flat" in explorer.live.description
    explorer.set(activation="ReLU", z=1.0)
    assert "1^10 = 1, so it is kept" in explorer.live.description


def test_a_low_bias_kills_relus_but_not_leaky_ones(explorer):
    explorer.set(activation="ReLU", bias=-3.0)
    assert "82 are flat for every sample, all of them dead" in explorer.live.description
    explorer.activation = "leaky ReLU"
    assert "0% of all z meet a flat place; of the units, none is flat" in explorer.live.description


def test_a_wide_spread_saturates_tanh(explorer):
    explorer.set(activation="tanh", spread=10.0)
    assert "77% of all z meet a flat place" in explorer.live.description
    explorer.spread = 0.5
    assert "0% of all z meet a flat place" in explorer.live.description


def test_what_lies_below_the_axis_is_told_in_the_picture(explorer):
    for z, words in (2.0, ""), (5.0, "↓ 1.7·10⁻²²"):
        explorer.set(activation="sigmoid", z=z, layers=10)
        assert explorer.below.get_text() == words
    explorer.set(activation="ReLU", z=-2.0)
    assert explorer.below.get_text() == "↓ 0"


def test_a_click_on_the_curve_sets_z(explorer):
    explorer.pointed(explorer.here[0].axes, 1.234, 0.5)
    assert explorer.z == 1.23
    explorer.pointed(explorer.end.axes, 5.0, 0.5)
    assert explorer.z == 1.23


def test_a_learners_functions_are_drawn_and_compared():
    def activations(z):
        return {"sigmoid": 1 / (1 + np.exp(-z)), "tanh": z}

    def slopes(z):
        return {"sigmoid": np.full_like(z, 0.5)}

    own = ActivationFunctions(functions=activations, slopes=slopes)
    assert "The values are your own. The slopes are your own; at z =" in own.live.description
    own.activation = "ELU"
    assert "Your activations has no ELU: nnkit's values are shown" in own.live.description
    stub = ActivationFunctions(functions=lambda z: None)
    assert "returns nothing yet: nnkit's values are shown" in stub.live.description
    bad = ActivationFunctions(functions=lambda z: {"sigmoid": 1.0})
    assert "must keep the shape" in bad.live.words

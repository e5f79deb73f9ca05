import numpy as np
import pytest

from widgets import StandardisedInputs
from widgets.ravines import BIAS, EACH, LOGISTIC, TWO, standardised


@pytest.fixture(scope="module")
def shown():
    return StandardisedInputs()


@pytest.fixture
def explorer(shown):
    shown.reset()
    return shown


def paths(explorer):
    return [np.transpose(chart.track.get_data()) for chart in explorer.maps]


def test_both_start_at_the_same_weights_and_one_rate_moves_both(explorer):
    before = paths(explorer)
    assert before[0][0].tolist() == before[1][0].tolist() == [-3, 2]
    explorer.lr = 0.01
    assert all((a[1] != b[1]).any() for a, b in zip(before, paths(explorer), strict=True))


def test_the_rate_changes_no_contours_but_the_scale_does_those_of_the_raw_inputs(explorer):
    def contours():
        return [chart.field._values.copy() for chart in explorer.maps]

    raw, scaled = contours()
    explorer.lr = 0.5
    assert (contours()[0] == raw).all() and (contours()[1] == scaled).all()
    explorer.scale = 3.0
    assert not np.allclose(contours()[0], raw)
    assert np.allclose(contours()[1], scaled)


def test_a_path_that_leaves_says_so(explorer):
    explorer.lr = 1.0
    raw, scaled = explorer.maps
    assert raw.outside.get_text() == "leaves the picture at step 1"
    assert scaled.outside.get_text() == ""
    assert "it diverges" in explorer.live.description


def test_each_side_may_have_its_own_rate(explorer):
    explorer.rates = EACH
    assert "lr = 0.0198 is below 2/L = 2/100" in explorer.live.description
    assert "lr = 1 is below 2/L = 2/1 = 2" in explorer.live.description


def test_what_has_no_effect_is_grey(explorer):
    state = explorer.state
    assert explorer.unused(state) == ["offset"]
    assert explorer.unused(state | {"problem": BIAS, "rates": EACH}) == [
        "scale", "correlation", "lr",
    ]  # fmt: skip


def test_the_words_name_what_is_left(explorer):
    explorer.correlation = -0.9
    assert "(1 + 0.9)/(1 − 0.9) = 19" in explorer.live.description
    explorer.set(problem=BIAS)
    assert "shifting ends that" in explorer.live.description
    assert explorer.maps[0].axes.get_xlabel() == "w"
    explorer.set(problem=TWO, loss=LOGISTIC)
    assert "curvatures at the minimum" in explorer.live.description
    assert explorer.maps[0].axes.get_xlabel() == "w1"


def test_a_learners_function_makes_the_inputs_on_the_right():
    right = StandardisedInputs(standardise=standardised)
    assert "Your standardise made" in right.live.description
    assert right.maps[1].condition.get_text() == "condition number 1"
    shifted = StandardisedInputs(standardise=lambda a, b: (a - a.mean(0), b - a.mean(0)))
    assert shifted.maps[1].condition.get_text() == "condition number 100"
    stub = StandardisedInputs(standardise=lambda a, b: None)
    assert "Your standardise returns nothing yet" in stub.live.description
    assert "two arrays" in StandardisedInputs(standardise=lambda a, b: a).live.words

import numpy as np
import pytest

import nnkit
import nnkit.functional as F
from widgets import Convolution
from widgets.kernels import KERNELS, convolve


@pytest.fixture(scope="module")
def shown():
    return Convolution()


@pytest.fixture
def explorer(shown):
    shown.reset()
    return shown


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("padding", [0, 1, 2])
def test_the_output_is_the_engines(stride, padding):
    x = np.random.default_rng(0).normal(size=(8, 8))
    kernel = np.random.default_rng(1).normal(size=(3, 3))
    engine = F.conv2d(
        nnkit.tensor(x[None, None]), nnkit.tensor(kernel[None, None]), None, stride, padding
    )
    assert convolve(x, kernel, stride, padding) == pytest.approx(engine.numpy()[0, 0])


def test_window_and_target_belong_together(explorer):
    explorer.set(stride=2, padding=1, output=6)  # row 2, column 3 of 4x4
    assert explorer.window.get_xy() == (3, 1)
    assert explorer.target.get_xy() == (2, 1)
    assert "Output row 2, column 3" in explorer.live.description


def test_the_slider_ends_with_the_last_output(explorer):
    explorer.set(padding=0, output=99)
    assert "Output row 6, column 6" in explorer.live.description
    assert explorer.output == explorer._widgets["output"].high == 35
    explorer.padding = 2
    assert explorer._widgets["output"].high == 99
    assert explorer.output == 35


def test_the_words_round_down_where_the_window_sticks_out(explorer):
    explorer.set(stride=2, padding=1)
    assert "(8 + 2·1 − 3) / 2 + 1 = 4.5, rounded down to 4" in explorer.live.description
    explorer.set(stride=1)
    assert "/ 1 + 1 = 8." in explorer.live.description


def test_the_sum_is_told_term_by_term(explorer):
    explorer.set(kernel="one pixel", output=20)
    result = explorer.compute(**explorer.state)
    x = result.x[2, 4]
    assert f"Output row 3, column 5: 1·{x:.2f} = {x:.2f}." in explorer.live.description


def test_edges_are_found_with_their_sign():
    edge = np.zeros((8, 8))
    edge[:, 4:] = 1
    out = convolve(edge, np.array(KERNELS["vertical edges"]), 1, 0)
    assert out[0].tolist() == [0, 0, 4, 4, 0, 0]
    assert not convolve(edge, np.array(KERNELS["horizontal edges"]), 1, 0).any()


def test_a_learners_conv2d_is_used_compared_or_asked_for():
    assert "from your own conv2d." in Convolution(conv2d=convolve).live.description
    turned = Convolution(conv2d=lambda x, k, s, p: convolve(x, k[::-1, ::-1], s, p))
    assert "differs from nnkit's" in turned.live.description
    stub = Convolution(conv2d=lambda x, k, s, p: None)
    assert "Your conv2d returns nothing yet" in stub.live.description
    wrong = Convolution(conv2d=lambda x, k, s, p: np.zeros((3, 3)))
    assert "must return shape (8, 8) here, got (3, 3)" in wrong.live.words

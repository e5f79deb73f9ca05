"""gradcheck finds wrong gradients and names the entry; differences behave as theory says."""

import numpy as np
import pytest

import nnkit
from nnkit.gradcheck import gradcheck, numerical_gradient
from nnkit.tensor import operation


@operation
def wrong_cube(x):
    """A derivative that is right everywhere but at index (1, 0)."""

    def grad(g):
        out = 3 * g * x**2
        out[1, 0] *= 1.01
        return out

    return x**3, grad


def points(*shape):
    return nnkit.randn(*shape, dtype="float64", requires_grad=True, generator=nnkit.Generator(1))


def test_right_gradients_pass_and_both_are_returned():
    x, y = points(2, 3), points(3)
    y.grad = nnkit.ones(3)
    result = gradcheck(lambda x, y: (x * y).sum(), (x, y))
    assert result and result.error < 1e-9 and "agree" in str(result)
    assert len(result.analytic) == len(result.numeric) == 2
    np.testing.assert_allclose(result.analytic[1], x.array.sum(axis=0))
    np.testing.assert_allclose(result.numeric[1], x.array.sum(axis=0), rtol=1e-6)
    assert x.grad is None and y.grad.tolist() == [1, 1, 1], "the gradients are left alone"


def test_a_wrong_entry_is_found_and_named():
    result = gradcheck(wrong_cube, points(2, 2))
    assert not result and result.worst == (0, (1, 0)) and "DISAGREE" in str(result)


def test_what_a_plain_sum_would_hide_is_found():
    """The entries of a softmax add up to 1, so the slope of their plain sum is 0 for any input."""

    @operation
    def softmax_without_gradient(x):
        powers = np.exp(x)
        return powers / powers.sum(), lambda g: 0 * x

    assert not gradcheck(softmax_without_gradient, points(4))


def test_unused_inputs_have_slope_zero_and_nan_fails():
    x, y = points(2), points(2)
    assert gradcheck(lambda x, y: x * 2, (x, y)).analytic[1].tolist() == [0, 0]
    assert not gradcheck(lambda x: (x - x).log() * 0, x)


def test_the_error_of_a_difference_shrinks_then_grows():
    x = np.array(1.0)
    errors = [abs(numerical_gradient(lambda: np.exp(x), x, h) - np.e) for h in (1e-1, 1e-5, 1e-13)]
    assert errors[0] > 1e-3 and errors[1] < 1e-9 < errors[2]
    assert x == 1, "the point is put back"


def test_float32_is_refused():
    with pytest.raises(ValueError, match="float64"):
        gradcheck(lambda x: x, nnkit.ones(2, requires_grad=True))

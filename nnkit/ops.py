"""The operations on tensors: each line of arithmetic stands beside its derivative.

Every function below takes arrays and returns its result, followed by one function for each input:
from the gradient at the result, `g`, to the gradient at that input (Griewank & Walther 2008,
"Evaluating Derivatives", ch. 3). `operation` makes of it a function on tensors. Where a derivative
does not exist (`abs` at 0, a tie in `maximum`), the choice is PyTorch's.
"""

import builtins
import operator
from collections import namedtuple

import numpy as np

from nnkit.checks import explain, need_floats, need_one_dtype
from nnkit.shapes import gather, squeeze
from nnkit.tensor import Tensor, bool_, float32, float64, int64, operation, quietly

MaxMin = namedtuple("MaxMin", ["values", "indices"])


# Arithmetic, with broadcasting


@operation
def add(input, other):
    """input + other; both slopes are 1."""
    return input + other, lambda g: g, lambda g: g


@operation
def sub(input, other):
    """input - other; the slopes are 1 and -1."""
    return input - other, lambda g: g, lambda g: -g


@operation
def mul(input, other):
    """input * other, element by element; each factor's slope is the other factor."""
    return input * other, lambda g: g * other, lambda g: g * input


@operation
def div(input, other):
    """a / b; slopes 1 / b and -a / b^2."""
    out = np.true_divide(input, other)
    return out, lambda g: g / other, lambda g: -g * out / other


@operation
def pow(input, exponent):
    """a^b; slopes b a^(b - 1) and a^b log(a)."""
    out = input**exponent
    return (
        out,
        lambda g: g * _slope(input, exponent),
        lambda g: g * np.where(input == 0, 0, out * np.log(input)),
    )


def _slope(a, b):
    if isinstance(b, int | float) and b != 0:
        return b * a ** (b - 1)
    return np.where(b == 0, 0, b * a ** (b - 1))  # a constant is flat, also where a is 0


@operation
def neg(input):
    """-x; slope -1."""
    return -input, lambda g: -g


@operation
def matmul(input, other):
    """Matrix product A @ B: dA = G B^T, dB = A^T G; vectors count as one row or one column."""
    try:
        out = input @ other
    except ValueError:
        x, y = ("x".join(map(str, m.shape)) for m in (input, other))
        raise ValueError(
            f"mat1 and mat2 shapes cannot be multiplied ({x} and {y}): the columns of the first "
            "must equal the rows of the second"
        ) from None
    need_one_dtype("matmul", input, other)
    rows = input if input.ndim > 1 else input[None]
    columns = other if other.ndim > 1 else other[:, None]

    def as_matrix(g):
        g = g[..., None] if other.ndim == 1 else g
        return g[..., None, :] if input.ndim == 1 else g

    def grad_other(g):
        product = rows.swapaxes(-1, -2) @ as_matrix(g)
        return product[..., 0] if other.ndim == 1 else product

    return out, lambda g: as_matrix(g) @ columns.swapaxes(-1, -2), grad_other


# Functions of one number, applied to each


@operation
def exp(input):
    """e^x, its own slope."""
    out = np.exp(input)
    return out, lambda g: g * out


@operation
def log(input):
    """Natural logarithm; slope 1 / x."""
    return np.log(input), lambda g: g / input


@operation
def sqrt(input):
    """Square root; slope 1 / (2 sqrt(x))."""
    out = np.sqrt(input)
    return out, lambda g: g / (2 * out)


@operation
def sin(input):
    """sin(x); slope cos(x)."""
    return np.sin(input), lambda g: g * np.cos(input)


@operation
def cos(input):
    """cos(x); slope -sin(x)."""
    return np.cos(input), lambda g: -g * np.sin(input)


@operation
def abs(input):
    """|x|; slope sign(x), 0 at 0."""
    return np.abs(input), lambda g: g * np.sign(input)


@operation
def sign(input):
    """-1, 0 or 1: flat everywhere, so the gradient is 0."""
    return np.sign(input), lambda g: 0 * g


@operation
def clamp(input, min=None, max=None):
    """Values below `min` or above `max` are set to it, and pass no gradient."""
    if min is None and max is None:
        raise ValueError("give min, max or both")
    out = np.clip(input, min, max)
    return out, lambda g: g * (out == input)


@operation
def maximum(input, other):
    """The larger of each pair; a tie shares the gradient evenly."""
    out, tie = np.maximum(input, other), input == other
    return out, lambda g: g * _share(input > other, tie), lambda g: g * _share(other > input, tie)


@operation
def minimum(input, other):
    """The smaller of each pair; a tie shares the gradient evenly."""
    out, tie = np.minimum(input, other), input == other
    return out, lambda g: g * _share(input < other, tie), lambda g: g * _share(other < input, tie)


def _share(wins, tie):
    return np.where(tie, 0.5, wins)


@operation
def _where(input, other, condition=None):
    out = np.where(condition, input, other)
    return out, lambda g: np.where(condition, g, 0), lambda g: np.where(condition, 0, g)


def where(condition, input, other):
    """Elements of `input` where the condition holds, of `other` elsewhere."""
    if condition.dtype != bool_:
        raise RuntimeError(f"where(): condition must be bool, such as x > 0, got {condition.dtype}")
    return _where(input, other, condition=condition.array)


@operation
def _cast(input, dtype=None):
    return input.astype(dtype), lambda g: g


def to(input, dtype):
    """The same numbers in another type; gradients pass between float32 and float64."""
    if input.dtype == dtype:
        return input
    kept = np.dtype(dtype).kind == "f"
    return _cast(input, dtype=dtype) if kept else Tensor(input.array.astype(dtype))


# Reductions: `dim` is one dimension, several, or None for all


@operation
def sum(input, dim=None, keepdim=False):
    """Sum; every element that was added up has slope 1. `keepdim` leaves a dimension of size 1."""
    out = np.add.reduce(input, axis=dim, keepdims=keepdim)
    return out, lambda g: _spread(g, input.shape, dim, keepdim)


@operation
def mean(input, dim=None, keepdim=False):
    """Mean of n elements; each has slope 1 / n. Raises RuntimeError for integers."""
    need_floats("mean", input)
    total = np.add.reduce(input, axis=dim, keepdims=keepdim)
    n = input.size // builtins.max(total.size, 1)
    return total / n, lambda g: _spread(g / n, input.shape, dim, keepdim)


def _spread(g, shape, dim, keepdim):
    """Give every element that was added up the gradient of its sum."""
    if dim is not None and not keepdim and shape:
        g = np.expand_dims(g, dim)
    return g * np.ones(shape, g.dtype)  # several times as fast as np.broadcast_to


def var(input, dim=None, *, correction=1, keepdim=False):
    """Variance: squared distances from the mean, divided by n - `correction` (PyTorch's 1)."""
    centred = input - input.mean(dim, keepdim=True)
    total = (centred * centred).sum(dim, keepdim)
    n = input.numel() // builtins.max(total.numel(), 1)
    return total * (1 / (n - correction) if n > correction else float("nan"))


def std(input, dim=None, *, correction=1, keepdim=False):
    """Standard deviation: the square root of `var`."""
    return sqrt(var(input, dim, correction=correction, keepdim=keepdim))


@operation
def logsumexp(input, dim, keepdim=False):
    """log(sum(exp(x))) along `dim`, with the largest taken out first, so that nothing overflows."""
    top = np.max(input, axis=dim, keepdims=True)
    top = np.where(np.isfinite(top), top, 0)
    powers = np.exp(input - top)
    total = np.sum(powers, axis=dim, keepdims=True)
    out = np.log(total) + top
    out = out if keepdim else np.squeeze(out, axis=dim)
    return out, lambda g: _spread(g, input.shape, dim, keepdim) * powers / total


def max(input, dim=None, keepdim=False):
    """The largest element; with `dim`, the pair (values, indices), the first of equals.

    Over all elements, equals share the gradient evenly; along `dim` the one named gets it.
    """
    if dim is None:
        return _extreme(input, out=input.array.max())
    return _values_and_indices(input, dim, argmax(input, dim, keepdim=True), keepdim)


def min(input, dim=None, keepdim=False):
    """The smallest element; with `dim`, the pair (values, indices). See `max`."""
    if dim is None:
        return _extreme(input, out=input.array.min())
    return _values_and_indices(input, dim, argmin(input, dim, keepdim=True), keepdim)


@operation
def _extreme(input, out=None):
    return out, lambda g: g * (input == out) / np.sum(input == out)


def _values_and_indices(x, dim, indices, keepdim):
    found = MaxMin(gather(x, dim, indices), indices)
    return found if keepdim else MaxMin(*(squeeze(t, dim) for t in found))


# Questions whose answer is yes, no or a whole number: no gradient


def argmax(input, dim=None, keepdim=False):
    """Index of the largest element along `dim`, or in the flattened tensor."""
    return Tensor(np.asarray(np.argmax(input.array, axis=dim, keepdims=keepdim)))


def argmin(input, dim=None, keepdim=False):
    """Index of the smallest element along `dim`, or in the flattened tensor."""
    return Tensor(np.asarray(np.argmin(input.array, axis=dim, keepdims=keepdim)))


def all(input, dim=None, keepdim=False):
    """Whether every element is true, of all or along `dim`."""
    return Tensor(np.asarray(np.all(input.array, axis=dim, keepdims=keepdim)))


def any(input, dim=None, keepdim=False):
    """Whether some element is true, of all or along `dim`."""
    return Tensor(np.asarray(np.any(input.array, axis=dim, keepdims=keepdim)))


def isnan(input):
    """Where elements are nan, as booleans."""
    return Tensor(np.asarray(np.isnan(input.array)))


def isfinite(input):
    """Where elements are neither nan nor infinite, as booleans."""
    return Tensor(np.asarray(np.isfinite(input.array)))


def allclose(input, other, rtol=1e-5, atol=1e-8, equal_nan=False):
    """Whether |input - other| <= atol + rtol |other| everywhere."""
    return bool(np.allclose(input.array, other.array, rtol, atol, equal_nan))


def _comparison(function):
    def compare(self, other):
        if not isinstance(other, Tensor | np.ndarray | np.generic | int | float):
            return NotImplemented
        other = other.array if isinstance(other, Tensor) else other
        try:
            return Tensor(np.asarray(function(self.array, other)))
        except (ValueError, TypeError) as error:
            raise explain(error, function.__name__.strip("_"), (self,)) from None

    return compare


# What can be asked of a Tensor directly: x.exp(), x + y, x > 0 ...


def _in_place(op, function):
    """`x += y` and its relatives: overwrites x or, if gradients flow, makes x a new result; what
    else is called by the old x then keeps the old values."""

    def apply(self, other):
        if self._must_record_in_place(other):
            return op(self, other)
        try:
            value = other.array if isinstance(other, Tensor) else other
            self.array = quietly(function)(self.array, value)
        except (ValueError, TypeError) as error:
            raise explain(error, op.__name__, (self, other)) from None
        return self

    return apply


def _swapped(function):
    return lambda self, other: function(other, self)


for _name, _op in {"add": add, "sub": sub, "mul": mul, "truediv": div, "pow": pow}.items():
    setattr(Tensor, f"__{_name}__", _op)
    setattr(Tensor, f"__r{_name}__", _swapped(_op))
    setattr(Tensor, f"__i{_name}__", _in_place(_op, getattr(operator, f"i{_name}")))
for _name in ("eq", "ne", "lt", "le", "gt", "ge", "and", "or", "xor"):
    setattr(Tensor, f"__{_name}__", _comparison(getattr(operator, f"__{_name}__")))
for _op in (
    add, sub, mul, div, pow, neg, matmul, exp, log, sqrt, sin, cos, abs, clamp, sign, isnan,
    isfinite, sum, mean, var, std, logsumexp, max, min, argmax, argmin, all, any, to,
):  # fmt: skip
    setattr(Tensor, _op.__name__, _op)

Tensor.__neg__, Tensor.__abs__, Tensor.__matmul__ = neg, abs, matmul
Tensor.__invert__ = lambda self: Tensor(~self.array)
Tensor.clone = lambda self: _cast(self, dtype=self.dtype)
Tensor.float = lambda self: self.to(float32)
Tensor.double = lambda self: self.to(float64)
Tensor.long = lambda self: self.to(int64)
Tensor.bool = lambda self: self.to(bool_)

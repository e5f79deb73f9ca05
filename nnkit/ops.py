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

from nnkit.shapes import gather, squeeze
from nnkit.tensor import Tensor, bool_, explain, float32, float64, int64, operation, quietly

MaxMin = namedtuple("MaxMin", ["values", "indices"])


# Arithmetic, with broadcasting


@operation
def add(a, b):
    return a + b, lambda g: g, lambda g: g


@operation
def sub(a, b):
    return a - b, lambda g: g, lambda g: -g


@operation
def mul(a, b):
    return a * b, lambda g: g * b, lambda g: g * a


@operation
def div(a, b):
    return np.true_divide(a, b), lambda g: g / b, lambda g: -g * a / (b * b)


@operation
def pow(a, b):
    out = a**b
    return out, lambda g: g * _slope(a, b), lambda g: g * np.where(a == 0, 0, out * np.log(a))


def _slope(a, b):
    if isinstance(b, int | float) and b != 0:
        return b * a ** (b - 1)
    return np.where(b == 0, 0, b * a ** (b - 1))  # a constant is flat, also where a is 0


@operation
def neg(a):
    return -a, lambda g: -g


@operation
def matmul(a, b):
    """Matrix product `a @ b`: dA = G B^T, dB = A^T G; vectors count as one row or one column."""
    try:
        out = a @ b
    except ValueError:
        x, y = ("x".join(map(str, m.shape)) for m in (a, b))
        raise ValueError(
            f"mat1 and mat2 shapes cannot be multiplied ({x} and {y}): the columns of the first "
            "must equal the rows of the second"
        ) from None
    if a.dtype != b.dtype:
        raise ValueError(f"expected both of one dtype, got {a.dtype} and {b.dtype}")
    rows, columns = (a if a.ndim > 1 else a[None]), (b if b.ndim > 1 else b[:, None])

    def as_matrix(g):
        g = g[..., None] if b.ndim == 1 else g
        return g[..., None, :] if a.ndim == 1 else g

    def grad_b(g):
        product = rows.swapaxes(-1, -2) @ as_matrix(g)
        return product[..., 0] if b.ndim == 1 else product

    return out, lambda g: as_matrix(g) @ columns.swapaxes(-1, -2), grad_b


# Functions of one number, applied to each


@operation
def exp(x):
    out = np.exp(x)
    return out, lambda g: g * out


@operation
def log(x):
    return np.log(x), lambda g: g / x


@operation
def sqrt(x):
    out = np.sqrt(x)
    return out, lambda g: g / (2 * out)


@operation
def sin(x):
    return np.sin(x), lambda g: g * np.cos(x)


@operation
def cos(x):
    return np.cos(x), lambda g: -g * np.sin(x)


@operation
def abs(x):
    return np.abs(x), lambda g: g * np.sign(x)


@operation
def clamp(x, min=None, max=None):
    """Values below `min` or above `max` are set to it, and pass no gradient."""
    out = np.clip(x, min, max)
    return out, lambda g: g * (out == x)


@operation
def maximum(a, b):
    """The larger of each pair; a tie shares the gradient evenly."""
    out = np.maximum(a, b)
    return out, lambda g: g * _share(a > b, a == b), lambda g: g * _share(b > a, a == b)


@operation
def minimum(a, b):
    """The smaller of each pair; a tie shares the gradient evenly."""
    out = np.minimum(a, b)
    return out, lambda g: g * _share(a < b, a == b), lambda g: g * _share(b < a, a == b)


def _share(wins, tie):
    return np.where(tie, 0.5, wins)


@operation
def _where(a, b, condition=None):
    return np.where(condition, a, b), lambda g: g * condition, lambda g: g * ~condition


def where(condition, input, other):
    """Elements of `input` where the condition holds, of `other` elsewhere."""
    return _where(input, other, condition=condition.array)


@operation
def _cast(x, dtype=None):
    return x.astype(dtype), lambda g: g


# Reductions: `dim` is one dimension, several, or None for all


@operation
def sum(x, dim=None, keepdim=False):
    out = np.add.reduce(x, axis=dim, keepdims=keepdim)
    return out, lambda g: _spread(g, x.shape, dim, keepdim)


@operation
def mean(x, dim=None, keepdim=False):
    if x.dtype.kind != "f":
        raise TypeError(f"expected float32 or float64, got {x.dtype}; use x.float()")
    total = np.add.reduce(x, axis=dim, keepdims=keepdim)
    n = x.size // builtins.max(total.size, 1)
    return total / n, lambda g: _spread(g / n, x.shape, dim, keepdim)


def _spread(g, shape, dim, keepdim):
    """Give every element that was added up the gradient of its sum."""
    if dim is not None and not keepdim and shape:
        g = np.expand_dims(g, dim)
    return g * np.ones(shape, g.dtype)  # several times as fast as np.broadcast_to


def var(x, dim=None, correction=1, keepdim=False):
    """Variance: squared distances from the mean, divided by n - `correction` (PyTorch's 1)."""
    centred = x - x.mean(dim, keepdim=True)
    total = (centred * centred).sum(dim, keepdim)
    n = x.numel() // builtins.max(total.numel(), 1)
    return total * (1 / (n - correction) if n > correction else float("nan"))


def std(x, dim=None, correction=1, keepdim=False):
    """Standard deviation: the square root of `var`."""
    return sqrt(var(x, dim, correction, keepdim))


@operation
def logsumexp(x, dim, keepdim=False):
    """log(sum(exp(x))) along `dim`, with the largest taken out first, so that nothing overflows."""
    top = np.max(x, axis=dim, keepdims=True)
    top = np.where(np.isfinite(top), top, 0)
    powers = np.exp(x - top)
    total = np.sum(powers, axis=dim, keepdims=True)
    out = np.log(total) + top
    out = out if keepdim else np.squeeze(out, axis=dim)
    return out, lambda g: _spread(g, x.shape, dim, keepdim) * powers / total


def max(x, dim=None, keepdim=False):
    """The largest element; with `dim`, the pair (values, indices), the first of equals.

    Over all elements, equals share the gradient evenly; along `dim` the one named gets it.
    """
    if dim is None:
        return _extreme(x, largest=True)
    indices = argmax(x, dim, keepdim=True)
    return _values_and_indices(x, dim, indices, keepdim)


def min(x, dim=None, keepdim=False):
    """The smallest element; with `dim`, the pair (values, indices). See `max`."""
    if dim is None:
        return _extreme(x, largest=False)
    indices = argmin(x, dim, keepdim=True)
    return _values_and_indices(x, dim, indices, keepdim)


@operation
def _extreme(x, largest=True):
    out = x.max() if largest else x.min()
    return out, lambda g: g * (x == out) / np.sum(x == out)


def _values_and_indices(x, dim, indices, keepdim):
    found = MaxMin(gather(x, dim, indices), indices)
    return found if keepdim else MaxMin(*(squeeze(t, dim) for t in found))


def argmax(x, dim=None, keepdim=False):
    """Index of the largest element along `dim`, or in the flattened tensor."""
    return Tensor(np.asarray(np.argmax(x.array, axis=dim, keepdims=keepdim)))


def argmin(x, dim=None, keepdim=False):
    """Index of the smallest element along `dim`, or in the flattened tensor."""
    return Tensor(np.asarray(np.argmin(x.array, axis=dim, keepdims=keepdim)))


# Questions whose answer is yes, no or a whole number: no gradient


def _comparison(function):
    def compare(self, other):
        other = other.array if isinstance(other, Tensor) else other
        try:
            return Tensor(np.asarray(function(self.array, other)))
        except ValueError:
            shapes = f"{self.shape} and {np.shape(other)}"
            raise RuntimeError(f"cannot compare tensors of shapes {shapes}") from None

    return compare


def isnan(x):
    return Tensor(np.asarray(np.isnan(x.array)))


def isfinite(x):
    return Tensor(np.asarray(np.isfinite(x.array)))


def sign(x):
    return Tensor(np.asarray(np.sign(x.array)))


def all(x):
    """Whether every element is true."""
    return Tensor(np.asarray(np.all(x.array)))


def any(x):
    """Whether some element is true."""
    return Tensor(np.asarray(np.any(x.array)))


def allclose(input, other, rtol=1e-5, atol=1e-8, equal_nan=False):
    """Whether |input - other| <= atol + rtol |other| everywhere."""
    return bool(np.allclose(input.array, other.array, rtol, atol, equal_nan))


# What can be asked of a Tensor directly: x.exp(), x + y, x > 0 ...


def _in_place(op, function):
    """`x += y` and its relatives: overwrites x, or gives x a new history if gradients flow."""

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
for _name in ("eq", "ne", "lt", "le", "gt", "ge"):
    setattr(Tensor, f"__{_name}__", _comparison(getattr(operator, _name)))
for _op in (
    add, sub, mul, div, pow, neg, matmul, exp, log, sqrt, sin, cos, abs, clamp, sign, isnan,
    isfinite, sum, mean, var, std, logsumexp, max, min, argmax, argmin, all, any,
):  # fmt: skip
    setattr(Tensor, _op.__name__, _op)

Tensor.__neg__, Tensor.__abs__, Tensor.__matmul__ = neg, abs, matmul
Tensor.__invert__ = lambda self: Tensor(~self.array)
Tensor.clone = lambda self: _cast(self, dtype=self.dtype)
Tensor.to = lambda self, dtype: self if self.dtype == dtype else _cast(self, dtype=dtype)
Tensor.float = lambda self: self.to(float32)
Tensor.double = lambda self: self.to(float64)
Tensor.long = lambda self: self.to(int64)
Tensor.bool = lambda self: self.to(bool_)

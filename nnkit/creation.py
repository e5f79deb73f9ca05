"""New tensors: filled with zeros, ones, a range, or random numbers from a seeded generator."""

import numpy as np

from nnkit.tensor import Tensor, float32, float64, int64


class Generator:
    """A source of random numbers; equal seeds give equal numbers, bit for bit."""

    def __init__(self, seed=None):
        self._rng = np.random.default_rng(seed)

    def manual_seed(self, seed):
        """Start again from this seed; returns the generator."""
        self._rng = np.random.default_rng(seed)
        return self


_default = Generator()


def manual_seed(seed):
    """Seed the generator that is used wherever no `generator=` is given."""
    return _default.manual_seed(seed)


def rng(generator=None):
    """The NumPy generator behind `generator`, or behind the default one."""
    if generator is None:
        return _default._rng
    if not isinstance(generator, Generator):
        kind = type(generator).__name__
        raise TypeError(f"generator: expected nnkit.Generator().manual_seed(seed), got {kind}")
    return generator._rng


def tensor(data, *, dtype=None, requires_grad=False):
    """A new tensor holding a copy of `data`: a number, nested lists, an array or a tensor.

    Python floats become float32, integers int64; NumPy's numbers keep their type, unless `dtype` is
    given. Raises ValueError for rows of unequal length, TypeError for what is no number.
    """
    return Tensor(_as_array(data, dtype), requires_grad)


def _as_array(data, dtype):
    source = data.array if isinstance(data, Tensor) else data
    try:
        array = np.array(source, dtype=dtype)
    except (ValueError, TypeError) as error:
        raise ValueError(f"tensor(): data must be numbers in a regular grid ({error})") from None
    if array.dtype.kind not in "bfiu":
        kind = type(data).__name__
        raise TypeError(f"tensor(): data must be numbers, got {kind} of {array.dtype}")
    while isinstance(source, list | tuple) and source:
        source = source[0]
    has_type = isinstance(source, np.ndarray | np.generic | Tensor)
    return array.astype(float32) if array.dtype == float64 and not (dtype or has_type) else array


def from_numpy(ndarray):
    """A tensor that shares memory with the array."""
    if not isinstance(ndarray, np.ndarray):
        raise TypeError(f"from_numpy(): expected a numpy array, got {type(ndarray).__name__}")
    return Tensor(ndarray)


def as_tensor(data, *, dtype=None):
    """`data` as a tensor, without a copy if it is a tensor or an array of the right type."""
    if isinstance(data, Tensor):
        return data if dtype is None else data.to(dtype)
    if isinstance(data, np.ndarray) and dtype in (None, data.dtype):
        return Tensor(data)
    return Tensor(_as_array(data, dtype))


def zeros(*size, dtype=float32, requires_grad=False):
    """Zeros; the size is `2, 3` or `(2, 3)`, and `()` for a single number."""
    return Tensor(np.zeros(_shape(size), dtype), requires_grad)


def ones(*size, dtype=float32, requires_grad=False):
    """Ones; see `zeros`."""
    return Tensor(np.ones(_shape(size), dtype), requires_grad)


def full(size, fill_value, *, dtype=None, requires_grad=False):
    """The same number everywhere, in its own type: float32 or int64; `size` is a tuple."""
    value = _as_array(fill_value, dtype)
    return Tensor(np.full(tuple(size), value, value.dtype), requires_grad)


def zeros_like(input, *, dtype=None):
    """Zeros in the shape and type of `input`."""
    return Tensor(np.zeros(input.shape, dtype or input.dtype))


def ones_like(input, *, dtype=None):
    """Ones in the shape and type of `input`."""
    return Tensor(np.ones(input.shape, dtype or input.dtype))


def eye(n, m=None, *, dtype=float32):
    """The identity matrix, or its first `m` columns."""
    return Tensor(np.eye(n, m, dtype=dtype))


def arange(start, end=None, step=1, *, dtype=None):
    """start, start + step, ... below `end`; `arange(n)` counts from 0 to n - 1."""
    start, end = (0, start) if end is None else (start, end)
    whole = all(isinstance(x, int | np.integer) for x in (start, end, step))
    return Tensor(np.arange(start, end, step).astype(dtype or (int64 if whole else float32)))


def linspace(start, end, steps, *, dtype=float32):
    """`steps` evenly spaced numbers from `start` to `end`, both included."""
    return Tensor(np.linspace(start, end, steps).astype(dtype))


def meshgrid(*tensors, indexing="ij"):
    """Coordinates of a grid; `indexing="xy"` for pictures."""
    grids = np.meshgrid(*(t.array for t in tensors), indexing=indexing)
    return tuple(Tensor(grid) for grid in grids)


def rand(*size, generator=None, dtype=float32, requires_grad=False):
    """Uniform on [0, 1)."""
    return Tensor(np.asarray(rng(generator).random(_shape(size), dtype=dtype)), requires_grad)


def randn(*size, generator=None, dtype=float32, requires_grad=False):
    """Normal with mean 0 and standard deviation 1."""
    numbers = rng(generator).standard_normal(_shape(size), dtype=dtype)
    return Tensor(np.asarray(numbers), requires_grad)


def randint(low, high=None, size=None, *, generator=None, dtype=int64):
    """Whole numbers from `low` to `high` - 1; `randint(high, size)` starts at 0."""
    if size is None:
        low, high, size = 0, low, high
    return Tensor(np.asarray(rng(generator).integers(low, high, tuple(size))).astype(dtype))


def randperm(n, *, generator=None):
    """The numbers 0 to n - 1 in random order."""
    return Tensor(rng(generator).permutation(n).astype(int64))


def bernoulli(input, *, generator=None):
    """1 with the probability given at each place, else 0."""
    draws = rng(generator).random(input.shape)
    return Tensor(np.asarray(draws < input.array).astype(input.dtype))


def _shape(size):
    return tuple(size[0]) if len(size) == 1 and isinstance(size[0], tuple | list) else tuple(size)

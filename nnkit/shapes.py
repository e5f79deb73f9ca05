"""Choosing, reshaping and joining: the gradient goes back to where the element came from."""

import math

import numpy as np

from nnkit.checks import need_one_dtype
from nnkit.tensor import Tensor, as_index, operation


@operation
def _getitem(input, index=None):
    parts = index if isinstance(index, tuple) else (index,)
    lists = any(isinstance(i, np.ndarray | list) for i in parts)  # may name one twice

    def grad(g):
        out = np.zeros_like(input)
        if lists:
            np.add.at(out, index, g)
        else:
            out[index] = g
        return out

    out = input[index]
    if not isinstance(out, np.ndarray):  # NumPy copies a single number; `...` makes it a view
        out = input[(*parts, ...)]
    return out, grad


def getitem(input, index):
    return _getitem(input, index=as_index(index))


def gather(input, dim, index):
    """Along `dim`, the element that `index` names at each place; shapes equal elsewhere."""
    places = list(np.indices(index.shape, sparse=True))
    places[dim] = index.array
    return _getitem(input, index=tuple(places))


@operation
def _reshape(input, shape=None):
    return input.reshape(shape), lambda g: g.reshape(input.shape)


def reshape(input, *shape):
    """The same elements in another shape; one size may be -1, meaning what remains."""
    return _reshape(input, shape=_sizes(shape))


def flatten(input, start_dim=0, end_dim=-1):
    """Join the dimensions from `start_dim` to `end_dim` into one."""
    start, end = start_dim % max(input.ndim, 1), end_dim % max(input.ndim, 1)
    joined = math.prod(input.shape[start : end + 1])
    return _reshape(input, shape=(*input.shape[:start], joined, *input.shape[end + 1 :]))


@operation
def _permute(input, dims=None):
    back = tuple(np.argsort(dims))
    return input.transpose(dims), lambda g: g.transpose(back)


def permute(input, *dims):
    """The dimensions in another order."""
    return _permute(input, dims=tuple(d % input.ndim for d in _sizes(dims)))


@operation
def transpose(input, dim0, dim1):
    """Swap two dimensions."""
    return np.swapaxes(input, dim0, dim1), lambda g: np.swapaxes(g, dim0, dim1)


@operation
def squeeze(input, dim=None):
    """Drop dimensions of size 1: all, or `dim` if its size is 1."""
    if dim is not None and input.shape[dim] != 1:
        return input, lambda g: g
    return np.squeeze(input, axis=dim), lambda g: g.reshape(input.shape)


@operation
def unsqueeze(input, dim):
    """Add a dimension of size 1 at position `dim`."""
    return np.expand_dims(input, dim), lambda g: g.reshape(input.shape)


@operation
def expand(input, *shape):
    """Repeat along dimensions of size 1 without copying; -1 keeps a size."""
    sizes = _sizes(shape)
    kept = (1,) * (len(sizes) - input.ndim) + input.shape
    sizes = tuple(k if n == -1 else n for n, k in zip(sizes, kept, strict=True))
    return np.broadcast_to(input, sizes), lambda g: g


@operation
def _cat(*arrays, dim=0):
    ends = np.cumsum([a.shape[dim] for a in arrays])[:-1]

    def part(i):
        return lambda g: np.split(g, ends, axis=dim)[i]

    return np.concatenate(arrays, axis=dim), *(part(i) for i in range(len(arrays)))


def cat(tensors, dim=0):
    """Join tensors along an existing dimension."""
    return _cat(*tensors, dim=dim)


def stack(tensors, dim=0):
    """Join tensors of one shape along a new dimension."""
    return _cat(*(unsqueeze(t, dim) for t in tensors), dim=dim)


@operation
def _einsum(*arrays, equation=""):
    inputs, _, output = equation.partition("->")
    terms = inputs.split(",")
    for array in arrays:
        need_one_dtype("einsum", arrays[0], array)

    def grad(i):
        """The gradient is an einsum too: the output takes the place of the input asked for."""
        other_terms, others = terms[:i] + terms[i + 1 :], arrays[:i] + arrays[i + 1 :]
        seen = set(output).union(*other_terms)
        kept = "".join(c for c in terms[i] if c in seen)
        lost = tuple(k for k, c in enumerate(terms[i]) if c not in seen)  # summed over: repeat

        def pull_back(g):
            out = np.einsum(f"{','.join([output, *other_terms])}->{kept}", g, *others)
            return np.broadcast_to(np.expand_dims(out, lost), arrays[i].shape)

        return pull_back

    return np.einsum(equation, *arrays), *(grad(i) for i in range(len(arrays)))


def einsum(equation, *operands):
    """Sum of products, in index notation: `einsum("ij,jk->ik", a, b)` is `a @ b`.

    The output must be written out (`->`); no letter twice in one input, and no `...`.
    """
    equation = equation.replace(" ", "")
    terms = equation.partition("->")[0].split(",")
    if "->" not in equation or "." in equation or any(len(set(t)) < len(t) for t in terms):
        raise ValueError(f"einsum(): write the output after '->', no letter twice: {equation!r}")
    return _einsum(*operands, equation=equation)


def _sizes(shape):
    return tuple(shape[0]) if len(shape) == 1 and isinstance(shape[0], tuple | list) else shape


for _op in (gather, reshape, flatten, permute, transpose, squeeze, unsqueeze, expand):
    setattr(Tensor, _op.__name__, _op)
Tensor.__getitem__ = getitem
Tensor.view = reshape
Tensor.T = property(lambda self: permute(self, *reversed(range(self.ndim))))

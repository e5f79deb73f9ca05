"""Choosing, reshaping and joining: the gradient goes back to where the element came from."""

import numpy as np

from nnkit.tensor import Tensor, as_index, operation


@operation
def _getitem(x, index=None):
    parts = index if isinstance(index, tuple) else (index,)
    lists = any(isinstance(i, np.ndarray | list) for i in parts)  # may name one twice

    def grad(g):
        out = np.zeros_like(x)
        if lists:
            np.add.at(out, index, g)
        else:
            out[index] = g
        return out

    return x[index], grad


def getitem(x, index):
    return _getitem(x, index=as_index(index))


def gather(input, dim, index):
    """Along `dim`, the element that `index` names at each place; shapes equal elsewhere."""
    places = list(np.indices(index.shape, sparse=True))
    places[dim] = index.array
    return _getitem(input, index=tuple(places))


@operation
def _reshape(x, shape=None):
    return x.reshape(shape), lambda g: g.reshape(x.shape)


def reshape(x, *shape):
    """The same elements in another shape; one size may be -1, meaning what remains."""
    return _reshape(x, shape=_sizes(shape))


def flatten(x, start_dim=0, end_dim=-1):
    """Join the dimensions from `start_dim` to `end_dim` into one."""
    start, end = start_dim % max(x.ndim, 1), end_dim % max(x.ndim, 1)
    return _reshape(x, shape=(*x.shape[:start], -1, *x.shape[end + 1 :]))


@operation
def _permute(x, dims=None):
    back = tuple(np.argsort(dims))
    return x.transpose(dims), lambda g: g.transpose(back)


def permute(x, *dims):
    """The dimensions in another order."""
    return _permute(x, dims=tuple(d % x.ndim for d in _sizes(dims)))


def transpose(input, dim0, dim1):
    """Swap two dimensions."""
    dims = list(range(input.ndim))
    dims[dim0], dims[dim1] = dims[dim1], dims[dim0]
    return _permute(input, dims=tuple(dims))


@operation
def squeeze(x, dim=None):
    """Drop dimensions of size 1: all, or `dim` if its size is 1."""
    if dim is not None and x.shape[dim] != 1:
        return x, lambda g: g
    return np.squeeze(x, axis=dim), lambda g: g.reshape(x.shape)


@operation
def unsqueeze(x, dim):
    """Add a dimension of size 1 at position `dim`."""
    return np.expand_dims(x, dim), lambda g: g.reshape(x.shape)


@operation
def expand(x, *shape):
    """Repeat along dimensions of size 1 without copying; -1 keeps a size."""
    sizes = _sizes(shape)
    kept = (1,) * (len(sizes) - x.ndim) + x.shape
    sizes = tuple(k if n == -1 else n for n, k in zip(sizes, kept, strict=True))
    return np.broadcast_to(x, sizes), lambda g: g


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


def einsum(equation, *tensors):
    """Sum of products, in index notation: `einsum("ij,jk->ik", a, b)` is `a @ b`.

    The output must be written out (`->`); no letter twice in one input, and no `...`.
    """
    equation = equation.replace(" ", "")
    terms = equation.partition("->")[0].split(",")
    if "->" not in equation or "." in equation or any(len(set(t)) < len(t) for t in terms):
        raise ValueError(f"einsum(): write the output after '->', no letter twice: {equation!r}")
    return _einsum(*tensors, equation=equation)


def _sizes(shape):
    return tuple(shape[0]) if len(shape) == 1 and isinstance(shape[0], tuple | list) else shape


for _op in (gather, reshape, flatten, permute, transpose, squeeze, unsqueeze, expand):
    setattr(Tensor, _op.__name__, _op)
Tensor.__getitem__ = getitem
Tensor.view = reshape
Tensor.T = property(lambda self: permute(self, *reversed(range(self.ndim))))

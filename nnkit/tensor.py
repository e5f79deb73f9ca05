"""A Tensor is an array that remembers how it was computed, so that `backward()` can find gradients.

The whole mechanism is in this file. The operations, each beside its derivative, are in `ops.py`,
`shapes.py`, `activations.py`, `layers.py` and `functional.py`.
An operation leaves in its result one *edge* for each input that needs a gradient: the input, and
the function that pulls a gradient from the result back to that input. `backward()` walks the edges
from the newest tensor to the oldest and adds up what arrives (reverse-mode automatic
differentiation; Baydin et al. 2018, "Automatic differentiation in machine learning: a survey").
Names, arguments and results are PyTorch's; only first derivatives are computed.
"""

import contextvars
import functools
import inspect
import itertools
import operator
import threading

import numpy as np

from nnkit.checks import explain

float32, float64 = np.dtype("float32"), np.dtype("float64")
int64, bool_ = np.dtype("int64"), np.dtype("bool")

# Divergence is something to look at, not an error: inf and nan flow silently through this package.
quietly = np.errstate(all="ignore")

# Freed once, a large block (never touched) tells Linux's malloc to keep freed memory for the next
# arrays instead of giving it back after every step: large batches train several times faster.
np.empty(31 << 20, np.uint8)

_new_order = itertools.count(1).__next__
_FREED = ((None, None),)


class _ThreadState(threading.local):
    """Whether operations are recorded, and a context in which NumPy does not warn: running a
    function in it costs a small part of what entering `np.errstate` each time would."""

    recording = True

    def __init__(self):
        self.quiet_context = contextvars.Context()
        self.quiet_context.run(np.seterr, all="ignore")


_thread = _ThreadState()


class no_grad:
    """Inside `with no_grad():`, or a function decorated with it, nothing is recorded."""

    _recording = False

    def __new__(cls, orig_func=None):  # `@no_grad` decorates just as `@no_grad()`
        self = super().__new__(cls)
        return self if orig_func is None else self(orig_func)

    def __enter__(self):
        self._before, _thread.recording = _thread.recording, self._recording

    def __exit__(self, *_):
        _thread.recording = self._before

    def __call__(self, function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            with type(self)():
                return function(*args, **kwargs)

        return wrapper


class enable_grad(no_grad):
    """Record again, inside a `no_grad()` block."""

    _recording = True


def is_grad_enabled():
    """Whether operations are being recorded now."""
    return _thread.recording


class Tensor:
    """Numbers in a grid of any number of dimensions, with a gradient of the same shape.

    `array` holds the values (a NumPy array; PyTorch has no such attribute), `grad` the gradient
    after `backward()`, or None. `Tensor(array)` shares the array's memory; `tensor(data)` copies.
    """

    grad = None
    requires_grad = False
    _edges = ()
    _order = 0  # age: results are numbered as they are made
    _retains_grad = False
    __array_ufunc__ = None  # `array * tensor` asks Tensor, not NumPy
    __hash__ = object.__hash__

    def __init__(self, data=(), requires_grad=False):
        self.array = data if isinstance(data, np.ndarray | np.generic) else np.array(data, float32)
        if requires_grad:
            self.requires_grad_()

    # Looking at a tensor

    shape = property(lambda self: self.array.shape)
    dtype = property(lambda self: self.array.dtype)
    ndim = property(lambda self: self.array.ndim)
    is_leaf = property(lambda self: not self._edges)

    def dim(self):
        return self.array.ndim

    def size(self, dim=None):
        return self.array.shape if dim is None else self.array.shape[dim]

    def numel(self):
        return self.array.size

    def __len__(self):
        if not self.array.ndim:
            raise TypeError("len() of a 0-d tensor: a single number has no length")
        return len(self.array)

    def __iter__(self):
        return (self[i] for i in range(len(self)))

    def item(self):
        """The value of a one-element tensor as a Python number."""
        if self.array.size != 1:
            raise RuntimeError(f"item() needs a tensor with one element, got shape {self.shape}")
        return self.array.item()

    def numpy(self):
        """The values as a NumPy array that shares memory with the tensor."""
        if self.requires_grad:
            raise RuntimeError("numpy() on a tensor that requires grad: use x.detach().numpy()")
        return np.asarray(self.array)

    def __array__(self, dtype=None, copy=None):
        return np.array(self.numpy(), dtype=dtype, copy=copy)

    def tolist(self):
        return self.array.tolist()

    def __float__(self):
        return float(self.item())

    def __int__(self):
        return int(self.item())

    def __index__(self):
        return operator.index(self.item())

    def __bool__(self):
        if self.array.size != 1:
            raise RuntimeError(
                f"the truth of a tensor of shape {self.shape} is ambiguous: use .all() or .any()"
            )
        return bool(self.array.item())

    def __format__(self, spec):
        return format(self.array.item(), spec) if not self.ndim else super().__format__(spec)

    def __repr__(self):
        values = np.array2string(
            np.asarray(self.array), precision=4, separator=", ", prefix="tensor(", threshold=1000,
            floatmode="maxprec_equal",
        )  # fmt: skip
        notes = [] if self.dtype in (float32, int64, bool_) else [f"dtype={self.dtype}"]
        if self._edges is _FREED:
            notes.append("grad_fn=<freed>")
        elif self._edges:
            notes.append(f"grad_fn=<{self._edges[0][1].__qualname__.split('.')[0].strip('_')}>")
        elif self.requires_grad:
            notes.append("requires_grad=True")
        return f"tensor({', '.join([values, *notes])})"

    # Leaving the graph, and changing values in place

    def detach(self):
        """The same values, in the same memory, without history and without gradient."""
        self.array = np.asarray(self.array)  # a NumPy scalar can't be shared
        return Tensor(self.array)

    @property
    def data(self):
        """As `detach()`. Prefer `no_grad()`: what is changed through `data` goes unseen."""
        return self.detach()

    @data.setter
    def data(self, new):
        self.array = new.array

    def requires_grad_(self, requires_grad=True):
        """Ask for (or no longer ask for) the gradient of this tensor; returns the tensor."""
        if requires_grad and self.array.dtype.kind != "f":
            raise RuntimeError(
                f"only float32 and float64 tensors can require gradients, got {self.dtype}"
            )
        if self._edges and not requires_grad:
            raise RuntimeError("requires_grad_(False) on a result: use detach()")
        self.requires_grad = requires_grad
        return self

    def retain_grad(self):
        """Keep the gradient of this intermediate result too, not only those of the leaves."""
        if not self.requires_grad:
            raise RuntimeError("retain_grad(): this tensor does not require grad")
        self._retains_grad = True

    def _must_record_in_place(self, *others):
        """True if a change in place must be recorded; raises where PyTorch refuses it."""
        if not _thread.recording:
            return False
        if self.requires_grad and not self._edges:
            raise RuntimeError(
                "a leaf tensor that requires grad is being changed in place: "
                "put the update inside `with no_grad():`"
            )
        return self.requires_grad or any(isinstance(x, Tensor) and x.requires_grad for x in others)

    def _refuse_recorded_write(self, value):
        if self._must_record_in_place(value):
            raise RuntimeError(
                "gradients can't flow through writing into a tensor: use where(), cat() or stack()"
            )

    def copy_(self, src):
        """Overwrite the values with those of `src` (a tensor or a number, broadcast)."""
        self._refuse_recorded_write(src)
        self.array = np.asarray(self.array)
        self.array[...] = src.array if isinstance(src, Tensor) else src
        return self

    def fill_(self, value):
        return self.copy_(value)

    def zero_(self):
        return self.copy_(0)

    def __setitem__(self, index, value):
        self._refuse_recorded_write(value)
        self.array[as_index(index)] = value.array if isinstance(value, Tensor) else value

    # Gradients

    @quietly
    def backward(self, gradient=None, retain_graph=None):
        """Add d(self)/d(leaf) to the `grad` of every leaf that requires it.

        `gradient` is the gradient of the final quantity with respect to this tensor, same shape;
        it may be left out for a single number (it is 1). The graph is freed on the way unless
        `retain_graph` is true.
        """
        if not self.requires_grad:
            raise RuntimeError(
                "backward(): this tensor does not require grad; was it computed from a tensor with "
                "requires_grad=True, outside no_grad()?"
            )
        pending = {self: _first_gradient(self, gradient)}
        for node in _newest_first(self):
            upstream, edges = pending.pop(node), node._edges
            if not edges or node._retains_grad:
                _accumulate(node, upstream, True)
            for source, pull_back in edges:
                gradient, array = pull_back(upstream), source.array
                if gradient.shape != array.shape:
                    gradient = _undo_broadcast(gradient, array.shape)
                if gradient.dtype is not array.dtype:
                    gradient = gradient.astype(array.dtype)
                if not source._edges:
                    _accumulate(source, gradient, gradient is upstream)
                elif source in pending:
                    pending[source] = pending[source] + gradient
                else:
                    pending[source] = gradient
            if edges and not retain_graph:
                node._edges = _FREED


def _first_gradient(root, gradient):
    if gradient is None:
        if root.array.size != 1:
            raise RuntimeError(
                f"backward() of a tensor of shape {root.shape}: reduce it to one number first "
                "(sum, mean, a loss), or pass gradient="
            )
        return np.ones(root.shape, root.dtype)
    if not isinstance(gradient, Tensor) or gradient.shape != root.shape:
        kind = getattr(gradient, "shape", type(gradient).__name__)
        raise RuntimeError(f"gradient: expected a tensor of shape {root.shape}, got {kind}")
    return gradient.array.astype(root.dtype)


def _newest_first(root):
    """`root` and all results that it was computed from, each before its inputs.

    A result is always made after its inputs, so sorting by age is a topological order. No
    recursion: a chain of 100 000 operations is as safe as one of three.
    """
    nodes, seen = [root], {root}
    for node in nodes:  # the list grows while we walk it
        if node._edges is _FREED:
            raise RuntimeError(
                "backward() a second time through the same graph: compute the loss again, or pass "
                "retain_graph=True the first time"
            )
        for source, _ in node._edges:
            if source._edges and source not in seen:
                seen.add(source)
                nodes.append(source)
    nodes.sort(key=_age, reverse=True)
    return nodes


_age = operator.attrgetter("_order")


def _accumulate(tensor, gradient, shared):
    """Add to `tensor.grad`, whose memory nothing else may use."""
    if tensor.grad is not None:
        tensor.grad.array = operator.iadd(tensor.grad.array, gradient)
        return
    if shared or gradient.base is not None:
        gradient = gradient.copy()
    tensor.grad = Tensor(gradient)


def _undo_broadcast(gradient, shape):
    """Sum over the axes along which a value of this shape was repeated."""
    added = gradient.ndim - len(shape)
    stretched = [added + i for i, n in enumerate(shape) if n == 1 != gradient.shape[added + i]]
    return gradient.sum(axis=(*range(added), *stretched)).reshape(shape)


def operation(forward):
    """Make an operation on tensors out of a function on arrays.

    `forward(*arrays, **options)` returns the result, followed by one function for each input that
    can have a gradient: from the gradient at the result to the gradient at that input. Such a
    function may return a larger shape (broadcasting is undone by `backward`) and may return its
    argument, but must not return an array that it keeps. Inputs may also be Python numbers.
    """
    name = forward.__name__.strip("_")
    arguments = list(inspect.signature(forward).parameters)

    @functools.wraps(forward)
    def apply(*inputs, **options):
        if options:
            inputs = _named_too(inputs, options, arguments)
        arrays = [x.array if isinstance(x, Tensor) else x for x in inputs]
        try:
            returned = iter(_thread.quiet_context.run(forward, *arrays, **options))
        except (ValueError, TypeError, IndexError) as error:
            raise explain(error, name, inputs) from None
        result = Tensor.__new__(Tensor)
        result.array = array = next(returned)
        if array.dtype is float64 and "dtype" not in options:
            _match_float_width(result, inputs)
        if _thread.recording:
            edges = []
            for edge in zip(inputs, returned, strict=False):
                if isinstance(edge[0], Tensor) and edge[0].requires_grad:
                    edges.append(edge)
            if edges:
                result.requires_grad = True
                result._edges = edges
                result._order = _new_order()
        return result

    return apply


def _named_too(inputs, options, arguments):
    """The inputs, with tensors that were passed by name taken out of the options."""
    for name in arguments[len(inputs) :]:
        if not isinstance(options.get(name), Tensor):
            break
        inputs += (options.pop(name),)
    return inputs


def _match_float_width(result, inputs):
    """NumPy answers float64 where PyTorch stays with float32: integers that meet floats or are
    divided, and float64 tensors of 0 dimensions that meet float32 tensors of more."""
    tensors = [x for x in inputs if isinstance(x, Tensor | np.ndarray)]
    if not tensors or any(x.dtype != float64 for x in tensors):
        floats = [x for x in tensors if x.dtype.kind == "f"]
        widest = [x.dtype for x in floats if x.ndim] or [x.dtype for x in floats]
        result.array = result.array.astype(max(widest, default=float32))


def as_index(index):
    """An index in which tensors are replaced by their arrays."""
    if isinstance(index, tuple):
        return tuple(i.array if isinstance(i, Tensor) else i for i in index)
    return index.array if isinstance(index, Tensor) else index

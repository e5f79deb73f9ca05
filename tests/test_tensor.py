"""Tensors: broadcasting, dtypes, views, creation, and clear refusals; see test_backward.py."""

import copy
import pickle
import threading
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import nnkit
from nnkit.gradcheck import gradcheck


def leaf(data):
    return nnkit.tensor(data, requires_grad=True)


def test_the_public_surface_is_what_all_says():
    assert nnkit.__all__ == sorted(nnkit.__all__)
    assert all(hasattr(nnkit, name) for name in nnkit.__all__)


# Broadcasting and reductions, for any shapes

shapes = hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=3)


@settings(max_examples=60, deadline=None)
@given(shapes, st.sampled_from(["add", "sub", "mul", "div", "maximum"]), st.integers(0, 99))
def test_broadcasting_is_undone(shapes, name, seed):
    rng = np.random.default_rng(seed)
    a, b = (leaf(np.asarray(rng.uniform(1, 2, shape))) for shape in shapes.input_shapes)
    op = getattr(nnkit, name)
    assert op(a, b).shape == shapes.result_shape
    result = gradcheck(op, (a, b))
    assert result, result


@settings(max_examples=60, deadline=None)
@given(st.data(), st.sampled_from(["sum", "mean", "logsumexp", "max", "min"]), st.booleans())
def test_reductions_match_numpy_and_their_slopes(data, name, keepdim):
    shape = data.draw(hnp.array_shapes(max_dims=3, max_side=4))
    dim = data.draw(st.integers(-len(shape), len(shape) - 1))
    x = leaf(np.random.default_rng(0).permutation(np.arange(float(np.prod(shape)))).reshape(shape))

    def reduce(t):
        out = getattr(t, name)(dim, keepdim)
        return out.values if name in ("max", "min") else out

    exact = getattr(np, name, lambda a, **k: np.log(np.sum(np.exp(a), **k)))
    expected = exact(x.detach().numpy(), axis=dim, keepdims=keepdim)
    np.testing.assert_allclose(reduce(x).detach().numpy(), expected)
    result = gradcheck(reduce, x)
    assert result, result


# Numbers, types, views


@pytest.mark.parametrize(
    ("make", "dtype"),
    [
        (lambda: nnkit.tensor(1.5), "float32"),
        (lambda: nnkit.tensor([1, 2]), "int64"),
        (lambda: nnkit.tensor([True]), "bool"),
        (lambda: nnkit.tensor(np.ones(2)), "float64"),
        (lambda: nnkit.tensor([1, 2]) / 2, "float32"),
        (lambda: nnkit.tensor([1, 2]) * 2.5, "float32"),
        (lambda: nnkit.tensor([1, 2]).exp(), "float32"),
        (lambda: nnkit.tensor([1, 2]) * nnkit.ones(2), "float32"),
        (lambda: nnkit.ones(2) * np.float64(3), "float32"),
        (lambda: np.float64(3) * nnkit.ones(2), "float32"),
        (lambda: nnkit.ones(2) * nnkit.tensor(np.float64(3)), "float32"),
        (lambda: nnkit.ones(2) * nnkit.ones(2).double(), "float64"),
        (lambda: nnkit.tensor([1, 2]).double(), "float64"),
        (lambda: nnkit.tensor([1, 2]).sum(), "int64"),
        (lambda: nnkit.arange(3), "int64"),
        (lambda: nnkit.arange(0, 1, 0.25), "float32"),
        (lambda: nnkit.ones(2) > 0, "bool"),
    ],
)
def test_types_are_pytorchs(make, dtype):
    assert make().dtype == dtype


def test_gradient_has_the_type_of_its_tensor():
    x = leaf([1.0, 2.0])
    (x.double() * nnkit.tensor(np.ones(2))).sum().backward()
    assert x.grad.dtype == nnkit.float32


@pytest.mark.parametrize(
    ("tensor", "text"),
    [
        (lambda: nnkit.tensor([1.0, 2.5]), "tensor([1.0, 2.5])"),
        (lambda: nnkit.tensor(3), "tensor(3)"),
        (lambda: leaf(2.0), "tensor(2., requires_grad=True)"),
        (lambda: leaf(2.0) * 3, "tensor(6., grad_fn=<mul>)"),
        (lambda: nnkit.ones(1).double(), "tensor([1.], dtype=float64)"),
        (lambda: leaf([1.0, 2.0])[0], "tensor(1., grad_fn=<getitem>)"),
    ],
)
def test_repr_tells_values_type_and_origin(tensor, text):
    assert repr(tensor()) == text


def test_python_conversions():
    t = nnkit.tensor([[1.5, 2.0]])
    assert f"{t[0, 0]:.2f}" == "1.50" and float(t[0, 1]) == 2 and int(t[0, 1]) == 2
    assert [1, 2, 3][nnkit.tensor(1)] == 2 and bool(nnkit.tensor([0.0])) is False
    assert len(t) == 1 and [row.tolist() for row in t] == [[1.5, 2.0]]
    assert np.asarray(t).tolist() == [[1.5, 2.0]] and t.numpy() is t.array
    assert t.size() == t.shape == (1, 2) and t.size(1) == 2 and t.numel() == 2 and t.dim() == 2


def test_copies_and_pickles_are_equal_and_independent():
    x = leaf([1.0, 2.0])
    for twin in (copy.deepcopy(x), pickle.loads(pickle.dumps(x))):
        assert twin.tolist() == [1, 2] and twin.requires_grad
        assert not np.shares_memory(twin.array, x.array)


def test_in_place_on_a_leaf_needs_no_grad():
    w = leaf([1.0, 2.0])
    memory = w.array
    for change in (lambda: w.zero_(), lambda: w.__setitem__(0, 5.0), lambda: w.__iadd__(1)):
        with pytest.raises(RuntimeError, match="no_grad"):
            change()
    with nnkit.no_grad():
        w -= 0.5
        w[0] = 9
    assert w.tolist() == [9, 1.5] and w.array is memory and w.requires_grad


def test_in_place_on_a_result_is_recorded():
    w = leaf([1.0, 2.0])
    total = nnkit.zeros(())
    for _ in range(3):
        total += (w * w).sum()
    total.backward()
    assert w.grad.tolist() == [6, 12]
    with pytest.raises(RuntimeError, match="where"):
        nnkit.zeros(2)[0] = w[0]


def test_views_share_memory_and_detach_too():
    x = nnkit.zeros(2, 3)
    x.view(6)[0] = 5
    x.detach()[1, 2] = 7
    x.data.T[1, 0] = 3
    assert x.tolist() == [[5, 3, 0], [0, 0, 7]]
    x.data = nnkit.ones(1)
    assert x.tolist() == [1]


def test_max_names_its_parts_and_ties():
    t = leaf([[1.0, 3.0, 3.0]])
    values, indices = t.max(dim=1)
    assert values.tolist() == [3] and indices.tolist() == [1]
    t.max().backward()
    assert t.grad.tolist() == [[0, 0.5, 0.5]]


def test_divergence_is_data():
    """inf and nan come without warnings, forward, backward and in place, in any thread."""

    def diverge():
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            w = leaf([1e30, -1e30])
            optimizer = nnkit.optim.SGD([w], lr=1e30)
            for _ in range(3):
                optimizer.zero_grad()
                loss = (w**4).sum() + w.exp().sum() + w.log().sum() + (1 / (w - w)).sum()
                loss.backward()
                optimizer.step()
            w.grad *= 1e38
            outcomes.append(not np.isfinite(loss.item()))

    outcomes = []
    diverge()
    thread = threading.Thread(target=diverge)
    thread.start()
    thread.join()
    assert outcomes == [True, True]
    with pytest.warns(RuntimeWarning):
        np.array([1.0]) / np.array([0.0])  # the learner's own NumPy still warns


@pytest.mark.parametrize(
    ("act", "error", "words"),
    [
        (lambda: nnkit.ones(5, 3) @ nnkit.ones(4, 2), RuntimeError,
         r"mat1 and mat2 shapes cannot be multiplied \(5x3 and 4x2\)"),
        (lambda: nnkit.ones(2, 3) @ nnkit.ones(3, 2).double(), RuntimeError, "float32 and float64"),
        (lambda: nnkit.ones(3) + nnkit.ones(2), RuntimeError, r"add\(\).*\(3,\) \(2,\)"),
        (lambda: nnkit.ones(3) + "a", TypeError, "tensors or numbers, got str"),
        (lambda: nnkit.ones(3) * None, TypeError, "got NoneType"),
        (lambda: nnkit.ones(3) < nnkit.ones(2), RuntimeError, r"lt\(\).*\(3,\) \(2,\)"),
        (lambda: nnkit.ones(3)[5], IndexError, "index 5 is out of bounds"),
        (lambda: nnkit.ones(3).sum(2), IndexError, "axis 2 is out of bounds"),
        (lambda: nnkit.ones(6).reshape(4, 2), RuntimeError, "size 6 into shape"),
        (lambda: nnkit.arange(3).mean(), RuntimeError, r"int64; use \.float\(\)"),
        (lambda: nnkit.tensor([[1], [2, 3]]), ValueError, "regular grid"),
        (lambda: nnkit.tensor(["a"]), TypeError, "must be numbers"),
        (lambda: nnkit.tensor([1, 2], requires_grad=True), RuntimeError, "int64"),
        (lambda: nnkit.ones(2).backward(), RuntimeError, "does not require grad"),
        (lambda: leaf([1.0, 2.0]).backward(), RuntimeError, "reduce it to one number"),
        (lambda: leaf(1.0).backward(nnkit.ones(2)), RuntimeError, r"of shape \(\), got \(2,\)"),
        (lambda: leaf(1.0).backward(1.0), RuntimeError, r"of shape \(\), got float"),
        (lambda: (leaf(1.0) * 2).requires_grad_(False), RuntimeError, r"use detach\(\)"),
        (lambda: nnkit.where(nnkit.ones(2), 1, 0), RuntimeError, "must be bool.*float32"),
        (lambda: nnkit.ones(2).clamp(), RuntimeError, "min, max or both"),
        (lambda: nnkit.ones(2, 3).transpose(0, 2), IndexError, r"transpose\(\).*out of bounds"),
        (lambda: nnkit.einsum("i,i->", nnkit.ones(2), nnkit.ones(2).double()), RuntimeError,
         "float32 and float64"),
        (lambda: nnkit.ones(2).retain_grad(), RuntimeError, "retain_grad"),
        (lambda: leaf(1.0).numpy(), RuntimeError, "detach"),
        (lambda: nnkit.ones(2).item(), RuntimeError, r"one element, got shape \(2,\)"),
        (lambda: bool(nnkit.ones(2)), RuntimeError, r"\.all\(\)"),
        (lambda: len(nnkit.tensor(1)), TypeError, "0-d"),
        (lambda: nnkit.einsum("ij,jk", nnkit.ones(2, 2), nnkit.ones(2, 2)), ValueError, "->"),
        (lambda: nnkit.from_numpy([1]), TypeError, "got list"),
        (lambda: nnkit.rand(2, generator=7), TypeError, "manual_seed"),
        (lambda: nnkit.cat([nnkit.ones(2), nnkit.ones(2, 2)]), RuntimeError, r"cat\(\)"),
    ],
)  # fmt: skip
def test_refusals_name_what_was_wrong(act, error, words):
    with pytest.raises(error, match=words):
        act()


# New tensors


def test_creation():
    assert nnkit.zeros(2, 3).shape == nnkit.zeros((2, 3)).shape == (2, 3)
    assert nnkit.full((2,), 7.0).tolist() == [7, 7] and nnkit.eye(2).tolist() == [[1, 0], [0, 1]]
    assert nnkit.full((2,), 7).dtype == nnkit.int64
    assert nnkit.arange(1, 6, 2).tolist() == [1, 3, 5]
    assert nnkit.linspace(0, 1, 3).tolist() == [0, 0.5, 1]
    assert nnkit.ones_like(nnkit.zeros(2)).tolist() == [1, 1]
    rows, columns = nnkit.meshgrid(nnkit.arange(2), nnkit.arange(3), indexing="ij")
    assert rows.shape == columns.shape == (2, 3) and columns[0].tolist() == [0, 1, 2]
    array = np.zeros(2)
    nnkit.from_numpy(array)[0] = 1
    nnkit.as_tensor(array)[1] = 2
    nnkit.tensor(array)[0] = 99
    assert array.tolist() == [1, 2]


@pytest.mark.parametrize(
    "draw",
    [
        lambda g: nnkit.rand(3, 2, generator=g),
        lambda g: nnkit.randn(3, 2, generator=g),
        lambda g: nnkit.randint(0, 1000, (6,), generator=g),
        lambda g: nnkit.randperm(50, generator=g),
        lambda g: nnkit.bernoulli(nnkit.full((60,), 0.5), generator=g),
    ],
)
def test_a_seed_repeats_every_bit(draw):
    one, two = (draw(nnkit.Generator().manual_seed(3)) for _ in range(2))
    assert one.array.tobytes() == two.array.tobytes() != draw(nnkit.Generator(4)).array.tobytes()
    nnkit.manual_seed(5)
    first, second = draw(None), draw(None)
    nnkit.manual_seed(5)
    assert first.array.tobytes() == draw(None).array.tobytes() != second.array.tobytes()


def test_clamp_and_masks():
    x = nnkit.tensor([-2.0, 0.5, 3.0, float("nan")])
    assert x.clamp(min=-1, max=1)[:3].tolist() == [-1, 0.5, 1]
    assert x.isnan().tolist() == [False, False, False, True] and not x.isfinite().all()
    assert (x[:3] > 0).any() and (~(x[:3] > 0)).tolist() == [True, False, False]

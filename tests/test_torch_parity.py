"""PyTorch is the oracle: equal values and equal gradients, or where it is absent, differences.

One table holds every operation with the shapes and kinds of numbers it is tried on. A row's
function gets the library (`T`), its `functional` (`F`) and tensors; the same function runs on both.
"""

import contextlib
import inspect
import re
import warnings

import numpy as np
import pytest

import nnkit
import nnkit.functional as F
from nnkit.gradcheck import gradcheck

try:
    import torch
    import torch.nn.functional as torch_functional
except ImportError:
    torch = None
needs_torch = pytest.mark.skipif(torch is None, reason="PyTorch, the oracle, is not installed")


def draw(shape, kind, seed):
    """Numbers for one input: any, positive, probabilities, with ties and zeros, or labels."""
    rng = np.random.default_rng(seed)
    if kind == "labels":
        return rng.integers(0, 3, shape)
    x = rng.normal(size=shape)
    return {
        "any": lambda: x,
        "large": lambda: 5 * x,
        "positive": lambda: np.abs(x) + 0.5,
        "unit": lambda: rng.uniform(0.05, 0.95, shape),
        "ties": lambda: np.round(x),
        "rows": lambda: np.exp(x) / np.exp(x).sum(axis=1, keepdims=True),
    }[kind]()


# name: (function, shapes, kinds); a single kind holds for all inputs
OPERATIONS = {
    "add": (lambda T, F, x, y: x + y, [(3, 4), (4,)], "any"),
    "add number": (lambda T, F, x: 2 + x + 3.5, [(3, 4)], "any"),
    "sub": (lambda T, F, x, y: x - y, [(3, 1), (1, 4)], "any"),
    "rsub": (lambda T, F, x: 1 - x, [(3,)], "any"),
    "mul": (lambda T, F, x, y: x * y, [(2, 1, 3), (4, 1)], "any"),
    "mul scalar tensor": (lambda T, F, x, y: x * y, [(2, 3), ()], "any"),
    "div": (lambda T, F, x, y: x / y, [(3, 4), (3, 1)], "positive"),
    "rdiv": (lambda T, F, x: 2 / x, [(3, 4)], "positive"),
    "pow 2": (lambda T, F, x: x**2, [(3, 4)], "any"),
    "pow 0": (lambda T, F, x: x**0, [(5,)], "ties"),
    "pow -1.5": (lambda T, F, x: x**-1.5, [(3,)], "positive"),
    "pow tensor": (lambda T, F, x, y: x**y, [(3, 4), (4,)], "positive"),
    "number pow": (lambda T, F, x: 2**x, [(3, 4)], "any"),
    "neg": (lambda T, F, x: -x, [(3,)], "any"),
    "same twice": (lambda T, F, x: x * x + x / (x + 9), [(3, 4)], "any"),
    "matmul": (lambda T, F, x, y: x @ y, [(3, 4), (4, 2)], "any"),
    "matrix vector": (lambda T, F, x, y: x @ y, [(3, 4), (4,)], "any"),
    "vector matrix": (lambda T, F, x, y: x @ y, [(4,), (4, 2)], "any"),
    "dot": (lambda T, F, x, y: x @ y, [(4,), (4,)], "any"),
    "matmul batch": (lambda T, F, x, y: x @ y, [(5, 3, 4), (4, 2)], "any"),
    "matmul broadcast": (lambda T, F, x, y: x @ y, [(5, 1, 3, 4), (2, 4, 2)], "any"),
    "batch vector": (lambda T, F, x, y: x @ y, [(5, 3, 4), (4,)], "any"),
    "vector batch": (lambda T, F, x, y: x @ y, [(4,), (5, 4, 2)], "any"),
    "exp": (lambda T, F, x: x.exp(), [(3, 4)], "any"),
    "log": (lambda T, F, x: T.log(x), [(3, 4)], "positive"),
    "sqrt": (lambda T, F, x: x.sqrt(), [()], "positive"),
    "sin cos": (lambda T, F, x: T.sin(x) * T.cos(x), [(3, 4)], "any"),
    "abs": (lambda T, F, x: x.abs(), [(3, 4)], "ties"),
    "clamp": (lambda T, F, x: x.clamp(-1, 1), [(30,)], "ties"),
    "clamp min": (lambda T, F, x: x.clamp(min=0.5), [(3, 4)], "any"),
    "sign": (lambda T, F, x: x.sign() * x, [(30,)], "ties"),
    "maximum": (lambda T, F, x, y: T.maximum(x, y), [(6, 5), (5,)], "ties"),
    "minimum": (lambda T, F, x, y: T.minimum(x, y), [(6, 5), (6, 1)], "ties"),
    "where": (lambda T, F, x, y: T.where(x > y, x, 2 * y), [(6, 5), (5,)], "any"),
    "sum": (lambda T, F, x: x.sum(), [(3, 4)], "any"),
    "sum dim": (lambda T, F, x: x.sum(1), [(3, 4, 2)], "any"),
    "sum dims keepdim": (lambda T, F, x: x.sum(dim=(0, -1), keepdim=True), [(3, 4, 2)], "any"),
    "mean": (lambda T, F, x: x.mean(), [(3, 4)], "any"),
    "mean dim": (lambda T, F, x: x.mean(dim=-1), [(3, 4)], "any"),
    "var": (lambda T, F, x: x.var(dim=0), [(5, 4)], "any"),
    "var correction": (lambda T, F, x: x.var(dim=0, correction=0), [(5, 4)], "any"),
    "std": (lambda T, F, x: x.std(), [(5, 4)], "any"),
    "logsumexp": (lambda T, F, x: T.logsumexp(x, 1), [(3, 4)], "large"),
    "max": (lambda T, F, x: x.max(), [(6, 5)], "ties"),
    "min": (lambda T, F, x: x.min(), [(6, 5)], "ties"),
    "max dim": (lambda T, F, x: x.max(dim=1).values, [(6, 5)], "any"),
    "min dim keepdim": (lambda T, F, x: x.min(dim=0, keepdim=True).values, [(6, 5)], "any"),
    "index": (lambda T, F, x: x[1] * x[-1], [(3, 4)], "any"),
    "slice": (lambda T, F, x: x[::2, 1:], [(5, 4)], "any"),
    "ellipsis None": (lambda T, F, x: x[..., None, 1], [(3, 4)], "any"),
    "index array": (lambda T, F, x: x[T.tensor([0, 2, 2, 0])], [(3, 4)], "any"),
    "index arrays": (lambda T, F, x: x[T.arange(3), T.tensor([1, 0, 3])], [(3, 4)], "any"),
    "index mask": (lambda T, F, x: x[x > 0], [(5, 4)], "any"),
    "gather": (lambda T, F, x: x.gather(1, T.tensor([[0, 0], [2, 1]])), [(2, 3)], "any"),
    "reshape": (lambda T, F, x: x.reshape(2, -1) * 2, [(3, 4)], "any"),
    "view": (lambda T, F, x: x.view((4, 3)), [(3, 4)], "any"),
    "flatten": (lambda T, F, x: T.flatten(x, 1), [(2, 3, 4)], "any"),
    "transpose": (lambda T, F, x: x.transpose(0, 2), [(2, 3, 4)], "any"),
    "T": (lambda T, F, x: x.T @ x, [(3, 4)], "any"),
    "permute": (lambda T, F, x: x.permute(2, 0, -2), [(2, 3, 4)], "any"),
    "squeeze": (lambda T, F, x: x.squeeze(), [(1, 3, 1)], "any"),
    "squeeze dim": (lambda T, F, x: x.squeeze(0).squeeze(1), [(1, 3, 2)], "any"),
    "unsqueeze": (lambda T, F, x: x.unsqueeze(-1) * x, [(4,)], "any"),
    "expand": (lambda T, F, x: x.expand(5, -1, 3) * 2, [(4, 1)], "any"),
    "cat": (lambda T, F, x, y: T.cat([x, y, x], dim=1), [(3, 4), (3, 2)], "any"),
    "stack": (lambda T, F, x, y: T.stack([x, y], dim=1), [(3, 4), (3, 4)], "any"),
    "einsum": (lambda T, F, x, y: T.einsum("ij,kj->ik", x, y), [(3, 4), (2, 4)], "any"),
    "einsum batch": (
        lambda T, F, x, y: T.einsum("bij,bjk->bik", x, y), [(2, 3, 4), (2, 4, 5)], "any",
    ),
    "einsum lost": (lambda T, F, x, y: T.einsum("ijk,i->k", x, y), [(2, 3, 4), (2,)], "any"),
    "einsum one": (lambda T, F, x: T.einsum("ij->j", x), [(3, 4)], "any"),
    "clone to": (lambda T, F, x: x.clone().double().float().double(), [(3,)], "ties"),
    "linear": (lambda T, F, x, w, b: F.linear(x, w, b), [(5, 3), (2, 3), (2,)], "any"),
    "linear 3-D": (lambda T, F, x, w, b: F.linear(x, w, b), [(5, 4, 3), (2, 3), (2,)], "any"),
    "linear 1-D": (lambda T, F, x, w: F.linear(x, w), [(3,), (2, 3)], "any"),
    "relu": (lambda T, F, x: F.relu(x), [(6, 5)], "ties"),
    "leaky_relu": (lambda T, F, x: F.leaky_relu(x, 0.2), [(6, 5)], "ties"),
    "elu": (lambda T, F, x: F.elu(x, alpha=0.7), [(6, 5)], "any"),
    "gelu": (lambda T, F, x: F.gelu(x), [(6, 5)], "any"),
    "gelu tanh": (lambda T, F, x: F.gelu(x, approximate="tanh"), [(6, 5)], "any"),
    "sigmoid": (lambda T, F, x: T.sigmoid(x), [(6, 5)], "large"),
    "tanh": (lambda T, F, x: x.tanh(), [(6, 5)], "any"),
    "softplus": (lambda T, F, x: F.softplus(x, beta=2, threshold=3), [(6, 5)], "any"),
    "logsigmoid": (lambda T, F, x: F.logsigmoid(x), [(6, 5)], "large"),
    "softmax": (lambda T, F, x: F.softmax(x, dim=1), [(6, 5)], "large"),
    "softmax 0": (lambda T, F, x: T.softmax(x, 0), [(2, 3, 2)], "any"),
    "log_softmax": (lambda T, F, x: F.log_softmax(x, dim=-1), [(6, 5)], "large"),
    "mse_loss": (lambda T, F, x, y: F.mse_loss(x, y), [(3, 4), (3, 4)], "any"),
    "mse_loss sum": (lambda T, F, x, y: F.mse_loss(x, y, reduction="sum"), [(3,), (3,)], "any"),
    "l1_loss": (lambda T, F, x, y: F.l1_loss(x, y), [(3, 4), (3, 4)], "ties"),
    "smooth_l1_loss": (lambda T, F, x, y: F.smooth_l1_loss(x, y, beta=0.5), [(3, 4)] * 2, "any"),
    "smooth_l1_loss none": (
        lambda T, F, x, y: F.smooth_l1_loss(x, y, reduction="none", beta=2.0), [(30,)] * 2, "any",
    ),
    "binary_cross_entropy weight": (
        lambda T, F, p, y: F.binary_cross_entropy(
            p, y, weight=T.arange(4).to(p.dtype), reduction="sum"
        ),
        [(3, 4)] * 2, "unit",
    ),
    "binary_cross_entropy": (lambda T, F, p, y: F.binary_cross_entropy(p, y), [(3, 4)] * 2, "unit"),
    "bce with logits": (
        lambda T, F, x, y: F.binary_cross_entropy_with_logits(x, y, reduction="none"),
        [(3, 4)] * 2, ["large", "unit"],
    ),
    "bce pos_weight": (
        lambda T, F, x, y: F.binary_cross_entropy_with_logits(
            x, y, weight=T.arange(4).to(x.dtype), pos_weight=2 + T.arange(4).to(x.dtype)
        ),
        [(3, 4), (3, 4)], ["large", "unit"],
    ),
    "kl_div": (lambda T, F, x, y: F.kl_div(x, y, reduction="batchmean"), [(3, 4)] * 2, "rows"),
    "kl_div none": (lambda T, F, x, y: F.kl_div(x, y, reduction="none"), [(3, 4)] * 2, "rows"),
    "kl_div log_target": (
        lambda T, F, x, y: F.kl_div(x, y, reduction="sum", log_target=True), [(3, 4)] * 2, "any",
    ),
    "cross_entropy": (
        lambda T, F, x, y: F.cross_entropy(x, y), [(6, 3), (6,)], ["large", "labels"],
    ),
    "cross_entropy none": (
        lambda T, F, x, y: F.cross_entropy(x, y, reduction="none"),
        [(6, 3), (6,)], ["any", "labels"],
    ),
    "cross_entropy 1-D": (lambda T, F, x, y: F.cross_entropy(x, y), [(3,), ()], ["any", "labels"]),
    "cross_entropy 4-D": (
        lambda T, F, x, y: F.cross_entropy(x, y, reduction="none"),
        [(2, 3, 2, 4), (2, 2, 4)], ["any", "labels"],
    ),
    "cross_entropy weight": (
        lambda T, F, x, y: F.cross_entropy(x, y, weight=T.tensor([1, 2, 3.5]).to(x.dtype)),
        [(6, 3), (6,)], ["any", "labels"],
    ),
    "cross_entropy 3-D all": (
        lambda T, F, x, y: F.cross_entropy(
            x, y, T.tensor([1, 2, 3.5]).to(x.dtype), ignore_index=0, reduction="none",
            label_smoothing=0.3,
        ),
        [(4, 3, 5), (4, 5)], ["any", "labels"],
    ),
    "cross_entropy ignore": (
        lambda T, F, x, y: F.cross_entropy(x, y, ignore_index=1), [(6, 3), (6,)], ["any", "labels"],
    ),
    "cross_entropy smoothing": (
        lambda T, F, x, y: F.cross_entropy(
            x, y, weight=T.tensor([1, 2, 3.5]).to(x.dtype), ignore_index=2, label_smoothing=0.1
        ),
        [(6, 3), (6,)], ["any", "labels"],
    ),
    "cross_entropy probabilities": (
        lambda T, F, x, y: F.cross_entropy(x, y, label_smoothing=0.2),
        [(6, 3)] * 2, ["any", "rows"],
    ),
    "cross_entropy probabilities 3-D": (
        lambda T, F, x, y: F.cross_entropy(x, y, reduction="none"), [(6, 3, 2)] * 2, "any",
    ),
    "nll_loss": (
        lambda T, F, x, y: F.nll_loss(x, y, weight=T.tensor([1, 2, 3.5]).to(x.dtype)),
        [(6, 3), (6,)], ["any", "labels"],
    ),
    "nll_loss 3-D": (
        lambda T, F, x, y: F.nll_loss(x, y, ignore_index=2), [(4, 3, 5), (4, 5)], ["any", "labels"],
    ),
    "multi_margin_loss 1-D": (
        lambda T, F, x, y: F.multi_margin_loss(x, y, margin=2.0), [(3,), ()], ["any", "labels"],
    ),
    "multi_margin_loss": (
        lambda T, F, x, y: F.multi_margin_loss(x, y), [(6, 3), (6,)], ["any", "labels"],
    ),
    "multi_margin_loss squared": (
        lambda T, F, x, y: F.multi_margin_loss(
            x, y, p=2, margin=0.7, weight=T.tensor([1, 2, 3.5]).to(x.dtype), reduction="none"
        ),
        [(6, 3), (6,)], ["any", "labels"],
    ),
    "batch_norm": (
        lambda T, F, x, w, b: F.batch_norm(x, None, None, w, b, training=True),
        [(6, 3, 2, 2), (3,), (3,)], "any",
    ),
    "batch_norm eval": (
        lambda T, F, x: F.batch_norm(x, T.arange(3).to(x.dtype), 1 + T.arange(3).to(x.dtype)),
        [(6, 3)], "any",
    ),
    "layer_norm 1-D": (
        lambda T, F, x, w, b: F.layer_norm(x, (4,), w, b), [(5, 4), (4,), (4,)], "any",
    ),
    "batch_norm 3-D": (
        lambda T, F, x: F.batch_norm(x, None, None, training=True), [(6, 3, 4)], "any",
    ),
    "layer_norm": (
        lambda T, F, x, w: F.layer_norm(x, (3, 4), w, eps=0.1), [(5, 3, 4), (3, 4)], "any",
    ),
    "group_norm": (
        lambda T, F, x, w, b: F.group_norm(x, 2, w, b), [(3, 4, 2, 2), (4,), (4,)], "any",
    ),
    "instance_norm": (
        lambda T, F, x, w, b: F.instance_norm(x, weight=w, bias=b),
        [(3, 4, 2, 3), (4,), (4,)], "any",
    ),
    "conv2d": (lambda T, F, x, w, b: F.conv2d(x, w, b), [(2, 3, 5, 4), (2, 3, 3, 2), (2,)], "any"),
    "conv2d stride padding": (
        lambda T, F, x, w: F.conv2d(x, w, stride=(2, 1), padding=(1, 2)),
        [(2, 3, 6, 4), (2, 3, 3, 2)], "any",
    ),
    "max_pool2d": (lambda T, F, x: F.max_pool2d(x, 2), [(2, 3, 5, 4)], "any"),
    "max_pool2d ties": (lambda T, F, x: F.max_pool2d(x, 3, 1, 1), [(2, 1, 5, 4)], "ties"),
    "avg_pool2d defaults": (lambda T, F, x: F.avg_pool2d(x, 2), [(2, 3, 5, 4)], "any"),
    "avg_pool2d": (
        lambda T, F, x: F.avg_pool2d(x, (2, 3), stride=1, padding=1), [(2, 3, 5, 4)], "any",
    ),
}  # fmt: skip


def inputs_of(name):
    _, shapes, kinds = OPERATIONS[name]
    kinds = [kinds] * len(shapes) if isinstance(kinds, str) else kinds
    return [draw(shape, kinds[i], seed=i) for i, shape in enumerate(shapes)]


def run(library, functional, function, arrays, dtype):
    """The value, and the gradients of its entries added up with fixed weights."""
    tensors = [library.tensor(a) for a in arrays]
    tensors = [
        t.to(getattr(library, dtype)).requires_grad_() if a.dtype.kind == "f" else t
        for t, a in zip(tensors, arrays, strict=True)
    ]
    with warnings.catch_warnings():
        if library is torch:
            warnings.simplefilter("ignore")  # PyTorch's advice is not what is tested
        out = function(library, functional, *tensors)
        weights = draw(tuple(out.shape), "positive", 99)
        (out * library.tensor(weights, dtype=out.dtype)).sum().backward()
    grads = [None if t.grad is None else t.grad.numpy() for t in tensors]
    return out.detach().numpy(), grads


@needs_torch
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", OPERATIONS)
def test_values_and_gradients_are_pytorchs(name, dtype):
    arrays, function = inputs_of(name), OPERATIONS[name][0]
    ours, our_grads = run(nnkit, F, function, arrays, dtype)
    theirs, their_grads = run(torch, torch_functional, function, arrays, dtype)
    close = {"rtol": 1e-10, "atol": 1e-12} if dtype == "float64" else {"rtol": 2e-4, "atol": 2e-5}
    assert ours.dtype == theirs.dtype and ours.shape == theirs.shape
    np.testing.assert_allclose(ours, theirs, **close)
    for mine, other in zip(our_grads, their_grads, strict=True):
        assert (mine is None) == (other is None)
        if mine is not None:
            assert mine.dtype == other.dtype
            np.testing.assert_allclose(mine, other, **close)


@pytest.mark.parametrize("name", [n for n, row in OPERATIONS.items() if "ties" not in row[2]])
def test_gradients_are_the_slopes(name):
    """Without any oracle: `backward()` against centred differences."""
    tensors = [nnkit.tensor(a, requires_grad=a.dtype.kind == "f") for a in inputs_of(name)]
    result = gradcheck(lambda *x: OPERATIONS[name][0](nnkit, F, *x), tensors)
    assert result, result


def pairs_of_one_name():
    """Our functions, classes and methods beside PyTorch's of the same name."""
    import torch.optim.lr_scheduler as torch_scheduler

    methods = [name for name in vars(nnkit.Tensor) if not name.startswith("_")]
    modules = [
        (nnkit, torch, nnkit.__all__), (F, torch_functional, F.__all__),
        (nnkit.nn, torch.nn, nnkit.nn.__all__), (nnkit.init, torch.nn.init, nnkit.init.__all__),
        (nnkit.optim, torch.optim, nnkit.optim.__all__), (nnkit.Tensor, torch.Tensor, methods),
        (nnkit.optim.lr_scheduler, torch_scheduler, nnkit.optim.lr_scheduler.__all__),
    ]  # fmt: skip
    own = {"array", "data", "metrics", "multiclass_hinge_loss", "MulticlassHingeLoss", "train"}
    own |= {"no_grad"}  # PyTorch's has two signatures, and names the wrong one
    for ours, theirs, names in modules:
        for name in sorted(set(names) - own):
            assert hasattr(theirs, name) or name == "init", f"PyTorch has no {name}"
            if callable(getattr(ours, name)):
                yield name, getattr(ours, name), getattr(theirs, name)


def signatures(name, function):
    """The ways to call a function of PyTorch: what Python knows, or what its documentation says."""
    try:
        found = [list(inspect.signature(function).parameters.values())]
    except (ValueError, TypeError):  # written in C++, or no function but a type
        found = []
        for text in re.findall(rf"\b{name}(\(.*\))(?: ->|\n)", function.__doc__ or ""):
            code = text.replace("\\", "").replace("torch.", "")
            scope = {"strided": None, "preserve_format": None}
            with contextlib.suppress(SyntaxError, NameError):  # `*size, *, dtype`, or an example
                exec(f"from __future__ import annotations\ndef function{code}: ...", scope)
                found.append(list(inspect.signature(scope["function"]).parameters.values()))
    variable = {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD}
    return [way for way in found if not variable & {p.kind for p in way}]


def misfit(ours, theirs):
    """What in our signature PyTorch would not accept, or None."""
    expected = {p.name: p for p in theirs}
    positional = [p.name for p in theirs if p.kind is not p.KEYWORD_ONLY]
    for i, p in enumerate(ours):
        if p.name == "generator" or p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD):
            continue
        if p.name not in expected:
            return f"no argument {p.name}"
        default = expected[p.name].default
        # Either may insist on an argument (another way to call PyTorch's may not have it), and
        # dtype=None stands for float32 in PyTorch.
        if p.empty not in (p.default, default) and p.default != default and p.name != "dtype":
            return f"{p.name}={default}"
        if p.kind is not p.KEYWORD_ONLY and positional[i : i + 1] != [p.name]:
            return f"{p.name} at place {i}"
    return None


@needs_torch
def test_arguments_have_pytorchs_names_order_and_defaults():
    compared = set()
    for name, function, theirs in pairs_of_one_name():
        ours = list(inspect.signature(function).parameters.values())
        ways = signatures(name, theirs)
        if theirs is getattr(torch.Tensor, name, None):  # a method; the function's words are right
            ways += signatures(name, getattr(torch, name, theirs))
            ours, *ways = ([p for p in w if p.name not in ("self", "input")] for w in (ours, *ways))
        problems = [misfit(ours, way) for way in ways]
        assert not ways or None in problems, f"{name}: {problems}"
        compared |= {name} if ways else set()
    assert len(compared) > 140

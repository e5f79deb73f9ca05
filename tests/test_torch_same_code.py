"""The same lines run on nnkit and on PyTorch: equal results and types, and equal refusals.

test_torch_parity.py holds operations and their gradients; here are the corners of the language
around them (types, views, changes in place, what is recorded), and random programs.
"""

import warnings

import numpy as np
import pytest

import nnkit

torch = pytest.importorskip("torch", reason="PyTorch, the oracle, is not installed")

NAN, INF = float("nan"), float("inf")


def f(T):
    return T.nn.functional


def leaf(T, values):
    return T.tensor(np.array(values, dtype=float), requires_grad=True)


def plain(result):
    """What must be equal, without the library's own classes."""
    if isinstance(result, tuple | list):
        return [plain(part) for part in result]
    if isinstance(result, nnkit.Tensor | torch.Tensor):
        kind = str(result.dtype).removeprefix("torch.")
        values = result.detach().double().numpy().round(6).tolist()
        return kind, tuple(result.shape), result.requires_grad, values
    return result


def gradient(T, function, values):
    x = leaf(T, values)
    function(x).sum().backward()
    return x.grad


def after(x, change):
    change(x)
    return x


def decorated(T, form):
    return form(lambda x: x * 2)(leaf(T, 1.0))


def stepped(T, make, steps=9):
    """Learning rates of two groups under the schedulers that `make(optimizer)` returns."""
    w, b = leaf(T, [1.0]), leaf(T, [1.0])
    optimizer = T.optim.SGD([{"params": [w]}, {"params": [b], "lr": 0.5}], lr=1.0)
    schedulers, path = make(optimizer), []
    for _ in range(steps):
        optimizer.step()
        for scheduler in schedulers:
            scheduler.step()
        path.append([round(rate, 12) for rate in schedulers[-1].get_last_lr()])
    return path


def annealed_late(T, optimizer):
    """A schedule on an optimizer whose first learning rate another one has halved."""
    before = T.optim.lr_scheduler.ExponentialLR(optimizer, 0.5)
    optimizer.step()
    before.step()
    return [T.optim.lr_scheduler.CosineAnnealingLR(optimizer, 3)]


def normed(T):
    """Batch norm's running statistics after two batches, and what it then predicts."""
    layer = T.nn.BatchNorm1d(2)
    for batch in ([[1.0, 2], [3, 5]], [[0.0, 1], [4, 4]]):
        layer(T.tensor(batch))
    shown = [layer.running_mean, layer.running_var, layer.num_batches_tracked]
    return [t.clone() for t in shown], list(layer.state_dict())


SAME = {
    # Types
    "ints divide": lambda T: T.tensor([1, 2]) / 2,
    "bools add": lambda T: T.tensor([True, False]) + 1,
    "bools add up": lambda T: T.tensor([True, True]).sum(),
    "a double of no dimensions is weak": lambda T: T.tensor(1.5, dtype=T.float64) * T.ones(2),
    "a double with one is not": lambda T: T.tensor([1.5], dtype=T.float64) * T.ones(2),
    "NumPy's numbers": lambda T: [T.tensor([1.0]) + np.float64(1), np.float32(2) * T.tensor([1])],
    "lists of NumPy's numbers": lambda T: [T.tensor([np.float64(1)]), T.tensor([np.float32(1)])],
    "lists of tensors": lambda T: T.tensor([T.tensor(1.0), T.tensor(2.0)]),
    "lists of mixed numbers": lambda T: [T.tensor([1, 2.5]), T.tensor([True, 2]), T.tensor([])],
    "full": lambda T: [T.full((2,), 1.5), T.full((2,), 3), T.full((2,), True)],
    "where with numbers": lambda T: [
        T.where(T.tensor([True, False]), 1.0, 0.0), T.where(T.tensor([True, False]), 1, 0),
        T.where(T.tensor([True, False]), T.tensor([1, 2]), 0.5),
    ],
    "maximum of int and float": lambda T: T.maximum(T.tensor([1, 2]), T.tensor([1.5, 1.5])),
    "clamp ints with a float": lambda T: T.clamp(T.tensor([1, 5]), 0.5, 3),
    "whole numbers from floats": lambda T: T.tensor([1.6, -1.6]).long(),
    "in place keeps the type": lambda T: after(
        T.ones(2), lambda x: x.__iadd__(T.ones(2, dtype=T.float64))
    ),
    # Comparing and asking
    "nan": lambda T: [T.tensor([1.0, NAN]) == T.tensor([1.0, NAN]), T.tensor([1.0, NAN]).max()],
    "nan is the largest": lambda T: T.tensor([[1.0, NAN, 3.0]]).max(1),
    "equal to None": lambda T: [T.ones(2) == None, T.ones(2) != None],  # noqa: E711
    "and, or, not": lambda T: [
        (T.arange(4) > 1) & (T.arange(4) < 3), (T.arange(4) < 1) | ~(T.arange(4) < 3),
    ],
    "all and any along a dimension": lambda T: [
        T.tensor([[True, False]]).all(1), T.tensor([[1.0, 0.0]]).any(dim=0, keepdim=True),
    ],
    "number on the left": lambda T: 1.5 < T.tensor([1, 2]),
    # Reductions
    "of one number": lambda T: [T.tensor(3.0).sum(0), T.tensor(3.0).mean(-1), T.tensor(3.0).max()],
    "of nothing": lambda T: [T.ones(0).sum(), T.ones(0).mean(), T.ones(0, 3).sum(0)],
    "variance of one": lambda T: [T.ones(1).var(), T.ones(1, 3).std(0)],
    "logsumexp of infinities": lambda T: [
        T.logsumexp(T.tensor([-INF, -INF]), 0), T.logsumexp(T.tensor([INF, 1.0]), 0),
    ],
    # Text and numbers
    "formatted": lambda T: [f"{T.tensor(1.2345):.2f}", f"{T.tensor(1.5)}", f"{T.tensor(3)}"],
    "repr": lambda T: [repr(T.tensor([1.0, 2.0])), repr(T.tensor(3)), repr(T.arange(3))],
    "Python numbers": lambda T: [float(T.tensor(1)), int(T.tensor(1.7)), T.tensor([[2.5]]).item()],
    # Arguments by name
    "by name": lambda T: [
        T.exp(input=T.ones(2)), T.maximum(T.ones(2), other=T.zeros(2)),
        T.pow(T.ones(1), exponent=2), T.sum(input=T.ones(2, 3), dim=1), f(T).relu(input=T.ones(1)),
        f(T).linear(T.ones(2, 3), T.ones(4, 3), bias=T.ones(4)),
        f(T).linear(input=T.ones(2, 3), weight=T.ones(4, 3), bias=None),
        f(T).softmax(input=T.ones(3), dim=0),
    ],
    # Shapes and indices
    "an empty batch": lambda T: [
        T.ones(0, 3, 4).flatten(1), T.nn.Flatten()(T.ones(0, 3, 4)), f(T).softmax(T.ones(0, 3), 1),
        f(T).linear(T.ones(0, 3), T.ones(2, 3)), f(T).max_pool2d(T.ones(0, 1, 4, 4), 2),
    ],
    "indices": lambda T: [
        T.arange(6)[T.tensor([-1, 0])], T.arange(6)[[1, 2]], T.arange(6).reshape(2, 3)[:, [2, 0]],
        T.arange(6).reshape(2, 3)[T.tensor([True, False])], T.arange(6).reshape(2, 3)[..., None, 1],
    ],
    "gather": lambda T: T.gather(T.arange(6).reshape(2, 3), -1, T.tensor([[2], [0]])),
    "one_hot of a grid": lambda T: f(T).one_hot(T.tensor([[0, 1], [2, 1]]), 3),
    # Memory
    "a view of one number": lambda T: after(T.ones(3), lambda x: x[0].__iadd__(4)),
    "a row is a view": lambda T: after(T.ones(2, 2), lambda x: x[1].fill_(7)),
    "a transposed view": lambda T: after(T.zeros(2, 2), lambda x: x.T.__setitem__((0, 1), 5)),
    "chosen rows are a copy": lambda T: after(
        T.ones(2, 2), lambda x: x[T.tensor([0])].zero_()
    ),
    "detach shares": lambda T: after(leaf(T, [1, 2]), lambda x: x.detach().fill_(9)),
    "clone does not": lambda T: after(T.ones(2), lambda x: x.clone().fill_(9)),
    "data": lambda T: after(leaf(T, 1.0), lambda x: x.data.__isub__(0.5)),
    "repeated places in place": lambda T: after(
        T.zeros(3), lambda x: x.__setitem__([0, 0], x[[0, 0]] + 1)
    ),
    # What is recorded
    "no_grad decorates": lambda T: [decorated(T, T.no_grad()), decorated(T, T.no_grad)],
    "whole numbers have no gradient": lambda T: [leaf(T, 1.0).long(), leaf(T, [1.0]).argmax()],
    "sign is flat": lambda T: gradient(T, lambda x: x.sign() * x, [2.0, -3.0]),
    "a float32 gradient for a float64 result": lambda T: gradient(
        T, lambda x: x.float() * 2, [1, 2]
    ),
    "a float32 gradient given": lambda T: after(
        leaf(T, [1, 2]), lambda x: (x * x).backward(T.ones(2))
    ).grad,
    "gradients of what diverges": lambda T: [
        gradient(T, lambda x: f(T).softplus(x), [-1000.0, 1000, 25]),
        gradient(T, lambda x: f(T).sigmoid(x), [-1000.0, 1000]),
        gradient(T, lambda x: T.where(x > 0, x, 1 / (x + 1)), [-1.0, 2.0]),
    ],
    # Modules and optimizers
    "batch norm": normed,
    "weights of a loss are kept": lambda T: list(
        T.nn.CrossEntropyLoss(weight=T.ones(2)).double().state_dict().values()
    ),
    "schedules": lambda T: [
        stepped(T, lambda o: [T.optim.lr_scheduler.StepLR(o, 2, 0.5)]),
        stepped(T, lambda o: [T.optim.lr_scheduler.CosineAnnealingLR(o, 3, 0.1)]),
        stepped(T, lambda o: [T.optim.lr_scheduler.CosineAnnealingLR(o, 1)]),
    ],
    "a late schedule": lambda T: stepped(T, lambda o: annealed_late(T, o)),
    "schedules one after the other": lambda T: stepped(
        T, lambda o: [
            T.optim.lr_scheduler.StepLR(o, 2, 0.5), T.optim.lr_scheduler.CosineAnnealingLR(o, 4),
            T.optim.lr_scheduler.ExponentialLR(o, 0.9),
        ],
    ),
}  # fmt: skip


def quietly(T, run):
    with warnings.catch_warnings():
        if T is torch:
            warnings.simplefilter("ignore")  # PyTorch's advice is not what is tested
        return run(T)


@pytest.mark.parametrize("name", SAME)
def test_the_same_lines_give_the_same(name):
    ours, theirs = (plain(quietly(T, SAME[name])) for T in (nnkit, torch))
    np.testing.assert_equal(ours, theirs)


REFUSED = {
    "types": [
        lambda T: T.tensor([1, 2]).__iadd__(1.5),
        lambda T: T.tensor([[1, 2]]) @ T.tensor([[3.0], [4]]),
        lambda T: T.einsum("i,i->", T.ones(2), T.ones(2).double()),
        lambda T: f(T).linear(T.ones(2, 3), T.ones(4, 3), T.ones(4).double()),
        lambda T: f(T).conv2d(T.ones(1, 1, 3, 3), T.ones(1, 1, 2, 2).double()),
        lambda T: f(T).softmax(T.tensor([1, 2]), 0),
        lambda T: f(T).cross_entropy(T.ones(1, 2).long(), T.tensor([1])),
        lambda T: f(T).cross_entropy(T.ones(1, 2), T.tensor([1]), T.ones(2).double()),
        lambda T: f(T).binary_cross_entropy(T.tensor([0.3]), T.tensor([1])),
        lambda T: f(T).binary_cross_entropy_with_logits(T.tensor([0.3]), T.tensor([1])),
        lambda T: T.where(T.tensor([1, 0]), T.ones(2), 0),
        lambda T: T.nn.Parameter(T.tensor([1, 2])),
    ],
    "sizes": [
        lambda T: f(T).cross_entropy(T.ones(2, 3), T.tensor([0, 1]), T.ones(2)),
        lambda T: f(T).max_pool2d(T.ones(1, 1, 4, 4), 2, padding=2),
        lambda T: f(T).instance_norm(T.ones(1, 2, 1, 1)),
        lambda T: f(T).batch_norm(T.ones(4, 3), None, None),
        lambda T: T.full(2, 1.0),
        lambda T: T.randint(0, 5, 3),
        lambda T: T.ones(1).__iadd__(T.ones(2)),
    ],
    "values": [
        lambda T: f(T).binary_cross_entropy(T.tensor([0.3]), T.tensor([2.0])),
        lambda T: f(T).binary_cross_entropy(T.tensor([NAN]), T.tensor([1.0])),
        lambda T: f(T).cross_entropy(T.ones(1, 2), T.tensor([1]), label_smoothing=1.5),
        lambda T: f(T).gelu(T.ones(1), approximate="erf"),
        lambda T: f(T).dropout(T.ones(1), p=NAN),
        lambda T: T.ones(2).clamp(),
        lambda T: T.tensor([1.0], T.float64),
    ],
    "graphs": [
        lambda T: (leaf(T, 1.0) * 2).requires_grad_(False),
        lambda T: leaf(T, 1.0).backward(1.0),
        lambda T: leaf(T, [1.0]).__iadd__(1),
        lambda T: setattr(T.nn.Linear(1, 1), "weight", T.ones(1, 1)),
        lambda T: T.optim.SGD(leaf(T, [1.0]), lr=0.1),
        lambda T: T.optim.SGD([leaf(T, 1.0) * 2], lr=0.1),
    ],
}


@pytest.mark.parametrize("T", [nnkit, torch], ids=["nnkit", "torch"])
@pytest.mark.parametrize("reason", REFUSED)
def test_both_refuse(reason, T):
    for act in REFUSED[reason]:
        with pytest.raises((RuntimeError, ValueError, TypeError, NotImplementedError)):
            quietly(T, act)


# Random programs: each line takes earlier results and appends its own

UNARY = {
    "exp": lambda T, x: T.exp(x.clamp(-3, 3)), "log": lambda T, x: T.log(x.abs() + 0.5),
    "root": lambda T, x: (x * x + 0.1).sqrt(), "wave": lambda T, x: T.sin(x) - T.cos(x),
    "cube": lambda T, x: x.clamp(-2, 2) ** 3, "flip": lambda T, x: 2 / (1.5 - x).abs().clamp(min=1),
    "relu": lambda T, x: f(T).relu(x), "elu": lambda T, x: f(T).elu(x),
    "gelu": lambda T, x: f(T).gelu(x), "softplus": lambda T, x: f(T).softplus(x),
    "tanh": lambda T, x: T.tanh(x) * T.sigmoid(x), "flat": lambda T, x: x.reshape(-1),
    "turn": lambda T, x: x.permute(tuple(range(x.ndim))[::-1]), "wrap": lambda T, x: x.unsqueeze(0),
    "thin": lambda T, x: x.squeeze(), "rows": lambda T, x: x[T.tensor([0, -1, 0])],
    "first": lambda T, x: x[0], "softmax": lambda T, x: f(T).softmax(x, dim=-1),
    "log_softmax": lambda T, x: f(T).log_softmax(x, dim=0), "sum": lambda T, x: x.sum(-1),
    "mean": lambda T, x: x.mean(dim=0, keepdim=True), "most": lambda T, x: x.max(dim=0).values,
    "logsumexp": lambda T, x: T.logsumexp(x, -1), "spread": lambda T, x: x.expand(2, *x.shape),
}  # fmt: skip
BINARY = {
    "add": lambda T, x, y: x + y, "sub": lambda T, x, y: x - y, "mul": lambda T, x, y: x * y,
    "div": lambda T, x, y: x / (y.abs() + 0.5), "max": lambda T, x, y: T.maximum(x, y),
    "where": lambda T, x, y: T.where(x > y, x, 2 * y), "matmul": lambda T, x, y: x @ y,
    "cat": lambda T, x, y: T.cat([x, y]), "stack": lambda T, x, y: T.stack([x, y], dim=-1),
}  # fmt: skip
NEED_A_DIMENSION = {"rows", "first", "softmax", "log_softmax", "sum", "mean", "most", "logsumexp"}


def random_program(seed):
    """Inputs, and lines (name, places of the operands) that PyTorch accepts."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 4, 3)
    inputs = []
    for _ in range(3):
        kept = sizes[rng.integers(0, 4) :]
        inputs.append(rng.normal(size=[1 if rng.random() < 0.3 else n for n in kept]))
    values, lines = [torch.tensor(np.asarray(a)) for a in inputs], []
    while len(lines) < 10:
        name = str(rng.choice([*UNARY, *BINARY]))
        places = rng.integers(0, len(values), 1 if name in UNARY else 2).tolist()
        if name in NEED_A_DIMENSION and not values[places[0]].ndim:
            continue
        try:
            value = (UNARY | BINARY)[name](torch, *(values[i] for i in places))
        except (RuntimeError, IndexError):
            continue
        if value.numel() < 200:
            values.append(value)
            lines.append((name, places))
    return inputs, lines


def run_program(T, inputs, lines, dtype):
    leaves = [T.tensor(a).to(getattr(T, dtype)).requires_grad_() for a in inputs]
    values = list(leaves)
    for name, places in lines:
        values.append((UNARY | BINARY)[name](T, *(values[i] for i in places)))
    sum(T.sin(v).sum() for v in values).backward()
    return [v.detach().numpy() for v in values], [x.grad.numpy() for x in leaves]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("seed", range(60))
def test_random_programs_agree(seed, dtype):
    inputs, lines = random_program(seed)
    tolerance = 1e-9 if dtype == "float64" else 2e-3
    ours, theirs = (
        quietly(T, lambda T: run_program(T, inputs, lines, dtype)) for T in (nnkit, torch)
    )
    for mine, other in zip(ours[0] + ours[1], theirs[0] + theirs[1], strict=True):
        assert mine.dtype == other.dtype and mine.shape == other.shape, lines
        np.testing.assert_allclose(mine, other, rtol=tolerance, atol=tolerance, err_msg=str(lines))

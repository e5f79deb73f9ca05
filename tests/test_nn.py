"""Modules: finding parameters, modes, saving, `repr`; and lesson code run on both libraries."""

import copy
import pickle
import re

import numpy as np
import pytest

import nnkit
from nnkit import nn

try:
    import torch
except ImportError:
    torch = None
needs_torch = pytest.mark.skipif(torch is None, reason="PyTorch, the oracle, is not installed")


def make_network(T):
    """Lesson code: the same lines for nnkit and PyTorch."""

    class Block(T.nn.Module):
        def __init__(self, inputs, outputs):
            super().__init__()
            self.linear = T.nn.Linear(inputs, outputs)
            self.norm = T.nn.BatchNorm1d(outputs)
            self.act = T.nn.LeakyReLU(0.1)

        def forward(self, x):
            return self.act(self.norm(self.linear(x)))

    return T.nn.Sequential(Block(4, 8), Block(8, 6), T.nn.Dropout(0.0), T.nn.Linear(6, 3))


def make_pictures_network(T):
    return T.nn.Sequential(
        T.nn.Conv2d(1, 4, 3, padding=1), T.nn.BatchNorm2d(4), T.nn.ReLU(), T.nn.MaxPool2d(2, 2),
        T.nn.Conv2d(4, 6, (3, 2), stride=1, bias=False), T.nn.GroupNorm(2, 6), T.nn.GELU(),
        T.nn.InstanceNorm2d(6, affine=True), T.nn.AvgPool2d((1, 2), 1), T.nn.Flatten(),
        T.nn.LayerNorm(12), T.nn.Linear(12, 3),
    )  # fmt: skip


def copy_weights(ours, theirs):
    ours.load_state_dict({name: value.numpy() for name, value in theirs.state_dict().items()})


def train(T, model, loss_fn, X, y, steps=20):
    """Losses while training, and predictions afterwards."""
    X, y, losses = T.tensor(X), T.tensor(y), []
    optimizer = T.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, weight_decay=1e-3)
    for _ in range(steps):
        optimizer.zero_grad()
        loss = loss_fn(model(X), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    model.eval()
    with T.no_grad():
        return losses, model(X).tolist()


@needs_torch
@pytest.mark.parametrize("shape", [(20, 4), (20, 1, 8, 6)])
def test_the_same_code_trains_the_same_network(shape):
    make = make_network if len(shape) == 2 else make_pictures_network
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=shape), rng.integers(0, 3, 20)
    torch.manual_seed(0)
    theirs, ours = make(torch).double(), make(nnkit).double()
    assert [n for n, _ in ours.named_parameters()] == [n for n, _ in theirs.named_parameters()]
    assert list(ours.state_dict()) == list(theirs.state_dict())
    copy_weights(ours, theirs)
    expected = train(torch, theirs, torch.nn.CrossEntropyLoss(label_smoothing=0.1), X, y)
    found = train(nnkit, ours, nn.CrossEntropyLoss(label_smoothing=0.1), X, y)
    assert found[0] == pytest.approx(expected[0], rel=1e-8)
    np.testing.assert_allclose(found[1], expected[1], rtol=1e-7, atol=1e-9)


@needs_torch
@pytest.mark.parametrize("shape", [(20, 4), (20, 1, 8, 6)])
def test_weights_travel_to_pytorch_and_back(shape):
    make = make_network if len(shape) == 2 else make_pictures_network
    ours, theirs, again = make(nnkit), make(torch), make(nnkit)
    x = np.random.default_rng(0).normal(size=shape).astype("f")
    ours(nnkit.tensor(x))  # moves the running statistics, which must travel too
    theirs.load_state_dict({k: torch.from_numpy(v.numpy()) for k, v in ours.state_dict().items()})
    again.load_state_dict({k: v.numpy() for k, v in theirs.state_dict().items()})
    expected = ours.eval()(nnkit.tensor(x)).tolist()
    np.testing.assert_allclose(
        theirs.eval()(torch.tensor(x)).tolist(), expected, rtol=1e-4, atol=1e-5
    )
    assert again.eval()(nnkit.tensor(x)).tolist() == expected


@needs_torch
@pytest.mark.parametrize(
    "make",
    [
        make_network,
        make_pictures_network,
        lambda T: T.nn.Sequential(T.nn.ELU(), T.nn.Sigmoid(), T.nn.Tanh(), T.nn.Softplus()),
        lambda T: T.nn.Sequential(T.nn.Softmax(dim=1), T.nn.LogSoftmax(dim=-1), T.nn.LogSigmoid()),
        lambda T: T.nn.Sequential(T.nn.Linear(2, 2, bias=False), T.nn.Sequential(T.nn.ReLU())),
        lambda T: T.nn.BatchNorm1d(3, affine=False, track_running_stats=False),
        lambda T: T.nn.Sequential(T.nn.CrossEntropyLoss(), T.nn.MSELoss(), T.nn.MultiMarginLoss()),
        lambda T: T.nn.Sequential(),
        lambda T: T.nn.Conv2d(1, 1, 2),
    ],
)
def test_repr_is_pytorchs(make):
    ours, theirs = repr(make(nnkit)), repr(make(torch))
    theirs = theirs.replace(", dilation=1, ceil_mode=False", "")  # options that nnkit lacks
    theirs = re.sub(r"(affine=\w+), bias=\w+", r"\1", theirs)
    assert ours == theirs


@needs_torch
@pytest.mark.parametrize(
    ("name", "options", "soft"),
    [
        ("MSELoss", {}, True), ("L1Loss", {"reduction": "sum"}, True),
        ("SmoothL1Loss", {"beta": 0.3}, True), ("KLDivLoss", {"reduction": "batchmean"}, True),
        ("BCELoss", {}, True), ("BCEWithLogitsLoss", {"reduction": "none"}, True),
        ("CrossEntropyLoss", {"ignore_index": 1}, False), ("NLLLoss", {"reduction": "sum"}, False),
        ("MultiMarginLoss", {"p": 2, "margin": 0.5}, False),
    ],
)  # fmt: skip
def test_loss_modules_are_pytorchs(name, options, soft):
    rng = np.random.default_rng(0)
    X, y = rng.uniform(0.1, 0.9, (5, 3)), rng.uniform(0.1, 0.9, (5, 3))
    y = y if soft else rng.integers(0, 3, 5)
    ours = getattr(nn, name)(**options)(nnkit.tensor(X), nnkit.tensor(y))
    theirs = getattr(torch.nn, name)(**options)(torch.tensor(X), torch.tensor(y))
    np.testing.assert_allclose(ours.numpy(), theirs.numpy())


def test_first_weights_are_bounded_and_seeded():
    layer = nn.Linear(100, 50, generator=nnkit.Generator().manual_seed(1))
    for parameter in layer.parameters():
        assert 0.09 < np.abs(parameter.array).max() <= 0.1
    again = nn.Linear(100, 50, generator=nnkit.Generator().manual_seed(1))
    assert again.weight.tolist() == layer.weight.tolist()
    nnkit.manual_seed(2)
    first = nn.Conv2d(2, 3, 3).weight.tolist()
    nnkit.manual_seed(2)
    assert nn.Conv2d(2, 3, 3).weight.tolist() == first


def test_modes_reach_every_module():
    model = make_network(nnkit)
    assert all(m.training for m in model.modules())
    assert model.eval() is model and not any(m.training for m in model.modules())
    assert model.train()[0].norm.training


def test_dropout_works_in_training_only():
    layer, x = nn.Dropout(0.5, generator=nnkit.Generator(0)), nnkit.ones(1000)
    assert set(layer(x).tolist()) == {0, 2}
    assert layer.eval()(x) is x


def test_shared_parameters_count_once():
    layer = nn.Linear(2, 2)
    assert len(list(nn.Sequential(layer, nn.ReLU(), layer).parameters())) == 2


def test_freezing_and_replacing_a_layer():
    model = nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 3))
    model[0].requires_grad_(False)
    model[-1] = nn.Linear(4, 5)
    out = model(nnkit.ones(1, 2))
    out.sum().backward()
    assert out.shape == (1, 5) and model[0].weight.grad is None
    assert model[2].weight.grad is not None and len(model) == 3 and len(model[:2]) == 2
    model.zero_grad()
    assert model[2].weight.grad is None
    assert [name for name, _ in model.named_children()] == ["0", "1", "2"]


def test_apply_visits_every_module():
    model, seen = nn.Sequential(nn.Linear(1, 1), nn.ReLU()), []
    assert model.apply(lambda m: seen.append(type(m).__name__)) is model
    assert seen == ["Linear", "ReLU", "Sequential"]


def test_a_saved_network_can_be_loaded_copied_and_pickled():
    def make():
        return nn.Sequential(nn.Linear(4, 5), nn.BatchNorm1d(5), nn.ELU(0.5)).eval()

    model, twin = make(), make()
    x = nnkit.randn(3, 4, generator=nnkit.Generator(0))
    expected = model(x).tolist()
    twin.load_state_dict(model.state_dict())
    for other in (twin, copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert other(x).tolist() == expected
        assert not np.shares_memory(other[0].weight.array, model[0].weight.array)


def test_a_constant_start_never_breaks_symmetry():
    """Lesson 06: equal units stay equal; and with W2 = 0 the gradient of W1 is exactly 0."""
    model = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
    for parameter in model.parameters():
        nn.init.constant_(parameter, 0.3)
    x, y = nnkit.randn(8, 2, generator=nnkit.Generator(0)), nnkit.ones(8, 1)
    optimizer = nnkit.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(5):
        optimizer.zero_grad()
        nn.MSELoss()(model(x), y).backward()
        optimizer.step()
    rows = model[0].weight.detach()
    assert nnkit.allclose(rows, rows[:1].expand(3, 2)) and rows[0, 0] != 0.3
    nn.init.zeros_(model[2].weight)
    optimizer.zero_grad()
    nn.MSELoss()(model(x), y).backward()
    assert not model[0].weight.grad.array.any() and model[2].weight.grad.array.any()


def test_xor_of_lesson_01():
    """h1 = relu(x1 + x2), h2 = relu(x1 + x2 - 1), y = h1 - 2 h2."""
    model = nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 1))
    model.load_state_dict({
        "0.weight": np.ones((2, 2)), "0.bias": np.array([0, -1]),
        "2.weight": np.array([[1, -2]]), "2.bias": np.zeros(1),
    })  # fmt: skip
    X, y = nnkit.data.xor()
    assert model(X)[:, 0].tolist() == y.tolist()


def test_parameters_of_a_same_size_layer_of_lesson_12():
    def count(module):
        return sum(p.numel() for p in module.parameters())

    assert count(nn.Linear(784, 784, bias=False)) == 614_656
    assert count(nn.Conv2d(1, 1, 3, padding=1)) == 10


@pytest.mark.parametrize(
    ("act", "error", "words"),
    [
        (lambda: nn.Linear(3, 2)(nnkit.ones(5, 4)), RuntimeError, "must be 3, the layer's in_feat"),
        (lambda: nn.Sequential(nn.ReLU), TypeError, "expected modules, got type at place 0"),
        (lambda: nn.BatchNorm1d(3)(nnkit.ones(5, 4)), ValueError, "3 channels.*\\(5, 4\\)"),
        (lambda: nn.BatchNorm2d(3)(nnkit.ones(5, 3)), ValueError, "4-D"),
        (lambda: nn.Dropout(2), ValueError, "got 2"),
        (lambda: nn.Module()(1), NotImplementedError, "forward"),
        (lambda: nn.ReLU(3), TypeError, "too many"),
        (lambda: nn.Linear(1, 1).load_state_dict({}), RuntimeError, "missing"),
        (lambda: nn.Linear(1, 1).load_state_dict(nn.Linear(2, 1).state_dict()), RuntimeError,
         "weight has shape"),
    ],
)  # fmt: skip
def test_refusals_name_what_was_wrong(act, error, words):
    with pytest.raises(error, match=words):
        act()

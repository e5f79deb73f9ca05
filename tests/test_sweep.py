"""sweep: the same losses as single runs, in far fewer calls of NumPy."""

import copy

import numpy as np
import pytest

import nnkit
from nnkit import data, nn, optim
from nnkit import functional as F
from nnkit.sweep import sweep


def network(outputs, activation):
    generator = nnkit.Generator().manual_seed(0)
    return nn.Sequential(
        nn.Linear(2, 6, generator=generator), activation(),
        nn.Linear(6, 5, generator=generator, bias=False), activation(),
        nn.Linear(5, outputs, generator=generator),
    )  # fmt: skip


def one_after_the_other(model, loss_fn, optimizer, X, y, steps, runs):
    columns = []
    for options in runs:
        twin = copy.deepcopy(model)
        rule, losses = optimizer(twin.parameters(), **options), []
        for _ in range(steps):
            rule.zero_grad()
            loss = loss_fn(twin(X), y)
            loss.backward()
            rule.step()
            losses.append(loss.item())
        columns.append([*losses, loss_fn(twin(X), y).item()])
    return np.array(columns).T


@pytest.mark.parametrize(
    ("optimizer", "shared", "varied"),
    [
        (optim.SGD, {}, {"lr": [0.001, 0.03, 0.3]}),
        (optim.SGD, {"lr": 0.1}, {"weight_decay": [0, 0.01, 0.1], "momentum": [0.9, 0, 0.5]}),
        (optim.RMSprop, {}, {"lr": [0.001, 0.01]}),
        (optim.Adam, {"betas": (0.8, 0.99)}, {"lr": [0.001, 0.01], "weight_decay": [0.1, 0]}),
        (optim.AdamW, {}, {"lr": [0.001, 0.01, 0.1]}),
    ],
)
@pytest.mark.parametrize("task", ["classes", "values"])
def test_copies_train_as_single_networks_do(optimizer, shared, varied, task):
    X, y = data.moons(40, generator=nnkit.Generator(0))
    loss_fn, model = F.cross_entropy, network(2, nn.Tanh)
    if task == "values":
        loss_fn, model = F.mse_loss, network(3, nn.LeakyReLU)
        y = nnkit.randn(40, 3, generator=nnkit.Generator(1))
    before = [p.tolist() for p in model.parameters()]
    losses = sweep(model, loss_fn, optimizer, (X, y), steps=25, **shared, **varied)
    count = len(next(iter(varied.values())))
    runs = [{**shared, **{name: v[i] for name, v in varied.items()}} for i in range(count)]
    expected = one_after_the_other(model, loss_fn, optimizer, X, y, 25, runs)
    np.testing.assert_allclose(losses, expected, rtol=1e-4, atol=1e-6)
    assert losses.shape == (26, len(runs))
    assert [p.tolist() for p in model.parameters()] == before


def test_a_diverging_copy_leaves_the_others_alone():
    X, y = data.moons(40, generator=nnkit.Generator(0))
    model = network(1, nn.ReLU)
    targets = y.float().unsqueeze(1)
    alone = sweep(model, F.mse_loss, optim.SGD, (X, targets), steps=30, lr=[0.05])
    both = sweep(model, F.mse_loss, optim.SGD, (X, targets), steps=30, lr=[0.05, 1e6])
    assert not np.isfinite(both[-1, 1])
    np.testing.assert_allclose(both[:, 0], alone[:, 0], rtol=1e-5)


def test_refusals():
    X, y = data.moons(8)
    with pytest.raises(ValueError, match="one length.*'lr': 2.*'momentum': 3"):
        sweep(network(2, nn.ReLU), F.cross_entropy, optim.SGD, (X, y), steps=1,
              lr=[1, 2], momentum=[0, 0, 0])  # fmt: skip
    with pytest.raises(ValueError, match="sequences of one length"):
        sweep(network(2, nn.ReLU), F.cross_entropy, optim.SGD, (X, y), steps=1, lr=0.1)
    with pytest.raises(TypeError, match="got BatchNorm1d"):
        model = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
        sweep(model, F.cross_entropy, optim.SGD, (X, y), steps=1, lr=[0.1])

"""Optimizers: PyTorch's trajectories, the curriculum's numbers (lesson 05), groups, schedules."""

import numpy as np
import pytest

import nnkit
from nnkit import optim

try:
    import torch
except ImportError:
    torch = None
needs_torch = pytest.mark.skipif(torch is None, reason="PyTorch, the oracle, is not installed")

RULES = {
    "SGD": ("SGD", {"lr": 0.02}),
    "momentum": ("SGD", {"lr": 0.01, "momentum": 0.9}),
    "dampening": ("SGD", {"lr": 0.01, "momentum": 0.9, "dampening": 0.5, "weight_decay": 0.1}),
    "nesterov": ("SGD", {"lr": 0.01, "momentum": 0.8, "nesterov": True, "weight_decay": 0.01}),
    "maximize": ("SGD", {"lr": 1e-5, "maximize": True, "weight_decay": 0.01}),
    "RMSprop": ("RMSprop", {}),
    "RMSprop momentum": ("RMSprop", {"momentum": 0.9, "weight_decay": 0.1, "alpha": 0.9}),
    "RMSprop centered": ("RMSprop", {"centered": True, "momentum": 0.5}),
    "Adagrad": ("Adagrad", {}),
    "Adagrad all": (
        "Adagrad", {"lr_decay": 0.1, "weight_decay": 0.1, "initial_accumulator_value": 0.5},
    ),
    "Adam": ("Adam", {}),
    "Adam all": ("Adam", {"lr": 0.1, "betas": (0.8, 0.9), "eps": 1e-4, "weight_decay": 0.1}),
    "Adam amsgrad": ("Adam", {"lr": 0.1, "amsgrad": True}),
    "AdamW": ("AdamW", {"lr": 0.1}),
    "AdamW maximize": ("AdamW", {"weight_decay": 0.3, "maximize": True}),
}  # fmt: skip


def trajectory(library, rule, options, steps=100):
    """100 steps through a ravine with a bend, from where nothing is symmetric."""
    w = library.tensor(np.array([-1.2, 1.0]), requires_grad=True)
    b = library.tensor(np.array([[0.3]]), requires_grad=True)
    optimizer = getattr(library.optim, rule)(
        [{"params": [w]}, {"params": [b], "lr": 0.05}], **options
    )
    path = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = (1 - w[0]) ** 2 + 3 * (w[1] - w[0] ** 2) ** 2 + ((b - w[1]) ** 2).sum()
        loss.backward()
        optimizer.step()
        path.append([*w.tolist(), b.item()])
    return np.array(path)


@needs_torch
@pytest.mark.parametrize("name", RULES)
def test_100_steps_are_pytorchs(name):
    theirs = trajectory(torch, *RULES[name])
    np.testing.assert_allclose(trajectory(nnkit, *RULES[name]), theirs, rtol=1e-10, atol=1e-10)


@needs_torch
@pytest.mark.parametrize("rule", sorted({rule for rule, _ in RULES.values()}))
def test_defaults_are_pytorchs(rule):
    ours = getattr(optim, rule)([nnkit.ones(1)]).defaults
    theirs = getattr(torch.optim, rule)([torch.ones(1)]).defaults
    assert {name: theirs[name] for name in ours} == ours


@needs_torch
@pytest.mark.parametrize(
    ("name", "args"),
    [("StepLR", (3, 0.5)), ("ExponentialLR", (0.9,)), ("CosineAnnealingLR", (10, 0.01))],
)
def test_schedules_are_pytorchs(name, args):
    paths = []
    for library in (torch, nnkit):
        w = library.tensor([1.0], requires_grad=True)
        optimizer = library.optim.SGD([w], lr=0.5)
        scheduler = getattr(library.optim.lr_scheduler, name)(optimizer, *args)
        w.sum().backward()
        path = []
        for _ in range(25):
            optimizer.step()
            scheduler.step()
            path += scheduler.get_last_lr()
        paths.append(path)
    assert paths[1] == pytest.approx(paths[0], rel=1e-9)


# Lesson 05's numbers


def descend(f, start, rule, steps, **options):
    w = nnkit.tensor(np.array(start, dtype=float), requires_grad=True)
    optimizer = rule([w], **options)
    path = [w.detach().clone()]
    for _ in range(steps):
        optimizer.zero_grad()
        f(w).backward()
        optimizer.step()
        path.append(w.detach().clone())
    return np.array([p.tolist() for p in path])


@pytest.mark.parametrize(
    ("lr", "expected"),
    [
        (1, [2, -14, 98]), (0.25, [2, -2, 2]), (0.24, [2, -1.84, 1.6928]), (0.125, [2, 0, 0]),
        (0.1, [2, 0.4, 0.08]),
    ],
)  # fmt: skip
def test_steps_down_4x2(lr, expected):
    path = descend(lambda x: 4 * x**2, 2, optim.SGD, 2, lr=lr)
    assert path == pytest.approx(expected, abs=1e-12)


def test_2x2_12x_20_is_solved_in_one_step_at_the_best_rate():
    path = descend(lambda x: 2 * x**2 - 12 * x + 20, 7, optim.SGD, 1, lr=0.25)
    assert path[-1] == 3


def test_40_steps_are_not_enough():
    path = descend(lambda w: (w - 1) ** 2, 5, optim.SGD, 300, lr=0.01)
    assert path[40] == pytest.approx(2.783, abs=5e-4)
    assert np.argmax(np.abs(path - 1) < 0.01) == 297


def test_momentum_in_a_ravine_of_condition_100():
    def f(w):
        return (w[0] ** 2 + 100 * w[1] ** 2) / 2

    plain = descend(f, (1, 1), optim.SGD, 300, lr=2 / 101)
    beta = (9 / 11) ** 2
    heavy = descend(f, (1, 1), optim.SGD, 300, lr=(2 / 11) ** 2, momentum=beta)
    factor = (np.linalg.norm(plain[300]) / np.linalg.norm(plain[200])) ** (1 / 100)
    assert factor == pytest.approx(0.980, abs=5e-4)
    factor = (np.linalg.norm(heavy[300]) / np.linalg.norm(heavy[200])) ** (1 / 100)
    assert factor == pytest.approx(0.818, abs=0.01)


def test_what_adam_does_to_simple_gradients():
    def adam_steps(gradients):
        w = nnkit.tensor(np.zeros(()), requires_grad=True)
        optimizer = optim.Adam([w], lr=1)
        path = [0.0]
        for g in gradients:
            w.grad = nnkit.tensor(np.array(float(g)))
            optimizer.step()
            path.append(w.item())
        return -np.diff(path)

    assert adam_steps([1e-3])[0] == pytest.approx(1, rel=1e-4)
    assert adam_steps([-50])[0] == pytest.approx(-1)
    assert adam_steps([7] * 20) == pytest.approx(np.ones(20))
    alternating = adam_steps([1, -1] * 200)
    assert np.abs(alternating[-2:]) == pytest.approx([0.053, 0.053], abs=5e-4)


def test_weight_decay_of_lesson_07():
    """The minimum of (w - 1)^2 / 2 + lambda w^2 / 2 at lambda 1/2 is 2/3; AdamW keeps to the loss's
    own scale, Adam mixes the penalty into the gradient that it divides by."""

    def f(w):
        return (w - 1) ** 2 / 2

    path = descend(f, 0.0, optim.SGD, 60, lr=0.5, weight_decay=0.5)
    assert path[-1] == pytest.approx(2 / 3)
    coupled = descend(f, 0.0, optim.Adam, 2000, lr=0.01, weight_decay=0.5)[-1]
    decoupled = descend(f, 0.0, optim.AdamW, 2000, lr=0.01, weight_decay=0.5)[-1]
    assert coupled == pytest.approx(2 / 3, abs=1e-3) and abs(decoupled - coupled) > 0.01
    step = descend(lambda w: 0 * w, 3.0, optim.AdamW, 1, lr=0.1, weight_decay=0.5)
    assert step[-1] == pytest.approx(3 * (1 - 0.1 * 0.5))


# Groups, memory, refusals


@pytest.mark.parametrize(
    ("rule", "options"), [(optim.Adam, {}), (optim.SGD, {"momentum": 0.9}), (optim.Adagrad, {})]
)
def test_a_saved_optimizer_goes_on_where_it_was(rule, options):
    def train(w, optimizer, steps):
        for _ in range(steps):
            optimizer.zero_grad()
            ((w - 3) ** 4).sum().backward()
            optimizer.step()

    w = nnkit.ones(2, requires_grad=True)
    optimizer = rule([w], lr=0.01, **options)
    train(w, optimizer, 5)
    saved, copy = optimizer.state_dict(), nnkit.tensor(w, requires_grad=True)
    train(w, optimizer, 5)
    twin = rule([copy])
    twin.load_state_dict(saved)
    train(copy, twin, 5)
    assert copy.tolist() == w.tolist()


def test_zero_grad_forgets_or_zeroes():
    w = nnkit.ones(2, requires_grad=True)
    optimizer = optim.SGD([w], lr=1)
    w.sum().backward()
    optimizer.zero_grad(set_to_none=False)
    assert w.grad.tolist() == [0, 0]
    optimizer.zero_grad()
    assert w.grad is None
    optimizer.step()  # nothing to do without a gradient
    assert w.tolist() == [1, 1]


def test_step_changes_the_tensor_in_place_and_calls_the_closure():
    w = nnkit.ones(2, requires_grad=True)
    memory, optimizer = w.array, optim.SGD([w], lr=0.5)

    def closure():
        optimizer.zero_grad()
        loss = (w * w).sum()
        loss.backward()
        return loss

    assert optimizer.step(closure).item() == 2
    assert w.array is memory and w.tolist() == [0, 0]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda p: optim.SGD([p], lr=-0.1), "lr must be 0 or more, got -0.1"),
        (lambda p: optim.SGD([p], lr=float("nan")), "lr must be 0 or more, got nan"),
        (lambda p: optim.Adam([p], betas=(0.9, 1.0)), "betas"),
        (lambda p: optim.SGD([p], nesterov=True), "nesterov needs momentum"),
        (lambda p: optim.SGD([]), "no parameters"),
        (lambda p: optim.SGD([p * 2]), "is a result"),
        (lambda p: optim.SGD([{"params": [p]}, {"params": [p]}]), "more than one"),
    ],
)
def test_refusals(make, words):
    with pytest.raises(ValueError, match=words):
        make(nnkit.ones(1, requires_grad=True))


def test_params_must_be_tensors():
    with pytest.raises(TypeError, match="params must be tensors, got float"):
        optim.SGD([1.0])

"""How fast is a training step? nnkit beside hand-written NumPy, PyTorch and other small engines.

    python tests/benchmarks/engine.py

Each contender trains the same network on the same data, float32, one thread, softmax cross entropy,
plain SGD. They take turns, so that a slow moment of the machine hits all; a figure is the median
over the rounds, in processor time, which other programs disturb least. Contenders that are not
installed are named at the end. Install them with
`pip install torch autograd mygrad scikit-learn micrograd`.
"""

import copy
import os

os.environ["OMP_NUM_THREADS"] = "1"  # before NumPy and PyTorch are imported
os.environ["OPENBLAS_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = "1"

import platform
import statistics
import time
import warnings

import numpy as np

import nnkit
from nnkit.sweep import sweep

ROUNDS = 9
NETWORKS = {  # name: (layer sizes, batch, steps a round)
    "2-16-16-2, 300 points": ((2, 16, 16, 2), 300, 200),
    "64-128-10, batch 64": ((64, 128, 10), 64, 200),
    "784-256-128-10, batch 128": ((784, 256, 128, 10), 128, 15),
}
LR = 0.05


def problem(sizes, batch):
    """Data, labels and first weights, equal for all contenders."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((batch, sizes[0]), dtype=np.float32)
    y = rng.integers(0, sizes[-1], batch)
    shapes = list(zip(sizes[1:], sizes[:-1], strict=True))
    weights = [
        rng.standard_normal(s, dtype=np.float32) * np.float32((2 / s[1]) ** 0.5) for s in shapes
    ]
    return X, y, weights


def with_numpy(X, y, weights):
    """The floor: forward, backward and update written by hand for this very network."""
    weights = [w.copy() for w in weights]
    biases = [np.zeros(len(w), np.float32) for w in weights]
    rows, n = np.arange(len(y)), np.float32(len(y))

    def step():
        layers, h = [X], X
        for w, b in zip(weights, biases, strict=True):
            h = h @ w.T
            h += b
            if w is not weights[-1]:
                np.maximum(h, 0, out=h)
            layers.append(h)
        h -= h.max(axis=1, keepdims=True)
        p = np.exp(h)
        total = p.sum(axis=1, keepdims=True)
        loss = (np.log(total[:, 0]) - h[rows, y]).mean()
        p /= total
        p[rows, y] -= 1
        p /= n
        g = p
        for i in range(len(weights) - 1, -1, -1):
            dw, db = g.T @ layers[i], g.sum(axis=0)
            if i:
                g = g @ weights[i]
                g *= layers[i] > 0
            weights[i] -= LR * dw
            biases[i] -= LR * db
        return float(loss)

    return step


def _train_step(library, functional, X, y, weights):
    """The same lines for nnkit and for PyTorch."""
    layers = []
    for w in weights:
        layers += [library.nn.Linear(w.shape[1], w.shape[0]), library.nn.ReLU()]
    model = library.nn.Sequential(*layers[:-1])
    with library.no_grad():
        for layer, w in zip(layers[::2], weights, strict=True):
            layer.weight.copy_(library.tensor(w))
            layer.bias.zero_()
    optimizer = library.optim.SGD(model.parameters(), lr=LR)
    X, y = library.tensor(X), library.tensor(y)

    def step():
        optimizer.zero_grad()
        loss = functional.cross_entropy(model(X), y)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def with_nnkit(X, y, weights):
    return _train_step(nnkit, nnkit.functional, X, y, weights)


def with_pytorch(X, y, weights):
    import torch

    torch.set_num_threads(1)
    return _train_step(torch, torch.nn.functional, X, y, weights)


def with_autograd(X, y, weights):
    import autograd.numpy as anp
    from autograd import value_and_grad

    params = [p for w in weights for p in (w.copy(), np.zeros(len(w), np.float32))]
    rows = np.arange(len(y))

    def loss_of(params):
        h = X
        for i in range(0, len(params), 2):
            h = anp.dot(h, params[i].T) + params[i + 1]
            if i + 2 < len(params):
                h = anp.maximum(h, 0)
        h = h - anp.max(h, axis=1, keepdims=True)
        return anp.mean(anp.log(anp.sum(anp.exp(h), axis=1)) - h[rows, y])

    gradient = value_and_grad(loss_of)

    def step():
        loss, grads = gradient(params)
        for p, g in zip(params, grads, strict=True):
            p -= LR * g
        return float(loss)

    return step


def with_mygrad(X, y, weights):
    import mygrad
    from mygrad.nnet.activations import relu
    from mygrad.nnet.losses import softmax_crossentropy

    params = [mygrad.tensor(p) for w in weights for p in (w.copy(), np.zeros(len(w), np.float32))]

    def step():
        h = X
        for i in range(0, len(params), 2):
            h = mygrad.matmul(h, params[i].T) + params[i + 1]
            if i + 2 < len(params):
                h = relu(h)
        loss = softmax_crossentropy(h, y)
        loss.backward()
        for p in params:
            p.data -= LR * p.grad
        return loss.item()

    return step


def with_scikit_learn(X, y, weights):
    """`partial_fit` with one batch does one update; like every public call it checks its input.
    For two classes scikit-learn's network has one logistic output instead of two."""
    from sklearn.neural_network import MLPClassifier

    hidden = tuple(len(w) for w in weights[:-1])
    model = MLPClassifier(
        hidden, solver="sgd", alpha=0, momentum=0, nesterovs_momentum=False, batch_size=len(y),
        learning_rate_init=LR, shuffle=False,
    )  # fmt: skip
    model.partial_fit(X, y, classes=np.arange(len(weights[-1])))
    if len(weights[-1]) == 2:
        weights = [*weights[:-1], weights[-1][1:] - weights[-1][:1]]
    model.coefs_ = [w.T.copy() for w in weights]
    model.intercepts_ = [np.zeros(len(w), np.float32) for w in weights]

    def step():
        model.partial_fit(X, y)
        return model.loss_

    return step


def with_micrograd(X, y, weights):
    """One number at a time, so only a small part of the first network: 10 points, squared error
    (micrograd has no exp); the time is scaled to all points."""
    from micrograd.nn import MLP

    if X.shape[1] > 2:
        raise NotImplementedError
    part = 10
    model = MLP(X.shape[1], [len(w) for w in weights])

    def step():
        loss = 0
        for x, label in zip(X[:part].tolist(), y[:part].tolist(), strict=True):
            for c, score in enumerate(model(x)):
                loss = loss + (score - float(c == label)) ** 2
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data -= 1e-4 * p.grad
        return float("nan")

    step.scale = len(X) / part
    return step


CONTENDERS = {
    "hand-written NumPy": with_numpy,
    "nnkit": with_nnkit,
    "PyTorch eager": with_pytorch,
    "autograd": with_autograd,
    "mygrad": with_mygrad,
    "scikit-learn": with_scikit_learn,
    "micrograd": with_micrograd,
}


def measure(step, steps):
    """Seconds a step, and the loss at the end."""
    start = time.process_time()
    for _ in range(steps):
        loss = step()
    return (time.process_time() - start) / steps * getattr(step, "scale", 1), loss


def compare(sizes, batch, steps):
    """name -> (median seconds a step, last loss), and the contenders that could not start."""
    ready, absent = {}, {}
    for name, build in CONTENDERS.items():
        try:
            ready[name] = build(*problem(sizes, batch))
            ready[name]()
        except ImportError as error:
            absent[name] = str(error)
        except NotImplementedError:
            pass
    times, losses = {name: [] for name in ready}, {}
    for _ in range(ROUNDS):
        for name, step in ready.items():
            seconds, losses[name] = measure(step, 1 if name == "micrograd" else steps)
            times[name].append(seconds)
    return {name: (statistics.median(t), losses[name]) for name, t in times.items()}, absent


def compare_sweep(copies=32, steps=100):
    """Median seconds for `copies` learning rates, trained one after the other and all at once."""
    generator = nnkit.Generator().manual_seed(0)
    X, y = nnkit.data.moons(60, generator=generator)
    model = nnkit.nn.Sequential(
        nnkit.nn.Linear(2, 8, generator=generator), nnkit.nn.Tanh(),
        nnkit.nn.Linear(8, 2, generator=generator),
    )  # fmt: skip
    rates = np.logspace(-3, 0, copies).tolist()
    loss_fn, rule = nnkit.functional.cross_entropy, nnkit.optim.SGD

    def one_after_the_other():
        for lr in rates:
            twin = copy.deepcopy(model)
            optimizer = rule(twin.parameters(), lr=lr)
            for _ in range(steps):
                optimizer.zero_grad()
                loss = loss_fn(twin(X), y)
                loss.backward()
                optimizer.step()
                loss.item()

    def at_once():
        sweep(model, loss_fn, rule, (X, y), steps=steps, lr=rates)

    times = ([], [])
    for _ in range(ROUNDS):
        for kept, run in zip(times, (one_after_the_other, at_once), strict=True):
            start = time.process_time()
            run()
            kept.append(time.process_time() - start)
    return [statistics.median(t) for t in times]


def main():
    warnings.simplefilter("ignore")  # what other libraries say about themselves
    machine = f"Python {platform.python_version()}, NumPy {np.__version__}, {platform.machine()}"
    print(f"{machine}, one thread, float32, medians of {ROUNDS} rounds\n")
    absent = {}
    for title, (sizes, batch, steps) in NETWORKS.items():
        results, absent = compare(sizes, batch, steps)
        ours = results["nnkit"][0]
        print(f"{title:<28}{'us/step':>12}{'/ floor':>10}{'/ nnkit':>10}{'last loss':>12}")
        floor = results["hand-written NumPy"][0]
        for name, (seconds, loss) in results.items():
            print(
                f"  {name:<26}{seconds * 1e6:>12,.1f}{seconds / floor:>10.2f}"
                f"{seconds / ours:>10.2f}{loss:>12.6f}"
            )
        print()
    single, together = compare_sweep()
    print("sweep: 32 learning rates, 2-8-2, 60 points, 100 steps")
    print(f"  one after the other {single * 1e3:.0f} ms, at once {together * 1e3:.0f} ms: ", end="")
    print(f"{single / together:.1f} times as fast\n")
    for name, why in absent.items():
        print(f"not measured: {name} ({why})")


if __name__ == "__main__":
    main()

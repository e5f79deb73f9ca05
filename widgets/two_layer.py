"""A small net trained by plain gradient descent: its boundary and its loss, update by update."""

import functools

import numpy as np

import nnkit
import nnkit.functional as F
from nnkit import data
from widgets.controls import choice, log_slider, slider
from widgets.explorer import Explorer
from widgets.field import Field
from widgets.panel import not_yet
from widgets.style import BLUE, CLASSES, GREY, INK, RED

MOST = 300  # updates
GRID = np.linspace(-1.6, 1.6, 65)
SETS = {
    "XOR": lambda g: data.xor(80, 0.1, generator=g),
    "circles": lambda g: data.circles(80, 0.08, generator=g),
    "moons": lambda g: data.moons(80, 0.1, generator=g),
}
PLANE = np.stack(np.meshgrid(GRID, GRID), axis=-1).reshape(-1, 2)


@functools.cache
def samples(name):
    """(X, y): 80 points of two classes around the origin, shapes (80, 2) and (80,)."""
    X, y = (t.numpy() for t in SETS[name](nnkit.Generator().manual_seed(1)))
    X = X.astype(float) - X.mean(axis=0)
    return X * 1.1 / np.abs(X).max(axis=0), y


def two_layer(X, y, W1, b1, W2, b2):
    """(loss, gradients of W1, b1, W2, b2): ReLU, softmax cross-entropy, by nnkit's backward()."""
    W1, b1, W2, b2 = weights = [nnkit.tensor(w, requires_grad=True) for w in (W1, b1, W2, b2)]
    hidden = F.relu(nnkit.Tensor(X) @ W1 + b1)
    loss = F.cross_entropy(hidden @ W2 + b2, nnkit.Tensor(y))
    loss.backward()
    return loss.item(), tuple(w.grad.numpy() for w in weights)


def kaiming(fan_in, fan_out, rng):
    return rng.normal(0, np.sqrt(2 / fan_in), (fan_in, fan_out))


class TwoLayerNet(Explorer):
    """Train input - ReLU units - two scores; watch the boundary bend and the loss fall.

    two_layer: a learner's own `two_layer(X, y, W1, b1, W2, b2) -> (loss, gradients)`; step: their
    `step(w, grad, lr)`, a weight after its update; init: their `init(fan_in, fan_out, rng)`, the
    first weights of a layer. nnkit's where these return None.
    """

    data = choice("data", SETS, "XOR")
    hidden = slider("hidden units", 1, 24, default=8, step=1)
    lr = log_slider("learning rate (lr)", 1e-2, 10, default=0.5)
    updates = slider("updates", 0, MOST, default=200, step=5)
    seed = slider("first weights (seed)", 0, 20, default=0, step=1)

    play = "updates"
    presets = {
        "XOR, two units: stuck (then try seed 3)": {
            "data": "XOR", "hidden": 2, "lr": 0.5, "updates": MOST, "seed": 0,
        },
        "circles: a corner for each unit": {"data": "circles", "hidden": 6, "updates": MOST},
        "moons with 16 units": {"data": "moons", "hidden": 16, "updates": MOST},
        "lr 10: worse than before": {"data": "moons", "lr": 10.0},
    }  # fmt: skip
    readout_lines = 4

    def __init__(self, two_layer=None, step=None, init=None, **state):
        self.own, self.own_step, self.own_init = two_layer, step, init
        if init:
            self.presets = {}  # they promise what only random weights can do
        super().__init__(**state)

    def unused(self, state):
        """The seed, if every seed gives the same first weights."""
        first, second = (self._first(2, 2, np.random.default_rng(seed))[0] for seed in (0, 1))
        return ["seed"] if np.array_equal(first, second) else []

    def compute(self, data, hidden, lr, updates, seed):
        X, y = samples(data)
        rng = np.random.default_rng(seed)
        weights = self._first(2, hidden, rng) + self._first(hidden, 2, rng)
        own = self.own is not None and self.own(X, y, *weights) is not None
        net, losses = self.own if own else two_layer, []
        stepped = (
            self.own_step is not None and self.own_step(np.ones(1), np.ones(1), lr) is not None
        )
        step = self.own_step if stepped else lambda w, grad, lr: w - lr * grad
        for update in range(updates + 1):
            with np.errstate(all="ignore"):  # never around a yield, which may resume elsewhere
                loss, gradients = net(X, y, *weights)
                losses.append(float(loss))
            if update == updates or update % 20 == 19:
                yield {
                    "X": X, "y": y, "weights": weights, "losses": np.array(losses), "own": own,
                    "stepped": stepped,
                    "chances": chance_of_class_1(PLANE, *weights), "lr": lr,
                    "right": np.mean((chance_of_class_1(X, *weights) > 0.5) == y),
                }  # fmt: skip
            with np.errstate(all="ignore"):
                weights = [step(w, g, lr) for w, g in zip(weights, gradients, strict=True)]

    def _first(self, fan_in, fan_out, rng):
        """(W, b) of a layer before the first update."""
        W = self.own_init(fan_in, fan_out, rng) if self.own_init else None
        W = kaiming(fan_in, fan_out, rng) if W is None else np.array(W, float)
        if W.shape != (fan_in, fan_out):
            raise ValueError(f"init must return shape {(fan_in, fan_out)}, got {W.shape}")
        return [W, np.zeros(fan_out)]

    def setup(self, figure):
        self.plane, self.curve = figure.subplots(1, 2, width_ratios=(1, 1.35))
        self.field = Field(self.live, self.plane, GRID, GRID, 0, 1, (0.5,), colours="classes")
        self.plane.set(xlabel="x1", ylabel="x2", title="chance of class 1", aspect="equal")
        (self.folds,) = self.live.move(
            *self.plane.plot([], [], color=GREY, lw=0.8, ls="--", label="where a unit switches on")
        )
        look = {"mec": INK, "mew": 0.5, "ms": 5}
        self.points = self.live.move(
            *(self.plane.plot([], [], mark, color=colour, label=f"class {k}", **look)[0]
              for k, (colour, mark) in enumerate(CLASSES[:2]))
        )  # fmt: skip
        (self.losses,) = self.live.move(*self.curve.plot([], [], color=BLUE))
        (self.now,) = self.live.move(*self.curve.plot([], [], "s", color=RED, clip_on=False))
        self.curve.axhline(np.log(2), color=GREY, lw=1, ls=":", label="guessing: ln 2 = 0.693")
        self.curve.set(
            yscale="log", xlim=(0, MOST), ylim=(1e-3, 10), xlabel="updates", title="training loss"
        )
        self.losses.set_label("loss")
        self.field.lines.set_label("boundary: chance ½")
        handles = [*self.points, self.field.lines, self.folds, *self.curve.lines[-1:]]
        figure.legend(handles=handles, loc="outside lower left", ncols=5)

    def draw(self, result):
        self.field.set_values(result["chances"].reshape(len(GRID), len(GRID)))
        for k, marks in enumerate(self.points):
            marks.set_data(*result["X"][result["y"] == k].T)
        W1, b1, *_ = result["weights"]
        self.folds.set_data(*folds(W1, b1))
        losses = np.nan_to_num(result["losses"], nan=1e300, posinf=1e300)
        self.losses.set_data(np.arange(len(losses)), losses)
        self.now.set_data([len(losses) - 1], np.clip(losses[-1:], 1e-3, 10))

    def readout(self, result):
        losses = result["losses"]
        first, last = losses[0], losses[-1]
        stuck = len(losses) > 50 and last > 0.99 * losses[-51]
        verdict = (
            "Not trained yet" if len(losses) == 1 else
            "Worse than before: lr is too large" if not last <= first else
            "Still guessing" if last > 0.6 else
            "Fits every point" if result["right"] == 1 else
            "Stuck, no better than 50 updates ago" if stuck else "Learns"
        )  # fmt: skip
        shapes = " + ".join(f"{w.size}" for w in result["weights"])
        total = sum(w.size for w in result["weights"])
        whose = "Your two_layer" if result["own"] else "nnkit's backward()"
        lines = [
            f"<b>{verdict}:</b> after {len(losses) - 1} updates the loss is {last:.4g} "
            f"(at the start {first:.4g}), and {result['right']:.0%} of the points are right.",
            f"{whose} finds {shapes} = {total} gradients in one pass back; "
            + ("your step uses them" if result["stepped"] else "gradient descent uses them")
            + f", with lr = {result['lr']:.3g}.",
        ]
        if self.own and not result["own"]:
            lines.append(not_yet("two_layer", "nnkit's gradients are used"))
        if self.own_step and not result["stepped"]:
            lines.append(not_yet("step", "the plain rule w − lr · grad is used"))
        return "<br>".join(lines)


def chance_of_class_1(X, W1, b1, W2, b2):
    """Softmax over two classes is the sigmoid of the difference of their scores."""
    with np.errstate(all="ignore"):
        scores = np.maximum(X @ W1 + b1, 0) @ W2 + b2
        return 1 / (1 + np.exp(scores[:, 0] - scores[:, 1]))


def folds(W1, b1):
    """The lines x W1 + b1 = 0, one for each hidden unit, as one line with gaps: (xs, ys)."""
    ends = []
    for (a, b), c in zip(W1.T, b1, strict=True):
        size = a * a + b * b
        if np.isfinite(size) and size > 0:
            foot, along = np.array([a, b]) * -c / size, np.array([-b, a]) * 5 / np.sqrt(size)
            ends += [foot - along, foot + along, (np.nan, np.nan)]
    return np.reshape(ends, (-1, 2)).T

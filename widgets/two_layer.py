"""A small net trained by plain gradient descent: its boundary and its loss, update by update."""

import numpy as np

from widgets.class_marks import ClassMarks
from widgets.controls import choice, log_slider, slider
from widgets.explorer import Explorer
from widgets.field import Field
from widgets.loss_curve import LossCurve
from widgets.own import not_yet, written
from widgets.small_net import (
    SETS,
    Trained,
    chance_of_class_1,
    folds,
    new_layer,
    plain_step,
    samples,
    train,
    two_layer,
)
from widgets.style import BLUE, GREY, INK

MOST = 300  # updates
GRID = np.linspace(-1.6, 1.6, 65)
PLANE = np.stack(np.meshgrid(GRID, GRID), axis=-1).reshape(-1, 2)


class NetPlane:
    """The net's answers over the plane, its boundary, the folds of its units and the points."""

    def __init__(self, live, axes):
        self.field = Field(live, axes, GRID, GRID, 0, 1, (0.5,), colours="classes")
        self.field.lines.set_label("boundary: chance ½")
        axes.set(xlabel="x1", ylabel="x2", title="chance of class 1", aspect="equal")
        look = {"color": GREY, "lw": 0.8, "ls": "--"}
        (self.folds,) = live.move(*axes.plot([], [], label="where a unit switches on", **look))
        self.points = ClassMarks(live, axes, ls="", mec=INK, mew=0.5, ms=5)

    def show(self, trained):
        chances = chance_of_class_1(PLANE, *trained.weights)
        self.field.set_values(chances.reshape(len(GRID), len(GRID)))
        W1, b1, *_ = trained.weights
        self.folds.set_data(*folds(W1, b1))
        self.points.show(trained.X, trained.y)


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
        first, second = (new_layer(self.own_init, 2, 2, np.random.default_rng(i)) for i in (0, 1))
        return ["seed"] if np.array_equal(first[0], second[0]) else []

    def compute(self, data, hidden, lr, updates, seed):
        (X, y), init, rng = samples(data), self.own_init, np.random.default_rng(seed)
        weights = new_layer(init, 2, hidden, rng) + new_layer(init, hidden, 2, rng)
        own = written(self.own, X, y, *weights)
        stepped = written(self.own_step, np.ones(1), np.ones(1), lr)
        net, step = self.own if own else two_layer, self.own_step if stepped else plain_step
        for found in train(net, step, X, y, weights, lr, updates):
            yield Trained(X, y, *found, lr, own, stepped)

    def setup(self, figure):
        left, right = figure.subplots(1, 2, width_ratios=(1, 1.35))
        self.plane = plane = NetPlane(self.live, left)
        self.curve = LossCurve(self.live, right, MOST, (1e-3, 10), BLUE)
        look = {"color": GREY, "lw": 1, "ls": ":"}
        guessing = right.axhline(np.log(2), label="guessing: ln 2 = 0.693", **look)
        handles = [*plane.points.marks, plane.field.lines, plane.folds, guessing]
        figure.legend(handles=handles, loc="outside lower left", ncols=5)

    def draw(self, result):
        self.plane.show(result)
        self.curve.show(result.losses)

    def readout(self, result):
        lines = [result.outcome, result.means]
        if self.own and not result.own:
            lines.append(not_yet("two_layer", "nnkit's gradients are used"))
        if self.own_step and not result.stepped:
            lines.append(not_yet("step", "the plain rule w − lr · grad is used"))
        return "<br>".join(lines)

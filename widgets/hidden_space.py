"""A two-layer net on XOR: the input space, and beside it the hidden space that folds it."""

import numpy as np

from widgets.controls import choice, slider
from widgets.explorer import Explorer
from widgets.hidden_space_drawing import HiddenPlane, InputPlane
from widgets.neuron import CORNERS
from widgets.own import not_yet, own_or
from widgets.words import readable_sum
from widgets.xor_net import (
    ACTIVATIONS,
    DRAWN,
    LAYERS,
    LINES,
    MOST,
    NAMES,
    PLANE,
    Fold,
    checked,
    forward,
    named,
    split,
    train,
)


def state(activation, *weights):
    """A state of the explorer: the activation and nine weights, in the order of NAMES."""
    return {"activation": activation, "fold": 100} | named(weights)


class HiddenSpace(Explorer):
    """Slide the fold from 0 to 100 %; watch the plane bend until one line separates XOR.

    forward: a learner's own `forward(X, W1, b1, w2, b2, activation) -> (h, z)`.
    """

    activation = choice("activation", ACTIVATIONS, "ReLU")
    fold = slider("fold (%)", 0, 100, default=100, step=1)
    h1_w1 = slider("h1: w1", -MOST, MOST, default=1.0, step=0.1)
    h2_w1 = slider("h2: w1", -MOST, MOST, default=1.0, step=0.1)
    h1_w2 = slider("h1: w2", -MOST, MOST, default=1.0, step=0.1)
    h2_w2 = slider("h2: w2", -MOST, MOST, default=1.0, step=0.1)
    h1_b = slider("h1: b", -MOST, MOST, default=0.0, step=0.1)
    h2_b = slider("h2: b", -MOST, MOST, default=-1.0, step=0.1)
    y_w1 = slider("output: w1", -MOST, MOST, default=1.0, step=0.1)
    y_w2 = slider("output: w2", -MOST, MOST, default=-2.0, step=0.1)
    y_b = slider("output: b", -MOST, MOST, default=-0.5, step=0.1)

    presets = {
        "ReLU: the fold": state("ReLU", 1, 1, 0, 1, 1, -1, 1, -2, -0.5),
        "step: OR and NAND, then AND": state("step", 2, 2, -1, -2, -2, 3, 2, 2, -3),
        "sigmoid: the same gates, soft": state("sigmoid", 6, 6, -3, -6, -6, 8, 6, 6, -8),
        "none: turned and sheared, never bent": state("none", 1, -0.5, 0.5, 0.5, 1, 0, 1, 1, -1),
    }
    actions = {"train 100 steps": "train", "random start": "start"}
    play = "fold"
    size = (840, 360)
    readout_lines = 4

    def __init__(self, forward=None, **state):
        self.own, self.starts, self.news = forward, 0, ""
        super().__init__(**state)

    def start(self):
        """Draw all weights anew; the n-th press gives the same weights in every session."""
        rng = np.random.default_rng(self.starts)
        self.starts += 1
        self.set(**named(rng.uniform(-1, 1, 9).round(1)))

    def train(self):
        """Take 100 steps of gradient descent (Adam) from the present weights."""
        if LAYERS[self.activation] is None:
            self.news = "A step is flat: it has no slope that training could follow. Take another."
            self.refresh()
        else:
            weights, error = train([self.state[name] for name in NAMES], self.activation)
            self.news = f"Trained for 100 steps: mean squared error {error:.3f}."
            self.set(**named(weights))
        self.news = ""

    def reset(self, *_):
        self.starts = 0
        super().reset()

    def compute(self, activation, fold, **weights):
        weights = split([weights[name] for name in NAMES])
        rule = ACTIVATIONS[activation]
        h, z, own = self._forward(np.r_[CORNERS, LINES.reshape(-1, 2)], weights, rule)
        _, plane_z, _ = self._forward(PLANE, weights, DRAWN.get(activation, rule))
        n = len(CORNERS)
        return Fold(activation, weights, fold / 100, h[:n], z[:n], h[n:], plane_z, own)

    def _forward(self, X, weights, activation):
        result, own = own_or(self.own, forward, X, *weights, activation)
        return *checked(result, X), own

    def setup(self, figure):
        left, right = figure.subplots(1, 2)
        self.inputs, self.hidden = InputPlane(self.live, left), HiddenPlane(self.live, right)
        figure.legend(
            handles=[*self.inputs.corners.marks, self.inputs.field.lines, *self.inputs.nodes],
            loc="outside lower left", ncols=5,
        )  # fmt: skip

    def draw(self, result):
        self.inputs.show(result)
        self.hidden.show(result)

    def readout(self, result):
        lines = [f"<b>{result.verdict}</b> {self.news}", result.example, result.meaning]
        if self.own:
            lent = not_yet("forward", "this is nnkit's")
            lines.append("Computed by your forward." if result.own else lent)
        return readable_sum("<br>".join(lines))

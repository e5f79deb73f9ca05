"""Initialisation: slide the size of the first weights, and signals fade, survive or explode."""

from dataclasses import replace

import numpy as np

from widgets.controls import choice, log_slider, slider
from widgets.explorer import Explorer
from widgets.first_weights import (
    ACTIVATIONS,
    CLASSES,
    SAMPLES,
    SCHEMES,
    UPDATES,
    Start,
    drawn_by,
    first_weights,
    signals,
    task,
    train,
)
from widgets.loss_curve import LossCurve
from widgets.own import not_yet
from widgets.ridges import LayerRidges
from widgets.style import BLUE, GREY, INK, RED

MOST = 10  # layers
LOW, HIGH, SMALLEST, LARGEST = -2, 4, -10, 4  # limits: of activations, of a gradient's exponent


class Initialisation(Explorer):
    """Move the size of the first weights; watch activations, gradients and training follow.

    init: a learner's own `init(fan_in, fan_out, rng) -> W`, which then takes the scheme's place.
    """

    scheme = choice("scheme", SCHEMES, "normal, std from the slider")
    activation = choice("activation", ACTIVATIONS, "tanh")
    std = log_slider("std of the weights", 1e-3, 3, default=0.01)
    depth = slider("depth (layers)", 2, MOST, default=MOST, step=1)
    width = slider("width (units)", 10, 500, default=80, step=10)
    lr = log_slider("learning rate (lr)", 1e-3, 3, default=0.05)

    presets = {
        "tanh, std 0.01, width 500: fades": {"std": 0.01, "width": 500},
        "tanh, std 1: saturates": {"std": 1.0},
        "tanh, 1/sqrt(n)": {"scheme": "normal, 1/sqrt(n)"},
        "ReLU, 1/sqrt(n): fades": {"scheme": "normal, 1/sqrt(n)", "activation": "ReLU"},
        "ReLU, Kaiming": {"scheme": "Kaiming normal", "activation": "ReLU"},
        "all weights equal": {"scheme": "constant, from the slider", "std": 0.02},
        "all weights zero": {"scheme": "zeros"},
    }
    presets = {
        words: {"scheme": "normal, std from the slider", "width": 80, "activation": "tanh"} | state
        for words, state in presets.items()
    }
    size = (840, 360)
    readout_lines = 5
    patience = 0.0  # the histograms follow the hand, the training comes after

    def __init__(self, init=None, **state):
        self.own = init
        if init:
            self.presets = {}  # they are about schemes
        super().__init__(**state)

    def unused(self, state):
        if self.own:
            return ["scheme", "std"]
        return [] if "slider" in state["scheme"] else ["std"]

    def compute(self, scheme, activation, std, depth, width, lr):
        sizes = [width] * (depth + 1) + [CLASSES]
        own = drawn_by(self.own, sizes) if self.own else None
        weights = own or first_weights(scheme, std, sizes)
        meant = None if own else SCHEMES[scheme](width, width, std)
        X, y = task(width)
        found = signals(weights, activation, X[:SAMPLES], y[:SAMPLES])
        start = Start(weights, activation, *found, meant, lr)
        yield start
        for loss in train(weights, activation, X, y, lr):
            start = replace(start, losses=(*start.losses, loss))
            yield start

    def setup(self, figure):
        left, middle, right = figure.subplots(1, 3, width_ratios=(1.25, 1.25, 1))
        self.values = LayerRidges(self.live, left, LOW, HIGH, HIGH + 2.7, BLUE)
        self.sizes = LayerRidges(self.live, middle, SMALLEST, LARGEST, LARGEST + 5.9, RED)
        left.set(xlim=(LOW - 0.3, HIGH + 5), xticks=range(LOW, HIGH + 1))
        middle.set(xlim=(SMALLEST - 0.7, LARGEST + 11), xticks=[-9, -3, 3])
        middle.set_xticklabels([f"$10^{{{k}}}$" for k in (-9, -3, 3)])
        for axes in left, middle:
            axes.set(ylim=(MOST + 0.3, -0.1), yticks=[])
        left.set(title="activations, their std", xlabel="value (exact zeros are left out)")
        middle.set(title="gradients, their std", xlabel="size (hatched: all beyond)")
        self.curve = LossCurve(self.live, right, UPDATES, (1e-3, 1e2), INK)
        look = {"color": GREY, "ls": ":", "lw": 1.2}
        guessing = right.axhline(np.log(CLASSES), label=f"guessing: ln {CLASSES}", **look)
        right.legend(handles=[self.curve.line, guessing], loc="lower left")

    def draw(self, result):
        self.values.show(result.activations, [h[h != 0] for h in result.activations])
        with np.errstate(divide="ignore"):
            exponents = [np.log10(np.abs(g[g != 0])) for g in result.gradients]
        self.sizes.show(result.gradients, exponents)
        self.curve.show(result.losses)
        for name in "scheme", "std":  # a learner's rule takes their place
            self._widgets[name].layout.display = "none" if result.meant is None else None

    def readout(self, result):
        lines = [result.fate, result.first_layer, result.learning]
        name = getattr(self.own, "__name__", "init")
        if result.meant is None:
            lines.append(f"All weights, of every layer, were drawn by your {name}.")
        elif self.own:
            lines.append(not_yet(name, "the scheme in the menu is used"))
        return "<br>".join(lines)

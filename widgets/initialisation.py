"""Initialisation: slide the size of the first weights, and signals fade, survive or explode."""

import numpy as np

from widgets.circuit_drawing import short
from widgets.controls import choice, log_slider, slider
from widgets.explorer import Explorer
from widgets.first_weights import (
    ACTIVATIONS,
    CLASSES,
    SAMPLES,
    SCHEMES,
    UPDATES,
    first_weights,
    signals,
    task,
    train,
    verdict,
)
from widgets.labels import Labels
from widgets.panel import not_yet
from widgets.ridges import Ridges
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
        weights = self._own_weights(sizes)
        own = weights is not None
        weights = weights if own else first_weights(scheme, std, sizes)
        X, y = task(width)
        activations, gradients = signals(weights, activation, X[:SAMPLES], y[:SAMPLES])
        result = {
            "activations": activations, "gradients": gradients, "losses": [], "lr": lr,
            "std": float(weights[0].std(dtype=float)), "activation": activation, "own": own,
            "verdict": verdict(activations, activation), "width": width, "mean": weights[0].mean(),
            "meant": None if own else SCHEMES[scheme](width, width, std),
        }  # fmt: skip
        yield result
        for loss in train(weights, activation, X, y, lr):
            result = result | {"losses": [*result["losses"], loss]}
            yield result

    def _own_weights(self, sizes):
        rng = np.random.default_rng(0)
        weights = []
        for a, b in zip(sizes, sizes[1:], strict=False) if self.own else []:
            w = self.own(a, b, rng)
            if w is None:
                return None
            weights.append(np.asarray(w, np.float32))
            if weights[-1].shape != (a, b):
                raise ValueError(f"init must return shape {(a, b)}, got {weights[-1].shape}")
        return weights or None

    def setup(self, figure):
        left, middle, self.curve = figure.subplots(1, 3, width_ratios=(1.25, 1.25, 1))
        self.values = Ridges(self.live, left, LOW, HIGH, colour=BLUE)
        self.sizes = Ridges(self.live, middle, SMALLEST, LARGEST, colour=RED)
        self.left, self.right = Labels(self.live, left, 8), Labels(self.live, middle, 8)
        left.set(xlim=(LOW - 0.3, HIGH + 5), xticks=range(LOW, HIGH + 1))
        middle.set(xlim=(SMALLEST - 0.7, LARGEST + 11), xticks=[-9, -3, 3])
        middle.set_xticklabels([f"$10^{{{k}}}$" for k in (-9, -3, 3)])
        for axes in left, middle:
            axes.set(ylim=(MOST + 0.3, -0.1), yticks=[])
        left.set(title="activations, their std", xlabel="value (exact zeros are left out)")
        middle.set(title="gradients, their std", xlabel="size (hatched: all beyond)")
        (self.losses,) = self.live.move(*self.curve.plot([], [], color=INK, label="loss"))
        (self.now,) = self.live.move(*self.curve.plot([], [], "s", color=RED, clip_on=False))
        self.curve.axhline(
            np.log(CLASSES), color=GREY, ls=":", lw=1.2, label=f"guessing: ln {CLASSES}"
        )
        self.curve.set(
            xlim=(0, UPDATES), ylim=(1e-3, 1e2), yscale="log", xlabel="updates",
            title="training loss",
        )  # fmt: skip
        self.curve.legend(handles=[self.losses, self.curve.lines[-1]], loc="lower left")

    def draw(self, result):
        self.values.set([h[h != 0] for h in result["activations"]])
        with np.errstate(divide="ignore"):
            self.sizes.set([np.log10(np.abs(g[g != 0])) for g in result["gradients"]])
        self.left.set(self._stds(result["activations"], HIGH + 2.7))
        self.right.set(self._stds(result["gradients"], LARGEST + 5.9))
        losses = np.nan_to_num(result["losses"], nan=1e300, posinf=1e300)
        self.losses.set_data(np.arange(len(losses)), losses)
        self.now.set_data(range(len(losses))[-1:], np.clip(losses[-1:], 1e-3, 1e2))
        for name in "scheme", "std":  # a learner's rule has taken their place
            self._widgets[name].layout.display = "none" if result["own"] else None

    @staticmethod
    def _stds(rows, x):
        """A label for each row: its standard deviation."""
        return [
            (x, k - 0.25, f"layer {k}: {short(row.std(dtype=float))}", INK)
            for k, row in enumerate(rows, 1)
        ]

    def readout(self, result):
        word, reason = result["verdict"]
        width, std, losses = result["width"], result["std"], result["losses"]
        first, last = (np.std(result["gradients"][i], dtype=float) for i in (0, -1))
        layers = len(result["gradients"])
        off = np.mean(result["activations"][-1] == 0)
        lines = [
            f"<b>{word}:</b> {reason}."
            + (f" In the last layer {off:.0%} of the activations are exactly 0." if off else ""),
            f"Layer 1: the weights' std is {std:.3g}"
            + (f" (drawn with {result['meant']:.3g})" if result["meant"] else "")
            + f", so a sum over n = {width} inputs of size 1 has the std "
            f"sqrt(n) · {std:.3g} = {width**0.5 * std:.3g}."
            if std > 0
            else f"Every weight is {result['mean']:.3g}.",
            f"Gradients: std {short(last)} at layer {layers}, {short(first)} at layer 1.",
        ]
        if losses:
            end = f"{np.mean(losses[-10:]):.4g} (mean of ten)"  # one mini-batch alone says little
            done = len(losses) - 1
            after = "the first update" if done == 1 else f"{done} updates"
            end = end if np.isfinite(losses[-1]) else "it is no number any more (nan)"
            lines[-1] += (
                f" Trained with lr = {result['lr']:.3g}: loss {losses[0]:.4g}, after {after} {end}."
            )
        name = getattr(self.own, "__name__", "init")
        if result["own"]:
            lines.append(f"All weights, of every layer, were drawn by your {name}.")
        elif self.own:
            lines.append(not_yet(name, "the scheme in the menu is used"))
        return "<br>".join(lines)

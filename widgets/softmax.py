"""Scores become probabilities, and probabilities a loss: softmax and cross entropy of one image."""

from dataclasses import dataclass

import numpy as np

from widgets.controls import choice, log_slider, slider
from widgets.descent import readable
from widgets.explorer import Explorer
from widgets.panel import not_yet
from widgets.style import BLUE, GREEN, GREY, ORANGE, RED

CLASSES = ("cat", "car", "frog")
TRUE_SCORES = np.linspace(-10, 10, 161)  # where the two losses are drawn
MOST, TOP = 8.0, 20.0  # the largest losses with room on the curve of -ln p, and beside the hinge


def softmax(scores):
    """e^s divided by its sum along the last axis; the largest is subtracted first."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def naive_softmax(scores):
    """The formula as it stands: overflows to nan where e^s is too large for a computer."""
    with np.errstate(all="ignore"):
        powers = np.exp(scores)
        return powers / powers.sum(axis=-1, keepdims=True)


def hinge(scores, y, delta=1.0):
    """The multiclass hinge loss along the last axis."""
    gaps = np.maximum(0, scores - scores[..., y, None] + delta)
    return gaps.sum(axis=-1) - delta


@dataclass(frozen=True)
class Answer:
    """One position of SoftmaxLoss. `p` holds nan where the learner's own softmax fails; `own`."""

    scores: np.ndarray
    temperature: float
    constant: float
    y: int
    p: np.ndarray
    own: bool

    @property
    def logits(self):
        return (self.scores + self.constant) / self.temperature

    @property
    def loss(self):
        """-ln p of the true class, nan or infinite where p is."""
        with np.errstate(divide="ignore"):
            return float(-np.log(self.p[self.y]))

    @property
    def hinge(self):
        return float(hinge(self.scores / self.temperature, self.y))

    @property
    def curves(self):
        """Cross entropy and hinge loss, were the true score another: arrays along TRUE_SCORES."""
        scores = np.tile(self.scores, (len(TRUE_SCORES), 1))
        scores[:, self.y] = TRUE_SCORES
        logits = scores / self.temperature
        highest = logits.max(axis=1)
        total = highest + np.log(np.exp(logits - highest[:, None]).sum(axis=1))
        return total - logits[:, self.y], hinge(logits, self.y)


class SoftmaxLoss(Explorer):
    """Move three scores; watch their probabilities, the cross entropy, and the hinge beside it.

    softmax: a learner's own `softmax(S)` of a table of scores, a row for each sample.
    """

    cat = slider("score for cat", -10.0, 10.0, default=3.2, step=0.05)
    car = slider("score for car", -10.0, 10.0, default=5.1, step=0.05)
    frog = slider("score for frog", -10.0, 10.0, default=-1.7, step=0.05)
    true = choice("true class", CLASSES, "cat")
    temperature = log_slider("temperature (T)", 0.1, 10, default=1.0)
    constant = slider("add a constant (c)", -1000.0, 1000.0, default=0.0, step=10.0)

    presets = {
        "the cat image": {"cat": 3.2, "car": 5.1, "frog": -1.7, "true": "cat"},
        "the car image": {"cat": 1.3, "car": 4.9, "frog": 2.0, "true": "car"},
        "the frog image": {"cat": 2.2, "car": 2.5, "frog": -3.1, "true": "frog"},
        "(−2.85, 0.86, 0.28), a frog": {"cat": -2.85, "car": 0.86, "frog": 0.28, "true": "frog"},
        "(10, 9, 9): the hinge is content": {"cat": 10.0, "car": 9.0, "frog": 9.0, "true": "cat"},
        "(1, −2, 0)": {"cat": 1.0, "car": -2.0, "frog": 0.0, "true": "cat"},
        "(1, −2, 0) halved: T = 2": {
            "cat": 1.0, "car": -2.0, "frog": 0.0, "true": "cat", "temperature": 2.0,
        },
        "all equal": {"cat": 0.0, "car": 0.0, "frog": 0.0, "true": "cat"},
        "add 1000: e^s overflows": {
            "cat": 3.2, "car": 5.1, "frog": -1.7, "true": "cat", "constant": 1000.0,
        },
    }  # fmt: skip
    presets = {name: {"temperature": 1.0, "constant": 0.0} | s for name, s in presets.items()}
    size = (840, 320)
    readout_lines = 5

    def __init__(self, softmax=None, **state):
        self.own = softmax
        super().__init__(**state)

    def compute(self, cat, car, frog, true, temperature, constant):
        scores = np.array([cat, car, frog])
        logits = (scores + constant) / temperature
        with np.errstate(all="ignore"):
            p = self.own(logits[None].copy()) if self.own else None
        own = p is not None
        if own and np.shape(p) != (1, 3):
            raise ValueError(
                f"softmax must return the shape of its input, (1, 3), got {np.shape(p)}"
            )
        p = np.array(p, dtype=float)[0] if own else softmax(logits)
        return Answer(scores, temperature, constant, CLASSES.index(true), p, own)

    def setup(self, figure):
        chances, curve, losses = figure.subplots(1, 3, width_ratios=(1, 1.1, 1.3))
        self.chances, self.curve, self.losses = chances, curve, losses
        move = self.live.move
        chances.set(title="probabilities p", ylim=(0, 1.14), xticks=range(3), xlim=(-0.6, 2.6))
        chances.set_xticklabels(CLASSES)
        chances.grid(visible=False, axis="x")
        self.bars = move(*chances.bar(range(3), 0, width=0.7, color=ORANGE))
        self.amounts = move(*(chances.text(k, 0, "", ha="center", va="bottom") for k in range(3)))
        look = {"clip_on": False, "transform": chances.get_xaxis_transform()}  # beside the name
        (self.mark,) = move(*chances.plot([0], [-0.085], "s", color=BLUE, ms=8, zorder=5, **look))
        p = np.r_[np.geomspace(1e-4, 1e-2, 80), np.linspace(1e-2, 1, 160)]
        curve.plot(p, -np.log(p), color=GREY)
        curve.set(
            title="loss: −ln p of the true class", xlabel="p of the true class",
            xlim=(-0.03, 1.03), ylim=(-0.2, MOST),
        )  # fmt: skip
        (self.drop,) = move(*curve.plot([], [], ":", color=RED, lw=1.2))
        (self.point,) = move(*curve.plot([], [], "o", color=RED, ms=9, zorder=5, clip_on=False))
        losses.set(
            title="loss if the true score moved", xlabel="score of the true class",
            xlim=(-10, 10), ylim=(-0.5, TOP),
        )  # fmt: skip
        (self.entropy,) = move(*losses.plot([], [], color=RED, label="cross entropy"))
        (self.bend,) = move(*losses.plot([], [], "--", color=GREEN, label="hinge, delta 1"))
        look = {"ls": "", "zorder": 5, "clip_on": False}
        (self.here,) = move(*losses.plot([], [], "o", color=RED, ms=9, **look))
        (self.there,) = move(*losses.plot([], [], "D", color=GREEN, ms=8, **look))
        self.beyond = move(  # the numbers of points above the axes
            curve.text(0.06, MOST - 0.3, "", va="top", color=RED),
            losses.text(0, TOP - 0.7, "", va="top", color=RED),
            losses.text(0, TOP - 2.7, "", va="top", color=GREEN),
        )
        handles = [self.mark, (self.entropy, self.here), (self.bend, self.there)]
        words = ["true class", "cross entropy, and now", "hinge loss with delta 1, and now"]
        figure.legend(handles, words, loc="outside lower left", ncols=3)

    def draw(self, result):
        y, p = result.y, np.nan_to_num(result.p)
        for k, (bar, amount) in enumerate(zip(self.bars, self.amounts, strict=True)):
            height = min(max(p[k], 0), 1.0)
            bar.set_height(height)
            bar.set_color(BLUE if k == y else ORANGE)
            amount.set(text=f"{result.p[k]:.3f}", y=height + 0.01)
        self.mark.set_xdata([y - 0.36])
        loss = min(result.loss, MOST)  # nan, the learner's mistake, stays nan: no point
        self.point.set_data([p[y]], [loss])
        self.drop.set_data([p[y], p[y], -0.03], [-0.2, loss, loss])
        entropy, bend = result.curves
        self.entropy.set_data(TRUE_SCORES, entropy)
        self.bend.set_data(TRUE_SCORES, bend)
        true = result.scores[y]
        self.here.set_data([true], [min(result.loss, TOP)])
        self.there.set_data([true], [min(result.hinge, TOP)])
        losses, tops = (result.loss, result.loss, result.hinge), (MOST, TOP, TOP)
        for words, loss, top in zip(self.beyond, losses, tops, strict=True):
            words.set_text(f"↑ {readable(f'{loss:.4g}')}" if loss > top else "")
        for words in self.beyond[1:]:
            words.set(x=true + (0.7 if true < 0 else -0.7), ha="left" if true < 0 else "right")

    def readout(self, result):
        return readable("<br>".join([self._powers(result), *self._losses(result)]))

    @staticmethod
    def _powers(result):
        base = "s" if not result.constant else "(s + c)"
        base += "/T" if result.temperature != 1 else ""
        with np.errstate(over="ignore"):
            powers = np.exp(result.logits)
        items = [f"e^{x:.5g} = {power:.5g}" for x, power in zip(result.logits, powers, strict=True)]
        failed = not np.isfinite(naive_softmax(result.logits)).all()
        quotient = (
            "Divided by it: nan, not a number. With the largest subtracted first"
            if failed
            else "Divided by it"
        )
        return (
            f"e^{base}: {', '.join(items)}; their sum is {powers.sum():.5g}.<br>"
            f"{quotient}: p = <b>({_list(result.p)})</b>."
        )

    def _losses(self, result):
        y, over = result.y, "" if result.temperature == 1 else ", over T"
        slopes = (result.p - np.eye(3)[y]) / result.temperature
        scores = result.scores / result.temperature
        gaps = " + ".join(
            f"max(0, {scores[k]:.4g} − {_number(scores[y])} + 1)" for k in range(3) if k != y
        )
        yield (
            f"Cross entropy: −ln p<sub>{CLASSES[y]}</sub> = −ln {result.p[y]:.4g} = "
            f"<b>{result.loss + 0:.3f}</b>. Its slopes along the scores, p − y{over}: "
            f"({_list(slopes)})."
        )
        of = "" if result.temperature == 1 else " of s/T"
        yield f"Hinge loss{of}: {gaps} = <b>{result.hinge + 0:.4g}</b>."
        if not self.own:
            yield self._meaning(result)
        elif result.own:
            yield "The probabilities are computed by your own softmax."
        else:
            yield not_yet("softmax", "these are nnkit's probabilities")

    @staticmethod
    def _meaning(result):
        scores = result.scores / result.temperature
        lead = scores[result.y] - np.delete(scores, result.y).max()
        if lead > 1 - 1e-9:  # 6.1 - 5.1 is a bit less than 1
            return "The hinge is content with a lead of 1. Cross entropy always asks for more."
        if lead > 0:
            return "The true class is ahead, but by less than 1: both losses ask for more."
        return "The true class is not ahead: both losses grow with every point that it is behind."


def _list(values):
    return ", ".join(f"{value:.3f}" for value in values)


def _number(value):
    return f"{value:.4g}" if value >= 0 else f"({value:.4g})"

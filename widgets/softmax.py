"""Scores become probabilities, and probabilities a loss: softmax and cross entropy of one image."""

from dataclasses import dataclass

import numpy as np

from widgets.controls import choice, log_slider, slider
from widgets.explorer import Explorer
from widgets.labels import beside, off_the_top
from widgets.own import not_yet
from widgets.style import BLUE, GREEN, GREY, ORANGE, RED
from widgets.svm_loss import CLASSES, hinge_formula
from widgets.words import readable

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
        """-ln p of the true class, nan or infinite where p is wrong."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return float(-np.log(self.p[self.y]))

    @property
    def slopes(self):
        """Of the cross entropy, along the scores."""
        return (self.p - np.eye(3)[self.y]) / self.temperature

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

    @property
    def words(self):
        """The two formulas with the numbers plugged in, and the probabilities between them."""
        base, over, of = "s" if not self.constant else "(s + c)", "", ""
        if self.temperature != 1:
            base, over, of = base + "/T", ", over T", " of s/T"
        with np.errstate(over="ignore"):
            powers = np.exp(self.logits)
        items = [f"e^{x:.5g} = {power:.5g}" for x, power in zip(self.logits, powers, strict=True)]
        quotient = "Divided by it"
        if not np.isfinite(naive_softmax(self.logits)).all():
            quotient += ": nan, not a number. With the largest subtracted first"
        return [
            f"e^{base}: {', '.join(items)}; their sum is {powers.sum():.5g}.",
            f"{quotient}: p = <b>({_list(self.p)})</b>.",
            f"Cross entropy: −ln p<sub>{CLASSES[self.y]}</sub> = −ln {self.p[self.y]:.4g} = "
            f"<b>{self.loss + 0:.3f}</b>. Its slopes along the scores, p − y{over}: "
            f"({_list(self.slopes)}).",
            f"Hinge loss{of}: {hinge_formula(self.scores / self.temperature, self.y)} = "
            f"<b>{self.hinge + 0:.4g}</b>.",
        ]

    @property
    def meaning(self):
        """What the two losses want of the scores."""
        scores = self.scores / self.temperature
        lead = scores[self.y] - np.delete(scores, self.y).max()
        if lead > 1 - 1e-9:  # 6.1 - 5.1 is a bit less than 1
            return "The hinge is content with a lead of 1. Cross entropy always asks for more."
        if lead > 0:
            return "The true class is ahead, but by less than 1: both losses ask for more."
        return "The true class is not ahead: both losses grow with every point that it is behind."


def _list(values):
    return ", ".join(f"{value:.3f}" for value in values)


def state(cat, car, frog, true, temperature=1.0, constant=0.0):
    """A state of the explorer, all of it."""
    return {
        "cat": cat, "car": car, "frog": frog, "true": true, "temperature": temperature,
        "constant": constant,
    }  # fmt: skip


class ProbabilityBars:
    """Three bars on `axes` with their numbers, one a class; the true one is blue and marked."""

    def __init__(self, live, axes):
        axes.set(title="probabilities p", ylim=(0, 1.14), xticks=range(3), xlim=(-0.6, 2.6))
        axes.set_xticklabels(CLASSES)
        axes.grid(visible=False, axis="x")
        self.bars = live.move(*axes.bar(range(3), 0, width=0.7, color=ORANGE))
        self.amounts = live.move(*(axes.text(k, 0, "", ha="center", va="bottom") for k in range(3)))
        look = {"clip_on": False, "transform": axes.get_xaxis_transform()}  # beside the name
        (self.mark,) = live.move(*axes.plot([0], [-0.085], "s", color=BLUE, ms=8, zorder=5, **look))

    def move(self, p, y):
        """Show these probabilities, of which number y is the true class's."""
        for k, (bar, amount) in enumerate(zip(self.bars, self.amounts, strict=True)):
            height = min(max(np.nan_to_num(p[k]), 0), 1.0)
            bar.set_height(height)
            bar.set_color(BLUE if k == y else ORANGE)
            amount.set(text=f"{p[k]:.3f}", y=height + 0.01)
        self.mark.set_xdata([y - 0.36])


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
        "the cat image": state(3.2, 5.1, -1.7, "cat"),
        "the car image": state(1.3, 4.9, 2.0, "car"),
        "the frog image": state(2.2, 2.5, -3.1, "frog"),
        "(−2.85, 0.86, 0.28), a frog": state(-2.85, 0.86, 0.28, "frog"),
        "(10, 9, 9): the hinge is content": state(10.0, 9.0, 9.0, "cat"),
        "(1, −2, 0)": state(1.0, -2.0, 0.0, "cat"),
        "(1, −2, 0) halved: T = 2": state(1.0, -2.0, 0.0, "cat", temperature=2.0),
        "all equal": state(0.0, 0.0, 0.0, "cat"),
        "add 1000: e^s overflows": state(3.2, 5.1, -1.7, "cat", constant=1000.0),
    }
    size = (840, 320)
    readout_lines = 5

    def __init__(self, softmax=None, **state):
        self.own = softmax
        super().__init__(**state)

    def compute(self, cat, car, frog, true, temperature, constant):
        scores = np.array([cat, car, frog])
        logits = (scores + constant) / temperature
        with np.errstate(all="ignore"):
            table = self.own(logits[None].copy()) if self.own else None
        own = table is not None
        if own and np.shape(table) != (1, 3):
            shape = np.shape(table)
            raise ValueError(f"softmax must return the shape of its input, (1, 3), got {shape}")
        p = np.array(table, dtype=float)[0] if own else softmax(logits)
        return Answer(scores, temperature, constant, CLASSES.index(true), p, own)

    def setup(self, figure):
        chances, curve, losses = figure.subplots(1, 3, width_ratios=(1, 1.1, 1.3))
        self.chances = ProbabilityBars(self.live, chances)
        move, now = self.live.move, {"ls": "", "zorder": 5, "clip_on": False}
        p = np.r_[np.geomspace(1e-4, 1e-2, 80), np.linspace(1e-2, 1, 160)]
        curve.plot(p, -np.log(p), color=GREY)
        curve.set(
            title="loss: −ln p of the true class", xlabel="p of the true class",
            xlim=(-0.03, 1.03), ylim=(-0.2, MOST),
        )  # fmt: skip
        (self.drop,) = move(*curve.plot([], [], ":", color=RED, lw=1.2))
        (self.point,) = move(*curve.plot([], [], "o", color=RED, ms=9, **now))
        losses.set(
            title="loss if the true score moved", xlabel="score of the true class",
            xlim=(-10, 10), ylim=(-0.5, TOP),
        )  # fmt: skip
        (self.entropy,) = move(*losses.plot([], [], color=RED))
        (self.bend,) = move(*losses.plot([], [], "--", color=GREEN))
        (self.here,) = move(*losses.plot([], [], "o", color=RED, ms=9, **now))
        (self.there,) = move(*losses.plot([], [], "D", color=GREEN, ms=8, **now))
        self.beyond = move(  # the numbers of points above the axes
            curve.text(0.06, MOST - 0.3, "", va="top", color=RED),
            losses.text(0, TOP - 0.7, "", va="top", color=RED),
            losses.text(0, TOP - 2.7, "", va="top", color=GREEN),
        )
        handles = [self.chances.mark, (self.entropy, self.here), (self.bend, self.there)]
        words = ["true class", "cross entropy, and now", "hinge loss with delta 1, and now"]
        figure.legend(handles, words, loc="outside lower left", ncols=3)

    def draw(self, result):
        y, true = result.y, result.scores[result.y]
        self.chances.move(result.p, y)
        p, loss = np.nan_to_num(result.p[y]), min(result.loss, MOST)  # no point where it is nan
        self.point.set_data([p], [loss])
        self.drop.set_data([p, p, -0.03], [-0.2, loss, loss])
        for line, curve in zip((self.entropy, self.bend), result.curves, strict=True):
            line.set_data(TRUE_SCORES, curve)
        self.here.set_data([true], [min(result.loss, TOP)])
        self.there.set_data([true], [min(result.hinge, TOP)])
        losses, tops = (result.loss, result.loss, result.hinge), (MOST, TOP, TOP)
        for words, loss, top in zip(self.beyond, losses, tops, strict=True):
            words.set_text(off_the_top(loss, top, ".4g"))
        for words in self.beyond[1:]:
            beside(words, true, 0.7)

    def readout(self, result):
        yes = "The probabilities are computed by your own softmax."
        credit = yes if result.own else not_yet("softmax", "these are nnkit's probabilities")
        return readable("<br>".join([*result.words, credit if self.own else result.meaning]))

"""Entropy, cross entropy and KL divergence of two coins: the true one and the one we believe in."""

from dataclasses import dataclass

import numpy as np
from matplotlib.legend_handler import HandlerTuple

from widgets.controls import slider
from widgets.descent import readable
from widgets.explorer import Explorer
from widgets.panel import not_yet
from widgets.style import BLUE, GREEN, INK, ORANGE, PURPLE, RED

# the q of the curves: denser at both ends, where costs run away, and with both ends
MODELS = np.r_[0.0, 1 / (1 + np.exp(-np.linspace(-20, 20, 401))), 1.0]
TOP = 4.0  # the largest surprise with room in the picture


def surprise(chance):
    """-ln of a chance: 0 for what is certain, infinite for what is impossible."""
    with np.errstate(divide="ignore"):
        return -np.log(chance) + 0.0


def cross_entropy(p, q):
    """The sum of p times the surprise -ln q; what has chance 0 under p costs nothing."""
    with np.errstate(invalid="ignore"):
        return np.where(p > 0, p * surprise(q), 0.0).sum(axis=-1)


def coin(chance):
    """(chance, 1 - chance): a distribution over two outcomes, along a new last axis."""
    return np.stack([chance, 1 - np.asarray(chance)], axis=-1)


@dataclass(frozen=True)
class Coins:
    """One position of EntropyAndKL: two chances of heads. `kl` may be the learner's own number."""

    p: float
    q: float
    kl: float
    reversed: float
    own: bool

    @property
    def entropy(self):
        return float(cross_entropy(coin(self.p), coin(self.p)))

    @property
    def cross_entropy(self):
        return float(cross_entropy(coin(self.p), coin(self.q)))


class EntropyAndKL(Explorer):
    """Move two coins; watch what it costs to believe in q where p is true.

    kl: a learner's own `kl(p, q)` of two arrays of chances; it then gives both divergences.
    """

    p = slider("p: true chance", 0.0, 1.0, default=0.9, step=0.01)
    q = slider("q: the model's", 0.0, 1.0, default=0.5, step=0.01)

    presets = {
        "p 0.9 against q 0.5": {"p": 0.9, "q": 0.5},
        "the other way round": {"p": 0.5, "q": 0.9},
        "the model is right": {"p": 0.7, "q": 0.7},
        "p is certain: entropy 0": {"p": 1.0, "q": 0.6},
        "q calls impossible what happens": {"p": 0.9, "q": 1.0},
    }
    size = (840, 330)
    readout_lines = 5

    def __init__(self, kl=None, **state):
        self.own = kl
        super().__init__(**state)

    def compute(self, p, q):
        there, back = self._own(p, q), self._own(q, p)
        own = there is not None and back is not None
        if not own:
            there, back = (
                cross_entropy(coin(a), coin(b)) - cross_entropy(coin(a), coin(a))
                for a, b in ((p, q), (q, p))
            )
        return Coins(p, q, float(there), float(back), own)

    def _own(self, p, q):
        with np.errstate(all="ignore"):
            return self.own(coin(p), coin(q)) if self.own else None

    def setup(self, figure):
        self.areas, self.curves = figure.subplots(1, 2)
        move = self.live.move
        self.blocks = move(
            self.areas.bar(0, 0, 0, align="edge", color=ORANGE, alpha=0.55)[0],
            self.areas.bar(0, 0, 0, align="edge", color=PURPLE, alpha=0.55)[0],
        )
        (self.outline,) = move(*self.areas.plot([], [], color=INK, lw=1.6))
        self.names = move(
            self.areas.text(0, -0.1, "", ha="left", va="top"),
            self.areas.text(1, -0.1, "", ha="right", va="top"),
        )
        self.areas.set(
            title="how surprising, and how often", xlim=(0, 1), ylim=(0, TOP), xticks=[],
            ylabel="height: surprise −ln q",
        )  # fmt: skip
        self.areas.set_xlabel("width: how often it happens (p)", labelpad=18)
        (self.cross,) = move(*self.curves.plot([], [], color=RED))
        (self.floor,) = move(*self.curves.plot([], [], "--", color=INK))
        (self.back,) = move(*self.curves.plot([], [], ":", color=GREEN))
        (self.gap,) = move(*self.curves.plot([], [], color=BLUE, lw=4))
        (self.point,) = move(*self.curves.plot([], [], "o", color=RED, ms=9, clip_on=False))
        self.curves.set(
            title="what each model q costs", xlabel="q: the model's chance of heads",
            xlim=(-0.015, 1.015), ylim=(0, TOP),
        )  # fmt: skip
        lines = [self.blocks, self.outline, self.cross, self.floor, self.gap, self.back]
        words = ["area: H(p, q)", "area: H(p)", "H(p, q)", "H(p)", "KL(p || q)", "KL(q || p)"]
        look = {"va": "top", "zorder": 6}
        self.beyond = move(  # the numbers of what leaves the picture: two blocks and the point
            *(self.areas.text(0, 0.97 * TOP, "", ha="center", **look) for _ in range(2)),
            self.curves.text(0, 0.97 * TOP, "", color=RED, **look),
        )
        side_by_side = {tuple: HandlerTuple(ndivide=None)}
        figure.legend(lines, words, loc="outside lower left", ncols=6, handler_map=side_by_side)

    def draw(self, result):
        lefts, widths = (0.0, result.p), (result.p, 1 - result.p)
        surprises = surprise(coin(result.q))
        heights = surprises.clip(0, 2 * TOP)
        for block, left, width, height in zip(self.blocks, lefts, widths, heights, strict=True):
            block.set(x=left, width=width, height=height)
        own = np.where(np.array(widths) > 0, surprise(coin(result.p)).clip(0, 2 * TOP), 0)
        self.outline.set_data(
            [0, 0, result.p, result.p, 1, 1], [0, own[0], own[0], own[1], own[1], 0]
        )
        for name, word, width in zip(self.names, ("heads", "tails"), widths, strict=True):
            name.set_text(f"{word}: {width:.2f}")
        models, p, q = coin(MODELS), coin(result.p), result.q
        self.cross.set_data(MODELS, cross_entropy(p, models).clip(0, 2 * TOP))
        self.floor.set_data([0, 1], [result.entropy] * 2)
        back = cross_entropy(models, p) - cross_entropy(models, models)
        self.back.set_data(MODELS, back.clip(0, 2 * TOP))
        at = min(result.cross_entropy, TOP)
        self.gap.set_data([q] * 2, [result.entropy, at])
        self.point.set_data([q], [at])
        self.beyond[2].set(x=q + (0.04 if q < 0.5 else -0.04), ha="left" if q < 0.5 else "right")
        places = [left + width / 2 for left, width in zip(lefts, widths, strict=True)]
        for words, x in zip(self.beyond[:2], places, strict=True):
            words.set_x(min(max(x, 0.08), 0.92))
        shown = [*np.where(np.array(widths) > 0, surprises, 0), result.cross_entropy]
        for words, value in zip(self.beyond, shown, strict=True):
            words.set_text("" if value <= TOP else "↑ ∞" if np.isinf(value) else f"↑ {value:.2f}")

    def readout(self, result):
        p, q = coin(result.p), coin(result.q)
        entropy, cross = (self._sum(p, chances) for chances in (p, q))
        lines = [
            f"Entropy H(p) = {entropy} = <b>{_short(result.entropy)}</b>.",
            f"Cross entropy H(p, q) = {cross} = <b>{_short(result.cross_entropy)}</b>.",
            f"KL(p || q) = H(p, q) − H(p) = <b>{_short(result.kl)}</b>; the other way round "
            f"KL(q || p) = <b>{_short(result.reversed)}</b>.",
        ]
        if not self.own:
            lines.append(self._meaning(result))
        elif result.own:
            lines.append("Both divergences are computed by your own function.")
        else:
            lines.append(not_yet("function", "these are nnkit's numbers"))
        return readable("<br>".join(lines))

    @staticmethod
    def _sum(p, q):
        terms = zip(p, q, strict=True)
        return " + ".join(f"{a:.4g} · (−ln {b:.4g})" if a > 0 else "0" for a, b in terms)

    @staticmethod
    def _meaning(result):
        if np.isinf(result.cross_entropy):
            return (
                "The model calls impossible what does happen: one such time costs infinitely much."
            )
        if abs(result.p - result.q) < 1e-9:
            return "The model is right: cross entropy is at its lowest, which is the entropy of p."
        return "The model is not right, and that costs the blue gap on top of what p costs anyway."


def _short(value):
    return "infinite" if np.isinf(value) else f"{max(value, 0) if value > -5e-5 else value:.3f}"

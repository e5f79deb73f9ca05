"""Entropy, cross entropy and KL divergence of two coins: the true one and the one we believe in."""

from dataclasses import dataclass

import numpy as np
from matplotlib.legend_handler import HandlerTuple

from widgets.controls import slider
from widgets.explorer import Explorer
from widgets.labels import beside, off_the_top
from widgets.own import not_yet
from widgets.style import BLUE, GREEN, INK, ORANGE, PURPLE, RED
from widgets.words import readable

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


def kl(p, q):
    """KL(p || q): what the model q costs on top of what p costs anyway."""
    return cross_entropy(p, q) - cross_entropy(p, p)


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

    @property
    def words(self):
        """The three formulas with the numbers plugged in."""
        p, q = coin(self.p), coin(self.q)
        return [
            f"Entropy H(p) = {_sum(p, p)} = <b>{_short(self.entropy)}</b>.",
            f"Cross entropy H(p, q) = {_sum(p, q)} = <b>{_short(self.cross_entropy)}</b>.",
            f"KL(p || q) = H(p, q) − H(p) = <b>{_short(self.kl)}</b>; the other way round "
            f"KL(q || p) = <b>{_short(self.reversed)}</b>.",
        ]

    @property
    def meaning(self):
        """Whether the model is right, and what that costs."""
        if np.isinf(self.cross_entropy):
            return (
                "The model calls impossible what does happen: one such time costs infinitely much."
            )
        if abs(self.p - self.q) < 1e-9:
            return "The model is right: cross entropy is at its lowest, which is the entropy of p."
        return "The model is not right, and that costs the blue gap on top of what p costs anyway."


def _sum(p, q):
    terms = zip(p, q, strict=True)
    return " + ".join(f"{a:.4g} · (−ln {b:.4g})" if a > 0 else "0" for a, b in terms)


def _short(value):
    return "infinite" if np.isinf(value) else f"{max(value, 0) if value > -5e-5 else value:.3f}"


class SurpriseAreas:
    """Heads and tails as blocks on `axes`, as wide as they are likely, as high as they surprise.

    Their area is the cross entropy; that of the outline, where the model is right, the entropy.
    """

    def __init__(self, live, axes):
        axes.set(
            title="how surprising, and how often", xlim=(0, 1), ylim=(0, TOP), xticks=[],
            ylabel="height: surprise −ln q",
        )  # fmt: skip
        axes.set_xlabel("width: how often it happens (p)", labelpad=18)
        look = {"align": "edge", "alpha": 0.55}
        self.blocks = live.move(
            *axes.bar(0, 0, 0, color=ORANGE, **look), *axes.bar(0, 0, 0, color=PURPLE, **look)
        )
        (self.outline,) = live.move(*axes.plot([], [], color=INK, lw=1.6))
        self.names = live.move(
            axes.text(0, -0.1, "", ha="left", va="top"),
            axes.text(1, -0.1, "", ha="right", va="top"),
        )
        look = {"ha": "center", "va": "top", "zorder": 6}
        self.beyond = live.move(*(axes.text(0, 0.97 * TOP, "", **look) for _ in self.blocks))

    def move(self, p, q):
        """Show a coin with the chance p of heads, and the surprise of one who believes in q."""
        lefts, widths, heights = (0.0, p), coin(p), surprise(coin(q))
        for block, left, width, height in zip(self.blocks, lefts, widths, heights, strict=True):
            block.set(x=left, width=width, height=min(height, 2 * TOP))
        for name, word, width in zip(self.names, ("heads", "tails"), widths, strict=True):
            name.set_text(f"{word}: {width:.2f}")
        heads, tails = np.where(widths > 0, surprise(widths).clip(0, 2 * TOP), 0)
        self.outline.set_data([0, 0, p, p, 1, 1], [0, heads, heads, tails, tails, 0])
        places, seen = (lefts + widths / 2).clip(0.08, 0.92), np.where(widths > 0, heights, 0)
        for words, x, height in zip(self.beyond, places, seen, strict=True):
            words.set(x=x, text=off_the_top(height, TOP, ".2f"))


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
        both = [(coin(p), coin(q)), (coin(q), coin(p))]
        with np.errstate(all="ignore"):
            found = [self.own and self.own(*pair) for pair in both]
        own = all(divergence is not None for divergence in found)
        there, back = found if own else [kl(*pair) for pair in both]
        return Coins(p, q, float(there), float(back), own)

    def setup(self, figure):
        areas, curves = figure.subplots(1, 2)
        self.areas, move = SurpriseAreas(self.live, areas), self.live.move
        (self.cross,) = move(*curves.plot([], [], color=RED))
        (self.floor,) = move(*curves.plot([], [], "--", color=INK))
        (self.back,) = move(*curves.plot([], [], ":", color=GREEN))
        (self.gap,) = move(*curves.plot([], [], color=BLUE, lw=4))
        (self.point,) = move(*curves.plot([], [], "o", color=RED, ms=9, clip_on=False))
        look = {"color": RED, "va": "top", "zorder": 6}
        (self.beyond,) = move(curves.text(0, 0.97 * TOP, "", **look))
        curves.set(
            title="what each model q costs", xlabel="q: the model's chance of heads",
            xlim=(-0.015, 1.015), ylim=(0, TOP),
        )  # fmt: skip
        lines = [self.areas.blocks, self.areas.outline, self.cross, self.floor, self.gap, self.back]
        words = ["area: H(p, q)", "area: H(p)", "H(p, q)", "H(p)", "KL(p || q)", "KL(q || p)"]
        side_by_side = {tuple: HandlerTuple(ndivide=None)}
        figure.legend(lines, words, loc="outside lower left", ncols=6, handler_map=side_by_side)

    def draw(self, result):
        self.areas.move(result.p, result.q)
        models, p, q = coin(MODELS), coin(result.p), result.q
        self.cross.set_data(MODELS, cross_entropy(p, models).clip(0, 2 * TOP))
        self.floor.set_data([0, 1], [result.entropy] * 2)
        self.back.set_data(MODELS, kl(models, p).clip(0, 2 * TOP))
        at = min(result.cross_entropy, TOP)
        self.gap.set_data([q] * 2, [result.entropy, at])
        self.point.set_data([q], [at])
        self.beyond.set_text(off_the_top(result.cross_entropy, TOP, ".2f"))
        beside(self.beyond, q, 0.04, middle=0.5)

    def readout(self, result):
        yes = "Both divergences are computed by your own function."
        credit = yes if result.own else not_yet("function", "these are nnkit's numbers")
        return readable("<br>".join([*result.words, credit if self.own else result.meaning]))

"""The multiclass hinge loss on three images: scores, the margin delta, and what each one costs."""

from dataclasses import dataclass

import numpy as np

from widgets.controls import choice, slider
from widgets.explorer import Explorer
from widgets.own import not_yet
from widgets.style import BLUE, GREEN, GREY, ORANGE, PURPLE, RED
from widgets.words import readable

CLASSES = ("cat", "car", "frog")
SCORES = np.array([[3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]])  # a row for each image
PLACES = np.arange(12).reshape(3, 4)[:, :3]  # of the scores in the picture, a gap between images
HINGES = {"hinge": 1, "squared hinge": 2}
START = {"delta": 1.0, "lam": 0.0, "scale": 1.0, "hinge": "hinge"}
START |= dict(zip(CLASSES, SCORES[0].tolist(), strict=True))  # those of the cat image


def hinge_terms(scores, delta, power=1):
    """max(0, s_j - s_y + delta)^power of each wrong class j, 0 at the true one: image i is class i.

    scores: (classes, classes), a row for each image; the result has the same shape.
    """
    gaps = np.maximum(0, scores - np.diag(scores)[:, None] + delta)
    np.fill_diagonal(gaps, 0)
    return gaps**power


def hinge_formula(scores, y, delta=1.0, power=1):
    """The loss of one image of class y as a sum with the numbers plugged in."""
    return " + ".join(
        f"max(0, {score:.4g} − {_number(scores[y])} + {delta:.3g}){'²' * (power == 2)}"
        for score in np.delete(scores, y)
    )


def _number(value):
    return f"{value:.4g}" if value >= 0 else f"({value:.4g})"


@dataclass(frozen=True)
class Costs:
    """What one position of HingeLoss computes. `penalty` is lam * R(W); `own`: by the learner."""

    scores: np.ndarray
    delta: float
    power: int
    terms: np.ndarray
    losses: np.ndarray
    lam: float
    squares: float
    own: bool

    @property
    def data(self):
        return self.losses.mean()

    @property
    def penalty(self):
        return self.lam * self.squares

    @property
    def objective(self):
        return self.data + self.penalty

    @property
    def words(self):
        """The loss of each image, and the objective, with the numbers plugged in."""
        parts = " + ".join(_number(loss) for loss in self.losses)
        return [
            *(f"{name} image: {self._sum(image)}" for image, name in enumerate(CLASSES)),
            f"Objective = ({parts}) / 3 + lambda · R(W) = {self.data:.4g} + "
            f"{self.lam:.3g} · {self.squares:.4g} = <b>{self.objective:.4g}</b>.",
        ]

    def _sum(self, image):
        formula = hinge_formula(self.scores[image], image, self.delta, self.power)
        terms = " + ".join(f"{term:.4g}" for term in np.delete(self.terms[image], image))
        return f"{formula} = {terms} = <b>{self.terms[image].sum():.4g}</b>"

    @property
    def comparison(self):
        """What the learner's function says, beside what it should."""
        same = np.allclose(self.losses, self.terms.sum(axis=1))
        losses = ", ".join(f"{loss:.4g}" for loss in self.losses)
        return f"Your own function says {losses}: {'the same.' if same else 'not the same!'}"

    @property
    def meaning(self):
        """Which image costs most, and what its scores lack."""
        worst = int(self.losses.argmax())
        if self.losses[worst] == 0:
            return "Every true score leads by delta or more: the loss is 0, whatever else they are."
        if np.allclose(self.losses, self.losses[0]):
            return "All three images cost the same."
        scores = self.scores[worst]
        lead = scores[worst] - np.delete(scores, worst).max()
        word = "leads by only" if lead >= 0 else "trails by"
        return (
            f"Dearest is the {CLASSES[worst]} image: its true score should lead by "
            f"{self.delta:.3g} and {word} {abs(lead):.3g}."
        )


class ScoreRows:
    """The three scores of each image in rows on `axes`, and what lies beyond its margin."""

    def __init__(self, live, axes):
        axes.set(
            xlim=(-9, 13), ylim=(10.7, -1.3), yticks=PLACES.ravel(), yticklabels=CLASSES * 3,
            xlabel="score", title="the three scores of each image",
        )  # fmt: skip
        axes.grid(visible=False, axis="y")
        for name, (place, *_) in zip(CLASSES, PLACES, strict=True):
            axes.text(-8.8, place - 0.75, f"image of a {name}", va="center", color=GREY)
        move, style = live.move, {"ls": "", "clip_on": False}
        (self.over,) = move(axes.hlines([], [], [], color=RED, lw=7, alpha=0.75, zorder=2))
        (self.edges,) = move(axes.vlines([], [], [], color=GREEN, ls="--", lw=1.6, zorder=3))
        (self.wrong,) = move(*axes.plot([], [], "o", color=ORANGE, ms=8, zorder=4, **style))
        (self.true,) = move(*axes.plot([], [], "s", color=BLUE, ms=9, zorder=5, **style))
        look = {"va": "center", "color": RED, "zorder": 6}
        self.labels = move(*(axes.text(0, place, "", **look) for place in PLACES.flat))

    def move(self, scores, delta, terms):
        """Show these scores and the terms of their losses; row i is image i, of class i."""
        true, wrong = np.diag(scores), ~np.eye(3, dtype=bool)
        self.true.set_data(true, np.diag(PLACES))
        self.wrong.set_data(scores[wrong], PLACES[wrong])
        edges = [
            [(score - delta, rows[0] - 0.4), (score - delta, rows[-1] + 0.4)]
            for score, rows in zip(true, PLACES, strict=True)
        ]
        beyond = [
            [(true[image] - delta, PLACES[image, j]), (scores[image, j], PLACES[image, j])]
            for image, j in np.argwhere(terms > 0)
        ]
        self.edges.set_segments(edges)
        self.over.set_segments(beyond)
        for label, term, score in zip(self.labels, terms.flat, scores.flat, strict=True):
            label.set(text=f"{term:.3g}" if term > 0 else "", x=score + 0.45)


class HingeLoss(Explorer):
    """Move delta; watch which wrong scores come within it, and what they cost.

    loss: a learner's own `loss(scores, y, delta)` of one example; it then fills in the losses.
    Each image has one feature of its own that is 1, so that W simply holds the scores.
    """

    delta = slider("delta", 0.0, 5.0, default=1.0, step=0.1)
    lam = slider("lambda (lam)", 0.0, 0.1, default=0.0, step=0.002)
    scale = slider("scale of W", 0.0, 2.0, default=1.0, step=0.05)
    hinge = choice("hinge", HINGES, "hinge")
    cat = slider("cat image: cat", -4.0, 6.0, default=3.2, step=0.1)
    car = slider("cat image: car", -4.0, 6.0, default=5.1, step=0.1)
    frog = slider("cat image: frog", -4.0, 6.0, default=-1.7, step=0.1)

    presets = {
        "delta 3": {"delta": 3.0},
        "W doubled": {"scale": 2.0},
        "W doubled, and delta too": {"scale": 2.0, "delta": 2.0},
        "W = 0: every score is 0": {"scale": 0.0},
        "squared hinge": {"hinge": "squared hinge"},
        "lambda 0.02": {"lam": 0.02},
    }
    presets = {name: START | state for name, state in presets.items()}
    size = (840, 400)
    readout_lines = 5

    def __init__(self, loss=None, **state):
        self.own = loss
        super().__init__(**state)

    def unused(self, state):
        return ["hinge"] if self.own else []

    def pointed(self, axes, x, y):
        row = round(y)
        if axes is self.rows and row in range(3):
            self.place(**{CLASSES[row]: x / (self.scale or 1)})

    def compute(self, delta, lam, scale, hinge, cat, car, frog):
        scores = scale * np.array([(cat, car, frog), *SCORES[1:]]) + 0.0  # no -0 in the words
        terms = hinge_terms(scores, delta, HINGES[hinge])
        losses = [self.own and self.own(row.copy(), y, delta) for y, row in enumerate(scores)]
        own = all(loss is not None for loss in losses)
        losses = np.array(losses, dtype=float) if own else terms.sum(axis=1)
        return Costs(scores, delta, HINGES[hinge], terms, losses, lam, (scores**2).sum(), own)

    def setup(self, figure):
        self.rows, self.costs = figure.subplots(1, 2, width_ratios=(1.35, 1))
        self.scores, move = ScoreRows(self.live, self.rows), self.live.move
        names = [f"loss of the {name} image" for name in CLASSES]
        names += ["their mean", "lambda · R(W)", "objective"]
        colours = [RED] * 3 + [PURPLE, GREY, BLUE]
        self.costs.set(yticks=range(6), yticklabels=names, ylim=(5.6, -0.6), title="what it costs")
        self.costs.grid(visible=False, axis="y")
        self.bars = move(*self.costs.barh(range(6), 0, color=colours, alpha=0.8, height=0.6))
        self.amounts = move(*(self.costs.text(0, y, "", va="center") for y in range(6)))
        handles = [self.scores.true, self.scores.wrong, self.scores.edges, self.scores.over]
        words = ["score of the true class", "score of a wrong class"]
        words += ["true score − delta", "what is beyond it; its cost"]
        figure.legend(handles, words, loc="outside lower left", ncols=4)

    def draw(self, result):
        right = 36 if result.power == 1 else 130
        if self.costs.get_xlim() != (0, right):
            self.costs.set_xlim(0, right)
        self.scores.move(result.scores, result.delta, result.terms)
        values = [*result.losses, result.data, result.penalty, result.objective]
        for bar, amount, value in zip(self.bars, self.amounts, values, strict=True):
            width = min(max(value, 0), right)
            bar.set_width(width)
            amount.set_text(f" {value:.4g} → " if value > right else f" {value:.4g} ")
            amount.set(x=width, ha="left" if width < 0.8 * right else "right")

    def readout(self, result):
        yours = result.comparison if result.own else not_yet("function", "these are nnkit's losses")
        return readable("<br>".join([*result.words, yours if self.own else result.meaning]))

"""A linear classifier of digits: ten rows of W, seen as ten templates, learnt while you slide."""

from dataclasses import dataclass
from functools import cache, partial

import numpy as np

import nnkit
from nnkit import data
from nnkit.functional import cross_entropy, multiclass_hinge_loss
from widgets.controls import choice, log_slider, slider
from widgets.explorer import Explorer
from widgets.own import not_yet
from widgets.softmax import softmax
from widgets.style import BLUE, GREY, INK, ORANGE
from widgets.words import readable

LOSSES = {"hinge": multiclass_hinge_loss, "cross entropy": cross_entropy}
STEPS, TRAINING, SHOWN = 100, 500, 40  # gradient steps; digits to learn from; digits to choose from
WIDTHS = 0.3, 1.0, 3.0, 8.0  # of the axis of scores: the first with room for all ten


@cache
def digits():
    """(X, y), (X, y): 500 digits to learn from and 1297 others, pixels from 0 to 1, 64 to a row."""
    X, y = (part.numpy() for part in data.digits())
    X = X.astype(float)
    return (X[:TRAINING], y[:TRAINING]), (X[TRAINING:], y[TRAINING:])


def objective(loss, W, b, X, y, lam):
    """The mean loss plus lam * sum W^2, with its gradients: (value, dW, db)."""
    W, b = (nnkit.tensor(array, requires_grad=True) for array in (W, b))
    value = loss(nnkit.tensor(X) @ W.T + b, nnkit.tensor(y)) + lam * (W * W).sum()
    value.backward()
    return value.item(), W.grad.numpy(), b.grad.numpy()


def start():
    """(W, b): weights near 0, not quite 0, and no biases."""
    return np.random.default_rng(0).normal(0, 1e-3, (10, 64)), np.zeros(10)


def descend(objective, lam):
    """Yield (value, W, b) before each of STEPS steps of descent with momentum, and at the end.

    objective(W, b, X, y, lam) -> (value, dW, db), of the digits to learn from.
    """
    (X, y), _ = digits()
    W, b = start()
    vW, vb = np.zeros_like(W), np.zeros_like(b)
    for _ in range(STEPS + 1):
        value, dW, db = objective(W, b, X, y, lam)
        if np.shape(dW) != W.shape or np.shape(db) != b.shape:
            raise ValueError(
                f"objective must return (value, dW, db) with dW of shape {W.shape} and db of shape "
                f"{b.shape}, got {np.shape(dW)} and {np.shape(db)}"
            )
        yield float(value), W, b
        vW, vb = 0.9 * vW + dW, 0.9 * vb + db
        W, b = W - 0.05 * vW, b - 0.05 * vb


@dataclass(frozen=True)
class Fit:
    """One position of DigitTemplates: the weights after some steps, and what they make of x."""

    W: np.ndarray
    b: np.ndarray
    value: float
    x: np.ndarray
    y: int
    lam: float
    loss: str
    own: bool

    @property
    def scores(self):
        return self.W @ self.x + self.b

    @property
    def accuracy(self):
        """Shares of right answers: on the digits to learn from, and on the others."""
        return [((X @ self.W.T + self.b).argmax(axis=1) == y).mean() for X, y in digits()]


class DigitTemplates(Explorer):
    """Move lambda and the number of steps; watch ten templates form, grow and fade.

    objective: a learner's own `objective(W, b, X, y, lam)`, which returns (value, dW, db); it then
    takes the place of nnkit's loss.
    """

    lam = log_slider("lambda (lam)", 1e-4, 1, default=0.01)
    steps = slider("steps", 0, STEPS, default=STEPS, step=1)
    digit = slider("picture number", 0, SHOWN - 1, default=0, step=1)
    loss = choice("loss", LOSSES, "hinge")

    presets = {
        "at the start: nothing learnt": {"steps": 0, "lam": 0.01},
        "after 3 steps": {"steps": 3, "lam": 0.01},
        "lambda almost 0": {"steps": STEPS, "lam": 1e-4},
        "lambda 1": {"steps": STEPS, "lam": 1.0},
    }
    size = (840, 320)
    readout_lines = 4
    play = "steps"

    def __init__(self, objective=None, **state):
        self.own = objective
        self.learnt = {}  # (lambda, loss): the descent, kept while steps and digit move
        super().__init__(**state)

    def unused(self, state):
        return ["loss"] if self.own else []

    def compute(self, lam, steps, digit, loss):
        _, (X, y) = digits()

        def fit(path, own):
            value, W, b = path[min(steps, len(path) - 1)]
            return Fit(W, b, value, X[digit], int(y[digit]), lam, loss, own)

        if (lam, loss) not in self.learnt:
            path, own = [], self._answers(lam)
            for point in descend(self.own if own else partial(objective, LOSSES[loss]), lam):
                path.append(point)
                if len(path) % 10 == 0:
                    yield fit(path, own)
            self.learnt = dict(list(self.learnt.items())[-15:])  # the oldest give way
            self.learnt[lam, loss] = path, own
        yield fit(*self.learnt[lam, loss])

    def _answers(self, lam):
        """True if the learner's function is there and written."""
        (X, y), _ = digits()
        return bool(self.own) and self.own(*start(), X, y, lam) is not None

    def setup(self, figure):
        self.picture, self.rows, self.chart = figure.subplots(1, 3, width_ratios=(0.75, 2.6, 1.2))
        for axes in self.picture, self.rows:
            axes.set(xticks=[], yticks=[])
            axes.spines[:].set_visible(False)
        self.picture.set_title("this image: x")
        self.rows.set_title("the ten rows of W, as pictures")
        move = self.live.move
        (self.image,) = move(self.picture.imshow(np.zeros((8, 8)), "Greys", vmin=0, vmax=1))
        look = {"cmap": "PuOr_r", "vmin": -0.6, "vmax": 0.6}
        (self.mosaic,) = move(self.rows.imshow(mosaic(np.zeros((10, 64))), **look))
        for k in range(10):
            self.rows.text(9 * (k % 5) + 3.5, 10 * (k // 5) + 0.4, f"{k}", ha="center", va="center")
        bar = figure.colorbar(
            self.mosaic, ax=self.rows, location="bottom", aspect=45, pad=0.03, extend="both"
        )
        bar.set_label("weight: orange raises the score where x is dark, purple lowers it")
        self.chart.set(title="its ten scores", ylim=(9.6, -0.6), yticks=range(10))
        self.chart.grid(visible=False, axis="y")
        self.bars = move(*self.chart.barh(range(10), 0, color=ORANGE, height=0.7))
        # both marks stand outside the axes, so that nobody reads a score off them
        look = {"ls": "", "clip_on": False, "transform": self.chart.get_yaxis_transform()}
        (self.true,) = move(
            *self.chart.plot([-0.13], [0], "s", color=BLUE, ms=8, label="true class", **look)
        )
        (self.best,) = move(
            *self.chart.plot([-0.2], [0], "*", color=INK, ms=11, label="highest score", **look)
        )
        self.chart.axvline(0, color=GREY, lw=0.8)
        figure.legend(handles=[self.true, self.best], loc="outside lower right", ncols=2)

    def draw(self, result):
        self.image.set_data(result.x.reshape(8, 8))
        self.mosaic.set_data(mosaic(result.W))
        for k, (bar, score) in enumerate(zip(self.bars, result.scores, strict=True)):
            bar.set_width(score)
            bar.set_color(BLUE if k == result.y else ORANGE)
        most = abs(result.scores).max()
        width = next((width for width in WIDTHS if width > most), WIDTHS[-1])
        if self.chart.get_xlim() != (-width, width):  # a full redraw, and rare
            self.chart.set_xlim(-width, width)
        self.true.set_ydata([result.y])
        self.best.set_ydata([result.scores.argmax()])

    def readout(self, result):
        best, y = int(result.scores.argmax()), result.y
        by_score = np.argsort(-result.scores)
        rival = int(by_score[by_score != y][0])
        train, test = result.accuracy
        lead = result.scores[y] - result.scores[rival]
        verdict, chance = "Right" if best == y else "Wrong", ""
        if result.loss == "cross entropy":
            chance = f" Softmax gives it p = {softmax(result.scores)[y]:.3g}."
        lines = [
            f"<b>{verdict}:</b> this {y} gets s<sub>{y}</sub> = {result.scores[y]:.3g}, and its "
            f"nearest rival s<sub>{rival}</sub> = {result.scores[rival]:.3g}: "
            f"it {'leads' if lead >= 0 else 'trails'} by {abs(lead):.3g}.{chance}",
            f"Objective {result.value:.4g}, of which lambda · R(W) = {result.lam:.3g} · "
            f"{(result.W**2).sum():.4g} = {result.lam * (result.W**2).sum():.4g}. Right answers: "
            f"{train:.1%} of the {TRAINING} digits learnt from, {test:.1%} of 1297 others.",
        ]
        if self.own:
            yes = "The templates are learnt by your own function."
            lines.append(yes if result.own else not_yet("function", "this is nnkit's"))
        return readable("<br>".join(lines))


def mosaic(W):
    """Ten rows of 64 weights as 8x8 pictures, five beside each other; gaps are nan."""
    sheet = np.full((20, 44), np.nan)
    for k, row in enumerate(W):
        top, left = 10 * (k // 5) + 2, 9 * (k % 5)
        sheet[top : top + 8, left : left + 8] = row.reshape(8, 8)
    return sheet

"""What a trained net gets wrong, and what its first layer has learnt to look for."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from matplotlib.patches import Rectangle

from nnkit.metrics import confusion_matrix
from widgets.controls import slider
from widgets.digit_drawing import picture, sheet
from widgets.digit_net import PLAIN, answers, digits, trained
from widgets.explorer import Explorer
from widgets.labels import Labels
from widgets.own import not_yet
from widgets.style import INK, RED
from widgets.words import readable

MOST = 20  # mistakes to go through


@dataclass(frozen=True)
class Graded:
    """A net's answers to the 500 test digits, and the mistake that is looked at.

    p: (500, 10); X, y: the digits; chosen: the mistake's place among all, the surest first; W:
    (units, 64), weights of the first layer; whose: what there is to say of a learner's net.
    """

    p: np.ndarray
    X: np.ndarray
    y: np.ndarray
    chosen: int
    W: np.ndarray
    whose: str

    @cached_property
    def said(self):
        return self.p.argmax(axis=1)

    @cached_property
    def mistakes(self):
        """The numbers of the digits that are wrong, the surest first."""
        wrong = np.flatnonzero(self.said != self.y)
        return wrong[np.argsort(-self.p[wrong].max(axis=1), kind="stable")]

    @cached_property
    def matrix(self):
        return confusion_matrix(self.said, self.y, 10).numpy()

    @property
    def digit(self):
        """The number of the digit that is looked at; None if the net makes no mistake."""
        if not len(self.mistakes):
            return None
        return self.mistakes[self.chosen - 1]

    @property
    def mistake_words(self):
        if self.digit is None:
            return "<b>No mistake</b> on the 500 test digits."
        k, p = self.digit, self.p[self.digit]
        return (
            f"<b>Mistake {self.chosen} of {len(self.mistakes)}:</b> {self.y[k]} read as "
            f"<b>{self.said[k]}</b> with p = {p[self.said[k]]:.2f}; {self.y[k]} itself gets "
            f"p = {p[self.y[k]]:.2f}. The framed square is its place in the matrix."
        )

    @property
    def matrix_words(self):
        right, share = np.trace(self.matrix), self.matrix.diagonal() / self.matrix.sum(axis=1)
        worst = int(share.argmin())
        return (
            f"On the diagonal are the right answers: {right} of {len(self.y)} = "
            f"<b>{right / len(self.y):.1%}</b>. Hardest is {worst}: "
            f"{self.matrix[worst, worst]} of {self.matrix[worst].sum()} found."
        )

    @property
    def template_words(self):
        W = self.W
        sums = W @ self.X[self.digit or 0]
        return (
            f"Each of the {len(W)} tiles is a hidden unit's 64 weights as a picture: ink on orange "
            f"raises its sum, ink on purple lowers it. To this digit unit {sums.argmax() + 1} "
            f"(framed) has the largest sum of weight · pixel, {sums.max():.2f}."
        )


class DigitErrors(Explorer):
    """Go through a net's mistakes, the surest first; beside them its first layer as pictures.

    model: a learner's own net, as DrawDigit takes it, with `weights`, shape (64, units), those of
    its first layer.
    """

    mistake = slider("mistake (1: the surest)", 1, MOST, default=1, step=1)

    size = (840, 330)
    readout_lines = 5

    def __init__(self, model=None, weights=None, **state):
        self.own, self.weights = model, weights
        super().__init__(**state)

    @cached_property
    def first(self):
        """The net's answers, looked at from the surest mistake."""
        _, X, _, y = (part.numpy() for part in digits())
        found = None if self.own is None else answers(self.own, X)
        own = found is not None
        whose = "The net is your own." if own else ""
        if self.own is not None and not own:
            whose = not_yet("net", "this is nnkit's")
        model = trained(PLAIN)
        W = np.asarray(self.weights).T if own else model[0].weight.detach().numpy()
        return Graded((found if own else answers(model, X))[-1], X, y, 1, W, whose)

    def ends(self, state):
        return {"mistake": min(max(len(self.first.mistakes), 1), MOST)}

    def compute(self, mistake):
        return replace(self.first, chosen=mistake)

    def setup(self, figure):
        counts, wrong, layer = figure.subplots(1, 3, width_ratios=(1.25, 0.75, 1.4))
        look = {"vmin": 0, "vmax": 8, "extent": (-0.5, 9.5, 9.5, -0.5)}
        (self.counts,) = self.live.move(counts.imshow(np.zeros((10, 10)), "Oranges", **look))
        counts.set(
            title="confusion matrix", xlabel="the net says", ylabel="true digit",
            xticks=range(10), yticks=range(10),
        )  # fmt: skip
        counts.grid(False)
        self.numbers = Labels(self.live, counts, size=8)
        self.wrong = picture(self.live, wrong, "the digit", "")
        W = self.first.W.reshape(-1, 8, 8)
        tiles = sheet(W)
        most = np.percentile(abs(W), 99.5)
        layer.imshow(
            tiles, "PuOr_r", vmin=-most, vmax=most, extent=(0, *tiles.shape[::-1], 0)
        )  # fmt: skip
        layer.set(title="first-layer templates", xticks=[], yticks=[])
        layer.grid(False)
        layer.spines[:].set_visible(False)
        self.columns = tiles.shape[1] // 9
        look = {"fill": False, "ec": RED, "lw": 2, "zorder": 5}
        self.cell, self.tile = Rectangle((0, 0), 1, 1, **look), Rectangle((0, 0), 8, 8, **look)
        for axes, part in (counts, self.cell), (layer, self.tile):
            axes.add_patch(part)
            self.live.move(part)

    def draw(self, result):
        off = result.matrix - np.diag(result.matrix.diagonal())
        self.counts.set_data(off)
        self.numbers.set(
            (column, row, str(count), INK)
            for (row, column), count in np.ndenumerate(result.matrix)
            if count
        )
        k = result.digit
        self.cell.set_visible(k is not None)
        if k is not None:
            self.cell.set_xy((result.said[k] - 0.5, result.y[k] - 0.5))
        self.wrong.set_data(result.X[k or 0].reshape(8, 8))
        row, column = divmod(int((result.W @ result.X[k or 0]).argmax()), self.columns)
        self.tile.set_xy((9 * column, 9 * row))

    def readout(self, result):
        lines = [result.mistake_words, result.matrix_words, result.template_words, result.whose]
        return readable("<br>".join(line for line in lines if line))

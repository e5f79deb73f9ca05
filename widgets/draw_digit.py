"""Draw a digit with pointer or keys and watch the layers of a net answer while you draw."""

from dataclasses import dataclass

import numpy as np

from widgets.bitmap import SIZE, counts, from_counts, from_text, prepared, to_text
from widgets.controls import choice, slider
from widgets.digit_drawing import CELLS, DigitChances, LayerSheet, picture
from widgets.digit_net import SETS, answers, digits, trained
from widgets.drawings import drawn
from widgets.explorer import Explorer
from widgets.own import not_yet, own_or
from widgets.pen import PenEditor, drawing
from widgets.words import readable

LIKE_DATA, AS_DRAWN = "as the data's digits were", "as drawn"


@dataclass(frozen=True)
class Reading:
    """A drawing and what a net makes of it.

    drawing: as drawn; ready: after its preparation; layers: the hidden layers' answers; p: the ten
    probabilities; whose: what there is to say of a learner's net.
    """

    drawing: np.ndarray
    ready: np.ndarray
    layers: list
    p: np.ndarray
    whose: str

    @property
    def pixels(self):
        """8x8, from 0 to 1."""
        return counts(self.ready) / 16

    @property
    def verdict(self):
        best, second = np.argsort(-self.p, kind="stable")[:2]
        lead = np.log(max(self.p[best], 1e-300) / max(self.p[second], 1e-300))
        if not self.drawing.any():
            return (
                "<b>Nothing drawn yet:</b> press and drag in the left square. A net must answer "
                f"even so: {best} with p = {self.p[best]:.2f}."
            )
        return (
            f"<b>It says {best}</b> with p = {self.p[best]:.3f}, then {second} with "
            f"{self.p[second]:.3g}: its score for {best} leads by ln({self.p[best]:.3f} / "
            f"{self.p[second]:.3g}) = {lead:.2f}. Nothing else is on offer: the ten add up to 1."
        )

    @property
    def preparation(self):
        if not self.drawing.any():
            return "All 64 pixels are 0."
        row, column = np.unravel_index(self.pixels.argmax(), (8, 8))
        inked, kept, most = self.drawing.sum(), self.ready.sum(), 16 * self.pixels.max()
        scaled = "Set upright, scaled, centred and thickened or thinned"
        if (self.ready == self.drawing).all():
            scaled = "As it is"
        return (
            f"Ink on {inked} of {SIZE**2} cells. {scaled}, it covers {kept}: a pixel is the share "
            f"of its 4×4 cells with ink, at most {most:.0f} / 16 = {most / 16:.2f} (row {row + 1}, "
            f"column {column + 1})."
        )

    @property
    def hidden(self):
        """What the hidden layers do, in words."""
        said = []
        for k, values in enumerate(self.layers):
            flat = values.ravel()
            said.append(
                f"Hidden layer {k + 1}: {(flat > 0).sum()} of {flat.size} units answer above 0, "
                f"unit {flat.argmax() + 1} the most with {flat.max():.2f}."
            )
        return " ".join(said)


class DrawDigit(Explorer):
    """Draw a digit; watch 8x8 pixels, hidden units and ten probabilities answer while you draw.

    model: a learner's own net, an nn.Sequential that ends in ten scores, or a function of X (1, 64)
    that returns its hidden layers and the ten probabilities; it then takes nnkit's place.
    """

    pen = slider("pen width (cells)", 1.0, 6.0, default=2.5, step=0.5)
    prepare = choice("prepare it", [LIKE_DATA, AS_DRAWN], LIKE_DATA)
    net = choice("net trained on", SETS, SETS[0])
    drawing = drawing("drawing", drawn("3"))

    presets = {
        "a 3": {"drawing": drawn("3"), "prepare": LIKE_DATA},
        "a small 3 in the corner": {"drawing": drawn("3", 12, 19, 1, 1.5), "prepare": LIKE_DATA},
        "the same 3, not prepared": {"drawing": drawn("3", 12, 19, 1, 1.5), "prepare": AS_DRAWN},
        "a house: no digit at all": {"drawing": drawn("house"), "prepare": LIKE_DATA},
        "a star: no digit at all": {"drawing": drawn("star"), "prepare": LIKE_DATA},
        "empty": {"drawing": "", "prepare": LIKE_DATA},
    }
    actions = {"Clear": "clear", "Show a digit of the data": "show_sample"}
    size = (840, 330)
    readout_lines = 6

    def __init__(self, model=None, **state):
        self.own, self._sample = model, -1
        super().__init__(**state)

    def unused(self, state):
        return ["net"] if self.own is not None else []

    def clear(self):
        """Start with an empty drawing."""
        self.set(drawing="", prepare=self.initial["prepare"])

    def show_sample(self):
        """Draw the next of the test digits: only its counts are known, its cells are made up."""
        _, X, _, _ = digits()
        self._sample = (self._sample + 1) % len(X)
        pixels = (16 * X.numpy()[self._sample]).round().astype(int).reshape(8, 8)
        self.set(drawing=to_text(from_counts(pixels)), prepare=AS_DRAWN)

    def answers(self, net, X):
        """(what the layers say to X, whether they are the learner's)."""
        own = None if self.own is None else lambda X: answers(self.own, X)
        return own_or(own, lambda X: answers(trained(net), X), X)

    def compute(self, pen, prepare, net, drawing):
        cells = from_text(drawing)
        ready = prepared(cells) if prepare == LIKE_DATA else cells
        (*layers, p), own = self.answers(net, counts(ready).reshape(1, 64) / 16)
        whose = ""
        if self.own is not None:
            whose = "Your own net answers." if own else not_yet("net", "this is nnkit's")
        return Reading(cells, ready, [layer[0] for layer in layers], p[0], whose)

    def setup(self, figure):
        _, X, _, _ = digits()
        *hidden, _ = self.answers(self.net, X.numpy()[:100])[0]
        grid = figure.add_gridspec(max(len(hidden), 1), 4, width_ratios=(1.5, 1, 1, 1))
        canvas, seen = figure.add_subplot(grid[:, 0]), figure.add_subplot(grid[:, 1])
        self.canvas = picture(self.live, canvas, "draw here", "32×32 cells", SIZE, CELLS)
        canvas.set(xticks=range(0, SIZE + 1, 4), yticks=range(0, SIZE + 1, 4))
        canvas.tick_params(length=0, labelbottom=False, labelleft=False)
        self.seen = picture(self.live, seen, "what the net gets")
        self.sheets = [
            LayerSheet(self.live, figure.add_subplot(grid[k, 2]), usual, f"hidden layer {k + 1}")
            for k, usual in enumerate(hidden)
        ]
        self.chances = DigitChances(self.live, figure.add_subplot(grid[:, 3]), "probabilities")
        self.hand = PenEditor(self, canvas, "drawing", lambda: self.pen)

    def draw(self, result):
        self.canvas.set_data(result.drawing)
        self.seen.set_data(result.pixels)
        for sheet, values in zip(self.sheets, result.layers, strict=True):
            sheet.show(values)
        self.chances.show(result.p)

    def readout(self, result):
        lines = [result.verdict, result.preparation, result.hidden, result.whose]
        return readable("<br>".join(line for line in lines if line))

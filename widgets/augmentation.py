"""Shift, turn or resize a digit: one net loses it, one that has learnt from such digits follows."""

from dataclasses import replace

import numpy as np

from widgets.changed_digit import BLACK, CURVES, WHITE, Change, curves, look
from widgets.controls import choice, slider
from widgets.digit_drawing import DigitChances, picture
from widgets.digit_net import AUGMENTED, PLAIN, answers, trained
from widgets.explorer import Explorer
from widgets.style import BLUE, GREY, RED
from widgets.words import readable

NAMES = "plain net", "augmented net"
WORDS = {name: words for name, (words, _) in CURVES.items()}


def chosen(own, on, name):
    """(a function of X that returns probabilities, its name): of a learner's net once it is there,
    until then of the net trained on `on`."""
    if own is not None and answers(own, np.zeros((1, 64))) is not None:
        return lambda X: answers(own, X)[-1], f"your {name}"
    return lambda X: answers(trained(on), X)[-1], f"the {name}"


class Augmentation(Explorer):
    """Change a digit; watch a net lose it, and a net trained with augmentation hold it longer.

    model, augmented: a learner's own nets, as DrawDigit takes them, in place of the first and of
    the second.
    """

    digit = slider("test digit number", 0, 99, default=0, step=1)
    right = slider("shift right (pixels)", -3.0, 3.0, default=0.0, step=0.5)
    down = slider("shift down (pixels)", -3.0, 3.0, default=0.0, step=0.5)
    turn = slider("turn (degrees)", -180.0, 180.0, default=0.0, step=5.0)
    size_of = slider("size", 0.5, 1.5, default=1.0, step=0.05)
    noise = slider("noise", 0.0, 0.5, default=0.0, step=0.05)
    ink = choice("ink", [BLACK, WHITE], BLACK)
    over = choice("curves over", WORDS.values(), WORDS["right"])

    presets = {
        words: {"right": 0.0, "down": 0.0, "turn": 0.0, "size_of": 1.0, "noise": 0.0, "ink": BLACK}
        | {"over": WORDS[over]}
        | state
        for words, over, state in (
            ("as it is", "right", {}),
            ("1 pixel to the right", "right", {"right": 1.0}),
            ("2 pixels to the right", "right", {"right": 2.0}),
            ("turned by 15°", "turn", {"turn": 15.0}),
            ("upside down", "turn", {"turn": 180.0}),
            ("white on black", "right", {"ink": WHITE}),
            ("noise", "noise", {"noise": 0.3}),
        )
    }
    size = (840, 330)
    readout_lines = 5

    def __init__(self, model=None, augmented=None, **state):
        self.own = model, augmented
        self._curves = None, None  # of what; kept while only the digit moves, and along them
        super().__init__(**state)

    def follow(self, changes):
        moved = changes.keys() & CURVES.keys()
        return {"over": WORDS[moved.pop()]} if len(moved) == 1 else {}

    def compute(self, digit, right, down, turn, size_of, noise, ink, over):
        sides = zip(self.own, (PLAIN, AUGMENTED), NAMES, strict=True)
        nets, names = zip(*(chosen(*side) for side in sides), strict=True)
        change = Change(right, down, turn, size_of, noise, ink)
        (over,) = (name for name, words in WORDS.items() if words == over)
        same = over, replace(change, **{over: 0.0})
        if self._curves[0] != same:
            self._curves = same, curves(nets, change, over)
        return look(nets, names, digit, change, self._curves[1])

    def setup(self, figure):
        grid = figure.add_gridspec(2, 4, width_ratios=(0.75, 1, 1, 1.5))
        before, after, plain, augmented = (
            figure.add_subplot(grid[place])
            for place in ((0, 0), (1, 0), (slice(2), 1), (slice(2), 2))
        )
        self.before = picture(self.live, before, "the digit", "")
        self.after = picture(self.live, after, "changed", "")
        self.chances = [
            DigitChances(self.live, plain, "plain net"),
            DigitChances(self.live, augmented, "augmented net"),
        ]
        self.chart = curve = figure.add_subplot(grid[:, 3])
        self.curves = self.live.move(
            *curve.plot([], [], color=RED, marker="o", ms=4, label="plain"),
            *curve.plot([], [], "--", color=BLUE, marker="s", ms=4, label="augmented"),
        )
        (self.here,) = self.live.move(curve.axvline(0, color=GREY, lw=1.2, ls=":"))
        curve.set(title="500 test digits: share right", xlabel=" ", ylim=(0, 1.02))
        marks = [*self.curves, self.here]
        figure.legend(marks, ["plain", "augmented", "now"], loc="outside lower right", ncols=3)

    def draw(self, result):
        self.before.set_data(result.x.reshape(8, 8))
        self.after.set_data(result.picture.reshape(8, 8))
        for chances, p in zip(self.chances, result.p, strict=True):
            chances.show(p)
        words, places = CURVES[result.curves.over]
        if self.chart.get_xlabel() != words:
            margin = 0.02 * np.ptp(places)
            self.chart.set(xlabel=words, xlim=(places[0] - margin, places[-1] + margin))
        for line, shares in zip(self.curves, result.curves.shares, strict=True):
            line.set_data(places, shares)
        self.here.set_xdata([getattr(result.change, result.curves.over)] * 2)

    def readout(self, result):
        return readable("<br>".join([result.verdicts, result.shares, result.formula]))

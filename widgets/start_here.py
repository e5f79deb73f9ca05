"""First steps: one slider fits one weight; four fit a formula for the quality of watermelons."""

import functools

import numpy as np
from matplotlib.collections import LineCollection

from widgets.controls import slider
from widgets.explorer import Explorer
from widgets.labels import flag
from widgets.own import not_yet
from widgets.style import BLUE, GREEN, GREY, INK, ORANGE, RED
from widgets.words import readable

KILOS = np.array([2.1, 3.0, 3.6, 4.4, 5.2, 6.1, 7.3, 8.0])
PRICES = np.array([3.2, 3.4, 5.3, 4.9, 7.1, 7.2, 8.9, 10.7])


def mean_squared_error(predicted, y):
    """The mean of the squared differences, over the last dimension."""
    return np.mean((np.asarray(predicted) - y) ** 2, axis=-1)


class FirstSlider(Explorer):
    """Move one weight until the errors are as small as they can get."""

    w = slider("w (price of a kilo)", 0.0, 2.5, default=0.4, step=0.01)

    presets = {"free of charge (w = 0)": {"w": 0.0}, "far too dear (w = 2.5)": {"w": 2.5}}
    size = (840, 300)
    readout_lines = 2
    best = float(KILOS @ PRICES / (KILOS @ KILOS))  # where the error's slope is 0

    def compute(self, w):
        return {"w": w, "predicted": w * KILOS, "error": mean_squared_error(w * KILOS, PRICES)}

    def setup(self, figure):
        self.melons, self.valley = figure.subplots(1, 2, width_ratios=(1.2, 1))
        self.melons.plot(KILOS, PRICES, "o", color=BLUE, ms=8, label="a melon: weight and price")
        self.bars = LineCollection([], colors=RED, linewidths=2, linestyles="--", label="error")
        self.melons.add_collection(self.bars, autolim=False)
        (self.line,) = self.melons.plot([], [], color=ORANGE, lw=2.5, label="price = w · weight")
        self.melons.set(xlim=(0, 9), ylim=(0, 20), xlabel="weight (kilos)", ylabel="price")
        self.melons.set_title("eight melons, and what the formula says")
        ws = np.linspace(0, 2.5, 126)
        errors = mean_squared_error(np.outer(ws, KILOS), PRICES)
        self.valley.plot(ws, errors, color=GREY, lw=1.5)
        (self.point,) = self.valley.plot([], [], "o", color=ORANGE, mec=INK, ms=11, clip_on=False)
        self.valley.set(xlim=(0, 2.5), ylim=(-3, 55), xlabel="w", title="mean squared error")
        self.live.move(self.bars, self.line, self.point)
        figure.legend(loc="outside lower left", ncols=3)

    def draw(self, result):
        ends = np.array([[KILOS, PRICES], [KILOS, result["predicted"]]])
        self.bars.set_segments(ends.transpose(2, 0, 1))
        self.line.set_data([0, 9], [0, 9 * result["w"]])
        self.point.set_data([result["w"]], [result["error"]])

    def readout(self, result):
        w, error = result["w"], result["error"]
        floor = mean_squared_error(self.best * KILOS, PRICES)
        if abs(w - self.best) < 0.005:
            verdict = f"That is it: no other w (to the cent) comes below {floor:.3f}."
        else:
            verdict = "Too dear: go left." if w > self.best else "Too cheap: go right."
        example = f"{w:.3g}·{KILOS[-1]:g} = {w * KILOS[-1]:.2f}, {PRICES[-1]:.2f} was paid"
        return readable(
            f"<b>Mean squared error {error:.3f}.</b> {verdict}<br>"
            f"The heaviest melon: price = w · weight = {example}."
        )


FEATURES = ["sound", "stripes", "stem"]
TRAIN = 30  # of the 40 melons; the others are for testing


@functools.cache
def melons():
    """(X, y): three features from 0 to 1 of 40 watermelons, and the quality that tasters gave."""
    rng = np.random.default_rng(11)
    X = rng.uniform(size=(40, 3)).round(2)
    y = 3 * X[:, 0] + 4 * X[:, 1] ** 2 + 2 * X[:, 2] ** 3 + 0.5 + rng.normal(0, 0.4, 40)
    return X, y.round(1)


def columns(X):
    """The table (samples, 4) that quality is a dot product with: x1, x2^2, x3^3 and 1."""
    return np.column_stack([X[:, 0], X[:, 1] ** 2, X[:, 2] ** 3, np.ones(len(X))])


def least_squares(X, y):
    """The four coefficients with the smallest mean squared error."""
    return np.linalg.lstsq(columns(X), y, rcond=None)[0]


class Watermelon(Explorer):
    """Fit quality = a x1 + b x2^2 + c x3^3 + d by hand, or let a button do it.

    fit: a learner's own `fit(X, y)`, which returns the four coefficients.
    """

    a = slider("a (x1, sound)", -1.0, 5.0, default=1.0, step=0.1)
    b = slider("b (x2², stripes)", -1.0, 5.0, default=1.0, step=0.1)
    c = slider("c (x3³, stem)", -1.0, 5.0, default=1.0, step=0.1)
    d = slider("d (bias)", -1.0, 5.0, default=1.0, step=0.1)

    actions = {"10 steps downhill": "step", "best fit": "solve"}
    readout_lines = 4

    def __init__(self, fit=None, **state):
        self.own, self.news = fit, ""
        super().__init__(**state)

    def step(self):
        """Move all four against the slope of the training error, ten times."""
        X, y = melons()
        table, w = columns(X[:TRAIN]), np.array(list(self.state.values()))
        for _ in range(10):
            w = w - 0.2 * 2 / TRAIN * table.T @ (table @ w - y[:TRAIN])
        self._move(w)

    def solve(self):
        """The best coefficients for the training melons, by the learner's fit if there is one."""
        X, y = melons()
        found = self.own(X[:TRAIN].copy(), y[:TRAIN].copy()) if self.own else None
        if found is None:
            self.news = not_yet("fit", "this is nnkit's") if self.own else ""
            found = least_squares(X[:TRAIN], y[:TRAIN])
        elif np.shape(found) != (4,):
            raise ValueError(f"fit must return 4 coefficients, got shape {np.shape(found)}")
        else:
            self.news = "Found by your own fit."
        self._move(found)
        self.news = ""

    def _move(self, w):
        self.set(**dict(zip("abcd", np.clip(w, -1, 5).tolist(), strict=True)))

    def compute(self, **coefficients):
        X, y = melons()
        w = np.array(list(coefficients.values()))
        predicted = columns(X) @ w
        errors = [mean_squared_error(predicted[p], y[p]) for p in (slice(TRAIN), slice(TRAIN, 40))]
        return {"w": w, "predicted": predicted, "errors": errors}

    def setup(self, figure):
        self.cloud, self.parts = figure.subplots(1, 2, width_ratios=(1, 1.15))
        self.cloud.plot([-4, 12], [-4, 12], "--", color=GREY, lw=1.2, label="predicted = tasted")
        marks = {"ls": "", "mec": "white", "ms": 8}
        (self.train,) = self.cloud.plot([], [], "o", color=BLUE, label="training melons", **marks)
        (self.test,) = self.cloud.plot([], [], "^", color=ORANGE, label="test melons", **marks)
        self.cloud.set(
            xlim=(-0.5, 9), ylim=(-4, 12), xlabel="tasted quality", ylabel="predicted quality",
            title="forty melons",
        )  # fmt: skip
        self.flag = flag(self.cloud, "some predictions are outside the picture")
        styles = [(BLUE, "-", "a · x1"), (GREEN, "--", "b · x2²"), (RED, ":", "c · x3³")]
        self.curves = [
            self.parts.plot([], [], style, color=colour, lw=2.2, label=label)[0]
            for colour, style, label in styles
        ]
        self.parts.set(
            xlim=(0, 1),
            ylim=(-1, 5),
            xlabel="the feature, from 0 to 1",
            title="what each part adds",
        )
        self.live.move(self.train, self.test, self.flag, *self.curves)
        figure.legend(loc="outside lower left", ncols=6, columnspacing=1.2)

    def draw(self, result):
        _, y = melons()
        self.train.set_data(y[:TRAIN], result["predicted"][:TRAIN])
        self.test.set_data(y[TRAIN:], result["predicted"][TRAIN:])
        low, high = self.cloud.get_ylim()
        outside = (result["predicted"] < low) | (result["predicted"] > high)
        self.flag.set_visible(bool(outside.any()))
        x = np.linspace(0, 1, 51)
        for power, (curve, w) in enumerate(zip(self.curves, result["w"], strict=False), 1):
            curve.set_data(x, w * x**power)

    def readout(self, result):
        X, y = melons()
        (a, b, c, d), (train, test) = result["w"], result["errors"]
        x1, x2, x3 = X[0]
        known = X[:TRAIN], y[:TRAIN]
        floor = mean_squared_error(columns(known[0]) @ least_squares(*known), known[1])
        return readable(
            f"<b>Mean squared error: {train:.3f} on the {TRAIN} training melons, {test:.3f} on the "
            f"{len(y) - TRAIN} test melons.</b> {self.news}<br>"
            f"quality = {a:.3g}·x1 + {b:.3g}·x2² + {c:.3g}·x3³ + {d:.3g}<br>"
            f"The first melon, x = ({x1:g}, {x2:g}, {x3:g}): {a:.3g}·{x1:g} + {b:.3g}·{x2**2:.3g} "
            f"+ {c:.3g}·{x3**3:.3g} + {d:.3g} = {result['predicted'][0]:.3g}; tasted: {y[0]:g}."
            "<br>"
            f"No coefficients bring the training error below {floor:.3f}."
        ).replace("+ −", "− ")

"""One neuron: its line through the plane, its mistakes, and the rule that learns from them."""

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.patches import FancyArrowPatch

from widgets.controls import choice, points, slider
from widgets.descent import readable
from widgets.explorer import Explorer
from widgets.field import Field
from widgets.panel import not_yet
from widgets.style import CLASSES, GREY, INK

CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
TABLES = {"AND": (0, 0, 0, 1), "OR": (0, 1, 1, 1), "NAND": (1, 1, 1, 0), "XOR": (0, 1, 1, 0)}
GATES = {"AND": (2, 2, -3), "OR": (2, 2, -1), "NAND": (-2, -2, 3)}  # (w1, w2, b)
OWN = "own points"
LOW, HIGH = -0.5, 1.5  # of both inputs in the picture
MOST = 5.0  # the largest weight of the sliders
EDGE = 8.0  # of the z axis
GRID = np.linspace(LOW, HIGH, 81)
CRISP = 40  # per unit: the most that leaves the points of GRID beside the edge of a step unclipped


def answer(X, w, b):
    """1 for each sample (row of X) whose weighted sum plus b is above 0, else 0."""
    return (X @ w + b > 0) * 1


def update(w, b, x, y):
    """(w, b) after Rosenblatt's perceptron rule (1958) has seen one sample of class y, 0 or 1."""
    error = y - answer(x, w, b)
    return w + error * x, b + error


def perceptron_rule(X, y, epochs):
    """(w, b, updates): the rule from zero weights, sample after sample, until none is wrong."""
    w, b, updates = np.zeros(X.shape[1]), 0.0, 0
    for _ in range(epochs):
        before = updates
        for x, wanted in zip(X, y, strict=True):
            updates += int(answer(x, w, b) != wanted)
            w, b = update(w, b, x, wanted)
        if updates == before:
            break
    return w, b, updates


def samples(task):
    """The four corners with their classes, as a value of the `points` control."""
    return tuple((float(x), float(y), c) for (x, y), c in zip(CORNERS, TABLES[task], strict=True))


class Perceptron(Explorer):
    """Move a neuron's weights; watch its line, its two half-planes and its mistakes.

    update: a learner's own `update(w, b, x, y) -> (w, b)`, which the buttons then use.
    """

    task = choice("task", [*TABLES, OWN], "AND")
    activation = choice("activation", ["step", "sigmoid"], "step")
    w1 = slider("w1", -MOST, MOST, default=1.0, step=0.1)
    w2 = slider("w2", -MOST, MOST, default=1.0, step=0.1)
    b = slider("b", -MOST, MOST, default=-0.5, step=0.1)
    times = slider("all three times", 1.0, 20.0, default=1.0, step=0.5)
    points = points("sample", ((LOW, HIGH), (LOW, HIGH)), samples("AND"))

    presets = {
        "all weights 0": {"w1": 0.0, "w2": 0.0, "b": 0.0},
        "a bad start": {"w1": -1.0, "w2": 2.0, "b": 1.0},
        "XOR: one mistake is the least": {"task": "XOR", "w1": 2.0, "w2": -2.0, "b": -1.0},
    }
    actions = {"one update": "learn_once", "run": "learn"}
    size = (840, 380)
    readout_lines = 4

    def __init__(self, update=None, **state):
        self.own = update
        self.turn, self.left = 0, None  # the sample at which the rule goes on, if all is as it left
        self.trail, self.news = [], ""  # what a button left behind; the next move clears both
        super().__init__(**state)

    def follow(self, changes):
        task, chosen = changes.get("task"), changes.get("points")
        if chosen is not None and (task is None or chosen != samples("AND")):
            return {"task": next((name for name in TABLES if samples(name) == chosen), OWN)}
        return {} if task is None else {"points": () if task == OWN else samples(task)}

    def unused(self, state):
        return () if state["activation"] == "sigmoid" else ("times",)

    def learn_once(self):
        self.learn(1)

    def learn(self, most=100):
        """Take up to `most` updates, each with the next sample in turn that is answered wrongly."""
        self.turn = self.turn if self.state == self.left else 0
        X, y = _split(self.points)
        w, b, path, lent = np.array([self.w1, self.w2]), self.b, [], False
        while len(path) < most and (wrong := answer(X, w, b) != y).any():
            now = next(i for i in np.roll(np.arange(len(X)), -self.turn) if wrong[i])
            path.append((w, b))
            new = self.own(w, b, X[now], int(y[now])) if self.own else None
            w, b = update(w, b, X[now], y[now]) if new is None else _checked(new)
            lent, self.turn = self.own and new is None, (now + 1) % len(X)
        left = int((answer(X, w, b) != y).sum())
        self.news = not_yet("update", "this is nnkit's") + " " if lent else ""
        if not path:
            self.news += "No sample is wrong, so the rule changes nothing."
        elif most == 1:
            (old, bias), sign = path[0], "added to" if y[now] else "taken from"
            self.news += (
                f"{_pair(X[now])} was answered wrongly, so it was {sign} the weights: its z went "
                f"from {X[now] @ old + bias:.3g} to {X[now] @ w + b:.3g}."
            )
        else:
            self.news += f"{len(path)} update{'s' * (len(path) > 1)}, and "
            self.news += f"still {left} wrong: no rest." if left else "no sample is wrong any more."
        shrink = min(1.0, MOST / max(*abs(w), abs(b), 1e-9))  # the same line, within the sliders
        if shrink < 1:
            self.news += " (The weights were scaled down to fit the sliders: the same line.)"
        self.trail = path
        w1, w2, b = (float(shrink * weight) for weight in (*w, b))
        self.set(w1=w1, w2=w2, b=b, times=1.0)
        self.trail, self.news, self.left = [], "", self.state

    def compute(self, task, activation, w1, w2, b, times, points):
        X, y = _split(points)
        w = np.array([w1, w2])
        if activation == "sigmoid":  # a step stays as it is
            w, b = times * w, times * b
        z = np.stack(np.meshgrid(GRID, GRID), axis=-1) @ w + b
        edge = CRISP * z / np.hypot(*w) + 0.5 if w.any() else (z > 0) * 1.0
        wrong = answer(X, w, b) != y
        return {
            "w": w, "b": b, "X": X, "y": y, "z": X @ w + b, "wrong": wrong, "task": task,
            "activation": activation, "field": edge if activation == "step" else sigmoid(z),
        }  # fmt: skip

    def setup(self, figure):
        self.plane, self.sums = figure.subplots(1, 2, width_ratios=(1, 1.15))
        move = self.live.move
        self.field = Field(self.live, self.plane, GRID, GRID, 0, 1, colours="classes")
        self.plane.set(xlabel="x1", ylabel="x2", title="the plane of inputs", aspect="equal")
        self.old = LineCollection(
            [], colors=GREY, lw=1.2, ls="--", zorder=3, label="before an update"
        )
        self.plane.add_collection(self.old, autolim=False)
        (self.line,) = self.plane.plot([], [], color=INK, lw=2, zorder=4, label="z = 0")
        self.arrow = FancyArrowPatch(
            (0, 0), (1, 1), arrowstyle="-|>", mutation_scale=14, color=INK, lw=1.6, zorder=4
        )
        self.plane.add_patch(self.arrow)
        look = {"ha": "center", "va": "center", "weight": "bold", "zorder": 6, "clip_on": True}
        self.name = self.plane.text(0, 0, "w", **look)
        move(self.old, self.line, self.arrow, self.name)
        (self.curve,) = move(*self.sums.plot([], [], color=INK, lw=2, label="activation"))
        self.sums.axvline(0, color=GREY, lw=1)
        self.sums.set(
            xlim=(-1.05 * EDGE, 1.05 * EDGE), ylim=(-0.95, 1.95), yticks=(0, 1), ylabel="answer",
            xlabel=f"z = w1·x1 + w2·x2 + b (beyond ±{EDGE:g}: at the edge)",
            title="the same samples by z",
        )  # fmt: skip
        for height, words, side in (
            (1.9, "these should be 1", "top"),
            (-0.9, "these should be 0", "bottom"),
        ):
            self.sums.text(-0.97 * EDGE, height, words, va=side, color=GREY)
        self.marks = []
        for axes in self.plane, self.sums:
            look = {"ls": "", "mec": "white", "ms": 11, "zorder": 5}
            for number, (colour, marker) in enumerate(CLASSES[:2]):
                label = f"class {number}"
                self.marks += axes.plot([], [], marker, color=colour, label=label, **look)
            cross = {"ls": "", "color": INK, "mew": 1.6, "ms": 19, "zorder": 5.5}
            self.marks += axes.plot([], [], "x", label="answered wrongly", **cross)
        move(*self.marks)
        figure.legend(
            handles=[*self.marks[:3], self.line, self.old], loc="outside lower left", ncols=5
        )
        self.live.on_points(self.plane, "points")

    def draw(self, result):
        X, y, w, b = (result[name] for name in ("X", "y", "w", "b"))
        self.field.set_values(result["field"])
        self.line.set_data(*segment(w, b).T)
        self.old.set_segments([segment(*before) for before in self.trail])
        length = np.hypot(*w)
        for artist in self.arrow, self.name:
            artist.set_visible(length > 1e-9)
        if length > 1e-9:
            middle = np.full(2, (LOW + HIGH) / 2)
            foot = middle - (middle @ w + b) * w / length**2  # of the line, nearest to the middle
            self.arrow.set_positions(foot, foot + 0.3 * w / length)
            self.name.set_position(foot + 0.38 * w / length)
        z = np.linspace(-1.05 * EDGE, 1.05 * EDGE, 337)
        step = result["activation"] == "step"
        self.curve.set_data(z, (z > 0) * 1.0 if step else sigmoid(z))
        heights = np.where(y == 1, 1.15, -0.62) + 0.16 * (np.arange(len(y)) % 4)
        places = np.c_[np.clip(result["z"], -EDGE, EDGE), heights]
        for marks, at in (self.marks[:3], X), (self.marks[3:], places):
            for artist, which in zip(marks, (y == 0, y == 1, result["wrong"]), strict=True):
                artist.set_data(*at[which].T)

    def readout(self, result):
        X, y, w, b, z = (result[name] for name in ("X", "y", "w", "b", "z"))
        wrong = np.flatnonzero(result["wrong"])
        names = ", ".join(_pair(X[i]) for i in wrong[:4]) + (" …" if len(wrong) > 4 else "")
        verdict = f"{len(wrong)} of {len(X)} wrong: {names}." if len(wrong) else "None wrong."
        if not len(X):
            verdict = "no samples yet. Choose a class in <i>new sample</i>, then click on the left."
        lines = [f"<b>{result['task']}: {verdict}</b> {self.news}"]
        if len(X):
            i = wrong[0] if len(wrong) else len(X) - 1
            said = f"z = {w[0]:.3g}·{X[i, 0]:.3g} + {w[1]:.3g}·{X[i, 1]:.3g} + {b:.3g} = {z[i]:.3g}"
            above = "above 0: answer 1" if z[i] > 0 else "not above 0: answer 0"
            if result["activation"] == "sigmoid":
                half = "more" if z[i] > 0 else "not more"
                above = f"sigmoid(z) = {sigmoid(z[i]):.3g}, {half} than a half"
            lines.append(f"At {_pair(X[i])}: {said}, {above}, and it should be {y[i]:g}.")
        if not w.any():
            lines.append("Both weights are 0: no line, and the same answer everywhere.")
        elif result["task"] == "XOR":
            lines.append("No line has all four corners of XOR right: at least one is left over.")
        else:
            lines.append(f"The line: {w[0]:.3g}·x1 + {w[1]:.3g}·x2 + {b:.3g} = 0.")
        return readable("<br>".join(lines).replace("+ -", "- ")).replace(" - ", " − ")


def sigmoid(z):
    """1 / (1 + e^-z)."""
    return 0.5 + 0.5 * np.tanh(0.5 * np.asarray(z))


def segment(w, b):
    """Both ends, shape (2, 2), of the piece of w·x + b = 0 that crosses the picture, or nan."""
    square = w @ w
    if square < 1e-18:
        return np.full((2, 2), np.nan)
    middle = np.full(2, (LOW + HIGH) / 2)
    foot = middle - (middle @ w + b) * w / square
    along = np.array([-w[1], w[0]]) / np.sqrt(square)
    return foot + np.outer([-2 * (HIGH - LOW), 2 * (HIGH - LOW)], along)


def _split(points):
    table = np.array(points, dtype=float).reshape(-1, 3)
    return table[:, :2], table[:, 2]


def _pair(x):
    return f"({x[0]:.3g}, {x[1]:.3g})"


def _checked(result):
    """The (w, b) that a learner's update has returned, or ValueError in one sentence."""
    try:
        w, b = result
        w, b = np.array(w, dtype=float), float(b)
    except (TypeError, ValueError):
        raise ValueError("update must return two things, (w, b), with b a number") from None
    if w.shape != (2,) or not np.isfinite([*w, b]).all():
        raise ValueError(f"update must return a w of 2 finite numbers, got {w}")
    return w, b

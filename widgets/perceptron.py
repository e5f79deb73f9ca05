"""The perceptron explorer: move a neuron's weights, or let it learn from its mistakes."""

import numpy as np

from widgets.controls import choice, points, slider
from widgets.explorer import Explorer
from widgets.neuron import CORNERS, HIGH, LOW, TABLES, Answers, practise
from widgets.neuron_drawing import NeuronPlane, SumChart
from widgets.words import readable_sum

OWN = "own points"
MOST = 5.0  # the largest weight of the sliders


def samples(task):
    """The four corners with their classes, as a value of the `points` control."""
    return tuple((float(x), float(y), c) for (x, y), c in zip(CORNERS, TABLES[task], strict=True))


def split(points):
    """(X, y) of a value of the `points` control, arrays of shapes (n, 2) and (n,)."""
    table = np.array(points, dtype=float).reshape(-1, 3)
    return table[:, :2], table[:, 2]


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
        turn = self.turn if self.state == self.left else 0
        w = np.array([self.w1, self.w2])
        done = practise(self.own, *split(self.points), w, self.b, turn, most)
        self.turn, self.trail = done.sample + 1, done.path
        self.news = done.last_update if most == 1 else done.outcome
        weights = np.array([*done.w, done.b])
        shrink = min(1.0, MOST / max(*abs(weights), 1e-9))  # the same line, within the sliders
        if shrink < 1:
            self.news += " (The weights were scaled down to fit the sliders: the same line.)"
        w1, w2, b = (shrink * weights).tolist()
        self.set(w1=w1, w2=w2, b=b, times=1.0)
        self.trail, self.news, self.left = [], "", self.state

    def compute(self, task, activation, w1, w2, b, times, points):
        scale = times if activation == "sigmoid" else 1.0  # a step stays as it is
        return Answers(task, activation, scale * np.array([w1, w2]), scale * b, *split(points))

    def setup(self, figure):
        left, right = figure.subplots(1, 2, width_ratios=(1, 1.15))
        self.plane, self.sums = NeuronPlane(self.live, left), SumChart(self.live, right)
        handles = [*self.plane.samples.marks, self.plane.line, self.plane.old]
        figure.legend(handles=handles, loc="outside lower left", ncols=5)
        self.live.on_points(left, "points")

    def draw(self, result):
        self.plane.show(result, self.trail)
        self.sums.show(result)

    def readout(self, result):
        lines = [f"<b>{result.task}: {result.verdict}</b> {self.news}"]
        if len(result.X):
            lines.append(result.example)
        return readable_sum("<br>".join([*lines, result.line]))

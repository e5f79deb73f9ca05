"""Backpropagation on a circuit: values run forward, gradients run back, one gate at a time."""

import re

import numpy as np

from widgets.circuit_drawing import HEIGHT, CircuitDrawing
from widgets.circuit_walk import Walk
from widgets.circuits import CIRCUITS, backward, forward
from widgets.controls import choice, slider
from widgets.explorer import Explorer
from widgets.own import not_yet, written
from widgets.style import BLUE, GREY, ORANGE

INPUTS = sorted({name for circuit in CIRCUITS.values() for name in circuit.inputs})
NUDGES = np.geomspace(1e-12, 1, 49)
PLOTS = 335  # of GradientCheck: the heights of its circuit and its chart, CSS pixels
LOWEST = 1e-17  # an error of exactly 0 is drawn here, on the lower edge


def number(label):
    return slider(label, -6.0, 6.0, default=1.0, step=0.1)


class Backprop(Explorer):
    """Walk through a circuit gate by gate; pick an edge and see how its gradient comes about.

    gate_backward: a learner's own `gate_backward(gate, x, y, upstream) -> (dx, dy)`, which then
    finds the gradients of the gates "+", "*" and "max".
    """

    circuit = choice("circuit", CIRCUITS, "(x+y)z")
    x, y, z, w, a, s = map(number, "xyzwas")
    w0, x0, w1, x1, w2, w3 = map(number, ["w0", "x0", "w1", "x1", "w2", "w3"])
    step = slider("step", 0, 11, default=11, step=1)
    edge = slider("edge (or click)", 1, 9, default=1, step=1)

    actions = {"◀ Step back": "step_back", "Step on ▶": "step_on"}
    presets = {
        "only the inputs: say what comes next": {"step": 0},
        "max with two equal inputs": {"circuit": "(xy+max(z,w))*2", "w": 2.0, "edge": 3},
        "a saturated neuron": {"circuit": "neuron with a sigmoid", "w2": 6.0},
        "a chain of small weights": {
            "circuit": "chain ((x w1) w2) w3", "x": 1.0, "w1": 0.1, "w2": 0.1, "w3": 0.1,
        },
    }  # fmt: skip
    size = (840, 262)
    readout_lines = 4

    def __init__(self, gate_backward=None, **state):
        self.own = gate_backward
        super().__init__(**state)

    def follow(self, changes):
        if "circuit" not in changes:
            return {}
        plan = CIRCUITS[changes["circuit"]]
        start = {name: self.controls[name].default for name in INPUTS}
        return start | plan.inputs | {"step": plan.steps, "edge": 1}

    def ends(self, state):
        plan = CIRCUITS[state["circuit"]]
        return {"step": plan.steps, "edge": len(plan.edges)}

    def __repr__(self):
        unused = self.unused(self.state)
        state = [f"{k}={v!r}" for k, v in self.state.items() if k not in unused]
        return f"{type(self).__name__}({', '.join(state)})"

    def step_back(self):
        self.step = max(self.step - 1, 0)

    def step_on(self):
        self.step = min(self.step + 1, CIRCUITS[self.circuit].steps)

    def height(self, plan):
        """Of the drawing of a circuit, CSS pixels."""
        return HEIGHT

    def unused(self, state):
        return [name for name in INPUTS if name not in CIRCUITS[state["circuit"]].inputs]

    def pointed(self, axes, x, y):
        if axes is self.map.axes:
            self.edge = 1 + self.map.nearest(x, y)

    def compute(self, circuit, step, edge, h=1e-3, **inputs):
        plan = CIRCUITS[circuit]
        values = forward(plan, inputs)
        flows, totals = backward(plan, values, self.own)
        return Walk(plan, step, plan.edges[edge - 1], values, flows, totals, h)

    def setup(self, figure):
        self.map = CircuitDrawing(self.live, figure.subplots())

    def draw(self, result):
        plan = result.plan
        if self.map.plan is not plan:
            with self.live.style():
                self.map.build(plan, self.height(plan))
            for name in INPUTS:
                self._widgets[name].layout.display = None if name in plan.inputs else "none"
        self.map.show(result)

    def readout(self, result):
        lines = [result.step_words, *result.edge_words]
        if any(written(self.own, kind, 2.0, 3.0, 1.0) for kind in ("+", "*", "max")):
            lines.append("The gradients of the gates +, × and max are those of your gate_backward.")
        elif self.own:
            lines.append(not_yet("gate_backward", "all gradients are nnkit's"))
        return re.sub(r"\b([wx])([0-3])\b", r"\1<sub>\2</sub>", "<br>".join(lines))


class GradientCheck(Backprop):
    """Nudge one edge, by much or by little, and see how far off the difference quotient is."""

    h = slider("nudge h", 1e-12, 1.0, default=1e-3, step=0.25, log=True)

    presets = {
        "too long: the function bends": {"h": 0.3},
        "about right": {"h": 1e-5},
        "too short: rounding": {"h": 1e-12},
    }
    size = (840, 480)

    def setup(self, figure):
        above, below = figure.subplots(2, 1)
        self.map = CircuitDrawing(self.live, above)
        move, plot = self.live.move, below.plot
        (self.centred,) = move(*plot([], [], "o-", ms=3.5, color=BLUE, lw=1.2))
        (self.side,) = move(*plot([], [], "x--", ms=4, color=GREY, lw=1, zorder=1.9))
        (self.now,) = move(*plot([], [], "s", ms=9, color=ORANGE, clip_on=False, zorder=5))
        self.centred.set_label("centred: (f(v + h) − f(v − h)) / 2h")
        self.side.set_label("one-sided: (f(v + h) − f(v)) / h")
        self.now.set_label("your h")
        below.set(
            xscale="log", yscale="log", xlim=(1e-12, 1), ylim=(LOWEST, 1e3),
            xlabel="nudge h", yticks=(1e-16, 1e-11, 1e-6, 1e-1),
            title="error of the difference quotient at the orange edge (0 is at the bottom)",
        )  # fmt: skip
        handles = [self.centred, self.side, self.now]
        figure.legend(handles=handles, loc="outside lower left", ncols=3)

    def height(self, plan):
        """The chart gets what the circuit does not need."""
        height = max(45 * plan.rows, 90)
        grid = self.map.axes.get_subplotspec().get_gridspec()
        grid.set_height_ratios((height, PLOTS - height))
        return height

    def draw(self, result):
        super().draw(result)
        for line, errors in zip((self.side, self.centred), result.errors(NUDGES), strict=True):
            line.set_data(NUDGES, np.clip(errors, LOWEST, None))
        self.now.set_data([result.h], np.clip([result.error], LOWEST, 1e3))

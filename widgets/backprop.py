"""Backpropagation on a circuit: values run forward, gradients run back, one gate at a time."""

import re

import numpy as np

from widgets.circuit_drawing import HEIGHT, CircuitDrawing, short
from widgets.circuits import CIRCUITS, OPS, backward, difference_quotients, forward
from widgets.controls import choice, slider
from widgets.explorer import Explorer
from widgets.panel import not_yet
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

    def set(self, **state):
        """As every explorer's, but step and edge end where the circuit ends."""
        self._check(state)
        plan = CIRCUITS[state.get("circuit", self.circuit)]
        for name, end in ("step", plan.steps), ("edge", len(plan.edges)):
            if name in state:
                state[name] = min(state[name], end)
        super().set(**state)

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
        edge = plan.edges[min(edge, len(plan.edges)) - 1]
        _, quotient = difference_quotients(plan, inputs, edge, h)
        return {
            "plan": plan, "values": values, "flows": flows, "totals": totals, "edge": edge, "h": h,
            "step": min(step, plan.steps), "quotient": float(quotient),
            "error": float(abs(quotient - flows[edge].gradient)),
        }  # fmt: skip

    def setup(self, figure):
        self.map = CircuitDrawing(self.live, figure.subplots())

    def draw(self, result):
        plan = result["plan"]
        if self.map.plan is not plan:
            with self.live.style():
                self.map.build(plan, self.height(plan))
            for name in INPUTS:
                self._widgets[name].layout.display = None if name in plan.inputs else "none"
            self._widgets["step"].high, self._widgets["edge"].high = plan.steps, len(plan.edges)
        names = "values", "flows", "totals", "step"
        self.map.move(*(result[name] for name in names), picked=result["edge"])

    def readout(self, result):
        lines = [self._step(result), *self._edge(result)]
        if self.own and self._untouched():
            lines.append(not_yet("gate_backward", "all gradients are nnkit's"))
        elif self.own:
            lines.append("The gradients of the gates +, × and max are those of your gate_backward.")
        return re.sub(r"\b([wx])([0-3])\b", r"\1<sub>\2</sub>", "<br>".join(lines))

    def _untouched(self):
        return all(self.own(kind, 2.0, 3.0, 1.0) is None for kind in ("+", "*", "max"))

    @staticmethod
    def _step(result):
        plan, step, values = result["plan"], result["step"], result["values"]
        gate = plan.progress(step)[2]
        count = f"<b>Step {step} of {plan.steps}</b>"
        if step == 0:
            return f"{count}: only the inputs are known. Each step forward computes one gate."
        if gate is None:
            name = plan.output
            return f"{count}: now backward. It begins at the output, with ∂{name}/∂{name} = 1."
        if step <= len(plan.gates):
            formula, numbers = worded(OPS[gate.op].formula, gate, values)
            result = short(values[gate.name])
            return f"{count}, forward: {gate.name} = {formula} = {numbers} = {result}."
        flows = [(s, result["flows"][s, g, i]) for s, g, i in plan.edges if g is gate]
        shares = " and ".join(f"{short(flow.gradient)} to {source}" for source, flow in flows)
        upstream = short(flows[0][1].upstream)
        return f"{count}, backward: gate {gate.op} has upstream {upstream} and passes {shares}."

    @staticmethod
    def _edge(result):
        (source, gate, _), plan = result["edge"], result["plan"]
        flow, output = result["flows"][result["edge"]], plan.output
        title = f"<b>Edge {source} → {gate.op}</b>"
        if gate.name not in plan.progress(result["step"])[1]:
            return [f"{title}: its gradient is still to come. Move <b>step</b> on."]
        product = f"{short(flow.upstream)} · {bracketed(short(flow.local))} = "
        product += f"<b>{short(flow.upstream * flow.local)}</b>"
        if not np.isclose(flow.gradient, flow.upstream * flow.local):
            product += f", but your gate_backward says <b>{short(flow.gradient)}</b>"
        quotient, h = f"{result['quotient'] + 0.0:.8g}".replace("-", "−"), result["h"]
        nudge = (
            f"The nudge says ({output}(v + h) − {output}(v − h)) / 2h = {quotient} "
            f"with h = {h:.3g}: error {result['error']:.1g}. "
            f"{judged(result['error'], flow.gradient, h)}"
        )
        if all_to_one_of_equals(result):
            nudge = (
                f"At a tie max has no derivative: a nudge both ways finds half, {quotient}; "
                "your gate gives all to one input. Both are allowed."
            )
        return [
            f"{title}: upstream × local = {product}. "
            f"Local: ∂{gate.name}/∂{source} = {local_words(result)}.",
            nudge,
        ]


class GradientCheck(Backprop):
    """Nudge one edge, by much or by little, and see how far off the difference quotient is."""

    h = slider("nudge h", 1e-12, 1.0, default=1e-3, step=0.25, log=True)

    presets = {
        "too long: the function bends": {"h": 0.3},
        "about right": {"h": 1e-5},
        "too short: rounding": {"h": 1e-12},
    }
    size = (840, 480)

    def compute(self, **state):
        result = super().compute(**state)
        plan, edge = result["plan"], result["edge"]
        side, centred = difference_quotients(plan, state, edge, NUDGES)
        gradient = result["flows"][edge].gradient
        return result | {"side": abs(side - gradient), "centred": abs(centred - gradient)}

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
        self.centred.set_data(NUDGES, np.clip(result["centred"], LOWEST, None))
        self.side.set_data(NUDGES, np.clip(result["side"], LOWEST, None))
        self.now.set_data([result["h"]], np.clip([result["error"]], LOWEST, 1e3))


def worded(template, gate, values):
    """A formula of OPS with names, and the same with numbers."""
    names = (*gate.sources, gate.name)
    numbers = [short(values[name]) for name in names]
    if len(template) > len("{out}"):
        numbers = [bracketed(number) for number in numbers]
    return [template.format(*words, out=words[-1]) for words in (names, numbers)]


def local_words(result):
    """The derivative of a gate by one of its inputs, in words and then in numbers."""
    source, gate, position = result["edge"]
    if templates := OPS[gate.op].locals:
        words, numbers = worded(templates[position], gate, result["values"])
        return words if words == numbers else f"{words} = {numbers}"
    (other,) = gate.sources[:position] + gate.sources[position + 1 :]
    gap = result["values"][source] - result["values"][other]
    sign = ">" if gap > 0 else "<" if gap < 0 else "="
    return f"{short(result['flows'][result['edge']].local)}, since {source} {sign} {other}"


def all_to_one_of_equals(result):
    """True where a learner's max gives its gradient to one of two equal inputs, as it may."""
    gate = result["edge"][1]
    flows = [result["flows"][source, gate, i] for i, source in enumerate(gate.sources)]
    upstream = flows[0].upstream
    return (
        gate.op == "max"
        and flows[0].value == flows[1].value
        and sorted(flow.gradient for flow in flows) == sorted((0.0, upstream))
        and bool(np.isclose(result["quotient"], upstream / 2))
    )


def bracketed(text):
    return f"({text})" if text.startswith("−") else text


def judged(error, gradient, h):
    """What the error of a difference quotient means."""
    if error <= 1e-6 * max(1, abs(gradient)):
        return "They agree."
    if h >= 3e-3:
        return "A shorter nudge comes nearer: within ±h the function bends."
    if h <= 1e-9:
        return "A nudge this short drowns in rounding."
    return "They disagree: one of the two is wrong."

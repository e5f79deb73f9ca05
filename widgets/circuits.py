"""Circuits of gates as numbers: values forward, gradients backward, and what a nudge shows."""

from dataclasses import dataclass

import numpy as np

import nnkit


@dataclass(frozen=True)
class Op:
    """What a gate computes, f, of as many tensors as it has inputs.

    formula, locals: the result, and the derivative by each input, in words; `{0}` and `{1}` stand
    for the inputs, `{out}` for the result; no locals where they depend on which input is larger.
    kind, constant: "+", "*" or "max", and the second input where it never changes; with these a
    learner's `gate_backward` is asked.
    """

    f: object
    formula: str
    locals: tuple
    kind: str = ""
    constant: float | None = None


OPS = {
    "+": Op(lambda a, b: a + b, "{0} + {1}", ("1", "1"), "+"),
    "×": Op(lambda a, b: a * b, "{0} · {1}", ("{1}", "{0}"), "*"),
    "max": Op(nnkit.maximum, "max({0}, {1})", (), "max"),
    "×2": Op(lambda a: a * 2, "2 · {0}", ("2",), "*", 2.0),
    "×3": Op(lambda a: a * 3, "3 · {0}", ("3",), "*", 3.0),
    "×−1": Op(lambda a: a * -1, "−1 · {0}", ("−1",), "*", -1.0),
    "+1": Op(lambda a: a + 1, "{0} + 1", ("1",), "+", 1.0),
    "+2": Op(lambda a: a + 2, "{0} + 2", ("1",), "+", 2.0),
    "s²": Op(lambda a: a**2, "{0}²", ("2 · {0}",)),
    "exp": Op(nnkit.exp, "exp({0})", ("{out}",)),
    "1/u": Op(lambda a: 1 / a, "1 / {0}", ("−1 / {0}²",)),
    "σ": Op(nnkit.sigmoid, "σ({0})", ("{out} · (1 − {out})",)),
}  # fmt: skip


@dataclass(frozen=True)
class Gate:
    """One gate: its own name, its operation (a key of OPS), the names it reads, its place."""

    name: str
    op: str
    sources: tuple
    place: tuple


@dataclass(frozen=True)
class Circuit:
    """Gates in the order of the forward pass, the last one being the output.

    inputs: {name: starting value}; places: where the inputs stand, (column, row). An edge runs
    level in its source's row unless `lanes` gives {(source, gate): row}.
    """

    formula: str
    inputs: dict
    places: dict
    gates: tuple
    lanes: dict

    @property
    def edges(self):
        """(source, gate, position among the gate's inputs) of every edge, in forward order."""
        return [(s, gate, i) for gate in self.gates for i, s in enumerate(gate.sources)]

    @property
    def output(self):
        return self.gates[-1].name

    @property
    def rows(self):
        """How many rows inputs, gates and lanes take."""
        rows = [row for _, row in (*self.places.values(), *(gate.place for gate in self.gates))]
        return 1 + max(*rows, *self.lanes.values())

    @property
    def steps(self):
        """Each gate once forward, the output's own gradient 1, each gate once backward."""
        return 2 * len(self.gates) + 1

    def progress(self, step):
        """(known, pulled, active) after `step`: names whose value is known, gates that have passed
        their gradient on, and the gate that this step was about (None for the first and middle)."""
        n = len(self.gates)
        known = {*self.inputs, *(gate.name for gate in self.gates[:step])}
        pulled = {gate.name for gate in self.gates[max(self.steps - step, 0) :]}
        if step in (0, n + 1):
            return known, pulled, None
        return known, pulled, self.gates[step - 1 if step <= n else self.steps - step]


@dataclass(frozen=True)
class Flow:
    """What runs along one edge: a value forward; upstream x local = gradient backward."""

    value: float
    upstream: float
    local: float
    gradient: float


CIRCUITS = {
    "(x+y)z": Circuit(
        "f = (x + y) \\cdot z",
        {"x": -2.0, "y": 5.0, "z": -4.0}, {"x": (0, 0), "y": (0, 1), "z": (0, 2)},
        (Gate("q", "+", ("x", "y"), (1, 0.5)), Gate("f", "×", ("q", "z"), (2, 1.25))), {},
    ),
    "(xy+max(z,w))*2": Circuit(
        "f = 2\\,(x y + \\max(z, w))",
        {"x": 3.0, "y": -4.0, "z": 2.0, "w": -1.0},
        {"x": (0, 0), "y": (0, 1), "z": (0, 2), "w": (0, 3)},
        (
            Gate("p", "×", ("x", "y"), (1, 0.5)), Gate("m", "max", ("z", "w"), (1, 2.5)),
            Gate("s", "+", ("p", "m"), (2, 1.5)), Gate("f", "×2", ("s",), (3, 1.5)),
        ), {},
    ),
    "shared: b=2a, d=b+3b": Circuit(
        "b = 2a,\\quad d = b + 3b",
        {"a": 1.0}, {"a": (0, 1)},
        (
            Gate("b", "×2", ("a",), (1, 1)), Gate("c", "×3", ("b",), (2, 2)),
            Gate("d", "+", ("b", "c"), (3, 1)),
        ), {("b", "d"): 0, ("b", "c"): 2},
    ),
    "(2+3w)^2": Circuit(
        "f = (2 + 3w)^2",
        {"w": 3.0}, {"w": (0, 0)},
        (
            Gate("p", "×3", ("w",), (1, 0)), Gate("s", "+2", ("p",), (2, 0)),
            Gate("f", "s²", ("s",), (3, 0)),
        ), {},
    ),
    "neuron with a sigmoid": Circuit(
        "f = \\sigma(w_0 x_0 + w_1 x_1 + w_2)",
        {"w0": 2.0, "x0": -1.0, "w1": -3.0, "x1": -2.0, "w2": -3.0},
        {"w0": (0, 0), "x0": (0, 1), "w1": (0, 2), "x1": (0, 3), "w2": (0, 4)},
        (
            Gate("p", "×", ("w0", "x0"), (1, 0.5)), Gate("q", "×", ("w1", "x1"), (1, 2.5)),
            Gate("r", "+", ("p", "q"), (2, 1.5)), Gate("s", "+", ("r", "w2"), (3, 2)),
            Gate("f", "σ", ("s",), (4, 2)),
        ), {},
    ),
    "sigmoid in small gates": Circuit(
        "\\sigma(s) = 1 / (1 + e^{-s})",
        {"s": 1.0}, {"s": (0, 0)},
        (
            Gate("n", "×−1", ("s",), (1, 0)), Gate("e", "exp", ("n",), (2, 0)),
            Gate("u", "+1", ("e",), (3, 0)), Gate("f", "1/u", ("u",), (4, 0)),
        ), {},
    ),
    "chain ((x w1) w2) w3": Circuit(
        "f = ((x\\,w_1)\\,w_2)\\,w_3",
        {"x": 2.0, "w1": 0.5, "w2": -3.0, "w3": 1.5},
        {"x": (0, 0), "w1": (0, 1), "w2": (0, 2), "w3": (0, 3)},
        (
            Gate("p", "×", ("x", "w1"), (1, 0.5)), Gate("q", "×", ("p", "w2"), (2, 1.25)),
            Gate("f", "×", ("q", "w3"), (3, 2.1)),
        ), {},
    ),
}  # fmt: skip


def forward(circuit, inputs, nudged=None, nudge=0.0):
    """{name: value} of all inputs and gates; `nudge` (a number or an array) is added to what runs
    along the edge `nudged`, an entry of `circuit.edges`, and to nothing else."""
    values = {name: np.float64(inputs[name]) for name in circuit.inputs}
    for gate in circuit.gates:
        read = [
            nnkit.Tensor(np.asarray(values[s] + (nudge if (s, gate, i) == nudged else 0.0)))
            for i, s in enumerate(gate.sources)
        ]
        values[gate.name] = OPS[gate.op].f(*read).numpy()[()]
    return values


def local_derivatives(gate, values):
    """The derivative of the gate by each of its inputs, found by nnkit on this gate alone."""
    read = [nnkit.tensor(values[s], dtype=nnkit.float64, requires_grad=True) for s in gate.sources]
    OPS[gate.op].f(*read).backward()
    return [tensor.grad.item() for tensor in read]


def backward(circuit, values, gate_backward=None):
    """(flows, totals): {edge: Flow}, and {name: the sum of the gradients over its edges}.

    gate_backward(kind, x, y, upstream) -> (dx, dy): a learner's; asked for the gates it can know,
    and may give None for those it does not know yet.
    """
    totals = dict.fromkeys(values, 0.0)
    totals[circuit.output] = 1.0
    flows = {}
    for gate in reversed(circuit.gates):
        upstream, locals_ = totals[gate.name], local_derivatives(gate, values)
        gradients = [upstream * local for local in locals_]
        op = OPS[gate.op]
        if gate_backward and op.kind:
            x, *rest = (values[s] for s in gate.sources)
            y = rest[0] if rest else op.constant
            given = gate_backward(op.kind, x, y, upstream)
            gradients = gradients if given is None else [float(g) for g in given]
        for i, source in enumerate(gate.sources):
            totals[source] += gradients[i]
            flows[source, gate, i] = Flow(values[source], upstream, locals_[i], gradients[i])
    return {edge: flows[edge] for edge in circuit.edges}, totals


def difference_quotients(circuit, inputs, edge, h):
    """(one-sided, centred): slopes of the output against what runs along `edge`; h may be an array.

    (f(v + h) - f(v)) / h and (f(v + h) - f(v - h)) / 2h; both have the shape of h.
    """
    above, below, here = (
        forward(circuit, inputs, edge, nudge)[circuit.output] for nudge in (h, -h, 0.0 * h)
    )
    return (above - here) / h, (above - below) / (2 * h)

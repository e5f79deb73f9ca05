"""A walk through a circuit: what each step computed, and how an edge's gradient comes about."""

import functools
from dataclasses import dataclass

import numpy as np

from widgets.circuit_drawing import short
from widgets.circuits import OPS, Circuit, difference_quotients


@dataclass(frozen=True)
class Walk:
    """A circuit after some steps, an edge of it, and what there is to say of both.

    values, flows, totals: as `forward` and `backward` give them; h: the nudge that is looked at.
    """

    plan: Circuit
    step: int
    edge: tuple
    values: dict
    flows: dict
    totals: dict
    h: float

    @property
    def flow(self):
        """What runs along the edge."""
        return self.flows[self.edge]

    @functools.cached_property
    def quotient(self):
        """The slope of the output against what runs along the edge, by a nudge of h both ways."""
        return float(difference_quotients(self.plan, self.values, self.edge, self.h)[1])

    @property
    def error(self):
        return abs(self.quotient - self.flow.gradient)

    def errors(self, h):
        """(one-sided, centred): how far off the quotients with these nudges, an array, are."""
        quotients = difference_quotients(self.plan, self.values, self.edge, h)
        return [abs(quotient - self.flow.gradient) for quotient in quotients]

    @property
    def step_words(self):
        """What the last step did."""
        plan, step = self.plan, self.step
        gate = plan.progress(step)[2]
        count = f"<b>Step {step} of {plan.steps}</b>"
        if step == 0:
            return f"{count}: only the inputs are known. Each step forward computes one gate."
        if gate is None:
            name = plan.output
            return f"{count}: now backward. It begins at the output, with ∂{name}/∂{name} = 1."
        if step <= len(plan.gates):
            formula, numbers = worded(OPS[gate.op].formula, gate, self.values)
            value = short(self.values[gate.name])
            return f"{count}, forward: {gate.name} = {formula} = {numbers} = {value}."
        flows = self._flows_into(gate)
        shares = (f"{short(f.gradient)} to {s}" for s, f in zip(gate.sources, flows, strict=True))
        return (
            f"{count}, backward: gate {gate.op} has upstream {short(flows[0].upstream)} and passes "
            f"{' and '.join(shares)}."
        )

    @property
    def edge_words(self):
        """[how the edge's gradient comes about, what the nudge says of it]."""
        (source, gate, _), flow = self.edge, self.flow
        title = f"<b>Edge {source} → {gate.op}</b>"
        if gate.name not in self.plan.progress(self.step)[1]:
            return [f"{title}: its gradient is still to come. Move <b>step</b> on."]
        product = f"{short(flow.upstream)} · {bracketed(short(flow.local))} = "
        product += f"<b>{short(flow.upstream * flow.local)}</b>"
        if not np.isclose(flow.gradient, flow.upstream * flow.local):
            product += f", but your gate_backward says <b>{short(flow.gradient)}</b>"
        local = f"∂{gate.name}/∂{source} = {self._local}"
        return [f"{title}: upstream × local = {product}. Local: {local}.", self._nudge]

    @property
    def _local(self):
        """The derivative of the edge's gate by its source, in words and then in numbers."""
        source, gate, position = self.edge
        if templates := OPS[gate.op].locals:
            words, numbers = worded(templates[position], gate, self.values)
            return words if words == numbers else f"{words} = {numbers}"
        (other,) = gate.sources[:position] + gate.sources[position + 1 :]
        gap = self.values[source] - self.values[other]
        sign = ">" if gap > 0 else "<" if gap < 0 else "="
        return f"{short(self.flow.local)}, since {source} {sign} {other}"

    @property
    def _nudge(self):
        quotient, output = f"{self.quotient + 0.0:.8g}".replace("-", "−"), self.plan.output
        if self._all_to_one_of_equals:
            return (
                f"At a tie max has no derivative: a nudge both ways finds half, {quotient}; "
                "your gate gives all to one input. Both are allowed."
            )
        return (
            f"The nudge says ({output}(v + h) − {output}(v − h)) / 2h = {quotient} "
            f"with h = {self.h:.3g}: error {self.error:.1g}. {self._agreement}"
        )

    @property
    def _agreement(self):
        """What the error of the difference quotient means."""
        if self.error <= 1e-6 * max(1, abs(self.flow.gradient)):
            return "They agree."
        if self.h >= 3e-3:
            return "A shorter nudge comes nearer: within ±h the function bends."
        if self.h <= 1e-9:
            return "A nudge this short drowns in rounding."
        return "They disagree: one of the two is wrong."

    @property
    def _all_to_one_of_equals(self):
        """True where a learner's max gives its gradient to one of two equal inputs, as it may."""
        gate = self.edge[1]
        flows, upstream = self._flows_into(gate), self.flow.upstream
        return (
            gate.op == "max"
            and flows[0].value == flows[1].value
            and sorted(flow.gradient for flow in flows) == sorted((0.0, upstream))
            and bool(np.isclose(self.quotient, upstream / 2))
        )

    def _flows_into(self, gate):
        return [self.flows[source, gate, i] for i, source in enumerate(gate.sources)]


def worded(template, gate, values):
    """A formula of OPS with names, and the same with numbers."""
    names = (*gate.sources, gate.name)
    numbers = [short(values[name]) for name in names]
    if len(template) > len("{out}"):
        numbers = [bracketed(number) for number in numbers]
    return [template.format(*words, out=words[-1]) for words in (names, numbers)]


def bracketed(text):
    return f"({text})" if text.startswith("−") else text

"""The same network trained without and with dropout: two boundaries and their losses."""

import numpy as np

from nnkit import functional as F
from nnkit import nn
from nnkit.tensor import operation
from widgets.controls import slider
from widgets.explorer import Explorer
from widgets.masks import keep
from widgets.moons import MoonPlane, chance_of_class_1, measure_on, moons, network
from widgets.style import BLUE, ORANGE
from widgets.timeline import Timeline
from widgets.words import readable

LR = 0.3


def forward(x, u, p):
    """Inverted dropout: units whose u is below p become 0, the others are divided by 1 - p."""
    return x * keep(u, p) / (1 - p)


@operation
def drop(x, rules=None, u=None, p=0.5):
    """Dropout as an operation of the engine, by rules (forward, backward)."""
    there, back = rules
    return there(x, u, p), lambda g: back(g, u, p)


def with_dropout(model, p, rules, seed, train_set, test_set):
    """A Timeline of full-batch descent, with units dropped after every activation.

    The masks of an epoch are drawn from (seed, epoch). When measured, nothing is dropped.
    """
    X, y = train_set
    parameters = list(model.parameters())

    def train(epoch, _):
        rng = np.random.default_rng([seed, epoch])
        h = X
        for layer in model:
            h = layer(h)
            if p and isinstance(layer, nn.Tanh):
                h = drop(h, rules=rules, u=rng.random(h.shape, np.float32), p=p)
        for parameter in parameters:
            parameter.grad = None
        F.cross_entropy(h, y).backward()
        for parameter in parameters:
            parameter.array[...] -= LR * parameter.grad.array

    return Timeline(model, train, lambda: measure_on(model, train_set, test_set))


class DropoutTraining(Explorer):
    """Two networks from the same start, one without and one with dropout; move p.

    forward, backward: a learner's own `dropout_forward(x, u, p)` and `dropout_backward(g, u, p)`,
    which the right-hand network then trains with.
    """

    p = slider("dropout p", 0.0, 0.8, default=0.2, step=0.05)
    epochs = slider("epochs", 0, 1000, default=400, step=10)
    width = slider("units a layer", 4, 32, default=32, step=1)
    noise = slider("noise", 0.0, 0.5, default=0.3, step=0.01)
    n = slider("training points (n)", 10, 200, default=60, step=1)
    seed = slider("other points (seed)", 0, 20, default=1, step=1)

    presets = {
        "no dropout: twice the same": {"p": 0.0},
        "p = 0.2": {"p": 0.2},
        "p = 0.5": {"p": 0.5},
        "p = 0.8 in a narrow network": {"p": 0.8, "width": 8},
    }

    readout_lines = 5
    play = "epochs"

    def __init__(self, forward=None, backward=None, **state):
        self.own, self._keys, self._runs, self._models = (forward, backward), [0, 0], {}, {}
        super().__init__(**state)

    def compute(self, p, epochs, width, noise, n, seed):
        sets = moons(n, noise, seed)
        rules = self.own if self._solved() else (forward, forward)
        for side, rate in enumerate((0.0, p)):
            key = rate, width, noise, n, seed
            if self._keys[side] != key:
                self._models[side] = network(seed, width)
                self._runs[side] = with_dropout(self._models[side], rate, rules, seed, *sets)
                self._keys[side] = key
        X, y = (t.numpy() for t in sets[0])
        found = [next(self._runs[side].walk([])) for side in (0, 1)]
        for side in (0, 1):
            for progress in self._runs[side].walk([0] * epochs):
                found[side] = progress
                yield {
                    "found": found, "X": X, "y": y, "p": p,
                    "chance": [chance_of_class_1(self._models[i]) for i in (0, 1)],
                }  # fmt: skip

    def _solved(self):
        one = np.full((1, 1), 0.9, np.float32)
        return all(rule is not None and rule(one, one, 0.5) is not None for rule in self.own)

    def setup(self, figure):
        without, dropping, curve = figure.subplots(1, 3, width_ratios=(1, 1, 1.15))
        self.planes = [MoonPlane(self.live, axes) for axes in (without, dropping)]
        without.set_title("without dropout")
        dropping.set(title="with dropout", ylabel="")
        self.lines = [
            self.live.move(*curve.plot([], [], dash, color=colour, lw=width))[0]
            for width in (1.2, 2.6)
            for colour, dash in ((BLUE, "-"), (ORANGE, "-."))
        ]
        curve.set(yscale="log", ylim=(1e-3, 4), xlim=(0, 1000), xlabel="epoch")
        curve.set_title("cross entropy")
        figure.legend(
            [*self.planes[0].samples, *self.lines],
            ["class 0", "class 1", "training, without", "test, without", "training, with",
             "test, with"],
            loc="outside lower left", ncols=6, columnspacing=1.3, handlelength=2.6,
        )  # fmt: skip

    def draw(self, result):
        for plane, chance in zip(self.planes, result["chance"], strict=True):
            plane.show(chance, result["X"], result["y"])
        curves = [
            (marks, values)
            for marks, found in result["found"]
            for values in np.transpose(found)[:2]
        ]
        for line, (marks, values) in zip(self.lines, curves, strict=True):
            line.set_data(marks, np.clip(np.nan_to_num(values, nan=1e6), 1e-9, 1e6))

    def readout(self, result):
        (_, plain), (marks, dropping) = result["found"]
        lines = [verdict(result["p"], plain[-1], dropping[-1], marks[-1])]
        for found, name in (plain, "Without"), (dropping, f"With p = {result['p']:.2g}"):
            train, test, right = found[-1]
            lines.append(
                f"{name}: training loss {train:.3g}, test loss {test:.3g} (least "
                f"{min(test for _, test, _ in found):.3g}), {right:.1%} of 400 test points right."
            )
        whose = ""
        if self.own[0] is not None:
            whose = " Your own dropout trains." if self._solved() else " Yours is still to do."
        lines.append("Both losses are measured with all units, nothing dropped." + whose)
        return readable("<br>".join(lines))


def verdict(p, plain, dropping, epochs):
    """What dropout does, in a sentence; plain and dropping: (training loss, test loss, right)."""
    if not epochs:
        return "<b>Untrained:</b> press Play, or move the epochs."
    if not np.isfinite(dropping[1]):
        return "<b>Diverges:</b> the weights grow without bound."
    if not p:
        return "<b>p = 0:</b> nothing is dropped, the two networks are the same."
    (own, loss, right), (own_plain, loss_plain, right_plain) = dropping, plain
    losses = f"test loss {loss:.3g}, without dropout {loss_plain:.3g}"
    rights = f"{right:.1%} of the test points right, without {right_plain:.1%}"
    fewer, smaller = right < right_plain - 0.01, loss < 0.95 * loss_plain
    if fewer and own > max(2 * own_plain, 0.15):
        return (
            f"<b>Held too tight:</b> {rights}. It is worse on its own points, too: training loss "
            f"{own:.3g}, without {own_plain:.3g}."
        )
    if fewer:
        words = "Less sure, but more often wrong:" if smaller else "Dropout hurts here:"
        return f"<b>{words}</b> {losses}; {rights}."
    if smaller:
        return f"<b>Dropout helps:</b> {losses}; {rights}."
    if loss > 1.05 * loss_plain:
        return f"<b>Dropout hurts here:</b> {losses}; {rights}."
    return f"<b>No great difference:</b> {losses}; {rights}."

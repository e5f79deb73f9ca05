"""The forward pass through a 2-3-1 net, drawn as a graph with every number on it."""

import numpy as np

from widgets.controls import choice, slider
from widgets.explorer import Explorer
from widgets.style import BLUE, GREY, INK, ORANGE, RED
from widgets.words import readable_sum
from widgets.xor_net import ACTIVATIONS, forward

# XOR as x1 + x2 - 2 AND(x1, x2): two nodes pass the inputs on, the one between them is the AND.
W1 = np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
B1 = np.array([-0.5, -1.5, -0.5])
W2, B2 = np.array([1.0, -2.0, 1.0]), -0.5
PLACES = {
    "x1": (0, 1), "x2": (0, -1), "11": (1, 1.5), "12": (1, 0), "13": (1, -1.5), "21": (2, 0),
}  # fmt: skip
HIDDEN = ["11", "12", "13"]


class ForwardPass(Explorer):
    """Move the inputs; watch every node's sum and answer on the way to the output."""

    x1 = slider("x1", 0.0, 1.0, default=1.0, step=0.05)
    x2 = slider("x2", 0.0, 1.0, default=1.0, step=0.05)
    activation = choice("activation", ["step", "sigmoid", "ReLU"], "step")

    presets = {
        f"corner ({a}, {b})": {"x1": float(a), "x2": float(b)} for a in (0, 1) for b in (0, 1)
    }
    size = (840, 380)
    readout_lines = 5

    def compute(self, x1, x2, activation):
        x, rule = np.array([x1, x2]), ACTIVATIONS[activation]
        h, z = forward(x, W1, B1, W2, B2, rule)
        return {"x": x, "sums": W1 @ x + B1, "h": h, "z": z, "y": rule(z), "name": activation}

    def setup(self, figure):
        axes = figure.subplots()
        axes.set(xlim=(-0.35, 2.35), ylim=(-2.65, 2.35))
        axes.axis("off")
        for layer, title in enumerate(["inputs", "hidden layer", "output layer"]):
            axes.text(layer, 2.3, title, ha="center", va="top", weight="bold")
        for i, start in enumerate(["x1", "x2"]):
            for j, end in enumerate(HIDDEN):
                self._edge(axes, start, end, W1[j, i], 0.36 if W1[j, i] else 0.24)
        for j, start in enumerate(HIDDEN):
            self._edge(axes, start, "21", W2[j], 0.5)
        self.circles, self.values = {}, {}
        for name, (x, y) in PLACES.items():
            (self.circles[name],) = axes.plot(
                [x], [y], "o", ms=46, mec=INK, mew=1.2, mfc="white", zorder=3
            )
            self.values[name] = axes.text(
                x, y, "", ha="center", va="center", weight="bold", size=12, zorder=4
            )
            side, up = (0, 0.6) if x == 0 else (0.12, 0.42)  # clear of edges and sums
            axes.text(x + side, y + up, name, ha="center", va="center", weight="bold", color=GREY)
        for name, bias in zip([*HIDDEN, "21"], [*B1, B2], strict=True):
            x, y = PLACES[name]
            axes.text(x, y - 0.6, f"b = {bias:g}".replace("-", "−"), ha="center", va="center")
        self.sums = {
            name: axes.text(x, y - 0.86, "", ha="center", va="center", zorder=4)
            for name, (x, y) in PLACES.items() if not name.startswith("x")
        }  # fmt: skip
        axes.text(
            -0.3, -2.6, "on each line its weight: dashed if negative, dotted if 0\n"
            "in each circle its value", va="bottom", color=GREY,
        )  # fmt: skip
        self.live.move(*self.circles.values(), *self.values.values(), *self.sums.values())

    @staticmethod
    def _edge(axes, start, end, weight, where):
        """A line from node to node: broad for a large weight, dashed for a negative or zero one."""
        ends = np.array([PLACES[start], PLACES[end]])
        colour = GREY if weight == 0 else BLUE if weight > 0 else RED
        style = ":" if weight == 0 else "-" if weight > 0 else "--"
        axes.plot(*ends.T, style, color=colour, lw=1.2 + abs(weight), zorder=1)
        x, y = ends[0] + where * (ends[1] - ends[0])
        box = {"boxstyle": "round,pad=0.15", "fc": "white", "ec": "none"}
        axes.text(
            x, y, f"{weight:g}".replace("-", "−"), ha="center", va="center", color=colour,
            bbox=box, zorder=2,
        )  # fmt: skip

    def draw(self, result):
        shown = dict(zip(PLACES, [*result["x"], *result["h"], result["y"]], strict=True))
        for name, value in shown.items():
            self.circles[name].set_markerfacecolor(_shade(value))
            self.values[name].set_text(f"{value:.3g}".replace("-", "−"))
        for name, value in zip([*HIDDEN, "21"], [*result["sums"], result["z"]], strict=True):
            self.sums[name].set_text(f"sum {value:.3g}".replace("-", "−"))

    def readout(self, result):
        x, h, rule = result["x"], result["h"], result["name"]
        lines = []
        for name, w, b, total, value in zip(HIDDEN, W1, B1, result["sums"], h, strict=True):
            lines.append(
                f"node {name}: {w[0]:g}·{x[0]:.3g} + {w[1]:g}·{x[1]:.3g} + {b:g} = {total:.3g}, "
                f"{rule}({total:.3g}) = {value:.3g}"
            )
        terms = " + ".join(f"{w:g}·{value:.3g}" for w, value in zip(W2, h, strict=True))
        lines.append(
            f"node 21: {terms} + {B2:g} = {result['z']:.3g}, "
            f"<b>{rule}({result['z']:.3g}) = {result['y']:.3g}</b>"
        )
        if rule == "step" and set(x) <= {0.0, 1.0}:
            lines.append(f"XOR({x[0]:g}, {x[1]:g}) is {int(x[0] != x[1])}.")
        elif rule == "step":
            lines.append("Between the corners the answer is that of the region the point lies in.")
        else:
            lines.append("These weights were chosen for the step.")
        return readable_sum("<br>".join(lines))


def _shade(value):
    """White for 0, orange for 1 and above."""
    top = np.array([int(ORANGE[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return tuple(1 - 0.6 * np.clip(value, 0, 1) * (1 - top))

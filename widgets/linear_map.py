"""What a matrix does to the plane, what a bias adds, and what only a bend can do."""

import numpy as np
from matplotlib.collections import LineCollection

from widgets.controls import choice, slider
from widgets.explorer import Explorer
from widgets.labels import flag
from widgets.style import BLUE, GREEN, GREY, INK, RED
from widgets.words import readable_sum

BENDS = {
    "none: linear": lambda z: z,
    "ReLU: cut at 0": lambda z: np.maximum(z, 0),
    "tanh: squeeze": np.tanh,
}
_along, _at = np.meshgrid(np.linspace(-2, 2, 81), np.arange(-2, 2.1, 0.5))
LINES = np.concatenate([np.stack([_along, _at], -1), np.stack([_at, _along], -1)])  # a grid


class LinearMap(Explorer):
    """Move the four numbers of a matrix; watch where it takes the whole plane."""

    w11 = slider("w11", -2.0, 2.0, default=1.0, step=0.1)
    w12 = slider("w12", -2.0, 2.0, default=0.5, step=0.1)
    w21 = slider("w21", -2.0, 2.0, default=-0.5, step=0.1)
    w22 = slider("w22", -2.0, 2.0, default=1.0, step=0.1)
    b1 = slider("b1 (bias)", -2.0, 2.0, default=0.0, step=0.1)
    b2 = slider("b2 (bias)", -2.0, 2.0, default=0.0, step=0.1)
    x1 = slider("x1", -2.0, 2.0, default=1.0, step=0.1)
    x2 = slider("x2", -2.0, 2.0, default=1.0, step=0.1)
    bend = choice("then bend", BENDS, "none: linear")

    presets = {
        "do nothing": {"w11": 1.0, "w12": 0.0, "w21": 0.0, "w22": 1.0, "b1": 0.0, "b2": 0.0},
        "turn by 90 degrees": {"w11": 0.0, "w12": -1.0, "w21": 1.0, "w22": 0.0},
        "transpose of that: turn back": {"w11": 0.0, "w12": 1.0, "w21": -1.0, "w22": 0.0},
        "stretch": {"w11": 2.0, "w12": 0.0, "w21": 0.0, "w22": 0.5},
        "flatten onto a line": {"w11": 1.0, "w12": 1.0, "w21": 0.5, "w22": 0.5},
    }
    size = (840, 380)
    readout_lines = 4

    def pointed(self, axes, x, y):
        if axes is self.before:
            self.set(x1=round(min(max(x, -2.0), 2.0), 1), x2=round(min(max(y, -2.0), 2.0), 1))

    def compute(self, w11, w12, w21, w22, b1, b2, x1, x2, bend):
        W, b, x = np.array([[w11, w12], [w21, w22]]), np.array([b1, b2]), np.array([x1, x2])
        rule = BENDS[bend]
        z = W @ x + b
        sums = LINES @ W.T + b
        return {
            "W": W, "b": b, "x": x, "z": z, "y": rule(z), "bend": bend, "zero": rule(b),
            "kept": sums.min() >= 0, "lines": rule(sums), "axes": rule(np.eye(2) @ W.T + b),
        }  # fmt: skip

    def setup(self, figure):
        self.before, self.after = figure.subplots(1, 2)
        self.before.add_collection(LineCollection(LINES, colors=GREY, linewidths=0.7))
        self.grid = LineCollection([], colors=GREY, linewidths=0.8)
        self.after.add_collection(self.grid, autolim=False)
        self.arrows = []
        for axes, title in (self.before, "before: x"), (self.after, "after: y"):
            axes.set(xlim=(-4, 4), ylim=(-3.2, 3.2), title=title, aspect="equal")
            axes.grid(False)
            axes.axhline(0, color=INK, lw=0.6)
            axes.axvline(0, color=INK, lw=0.6)
            look = {"lw": 3, "zorder": 4, "marker": "o", "markevery": [1], "ms": 7}
            self.arrows += axes.plot([], [], color=BLUE, label="(1, 0) and its image", **look)
            self.arrows += axes.plot([], [], color=GREEN, label="(0, 1) and its image", **look)
            self.arrows[-1].set_dashes((2, 1))
            self.arrows += axes.plot(
                [], [], "s", color=RED, mec="white", ms=10, zorder=5, label="x and its image y"
            )
        self.before.set(xlabel="x1", ylabel="x2")
        self.after.set(xlabel="y1", ylabel="y2")
        self.flag = flag(self.after, "y is outside the picture")
        self.live.move(self.grid, *self.arrows, self.flag)
        figure.legend(handles=self.arrows[:3], loc="outside lower left", ncols=3)

    def draw(self, result):
        self.grid.set_segments(result["lines"])
        ends = [*np.eye(2), result["x"], *result["axes"], result["y"]]
        starts = [np.zeros(2)] * 3 + [result["zero"]] * 3
        self.flag.set_visible(bool((abs(result["y"]) > (4, 3.2)).any()))
        for number, (arrow, start, end) in enumerate(zip(self.arrows, starts, ends, strict=True)):
            places = np.array([end] if number % 3 == 2 else [start, end])
            arrow.set_data(*places.T)

    def readout(self, result):
        W, b, x, z, y = (result[name] for name in ("W", "b", "x", "z", "y"))
        sums = [
            f"z{i + 1} = {W[i, 0]:.3g}·{x[0]:.3g} + {W[i, 1]:.3g}·{x[1]:.3g} + {b[i]:.3g} "
            f"= {z[i]:.3g}"
            for i in range(2)
        ]
        said = ["; ".join(sums) + f"; y = ({y[0]:.3g}, {y[1]:.3g})."]
        linear = result["bend"].startswith("none")
        ends = [f"({end[0]:.3g}, {end[1]:.3g})" for end in (*W.T, *result["axes"])]
        plus = ", both plus b" if b.any() else ""
        said.append(
            f"(1, 0) goes to the first column of W, {ends[0]}, and (0, 1) to the second, {ends[1]}"
            + plus
            + ("." if linear else f"; and after the bend to {ends[2]} and {ends[3]}.")
        )
        if not linear:
            said.append("<b>The bend is not linear:</b> " + self._bent(result))
        elif b.any():
            said.append("<b>Linear plus a bias:</b> straight lines stay straight, 0 moves to b.")
        else:
            said.append("<b>Linear:</b> straight lines stay straight, and 0 stays where it is.")
        if linear and abs(np.linalg.det(W)) < 1e-9:
            said.append("The whole plane lands on a line (or a point): there is no way back.")
        return readable_sum("<br>".join(said))

    @staticmethod
    def _bent(result):
        if result["bend"].startswith("tanh"):
            return "each sum is squeezed between −1 and 1, large ones the most."
        here = " (In this part of the plane no sum is below 0.)" if result["kept"] else ""
        return "a sum below 0 becomes 0, and there the grid is bent or flattened." + here

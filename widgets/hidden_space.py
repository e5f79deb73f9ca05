"""A two-layer net on XOR: the input space, and beside it the hidden space that folds it."""

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.patheffects import withStroke

import nnkit
from nnkit import functional as F
from widgets.controls import choice, slider
from widgets.descent import readable
from widgets.explorer import Explorer
from widgets.field import Field
from widgets.labels import flag
from widgets.neuron import CORNERS, GRID, HIGH, LOW, TABLES, segment, sigmoid
from widgets.panel import not_yet
from widgets.style import CLASSES, GREEN, GREY, INK, PURPLE

WANTED = np.array(TABLES["XOR"])
ACTIVATIONS = {
    "step": lambda z: (z > 0) * 1.0,
    "sigmoid": sigmoid,
    "ReLU": lambda z: np.maximum(z, 0),
    "none": lambda z: z,
}
DRAWN = {"step": lambda z: np.clip(0.5 + 10 * z, 0, 1)}  # between grid points; else its edge frays
LAYERS = {"step": None, "sigmoid": F.sigmoid, "ReLU": F.relu, "none": lambda z: z}  # with slopes
NAMES = [f"{node}_{part}" for node in ("h1", "h2", "y") for part in ("w1", "w2", "b")]
MOST = 8.0  # the largest weight of the sliders
FRAME = np.linspace(-0.6, 2.4, 81)  # of the hidden space in the picture
PLANE = np.stack(np.meshgrid(GRID, GRID), -1).reshape(-1, 2)
_along, _at = np.meshgrid(np.linspace(LOW, HIGH, 41), np.linspace(LOW, HIGH, 9))
LINES = np.concatenate([np.stack([_along, _at], -1), np.stack([_at, _along], -1)])  # a grid


def forward(X, W1, b1, w2, b2, activation):
    """(h, z): hidden values (..., 2) and the output's sum (...), for inputs X (..., 2)."""
    h = activation(X @ W1.T + b1)
    return h, h @ w2 + b2


def split(weights):
    """(W1, b1, w2, b2) from nine numbers, in the order of NAMES."""
    table = np.array(weights, dtype=float).reshape(3, 3)
    return table[:2, :2], table[:2, 2], table[2, :2], table[2, 2]


def state(activation, *weights):
    """A state of the explorer: the activation and nine weights, in the order of NAMES."""
    return {"activation": activation, "fold": 100} | dict(
        zip(NAMES, map(float, weights), strict=True)
    )


def train(weights, activation, steps=100, lr=0.05):
    """(weights, error): the nine weights after `steps` of Adam, and their mean squared error.

    z is to be 0.5 where XOR is 1, and -0.5 where it is 0. The weights stay in the sliders' range.
    """
    W1, b1, w2, b2 = (
        nnkit.tensor(part, dtype=nnkit.float64, requires_grad=True) for part in split(weights)
    )
    X, goal = (nnkit.tensor(a, dtype=nnkit.float64) for a in (CORNERS, WANTED - 0.5))
    optimiser = nnkit.optim.Adam([W1, b1, w2, b2], lr=lr)
    for _ in range(steps):
        optimiser.zero_grad()
        z = LAYERS[activation](X @ W1.T + b1) @ w2 + b2
        F.mse_loss(z, goal).backward()
        optimiser.step()
    hidden = np.c_[W1.detach().numpy(), b1.detach().numpy()]
    weights = np.r_[hidden.ravel(), w2.detach().numpy(), b2.item()].clip(-MOST, MOST).round(2)
    _, z = forward(CORNERS, *split(weights), ACTIVATIONS[activation])
    return weights, np.mean((z - WANTED + 0.5) ** 2)


class HiddenSpace(Explorer):
    """Slide the fold from 0 to 100 %; watch the plane bend until one line separates XOR.

    forward: a learner's own `forward(X, W1, b1, w2, b2, activation) -> (h, z)`.
    """

    activation = choice("activation", ACTIVATIONS, "ReLU")
    fold = slider("fold (%)", 0, 100, default=100, step=1)
    h1_w1 = slider("h1: w1", -MOST, MOST, default=1.0, step=0.1)
    h2_w1 = slider("h2: w1", -MOST, MOST, default=1.0, step=0.1)
    h1_w2 = slider("h1: w2", -MOST, MOST, default=1.0, step=0.1)
    h2_w2 = slider("h2: w2", -MOST, MOST, default=1.0, step=0.1)
    h1_b = slider("h1: b", -MOST, MOST, default=0.0, step=0.1)
    h2_b = slider("h2: b", -MOST, MOST, default=-1.0, step=0.1)
    y_w1 = slider("output: w1", -MOST, MOST, default=1.0, step=0.1)
    y_w2 = slider("output: w2", -MOST, MOST, default=-2.0, step=0.1)
    y_b = slider("output: b", -MOST, MOST, default=-0.5, step=0.1)

    presets = {
        "ReLU: the fold": state("ReLU", 1, 1, 0, 1, 1, -1, 1, -2, -0.5),
        "step: OR and NAND, then AND": state("step", 2, 2, -1, -2, -2, 3, 2, 2, -3),
        "sigmoid: the same gates, soft": state("sigmoid", 6, 6, -3, -6, -6, 8, 6, 6, -8),
        "none: turned and sheared, never bent": state("none", 1, -0.5, 0.5, 0.5, 1, 0, 1, 1, -1),
    }
    actions = {"train 100 steps": "train", "random start": "start"}
    play = "fold"
    size = (840, 360)
    readout_lines = 4

    def __init__(self, forward=None, **state):
        self.own, self.starts, self.news = forward, 0, ""
        super().__init__(**state)

    def start(self):
        """Draw all weights anew; the n-th press gives the same weights in every session."""
        weights = np.random.default_rng(self.starts).uniform(-1, 1, 9).round(1)
        self.starts += 1
        self.set(**dict(zip(NAMES, weights.tolist(), strict=True)))

    def train(self):
        """Take 100 steps of gradient descent (Adam) from the present weights."""
        if LAYERS[self.activation] is None:
            self.news = "A step is flat: it has no slope that training could follow. Take another."
            self.refresh()
        else:
            weights, error = train([self.state[name] for name in NAMES], self.activation)
            self.news = f"Trained for 100 steps: mean squared error {error:.3f}."
            self.set(**dict(zip(NAMES, weights.tolist(), strict=True)))
        self.news = ""

    def reset(self, *_):
        self.starts = 0
        super().reset()

    def compute(self, activation, fold, **weights):
        parts, t = split([weights[name] for name in NAMES]), fold / 100
        X = np.concatenate([CORNERS, LINES.reshape(-1, 2)])
        h, z, own = self._forward(X, parts, ACTIVATIONS[activation])
        _, plane_z, _ = self._forward(PLANE, parts, DRAWN.get(activation, ACTIVATIONS[activation]))
        n = len(CORNERS)
        hidden_z = np.stack(np.meshgrid(FRAME, FRAME), -1) @ parts[2] + parts[3]
        return {
            "activation": activation, "t": t, "parts": parts, "h": h[:n], "z": z[:n], "own": own,
            "input": sigmoid(4 * plane_z).reshape(len(GRID), -1), "hidden": sigmoid(4 * hidden_z),
            "points": CORNERS + t * (h[:n] - CORNERS),
            "lines": LINES + t * (h[n:].reshape(LINES.shape) - LINES),
        }  # fmt: skip

    def _forward(self, X, parts, activation):
        result = self.own(X, *parts, activation) if self.own else None
        if result is None:
            return *forward(X, *parts, activation), False
        try:
            h, z = (np.array(part, dtype=float) for part in result)
        except (TypeError, ValueError):
            raise ValueError("forward must return two arrays, (h, z)") from None
        if (h.shape, z.shape) != ((len(X), 2), (len(X),)):
            raise ValueError(
                f"for {len(X)} samples and 2 hidden nodes forward must return shapes "
                f"({len(X)}, 2) and ({len(X)},), got {h.shape} and {z.shape}"
            )
        return h, z, True

    def setup(self, figure):
        self.plane, self.space = figure.subplots(1, 2)
        move = self.live.move
        self.input = Field(self.live, self.plane, GRID, GRID, 0, 1, (0.5,), colours="classes")
        self.hidden = Field(self.live, self.space, FRAME, FRAME, 0, 1, (0.5,), colours="classes")
        for field in self.input, self.hidden:
            field.lines.set(linewidths=2.2, alpha=1)
        even = LineCollection(LINES[:, [0, -1]], colors=GREY, lw=0.6, alpha=0.6, zorder=1)
        self.plane.add_collection(even, autolim=False)
        self.net = LineCollection([], colors=GREY, linewidths=0.7, zorder=2, label="the grid")
        self.space.add_collection(self.net, autolim=False)
        self.plane.set(xlabel="x1", ylabel="x2", title="input space", aspect="equal")
        self.space.set(xlabel="h1", ylabel="h2", title="hidden space", aspect="equal")
        look = {"lw": 2, "zorder": 3}
        (self.first,) = self.plane.plot([], [], "--", color=PURPLE, label="node h1: sum 0", **look)
        (self.second,) = self.plane.plot([], [], ":", color=GREEN, label="node h2: sum 0", **look)
        self.marks = []
        for axes in self.plane, self.space:
            for number, (colour, marker) in enumerate(CLASSES[:2]):
                self.marks += axes.plot(
                    [], [], marker, color=colour, mec="white", ms=12, zorder=5, ls="",
                    label=f"XOR = {number}",
                )  # fmt: skip
        halo = [withStroke(linewidth=3, foreground="white")]
        self.names = [
            self.space.text(0, 0, "", zorder=6, clip_on=True, path_effects=halo) for _ in CORNERS
        ]
        self.flag = flag(self.space, "a sample is outside the picture")
        move(even, self.net, self.first, self.second, *self.marks, *self.names, self.flag)
        (border,) = self.plane.plot([], [], color=INK, lw=2.2, label="output: z = 0")
        figure.legend(
            handles=[*self.marks[:2], border, self.first, self.second],
            loc="outside lower left", ncols=5,
        )  # fmt: skip

    def draw(self, result):
        W1, b1, *_ = result["parts"]
        self.input.set_values(result["input"])
        whole = result["t"] == 1
        self.hidden.set_values(result["hidden"] if whole else np.full_like(result["hidden"], 0.5))
        self.hidden.lines.set_visible(whole)
        self.net.set_segments(result["lines"])
        for line, w, b in zip((self.first, self.second), W1, b1, strict=True):
            line.set_data(*segment(w, b).T)
        for number, marks in enumerate(self.marks):
            places = CORNERS if number < 2 else result["points"]
            marks.set_data(*places[WANTED == number % 2].T)
        self.flag.set_visible(bool((abs(result["points"] - 0.9) > 1.5).any()))
        shown = {}
        for corner, place in zip(CORNERS, result["points"], strict=True):
            near = next((at for at in shown if np.hypot(*(place - at)) < 0.12), tuple(place))
            shown.setdefault(near, []).append(f"({corner[0]}, {corner[1]})")
        for text in self.names:
            text.set_text("")
        for text, (place, names) in zip(self.names, shown.items(), strict=False):
            inward = -1 if place[0] > 1.5 else 1
            text.set_position((place[0] + 0.1 * inward, place[1] + 0.08))
            text.set(text=" and ".join(names), ha="left" if inward == 1 else "right")

    def readout(self, result):
        (W1, b1, w2, b2), h, z = result["parts"], result["h"], result["z"]
        wrong = (z > 0) != WANTED
        verdict = "All four corners right: this is XOR."
        if wrong.any():
            names = ", ".join(f"({x[0]}, {x[1]})" for x in CORNERS[wrong])
            verdict = f"{wrong.sum()} of 4 wrong: {names}."
        name = "" if result["activation"] == "none" else result["activation"]
        k = np.flatnonzero(wrong)[0] if wrong.any() else 3
        sums = [
            f"h{i + 1} = {name}({W1[i, 0]:.3g}·{CORNERS[k, 0]} + {W1[i, 1]:.3g}·{CORNERS[k, 1]} + "
            f"{b1[i]:.3g}) = {h[k, i]:.3g}"
            for i in range(2)
        ]
        output = f"z = {w2[0]:.3g}·{h[k, 0]:.3g} + {w2[1]:.3g}·{h[k, 1]:.3g} + {b2:.3g}"
        lines = [
            f"<b>{verdict}</b> {self.news}",
            f"At ({CORNERS[k, 0]}, {CORNERS[k, 1]}): {sums[0]}, {sums[1]}, {output} = {z[k]:.3g}, "
            f"answer {int(z[k] > 0)}, wanted {WANTED[k]}.",
            self._meaning(result),
        ]
        if self.own:
            lent = not_yet("forward", "this is nnkit's")
            lines.append("Computed by your forward." if result["own"] else lent)
        return readable("<br>".join(lines).replace("+ -", "- ")).replace(" - ", " − ")

    @staticmethod
    def _meaning(result):
        if result["t"] < 1:
            way = f"{result['t']:.0%} of the way from the inputs (x1, x2) to (h1, h2)."
            return f"{way} The output draws its line there, at 100 %."
        if result["activation"] == "none":
            return "No activation: the grid stays straight, and so does the border on the left."
        return "On the right the border is one straight line; seen from the inputs it is not."

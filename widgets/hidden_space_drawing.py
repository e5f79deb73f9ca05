"""The two planes of a net on XOR: its inputs, and the hidden space into which they fold."""

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.patheffects import withStroke

from widgets.class_marks import ClassMarks
from widgets.field import Field
from widgets.labels import flag
from widgets.neuron import CORNERS, GRID, segment, sigmoid
from widgets.style import GREEN, GREY, PURPLE
from widgets.xor_net import FRAME, LINES, WANTED


def answers(live, axes, grid):
    """A Field of the answers, with the border between them as a broad line."""
    field = Field(live, axes, grid, grid, 0, 1, (0.5,), colours="classes")
    field.lines.set(linewidths=2.2, alpha=1, label="output: z = 0")
    return field


def corners(live, axes):
    return ClassMarks(live, axes, "XOR = {}", mec="white", ms=12, zorder=5, ls="")


class InputPlane:
    """The answer at each input, the lines of both hidden nodes, and an even grid."""

    def __init__(self, live, axes):
        axes.set(xlabel="x1", ylabel="x2", title="input space", aspect="equal")
        self.field = answers(live, axes, GRID)
        even = LineCollection(LINES[:, [0, -1]], colors=GREY, lw=0.6, alpha=0.6, zorder=1)
        axes.add_collection(even, autolim=False)
        look = {"lw": 2, "zorder": 3}
        (first,) = axes.plot([], [], "--", color=PURPLE, label="node h1: sum 0", **look)
        (second,) = axes.plot([], [], ":", color=GREEN, label="node h2: sum 0", **look)
        self.nodes = live.move(first, second)
        live.move(even)
        self.corners = corners(live, axes)
        self.corners.show(CORNERS, WANTED)

    def show(self, fold):
        W1, b1, *_ = fold.weights
        self.field.set_values(sigmoid(4 * fold.plane_z).reshape(len(GRID), -1))
        for line, w, b in zip(self.nodes, W1, b1, strict=True):
            line.set_data(*segment(w, b).T)


class HiddenPlane:
    """The same grid and corners, folded so far; where that is all the way, the output's answers."""

    def __init__(self, live, axes):
        axes.set(xlabel="h1", ylabel="h2", title="hidden space", aspect="equal")
        self.field = answers(live, axes, FRAME)
        self.net = LineCollection([], colors=GREY, linewidths=0.7, zorder=2, label="the grid")
        axes.add_collection(self.net, autolim=False)
        self.corners = corners(live, axes)
        look = {"clip_on": True, "path_effects": [withStroke(linewidth=3, foreground="white")]}
        self.names = [axes.text(0, 0, "", zorder=6, **look) for _ in CORNERS]
        self.flag = flag(axes, "a sample is outside the picture")
        live.move(self.net, *self.names, self.flag)

    def show(self, fold):
        whole = fold.t == 1
        hidden = sigmoid(4 * fold.hidden_z)
        self.field.set_values(hidden if whole else np.full_like(hidden, 0.5))
        self.field.lines.set_visible(whole)
        self.net.set_segments(fold.lines)
        self.corners.show(fold.corners, WANTED)
        self.flag.set_visible(bool((abs(fold.corners - 0.9) > 1.5).any()))
        self._name(fold.corners)

    def _name(self, places):
        """Write its name beside each corner; those that are nearly in one place share a label."""
        shown = {}
        for corner, place in zip(CORNERS, places, strict=True):
            near = next((at for at in shown if np.hypot(*(place - at)) < 0.12), tuple(place))
            shown.setdefault(near, []).append(f"({corner[0]}, {corner[1]})")
        for text in self.names:
            text.set_text("")
        for text, (place, names) in zip(self.names, shown.items(), strict=False):
            inward = -1 if place[0] > 1.5 else 1
            text.set_position((place[0] + 0.1 * inward, place[1] + 0.08))
            text.set(text=" and ".join(names), ha="left" if inward == 1 else "right")

"""A neuron in two pictures: the plane of its inputs, and the same samples by their sum z."""

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.patches import FancyArrowPatch

from widgets.class_marks import ClassMarks
from widgets.field import Field
from widgets.neuron import GRID, nearest, segment, sigmoid
from widgets.style import GREY, INK

EDGE = 8.0  # of the z axis


class AnsweredSamples:
    """Samples by their class, and a cross on each that is answered wrongly."""

    def __init__(self, live, axes):
        self.samples = ClassMarks(live, axes, ls="", mec="white", ms=11, zorder=5)
        look = {"ls": "", "color": INK, "mew": 1.6, "ms": 19, "zorder": 5.5}
        (self.crosses,) = live.move(*axes.plot([], [], "x", label="answered wrongly", **look))

    @property
    def marks(self):
        return [*self.samples.marks, self.crosses]

    def show(self, places, answers):
        self.samples.show(places, answers.y)
        self.crosses.set_data(*places[answers.wrong].T)


class NeuronPlane:
    """The plane of inputs: both answers as colours, the line between them, w as an arrow."""

    def __init__(self, live, axes):
        self.field = Field(live, axes, GRID, GRID, 0, 1, colours="classes")
        axes.set(xlabel="x1", ylabel="x2", title="the plane of inputs", aspect="equal")
        look = {"colors": GREY, "lw": 1.2, "ls": "--", "zorder": 3}
        self.old = LineCollection([], label="before an update", **look)
        axes.add_collection(self.old, autolim=False)
        (self.line,) = axes.plot([], [], color=INK, lw=2, zorder=4, label="z = 0")
        look = {"arrowstyle": "-|>", "mutation_scale": 14, "color": INK, "lw": 1.6, "zorder": 4}
        self.arrow = axes.add_patch(FancyArrowPatch((0, 0), (1, 1), **look))
        look = {"ha": "center", "va": "center", "weight": "bold", "zorder": 6, "clip_on": True}
        self.name = axes.text(0, 0, "w", **look)
        live.move(self.old, self.line, self.arrow, self.name)
        self.samples = AnsweredSamples(live, axes)

    def show(self, answers, trail):
        """Show these Answers, and the lines of earlier (w, b)."""
        w, b, length = answers.w, answers.b, np.hypot(*answers.w)
        self.field.set_values(answers.over_the_plane)
        self.line.set_data(*segment(w, b).T)
        self.old.set_segments([segment(*before) for before in trail])
        for artist in self.arrow, self.name:
            artist.set_visible(length > 1e-9)
        if length > 1e-9:
            foot = nearest(w, b)
            self.arrow.set_positions(foot, foot + 0.3 * w / length)
            self.name.set_position(foot + 0.38 * w / length)
        self.samples.show(answers.X, answers)


class SumChart:
    """The activation over the sum z, and the samples there: above if they should be 1."""

    def __init__(self, live, axes):
        (self.curve,) = live.move(*axes.plot([], [], color=INK, lw=2, label="activation"))
        axes.axvline(0, color=GREY, lw=1)
        axes.set(
            xlim=(-1.05 * EDGE, 1.05 * EDGE), ylim=(-0.95, 1.95), yticks=(0, 1), ylabel="answer",
            xlabel=f"z = w1·x1 + w2·x2 + b (beyond ±{EDGE:g}: at the edge)",
            title="the same samples by z",
        )  # fmt: skip
        axes.text(-0.97 * EDGE, 1.9, "these should be 1", va="top", color=GREY)
        axes.text(-0.97 * EDGE, -0.9, "these should be 0", va="bottom", color=GREY)
        self.samples = AnsweredSamples(live, axes)

    def show(self, answers):
        z = np.linspace(-1.05 * EDGE, 1.05 * EDGE, 337)
        self.curve.set_data(z, (z > 0) * 1.0 if answers.activation == "step" else sigmoid(z))
        heights = np.where(answers.y == 1, 1.15, -0.62) + 0.16 * (np.arange(len(answers.y)) % 4)
        self.samples.show(np.c_[np.clip(answers.z, -EDGE, EDGE), heights], answers)

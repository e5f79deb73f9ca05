"""The Playground's picture: its net from left to right, its losses, and its hidden space."""

import numpy as np
from matplotlib.collections import LineCollection

from widgets.field import Field
from widgets.labels import flag
from widgets.mosaic import Mosaic
from widgets.neuron import sigmoid
from widgets.playground_data import EDGE
from widgets.playground_net import EPOCHS
from widgets.playground_words import GRID
from widgets.style import BLUE, CLASSES, GREY, INK, ORANGE, RED

WIDTH, HEIGHT = 840, 460
TOP, BOTTOM, LEFT = 408, 32, 26  # of the net's tiles, pixels
LOSS = 2e-3, 5  # the loss axis
SPANS = 40, 200, EPOCHS  # of the epoch axis: the smallest that holds the present epoch
LINES = np.linspace(-EDGE, EDGE, 17)
_along, _at = np.meshgrid(np.linspace(-EDGE, EDGE, 61), LINES)
NET = np.concatenate([np.stack([_along, _at], -1), np.stack([_at, _along], -1)])  # (34, 61, 2)
FRAME = np.linspace(-1.12, 1.12, 45)  # the hidden space, in units of its scale


class NetPicture:
    """All of it; `plane` are the axes of the inputs, with the output's answer at each."""

    def __init__(self, live, figure):
        figure.set_layout_engine(None)  # every part has its place, which the hidden layers decide
        self.live = live
        self.ground = figure.add_axes([0, 0, 1, 1])
        self.ground.set(xlim=(0, WIDTH), ylim=(0, HEIGHT))
        self.ground.axis("off")
        self.plane, self.space, self.curve = (figure.add_axes([0.5, 0.5, 0.1, 0.1]) for _ in "123")
        self.wires, self.units = Wires(live, self.ground), Units(live, self.ground)
        self.output = OutputPlane(live, self.plane)
        self.losses, self.hidden = Losses(live, self.curve), HiddenSpace(live, self.space)
        self.shape = None
        handles = [
            *self.output.training, self.output.testing[1], self.output.field.lines,
            *self.wires.lines, self.units.dead,
        ]  # fmt: skip
        look = {"handlelength": 1.7, "columnspacing": 1.3, "handletextpad": 0.5, "markerscale": 0.9}
        figure.legend(handles=handles, loc="lower left", ncols=7, borderaxespad=0.1, **look)

    def show(self, trained):
        if self.shape != trained.hidden:
            with self.live.style():
                self._lay_out(trained.hidden)
        self.units.show(trained)
        self.wires.show(trained.net.layers)
        self.output.show(trained)
        self.losses.show(trained)
        if self.space.get_visible():
            self.hidden.show(trained)

    def _lay_out(self, hidden):
        """Give every part its place; two units in the last hidden layer bring the hidden space."""
        self.shape, two = hidden, hidden[-1:] == (2,)
        left, side = (378, 196) if two else (556, 244)
        base = HEIGHT - 40 - side
        place(self.plane, left, base, side, side)
        place(self.space, 630, base, side, side)
        place(self.curve, left + 12, 48, 826 - left - 12, base - 102)
        self.space.set_visible(two)
        self.hidden.set_visible(two)
        columns = np.linspace(LEFT, left, len(hidden) + 2)[:-1]
        pitch = columns[1] - columns[0] if len(columns) > 1 else left - LEFT
        room = (TOP - BOTTOM) / max(2, *hidden, 2)
        tile = min(52, 0.82 * room, 0.56 * pitch)
        spots = [
            [(x, (TOP + BOTTOM) / 2 + (n - 1 - 2 * k) / 2 * room) for k in range(n)]
            for x, n in zip(columns, (2, *hidden), strict=True)
        ]
        self.units.lay_out(spots, tile)
        self.wires.lay_out(spots, tile, (left, base + side / 2))


def place(axes, left, bottom, width, height):
    axes.set_position([left / WIDTH, bottom / HEIGHT, width / WIDTH, height / HEIGHT])


class Units:
    """A small map for each input and hidden unit: its output over the plane, white where it is 0.

    A unit's colours span its usual outputs, but at least from -1/2 to 1/2.
    """

    def __init__(self, live, axes):
        self.axes, self.mosaic = axes, Mosaic(live, axes)
        look = {"ls": "", "color": RED, "ms": 13, "mew": 2.2, "zorder": 4, "label": "dead unit"}
        (self.dead,) = live.move(*axes.plot([], [], "x", **look))
        self.names = []
        axes.text(
            LEFT - 18, HEIGHT - 8, "small maps: what a unit puts out, white where it is 0",
            va="top", color=GREY,
        )  # fmt: skip

    def lay_out(self, spots, tile):
        """spots: of each layer, the inputs first, the places of its units: left middle points."""
        for name in self.names:
            name.remove()
        look = {"ha": "center", "va": "bottom"}
        words = ["inputs", *(f"hidden {k}" for k in range(1, len(spots)))]
        self.names = [
            self.axes.text(column[0][0] + tile / 2, TOP + 8, text, **look)
            for column, text in zip(spots, words, strict=True)
        ] + [
            self.axes.text(x - 4, y, text, ha="right", va="center")
            for (x, y), text in zip(spots[0], ("$x_1$", "$x_2$"), strict=True)
        ]
        self.places = np.array([spot for column in spots for spot in column])
        self.mosaic.place(self.places - (0, tile / 2), tile)
        self.middle = self.places[2:] + (tile / 2, 0)

    def show(self, trained):
        maps = np.concatenate([trained.inputs, *trained.maps[:-1]], axis=1).T
        with np.errstate(all="ignore"):
            usual = 1.6 * np.sqrt(np.mean(maps**2, axis=1, keepdims=True))
            sizes = np.fmin(usual, abs(maps).max(axis=1, keepdims=True)).clip(min=0.5)
            self.mosaic.set_values((maps / sizes).reshape(-1, len(GRID), len(GRID)))
        self.dead.set_data(*self.middle[trained.dead].T)


class Wires:
    """The weights: the larger, the broader; positive ones solid, negative ones dashed."""

    def __init__(self, live, axes):
        looks = (ORANGE, "solid", "weight > 0"), (BLUE, (0, (3, 1.5)), "weight < 0")
        self.lines = [
            LineCollection([], colors=colour, linestyles=dash, label=label, zorder=2)
            for colour, dash, label in looks
        ]
        for lines in self.lines:
            axes.add_collection(lines, autolim=False)
        live.move(*self.lines)

    def lay_out(self, spots, tile, end):
        steps = zip(spots, [*spots[1:], [end]], strict=True)
        self.ends = [
            np.array([[[(x + tile, y), there] for x, y in here] for there in after])
            for here, after in steps
        ]  # of each layer, shape (out, in, 2, 2)
        sizes = [len(place) * len(place[0]) for place in self.ends]
        self.broadest = np.repeat([3 if size < 20 else 1.5 for size in sizes], sizes)

    def show(self, layers):
        ends = np.concatenate([place.reshape(-1, 2, 2) for place in self.ends])
        weights = np.nan_to_num(np.concatenate([w.ravel() for w, _ in layers]), posinf=0, neginf=0)
        for lines, size in zip(self.lines, (weights, -weights), strict=True):
            lines.set_segments(ends[size > 0])
            lines.set_linewidths(np.clip(1.3 * size, 0.35, self.broadest)[size > 0])


class OutputPlane:
    """The chance of class 1 at each input, the border, and all points."""

    def __init__(self, live, axes):
        self.field = Field(live, axes, GRID, GRID, 0, 1, (0.5,), colours="classes")
        self.field.lines.set(linewidths=2, alpha=1, label="chance ½")
        axes.set_title("output: chance of class 1")
        axes.yaxis.tick_right()
        axes.set(xticks=(-2, 0, 2), yticks=(-2, 0, 2))
        axes.tick_params(length=0, pad=2)
        axes.text(EDGE, -EDGE - 0.1, "$x_1$", ha="right", va="top")
        axes.text(EDGE + 0.1, EDGE, "$x_2$", ha="left", va="top")
        self.testing = marks(live, axes, "test point", ms=4.5, mfc="none", mew=0.8, zorder=4)
        self.training = marks(live, axes, "class {}", ms=5, mec="white", mew=0.5, zorder=5)

    def show(self, trained):
        chance = np.nan_to_num(sigmoid(trained.maps[-1]), nan=0.5)
        self.field.set_values(chance.reshape(len(GRID), len(GRID)))
        X, y, X_test, y_test = (part.numpy() for part in trained.points)
        for k in (0, 1):
            self.training[k].set_data(*X[y == k].T)
            self.testing[k].set_data(*X_test[y_test == k].T)


def marks(live, axes, label, **look):
    """An empty line of marks for each class."""
    return [
        live.move(*axes.plot([], [], shape, color=colour, label=label.format(k), **look))[0]
        for k, (colour, shape) in enumerate(CLASSES[:2])
    ]


class Losses:
    """Training and test loss by epoch; what is beyond the axis lies on its edge."""

    def __init__(self, live, axes):
        self.axes = axes
        (train,) = axes.plot([], [], color=INK, lw=1.6)
        (test,) = axes.plot([], [], "-.", color=RED, lw=1.6)
        self.turns = LineCollection([], colors=GREY, linestyles=":", linewidths=1.2)
        axes.add_collection(self.turns, autolim=False)
        self.lines = live.move(train, test)
        live.move(self.turns)
        self.now = live.move(*axes.plot([], [], "s", color=INK, ms=4.5, clip_on=False))[0]
        axes.set(yscale="log", ylim=LOSS, title="loss", xlim=(0, 1))
        axes.minorticks_off()
        axes.set_yticks([0.01, 0.1, 1], ["0.01", "0.1", "1"])
        look = {"loc": "lower right", "bbox_to_anchor": (1.03, 0.96), "ncols": 3}
        names = ["training", "test", "turn"]
        handles = [*self.lines, self.turns]
        axes.legend(handles, names, borderaxespad=0, handlelength=1.5, columnspacing=1, **look)
        axes.text(1, -0.03, "epoch ", transform=axes.transAxes, ha="right", va="top")

    def show(self, trained):
        epochs = trained.marks[-1]
        span = next(span for span in SPANS if span >= epochs)
        if self.axes.get_xlim()[1] != span:
            self.axes.set(xlim=(0, span), xticks=np.arange(0, span, span // 4))
        self.turns.set_segments([[(epoch, end) for end in LOSS] for epoch in trained.turns])
        for line, values in zip(self.lines, trained.found.T[:2], strict=True):
            there = values if np.isnan(values[0]) else np.nan_to_num(values, nan=LOSS[1])
            line.set_data(trained.marks, there.clip(*LOSS))
        self.now.set_data([epochs], [np.nan_to_num(trained.found[-1, 0], nan=1e9).clip(*LOSS)])


class HiddenSpace:
    """Where the last hidden layer, of two units, puts the plane and its points; the border there.

    The axes end at a power of two that holds nearly all points, which a label tells.
    """

    def __init__(self, live, axes):
        self.field = Field(live, axes, FRAME, FRAME, 0, 1, (0.5,), colours="classes")
        self.field.lines.set(linewidths=2, alpha=1)
        axes.set(xticks=(), yticks=(), title="hidden space", xlabel="unit 1", ylabel="unit 2")
        self.net = LineCollection([], colors=GREY, linewidths=0.5, zorder=2)
        axes.add_collection(self.net, autolim=False)
        look = {"transform": axes.transAxes, "ha": "right", "va": "top", "color": GREY}
        self.scale = axes.text(1, -0.03, "", **look)
        self.flag = flag(axes, "no finite numbers")
        live.move(self.net, self.scale, self.flag)
        self.points = marks(live, axes, "class {}", ms=4, mec="white", mew=0.4, zorder=5)
        self.artists = self.field, self.field.lines, self.net, self.scale, self.flag, *self.points

    def set_visible(self, visible):
        for artist in self.artists:
            artist.set_visible(visible)

    def show(self, trained):
        y = trained.points.y.numpy()
        hidden, (w, b) = trained.at_points[-2], trained.net.layers[-1]
        whole = bool(np.isfinite(hidden).all() and np.isfinite(w).all())
        self.flag.set_visible(not whole)
        size = np.quantile(abs(hidden), 0.98) if whole and len(hidden) else 1
        scale = float(2.0 ** np.ceil(np.log2(np.clip(size, 2**-6, 2**20)) - 0.01))
        plane = np.stack(np.meshgrid(FRAME, FRAME), -1) * scale
        self.field.set_values(sigmoid(np.nan_to_num(plane @ w[0] + b)))
        lines = trained.net.outputs(NET.reshape(-1, 2).astype(np.float32), quick=True)[-2]
        self.net.set_segments(np.nan_to_num(lines).reshape(NET.shape) / scale if whole else [])
        self.scale.set_text(f"to ±{1.12 * scale:.3g}")
        for k in (0, 1):
            self.points[k].set_data(*(hidden[y == k] / scale).T if whole else ([], []))

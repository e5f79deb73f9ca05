"""The hinge loss plus lambda * R(W) over two weights: lambda bends a flat valley into a bowl."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, product

import numpy as np
from matplotlib.lines import Line2D

import nnkit
from nnkit import data
from widgets.controls import choice, slider
from widgets.explorer import Explorer
from widgets.field import Field
from widgets.own import not_yet
from widgets.style import CLASSES, INK, RED
from widgets.words import readable

# The hand-made weights of three classes (rows) for two features; two of them are moved.
W = np.array([[1.2, 0.0], [-0.6, 1.0], [-0.6, -1.0]])
PLACES = list(product(range(3), range(2)))
PAIRS = {
    f"W[{a}, {i}] and W[{b}, {j}]": ((a, i), (b, j)) for (a, i), (b, j) in combinations(PLACES, 2)
}
LIMIT, GRID = 3.0, np.linspace(-3.0, 3.0, 81)
LEVELS = (0.01, 0.05, 0.1, 0.2, 0.4, 0.7, 1.1, 1.6, 2.2, 3.0, 4.0, 5.0)


@lru_cache
def samples():
    """(X, y): 18 points of three classes in the plane, which the weights W tell apart."""
    X, y = data.blobs(18, 0.25, generator=nnkit.Generator().manual_seed(0))
    return (2 * X.numpy().astype(float)).round(1), y.numpy()


def gaps(W):
    """s_j - s_y + 1 of all samples and wrong classes, before they are cut off at 0, in one row."""
    X, y = samples()
    scores = X @ W.T
    return (scores - scores[np.arange(len(y)), y][:, None] + 1)[y[:, None] != np.arange(3)]


def data_loss(W):
    """The mean multiclass hinge loss of the samples, with delta 1."""
    return np.maximum(0, gaps(W)).sum() / len(samples()[1])


def with_weights(places, u, v):
    """W with the two weights at `places` set to u and v."""
    changed = W.copy()
    changed[places[0]], changed[places[1]] = u, v
    return changed


@lru_cache
def pieces(places):
    """(a, b, c): each gap is the plane a u + b v + c over the two weights at `places`."""
    c = gaps(with_weights(places, 0, 0))
    return gaps(with_weights(places, 1, 0)) - c, gaps(with_weights(places, 0, 1)) - c, c


def data_loss_over(places, u, v):
    """`data_loss` where the two weights are u and v: arrays of equal shape."""
    a, b, c = pieces(places)
    planes = np.multiply.outer(u, a) + np.multiply.outer(v, b) + c
    return np.maximum(0, planes).sum(axis=-1) / len(samples()[1])


def lowest(places, lam):
    """(u, v) of the lowest objective: for every u the best v, and of these the best u.

    Both searches zoom in on a convex function of one number, so kinks can't stop them. Of equal
    places the one with the smallest weights is taken.
    """

    def best_v(u):
        low, high = np.full_like(u, -LIMIT), np.full_like(u, LIMIT)
        for _ in range(5):
            v = np.linspace(low, high, 17)
            heights = data_loss_over(places, np.broadcast_to(u, v.shape), v)
            heights += (lam + 1e-9) * (u**2 + v**2)
            at, each = heights.argmin(axis=0), np.arange(len(u))
            low, high = v[np.maximum(at - 1, 0), each], v[np.minimum(at + 1, 16), each]
        return v[at, each], heights[at, each]

    low, high = -LIMIT, LIMIT
    for _ in range(5):
        u = np.linspace(low, high, 17)
        v, heights = best_v(u)
        at = heights.argmin()
        low, high = u[max(at - 1, 0)], u[min(at + 1, 16)]
    return float(u[at]), float(v[at])


def boundaries(W, length=10.0):
    """Rays from the origin on which the two highest scores are equal: x and y, nan between them."""
    ends = [(0.0, 0.0)]
    for a, b in combinations(range(3), 2):
        across = W[a] - W[b]
        along = np.array([-across[1], across[0]]) / (np.linalg.norm(across) or 1)
        for ray in along, -along:
            if along.any() and W[a] @ ray >= (W @ ray).max() - 1e-12:
                ends += [(np.nan, np.nan), (0.0, 0.0), tuple(length * ray)]
    return np.array(ends).T


@dataclass(frozen=True)
class Place:
    """The objective at one pair of weights."""

    u: float
    v: float
    W: np.ndarray
    loss: float
    lam: float

    @property
    def squares(self):
        return (self.W**2).sum()

    @property
    def objective(self):
        return self.loss + self.lam * self.squares

    def __str__(self):
        return (
            f"({self.u:.2f}, {self.v:.2f}): data loss {self.loss:.4f} + lambda · R(W) = "
            f"{self.lam:.3g} · {self.squares:.3f} gives {self.objective:.4f}."
        )


@dataclass(frozen=True)
class Objective:
    """The objective on GRID x GRID, its lowest place and yours; `own`: by the learner."""

    z: np.ndarray
    best: Place
    yours: Place
    own: bool

    @property
    def meaning(self):
        """What the penalty does to the lowest point."""
        if self.best.lam > 0:
            return (
                "Among weights with an equal data loss the penalty prefers the smallest: it pulls "
                "the lowest point towards 0 and shortens the arrows."
            )
        return (
            "With lambda 0 there is a whole region where the objective is 0. The star marks its "
            "point with the smallest weights, but nothing in the loss prefers it."
        )


class ClassPlane:
    """The samples on `axes`, the boundaries of two classifiers, and the rows of one as arrows."""

    def __init__(self, live, axes):
        X, y = samples()
        for k, (colour, marker) in enumerate(CLASSES):
            look = {"color": colour, "mec": "white", "ms": 8, "ls": ""}
            axes.plot(*X[y == k].T, marker, label=f"class {k}", **look)
        (self.ties,) = live.move(*axes.plot([], [], color=RED, lw=2))
        (self.own_ties,) = live.move(*axes.plot([], [], color=INK, lw=1.3, ls="--"))
        colours, zero = [colour for colour, _ in CLASSES], np.zeros(3)
        look = {"angles": "xy", "scale_units": "xy", "scale": 1, "width": 0.012, "zorder": 4}
        self.arrows = axes.quiver(zero, zero, zero, zero, color=colours, **look)
        live.move(self.arrows)
        axes.set(
            xlim=(-3.2, 3.2), ylim=(-3.2, 3.2), xlabel="x[0]", ylabel="x[1]", aspect="equal",
            title="samples, boundaries, rows of W",
        )  # fmt: skip

    def move(self, best, yours):
        """Show the weights `best` with their rows, and `yours`."""
        self.ties.set_data(*boundaries(best))
        self.own_ties.set_data(*boundaries(yours))
        self.arrows.set_UVC(*best.T)


class ObjectiveContours(Explorer):
    """Move lambda; watch the objective's valley close to a bowl, and its lowest point move.

    loss: a learner's own `loss(scores, y, delta)`, the mean over all samples; it then gives the
    data loss everywhere.
    """

    lam = slider("lambda (lam)", 0.0, 0.3, default=0.0, step=0.002)
    weights = choice("weights moved", PAIRS, "W[0, 0] and W[0, 1]")
    first = slider("your first weight", -LIMIT, LIMIT, default=-1.0, step=0.05)
    second = slider("your second weight", -LIMIT, LIMIT, default=1.0, step=0.05)

    presets = {
        "lambda 0: a whole region without loss": {"lam": 0.0, "weights": "W[0, 0] and W[0, 1]"},
        "lambda 0.01: one lowest point": {"lam": 0.01, "weights": "W[0, 0] and W[0, 1]"},
        "lambda 0.3: the penalty rules": {"lam": 0.3, "weights": "W[0, 0] and W[0, 1]"},
        "one weight of two rows": {"lam": 0.02, "weights": "W[0, 0] and W[1, 1]"},
    }
    size = (840, 400)
    readout_lines = 5

    def __init__(self, loss=None, **state):
        self.own = loss
        self.grid = lru_cache(maxsize=len(PAIRS))(self._grid)  # lambda changes nothing in it
        super().__init__(**state)

    def _grid(self, weights):
        """(data loss on GRID x GRID, the same, own): the second by nnkit, the first perhaps not."""
        places, (u, v) = PAIRS[weights], np.meshgrid(GRID, GRID)
        nnkits = data_loss_over(places, u, v)
        own = self._own_loss(W) is not None
        if not own:
            return nnkits, nnkits, own
        losses = [
            self._own_loss(with_weights(places, *at)) for at in zip(u.flat, v.flat, strict=True)
        ]
        return np.array(losses, dtype=float).reshape(u.shape), nnkits, own

    def _own_loss(self, W):
        X, y = samples()
        return self.own(X @ W.T, y, 1.0) if self.own else None

    def compute(self, lam, weights, first, second):
        grid, nnkits, own = self.grid(weights)
        places, (u, v) = PAIRS[weights], np.meshgrid(GRID, GRID)
        z = grid + lam * (u**2 + v**2 + sum(W[p] ** 2 for p in PLACES if p not in places))

        def at(u, v):
            changed = with_weights(places, u, v)
            loss = self._own_loss(changed) if own else data_loss(changed)
            return Place(u, v, changed, float(loss), lam)

        if np.allclose(grid, nnkits):
            best = lowest(places, lam)
        else:  # a function with a mistake in it: the lowest point of the picture must do
            row, column = np.unravel_index(z.argmin(), z.shape)
            best = GRID[column], GRID[row]
        return Objective(z, at(*best), at(first, second), own)

    def pointed(self, axes, x, y):
        if axes is self.map:
            self.place(first=x, second=y)

    def setup(self, figure):
        self.map, plane = figure.subplots(1, 2, width_ratios=(1.15, 1))
        self.plane = ClassPlane(self.live, plane)
        self.field = Field(self.live, self.map, GRID, GRID, 0.0, 5.0, levels=LEVELS)
        self.map.set(title="objective over two weights", aspect="equal")
        scale = self.field.add_scale("objective (first lines: 0.01, 0.05, 0.1, 0.2)")
        scale.set_ticks([level for level in LEVELS if level >= 0.4])
        scale.ax.hlines(LEVELS, 0, 1, color=INK, lw=0.8, alpha=0.5)
        move = self.live.move
        look = {"mec": "white", "ls": "", "zorder": 6}
        (self.lowest,) = move(*self.map.plot([], [], "*", ms=16, color=RED, **look))
        (self.here,) = move(*self.map.plot([], [], "o", ms=9, color=INK, **look))
        arrow = Line2D([], [], color=INK, marker=r"$\rightarrow$", ms=15, mew=0.5, ls="")
        handles = [(self.plane.ties, self.lowest), arrow, (self.plane.own_ties, self.here)]
        words = ["lowest point, boundaries", "its rows of W", "your weights, boundaries"]
        classes, names = plane.get_legend_handles_labels()
        look = {"ncols": 6, "columnspacing": 1.2, "handletextpad": 0.5}
        figure.legend(handles + classes, words + names, loc="outside lower left", **look)

    def draw(self, result):
        best, yours = result.best, result.yours
        across, up = self.weights.split(" and ")
        if self.map.get_xlabel() != across or self.map.get_ylabel() != up:
            self.map.set(xlabel=across, ylabel=up)
        self.field.set_values(result.z)
        self.lowest.set_data([best.u], [best.v])
        self.here.set_data([yours.u], [yours.v])
        self.plane.move(best.W, yours.W)

    def readout(self, result):
        lines = [f"<b>Lowest point</b> {result.best}", f"Your weights {result.yours}"]
        lines.append(result.meaning)
        if self.own:
            yes = "The data loss everywhere is computed by your own function."
            lines.append(yes if result.own else not_yet("function", "this is nnkit's"))
        return readable("<br>".join(lines))

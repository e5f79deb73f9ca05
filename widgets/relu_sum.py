"""A curve built from ReLUs: each unit is a hinge that bends the sum at one place, by one amount."""

from dataclasses import dataclass

import numpy as np

from widgets.controls import choice, points, slider
from widgets.explorer import Explorer
from widgets.own import not_yet, own_or
from widgets.style import BLUE, GREEN, GREY, ORANGE, RED
from widgets.words import counted, readable_sum

OWN = "own knots"
TARGETS = {
    "sine": lambda x: np.sin(np.pi * x),
    "bump": lambda x: np.exp(-8 * x**2),
    "parabola": lambda x: 2 * x**2 - 1,
    "jump": lambda x: np.where(x < 0.03, -0.8, 0.8),  # between two knots, however many
}
MOST = 24  # units
LOW, HIGH = -2.0, 2.0  # of the picture; the knots lie from -1 to 1
HEIGHT = 1.8
AXIS = np.linspace(LOW, HIGH, 801)
INSIDE = np.abs(AXIS) <= 1


def hinges(xs, ys):
    """(b, w): b + sum of w_k max(0, x - xs[k]) runs through all (xs, ys); w has one value less.

    w_k is how much the slope changes at xs[k].
    """
    slopes = np.diff(ys) / np.diff(xs)
    return ys[0] + 0.0, np.diff(slopes, prepend=0.0)  # never -0


def relu_sum(x, xs, b, w):
    """The sum's parts at each x, shape (len(w), len(x)), and their sum with b."""
    parts = np.array(w)[:, None] * np.maximum(0, x - np.array(xs)[: len(w), None])
    return parts, b + parts.sum(axis=0)


def knots(target, units):
    """A value of the `points` control: units + 1 knots on a target."""
    xs = np.linspace(-1, 1, units + 1)
    ys = TARGETS[target](xs).round(3) + 0.0  # never -0
    pairs = zip(xs.round(3).tolist(), ys.tolist(), strict=True)
    return tuple((x, y, 0) for x, y in pairs)


def split(points):
    """(xs, ys) of a value of the `points` control, from left to right, one knot an x."""
    at = {x: y for x, y, _ in points}
    if len(at) < 2:
        raise ValueError("a line needs two knots at different x: click to add some")
    return np.array(sorted(at)), np.array([at[x] for x in sorted(at)])


AT_FIRST = knots("sine", 6)


@dataclass
class Built:
    """A sum of hinges so far, and what there is to say of it; whose: of a learner's function."""

    target: str
    xs: np.ndarray
    ys: np.ndarray
    b: float
    w: np.ndarray
    shown: int
    whose: str

    @property
    def formula(self):
        bends = [(w, x) for w, x in zip(self.w[: self.shown], self.xs, strict=False) if w]
        terms = [f"{w:.3g}·relu(x + {-x:.3g})".replace("x + -0)", "x)") for w, x in bends[:4]]
        rest = " + …" if len(bends) > 4 else ""
        return "f(x) = " + " + ".join([f"{self.b:.3g}", *terms]) + rest

    @property
    def last(self):
        """What the newest hinge does."""
        if not self.shown:
            return "No unit yet: f is the bias alone."
        k = self.shown - 1
        before, now = self.w[:k].sum(), self.w[: k + 1].sum()
        return (
            f"Unit {k + 1} bends f at x = {self.xs[k]:.3g}: slope {before:.3g} before, "
            f"{now:.3g} after, a change of <b>w = {self.w[k]:.3g}</b>."
        )

    @property
    def error(self):
        so_far = f"{self.shown} of {counted(len(self.w), 'unit')}."
        if self.target == OWN:
            return f"{so_far} The knots are your own."
        wanted, got = TARGETS[self.target](AXIS), self.curve
        off = np.abs(wanted - got).round(9)
        jump = " At the jump it stays at 0.8 or more." if self.target == "jump" else ""
        return (
            f"{so_far} From −1 to 1 it is at most <b>{off[INSIDE].max():.2g}</b> off; "
            f"at x = 2 it is {off[-1]:.2g} off.{jump}"
        )

    @property
    def curve(self):
        return relu_sum(AXIS, self.xs, self.b, self.w[: self.shown])[1]


class ReluSum(Explorer):
    """Add ReLU after ReLU; watch each bend the sum until it runs through all the knots.

    hinges: a learner's own `hinges(xs, ys) -> (b, w)`.
    """

    target = choice("target", [*TARGETS, OWN], "sine")
    units = slider("units", 1, MOST, default=6, step=1)
    shown = slider("units added so far", 0, MOST, default=6, step=1)
    points = points("knot", ((LOW, HIGH), (-HEIGHT, HEIGHT)), AT_FIRST, classes=1)

    presets = {
        "sine, 6 units": {"target": "sine", "units": 6, "shown": 6},
        "sine, 12 units: a quarter of the error": {"target": "sine", "units": 12, "shown": 12},
        "a jump can't be reached": {"target": "jump", "units": 24, "shown": 24},
        "a bump of three units": {
            "target": OWN, "points": ((-0.5, 0.0, 0), (0.0, 1.0, 0), (0.5, 0.0, 0), (1.0, 0.0, 0)),
            "shown": 3,
        },
    }  # fmt: skip
    play = "shown"
    size = (840, 350)
    readout_lines = 5

    def __init__(self, hinges=None, **state):
        self.own = hinges
        super().__init__(**state)

    def follow(self, changes):
        if not {"target", "units", "points"} & changes.keys():
            return {}
        before = self.state if hasattr(self, "live") else {}
        now, complete = before | changes, before.get("shown") == self.ends(before).get("shown")
        more = {"shown": MOST} if complete else {}
        if changes.get("points", AT_FIRST) != AT_FIRST:
            return more if "target" in changes else more | {"target": OWN}
        if now["target"] != OWN and {"target", "units"} & changes.keys():
            more["points"] = knots(now["target"], now["units"])
        return more

    def ends(self, state):
        places = {x for x, *_ in state.get("points", ())}
        return {"shown": max(len(places) - 1, 1)} if places else {}

    def unused(self, state):
        return ["units"] if state["target"] == OWN else []

    def compute(self, target, units, shown, points):
        xs, ys = split(points)
        found, own = own_or(self.own, hinges, xs, ys)
        b, w = found if own is False else checked(found, xs)
        whose = "The bias and the weights are from your own hinges."
        if self.own and not own:
            whose = not_yet("hinges", "this is nnkit's")
        return Built(target, xs, ys, b, w, shown, whose if self.own else "")

    def setup(self, figure):
        left, right = figure.subplots(1, 2, width_ratios=(1.15, 1))
        move = self.live.move
        left.axvspan(-1, 1, color=GREEN, alpha=0.08, lw=0, label="from −1 to 1")
        (self.wanted,) = move(*left.plot([], [], "--", color=GREEN, label="target"))
        (self.sum,) = move(*left.plot([], [], color=BLUE, lw=2.2, label="sum so far", zorder=4))
        look = {"ms": 7, "color": ORANGE, "mec": "white", "zorder": 5}
        (self.knots,) = move(*left.plot([], [], "o", label="knots", **look))
        left.set(xlim=(LOW, HIGH), ylim=(-HEIGHT, HEIGHT), xlabel="x", title="the sum of the units")
        self.old = right.plot([], [], color=GREY, lw=1, label="units before")
        self.old += [right.plot([], [], color=GREY, lw=1)[0] for _ in range(MOST - 1)]
        (self.new,) = right.plot([], [], color=RED, lw=2.2, label="newest unit", zorder=4)
        move(*self.old, self.new)
        right.set(xlim=(LOW, HIGH), ylim=(-12, 12), xlabel="x", title="the units, w·relu(x − knot)")
        handles, names = left.get_legend_handles_labels()
        handles, names = [*handles, self.old[0], self.new], [*names, "units before", "newest unit"]
        figure.legend(handles, names, loc="outside lower left", ncols=6, columnspacing=1.2)
        self.live.on_points(left, "points")

    def draw(self, result):
        parts, _ = relu_sum(AXIS, result.xs, result.b, result.w[: result.shown])
        self.sum.set_data(AXIS, result.curve)
        wanted = TARGETS.get(result.target, lambda x: np.full_like(x, np.nan))
        self.wanted.set_data(AXIS, wanted(AXIS))
        self.knots.set_data(result.xs, result.ys)
        for k, line in enumerate(self.old):
            before = k < result.shown - 1
            line.set_data(*((AXIS, parts[k]) if before else ([], [])))
        self.new.set_data(*((AXIS, parts[-1]) if result.shown else ([], [])))

    def readout(self, result):
        lines = [result.formula, result.last, result.error]
        return readable_sum("<br>".join([*lines, result.whose] if result.whose else lines))


def checked(found, xs):
    """The (b, w) that a learner's hinges has returned, or ValueError in one sentence."""
    try:
        b, w = found
        b, w = float(b), np.array(w, dtype=float)
    except (TypeError, ValueError):
        raise ValueError("hinges must return two things, (b, w), with b a number") from None
    if w.shape != (len(xs) - 1,):
        raise ValueError(f"for {len(xs)} knots w must have shape ({len(xs) - 1},), got {w.shape}")
    return b, w

"""Gradient descent on hills and valleys: slide the learning rate, watch the path and its loss."""

import functools

import numpy as np
from matplotlib.colors import BoundaryNorm, LinearSegmentedColormap

import nnkit
from widgets.controls import choice, log_slider, slider
from widgets.descent import (
    ADAPTIVE,
    FAR,
    OPTIMISERS,
    OWN,
    SURFACES,
    Descent,
    counted,
    descend,
    gradient,
    largest_stable_lr,
    readable,
)
from widgets.explorer import Explorer
from widgets.panel import not_yet
from widgets.style import BLUE, GREEN, ORANGE, RAMPS, RED


class GradientDescent(Explorer):
    """Move the learning rate; watch the descent path and its loss curve.

    descend: a learner's own `descend(grad, w, lr, steps)`, which returns all points of the path,
    the start first; it then takes the optimiser's place.
    """

    function = choice("function", SURFACES, "4x^2")
    optimiser = choice("optimiser", OPTIMISERS, "gradient descent")
    lr = log_slider("learning rate (lr)", 1e-3, 2, default=0.1)
    momentum = slider("momentum", 0.0, 0.99, default=0.9, step=0.01)
    start_x = slider("start x", -10.0, 10.0, default=2.0, step=0.1)
    start_y = slider("start y", -10.0, 10.0, default=0.0, step=0.1)
    steps = slider("steps", 1, 200, default=40, step=1)

    presets = {
        "4x²: one step is enough (lr 0.125)": {"function": "4x^2", "lr": 0.125},
        "4x²: bounces for ever (lr 0.25)": {"function": "4x^2", "lr": 0.25},
        "4x²: diverges (lr 1)": {"function": "4x^2", "lr": 1.0},
        "(w−1)²: too slow (lr 0.01)": {"function": "(w-1)^2", "lr": 0.01},
        "saddle: no minimum": {"function": "saddle 2x^2+2y+4xy"},
        "ravine: plain": {"function": "ravine (x^2+100y^2)/2", "lr": 0.0198, "steps": 120},
        "ravine: momentum 0.67": {
            "function": "ravine (x^2+100y^2)/2", "optimiser": "momentum", "momentum": 0.67,
            "lr": 0.033, "steps": 120,
        },
        "ravine: Adam": {
            "function": "ravine (x^2+100y^2)/2", "optimiser": "Adam", "lr": 0.5, "steps": 120,
        },
        "Rosenbrock: momentum 0.95": {
            "function": "Rosenbrock", "optimiser": "momentum", "momentum": 0.95, "lr": 0.001,
            "steps": 200,
        },
    }  # fmt: skip

    readout_lines = 5

    def __init__(self, descend=None, **state):
        self.own = descend
        if descend:
            presets = self.presets.items()
            self.presets = {words: s for words, s in presets if "optimiser" not in s}
        super().__init__(**state)

    def follow(self, changes):
        if "function" not in changes:
            return suited_lr(self, changes)
        start = SURFACES[changes["function"]].start
        return suited_lr(self, changes) | dict(zip(("start_x", "start_y"), start, strict=False))

    def unused(self, state):
        names = ["start_y"] if len(SURFACES[state["function"]].start) == 1 else []
        if self.own:
            return names + ["optimiser", "momentum"]
        return names + ["momentum"] * (state["optimiser"] not in ("momentum", "Nesterov"))

    def pointed(self, axes, x, y):
        if axes is self.map:
            low, high = -10.0, 10.0
            point = {"start_x": round(min(max(x, low), high), 2)}
            if len(SURFACES[self.function].start) == 2:
                point["start_y"] = round(min(max(y, low), high), 2)
            self.set(**point)

    def compute(self, function, optimiser, lr, momentum, start_x, start_y, steps):
        surface = SURFACES[function]
        start = (start_x, start_y)[: len(surface.start)]
        path = self._own_path(surface, start, lr, steps) if self.own else None
        if path is not None:
            return Descent(surface, OWN, lr, 0.0, path)
        path = descend(surface, start, optimiser, lr, momentum, steps)
        return Descent(surface, optimiser, lr, momentum, path)

    def _own_path(self, surface, start, lr, steps):
        with np.errstate(all="ignore"):
            path = self.own(lambda w: gradient(surface, w), np.array(start), lr, steps)
        if path is None:
            return None
        path = np.array(path, dtype=float)
        if path.shape != (steps + 1, len(start)):
            raise ValueError(
                f"descend must return steps + 1 points, an array of shape "
                f"{(steps + 1, len(start))}, got shape {path.shape}"
            )
        return path

    def setup(self, figure):
        self.map, self.curve = figure.subplots(1, 2, width_ratios=(1.25, 1))
        move = self.live.move
        (self.track,) = move(*self.map.plot([], [], "-", color=ORANGE, lw=1.3, zorder=4))
        (self.dots,) = move(*self.map.plot([], [], "o", color=ORANGE, ms=4, zorder=5))
        (self.first,) = move(
            *self.map.plot([], [], "o", ms=10, mfc="white", mec=RED, mew=2, zorder=6, label="start")
        )
        (self.last,) = move(*self.map.plot([], [], "s", ms=8, color=RED, zorder=7, label="end"))
        (self.losses,) = move(
            *self.curve.plot([], [], "o-", color=ORANGE, ms=3, lw=1.5, label="loss along the path")
        )
        (self.outside,) = move(self._flag(self.map))
        (self.above,) = move(self._flag(self.curve))
        (self.still,) = self.map.plot([], [], "*", ms=20, color=GREEN, mec="white", zorder=3)
        self.curve.set_xlabel("step")
        self.shown, self.ground = None, []

    @staticmethod
    def _flag(axes):
        box = {"boxstyle": "round,pad=0.3", "fc": "white", "ec": RED, "lw": 0.8}
        return axes.text(
            0.5, 0.97, "", transform=axes.transAxes, ha="center", va="top", color=RED, bbox=box,
            zorder=9,
        )  # fmt: skip

    def draw(self, result):
        surface, path = result.surface, result.path
        if self.shown is not surface:
            with self.live.style():
                self._show(surface)
        steps = self.steps
        if self.curve.get_xlim() != (0, max(steps, 2)):
            self.curve.set_xlim(0, max(steps, 2))
        x, y = path.T if path.shape[1] == 2 else (path[:, 0], result.losses)
        low, high = np.array([self.map.get_xlim(), self.map.get_ylim()]).T
        inside = np.all((np.c_[x, y] >= low) & (np.c_[x, y] <= high), axis=1)
        far = 20 * (high - low)  # the drawing library's arithmetic ends long before ours
        x, y = np.clip([x, y], (low - far)[:, None], (high + far)[:, None])
        self.track.set_data(x, y)
        self.dots.set_data(x, y)
        self.first.set_data(x[:1], y[:1])
        self.last.set_data(x[-1:], y[-1:])
        heights = result.losses - surface.lowest
        if surface.minimum:
            heights = np.maximum(heights, surface.loss[0])
        top = surface.loss[1]
        self.losses.set_data(np.arange(len(heights)), np.nan_to_num(heights, posinf=1e300))
        gone = np.flatnonzero(~inside)
        self._say(self.outside, f"leaves the picture at step {gone[0]}" if len(gone) else "")
        self._say(self.above, "the loss leaves the picture" if heights[-1] > top else "")

    @staticmethod
    def _say(text, words):
        text.set_text(words)
        text.set_visible(bool(words))

    def _show(self, surface):
        """Redraw what stands still: the surface, its minimum, the axes."""
        self.shown = surface
        for artist in [*self.ground, *self.live.figure.legends]:
            artist.remove()
        (x0, x1), (y0, y1) = surface.limits
        xs, name = np.linspace(x0, x1, 241), surface.names
        if len(name) == 1:
            self.ground = self.map.plot(xs, surface.f(xs), color=BLUE, zorder=2)
        else:
            grid = np.meshgrid(xs, np.linspace(y0, y1, 201))
            heights = surface.f(*grid)
            levels = np.linspace(heights.min(), heights.max(), 17)
            if surface.minimum:
                levels = surface.lowest + np.geomspace(0.1, heights.max() - surface.lowest, 13)
            lines = {"colors": BLUE, "linewidths": 0.7, "alpha": 0.7, "negative_linestyles": "-"}
            shades = LinearSegmentedColormap.from_list("loss", RAMPS["loss"])
            shades = {"cmap": shades, "norm": BoundaryNorm(levels, shades.N), "extend": "both"}
            self.ground = [
                self.map.contourf(*grid, heights, levels, alpha=0.6, zorder=0.5, **shades),
                self.map.contour(*grid, heights, levels, **lines),
            ]
        still = surface.minimum or surface.saddle
        self.still.set_data(*[[v] for v in still] if len(name) == 2 else (still, [surface.lowest]))
        self.still.set_label("minimum" if surface.minimum else "saddle point")
        self.map.set(xlim=(x0, x1), ylim=(y0, y1), xlabel=name[0])
        self.map.set_ylabel(f"f({name})" if len(name) == 1 else name[1])
        shaded = ", darker is higher" if len(name) == 2 else ""
        self.map.set_title(f"f({', '.join(name)}) = ${surface.formula}${shaded}")
        self.curve.set_yscale("log" if surface.minimum else "linear")
        self.curve.set_ylim(surface.loss)
        self.curve.set_ylabel("what is lower lies on the edge" if surface.minimum else "")
        above = f"loss − {surface.lowest:g}, its height above the minimum"
        self.curve.set_title(above if surface.lowest else "loss")
        self.live.figure.legend(
            handles=[self.first, self.last, self.still], loc="outside lower left", ncols=3
        )

    def readout(self, result):
        verdict, reason = result.verdict
        surface, path = result.surface, result.path
        name = surface.names if len(surface.names) == 1 else f"({', '.join(surface.names)})"
        lines = [
            f"<b>{verdict}:</b> {reason}",
            f"Start: {name} = {_point(path[0])}, gradient {_point(gradient(surface, path[0]))}. "
            f"Step 1: {_point(path[1])}. "
            f"Step {len(path) - 1}: {_point(path[-1])}, f = {result.losses[-1]:.4g}"
            + (", out of reach: the run ends here." if len(path) <= self.steps else "."),
            self._law(result),
        ]
        if self.own and result.optimiser != OWN:
            lines.append(not_yet("descend", "this is the path of nnkit's"))
        elif self.own:
            lines.append("This is the path of your own descend.")
        return readable("<br>".join(lines))

    @staticmethod
    def _law(result):
        steep = result.curvatures[-1]
        where = "The curvature is" if result.surface.quadratic else "The largest curvature met is"
        if result.limit is None:
            return (
                f"{where} L = {steep:.4g}, but {result.optimiser} divides by the gradient's recent "
                f"size: a step is about lr = {result.lr:.3g} long, steep or flat."
            )
        if result.surface.minimum is None:
            flat = result.curvatures[0]
            return (
                f"The curvatures are {steep:.4g} and {flat:.4g}: for the first, lr = "
                f"{result.lr:.4g} would have to stay under {result.limit:.4g}; the second curves "
                "down, and no lr helps."
            )
        formula = {"momentum": "2(1+m)/L", "Nesterov": "2(1+m)/((1+2m)L)"}
        whose = " of plain gradient descent" if result.optimiser == OWN else ""
        side = "below" if result.lr < result.limit * (1 - 1e-9) else "not below"
        return (
            f"{where} L = {steep:.4g}, so lr{whose} must stay under "
            f"{formula.get(result.optimiser, '2/L')} = {result.limit:.4g}; "
            f"lr = {result.lr:.4g} is {side} it."
        )


def _point(values):
    numbers = ", ".join(f"{value:.4g}" for value in values)
    return numbers if len(values) == 1 else f"({numbers})"


def suited_lr(explorer, changes):
    """{"lr": one that suits} where `changes` bring another function or kind of optimiser."""
    now = ({} if {"function", "optimiser"} <= changes.keys() else explorer.state) | changes
    surface, adaptive = SURFACES[now["function"]], now["optimiser"] in ADAPTIVE
    before = getattr(explorer, "adaptive", adaptive)  # the control itself has moved already
    explorer.adaptive = adaptive
    if "function" in changes or adaptive != before:
        return {"lr": surface.adaptive_lr if adaptive else surface.lr}
    return {}


class LearningRateSweep(Explorer):
    """Many descents at once: the height reached after some steps, against the learning rate."""

    function = choice("function", [k for k, s in SURFACES.items() if s.minimum], "4x^2")
    optimiser = choice("optimiser", OPTIMISERS, "gradient descent")
    lr = log_slider("learning rate (lr)", 1e-3, 2, default=0.1)
    momentum = slider("momentum", 0.0, 0.99, default=0.9, step=0.01)
    steps = slider("steps", 1, 100, default=20, step=1)

    rates = np.geomspace(1e-3, 2, 67)

    def follow(self, changes):
        return suited_lr(self, changes)

    def unused(self, state):
        return ["momentum"] if state["optimiser"] not in ("momentum", "Nesterov") else []

    def compute(self, function, optimiser, lr, momentum, steps):
        momentum = momentum if optimiser in ("momentum", "Nesterov") else 0.0
        surface = SURFACES[function]
        heights = sweep(function, optimiser, momentum, steps)
        (height,) = final_heights(surface, optimiser, [lr], momentum, steps)
        limit = None
        if surface.quadratic:
            steep = np.linalg.eigvalsh(surface.hessian(*surface.start))[-1]
            limit = largest_stable_lr(steep, optimiser, momentum)
        return {
            "heights": heights, "lr": lr, "height": height, "limit": limit, "steps": steps,
            "optimiser": optimiser,
        }  # fmt: skip

    def setup(self, figure):
        axes = figure.subplots()
        move = self.live.move
        (self.line,) = move(*axes.plot([], [], color=BLUE, label="height reached"))
        (self.now,) = move(*axes.plot([], [], "s", ms=9, color=RED, label="your lr", zorder=5))
        self.edge = axes.axvline(1, color=GREEN, ls="--", label="largest stable lr")
        move(self.edge)
        axes.set(
            xscale="log", yscale="log", xlim=(1e-3, 2), ylim=(1e-20, 1e10),
            xlabel="learning rate (lr)", ylabel="height above the minimum",
        )  # fmt: skip
        figure.legend(loc="outside lower left", ncols=3)

    def draw(self, result):
        self.line.set_data(self.rates, np.clip(result["heights"], 1e-22, 1e300))
        self.now.set_data([result["lr"]], np.clip([result["height"]], 3e-20, 3e9))
        self.edge.set_visible(result["limit"] is not None)
        if result["limit"] is not None:
            self.edge.set_xdata([result["limit"]] * 2)

    def readout(self, result):
        best = self.rates[np.argmin(np.nan_to_num(result["heights"], nan=np.inf))]
        limit = result["limit"]
        if limit is not None:
            law = (
                f"The largest stable lr is {limit:.4g}: left of it a larger lr helps up to a "
                "point, right of it every step makes things worse."
            )
        elif result["optimiser"] in ADAPTIVE:
            law = f"{result['optimiser']} scales its steps itself: curvature sets no limit to draw."
        else:
            law = "The curvature differs from place to place, so there is no one limit to draw."
        return readable(
            f"After {counted(result['steps'], 'step')} with lr = {result['lr']:.3g} the height "
            f"above the minimum is <b>{result['height']:.3g}</b>; the best of the "
            f"{len(self.rates)} rates on the curve is {best:.3g}.<br>{law}"
        )


def final_heights(surface, optimiser, rates, momentum, steps):
    """The height above the minimum after `steps` steps, for each learning rate.

    All descents at once: every rule works number by number, so a coordinate is a tensor with one
    number for each rate. As in `descend`, a point past FAR stays.
    """
    rates = np.array(rates, dtype=float)
    weights = [nnkit.full(rates.shape, v, dtype=nnkit.float64) for v in surface.start]
    rule = OPTIMISERS[optimiser]([w.requires_grad_() for w in weights], rates, momentum)
    ends = np.array([w.tolist() for w in weights])
    for _ in range(steps):
        near = (np.abs(ends) < FAR).all(axis=0)
        rule.zero_grad()
        surface.f(*weights).sum().backward()
        rule.step()
        ends = np.where(near, [w.tolist() for w in weights], ends)
    with np.errstate(all="ignore"):
        return surface.f(*ends) - surface.lowest


@functools.lru_cache(maxsize=64)
def sweep(function, optimiser, momentum, steps):
    """`final_heights` over all rates: kept, since moving lr does not change it."""
    rates = LearningRateSweep.rates
    return final_heights(SURFACES[function], optimiser, rates, momentum, steps)

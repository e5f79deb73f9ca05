"""Gradient descent on hills and valleys: slide the learning rate, watch the path and its loss."""

import functools

import numpy as np

import nnkit
from widgets.controls import choice, log_slider, slider
from widgets.descent import (
    ADAPTIVE,
    FAR,
    OPTIMISERS,
    OWN,
    SURFACES,
    Descent,
    descend,
    largest_stable_lr,
    own_descend,
)
from widgets.explorer import Explorer
from widgets.labels import flag
from widgets.own import not_yet
from widgets.style import BLUE, GREEN, ORANGE, RED
from widgets.surface_map import SurfaceMap
from widgets.words import counted, readable

RAVINE = {"function": "ravine (x^2+100y^2)/2", "steps": 120}


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
        "ravine: plain": RAVINE | {"lr": 0.0198},
        "ravine: momentum 0.67": RAVINE | {"optimiser": "momentum", "momentum": 0.67, "lr": 0.033},
        "ravine: Adam": RAVINE | {"optimiser": "Adam", "lr": 0.5},
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
            point = {"start_x": x, "start_y": y}
            self.place(**{k: v for k, v in point.items() if k not in self.unused(self.state)})

    def compute(self, function, optimiser, lr, momentum, start_x, start_y, steps):
        surface = SURFACES[function]
        start = (start_x, start_y)[: len(surface.start)]
        if self.own and (path := own_descend(self.own, surface, start, lr, steps)) is not None:
            return Descent(surface, OWN, lr, 0.0, path)
        path = descend(surface, start, optimiser, lr, momentum, steps)
        return Descent(surface, optimiser, lr, momentum, path)

    def setup(self, figure):
        self.map, self.curve = figure.subplots(1, 2, width_ratios=(1.25, 1))
        self.ground = SurfaceMap(self.live, self.map)
        (self.losses,) = self.curve.plot([], [], "o-", color=ORANGE, ms=3, lw=1.5)
        self.above = flag(self.curve, "")
        self.live.move(self.losses, self.above)
        self.curve.set_xlabel("step")
        marks = [self.ground.first, self.ground.last, self.ground.still]
        words = ["start", "end", "minimum"]
        self.legend = figure.legend(marks, words, loc="outside lower left", ncols=3)

    def draw(self, result):
        surface, end = result.surface, max(self.steps, 2)
        if self.ground.surface is not surface:
            with self.live.style():
                self._show(surface)
        if self.curve.get_xlim() != (0, end):
            self.curve.set_xlim(0, end)
        self.ground.move(result)
        heights = np.nan_to_num(result.losses - surface.lowest, posinf=1e300)
        if surface.minimum:
            heights = np.maximum(heights, surface.loss[0])
        self.losses.set_data(np.arange(len(heights)), heights)
        above = heights[-1] > surface.loss[1]
        self.above.set_text("the loss leaves the picture" if above else "")

    def _show(self, surface):
        """Draw another surface, and axes for its losses."""
        self.ground.build(surface)
        self.legend.get_texts()[-1].set_text("minimum" if surface.minimum else "saddle point")
        above = f"loss − {surface.lowest:g}, its height above the minimum"
        self.curve.set(
            yscale="log" if surface.minimum else "linear", ylim=surface.loss,
            ylabel="what is lower lies on the edge" if surface.minimum else "",
            title=above if surface.lowest else "loss",
        )  # fmt: skip

    def readout(self, result):
        verdict, reason = result.verdict
        ends = ", out of reach: the run ends here." if len(result.path) <= self.steps else "."
        lines = [f"<b>{verdict}:</b> {reason}", result.course + ends, result.law]
        if self.own:
            yes = "This is the path of your own descend."
            no = not_yet("descend", "this is the path of nnkit's")
            lines.append(yes if result.optimiser == OWN else no)
        return readable("<br>".join(lines))


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

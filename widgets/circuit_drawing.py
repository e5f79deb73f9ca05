"""The picture of a circuit: gates and edges stand still; values, gradients and marks move."""

import re
from collections import Counter

import numpy as np

from widgets.labels import Labels
from widgets.style import BLUE, GREY, INK, ORANGE, PALE, RED

WIDTH, HEIGHT = 820, 225  # of the drawing, CSS pixels; some are lower
LEFT, RIGHT = 26, 96  # kept free beside the first column and after the output
RADIUS, BEND = 19, 52  # of a gate; and how far from a gate an edge leaves its level


class CircuitDrawing:
    """Draws circuits on `axes`; `live` is the LiveFigure that it belongs to.

    places: {name: (x, y)} of inputs and gates; routes: {edge: (xs, ys)} of the line between them;
    middles: {edge: (x, y)} of its labels. All in pixels of the drawing, y downwards.
    """

    def __init__(self, live, axes):
        self.axes, self.plan, self._ground = axes, None, []
        axes.set_xlim(0, WIDTH)
        axes.set_axis_off()
        note = "above each edge its value, below it its gradient"
        axes.set_title(note, loc="right", fontsize=9.5, fontweight="normal", color=GREY)
        (self.picked,) = live.move(*axes.plot([], [], color=ORANGE, lw=4, solid_capstyle="butt"))
        (self.ring,) = live.move(*axes.plot([], [], "o", ms=29, mfc="none", mec=ORANGE, mew=3))
        self.labels = Labels(live, axes)

    def build(self, plan, height=HEIGHT):
        """Draw the inputs, gates and edges of another circuit."""
        for artist in self._ground:
            artist.remove()
        self.plan, axes = plan, self.axes
        axes.set_ylim(height, 0)
        self._arrange(height)
        axes.set_title(f"${plan.formula}$")
        x, y = self.places[plan.output]
        line = {"color": GREY, "lw": 1.2, "zorder": 2}
        self._ground = axes.plot([x, x + 78], [y, y], **line)
        for route in self.routes.values():
            self._ground += axes.plot(*route, **line)
        look = {"ha": "center", "va": "center", "fontsize": 10.5, "zorder": 4}
        box = {"boxstyle": "round,pad=0.35", "fc": "white", "ec": INK, "lw": 1.2}
        texts = [axes.text(x + 88, y, as_math(plan.output), **look)]
        texts += [axes.text(*self.places[n], as_math(n), bbox=box, **look) for n in plan.inputs]
        for gate in plan.gates:
            x, y = self.places[gate.name]
            self._ground += axes.plot(x, y, "o", ms=25, mfc=PALE, mec=INK, mew=1.2, zorder=3)
            size = 8.5 if len(gate.op) > 2 else 10.5
            texts.append(axes.text(x, y, gate.op, **look | {"fontsize": size}))
            if gate.name != plan.output:
                texts.append(axes.text(x, y - 29, as_math(gate.name), **look | {"color": GREY}))
        self._ground += texts

    def _arrange(self, height):
        plan = self.plan
        cells = plan.places | {gate.name: gate.place for gate in plan.gates}
        columns = max(column for column, _ in cells.values())
        across, down = (WIDTH - LEFT - RIGHT) / columns, height / plan.rows
        self.places = {
            name: (LEFT + column * across, (row + 0.5) * down)
            for name, (column, row) in cells.items()
        }
        self.routes, self.middles = {}, {}
        for edge in plan.edges:
            source, gate, _ = edge
            (x0, y0), (x1, y1) = self.places[source], self.places[gate.name]
            row = plan.lanes.get((source, gate.name), cells[source][1])
            level = (row + 0.5) * down
            start = x0 + (RADIUS if level == y0 else BEND)
            end = x1 - (RADIUS if level == y1 else BEND)
            line = np.hstack([bend(x0, y0, start, level), bend(end, level, x1, y1)])
            free = np.hypot(*(line - [[x0], [y0]])) > RADIUS - 0.1
            free &= np.hypot(*(line - [[x1], [y1]])) > RADIUS - 0.1
            self.routes[edge] = line[:, free]
            self.middles[edge] = (start + end) / 2, level

    def show(self, walk):
        """Show what is known after a Walk's steps, ring the gate at work, mark the walk's edge."""
        plan = self.plan
        known, pulled, active = plan.progress(walk.step)
        self.picked.set_data(*self.routes[walk.edge])
        self.ring.set_visible(active is not None)
        if active:
            x, y = self.places[active.name]
            self.ring.set_data([x], [y])
        labels = []
        for edge, flow in walk.flows.items():
            x, y = self.middles[edge]
            if edge[0] in known:
                labels.append((x, y - 12.5, short(flow.value), BLUE))
            if edge[1].name in pulled:
                labels.append((x, y + 12.5, short(flow.gradient), RED))
        x, y = self.places[plan.output]
        if plan.output in known:
            labels.append((x + 47, y - 12.5, short(walk.values[plan.output]), BLUE))
        if walk.step > len(plan.gates):
            labels.append((x + 47, y + 12.5, "1", RED))
        for name, uses in Counter(source for source, *_ in plan.edges).items():
            if uses > 1 and all(g.name in pulled for s, g, _ in plan.edges if s == name):
                x, y = self.places[name]
                labels.append((x - 38, y + 32, f"sum {short(walk.totals[name])}", RED))
        self.labels.set(labels)

    def nearest(self, x, y):
        """The number, from 0, of the edge whose labels are nearest to (x, y)."""
        middles = np.array(list(self.middles.values()))
        return int(np.hypot(*(middles - (x, y)).T).argmin())


def bend(x0, y0, x1, y1):
    """A line from one point to another that is level at both ends, shape (2, points)."""
    t = np.linspace(0, 1, 24)
    return np.array([x0 + (x1 - x0) * t, y0 + (y1 - y0) * (3 * t**2 - 2 * t**3)])


def as_math(name):
    """An input's or a gate's name for matplotlib: w0 gets an index."""
    return "$" + re.sub(r"(\d)", r"_\1", name) + "$"


def short(value):
    """A number in at most seven characters: three decimals, or a power of ten."""
    value += 0.0  # no -0
    size = abs(value)
    if size == 0 or 1e-3 <= size < 1e4:
        decimals = 0 if size >= 1000 else 1 if size >= 100 else 2 if size >= 10 else 3
        text = f"{value:.{decimals}f}"
        text = text.rstrip("0").rstrip(".") if decimals else text
    else:
        text = f"{value:.1e}".replace("e-0", "e-").replace("e+0", "e").replace("e+", "e")
    return text.replace("-", "−")

"""A function to descend as a picture: its curve or contour lines, its minimum, a path on it."""

import numpy as np
from matplotlib.colors import BoundaryNorm, LinearSegmentedColormap

from widgets.labels import flag
from widgets.style import BLUE, GREEN, ORANGE, RAMPS, RED


class SurfaceMap:
    """Draws a Surface and a Descent on `axes`; `live` is the LiveFigure that they belong to."""

    def __init__(self, live, axes):
        self.axes, self.surface, self._ground = axes, None, []
        (self.still,) = axes.plot([], [], "*", ms=20, color=GREEN, mec="white", zorder=3)
        (self.track,) = axes.plot([], [], "-", color=ORANGE, lw=1.3, zorder=4)
        (self.dots,) = axes.plot([], [], "o", color=ORANGE, ms=4, zorder=5)
        look = {"ms": 10, "mfc": "white", "mec": RED, "mew": 2, "zorder": 6}
        (self.first,) = axes.plot([], [], "o", label="start", **look)
        (self.last,) = axes.plot([], [], "s", ms=8, color=RED, zorder=7, label="end")
        self.outside = flag(axes, "")
        live.move(self.track, self.dots, self.first, self.last, self.outside)

    def build(self, surface):
        """Draw another surface, and what stands still on it."""
        for artist in self._ground:
            artist.remove()
        self.surface, axes, name = surface, self.axes, surface.names
        axes.set(xlim=surface.limits[0], ylim=surface.limits[1], xlabel=name[0])
        still = surface.minimum or surface.saddle
        if len(name) == 1:
            xs = np.linspace(*surface.limits[0], 241)
            self._ground = axes.plot(xs, surface.f(xs), color=BLUE, zorder=2)
            self.still.set_data(still, [surface.lowest])
            axes.set(ylabel=f"f({name})", title=f"f({name}) = ${surface.formula}$")
        else:
            self._ground = self._contours()
            self.still.set_data(still[:1], still[1:])
            title = f"f({', '.join(name)}) = ${surface.formula}$, darker is higher"
            axes.set(ylabel=name[1], title=title)

    def _contours(self):
        (x0, x1), (y0, y1) = self.surface.limits
        grid = np.meshgrid(np.linspace(x0, x1, 241), np.linspace(y0, y1, 201))
        heights, lowest = self.surface.f(*grid), self.surface.lowest
        levels = np.linspace(heights.min(), heights.max(), 17)
        if self.surface.minimum:
            levels = lowest + np.geomspace(0.1, heights.max() - lowest, 13)
        shades = LinearSegmentedColormap.from_list("loss", RAMPS["loss"])
        shades = {"cmap": shades, "norm": BoundaryNorm(levels, shades.N), "extend": "both"}
        lines = {"colors": BLUE, "linewidths": 0.7, "alpha": 0.7, "negative_linestyles": "-"}
        return [
            self.axes.contourf(*grid, heights, levels, alpha=0.6, zorder=0.5, **shades),
            self.axes.contour(*grid, heights, levels, **lines),
        ]

    def move(self, descent):
        """Show the path of a descent on the present surface."""
        path = descent.path
        points = path if path.shape[1] == 2 else np.c_[path, descent.losses]
        low, high = np.array([self.axes.get_xlim(), self.axes.get_ylim()]).T
        gone = np.flatnonzero(~((points >= low) & (points <= high)).all(axis=1))
        self.outside.set_text(f"leaves the picture at step {gone[0]}" if len(gone) else "")
        far = 20 * (high - low)  # the drawing library's arithmetic ends long before ours
        points = points.clip(low - far, high + far)
        for line, some in (
            (self.track, points), (self.dots, points),
            (self.first, points[:1]), (self.last, points[-1:]),
        ):  # fmt: skip
            line.set_data(*some.T)

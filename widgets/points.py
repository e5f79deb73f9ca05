"""Points in a picture, edited by pointer and keyboard."""

import numpy as np
from matplotlib.lines import Line2D

from widgets.controls import SIGNS
from widgets.live import ARROWS
from widgets.style import INK

REACH = 12  # CSS pixels within which a press takes hold of a point


class PointEditor:
    """Edits the points control `name` of an explorer with what happens on `axes`.

    The chosen point, if any, wears a ring; it is no part of the state.
    """

    def __init__(self, explorer, axes, name):
        self.explorer, self.axes, self.name = explorer, axes, name
        self.control, self.box = explorer.controls[name], explorer._widgets[name]
        self.chosen, self._own = None, False
        look = {"marker": "o", "ms": 17, "mfc": "none", "mec": INK, "mew": 1.6, "zorder": 20}
        self.ring = Line2D([], [], **look)
        axes.add_line(self.ring)
        explorer.live.move(self.ring)
        explorer.live.listen(self.heard)
        self.box.observe(self._changed, "value")

    @property
    def points(self):
        return list(getattr(self.explorer, self.name))

    def heard(self, event):
        """What the page says: a press, drag, double (click), key or blur."""
        if not self.box.disabled:
            getattr(self, f"_{event['kind']}", lambda event: None)(event)

    def _press(self, event):
        pixel = self._pixel(event)
        if not self.axes.bbox.contains(*pixel):
            self.choose(None)
            return
        places = np.array([point[:2] for point in self.points]).reshape(-1, 2)
        gaps = np.hypot(*(self.axes.transData.transform(places) - pixel).T)
        reach = REACH * self.explorer.live.pixel_ratio
        if len(gaps) and gaps.min() <= reach:
            self.choose(int(gaps.argmin()))
        else:
            self._add(self._data(pixel))

    def _drag(self, event):
        if self.chosen is not None:
            self._replace(*self._data(self._pixel(event)), self.points[self.chosen][2])

    def _double(self, event):
        """The double click's first press has chosen the point, or made it."""
        self._remove()

    def _blur(self, event):
        self.choose(None)

    def _key(self, event):
        key, points = event["key"], self.points
        if key == "a":
            alone = self.chosen is None  # in the middle then, else beside the chosen one
            middle = self.control.limits.mean(axis=1)
            self._add(middle if alone else points[self.chosen][:2] + self._span / 20)
        elif key == "n" and points:
            self.choose(0 if self.chosen is None else (self.chosen + 1) % len(points))
        elif key == "Escape":
            self.choose(None)
        elif self.chosen is None:
            return
        elif key == "c":
            x, y, c = points[self.chosen]
            self.box.new_class.value = (c + 1) % self.control.classes
            self._replace(x, y, self.box.new_class.value)
        elif key == "Delete":
            self._remove()
        elif key in ARROWS:
            x, y, c = points[self.chosen]
            step = np.multiply(ARROWS[key], self._span) / (200 if event["shift"] else 40)
            self._replace(*np.add((x, y), step), c)

    @property
    def _span(self):
        return self.control.limits[:, 1] - self.control.limits[:, 0]

    def _pixel(self, event):
        return np.array([event["x"], event["y"]]) * self.axes.figure.bbox.size

    def _data(self, pixel):
        return self.axes.transData.inverted().transform(pixel)

    def _inside(self, x, y):
        """The place on the picture's fine raster, within the limits: keeps states short."""
        place = np.clip((x, y), *self.control.limits.T)
        return tuple(round(float(v), 2 if self._span.min() > 2 else 3) for v in place)

    def _add(self, place):
        point = (*self._inside(*place), self.box.new_class.value)
        self._set([*self.points, point], len(self.points))

    def _replace(self, x, y, c):
        points = self.points
        points[self.chosen] = (*self._inside(x, y), c)
        self._set(points, self.chosen)

    def _remove(self):
        if self.chosen is not None:
            self._set([p for i, p in enumerate(self.points) if i != self.chosen], None)

    def _set(self, points, chosen):
        self._own, self.chosen = True, chosen
        try:
            self.explorer.set(**{self.name: tuple(points)})
        finally:
            self._own = False

    def choose(self, index):
        """Put the ring around the point with that index, or around none."""
        if index != self.chosen:
            self.chosen = index
            self._place()
            self.explorer.live.repaint()

    def _changed(self, _):
        if not self._own:
            self.chosen = None
        self._place()

    def _place(self):
        points = self.points
        if self.chosen is None:
            self.ring.set_data([], [])
            self.box.tell(self.box.help)
            return
        x, y, c = points[self.chosen]
        self.ring.set_data([x], [y])
        place = f"({x:.2f}, {y:.2f})".replace("-", "−")
        which = f", class {c} {SIGNS[c]}" if self.control.classes > 1 else ""
        self.box.tell(f"Point {self.chosen + 1} of {len(points)}: {place}{which}")

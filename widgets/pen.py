"""A drawing in a picture, made by pointer and keyboard: the control and the hand."""

import ipywidgets
import numpy as np
import traitlets
from matplotlib.lines import Line2D

from widgets.bitmap import SIZE, blank, from_text, stroke, to_text
from widgets.controls import Control
from widgets.live import ARROWS
from widgets.style import RED

HELP = (
    "Press and drag to draw. Keys: arrows move the pen (Shift: 4 cells), Space puts it down or "
    "lifts it, R rubber, Delete clears."
)


class DrawingBox(ipywidgets.HBox):
    """The row of a drawing control: the rubber, and what keys there are."""

    value = traitlets.Unicode()
    disabled = traitlets.Bool(False)

    def __init__(self, value):
        self.rubber = ipywidgets.ToggleButton(
            description="Rubber", tooltip="The pen takes ink away", layout={"width": "90px"}
        )
        self.told = ipywidgets.HTML(layout={"flex": "1 1 0"})
        self.tell(HELP)
        layout = {"width": "100%", "height": "34px", "align_items": "center"}
        super().__init__([self.rubber, self.told], value=value, layout=layout)
        traitlets.link((self, "disabled"), (self.rubber, "disabled"))
        self.observe(self._emptied, "value")

    def _emptied(self, change):
        if not change.new:
            self.rubber.value = False  # there is nothing left to take away

    def tell(self, words):
        self.told.value = f'<div role="status" style="font-size:12px;line-height:1.3">{words}</div>'


def drawing(label, default):
    """A drawing of 32x32 cells as text, rows of hexadecimal digits: see bitmap.to_text."""

    def accepts(value):
        try:
            return from_text(value) is not None
        except (AttributeError, TypeError, ValueError):
            return False

    return Control(
        label, default, lambda: DrawingBox(default), accepts,
        "up to 32 rows of 8 hexadecimal digits with / between them",
        lambda text: to_text(from_text(text)),
    )  # fmt: skip


class PenEditor:
    """Draws on `axes` (x to the right, y down, in cells) into the drawing control `name`.

    width(): of the pen, in cells. The pen of the keyboard wears a ring; it is no part of the state.
    """

    def __init__(self, explorer, axes, name, width):
        self.explorer, self.axes, self.name, self.width = explorer, axes, name, width
        self.box = explorer._widgets[name]
        self.at, self.pen, self.down = None, np.array([SIZE / 2, SIZE / 4]), False
        look = {"marker": "o", "ms": 12, "mfc": "none", "mec": RED, "mew": 1.6, "zorder": 20}
        self.ring = Line2D([], [], **look)
        axes.add_line(self.ring)
        explorer.live.move(self.ring)
        explorer.live.hears = [" ", "Enter", "r", "Delete", "Escape", *ARROWS]
        explorer.live.listen(self.heard)

    def heard(self, event):
        """What the page says: a press, drag, key or blur."""
        if not self.box.disabled:
            getattr(self, f"_{event['kind']}", lambda event: None)(event)

    def _press(self, event):
        self.down = False
        self._hide()
        inside = self.axes.bbox.contains(*self._pixel(event["x"], event["y"]))
        self.at = self._place(event["x"], event["y"]) if inside else None
        if inside:
            self._draw([self.at])

    def _drag(self, event):
        if self.at is None:
            return
        ways = [self._place(x, y) for x, y in event.get("path", [])]
        path = [self.at, *ways, self._place(event["x"], event["y"])]
        self.at = path[-1]
        self._draw(path)

    def _blur(self, event):
        self.down = False
        self._hide()
        self.explorer.live.repaint()

    def _key(self, event):
        key, before = event["key"], self.pen
        if key == "Delete":
            self.clear()
        elif key == "r":
            self.box.rubber.value = not self.box.rubber.value
        elif key == "Escape":
            self.down = False
        elif key in (" ", "Enter"):
            self.down = not self.down
        elif key in ARROWS:
            step = np.multiply(ARROWS[key], (1, -1)) * (4 if event["shift"] else 1)
            self.pen = np.clip(before + step, 0.5, SIZE - 0.5)
        self._show()
        if self.down and key != "Delete":
            self._draw([before, self.pen])
        else:
            self.explorer.live.repaint()

    def clear(self):
        """Take all ink away."""
        self.down = False
        self.explorer.set(**{self.name: to_text(blank())})

    def _draw(self, path):
        before = from_text(getattr(self.explorer, self.name))
        after = stroke(before, path, self.width(), ink=not self.box.rubber.value)
        self.explorer.set(**{self.name: to_text(after)})

    def _pixel(self, x, y):
        return np.array([x, y]) * self.axes.figure.bbox.size

    def _place(self, x, y):
        """Where on the drawing that is, up to a few cells outside: a line may leave and return."""
        return np.clip(self.axes.transData.inverted().transform(self._pixel(x, y)), -4, SIZE + 4)

    def _show(self):
        x, y = self.pen
        self.ring.set_data([x], [y])
        self.ring.set_mfc(RED if self.down else "none")
        tool = "Rubber" if self.box.rubber.value else "Pen"
        self.box.tell(
            f"{tool} {'down' if self.down else 'up'} at column {int(x) + 1}, row {int(y) + 1} of "
            f"{SIZE}. Space {'lifts it' if self.down else 'puts it down'}, arrows move it."
        )

    def _hide(self):
        self.ring.set_data([], [])
        self.box.tell(HELP)

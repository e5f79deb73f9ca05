"""The controls of an explorer, each declared once: its name is its keyword, attribute and label."""

from pathlib import Path

import anywidget
import ipywidgets
import numpy as np
import traitlets

POINT_HELP = (
    "Click adds, drag moves, double click removes. Keys: N next, arrows, A add, C class, Delete."
)
SIGNS = "●▲■"  # as style.CLASSES draws them


class Slider(anywidget.AnyWidget):
    """A labelled slider with its number beside it; the number takes any value in [low, high].

    step: of the slider, in units of the value, or in powers of ten if `log`; `high` may change to
    an end that only some states have, and `value` is never beyond it. ipywidgets' own
    sliders round a value to their step behind the kernel's back (0.125 becomes 0.126) and a
    logarithmic one tells screen readers the exponent.
    """

    _esm = Path(__file__).parent / "slider.js"
    _css = Path(__file__).parent / "slider.css"
    label = traitlets.Unicode().tag(sync=True)
    low = traitlets.Float().tag(sync=True)
    high = traitlets.Float().tag(sync=True)
    step = traitlets.Float().tag(sync=True)
    log = traitlets.Bool(False).tag(sync=True)
    whole = traitlets.Bool(False).tag(sync=True)
    value = traitlets.CFloat().tag(sync=True, echo_update=False)  # a message less a picture
    disabled = traitlets.Bool(False).tag(sync=True)

    def places(self):
        """The values that the slider's own moves give, lowest first; slider.js finds the same."""
        span = np.log10(self.high / self.low) if self.log else self.high - self.low
        at = self.step * np.arange(int(np.ceil(span / self.step - 1e-9)) + 1)
        if self.log:
            values = [float(f"{self.low * 10**v:.3g}") for v in at]
        else:
            digits = max(len(repr(v).partition(".")[2]) for v in (self.low, self.step))
            values = [round(float(self.low + v), digits) for v in at]
        return [int(v) if self.whole else v for v in np.minimum(values, self.high).tolist()]


class Control:
    """A named value of an Explorer; the instance's attribute reads and moves it.

    label: words before the control; default: its value at first and after a reset; widget():
    makes an ipywidget for it; accepts(value): says whether a value is allowed; expects: the
    allowed values in words; kind: int, float, str ..., makes a given value an exact one.
    """

    def __init__(self, label, default, widget, accepts, expects, kind):
        self.label, self.default, self.widget = label, default, widget
        self.accepts, self.expects, self.kind = accepts, expects, kind

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, explorer, owner):
        return self if explorer is None else explorer.state[self.name]

    def __set__(self, explorer, value):
        explorer.set(**{self.name: value})

    def check(self, value):
        """Raise ValueError, naming control and expectation, unless `value` is allowed."""
        if not self.accepts(value):
            raise ValueError(f"{self.name} must be {self.expects}, got {value!r}")


def slider(label, low, high, default, step, log=False):
    """A number from low to high in equal steps; a whole number if `step` is an int."""
    whole = isinstance(step, int)
    kind, name = (int, "a whole number") if whole else (float, "a number")

    def widget():
        return Slider(
            label=label, low=low, high=high, step=step, log=log, whole=whole, value=default
        )

    def accepts(value):
        number = isinstance(value, int if whole else int | float)
        return number and not isinstance(value, bool) and low <= value <= high

    return Control(label, default, widget, accepts, f"{name} from {low:g} to {high:g}", kind)


def log_slider(label, low, high, default):
    """A positive number from low to high; a step of the slider multiplies it by 10^0.02 = 1.047.

    The slider's own values are rounded to three digits.
    """
    return slider(label, low, high, default, step=0.02, log=True)


def choice(label, options, default):
    """One of a few named options."""
    options = list(options)

    def widget():
        return ipywidgets.Dropdown(
            description=label,
            options=options,
            value=default,
            style={"description_width": "130px" if len(label) < 20 else "initial"},
            layout={"width": "390px", "margin": "1px 0"},
        )

    return Control(label, default, widget, lambda value: value in options, f"one of {options}", str)


class PointsBox(ipywidgets.HBox):
    """The row of a points control: its label, the class of new points, and what keys there are."""

    value = traitlets.Tuple()
    disabled = traitlets.Bool(False)

    def __init__(self, label, classes, value):
        options = [(f"class {c} {SIGNS[c]}", c) for c in range(classes)]
        self.new_class = ipywidgets.Dropdown(
            options=options,
            description=f"new {label}",
            style={"description_width": "138px"},
            layout={"width": "262px", "flex": "none"},
        )
        self.help = POINT_HELP
        if classes == 1:  # nothing to choose
            self.new_class.layout.display = "none"
            self.help = f"<b>{label}s:</b> " + POINT_HELP.replace("C class, ", "")
        self.told = ipywidgets.HTML(layout={"flex": "1 1 0"})
        self.tell(self.help)
        layout = {"width": "100%", "height": "34px", "align_items": "center"}
        super().__init__([self.new_class, self.told], value=value, layout=layout)
        traitlets.link((self, "disabled"), (self.new_class, "disabled"))

    def tell(self, words):
        self.told.value = f'<div role="status" style="font-size:12px;line-height:1.3">{words}</div>'


def points(label, limits, default, classes=2):
    """A tuple of (x, y, class) tuples: class is 0 to classes - 1, limits ((x, x), (y, y)).

    To be edited in the picture: `self.live.on_points(axes, name)` in `setup` says where.
    """
    (left, right), (low, high) = limits

    def tidy(value):
        return tuple((float(x), float(y), int(c)) for x, y, c in value)

    def accepts(value):
        try:
            given = [tuple(point) for point in value]
            inside = [left <= x <= right and low <= y <= high for x, y, c in given]
            return all(inside) and all(c in range(classes) for x, y, c in given)
        except (TypeError, ValueError):
            return False

    control = Control(
        label,
        tidy(default),
        lambda: PointsBox(label, classes, tidy(default)),
        accepts,
        f"(x, y, class) tuples, x from {left:g} to {right:g}, y from {low:g} to {high:g}, "
        f"class 0 to {classes - 1}",
        tidy,
    )
    control.limits, control.classes = np.array(limits, dtype=float), classes
    return control

"""The controls of an explorer, each declared once: its name is its keyword, attribute and label."""

import math

import ipywidgets


class Control:
    """A named value of an Explorer; the instance's attribute reads and moves it.

    label: words before the control; default: its value at first and after a reset; make: builds
    the ipywidget from keyword arguments `description` and `value`; accepts: says whether a value
    is allowed; expects: the allowed values in words.
    """

    def __init__(self, label, default, make, accepts, expects):
        self.label, self.default = label, default
        self.make, self.accepts, self.expects = make, accepts, expects

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, explorer, owner):
        return self if explorer is None else explorer.state[self.name]

    def __set__(self, explorer, value):
        explorer.set(**{self.name: value})

    def check(self, value):
        """Return `value`, or raise ValueError in a sentence that names control and expectation."""
        if not self.accepts(value):
            raise ValueError(f"{self.name} must be {self.expects}, got {value!r}")
        return value

    def widget(self):
        """A new ipywidget for this control, at its default."""
        return self.make(
            description=self.label,
            value=self.default,
            style={"description_width": "130px"},
            layout={"width": "390px", "margin": "1px 8px 1px 0"},
        )


def _between(low, high):
    def accepts(value):
        return isinstance(value, int | float) and low <= value <= high

    return accepts, f"a number from {low:g} to {high:g}"


def slider(label, low, high, default, step):
    """A number from low to high in equal steps; whole numbers if `step` is an int."""
    kind = ipywidgets.IntSlider if isinstance(step, int) else ipywidgets.FloatSlider

    def make(**kwargs):
        return kind(min=low, max=high, step=step, **kwargs)

    return Control(label, default, make, *_between(low, high))


def log_slider(label, low, high, default):
    """A positive number from low to high; one step of the slider multiplies it by 10^0.02 = 1.047.

    The readout takes any number typed into it.
    """

    def make(**kwargs):
        bounds = {"min": math.log10(low), "max": math.log10(high), "step": 0.02}
        return ipywidgets.FloatLogSlider(readout_format=".3g", **bounds, **kwargs)

    return Control(label, default, make, *_between(low, high))


def choice(label, options, default):
    """One of a few named options."""
    options = list(options)

    def make(**kwargs):
        return ipywidgets.Dropdown(options=options, **kwargs)

    return Control(label, default, make, lambda value: value in options, f"one of {options}")

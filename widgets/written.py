"""A control that is a line of text: what can't be read is not taken."""

import ipywidgets
import traitlets

from widgets.controls import Control


class ReadText(ipywidgets.Text):
    """A text box that keeps its last value where `read(text)` is None."""

    def __init__(self, read, **options):
        self._read, self._last = read, ""
        super().__init__(continuous_update=False, **options)

    @traitlets.validate("value")
    def _readable(self, proposal):
        if self._read(proposal["value"]) is not None:
            self._last = proposal["value"]
        return self._last


def written(label, read, default, expects, placeholder):
    """A Control for a text that `read` understands; `expects` says in words what that is."""

    def widget():
        return ReadText(
            read, description=label, placeholder=placeholder,
            style={"description_width": "initial"},
            layout={"width": "390px", "margin": "1px 0"},
        )  # fmt: skip

    def accepts(value):
        return isinstance(value, str) and read(value) is not None

    return Control(label, default, widget, accepts, expects, str)

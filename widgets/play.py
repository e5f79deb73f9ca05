"""Play, Pause and Step: a whole-number slider that moves on by itself, picture by picture."""

from pathlib import Path

import anywidget
import traitlets


class Player(anywidget.AnyWidget):
    """Buttons that advance `slider`; the page asks for each step when the last one is shown.

    advance(value) sets the slider and may take its time; its maker calls `delivered` when the
    picture is done. So a slow picture is waited for and none is left out.
    """

    _esm = Path(__file__).parent / "play.js"
    label = traitlets.Unicode().tag(sync=True)
    pace = traitlets.Float().tag(sync=True)  # milliseconds from step to step, at least
    stops = traitlets.Int().tag(sync=True)  # how often playing was stopped from here

    def __init__(self, slider, advance):
        self._slider, self._advance, self._asked = slider, advance, False
        pace = min(max(6000 * slider.step / (slider.high - slider.low), 30), 400)
        super().__init__(label=slider.label, pace=pace)
        self.on_msg(self._heard)

    def stop(self):
        """Play no further, and do not take the step that the page may be asking for just now."""
        self._asked = False
        self.stops += 1

    def _heard(self, _, content, buffers):
        if content["stops"] != self.stops:
            return
        slider, self._asked = self._slider, True
        again = content["from_start"] and slider.value == slider.high
        self._advance(int(slider.low if again else min(slider.value + slider.step, slider.high)))

    def delivered(self, fine=True):
        """The picture is shown; `fine` is false if it failed, and then playing stops."""
        if self._asked:
            self._asked = False
            self.send({"more": fine and self._slider.value < self._slider.high})

"""The curve of a training loss on a logarithmic axis."""

import numpy as np

from widgets.style import RED


class LossCurve:
    """The loss at each update on `axes`, with a square at the last one.

    limits: of the loss axis; a square beyond them stays on the edge.
    """

    def __init__(self, live, axes, updates, limits, colour):
        self.limits = limits
        (self.line,) = live.move(*axes.plot([], [], color=colour, label="loss"))
        (self.now,) = live.move(*axes.plot([], [], "s", color=RED, clip_on=False))
        axes.set(
            xlim=(0, updates), ylim=limits, yscale="log", xlabel="updates", title="training loss"
        )

    def show(self, losses):
        losses = drawable(losses)
        updates = np.arange(len(losses))
        self.line.set_data(updates, losses)
        self.now.set_data(updates[-1:], np.clip(losses[-1:], *self.limits))


def drawable(losses):
    """The losses as a line can show them: infinite ones and nan are far above every picture."""
    return np.nan_to_num(losses, nan=1e300, posinf=1e300)

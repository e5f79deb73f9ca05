"""How lambda changed while a network trained: a text that tells all of it, and can be edited."""

import ipywidgets
import traitlets

from widgets.controls import Control


class History(ipywidgets.Text):
    """A text box for "epoch: lambda, epoch: lambda, ..."; what can't be read is not taken."""

    _last = ""

    @traitlets.validate("value")
    def _readable(self, proposal):
        if read_history(proposal["value"]) is not None:
            self._last = proposal["value"]
        return self._last


def history(label):
    """A Control for the values that lambda has had: "" or "0: 0.001, 80: 0.03"."""

    def widget():
        return History(
            description=label,
            continuous_update=False,
            placeholder="no change",
            style={"description_width": "initial"},  # four turns fit in
            layout={"width": "390px", "margin": "1px 0"},
        )

    def accepts(value):
        return isinstance(value, str) and read_history(value) is not None

    return Control(label, "", widget, accepts, 'like "0: 0.001, 80: 0.03"', str)


def read_history(text):
    """[(epoch, lambda), ...] with epochs rising from 0; [] for "", None for what is no history."""
    try:
        pairs = [part.split(":") for part in text.split(",")] if text.strip() else []
        turns = [(int(epoch), float(lam)) for epoch, lam in pairs]
    except ValueError:
        return None
    epochs = [epoch for epoch, _ in turns]
    rising = epochs == sorted(set(epochs)) and epochs[:1] in ([], [0])
    return turns if rising and all(0 <= lam <= 1 for _, lam in turns) else None


def write_history(turns):
    """The text of what `read_history` reads; "" where lambda never changed."""
    turns = [t for i, t in enumerate(turns) if i == 0 or t[1] != turns[i - 1][1]]
    return ", ".join(f"{epoch}: {lam!r}" for epoch, lam in turns) if len(turns) > 1 else ""


def in_force(turns, epoch):
    """The lambda that `turns` gives to the epoch after this many."""
    return [lam for start, lam in turns if start <= epoch][-1]


def for_each_epoch(turns, epochs):
    """The lambda of each of the first `epochs` epochs, a list."""
    ends = [start for start, _ in turns[1:]] + [epochs]
    spans = [(min(end, epochs) - start, lam) for (start, lam), end in zip(turns, ends, strict=True)]
    return [lam for length, lam in spans for _ in range(length)]

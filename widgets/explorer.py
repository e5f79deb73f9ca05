"""An explorer: controls, a computation in plain numbers, a picture that follows, and its words."""

import abc
import asyncio
import base64
import html
import re
from collections import deque

from widgets.ahead import Ahead
from widgets.controls import Control
from widgets.export import save_html
from widgets.live import LiveFigure
from widgets.panel import Panel, apology
from widgets.points import PointEditor
from widgets.work import PICTURE, Work, last

__all__ = ["Explorer", "last", "plain_text"]


class Explorer(abc.ABC):
    """A live picture of `compute`, moved by the controls that the class declares.

    A subclass declares controls as class attributes and writes `compute(**state) -> result` (plain
    numbers), `setup(figure)` (makes the artists; gives the moving ones to `self.live.move`),
    `draw(result)` (moves them) and `readout(result) -> str` (a few lines of HTML: the formula with
    the current numbers plugged in and what it means).

    A slow compute is a generator: it yields results, each complete enough to draw, as often as it
    likes, and ends with the final one. Some are drawn as progress, ten times a second; the rest is
    dropped as soon as a control moves. In tests, `last(compute(...))` is the final one. `patience`
    is how many seconds it works before its first picture.

    May be added: `presets`, {words in the menu: state}; `actions`, {words on a button: name of the
    method that it calls, which usually ends in `self.set(...)`}; `play`, the name of a whole-number
    slider that Play and Step buttons move on; `follow(changes)`, what else moves when the function
    picker or the like moves; `ends(state)`, where sliders end that end elsewhere in some states;
    `unused(state)`, the names of controls without effect;
    `pointed(axes, x, y)`, which hears the pointer and may end in `self.place(...)`; a `points`
    control, which the pointer and the keyboard edit on the axes that
    `self.live.on_points(axes, name)` names in `setup`.

    Explorer(**state) starts from that state; repr(explorer) is the code that restores it exactly.
    Raises ValueError or TypeError in one sentence for a state that is not allowed.
    """

    size = (840, 330)  # of the picture, CSS pixels
    readout_lines = 3  # kept free for the words, so that nothing below them jumps
    presets: dict[str, dict] = {}
    actions: dict[str, str] = {}
    play = None
    patience = PICTURE

    def __init__(self, **state):
        self.controls = self._declared()
        self._check(state)
        defaults = {name: control.default for name, control in self.controls.items()}
        self.initial = self._within(defaults | self.follow(defaults | state) | state)
        self._work = Work(self._present, lambda error: self.panel.admit(error), self.patience)
        self._ahead = Ahead(self)
        self._elsewhere = self._result = None  # a state that is looked at unseen; the last result
        self._glimpsed = deque(maxlen=2)  # (state, result): the next move may be there
        self._moves = {}  # of the page, not drawn yet
        self._held = True  # while held, changes are collected; one refresh follows
        self._widgets = {name: control.widget() for name, control in self.controls.items()}
        for name, widget in self._widgets.items():
            widget.value = self.controls[name].kind(self.initial[name])
            widget.observe(self._moved, "value")
        self._set_ends()
        self.live = LiveFigure(*self.size, lines=self.readout_lines)
        if type(self).pointed is not Explorer.pointed:
            self.live.on_point(self.pointed)
        with self.live.style():
            self.setup(self.live.figure)
        for axes, name in self.live.points:
            PointEditor(self, axes, name)
        self.panel = Panel(self, self._widgets)
        self._held = False
        self.refresh()

    @classmethod
    def _declared(cls):
        found = {}
        for base in reversed(cls.__mro__):
            found |= {k: v for k, v in vars(base).items() if isinstance(v, Control)}
        return found

    def _check(self, state):
        for name, value in state.items():
            if name not in self.controls:
                known = ", ".join(self.controls)
                raise TypeError(f"{type(self).__name__} has no control {name!r}; it has {known}")
            self.controls[name].check(value)

    @abc.abstractmethod
    def compute(self, **state): ...

    @abc.abstractmethod
    def setup(self, figure): ...

    @abc.abstractmethod
    def draw(self, result): ...

    @abc.abstractmethod
    def readout(self, result): ...

    def follow(self, changes):
        """Values of further controls that go with `changes`; what `changes` names itself wins."""
        return {}

    def ends(self, state):
        """{slider: its last place in `state`}, where that is not always the declared one.

        It is asked with every move, and so must not depend on a `compute` that may fail.
        """
        return {}

    def _within(self, state):
        """`state` with no slider beyond its end."""
        return state | {name: min(state[name], end) for name, end in self.ends(state).items()}

    def _set_ends(self):
        for name, end in self.ends(self.state).items():
            self._widgets[name].high = end

    def unused(self, state):
        """The names of the controls that have no effect in `state`."""
        return ()

    def pointed(self, axes, x, y):
        """The pointer was pressed or dragged at data coordinates (x, y) of `axes`."""
        return None

    @property
    def state(self):
        """{control: value}, all of it."""
        with self._work.alone():
            if self._elsewhere:
                return dict(self._elsewhere)
            return {name: self.controls[name].kind(w.value) for name, w in self._widgets.items()}

    def set(self, **state):
        """Move several controls at once; the picture is drawn once."""
        self._check(state)
        with self._work.alone():
            self._held = True
            try:
                for name, value in self._within(self.state | self.follow(state) | state).items():
                    self._widgets[name].value = self.controls[name].kind(value)
                self._set_ends()
            finally:
                self._held = False
            self.refresh()

    def place(self, **values):
        """Set sliders to where the pointer is, rounded to 0.01 and not past their ends."""
        for name, value in values.items():
            slider = self._widgets[name]
            values[name] = round(min(max(value, slider.low), slider.high), 2)
        self.set(**values)

    def reset(self, *_):
        """Back to the state the explorer began with."""
        self.set(**self.initial)

    def refresh(self):
        """Compute, draw and describe the present state; a failure becomes one line of words."""
        self._ahead.forget()
        known = [result for state, result in self._glimpsed if state == self.state]
        self._glimpsed.clear()
        self._work.start(lambda: known[-1] if known else self.compute(**self.state))

    def finish(self):
        """Return only when a slow computation is done and its final picture is drawn."""
        self._work.finish()

    def glimpses(self, moves):
        """Yield the words after each of `moves`, {control: value}, with its picture drawn unseen.

        No widget moves and no page hears of it; afterwards everything is as it was.
        """
        with self._work.alone():
            self.finish()
            here = self.state
            try:
                for move in moves:
                    self._elsewhere = None  # each move begins here
                    self._elsewhere = self._within(here | self.follow(move) | move)
                    try:
                        computed = self.compute(**self._elsewhere)
                        result = last(computed)
                        if result is computed:  # what yields progress may change its results later
                            self._glimpsed.append((self._elsewhere, result))
                        self.draw(result)
                        words = self.readout(result)
                    except Exception as error:
                        words = apology(error)
                    yield words
            finally:
                self._elsewhere = None
                if self._result is not None:
                    self.draw(self._result)

    def save_html(self, path, *names):
        """Write a page of its own to `path`, at most 5 MB, that works without a kernel.

        The sliders of these names move in it, one or two (if none is named, the first one that is
        in use); all else stays as it is now.
        """
        save_html(self, path, names)

    def _present(self, result, finished):
        self._result = result
        self.draw(result)
        words = self.readout(result)
        for name, widget in self._widgets.items():
            widget.disabled = name in self.unused(self.state)
        if not finished:
            words += " <i>Still working …</i>"
        self.live.tell(words, plain_text(words))
        if finished:
            self.panel.delivered()

    def _moved(self, change):
        """A widget moved. Its picture is drawn after the kernel has said that it heard the move, so
        that the page sends the next one meanwhile and the kernel need not wait for it."""
        if self._held:
            return
        (name,) = (name for name, w in self._widgets.items() if w is change.owner)
        waiting, self._moves[name] = bool(self._moves), self.controls[name].kind(change.new)
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._catch_up()
            return
        if not waiting:
            loop.call_soon(self._catch_up)

    def _catch_up(self):
        moves, self._moves = self._moves, {}
        with self._ahead.moving(list(moves)[-1]):
            self.set(**moves)

    def __repr__(self):
        state = ", ".join(f"{name}={value!r}" for name, value in self.state.items())
        return f"{type(self).__name__}({state})"

    def _repr_mimebundle_(self, **kwargs):
        """The live view, a static picture and a text description, whichever the reader can show."""
        self.finish()
        bundle = dict(self.panel.box._repr_mimebundle_(**kwargs))
        bundle["image/png"] = base64.b64encode(self.live.png()).decode("ascii")
        bundle["text/plain"] = f"{self!r}\n{self.live.description}"
        width, height = self.size
        picture = {"width": width, "height": height, "alt": self.live.description}
        return bundle, {"image/png": picture}


def plain_text(words):
    """A readout's HTML as text for a screen reader."""
    text = re.sub(r"<br\s*/?>|</p>|</div>", "\n", words)
    return html.unescape(re.sub(r"<[^>]+>", "", text)).strip()

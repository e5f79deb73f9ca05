"""Places computed ahead: while the hand rests, the pictures beside a slider's place get ready."""

import asyncio
import contextlib
import inspect
import time

from widgets.controls import Slider

REST = 0.02  # seconds without a move after a single one: the hand rests
DRAG = 0.12  # the same after several moves, each within this time of the one before
CHEAP = 0.15  # seconds of work up to which a picture is drawn ahead; who turns round waits for it


class Ahead:
    """Sends the pictures right and left of the slider moved last to the page.

    The page shows one as soon as that slider steps there, some 20 ms before the kernel's answer,
    which is the same and need not be computed again. Explorers whose pictures are slow, or redraw
    what stands still, are let be.
    """

    def __init__(self, explorer):
        self.explorer, self._task, self._there, self._dear = explorer, None, None, set()
        self._moved, self._before = 0.0, {}  # when a slider moved last, and where each stood then

    @contextlib.contextmanager
    def moving(self, name):
        """The block does what the page's move of control `name` asks for."""
        rest = DRAG if time.monotonic() - self._moved < DRAG else REST
        self._moved, began = time.monotonic(), time.thread_time()
        yield
        slider, explorer = self.explorer._widgets[name], self.explorer
        quick = time.thread_time() - began < CHEAP
        plain = isinstance(slider, Slider) and not inspect.isgeneratorfunction(explorer.compute)
        if quick and plain and name not in self._dear:
            with contextlib.suppress(RuntimeError):  # no event loop: nobody is there to look ahead
                up = slider.value >= self._before.get(name, explorer.initial[name])
                self._before[name] = slider.value
                self._task = asyncio.get_running_loop().create_task(self._prepare(name, rest, up))

    def forget(self):
        """Something moves: what was drawn ahead is no longer right.

        Also when it is the slider itself, though the page forgets by then: pictures that were on
        their way to it when it moved have come since.
        """
        if self._task:
            self._task.cancel()
            self._task = None
        if self._there:
            self.explorer._widgets[self._there].send({})
            self._there = None

    async def _prepare(self, name, rest, up):
        """Send the next place in the direction of the last move first."""
        await asyncio.sleep(rest)
        slider = self.explorer._widgets[name]
        places = slider.places()
        at = min(range(len(places)), key=lambda i: abs(places[i] - slider.value))
        right, left = places[at + 1 : at + 2], places[max(at - 1, 0) : at]
        for value in right + left if up else left + right:
            began = time.thread_time()
            for _ in self.explorer.glimpses([{name: value}]):
                redrawn = self.explorer.live.figure.stale
                picture = self.explorer.live.url()
            if redrawn or time.thread_time() - began > CHEAP:
                self._dear.add(name)
                return
            self._there = name
            slider.send({"value": value, "picture": picture})
            await asyncio.sleep(0)

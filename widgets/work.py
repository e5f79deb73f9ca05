"""Slow computations in slices: they show their progress, and a newer one takes over at once."""

import asyncio
import threading
import time
from collections import deque
from types import GeneratorType

SLICE = 0.1  # seconds from picture to picture; a wait that still feels like none
BREATH = 0.002  # seconds between slices in which the next message can come in


def last(results):
    """The final result of a `compute`, whether it returns that or yields its progress first."""
    if not isinstance(results, GeneratorType):
        return results
    ends = deque(results, maxlen=1)
    return _some(ends.pop() if ends else None)


def _some(result):
    if result is None:
        raise ValueError("compute yielded no result; yield at least the final one")
    return result


class Work:
    """The one computation under way: `start` drops the one before it.

    Its first slice runs within `start`, the others between the messages of a running event loop,
    or at once where there is none. So a hand that keeps moving still sees a picture a move, and
    none is of an old state. show(result, finished) and fail(error) hear how it goes. `lock` is
    held meanwhile: JupyterLab hears widgets in another thread than it runs cells.
    """

    def __init__(self, show, fail):
        self.show, self.fail = show, fail
        self.lock = threading.RLock()
        self._results = None

    @property
    def busy(self):
        """True while there is more to come."""
        return self._results is not None

    def start(self, compute):
        """Run compute(), which returns its result or is a generator of better and better ones."""
        with self.lock:
            self.drop()
            try:
                self._results = compute()
                if not isinstance(self._results, GeneratorType):
                    result, self._results = self._results, None
                    self.show(result, True)
                    return
            except Exception as error:
                self.drop()
                self.fail(error)
                return
            try:
                loop = asyncio.get_running_loop()
            except RuntimeError:
                self.finish()
                return
            self._newest = None
            if self._slice(self._results, SLICE):
                self._task = loop.create_task(self._go_on(self._results))

    def finish(self):
        """Return only when nothing is under way; the last result is shown."""
        with self.lock:
            if self.busy:
                self._slice(self._results, float("inf"))

    def drop(self):
        """Forget what is under way."""
        self._results = self._newest = None

    async def _go_on(self, results):
        await asyncio.sleep(BREATH)
        while self._slice(results, SLICE):
            await asyncio.sleep(BREATH)

    def _slice(self, results, seconds):
        """Show what `results` has after `seconds`; true if there is more to come."""
        with self.lock:
            if results is not self._results:
                return False
            end = time.monotonic() + seconds
            try:
                for self._newest in results:
                    if time.monotonic() >= end:
                        self.show(self._newest, False)
                        return results is self._results
                result = _some(self._newest)
                self.drop()
                self.show(result, True)
            except Exception as error:
                self.drop()
                self.fail(error)
            return False

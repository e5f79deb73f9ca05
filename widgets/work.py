"""Slow computations in slices: they show their progress, and a newer one takes over at once."""

import asyncio
import contextlib
import threading
import time
from collections import deque
from types import GeneratorType

import numpy  # noqa: F401  its BLAS must be there when threadpoolctl looks for it
from threadpoolctl import ThreadpoolController

PICTURE = 0.1  # seconds from picture to picture; a wait that still feels like none
SLICE = 0.02  # seconds of work, at least, between two looks at the messages that came in
BREATH = 0.002  # seconds for such a look
BLAS = ThreadpoolController()


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

    What it has after `patience` seconds is shown within `start` (0: the first result, at once); the
    rest runs between the messages of the running event loop, or at once where there is none. So a
    hand that keeps moving sees a picture a move, and none is of an old state. show(result,
    finished) and fail(error) hear how it goes.
    """

    def __init__(self, show, fail, patience=PICTURE):
        self.show, self.fail, self.patience = show, fail, patience
        self._lock = threading.RLock()
        self._results = None

    @contextlib.contextmanager
    def alone(self):
        """A block in which nobody else works: a notebook may hear its widgets in another thread.

        NumPy's products keep to one thread meanwhile. They are small here, and a second thread,
        even while it waits for its next share, takes the processor that the page needs to paint.
        """
        with self._lock, BLAS.limit(limits=1, user_api="blas"):
            yield

    @property
    def busy(self):
        """True while there is more to come."""
        return self._results is not None

    def start(self, compute):
        """Run compute(), which returns its result or is a generator of better and better ones."""
        with self.alone():
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
            self._newest, self._due = None, 0.0
            if self._slice(self._results, self.patience):
                self._task = loop.create_task(self._go_on(self._results))

    def finish(self):
        """Return only when nothing is under way; the last result is shown."""
        with self.alone():
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
        """Work for `seconds`, show what is due; true if there is more to come."""
        with self.alone():
            if results is not self._results:
                return False
            end = time.monotonic() + seconds
            try:
                for self._newest in results:
                    now = time.monotonic()
                    if now >= end:
                        if now >= self._due:
                            self._due = now + PICTURE
                            self.show(self._newest, False)
                        return True
                result = _some(self._newest)
                self.drop()
                self.show(result, True)
            except Exception as error:
                self.drop()
                self.fail(error)
            return False

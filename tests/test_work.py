import asyncio
import threading
import time

import pytest

from widgets.explorer import last
from widgets.work import BLAS, PICTURE, Work


class Shown(list):
    """What a Work showed: (result, finished) pairs, and errors."""

    def __init__(self, **options):
        self.work = Work(lambda *pair: self.append(pair), self.append, **options)


def steps(name, count=8, pause=PICTURE / 2):
    """Results name0, name1, ... `pause` seconds apart."""
    for i in range(count):
        time.sleep(pause)
        yield f"{name}{i}"


async def until(condition, seconds=5):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        await asyncio.sleep(0.001)
    assert condition()


def test_last_takes_a_result_or_the_end_of_a_generator():
    assert last(3) == 3
    assert last(steps("a", 3, 0)) == "a2"
    with pytest.raises(ValueError, match="compute yielded no result"):
        last(steps("a", 0))


def test_without_an_event_loop_only_the_end_is_shown():
    shown = Shown()
    shown.work.start(lambda: steps("a", 3))
    assert shown == [("a2", True)]
    assert not shown.work.busy


def test_a_quick_computation_shows_only_its_end():
    shown = Shown()

    async def run():
        shown.work.start(lambda: steps("a", 8, 0))

    asyncio.run(run())
    assert shown == [("a7", True)]


def test_without_patience_the_first_result_is_shown_at_once():
    shown = Shown(patience=0)

    async def run():
        shown.work.start(lambda: steps("a", 3, 0))
        assert shown == [("a0", False)]
        await until(lambda: not shown.work.busy)

    asyncio.run(run())
    assert shown == [("a0", False), ("a2", True)]


def test_progress_is_shown_several_times_a_second_and_the_end_once():
    shown = Shown()

    async def run():
        shown.work.start(lambda: steps("a", 7))
        assert len(shown) == 1, "the first picture comes with the move"
        await until(lambda: not shown.work.busy)

    asyncio.run(run())
    assert 3 <= len(shown) <= 5
    assert shown[-1] == ("a6", True)
    assert not any(finished for _, finished in shown[:-1])


def test_a_newer_computation_drops_the_older_at_its_next_step():
    shown, done = Shown(), []

    def noted(results):
        for result in results:
            done.append(result)
            yield result

    async def run():
        shown.work.start(lambda: noted(steps("old", 1000)))
        await asyncio.sleep(0.001)  # less than a breath
        shown.work.start(lambda: noted(steps("new", 3)))
        await until(lambda: not shown.work.busy)
        await asyncio.sleep(2 * PICTURE)

    asyncio.run(run())
    assert [name for (name, _) in shown if name.startswith("old")] == ["old1"]
    assert done == ["old0", "old1", "new0", "new1", "new2"]
    assert shown[-1] == ("new2", True)


def test_finish_waits_for_the_end():
    shown = Shown()

    async def run():
        shown.work.start(lambda: steps("a", 7))
        shown.work.finish()
        assert shown[-1] == ("a6", True)
        await asyncio.sleep(2 * PICTURE)

    asyncio.run(run())
    assert len(shown) == 2


@pytest.mark.parametrize("failing", [lambda: 1 / 0, lambda: (1 / x for x in [0])])
def test_a_failure_is_told_and_the_next_start_works(failing):
    shown = Shown()
    shown.work.start(failing)
    assert isinstance(shown.pop(), ZeroDivisionError)
    assert not shown.work.busy
    shown.work.start(lambda: 1)
    assert shown == [(1, True)]


def test_a_failure_halfway_ends_the_computation():
    def failing():
        yield from steps("a", 3)
        raise ArithmeticError

    shown = Shown()

    async def run():
        shown.work.start(failing)
        await until(lambda: not shown.work.busy)

    asyncio.run(run())
    assert shown[0] == ("a1", False)
    assert isinstance(shown[-1], ArithmeticError)


def test_a_move_in_another_thread_waits_for_the_slice_and_takes_over():
    shown = Shown()

    async def run():
        shown.work.start(lambda: steps("old", 1000))
        other = threading.Thread(target=shown.work.start, args=[lambda: steps("new", 3)])
        other.start()
        await until(lambda: ("new2", True) in shown)
        other.join()
        await asyncio.sleep(2 * PICTURE)

    asyncio.run(run())
    assert shown[-1] == ("new2", True)


def test_products_keep_to_one_thread_while_it_works_and_only_then():
    def threads():
        return {library["num_threads"] for library in BLAS.info() if library["user_api"] == "blas"}

    seen = []

    def compute():
        seen.append(threads())
        yield 1
        seen.append(threads())
        yield 2

    with BLAS.limit(limits=2):
        Work(lambda *_: seen.append(threads()), pytest.fail).start(compute)
        assert seen == [{1}, {1}, {1}] and threads() == {2}

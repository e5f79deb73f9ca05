import pytest

from widgets.own import own_or, written


def double(x):
    return 2 * x


def test_a_function_counts_as_soon_as_it_returns_something():
    assert own_or(None, double, 3) == (6, False)
    assert own_or(lambda x: None, double, 3) == (6, False)
    assert own_or(lambda x: 0, double, 3) == (0, True)


def test_a_failing_function_is_not_covered_up():
    with pytest.raises(ZeroDivisionError):
        own_or(lambda x: x / 0, double, 3)


def test_written_asks_for_these_arguments():
    assert not written(None, 3) and not written(lambda x: None, 3)
    assert written(lambda x: x if x > 0 else None, 1)
    assert not written(lambda x: x if x > 0 else None, -1)

"""Marks of tests that run at several levels of isolation."""

import pytest

from nnkit.course.grading_isolation import LEVELS, works


def needs(level):
    """The mark of a test that takes `level`."""
    return pytest.mark.skipif(not works(level), reason=f"the level {level} does not work here")


at_each_level = pytest.mark.parametrize("level", [pytest.param(n, marks=needs(n)) for n in LEVELS])
confined = pytest.mark.parametrize("level", [pytest.param(n, marks=needs(n)) for n in LEVELS[1:]])

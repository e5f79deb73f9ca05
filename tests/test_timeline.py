import numpy as np
import pytest

from nnkit import nn
from widgets.timeline import Timeline
from widgets.work import last


class Counting:
    """A model of one weight, which an epoch multiplies by 2 and raises by the knob."""

    def __init__(self):
        self.model, self.trained = nn.Linear(1, 1, bias=False), []
        self.model.weight.array[...] = 0
        self.line = Timeline(self.model, self.train, self.weight)

    def train(self, epoch, knob):
        self.trained.append(epoch)
        self.model.weight.array[...] = 2 * self.model.weight.array + knob

    def weight(self):
        return self.model.weight.item()

    def walk(self, *knobs):
        return last(self.line.walk(list(knobs)))


def test_it_ends_where_these_knobs_lead():
    run = Counting()
    assert run.walk(1, 1, 1) == ([0, 3], [0, 7])
    assert run.weight() == 7
    assert run.walk() == ([0], [0])
    assert run.weight() == 0


def test_what_is_known_is_not_trained_again():
    run = Counting()
    run.walk(*[1] * 12)
    run.trained.clear()
    assert run.walk(*[1] * 10) == ([0, 5, 10], [0, 31, 1023])
    run.walk(*[1] * 12)
    assert run.trained == [] and run.weight() == 4095
    assert run.walk(*[1] * 6, 5, 5) == ([0, 5, 8], [0, 31, 63 * 4 + 15])
    assert run.trained == [6, 7]


@pytest.mark.parametrize("turned", [0, 4, 5, 9])
def test_a_turned_knob_gives_what_a_new_run_would(turned):
    run, knobs = Counting(), [1] * turned + [3] * (13 - turned)
    run.walk(*[1] * 20)
    assert run.walk(*knobs) == Counting().walk(*knobs)
    assert run.walk(*[1] * 20) == Counting().walk(*[1] * 20)
    run.trained.clear()
    assert run.walk(*[1] * 20) == Counting().walk(*[1] * 20) and not run.trained


def test_progress_is_shown_and_a_dropped_walk_leaves_the_line_whole():
    run = Counting()
    walk = run.line.walk([0.01] * 120)
    marks, _ = next(walk)
    assert marks[-1] == 50
    walk.close()
    run.trained.clear()
    again = run.walk(*[0.01] * 60)
    assert run.trained == list(range(50, 60))
    assert np.array_equal(again, Counting().walk(*[0.01] * 60))

import itertools

import numpy as np
import pytest

from widgets import DroppedUnits
from widgets.masks import INPUTS, TEST, chance_of_kept, keep, scalings, told


@pytest.fixture(scope="module")
def shown():
    return DroppedUnits()


@pytest.fixture
def explorer(shown):
    shown.reset()
    return shown


@pytest.mark.parametrize("p", [0.0, 0.2, 0.5, 0.9])
def test_the_chances_are_those_of_many_draws(p):
    chance = chance_of_kept(p)
    k = np.arange(INPUTS + 1)
    assert chance.sum() == pytest.approx(1)
    drawn = keep(np.random.default_rng(0).uniform(size=(20_000, INPUTS)), p).sum(axis=1)
    assert k @ chance == pytest.approx(drawn.mean(), abs=0.2)
    assert (k - k @ chance) ** 2 @ chance == pytest.approx(drawn.var(), abs=0.6)


@pytest.mark.parametrize("p", [0.1, 0.2, 0.8])
def test_training_and_test_agree_on_average_but_for_the_wrong_one(p):
    mean = np.arange(INPUTS + 1) @ chance_of_kept(p)
    classic, wrong, inverted = scalings(p).values()
    for training, test in inverted, classic:
        assert mean * training == pytest.approx(INPUTS * test)
    assert mean * wrong[0] != pytest.approx(INPUTS * wrong[1])


@pytest.mark.parametrize(
    ("p", "words"),
    [
        (0.2, "At test, classic: 100·q = 80. Wrong: 100·p = 20, 4 times too small. Inverted: 100"),
        (0.5, "100·p = 50, right only because p = q here"),
        (0.8, "100·p = 80, 4 times too large"),
        (0.0, "100·p = 0, all is lost"),
    ],
)
def test_the_numbers_stand_in_the_words(explorer, p, words):
    explorer.p = p
    assert words in explorer.live.description


def test_dropped_units_have_no_edges_and_are_counted(explorer):
    explorer.p = 0.5
    dropped = np.transpose(explorer.net.dropped.get_data())
    kept = np.transpose(explorer.net.kept.get_data())
    assert len(dropped) + len(kept) == 16 and len(dropped) > 0
    assert f"{len(dropped)} of 16 hidden units are dropped" in explorer.live.description
    ends = {tuple(end) for edge in explorer.net.edges.get_segments() for end in edge.tolist()}
    assert not ends & {tuple(place) for place in dropped.tolist()}
    assert ends >= {tuple(place) for place in kept.tolist()}


def test_each_iteration_drops_others_and_a_larger_p_drops_more_of_the_same(explorer):
    first = explorer.net.kept.get_ydata()
    explorer.iteration = 1
    assert not np.array_equal(explorer.net.kept.get_ydata(), first)
    before = set(zip(*explorer.net.dropped.get_data(), strict=True))
    explorer.p = 0.6
    assert before < set(zip(*explorer.net.dropped.get_data(), strict=True))


def test_at_test_all_units_are_there(explorer):
    explorer.set(p=0.9, mode=TEST)
    assert len(explorer.net.dropped.get_xdata()) == 0
    assert len(explorer.net.kept.get_xdata()) == 16
    assert "nothing is dropped" in explorer.live.description
    assert "this time" not in explorer.live.description


def test_few_dropped_units_are_told_in_good_grammar():
    assert told(0) == "no hidden unit is dropped."
    assert "units is dropped: it sends 0 on." in told(1)
    assert "units are dropped: they send 0 on." in told(2)


def test_the_marks_stand_at_the_training_mean_and_at_the_test_value(explorer):
    means = [chart.mean.get_xdata()[0] for chart in explorer.sums]
    tests = [chart.test.get_xdata()[0] for chart in explorer.sums]
    assert means == pytest.approx([80, 80, 100])
    assert tests == pytest.approx([80, 20, 100])


def test_a_learners_mask_chooses():
    explorer = DroppedUnits(mask=lambda u, p: u < p, p=0.0)
    assert "16 of 16 hidden units are dropped" in explorer.live.description
    assert "Your dropout_mask chose" in explorer.live.description
    stub = DroppedUnits(mask=lambda u, p: None)
    assert "Until you write dropout_mask, nnkit chooses" in stub.live.description
    assert "must have the shape of u" in DroppedUnits(mask=lambda u, p: True).live.words


def test_every_corner_is_drawn_and_described(explorer):
    for p, iteration, mode in itertools.product((0.0, 0.9), (0, 100), ("training", TEST)):
        explorer.set(p=p, iteration=iteration, mode=mode)
        assert 'role="status"' in explorer.live.words

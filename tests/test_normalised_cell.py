import re

import numpy as np
import pytest

import nnkit
from nnkit import nn
from widgets import NormalisedCell
from widgets.norm_kinds import (
    BATCH,
    GROUP,
    INSTANCE,
    KINDS,
    LAYER,
    SHAPE,
    block,
    normalise,
    sharing,
)
from widgets.normalised_cell import AFTER, CELLS, OTHER, SHARED, corner


@pytest.fixture(scope="module")
def shown():
    return NormalisedCell()


@pytest.fixture
def explorer(shown):
    shown.reset()
    return shown


LAYERS = {
    (BATCH, 1): nn.BatchNorm2d(4),
    (LAYER, 1): nn.LayerNorm(SHAPE[1:]),
    (INSTANCE, 1): nn.InstanceNorm2d(4),
    (GROUP, 1): nn.GroupNorm(1, 4),
    (GROUP, 2): nn.GroupNorm(2, 4),
    (GROUP, 4): nn.GroupNorm(4, 4),
}


@pytest.mark.parametrize(("kind", "groups"), LAYERS)
def test_the_numbers_are_the_engines(kind, groups):
    x = nnkit.tensor(block(), dtype=nnkit.float64)
    expected = LAYERS[kind, groups].to(nnkit.float64)(x).detach().numpy()
    assert normalise(block(), kind, groups) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("kind", "groups", "where"),
    [
        (BATCH, 2, np.s_[:, 2]),
        (LAYER, 2, np.s_[1]),
        (INSTANCE, 2, np.s_[1, 2]),
        (GROUP, 2, np.s_[1, 2:]),
        (GROUP, 1, np.s_[1]),
        (GROUP, 4, np.s_[1, 2]),
    ],
)
def test_a_nudge_finds_those_that_share(kind, groups, where):
    expected = np.zeros(SHAPE, bool)
    expected[where] = True
    for cell in (1, 2, 0, 0), (1, 2, 1, 2):
        shared = sharing(lambda x: normalise(x, kind, groups), block(), cell)
        assert (shared == expected).all()


@pytest.mark.parametrize("kind", KINDS)
def test_the_formula_gives_the_cells_value(explorer, kind):
    explorer.set(kind=kind, groups="2", n=1, c=3, h=2, w=0)
    result = explorer._result
    words = re.search(r"/[\d.]+ = (−?[\d.]+)\.", explorer.live.description)[1]
    assert float(words.replace("−", "-")) == pytest.approx(
        normalise(block(), kind, 2)[1, 3, 2, 0], abs=0.006
    )
    assert result.values.mean() == pytest.approx(block()[result.shared].mean())


def test_shared_cells_are_marked_and_the_chosen_one_has_the_ring(explorer):
    explorer.set(kind=INSTANCE, n=2, c=0, h=0, w=2)
    colours = explorer.block.cells.get_facecolor()
    blue = [cell for cell, colour in zip(CELLS, colours, strict=True) if colour[0] < 0.9]
    assert len(blue) == 9 and all(cell[:2] == (2, 0) for cell in blue)
    assert SHARED != OTHER
    x, y = corner(2, 0, 0, 2)
    assert [min(places) for places in explorer.block.ring.get_data()] == [x, y]


def test_normalised_numbers_can_stand_in_the_cells(explorer):
    first = [text for _, _, text, _ in explorer.block.labels.shown]
    assert first[:3] == ["5", "0", "3"]
    explorer.show = AFTER
    y = normalise(block(), BATCH, 2)
    shown = [text for _, _, text, _ in explorer.block.labels.shown]
    assert [float(text.replace("−", "-")) for text in shown] == pytest.approx(y.ravel(), abs=0.051)


def test_the_pointer_chooses_a_cell_and_nothing_between_the_maps(explorer):
    x, y = corner(2, 3, 1, 0)
    explorer.pointed(explorer.map, x + 0.5, y + 0.5)
    chosen = 2, 3, 1, 0
    assert tuple(explorer.state[name] for name in "nchw") == chosen
    for gap in (corner(0, 1, 0, 0)[0] - 0.3, 0.5), (0.5, corner(1, 0, 0, 0)[1] - 0.3):
        explorer.pointed(explorer.map, *gap)
        assert tuple(explorer.state[name] for name in "nchw") == chosen


def test_dots_of_equal_values_stand_on_each_other(explorer):
    values = np.array([2.0, 2, 2, 5])
    explorer.before.show(values, 5.0)
    places = np.transpose(explorer.before.dots.get_data())
    assert len(np.unique(places, axis=0)) == 4
    assert (places[:, 0] == 2).sum() == 3
    assert explorer.before.mean.get_xdata()[0] == pytest.approx(2.75)


def test_every_stack_of_dots_fits(explorer):
    for kind in KINDS:
        for groups in "1", "2", "4":
            for n, c in np.ndindex(3, 4):
                explorer.set(kind=kind, groups=groups, n=n, c=c)
                for chart in explorer.before, explorer.after:
                    x, y = chart.dots.get_data()
                    (left, right), (_, top) = chart.dots.axes.get_xlim(), chart.dots.axes.get_ylim()
                    assert left < x.min() and x.max() < right and y.max() < top


def test_a_learners_function_is_the_one_that_is_nudged():
    def over_pixels(x, kind, groups):
        return (x - x.mean(axis=0)) / (x.std(axis=0) + 1)

    explorer = NormalisedCell(normalise=over_pixels)
    assert ": 27 cells share its statistics" in explorer.live.description
    assert "Your normalise gives −0.92 there" in explorer.live.description
    assert "it changes: 3, and not the 27 that batch norm means." in explorer.live.description
    right = NormalisedCell(normalise=normalise)
    assert right.live.description.endswith("whose output it changes.")
    stub = NormalisedCell(normalise=lambda x, kind, groups: None)
    assert "Your normalise returns nothing yet" in stub.live.description
    assert "keep the shape" in NormalisedCell(normalise=lambda x, kind, groups: x[0]).live.words


def test_a_function_that_forgets_the_cell_has_words_too():
    explorer = NormalisedCell(normalise=lambda x, kind, groups: 0 * x)
    assert "whose output it changes: 0, and not the 27" in explorer.live.description

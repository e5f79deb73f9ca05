import itertools

import numpy as np
import pytest

from widgets import LinearMap
from widgets.linear_map import BENDS


def image(x, **state):
    """Where the explorer says that x goes."""
    x1, x2 = map(float, x)
    return LinearMap(x1=x1, x2=x2, **state)


def test_a_point_goes_where_matrix_and_bias_take_it():
    explorer = image((0.5, -1), w11=1.5, w12=-1.0, w21=0.5, w22=2.0, b1=0.2, b2=-0.3)
    result = explorer.compute(**explorer.state)
    assert result["y"] == pytest.approx([1.5 * 0.5 + 1.0 + 0.2, 0.5 * 0.5 - 2.0 - 0.3])
    assert explorer.arrows[5].get_xydata()[0] == pytest.approx(result["y"])
    assert "z1 = 1.5·0.5 − 1·−1 + 0.2 = 1.95" in explorer.live.description


def test_the_images_of_the_unit_vectors_are_the_columns():
    explorer = LinearMap(w11=1.5, w12=-1.0, w21=0.5, w22=2.0)
    assert explorer.arrows[3].get_xydata()[1] == pytest.approx([1.5, 0.5])
    assert explorer.arrows[4].get_xydata()[1] == pytest.approx([-1.0, 2.0])
    assert "first column of W, (1.5, 0.5)" in explorer.live.description
    corner = explorer.grid.get_segments()[0][0]  # of the grid, (-2, -2)
    assert corner == pytest.approx([-1.0, -5.0])


@pytest.mark.parametrize("bend", BENDS)
def test_only_a_bend_bends_the_grid(bend):
    explorer = LinearMap(bend=bend, b1=0.3)
    steps = [np.diff(line, axis=0) for line in explorer.grid.get_segments()]
    turns = np.concatenate([s[1:, 0] * s[:-1, 1] - s[1:, 1] * s[:-1, 0] for s in steps])
    straight = np.abs(turns).max() < 1e-9
    assert straight == bend.startswith("none")
    assert ("not linear" in explorer.live.description) != straight


def test_the_words_follow_the_unit_vectors_through_the_bend():
    bend, cut = LinearMap(bend="ReLU: cut at 0"), "after the bend to (1, 0) and (0.5, 1)"
    assert bend.arrows[3].get_xydata()[1].tolist() == [1, 0]
    assert "W, (1, −0.5)" in bend.live.description and cut in bend.live.description
    bend.bend = "none: linear"
    assert "after the bend" not in bend.live.description


def test_a_bend_that_leaves_this_part_of_the_plane_as_it_is_says_so():
    inside = {"w11": 0.5, "w22": 0.5, "w12": 0.0, "w21": 0.0, "b1": 2.0, "b2": 2.0}
    explorer, words = LinearMap(bend="ReLU: cut at 0", **inside), "no sum is below 0"
    assert words in explorer.live.description
    explorer.b2 = 0.9
    assert words not in explorer.live.description


def test_the_words_tell_linear_from_linear_plus_a_bias():
    assert "0 stays where it is" in LinearMap().live.description
    assert "0 moves to b" in LinearMap(b2=0.5).live.description


def test_the_transpose_turns_a_turn_back():
    explorer = LinearMap()
    turn, back = LinearMap.presets["turn by 90 degrees"], "transpose of that: turn back"
    explorer.set(**turn)
    first = explorer.compute(**explorer.state)["W"]
    explorer.set(**LinearMap.presets[back])
    second = explorer.compute(**explorer.state)["W"]
    assert np.array_equal(second, first.T)
    assert np.array_equal(second @ first, np.eye(2))


def test_a_matrix_that_flattens_is_said():
    explorer = LinearMap()
    assert "no way back" not in explorer.live.description
    explorer.set(**LinearMap.presets["flatten onto a line"])
    assert "no way back" in explorer.live.description


def test_the_pointer_places_x():
    explorer = LinearMap()
    explorer.pointed(explorer.before, -0.52, 9.0)
    assert (explorer.x1, explorer.x2) == (-0.5, 2.0)
    explorer.pointed(explorer.after, 1.0, 1.0)
    assert explorer.x1 == -0.5


def test_every_corner_of_the_sliders_is_drawn_and_what_leaves_the_picture_said():
    explorer = LinearMap()
    names = ("w11", "w12", "w21", "w22", "b1")
    for values in itertools.product((-2.0, 2.0), repeat=5):
        explorer.set(x1=2.0, x2=2.0, **dict(zip(names, values, strict=True)))
        y = explorer.compute(**explorer.state)["y"]
        assert explorer.flag.get_visible() == bool(abs(y[0]) > 4 or abs(y[1]) > 3.2)
        assert "can't be shown" not in explorer.live.words
    assert LinearMap(w21=1.5, w22=2.0).flag.get_visible(), "y2 = 3.5 is above the picture"
    assert eval(repr(explorer)).live.picture == explorer.live.picture

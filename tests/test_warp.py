import numpy as np
import pytest

from widgets.warp import warp

PICTURE = np.random.default_rng(0).random((8, 8))


def changed(**change):
    return (warp(**change) @ PICTURE.ravel()).reshape(8, 8)


def test_no_change_is_the_identity():
    assert np.array_equal(warp(), np.eye(64))


def test_whole_shifts_move_pixels_and_lose_what_leaves():
    moved = changed(right=2, down=-1)
    assert moved[:7, 2:] == pytest.approx(PICTURE[1:, :6])
    assert not moved[:, :2].any() and not moved[7].any()


def test_half_a_pixel_mixes_two():
    assert changed(right=0.5)[3, 4] == pytest.approx((PICTURE[3, 3] + PICTURE[3, 4]) / 2)


def test_a_quarter_turn_goes_anticlockwise():
    assert changed(turn=90) == pytest.approx(np.rot90(PICTURE))
    assert changed(turn=180) == pytest.approx(PICTURE[::-1, ::-1])


def test_a_smaller_size_shrinks_towards_the_middle():
    small = (warp(size=0.5) @ np.ones(64)).reshape(8, 8)
    assert small[2:6, 2:6] == pytest.approx(1)
    assert not small[0].any() and not small[:, 7].any()

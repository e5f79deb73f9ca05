import numpy as np
import pytest

from widgets.bitmap import (
    INK,
    SIZE,
    blank,
    counts,
    from_counts,
    from_text,
    prepared,
    slant,
    stroke,
    to_text,
)
from widgets.digit_net import digits
from widgets.drawings import SHAPES, drawn


@pytest.mark.parametrize("seed", range(5))
def test_a_drawing_survives_as_text(seed):
    drawing = np.random.default_rng(seed).random((SIZE, SIZE)) < 0.3
    assert np.array_equal(from_text(to_text(drawing)), drawing)
    assert len(to_text(drawing)) <= 9 * SIZE


def test_blank_rows_cost_next_to_nothing():
    assert to_text(blank()) == ""
    one = stroke(blank(), [(31.5, 2.5)], 1)
    assert to_text(one) == "//1"
    assert not from_text("").any()


@pytest.mark.parametrize("text", ["x", "/" * 32, "123456789", "-1", "F"])
def test_other_texts_are_refused(text):
    with pytest.raises(ValueError, match="got"):
        from_text(text)


def test_a_stroke_inks_what_is_nearer_than_half_the_pen_and_leaves_the_old_drawing():
    before = blank()
    after = stroke(before, [(4, 8), (12, 8)], 4)
    assert not before.any()
    rows, columns = np.nonzero(after)
    assert (rows.min(), rows.max()) == (6, 9)
    assert (columns.min(), columns.max()) == (2, 13)
    assert after[7, 2:14].all()
    assert not stroke(after, [(0, 8), (32, 8)], 6, ink=False).any()


def test_a_bent_path_inks_both_legs_but_not_the_short_cut():
    bent = stroke(blank(), [(4, 4), (4, 28), (28, 28)], 2)
    assert bent[16, 3:5].any() and bent[27:29, 16].any()
    assert not bent[14:18, 14:18].any()


def test_counts_are_those_of_the_blocks():
    drawing = blank()
    drawing[4:6, 8:12] = True
    assert counts(drawing)[1, 2] == 8
    assert counts(drawing).sum() == 8


def test_a_digit_of_the_data_becomes_a_drawing_with_just_its_counts():
    _, X, _, _ = digits()
    for pixels in (16 * X.numpy()[:50]).round().astype(int).reshape(-1, 8, 8):
        assert np.array_equal(counts(from_counts(pixels)), pixels)


@pytest.mark.parametrize("shape", SHAPES)
def test_where_and_how_large_one_draws_hardly_matters_once_prepared(shape):
    large = counts(prepared(from_text(drawn(shape, 26, 3, 3, 3))))
    small = counts(prepared(from_text(drawn(shape, 15, 15, 1, 2))))
    assert abs(large - small).mean() < 2
    assert prepared(from_text(drawn(shape))).sum() == INK


def test_prepared_digits_fill_the_height_and_stand_in_the_middle():
    rows, columns = np.nonzero(prepared(from_text(drawn("4", 14, 2, 12))))
    assert rows.min() <= 1 and rows.max() >= SIZE - 2
    assert abs(columns.min() + columns.max() - (SIZE - 1)) <= 2


def test_a_slanting_line_is_set_upright():
    leaning = stroke(blank(), [(22, 4), (10, 28)], 3)
    assert slant(leaning) == pytest.approx(-0.5, abs=0.05)
    assert abs(slant(prepared(leaning))) < 0.1


def test_nothing_drawn_stays_nothing():
    assert not prepared(blank()).any()

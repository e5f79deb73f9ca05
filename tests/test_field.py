import numpy as np
import pytest
from test_live import decode, pixels

from widgets import LiveFigure
from widgets.field import Field, along, between
from widgets.style import RAMPS

XS, YS = np.linspace(0, 2, 41), np.linspace(-1, 1, 21)
X, Y = np.meshgrid(XS, YS)


def made(values, **options):
    live = LiveFigure(300, 200)
    live.axes = live.figure.subplots()
    live.field = Field(live, live.axes, XS, YS, 0, 1, **options)
    live.field.set_values(values)
    live.repaint()
    return live


def colour(live, x, y, image=None):
    """The picture's RGB at data coordinates."""
    image = pixels(live) if image is None else image
    column, row = live.axes.transData.transform((x, y)) * image.shape[0] / live.figure.bbox.height
    return image[image.shape[0] - 1 - int(row), int(column), :3].astype(int)


def rgb(text):
    return np.array([int(text[i : i + 2], 16) for i in (1, 3, 5)])


def test_between_is_linear_and_stays_at_the_ends():
    grid = np.array([1.0, 2.0, 3.0])
    places = np.array([0.0, 1.0, 1.6, 2.9, 3.0, 9.0])
    (shown,) = along(np.array([[1.0, 2.0, 0.0]]), 1, *between(places, grid))
    assert shown == pytest.approx([1, 1, 1.6, 0.2, 0, 0], abs=1e-6)


@pytest.mark.parametrize("colours", RAMPS)
def test_low_and_high_have_the_colours_of_both_ends(colours):
    live = made(np.where(X > 1, 5.0, -5.0), colours=colours)
    assert colour(live, 0.3, 0) == pytest.approx(rgb(RAMPS[colours][0]), abs=1)
    assert colour(live, 1.7, 0) == pytest.approx(rgb(RAMPS[colours][-1]), abs=1)


def test_each_value_is_shown_at_its_place():
    live = made(X * 0.25 + (Y + 1) * 0.25)  # 0 at the lower left, 1 at the upper right
    corners = [colour(live, x, y)[0] for x, y in [(0.1, -0.9), (1.9, -0.9), (0.1, 0.9), (1.9, 0.9)]]
    dark, bright = corners[3], corners[0]
    assert bright - dark > 100
    assert corners[1] == pytest.approx(corners[2], abs=12)
    assert dark < corners[1] < bright


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_no_number_is_high_and_spreads_nowhere(value):
    values = np.zeros_like(X)
    values[10, 20] = value
    live = made(values, levels=[0.5])
    assert colour(live, 1, 0) == pytest.approx(rgb(RAMPS["loss"][-1]), abs=12)
    assert colour(live, 1, 0.5) == pytest.approx(rgb(RAMPS["loss"][0]), abs=1)


def test_contour_lines_lie_where_the_value_is():
    live = made(X / 2, levels=[0.25, 0.5])
    ends = [line[:, 0] for line in live.field.lines.get_segments()]
    assert [x.mean() for x in ends] == pytest.approx([0.5, 1.0])
    live.field.set_values(X / 3)
    assert [line[0, 0] for line in live.field.lines.get_segments()] == pytest.approx([0.75, 1.5])


def test_a_moved_field_redraws_nothing_else_and_equals_one_drawn_anew(monkeypatch):
    live = made(X / 2, levels=[0.5])
    monkeypatch.setattr(live.canvas, "draw", lambda: pytest.fail("a full redraw"))
    live.field.set_values(Y)
    live.repaint()
    assert np.array_equal(pixels(live), pixels(made(Y, levels=[0.5])))


def test_a_fine_screen_and_the_static_picture_show_the_same_finer():
    live = made((X > 1) * 1.0, levels=[0.5])
    coarse = np.array([colour(live, x, 0) for x in (0.4, 1.6)])
    live.pixel_ratio = 2.0
    static = decode(live.png())
    assert static.shape == pixels(live).shape == (400, 600, 4)
    for image in pixels(live), static:
        fine = np.array([colour(live, x, 0, image) for x in (0.4, 1.6)])
        assert fine == pytest.approx(coarse, abs=6)
    difference = np.abs(static.astype(int) - pixels(live)).max(axis=-1)
    assert (difference > 24).mean() < 0.006


def test_the_edge_lines_of_the_axes_stay_uncovered():
    live = made(np.ones_like(X))
    shown = pixels(live).astype(int)
    live.field.set_visible(False)
    live.repaint()
    empty = pixels(live).astype(int)
    edge = empty[60, :, 0].argmin()
    assert empty[60, edge, 0] < 100, "the axes' left edge is dark"
    assert shown[60, edge, 0] == pytest.approx(empty[60, edge, 0], abs=30)
    assert shown[60, edge + 2, 0] < 120, "the field begins beside it"


def test_a_field_needs_no_values_to_be_set_up():
    live = LiveFigure(300, 200)
    field = Field(live, live.figure.subplots(), XS, YS, 0, 1)
    field.add_scale("loss")
    live.repaint()

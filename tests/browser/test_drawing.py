"""A digit drawn in the page with the mouse, and with the keyboard."""

import pytest
from harness import Shown, write_notebook

import widgets
from widgets.bitmap import from_text

SHAPE = (10, 6), (22, 6), (14, 26)  # a 7, in cells


@pytest.fixture
def shown(open_notebook, lab):
    write_notebook(lab, "drawing.ipynb", ["import widgets", "the = widgets.DrawDigit()\nthe"])
    opened = open_notebook("drawing.ipynb")
    opened.run_all()
    shown = Shown(opened, "the = ")
    shown.cell.get_by_role("button", name="Clear").click()
    shown.expect(widgets.DrawDigit(drawing=""), seconds=30)
    return shown


def on_page(shown, x, y):
    """Where a place of the drawing lies in the page."""
    here, box = widgets.DrawDigit(), shown.picture.bounding_box()
    right, up = here.canvas.axes.transData.transform((x, y)) / here.live.figure.bbox.size
    return box["x"] + right * box["width"], box["y"] + (1 - up) * box["height"]


def drawn(shown):
    return eval(shown.state(), vars(widgets).copy())


def test_the_mouse_draws_all_of_its_way_and_the_net_answers(shown):
    mouse = shown.page.mouse
    mouse.move(*on_page(shown, *SHAPE[0]))
    mouse.down()
    for place in SHAPE[1:]:
        mouse.move(*on_page(shown, *place), steps=12)
    mouse.up()
    shown.page.wait_for_timeout(1000)
    there = drawn(shown)
    ink = from_text(there.drawing)
    assert ink[6, 10:22].all() and ink[16, 17:20].any() and ink[25, 14]
    assert "It says 7" in there.live.description
    shown.expect(there)


def test_the_keyboard_draws_and_says_where_the_pen_is(shown):
    shown.picture.focus()
    shown.page.keyboard.press("Space")
    for _ in range(4):
        shown.page.keyboard.press("Shift+ArrowDown")
    shown.cell.get_by_text("Pen down at column 17, row 25").wait_for()
    there = drawn(shown)
    assert from_text(there.drawing)[9:24, 15:17].all()
    shown.expect(there)

"""The first lesson, as a beginner meets it: a slider at once, progress, an exercise begun anew."""

import pytest

from widgets import FirstSlider

NAME = "00_start_here.ipynb"


@pytest.fixture(scope="module")
def lesson(open_notebook):
    notebook = open_notebook(NAME)
    notebook.run_all()
    return notebook


def test_a_slider_is_on_the_first_screen_and_moves_its_picture(lesson):
    lesson.page.evaluate(
        "async () => await window.jupyterapp.shell.currentWidget.content.scrollToItem(0, 'start')"
    )
    slider = lesson.page.get_by_role("slider", name="w (price of a kilo)")
    slider.wait_for()
    box = slider.bounding_box()
    assert box["y"] + box["height"] < 600, "it is too far down"
    slider.press("ArrowRight")
    lesson.page.get_by_text("0.41·8 = 3.28").wait_for()
    picture = lesson.page.locator("img.nnkit-live").first
    assert picture.get_attribute("alt") == FirstSlider(w=0.41).live.description


def test_what_is_solved_is_shown_and_one_exercise_can_begin_anew(lesson, lab):
    lesson.write("start-price", "def price(w, x):\n    return w * x")
    lesson.run("check-start-price").get_by_text("Right").wait_for()
    table = lesson.run(lesson.find("show_progress()")).locator("table.nnkit-overview")
    assert "✓ start-price" in table.inner_text()
    assert "○ start-dot" in table.inner_text()

    lesson.command("docmanager:save")
    lesson.page.wait_for_timeout(1000)
    assert "return w * x" in (lab.folder / NAME).read_text()
    check = "check-start-price"  # any cell will do to run a command from
    lesson.write(check, "!nnkit reset start-price")
    lesson.cell(check).get_by_text("start-price is as it was released").wait_for()
    lesson.command("docmanager:reload")
    lesson.page.get_by_role("button", name="Reload").click()
    lesson.page.wait_for_timeout(1000)
    assert "write your code here" in lesson.cell("start-price").inner_text()
    (backup,) = (lab.folder / "backup").glob("00_start_here.*")
    assert "return w * x" in backup.read_text()
    table = lesson.run(lesson.find("show_progress()")).locator("table.nnkit-overview")
    assert "○ start-price" in table.inner_text()

"""The main job, as a learner meets it: open lesson 05, slide, guess, solve, check, be graded."""

import json
import re
import subprocess
import sys

import pytest
from harness import Shown

from widgets import GradientDescent
from widgets.descent import SURFACES

NAME = "05_gradient_descent.ipynb"
LR = "learning rate (lr)"


@pytest.fixture(scope="module")
def lesson(open_notebook):
    """The lesson, run once; each test puts back what it moves or begins with a reset."""
    notebook = open_notebook(NAME)
    notebook.cell(notebook.find("GradientDescent()"))
    static = notebook.page.locator(".jp-RenderedImage img").first
    static.wait_for()
    notebook.width_before = static.evaluate("image => image.naturalWidth")
    notebook.run_all()
    return notebook


def test_the_lesson_opens_with_pictures_and_runs_without_errors(lesson):
    assert lesson.width_before == 1680
    outputs = lesson.page.evaluate(
        """() => window.jupyterapp.shell.currentWidget.content.widgets
            .filter(cell => cell.model.type === 'code')
            .flatMap(cell => cell.model.outputs.toJSON())"""
    )
    assert len(outputs) > 20
    assert not [out for out in outputs if out["output_type"] == "error"]
    assert not [out for out in outputs if out.get("name") == "stderr"]


def test_the_picture_follows_the_keyboard(lesson):
    shown = Shown(lesson, "GradientDescent()")
    shown.reset(GradientDescent())
    place = shown.picture.bounding_box()
    slider = shown.slider(LR)
    slider.focus()
    for _ in range(23):
        slider.press("ArrowRight")
    assert shown.value(LR) == 0.288  # 0.1 times 10^0.46, in three digits
    assert slider.get_attribute("aria-valuetext") == "0.288"
    shown.expect(GradientDescent(lr=0.288))
    assert "Diverges" in shown.words
    assert shown.picture.bounding_box() == place, "the picture jumped"


def test_the_picture_follows_the_mouse_and_ends_on_the_last_value(lesson):
    shown = Shown(lesson, "GradientDescent()")
    shown.reset(GradientDescent())
    box = shown.slider(LR).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    shown.page.mouse.move(x, y)
    shown.page.mouse.down()
    for step in range(60):
        shown.page.mouse.move(x + step % 40, y)
    shown.page.mouse.up()
    lr = shown.value(LR)
    assert lr != 0.1
    shown.expect(GradientDescent(lr=lr))


def test_a_typed_number_is_taken_exactly_and_nonsense_is_not(lesson):
    shown = Shown(lesson, "GradientDescent()")
    shown.reset(GradientDescent())
    number = shown.number(LR)
    for typed, lr in ("0.125", 0.125), ("x", 0.125), ("0,24", 0.24), ("99", 2.0), ("", 2.0):
        number.fill(typed)
        number.press("Tab")
        assert shown.value(LR) == lr
        shown.expect(GradientDescent(lr=lr))


def test_a_click_on_the_picture_moves_the_start_and_reset_takes_it_back(lesson):
    shown = Shown(lesson, "GradientDescent()")
    shown.reset(GradientDescent())
    here = GradientDescent()
    pixel = here.map.transData.transform((-3.0, 50.0)) / here.live.figure.bbox.size
    box = shown.picture.bounding_box()
    x, y = box["x"] + pixel[0] * box["width"], box["y"] + (1 - pixel[1]) * box["height"]
    shown.page.mouse.click(x, y)
    shown.cell.get_by_text("Start: x = −").wait_for(timeout=5000)
    start = shown.value("start x")
    assert start == pytest.approx(-3.0, abs=0.02)
    shown.expect(GradientDescent(start_x=start))
    shown.reset(GradientDescent())


def test_choosing_another_function_brings_its_start_and_rate(lesson):
    shown = Shown(lesson, "GradientDescent()")
    shown.cell.locator(".widget-dropdown").filter(has_text="function").locator(
        "select"
    ).select_option("Rosenbrock")
    shown.expect(GradientDescent(function="Rosenbrock", lr=SURFACES["Rosenbrock"].lr))


def test_two_times_as_many_pixels_on_a_fine_screen(open_notebook):
    notebook = open_notebook(NAME, scale=2)
    notebook.run_to(notebook.find("GradientDescent()"))
    shown = Shown(notebook, "GradientDescent()")
    here = GradientDescent()
    here.live.pixel_ratio = 2.0
    shown.expect(here)
    assert shown.picture.evaluate("image => image.naturalWidth") == 2 * here.live.width
    assert shown.picture.bounding_box()["width"] == here.live.width


def test_a_failing_explorer_says_one_line_and_recovers(lesson):
    cell = lesson.find("GradientDescent(descend=descend,")
    lesson.write("gd-descend", "def descend(grad, w, lr, steps):\n    return [w] * (steps - 20)")
    lesson.run(cell)
    shown = Shown(lesson, "GradientDescent(descend=descend,")
    alert = shown.cell.locator("[role=alert]")
    assert "descend must return steps + 1 points" in alert.inner_text()
    lesson.write(
        "gd-descend",
        "def descend(grad, w, lr, steps):\n"
        "    if lr > 0.1:\n"
        "        raise RuntimeError('too fast for me')\n"
        "    return [w * 0 + 5 - i / 10 for i in range(steps + 1)]",
    )
    lesson.run(cell)
    shown = Shown(lesson, "GradientDescent(descend=descend,")
    assert "This is the path of your own descend" in shown.words
    slider = shown.slider(LR)
    slider.press("End")
    alert = shown.cell.locator("[role=alert]")
    alert.wait_for()
    assert "RuntimeError: too fast for me" in alert.inner_text()
    slider.press("Home")
    shown.cell.locator("[role=status]").wait_for()
    assert "This is the path of your own descend" in shown.words


def test_a_guess_gets_feedback_and_is_remembered(lesson):
    code = 'predict(\n    "gd-first-step"'
    question = lesson.cell(lesson.find(code))
    question.get_by_role("button", name="This is my guess").click()
    question.get_by_text("Choose one first").wait_for()
    question.get_by_label("x = 0, at the minimum").check()
    question.get_by_role("button", name="This is my guess").click()
    question.get_by_text("Not so.").wait_for()
    question.get_by_label("x = −14").check()
    question.get_by_role("button", name="Change my guess").click()
    question.get_by_text("Yes.").wait_for()
    lesson.command("kernelmenu:restart")
    lesson.page.get_by_role("button", name="Confirm Kernel Restart").click()
    lesson.page.wait_for_timeout(1000)
    lesson.run_to(lesson.find(code)).get_by_text("Yes.").wait_for()


def test_an_exercise_is_solved_checked_saved_and_graded(lesson, lab, tmp_path):
    lesson.write("gd-step", "def step(w, grad, lr):\n    return w + lr * grad")
    verdict = lesson.run("check-gd-step")
    verdict.get_by_text("Not yet").wait_for()
    assert "it points uphill" in verdict.inner_text()

    lesson.write("gd-step", "def step(w, grad, lr):\n    return w - lr * grad")
    verdict = lesson.run("check-gd-step")
    verdict.get_by_text("Right").wait_for()
    assert re.search(r"1 of 7 exercises done", verdict.inner_text())

    saved = lab.folder / NAME
    before = saved.stat().st_mtime_ns
    lesson.command("docmanager:save")
    while saved.stat().st_mtime_ns == before:
        lesson.page.wait_for_timeout(100)
    report = tmp_path / "report.json"
    done = subprocess.run(
        [sys.executable, "-m", "nnkit.course.cli", "grade", str(saved), "--json", str(report)],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    exercises = json.dumps(json.loads(report.read_text()))
    assert "gd-step" in exercises

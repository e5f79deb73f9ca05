"""What `nnkit list` and the first lesson tell about what is done."""

import importlib

import pytest
from click.testing import CliRunner

from nnkit.course import progress, show_progress
from nnkit.course.cli import main
from nnkit.course.lesson import read_lesson, source_paths
from nnkit.course.overview import Overview, overview


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The current folder, a learner's, in which two exercises of lesson 05 are done."""
    monkeypatch.chdir(tmp_path)
    progress.save("solved", "gd-step", True)
    progress.save("solved", "gd-slope", True)
    (tmp_path / ".nnkit" / "released").mkdir()
    return tmp_path


def test_every_lesson_and_exercise_is_in_it(folder):
    lessons = list(map(read_lesson, source_paths()))
    found = overview(folder)
    assert [title for title, _ in found] == [lesson.title for lesson in lessons]
    assert [list(exercises) for _, exercises in found] == [list(x.exercises) for x in lessons]
    done = {name for _, exercises in found for name, solved in exercises.items() if solved}
    assert done == {"gd-step", "gd-slope"}


def test_the_table_shows_what_is_done_in_words_too(folder):
    page = Overview().view.value
    total = sum(len(lesson.exercises) for lesson in map(read_lesson, source_paths()))
    assert f"2 of {total} exercises are done" in page
    assert "✓ <code>gd-step</code>" in page and "○ <code>gd-adam</code>" in page
    assert 'aria-label="2 of 7 done"' in page


def test_what_is_kept_in_the_notebook_does_not_grow_old(folder, monkeypatch):
    shown = []
    module = importlib.import_module("nnkit.course.overview")
    monkeypatch.setattr(module, "display", shown.append)
    show_progress()
    bundle = shown[0]._repr_mimebundle_()
    assert bundle["text/plain"] == "Run this cell to see which exercises you have done."
    assert set(bundle) == {"text/plain", "application/vnd.jupyter.widget-view+json"}


@pytest.mark.parametrize("words", [[], ["."]])
def test_the_list_is_told_within_the_folder_or_of_a_named_one(folder, words):
    result = CliRunner().invoke(main, ["list", *words])
    assert "2 of 7 done\n    [x] gd-slope  [x] gd-step  [ ]" in result.output


def test_from_outside_the_usual_folder_is_meant(folder, monkeypatch):
    folder.rename(folder.with_name("nnkit-lessons"))
    monkeypatch.chdir(folder.parent)
    assert "2 of 7 done" in CliRunner().invoke(main, ["list"]).output

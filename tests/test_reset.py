"""`nnkit reset`: the stub comes back, and nothing that was written is lost."""

import json
import shutil

import pytest
from click.testing import CliRunner

from nnkit.course import progress
from nnkit.course.cli import main
from nnkit.course.copies import update_copies
from nnkit.course.lesson import lessons_folder

NAME = "05_gradient_descent.ipynb"
RELEASE = json.loads((lessons_folder() / NAME).read_text(encoding="utf-8"))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A learner's folder with lesson 05 and two answers; the current folder is the one above."""
    lessons = tmp_path / "lessons"
    lessons.mkdir()
    shutil.copy(lessons_folder() / NAME, lessons)
    update_copies(lessons, tmp_path / "nnkit-lessons")
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "nnkit-lessons", {"gd-step": "my answer", "gd-slope": "half of one"})
    progress.save("solved", "gd-step", True, tmp_path / "nnkit-lessons")
    progress.save("solved", "gd-slope", True, tmp_path / "nnkit-lessons")
    return tmp_path / "nnkit-lessons"


def read(folder):
    return json.loads((folder / NAME).read_text(encoding="utf-8"))


def write(folder, sources):
    notebook = read(folder)
    for cell in notebook["cells"]:
        cell["source"] = sources.get(cell["id"], cell["source"])
    (folder / NAME).write_text(json.dumps(notebook), encoding="utf-8")


def source(folder, exercise):
    (found,) = (cell for cell in read(folder)["cells"] if cell["id"] == exercise)
    return "".join(found["source"])


def reset(*words):
    return CliRunner().invoke(main, ["reset", *map(str, words)])


def test_the_stub_comes_back_and_the_answer_goes_to_the_backup(folder):
    before = (folder / NAME).read_bytes()
    result = reset("gd-step")
    assert result.exit_code == 0, result.output
    assert "write your code here" in source(folder, "gd-step")
    assert source(folder, "gd-slope") == "half of one", "other exercises stay"
    assert len(read(folder)["cells"]) == len(RELEASE["cells"])
    (backup,) = (folder / "backup").iterdir()
    assert backup.read_bytes() == before
    assert f"backup/{backup.name}" in result.output
    assert progress.load(folder)["solved"] == {"gd-slope": True}


def test_it_works_within_the_folder_and_with_a_folder_named(folder, monkeypatch):
    assert reset("gd-step", folder).exit_code == 0
    monkeypatch.chdir(folder)
    assert "gd-slope is as it was released" in reset("gd-slope").output
    assert progress.load(folder)["solved"] == {}


def test_the_verdict_on_the_old_answer_goes(folder):
    notebook = read(folder)
    for cell in notebook["cells"]:
        if cell["id"].startswith("check-"):
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "✓ Right"}]
    (folder / NAME).write_text(json.dumps(notebook), encoding="utf-8")
    reset("gd-step")
    verdicts = {cell["id"]: cell["outputs"] for cell in read(folder)["cells"] if "outputs" in cell}
    assert verdicts["check-gd-step"] == []
    assert verdicts["check-gd-slope"], "others stay"


def test_a_deleted_exercise_comes_back(folder):
    notebook = read(folder)
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["id"] != "gd-step"]
    (folder / NAME).write_text(json.dumps(notebook), encoding="utf-8")
    assert reset("gd-step").exit_code == 0
    assert "write your code here" in source(folder, "gd-step")
    assert source(folder, "gd-slope") == "half of one"


def test_an_exercise_as_it_was_released_is_let_alone(folder):
    before = (folder / NAME).read_bytes()
    assert "nothing was changed" in reset("gd-adam").output
    assert (folder / NAME).read_bytes() == before
    assert not (folder / "backup").exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["gd-stpe"], "no exercise is called gd-stpe; see their names with: nnkit list"),
        (["gd-step", "elsewhere"], "is not there; name the folder of your lessons"),
    ],
)
def test_what_is_not_there_is_refused_in_a_sentence(folder, words, sentence):
    result = reset(*words)
    assert result.exit_code == 2
    assert sentence in result.stderr


def test_an_unreadable_notebook_is_not_touched(folder):
    (folder / NAME).write_text("<<<<<<< mine", encoding="utf-8")
    result = reset("gd-step")
    assert result.exit_code == 2 and "can't be read as a notebook" in result.stderr
    assert (folder / NAME).read_text() == "<<<<<<< mine"

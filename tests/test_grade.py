"""`nnkit grade` from the learner's file to points, exit codes and isolation."""

import json
import re
import sys
import time

import psutil
import pytest
from graded_lesson import (
    TOTAL,
    make_lesson,
    write_notebook,
)

from nnkit.course import grade as grade_module
from nnkit.course.grade import grade
from nnkit.course.grading_command import read_limits, run
from nnkit.course.grading_isolation import strongest
from nnkit.course.grading_kernel import Limits
from nnkit.course.lesson import DRAWS, read_lesson, source_paths
from nnkit.course.report import exit_code

X = "\ndef double(x):\n    return x\n"
LESSON_05 = next(path for path in source_paths() if path.stem.startswith("05"))


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    return make_lesson(tmp_path_factory.mktemp("lesson"))


def verdicts(record):
    return {entry["exercise"]: entry["verdict"] for entry in record["exercises"]}


@pytest.fixture(scope="module")
def a_class(lesson, tmp_path_factory):
    """{student: record} of a small class, and the whole result."""
    folder = tmp_path_factory.mktemp("class")
    exercises = lesson.exercises

    def hand_in(student, *args, name="07_small.ipynb", **kwargs):
        (folder / student).mkdir(exist_ok=True)
        write_notebook(folder / student / name, lesson, *args, **kwargs)

    hand_in("solved")
    hand_in("untouched", {name: exercise.stub for name, exercise in exercises.items()})
    for number in range(2):
        wrong = {name: exercise.wrong[number].source for name, exercise in exercises.items()}
        hand_in(f"wrong {number}", wrong)
    hand_in("one syntax error", {"powers": "def powers(:"})
    hand_in("by number", name="copy (1).ipynb")
    hand_in("twice", name="a.ipynb")
    hand_in("twice", name="b.ipynb")
    (folder / "damaged").mkdir()
    (folder / "damaged" / "07_small.ipynb").write_text('{"cells": [')
    done = []

    def note(record, total):
        assert total == 9
        done.append(record["file"])

    result = grade([folder], lesson=str(lesson.path), jobs=2, done=note)
    assert sorted(done) == sorted(r["file"] for r in result["submissions"])
    return {record["student"]: record for record in result["submissions"]} | {"": result}


def test_solved_and_untouched(a_class):
    solved, untouched = a_class["solved"], a_class["untouched"]
    assert set(verdicts(solved).values()) == {"passed"} and solved["score"] == TOTAL
    assert set(verdicts(untouched).values()) == {"not-attempted"} and untouched["score"] == 0


@pytest.mark.parametrize("number", range(2))
def test_known_wrong_answers_bring_their_hints(a_class, lesson, number):
    record = a_class[f"wrong {number}"]
    assert record["score"] == 0
    for entry in record["exercises"][:3]:  # the last one builds on the first, which is wrong too
        assert entry["verdict"] == "wrong"
        assert entry["hint"] == lesson.exercises[entry["exercise"]].wrong[number].hint


def test_one_error_costs_one_exercise(a_class):
    record = a_class["one syntax error"]
    assert verdicts(record)["powers"] == "error" and record["score"] == TOTAL - 2


def test_unreadable_notebook_is_worth_the_same_total(a_class):
    damaged = a_class["damaged"]
    assert damaged["score"] == 0 and damaged["max_score"] == TOTAL
    assert set(verdicts(damaged).values()) == {"unreadable"} and not damaged["fault"]


def test_lesson_is_told_by_its_cells(a_class):
    assert a_class["by number"]["lesson"] == "07_small" and a_class["by number"]["score"] == TOTAL


def test_two_notebooks_of_a_student_are_pointed_out(a_class):
    assert "more than one" in a_class["twice"]["notes"][0] and a_class["solved"]["notes"] == []


def test_result_is_plain_and_says_how_it_came_about(a_class):
    result = json.loads(json.dumps(a_class[""]))
    assert result["isolation"] == strongest() and result["limits"]["cell"] == 10
    assert exit_code(result) == 1


def test_answers_do_not_leak(a_class, lesson):
    text = json.dumps([a_class[name] for name in ("untouched", "wrong 0", "wrong 1")])
    assert "range(1, n + 1)" not in text and "2 * x" not in text


def test_lesson_05_solved_and_as_released(tmp_path, capsys):
    lesson = read_lesson(LESSON_05)
    write_notebook(tmp_path / "solved.ipynb", lesson)
    released = LESSON_05.parent.parent / f"{lesson.name}.ipynb"
    (tmp_path / "untouched.ipynb").write_bytes(released.read_bytes())
    assert run([tmp_path], json="-", jobs=2) == 1
    solved, untouched = json.loads(capsys.readouterr().out)["submissions"]
    total = sum(exercise.points for exercise in lesson.exercises.values())
    assert solved["score"] == solved["max_score"] == untouched["max_score"] == total
    assert set(verdicts(untouched).values()) == {"not-attempted"} and untouched["score"] == 0


def test_usage_errors(tmp_path, lesson, capsys):
    path = write_notebook(tmp_path / "a.ipynb", lesson)
    assert run([tmp_path / "none.ipynb"]) == 2
    assert "there is no file or folder" in capsys.readouterr().err
    assert run([path], lesson="99_none") == 2
    assert "lesson must be one of 0" in capsys.readouterr().err
    for word in "cell", "cell=x", "cell=-1", "cells=3", "memory=1.5", "cell=nan", "cell=inf":
        assert run([path], limits=[word]) == 2
        assert "limit must be a name and a number as in cell=10," in capsys.readouterr().err
    assert read_limits(["cell=0.5", "memory=100"]).cell == 0.5


def test_nothing_readable_is_exit_code_2(tmp_path, lesson, capsys):
    (tmp_path / "a.ipynb").write_text("<html>")
    assert run([tmp_path / "a.ipynb"], lesson=str(lesson.path)) == 2
    assert "web page" in capsys.readouterr().out


def test_where_the_reference_fails_nobody_gets_a_zero(tmp_path, lesson, monkeypatch, capsys):
    path = write_notebook(tmp_path / "a.ipynb", lesson)
    broken = "def double(x):\n    return 3 * x\n"
    monkeypatch.setattr(grade_module.Task, "solved", lambda task: task.notebook({"double": broken}))
    assert run([path], lesson=str(lesson.path), json="-") == 3
    (record,) = json.loads(capsys.readouterr().out)["submissions"]
    assert record["score"] is None and "do not pass here" in record["fault"]


SLOW = "import time\ntime.sleep({})\ndef {}(x, n=3):\n    time.sleep({})\n    return 2 * x\n"


def test_a_notebook_that_takes_too_long_is_told_which_cell_did(tmp_path, lesson):
    """Also where the time is up in another exercise, whose own code ends at once."""
    slow_cell = {"double": SLOW.format(3.5, "double", 0), "powers": SLOW.format(9, "powers", 0)}
    slow_check = {
        "double": SLOW.format(0, "double", 3.5 / DRAWS),
        "powers": SLOW.format(9, "powers", 0),
    }
    for name, sources in {"a": slow_cell, "b": slow_check}.items():
        write_notebook(tmp_path / f"{name}.ipynb", lesson, sources)
    limits = Limits(cell=5, notebook=6)
    result = grade([tmp_path], lesson=str(lesson.path), limits=limits, level="process", jobs=2)
    for record, place in zip(result["submissions"], ("cell", "check"), strict=True):
        first, *others = record["exercises"]
        assert first["verdict"] == "passed"
        for entry in others:
            assert entry["verdict"] == "timeout"
            words = f'took longer than 6 s, \\d s of them in the {place} of "double"; look for'
            assert re.search(words, entry["message"]), entry["message"]


def test_pytest_that_does_not_start_is_a_fault(tmp_path, lesson, monkeypatch, capsys):
    path = write_notebook(tmp_path / "a.ipynb", lesson)
    monkeypatch.setattr(
        "nnkit.course.grading_worker._pytest", lambda *a: [sys.executable, "-c", ""]
    )
    assert run([path], lesson=str(lesson.path)) == 3
    assert "this is no grade" in capsys.readouterr().out


def orphans(since):
    """Grading processes that nobody watches any more."""
    found = psutil.process_iter(["cmdline", "ppid", "create_time"])
    found = [process.info for process in found if process.info["create_time"] >= since - 1]
    return [p for p in found if p["ppid"] == 1 and "grading_start" in str(p["cmdline"])]


@pytest.mark.skipif(sys.platform != "linux", reason="processes as on Linux")
def test_lost_worker_costs_nobody_else(tmp_path, lesson):
    """At the process level a kernel can kill its grader: a fault, and the next is graded."""
    kill = (
        "import os\n"
        "above = open(f'/proc/{os.getppid()}/stat').read().split()[3]\n"
        "os.kill(int(above), 9)\n"
    )
    for name, source in {"a": kill + X, "b": lesson.exercises["double"].solution}.items():
        write_notebook(tmp_path / f"{name}.ipynb", lesson, {"double": source})
    began = time.time()
    records = grade([tmp_path], lesson=str(lesson.path), level="process")["submissions"]
    assert "lost twice" in records[0]["fault"] and records[0]["score"] is None
    assert not orphans(since=began)
    assert records[1]["score"] == TOTAL


STAYS = """
import os, time
if os.fork() == 0:
    os.setsid()
    open({0!r}, "w").write(str(os.getpid()))
    time.sleep(99)
    os._exit(0)
while not os.path.exists({0!r}):
    time.sleep(0.05)
os.kill(os.getppid(), 9)
time.sleep(9)
"""
LOOKS = """
import os
os.kill(int(open({0!r}).read()), 0)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="processes as on Linux")
def test_who_outlives_the_kernels_parent_does_not_meet_the_next_learner(tmp_path, lesson):
    left, right = str(tmp_path / "left"), lesson.exercises["double"].solution
    for name, source in {"a": STAYS + X, "b": LOOKS + right}.items():
        write_notebook(tmp_path / f"{name}.ipynb", lesson, {"double": source.format(left)})
    _, second = grade([tmp_path], lesson=str(lesson.path), level="process")["submissions"]
    assert verdicts(second)["double"] == "error"
    assert "ProcessLookupError" in second["exercises"][0]["message"]

"""`nnkit grade` from the learner's file to points, exit codes and isolation."""

import json
import socket
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree as ElementTree

import psutil
import pytest
from graded_lesson import (
    TOTAL,
    make_cell,
    make_lesson,
    make_lesson_of_doubles,
    make_notebook,
    write_notebook,
)

from nnkit.course import grade as grade_module
from nnkit.course.grade import UsageError, grade
from nnkit.course.grading_command import choose_level, read_limits, run
from nnkit.course.grading_isolation import strongest
from nnkit.course.lesson import read_lesson, source_paths
from nnkit.course.report import exit_code

X = "\ndef double(x):\n    return x\n"
LESSON_05 = next(path for path in source_paths() if path.stem.startswith("05"))
needs_namespace = pytest.mark.skipif(
    strongest() != "namespace", reason="bubblewrap does not work here: no namespace to test"
)


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


def test_isolation_can_be_required(monkeypatch):
    monkeypatch.setattr("nnkit.course.grading_command.strongest", lambda: "process")
    assert choose_level(None, None) == choose_level(None, "process") == "process"
    with pytest.raises(UsageError, match="does not work here"):
        choose_level("namespace", None)
    with pytest.raises(UsageError, match="is required, but here it is"):
        choose_level(None, "namespace")
    with pytest.raises(UsageError, match="isolation must be one of"):
        choose_level("prison", None)


def test_where_the_reference_fails_nobody_gets_a_zero(tmp_path, lesson, monkeypatch, capsys):
    path = write_notebook(tmp_path / "a.ipynb", lesson)
    broken = "def double(x):\n    return 3 * x\n"
    monkeypatch.setattr(grade_module.Task, "solved", lambda task: task.notebook({"double": broken}))
    assert run([path], lesson=str(lesson.path), json="-") == 3
    (record,) = json.loads(capsys.readouterr().out)["submissions"]
    assert record["score"] is None and "do not pass here" in record["fault"]


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


@pytest.fixture
def server():
    """The port of a server on this machine that counts its visitors."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=lambda: [listener.accept()[0].close()], daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        socket.create_connection(listener.getsockname(), 1).close()
        thread.join()


@needs_namespace
def test_what_only_a_namespace_keeps_away(tmp_path, lesson, server):
    """Each of these gets its point at the process level: that is what the stronger level is for."""
    attacks = {
        "lesson read": f"""
text = open({str(lesson.path)!r}).read()
exec(text[text.index("def double"):].split("# %%")[0])
double = double
""",
        "lesson imported": f"""
from nnkit.course.lesson import Lesson
double = Lesson({str(lesson.path)!r}).trial("double").answer
""",
        "network": f"""
import socket
socket.create_connection(("127.0.0.1", {server}), 1).close()
def double(x):
    return 2 * x
""",
        "other processes": """
import os
others = [int(name) for name in os.listdir("/proc") if name.isdigit()]
def double(x):
    return 2 * x if len(others) > 9 else None
""",
        "course's lessons": """
from nnkit.course.lesson import source_paths
double = (lambda x: 2 * x) if source_paths() else None
""",
    }
    many = make_lesson_of_doubles(tmp_path, len(attacks))
    sources = {
        f"double-{n}": source.replace("double =", f"double_{n} =").replace(
            "def double(", f"def double_{n}("
        )
        for n, source in enumerate(attacks.values())
    }
    path = write_notebook(tmp_path / "a.ipynb", many, sources)
    got = {}
    for level in "process", "namespace":
        (record,) = grade([path], lesson=str(many.path), level=level)["submissions"]
        got[level] = dict(zip(attacks, verdicts(record).values(), strict=True))
    assert set(got["process"].values()) == {"passed"}
    assert "passed" not in got["namespace"].values()


# Faked results, each seen to convince nbval alone, run on the learner's own file.

CHECK = 'print("right" if np.allclose(double(np.ones(3)), 2) else "wrong")'


FAKES = {
    "honest": lambda check: check,
    "failure saved as expectation": lambda check: check | {"outputs": [stream("wrong")]},
    "outputs cleared": lambda check: check | {"outputs": [], "execution_count": None},
    "skip comment": lambda check: check | {"source": "# NBVAL_SKIP\n" + check["source"]},
    "ignore comment": lambda check: check | {"source": "# NBVAL_IGNORE_OUTPUT\n" + check["source"]},
    "skip tag": lambda check: check | {"metadata": {"tags": ["nbval-skip"]}},
    "check deleted": lambda check: make_cell("", check["id"]),
    "check edited": lambda check: check | {"source": "print('right')"},
    "check made text": lambda check: check | {"cell_type": "markdown"},
}
BESIDE = {
    "conftest": (
        "import nbval.plugin as p\nrun = p.IPyNbCell.runtest\n"
        "p.IPyNbCell.runtest = lambda s: None if 'conftest' in str(s.path) else run(s)"
    ),
    "numpy": "ones = lambda n: 1\nallclose = lambda a, b: True",
}


def stream(text):
    return {"output_type": "stream", "name": "stdout", "text": text + "\n"}


def faked(lesson, fakes):
    """A learner's notebook with wrong answers, each of whose checks one of `fakes` has changed."""
    sources = {
        name: f"def {exercise.answer}(x):\n    return x\n"
        for name, exercise in lesson.exercises.items()
    }
    notebook = make_notebook(lesson, sources)
    checks = notebook["cells"][1::2]
    for number, (check, fake) in enumerate(zip(checks, fakes, strict=True)):
        check["source"] = CHECK.replace("double", f"double_{number}")
        check |= {"execution_count": 1, "outputs": [stream("right")]}
        notebook["cells"][2 * number + 1] = fake(check)
    setup = make_cell("import numpy as np\ncheck = lambda *args: None", "setup")
    return json.dumps(notebook | {"cells": [setup, *notebook["cells"]]})


@pytest.fixture(scope="module")
def fakes(tmp_path_factory):
    """A class of three: checks made to pass inside the notebook, and by a file beside it."""
    folder = tmp_path_factory.mktemp("fakes")
    one, many = make_lesson_of_doubles(folder, 1), make_lesson_of_doubles(folder, len(FAKES))
    notebooks = {"inside": faked(many, FAKES.values())}
    for name, text in BESIDE.items():
        notebooks[name] = faked(one, [FAKES["honest"]])
        (folder / name).mkdir()
        (folder / name / f"{name}.py").write_text(text)
    for name, text in notebooks.items():
        (folder / name).mkdir(exist_ok=True)
        (folder / name / "a.ipynb").write_text(text)
    return folder


def test_fakes_convince_nbval_alone(fakes, tmp_path):
    report = tmp_path / "report.xml"
    command = [sys.executable, "-m", "pytest", "--nbval", f"--junitxml={report}", "-q", str(fakes)]
    subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=200)
    cases = list(ElementTree.parse(report).iter("testcase"))
    failed = [case.get("name") for case in cases if case.find("failure") is not None]
    assert len(cases) > 20 and failed == ["Cell 2"]  # the honest check, and no other


def test_fakes_get_nothing(fakes):
    result = grade([fakes], lesson=str(fakes / "08_doubles.py"), jobs=2)
    assert len(result["submissions"]) == 3
    for record in result["submissions"]:
        assert record["score"] == 0 and record["max_score"] == len(FAKES)
        assert set(verdicts(record).values()) <= {"wrong", "missing"}

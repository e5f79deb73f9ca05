"""How long does a notebook take to grade? `nnkit grade` beside nbgrader and otter-grader.

    python -m venv graders && graders/bin/pip install -e . nbgrader otter-grader
    graders/bin/python tests/benchmarks/grading.py

40 solved copies of lesson 05, the same cells for all: the lesson's setup, the learner's code, and
after each exercise a check on five inputs. The graders take turns, three rounds each, so that
a slow moment of the machine hits all; a grader that doesn't give every copy full marks is no
contender. nbgrader and `otter run` come as they are: they know no jobs. `otter run` starts anew
for each notebook, so four tell its speed. What is not installed is named at the end.
"""

import csv
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from nbformat import v4

from nnkit.course.answers import to_json
from nnkit.course.grading_isolation import strongest
from nnkit.course.lesson import lessons_folder, read_lesson

ROUNDS, COPIES = 3, 40
BIN = Path(sys.executable).parent
LESSON = read_lesson(lessons_folder() / "source" / "05_gradient_descent.py")
NAME, TOTAL = LESSON.name, sum(exercise.points for exercise in LESSON.exercises.values())
TEST = """
from nnkit.course.answers import difference, from_json
{inputs}
for seed, expected in enumerate({expected!r}):
    args = inputs(np.random.default_rng(seed))
    got = {call}
    assert difference(from_json(expected), got) is None
"""


def check_of(name):
    """The check of an exercise as a cell for graders that test inside the learner's kernel."""
    exercise, trial = LESSON.exercises[name], LESSON.trial(name)
    call = f"probe({exercise.answer}, *args)" if trial.probe else f"{exercise.answer}(*args)"
    expected = [to_json(trial(trial.draw(seed))) for seed in range(5)]
    return TEST.format(inputs=exercise.inputs_source, expected=expected, call=call).strip()


def notebook(check, metadata=lambda name, role: {}):
    """The solved lesson as JSON text; check(name): source of the cell after exercise `name`."""
    cells = [
        v4.new_code_cell(c.source) for c in LESSON.cells if "setup" in c.metadata.get("tags", [])
    ]
    for name, exercise in LESSON.exercises.items():
        cells.append(v4.new_code_cell(exercise.solution, id=name))
        cells[-1].metadata = metadata(name, "solution")
        cells.append(v4.new_code_cell(check(name)))
        cells[-1].metadata = metadata(name, "test")
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return json.dumps(v4.new_notebook(cells=cells, metadata=kernel))


def timed(folder, *words):
    """Seconds that a command takes; its output is shown if it fails."""
    environment = os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    start = time.perf_counter()
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True)
    seconds = time.perf_counter() - start
    if done.returncode != 0:
        raise RuntimeError(f"{words}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return seconds


class Nnkit:
    """`nnkit grade` on a folder of students."""

    def __init__(self, level, jobs):
        self.name = f"nnkit grade, {level}, --jobs {jobs}"
        self.options = ["--isolation", level, "--jobs", str(jobs)]

    def prepare(self, folder):
        text = notebook(lambda name: f'check("{name}", {LESSON.exercises[name].answer})')
        for number in range(COPIES):
            path = folder / "submitted" / f"s{number}" / f"{NAME}.ipynb"
            path.parent.mkdir(parents=True)
            path.write_text(text)

    def grade(self, folder):
        command = [sys.executable, "-m", "nnkit.course.cli", "grade", "submitted"]
        seconds = timed(folder, *command, *self.options, "--json", "result.json")
        records = json.loads((folder / "result.json").read_text())["submissions"]
        return seconds, [record["score"] for record in records]


class Nbgrader:
    """`nbgrader autograde` in a course made for it."""

    name = "nbgrader autograde"

    def prepare(self, folder):
        def metadata(name, role):
            parts = {"grade_id": f"{role}-{name}", "schema_version": 3, "task": False}
            parts |= {"solution": role == "solution", "locked": role == "test"}
            parts["grade"] = role == "test"
            points = {"points": LESSON.exercises[name].points} if role == "test" else {}
            return {"nbgrader": parts | points}

        (folder / "nbgrader_config.py").write_text(
            'c = get_config()\nc.CourseDirectory.course_id = "a"\n'
        )
        (folder / "source" / NAME).mkdir(parents=True)
        text = notebook(check_of, metadata)
        (folder / "source" / NAME / f"{NAME}.ipynb").write_text(text)
        timed(folder, BIN / "nbgrader", "generate_assignment", NAME)
        for number in range(COPIES):
            path = folder / "submitted" / f"s{number}" / NAME / f"{NAME}.ipynb"
            path.parent.mkdir(parents=True)
            path.write_text(text)

    def grade(self, folder):
        shutil.rmtree(folder / "autograded", ignore_errors=True)
        seconds = timed(folder, BIN / "nbgrader", "autograde", NAME, "--force")
        timed(folder, BIN / "nbgrader", "export")
        with open(folder / "grades.csv") as file:
            return seconds, [float(row["score"]) for row in csv.DictReader(file)]


class Otter:
    """`otter run`, the command that grades one notebook (otter's batches need Docker)."""

    name, copies = "otter run", 4

    def prepare(self, folder):
        (folder / "tests").mkdir()
        for name, exercise in LESSON.exercises.items():
            lines = check_of(name).splitlines()
            # Doctests: a line that continues a statement begins with dots.
            code = "".join(
                f"{'...' if line[:1] in (' ', '') else '>>>'} {line}\n" for line in [*lines, ""]
            )
            case = {"code": code, "hidden": False, "locked": False}
            suite = {
                "cases": [case],
                "scored": True,
                "setup": "",
                "teardown": "",
                "type": "doctest",
            }
            test = {"name": name, "points": exercise.points, "suites": [suite]}
            (folder / "tests" / f"{name}.py").write_text(f"OK_FORMAT = True\ntest = {test!r}\n")
        timed(folder, BIN / "otter", "generate", "-t", "tests", "-o", "autograder.zip")
        text = notebook(lambda name: f"grader.check({name!r})")
        loaded = json.loads(text)
        start = v4.new_code_cell("import otter\ngrader = otter.Notebook()")
        (folder / f"{NAME}.ipynb").write_text(
            json.dumps(loaded | {"cells": [start, *loaded["cells"]]})
        )

    def grade(self, folder):
        seconds, scores = 0, []
        for _ in range(self.copies):
            seconds += timed(folder, BIN / "otter", "run", f"{NAME}.ipynb", "-a", "autograder.zip")
            tests = json.loads((folder / "results.json").read_text())["tests"]
            scores.append(sum(test.get("score", 0) for test in tests))
        return seconds, scores


def main():
    """Let them take turns, then print seconds a notebook."""
    levels = ["process"] + ["namespace"] * (strongest() == "namespace")
    graders = [Nnkit(level, jobs) for level in levels for jobs in (1, 2)]
    others = {"nbgrader": Nbgrader, "otter": Otter}
    missing = [name for name in others if not (BIN / name).exists()]
    graders += [grader() for name, grader in others.items() if name not in missing]
    seconds = {grader.name: [] for grader in graders}
    with tempfile.TemporaryDirectory() as root:
        for number, grader in enumerate(graders):
            Path(root, str(number)).mkdir()
            grader.prepare(Path(root, str(number)))
        for _ in range(ROUNDS):
            for number, grader in enumerate(graders):
                taken, scores = grader.grade(Path(root, str(number)))
                if set(map(float, scores)) != {float(TOTAL)}:
                    raise RuntimeError(f"{grader.name} gave {scores}, not {TOTAL} points each")
                seconds[grader.name].append(taken / len(scores))
    where = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"Seconds a notebook ({COPIES} copies of {NAME}, median of {ROUNDS} rounds; {where});")
    print("from fastest to slowest round; how many times as fast as nbgrader")
    base = statistics.median(seconds.get(Nbgrader.name) or [float("nan")])
    for name, values in seconds.items():
        middle = statistics.median(values)
        span = f"({min(values):.2f} to {max(values):.2f})"
        print(f"{name:36} {middle:6.2f} s  {span:16} {base / middle:6.1f}")
    for name in missing:
        print(f"{name} is not installed")


if __name__ == "__main__":
    main()

"""Faked results: each is seen to convince nbval alone, run on the learner's file, and gets nothing.

The notebooks hold wrong answers and honest-looking outputs; what differs is how the check is kept
from saying so: in the notebook, in the learner's cell, or by a file beside the notebook.
"""

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor

import pytest
from graded_lesson import make_cell, make_lesson_of_doubles, make_notebook

from nnkit.course.grade import grade

CHECK = 'print("right" if np.allclose(double(np.ones(3)), 2) else "wrong")'
WRONG = "def double_{}(x):\n    return x\n"

# Done to the check's cell.
CELLS = {
    "honest": lambda check: check,
    "failure saved as expectation": lambda check: check | {"outputs": [stream("wrong")]},
    "outputs cleared": lambda check: check | {"outputs": [], "execution_count": None},
    "skip comment": lambda check: check | {"source": "# NBVAL_SKIP\n" + check["source"]},
    "ignore comment": lambda check: check | {"source": "# NBVAL_IGNORE_OUTPUT\n" + check["source"]},
    "skip tag": lambda check: check | {"metadata": {"tags": ["nbval-skip"]}},
    "check deleted": lambda check: make_cell("", check["id"]),
    "check edited": lambda check: check | {"source": "print('right')"},
    "check made text": lambda check: check | {"cell_type": "markdown"},
    "points in the metadata": lambda check: make_cell("", "check") | {"metadata": POINTS},
}
POINTS = {"nbgrader": {"grade_id": "check", "grade": True, "points": 1000, "checksum": "0"}}

# Done in the exercise's cell.
CODE = {
    "print patched": "show = print\nprint = lambda *a: show('right')\n",
    "numpy patched": "np.allclose = lambda *a: True\n",
    "cells rewritten": (
        "get_ipython().input_transformers_cleanup.append(\n"
        "    lambda lines: [line.replace('wrong', 'right') for line in lines])\n"
    ),
    "comparison replaced": "class np:\n    ones = allclose = lambda *a: True\n",
}

# Files beside the notebook; the last two where Python and IPython are told to look there.
BESIDE = {
    "conftest.py": (
        "import nbval.plugin as p\nrun = p.IPyNbCell.runtest\n"
        "p.IPyNbCell.runtest = lambda s: None if 'conftest' in str(s.path) else run(s)"
    ),
    "numpy.py": "ones = lambda n: 1\nallclose = lambda a, b: True",
    "sitecustomize.py": (
        "import os\nif os.getcwd().endswith('sitecustomize.py'):\n"
        "    import numpy\n    numpy.allclose = lambda *a: True"
    ),
    "profile_default/startup/00.py": (
        "import os\nif '00.py' in os.getcwd():\n"
        "    import numpy\n    numpy.allclose = lambda *a: True"
    ),
}
INI = "[pytest]\naddopts = --nbval-sanitize-with {}\n"
SANITIZE = "[all]\nregex: right|wrong\nreplace: either\n"


def stream(text):
    return {"output_type": "stream", "name": "stdout", "text": text + "\n"}


def faked(lesson, cells, code=""):
    """A learner's notebook with wrong answers; its checks are changed by `cells`, one each."""
    sources = {name: code + WRONG.format(n) for n, name in enumerate(lesson.exercises)}
    notebook = make_notebook(lesson, sources)
    checks = notebook["cells"][1::2]
    for number, (check, fake) in enumerate(zip(checks, cells, strict=True)):
        check["source"] = CHECK.replace("double", f"double_{number}")
        check |= {"execution_count": 1, "outputs": [stream("right")]}
        notebook["cells"][2 * number + 1] = fake(check)
    setup = make_cell("import numpy as np\ncheck = lambda *args: None", "setup")
    return json.dumps(notebook | {"cells": [setup, *notebook["cells"]]})


@pytest.fixture(scope="module")
def fakes(tmp_path_factory):
    """A class whose checks are made to pass, one student for each way but those of CELLS."""
    folder = tmp_path_factory.mktemp("fakes")
    one, many = make_lesson_of_doubles(folder, 1), make_lesson_of_doubles(folder, len(CELLS))
    notebooks = {"inside": faked(many, CELLS.values())}
    honest = [CELLS["honest"]]
    notebooks |= {name: faked(one, honest, code) for name, code in CODE.items()}
    for name, text in BESIDE.items():
        student = name.split("/")[-1]
        notebooks[student] = faked(one, honest)
        (folder / student / name).parent.mkdir(parents=True)
        (folder / student / name).write_text(text)
    notebooks["pytest.ini"] = faked(one, honest)
    (folder / "pytest.ini").mkdir()
    (folder / "pytest.ini" / "pytest.ini").write_text(INI.format(folder / "pytest.ini" / "s"))
    (folder / "pytest.ini" / "s").write_text(SANITIZE)
    for student, text in notebooks.items():
        (folder / student).mkdir(exist_ok=True)
        (folder / student / "a.ipynb").write_text(text)
    return folder


def places(folder):
    """Environment variables that point Python and IPython at the students' own folders."""
    return {"PYTHONPATH": str(folder / "sitecustomize.py"), "IPYTHONDIR": str(folder / "00.py")}


def failed(folder, *paths):
    """The cells, as (student, name), that nbval alone lets fail, and the number of all cells."""
    report = paths[0] / "report.xml"
    command = [sys.executable, "-m", "pytest", "--nbval", f"--junitxml={report}", "-q"]
    subprocess.run(
        [*command, *map(str, paths)],
        cwd=paths[0],
        env=os.environ | places(folder),
        capture_output=True,
        timeout=300,
    )
    cases = list(ElementTree.parse(report).iter("testcase"))
    found = {(c.get("classname"), c.get("name")) for c in cases if c.find("failure") is not None}
    return found, len(cases)


def test_fakes_convince_nbval_alone(fakes):
    folders = sorted(path for path in fakes.iterdir() if path.is_dir())
    ini = folders.pop(folders.index(fakes / "pytest.ini"))
    with ThreadPoolExecutor(2) as pool:  # two halves, since kernels are slow to start
        halves = pool.map(lambda half: failed(fakes, *half), (folders[::2], folders[1::2]))
    (some, number), (others, other_number) = halves
    assert number + other_number >= 3 * (len(CODE) + len(BESIDE)) + 2 * len(CELLS) - 1
    ((_, name),) = some | others
    assert name == "Cell 2"  # the honest check, and no other
    assert failed(fakes, ini) == (set(), 3)


def test_fakes_get_nothing(fakes, monkeypatch):
    for name, value in places(fakes).items():
        monkeypatch.setenv(name, value)
    result = grade([fakes], lesson=str(fakes / "08_doubles.py"), jobs=2)
    assert len(result["submissions"]) == 1 + len(CODE) + len(BESIDE) + 1
    for record in result["submissions"]:
        assert record["score"] == 0 and record["max_score"] == len(CELLS)
        assert {entry["verdict"] for entry in record["exercises"]} <= {"wrong", "missing"}

"""Every released lesson from top to bottom under nbval: its texts, and the curriculum's numbers."""

import json
import os
import shutil
import subprocess
import sys

import nbformat
import pytest
from curriculum_numbers import NUMBERS

from nnkit.course.lesson import lessons_folder, source_paths

LESSONS = [path.stem for path in source_paths()]

# NumPy's matrix products as the oldest 64-bit x86 processors round them, not as the processor does
# that the lessons were released on: what a lesson prints must not depend on it.
OTHER_ROUNDING = {"OPENBLAS_CORETYPE": "Prescott"}

# Makes nbval, which only compares what cells put out, also write it down.
KEEP_OUTPUTS = """
import json

def pytest_runtest_teardown(item):
    with open("outputs.jsonl", "a") as file:
        print(json.dumps(item.test_outputs), file=file)
"""


@pytest.fixture(scope="module", params=LESSONS)
def nbval_run(request, tmp_path_factory):
    """A lesson, what nbval says of it from top to bottom, and all text that its cells put out."""
    folder = tmp_path_factory.mktemp("nbval")
    path = shutil.copy(lessons_folder() / f"{request.param}.ipynb", folder)
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "conftest.py").write_text(KEEP_OUTPUTS)
    command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env", "-q", path]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=300, cwd=folder,
        env=os.environ | OTHER_ROUNDING,
    )  # fmt: skip
    lines = (folder / "outputs.jsonl").read_text().splitlines()
    outputs = [output for line in lines for output in json.loads(line)]
    texts = [o.get("text") or o.get("data", {}).get("text/plain", "") for o in outputs]
    return request.param, done, "\n".join(texts)


def test_a_notebook_runs_from_top_to_bottom_under_nbval(nbval_run):
    name, done, _ = nbval_run
    assert done.returncode == 0, done.stdout[-5000:]
    notebook = nbformat.read(lessons_folder() / f"{name}.ipynb", as_version=4)
    cells = sum(cell.cell_type == "code" for cell in notebook.cells)
    assert f"{cells} passed" in done.stdout


def test_the_curriculums_numbers_are_computed(nbval_run):
    name, _, text = nbval_run
    assert [number for number in NUMBERS[name] if number not in text] == []

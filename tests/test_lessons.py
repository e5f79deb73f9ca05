"""Every lesson as it is released: current, complete, without its solutions, and PyTorch's too."""

import contextlib
import io

import nbformat
import pytest

from nnkit.course.check import judge
from nnkit.course.grading_notebook import Task
from nnkit.course.grading_probe import MIME
from nnkit.course.lesson import lessons_folder, read_lesson, source_paths
from nnkit.course.release import solutions, stale, validate

LESSONS = {path.stem: read_lesson(path) for path in source_paths()}


def released(name):
    return nbformat.read(lessons_folder() / f"{name}.ipynb", as_version=4)


@pytest.mark.parametrize("name", LESSONS)
def test_the_notebook_is_made_from_its_source(name):
    assert stale(LESSONS[name]) == "", "run: nnkit release"


@pytest.mark.parametrize("name", LESSONS)
def test_solutions_pass_stubs_wait_and_wrong_answers_meet_their_hints(name):
    assert 4 <= len(LESSONS[name].exercises) <= 7
    validate(LESSONS[name])


@pytest.mark.parametrize("name", LESSONS)
def test_no_known_mistake_passes_by_the_luck_of_the_draw(name):
    for seed in range(10):
        for exercise, cell in Task(LESSONS[name], seed).checks.items():
            right = cell.outputs[0].data[MIME]
            for wrong in cell.metadata["nnkit"]["wrong"]:
                assert wrong["results"] != right, f"{exercise}, seed {seed}: {wrong['hint']}"


SHORTCUTS = (
    "x1.bits != x2.bits",
    "x1 != x2",
    "[*vars(x1).values()] != [*vars(x2).values()]",
)


@pytest.mark.parametrize("way", SHORTCUTS)
def test_xor_must_be_wired(way):
    answer = eval(f"lambda x1, x2, AND, OR, NAND: {way}")
    verdict = judge(LESSONS["01_perceptron_xor"], "xor-wiring", answer, range(5))
    assert verdict.outcome in ("wrong", "error")


@pytest.mark.parametrize("name", LESSONS)
def test_no_solution_travels_to_the_learner(name):
    text = "\n".join(cell.source for cell in released(name).cells)
    for exercise in LESSONS[name].exercises.values():
        for region in solutions(exercise.solution):
            assert region not in text
        for wrong in exercise.wrong:
            assert wrong.hint not in text


@pytest.mark.parametrize("name", LESSONS)
def test_pictures_and_words_are_there_before_any_kernel(name):
    pictures = 0
    for cell in released(name).cells:
        for output in cell.get("outputs", []):
            assert "application/vnd.jupyter.widget-view+json" not in output.get("data", {})
            if "image/png" in output.get("data", {}):
                pictures += 1
                alt = output.metadata["image/png"]["alt"]
                assert alt, f"an explorer can't show its state: {cell.source}"
                assert alt in output.data["text/plain"]
    assert pictures >= 3


@pytest.mark.parametrize("name", LESSONS)
def test_headings_come_in_order(name):
    levels = [
        len(line) - len(line.lstrip("#"))
        for cell in released(name).cells
        if cell.cell_type == "markdown"
        for line in cell.source.splitlines()
        if line.startswith("#")
    ]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))


def portable_cells():
    for name, lesson in LESSONS.items():
        for cell in lesson.cells:
            if "runs-on-pytorch" in cell.metadata.get("tags", []):
                yield pytest.param(cell.source, id=name)


@pytest.mark.parametrize("source", list(portable_cells()))
def test_the_same_code_runs_on_pytorch(source):
    pytest.importorskip("torch", reason="PyTorch is not installed: nothing to compare with")
    assert "import nnkit as torch" in source
    printed = []
    for code in source, source.replace("import nnkit as torch", "import torch"):
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(compile(code, "<runs-on-pytorch>", "exec"), {})
        printed.append(out.getvalue())
    assert printed[0] == printed[1] != ""

"""Turns an author's source into the learner's notebook, and refuses one that would not hold."""

import hashlib
import json
import os
import re
import tempfile

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import v4

from nnkit.course.answers import difference
from nnkit.course.check import judge
from nnkit.course.lesson import BEGIN, DRAWS, END, LessonError, find_check, lessons_folder

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def validate(lesson):
    """Raise LessonError, naming lesson and exercise, unless every exercise does what it promises.

    On fixed draws the solution passes, and not with one answer to all; the stub counts as not
    attempted; each of at least two known wrong answers fails and brings up its own hint.
    """
    seeds = range(DRAWS)
    for name, exercise in lesson.exercises.items():

        def refuse(reason, name=name):
            raise LessonError(f'{lesson.path.name}, exercise "{name}": {reason}')

        if not exercise.answer:
            refuse("no check cell")
        if "def inputs(rng)" not in exercise.inputs_source:
            refuse("no inputs cell that defines inputs(rng)")
        if len(exercise.wrong) < 2:
            refuse(f"at least two known wrong answers are needed, got {len(exercise.wrong)}")
        solved = judge(lesson, name, lesson.trial(name).answer, seeds)
        if solved.outcome != "passed":
            refuse(f"the solution fails its own check: {solved}")
        stub = judge(lesson, name, lesson.stub_trial(name).answer, seeds)
        if stub.outcome != "not-attempted":
            refuse(f"the stub must count as not attempted, got: {stub}")
        reference = lesson.trial(name)
        first, *others = [reference(reference.draw(seed)) for seed in seeds]
        if not any(difference(first, other) for other in others):
            refuse("the answer is the same on all inputs, so it can be handed in without any work")
        for number, wrong in enumerate(exercise.wrong):
            if not wrong.hint:
                refuse(f"wrong answer {number + 1} needs a hint: start its cell with a comment")
            verdict = judge(lesson, name, lesson.trial(name, number).answer, seeds)
            if verdict.outcome == "passed":
                refuse(f"wrong answer {number + 1} passes ({wrong.hint})")
            if verdict.hint != wrong.hint:
                refuse(f"wrong answer {number + 1} brings up another's hint: {verdict.hint}")


def build(lesson):
    """Return the learner's notebook, not yet run: stubs, stable ids, nbgrader's metadata."""
    notebook = v4.new_notebook(
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "language_info": {"name": "python"},
            "nnkit": {"source": f"lessons/source/{lesson.path.name}", "made_by": "nnkit release"},
        }
    )
    for cell in lesson.cells:
        if "wrong" in cell.metadata or "inputs" in cell.metadata:
            continue
        metadata = {k: v for k, v in cell.metadata.items() if k in ("tags", "jupyter")}
        source = cell.source
        if "exercise" in cell.metadata:
            name = cell.metadata["exercise"]
            source = lesson.exercises[name].stub
            metadata |= {"nnkit": {"exercise": name}, "nbgrader": _nbgrader(name, solution=True)}
        elif (call := find_check(cell)) is not None:
            name, points = f"check-{call[0]}", lesson.exercises[call[0]].points
            metadata |= {"nnkit": {"check": call[0]}, "nbgrader": _nbgrader(name, points=points)}
        else:
            name = hashlib.sha256(source.encode()).hexdigest()[:12]
        new = v4.new_markdown_cell if cell.cell_type == "markdown" else v4.new_code_cell
        notebook.cells.append(new(source, id=name, metadata=metadata))
    ids = [cell.id for cell in notebook.cells]
    for repeated in {name for name in ids if ids.count(name) > 1}:
        raise LessonError(f"{lesson.path.name}: two cells are the same: {repeated}")
    return notebook


def _nbgrader(grade_id, points=None, solution=False):
    graded = points is not None
    cell = {"grade_id": grade_id, "schema_version": 3, "solution": solution, "grade": graded}
    cell |= {"locked": not solution, "task": False}
    return cell | ({"points": points} if graded else {})


def execute(notebook, name, timeout=120):
    """Run the notebook in an empty folder and keep what a reader without a kernel can see.

    Live views are left out: their static pictures and words stay. Raises LessonError if a cell
    raises, or writes to stderr (a learner should see neither).
    """
    with tempfile.TemporaryDirectory() as folder:
        resources = {"metadata": {"path": folder}}
        client = NotebookClient(
            notebook, timeout=timeout, resources=resources, coalesce_streams=True
        )
        try:
            client.execute()
        except CellExecutionError as error:
            raise LessonError(f"{name}: a cell fails when run: {error}") from None
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            if output.get("name") == "stderr":
                raise LessonError(f"{name}: a cell writes to stderr: {output.text[:300]}")
            output.get("data", {}).pop(WIDGET_VIEW, None)
    return notebook


def hide_answers(notebook):
    """Take away what is printed right after a question: nobody should read it before they guess.

    Such a cell looks as if it had not been run, so nbval runs it and compares nothing.
    """
    asked = False
    for cell in notebook.cells:
        if cell.cell_type == "code":
            printed = any(output.output_type == "stream" for output in cell.outputs)
            if asked and printed:
                cell.outputs, cell.execution_count = [], None
            asked = cell.source.startswith("predict(")
    return notebook


def release(lesson, folder=None):
    """Validate `lesson`, run it and write its learner's notebook into `folder`; return the path.

    Raises LessonError, and leaves what stood there, if the lesson breaks a promise.
    """
    validate(lesson)
    notebook = hide_answers(execute(build(lesson), lesson.name))
    text = nbformat.writes(notebook) + "\n"
    for name, exercise in lesson.exercises.items():
        for region in solutions(exercise.solution):
            if json.dumps(region)[1:-1] in text:
                raise LessonError(f'{lesson.path.name}: the solution of "{name}" would be released')
    path = (folder or lessons_folder()) / f"{lesson.name}.ipynb"
    draft = path.with_suffix(".draft")
    draft.write_text(text, encoding="utf-8", newline="\n")
    os.replace(draft, path)
    return path


def stale(lesson, folder=None):
    """Say in a phrase how the released notebook lags behind its source; "" if it doesn't.

    Compares all that `build` makes; what the cells put out is compared by running it under nbval.
    """
    path = (folder or lessons_folder()) / f"{lesson.name}.ipynb"
    if not path.exists():
        return "it has not been released"
    released, built = nbformat.read(path, as_version=4).cells, build(lesson).cells
    if [cell.id for cell in released] != [cell.id for cell in built]:
        return "its cells are others"
    for old, new in zip(released, built, strict=True):
        if (old.source, old.metadata) != (new.source, new.metadata):
            return f"cell {new.id} differs"
    return ""


def solutions(source):
    """The text of each solution region of a cell."""
    return re.findall(rf"{BEGIN}\n(.*?)\n\s*{END}", source, re.DOTALL)

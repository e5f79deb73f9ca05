"""Reads what a learner handed in: the source of each exercise's cell, and not one thing more.

The file is untrusted. It is parsed as JSON and looked at; nothing of it is executed, unpickled,
or kept beside the exercises' sources.
"""

import ast
import json
import re
import warnings
from dataclasses import dataclass, field
from pathlib import PurePosixPath

LARGEST = 20 * 2**20  # bytes of a notebook; pictures in outputs make some large
MOST_PARTS = 1_000_000  # braces, brackets and commas: some megabytes of {} take gigabytes to parse
LONGEST = 100_000  # characters of a cell that is looked into
BLANKS = re.compile(r"\s+")


class Unreadable(Exception):
    """The file is no notebook; the message says in a sentence what it is and what to do."""


@dataclass
class Submission:
    """What counts of a notebook.

    sources: {exercise: source of its cell}; missing: {exercise: why it has none}; notes: what the
    learner should know besides.
    """

    sources: dict = field(default_factory=dict)
    missing: dict = field(default_factory=dict)
    notes: list = field(default_factory=list)


def read_submission(data, lesson):
    """The Submission in `data`, the bytes of a file; raises Unreadable."""
    cells = read_cells(data)
    found = Submission()
    for name, exercise in lesson.exercises.items():
        own = [cell for cell in cells if cell["grade_id"] == name]
        own = own or [cell for cell in cells if cell["id"] == name]
        code = [cell for cell in own if cell["cell_type"] == "code"]
        written = [cell for cell in code if not same_code(cell["source"], exercise.stub)]
        if code:
            found.sources[name], how = _graded(written or code, exercise)
            if len(written) > 1:
                found.notes.append(f'{len(written)} cells are called "{name}"; {how}.')
        elif own:
            found.missing[name] = f'the cell "{name}" is not a code cell: turn it back into one.'
        else:
            found.missing[name] = (
                f'the cell "{name}" is not in the notebook: '
                "copy your answer into a fresh copy of the lesson."
            )
        place = _defined_elsewhere(name, lesson, cells)
        if not written and place:
            found.missing[name] = (
                f'"{exercise.answer}" is defined in {place}, but only the cell made for it '
                f'("{name}") is graded: move your code there.'
            )
            found.sources.pop(name, None)
        elif place and not any(exercise.answer in cell["source"] for cell in written):
            found.notes.append(
                f'"{exercise.answer}" is defined in {place} and not in its own cell ("{name}"), '
                "after which it is tried: move your code there."
            )
    return found


def _graded(cells, exercise):
    """(the source that counts of an exercise's cells, which it is): mostly there is one cell.

    Several may be the parts of one, which JupyterLab splits with all its names, or copies of one.
    """
    parts = [cell["source"] for cell in cells]
    whole = [part for part in parts if exercise.answer in defined_names(part)]
    joined = "\n\n".join(parts)
    if len(whole) < 2 and exercise.answer in defined_names(joined):
        return joined, "they were graded as one"
    return (whole or parts)[-1], "the last whole one was graded"


def exercises_in(data):
    """The names under which cells of a notebook can be graded; raises Unreadable."""
    return {cell[key] for cell in read_cells(data) for key in ("grade_id", "id")} - {""}


def lesson_of(data, stem, lessons):
    """The one of `lessons`, {name: Lesson}, that a notebook is of; raises Unreadable.

    Told by its cells, else by the lesson that its metadata names, else by its file's name `stem`.
    """
    names = exercises_in(data)
    shared = {name: len(names & set(lesson.exercises)) for name, lesson in lessons.items()}
    best = max(shared, key=shared.get)
    lesson = lessons[best] if shared[best] else lessons.get(_lesson_named_in(_parse(data)))
    lesson = lesson or lesson_by_name(stem, lessons)
    if lesson is None:
        raise Unreadable(
            "it holds no exercise of any lesson of the course: hand in the lesson's own notebook."
        )
    return lesson


def lesson_by_name(stem, lessons):
    """The lesson whose name the file's name contains, the only one there is, or None."""
    named = [name for name in lessons if len(lessons) == 1 or name.lower() in stem.lower()]
    return lessons[max(named, key=len)] if named else None


def _lesson_named_in(notebook):
    """The lesson that a notebook's own metadata names (see release.build), or ""."""
    for key in "metadata", "nnkit", "source":
        notebook = notebook.get(key) if isinstance(notebook, dict) else None
    return PurePosixPath(notebook).stem if isinstance(notebook, str) else ""


def same_code(source, stub):
    """True if two sources differ in blanks only."""
    return BLANKS.sub("", source) == BLANKS.sub("", stub)


def read_cells(data):
    """All cells as {"id", "grade_id", "cell_type", "source"}, all str; raises Unreadable."""
    notebook = _parse(data)
    cells = notebook.get("cells")
    if cells is None and isinstance(notebook.get("worksheets"), list):  # nbformat 3
        sheets = [sheet for sheet in notebook["worksheets"] if isinstance(sheet, dict)]
        cells = [cell for sheet in sheets for cell in _list(sheet.get("cells"))]
    if not isinstance(cells, list):
        raise Unreadable("it is JSON but no notebook: it has no list of cells.")
    return [_cell(cell) for cell in cells if isinstance(cell, dict)]


def _cell(cell):
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    texts = {"id": cell.get("id"), "grade_id": grade_id, "cell_type": cell.get("cell_type")}
    texts["source"] = source
    return {key: _text(value) for key, value in texts.items()}


def _text(value):
    """A str that can be written as UTF-8 (JSON can spell lone surrogates)."""
    text = value if isinstance(value, str) else ""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n")


def _list(value):
    return value if isinstance(value, list) else []


def _parse(data):
    if len(data) > LARGEST:
        raise Unreadable(f"it is larger than {LARGEST >> 20} MiB: clear its outputs and save it.")
    if sum(map(data.count, (b"{", b"[", b","))) > MOST_PARTS:
        raise Unreadable(f"it holds more than {MOST_PARTS:,} parts: clear its outputs and save it.")
    if not data.strip():
        raise Unreadable("it is empty: save the notebook again, then hand it in.")
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise Unreadable("it is no text in UTF-8: hand in the .ipynb file itself.") from None
    if re.search(r"^<<<<<<< ", text, re.MULTILINE):
        raise Unreadable("it holds git's merge conflict marks (<<<<<<<): resolve them first.")
    if text.lstrip()[:1] == "<":
        raise Unreadable("it is a web page, not a notebook: download the .ipynb file itself.")
    try:
        notebook = json.loads(text)
    except ValueError:
        raise Unreadable(
            "it is cut off or damaged (no valid JSON): save and upload it again."
        ) from None
    except RecursionError:
        raise Unreadable("it is nested too deeply to be a notebook.") from None
    if not isinstance(notebook, dict):
        raise Unreadable("it is JSON but no notebook: it has no list of cells.")
    return notebook


def _defined_elsewhere(name, lesson, cells):
    """Which other cell defines the answer of exercise `name`, in words, or "".

    In another exercise's cell it counts only if that exercise didn't come with it.
    """
    answer, exercises = lesson.exercises[name].answer, lesson.exercises
    for number, cell in enumerate(cells, 1):
        own = cell["grade_id"] if cell["grade_id"] in exercises else cell["id"]
        source = cell["source"] if cell["cell_type"] == "code" and own != name else ""
        if answer in source and answer in defined_names(source):
            if own not in exercises:
                return f"cell {number}"
            if answer not in defined_names(exercises[own].stub):
                return f'cell {number}, which is that of "{own}"'
    return ""


def defined_names(source):
    """The names that a cell's top level defines; none if it can't be parsed or is longer than code.

    A source of some megabytes takes gigabytes to parse.
    """
    if len(source) > LONGEST:
        return set()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a backslash in a text, say
            body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    definitions = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    names = {node.name for node in body if isinstance(node, definitions)}
    for node in body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        targets = [node.target] if isinstance(node, ast.AnnAssign) else targets
        parts = (part for target in targets for part in ast.walk(target))
        names |= {part.id for part in parts if isinstance(part, ast.Name)}
    return names

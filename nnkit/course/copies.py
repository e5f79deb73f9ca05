"""The learner's own copies of the lessons: made once, and updated without losing a word of theirs.

Three versions of a notebook meet in an update: the old release (kept under `.nnkit/released`), the
learner's copy of it, and the new release. A cell is followed from one to the next by its id, and
it is *edited* if its source differs from the old release; outputs do not count.
"""

import contextlib
import itertools
import json
import os
import uuid
from datetime import datetime
from pathlib import Path

DEFAULT_FOLDER = "nnkit-lessons"
RELEASED = ".nnkit/released"
BACKUP = "backup"


def find_folder(named=None):
    """The learner's folder: the named one, the present one if it is one, else the usual one."""
    if named is not None:
        return Path(named)
    return Path() if Path(RELEASED).is_dir() else Path(DEFAULT_FOLDER)


def update_copies(lessons, folder):
    """Bring each notebook of `lessons` (a Path) into `folder` (a Path), keeping the learner's work.

    A missing notebook is copied; one of an older release is backed up and merged; every other one
    stays as it is. Returns one sentence for each notebook of which the learner should know
    something. Raises OSError if `folder` can't be written.
    """
    for part in (folder, folder / RELEASED):
        part.mkdir(parents=True, exist_ok=True)
    said = [_update(path, folder) for path in sorted(lessons.glob("*.ipynb"))]
    return [sentence for sentence in said if sentence]


def _update(lesson, folder):
    name = lesson.name
    mine, released = folder / name, folder / RELEASED / name
    new = lesson.read_bytes()
    if not mine.exists():
        write_file(mine, new)
        write_file(released, new)
        return ""
    learner = read_notebook(mine)
    if learner is None:
        return (
            f"{name} can't be read as a notebook, so it was left as it is; "
            "rename it and start again to get a fresh copy."
        )
    old = read_notebook(released)
    if old is None:  # nothing tells what the learner changed: all of it is theirs
        write_file(released, new)
    elif released.read_bytes() != new:
        backup = back_up(mine, folder)
        merged, kept, moved = merge(old, learner, json.loads(new))
        write_file(mine, (json.dumps(merged, indent=1, ensure_ascii=False) + "\n").encode())
        write_file(released, new)
        return _describe(name, kept, moved, backup)
    return ""


def back_up(path, folder):
    """Copy the notebook in `path` to a new file in `folder`/backup; return that file's name."""
    (folder / BACKUP).mkdir(exist_ok=True)
    stem = f"{path.stem}.{datetime.now():%Y%m%d-%H%M%S}"
    for number in itertools.count(1):
        name = f"{BACKUP}/{stem}{f'-{number}' if number > 1 else ''}.ipynb"
        with contextlib.suppress(FileExistsError), open(folder / name, "xb") as file:
            file.write(path.read_bytes())
            return name


def _describe(name, kept, moved, backup):
    cells = "1 cell" if kept == 1 else f"{kept} cells"
    work = f"and your work was kept ({cells}" if kept else "(you had no edits"
    beside = f", {moved} of them beside the new version" if moved else ""
    return f"{name} was updated to its new release {work}{beside}); the file as it was: {backup}."


def merge(old, mine, new):
    """Merge the learner's notebook `mine` into the release `new`; `old` is the release it began as.

    All three are notebooks as dictionaries. The result has the cells of `new` in their order. An
    edited exercise keeps the learner's source; so does any other edited cell that the release left
    alone. Where both changed a cell, and where the release dropped a cell the learner had edited,
    the learner's version follows as a cell of its own. Cells the learner added stay after the
    cell they stood behind.

    Returns (merged notebook, cells of the learner's that were kept, how many of these moved).
    """
    before = {cell["id"]: _source(cell) for cell in old["cells"]}
    wanted = {cell["id"] for cell in new["cells"]}
    edited, behind, kept, moved = {}, {None: []}, 0, 0
    seen, anchor = set(), None
    for cell, name in zip(mine["cells"], _names(mine, old), strict=True):
        known = name in before or name in wanted
        if not known or name in seen:
            behind[anchor].append(_own(cell) if known else cell)
            kept += 1
            continue
        seen.add(name)
        changed = _source(cell) != before.get(name)
        if name in wanted:
            anchor = name
            behind[anchor] = []
            if changed:
                edited[name] = cell
        elif changed:
            behind[anchor].append(_own(cell))
            kept, moved = kept + 1, moved + 1
    cells = list(behind[None])
    for cell in new["cells"]:
        name = cell["id"]
        theirs = edited.get(name)
        if theirs is None or _source(theirs) == _source(cell):
            cells.append(cell)
        elif _is_exercise(cell) or _source(cell) == before.get(name):
            cells.append({**theirs, "id": name, "metadata": theirs["metadata"] | cell["metadata"]})
            kept += 1
        else:
            cells += [cell, _own(theirs)]
            kept, moved = kept + 1, moved + 1
        cells += behind.get(name, [])
    return {**new, "cells": _distinct(cells)}, kept, moved


def _names(mine, old):
    """What each cell of `mine` is called: its id, its exercise, or the id of the cell it equals.

    Some programs (Colab, old Jupyter) save notebooks without ids.
    """
    by_source = {}
    for cell in old["cells"]:
        by_source.setdefault(_source(cell), []).append(cell["id"])
    for cell in mine["cells"]:
        name = cell.get("id") or cell["metadata"].get("nnkit", {}).get("exercise")
        if not name and by_source.get(_source(cell)):
            name = by_source[_source(cell)].pop(0)
        yield name


def _own(cell):
    """`cell` as one that belongs to the learner: under a new id, graded by nobody, deletable."""
    return {**cell, "id": uuid.uuid4().hex[:8], "metadata": {}}


def _distinct(cells):
    """Give each cell a valid id; the release's cells come with one, the learner's may lack it."""
    seen, result = set(), []
    for cell in cells:
        if not cell.get("id") or cell["id"] in seen:
            cell = {**cell, "id": uuid.uuid4().hex[:8]}
        seen.add(cell["id"])
        result.append(cell)
    return result


def _is_exercise(cell):
    return "exercise" in cell["metadata"].get("nnkit", {})


def _source(cell):
    return "".join(cell["source"])


def read_notebook(path):
    """The notebook in `path` as a dictionary, or None where there is no readable one."""
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            _source(cell)
            if not isinstance(cell["metadata"].get("nnkit", {}), dict):
                return None
            if not isinstance(cell.get("id", ""), str):
                return None
    except (AttributeError, KeyError, OSError, TypeError, ValueError):
        return None
    return notebook


def write_file(path, content):
    """Write `content` (bytes) in one step: an interruption leaves the old file, never half."""
    part = path.with_name(path.name + ".part")
    part.write_bytes(content)
    os.replace(part, path)

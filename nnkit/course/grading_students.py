"""Tells whose each notebook is, by the folders it lies in.

A student is called by the first folder below the one that was given, as in nbgrader's
`submitted/<student>/<lesson>/<lesson>.ipynb`, or by the notebook's own name if it lies there
directly. A lesson's name is nobody's: then it is the folder (or zip file) that was given, or the
one above. So `submitted/`, `submitted/*`, `submitted/anna` and the files alone give the same names.
"""

import os
import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

COPY = r"([ _-]*copy)?[ _-]*(\d+|\(\d+\))?"  # what JupyterLab and browsers put behind a name


@dataclass
class Given:
    """A path that was given, and what was found below it.

    kind: "folder", "zip" or "file"; found: with the paths below it; folders: those directly in it;
    others: files directly in it that may stand for a notebook.
    """

    path: Path
    kind: str
    found: list
    folders: list = field(default_factory=list)
    others: list = field(default_factory=list)


def name_students(given, lessons, without):
    """Each thing found, with its student and the path to show, and whoever has no notebook.

    given: a list of Given; lessons: the names of all lessons; without(student, place, file=""):
    what stands for a folder that holds no notebook, or for another `file` beside notebooks that are
    called like their students. Folders that are given side by side (also zip files, and the folders
    of files) are alike: each is a student's if one of them holds notebooks directly or if none
    holds more than one folder with notebooks; else each holds a class.
    """
    names = "|".join(map(re.escape, lessons))
    numbers = "|".join(re.escape(name.split("_")[0]) for name in lessons)
    # Behind a number only what is in brackets: 0512345 is a student's.
    pattern = rf"({names}){COPY}|({numbers})( ?\(\d+\))?" if names else "(?!)"
    is_lesson = re.compile(pattern, re.IGNORECASE).fullmatch
    tops, beside = [_top(one, is_lesson) for one in given], defaultdict(dict)
    for one, top in zip(given, tops, strict=True):
        firsts = {_first(item.path) for item in one.found}
        beside[one.kind, top.parent].setdefault(top, set()).update(firsts)
    for one, top in zip(given, tops, strict=True):
        alike = beside[one.kind, top.parent].values()
        direct = any("" in firsts or any(map(is_lesson, firsts)) for firsts in alike)
        students = len(alike) > 1 and (direct or all(len(firsts) < 2 for firsts in alike))
        everybody = students or is_lesson(one.path.stem) and one.kind != "file"
        yield from _named(one, top, everybody, len(given) > 1, is_lesson, without)


def _top(one, is_lesson):
    """The folder that names the student where nothing below it does."""
    # A file's student is told by the path as it was written: alone, it needs no name.
    top = one.path.parent if one.kind == "file" else Path(os.path.abspath(one.path))
    top = top.with_suffix("") if one.kind == "zip" else top
    while is_lesson(top.name):
        top = top.parent
    return top if top.name != ".." else Path()


def _first(path):
    """The first folder of a path (a zip file without its ending), or "" if it has none."""
    parts = [part for part in PurePosixPath(path).parts if part not in ("/", "..")]
    return re.sub(r"(?i)\.zip$", "", parts[0]) if len(parts) > 1 else ""


def _named(one, top, everybody, several, is_lesson, without):
    """What was found in one of several given paths; everybody: all in it is that of `top`."""
    place = one.path if one.kind == "file" else Path(os.path.abspath(one.path))
    inside = place.as_posix() if one.kind == "file" else place.relative_to(top.parent).as_posix()
    students, by_file = set(), False
    for item in one.found:
        first = _first(item.path) or item.stem
        student = top.name if everybody or is_lesson(first) else first
        shown = f"{inside}/{item.path}" if several or student == top.name else item.path
        yield replace(item, student=student, path=inside if one.kind == "file" else shown)
        students.add(student)
        by_file |= not _first(item.path) and student == item.stem
    for name in one.others if by_file else ():
        student = re.sub(r"(?i)(\.tar)?\.[^.]*$", "", name)
        if student not in students:
            yield without(student, one.path, name)
    if everybody and not students:
        yield without(top.name, one.path)
    elif not everybody and students != {top.name}:
        for name in one.folders:
            if name not in students and not is_lesson(name):
                yield without(name, one.path / name)

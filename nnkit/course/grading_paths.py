"""Finds the notebooks to grade: single files, folders of a class, and zip files from a course site.

Nothing is unpacked and no link is followed. What is no notebook but stands where one should be is
found too, with a sentence on it, so that nobody who handed something in is without a row.
"""

import os
import re
import stat
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from nnkit.course.grading_students import Given, name_students
from nnkit.course.grading_verdict import label
from nnkit.course.submission import LARGEST, Unreadable

MOST_ENTRIES = 200_000
MOST_OF_ONE = 50  # notebooks in a zip file that a student handed in
SKIPPED = (".ipynb_checkpoints", "__MACOSX")
HANDED_IN = (".pdf", ".doc", ".docx", ".odt", ".rar", ".7z", ".tar", ".gz", ".tgz")  # by mistake
INSTEAD = "hand in the .ipynb file itself."


@dataclass(frozen=True)
class Found:
    """One notebook: whose, its path as shown, and its place (`entry` of a zip file, if any).

    problem: a sentence on what is no notebook but stands for one.
    """

    student: str
    path: str
    place: Path
    entry: str = ""
    problem: str = ""

    @property
    def stem(self):
        """The file's name without `.ipynb`, and without what a browser has put behind that."""
        name = PurePosixPath(self.path).name
        return name[: name.lower().rfind(".ipynb")] if _is_notebook(name) else name

    def read(self):
        """Its bytes; raises Unreadable where it is no ordinary file of a reasonable size."""
        if self.problem:
            raise Unreadable(self.problem)
        try:
            with _open(self.place) as file:
                if not self.entry:
                    return _read(file)
                with zipfile.ZipFile(file) as archive, archive.open(self.entry) as entry:
                    return _read(entry)
        except Unreadable:
            raise
        except Exception as error:  # zipfile hands on whatever the unpacking raises
            reason = label(getattr(error, "strerror", None) or str(error))
            raise Unreadable(f"it can't be read: {reason}.") from None


def _open(path):
    """An ordinary file, opened without following a link or waiting for a pipe."""
    flags = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    file = open(os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | flags), "rb")  # noqa: SIM115
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode) or path.is_symlink():
        file.close()
        raise Unreadable("it is not an ordinary file.")
    return file


def _read(file):
    data = file.read(LARGEST + 1)  # whatever size is declared
    if len(data) > LARGEST:
        raise Unreadable(f"it is larger than {LARGEST >> 20} MiB: clear its outputs and save it.")
    return data


def find_notebooks(paths, lessons=()):
    """Every notebook below `paths` as Found, in order; ValueError where there is none.

    lessons: the names of all lessons, which are no student's (see name_students).
    """
    given = list(map(_look, map(Path, paths)))
    found = [item for one in given for item in one.found]
    if all(item.problem for item in found):
        names = ", ".join(label(str(one.path)) for one in given)
        reasons = "; ".join(item.problem for item in found[:1])
        raise ValueError(f"no notebook (.ipynb) was found in {names}{reasons and f': {reasons}'}")
    yield from name_students(given, lessons, _without)


def _without(student, place, name=""):
    what = "it is no notebook" if name else "its folder holds no notebook"
    return Found(student, name or student, place, problem=f"{what}: {INSTEAD}")


def _look(path):
    if path.is_dir():
        entries = list(os.scandir(path))
        folders = {entry.name for entry in entries if os.path.isdir(entry)}
        shown = sorted(name for name in folders if not _is_hidden(name))
        others = _handed_in(entry.name for entry in entries if entry.name not in folders)
        return Given(path, "folder", list(_in_folder(path)), shown, others)
    if path.suffix.lower() == ".zip":
        found = list(_in_zip(path.resolve(), "", MOST_ENTRIES))
        names = [] if found[:1] and found[0].problem else list(_names(path.resolve()))
        top = f"{path.stem}/"  # of a folder that was packed whole, its students lie below this
        if found and all(re.match(f"{re.escape(top)}.*/", item.path) for item in found):
            found = [replace(item, path=item.path.removeprefix(top)) for item in found]
            names = [name.removeprefix(top) for name in names]
        inside = {PurePosixPath(name).parts[0] for name in names if "/" in name.strip("/")}
        shown = sorted(name for name in inside if name not in ("/", "..") and not _is_hidden(name))
        return Given(path, "zip", found, shown, _handed_in(names))
    if path.exists() or path.is_symlink():
        return Given(path, "file", [Found("", path.name, path)])
    raise ValueError(f"there is no file or folder {label(str(path))}")


def _in_folder(folder):
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(set(folders) - set(SKIPPED))
        for name in sorted(files):
            path = Path(place, name).relative_to(folder).as_posix()
            if _is_hidden(path):
                continue
            if path.lower().endswith(".zip"):
                yield from _in_zip(Path(place, name), f"{path}/", MOST_OF_ONE)
            elif _is_notebook(path):
                yield Found("", path, Path(place, name))


def _in_zip(path, prefix, most):
    """The notebooks in a zip file, at most `most` of them, and what it holds instead of some."""
    try:
        entries = _names(path, nested=prefix)
    except Unreadable as error:
        yield Found("", prefix.rstrip("/") or path.name, path, problem=str(error))
        return
    names = [name for name in entries if not _is_hidden(name)]
    found = [Found("", prefix + name, path, entries[name]) for name in names if _is_notebook(name)]
    problem = f"it is a zip file that holds no notebook: {INSTEAD}" if not found else ""
    if len(found) > most:
        problem = f"it is a zip file that holds more than {most} notebooks: {INSTEAD}"
    if problem and prefix:
        yield Found("", prefix.rstrip("/"), path, problem=problem)
        return
    places = {os.path.dirname(item.path) for item in found}
    for name in names:
        if name.lower().endswith(".zip") and os.path.dirname(prefix + name) not in places:
            problem = f"it is a zip file inside another: unpack that one, or {INSTEAD}"
            found.append(Found("", prefix + name, path, problem=problem))
    yield from found


def _names(path, nested=False):
    """{path: entry} of what is in a zip file, sorted; raises Unreadable.

    A long list takes much memory to read. Some tools of Windows write paths with backslashes.
    """
    try:
        with _open(path) as file:
            if nested and os.fstat(file.fileno()).st_size > LARGEST:
                raise Unreadable(f"it is a zip file larger than {LARGEST >> 20} MiB: {INSTEAD}")
            with zipfile.ZipFile(file) as archive:
                entries = sorted(entry.filename for entry in archive.infolist())
                return {name.replace("\\", "/"): name for name in entries}
    except Unreadable:
        raise
    except Exception as error:  # the same
        raise Unreadable(f"it can't be read as a zip file ({label(str(error))}).") from None


def _handed_in(names):
    """Those of the names that lie in no folder and may well stand for a notebook."""
    return sorted(
        name
        for name in names
        if name.lower().endswith(HANDED_IN) and "/" not in name and not _is_hidden(name)
    )


def _is_hidden(path):
    parts = PurePosixPath(path).parts
    return any(part.startswith(".") and part != ".." or part in SKIPPED for part in parts)


def _is_notebook(path):
    """True also where a browser or a mail program has put `.txt` and the like behind `.ipynb`."""
    return re.search(r"\.ipynb[^/~]*$", path, re.IGNORECASE) is not None

"""Finds the notebooks to grade: single files, folders of a class, and zip files from a course site.

Nothing is unpacked and no link is followed. In a folder or zip the first folder below it names the
student, as in nbgrader's `submitted/<student>/<lesson>/<lesson>.ipynb`; a notebook that lies there
directly is called by its own name.
"""

import os
import stat
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from nnkit.course.submission import LARGEST, Unreadable

MOST_ENTRIES = 200_000
SKIPPED = (".ipynb_checkpoints", "__MACOSX")


@dataclass(frozen=True)
class Found:
    """One notebook: whose, its path as shown, and its place (`entry` of a zip file, if any)."""

    student: str
    path: str
    place: Path
    entry: str = ""

    @property
    def stem(self):
        return PurePosixPath(self.path).stem

    def read(self):
        """Its bytes; raises Unreadable where it is no ordinary file of a reasonable size."""
        try:
            return self._from_zip() if self.entry else self._from_disk()
        except (OSError, RuntimeError, zipfile.BadZipFile, NotImplementedError, EOFError) as error:
            raise Unreadable(f"it can't be read: {error}.") from None

    def _from_disk(self):
        # Opened without following a link or waiting for a pipe, and only then looked at.
        flags = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        handle = os.open(self.place, os.O_RDONLY | getattr(os, "O_BINARY", 0) | flags)
        with open(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode) or self.place.is_symlink():
                raise Unreadable("it is not an ordinary file.")
            return _read(file)

    def _from_zip(self):
        with zipfile.ZipFile(self.place) as archive, archive.open(self.entry) as file:
            return _read(file)


def _read(file):
    data = file.read(LARGEST + 1)  # whatever size is declared
    if len(data) > LARGEST:
        raise Unreadable(f"it is larger than {LARGEST >> 20} MiB: clear its outputs and save it.")
    return data


def find_notebooks(paths):
    """Every notebook below `paths` as Found, in order; ValueError for a path without any."""
    for path in map(Path, paths):
        if path.is_dir():
            found = list(_in_folder(path))
        elif path.suffix.lower() == ".zip":
            found = list(_in_zip(path))
        elif path.exists() or path.is_symlink():
            found = [Found("", str(path), path)]
        else:
            raise ValueError(f"there is no file or folder {path}")
        if not found:
            raise ValueError(f"no notebook (.ipynb) was found in {path}")
        yield from found


def _in_folder(folder):
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(set(folders) - set(SKIPPED))
        for name in sorted(files):
            path = Path(place, name).relative_to(folder).as_posix()
            if _is_notebook(path):
                yield Found(_student(path), path, Path(place, name))


def _in_zip(path):
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (OSError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path} can't be read as a zip file: {error}") from None
    if len(entries) > MOST_ENTRIES:
        raise ValueError(f"{path} holds more than {MOST_ENTRIES} files")
    for name in sorted({entry.filename for entry in entries}):
        if _is_notebook(name):
            yield Found(_student(name), name, path, name)


def _is_notebook(path):
    parts = PurePosixPath(path).parts
    hidden = any(part.startswith(".") and part != ".." or part in SKIPPED for part in parts)
    return path.lower().endswith(".ipynb") and not hidden


def _student(path):
    parts = [part for part in PurePosixPath(path).parts if part not in ("/", "..")]
    return parts[0] if len(parts) > 1 else PurePosixPath(path).stem

"""`nnkit reset gd-step`: one exercise as it was released, without losing what was written."""

import json
from pathlib import Path

from nnkit.course import progress
from nnkit.course.copies import back_up, merge, read_notebook, write_file
from nnkit.course.errors import Refusal
from nnkit.course.lesson import find_lesson, lessons_folder


def reset_exercise(exercise, folder):
    """Put the stub of `exercise` back into its notebook in `folder`; return what to tell about it.

    The notebook as it was goes to `backup`, and the exercise counts as to do again. Raises Refusal
    where there is no such exercise or no readable notebook.
    """
    lesson = find_lesson(exercise)
    if lesson is None:
        raise Refusal(f"no exercise is called {exercise}; see their names with: nnkit list")
    path = Path(folder) / f"{lesson.name}.ipynb"
    if not path.exists():
        raise Refusal(f"{path} is not there; name the folder of your lessons after the exercise")
    mine, release = read_notebook(path), read_notebook(lessons_folder() / path.name)
    if mine is None:
        raise Refusal(f"{path} can't be read as a notebook, so nothing was changed")
    (stub,) = (cell for cell in release["cells"] if named(cell) == exercise)
    cells = [cell for cell in mine["cells"] if exercise in (named(cell), cell.get("id"))]
    if cells and all("".join(cell["source"]) == "".join(stub["source"]) for cell in cells):
        return f"{exercise} is already as it was released; nothing was changed."
    kept = back_up(path, Path(folder))
    if cells:
        for cell in cells:
            cell.update(source=stub["source"], outputs=[], execution_count=None)
        for cell in mine["cells"]:  # "✓ Right" is not true of a stub
            if cell["metadata"].get("nnkit", {}).get("check") == exercise:
                cell.update(outputs=[], execution_count=None)
    else:  # the cell was deleted
        mine, *_ = merge(release, mine, release)
    write_file(path, (json.dumps(mine, indent=1, ensure_ascii=False) + "\n").encode())
    progress.forget("solved", exercise, folder)
    return (
        f"{exercise} is as it was released. {path.name} as it was: {kept}. If it is open in "
        "JupyterLab, choose File > Reload Notebook from Disk."
    )


def named(cell):
    """The exercise that a notebook's cell is for, or None."""
    return cell["metadata"].get("nnkit", {}).get("exercise")

"""An update of the lessons keeps every word the learner wrote."""

import json
import re
from datetime import datetime

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnkit.course.copies import merge, update_copies


def text(id, source):
    return {"cell_type": "markdown", "id": id, "metadata": {}, "source": source}


def code(id, source, exercise=False, outputs=()):
    metadata = {"nnkit": {"exercise": id}} if exercise else {}
    return {
        "cell_type": "code", "id": id, "metadata": metadata, "source": source,
        "outputs": list(outputs), "execution_count": None,
    }  # fmt: skip


def notebook(*cells):
    return {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def sources(merged):
    nbformat.validate(merged)
    return ["".join(cell["source"]) for cell in merged["cells"]]


OLD = notebook(
    text("intro", "Hello"),
    code("step", "...", exercise=True),
    code("run", "f(1)"),
    text("end", "Bye"),
)


def edited(**changes):
    """OLD as a learner's notebook in which the cells named have a new source."""
    cells = [{**cell, "source": changes.get(cell["id"], cell["source"])} for cell in OLD["cells"]]
    return notebook(*cells)


NEW = edited(intro="Hello again", step="...  # new stub", run="f(1)", end="Bye for now")


def test_an_untouched_notebook_becomes_the_new_release():
    assert merge(OLD, OLD, NEW) == (NEW, 0, 0)


def test_an_answer_is_kept_though_its_stub_changed():
    merged, kept, moved = merge(OLD, edited(step="my answer"), NEW)
    assert sources(merged) == ["Hello again", "my answer", "f(1)", "Bye for now"]
    assert (kept, moved) == (1, 0)
    assert merged["cells"][1]["id"] == "step"


def test_a_kept_answer_takes_the_new_release_s_metadata():
    new = edited()
    new["cells"][1] = {**new["cells"][1], "metadata": {"nnkit": {"exercise": "step", "points": 9}}}
    merged, _, _ = merge(OLD, edited(step="my answer"), new)
    assert merged["cells"][1]["metadata"]["nnkit"]["points"] == 9


def test_an_edit_of_a_cell_that_the_release_left_alone_is_kept_in_place():
    merged, kept, moved = merge(OLD, edited(run="f(2)"), NEW)
    assert sources(merged) == ["Hello again", "...  # new stub", "f(2)", "Bye for now"]
    assert (kept, moved) == (1, 0)


def test_where_both_changed_a_cell_the_learner_s_follows_as_a_cell_of_its_own():
    merged, kept, moved = merge(OLD, edited(intro="Hello, my note"), NEW)
    assert sources(merged)[:3] == ["Hello again", "Hello, my note", "...  # new stub"]
    assert merged["cells"][0]["id"] == "intro" != merged["cells"][1]["id"]
    assert (kept, moved) == (1, 1)


def test_an_edit_equal_to_the_new_release_is_not_doubled():
    assert merge(OLD, edited(intro="Hello again"), NEW) == (NEW, 0, 0)


def test_added_cells_stay_behind_their_predecessor():
    mine = edited()
    mine["cells"].insert(0, text("a", "on top"))
    mine["cells"].insert(3, code("b", "after step 1"))
    mine["cells"].insert(4, code("c", "after step 2"))
    merged, kept, _ = merge(OLD, mine, notebook(*NEW["cells"][::-1]))
    assert sources(merged) == [
        "on top", "Bye for now", "f(1)", "...  # new stub", "after step 1", "after step 2",
        "Hello again",
    ]  # fmt: skip
    assert kept == 3


def test_a_cell_the_learner_deleted_comes_back():
    mine = notebook(OLD["cells"][0], OLD["cells"][3])
    assert merge(OLD, mine, NEW)[0] == NEW


def test_a_dropped_cell_goes_unless_the_learner_edited_it():
    new = notebook(NEW["cells"][0], NEW["cells"][3])
    assert sources(merge(OLD, OLD, new)[0]) == ["Hello again", "Bye for now"]
    merged, kept, moved = merge(OLD, edited(step="my answer"), new)
    assert sources(merged) == ["Hello again", "my answer", "Bye for now"]
    assert merged["cells"][1]["metadata"] == {}, "a dropped exercise must not be graded"
    assert (kept, moved) == (1, 1)


def test_outputs_are_not_edits_and_an_answer_keeps_its_own():
    stream = {"output_type": "stream", "name": "stdout", "text": "42"}
    mine = notebook(*OLD["cells"][:2], code("run", "f(1)", outputs=[stream]), OLD["cells"][3])
    assert merge(OLD, mine, NEW)[0] == NEW
    mine["cells"][1] = code("step", "my answer", exercise=True, outputs=[stream])
    assert merge(OLD, mine, NEW)[0]["cells"][1]["outputs"] == [stream]


def test_a_source_may_be_a_list_of_lines():
    mine = edited(intro=["Hel", "lo"])
    assert merge(OLD, mine, NEW) == (NEW, 0, 0)


def test_a_notebook_that_lost_its_ids_keeps_its_answers():
    mine = edited(step="my answer")
    mine["cells"].append(text("x", "a note"))
    for cell in mine["cells"]:
        del cell["id"]
    merged, kept, _ = merge(OLD, mine, NEW)
    assert sources(merged) == ["Hello again", "my answer", "f(1)", "Bye for now", "a note"]
    assert kept == 2


def test_a_second_cell_of_the_same_id_is_kept_under_a_new_one():
    mine = edited(step="my answer")
    mine["cells"].insert(2, code("step", "second try", exercise=True))
    merged, _, _ = merge(OLD, mine, NEW)
    assert sources(merged)[1:3] == ["my answer", "second try"]
    assert merged["cells"][2]["metadata"] == {}


def test_an_edited_cell_of_which_the_old_release_is_unknown_is_not_lost():
    merged, _, _ = merge(notebook(), edited(intro="my intro", step="my answer"), NEW)
    assert sources(merged)[:3] == ["Hello again", "my intro", "my answer"]


CELLS = st.lists(
    st.tuples(st.sampled_from("abcdef"), st.sampled_from("uvwxyz"), st.booleans()),
    max_size=6,
    unique_by=lambda cell: cell[0],
).map(lambda cells: notebook(*(code(id, source, exercise) for id, source, exercise in cells)))


@given(CELLS, CELLS, CELLS)
def test_whatever_changes_nothing_is_lost_and_nothing_is_doubled(old, mine, new):
    merged, _, _ = merge(old, mine, new)
    before = {cell["id"]: cell["source"] for cell in old["cells"]}
    ids = [cell["id"] for cell in merged["cells"]]
    wanted = [cell["id"] for cell in new["cells"]]
    assert len(ids) == len(set(ids))
    assert [id for id in ids if id in wanted] == wanted
    for cell in mine["cells"]:
        if cell["source"] != before.get(cell["id"]):
            assert cell["source"] in sources(merged)
    assert merge(new, merged, new)[0] == merged, "a second update would change it again"


# The folder.


@pytest.fixture
def lessons(tmp_path):
    folder = tmp_path / "lessons"
    (folder / "source").mkdir(parents=True)
    (folder / "source" / "05_descent.py").write_text("# the solutions")
    release(folder, OLD)
    return folder


def release(lessons, content, name="05_descent.ipynb"):
    (lessons / name).write_text(json.dumps(content), encoding="utf-8")


def learner_saves(folder, content, name="05_descent.ipynb"):
    (folder / name).write_text(json.dumps(content), encoding="utf-8")


def saved(folder, name="05_descent.ipynb"):
    return json.loads((folder / name).read_text(encoding="utf-8"))


def test_the_first_start_copies_notebooks_and_no_solutions(lessons, tmp_path):
    folder = tmp_path / "new" / "mine"
    assert update_copies(lessons, folder) == []
    names = {path.name for path in folder.rglob("*") if path.is_file()}
    assert names == {"05_descent.ipynb"}
    assert saved(folder) == OLD


def test_an_edited_notebook_is_not_touched_while_the_release_is_the_same(lessons, tmp_path):
    update_copies(lessons, tmp_path / "mine")
    learner_saves(tmp_path / "mine", edited(step="my answer", intro="mine"))
    before = (tmp_path / "mine" / "05_descent.ipynb").read_bytes()
    assert update_copies(lessons, tmp_path / "mine") == []
    assert (tmp_path / "mine" / "05_descent.ipynb").read_bytes() == before


def test_a_new_release_is_merged_and_the_old_file_backed_up(lessons, tmp_path):
    folder = tmp_path / "mine"
    update_copies(lessons, folder)
    mine = edited(step="α = 答案", intro="my intro")
    learner_saves(folder, mine)
    release(lessons, NEW)
    (said,) = update_copies(lessons, folder)
    backup = re.fullmatch(
        r"05_descent.ipynb was updated to its new release and your work was kept "
        r"\(2 cells, 1 of them beside the new version\); the file as it was: (.+\.ipynb)\.",
        said,
    )[1]
    assert re.fullmatch(r"backup/05_descent\.\d{8}-\d{6}\.ipynb", backup)
    assert saved(folder, backup) == mine
    assert sources(saved(folder)) == [
        "Hello again", "my intro", "α = 答案", "f(1)", "Bye for now",
    ]  # fmt: skip
    assert update_copies(lessons, folder) == [], "an update happens once"


def test_answers_survive_release_after_release(lessons, tmp_path, monkeypatch):
    folder = tmp_path / "mine"
    update_copies(lessons, folder)
    learner_saves(folder, edited(step="my answer", run="f(2)"))
    for number in range(3):
        monkeypatch.setattr("nnkit.course.copies.BACKUP", f"backup{number}")
        release(lessons, edited(intro=f"release {number}", step=f"...  # stub {number}"))
        (said,) = update_copies(lessons, folder)
        assert "your work was kept (2 cells);" in said
        assert sources(saved(folder)) == [f"release {number}", "my answer", "f(2)", "Bye"]


def test_an_update_without_edits_says_so(lessons, tmp_path):
    update_copies(lessons, tmp_path / "mine")
    release(lessons, NEW)
    (said,) = update_copies(lessons, tmp_path / "mine")
    assert "new release (you had no edits); the file as it was: backup/" in said
    assert saved(tmp_path / "mine") == NEW


def test_a_notebook_of_unknown_origin_stays_as_it_is(lessons, tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    mine = edited(step="my answer")
    learner_saves(folder, mine)
    assert update_copies(lessons, folder) == []
    assert saved(folder) == mine
    release(lessons, NEW)
    update_copies(lessons, folder)
    assert sources(saved(folder)) == ["Hello again", "my answer", "f(1)", "Bye for now"]


def test_a_deleted_notebook_comes_back_fresh_and_a_new_lesson_arrives(lessons, tmp_path):
    folder = tmp_path / "mine"
    update_copies(lessons, folder)
    (folder / "05_descent.ipynb").unlink()
    release(lessons, NEW, "06_init.ipynb")
    assert update_copies(lessons, folder) == []
    assert saved(folder) == OLD
    assert saved(folder, "06_init.ipynb") == NEW


@pytest.mark.parametrize(
    "content",
    [b"", b"{ broken", b"\xff\xfe", b"[]", b'{"cells": 3}', b'{"cells": ["a"]}',
     b'{"cells": [{"source": 1, "metadata": {}}]}',
     b'{"cells": [{"source": "", "metadata": {"nnkit": 1}}]}',
     b'{"cells": [{"source": "", "metadata": {}, "id": []}]}'],
)  # fmt: skip
def test_an_unreadable_notebook_is_left_alone_and_named(lessons, tmp_path, content):
    folder = tmp_path / "mine"
    release(lessons, OLD, "06_init.ipynb")
    update_copies(lessons, folder)
    (folder / "05_descent.ipynb").write_bytes(content)
    release(lessons, NEW)
    release(lessons, NEW, "06_init.ipynb")
    first, second = update_copies(lessons, folder)
    assert first == (
        "05_descent.ipynb can't be read as a notebook, so it was left as it is; "
        "rename it and start again to get a fresh copy."
    )
    assert second.startswith("06_init.ipynb was updated")
    assert (folder / "05_descent.ipynb").read_bytes() == content
    assert [path.name[:7] for path in (folder / "backup").iterdir()] == ["06_init"]


def test_a_backup_is_never_overwritten(lessons, tmp_path, monkeypatch):
    class Noon:
        @staticmethod
        def now():
            return datetime(2030, 1, 1, 12)

    monkeypatch.setattr("nnkit.course.copies.datetime", Noon)
    folder = tmp_path / "mine"
    update_copies(lessons, folder)
    release(lessons, NEW)
    update_copies(lessons, folder)
    release(lessons, OLD)
    (said,) = update_copies(lessons, folder)
    assert "backup/05_descent.20300101-120000-2.ipynb" in said
    assert saved(folder, "backup/05_descent.20300101-120000-2.ipynb") == NEW
    assert saved(folder, "backup/05_descent.20300101-120000.ipynb") == OLD


def test_an_interrupted_write_leaves_the_learner_s_file(lessons, tmp_path, monkeypatch):
    folder = tmp_path / "mine"
    update_copies(lessons, folder)
    mine = edited(step="my answer")
    learner_saves(folder, mine)
    release(lessons, NEW)

    def power_cut(*_):
        raise OSError("no power")

    monkeypatch.setattr("os.replace", power_cut)
    with pytest.raises(OSError, match="no power"):
        update_copies(lessons, folder)
    assert saved(folder) == mine


def test_a_read_only_release_gives_a_copy_that_can_be_edited(lessons, tmp_path):
    (lessons / "05_descent.ipynb").chmod(0o444)
    update_copies(lessons, tmp_path / "mine")
    assert (tmp_path / "mine" / "05_descent.ipynb").stat().st_mode & 0o200

"""Which notebooks are found where a teacher points, and whose they are."""

import io
import os
import zipfile

import pytest

from nnkit.course.grading_paths import MOST_OF_ONE, find_notebooks
from nnkit.course.submission import LARGEST, Unreadable


def make_files(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"{}")


def test_students_of_a_folder(tmp_path):
    layouts = "anna/07_small/07_small.ipynb", "ben/07_small.ipynb", "cleo.ipynb"
    noise = "anna/.ipynb_checkpoints/a.ipynb", "__MACOSX/b.ipynb", "anna/._c.ipynb", "d.txt"
    make_files(tmp_path, *layouts, *noise)
    found = [(item.student, item.path) for item in find_notebooks([tmp_path])]
    assert sorted(found) == [("anna", layouts[0]), ("ben", layouts[1]), ("cleo", layouts[2])]


def make_zip(path, entries):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return path


def test_zip_is_read_in_place(tmp_path):
    entries = {"anna/07.ipynb": b"A", "../../evil.ipynb": b"B", "/etc/x.ipynb": b"C", "d.txt": b""}
    found = list(find_notebooks([make_zip(tmp_path / "class.zip", entries)]))
    assert {(item.student, item.read()) for item in found} == {
        ("anna", b"A"),
        ("evil", b"B"),
        ("etc", b"C"),
    }
    assert [path.name for path in tmp_path.iterdir()] == ["class.zip"]


def test_zip_bomb_is_not_unpacked(tmp_path):
    bomb = make_zip(tmp_path / "bomb.zip", {"a/07.ipynb": b"0" * (LARGEST + 10)})
    assert bomb.stat().st_size < LARGEST / 100
    with pytest.raises(Unreadable, match="larger"):
        next(find_notebooks([bomb])).read()


def test_zip_whose_entry_is_damaged(tmp_path):
    path = make_zip(tmp_path / "a.zip", {"a/07.ipynb": bytes(range(200))})
    data = path.read_bytes()
    path.write_bytes(data.replace(bytes(range(90, 100)), bytes(10)))
    with pytest.raises(Unreadable, match="can't be read"):
        next(find_notebooks([path])).read()


def test_zip_whose_packed_data_are_damaged_or_whose_names_are_no_utf8(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("é/07.ipynb", "{}" * 500)
    data = path.read_bytes()
    start = data.index(b".ipynb") + 6
    path.write_bytes(data[:start] + b"\xff" * 8 + data[start + 8 :])
    with pytest.raises(Unreadable, match="can't be read"):
        next(find_notebooks([path])).read()
    path.write_bytes(data.replace("é".encode(), b"\xff\xff", 1))
    with pytest.raises(Unreadable, match="can't be read"):
        next(find_notebooks([path])).read()


def test_paths_without_notebooks(tmp_path):
    (tmp_path / "no.zip").write_bytes(b"PK")
    with pytest.raises(ValueError, match="no file or folder"):
        list(find_notebooks([tmp_path / "none.ipynb"]))
    with pytest.raises(ValueError, match="no notebook"):
        list(find_notebooks([tmp_path]))
    with pytest.raises(ValueError, match="zip"):
        list(find_notebooks([tmp_path / "no.zip"]))
    empty = io.BytesIO()
    zipfile.ZipFile(empty, "w").close()
    (tmp_path / "empty.zip").write_bytes(empty.getvalue())
    with pytest.raises(ValueError, match="no notebook"):
        list(find_notebooks([tmp_path / "empty.zip"]))


@pytest.mark.skipif(os.name != "posix", reason="links and pipes as files are POSIX")
def test_links_pipes_and_devices_are_not_read(tmp_path):
    (tmp_path / "secret").write_text("{}")
    (tmp_path / "a.ipynb").symlink_to(tmp_path / "secret")
    (tmp_path / "b.ipynb").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "c.ipynb")
    (tmp_path / "d.ipynb").symlink_to(tmp_path / "d.ipynb")
    for item in find_notebooks([tmp_path]):
        with pytest.raises(Unreadable):
            item.read()


LESSONS = {"05_descent", "07_small"}


def whose(*paths):
    """{(student, path)} of what is found."""
    found = list(find_notebooks(paths, LESSONS))
    pairs = {(item.student, item.path) for item in found}
    assert len(pairs) == len(found)
    return pairs


def test_a_class_has_the_same_names_however_it_is_given(tmp_path, monkeypatch):
    files = "anna/05_descent.ipynb", "anna/07_small (1).ipynb", "ben/07_small/07_small.ipynb"
    make_files(tmp_path / "submitted", *files, "cleo/a copy.ipynb", "cleo/old/b.ipynb")
    (tmp_path / "submitted" / "dan").mkdir()
    everybody = whose(tmp_path / "submitted")
    assert {student for student, _ in everybody} == {"anna", "ben", "cleo", "dan"}
    assert len(everybody) == 6
    folders = sorted((tmp_path / "submitted").iterdir())
    assert whose(*folders) == everybody
    for name in "anna", "ben":
        alone = {pair for pair in everybody if pair[0] == name}
        assert whose(tmp_path / "submitted" / name) == alone
    assert whose(tmp_path / "submitted/ben/07_small") == {("ben", files[2])}
    monkeypatch.chdir(tmp_path / "submitted" / "anna")
    assert {student for student, _ in whose(".")} == {"anna"}


def test_a_student_number_that_begins_like_a_lesson_is_a_student(tmp_path):
    make_files(tmp_path / "c", "0512345/05_descent.ipynb", "0798/a.ipynb", "07123.ipynb")
    make_files(tmp_path / "c", "ben/07/a.ipynb", "cleo/07 (1)/a.ipynb")
    found = {student for student, _ in whose(tmp_path / "c")}
    assert found == {"0512345", "0798", "07123", "ben", "cleo"}


def test_students_of_single_files(tmp_path, monkeypatch):
    files = "submitted/anna/05_descent.ipynb", "submitted/ben/07_small/07_small.ipynb"
    make_files(tmp_path, *files, "cleo.ipynb", "dan.ipynb", "05_descent.ipynb", "x/a.ipynb")
    monkeypatch.chdir(tmp_path)
    assert whose(*files) == {("anna", files[0]), ("ben", files[1])}
    assert whose(files[0]) == {("anna", files[0])}
    assert whose("cleo.ipynb", "dan.ipynb") == {("cleo", "cleo.ipynb"), ("dan", "dan.ipynb")}
    assert whose("05_descent.ipynb") == {("", "05_descent.ipynb")}
    make_files(tmp_path, "y/a.ipynb")
    assert whose("x/a.ipynb", "y/a.ipynb") == {("x", "x/a.ipynb"), ("y", "y/a.ipynb")}


def test_classes_side_by_side_stay_classes(tmp_path):
    names = "a/anna/05_descent.ipynb", "a/ben/05_descent.ipynb", "b/cleo/05_descent.ipynb"
    make_files(tmp_path, *names)
    found = whose(tmp_path / "a", tmp_path / "b")
    assert found == {(name.split("/")[1], name) for name in names}


def test_zip_files_of_students(tmp_path):
    folder = tmp_path / "submitted"
    for name in "anna", "ben":
        (folder / name).mkdir(parents=True)
        make_zip(folder / name / "hw.zip", {"x/05_descent.ipynb": name.encode()})
        make_zip(tmp_path / f"{name}.zip", {"homework/05_descent.ipynb": b""})
    found = {item.student: item for item in find_notebooks([folder], LESSONS)}
    assert found["anna"].path == "anna/hw.zip/x/05_descent.ipynb"
    assert found["anna"].read() == b"anna" and found["ben"].read() == b"ben"
    assert {student for student, _ in whose(tmp_path / "anna.zip", tmp_path / "ben.zip")} == {
        "anna",
        "ben",
    }
    make_zip(tmp_path / "cleo.zip", {"05_descent.ipynb": b""})
    assert whose(tmp_path / "cleo.zip") == {("cleo", "cleo.zip/05_descent.ipynb")}


def test_a_zip_file_with_backslashes_in_its_paths(tmp_path):
    entries = {r"anna\05_descent.ipynb": b"A", r"ben\x\05_descent.ipynb": b"B", r"dan\a.pdf": b""}
    found = list(find_notebooks([make_zip(tmp_path / "class.zip", entries)], LESSONS))
    assert {(item.student, item.path): item.problem or item.read() for item in found} == {
        ("anna", "anna/05_descent.ipynb"): b"A",
        ("ben", "ben/x/05_descent.ipynb"): b"B",
        ("dan", "dan"): "its folder holds no notebook: hand in the .ipynb file itself.",
    }


def test_a_file_beside_notebooks_that_are_called_like_their_students(tmp_path):
    names = "a.zed.ipynb", "ben.PDF", "cleo.x.tar.gz", "a.zed.pdf", "grades.csv", ".dan.pdf"
    make_files(tmp_path / "class", *names)
    problem = "it is no notebook: hand in the .ipynb file itself."
    wanted = {("a.zed", ""), ("ben", problem), ("cleo.x", problem)}
    packed = make_zip(tmp_path / "packed.zip", dict.fromkeys(names, b""))
    for given in tmp_path / "class", packed:
        assert {(i.student, i.problem) for i in find_notebooks([given], LESSONS)} == wanted
    make_files(tmp_path / "eve", "05_descent.ipynb", "report.pdf")
    assert whose(tmp_path / "eve") == {("eve", "eve/05_descent.ipynb")}


def test_a_class_folder_that_was_packed_whole(tmp_path):
    files = "anna/05_descent.ipynb", "ben/07_small/07_small.ipynb", "cleo/essay.pdf"
    path = make_zip(tmp_path / "submitted.zip", {f"submitted/{name}": b"{}" for name in files})
    assert {student for student, _ in whose(path)} == {"anna", "ben", "cleo"}
    assert [item.read() for item in find_notebooks([path], LESSONS) if not item.problem] == [
        b"{}", b"{}"
    ]  # fmt: skip
    for name in "anna/my work.ipynb", "anna/07_small/07_small.ipynb":
        one = make_zip(tmp_path / "anna.zip", {name: b"{}"})
        assert {student for student, _ in whose(one)} == {"anna"}


def test_whoever_handed_in_something_else_has_a_row_that_says_so(tmp_path):
    folder = tmp_path / "submitted"
    make_files(folder, "anna/05.ipynb", "ben/answer.pdf", ".git/x", "cleo/05_descent.ipynb.txt")
    (folder / "dan").mkdir()
    make_files(folder, "eve/no.zip", "fred/many.zip", "gil/zip.zip", "hal/all.zip", "ida/huge.zip")
    make_zip(folder / "fred" / "many.zip", {f"{n}.ipynb": b"" for n in range(MOST_OF_ONE + 1)})
    make_zip(folder / "gil" / "zip.zip", {"inner.zip": b""})
    make_zip(folder / "hal" / "all.zip", {"a/inner.zip": b"", "b/05.ipynb": b""})
    os.truncate(folder / "ida" / "huge.zip", LARGEST + 1)
    found = list(find_notebooks([folder], LESSONS))
    said = {item.path: item.problem for item in found}
    words = {
        **{"anna/05.ipynb": "", "cleo/05_descent.ipynb.txt": ""},
        **{"ben": "no notebook", "dan": "no notebook", "eve/no.zip": "can't be read as a zip"},
        **{"fred/many.zip": "more than 50", "gil/zip.zip": "holds no notebook"},
        **{"hal/all.zip/a/inner.zip": "inside another", "hal/all.zip/b/05.ipynb": ""},
        "ida/huge.zip": "larger than",
    }
    assert said.keys() == words.keys()
    for path, word in words.items():
        assert word in said[path] and bool(word) == bool(said[path])
    archive = make_zip(tmp_path / "c.zip", {"anna/05.ipynb": b"", "ben/a.pdf": b"", "z/y.zip": b""})
    assert {i.student: bool(i.problem) for i in find_notebooks([archive], LESSONS)} == {
        "anna": False,
        "ben": True,
        "z": True,
    }


@pytest.mark.skipif(os.name != "posix", reason="pipes as files are POSIX")
def test_a_pipe_called_like_a_zip_file_is_not_waited_for(tmp_path):
    make_files(tmp_path, "anna/05.ipynb", "ben/x")
    os.mkfifo(tmp_path / "ben" / "a.zip")
    problems = {item.student: item.problem for item in find_notebooks([tmp_path], LESSONS)}
    assert problems == {"anna": "", "ben": "it is not an ordinary file."}

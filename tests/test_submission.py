"""What is taken from a learner's file, and what is said about files that are none."""

import json
import time
from types import SimpleNamespace

import pytest
from graded_lesson import make_cell, make_lesson, make_notebook

from nnkit.course.lesson import read_lesson, source_paths
from nnkit.course.submission import LARGEST, Unreadable, exercises_in, lesson_of, read_submission


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    return make_lesson(tmp_path_factory.mktemp("lesson"))


def read(notebook, lesson):
    return read_submission(json.dumps(notebook).encode(), lesson)


def test_takes_the_exercise_cells_alone(lesson):
    notebook = make_notebook(lesson, extra=["print('mine')"])
    submission = read(notebook, lesson)
    assert submission.sources == {n: e.solution for n, e in lesson.exercises.items()}
    assert not submission.missing and not submission.notes


def test_grade_id_goes_before_cell_id(lesson):
    notebook = make_notebook(lesson)
    moved = make_cell("renamed = 1", "double")
    moved["id"] = "elsewhere"
    notebook["cells"][0] = moved
    notebook["cells"].append(make_cell("by id only", "other") | {"id": "double"})
    assert read(notebook, lesson).sources["double"] == "renamed = 1"


def test_cell_id_is_enough(lesson):
    notebook = make_notebook(lesson)
    for cell in notebook["cells"]:
        cell["metadata"] = {}
    assert set(read(notebook, lesson).sources) == set(lesson.exercises)


def test_of_two_copies_the_last_written_one_counts(lesson):
    notebook = make_notebook(lesson)
    stub = lesson.exercises["double"].stub
    for source in "double = first", "double: object = last", stub + "\n":
        notebook["cells"].append(make_cell(source, "double"))
    submission = read(notebook, lesson)
    assert submission.sources["double"] == "double: object = last"
    assert submission.notes == ['3 cells are called "double"; the last whole one was graded.']


@pytest.mark.parametrize(
    "parts",
    [
        ["two = 2", "def double(x):\n    return two * x"],
        ["def double(x):\n    return 2 * x", ""],
        ["def double(x):\n    return 2 * x", "# it works!", "print(double(3))"],
    ],
)
def test_the_parts_of_a_split_cell_are_graded_as_one(lesson, parts):
    notebook = make_notebook(lesson, {"double": parts[0]})
    notebook["cells"] += [make_cell(part, "double") for part in parts[1:]]
    submission = read(notebook, lesson)
    scope = {}
    exec(submission.sources["double"], scope)
    assert scope["double"](4) == 8
    assert submission.notes == [f'{len(parts)} cells are called "double"; they were graded as one.']


@pytest.mark.parametrize("draft", ["def double(x: first try", "%matplotlib inline"])
def test_a_draft_that_is_no_python_does_not_harm_the_whole_one(lesson, draft):
    notebook = make_notebook(lesson)
    notebook["cells"].append(make_cell(draft, "double"))
    assert read(notebook, lesson).sources["double"] == lesson.exercises["double"].solution


def test_of_a_split_cell_that_is_timed_the_last_part_counts(lesson):
    notebook = make_notebook(lesson, {"double": "two = 2"})
    notebook["cells"].append(make_cell("%%time\ndouble = 3", "double"))
    assert read(notebook, lesson).sources["double"] == "%%time\ndouble = 3"


def test_answer_in_another_cell_is_pointed_out(lesson):
    stub = lesson.exercises["double"].stub
    notebook = make_notebook(lesson, {"double": stub}, extra=["def double(x):\n    return 2 * x"])
    submission = read(notebook, lesson)
    assert "defined in cell 9" in submission.missing["double"]
    assert "double" not in submission.sources


def test_answer_in_another_exercises_cell_is_pointed_out(lesson):
    both = lesson.exercises["powers"].solution + "\n\ndef double(x):\n    return 2 * x"
    stub = lesson.exercises["double"].stub
    submission = read(make_notebook(lesson, {"double": stub, "powers": both}), lesson)
    assert submission.missing == {
        "double": '"double" is defined in cell 3, which is that of "powers", but only the cell '
        'made for it ("double") is graded: move your code there.'
    }
    assert submission.sources["powers"] == both and "double" not in submission.sources


def test_answers_that_were_exchanged_are_pointed_out_and_graded(lesson):
    swapped = {"double": "powers", "powers": "double"}
    sources = {name: lesson.exercises[other].solution for name, other in swapped.items()}
    submission = read(make_notebook(lesson, sources), lesson)
    assert submission.sources.items() >= sources.items() and not submission.missing
    assert submission.notes[0].startswith('"double" is defined in cell 3, which is that of "pow')
    assert len(submission.notes) == 2


def test_an_untouched_lesson_has_nothing_in_a_wrong_place(lesson):
    for each in [lesson, *map(read_lesson, source_paths())]:
        stubs = {name: exercise.stub for name, exercise in each.exercises.items()}
        for untouched in stubs, {}, {**stubs, next(iter(stubs)): None}:
            answers = {name: source for name, source in untouched.items() if source}
            found = read(make_notebook(each, answers), each)
            assert not found.missing and not found.notes


BOMBS = {
    "signs": "-" * 200_000 + "1",
    "brackets": "x = " + "[" * 90 + "]" * 90,
    "attributes": "x" + ".a" * 40_000,
    "a sum": "x = " + "1+" * 40_000 + "1",
    "a bad escape": r"x = '\d'",
    "a zero byte": "x = 1\0",
    "a long number": "x = " + "9" * 90_000,
    "a long list": "x = [" + "1," * 900_000 + "]",
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_looking_for_an_answer_elsewhere_comes_to_no_harm(lesson, bomb):
    stub = lesson.exercises["double"].stub
    source = BOMBS[bomb] + "  # double"
    notebook = make_notebook(lesson, {"double": stub}, extra=[source])
    before = time.process_time()
    assert read(notebook, lesson).sources["double"] == stub
    assert time.process_time() - before < 2


def test_missing_cell_and_cell_of_another_type_are_named(lesson):
    notebook = make_notebook(lesson)
    del notebook["cells"][0]
    notebook["cells"][1]["cell_type"] = "markdown"
    missing = read(notebook, lesson).missing
    assert '"double" is not in the notebook' in missing["double"]
    assert "not a code cell" in missing["powers"]


@pytest.mark.parametrize("wrap", [lambda s: s.splitlines(keepends=True), lambda s: [s, 3, None]])
def test_source_may_be_a_list(lesson, wrap):
    notebook = make_notebook(lesson)
    for cell in notebook["cells"]:
        cell["source"] = wrap(cell["source"])
    assert read(notebook, lesson).sources["double"] == lesson.exercises["double"].solution


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le"])
def test_byte_order_marks(lesson, encoding):
    text = json.dumps(make_notebook(lesson))
    data = text.encode(encoding)
    data = b"\xff\xfe" + data if encoding == "utf-16-le" else data
    assert len(read_submission(data, lesson).sources) == 4


def test_nbformat_3_and_5(lesson):
    notebook = make_notebook(lesson)
    five = notebook | {"nbformat": 5}
    for cell in (cells := json.loads(json.dumps(notebook["cells"]))):
        cell["input"] = cell.pop("source")
    three = {"nbformat": 3, "worksheets": [{"cells": cells}, None]}
    assert (
        read(three, lesson).sources == read(five, lesson).sources == read(notebook, lesson).sources
    )


WRONG_FILES = {
    "empty": (b" \n", "empty"),
    "cut off": (b'{"cells": [', "cut off"),
    "merge conflict": (b'{\n<<<<<<< HEAD\n"cells": 1\n=======\n>>>>>>> x\n}', "merge conflict"),
    "web page": (b"\xef\xbb\xbf\n<!DOCTYPE html>", "web page"),
    "bytes": (b"\x89PNG\r\n\x1a\n\x00\xff", "UTF-8"),
    "latin-1": ('{"cells": ["é"]}'.encode("latin-1"), "UTF-8"),
    "utf-16 cut": (b"\xff\xfe{", "UTF-8"),
    "deep": (b"[" * 200_000, "nested"),
    "deep in place": (b'{"cells":' + b"[" * 200_000 + b"]" * 200_000 + b"}", "nested"),
    "list": (b"[]", "no notebook"),
    "number": (b"1e999", "no notebook"),
    "long number": (b"1" * 10_000, "damaged"),
    "no cells": (b'{"nbformat": 4}', "no list of cells"),
    "cells of another type": (b'{"cells": {"a": 1}}', "no list of cells"),
    "large": (b" " * LARGEST + b"{}", "larger"),
    "many cells": (b'{"cells":[' + b"{}," * 1_700_000 + b"{}]}", "parts: clear its outputs"),
    "many numbers": (b'{"cells":[],"a":[' + b"1.5," * 4_000_000 + b"1]}", "parts"),
}


@pytest.mark.parametrize("case", WRONG_FILES)
def test_file_that_is_no_notebook(lesson, case):
    data, said = WRONG_FILES[case]
    with pytest.raises(Unreadable, match=said):
        read_submission(data, lesson)


@pytest.mark.parametrize("junk", [None, 3, "x", [], {}, [[]], {"a": {}}, True, float("nan")])
def test_any_value_in_any_field(lesson, junk):
    for field in "id", "metadata", "cell_type", "source":
        notebook = make_notebook(lesson)
        notebook["cells"] += [junk, {"metadata": {"nbgrader": junk}}]
        notebook["cells"][0][field] = junk
        notebook["metadata"] = junk
        assert "powers" in read(notebook, lesson).sources


def test_lone_surrogates_and_foreign_line_ends(lesson):
    notebook = make_notebook(lesson, {"double": "x = '\ud800'\r\ny = 1"})
    assert read(notebook, lesson).sources["double"] == "x = '?'\ny = 1"


def test_pictures_do_not_make_a_notebook_too_large(lesson):
    notebook = make_notebook(lesson)
    image = {"output_type": "display_data", "data": {"image/png": "iVBOR+/0" * 25_000}}
    notebook["cells"][0]["outputs"] = [image | {"metadata": {}}] * 100
    assert set(read(notebook, lesson).sources) == set(lesson.exercises)


NAMED = {"nnkit": {"source": "lessons/source/05_descent.py"}}


@pytest.mark.parametrize(
    ("stem", "cells", "metadata", "told"),
    [
        ("anna_homework", True, NAMED, "07_small"),
        ("07_small (1)", False, NAMED, "05_descent"),
        ("anna_07_SMALL", False, {}, "07_small"),
        ("07_small.v2", False, {"nnkit": {"source": ["05_descent"]}}, "07_small"),
        ("homework", False, {"nnkit": 3}, None),
    ],
)
def test_lesson_is_told_by_cells_then_metadata_then_name(lesson, stem, cells, metadata, told):
    lessons = {"07_small": lesson, "05_descent": SimpleNamespace(exercises={"step": None})}
    notebook = make_notebook(lesson) if cells else {"cells": []}
    data = json.dumps(notebook | {"metadata": metadata}).encode()
    if told:
        assert lesson_of(data, stem, lessons) is lessons[told]
    else:
        with pytest.raises(Unreadable, match="hand in the lesson's own notebook"):
            lesson_of(data, stem, lessons)


def test_exercises_in(lesson):
    assert set(lesson.exercises) < exercises_in(json.dumps(make_notebook(lesson)).encode())

import nbformat
import pytest
from graded_lesson import SOURCE

from nnkit.course.lesson import Lesson, LessonError
from nnkit.course.release import build, execute, release, stale, validate

OWN_HINT = "# You handed back what you were given.\ndef double(x):\n    return x"


def lesson_of(tmp_path, source=SOURCE):
    path = tmp_path / "07_small.py"
    path.write_text(source, encoding="utf-8")
    return Lesson(path)


def test_a_sound_lesson_is_accepted(tmp_path):
    validate(lesson_of(tmp_path))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("return 2 * x", "return 2 * x + x.sum() * 0 + np.random.rand()", "fails its own check"),
        ("    ### BEGIN SOLUTION\n", "    x = 3\n    return x\n    ### BEGIN SOLUTION\n", "stub"),
        ("return x**2", "return 2 * x", "wrong answer 1 passes"),
        (OWN_HINT, "# Other.\ndef double(x):\n    return x**2", "brings up another's hint"),
        (OWN_HINT, OWN_HINT.replace("# You handed back what you were given.\n", ""), "a hint"),
        (OWN_HINT, "# Nothing.\nprint()", "wrong answer 2 passes"),
        ("# That is the square. Twice means: two times.\n", "\n", "needs a hint"),
        ('check("double", double)', "pass", "no check cell"),
        ("def inputs(rng):\n    return (rng.normal(size=3),)", "pass", "no inputs cell"),
        ("return (rng.normal(size=3),)", "return (np.ones(3),)", "the same on all inputs"),
    ],
)
def test_a_lesson_that_would_not_hold_is_refused(tmp_path, old, new, reason):
    assert old in SOURCE
    with pytest.raises(LessonError, match=f'exercise "double": .*{reason}'):
        validate(lesson_of(tmp_path, SOURCE.replace(old, new, 1)))


def test_one_wrong_answer_is_too_few(tmp_path):
    lesson = lesson_of(tmp_path)
    del lesson.exercises["double"].wrong[1:]
    with pytest.raises(LessonError, match="at least two known wrong answers are needed, got 1"):
        validate(lesson)


def test_the_learners_notebook_has_stubs_ids_and_nbgraders_metadata(tmp_path):
    notebook = build(lesson_of(tmp_path))
    nbformat.validate(notebook)
    cells = {cell.id: cell for cell in notebook.cells}
    assert cells["double"].source.endswith("...  # write your code here")
    common = {"schema_version": 3, "task": False}
    assert cells["double"].metadata.nbgrader == common | {
        "grade_id": "double", "solution": True, "grade": False, "locked": False,
    }  # fmt: skip
    assert cells["check-double"].metadata.nbgrader == common | {
        "grade_id": "check-double", "solution": False, "grade": True, "locked": True, "points": 1,
    }  # fmt: skip
    text = nbformat.writes(notebook)
    assert "handed back" not in text and "def inputs" not in text
    assert notebook.metadata.nnkit.source == "lessons/source/07_small.py"


def test_building_twice_gives_the_same_bytes(tmp_path):
    lesson = lesson_of(tmp_path)
    assert nbformat.writes(build(lesson)) == nbformat.writes(build(lesson))


def test_equal_cells_are_refused_since_their_ids_would_be_equal(tmp_path):
    with pytest.raises(LessonError, match="two cells are the same"):
        build(lesson_of(tmp_path, SOURCE + "\n\n# %%\nprint(1)\n\n# %%\nprint(1)\n"))


@pytest.mark.parametrize(
    ("code", "reason"),
    [("1 / 0", "ZeroDivisionError"), ("import sys\nprint(1, file=sys.stderr)", "stderr")],
)
def test_a_cell_that_fails_or_warns_stops_the_release(tmp_path, code, reason):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    with pytest.raises(LessonError, match=reason):
        execute(notebook, "07_small")


def test_what_a_cell_prints_is_one_output_however_long_it_takes():
    code = "import time\nfor i in 1, 2:\n    print(i)\n    time.sleep(0.5)"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    (output,) = execute(notebook, "07_small").cells[0].outputs
    assert output.text == "1\n2\n"


def test_a_release_is_current_until_its_source_changes(tmp_path):
    source = SOURCE.split("# %% exercise=")[0] + "# %%\nprint(6 * 7)\n"
    lesson = lesson_of(tmp_path, source)
    assert stale(lesson, tmp_path) == "it has not been released"
    path = release(lesson, tmp_path)
    assert nbformat.read(path, as_version=4).cells[-1].outputs[0].text == "42\n"
    assert stale(lesson, tmp_path) == ""
    assert "its cells are others" in stale(lesson_of(tmp_path, source + "#"), tmp_path)
    tagged = source.replace('tags=["setup"]', 'tags=["setup", "more"]')
    assert "differs" in stale(lesson_of(tmp_path, tagged), tmp_path)


def test_what_is_printed_after_a_question_is_not_told_before_it(tmp_path):
    source = SOURCE.split("# %% exercise=")[0]
    source += '# %%\npredict("q", "6 times 7?", {"42": "yes"}, "42")\n\n'
    source += "# %% [markdown]\n# Run it:\n\n# %%\nprint(6 * 7)\n\n# %%\nprint(7 * 7)\n"
    *_, hidden, shown = nbformat.read(release(lesson_of(tmp_path, source), tmp_path), 4).cells
    assert (hidden.outputs, hidden.execution_count) == ([], None)
    assert shown.outputs[0].text == "49\n"


def test_a_refused_lesson_leaves_what_stood_there(tmp_path):
    path = tmp_path / "07_small.ipynb"
    path.write_text("as it was")
    with pytest.raises(LessonError):
        release(lesson_of(tmp_path, SOURCE.replace("return 2 * x", "return x")), tmp_path)
    assert path.read_text() == "as it was"

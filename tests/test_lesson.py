import numpy as np
import pytest
from graded_lesson import SOURCE

from nnkit.course.lesson import Lesson, LessonError, find_lesson, make_stub, packages


def lesson_of(tmp_path, source):
    path = tmp_path / "07_small.py"
    path.write_text(source, encoding="utf-8")
    return Lesson(path)


def test_reads_exercises_with_all_that_belongs_to_them(tmp_path):
    lesson = lesson_of(tmp_path, SOURCE)
    exercise = lesson.exercises["double"]
    assert lesson.title == "07 A small lesson"
    assert (exercise.points, exercise.answer) == (1, "double")
    assert exercise.wrong[0].hint == "That is the square. Twice means: two times."
    assert "2 * x" in exercise.solution
    assert exercise.stub == (
        'def double(x):\n    """Twice the array x."""\n    ...  # write your code here'
    )


def test_a_trial_draws_the_same_inputs_from_the_same_seed_and_protects_them(tmp_path):
    def spoil(x):
        x *= 2
        return x

    trial = lesson_of(tmp_path, SOURCE).trial_of("double", spoil)
    args = trial.draw(3)
    assert np.array_equal(args[0], trial.draw(3)[0])
    assert not np.array_equal(args[0], trial.draw(4)[0])
    assert np.array_equal(trial(args), trial(args)), "the first call changed the inputs"


def test_each_known_wrong_answer_is_tried_apart_from_the_reference(tmp_path):
    lesson = lesson_of(tmp_path, SOURCE)
    args = (np.array([3.0]),)
    answers = [lesson.trial("double", number)(args) for number in (0, 1, None)]
    assert [answer.item() for answer in answers] == [9, 3, 6]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('exercise="powers"', 'exercise="double"', "two exercises"),
        ("points=1", "points=0", "needs points=1 or more"),
        ('wrong="double"', 'wrong="doubel"', 'a wrong cell names "doubel"'),
        ('check("double", double)', 'check("double")', 'must read check("exercise", answer)'),
        ("    ### END SOLUTION", "", "needs its solution between"),
        ("### BEGIN SOLUTION", "### END SOLUTION", "stands where it should not"),
    ],
)
def test_a_broken_source_is_named(tmp_path, old, new, reason):
    with pytest.raises(LessonError, match=reason.replace("(", r"\(").replace(")", r"\)")):
        lesson_of(tmp_path, SOURCE.replace(old, new, 1))


def test_a_stub_keeps_what_stands_around_the_solution():
    solution = ["    ### BEGIN SOLUTION", "    y = x", "    ### END SOLUTION"]
    source = "\n".join(["def f(x):", "    y = 1", *solution, "    return y"])
    assert make_stub(source, "f").splitlines() == [
        "def f(x):",
        "    y = 1",
        "    ...  # write your code here",
        "    return y",
    ]


def test_exercises_are_found_by_name():
    assert find_lesson("gd-step").name == "05_gradient_descent"
    assert find_lesson("gd-ste") is None


def test_the_packages_of_the_lessons_are_known():
    assert {"numpy", "nnkit", "widgets"} <= set(packages())

import importlib
import re

import numpy as np
import pytest
from graded_lesson import SOURCE

from nnkit.course import check, progress
from nnkit.course.check import judge
from nnkit.course.lesson import Lesson


@pytest.fixture
def shown(monkeypatch, tmp_path):
    """The verdicts that `check` displays, in a folder of the test's own."""
    verdicts = []
    monkeypatch.chdir(tmp_path)
    module = importlib.import_module("nnkit.course.check")  # its function hides it in the package
    monkeypatch.setattr(module, "display", verdicts.append)
    return verdicts


def step(w, grad, lr):
    return w - lr * grad


def test_a_right_answer_is_said_and_kept(shown, tmp_path):
    check("gd-step", step)
    assert shown[0].outcome == "passed"
    assert "1 of 7 exercises done." in repr(shown[0])
    assert progress.load(tmp_path)["solved"] == {"gd-step": True}
    check("gd-largest-lr", lambda a, b, c: 1 / a)
    assert "2 of 7" in repr(shown[1])


def test_a_right_answer_in_another_form_passes(shown):
    check("gd-step", lambda w, grad, lr: [float(w[i]) - lr * float(grad[i]) for i in range(3)])
    check("gd-step", lambda w, grad, lr: (w - lr * grad).astype(np.float32))
    assert [verdict.outcome for verdict in shown] == ["passed", "passed"]


def test_a_wrong_answer_names_the_inputs_and_what_came(shown, tmp_path):
    check("gd-step", lambda w, grad, lr: 7.0)
    check("gd-largest-lr", lambda a, b, c: 7.0)
    assert shown[0].outcome == "wrong"
    message = r"with w = \[.*\], grad = \[.*\], lr = 0\.\d+: expected an array of shape \(3,\), "
    assert re.fullmatch(message + r"got a number\.", shown[0].message)
    a, expected = re.search(
        r"a = ([\d.]+), .*: expected ([\d.]+), got 7\.", shown[1].message
    ).groups()
    assert float(expected) == pytest.approx(1 / float(a), rel=1e-4)
    assert not progress.load(tmp_path)["solved"]


def test_a_wrong_shape_within_a_tuple_is_told_instead_of_all_the_numbers(shown):
    check("bp-linear", lambda X, W, dY: (X.T @ dY + 1, dY.sum() + 1, dY @ W.T))
    shape = r"value 2 of 3: expected an array of shape \([23],\), got a number\."
    assert re.search(rf": {shape}$", shown[0].message)


def test_a_misconception_meets_its_hint_and_another_mistake_none(shown):
    check("gd-step", lambda w, grad, lr: w + lr * grad)
    check("gd-step", lambda w, grad, lr: w - lr * grad + 1)
    assert "uphill" in shown[0].hint
    assert shown[1].hint == ""


def test_inputs_are_fresh_each_time(shown):
    for _ in range(2):
        check("gd-step", lambda w, grad, lr: w + lr * grad)
    assert shown[0].message != shown[1].message


def untouched(w, grad, lr):
    """The weights after one step of gradient descent; w and grad are arrays of equal shape."""
    ...  # write your code here


@pytest.mark.parametrize("answer", [None, ..., untouched])
def test_what_is_not_yet_written_is_still_to_do(shown, answer):
    check("gd-step", answer)
    assert shown[0].outcome == "not-attempted"


def test_a_print_is_no_return(shown, capsys):
    def printed(w, grad, lr):
        print("w is", w - lr * grad)

    check("gd-step", printed)
    assert shown[0].outcome == "wrong"
    assert "Is a `return` missing?" in shown[0].message
    assert capsys.readouterr().out.count("w is") == 1, "one print tells as much as all"


def test_a_right_answer_that_overwrites_its_arguments_is_warned(shown):
    def in_place(w, grad, lr):
        w -= lr * grad
        return w

    check("gd-step", in_place)
    check("gd-step", step)
    assert [verdict.outcome for verdict in shown] == ["passed", "passed"]
    assert "it changes w itself" in shown[0].message
    assert "itself" not in shown[1].message


def test_a_wrong_answer_takes_back_what_was_solved(shown, tmp_path):
    check("gd-step", step)
    check("gd-step", lambda w, grad, lr: w)
    assert progress.load(tmp_path)["solved"] == {}


def test_an_endless_loop_is_stopped_without_a_traceback(shown):
    def endless(w, grad, lr):
        raise KeyboardInterrupt

    check("gd-step", endless)
    assert "a loop that never ends" in shown[0].message


def test_missing_arguments_blame_no_line_of_ours(shown):
    check("gd-step", lambda w, grad: w - grad)
    assert re.search(r"lr = [\d.]+: TypeError: .*takes 2 positional arguments", shown[0].message)


def test_an_expected_value_that_never_changes_is_not_told(tmp_path):
    path = tmp_path / "07_small.py"
    source = SOURCE.replace("return (rng.normal(size=3),)", "return (np.ones(3),)")
    path.write_text(source, encoding="utf-8")
    assert "expected" not in judge(Lesson(path), "double", lambda x: x).message


def test_an_error_names_the_learners_own_line(shown):
    def broken(w, grad, lr):
        return w - lr * gard  # noqa: F821

    check("gd-step", broken)
    assert shown[0].outcome == "error"
    line = broken.__code__.co_firstlineno + 1
    assert f"NameError in line {line} (return w - lr * gard" in shown[0].message


def test_what_is_not_a_function_is_an_error_not_a_traceback(shown):
    check("gd-step", 3.5)
    assert shown[0].outcome == "error"
    assert "TypeError" in shown[0].message


def test_an_unknown_exercise_lists_the_known_ones():
    with pytest.raises(ValueError, match='exercise must be one of .*gd-step.*; got "gd-stpe"'):
        check("gd-stpe", step)


def test_an_unwritable_folder_costs_the_record_not_the_verdict(shown, monkeypatch):
    def refuse(*_):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(progress, "save", refuse)
    check("gd-step", step)
    assert shown[0].outcome == "passed"
    assert "could not be saved: Read-only file system" in shown[0].message


def test_a_verdict_is_escaped(shown):
    check("gd-step", lambda w, grad, lr: "<script>alert(1)</script>")
    assert "<script>" not in shown[0]._repr_html_()


def test_a_fault_of_the_reference_is_not_the_learners(tmp_path):
    path = tmp_path / "07_small.py"
    path.write_text(SOURCE.replace("return 2 * x", "return 1 / 0"), encoding="utf-8")
    with pytest.raises(ZeroDivisionError):
        judge(Lesson(path), "double", lambda x: 2 * x)

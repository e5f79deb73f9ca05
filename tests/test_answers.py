import json
from fractions import Fraction

import numpy as np
import pytest

import nnkit
from nnkit.course.answers import (
    at_fault,
    blank,
    difference,
    from_json,
    plain,
    same_mistake,
    show,
    to_json,
)

SAME = [
    (1.0, 1),
    (np.float32(0.1), 0.1),
    (np.ones(3), [1, 1, 1]),
    (np.ones((2, 2)), [[1, 1], (1, 1)]),
    ((np.ones(2), 3.0), [[1, 1], 3]),
    (np.array([np.nan, np.inf]), [np.nan, np.inf]),
    (nnkit.tensor([1.0, 2.0], requires_grad=True), [1, 2]),
    ("left", "left"),
    ({"w": np.ones(2)}, {"w": [1, 1]}),
    (True, 1.0),
    (None, ...),
    (np.array([1, 0.5]), np.array([True, Fraction(1, 2)], dtype=object)),
    (0.5, Fraction(1, 2)),
]
OTHER = [
    (1.0, 1.001, "got 1.001"),
    (np.ones(3), np.ones((3, 1)), "expected an array of shape (3,), got an array of shape (3, 1)"),
    (np.ones(3), 1.0, "expected an array of shape (3,), got a number"),
    (1.0, [1.0], "expected a number, got an array of shape (1,)"),
    (1.0, "1.0x", "expected a number, got 1.0x"),
    (1.0, None, "expected a number, got nothing (None)"),
    (np.inf, -np.inf, "got -inf"),
    (0.0, np.nan, "got nan"),
    ((np.ones(2), 3.0), (np.ones(2),), "expected 2 values, got [[1., 1.]]"),
    ({"w": 1.0}, {"v": 1.0}, "expected a dict with the keys ['w'], got v: 1"),
    (
        (np.ones((2, 2)), np.ones(3), 1.0),
        (np.zeros((2, 2)), 3.0, 1.0),
        "value 2 of 3: expected an array of shape (3,), got a number",
    ),
    (
        {"loss": 1.0, "grads": (np.ones(2), 2.0)},
        {"loss": 1.0, "grads": (np.ones((1, 2)), 2.0)},
        "in 'grads': value 1 of 2: expected an array of shape (2,), got an array of shape (1, 2)",
    ),
    ((np.ones(2), 3.0), (np.ones(2), 4.0), "got ([1., 1.], 4)"),
    ("left", "right", "got right"),
    (1.0, 1 + 0j, "expected a number, got (1+0j)"),
    (1.0, np.complex64(1), "expected a number, got np.complex64(1+0j)"),
    (np.ones(2), np.ones(2) + 0j, "expected an array of shape (2,), got array([1.+0.j, 1.+0.j])"),
    (np.ones(2), np.ones(2) + 3j, "expected an array of shape (2,), got array([1.+3.j, 1.+3.j])"),
    (1.0, np.array("1.0"), "expected a number, got array('1.0', dtype='<U3')"),
    (1.0, b"1.0", "expected a number, got b'1.0'"),
    (np.ones(1), [1 + 0j], "expected an array of shape (1,), got ((1+0j))"),
    (
        np.ones(1),
        np.array(["1"], object),
        "expected an array of shape (1,), got array(['1'], dtype=object)",
    ),
    (
        np.ones(1),
        np.array([1 + 0j], object),
        "expected an array of shape (1,), got array([(1+0j)], dtype=object)",
    ),
    (1.0, np.timedelta64(1), "expected a number, got np.timedelta64(1)"),
    (None, np.ones(2), "got [1., 1.]"),
]


@pytest.mark.parametrize(("expected", "got"), SAME)
def test_equal_answers_in_whatever_form(expected, got):
    assert difference(expected, got) is None
    assert difference(got, expected) is None


@pytest.mark.parametrize(("expected", "got", "phrase"), OTHER)
def test_other_answers_are_told_apart_without_giving_the_answer_away(expected, got, phrase):
    assert difference(expected, got) == phrase


def test_of_a_dict_the_entry_at_fault_is_told_first_of_all_a_wrong_kind():
    right = {"a": 1.0, "b": np.ones(2), "c": 3.0}
    assert at_fault(right, right | {"c": 4.0}) == ("in 'c': ", 3.0, 4.0)
    assert at_fault(right, right | {"a": 2.0, "b": 5.0})[0] == "in 'b': "
    assert at_fault(right, right)[0] == at_fault(1.0, 2.0)[0] == at_fault(right, {})[0] == ""
    assert difference(right, right | {"c": 4.0}) == "in 'c': got 4"


def test_a_mistake_is_known_by_the_entries_that_it_spoils():
    right = [{"a": 1.0, "b": 2.0}, {"a": 5.0, "b": 6.0}]
    known = [{"a": 1.0, "b": 3.0}, {"a": 5.0, "b": 7.0}]
    assert same_mistake(right, known, [{"a": 9.0, "b": 3.0}, {"a": 5.0, "b": 7.0}])
    assert not same_mistake(right, known, [{"a": 1.0, "b": 3.0}, {"a": 5.0, "b": 8.0}])
    assert not same_mistake(right, right, [{"a": 9.0, "b": 2.0}, {"a": 5.0, "b": 6.0}])
    assert not same_mistake(right, known, [{"a": 1.0}, {"a": 5.0}])
    assert same_mistake([["x", 1.0]], [["x", 2.0]], [["y", 2.0]])
    assert not same_mistake([["x", 1.0]], [["x", 2.0]], [["y", 2.0, 0.0]])
    assert same_mistake([1.0, 2.0], [1.0, 3.0], [1.0, 3.0])
    assert not same_mistake([1.0, 2.0], [1.0, 3.0], [0.0, 3.0]), "the first draw spoils it"


def test_an_object_that_claims_to_equal_everything_equals_nothing():
    class Yes:
        def __eq__(self, other):
            return True

    assert difference(1.0, Yes()) is not None
    assert difference("text", Yes()) is not None


@pytest.mark.parametrize("value", [None, ..., (None, None), [[None], None], {"a": None}])
def test_blank_answers(value):
    assert blank(value)


@pytest.mark.parametrize("value", [0, "", [], {}, (None, 1), {"a": 1}, np.zeros(0)])
def test_answers_that_are_not_blank(value):
    assert not blank(value)


def test_what_is_shown_of_modes_and_of_zero():
    assert show({"on": np.ones(2), "off": -0.0}) == "on: [1., 1.]; off: 0"
    assert show(np.array([-0.0, -1.0])) == "[0., -1.]"


@pytest.mark.parametrize("value", [value for pair in SAME for value in pair])
def test_json_round_trip(value):
    text = to_json(value)
    json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    assert difference(plain(value), from_json(text)) is None


@pytest.mark.parametrize(
    "text",
    [
        "", "{", '{"shape": [2], "values": [1]}', '{"a": 1}', "[" * 100_000, '{"dict": 3}', "1.5",
        "[" * 400 + '"a"' + "]" * 400, "[" * 9 + '"a"' + "]" * 9, f"[{'[],' * 2000}null]",
        f'{{"shape": [{"1," * 63}1], "values": [1]}}',
    ],
)  # fmt: skip
def test_what_is_no_encoded_answer_is_a_value_error(text):
    with pytest.raises(ValueError):
        from_json(text)


def test_show_is_short():
    assert show(np.arange(1000.0)) == "[0., 1., 2., ..., 997., 998., 999.]"
    assert show((1.0, np.ones(2))) == "(1, [1., 1.])"
    assert len(show("x" * 1000)) == 160

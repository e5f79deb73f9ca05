import pytest

from widgets.lambda_history import for_each_epoch, history, in_force, read_history, write_history


@pytest.mark.parametrize(
    ("text", "turns"),
    [
        ("", []),
        ("0: 0.001, 80: 0.03", [(0, 0.001), (80, 0.03)]),
        ("0:1e-05,5:0", [(0, 1e-5), (5, 0.0)]),
    ],
)
def test_a_history_is_read(text, turns):
    assert read_history(text) == turns


@pytest.mark.parametrize(
    "text",
    ["x", "0", "0: a", "5: 0.1", "0: 0.1, 0: 0.2", "0: 1, 9: 0, 8: 1", "0: -1", "0: nan", "0: 2,"],
)
def test_nonsense_is_no_history(text):
    assert read_history(text) is None


def test_writing_keeps_every_digit_and_leaves_out_what_is_no_change():
    turns = [(0, 0.1234567891), (5, 0.1234567891), (7, 0.2)]
    assert read_history(write_history(turns)) == [turns[0], turns[2]]
    assert write_history([(0, 0.1)]) == ""
    assert write_history([(0, 0.1), (9, 0.1)]) == ""


def test_the_last_turn_so_far_is_in_force():
    turns = [(0, 0.1), (10, 0.2)]
    assert [in_force(turns, epoch) for epoch in (0, 9, 10, 99)] == [0.1, 0.1, 0.2, 0.2]


@pytest.mark.parametrize("epochs", [0, 1, 10, 11, 30])
def test_each_epoch_has_the_lambda_in_force(epochs):
    turns = [(0, 0.1), (10, 0.2), (11, 0.3)]
    each = for_each_epoch(turns, epochs)
    assert each == [in_force(turns, epoch) for epoch in range(epochs)]


def test_the_box_keeps_its_value_when_nonsense_is_typed():
    box = history("so far").widget()
    box.value = "0: 0.1, 9: 0.2"
    box.value = "soon"
    assert box.value == "0: 0.1, 9: 0.2"
    box.set_state({"value": "from the page"})
    assert box.value == "0: 0.1, 9: 0.2"

import itertools

import numpy as np
import pytest

from widgets import Perceptron
from widgets.neuron import CORNERS, GATES, TABLES, answer, perceptron_rule, update
from widgets.neuron_drawing import EDGE
from widgets.perceptron import OWN, samples


@pytest.mark.parametrize("gate", GATES)
def test_the_gates_weights_give_their_tables(gate):
    w1, w2, b = GATES[gate]
    assert answer(CORNERS, np.array([w1, w2]), b).tolist() == list(TABLES[gate])


@pytest.mark.parametrize("y", [0, 1])
def test_an_update_moves_a_wrong_sum_towards_its_side_and_leaves_a_right_one(y):
    x, w = np.array([0.5, -2.0]), np.array([1.0, 1.0])
    for b in -3.0, 4.0:
        after, bias = update(w, b, x, y)
        change = (x @ after + bias) - (x @ w + b)
        wrong = answer(x, w, b) != y
        assert change == pytest.approx(wrong * (1 if y else -1) * (x @ x + 1))


def test_the_rule_arrives_within_the_theorems_bound_where_a_line_exists():
    longest = 3  # the square of the length of (1, 1, 1), the bias's input included
    for gate, (*w, b) in GATES.items():
        room = np.abs(CORNERS @ w + b).min() ** 2 / (np.dot(w, w) + b * b)
        found, bias, updates = perceptron_rule(CORNERS, TABLES[gate], 100)
        assert answer(CORNERS, found, bias).tolist() == list(TABLES[gate])
        assert 0 < updates <= longest / room


def test_on_xor_the_rule_comes_back_to_where_it_was():
    first, second = (perceptron_rule(CORNERS, TABLES["XOR"], epochs) for epochs in (5, 6))
    assert np.array_equal(first[0], second[0]) and first[1] == second[1]
    assert second[2] - first[2] == 4


def test_compute_gives_the_sums_and_the_mistakes_that_are_drawn():
    explorer = Perceptron(task="XOR", w1=2.0, w2=2.0, b=-1.0)
    result = explorer.compute(**explorer.state)
    assert result.z.tolist() == [-1, 1, 1, 3]
    assert result.wrong.tolist() == [False, False, False, True]
    crosses = explorer.plane.samples.crosses
    assert (crosses.get_xdata(), crosses.get_ydata()) == ([1], [1])
    x, y = explorer.plane.line.get_data()
    assert 2 * x + 2 * y - 1 == pytest.approx(0)
    assert "1 of 4 wrong: (1, 1)" in explorer.live.description
    assert "z = 2·1 + 2·1 − 1 = 3, above 0" in explorer.live.description


@pytest.mark.parametrize("activation", ["step", "sigmoid"])
def test_the_halfplanes_are_coloured_by_the_answer(activation):
    explorer = Perceptron(activation=activation, w1=1.0, w2=-2.0, b=0.5)
    field = explorer.compute(**explorer.state).over_the_plane
    assert field[0, -1] > 0.9 and field[-1, 0] < 0.1  # lower right, upper left
    if activation == "sigmoid":
        assert field[40, 20] == pytest.approx(1 / (1 + np.exp(0.5)))  # at (0, 0.5), z = -0.5
    else:
        assert np.mean((field > 0) & (field < 1)) < 0.03, "two flat colours up to the line"


def test_with_all_weights_0_the_plane_has_the_colour_of_its_one_answer():
    explorer = Perceptron(w1=0.0, w2=0.0, b=0.0)
    for b, said in (0.0, 0), (0.1, 1):
        explorer.b = b
        assert (explorer.compute(**explorer.state).over_the_plane == said).all()


def test_all_three_weights_times_a_number_sharpen_a_sigmoid_and_leave_its_line():
    explorer = Perceptron(task="OR", activation="sigmoid", w1=2.0, w2=2.0, b=-1.0)
    soft, line = explorer.compute(**explorer.state).over_the_plane, explorer.plane.line.get_xydata()
    explorer.times = 20.0
    sharp = explorer.compute(**explorer.state).over_the_plane
    assert explorer.plane.line.get_xydata() == pytest.approx(line)
    assert np.mean(abs(soft - 0.5) > 0.45) < 0.5 < 0.9 < np.mean(abs(sharp - 0.5) > 0.45)
    assert "more than a half, and it should be 1" in explorer.live.description
    explorer.activation = "step"
    assert explorer.unused(explorer.state) == ("times",)
    step = Perceptron(task="OR", w1=2.0, w2=2.0, b=-1.0)
    assert step.live.picture == explorer.live.picture


def test_an_update_goes_from_the_weights_of_the_sliders():
    explorer = Perceptron(activation="sigmoid", w1=-1.0, w2=2.0, b=1.0, times=5.0)
    explorer.learn_once()
    assert (explorer.w1, explorer.w2, explorer.b, explorer.times) == (-1, 2, 0, 1)


def test_the_buttons_learn_as_the_rule_does():
    explorer = Perceptron(w1=0.0, w2=0.0, b=0.0)
    explorer.learn()
    w, b, updates = perceptron_rule(CORNERS, TABLES["AND"], 100)
    assert (explorer.w1, explorer.w2, explorer.b) == (*w, b)
    assert f"{updates} updates, and no sample is wrong any more" in explorer.live.description
    explorer.reset()
    for _ in range(updates):
        assert "None wrong" not in explorer.live.description
        explorer.learn_once()
    assert (explorer.w1, explorer.w2, explorer.b) == (*w, b)
    explorer.learn_once()
    assert "No sample is wrong, so the rule changes nothing" in explorer.live.description


def test_one_update_says_what_it_did_and_shows_where_the_line_was():
    explorer = Perceptron(w1=-1.0, w2=2.0, b=1.0)
    explorer.learn_once()
    assert "(0, 0) was answered wrongly, so it was taken from the weights" in explorer.live.words
    assert "its z went from 1 to 0" in explorer.live.words
    ((before, after),) = explorer.plane.old.get_segments()
    assert -before[0] + 2 * before[1] + 1 == pytest.approx(0)
    explorer.b = 0.5
    assert explorer.plane.old.get_segments() == []
    assert "its z went" not in explorer.live.words


def test_the_samples_take_turns_and_reset_begins_with_the_first_again():
    explorer = Perceptron(task="OR", w1=-5.0, w2=-5.0, b=-5.0)  # one update puts no sample right
    for sample in "(0, 1)", "(1, 0)", "(1, 1)", "(0, 1)":
        explorer.learn_once()
        assert f"{sample} was answered wrongly" in explorer.live.description
    explorer.reset()
    explorer.learn_once()
    assert "(0, 1) was answered wrongly" in explorer.live.description


def test_another_task_or_preset_begins_with_the_first_sample_too():
    explorer, counts = Perceptron(), []
    for task in "AND", "XOR", "OR", "NAND", "NAND":
        explorer.set(task=task, **Perceptron.presets["all weights 0"])
        explorer.learn()
        counts.append(explorer.live.words.split(" update")[0].split()[-1])
    rule = [perceptron_rule(CORNERS, TABLES[task], 100)[2] for task in ("AND", "OR", "NAND")]
    assert [*map(int, counts)] == [rule[0], 100, rule[1], rule[2], rule[2]]


def test_xor_never_comes_to_rest():
    explorer = Perceptron(task="XOR")
    explorer.learn()
    assert "100 updates, and still" in explorer.live.description
    assert "no rest" in explorer.live.description


def test_weights_beyond_the_sliders_are_scaled_and_the_line_stays():
    explorer = Perceptron(update=lambda w, b, x, y: (np.array([30.0, 20.0]), -40.0))
    explorer.learn_once()
    assert (explorer.w1, explorer.w2, explorer.b) == pytest.approx((3.75, 2.5, -5.0))
    assert "the same line" in explorer.live.description


def test_a_learners_update_moves_the_weights():
    def slow(w, b, x, y):
        error = y - answer(x, w, b)
        return w + 0.1 * error * x, b + 0.1 * error

    explorer = Perceptron(update=slow, w1=-1.0, w2=2.0, b=1.0)
    explorer.learn_once()
    assert (explorer.w1, explorer.w2, explorer.b) == pytest.approx((-1.0, 2.0, 0.9))


def test_an_update_that_is_still_to_do_is_lent():
    explorer = Perceptron(update=lambda w, b, x, y: None, w1=0.0, w2=0.0, b=0.0)
    explorer.learn()
    assert "run this cell again" in explorer.live.description
    assert "None wrong" in explorer.live.description


@pytest.mark.parametrize("wrong", [3, (np.zeros(3), 0.0), (np.array([np.nan, 1]), 0.0)])
def test_an_update_that_returns_something_else_is_told_so(wrong):
    explorer = Perceptron(update=lambda w, b, x, y: wrong)
    (button,) = [w for w in explorer.panel.buttons.children if w.description == "one update"]
    button.click()
    assert "update must return" in explorer.live.words
    assert 'role="alert"' in explorer.live.words


def test_choosing_a_task_brings_its_samples_and_moving_one_makes_them_own():
    explorer = Perceptron()
    explorer.task = "XOR"
    assert explorer.points == samples("XOR")
    moved = (*samples("XOR")[:3], (0.9, 1.2, 0))
    explorer.points = moved
    assert explorer.task == OWN
    explorer.points = samples("NAND")
    assert explorer.task == "NAND"
    assert Perceptron(points=moved).task == OWN
    assert Perceptron(task="OR").points == samples("OR")


def test_own_points_begin_with_none():
    explorer = Perceptron(task="XOR")
    explorer.task = OWN
    assert explorer.points == ()
    assert "Choose a class in new sample, then click" in explorer.live.description
    explorer.points = ((0.2, 0.3, 1),)
    assert explorer.task == OWN and "1 of 1 wrong" in explorer.live.description


def test_a_state_comes_back_as_it_was():
    own = Perceptron(task=OWN), Perceptron(points=((0.1, 0.2, 1),))
    for explorer in Perceptron(task="XOR", w1=0.3, times=2.0), *own:
        again = eval(repr(explorer))
        assert again.state == explorer.state
        assert again.live.picture == explorer.live.picture


def test_no_samples_and_no_line_are_drawn_and_described():
    explorer = Perceptron(points=(), w1=0.0, w2=0.0, b=0.0)
    assert "no line" in explorer.live.description
    assert "None wrong" not in explorer.live.description
    explorer.learn()
    assert "changes nothing" in explorer.live.description


def test_every_end_of_every_slider_is_drawn():
    explorer = Perceptron()
    plane, sums = explorer.live.figure.axes
    limits = plane.get_xlim(), sums.get_xlim(), sums.get_ylim()
    for w1, w2, b in itertools.product((-5.0, 5.0), repeat=3):
        explorer.set(w1=w1, w2=w2, b=b)
        assert "can't be shown" not in explorer.live.words
        assert all(
            np.abs(marks.get_xdata()).max(initial=0) <= EDGE
            for marks in explorer.sums.samples.marks
        )
    assert (plane.get_xlim(), sums.get_xlim(), sums.get_ylim()) == limits


@pytest.mark.parametrize("preset", Perceptron.presets)
def test_every_preset_works(preset):
    explorer = Perceptron()
    explorer.set(**Perceptron.presets[preset])
    wrong = 2 if "bad" in preset else 1
    assert explorer.compute(**explorer.state).wrong.sum() == wrong

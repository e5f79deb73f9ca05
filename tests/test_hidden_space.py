import numpy as np
import pytest

from widgets import HiddenSpace
from widgets.neuron import CORNERS
from widgets.xor_net import ACTIVATIONS, NAMES, WANTED, forward, split, train


def weights_of(explorer):
    return [explorer.state[name] for name in NAMES]


@pytest.mark.parametrize("preset", HiddenSpace.presets)
def test_each_net_of_the_menu_is_xor_but_the_one_without_activation(preset):
    explorer = HiddenSpace()
    explorer.set(**HiddenSpace.presets[preset])
    wrong = (explorer.compute(**explorer.state).z > 0) != WANTED
    assert wrong.any() == preset.startswith("none")
    assert ("this is XOR" in explorer.live.description) != wrong.any()


def test_the_relu_net_is_the_one_of_the_lesson():
    h, z = forward(CORNERS, *split(weights_of(HiddenSpace())), ACTIVATIONS["ReLU"])
    total = CORNERS.sum(axis=1)
    assert h.tolist() == np.c_[total, np.maximum(total - 1, 0)].tolist()
    assert (z + 0.5).tolist() == [0, 1, 1, 0]


def test_the_fold_goes_from_the_inputs_to_the_hidden_values():
    explorer = HiddenSpace(fold=0)
    triangles = explorer.hidden.corners.marks[1]  # the ones of XOR
    assert triangles.get_xydata().tolist() == [[0, 1], [1, 0]]
    assert not explorer.hidden.field.lines.get_visible()
    assert "at 100 %" in explorer.live.description
    explorer.fold = 50
    assert triangles.get_xydata().tolist() == [[0.5, 0.5], [1, 0]]
    explorer.fold = 95
    near = [text.get_text() for text in explorer.hidden.names]
    explorer.fold = 100
    assert triangles.get_xydata().tolist() == [[1, 0], [1, 0]]
    assert explorer.hidden.field.lines.get_visible()
    names = [text.get_text() for text in explorer.hidden.names]
    assert names == near == ["(0, 0)", "(0, 1) and (1, 0)", "(1, 1)", ""]


def test_the_border_is_one_line_in_the_hidden_space_and_two_in_the_input_space():
    explorer = HiddenSpace()
    assert len(explorer.hidden.field.lines.get_segments()) == 1
    left = explorer.inputs.field.lines.get_segments()
    assert len(left) == 2
    sums = sorted(float(np.mean(line.sum(axis=1))) for line in left)
    assert sums == pytest.approx([0.5, 1.5], abs=0.02)  # where z = 0 on x1 + x2


def test_the_even_grid_is_seen_on_the_left():
    explorer = HiddenSpace()
    with_grid = explorer.live._pixels().copy()
    (even,) = [a for a in explorer.live.figure.axes[0].collections if len(a.get_paths()) == 18]
    even.set_visible(False)
    changed = (explorer.live._pixels() != with_grid).any(axis=2)
    assert changed.sum() > 2000, "pixels; the colours covered it"


def test_without_activation_the_border_stays_straight():
    explorer = HiddenSpace(activation="none", h1_w2=-2.0, h2_w1=3.0)
    (line,) = explorer.inputs.field.lines.get_segments()
    steps = np.diff(line, axis=0)
    steps = steps[np.hypot(*steps.T) > 1e-6]
    turns = steps[1:, 0] * steps[:-1, 1] - steps[1:, 1] * steps[:-1, 0]
    assert np.abs(turns).max() < 1e-6
    assert "stays straight" in explorer.live.description


def test_training_finds_xor_from_some_starts_and_a_line_never_does():
    found = {}
    for activation in "sigmoid", "ReLU", "none":
        found[activation] = 0
        for seed in range(8):
            weights = np.random.default_rng(seed).uniform(-1, 1, 9)
            weights, error = train(weights, activation, steps=500)
            assert error > 0.249 if activation == "none" else error >= 0
            _, z = forward(CORNERS, *split(weights), ACTIVATIONS[activation])
            found[activation] += ((z > 0) == WANTED).all()
        assert np.abs(weights).max() <= 8, "the sliders end there"
    assert found["none"] == 0
    assert 0 < found["sigmoid"] and 0 < found["ReLU"]


def test_the_buttons_draw_a_start_and_train_from_it():
    explorer = HiddenSpace(activation="sigmoid")
    explorer.start()
    start = weights_of(explorer)
    assert start == np.random.default_rng(0).uniform(-1, 1, 9).round(1).tolist()
    explorer.train()
    weights, error = train(start, "sigmoid")
    assert weights_of(explorer) == weights.tolist()
    assert f"Trained for 100 steps: mean squared error {error:.3f}" in explorer.live.description
    explorer.fold = 90
    assert "Trained" not in explorer.live.description
    explorer.start()
    assert weights_of(explorer) != start


def test_a_step_cannot_be_trained_and_says_why():
    explorer = HiddenSpace(activation="step")
    before = weights_of(explorer)
    explorer.train()
    assert weights_of(explorer) == before
    assert "A step is flat" in explorer.live.description


def test_a_learners_forward_is_used():
    def other(X, W1, b1, w2, b2, activation):
        h, z = forward(X, W1, b1, w2, b2, activation)
        return h, -z

    explorer = HiddenSpace(forward=other)
    assert "4 of 4 wrong" in explorer.live.description
    assert "Computed by your forward" in explorer.live.description
    explorer = HiddenSpace(forward=lambda *_: None)
    assert "this is XOR" in explorer.live.description
    assert "run this cell again" in explorer.live.description


@pytest.mark.parametrize("result", [3, (np.zeros((2, 3)), np.zeros(2))])
def test_a_forward_of_another_shape_is_told_the_right_one(result):
    explorer = HiddenSpace(forward=lambda *_: result)
    assert "forward must return" in explorer.live.words


def test_samples_outside_the_picture_are_said():
    explorer = HiddenSpace()
    assert not explorer.hidden.flag.get_visible()
    explorer.set(h1_w1=8.0, h1_w2=8.0)
    assert explorer.hidden.flag.get_visible()


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("end", [-8.0, 8.0])
def test_every_end_of_the_sliders_is_drawn(activation, end):
    explorer = HiddenSpace(activation=activation, **dict.fromkeys(NAMES, end))
    assert "can't be shown" not in explorer.live.words
    again = eval(repr(explorer))
    assert again.live.picture == explorer.live.picture

import contextvars

import numpy as np
import pytest

from widgets import TwoLayerNet
from widgets.explorer import last
from widgets.small_net import chance_of_class_1, folds, samples, two_layer


def by_hand(X, y, W1, b1, W2, b2):
    """The same net in NumPy, its gradients written out."""
    Z = X @ W1 + b1
    H = np.maximum(Z, 0)
    P = np.exp(H @ W2 + b2)
    P /= P.sum(axis=1, keepdims=True)
    loss = -np.log(P[np.arange(len(y)), y]).mean()
    dS = (P - np.eye(2)[y]) / len(y)
    dZ = (dS @ W2.T) * (Z > 0)
    return loss, (X.T @ dZ, dZ.sum(axis=0), H.T @ dS, dS.sum(axis=0))


def weights(seed, hidden=5):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape) for shape in ((2, hidden), hidden, (hidden, 2), 2)]


def test_the_engines_gradients_are_those_written_out():
    X, y = samples("moons")
    loss, gradients = two_layer(X, y, *weights(3))
    expected, written = by_hand(X, y, *weights(3))
    assert loss == pytest.approx(expected)
    for found, known in zip(gradients, written, strict=True):
        assert found == pytest.approx(known)


def test_an_update_takes_lr_times_the_gradient_away():
    before, after = (last(TwoLayerNet().compute("XOR", 8, 0.5, n, 0)) for n in (0, 1))
    _, gradients = by_hand(before.X, before.y, *before.weights)
    for old, new, gradient in zip(before.weights, after.weights, gradients, strict=True):
        assert new == pytest.approx(old - 0.5 * gradient)
    assert after.losses == pytest.approx([before.losses[0], after.losses[1]])


def test_xor_is_learnt_with_eight_units_and_by_two_only_from_lucky_first_weights():
    explorer = TwoLayerNet()
    assert "Fits every point" in explorer.live.description
    (stuck,) = (name for name in explorer.presets if name.startswith("XOR, two units"))
    explorer.seed = 3
    explorer.set(**explorer.presets[stuck])
    assert "Stuck" in explorer.live.description
    assert "75% of the points are right" in explorer.live.description
    explorer.seed = 3
    assert "Fits every point" in explorer.live.description


@pytest.mark.parametrize(
    ("state", "verdict"),
    [
        ({"updates": 0}, "Not trained yet"),
        ({"updates": 5}, "Learns"),
        ({"hidden": 2, "updates": 50}, "Learns"),  # flat from here on
        ({"hidden": 2, "updates": 200}, "Stuck"),
        ({"lr": 10.0}, "Stuck"),
        ({"lr": 0.01, "updates": 300}, "Learns"),  # slow is not stuck
        ({"lr": 10.0, "data": "moons"}, "Worse than before"),
    ],
)
def test_the_verdict_tells_untrained_learning_and_stuck_apart(state, verdict):
    assert TwoLayerNet(**state).live.description.startswith(verdict)


@pytest.mark.parametrize(("units", "fit"), [(2, 2), (4, 9)])
def test_so_many_of_ten_nets_learn_xor_as_lesson_04_says(units, fit):
    compute = TwoLayerNet(two_layer=by_hand, updates=0).compute
    runs = [last(compute("XOR", units, 0.5, 300, seed)).right for seed in range(10)]
    assert runs.count(1) == fit


def test_every_line_in_the_plane_is_in_the_legend():
    explorer = TwoLayerNet()
    (legend,) = explorer.live.figure.legends
    named = {text.get_text() for text in legend.get_texts()}
    plane, curve = explorer.live.figure.axes
    shown = [*plane.lines, *plane.collections, *curve.lines[2:]]
    assert {artist.get_label() for artist in shown} == named


@pytest.mark.parametrize("lr", [0.01, 10.0])
@pytest.mark.parametrize("hidden", [1, 24])
def test_both_ends_of_the_sliders_are_drawn(lr, hidden):
    explorer = TwoLayerNet(lr=lr, hidden=hidden, updates=300, data="circles")
    assert "can't be shown" not in explorer.live.words
    assert len(explorer.curve.line.get_ydata()) == 301


def test_progress_is_drawn_before_the_end():
    seen = list(TwoLayerNet(updates=0).compute("moons", 4, 0.5, 100, 0))
    assert [len(result.losses) - 1 for result in seen] == [19, 39, 59, 79, 99, 100]


def test_training_goes_on_in_whatever_context_it_is_resumed_in():
    results = TwoLayerNet(updates=0).compute("moons", 4, 10.0, 60, 0)
    for _ in range(4):
        result = contextvars.Context().run(next, results)
    assert len(result.losses) == 61


def test_a_learners_net_trains_and_an_unwritten_one_is_stood_in_for():
    mine = TwoLayerNet(two_layer=by_hand)
    assert mine.curve.line.get_ydata() == pytest.approx(TwoLayerNet().curve.line.get_ydata())
    assert "Your two_layer finds 16 + 8 + 16 + 2 = 42 gradients" in mine.live.description
    stub = TwoLayerNet(two_layer=lambda *args: None, init=lambda *args: None)
    assert stub.curve.line.get_ydata() == pytest.approx(TwoLayerNet().curve.line.get_ydata())
    assert "Your two_layer returns nothing yet" in stub.live.description


def test_a_learners_step_moves_the_weights():
    mine = TwoLayerNet(step=lambda w, grad, lr: w - lr * grad)
    assert mine.curve.line.get_ydata() == pytest.approx(TwoLayerNet().curve.line.get_ydata())
    assert "your step uses them, with lr = 0.5" in mine.live.description
    still = TwoLayerNet(step=lambda w, grad, lr: w, updates=40)
    assert set(still.curve.line.get_ydata()) == {still.curve.line.get_ydata()[0]}
    stub = TwoLayerNet(step=lambda w, grad, lr: None)
    assert stub.curve.line.get_ydata() == pytest.approx(TwoLayerNet().curve.line.get_ydata())
    assert "Your step returns nothing yet" in stub.live.description


def test_a_learners_first_weights_are_used_and_their_shape_is_checked():
    zeros = TwoLayerNet(init=lambda fan_in, fan_out, rng: np.zeros((fan_in, fan_out)))
    assert "Still guessing" in zeros.live.description
    wrong = TwoLayerNet(init=lambda fan_in, fan_out, rng: np.zeros((fan_out, fan_in)))
    assert "init must return shape (2, 8), got (8, 2)" in wrong.live.words


def test_on_its_fold_a_units_sum_is_zero():
    W1, b1, *_ = weights(1, hidden=2)
    xs, ys = folds(W1, b1)
    for unit in range(2):
        ends = np.c_[xs, ys][3 * unit : 3 * unit + 2]
        assert ends @ W1[:, unit] + b1[unit] == pytest.approx([0, 0], abs=1e-9)
    assert folds(np.zeros((2, 1)), np.ones(1)).shape == (2, 0)


def test_the_chance_of_class_1_is_the_softmaxs():
    X, _ = samples("XOR")
    W1, b1, W2, b2 = weights(2)
    scores = np.exp(np.maximum(X @ W1 + b1, 0) @ W2 + b2)
    expected = scores[:, 1] / scores.sum(axis=1)
    assert chance_of_class_1(X, W1, b1, W2, b2) == pytest.approx(expected)

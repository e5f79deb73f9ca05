import numpy as np
import pytest

import nnkit
from nnkit import nn
from widgets import DropoutTraining
from widgets.dropout_training import drop, forward, verdict, with_dropout
from widgets.moons import moons, network
from widgets.work import last

STATE = DropoutTraining(epochs=0).state
RULES = forward, forward


def end(**state):
    """The final result at that state, computed from scratch."""
    return last(DropoutTraining(epochs=0).compute(**STATE | state))


def test_dropping_scales_what_it_keeps_and_lets_gradients_through_only_there():
    x = nnkit.tensor([[1.0, 2.0, 3.0]], requires_grad=True)
    u = np.array([[0.1, 0.25, 0.9]], np.float32)
    out = drop(x, rules=RULES, u=u, p=0.25)
    assert out.tolist() == [[0.0, pytest.approx(8 / 3), 4.0]]
    out.sum().backward()
    assert x.grad.tolist() == [[0.0, pytest.approx(4 / 3), pytest.approx(4 / 3)]]
    assert out.dtype == nnkit.float32


def test_an_epoch_is_one_step_of_descent_with_the_masks_of_that_epoch():
    sets, model, plain = moons(30, 0.3, 1), network(1, 8), network(1, 8)
    last(with_dropout(model, 0.5, RULES, 1, *sets).walk([0]))
    rng, h = np.random.default_rng([1, 0]), sets[0][0]
    for layer in plain:
        h = layer(h)
        if isinstance(layer, nn.Tanh):
            u = rng.random(h.shape, np.float32)
            h = h * nnkit.from_numpy((u >= 0.5).astype(np.float32)) * 2
    nn.functional.cross_entropy(h, sets[0][1]).backward()
    for p, q in zip(model.parameters(), plain.parameters(), strict=True):
        assert p.array == pytest.approx(q.array - 0.3 * q.grad.array, abs=1e-6)


def test_without_dropout_both_sides_are_the_same():
    result = end(p=0.0, epochs=60)
    (_, plain), (_, dropping) = result["found"]
    assert plain == dropping
    assert np.array_equal(*result["chance"])


def test_dropout_lowers_the_test_loss_of_an_overfitting_network_and_too_much_underfits():
    explorer = DropoutTraining()
    assert "Dropout helps" in explorer.live.description
    explorer.set(**DropoutTraining.presets["p = 0.8 in a narrow network"])
    assert "Held too tight" in explorer.live.description


@pytest.mark.parametrize(
    ("plain", "dropping", "words"),
    [
        ((0.01, 0.78, 0.88), (0.09, 0.36, 0.89), "Dropout helps"),
        ((0.01, 0.4, 0.9), (0.02, 0.5, 0.9), "Dropout hurts here"),
        ((0.12, 0.25, 0.91), (0.14, 0.28, 0.88), "Dropout hurts here"),
        ((0.12, 0.3, 0.91), (0.14, 0.25, 0.88), "Less sure, but more often wrong"),
        ((0.01, 0.5, 0.9), (0.25, 0.4, 0.83), "worse on its own points, too: training loss 0.25"),
        ((0.1, 0.3, 0.9), (0.1, 0.3, 0.9), "No great difference"),
    ],
)
def test_the_verdict_weighs_the_loss_and_what_is_right(plain, dropping, words):
    assert words in verdict(0.2, plain, dropping, 100)


def test_dropout_needs_units_to_spare():
    def right(width):
        return [found[-1][2] for _, found in end(p=0.2, epochs=1000, width=width)["found"]]

    (narrow_plain, narrow), (wide_plain, wide) = right(4), right(32)
    assert narrow_plain == pytest.approx(wide_plain, abs=0.01)
    assert narrow < wide - 0.05


def test_the_state_restores_the_picture_and_the_way_there_does_not_matter():
    explorer = DropoutTraining(epochs=40, p=0.3)
    explorer.epochs = 100
    explorer.p = 0.5
    explorer.epochs = 70
    again = eval(repr(explorer))
    assert again.live.picture == explorer.live.picture
    assert again.live.description == explorer.live.description


def test_progress_begins_with_the_network_without_dropout():
    results = DropoutTraining(epochs=0).compute(**STATE | {"epochs": 120})
    (marks, _), (other, _) = next(results)["found"]
    assert marks[-1] == 50 and other == [0]


def test_a_learners_rules_train_the_right_hand_network():
    calls = []

    def backward(g, u, p):
        calls.append(p)
        return g * (u >= p) / (1 - p)

    own = DropoutTraining(forward=forward, backward=backward, epochs=5, p=0.4)
    assert set(calls) == {0.4, 0.5}, "0.5 asks whether it is written"
    assert "Your own dropout trains" in own.live.description
    assert own.planes[1].field._values == pytest.approx(
        DropoutTraining(epochs=5, p=0.4).planes[1].field._values
    )
    stub = DropoutTraining(forward=lambda x, u, p: None, backward=backward, epochs=5)
    assert "Yours is still to do" in stub.live.description


def test_every_corner_is_drawn_and_described():
    explorer = DropoutTraining(epochs=0)
    for state in (
        {"p": 0.8, "width": 4, "epochs": 33, "n": 10},
        {"p": 0.0, "width": 32, "noise": 0.0, "n": 200},
        {"p": 0.8, "noise": 0.5},
    ):
        explorer.set(**state)
        assert 'role="status"' in explorer.live.words

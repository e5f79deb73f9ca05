import itertools

import numpy as np
import pytest

from widgets import RegularisedBoundary
from widgets.boundary import NOW, START
from widgets.penalised import PENALTIES
from widgets.work import last

STATE = RegularisedBoundary().state


def end(**state):
    """The final result at that state, computed from scratch."""
    fresh = RegularisedBoundary.__new__(RegularisedBoundary)
    fresh.own = fresh._key = None
    return last(fresh.compute(**STATE | state))


def test_lambda_turned_on_the_way_trains_on_from_there():
    explorer = RegularisedBoundary(epochs=100, lam=1e-4)
    explorer.lam = 0.03
    explorer.epochs = 160
    explorer.lam = 0.001
    explorer.epochs = 200
    assert explorer.turns == "0: 0.0001, 100: 0.03, 160: 0.001"
    direct = end(epochs=200, lam=0.001, turns=explorer.turns)
    again = last(explorer.compute(**explorer.state))
    assert np.array_equal(again.weights, direct.weights)
    assert not np.array_equal(direct.weights, end(epochs=200, lam=0.001).weights)


def test_a_widget_moved_in_the_page_counts_as_well():
    explorer = RegularisedBoundary(epochs=50)
    explorer._widgets["lam"].value = 0.03
    explorer._widgets["epochs"].value = 80
    assert explorer.turns == "0: 1e-05, 50: 0.03"
    explorer._widgets["epochs"].value = 20
    assert explorer.lam == 1e-5
    explorer._widgets["turns"].value = "0: 0.1, 10: 0.2"
    assert explorer.lam == 0.2
    explorer._widgets["applies"].value = START
    assert explorer.turns == "" and explorer.lam == 0.2


def test_the_state_restores_the_run_bit_for_bit():
    explorer = RegularisedBoundary(epochs=40)
    explorer.lam = 0.0123456789
    explorer.epochs = 85
    again = eval(repr(explorer))
    assert again.state == explorer.state
    assert again.live.picture == explorer.live.picture
    assert again.live.description == explorer.live.description


def test_going_back_shows_the_lambda_of_then_and_the_future_is_kept():
    explorer = RegularisedBoundary(epochs=50)
    explorer.lam = 0.1
    explorer.epochs = 90
    later = explorer.live.description
    explorer.epochs = 20
    assert explorer.lam == 1e-5 and "20 epochs" in explorer.live.description
    explorer.epochs = 90
    assert explorer.lam == 0.1 and explorer.live.description == later


def test_a_lambda_turned_in_the_past_begins_another_future():
    explorer = RegularisedBoundary(epochs=90, turns="0: 1e-05, 50: 0.1")
    explorer.epochs = 20
    explorer.lam = 0.01
    assert explorer.turns == "0: 1e-05, 20: 0.01"
    explorer.epochs = 90
    assert explorer.turns == "0: 1e-05, 20: 0.01"
    assert explorer.lam == 0.01


def test_from_the_start_lambda_has_no_past():
    explorer = RegularisedBoundary(epochs=90, turns="0: 1e-05, 50: 0.1")
    explorer.applies = START
    assert explorer.turns == "" and explorer.lam == 0.1
    explorer.lam = 0.02
    assert np.array_equal(
        last(explorer.compute(**explorer.state)).weights,
        end(epochs=90, lam=0.02, applies=NOW).weights,
    )


def test_reset_forgets_the_past():
    explorer = RegularisedBoundary(epochs=30)
    explorer.lam = 0.1
    explorer.epochs = 60
    explorer.reset()
    assert explorer.state == RegularisedBoundary(epochs=30).state


@pytest.mark.parametrize(
    ("preset", "words"),
    [
        ("overfits: 800 epochs, λ almost 0", "Overfits"),
        ("rescued: λ 0.01 from epoch 800 on", "Learns what holds for new points"),
        ("λ 0.3: only the bias is left", "Only the biases are left"),
        ("L1: most weights exactly 0", "of 320 weights are exactly 0"),
    ],
)
def test_each_preset_shows_what_it_promises(preset, words):
    explorer = RegularisedBoundary()
    explorer.set(**RegularisedBoundary.presets[preset])
    assert words in explorer.live.description


def test_one_step_decays_weights_but_no_biases():
    def weights(lam):
        explorer = RegularisedBoundary(epochs=1, lam=lam)
        return [p.array.copy() for p in explorer._model.parameters()]

    start = [p.array.copy() for p in RegularisedBoundary()._model.parameters()]
    for before, plain, decayed in zip(start, weights(1e-5), weights(0.1), strict=True):
        if plain.ndim == 2:
            assert plain - decayed == pytest.approx(0.3 * (0.1 - 1e-5) * before, abs=1e-6)
        else:
            assert np.array_equal(plain, decayed)


def test_l1_makes_exact_zeros_and_l2_does_not():
    assert np.sum(end(lam=0.03, penalty="L1", epochs=100).weights == 0) > 100
    explorer = RegularisedBoundary(lam=0.03, epochs=100)
    assert ". 0 of 320 weights" in explorer.live.description
    explorer.penalty = "L1"
    assert ". 0 of 320 weights" not in explorer.live.description


def test_a_learners_step_trains_the_network():
    calls = []

    def decay_step(w, grad, lr, lam):
        calls.append(w.shape)
        return PENALTIES["L2"](w, grad, lr, lam)

    explorer = RegularisedBoundary(decay_step=decay_step, epochs=20, lam=0.01)
    assert (16, 16) in calls
    assert "Your decay_step trains this network" in explorer.live.description
    own = last(explorer.compute(**explorer.state)).weights
    assert np.array_equal(own, end(epochs=20, lam=0.01).weights)


def test_a_stub_lets_ours_train_and_a_divergence_is_said():
    stub = RegularisedBoundary(decay_step=lambda w, grad, lr, lam: None, epochs=5)
    assert "Until you write decay_step, nnkit's trains" in stub.live.description
    wild = RegularisedBoundary(decay_step=lambda w, grad, lr, lam: w * 1e30, epochs=20)
    assert "Diverges" in wild.live.description


@pytest.mark.parametrize("epochs", [10, 100])
def test_a_network_that_has_only_begun_is_not_praised(epochs):
    explorer = RegularisedBoundary(epochs=epochs)
    assert "earning:" in explorer.live.description


def test_a_lambda_that_has_no_epoch_left_is_said():
    explorer = RegularisedBoundary(epochs=1500, lam=0.3)
    assert "The run ends here" not in explorer.live.description
    explorer.lam = 0.01
    assert "The run ends here: λ = 0.01 can't act" in explorer.live.description


def test_a_lambda_that_holds_the_weights_is_said_and_a_smaller_one_tells():
    tight = end(lam=0.05, epochs=800, applies=START)
    loose = end(lam=0.01, epochs=800, applies=START)
    assert "even the training loss stays at 0.268" in tight.verdict
    assert (loose.found[-1, :2] < tight.found[-1, :2]).all()


def test_lambda_turned_three_times_kills_the_network_for_good():
    explorer = RegularisedBoundary(epochs=800)
    for lam, epochs, words in (
        (0.01, 1000, "Learning:"),
        (0.3, 1200, "Only the biases are left"),
        (0.001, 1500, "Only the biases are left"),
    ):
        explorer.lam = lam
        explorer.epochs = epochs
        assert words in explorer.live.description
    assert explorer.turns == "0: 1e-05, 800: 0.01, 1000: 0.3, 1200: 0.001"


def test_every_corner_is_drawn_and_described():
    explorer = RegularisedBoundary(epochs=33)
    for n, noise, lam, penalty in itertools.product((10, 200), (0.0, 0.5), (1e-5, 0.3), PENALTIES):
        explorer.set(n=n, noise=noise, lam=lam, penalty=penalty)
        assert 'role="status"' in explorer.live.words

import contextvars

import numpy as np
import pytest

from nnkit import init
from nnkit import zeros as tensor_of_zeros
from widgets import Initialisation
from widgets.explorer import last
from widgets.first_weights import (
    ACTIVATIONS,
    SCHEMES,
    UPDATES,
    first_weights,
    signals,
    task,
    train,
    verdict,
)
from widgets.ridges import Ridges

SIZES = [200] * 11 + [10]


def stds(scheme, activation, std=0.0, sizes=SIZES):
    X, y = task(sizes[0])
    activations, _ = signals(first_weights(scheme, std, sizes), activation, X[:100], y[:100])
    return [h.std() for h in activations]


def test_signals_fade_saturate_or_survive_as_the_curriculum_says():
    fades = stds("normal, std from the slider", "tanh", 0.01, [500] * 11 + [10])
    assert fades[0] == pytest.approx(0.214, abs=0.003)
    assert fades[4] == pytest.approx(0.0005, abs=0.0001) and fades[9] < 1e-6
    saturates = stds("normal, std from the slider", "tanh", 1.0, [500] * 11 + [10])
    assert saturates[0] == pytest.approx(0.98, abs=0.005) == saturates[9]
    tanh = stds("normal, 1/sqrt(n)", "tanh")
    assert [tanh[0], tanh[4], tanh[9]] == pytest.approx([0.63, 0.32, 0.23], abs=0.02)
    relu = stds("normal, 1/sqrt(n)", "ReLU")
    assert [relu[0], relu[4], relu[9]] == pytest.approx([0.58, 0.15, 0.027], rel=0.3)
    assert stds("Kaiming normal", "ReLU") == pytest.approx([0.82] * 10, rel=0.4)


@pytest.mark.parametrize(
    ("scheme", "theirs"),
    [("Xavier uniform", init.xavier_uniform_), ("Kaiming normal", init.kaiming_normal_)],
)
def test_schemes_spread_as_the_engines_do(scheme, theirs):
    (mine,) = first_weights(scheme, 0.0, [300, 500])
    options = {"nonlinearity": "relu"} if "Kaiming" in scheme else {}
    weight = theirs(tensor_of_zeros(500, 300), **options).numpy()
    assert mine.shape == (300, 500)
    assert mine.std() == pytest.approx(weight.std(), rel=0.01)
    assert abs(mine).max() == pytest.approx(abs(weight).max(), rel=0.2 if options else 0.001)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_gradients_are_what_a_nudge_to_a_hidden_value_says(activation):
    functions = {
        "tanh": np.tanh, "ReLU": lambda z: np.maximum(z, 0),
        "sigmoid": lambda z: 1 / (1 + np.exp(-z)), "none (linear)": lambda z: z,
    }  # fmt: skip
    X, y = (array[:4] for array in task(10))
    weights = first_weights("normal, 1/sqrt(n)", 0.0, [10, 10, 10, 3])
    _, gradients = signals(weights, activation, X, y)

    def loss(h):
        scores = functions[activation](h @ weights[1].astype(float)) @ weights[2].astype(float)
        scores = np.exp(scores)
        return -np.log(scores[np.arange(4), y] / scores.sum(axis=1)).sum()

    h, nudge = functions[activation](X @ weights[0].astype(float)), np.zeros((4, 10))
    nudge[2, 3] = 1e-5
    difference = (loss(h + nudge) - loss(h - nudge)) / 2e-5
    assert gradients[0][2, 3] == pytest.approx(difference, rel=1e-3, abs=1e-6)


@pytest.mark.parametrize(
    ("scheme", "activation", "std", "word"),
    [
        ("normal, std from the slider", "tanh", 0.01, "Fades"),
        ("normal, std from the slider", "tanh", 1.0, "Saturates"),
        ("normal, std from the slider", "ReLU", 1.0, "Explodes"),
        ("normal, 1/sqrt(n)", "tanh", 0.0, "Shrinks slowly"),
        ("Kaiming normal", "ReLU", 0.0, "Keeps its size"),
        ("constant, from the slider", "tanh", 0.5, "No difference"),
        ("constant, from the slider", "ReLU", 0.5, "No difference"),
        ("zeros", "ReLU", 0.0, "No difference"),
    ],
)
def test_the_verdict_names_what_happens(scheme, activation, std, word):
    X, y = task(100)
    activations, _ = signals(first_weights(scheme, std, [100] * 9), activation, X[:40], y[:40])
    assert verdict(activations, activation)[0] == word


def test_a_good_start_trains_and_a_bad_one_does_not():
    X, y = task(80)
    sizes = [80] * 11 + [3]
    ends = {
        scheme: list(train(first_weights(scheme, 0.01, sizes), "tanh", X, y, 0.1))
        for scheme in ("zeros", "normal, std from the slider", "Xavier uniform")
    }
    assert {len(losses) for losses in ends.values()} == {UPDATES + 1}
    assert np.mean(ends["Xavier uniform"][-10:]) < 0.05
    for scheme in ("zeros", "normal, std from the slider"):
        assert np.mean(ends[scheme][-10:]) == pytest.approx(np.log(3), abs=0.05)


def test_a_loss_that_is_no_number_ends_the_training_and_is_said():
    explorer = Initialisation(activation="ReLU", std=1.0)
    losses = last(explorer.compute(**explorer.state)).losses
    assert len(losses) < UPDATES and not np.isfinite(losses[-1])
    assert "no number any more" in explorer.live.description


def test_the_words_give_a_mean_over_the_last_mini_batches():
    explorer = Initialisation(scheme="Kaiming normal", activation="ReLU")
    losses = last(explorer.compute(**explorer.state)).losses
    mean = f"{np.mean(losses[-10:]):.4g}"
    assert f"after 200 updates {mean} (mean of ten)" in explorer.live.description


def test_the_histograms_come_before_the_training():
    explorer = Initialisation(depth=3)
    results = explorer.compute(**explorer.state)
    first = contextvars.Context().run(next, results)
    assert first.losses == () and len(first.activations) == 3
    for count in range(1, 4):  # resumed wherever the event loop likes
        assert len(contextvars.Context().run(next, results).losses) == count
    assert Initialisation.patience == 0


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("std", [0.001, 3.0])
def test_both_ends_of_the_sliders_are_drawn(scheme, std):
    explorer = Initialisation(scheme=scheme, std=std, width=10, lr=3.0, activation="ReLU", depth=2)
    explorer.depth = 10
    assert "can't be shown" not in explorer.live.words
    assert explorer._widgets["std"].disabled == ("slider" not in scheme)


def test_axes_stay_put_while_sliders_move():
    explorer = Initialisation(depth=2, width=10)
    before = [(a.get_xlim(), a.get_ylim()) for a in explorer.live.figure.axes]
    for std in (0.001, 3.0):
        explorer.set(std=std, depth=10)
        assert [(a.get_xlim(), a.get_ylim()) for a in explorer.live.figure.axes] == before


def xavier(fan_in, fan_out, rng):
    bound = np.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-bound, bound, (fan_in, fan_out))


def test_a_learners_rule_takes_the_schemes_place():
    explorer = Initialisation(init=xavier)
    result = last(explorer.compute(**explorer.state))
    assert result.std == pytest.approx(80**-0.5, rel=0.02)
    assert "All weights, of every layer, were drawn by your xavier." in explorer.live.description
    assert [explorer._widgets[name].layout.display for name in ("scheme", "std")] == ["none"] * 2
    assert explorer._widgets["scheme"].disabled and explorer._widgets["std"].disabled


def test_a_rule_that_is_still_to_do_leaves_the_scheme_and_a_wrong_shape_is_told():
    stub = Initialisation(init=lambda fan_in, fan_out, rng: None, depth=2)
    assert stub.curve.line.get_ydata() == pytest.approx(
        Initialisation(depth=2).curve.line.get_ydata()
    )
    assert "returns nothing yet" in stub.live.words
    assert stub._widgets["scheme"].layout.display is None
    wrong = Initialisation(init=lambda fan_in, fan_out, rng: np.zeros((fan_out, fan_in)), depth=2)
    assert "init must return shape (80, 3), got (3, 80)" in wrong.live.words


def test_a_row_of_histograms_counts_its_values_and_stands_on_its_line():
    explorer = Initialisation(depth=2, width=10)
    ridges = Ridges(explorer.live, explorer.live.figure.axes[0], -1, 1, bins=4)
    ridges.set([[-0.9, -0.6, 0.1, 5.0, np.nan], []])
    assert ridges.counts[0].tolist() == [0, 2, 0, 1, 0, 1]
    (beyond,) = (path.vertices for path in ridges.ends.get_paths())
    assert beyond[:, 0].min() == 1 and beyond[:, 1].min() == pytest.approx(1 - 0.85 / 2)
    first, second = (path.vertices for path in ridges.rows.get_paths())
    assert (first[:, 1].max(), first[:, 1].min()) == pytest.approx((1, 1 - 0.85))
    assert set(second[:, 1]) == {2}

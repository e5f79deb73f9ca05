import numpy as np
import pytest

from widgets import Playground
from widgets.knob_turns import for_each_epoch, read_turns, turn, write_turns
from widgets.playground_net import read_hidden
from widgets.work import last

KNOBS = Playground.knobs


def weights(explorer):
    return [p.array.copy() for p in explorer._run.model.parameters()]


def same(some, others):
    return all(np.array_equal(a, b, equal_nan=True) for a, b in zip(some, others, strict=True))


@pytest.mark.parametrize(
    "change",
    [
        {"data": "spiral"}, {"noise": 0.2}, {"share": 0.3}, {"hidden": "3 2"}, {"init": "Kaiming"},
        {"seed": 1}, {"activation": "ReLU"}, {"optimiser": "SGD"}, {"lr": 0.1}, {"penalty": "L1"},
        {"penalty": "L2"}, {"dropout": 0.5}, {"batch_size": 50}, {"data": "own points"},
    ],
)  # fmt: skip
def test_every_knob_changes_the_weights(change):
    plain, other = Playground(epochs=3), Playground(epochs=3, **change)
    if change.keys() != {"hidden"}:
        assert not same(weights(plain), weights(other))
    else:
        assert len(plain._run.model[0].bias) == 4 and len(other._run.model[0].bias) == 3


@pytest.mark.parametrize("optimiser", ["SGD", "momentum", "RMSprop", "Adam"])
def test_turns_going_back_and_the_state_give_the_same_run_bit_for_bit(optimiser):
    explorer = Playground(epochs=12, optimiser=optimiser, dropout=0.1)
    explorer.lr = 0.05
    explorer.epochs = 17
    explorer.activation = "leaky ReLU"
    explorer.batch_size = 7
    explorer.epochs = 23
    there, words = weights(explorer), explorer.live.description
    assert explorer.turns == (
        "0: lr 0.03, activation tanh, batch_size 20; 12: lr 0.05; "
        "17: activation leaky ReLU, batch_size 7"
    )
    again = eval(repr(explorer))
    assert again.state == explorer.state and same(weights(again), there)
    explorer.epochs = 5
    assert (explorer.lr, explorer.activation, explorer.batch_size) == (0.03, "tanh", 20)
    assert same(weights(explorer), weights(Playground(epochs=5, optimiser=optimiser, dropout=0.1)))
    explorer.epochs = 23
    assert same(weights(explorer), there) and explorer.live.description == words
    assert again.live.picture == explorer.live.picture


def test_another_optimiser_midway_starts_without_memory_and_can_be_left_again():
    explorer = Playground(epochs=6)
    explorer.optimiser = "momentum"
    explorer.epochs = 9
    there = weights(explorer)
    explorer.epochs = 2
    explorer.epochs = 9
    assert same(weights(explorer), there)
    assert same(weights(eval(repr(explorer))), there)


@pytest.mark.parametrize("optimiser", ["momentum", "RMSprop", "Adam"])
def test_another_future_starts_from_what_the_optimiser_remembered_then(optimiser):
    explorer = Playground(epochs=9, optimiser=optimiser)
    explorer.epochs = 4
    explorer.lr = 0.1
    explorer.epochs = 7
    again = eval(repr(explorer))
    assert same(weights(again), weights(explorer))
    assert again.live.description == explorer.live.description


def test_a_knob_turned_in_the_past_begins_another_future():
    explorer = Playground(epochs=9, turns="0: lr 0.03; 5: lr 0.1")
    assert explorer.lr == 0.1
    explorer.epochs = 2
    explorer.lr = 0.2
    assert explorer.turns == "0: lr 0.03; 2: lr 0.2"
    explorer.restart()
    assert (explorer.turns, explorer.epochs, explorer.lr) == ("", 0, 0.2)


def test_a_widget_moved_in_the_page_counts_as_well():
    explorer = Playground(epochs=4)
    explorer._widgets["lr"].value = 0.1
    explorer._widgets["epochs"].value = 6
    assert explorer.turns == "0: lr 0.03; 4: lr 0.1"
    explorer._widgets["turns"].value = "nonsense"
    explorer._widgets["hidden"].value = "9 9"
    assert explorer.turns == "0: lr 0.03; 4: lr 0.1" and explorer.hidden == "4 2"


@pytest.mark.parametrize(
    "state",
    [
        {"epochs": 4},
        {"epochs": 6, "data": "spiral", "hidden": "8 8", "activation": "GELU", "seed": 3},
        {"epochs": 6, "penalty": "L1", "lam": 0.01, "init": "Kaiming", "dropout": 0.2},
        {"epochs": 6, "data": "blobs", "hidden": "", "init": "zeros", "optimiser": "RMSprop"},
        {"epochs": 6, "data": "own points", "optimiser": "momentum", "init": "too large"},
        {
            "epochs": 9, "data": "xor", "penalty": "L2", "lam": 0.02,
            "turns": "0: lr 0.03, optimiser Adam, activation tanh, batch_size 20, penalty none; "
            "3: lr 0.1, optimiser SGD; 5: activation ELU, batch_size 7; 7: penalty L2",
        },
    ],
)  # fmt: skip
def test_the_code_ends_with_the_same_weights(state):
    explorer, names = Playground(**state), {}
    exec(explorer.code(), names)
    assert same([p.array for p in names["model"].parameters()], weights(explorer))


def test_the_readout_counts_what_the_net_does():
    explorer = Playground(epochs=8, hidden="8 8")
    result = last(explorer.compute(**explorer.state))
    X, y = result.points.X.numpy(), result.points.y.numpy()
    z = result.net.outputs(X)[-1][:, 0].astype(float)
    assert result.found[-1, 0] == pytest.approx(np.mean(np.log1p(np.exp(-z * (2 * y - 1)))))
    assert result.found[-1, 2] == np.mean((z > 0) == y)
    assert "= 105" in result.size and "200 points" in result.success
    assert (1e-5 < result.ratios).all() and (result.ratios < 0.1).all()


def test_l1_makes_weights_exactly_0():
    explorer = Playground(epochs=40, penalty="L1", lam=0.3, hidden="8")
    assert sum((w == 0).sum() for w in weights(explorer)) > 10


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({}, "Untrained"),
        ({"data": "own points", "points": (), "epochs": 3}, "No points yet"),
        ({"init": "zeros", "epochs": 9}, "all weights are 0"),
        ({"hidden": "", "epochs": 90}, "one linear map"),
        (Playground.presets["lr 10: the ReLUs die"], "are dead"),
        (Playground.presets["four sigmoid layers: the gradient fades"], "the gradient fades"),
        (Playground.presets["four sigmoid layers: the gradient fades"] | {"epochs": 55},
         "the gradient fades"),
        (Playground.presets["40 noisy points: overfits"], "Overfits"),
        (Playground.presets["rescued: L2 from epoch 50 on"], "Settled"),
        (Playground.presets["circles: four bends, two units"], "Learnt"),
        ({"epochs": 10}, "Learning"),
        ({"activation": "none", "optimiser": "SGD", "lr": 10.0, "hidden": "8 8", "epochs": 9},
         "Diverge"),
    ],
)  # fmt: skip
def test_the_verdict(state, words):
    assert words in Playground(**state).live.description.split("\n")[0]


def test_what_follows_a_turn_is_blamed_on_the_turn():
    explorer = Playground(epochs=60)
    explorer.set(activation="sigmoid", batch_size=40)
    assert "Turned: activation, batch size. Press Play" in explorer.live.description
    explorer.epochs = 70
    assert "smaller lr" not in explorer.live.description
    assert "activation, batch size turned at epoch 60: turn back?" in explorer.live.description
    assert len(explorer.picture.losses.turns.get_segments()) == 1
    explorer.epochs = 30
    assert "turned" not in explorer.live.description


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"hidden": "4 9"}, "hidden must be up to 4 numbers"),
        ({"hidden": "1 1 1 1 1"}, "hidden must be up to 4 numbers"),
        ({"turns": "40: lr 0.1"}, "turns must be like"),
        ({"turns": "0: lr 0.1; 4: lr 99"}, "turns must be like"),
        ({"activation": "swish"}, "activation must be one of"),
    ],
)
def test_a_bad_state_is_refused_in_a_sentence(state, words):
    with pytest.raises(ValueError, match=words):
        Playground(**state)


def test_hidden_layers_are_read():
    assert read_hidden("") == () and read_hidden("4 2") == (4, 2) == read_hidden("4, 2")
    assert read_hidden("four") is None and read_hidden("0") is None


def test_turns_are_told_once_and_spread_over_the_epochs():
    rows = turn({}, 3, {"lr": 0.1}, {"lr": 0.2})
    assert write_turns(rows) == "0: lr 0.1; 3: lr 0.2"
    assert read_turns(write_turns(rows), KNOBS) == rows
    assert [now["lr"] for now in for_each_epoch(rows, 5, {"lr": 0.2})] == [0.1, 0.1, 0.1, 0.2, 0.2]
    assert write_turns(turn(rows, 3, {"lr": 0.2}, {"lr": 0.1})) == ""
    assert for_each_epoch({}, 0, {"lr": 0.1}) == []

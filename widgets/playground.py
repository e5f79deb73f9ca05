"""The Playground: a network that trains before your eyes, with everything changeable meanwhile."""

import functools

import nnkit
from widgets.controls import choice, log_slider, points, slider
from widgets.explorer import Explorer
from widgets.knob_turns import for_each_epoch, in_force, read_turns, turn, write_turns
from widgets.playground_code import script
from widgets.playground_data import EDGE, OWN, SAMPLES, SETS, draw
from widgets.playground_drawing import NetPicture
from widgets.playground_net import (
    ACTIVATIONS,
    EPOCHS,
    OPTIMISERS,
    STARTS,
    Knobs,
    Training,
    build,
    read_hidden,
)
from widgets.playground_words import Trained
from widgets.written import written

STORY = {  # of every preset, which changes some of it
    "data": "circles", "noise": 0.1, "share": 0.5, "hidden": "4 2", "init": "Xavier", "seed": 0,
    "activation": "tanh", "optimiser": "Adam", "lr": 0.03, "penalty": "none", "lam": 1e-3,
    "dropout": 0.0, "batch_size": 20, "turns": "",
}  # fmt: skip


class Playground(Explorer):
    """A network that trains before your eyes: change anything meanwhile, and go back to compare.

    Activation, optimiser, lr, penalty, lambda, dropout and batch size turn from the present epoch
    on: `turns` tells how. All else starts the training anew, with the same turns. `code()` is a
    script that ends with the same weights.
    """

    data = choice("data", [*SETS, OWN], "circles")
    activation = choice("activation", ACTIVATIONS, "tanh")
    noise = slider("noise", 0.0, 0.3, default=0.1, step=0.01)
    optimiser = choice("optimiser", OPTIMISERS, "Adam")
    share = slider("share for training", 0.1, 0.9, default=0.5, step=0.05)
    lr = log_slider("learning rate (lr)", 1e-4, 10, default=0.03)
    hidden = written(
        "units of each hidden layer", read_hidden, "4 2",
        'up to 4 numbers from 1 to 8, like "4 2", or ""', "no hidden layer",
    )  # fmt: skip
    penalty = choice("penalty", ["none", "L1", "L2"], "none")
    init = choice("first weights", STARTS, "Xavier")
    lam = log_slider("lambda (λ)", 1e-5, 1, default=1e-3)
    seed = slider("seed", 0, 99, default=0, step=1)
    dropout = slider("dropout", 0.0, 0.8, default=0.0, step=0.05)
    epochs = slider("epochs", 0, EPOCHS, default=0, step=1)
    batch_size = slider("batch size", 1, 200, default=20, step=1)
    knobs = dict(
        zip(
            Knobs._fields, (activation, optimiser, lr, penalty, lam, dropout, batch_size),
            strict=True,
        )
    )  # fmt: skip
    turns = written(
        "turned so far", functools.partial(read_turns, knobs=knobs), "",
        'like "0: lr 0.03; 40: lr 0.1" with all first values at 0', "no knob yet",
    )  # fmt: skip
    points = points("point", ((-EDGE, EDGE), (-EDGE, EDGE)), SAMPLES)

    presets = {
        "circles: four bends, two units": STORY | {"epochs": 60},
        "spiral: 8 8 tanh, Adam": STORY | {"data": "spiral", "hidden": "8 8", "epochs": 150},
        "no activation: never more than a line": STORY | {
            "data": "xor", "hidden": "8 8", "activation": "none", "epochs": 100,
        },
        "zeros: no gradient, no training": STORY | {"init": "zeros", "epochs": 40},
        "four sigmoid layers: the gradient fades": STORY | {
            "data": "xor", "hidden": "8 8 8 8", "activation": "sigmoid", "optimiser": "SGD",
            "lr": 0.1, "epochs": 100,
        },
        "lr 10: the ReLUs die": STORY | {
            "hidden": "8 8", "activation": "ReLU", "lr": 10.0, "epochs": 40,
        },
        "40 noisy points: overfits": STORY | {
            "data": "moons", "noise": 0.3, "share": 0.1, "hidden": "8 8", "epochs": 200,
        },
        "rescued: L2 from epoch 50 on": STORY | {
            "data": "moons", "noise": 0.3, "share": 0.1, "hidden": "8 8", "epochs": 200,
            "penalty": "L2", "lam": 0.03, "turns": "0: penalty none; 50: penalty L2",
        },
    }  # fmt: skip
    actions = {"from epoch 0": "restart"}
    size = (840, 460)
    readout_lines = 5
    play = "epochs"

    def __init__(self, **state):
        self._key = None
        super().__init__(**state)

    def refresh(self):
        self._shown = self.state  # a widget that moves has its new value before follow() hears
        super().refresh()

    def restart(self):
        """Back to epoch 0, with the knobs as they are now."""
        self.set(turns="", epochs=0)

    def code(self):
        """A script in nnkit that ends with exactly these weights."""
        return script(self.state, all_turns(self.state, self.knobs))

    def follow(self, changes):
        """The past of the knobs belongs to the state: `turns` tells it, they are where it ends."""
        if "turns" in changes:
            rows = read_turns(changes["turns"], self.knobs) or {}
            return in_force(rows, changes["epochs"] if "epochs" in changes else self.epochs)
        before = self._shown
        turned = {name: changes[name] for name in self.knobs if name in changes}
        rows = all_turns(before, self.knobs)
        if turned:
            rows = turn(rows, before["epochs"], before, turned)
        epochs = changes.get("epochs", before["epochs"])
        return {"turns": write_turns(rows)} | in_force(rows, epochs)

    def unused(self, state):
        names = ["noise", "share"] if state["data"] == OWN else ["points"]
        return [*names, "lam"] if state["penalty"] == "none" else names

    def compute(self, **state):
        """Yield Trained, on the way and at the end."""
        training = self._training(state)
        rows, values = all_turns(state, self.knobs), {name: state[name] for name in self.knobs}
        knobs = [Knobs(**now) for now in for_each_epoch(rows, state["epochs"], values)]
        for marks, found, net in training.walk(knobs, state["activation"]):
            turns = {epoch: tuple(row) for epoch, row in rows.items() if 0 < epoch <= marks[-1]}
            yield Trained(
                marks, found, net, training.points, Knobs(**values), training.ratios, turns
            )

    def _training(self, state):
        """The run of this data and network: kept, so that only new epochs are trained."""
        names = "data", "noise", "share", "points", "hidden", "init", "seed"
        key = tuple(state[name] for name in names if name not in self.unused(state))
        if key != self._key:
            generator = nnkit.Generator().manual_seed(state["seed"])
            samples = draw(*(state[name] for name in names[:4]), generator)
            model = build(read_hidden(state["hidden"]), state["init"], generator)
            self._run, self._key = Training(model, samples, state["seed"]), key
        return self._run

    def setup(self, figure):
        self.picture = NetPicture(self.live, figure)
        self.live.on_points(self.picture.plane, "points")

    def draw(self, result):
        self.picture.show(result)

    def readout(self, result):
        return result.words


def all_turns(state, knobs):
    """The rows that the state's `turns` tells; a knob that stands elsewhere turns at `epochs`."""
    rows = read_turns(state["turns"], knobs)
    moved = {
        name: state[name]
        for name, value in in_force(rows, state["epochs"]).items() if state[name] != value
    }  # fmt: skip
    return turn(rows, state["epochs"], state, moved) if moved else rows

"""A classifier's boundary under a penalty whose lambda may change while the network trains."""

import numpy as np

from widgets.controls import choice, log_slider, slider
from widgets.explorer import Explorer
from widgets.lambda_history import (
    for_each_epoch,
    history,
    in_force,
    read_history,
    write_history,
)
from widgets.moons import MoonPlane, chance_of_class_1, moons, network
from widgets.own import written
from widgets.penalised import END, PENALTIES, Penalised, penalised
from widgets.style import BLUE, GREY, ORANGE, RED
from widgets.words import readable

NOW, START = "from now on", "from the start"


class LambdaCharts:
    """Both losses and the lambda in force over the epochs, one below the other."""

    def __init__(self, live, loss, below):
        move = live.move
        self.losses = move(*loss.plot([], [], color=BLUE), *loss.plot([], [], "-.", color=ORANGE))
        loss.set(yscale="log", ylim=(1e-3, 4), xlim=(0, END), title="cross entropy")
        loss.tick_params(labelbottom=False)
        (self.knob,) = move(*below.step([], [], where="post", color=RED))
        below.set(yscale="log", ylim=(5e-6, 0.5), xlim=(0, END), xlabel="epoch", ylabel="λ")
        below.set_yticks([1e-5, 1e-3, 1e-1])
        below.minorticks_off()
        self.now = move(*(a.axvline(0, color=GREY, lw=0.8) for a in (loss, below)))

    def show(self, run):
        for line, values in zip(self.losses, run.found.T[:2], strict=True):
            line.set_data(run.marks, np.clip(np.nan_to_num(values, nan=1e6), 1e-9, 1e6))
        now = run.marks[-1]
        turns = [turn for turn in run.turns if turn[0] <= now]
        starts, lams = np.array(turns, dtype=float).T
        self.knob.set_data([*starts, now], np.clip([*lams, lams[-1]], 6e-6, 1))
        for line in self.now:
            line.set_xdata([now] * 2)


class RegularisedBoundary(Explorer):
    """Move lambda while a network trains; watch its boundary smooth out, or bend to every point.

    decay_step: a learner's own `decay_step(w, grad, lr, lam)`, which then trains the network.
    """

    penalty = choice("penalty", PENALTIES, "L2")
    applies = choice("a new λ applies", [NOW, START], NOW)
    lam = log_slider("lambda (λ)", 1e-5, 0.3, default=1e-5)
    epochs = slider("epochs", 0, END, default=0, step=5)
    noise = slider("noise", 0.0, 0.5, default=0.3, step=0.01)
    n = slider("training points (n)", 10, 200, default=60, step=1)
    seed = slider("other points (seed)", 0, 20, default=1, step=1)
    turns = history("λ so far")

    presets = {
        "overfits: 800 epochs, λ almost 0": {"epochs": 800, "turns": "", "lam": 1e-5},
        "rescued: λ 0.01 from epoch 800 on": {"epochs": 1200, "turns": "0: 1e-05, 800: 0.01"},
        "λ 0.3: only the bias is left": {"epochs": 1000, "turns": "0: 1e-05, 800: 0.3"},
        "L1: most weights exactly 0": {
            "penalty": "L1", "epochs": 1400, "turns": "0: 1e-05, 800: 0.01",
        },
    }  # fmt: skip

    size = (840, 350)
    readout_lines = 5
    play = "epochs"

    def __init__(self, decay_step=None, **state):
        self.own, self._key = decay_step, None
        super().__init__(**state)

    def refresh(self):
        self._shown = self.state  # a widget that moves has its new value before follow() hears
        super().refresh()

    def follow(self, changes):
        """The past of lambda belongs to the state: `turns` tells it, `lam` is where it stands."""
        if "turns" in changes:
            turns = read_history(changes["turns"])
            epochs = changes["epochs"] if "epochs" in changes else self.epochs
            return {"lam": in_force(turns, epochs)} if turns else {}
        before = self._shown
        if changes.get("applies", before["applies"]) == START:
            return {"turns": ""}
        turns = all_turns(**{name: before[name] for name in ("lam", "epochs", "turns", "applies")})
        if "lam" in changes:
            past = [turn for turn in turns if turn[0] < before["epochs"]]
            return {"turns": write_history([*past, (before["epochs"], changes["lam"])])}
        epochs = changes.get("epochs", before["epochs"])
        return {"turns": write_history(turns), "lam": in_force(turns, epochs)}

    def unused(self, state):
        names = ["penalty"] if self.own else []
        return [*names, "turns"] if state["applies"] == START else names

    def compute(self, penalty, applies, lam, epochs, noise, n, seed, turns):
        key = penalty, noise, n, seed
        if key != self._key:
            step = self.own if self._solved() else PENALTIES[penalty]
            self._sets, self._model = moons(n, noise, seed), network(seed)
            self._run, self._key = penalised(self._model, step, *self._sets), key
        (X, y), _ = self._sets
        turns = all_turns(lam, epochs, turns, applies)
        for marks, found in self._run.walk(for_each_epoch(turns, epochs)):
            weights = [p.array.ravel() for p in self._model.parameters() if p.ndim == 2]
            flat = np.concatenate(weights).astype(float)
            yield Penalised(
                penalty, lam, turns, np.array(marks), np.array(found), flat,
                chance_of_class_1(self._model), X.numpy(), y.numpy(),
            )  # fmt: skip

    def _solved(self):
        one = np.ones((1, 1))
        return written(self.own, one, one, 0.1, 0.1)

    def setup(self, figure):
        axes = figure.subplot_mosaic([["plane", "loss"], ["plane", "lam"]], height_ratios=(2.6, 1))
        self.plane = MoonPlane(self.live, axes["plane"])
        axes["plane"].set_title("chance of class 1, and the boundary")
        self.charts = LambdaCharts(self.live, axes["loss"], axes["lam"])
        figure.legend(
            [*self.plane.samples, *self.charts.losses, self.charts.knob],
            ["class 0", "class 1", "training loss", "test loss", "λ in force"],
            loc="outside lower left", ncols=5,
        )  # fmt: skip

    def draw(self, result):
        self.plane.show(result.chance, result.X, result.y)
        self.charts.show(result)

    def readout(self, result):
        lines = [result.verdict, result.losses, result.objective]
        if self.own:
            whose = "Your decay_step" if self._solved() else "Until you write decay_step, nnkit's"
            lines.append(f"{whose} trains this network.")
        return readable("<br>".join(lines))


def all_turns(lam, epochs, turns, applies):
    """Every change of lambda; if they end in another one than `lam`, that holds from `epochs`."""
    turns = read_history(turns) or [(0, lam)]
    if applies == START:
        return [(0, lam)]
    if in_force(turns, epochs) == lam:
        return turns
    return [*(turn for turn in turns if turn[0] < epochs), (epochs, lam)]

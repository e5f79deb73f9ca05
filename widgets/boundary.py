"""A classifier's boundary under a penalty whose lambda may change while the network trains."""

import numpy as np

from nnkit import functional as F
from widgets.controls import choice, log_slider, slider
from widgets.descent import readable
from widgets.explorer import Explorer
from widgets.lambda_history import (
    for_each_epoch,
    history,
    in_force,
    read_history,
    write_history,
)
from widgets.moons import MoonPlane, chance_of_class_1, measure_on, moons, network
from widgets.penalties import shrink_l1
from widgets.style import BLUE, GREY, ORANGE, RED
from widgets.timeline import Timeline

LR, END = 0.3, 1500
PENALTIES = {
    "L2": lambda w, grad, lr, lam: (1 - lr * lam) * w - lr * grad,
    "L1": lambda w, grad, lr, lam: shrink_l1(w - lr * grad, lr * lam),
}
NOW, START = "from now on", "from the start"


def penalised(model, step, train_set, test_set):
    """A Timeline of full-batch descent whose knob is lambda.

    step(w, grad, lr, lam) gives a layer's new weights; biases are not penalised.
    """
    X, y = train_set
    parameters = list(model.parameters())

    def train(epoch, lam):
        for p in parameters:
            p.grad = None
        F.cross_entropy(model(X), y).backward()
        with np.errstate(all="ignore"):
            for p in parameters:
                w, grad = p.array, p.grad.array
                w[...] = step(w, grad, LR, lam) if w.ndim == 2 else w - LR * grad

    return Timeline(model, train, lambda: measure_on(model, train_set, test_set))


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
            yield {
                "marks": np.array(marks), "found": np.array(found), "X": X.numpy(), "y": y.numpy(),
                "chance": chance_of_class_1(self._model), "turns": turns, "lam": lam,
                "weights": flat,
                "R": np.sum(abs(flat)) if penalty == "L1" else np.sum(flat**2) / 2, "name": penalty,
            }  # fmt: skip

    def _solved(self):
        one = np.ones((1, 1))
        return self.own is not None and self.own(one, one, 0.1, 0.1) is not None

    def setup(self, figure):
        axes = figure.subplot_mosaic([["plane", "loss"], ["plane", "lam"]], height_ratios=(2.6, 1))
        move, loss, below = self.live.move, axes["loss"], axes["lam"]
        self.plane = MoonPlane(self.live, axes["plane"])
        axes["plane"].set_title("chance of class 1, and the boundary")
        self.losses = move(*loss.plot([], [], color=BLUE), *loss.plot([], [], "-.", color=ORANGE))
        loss.set(yscale="log", ylim=(1e-3, 4), xlim=(0, END), title="cross entropy")
        loss.tick_params(labelbottom=False)
        (self.knob,) = move(*below.step([], [], where="post", color=RED))
        below.set(yscale="log", ylim=(5e-6, 0.5), xlim=(0, END), xlabel="epoch", ylabel="λ")
        below.set_yticks([1e-5, 1e-3, 1e-1])
        below.minorticks_off()
        self.now = move(*(a.axvline(0, color=GREY, lw=0.8) for a in (loss, below)))
        figure.legend(
            [*self.plane.samples, *self.losses, self.knob],
            ["class 0", "class 1", "training loss", "test loss", "λ in force"],
            loc="outside lower left", ncols=5,
        )  # fmt: skip

    def draw(self, result):
        marks, found = result["marks"], result["found"]
        self.plane.show(result["chance"], result["X"], result["y"])
        for line, values in zip(self.losses, found.T[:2], strict=True):
            line.set_data(marks, np.clip(np.nan_to_num(values, nan=1e6), 1e-9, 1e6))
        turns = [turn for turn in result["turns"] if turn[0] <= marks[-1]]
        starts, lams = np.array(turns, dtype=float).T
        self.knob.set_data([*starts, marks[-1]], np.clip([*lams, lams[-1]], 6e-6, 1))
        for line in self.now:
            line.set_xdata([marks[-1]] * 2)

    def readout(self, result):
        (train, test, right), lam, R = result["found"][-1], result["lam"], result["R"]
        least = result["found"][:, 1].argmin()
        weights = result["weights"]
        lines = [
            verdict(result),
            f"After {result['marks'][-1]} epochs: training loss {train:.3g}, test loss {test:.3g} "
            f"(least: {result['found'][least, 1]:.3g}, at epoch {result['marks'][least]}), "
            f"{right:.1%} of 400 test points right.",
            f"Objective: loss + λ·{'Σ|w|' if result['name'] == 'L1' else '½Σw²'} = {train:.3g} + "
            f"{lam:.3g}·{R:.3g} = {train + lam * R:.3g}. "
            f"{np.sum(weights == 0)} of {len(weights)} weights are exactly 0.",
        ]
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


def verdict(result):
    """What the losses and the weights say, in a sentence."""
    marks, found, lam = result["marks"], result["found"], result["lam"]
    (train, test, _), least = found[-1], found[:, 1].min()
    if marks[-1] == 0:
        return "<b>Untrained:</b> press Play, or move the epochs."
    if not np.isfinite(test):
        return "<b>Diverges:</b> the weights grow without bound."
    if result["turns"][-1][0] == END:
        return f"<b>The run ends here:</b> λ = {lam:.3g} can't act. First move the epochs back."
    if np.sum(result["weights"] ** 2) < 1e-2:
        return (
            "<b>Only the biases are left:</b> the penalty has shrunk all weights to nearly 0, and "
            "every point gets the same answer."
        )
    then = max(marks[-1] - 50, 0)
    train_then, test_then, _ = found[np.searchsorted(marks, then)]
    if test < 0.98 * test_then:
        return (
            f"<b>Learning:</b> the test loss fell from {test_then:.3g} at epoch {then} to "
            f"{test:.3g} now."
        )
    if test > 1.1 * least and train < least:
        words = "<b>Overfits:</b>" if test > 1.25 * least else "<b>Begins to overfit:</b>"
        return (
            f"{words} the test loss was {least:.3g} once and is {test:.3g} now, while the training "
            "loss is low: it learns its own points by heart."
        )
    if test > 1.1 * least:
        return f"<b>Worse than it was:</b> the test loss was {least:.3g} once, {test:.3g} now."
    if train < 0.97 * train_then:
        return (
            "<b>Still learning:</b> the training loss is falling, the test loss at its least so "
            "far, or near."
        )
    if train > 0.24 and lam > 0.015:
        return (
            f"<b>Held small:</b> with this λ even the training loss stays at {train:.3g}. Is the "
            "network too stiff, or are the points no clearer? A smaller λ tells."
        )
    return "<b>Learns what holds for new points:</b> the test loss is at its least so far, or near."

"""What the Playground has trained, as numbers to draw, and in words."""

import functools
from dataclasses import dataclass

import numpy as np

from widgets.playground_data import EDGE, Points
from widgets.playground_net import Knobs, Net
from widgets.words import counted, readable

GRID = np.linspace(-EDGE, EDGE, 49)
PLANE = np.stack(np.meshgrid(GRID, GRID), -1).reshape(-1, 2).astype(np.float32)
LONG = 50  # epochs, over which progress is judged

AGAIN = "Take a smaller lr, then press <i>from epoch 0</i>."
SMALLER = "A smaller lr calms it."
NAMES = {"lam": "λ", "batch_size": "batch size"}  # of the knobs that are called otherwise in words


@dataclass
class Trained:
    """A network after marks[-1] epochs, and what was measured at marks: see Net.measure_on.

    turns: {epoch: names of the knobs that turned then}.
    """

    marks: list
    found: np.ndarray
    net: Net
    points: Points
    knobs: Knobs
    ratios: np.ndarray
    turns: dict

    @property
    def hidden(self):
        """The number of units of each hidden layer."""
        return tuple(len(bias) for _, bias in self.net.layers[:-1])

    @functools.cached_property
    def maps(self):
        """The output of each layer over the plane, shapes (points of PLANE, units)."""
        return self.net.outputs(PLANE, quick=True)

    @property
    def inputs(self):
        return PLANE / EDGE

    @functools.cached_property
    def at_points(self):
        """The output of each layer for the training points."""
        return self.net.outputs(self.points.X.numpy())

    @functools.cached_property
    def dead(self):
        """For each hidden unit whether it gives every training point the same answer."""
        if not len(self.points.y) or not self.hidden:
            return np.zeros(sum(self.hidden), bool)
        return np.concatenate([np.ptp(h, axis=0) < 1e-6 for h in self.at_points[:-1]])

    @property
    def words(self):
        """The readout, five lines of HTML."""
        words = "<br>".join([self.verdict, self.success, self.size, self.pace, self.health])
        return readable(words)

    @property
    def success(self):
        if not len(self.points.y):
            return "There are no points to train on."
        train, test, train_right, test_right = self.found[-1]
        line = (
            f"After {counted(self.marks[-1], 'epoch')}: training loss {train:.3g}, "
            f"{train_right:.1%} of {counted(len(self.points.y), 'point')} right"
        )
        if not len(self.points.y_test):
            return line + "; all points are for training, none for a test."
        return (
            line + f"; test loss {test:.3g}, {test_right:.1%} of {len(self.points.y_test)} right."
        )

    @property
    def size(self):
        each = " + ".join(f"({w.shape[1]} + 1)·{w.shape[0]}" for w, _ in self.net.layers)
        total = sum(w.size + b.size for w, b in self.net.layers)
        return f"Parameters, (inputs + bias)·units of each layer: {each} = {total}."

    @property
    def pace(self):
        if not self.marks[-1]:
            return "Update-to-weight ratio of each layer: known after the first epoch."
        ratios = ", ".join(f"{ratio:.1e}" if ratio else "0" for ratio in self.ratios)
        return f"Update-to-weight ratio of each layer: {ratios}; about 10⁻³ is healthy."

    @property
    def health(self):
        if not self.hidden:
            return "No hidden layer: the output sees the inputs themselves."
        some = f"{self.dead.sum()} of {counted(len(self.dead), 'hidden unit')}"
        if self.dead.any():
            return f"Dead, the same output for every training point: {some}, crossed out."
        return f"No dead unit among {counted(len(self.dead), 'hidden unit')}."

    @functools.cached_property
    def verdict(self):
        """How the training goes, in a sentence."""
        train, test, train_right, _ = self.found[-1]
        if not len(self.points.y):
            return "<b>No points yet:</b> click in the plane; <i>new point</i> chooses the class."
        if not self.marks[-1]:
            return "<b>Untrained:</b> press Play, and change whatever you like meanwhile."
        if not np.isfinite(train):
            return f"<b>Diverged:</b> no finite numbers are left. {AGAIN}"
        if self.turned[0] == self.marks[-1]:
            return f"<b>Turned:</b> {self.turned[1]}. Press Play to see what comes of it."
        if train > 2 * max(self.found[0, 0], 0.7):
            return (
                f"<b>Diverges:</b> the training loss was {self.found[0, 0]:.3g} at first and is "
                f"{train:.3g} now. {self.turn_back or AGAIN}"
            )
        least = self.found[:, 1].argmin()
        if test > 1.25 * self.found[least, 1] and train < 0.7 * test:
            return (
                f"<b>Overfits:</b> the test loss was {self.found[least, 1]:.3g} at epoch "
                f"{self.marks[least]} and is {test:.3g} now, the training loss {train:.3g}: it "
                "learns its own points by heart."
            )
        if self.blocked:
            return f"<b>Stuck</b> at a training loss of {train:.3g}: {self.blocked}"
        then = int(np.searchsorted(self.marks, max(self.marks[-1] - LONG, self.turned[0])))
        before = self.found[then, 0]
        if train < 0.95 * before and (train_right < 0.99 or train > 0.02):
            return (
                f"<b>Learning:</b> the training loss fell from {before:.3g} at epoch "
                f"{self.marks[then]} to {train:.3g} now."
            )
        if train_right > 0.97:
            return "<b>Learnt:</b> nearly all training points are right; little is left to do."
        if train_right > 0.85 and test < 1.25 * self.found[least, 1]:
            return (
                f"<b>Settled</b> at a training loss of {train:.3g}: the test loss, "
                f"{test:.3g}, is near its least so far, {self.found[least, 1]:.3g}."
            )
        if train > 1.05 * before:
            return (
                f"<b>Unsteady:</b> the training loss rose from {before:.3g} at epoch "
                f"{self.marks[then]} to {train:.3g} now. {self.turn_back or SMALLER}"
            )
        return f"<b>Stuck</b> at a training loss of {train:.3g}: {self.obstacle}"

    @property
    def turned(self):
        """(epoch, names) of the last turn of a knob; (0, "") if none has turned."""
        epoch = max(self.turns, default=0)
        return epoch, ", ".join(NAMES.get(name, name) for name in self.turns.get(epoch, ()))

    @property
    def turn_back(self):
        """What to do if things go worse since a knob turned; "" if none has turned lately."""
        epoch, names = self.turned
        lately = epoch and epoch > self.marks[-1] - LONG
        return f"{names} turned at epoch {epoch}: turn back?" if lately else ""

    @property
    def blocked(self):
        """Why the points make no difference any more; "" if they do."""
        if self.hidden and not any(w.any() for w, _ in self.net.layers):
            if self.knobs.penalty != "none":
                return "the penalty has shrunk all weights to 0."
            return "all weights are 0, and so are their gradients. Take other first weights."
        layers = np.split(self.dead, np.cumsum(self.hidden)[:-1]) if self.hidden else []
        for k, dead in enumerate(layers, start=1):
            if dead.all():
                return f"all units of hidden layer {k} are dead, and no point gets past them."
        return ""

    @property
    def obstacle(self):
        """Why the training loss falls no further: the first reason that fits."""
        knobs, hidden, ratios = self.knobs, self.at_points[:-1], self.ratios
        if not self.hidden or knobs.activation == "none":
            return "without a bend the net is one linear map, and its border a straight line."
        if knobs.penalty != "none" and knobs.lam > 3e-3:
            return f"the penalty, with λ = {knobs.lam:.3g}, holds the weights small."
        flat = [np.mean(abs(h) > 0.95) for h in hidden]
        if knobs.activation == "tanh" and max(flat) > 0.7:
            k = int(np.argmax(flat))
            much = f"{flat[k]:.0%} of its outputs are beyond ±0.95"
            return f"hidden layer {k + 1} is saturated, {much}, where tanh is flat."
        if ratios[0] < ratios[-1] / 10:
            return "the gradient fades on its way back: compare the ratios, first layer to last."
        if ratios.max() < 1e-4:
            return "the updates are tiny. A larger lr, or first weights that are not so small?"
        if ratios.max() > 0.05:
            return f"the updates are large, it bounces. {SMALLER}"
        if knobs.dropout >= 0.3:
            return f"dropout {knobs.dropout:.2g} leaves few units at a time to bend the border."
        return "too few units to bend the border enough, or points that overlap. Or just wait."

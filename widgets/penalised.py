"""Training under a penalty as numbers: lambda may change on the way, and its losses have words."""

from dataclasses import dataclass

import numpy as np

from nnkit import functional as F
from widgets.moons import measure_on
from widgets.penalties import shrink_l1
from widgets.timeline import Timeline

LR, END = 0.3, 1500
PENALTIES = {
    "L2": lambda w, grad, lr, lam: (1 - lr * lam) * w - lr * grad,
    "L1": lambda w, grad, lr, lam: shrink_l1(w - lr * grad, lr * lam),
}


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


@dataclass(frozen=True)
class Penalised:
    """A network trained so far under a penalty, and what there is to say of it.

    marks: the epochs that were measured, the present one last; found: (training loss, test loss,
    share of test samples right) at each; turns: every change of lambda; lam: the present one;
    weights: all of them, flat, without biases; chance: of class 1 over the plane.
    """

    penalty: str
    lam: float
    turns: list
    marks: np.ndarray
    found: np.ndarray
    weights: np.ndarray
    chance: np.ndarray
    X: np.ndarray
    y: np.ndarray

    @property
    def losses(self):
        """The losses now, and the least test loss so far, in words."""
        (train, test, right), least = self.found[-1], self.found[:, 1].argmin()
        return (
            f"After {self.marks[-1]} epochs: training loss {train:.3g}, test loss {test:.3g} "
            f"(least: {self.found[least, 1]:.3g}, at epoch {self.marks[least]}), "
            f"{right:.1%} of 400 test points right."
        )

    @property
    def objective(self):
        """What descent makes small, and how many weights are 0, in words."""
        w, train, lam = self.weights, self.found[-1, 0], self.lam
        name, R = ("Σ|w|", np.sum(abs(w))) if self.penalty == "L1" else ("½Σw²", np.sum(w**2) / 2)
        return (
            f"Objective: loss + λ·{name} = {train:.3g} + {lam:.3g}·{R:.3g} = {train + lam * R:.3g}."
            f" {np.sum(w == 0)} of {len(w)} weights are exactly 0."
        )

    @property
    def verdict(self):
        """What the losses and the weights say, in a sentence."""
        marks, found, lam = self.marks, self.found, self.lam
        (train, test, _), least = found[-1], found[:, 1].min()
        if marks[-1] == 0:
            return "<b>Untrained:</b> press Play, or move the epochs."
        if not np.isfinite(test):
            return "<b>Diverges:</b> the weights grow without bound."
        if self.turns[-1][0] == END:
            return f"<b>The run ends here:</b> λ = {lam:.3g} can't act. First move the epochs back."
        if np.sum(self.weights**2) < 1e-2:
            return (
                "<b>Only the biases are left:</b> the penalty has shrunk all weights to nearly 0, "
                "and every point gets the same answer."
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
                f"{words} the test loss was {least:.3g} once and is {test:.3g} now, while the "
                "training loss is low: it learns its own points by heart."
            )
        if test > 1.1 * least:
            return f"<b>Worse than it was:</b> the test loss was {least:.3g} once, {test:.3g} now."
        if train < 0.97 * train_then:
            return (
                "<b>Still learning:</b> the training loss is falling, the test loss at its least "
                "so far, or near."
            )
        if train > 0.24 and lam > 0.015:
            return (
                f"<b>Held small:</b> with this λ even the training loss stays at {train:.3g}. Is "
                "the network too stiff, or are the points no clearer? A smaller λ tells."
            )
        return (
            "<b>Learns what holds for new points:</b> the test loss is at its least so far, or "
            "near."
        )

"""The loop that trains a network: predict, measure the loss, find the gradients, step, repeat."""

import math
import sys
import time
from dataclasses import dataclass, field

from nnkit.data import DataLoader, TensorDataset
from nnkit.tensor import no_grad

__all__ = ["History", "evaluate", "fit"]


@dataclass
class History:
    """One entry an epoch. `metric` and `val_...` stay empty where nothing was asked for.

    `loss` is the mean over the epoch, taken while the weights were changing; `val_loss` is measured
    after it. `stopped` says in words why training ended early, or is None.
    """

    loss: list = field(default_factory=list)
    metric: list = field(default_factory=list)
    val_loss: list = field(default_factory=list)
    val_metric: list = field(default_factory=list)
    stopped: str | None = None

    def __len__(self):
        return len(self.loss)


def fit(
    model, loss_fn, optimizer, data, validation=None, *, epochs=10, batch_size=None, metric=None,
    scheduler=None, generator=None, progress=True,
):  # fmt: skip
    """Train `model` on `data`, a pair (X, y), and return the `History`.

    `batch_size` None means all data in one batch; otherwise batches are drawn in a new random order
    each epoch, from `generator`. `validation` is a pair too. `metric(output, target)` is measured
    along with the loss. Training stops when the loss is no longer a finite number.
    """
    if not isinstance(epochs, int) or epochs < 0:
        raise ValueError(f"fit: epochs must be a whole number of 0 or more, got {epochs}")
    dataset = TensorDataset(*data)
    if not len(dataset):
        raise ValueError("fit: there are no samples to train on")
    batches = DataLoader(
        dataset, batch_size or len(dataset), shuffle=batch_size is not None, generator=generator
    )
    history, bar = History(), _Bar(epochs) if progress else None
    for epoch in range(1, epochs + 1):
        model.train()
        loss, score = _epoch(model, loss_fn, optimizer, batches, metric)
        history.loss.append(loss)
        if metric:
            history.metric.append(score)
        if validation:
            val_loss, val_score = evaluate(model, loss_fn, validation, metric)
            history.val_loss.append(val_loss)
            if metric:
                history.val_metric.append(val_score)
        if scheduler:
            scheduler.step()
        if not math.isfinite(loss):
            history.stopped = f"the loss became {loss} in epoch {epoch}: try a smaller lr"
        if bar:
            bar.show(epoch, history)
        if history.stopped:
            break
    return history


def _epoch(model, loss_fn, optimizer, batches, metric):
    """Mean loss and metric of one pass over the data, updating after each batch."""
    total, score, n = 0.0, 0.0, 0
    for X, y in batches:
        optimizer.zero_grad()
        output = model(X)
        loss = loss_fn(output, y)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(y)
        score += metric(output.detach(), y) * len(y) if metric else 0
        n += len(y)
        if not math.isfinite(total):
            break
    return total / n, score / n


@no_grad()
def evaluate(model, loss_fn, data, metric=None):
    """Loss and metric (None without one) on `data`, a pair (X, y); the model is left as it was."""
    X, y = data
    training = model.training
    output = model.eval()(X)
    model.train(training)
    return loss_fn(output, y).item(), metric(output, y) if metric else None


class _Bar:
    """One line of text, at most 79 letters, that is rewritten at most ten times a second."""

    def __init__(self, epochs):
        self.epochs, self.due, self.length = epochs, 0.0, 0

    def show(self, epoch, history):
        last = epoch == self.epochs or history.stopped
        if time.monotonic() < self.due and not last:
            return
        self.due = time.monotonic() + 0.1
        done = 10 * epoch // self.epochs
        text = f"epoch {epoch}/{self.epochs} |{'#' * done}{'.' * (10 - done)}|"
        for name in ("loss", "metric"):
            if values := getattr(history, name):
                text += f" {name} {values[-1]:.3g}"
            if values := getattr(history, f"val_{name}"):
                text += f" (val {values[-1]:.3g})"
        text = text[:79].ljust(self.length)  # cover what a longer line left behind
        self.length = len(text)
        sys.stdout.write("\r" + text + ("\n" if last else ""))
        if history.stopped:
            sys.stdout.write(f"stopped: {history.stopped}\n")
        sys.stdout.flush()

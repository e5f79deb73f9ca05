"""Mini-batches: the same line fitted with 1, a few or all samples a step."""

import functools

import numpy as np
from matplotlib.lines import Line2D

import nnkit
from nnkit import optim
from widgets.controls import log_slider, slider
from widgets.explorer import Explorer
from widgets.loss_curve import drawable
from widgets.style import BLUE, GREEN, ORANGE, RED
from widgets.words import counted, readable

SAMPLES = 48


@functools.cache
def line_data():
    """(x, y, best): 48 noisy samples of a line, and the least-squares (w, b) in closed form."""
    rng = np.random.default_rng(5)
    x = rng.uniform(-2, 2, SAMPLES)
    y = 1.5 * x + 0.5 + rng.normal(0, 0.8, SAMPLES)
    best, *_ = np.linalg.lstsq(np.c_[x, np.ones(SAMPLES)], y, rcond=None)
    return x, y, best


def mean_squared_error(w, b):
    """The loss over all samples at weights w, b: numbers or arrays of equal shape."""
    x, y, _ = line_data()
    return np.mean((np.multiply.outer(w, x) + np.asarray(b)[..., None] - y) ** 2, axis=-1)


def fit_line(batch_size, lr, epochs, seed):
    """Fit w and b by mini-batch gradient descent; the path, shape (updates + 1, 2).

    Each epoch visits all samples once, in a fresh order drawn from `seed`.
    """
    x, y, _ = line_data()
    rng = np.random.default_rng(seed)
    w = nnkit.tensor(-1.0, dtype=nnkit.float64, requires_grad=True)
    b = nnkit.tensor(-1.5, dtype=nnkit.float64, requires_grad=True)
    rule, path = optim.SGD([w, b], lr), [(-1.0, -1.5)]
    for _ in range(epochs):
        order = rng.permutation(SAMPLES)
        for i in range(0, SAMPLES, batch_size):
            batch = order[i : i + batch_size]
            rule.zero_grad()
            error = w * nnkit.tensor(x[batch]) + b - nnkit.tensor(y[batch])
            (error * error).mean().backward()
            rule.step()
            path.append((w.item(), b.item()))
    return np.array(path)


class MiniBatches(Explorer):
    """Move the batch size; watch a smooth path turn noisy, and an epoch fill with steps."""

    batch_size = slider("batch size", 1, SAMPLES, default=8, step=1)
    lr = log_slider("learning rate (lr)", 3e-3, 1, default=0.05)
    epochs = slider("epochs", 1, 10, default=4, step=1)
    seed = slider("shuffle (seed)", 0, 20, default=0, step=1)

    presets = {
        "full batch: smooth, one step an epoch": {"batch_size": SAMPLES, "epochs": 10},
        "stochastic: one sample a step": {"batch_size": 1, "lr": 0.05},
        "stochastic, lr ten times smaller": {"batch_size": 1, "lr": 0.005},
    }

    def compute(self, batch_size, lr, epochs, seed):
        path = fit_line(batch_size, lr, epochs, seed)
        with np.errstate(all="ignore"):
            losses = mean_squared_error(*path.T)
        return {"path": path, "losses": losses, "batch_size": batch_size, "epochs": epochs}

    def setup(self, figure):
        self.data, self.map, self.curve = figure.subplots(1, 3)
        x, y, best = line_data()
        ends = np.array([-2.2, 2.2])
        self.data.plot(x, y, "o", ms=4, color=BLUE, alpha=0.6, label="samples")
        self.data.plot(ends, best[0] * ends + best[1], "--", color=GREEN)
        self.data.set(
            xlim=ends, ylim=(-4.5, 5.5), xlabel="x", ylabel="y", title="48 samples, a line"
        )
        (self.line,) = self.live.move(*self.data.plot(ends, ends, color=RED, zorder=4))
        floor = mean_squared_error(*best)
        grid = np.meshgrid(np.linspace(-2, 3.5, 111), np.linspace(-2.5, 2.5, 101))
        levels = floor + np.geomspace(0.02, 20, 12)
        self.map.contour(
            *grid, mean_squared_error(*grid), levels, colors=BLUE, linewidths=0.7, alpha=0.7
        )
        self.map.plot(*best, "*", ms=18, color=GREEN, mec="white")
        self.map.set(xlabel="w", ylabel="b", title="loss over w and b")
        move = self.live.move
        (self.track,) = move(*self.map.plot([], [], "o-", color=ORANGE, ms=3, lw=0.9, zorder=4))
        (self.first,) = move(
            *self.map.plot([], [], "o", ms=10, mfc="white", mec=RED, mew=2, zorder=6, label="start")
        )
        (self.last,) = move(*self.map.plot([], [], "s", ms=8, color=RED, zorder=7))
        self.curve.axhline(floor, color=GREEN, lw=1, ls="--")
        (self.losses,) = move(*self.curve.plot([], [], "o-", color=ORANGE, ms=3, lw=0.9))
        self.curve.set(yscale="log", ylim=(0.3, 30), xlabel="epochs", title="loss, every update")
        best_look = Line2D([], [], ls="--", marker="*", ms=12, color=GREEN, mec="white")
        best_look.set_label("least loss there is: line, weights, loss")
        now = Line2D([], [], marker="s", color=RED, label="after all updates: line, weights")
        figure.legend(handles=[self.first, now, best_look], loc="outside lower left", ncols=3)

    def draw(self, result):
        path = np.clip(np.nan_to_num(result["path"]), -1e3, 1e3)
        self.track.set_data(*path.T)
        self.first.set_data(*path[:1].T)
        self.last.set_data(*path[-1:].T)
        w, b = path[-1]
        self.line.set_ydata(w * self.line.get_xdata() + b)
        losses = drawable(result["losses"])
        self.losses.set_data(np.linspace(0, result["epochs"], len(losses)), losses)
        if self.curve.get_xlim() != (0, result["epochs"]):
            self.curve.set_xlim(0, result["epochs"])

    def readout(self, result):
        size, updates = result["batch_size"], -(-SAMPLES // result["batch_size"])
        kind = {1: "Stochastic", SAMPLES: "Full batch"}.get(size, "Mini-batch")
        *_, best = line_data()
        floor, end = mean_squared_error(*best), result["losses"][-1]
        if not end < result["losses"][0]:
            kind = f"Diverges. {kind}"
        w, b = result["path"][-1]
        return readable(
            f"<b>{kind}:</b> {size} of {SAMPLES} samples a step, so one epoch is {updates} "
            f"update{'s' * (updates > 1)}; {counted(result['epochs'], 'epoch')} make "
            f"{len(result['path']) - 1} and read {result['epochs'] * SAMPLES} samples.<br>"
            f"After them w = {w:.4g}, b = {b:.4g}, loss {end:.4g}; no line does better than "
            f"{floor:.4g} (dashed), at w = {best[0]:.4g}, b = {best[1]:.4g}."
        )

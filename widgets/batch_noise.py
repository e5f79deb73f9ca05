"""Batch norm's noise in a picture: what one sample becomes depends on who shares its batch."""

import numpy as np

from widgets.controls import slider
from widgets.explorer import Explorer
from widgets.own import not_yet, own_or
from widgets.random_batches import LARGEST, SIZES, Noise, own_outputs, statistics
from widgets.ridges import Ridges
from widgets.style import BLUE, GREEN, ORANGE, RED
from widgets.words import readable

ROWS = "batch norm\nin training", "batch norm\nafter eval()", "layer norm"
LOW, HIGH = -4, 4


class BatchNoise(Explorer):
    """Move the batch size; see how the same sample is normalised in many random batches.

    batch_norm: a learner's own `batch_norm(x, gamma, beta, eps)`, which then normalises them.
    """

    batch_size = slider("batch size", 2, LARGEST, default=8, step=1)
    x = slider("x (one feature)", -1.0, 11.0, default=6.5, step=0.1)
    batch = slider("batch", 0, 100, default=0, step=1)

    presets = {
        "batches of 2: only the sign is left": {"batch_size": 2, "x": 6.5},
        "batches of 8": {"batch_size": 8, "x": 6.5},
        "batches of 32: half the noise": {"batch_size": 32, "x": 6.5},
        "batches of 128: a quarter": {"batch_size": 128, "x": 6.5},
        "an outlier in a small batch": {"batch_size": 4, "x": 11.0},
    }
    readout_lines = 5
    play = "batch"

    def __init__(self, batch_norm=None, **state):
        self.own = batch_norm
        super().__init__(**state)

    def compute(self, batch_size, x, batch):
        def mine(x, size):
            return own_outputs(self.own, x, size) if self.own else None

        def nnkits(x, size):
            means, stds = statistics(x, [size])
            return ((x - means) / stds)[:, 0]

        outputs, own = own_or(mine, nnkits, x, batch_size)
        means, stds = statistics(x, SIZES)
        return Noise(x, batch_size, batch, outputs, ((x - means) / stds).std(axis=0), own)

    def setup(self, figure):
        rows, curve = figure.subplots(1, 2, width_ratios=(1.35, 1))
        self.ridges = Ridges(self.live, rows, LOW, HIGH, bins=80, colour=BLUE)
        (self.now,) = rows.plot([], [], "o", color=ORANGE, ms=8, mec="white", zorder=5)
        rows.set(xlim=(LOW - 0.3, HIGH + 0.3), ylim=(3.1, 0), title="the same x, normalised")
        rows.set_yticks([0.6, 1.6, 2.6], ROWS)
        rows.tick_params(axis="y", length=0)
        rows.grid(False, axis="y")
        (self.line,) = curve.plot([], [], color=BLUE)
        (self.here,) = curve.plot([], [], "s", color=RED, ms=8, zorder=5, clip_on=False)
        quiet = curve.axhline(0, color=GREEN, lw=3)
        curve.set(
            xlim=(2, LARGEST), ylim=(-0.02, 1.1), xscale="log", xlabel="batch size",
            title="std of the output over batches",
        )  # fmt: skip
        ticks = 2 ** np.arange(1, 8)
        curve.set_xticks(ticks, ticks)
        curve.minorticks_off()
        self.live.move(self.now, self.line, self.here)
        figure.legend(
            [self.now, self.line, self.here, quiet],
            ["in this batch", "batch norm in training", "this size", "after eval(), layer norm: 0"],
            loc="outside lower left", ncols=4,
        )  # fmt: skip

    def draw(self, result):
        quiet = np.full(2, result.at_test), np.full(2, result.by_layer_norm)
        self.ridges.set([result.outputs, *quiet])
        self.now.set_data([result.outputs[result.batch].clip(LOW, HIGH)], [0.93])
        self.line.set_data(SIZES, result.spreads)
        self.here.set_data([result.size], [min(result.outputs.std(), 1.1)])

    def readout(self, result):
        lines = [result.spread_words, result.batch_words, result.quiet_words]
        if self.own and not result.own:
            lines.append(not_yet("batch_norm", "this is nnkit's"))
        return readable("<br>".join(lines))

"""How sure must a test be before it calls somebody sick? A threshold, and all that hangs on it."""

import numpy as np

from widgets.confusion import (
    HIGH,
    LOW,
    MOST,
    THRESHOLDS,
    Called,
    checked,
    count,
    draw_people,
    precision_recall_f1,
)
from widgets.confusion_drawing import CountTable, RateChart, ScoreChart, TradeChart
from widgets.controls import log_slider, slider
from widgets.explorer import Explorer
from widgets.own import not_yet, own_or
from widgets.words import readable


class DecisionThreshold(Explorer):
    """Move the threshold; watch the confusion matrix, precision, recall, F1 and accuracy.

    precision_recall_f1: a learner's own `precision_recall_f1(tp, fp, fn)`, which then gives the
    three numbers and draws the curves.
    """

    threshold = slider("threshold", LOW, HIGH, default=1.5, step=0.05)
    prevalence = log_slider("prevalence", 0.001, 0.5, default=0.1)
    distance = slider("distance", 0.0, 4.0, default=2.0, step=0.05)
    spread = slider("spread", 0.5, 2.0, default=1.0, step=0.05)
    n = slider("people (n)", 100, MOST, default=1000, step=100)
    seed = slider("other people (seed)", 0, 20, default=0, step=1)

    presets = {
        "100 people: 15, 5, 10, 70": {"threshold": 1.55, "prevalence": 0.25, "n": 100},
        "0.5% are sick, and all are called healthy": {
            "threshold": HIGH,
            "prevalence": 0.005,
            "n": MOST,
        },
        "0.5% are sick, and one looks for them": {"threshold": 2.0, "prevalence": 0.005, "n": MOST},
        "everybody is called sick": {"threshold": LOW},
        "a better test": {"distance": 4.0, "threshold": 2.0},
        "a useless test": {"distance": 0.0, "threshold": 0.0},
    }
    presets = {
        words: {"distance": 2.0, "prevalence": 0.1, "spread": 1.0, "n": 1000, "seed": 0} | state
        for words, state in presets.items()
    }
    size = (840, 460)
    readout_lines = 5

    def __init__(self, precision_recall_f1=None, **state):
        self.own = precision_recall_f1
        super().__init__(**state)

    def compute(self, threshold, prevalence, distance, spread, n, seed):
        scores, sick = draw_people(n, prevalence, distance, spread, seed)

        all_counts = np.transpose(count(scores, sick, [threshold, *THRESHOLDS])[:3]).tolist()
        found = [own_or(self.own, precision_recall_f1, *counts) for counts in all_counts]
        now, *curve = [checked(rates) for rates, _ in found]
        own = found[0][1]
        return Called(scores, sick, threshold, (distance, spread), now, np.array(curve), own)

    def setup(self, figure):
        axes = figure.subplot_mosaic(
            [["people", "table"], ["rates", "trade"]], width_ratios=(1.7, 1), height_ratios=(1.1, 1)
        )
        self.people = ScoreChart(self.live, axes["people"])
        self.table = CountTable(self.live, axes["table"])
        self.rates = RateChart(self.live, axes["rates"])
        self.trade = TradeChart(self.live, axes["trade"])
        figure.legend(
            [self.people.right, self.people.wrong, *self.rates.lines, self.trade.floor],
            ["right", "mistake", "precision", "recall", "F1", "accuracy", "all called sick"],
            loc="outside lower left", ncols=7, columnspacing=1.3,
        )  # fmt: skip

    def pointed(self, axes, x, y):
        if axes in (self.people.threshold.axes, self.rates.threshold.axes):
            self.place(threshold=x)

    def draw(self, result):
        self.people.show(result)
        self.table.show(result.counts)
        self.rates.show(result)
        self.trade.show(result)

    def readout(self, result):
        lines = [result.counts_words, result.rates_words, result.summary_words, result.meaning]
        if self.own:
            instead = not_yet("precision_recall_f1", "these are nnkit's numbers")
            yes = "Precision, recall, F1 and their curves are by your own function."
            lines.append(yes if result.own else instead)
        return readable("<br>".join(lines))

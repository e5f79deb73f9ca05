"""Would more data help? Training and validation error against the number of training samples."""

import numpy as np

from widgets.controls import choice, log_slider, slider
from widgets.explorer import Explorer
from widgets.labels import off_the_top
from widgets.learning_curve_data import (
    ANSWERS,
    LEAST,
    MOST,
    SETS,
    SIZES,
    TOLERANCE,
    Curves,
    checked,
    diagnose,
    draws,
    errors,
)
from widgets.own import not_yet, own_or
from widgets.polynomials import AXIS, evaluate, truth
from widgets.style import BLUE, GREEN, GREY, INK, ORANGE
from widgets.words import readable

TOP = 1.0  # of the errors with room in the picture
RUNS = {f"the mean of {SETS} training sets": SETS, "a single training set": 1}


class FitChart:
    """The true curve, the training points of one set, and the fit to it and to the other sets."""

    def __init__(self, live, axes):
        self.fits = [
            live.move(*axes.plot(AXIS, AXIS, color=GREY, lw=0.7, alpha=0.6))[0] for _ in range(SETS)
        ]
        (self.first,) = live.move(*axes.plot(AXIS, AXIS, color=INK, zorder=4))
        (self.true,) = live.move(*axes.plot(AXIS, truth(AXIS), "--", color=GREEN, zorder=5))
        look = {"ms": 5, "color": BLUE, "mec": "white", "mew": 0.4, "zorder": 3}
        (self.points,) = live.move(*axes.plot([], [], "o", **look))
        axes.set(xlim=(-1.02, 1.02), ylim=(-2.5, 2.5), xlabel="x", title="training points and fits")

    def show(self, curves, noise):
        """Show the fits of some Curves to data with this noise."""
        heights = np.clip(evaluate(curves.fits, AXIS), -1e3, 1e3)
        for i, line in enumerate(self.fits):
            line.set_ydata(heights[i] if i < len(heights) else np.full_like(AXIS, np.nan))
        self.first.set_ydata(heights[0])
        x, z = draws(curves.m)
        self.points.set_data(x, truth(x) + noise * z[0])
        self.points.set_markersize(5 if curves.m <= 60 else 3)


class GapChart:
    """Both errors against the number of points, and at one of them the two gaps as bars."""

    def __init__(self, live, axes):
        looks = ("training error", BLUE, "-", "o"), ("validation error", ORANGE, "-.", "s")
        self.lines, self.marks = [], []
        for name, colour, dash, marker in looks:
            self.lines += live.move(*axes.plot([], [], dash, color=colour, label=name))
            look = {"ms": 8, "color": colour, "mec": "white", "zorder": 5, "clip_on": False}
            self.marks += live.move(*axes.plot([], [], marker, **look))
        (self.floor,) = live.move(axes.axhline(0, color=GREEN, ls=":", label="baseline: noise²"))
        self.bars = [
            live.move(*axes.plot([], [], color=colour, lw=7, alpha=0.35, solid_capstyle="butt"))[0]
            for _, colour, *_ in looks
        ]
        box = {"boxstyle": "round,pad=0.15", "fc": "white", "ec": "none"}
        look = {"color": ORANGE, "va": "top", "zorder": 6, "bbox": box}
        (self.beyond,) = live.move(axes.text(0, 0.97 * TOP, "", **look))
        axes.set(xscale="log", xlim=(LEAST, MOST), ylim=(0, TOP), xlabel="training points (m)")
        axes.set_title("mean squared error")
        ticks = [2, 5, 10, 20, 50, 100, 300]
        axes.set_xticks(ticks, [str(tick) for tick in ticks])
        axes.set_xticks([], minor=True)

    def show(self, curves):
        """Show some Curves."""
        for line, values in zip(self.lines, curves.curves.T, strict=True):
            line.set_data(SIZES, np.minimum(values, 1e6))
        for mark, value in zip(self.marks, curves.here, strict=True):
            mark.set_data([curves.m], [min(value, TOP)])
        self.floor.set_ydata([curves.baseline] * 2)
        train, validation = np.minimum(curves.here, TOP)
        ends = (curves.baseline, train), (train, validation)
        for bar, (low, high) in zip(self.bars, ends, strict=True):
            bar.set_data([curves.m] * 2, [low, max(low, high)])
        left = curves.m > 25
        self.beyond.set_text(off_the_top(curves.here[1], TOP, ".3g"))
        self.beyond.set(x=curves.m * (0.92 if left else 1.1), ha="right" if left else "left")


class LearningCurves(Explorer):
    """Move m, degree, lambda and noise; see from two gaps whether bias or variance is too high.

    diagnose: a learner's own `diagnose(baseline, train, validation, tolerance)`, which then says
    what is wrong.
    """

    m = slider("training points (m)", LEAST, MOST, default=60, step=1)
    degree = slider("degree", 1, 15, default=1, step=1)
    lam = log_slider("lambda (λ)", 1e-10, 10, default=1e-10)
    noise = slider("noise", 0.0, 0.6, default=0.3, step=0.01)
    curves = choice("curves", RUNS, list(RUNS)[0])

    presets = {
        words: {"degree": degree, "lam": lam, "m": m, "noise": 0.3, "curves": list(RUNS)[0]}
        for words, degree, lam, m in (
            ("high bias: a straight line", 1, 1e-10, 100),
            ("high variance: degree 15, 30 points", 15, 1e-10, 30),
            ("degree 15 with 300 points", 15, 1e-10, 300),
            ("30 points and a penalty (λ 0.01)", 15, 0.01, 30),
            ("both: too much penalty, few points", 15, 1.0, 6),
            ("neither: degree 5", 5, 1e-10, 100),
        )
    }
    play = "m"
    size = (840, 360)
    readout_lines = 4

    def __init__(self, diagnose=None, **state):
        self.own = diagnose
        super().__init__(**state)

    def compute(self, m, degree, lam, noise, curves):
        baseline = noise**2
        fits, *both = errors([m, *SIZES], degree, lam, noise, RUNS[curves])
        here, *means = np.mean(both, axis=-1).T
        answer, own = own_or(self.own, diagnose, baseline, *here.tolist(), TOLERANCE)
        return Curves(m, baseline, fits[0], here, np.array(means), checked(answer), own)

    def setup(self, figure):
        fits, gaps = figure.subplots(1, 2, width_ratios=(1, 1.3))
        self.fits, self.gaps = FitChart(self.live, fits), GapChart(self.live, gaps)
        fits, gaps = self.fits, self.gaps
        figure.legend(
            [fits.points, fits.first, fits.fits[0], fits.true, *gaps.lines, gaps.floor, *gaps.bars],
            ["one training set", "its fit", "other fits", "true curve", "training error",
             "validation error", "baseline: noise²", "first gap: bias", "second gap: variance"],
            loc="outside lower left", ncols=5, columnspacing=1.4,
        )  # fmt: skip

    def draw(self, result):
        self.fits.show(result, self.noise)
        self.gaps.show(result)

    def readout(self, result):
        lines = [result.verdict, result.gaps, result.outlook]
        if self.own:
            yes = f"The verdict, one of {', '.join(ANSWERS)}, is by your own diagnose."
            lines.append(yes if result.own else not_yet("diagnose", "the verdict is nnkit's"))
        return readable("<br>".join(lines))

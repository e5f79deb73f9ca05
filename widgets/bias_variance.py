"""Where the error on new points comes from: bias, variance and noise, each drawn and added up."""

import numpy as np

from widgets.controls import slider
from widgets.polynomials import (
    AXIS,
    DEGREES,
    LAMBDAS,
    ErrorCurves,
    bias_variance,
    evaluate,
    ridge,
    truth,
)
from widgets.style import BLUE, GREEN, GREY, INK, ORANGE
from widgets.words import readable

SETS = 20  # training sets drawn


class BiasVariance(ErrorCurves):
    """Many training sets, one fit each: how far off they are on average, and how far apart."""

    n = slider("training points (n)", 5, 100, default=10, step=1)

    limits = 1e-3, 10

    presets = {
        "high bias: a straight line": {"degree": 1, "lam": 1e-10, "n": 20},
        "high variance: degree 15": {"degree": 15, "lam": 1e-10, "n": 20},
        "degree 15, held by a penalty": {"degree": 15, "lam": 0.01, "n": 20},
        "degree 15, held by more data": {"degree": 15, "lam": 1e-10, "n": 100},
    }

    def compute(self, degree, lam, noise, against, n):
        x = np.linspace(-1, 1, n)
        many = truth(x) + noise * np.random.default_rng(0).normal(size=(SETS, n))
        (bias,), (variance,) = bias_variance(x, degree, [lam], noise)
        if against == "lambda":
            curves = np.array(bias_variance(x, degree, LAMBDAS, noise))
        else:
            curves = np.array([bias_variance(x, d, [lam], noise) for d in DEGREES])[:, :, 0].T
        floor = np.full(curves.shape[1], noise**2)
        return {
            "fits": evaluate(ridge(x, many, degree, [lam])[:, 0], AXIS),
            "mean": evaluate(ridge(x, truth(x), degree, [lam])[0], AXIS),
            "curves": [*curves, floor, curves.sum(axis=0) + floor],
            "parts": (bias, variance, noise**2, bias + variance + noise**2),
        }

    def setup(self, figure):
        plane, curves = figure.subplots(1, 2)
        move = self.live.move
        self.fits = [
            move(*plane.plot(AXIS, AXIS, color=GREY, lw=0.7, alpha=0.6))[0] for _ in range(SETS)
        ]
        (self.mean,) = move(*plane.plot(AXIS, AXIS, color=INK, lw=2.2, zorder=4))
        (true,) = move(*plane.plot(AXIS, truth(AXIS), "--", color=GREEN, zorder=5))
        plane.set(xlim=(-1, 1), ylim=(-2.5, 2.5), xlabel="x", title="fits to many data sets")
        plane.set_xticks(np.linspace(-1, 1, 5))
        looks = (
            ("bias²", BLUE, "-", "o"),
            ("variance", ORANGE, "-.", "s"),
            ("noise²", GREEN, ":", "D"),
        )
        self.add_curves(curves, [*looks, ("their sum: test error", INK, "-", "P")])
        self.lines[-1].set_linewidth(2.6)
        for mark in self.marks:
            mark.set_markersize(6)
        curves.set_title("mean squared error on new points")
        figure.legend(
            [self.fits[0], self.mean, true, *self.lines],
            [f"{SETS} fits", "mean of all such fits", "true curve",
             *(line.get_label() for line in self.lines)],
            loc="outside lower left", ncols=7, columnspacing=1.1, handlelength=1.7,
        )  # fmt: skip

    def draw(self, result):
        for line, fit in zip(
            [*self.fits, self.mean], [*result["fits"], result["mean"]], strict=True
        ):
            line.set_ydata(np.clip(fit, -1e3, 1e3))
        self.draw_curves(result["curves"], result["parts"])

    def readout(self, result):
        bias, variance, floor, total = result["parts"]
        if bias + variance < 1e-3:
            word = "<b>Neither:</b> all fits lie on the true curve, or very near."
        elif variance > 2 * bias:
            word = "<b>Mostly variance:</b> each new data set bends the fit another way."
        elif bias > 2 * variance:
            word = "<b>Mostly bias:</b> the fits miss the curve together, more than they differ."
        else:
            word = "<b>In balance:</b> bias and variance are of like size."
        return readable(
            f"{word}<br>Mean test error = bias² + variance + noise² = {bias:.3g} + {variance:.3g} "
            f"+ {floor:.3g} = <b>{total:.3g}</b>.<br>Bias²: how far the mean fit is from the true "
            "curve. Variance: how far single fits are from their mean. Nothing removes noise²."
        )

"""A polynomial fitted to a few noisy points: capacity and penalty decide what it learns of them."""

import numpy as np

from widgets.controls import points, slider
from widgets.polynomials import (
    AXIS,
    DEGREES,
    LAMBDAS,
    ErrorCurves,
    draw_points,
    evaluate,
    mean_squared_errors,
    ridge,
    truth,
)
from widgets.style import BLUE, GREEN, INK, ORANGE, RED
from widgets.words import readable

HEIGHT = 3.0  # points lie between -HEIGHT and HEIGHT


def as_points(n, noise, seed):
    """Drawn training data as a value of the points control."""
    x, y = draw_points(n, noise, seed)
    y = np.clip(y, -HEIGHT, HEIGHT)
    return tuple((a, b, 0) for a, b in zip(x.round(3).tolist(), y.round(3).tolist(), strict=True))


DRAWN = as_points(10, 0.3, 16)


class PolynomialFit(ErrorCurves):
    """Move degree and lambda; watch the curve, its errors on old and on new points, its weights."""

    n = slider("training points (n)", 2, 100, default=10, step=1)
    seed = slider("other points (seed)", 0, 20, default=16, step=1)
    points = points("training point", ((-1, 1), (-HEIGHT, HEIGHT)), DRAWN, classes=1)

    presets = {
        words: {"degree": degree, "lam": lam, "n": n, "noise": 0.3, "seed": 16}
        for words, degree, lam, n in (
            ("underfits: a straight line", 1, 1e-10, 10),
            ("overfits: degree 9 through 10 points", 9, 1e-10, 10),
            ("the same with a penalty (λ 0.002)", 9, 2e-3, 10),
            ("underfits: too much penalty (λ 10)", 9, 10.0, 10),
            ("λ almost 0, but 100 points", 9, 1e-10, 100),
        )
    }

    readout_lines = 4

    def follow(self, changes):
        if changes.get("points", DRAWN) != DRAWN:
            return {"n": min(max(len(changes["points"]), 2), 100)}
        sources = "n", "noise", "seed"
        if not any(name in changes for name in sources):
            return {}
        drawn = [changes[name] if name in changes else getattr(self, name) for name in sources]
        return {"points": as_points(*drawn)}

    def compute(self, degree, lam, noise, against, n, seed, points):
        if not points:
            raise ValueError("there is no point to fit: click into the picture to add one")
        x, y, _ = np.array(points).T
        new = draw_points(200, noise, seed + 1000)
        train, test = mean_squared_errors(x, y, [(x, y), new], [lam, *LAMBDAS])
        (w,) = ridge(x, y, degree, [lam])
        row, tried = degree - 1, test[:, 1:]
        curves = (train[:, 0], test[:, 0])
        if against == "lambda":
            curves = train[row, 1:], test[row, 1:]
        return {
            "old": (x, y), "new": new, "w": w, "fit": evaluate(w, AXIS), "curves": curves,
            "train": train[row, 0], "test": test[row, 0], "degree": degree, "lam": lam,
            "best": tried.min(), "best_degree": DEGREES[tried.min(axis=1).argmin()],
            "best_here": tried[row].min(), "best_lam": LAMBDAS[tried[row].argmin()],
            "by_degree": test[:, 0], "noise": noise, "against": against,
        }  # fmt: skip

    def setup(self, figure):
        plane, curves, bars = figure.subplots(1, 3, width_ratios=(1.35, 1.1, 0.8))
        move = self.live.move
        (self.new,) = move(*plane.plot([], [], ".", ms=3, color=ORANGE, alpha=0.6))
        (self.fit,) = move(*plane.plot(AXIS, AXIS, color=INK, zorder=4))
        (self.old,) = move(*plane.plot([], [], "o", ms=7, color=BLUE, mec="white", zorder=5))
        (true,) = move(*plane.plot(AXIS, truth(AXIS), "--", color=GREEN, lw=1.3, zorder=6))
        plane.set(xlim=(-1.02, 1.02), ylim=(-2.5, 2.5), xlabel="x", title="data and fit")
        self.live.on_points(plane, "points")
        self.add_curves(curves, [("", BLUE, "-", "o"), ("", ORANGE, "-.", "s")])
        curves.set_title("mean squared error")
        (self.floor,) = move(curves.axhline(1, color=GREEN, ls=":"))
        self.stems, self.tips = move(
            bars.vlines([], 0, 1, color=RED, lw=3), *bars.plot([], [], "o", ms=4, color=RED)
        )
        bars.axhline(0, color=INK, lw=0.8)
        bars.set(xlim=(-0.7, 15.7), xlabel="k", title="weights $w_k$")
        bars.set_yscale("symlog", linthresh=1)
        bars.set(ylim=(-1e5, 1e5), yticks=[-1e4, -1e2, 0, 1e2, 1e4])
        names = "training points", "test points", "fit", "true curve", "training error"
        figure.legend(
            [self.old, self.new, self.fit, true, *self.lines, self.floor],
            [*names, "test error", "noise²"], loc="outside lower left", ncols=7,
            columnspacing=1.1, handlelength=1.7,
        )  # fmt: skip

    def draw(self, result):
        self.old.set_data(*result["old"])
        many = len(result["old"][0]) > 40
        self.old.set(markersize=4 if many else 7, zorder=3 if many else 5)
        self.new.set_data(*result["new"])
        self.fit.set_ydata(np.clip(result["fit"], -1e3, 1e3))
        self.draw_curves(result["curves"], (result["train"], result["test"]))
        self.floor.set_ydata([max(result["noise"] ** 2, 1e-12)] * 2)
        self.stems.set_segments([[(k, 0), (k, v)] for k, v in enumerate(result["w"])])
        self.tips.set_data(np.arange(len(result["w"])), result["w"])

    def readout(self, result):
        w, lam, train = result["w"][1:], result["lam"], result["train"]
        cost = f"The largest weight is {abs(w).max():.3g} in size."
        others, best = result["by_degree"], result["best_here"]
        tip = f"At this λ, degree {DEGREES[others.argmin()]} does best: {others.min():.3g}."
        if result["against"] == "lambda":
            size = np.sum(w**2) / 2
            cost = (
                f"Objective: mean squared error + λ·½Σw² = {train:.3g} + {lam:.3g}·{size:.3g} = "
                f"{train + lam * size:.3g}. {cost}"
            )
            tip = f"At this degree, λ = {result['best_lam']:.2g} does best: {best:.3g}."
        return readable(
            f"{verdict(result)}<br>{cost}<br>On the test points: error {result['test']:.3g}, of "
            f"which noise alone makes {result['noise']:.2g}² = {result['noise'] ** 2:.2g}. {tip}"
        )


def verdict(result):
    """Whether a fit is too free, too stiff or neither, judged by both errors."""
    train, test, best, here = (result[name] for name in ("train", "test", "best", "best_here"))
    if test <= 1.25 * best + 1e-3:
        if test <= 1.5 * result["noise"] ** 2 + 0.01:
            return "<b>Fits well:</b> on new points about as good as any degree and λ tried here."
        return (
            "<b>Not good, but the best there is:</b> with these points no degree and λ tried here "
            "does much better on new ones."
        )
    errors = f"{train:.3g} on the points it was fitted to, {test:.3g} on new ones"
    if train < test / 2 and here > test / 1.25 or train < test / 1.25 and lam_helps(result):
        return f"<b>Overfits:</b> {errors}: it has bent itself to its own points."
    if here < test / 1.25 and result["best_lam"] < result["lam"]:
        return (
            f"<b>Underfits:</b> the penalty holds the weights too small: {errors}. A smaller λ "
            "lowers both errors."
        )
    if here > test / 1.25 and train > best and result["best_degree"] > result["degree"]:
        return (
            f"<b>Underfits:</b> a polynomial of degree {result['degree']} is too stiff for this "
            f"curve, with any λ: both errors are high, {errors}."
        )
    return f"<b>Off the curve:</b> {errors}. Another degree or λ does better."


def lam_helps(result):
    """Whether a larger penalty makes the error on new points clearly smaller."""
    return result["best_here"] < result["test"] / 1.25 and result["best_lam"] > result["lam"]

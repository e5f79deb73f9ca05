"""What a penalty does to one weight: L2 shrinks it by a share, L1 by an amount and down to zero."""

import numpy as np

from widgets.controls import slider
from widgets.explorer import Explorer
from widgets.own import not_yet
from widgets.style import BLUE, GREY, INK, ORANGE
from widgets.words import readable

AXIS = np.linspace(-2.5, 2.5, 501)


def shrink_l1(a, lam):
    """Where 1/2 (w - a)^2 + lam |w| is smallest: the soft threshold (Donoho & Johnstone 1994)."""
    return np.sign(a) * np.maximum(np.abs(a) - lam, 0) + 0.0  # never -0


def shrink_l2(a, lam):
    """Where 1/2 (w - a)^2 + 1/2 lam w^2 is smallest."""
    return a / (1 + lam)


class OneWeight(Explorer):
    """Move a, where the loss wants the weight, and lambda; watch where the two minima go.

    soft_threshold: a learner's own `soft_threshold(a, lam)`, drawn in place of the formula.
    """

    a = slider("a: the loss alone", -2.0, 2.0, default=1.0, step=0.05)
    lam = slider("lambda (λ)", 0.0, 1.5, default=0.5, step=0.05)

    presets = {
        "a = 1: both shrink": {"a": 1.0, "lam": 0.5},
        "a = 0.3: L1 gives exactly 0": {"a": 0.3, "lam": 0.5},
    }

    def __init__(self, soft_threshold=None, **state):
        self.own = soft_threshold
        super().__init__(**state)

    def compute(self, a, lam):
        l1, whose = shrink_l1, ""
        if self.own:
            whose = not_yet("soft_threshold", "the L1 curve is the formula's")
            if self.own(np.array([a]), lam) is not None:
                l1, whose = self._checked, "The L1 curve on the right is your own soft_threshold."
        return {
            "a": a, "lam": lam, "w1": float(l1(np.array([a]), lam)[0]), "w2": shrink_l2(a, lam),
            "curve1": l1(AXIS, lam), "curve2": shrink_l2(AXIS, lam), "whose": whose,
            "formula": float(shrink_l1(a, lam)),
        }  # fmt: skip

    def _checked(self, a, lam):
        w = np.asarray(self.own(a, lam), dtype=float)
        if w.shape != a.shape:
            raise ValueError(
                f"soft_threshold must return an array of shape {a.shape}, got {w.shape}"
            )
        return w

    def setup(self, figure):
        self.valley, self.map = figure.subplots(1, 2, width_ratios=(1.2, 1))
        move = self.live.move
        (self.loss,) = move(*self.valley.plot([], [], ":", color=INK))
        (self.l1,) = move(*self.valley.plot([], [], "-.", color=ORANGE))
        (self.l2,) = move(*self.valley.plot([], [], color=BLUE))
        self.valley.set(xlabel="w", title="one weight")
        self.near = None
        self.map.plot(AXIS, AXIS, ":", color=INK)
        (self.curve1,) = move(*self.map.plot([], [], "-.", color=ORANGE))
        (self.curve2,) = move(*self.map.plot([], [], color=BLUE))
        self.map.set(
            xlim=(-2.5, 2.5), ylim=(-2.5, 2.5), xlabel="a, the minimum of the loss alone",
            ylabel="minimum with the penalty", title="where the weight ends",
        )  # fmt: skip
        self.marks = [
            move(*axes.plot([], [], mark, ms=9, color=colour, mec="white", zorder=5))[0]
            for axes in (self.valley, self.map)
            for mark, colour in (("o", INK), ("s", ORANGE), ("D", BLUE))
        ]
        for axes in (self.valley, self.map):
            axes.axhline(0, color=GREY, lw=0.8)
            axes.axvline(0, color=GREY, lw=0.8)
        curves = zip((self.loss, self.l1, self.l2), self.marks, strict=False)
        figure.legend(
            [*curves],
            ["loss ½(w − a)²", "loss + λ|w|  (L1)", "loss + ½λw²  (L2), each with its minimum"],
            loc="outside lower left", ncols=3, handlelength=3,
        )  # fmt: skip

    def draw(self, result):
        a, lam = result["a"], result["lam"]
        if self.near != (abs(a) <= 0.5):  # what is small is looked at from near
            self.near = abs(a) <= 0.5
            with self.live.style():
                wide, high = (0.8, 0.5) if self.near else (2.5, 4)
                self.valley.set(xlim=(-wide, wide), ylim=(-0.04 * high, high))
        loss = 0.5 * (AXIS - a) ** 2
        self.loss.set_data(AXIS, loss)
        self.l1.set_data(AXIS, loss + lam * abs(AXIS))
        self.l2.set_data(AXIS, loss + 0.5 * lam * AXIS**2)
        self.curve1.set_data(AXIS, result["curve1"])
        self.curve2.set_data(AXIS, result["curve2"])
        w1, w2 = result["w1"], result["w2"]
        heights = 0, 0.5 * (w1 - a) ** 2 + lam * abs(w1), 0.5 * (w2 - a) ** 2 + 0.5 * lam * w2**2
        places = [*zip((a, w1, w2), heights, strict=True), (a, a), (a, w1), (a, w2)]
        for mark, (x, y) in zip(self.marks, places, strict=True):
            mark.set_data([x], [y])

    def readout(self, result):
        a, lam, w1, w2 = (result[name] for name in ("a", "lam", "formula", "w2"))
        reason = f"It takes λ = {lam:.3g} away, from large and small weights alike."
        if abs(a) <= lam:
            reason = (
                f"At w = 0 the loss pulls with slope {abs(a):.3g}; λ|w| holds against up to "
                f"{lam:.3g}, so the weight stays at exactly 0."
            )
        lines = [
            f"<b>L1:</b> max(|a| − λ, 0), with the sign of a: max({abs(a):.3g} − {lam:.3g}, 0), so "
            f"w = <b>{w1:.3g}</b>. {reason}",
            f"<b>L2:</b> a/(1 + λ) = {a:.3g}/{1 + lam:.3g}, so w = <b>{w2:.3g}</b>. It keeps the "
            f"share {1 / (1 + lam):.3g} of every weight; its pull λw fades near 0.",
        ]
        if result["whose"]:
            lines.append(result["whose"])
        given, right = np.nan_to_num(result["curve1"], nan=1e9), shrink_l1(AXIS, lam)
        worst = np.argmax(abs(given - right).round(6))
        if not np.isclose(given[worst], right[worst]):
            lines.append(
                f"For a = {AXIS[worst]:.3g} it gives {given[worst]:.3g}, but the minimum is at "
                f"{right[worst]:.3g}."
            )
        return readable("<br>".join(lines))

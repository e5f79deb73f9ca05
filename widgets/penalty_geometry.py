"""Where a loss over two weights meets a penalty: ellipses that touch a diamond or a circle."""

import itertools

import numpy as np

from widgets.controls import choice, log_slider, slider
from widgets.explorer import Explorer
from widgets.field import Field
from widgets.style import BLUE, GREEN, INK, ORANGE, RED
from widgets.words import readable

AXIS = np.linspace(-2.5, 2.5, 81)
LAMBDAS = np.geomspace(1e-2, 10, 121)
SHARE = {"L1": 1.0, "L2": 0.0, "elastic": 0.5}  # of L1 in the penalty R
FORMULAS = {
    "L1": "|w₁| + |w₂|",
    "L2": "½(w₁² + w₂²)",
    "elastic": "½(|w₁| + |w₂|) + ¼(w₁² + w₂²)",
}
STEEP, FLAT = 1.5, 0.3  # the curvatures of the loss
LEVELS = np.geomspace(0.05, 6.4, 8)


def curvature(tilt):
    """The loss's second derivatives, a 2x2 matrix: steep across, flat along `tilt` degrees."""
    along = np.array([np.cos(np.deg2rad(tilt)), np.sin(np.deg2rad(tilt))])
    return STEEP * np.eye(2) + (FLAT - STEEP) * np.outer(along, along)


def loss(w, H, centre):
    """1/2 (w - centre)^T H (w - centre), for w of shape (..., 2)."""
    d = np.asarray(w) - centre
    return 0.5 * np.einsum("...i,ij,...j->...", d, H, d)


def size(w, share):
    """R(w) = share (|w1| + |w2|) + (1 - share) (w1^2 + w2^2) / 2, for w of shape (..., 2)."""
    return share * np.abs(w).sum(axis=-1) + (1 - share) * 0.5 * np.square(w).sum(axis=-1)


def minima(H, centre, lams, share):
    """The weights, shape (len(lams), 2), with the smallest loss + lam R(w): exact.

    For each pattern of signs (negative, zero, positive) the slope is linear, so its zero is found
    by solving a system; the best of the nine is the minimum.
    """
    lams = np.asarray(lams, dtype=float)[:, None]
    candidates = []
    for signs in itertools.product((-1, 0, 1), repeat=2):
        used = np.flatnonzero(signs)
        w = np.zeros((len(lams), 2))
        if len(used):
            ridged = H[np.ix_(used, used)] + lams[..., None] * (1 - share) * np.eye(len(used))
            pull = (H @ centre)[used] - lams * share * np.array(signs)[used]
            w[:, used] = np.linalg.solve(ridged, pull[..., None])[..., 0]
        candidates.append(w)
    candidates = np.array(candidates)
    height = loss(candidates, H, centre) + lams[:, 0] * size(candidates, share)
    return candidates[height.argmin(axis=0), np.arange(len(lams))]


def ball(level, share):
    """The curve R(w) = level: two rows, w1 and w2."""
    angle = np.linspace(0, 2 * np.pi, 361)
    way = np.array([np.cos(angle), np.sin(angle)])
    b, a = share * np.abs(way).sum(axis=0), (1 - share) / 2  # a r^2 + b r = level
    return way * (2 * level / (b + np.sqrt(b**2 + 4 * a * level) + 1e-300))


class PenaltyGeometry(Explorer):
    """Move lambda; watch the loss's contour touch the penalty's, and a weight become zero."""

    penalty = choice("penalty", SHARE, "L1")
    lam = log_slider("lambda (λ)", 1e-2, 10, default=0.05)
    tilt = slider("tilt of the valley", -90, 90, default=70, step=1)
    centre_1 = slider("least loss at w₁", -2.0, 2.0, default=1.5, step=0.1)
    centre_2 = slider("least loss at w₂", -2.0, 2.0, default=1.0, step=0.1)

    presets = {
        "L1: w₂ is exactly 0": {"penalty": "L1", "lam": 0.6},
        "L2: both small, neither 0": {"penalty": "L2", "lam": 0.6},
        "elastic: half of each": {"penalty": "elastic", "lam": 0.6},
        "λ large: everything is 0": {"penalty": "L1", "lam": 10.0},
    }

    readout_lines = 4

    def pointed(self, axes, x, y):
        if axes in (self.left, self.middle):
            x, y = np.clip([x, y], -2, 2).round(2).tolist()
            self.set(centre_1=x, centre_2=y)

    def compute(self, penalty, lam, tilt, centre_1, centre_2):
        H, centre, share = curvature(tilt), np.array([centre_1, centre_2]), SHARE[penalty]
        grid = np.stack(np.meshgrid(AXIS, AXIS), axis=-1)
        heights = loss(grid, H, centre)
        (w,) = minima(H, centre, [lam], share)
        level = loss(w, H, centre)
        scale, axes = np.linalg.eigh(H)
        angle = np.linspace(0, 2 * np.pi, 181)
        ellipse = axes @ (np.sqrt(2 * level / scale)[:, None] * [np.cos(angle), np.sin(angle)])
        return {
            "w": w, "centre": centre, "lam": lam, "share": share, "name": penalty,
            "path": minima(H, centre, LAMBDAS, share), "loss": heights, "level": level,
            "objective": heights + lam * size(grid, share),
            "size": size(w, share), "ellipse": ellipse + centre[:, None],
        }  # fmt: skip

    def setup(self, figure):
        self.left, self.middle, self.curve = figure.subplots(1, 3, width_ratios=(1, 1, 0.9))
        move = self.live.move
        self.loss = Field(self.live, self.left, AXIS, AXIS, 0, 8, LEVELS)
        self.objective = Field(self.live, self.middle, AXIS, AXIS, 0, 8, LEVELS)
        self.ball = move(*self.left.fill([], [], fc=ORANGE, ec=ORANGE, lw=1.5, alpha=0.45))[0]
        (self.ellipse,) = move(*self.left.plot([], [], color=BLUE, lw=2, zorder=4))
        (self.path,) = move(*self.left.plot([], [], ":", color=RED, lw=2, zorder=5))
        self.stars = [
            move(*axes.plot([], [], "*", ms=13, color=GREEN, mec="white", zorder=6))[0]
            for axes in (self.left, self.middle)
        ]
        self.tips = [
            move(*axes.plot([], [], "s", ms=8, color=RED, mec="white", zorder=7))[0]
            for axes in (self.left, self.middle)
        ]
        for axes in (self.left, self.middle):
            axes.set(aspect="equal", xlabel="$w_1$")
            move(axes.axhline(0, color=INK, lw=0.6), axes.axvline(0, color=INK, lw=0.6))
        self.left.set(title="loss, and the penalty R", ylabel="$w_2$")
        self.middle.set(title="loss + λ·R")
        self.weights = move(
            *self.curve.plot([], [], color=INK, label="$w_1$"),
            *self.curve.plot([], [], "--", color=INK, label="$w_2$"),
        )
        (self.here,) = move(self.curve.axvline(1, color=RED, lw=1.6, clip_on=False))
        self.curve.axhline(0, color=INK, lw=0.6)
        self.curve.set(
            xscale="log", xlim=(LAMBDAS[0], LAMBDAS[-1]), ylim=(-2.1, 2.1), xlabel="lambda",
            title="weights against λ",
        )  # fmt: skip
        self.curve.legend(loc="lower right")
        figure.legend(
            [self.stars[0], self.tips[0], self.ellipse, self.ball, self.path],
            ["least loss", "least loss + λ·R", "loss contour through it", "no larger R than there",
             "its path as λ grows"],
            loc="outside lower left", ncols=5, columnspacing=1.2,
        )  # fmt: skip

    def draw(self, result):
        w, centre = result["w"], result["centre"]
        least = result["level"] + result["lam"] * result["size"]
        self.loss.set_values(result["loss"])
        self.objective.levels = LEVELS[least + 0.06 < LEVELS]  # a smaller ring is no ring
        self.objective.set_values(result["objective"])
        self.ball.set_xy(ball(result["size"], result["share"]).T)
        self.ellipse.set_data(*result["ellipse"])
        self.path.set_data(*np.c_[centre, result["path"].T])
        for star, end in zip(self.stars, self.tips, strict=True):
            star.set_data(*centre[:, None])
            end.set_data(*w[:, None])
        for line, values in zip(self.weights, result["path"].T, strict=True):
            line.set_data(LAMBDAS, values)
        self.here.set_xdata([result["lam"]] * 2)

    def readout(self, result):
        w, lam, share = result["w"], result["lam"], result["share"]
        centre, total = result["centre"], result["level"] + lam * result["size"]
        return readable(
            f"{verdict(w, share, centre)}<br>The least loss is at ({centre[0]:.3g}, "
            f"{centre[1]:.3g}); the least loss + λ·R at w = <b>({w[0]:.3g}, {w[1]:.3g})</b>.<br>"
            f"R = {FORMULAS[result['name']]} = {result['size']:.3g}; loss + λ·R = "
            f"{result['level']:.3g} + {lam:.3g}·{result['size']:.3g} = {total:.3g}."
        )


def verdict(w, share, centre):
    """Which weights are zero, and why, in a sentence."""
    if not centre.any():
        return "<b>Both weights are 0:</b> there the loss alone is least, and the penalty as well."
    none = [name for name, value in zip(("w₁", "w₂"), w, strict=True) if value == 0]
    shape = "diamond" if share == 1 else "rounded diamond"
    if len(none) == 2:
        return "<b>Both weights are exactly 0:</b> the penalty outweighs the loss's slope there."
    if share == 0:
        return "<b>Smaller weights, none forced to 0:</b> a circle has no corners to be caught at."
    if none:
        return (
            f"<b>{none[0]} is exactly 0:</b> the ellipse touches the {shape} at a corner, and its "
            "corners lie on the axes."
        )
    return f"<b>No weight is 0:</b> the ellipse touches the {shape} at a side."

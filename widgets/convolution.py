"""A kernel slides over a digit: one small set of weights, used again at every place."""

import numpy as np
from matplotlib.patches import Rectangle

from widgets.controls import choice, slider
from widgets.digit_net import digits
from widgets.explorer import Explorer
from widgets.kernels import KERNEL, KERNELS, SIDE, Slid, convolve, side
from widgets.labels import Labels
from widgets.own import not_yet, own_or
from widgets.style import GREY, INK, RED
from widgets.words import readable

MOST = 2  # padding
WIDEST = side(1, MOST)  # of the output


class Convolution(Explorer):
    """Slide a 3x3 kernel over a digit; watch each output pixel become a sum of nine products.

    conv2d: a learner's own `conv2d(x, kernel, stride, padding)`, which then makes the output.
    """

    kernel = choice("kernel", KERNELS, "vertical edges")
    output = slider("output pixel number", 0, WIDEST**2 - 1, default=26, step=1)
    stride = slider("stride (S)", 1, 3, default=1, step=1)
    padding = slider("padding (P)", 0, MOST, default=1, step=1)
    digit = slider("test digit number", 0, 99, default=0, step=1)

    presets = {
        "same size: padding 1": {"stride": 1, "padding": 1},
        "no padding: 6×6": {"stride": 1, "padding": 0},
        "stride 2: half the size": {"stride": 2, "padding": 1},
        "blur": {"kernel": "blur", "stride": 1, "padding": 1},
    }
    play = "output"
    size = (840, 320)
    readout_lines = 5

    def __init__(self, conv2d=None, **state):
        self.own = conv2d
        super().__init__(**state)

    def ends(self, state):
        return {"output": side(state["stride"], state["padding"]) ** 2 - 1}

    def compute(self, kernel, output, stride, padding, digit):
        x = digits()[1].numpy()[digit].reshape(SIDE, SIDE).astype(float)
        weights = np.array(KERNELS[kernel], float)
        ours = convolve(x, weights, stride, padding)
        out, own = own_or(self.own, lambda *_: ours, x.copy(), weights.copy(), stride, padding)
        out = np.asarray(out, float)
        if out.shape != ours.shape:
            raise ValueError(f"conv2d must return shape {ours.shape} here, got {out.shape}")
        yes = "The output is from your own conv2d"
        yes += "." if np.allclose(out, ours) else ", and differs from nnkit's."
        whose = (yes if own else not_yet("conv2d", "this is nnkit's")) if self.own else ""
        row, column = divmod(output, len(out))
        return Slid(x, weights, stride, padding, out, row, column, whose)

    def setup(self, figure):
        axes = left, middle, right = figure.subplots(1, 3, width_ratios=(1.2, 0.7, 1.1))
        move, far = self.live.move, (-MOST, SIDE + MOST)
        (self.image,) = move(left.imshow(np.zeros((8, 8)), "Greys", vmin=0, vmax=1))
        self.image.set_extent((0, SIDE, SIDE, 0))
        look = {"fill": False, "zorder": 5}
        self.border = Rectangle((0, 0), 1, 1, ls="--", ec=GREY, lw=1.2, **look)
        self.window = Rectangle((0, 0), KERNEL, KERNEL, ec=RED, lw=2.4, **look)
        self.target = Rectangle((0, 0), 1, 1, ec=RED, lw=2.4, **look)
        frame = Rectangle((0, 0), SIDE, SIDE, fill=False, ec=GREY, lw=0.9, zorder=4)
        move(left.add_patch(frame))
        left.set(xlim=far, ylim=far[::-1], title="the digit")
        look = {"cmap": "PuOr_r", "vmin": -1, "vmax": 1}
        (self.weights,) = move(middle.imshow(np.zeros((3, 3)), extent=(0, 3, 3, 0), **look))
        middle.set(title="the kernel")
        (self.out,) = move(right.imshow(np.zeros((8, 8)), **look))
        right.set(xlim=(-0.2, WIDEST), ylim=(WIDEST, -0.2), title="the output")
        for axis, part in (left, self.border), (left, self.window), (right, self.target):
            axis.add_patch(part)
            move(part)
        self.numbers = Labels(self.live, middle, size=10)
        for axis in axes:
            axis.set(xticks=[], yticks=[])
            axis.spines[:].set_visible(False)
        words = ["border of zeros", "window and its output"]
        figure.legend([self.border, self.window], words, loc="outside lower left", ncols=2)
        middle.set_xlabel("orange above 0, purple below")

    def draw(self, result):
        whole, n, most = SIDE + 2 * result.padding, len(result.out), abs(result.kernel).max()
        self.image.set_data(result.x)
        self.border.set(xy=(-result.padding, -result.padding), width=whole, height=whole)
        self.window.set_xy(result.corner[::-1])
        self.target.set_xy((result.column, result.row))
        self.weights.set(data=result.kernel, clim=(-2 * most, 2 * most))  # pale enough for numbers
        bound = max(result.kernel.clip(min=0).sum(), -result.kernel.clip(max=0).sum())
        self.out.set(data=result.out, clim=(-bound, bound), extent=(0, n, n, 0))
        self.numbers.set(
            (column + 0.5, row + 0.5, f"{weight:.2g}".replace("-", "−"), INK)
            for (row, column), weight in np.ndenumerate(result.kernel)
        )

    def readout(self, result):
        lines = [result.size_words, result.sum_words, result.cost_words, result.whose]
        return readable("<br>".join(line for line in lines if line))

"""The matrix products of a linear layer, cell by cell: which row meets which column, and why."""

import functools

import numpy as np
from matplotlib.patches import Rectangle

from widgets.controls import choice, slider
from widgets.explorer import Explorer
from widgets.labels import Labels
from widgets.style import BLUE, GREY, INK, ORANGE, RED

CELL, GAP = 46, 64  # of a matrix entry, and between two matrices, CSS pixels
MIDDLE = (420, 128)  # of the row of matrices in a picture of 840 x 256
SAMPLES, INPUTS, OUTPUTS = 4, 3, 2  # three different numbers, so that each shape tells its story

# What each result is made of: left factor, right factor, and what an entry adds up.
PRODUCTS = {
    "Y = X W": ("X", "W", "Y", "sample {i} meets the weights into output {j}: a sum over inputs"),
    "dW = Xᵀ dY": (
        "Xᵀ", "dY", "dW",
        "the weight from input {i} to output {j} is used by every sample: a sum over samples",
    ),
    "db = ones dY": (
        "ones", "dY", "db", "the bias of output {j} is added to every sample: a sum over samples",
    ),
    "dX = dY Wᵀ": (
        "dY", "Wᵀ", "dX",
        "input {j} of sample {i} acts on every output: a sum over outputs, that is, over paths",
    ),
}  # fmt: skip


class MatrixGradients(Explorer):
    """Choose an entry of a product and see the row and the column that it is made of."""

    product = choice("product", PRODUCTS, "dW = Xᵀ dY")
    row = slider("row", 0, SAMPLES - 1, default=0, step=1)
    column = slider("column", 0, INPUTS - 1, default=0, step=1)
    seed = slider("numbers (seed)", 0, 20, default=1, step=1)

    size = (840, 256)

    def follow(self, changes):
        return {"row": 0, "column": 0} if "product" in changes else {}

    def ends(self, state):
        rows, columns = matrices(0)[PRODUCTS[state["product"]][2]].shape
        return {"row": rows - 1, "column": columns - 1}

    def pointed(self, axes, x, y):
        (left, top), (rows, columns) = self.corners[2], self.shapes[2]
        row, column = int((y - top) // CELL), int((x - left) // CELL)
        if 0 <= row < rows and 0 <= column < columns:
            self.set(row=row, column=column)

    def compute(self, product, row, column, seed):
        known = matrices(seed)
        left, right, result = (known[name] for name in PRODUCTS[product][:3])
        return {
            "product": product, "matrices": (left, right, result), "row": row, "column": column,
            "terms": list(zip(left[row], right[:, column], strict=True)),
        }  # fmt: skip

    def setup(self, figure):
        self.axes = figure.subplots()
        self.axes.set(xlim=(0, self.size[0]), ylim=(self.size[1], 0))
        self.axes.set_axis_off()
        look = {"fill": False, "lw": 3}
        self.marks = self.live.move(
            *(self.axes.add_patch(Rectangle((0, 0), 1, 1, ec=c, ls=s, **look))
              for c, s in ((BLUE, "-"), (RED, "--"), (ORANGE, "-")))
        )  # fmt: skip
        self.numbers = Labels(self.live, self.axes, size=11)
        self.product_shown, self.ground = None, []

    def draw(self, result):
        if result["product"] != self.product_shown:
            with self.live.style():
                self._build(result["product"], [m.shape for m in result["matrices"]])
        (row, column), labels = (result["row"], result["column"]), []
        for (left, top), matrix in zip(self.corners, result["matrices"], strict=True):
            for (i, j), value in np.ndenumerate(matrix):
                place = left + (j + 0.5) * CELL, top + (i + 0.5) * CELL
                labels.append((*place, f"{value}".replace("-", "−"), INK))
        self.numbers.set(labels)
        left, right, out = self.marks
        (x, y), (_, width) = self.corners[0], self.shapes[0]
        left.set_bounds(x, y + row * CELL, width * CELL, CELL)
        (x, y), (height, _) = self.corners[1], self.shapes[1]
        right.set_bounds(x + column * CELL, y, CELL, height * CELL)
        x, y = self.corners[2]
        out.set_bounds(x + column * CELL, y + row * CELL, CELL, CELL)

    def _build(self, product, shapes):
        """Draw the grids of another product."""
        for artist in self.ground:
            artist.remove()
        self.product_shown, self.shapes, self.corners, self.ground = product, shapes, [], []
        x = MIDDLE[0] - (sum(columns for _, columns in shapes) * CELL + 2 * GAP) / 2
        text = functools.partial(self.axes.text, ha="center", va="center", color=INK)
        names = PRODUCTS[product][:3]
        for name, sign, (rows, columns) in zip(names, "·= ", shapes, strict=True):
            width, height = columns * CELL, rows * CELL
            y = MIDDLE[1] - height / 2
            self.corners.append((x, y))
            xs, ys = x + CELL * np.arange(columns + 1), y + CELL * np.arange(rows + 1)
            look = {"colors": GREY, "lw": 0.8}
            self.ground += [self.axes.hlines(ys, x, x + width, **look)]
            self.ground += [self.axes.vlines(xs, y, y + height, **look)]
            self.ground += [text(x + width / 2, y - 16, name, fontsize=12)]
            self.ground += [text(x + width / 2, y + height + 16, f"{rows} × {columns}")]
            self.ground += [text(x + width + GAP / 2, MIDDLE[1], sign, fontsize=18)]
            x += width + GAP

    def readout(self, result):
        left, right, name, why = PRODUCTS[result["product"]]
        i, j = result["row"], result["column"]
        (a, b), (c, d), (rows, columns) = (m.shape for m in result["matrices"])
        terms = " + ".join(f"{bracketed(u)} · {bracketed(v)}" for u, v in result["terms"])
        total = sum(u * v for u, v in result["terms"])
        entry, row = f"{name}[{i}, {j}]", f"row {i} of {left}"
        fits = "the inner numbers agree" if name == "Y" else f"just the shape of {name[1:]}"
        if name == "db":
            entry, row = f"db[{j}]", "a row of ones"
            fits = f"one number for each output: dY.sum(axis=0), of shape ({columns},)"
        return (
            f"<b>{entry}</b> = {row} times column {j} of {right} = {terms} = "
            f"<b>{total}</b>.<br>Why: {why.format(i=i, j=j)}.<br>"
            f"Shapes: ({a} × {b}) ({c} × {d}) = ({rows} × {columns}), {fits}."
        ).replace("-", "−")


def bracketed(number):
    return f"({number})" if number < 0 else f"{number}"


def matrices(seed):
    """{name: whole numbers} of a layer with 4 samples, 3 inputs and 2 outputs."""
    rng = np.random.default_rng(seed)
    X = rng.integers(-2, 4, (SAMPLES, INPUTS))
    W = rng.integers(-2, 4, (INPUTS, OUTPUTS))
    dY = rng.integers(-2, 4, (SAMPLES, OUTPUTS))
    ones = np.ones((1, SAMPLES), int)
    return {
        "X": X, "W": W, "Y": X @ W, "dY": dY, "Xᵀ": X.T, "Wᵀ": W.T, "ones": ones,
        "dW": X.T @ dY, "dX": dY @ W.T, "db": ones @ dY,
    }  # fmt: skip

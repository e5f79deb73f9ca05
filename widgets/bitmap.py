"""A drawing of 32x32 cells: what a pen leaves on it, and the 8x8 picture that a net gets of it."""

import numpy as np

SIZE, BLOCK = 32, 4  # cells a side; cells a side of what becomes one pixel
WIDEST = 20  # cells: about as wide as the data's digits are
INK = 310  # cells: each of the data's ten digits has 303 to 330 on average
SOFT = 2.0  # cells: how far the blur reaches that thickens and thins
MIDDLES = np.arange(SIZE) + 0.5


def blank():
    """A drawing with nothing on it: booleans, the top row first."""
    return np.zeros((SIZE, SIZE), bool)


def to_text(drawing):
    """The rows as hexadecimal numbers with / between them; blank rows at the end are left out."""
    weights = 1 << np.arange(SIZE - 1, -1, -1, dtype=np.int64)
    rows = [f"{row:x}" if row else "" for row in (drawing @ weights).tolist()]
    return "/".join(rows).rstrip("/")


def from_text(text):
    """The drawing of such a text; ValueError if it is none."""
    rows = text.split("/")
    if len(rows) > SIZE or any(set(row) - set("0123456789abcdef") for row in rows):
        raise ValueError(f"a drawing has up to {SIZE} rows of hexadecimal digits, got {text!r}")
    numbers = np.array([int(row or "0", 16) for row in rows] + [0] * (SIZE - len(rows)), object)
    if max(numbers) >= 1 << SIZE:
        raise ValueError(f"a row of a drawing has up to {SIZE} cells, got {text!r}")
    bits = np.arange(SIZE - 1, -1, -1)
    return (numbers.astype(np.int64)[:, None] >> bits & 1).astype(bool)


def stroke(drawing, path, width, ink=True):
    """A copy with a round pen of that width drawn along path, (n, 2) places (x right, y down).

    ink: False for a rubber. A cell is hit if its middle is.
    """
    path = np.atleast_2d(np.asarray(path, float))
    starts, ends = path[: max(len(path) - 1, 1)], path[-max(len(path) - 1, 1) :]
    along = ends - starts
    gap = np.stack(np.meshgrid(MIDDLES, MIDDLES), axis=-1)[:, :, None] - starts
    length = np.maximum((along**2).sum(axis=1), 1e-12)
    share = np.clip((gap * along).sum(axis=-1) / length, 0, 1)
    near = ((gap - share[..., None] * along) ** 2).sum(axis=-1) <= (width / 2) ** 2
    drawn = drawing.copy()
    drawn[near.any(axis=-1)] = ink
    return drawn


def counts(drawing):
    """The cells with ink in each of 8x8 blocks, 0 to 16: how the data's pixels were made."""
    blocks = SIZE // BLOCK
    return drawing.reshape(blocks, BLOCK, blocks, BLOCK).sum(axis=(1, 3))


def from_counts(pixels):
    """A drawing with just these counts, shape (8, 8), its ink where the neighbours have most."""
    at = np.clip((MIDDLES - BLOCK / 2) / BLOCK, 0, 7)
    low = np.minimum(at.astype(int), 6)
    spread = np.zeros((SIZE, 8))
    spread[np.arange(SIZE), low] = 1 - (at - low)
    spread[np.arange(SIZE), low + 1] = at - low
    smooth = (spread @ pixels @ spread.T).reshape(8, BLOCK, 8, BLOCK)
    cells = smooth.transpose(0, 2, 1, 3).reshape(64, BLOCK**2)
    rank = (-cells).argsort(axis=1, kind="stable").argsort(axis=1)
    chosen = rank < np.reshape(pixels, (64, 1))
    return chosen.reshape(8, 8, BLOCK, BLOCK).transpose(0, 2, 1, 3).reshape(SIZE, SIZE)


def slant(drawing):
    """How many cells the ink leans to the right for each cell downwards, at its best fit."""
    rows, columns = np.nonzero(drawing)
    spread = rows - rows.mean()
    return (spread @ columns) / max(spread @ spread, 1)


def prepared(drawing):
    """The drawing set upright, scaled, centred and thickened or thinned, as the data's digits were.

    Its ink becomes 32 cells high (but at most twice as stretched as in width) and at most 20 wide.
    Then it is blurred, and the darkest 310 cells are kept.
    """
    if not drawing.any():
        return drawing
    lean, (rows, columns) = slant(drawing), np.nonzero(drawing)
    upright = columns - lean * rows
    height, width = np.ptp(rows) + 1, np.ptp(upright) + 1
    wide = min(WIDEST, width * SIZE / height)
    tall = min(SIZE, 2 * height * wide / width)
    y = (MIDDLES - SIZE / 2) * height / tall + (rows.min() + rows.max()) / 2
    x = (MIDDLES - SIZE / 2) * width / wide + (upright.min() + upright.max()) / 2
    row = np.round(y).astype(int)[:, None]
    column = np.round(x + lean * row).astype(int)
    inside = (row >= 0) & (row < SIZE) & (column >= 0) & (column < SIZE)
    scaled = inside & drawing[row.clip(0, SIZE - 1), column.clip(0, SIZE - 1)]
    blur = np.exp(-((MIDDLES[:, None] - MIDDLES) ** 2) / (2 * SOFT**2))
    dark = (blur @ scaled @ blur).ravel()
    chosen = np.argsort(-dark, kind="stable")[:INK]
    drawn = np.zeros(SIZE * SIZE, bool)
    drawn[chosen] = dark[chosen] > 0
    return drawn.reshape(SIZE, SIZE)

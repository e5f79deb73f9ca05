"""Answers as plain data: the one meaning of "the same" that `check` and `nnkit grade` share."""

import copy
import itertools
import json
import math

import numpy as np

RTOL, ATOL = 1e-4, 1e-6  # wide enough for float32, for another order of summation, for a loop
NO_NUMBERS = str, bytes, complex, np.complexfloating  # float() would take some of them
DEEPEST = 30  # dimensions of an array: NumPy has room for 64
LEVELS = 8  # of lists and dicts in an answer
MOST_PARTS = 2000  # lists, texts and arrays in an answer: all are looked at many times


def plain(value):
    """Turn an answer into numbers, strings, None, arrays and lists of these.

    Tensors and whatever numpy takes as real numbers become float arrays (any shape, also 0-d; bool,
    int and float32 too), tuples become lists. Anything else is kept as its repr, which equals
    nothing expected: texts in arrays, and complex numbers even where their imaginary part is zero,
    since numpy too would have to be told to drop it.
    """
    if value is Ellipsis or value is None:
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if hasattr(value, "detach"):
        value = value.detach().numpy()
    if isinstance(value, list | tuple):
        items = [plain(item) for item in value]
        arrays = all(isinstance(item, np.ndarray) for item in items)
        if items and arrays and len({item.shape for item in items}) == 1:
            return np.array(items)
        return items
    try:
        array = np.asarray(value)
        objects = array.flat if array.dtype.kind == "O" else ()
        if array.dtype.kind not in "biufO" or any(isinstance(x, NO_NUMBERS) for x in objects):
            return repr(value)
        return array.astype(float)
    except (TypeError, ValueError):
        return repr(value)


def attempt(answer, args, probe=None):
    """What `answer` gives on a copy of `args`, as a plain value; through `probe` if there is one.

    numpy's warnings are not the learner's concern, and a mutated input harms no later draw.
    """
    args = copy.deepcopy(args)
    with np.errstate(all="ignore"):
        return plain(probe(answer, *args) if probe else answer(*args))


def blank(value):
    """True if `value` holds nothing but None: what an untouched stub returns."""
    value = plain(value)
    parts = list(value.values()) if isinstance(value, dict) else value
    return value is None or (isinstance(parts, list) and len(parts) > 0 and all(map(blank, parts)))


def difference(expected, got):
    """Say in a phrase how `got` differs from `expected`, or return None when they agree.

    Numbers agree within RTOL of the expected size plus ATOL; nan agrees with nan. The phrase speaks
    of kinds and shapes and never gives the expected value away.
    """
    expected, got = plain(expected), plain(got)
    if isinstance(expected, dict):
        if not isinstance(got, dict) or set(got) != set(expected):
            return f"expected a dict with the keys {sorted(expected)}, got {show(got)}"
        place, *pair = at_fault(expected, got)
        return f"{place}{difference(*pair)}" if place else None
    elif isinstance(expected, list):
        several = isinstance(got, list) or (isinstance(got, np.ndarray) and got.ndim > 0)
        if not several or len(got) != len(expected):
            return f"expected {len(expected)} values, got {show(got)}"
        reasons = list(map(difference, expected, got))
        for number, reason in enumerate(reasons, 1):
            if _of_kind(reason):
                return f"value {number} of {len(expected)}: {reason}"
        return f"got {show(got)}" if any(reasons) else None
    elif isinstance(expected, np.ndarray):
        if not isinstance(got, np.ndarray):
            return f"expected {kind(expected)}, got {show(got)}"
        if got.shape != expected.shape:
            return f"expected {kind(expected)}, got {kind(got)}"
        same = np.isclose(got, expected, rtol=RTOL, atol=ATOL, equal_nan=True).all()
        return None if same else f"got {show(got)}"
    else:
        return None if type(got) is type(expected) and got == expected else f"got {show(got)}"


def _of_kind(reason):
    """True if a difference is one of kind or shape, which says more than the numbers."""
    return bool(reason) and not reason.startswith("got ")


def at_fault(expected, got):
    """(place, expected, got) of the entry that two dicts of the same keys differ in.

    place is `in 'name': `, or empty, with the whole, where they agree or are no such dicts.
    """
    if not isinstance(expected, dict) or not isinstance(got, dict) or set(got) != set(expected):
        return "", expected, got
    reasons = {key: difference(expected[key], got[key]) for key in expected}
    wrong = sorted(filter(reasons.get, reasons), key=lambda key: not _of_kind(reasons[key]))
    for key in wrong:
        return f"in {key!r}: ", expected[key], got[key]
    return "", expected, got


def same_mistake(expected, known, got):
    """True if `got` is wrong as `known` is; all are lists of plain answers, one a draw.

    Of answers that are dicts or lists only those entries count in which the known one is wrong.
    """
    draws = [tuple(map(_entries, answers)) for answers in zip(expected, known, got, strict=True)]
    places = {frozenset(entries) for answers in draws for entries in answers}
    if len(places) > 1:
        return all(map(_agree, known, got))
    wrong = [
        place
        for place in places.pop()
        if not all(_agree(right[place], mistake[place]) for right, mistake, _ in draws)
    ]
    return bool(wrong) and all(
        _agree(mistake[place], value[place]) for _, mistake, value in draws for place in wrong
    )


def _agree(expected, got):
    return difference(expected, got) is None


def _entries(value):
    """{place: entry} of a dict or a list; an answer of another kind is one entry."""
    if isinstance(value, dict):
        return value
    return dict(enumerate(value)) if isinstance(value, list) else {"": value}


def kind(value):
    """Name what sort of answer a plain value is: `a number`, `an array of shape (3, 2)` ..."""
    if isinstance(value, np.ndarray):
        return "a number" if value.ndim == 0 else f"an array of shape {value.shape}"
    names = {type(None): "nothing (None)", str: "a text", list: "a list", dict: "a dict"}
    return names[type(value)]


def show(value, most=160):
    """Write a value short enough for one line: six digits, long arrays and lists shortened."""
    value = plain(value) if not isinstance(value, np.ndarray) else value
    if value is None:
        return "nothing (None)"
    if isinstance(value, np.ndarray):
        value = value + 0.0  # never -0
        if value.ndim == 0:
            return f"{value.item():.6g}"
        text = np.array2string(value, precision=6, separator=", ", threshold=8, edgeitems=3)
        text = " ".join(text.split()).replace("[ ", "[").replace(" ]", "]").replace(" ,", ",")
    elif isinstance(value, list):
        text = "(" + ", ".join(show(item, 60) for item in value) + ")"
    elif isinstance(value, dict):
        text = "; ".join(f"{key}: {show(item, 70)}" for key, item in value.items())
    else:
        text = str(value)
    return text if len(text) <= most else text[: most - 1] + "…"


def to_json(value):
    """Encode a plain value as JSON text; nan and infinities are spelled out as strings."""

    def tree(value):
        if isinstance(value, np.ndarray):
            flat = [item if math.isfinite(item) else repr(item) for item in value.ravel().tolist()]
            return {"shape": list(value.shape), "values": flat}
        if isinstance(value, dict):
            return {"dict": {key: tree(item) for key, item in value.items()}}
        if isinstance(value, list):
            return [tree(item) for item in value]
        return value

    return json.dumps(tree(plain(value)), separators=(",", ":"))


def from_json(text):
    """Decode what `to_json` wrote; raises ValueError when `text` is anything else."""

    parts = itertools.count(1)

    def value(tree, depth=0):
        if depth > LEVELS or next(parts) > MOST_PARTS:
            raise ValueError("not an encoded answer: nested too deep, or too many parts")
        if isinstance(tree, list):
            return [value(item, depth + 1) for item in tree]
        if tree is None or isinstance(tree, str):
            return tree
        if isinstance(tree, dict) and set(tree) == {"dict"} and isinstance(tree["dict"], dict):
            return {str(key): value(item, depth + 1) for key, item in tree["dict"].items()}
        if isinstance(tree, dict) and set(tree) == {"shape", "values"}:
            if len(tree["shape"]) > DEEPEST:
                raise ValueError("not an encoded answer: too many dimensions")
            return np.array([float(x) for x in tree["values"]]).reshape(tree["shape"])
        raise ValueError(f"not an encoded answer: {str(tree)[:80]}")

    try:
        return value(json.loads(text))
    except (TypeError, AttributeError, OverflowError, RecursionError, MemoryError) as error:
        raise ValueError(f"not an encoded answer: {error}") from None

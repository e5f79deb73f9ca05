"""What runs inside the learner's kernel when it is graded: tries an answer on each draw.

Nothing here is trusted. A learner who patches it only changes what their own kernel says, and that
is compared with the expected answers outside, in a process which the learner's code never enters.
"""

import contextlib
import json
import traceback

import numpy as np
from IPython.display import display
from IPython.utils.capture import capture_output

from nnkit.course.answers import attempt, to_json

MIME = "application/vnd.nnkit.answers+json"
_setup = {}  # the lesson's own names, as they were before the learner's first cell


def remember(namespace):
    """Keep the lesson's names for `probe`: a learner's helper of the same name can't break it."""
    _setup.update(namespace)


def put_out(get_answer, draws, inputs_source):
    """Display what the answer gives on each of `draws` (JSON from `encode_draws`).

    get_answer: a function that returns the answer, so that a missing name is the answer's fault;
    inputs_source: the lesson's inputs cell, of which only `probe` is used.
    """
    scope = dict(_setup)
    exec(inputs_source, scope)
    results = []
    for args in (draws := decode_draws(draws)):
        answer = None
        # What it prints and shows on the first draw is enough, as in `check`.
        with capture_output() if results else contextlib.nullcontext():
            try:
                answer = get_answer()
                if answer is None or answer is Ellipsis:
                    results.append({"answer": to_json(None)})
                else:
                    results.append({"answer": to_json(attempt(answer, args, scope.get("probe")))})
            except BaseException as error:
                results.append({"error": describe(error, answer)})
                if isinstance(error, MemoryError):  # another try would only take as long again
                    results *= len(draws)
                    break
    del results[len(draws) :]
    display({MIME: json.dumps(results)}, raw=True)


def describe(error, answer=None):
    """[kind, text, line number in the learner's cell or None] of an exception."""
    try:
        text = str(error)[:400].encode("utf-8", "replace").decode()
    except BaseException:
        text = "it can't be put into words"
    file = getattr(getattr(answer, "__code__", None), "co_filename", None)
    own = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == file]
    return [type(error).__name__, text, own[-1] if own else None]


def encode_draws(draws):
    """Write argument tuples as JSON text that keeps int from float, tuples, and arrays' dtypes.

    Raises TypeError if an argument is not plain: None, bool, number, str, array, or lists, tuples
    and dicts of these.
    """

    def tree(value):
        if isinstance(value, np.ndarray | np.generic) and value.dtype.kind in "biufU":
            return {"array": value.ravel().tolist(), "shape": value.shape, "dtype": value.dtype.str}
        if isinstance(value, tuple):
            return {"tuple": [tree(item) for item in value]}
        if isinstance(value, list):
            return [tree(item) for item in value]
        if isinstance(value, dict):
            return {"dict": [[tree(key), tree(item)] for key, item in value.items()]}
        if value is None or isinstance(value, bool | int | float | str):
            return value
        raise TypeError(f"inputs must be plain values, got {type(value).__name__}")

    return json.dumps([tree(tuple(args)) for args in draws])


def decode_draws(text):
    """The list of argument tuples that `encode_draws` wrote."""

    def value(tree):
        if isinstance(tree, list):
            return [value(item) for item in tree]
        if not isinstance(tree, dict):
            return tree
        if "tuple" in tree:
            return tuple(value(item) for item in tree["tuple"])
        if "dict" in tree:
            return {value(key): value(item) for key, item in tree["dict"]}
        array = np.array(tree["array"], dtype=tree["dtype"]).reshape(tree["shape"])
        return array if tree["shape"] else array[()]

    return [value(args) for args in json.loads(text)]

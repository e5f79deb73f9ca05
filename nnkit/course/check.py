"""`check("gd-step", step)`: tries an answer on fresh inputs and says at once what is wrong."""

import contextlib
import copy
import html
import io
import secrets
import traceback

import numpy as np
from IPython.display import display

from nnkit.course import progress
from nnkit.course.answers import at_fault, blank, difference, same_mistake, show
from nnkit.course.lesson import DRAWS, find_lesson, read_lesson, source_paths


class Verdict:
    """What `check` found: an `outcome` (a key of SIGNS) and a `message` that says why.

    `hint` is set when the answer coincides with a known wrong answer.
    """

    SIGNS = {
        "passed": "✓ Right",
        "wrong": "✗ Not yet",
        "error": "✗ It stops",
        "not-attempted": "○ To do",
    }
    COLOURS = {
        "passed": "#0b7a5e",
        "wrong": "#c1440e",
        "error": "#c1440e",
        "not-attempted": "#6b7280",
    }

    def __init__(self, exercise, outcome, message, hint=""):
        self.exercise, self.outcome, self.message, self.hint = exercise, outcome, message, hint

    def __repr__(self):
        hint = f"\nHint: {self.hint}" if self.hint else ""
        return f"{self.SIGNS[self.outcome]} ({self.exercise}): {self.message}{hint}"

    def _repr_html_(self):
        hint = f"<br><b>Hint.</b> {html.escape(self.hint)}" if self.hint else ""
        return (
            f'<div role="status" style="border-left:4px solid {self.COLOURS[self.outcome]};'
            f'padding:.4em .8em;margin:.3em 0"><b>{self.SIGNS[self.outcome]}</b> '
            f"<code>{self.exercise}</code>: {html.escape(self.message)}{hint}</div>"
        )


def check(exercise, answer):
    """Try `answer` (a function or class) on fresh inputs and show the verdict.

    exercise: the exercise's name, as in the cell's text. Whether it is solved is kept in the folder
    of the notebook. Nothing is returned and nothing is raised for a wrong answer; ValueError if
    there is no exercise of that name.
    """
    lesson = find_lesson(exercise)
    if lesson is None:
        known = ", ".join(name for path in source_paths() for name in read_lesson(path).exercises)
        raise ValueError(f'exercise must be one of {known}; got "{exercise}"')
    try:
        verdict = judge(lesson, exercise, answer)
    except KeyboardInterrupt:
        verdict = Verdict(exercise, "error", "you stopped it. Is there a loop that never ends?")
    verdict.message += _record(lesson, exercise, verdict.outcome == "passed")
    display(verdict)


def _record(lesson, exercise, passed):
    """Keep in the folder whether the exercise is solved; say in a sentence how many are, or why
    that could not be kept."""
    try:
        if not passed:
            progress.forget("solved", exercise)
            return ""
        solved = progress.save("solved", exercise, True)["solved"]
    except OSError as error:
        return f" (Your progress could not be saved: {error.strerror}.)"
    done = sum(name in solved for name in lesson.exercises)
    return f" {done} of {len(lesson.exercises)} exercises done."


def judge(lesson, exercise, answer, seeds=None):
    """Return the Verdict on `answer` to an exercise of `lesson`, on DRAWS draws (or on `seeds`)."""
    seeds = seeds or [secrets.randbits(64) for _ in range(DRAWS)]
    if answer is None or answer is Ellipsis:
        return _not_attempted(exercise)
    trial, reference = lesson.trial_of(exercise, answer), lesson.trial(exercise)
    draws = [trial.draw(seed) for seed in seeds]
    expected = [_try(reference, args) for args in draws]
    for right in expected:
        if isinstance(right, Exception):
            raise right
    got = [_try(trial, args, aloud=args is draws[0]) for args in draws]  # one print is enough
    failure = _failure(reference.names, draws, expected, got, answer)
    if failure is None:
        said = f"it holds on {len(seeds)} fresh inputs." + _changed(
            trial, reference.names, draws[0]
        )
        return Verdict(exercise, "passed", said)
    stub = lesson.stub_trial(exercise)
    if _same([_try(stub, args) for args in draws], got) and _same_code(stub.answer, answer):
        return _not_attempted(exercise)
    known = [  # pairs, since two mistakes may share a hint
        (wrong.hint, [_try(lesson.trial(exercise, number), args) for args in draws])
        for number, wrong in enumerate(lesson.exercises[exercise].wrong)
    ]
    hints = [hint for hint, values in known if _same(values, got)]
    hints += [hint for hint, values in known if _same_mistake(expected, values, got)]
    return Verdict(exercise, *failure, hints[0] if hints else "")


def _failure(names, draws, expected, got, answer):
    """(outcome, message) for the first draw on which `got` is not as `expected`, or None."""
    # What never changes may be the very answer that is looked for: it is not told.
    told = any(difference(expected[0], other) for other in expected[1:])
    for args, right, value in zip(draws, expected, got, strict=True):
        if isinstance(value, Exception):
            return "error", f"{_with(names, args)}{_what_stopped(value, answer)}"
        place, right, value = at_fault(right, value)
        reason = difference(right, value)
        if reason and blank(value):
            return "wrong", (
                "it gives back nothing (None). Is a `return` missing? "
                "print only shows a value, return hands it over."
            )
        if reason:
            target = f"expected {show(right)}, " if told and reason.startswith("got ") else ""
            return "wrong", f"{_with(names, args)}{place}{target}{reason}."
    return None


def _changed(trial, names, args):
    """A warning if the answer overwrites its arguments, which may hurt whoever calls it; or ""."""
    given = copy.deepcopy(args)
    with contextlib.redirect_stdout(io.StringIO()), np.errstate(all="ignore"):
        trial.probe(trial.answer, *given) if trial.probe else trial.answer(*given)
    pairs = zip(names, args, given, strict=False)
    changed = [name for name, before, after in pairs if difference(before, after)]
    if not changed:
        return ""
    return (
        f" But mind: it changes {' and '.join(changed)} itself, which your caller may still need. "
        "`w = w - ...` makes a new array; `w -= ...` overwrites the old one."
    )


def _same_code(stub, answer):
    """True unless it can be seen that more has been written than the stub."""
    code = [getattr(function, "__code__", None) for function in (stub, answer)]
    if None in code:
        return True
    stub, answer = ((c.co_code, c.co_names, c.co_consts) for c in code)
    return stub == answer


def _not_attempted(exercise):
    return Verdict(
        exercise, "not-attempted", "write your code in the cell above, run it, then run this one."
    )


def _try(trial, args, aloud=False):
    """What the answer gives on `args`: a plain value, or the exception that it raised."""
    with contextlib.nullcontext() if aloud else contextlib.redirect_stdout(io.StringIO()):
        try:
            return trial(args)
        except Exception as error:
            return error


def _same(known, got):
    """True if what was got is, or raises, the same on every draw as a known answer does."""
    for expected, value in zip(known, got, strict=True):
        if isinstance(expected, Exception):
            if (type(value), str(value)) != (type(expected), str(expected)):
                return False
        elif difference(expected, value):
            return False
    return True


def _same_mistake(expected, known, got):
    raised = any(isinstance(value, Exception) for value in known + got)
    return not raised and same_mistake(expected, known, got)


def _with(names, args):
    given = zip(names, args, strict=False)  # arguments with defaults may be left to them
    pairs = (f"{name} = {arg if type(arg) is int else show(arg, 60)}" for name, arg in given)
    return f"with {', '.join(pairs)}: " if args else ""


def _what_stopped(error, answer):
    """One sentence: the kind of error, its text, and the line of the learner's own cell."""
    file = getattr(getattr(answer, "__code__", None), "co_filename", None)
    own = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == file]
    line = f" in line {own[-1].lineno} ({own[-1].line})" if own and own[-1].line else ""
    return f"{type(error).__name__}{line}: {error}"

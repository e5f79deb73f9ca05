"""`check("gd-step", step)`: tries an answer on fresh inputs and says at once what is wrong."""

import html
import secrets
import traceback

from IPython.display import display

from nnkit.course import progress
from nnkit.course.answers import difference, show
from nnkit.course.lesson import find_lesson, read_lesson, source_paths

DRAWS = 20


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

    exercise: the exercise's name, as in the cell's text. A right answer is recorded as solved in
    the folder of the notebook. Nothing is returned and nothing is raised for a wrong answer;
    ValueError if there is no exercise of that name.
    """
    lesson = find_lesson(exercise)
    if lesson is None:
        known = ", ".join(name for path in source_paths() for name in read_lesson(path).exercises)
        raise ValueError(f'exercise must be one of {known}; got "{exercise}"')
    verdict = judge(lesson, exercise, answer)
    if verdict.outcome == "passed":
        verdict.message += " " + _record(lesson, exercise)
    display(verdict)


def _record(lesson, exercise):
    try:
        solved = progress.save("solved", exercise, True)["solved"]
    except OSError as error:
        return f"(Your progress could not be saved: {error.strerror}.)"
    done = sum(name in solved for name in lesson.exercises)
    return f"{done} of {len(lesson.exercises)} exercises of this lesson are done."


def judge(lesson, exercise, answer, seeds=None):
    """Return the Verdict on `answer` to an exercise of `lesson`, on DRAWS draws (or on `seeds`)."""
    seeds = seeds or [secrets.randbits(64) for _ in range(DRAWS)]
    trial = lesson.trial_of(exercise, answer)
    if answer is None or answer is Ellipsis:
        return _not_attempted(exercise)
    names, failure = lesson.trial(exercise).names, None
    for seed in seeds:
        args = trial.draw(seed)
        expected, got = _try(lesson.trial(exercise), args), _try(trial, args)
        if isinstance(expected, Exception):
            raise expected
        if failure is None and isinstance(got, Exception):
            failure = "error", f"{_with(names, args)} {_what_stopped(got, answer)}"
        elif failure is None and (reason := difference(expected, got)):
            failure = "wrong", f"{_with(names, args)} {reason}."
    if failure is None:
        return Verdict(exercise, "passed", f"it holds on {len(seeds)} fresh inputs.")
    if _same(lesson.stub_trial(exercise), trial, seeds):
        return _not_attempted(exercise)
    numbers = range(len(lesson.exercises[exercise].wrong))
    known = [n for n in numbers if _same(lesson.trial(exercise, n), trial, seeds)]
    hint = lesson.exercises[exercise].wrong[known[0]].hint if known else ""
    return Verdict(exercise, *failure, hint)


def _not_attempted(exercise):
    return Verdict(
        exercise, "not-attempted", "write your code in the cell above, run it, then run this one."
    )


def _try(trial, args):
    """What the answer gives on `args`: a plain value, or the exception that it raised."""
    try:
        return trial(args)
    except Exception as error:
        return error


def _same(known, trial, seeds):
    """True if the answers of two trials give, or raise, the same on every draw."""
    for args in map(trial.draw, seeds):
        expected, got = _try(known, args), _try(trial, args)
        if isinstance(expected, Exception):
            if (type(got), str(got)) != (type(expected), str(expected)):
                return False
        elif difference(expected, got):
            return False
    return True


def _with(names, args):
    given = zip(names, args, strict=False)  # arguments with defaults may be left to them
    pairs = (f"{name} = {show(arg, 60)}" for name, arg in given)
    return f"with {', '.join(pairs)}:"


def _what_stopped(error, answer):
    """One sentence: the kind of error, its text, and the line of the learner's own cell."""
    file = getattr(getattr(answer, "__code__", None), "co_filename", None)
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename == file] or frames[-1:]
    line = f" in line {own[-1].lineno} ({own[-1].line})" if own and own[-1].line else ""
    return f"{type(error).__name__}{line}: {error}"

"""`check("gd-step", step)`: tries an answer on fresh inputs and says at once what is right or wrong."""

import html
import secrets
import traceback

from IPython.display import display

from nnkit.course import progress
from nnkit.course.answers import blank, difference, plain, show
from nnkit.course.lesson import find_lesson, read_lesson, source_paths

DRAWS = 20


class Verdict:
    """What `check` found: `outcome` is "passed", "wrong", "error" or "not-attempted"; `message` says why.

    `hint` is set when the answer coincides with a known wrong answer.
    """

    SIGNS = {"passed": "✓ Right", "wrong": "✗ Not yet", "error": "✗ It stops", "not-attempted": "○ To do"}
    COLOURS = {"passed": "#0b7a5e", "wrong": "#c1440e", "error": "#c1440e", "not-attempted": "#6b7280"}

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
    """Try `answer` (a function or class) on fresh inputs against the reference and show the verdict.

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
    """Return the Verdict on `answer` to one exercise of `lesson`, on `DRAWS` draws (or on `seeds`)."""
    seeds = seeds or [secrets.randbits(64) for _ in range(DRAWS)]
    trial = lesson.trial_of(exercise, answer)
    if answer is None or answer is Ellipsis:
        return _not_attempted(exercise)
    wrong_draw = None
    for seed in seeds:
        args = trial.draw(seed)
        expected = lesson.trial(exercise)(args)
        try:
            got = trial(args)
        except Exception as error:
            return Verdict(exercise, "error", f"{_call(args)} {_what_stopped(error, answer)}")
        if blank(got) and not blank(expected):
            return _not_attempted(exercise)
        if wrong_draw is None and (reason := difference(expected, got)):
            wrong_draw = f"{_call(args)} {reason}."
    if wrong_draw is None:
        return Verdict(exercise, "passed", f"it holds on {len(seeds)} fresh inputs.")
    hint = _matching_hint(lesson, exercise, trial, seeds)
    return Verdict(exercise, "wrong", wrong_draw, hint)


def _not_attempted(exercise):
    return Verdict(
        exercise, "not-attempted", "write your code in the cell above, run it, then run this one."
    )


def _matching_hint(lesson, exercise, trial, seeds):
    """The hint of the known wrong answer that gives what this answer gives on every draw, or ""."""
    for number, wrong in enumerate(lesson.exercises[exercise].wrong):
        known = lesson.trial(exercise, number)
        if all(_agree(known, trial, trial.draw(seed)) for seed in seeds):
            return wrong.hint
    return ""


def _agree(known, trial, args):
    try:
        return difference(known(args), trial(args)) is None
    except Exception:  # a known wrong answer may fail where the learner's does not
        return False


def _call(args):
    return f"with the inputs {', '.join(show(plain(arg), 60) for arg in args)}:"


def _what_stopped(error, answer):
    """One sentence: the kind of error, its text, and the line of the learner's own cell."""
    file = getattr(getattr(answer, "__code__", None), "co_filename", None)
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename == file] or frames[-1:]
    line = f" in line {own[-1].lineno} ({own[-1].line})" if own and own[-1].line else ""
    return f"{type(error).__name__}{line}: {error}"

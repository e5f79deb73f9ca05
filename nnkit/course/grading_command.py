"""The command `nnkit grade`: options in, reports and an exit code out."""

import sys
import traceback
from dataclasses import asdict
from pathlib import Path

import click

from nnkit.course import report, report_files
from nnkit.course.grade import UsageError, grade
from nnkit.course.grading_isolation import LEVELS, strongest
from nnkit.course.grading_kernel import Limits
from nnkit.course.lesson import LessonError

FORMS = {
    "json": report.as_json,
    "csv": report_files.as_csv,
    "html": report_files.as_html,
    "junit": report_files.as_junit,
    "gradescope": report_files.as_gradescope,
}


def run(paths, isolation=None, require_isolation=None, limits=(), **options):
    """Grade `paths` and report; return the exit code (see report.exit_code).

    options: those of `grade`, and a file's name for any of FORMS ("-" is standard output).
    """
    files = {form: options.pop(form, None) for form in FORMS}
    try:
        level = choose_level(isolation, require_isolation)
        result = grade(paths, level=level, limits=read_limits(limits), **options)
    except UsageError as error:
        click.echo(f"Error: {error}", err=True)
        return 2
    except (LessonError, OSError) as error:
        click.echo(f"The grader failed; nobody was graded. {error}", err=True)
        return 3
    except Exception:
        click.echo(f"The grader failed; nobody was graded.\n{traceback.format_exc()}", err=True)
        return 3
    if "-" not in files.values():
        report.show(result)
    try:
        write_reports(result, files)
    except (OSError, ValueError) as error:
        click.echo(f"Error: {error}", err=True)
        return 2
    return report.exit_code(result)


def write_reports(result, files):
    """Write `result` in each form of `files`, {form: file's name or None}."""
    for form, file in files.items():
        if file == "-":
            sys.stdout.write(FORMS[form](result))
        elif file is not None:
            Path(file).write_text(FORMS[form](result), encoding="utf-8", newline="\n")


def choose_level(isolation, required):
    """The level to grade at: `isolation`, else the strongest; UsageError if below `required`."""
    for level in filter(None, (isolation, required)):
        if level not in LEVELS:
            raise UsageError(f'isolation must be one of {", ".join(LEVELS)}; got "{level}".')
    level = isolation or strongest()
    if LEVELS.index(level) > LEVELS.index(strongest()):
        raise UsageError(f'isolation "{level}" does not work here (is bubblewrap allowed?).')
    if required and LEVELS.index(level) < LEVELS.index(required):
        raise UsageError(f'isolation "{required}" is required, but here it is "{level}".')
    return level


def read_limits(words):
    """Limits from words like `cell=10`; UsageError for a name or a number that makes no sense."""
    limits = asdict(Limits())
    for word in words:
        name, _, number = word.partition("=")
        try:
            value = type(getattr(Limits, name, None))(number)
        except (TypeError, ValueError):
            value = 0
        if name not in limits or not 0 < value < float("inf"):
            known = ", ".join(f"{name}={value:.15g}" for name, value in limits.items())
            raise UsageError(f'limit must be a name and a number as in {known}; got "{word}".')
        limits[name] = value
    return Limits(**limits)

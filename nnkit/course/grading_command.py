"""The command `nnkit grade`: options in, reports and an exit code out."""

import sys
import traceback
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

from nnkit.course import report, report_files
from nnkit.course.grade import UsageError, grade, handed_in_twice
from nnkit.course.grading_isolation import LEVELS, strongest, works
from nnkit.course.grading_journal import Journal, JournalError
from nnkit.course.grading_kernel import Limits
from nnkit.course.lesson import LessonError

FORMS = {
    "json": report.as_json,
    "csv": report_files.as_csv,
    "html": report_files.as_html,
    "junit": report_files.as_junit,
    "gradescope": report_files.as_gradescope,
}

NEEDS = {
    "namespace": "it needs Linux with a bubblewrap that may be used",
    "container": "it needs Linux with a Podman or Docker that may be used",
}


def run(
    paths,
    isolation=None,
    require_isolation=None,
    limits=(),
    resume=None,
    cluster=None,
    **options,
):
    """Grade `paths` and report; return the exit code (see report.exit_code), 130 after Ctrl-C.

    options: those of `grade`, and a file's name for any of FORMS ("-" is standard output).
    """
    files = {form: options.pop(form, None) for form in FORMS}
    try:
        level = choose_level(isolation, require_isolation)
        with ExitStack() as stack:
            options |= {"level": level, "limits": read_limits(limits)}
            if cluster is not None:
                options["executor"] = stack.enter_context(cluster_executor(cluster))
            journal = stack.enter_context(Journal(resume)) if resume is not None else None
            if journal is not None:
                options["known"] = journal.records
            progress = stack.enter_context(ProgressBar())

            def done(record, total):
                progress.advance(total)
                if journal is not None:
                    journal.add(record)

            result = grade(paths, done=done, **options)
    except (UsageError, JournalError) as error:
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
    for student, lesson in sorted(handed_in_twice(result["submissions"])):
        click.echo(f"Note: {student} has handed in more than one notebook of {lesson}.", err=True)
    try:
        write_reports(result, files)
    except (OSError, ValueError) as error:
        click.echo(f"Error: {error}", err=True)
        return 2
    if result["left_out"]:
        click.echo(_interrupted(result, resume), err=True)
        return 130
    return report.exit_code(result)


def _interrupted(result, resume):
    words = f"Interrupted: {result['left_out']} notebooks were not graded."
    if resume is None:
        return words + " With --resume FILE a run can be taken up where it was left."
    return words + f" The same command goes on from {resume}."


@contextmanager
def cluster_executor(address):
    """The executor of the dask scheduler at `address`; raises UsageError."""
    try:
        from distributed import Client
    except ImportError:
        raise UsageError(
            "--cluster needs dask.distributed: pip install 'nnkit[cluster]'."
        ) from None
    try:
        client = Client(address, timeout=10)
    except (OSError, ValueError) as error:
        raise UsageError(f"no dask scheduler answers at {address}: {error}.") from None
    with client:
        yield client.get_executor(pure=False)


class ProgressBar:
    """Notebooks done and time left, on standard error while someone is watching."""

    def __enter__(self):
        console = Console(stderr=True)
        columns = BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("left")
        self.bar = Progress(*columns, console=console, transient=True)
        self.shown, self.task = console.is_terminal, None
        return self

    def advance(self, total):
        """One notebook more of `total` is done."""
        if self.task is None and self.shown and total > 1:
            self.task = self.bar.add_task("", total=total)
            self.bar.start()
        if self.task is not None:
            self.bar.advance(self.task)

    def __exit__(self, *exception):
        if self.task is not None:
            self.bar.stop()


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
    if not works(level):
        raise UsageError(f'isolation "{level}" does not work here ({NEEDS[level]}).')
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

"""The command `nnkit grade`: options in, reports and an exit code out."""

import sys
import traceback

import click

from nnkit.course import report
from nnkit.course.grade import UsageError, grade
from nnkit.course.lesson import LessonError


def run(paths, json_file=None, **options):
    """Grade `paths` and report; return the exit code (see report.exit_code)."""
    try:
        result = grade(paths, **options)
    except UsageError as error:
        click.echo(f"Error: {error}", err=True)
        return 2
    except (LessonError, OSError) as error:
        click.echo(f"The grader failed; nobody was graded. {error}", err=True)
        return 3
    except Exception:
        click.echo(f"The grader failed; nobody was graded.\n{traceback.format_exc()}", err=True)
        return 3
    if json_file == "-":
        sys.stdout.write(report.as_json(result))
    else:
        report.show(result)
        if json_file:
            with open(json_file, "w", encoding="utf-8") as file:
                file.write(report.as_json(result))
    return report.exit_code(result)

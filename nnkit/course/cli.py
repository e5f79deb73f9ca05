"""The command `nnkit`: each subcommand imports what it needs only when it is called."""

import click


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="nnkit", message="nnkit %(version)s")
def main():
    """A course on neural networks in Jupyter whose pictures follow your hand.

    Start here: nnkit lab
    """


@main.command(context_settings={"ignore_unknown_options": True})
@click.option(
    "--port", type=click.IntRange(0, 65535), metavar="N", help="Use this port, and no other."
)
@click.option("--no-browser", is_flag=True, help="Print the address instead of opening a browser.")
@click.argument("words", metavar="[DIR]", nargs=-1, type=click.UNPROCESSED)
def lab(words, port, no_browser):
    """Open the lessons in JupyterLab.

    The first start copies them to DIR (nnkit-lessons in this folder unless you name another);
    later starts open that copy again. Your work is never overwritten: when a lesson has a newer
    release, it is merged around your answers, and the file as it was goes to DIR/backup.

    Further options are JupyterLab's own ("jupyter lab --help" lists them).
    """
    from nnkit.course.lab import start

    start(words, port=port, browser=not no_browser)


@main.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path())
@click.option(
    "--lesson", metavar="NAME", help="The lesson, if name and cells don't tell; or a source file."
)
@click.option("--json", "json", metavar="FILE", help="Write the result as JSON (- for stdout).")
@click.option("--csv", metavar="FILE", help="... a row for each notebook, nbgrader's columns.")
@click.option("--html", metavar="FILE", help="... a page with every exercise, to read.")
@click.option("--junit", metavar="FILE", help="... JUnit XML, for CI.")
@click.option("--gradescope", metavar="FILE", help="... Gradescope's results.json, one notebook.")
@click.option(
    "--resume", metavar="FILE", help="Keep results in FILE as they come; skip those in it."
)
@click.option("--jobs", type=click.IntRange(1), metavar="N", default=1, help="Grade N at a time.")
@click.option("--cluster", metavar="ADDRESS", help="Grade on the workers of a dask scheduler.")
@click.option("--isolation", metavar="LEVEL", help="Default: namespace if it works.")
@click.option("--require-isolation", metavar="LEVEL", help="Refuse to grade at a weaker level.")
@click.option("--limit", "limits", multiple=True, metavar="NAME=N", help="Change a limit.")
def grade(paths, **options):
    """Grade notebooks, folders of a class, or zip files.

    Only the code in exercise cells counts. It runs in a kernel of its own on inputs drawn at that
    moment, and its answers are compared outside that kernel.

    \b
      nnkit grade 05_gradient_descent.ipynb
      nnkit grade submitted/ --jobs 2 --csv grades.csv --resume grading.jsonl

    In a folder or zip file the first folder is the student: submitted/STUDENT/LESSON.ipynb, or
    nbgrader's submitted/STUDENT/LESSON/LESSON.ipynb. A notebook that lies there directly is
    called by its own name, but nobody is called like a lesson: then it is the folder above. So
    submitted/, submitted/*, submitted/anna and submitted/anna/05_gradient_descent.ipynb give the
    same names. Lessons may be mixed. Two notebooks of a student for a lesson get a row each, with
    a note.

    \b
    Exit code   0  everything passed        2  usage, or nothing could be read
                1  something did not        3  the grader failed for somebody: no grade
                                          130  interrupted; what was done is reported

    \b
    Isolation   process    limits and a private folder; code that goes looking can
                           read what you can, the solutions too
                namespace  also no network, a read-only system, nothing of yours in
                           sight (Linux with bubblewrap)
                container  the same, slower (Linux with Podman or Docker); the
                           default where only this works

    \b
    Limits of a notebook, for --limit:
                cell=10 notebook=120       seconds for a cell, and in all
                memory=2147483648          bytes, as are the next two
                output=1000000 files=67108864
                processes=64
    """
    from nnkit.course.grading_command import run

    raise SystemExit(run(paths, **options))


@main.command("list")
@click.argument("folder", required=False, type=click.Path())
def list_lessons(folder):
    """List the lessons, and which exercises are done in FOLDER (usually nnkit-lessons)."""
    from nnkit.course.copies import find_folder
    from nnkit.course.overview import overview

    for title, exercises in overview(find_folder(folder)):
        marks = "  ".join(f"[{'x' if done else ' '}] {name}" for name, done in exercises.items())
        done = sum(exercises.values())
        click.echo(f"{title}: {done} of {len(exercises)} done\n    {marks}")


@main.command()
@click.argument("exercise")
@click.argument("folder", required=False, type=click.Path())
def reset(exercise, folder):
    """Start one EXERCISE again, such as gd-step.

    Its cell becomes what it was at first. The notebook as it was, with your code, goes to
    FOLDER/backup. Save the notebook before, if it is open, and reload it afterwards.
    """
    from nnkit.course.copies import find_folder
    from nnkit.course.reset import reset_exercise

    click.echo(reset_exercise(exercise, find_folder(folder)))


@main.command()
@click.argument("names", nargs=-1)
@click.option("--check", is_flag=True, help="Write nothing; fail if a notebook lags behind.")
def release(names, check):
    """For authors: make the learners' notebooks from lessons/source.

    NAMES are lessons such as 05 or 05_gradient_descent; all of them where none is given. A lesson
    is refused unless every solution passes, every stub counts as to do, and every known wrong
    answer fails with its own hint.
    """
    from nnkit.course import release as releasing
    from nnkit.course.errors import Refusal
    from nnkit.course.lesson import LessonError, read_lesson, source_paths

    paths = [p for p in source_paths() if not names or p.stem.startswith(names)]
    if not paths:
        raise Refusal(f"no lesson is called {' or '.join(names)}")
    try:
        for lesson in map(read_lesson, paths):
            if not check:
                click.echo(f"{releasing.release(lesson)}")
            elif reason := releasing.stale(lesson):
                raise Refusal(f"{lesson.name}.ipynb lags behind its source: {reason}")
    except LessonError as error:
        raise Refusal(str(error)) from None


if __name__ == "__main__":
    main()

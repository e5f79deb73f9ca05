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
@click.option("--lesson", metavar="NAME", help="The lesson, where file name and cells don't tell.")
@click.option("--json", "json_file", metavar="FILE", help="Write the result as JSON (- for stdout).")
@click.option("--jobs", type=click.IntRange(1), default=1, help="Notebooks graded at a time.")
def grade(paths, lesson, json_file, jobs):
    """Grade notebooks, folders of a class, or zip files.

    Only the code in exercise cells counts; it runs on fresh inputs. Exit code 0: all passed,
    1: some failed, 2: nothing could be read, 3: the grader itself failed.
    """
    from nnkit.course.grading_command import run

    raise SystemExit(run(paths, lesson=lesson, json_file=json_file, jobs=jobs))


if __name__ == "__main__":
    main()

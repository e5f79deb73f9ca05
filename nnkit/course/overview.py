"""What is done in the whole course: for `nnkit list`, and for a learner in a notebook."""

import html

import ipywidgets
from IPython.display import display

from nnkit.course.lesson import read_lesson, source_paths
from nnkit.course.progress import load


def overview(folder):
    """[(lesson's title, {exercise: done})] of all lessons, in the order of the course."""
    solved = load(folder)["solved"]
    return [
        (lesson.title, {name: name in solved for name in lesson.exercises})
        for lesson in map(read_lesson, source_paths())
    ]


class Overview:
    """A table of the lessons with what is done in them.

    A viewer without a kernel gets a sentence instead: what a learner has done is kept beside the
    notebook, not in it, and would be out of date there.
    """

    def __init__(self, folder="."):
        self.lessons = overview(folder)
        self.view = ipywidgets.HTML(self._table())

    def _table(self):
        rows, ready, total = [], 0, 0
        for title, exercises in self.lessons:
            solved = sum(exercises.values())
            ready, total = ready + solved, total + len(exercises)
            marks = " ".join(
                f'<span style="white-space:nowrap">{"✓" if ok else "○"} <code>{name}</code></span>'
                for name, ok in exercises.items()
            )
            rows.append(
                f'<tr><th scope="row" style="text-align:left">{html.escape(title)}</th>'
                f'<td><progress value="{solved}" max="{len(exercises)}" '
                f'aria-label="{solved} of {len(exercises)} done"></progress></td>'
                f'<td style="white-space:nowrap">{solved} of {len(exercises)}</td>'
                f"<td>{marks}</td></tr>"
            )
        head = f"<caption>{ready} of {total} exercises are done (✓ done, ○ to do)</caption>"
        return f'<table class="nnkit-overview">{head}{"".join(rows)}</table>'

    def _repr_mimebundle_(self, **kwargs):
        bundle = dict(self.view._repr_mimebundle_(**kwargs))
        bundle["text/plain"] = "Run this cell to see which exercises you have done."
        return bundle


def show_progress():
    """Show, in a notebook, which exercises of the course are done."""
    display(Overview())

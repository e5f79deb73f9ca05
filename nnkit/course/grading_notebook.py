"""Builds the notebook that is graded: the lesson's cells with a learner's code in its places.

It holds the setup cells, the learner's exercise cells and one check cell after each. A check cell
carries fresh inputs; the answers expected on them are its saved output. Text, explorers and
whatever else a learner has written stay out.
"""

import json

from nnkit.course.answers import attempt, show, to_json
from nnkit.course.formats import nbformat
from nnkit.course.grading_probe import MIME, decode_draws, describe, encode_draws
from nnkit.course.lesson import DRAWS, LessonError


class Task:
    """A lesson with fresh inputs, ready to be put to any number of learners.

    The reference runs here, in the grader: it is the author's code, which the grader trusts anyway
    by installing it. Whether a kernel gives the same is tested in each batch (see grade.py).
    seed: an integer that learners must not know beforehand. Raises LessonError if a reference
    answer fails on the inputs.
    """

    def __init__(self, lesson, seed, draws=DRAWS):
        self.lesson = lesson
        self.checks = {
            name: self._check(name, [(seed, number, draw) for draw in range(draws)])
            for number, name in enumerate(lesson.exercises)
        }

    def _check(self, name, seeds):
        exercise, reference = self.lesson.exercises[name], self.lesson.trial(name)
        try:
            draws = encode_draws([reference.draw(seed) for seed in seeds])
        except TypeError as error:
            raise LessonError(f'{self.lesson.path.name}, exercise "{name}": {error}') from None
        expected = results(reference, draws)
        for result in expected:
            if "error" in result:
                raise LessonError(
                    f'{self.lesson.path.name}: the solution of "{name}" fails: {result}'
                )
        trials = [self.lesson.trial(name, number) for number in range(len(exercise.wrong))]
        wrong = [
            {"hint": known.hint, "results": results(trial, draws)}
            for known, trial in zip(exercise.wrong, trials, strict=True)
        ]
        with_inputs = [_in_words(reference.names, args) for args in decode_draws(draws)]
        call = f"put_out(lambda: {exercise.answer}, {draws!r}, {exercise.inputs_source!r})"
        cell = nbformat.v4.new_code_cell(
            f'__import__("nnkit.course.grading_probe", fromlist=["put_out"]).{call}',
            execution_count=1,
            outputs=[nbformat.v4.new_output("display_data", {MIME: expected})],
        )
        cell.metadata["nnkit"] = {
            "check": name,
            "stub": exercise.stub,
            "with": with_inputs,
            "wrong": wrong,
        }
        return cell

    def notebook(self, sources):
        """The JSON text of the notebook that grades `sources`, {exercise: the learner's code}.

        An exercise that is not in `sources` has neither its cell nor its check in it.
        """
        notebook = nbformat.v4.new_notebook()
        for cell in self.lesson.cells:
            if "setup" in cell.metadata.get("tags", []):
                notebook.cells.append(nbformat.v4.new_code_cell(cell.source))
        start = (
            '__import__("nnkit.course.grading_probe", fromlist=["remember"]).remember(globals())'
        )
        notebook.cells.append(nbformat.v4.new_code_cell(start))
        for name in self.lesson.exercises:
            if name in sources:
                metadata = {"nnkit": {"exercise": name}}
                notebook.cells.append(nbformat.v4.new_code_cell(sources[name], metadata=metadata))
                notebook.cells.append(self.checks[name])
        return json.dumps(notebook)

    def solved(self):
        """The notebook with the reference solutions as the learner's code."""
        return self.notebook({n: e.solution for n, e in self.lesson.exercises.items()})


def results(trial, draws):
    """What a trusted Trial gives on each of `draws`, in the form that `put_out` displays."""
    found = []
    for args in decode_draws(draws):
        try:
            found.append({"answer": to_json(attempt(trial.answer, args, trial.probe))})
        except Exception as error:
            found.append({"error": describe(error)})
    return found


def _in_words(names, args):
    pairs = (f"{name} = {show(arg, 60)}" for name, arg in zip(names, args, strict=False))
    return f"with {', '.join(pairs)}"

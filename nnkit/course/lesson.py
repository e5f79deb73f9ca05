"""A lesson as its author wrote it: cells, exercises, reference answers and known wrong answers.

`lessons/source/NN_topic.py` is a notebook in jupytext's percent format. It also has

    # %% exercise="gd-step" points=1   the stub, with the solution between ### BEGIN SOLUTION
                                       and ### END SOLUTION
    # %% inputs="gd-step"              def inputs(rng): a tuple of fresh plain arguments; and, if
                                       calling the answer is not enough, def probe(answer, *args)
    # %% wrong="gd-step"               a misconception; its leading comment is the learner's hint
    # %% tags=["setup"]                imports and helpers that answers may use
    check("gd-step", step)             in a cell of its own: names the answer

`inputs` and `wrong` cells stay in the source; everything else goes into the learner's notebook.
"""

import ast
import functools
import inspect
import re
import textwrap
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from nnkit.course.answers import attempt
from nnkit.course.formats import jupytext

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
STUB = "...  # write your code here"
DRAWS = 30  # inputs that an answer is tried on: what one in four shows, 1 trial in 5000 misses


class LessonError(Exception):
    """The author's source breaks a rule; the message names lesson, exercise and rule."""


@dataclass(frozen=True)
class Wrong:
    """A known wrong answer: its code and the hint that names the misconception."""

    source: str
    hint: str


@dataclass
class Exercise:
    """One graded cell: what the author knows about it.

    `answer` is the expression that the check cell hands over, `solution` and `stub` are cell
    sources, `inputs_source` defines `inputs(rng)` and perhaps `probe(answer, *args)`.
    """

    id: str
    points: int
    solution: str
    stub: str
    answer: str = ""
    inputs_source: str = ""
    wrong: list[Wrong] = field(default_factory=list)


class Lesson:
    """The lesson in `path` (a percent-format .py file); raises LessonError if it breaks a rule."""

    def __init__(self, path):
        self.path = Path(path)
        self.name = self.path.stem
        try:
            self.cells = jupytext.read(self.path, fmt="py:percent").cells
        except Exception as error:  # jupytext lets many kinds through
            raise LessonError(f"{self.path.name} can't be read as a notebook: {error}") from error
        self.exercises = {}
        for cell in self.cells:
            if "exercise" in cell.metadata:
                self._add_exercise(cell)
            elif "wrong" in cell.metadata:
                exercise = self._exercise(cell.metadata["wrong"], "wrong")
                exercise.wrong.append(Wrong(cell.source, leading_comment(cell.source)))
            elif "inputs" in cell.metadata:
                self._exercise(cell.metadata["inputs"], "inputs").inputs_source = cell.source
            elif (call := find_check(cell)) is not None:
                self._exercise(call[0], "check").answer = call[1]

    def _add_exercise(self, cell):
        name, points = cell.metadata["exercise"], cell.metadata.get("points")
        if name in self.exercises:
            raise LessonError(f'{self.path.name}: two exercises are called "{name}"')
        if not isinstance(points, int) or points < 1:
            raise LessonError(f'{self.path.name}: exercise "{name}" needs points=1 or more')
        self.exercises[name] = Exercise(name, points, cell.source, make_stub(cell.source, name))

    def _exercise(self, name, cell_kind):
        if name not in self.exercises:
            raise LessonError(
                f'{self.path.name}: a {cell_kind} cell names "{name}", no exercise above does'
            )
        return self.exercises[name]

    @property
    def title(self):
        """The first heading, without its marks."""
        for cell in self.cells:
            for line in cell.source.splitlines():
                if cell.cell_type == "markdown" and line.startswith("# "):
                    return line[2:].strip()
        return self.name

    @functools.cached_property
    def reference(self):
        """The namespace after all setup cells and all solutions have run, in their order."""
        namespace = {"__name__": f"reference_{self.name}"}
        for cell in self.cells:
            if "setup" in cell.metadata.get("tags", []) or "exercise" in cell.metadata:
                run(cell.source, namespace, f"the solution in {self.path.name}")
        return namespace

    @functools.cache  # noqa: B019  a lesson lives as long as its process
    def trial(self, name, wrong=None):
        """A Trial of exercise `name`, on its reference answer or on known wrong answer `wrong`."""
        exercise = self.exercises[name]
        namespace = dict(self.reference)
        if wrong is not None:
            run(exercise.wrong[wrong].source, namespace, f"a wrong answer to {name}")
        return self.trial_of(name, eval(exercise.answer, namespace))

    @functools.cache  # noqa: B019
    def stub_trial(self, name):
        """A Trial of exercise `name`, on the stub as the learner got it."""
        exercise, namespace = self.exercises[name], dict(self.reference)
        run(exercise.stub, namespace, f"the stub of {name}")
        return self.trial_of(name, eval(exercise.answer, namespace))

    def trial_of(self, name, answer):
        """A Trial of exercise `name` on any `answer`."""
        namespace = dict(self.reference)
        run(self.exercises[name].inputs_source, namespace, f"the inputs cell of {name}")
        return Trial(answer, namespace["inputs"], namespace.get("probe"))


@dataclass(frozen=True)
class Trial:
    """An answer together with the way to try it."""

    answer: object
    inputs: object
    probe: object = None

    def draw(self, seed):
        """Draw fresh arguments, a tuple of plain values, from an integer seed."""
        return tuple(self.inputs(np.random.default_rng(seed)))

    @property
    def names(self):
        """The names of the arguments that `draw` gives."""
        if self.probe:
            return list(inspect.signature(self.probe).parameters)[1:]
        return list(inspect.signature(self.answer).parameters)

    def __call__(self, args):
        """What the answer gives on a copy of `args`, as a plain value."""
        return attempt(self.answer, args, self.probe)


def lessons_folder():
    """The folder of the released notebooks, with `source/` in it: the checkout's or the wheel's."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "lessons"
    return installed if installed.is_dir() else package.parent / "lessons"


def source_paths():
    """The paths of all lesson sources, in the order of the course."""
    return sorted((lessons_folder() / "source").glob("[0-9][0-9]_*.py"))


@functools.cache
def packages():
    """The names of the packages that the lessons import."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in source_paths())
    return sorted(set(re.findall(r"^(?:from|import) (\w+)", text, re.MULTILINE)))


@functools.lru_cache
def _read(path, _changed):
    return Lesson(path)


def read_lesson(path):
    """The Lesson in `path`; read again only when the file has changed."""
    return _read(path, path.stat().st_mtime_ns)


def find_lesson(exercise):
    """The Lesson that holds the exercise called `exercise`, or None."""
    marker = re.compile(rf'^# %%.*\bexercise="{re.escape(exercise)}"', re.MULTILINE)
    for path in source_paths():
        if marker.search(path.read_text(encoding="utf-8")):
            return read_lesson(path)
    return None


def make_stub(solution, name):
    """The cell a learner starts from: each solution region becomes one line, `STUB`."""
    lines, inside, regions = [], False, 0
    for line in solution.splitlines():
        mark = line.strip()
        if mark == BEGIN and not inside:
            inside, regions = True, regions + 1
            lines.append(line[: len(line) - len(line.lstrip())] + STUB)
        elif mark == END and inside:
            inside = False
        elif mark in (BEGIN, END):
            raise LessonError(f'exercise "{name}": {mark} stands where it should not')
        elif not inside:
            lines.append(line)
    if inside or not regions:
        raise LessonError(f'exercise "{name}" needs its solution between {BEGIN} and {END}')
    return "\n".join(lines)


def leading_comment(source):
    """The comment lines a cell starts with, as one paragraph."""
    lines = []
    for line in source.splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.lstrip("# "))
    return " ".join(lines)


def find_check(cell):
    """(exercise, answer expression) if the cell is `check("exercise", answer)`, else None."""
    if cell.cell_type != "code" or not cell.source.lstrip().startswith("check("):
        return None
    try:
        call = ast.parse(cell.source).body[0].value
        return call.args[0].value, ast.unparse(call.args[1])
    except (SyntaxError, AttributeError, IndexError):
        raise LessonError(
            f'a check cell must read check("exercise", answer), got: {cell.source}'
        ) from None


def run(source, namespace, label):
    """Run a cell's source in `namespace`; tracebacks name `label` instead of a file."""
    exec(compile(textwrap.dedent(source), f"<{label}>", "exec"), namespace)

"""Grades notebooks: reads what learners wrote, has it run and compared, and sums it up."""

import hashlib
import json
import secrets
import time
from collections import Counter
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from nnkit.course.grading_isolation import LEVELS, strongest
from nnkit.course.grading_kernel import Limits
from nnkit.course.grading_notebook import Task
from nnkit.course.grading_paths import find_notebooks
from nnkit.course.grading_record import fits, make_entry, outcome, same
from nnkit.course.grading_verdict import Verdict, from_outside, label
from nnkit.course.grading_worker import Workers, grade_notebook
from nnkit.course.lesson import DRAWS, lessons_folder, read_lesson, source_paths
from nnkit.course.submission import Unreadable, lesson_by_name, lesson_of, read_submission

TWICE = "this student has handed in more than one notebook of this lesson."


class UsageError(Exception):
    """What was asked for can't be done; the message is one sentence."""


@dataclass
class Work:
    """One notebook on its way through grading: its record in the result, and what is to be run."""

    number: int
    record: dict
    lesson: object = None
    sources: dict = None


def grade(
    paths,
    lesson=None,
    level=None,
    limits=None,
    jobs=1,
    executor=None,
    seed=None,
    known=(),
    done=lambda record, total: None,
):
    """Grade every notebook below `paths` and return the result, plain data that JSON can hold.

    lesson: a lesson's name or source file (default: told by the file's name, else its cells);
    level: of isolation (default: the strongest that works here); limits: a Limits; jobs: how many
    run at a time; executor: any concurrent.futures.Executor instead of local jobs; seed: of the
    inputs (default: secret); known: records of an earlier run, which are used again where notebook,
    lesson, limits and level are still the same; done(record, total): called as each record is
    complete. Ctrl-C ends it early, with the records so far. Raises UsageError.
    """
    started, limits, level = time.time(), limits or Limits(), level or strongest()
    if level not in LEVELS:
        raise UsageError(f'level must be one of {", ".join(LEVELS)}; got "{level}".')
    seed = secrets.randbits(64) if seed is None else seed
    lessons = find_lessons(lesson)
    try:
        found = list(find_notebooks(paths, {*lessons, *(path.stem for path in source_paths())}))
    except ValueError as error:
        raise UsageError(f"{error}.") from None
    grader = Grader(lessons, level, asdict(limits), seed, known)
    grader.done = lambda record: done(record, len(found))
    with _local(jobs) if executor is None else _elsewhere(executor) as submit:
        try:
            grader.grade(found, submit, 4 * jobs if executor is None else 1000)
        except KeyboardInterrupt:
            pass
    records = [record for _, record in sorted(grader.complete.items())]
    twice = handed_in_twice(records)
    for record in records:
        if (record["student"], record["lesson"]) in twice and TWICE not in record["notes"]:
            record["notes"].append(TWICE)
    return {
        "format": "nnkit grade 1",
        "isolation": level,
        "limits": asdict(limits),
        "seed": seed,
        "draws": DRAWS,
        "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(started)),
        "seconds": round(time.time() - started, 2),
        "left_out": len(found) - len(records),  # more than 0 if it was interrupted
        "submissions": records,
    }


def handed_in_twice(records):
    """The (student, lesson) of which there is more than one notebook."""
    count = Counter((r["student"], r["lesson"]) for r in records if r["student"] and r["lesson"])
    return {pair for pair, number in count.items() if number > 1}


@contextmanager
def _local(jobs):
    """A function that has one of `jobs` workers on this machine grade a notebook: a future."""
    workers = Workers()
    with ThreadPoolExecutor(jobs) as pool:
        try:
            yield lambda *args: pool.submit(workers.grade, *args)
        finally:
            workers.close()


@contextmanager
def _elsewhere(executor):
    futures = set()

    def submit(*args):
        futures.add(future := executor.submit(grade_notebook, *args))
        future.add_done_callback(futures.discard)
        return future

    try:
        yield submit
    finally:
        for future in list(futures):
            future.cancel()


def find_lessons(name=None):
    """{lesson's name: Lesson}: all of the course, or one; raises UsageError.

    name: of a lesson of the course, or the path of a source file (.py) of your own.
    """
    paths = {path.stem: path for path in source_paths()}
    if name is not None and name.endswith(".py") and Path(name).is_file():
        paths, name = {Path(name).stem: Path(name)}, None
    if name is not None and name not in paths:
        raise UsageError(f'lesson must be one of {", ".join(paths)}; got "{name}".')
    if not paths:
        raise UsageError(f"no lessons were found in {lessons_folder() / 'source'}.")
    return {stem: read_lesson(path) for stem, path in paths.items() if name in (None, stem)}


class Grader:
    """Everything that stays the same for all notebooks of one run, and the records so far.

    complete: {number of the notebook: its record}; done(record): called for each.
    """

    def __init__(self, lessons, level, limits, seed, known):
        self.lessons, self.level, self.limits, self.seed = lessons, level, limits, seed
        self.known = {same(record): record for record in known if not record["fault"]}
        self.tasks, self.complete, self.done = {}, {}, lambda record: None

    def grade(self, found, submit, most):
        """Grade the notebooks `found`; at most `most` are under way at a time."""
        running = {}
        for number, item in enumerate(found):
            work = self.prepare(number, item)
            known = self.known.get(same(work.record))
            if known is not None and fits(known, work.record):
                work.record = known
                self._complete(work)
            elif not work.sources:
                self._complete(work)
            else:
                running[submit(*self._task(work), self.level, self.limits)] = work
            while len(running) >= most:
                self._finish(running)
        while running:
            self._finish(running)

    def prepare(self, number, item):
        """Read one notebook; where nothing of it can be run, its record is complete."""
        record = {"student": label(item.student), "file": label(item.path), "lesson": ""}
        record |= {"score": 0, "max_score": 0, "exercises": [], "fault": "", "notes": []}
        sources, missing, lesson = {}, {}, self.lessons.get(item.stem)
        try:
            data = item.read()
            record["sha256"] = hashlib.sha256(data).hexdigest()
            lesson = lesson or lesson_of(data, item.stem, self.lessons)
            submission = read_submission(data, lesson)
            sources, missing = submission.sources, submission.missing
            record["notes"] += submission.notes
            unread = None
        except Unreadable as error:
            unread = Verdict("unreadable", f"the notebook can't be graded: {error}")
            lesson = lesson or lesson_by_name(item.stem, self.lessons)
        if lesson is not None:
            record |= {"lesson": lesson.name, "rules": self._rules(lesson)}
            for name, exercise in lesson.exercises.items():
                verdict = unread or Verdict("missing", missing.get(name, ""))
                record["exercises"].append(make_entry(name, exercise.points, verdict))
            record["max_score"] = sum(entry["points"] for entry in record["exercises"])
        if unread:
            record["notes"].append(unread.message)
        return Work(number, record, lesson, sources)

    def _rules(self, lesson):
        """A mark that differs when the lesson, the limits or the level do."""
        rules = json.dumps([lesson.path.read_text(encoding="utf-8"), self.level, self.limits])
        return hashlib.sha256(rules.encode()).hexdigest()[:16]

    def _task(self, work):
        """The reference's notebook and the learner's, as JSON texts."""
        lesson = work.lesson
        if lesson.name not in self.tasks:
            task = Task(lesson, self.seed)
            self.tasks[lesson.name] = task, task.solved()
        task, solved = self.tasks[lesson.name]
        return solved, task.notebook(work.sources)

    def _finish(self, running):
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            work = running.pop(future)
            record = work.record
            try:
                result = future.result()
                for entry in record["exercises"]:
                    if entry["exercise"] in work.sources:
                        verdict = from_outside(result["verdicts"][entry["exercise"]])
                        entry |= outcome(entry["points"], verdict)
                record["score"] = sum(entry["score"] for entry in record["exercises"])
                record["seconds"] = float(result["seconds"])
            except Exception as error:  # also what became of a machine of the cluster
                record |= {"fault": f"{type(error).__name__}: {error}", "score": None}
            self._complete(work)

    def _complete(self, work):
        self.complete[work.number] = work.record
        self.done(work.record)

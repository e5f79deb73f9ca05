"""Grades notebooks: reads what learners wrote, has it run and compared, and sums it up."""

import hashlib
import secrets
import time
from collections import Counter
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path

from nnkit.course.grading_batch import GraderFault, run_batch
from nnkit.course.grading_isolation import LEVELS, strongest
from nnkit.course.grading_kernel import Limits
from nnkit.course.grading_notebook import DRAWS, Task
from nnkit.course.grading_paths import find_notebooks
from nnkit.course.grading_verdict import Verdict, tidy
from nnkit.course.lesson import lessons_folder, read_lesson, source_paths
from nnkit.course.submission import Unreadable, exercises_in, read_submission

BATCH = 16  # notebooks a pytest process: enough that its start does not count
REFERENCE = "reference"


class UsageError(Exception):
    """What was asked for can't be done; the message is one sentence."""


@dataclass
class Work:
    """One notebook on its way through grading: its record in the result, and what is to be run."""

    record: dict
    lesson: object
    sources: dict


def grade(
    paths,
    lesson=None,
    level=None,
    limits=None,
    jobs=1,
    executor=None,
    seed=None,
    done=lambda record, total: None,
):
    """Grade every notebook below `paths` and return the result, plain data that JSON can hold.

    lesson: a lesson's name or source file (default: told by the file's name, else its cells);
    level: of isolation (default: the strongest that works here); limits: a Limits; jobs: how many
    run at a time; executor: any concurrent.futures.Executor instead of local jobs; seed: of the
    inputs (default: secret); done(record, total): called as each notebook's record is complete.
    Raises UsageError.
    """
    started, limits, level = time.time(), limits or Limits(), level or strongest()
    seed = secrets.randbits(64) if seed is None else seed
    lessons = find_lessons(lesson)
    try:
        found = list(find_notebooks(paths))
    except ValueError as error:
        raise UsageError(f"{error}.") from None
    grader = Grader(level, asdict(limits), seed, lambda record: done(record, len(found)))
    with nullcontext(executor) if executor else ThreadPoolExecutor(jobs) as pool:
        size = min(BATCH, -(-len(found) // jobs))
        records = grader.grade(found, lessons, pool, size, 2 * jobs if executor is None else 1000)
    students = Counter((r["student"], r["lesson"]) for r in records if r["student"])
    for record in records:
        if students[record["student"], record["lesson"]] > 1:
            record["notes"].append(
                "this student has handed in more than one notebook of this lesson."
            )
    return {
        "format": "nnkit grade 1",
        "isolation": level,
        "limits": asdict(limits),
        "seed": seed,
        "draws": DRAWS,
        "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(started)),
        "seconds": round(time.time() - started, 2),
        "submissions": records,
    }


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
    """Everything that stays the same for all notebooks of one run."""

    def __init__(self, level, limits, seed, done):
        if level not in LEVELS:
            raise UsageError(f'level must be one of {", ".join(LEVELS)}; got "{level}".')
        self.level, self.limits, self.seed, self.done = level, limits, seed, done
        self.tasks = {}

    def grade(self, found, lessons, pool, size, most):
        """The records of `found`, in order; at most `most` batches are under way at a time."""
        records, waiting, running = [], {}, {}
        for item in found:
            work = self.prepare(item, lessons)
            records.append(work.record)
            if not work.sources:
                self.done(work.record)
                continue
            batch = waiting.setdefault(work.lesson.name, [])
            batch.append(work)
            if len(batch) == size:
                running |= self._start(pool, waiting.pop(work.lesson.name))
            while len(running) >= most:
                self._finish(running)
        for batch in waiting.values():
            running |= self._start(pool, batch)
        while running:
            self._finish(running)
        return records

    def prepare(self, item, lessons):
        """Read one notebook; where nothing of it can be run, its record is complete."""
        record = {"student": tidy(item.student), "file": tidy(item.path), "lesson": "", "notes": []}
        record |= {"score": 0, "max_score": 0, "exercises": [], "fault": ""}
        sources, missing, lesson = {}, {}, lessons.get(item.stem)
        try:
            data = item.read()
            record["sha256"] = hashlib.sha256(data).hexdigest()
            lesson = lesson or _lesson_of(data, lessons)
            submission = read_submission(data, lesson)
            sources, missing = submission.sources, submission.missing
            record["notes"] += submission.notes
            unread = None
        except Unreadable as error:
            unread = Verdict("unreadable", f"the notebook can't be graded: {error}")
            lesson = lesson or (next(iter(lessons.values())) if len(lessons) == 1 else None)
        if lesson is not None:
            record["lesson"] = lesson.name
            for name, exercise in lesson.exercises.items():
                verdict = unread or Verdict("missing", missing.get(name, ""))
                record["exercises"].append(_entry(name, exercise.points, verdict))
            record["max_score"] = sum(entry["points"] for entry in record["exercises"])
        if unread:
            record["notes"].append(unread.message)
        return Work(record, lesson, sources)

    def _start(self, pool, batch):
        return {pool.submit(run_batch, self._notebooks(batch), self.level, self.limits): batch}

    def _notebooks(self, batch):
        """The batch, opened by the reference: a machine that fails it must not grade anybody."""
        lesson = batch[0].lesson
        if lesson.name not in self.tasks:
            self.tasks[lesson.name] = Task(lesson, self.seed)
        task = self.tasks[lesson.name]
        learners = {str(n): task.notebook(work.sources) for n, work in enumerate(batch)}
        return {REFERENCE: task.solved()} | learners

    def _finish(self, running):
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            batch = running.pop(future)
            try:
                results, fault = future.result(), ""
                fault = _reference_fault(batch[0].lesson, results.get(REFERENCE))
            except GraderFault as error:
                results, fault = {}, str(error)
            for number, work in enumerate(batch):
                self._complete(work, results.get(str(number)), fault)

    def _complete(self, work, result, fault):
        if not fault and (result is None or result["faults"]):
            result, fault = self._again(work)
        if fault:
            work.record["fault"] = fault
            work.record["score"] = None
        else:
            for entry in work.record["exercises"]:
                if entry["exercise"] in work.sources:
                    entry |= _outcome(entry["points"], result["verdicts"][entry["exercise"]])
            work.record["score"] = sum(entry["score"] for entry in work.record["exercises"])
            work.record["seconds"] = result["seconds"]
        self.done(work.record)

    def _again(self, work):
        """Run one notebook once more, on its own: (result, fault). A fault is never a zero."""
        try:
            results = run_batch(self._notebooks([work]), self.level, self.limits)
        except GraderFault as error:
            return None, str(error)
        result = results.get("0")
        fault = _reference_fault(work.lesson, results.get(REFERENCE))
        if not fault and result is None:
            fault = "pytest was lost twice while this notebook was running"
        return result, fault or "\n".join(result["faults"])


def _lesson_of(data, lessons):
    names = exercises_in(data)
    shared = {name: len(names & set(lesson.exercises)) for name, lesson in lessons.items()}
    best = max(shared, key=shared.get)
    if len(lessons) > 1 and not shared[best]:
        raise Unreadable("it holds no exercise of any lesson of the course.")
    return lessons[best]


def _entry(name, points, verdict):
    return {"exercise": name, "points": points} | _outcome(points, asdict(verdict))


def _outcome(points, verdict):
    right = verdict["name"] == "passed"
    words = {"verdict": verdict["name"], "message": verdict["message"], "hint": verdict["hint"]}
    return {"score": points if right else 0} | words


def _reference_fault(lesson, result):
    """Why the run of the reference solutions shows that grading is out of order here, or ""."""
    if result is None:
        return f"the reference solutions of {lesson.name} were not run"
    verdicts = result["verdicts"]
    failed = [n for n in lesson.exercises if verdicts.get(n, {}).get("name") != "passed"]
    if result["faults"] or failed:
        said = result["faults"] or [f"{n}: {verdicts.get(n, {}).get('message')}" for n in failed]
        return f"the reference solutions of {lesson.name} do not pass here. " + "\n".join(said)
    return ""

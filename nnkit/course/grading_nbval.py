"""The pytest plugin that grades: nbval runs the built notebooks, the answers are compared out here.

Each line of standard input is a notebook, {"number", "notebook"}, and is answered with its result
on standard output: one line of JSON. Every check is a test called by its exercise. nbval's markers
in cells and its tags are not obeyed, since both would be the learner's.
"""

import json
import os
import sys
import time
import traceback
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import asdict

from nnkit.course.formats import nbformat  # isort: skip  before nbval brings it in
from nbval.plugin import IPyNbCell, IPyNbFile, NbCellError

from nnkit.course.grading_kernel import GradingKernel, Limits, Stopped, TooLong
from nnkit.course.grading_parent import (
    KernelParent,
    adopt_orphans,
    kill_children,
    protect,
    remove,
)
from nnkit.course.grading_probe import MIME
from nnkit.course.grading_verdict import NO_ANSWER, cell_failed, judge, stopped


def pytest_addoption(parser):
    parser.addoption("--isolation", default="process")
    parser.addoption("--limits", default="{}")
    parser.addoption("--color", default="no")  # nbval asks; pytest's terminal report is off


def pytest_collection():
    return True  # notebooks come later


def pytest_runtestloop(session):
    """Grade what standard input brings, until it ends."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # nbval prints at times, and that is no result
    protect()
    adopt_orphans()
    parents = KernelParents(session.config.option.isolation, session.path)
    try:
        for line in sys.stdin:
            request = json.loads(line)
            path = session.path / f"{request['number']}.ipynb"
            file = GradedFile.from_parent(session, path=path)
            file.notebook, file.parents = json.loads(request["notebook"]), parents
            cells = list(file.collect())
            for cell, following in zip(cells, [*cells[1:], None], strict=True):
                cell.ihook.pytest_runtest_protocol(item=cell, nextitem=following)
            answer = file.result | {"number": request["number"]}
            print(json.dumps(answer), file=answers, flush=True)
    finally:
        parents.close()
        remove(session.path)  # its parent may have died
    return True


class KernelParents:
    """A KernelParent at hand whenever one is needed, its place in `folder`."""

    def __init__(self, level, folder):
        self.level, self.folder, self.parent, self.made = level, folder, None, 0

    def get(self):
        """The present one, or a new one if that can't be used again; raises RuntimeError."""
        if self.parent is None or not self.parent.reusable:
            self.close()
            self.made += 1
            self.parent = KernelParent(self.level, self.folder / str(self.made))
        return self.parent

    def close(self):
        if self.parent is not None:
            self.parent.close()
            self.parent = None
            kill_children()  # who left it by a parent's death was adopted here


class GradedFile(IPyNbFile):
    """One learner's notebook; a kernel that dies is replaced: one exercise costs no other."""

    def collect(self):
        notebook = nbformat.from_dict(self.notebook)
        self.verdicts, self.sound, self.faults, source = {}, [], [], ""
        self.spent = defaultdict(float)
        for number, cell in enumerate(notebook.cells):
            role = cell.metadata.get("nnkit", {})
            if "check" not in role:
                source = cell.source
            yield GradedCell.from_parent(
                self,
                name=role.get("check") or f"{role.get('exercise', 'setup')} (cell {number})",
                cell_num=number,
                cell=cell,
                options=defaultdict(bool, check="check" in role),
                exercise=role.get("check") or role.get("exercise"),
                source=source,
            )

    def setup(self):
        self.limits = Limits(**json.loads(self.config.option.limits))
        try:
            self.parents.get()  # its start is not the learner's time
        except RuntimeError as error:
            self.faults.append(str(error))
        self.began = time.monotonic()

    def start_kernel(self):
        """Have a kernel in which all cells that did no harm have run; raises Stopped."""
        if self.kernel is None:
            end = self.began + self.limits.notebook
            if time.monotonic() > end:
                raise TooLong(self.limits)
            self.kernel = self._new_kernel(end)
            for name, source in self.sound:
                with self.timed(name):
                    self.kernel.run(source)

    @contextmanager
    def timed(self, name):
        """Count the time of what is done to the cell or check called `name`."""
        began = time.monotonic()
        try:
            yield
        finally:
            self.spent[name] += time.monotonic() - began

    def longest(self):
        """Where most of the notebook's time went, in words."""
        name = max(self.spent, key=self.spent.get)
        return f"{self.spent[name]:.0f} s of them in {name}"

    def _new_kernel(self, end):
        try:
            return GradingKernel(self.parents.get(), self.limits, end)
        except RuntimeError:  # the last kernel may have done something to its parent
            self.parents.close()
            return GradingKernel(self.parents.get(), self.limits, end)

    def stop_kernel(self):
        if self.kernel is not None:
            self.kernel.stop()
            self.kernel = None

    def teardown(self):
        self.stop_kernel()
        self.result = {"seconds": round(time.monotonic() - self.began, 2), "faults": self.faults}
        self.result["verdicts"] = {name: asdict(verdict) for name, verdict in self.verdicts.items()}


class GradedCell(IPyNbCell):
    """A cell that nbval runs; how it ended is written into its file's `verdicts`."""

    def __init__(self, *args, exercise, source, **kwargs):
        super().__init__(*args, **kwargs)
        self.exercise, self.source = exercise, source
        what = "the check" if self.options["check"] else "the cell"
        self.place = f'{what} of "{exercise}"' if exercise else "the lesson's own cells"

    def setup(self):
        """Nothing: nbval would count each cell after a timeout as an expected failure."""

    def runtest(self):
        file, is_check = self.parent, self.options["check"]
        if file.faults:
            self.raise_cell_error("the grader failed before")
        if is_check and self.exercise in file.verdicts and file.kernel is None:
            self.raise_cell_error("its exercise cell was stopped")
        try:
            file.start_kernel()
            self.verdict = None
            with file.timed(self.place):
                super().runtest()
        except Stopped as reason:
            if isinstance(reason, TooLong) and file.spent:
                reason = TooLong(file.limits, file.longest())
            file.stop_kernel()
            if self.exercise is None:
                file.faults.append(f"the lesson's own cell was stopped: {reason}")
            file.verdicts[self.exercise] = stopped(reason)
            raise
        except NbCellError as error:
            self._failed(error)
            raise
        except BaseException:
            file.faults.append(traceback.format_exc())
            file.stop_kernel()
            raise
        if is_check:
            file.verdicts[self.exercise] = self.verdict
        else:
            file.sound.append((self.place, self.cell.source))

    def _failed(self, error):
        file = self.parent
        if self.exercise is None:
            file.faults.append(f"the lesson's own cell failed: {error.inner_traceback}")
        elif not self.options["check"]:
            raised = next(out for out in self.test_outputs if out.output_type == "error")
            words = f"{raised.ename}: {raised.evalue}"
            file.verdicts[self.exercise] = cell_failed(words, error.inner_traceback, self.source)
            file.sound.append((self.place, self.cell.source))
        elif self.exercise not in file.verdicts:  # what stopped its cell explains more
            file.verdicts[self.exercise] = self.verdict or NO_ANSWER

    def compare_outputs(self, test, ref, skip_compare=None):
        """nbval's question whether a cell put out what it should; asked of check cells only."""
        given = [out["data"][MIME] for out in test if MIME in out.get("data", {})]
        check = self.cell.metadata["nnkit"]
        self.verdict = judge(check, ref[0]["data"][MIME], given, self.source)
        self.comparison_traceback = [self.verdict.message]
        return self.verdict.name == "passed"

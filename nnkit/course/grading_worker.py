"""Workers: processes of pytest and nbval, each of which grades one notebook after another.

Plain data goes in and comes out, so that a thread, another process or another machine can call
`grade_notebook` alike.
"""

import functools
import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path

from nnkit.course.grading_container import remove_containers
from nnkit.course.grading_parent import kill_children, protect, remove

PATIENCE = 120  # seconds beyond a notebook's own limit before its worker counts as lost
MOST = 200  # notebooks before a fresh worker takes over


class GraderFault(Exception):
    """Grading itself went wrong; nobody's work may be judged by it."""


class Lost(Exception):
    """The worker ended, or fell silent, at this notebook."""


class Worker:
    """One pytest process at one level of isolation, with the fields of a Limits."""

    def __init__(self, level, limits):
        self.kind, self.graded, self.approved = (level, limits), 0, set()
        self.folder = Path(tempfile.mkdtemp(prefix="nnkit-"))
        (self.folder / "pytest.ini").write_text("[pytest]\n")
        self.errors = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")
        self.process = subprocess.Popen(
            _pytest(self.folder, level, limits),
            cwd=self.folder,
            env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            encoding="utf-8",
            start_new_session=True,  # Ctrl-C is for the grader alone
        )

    def grade(self, notebook):
        """The result of a notebook (JSON text); raises Lost.

        It is {"verdicts": {exercise: {"name", "message", "hint"}}, "faults": [what went wrong in
        the grader], "seconds"}.
        """
        self.graded += 1
        alarm = threading.Timer(self.kind[1]["notebook"] + PATIENCE, self._kill)
        alarm.start()
        try:
            request = json.dumps({"number": self.graded, "notebook": notebook})
            self.process.stdin.write(request + "\n")
            self.process.stdin.flush()
            result = json.loads(self.process.stdout.readline())
        except (OSError, ValueError):
            raise Lost(self._said()) from None
        finally:
            alarm.cancel()
        if result.pop("number") != self.graded:
            raise Lost("an answer to another notebook")
        return result

    def approve(self, solved):
        """See that the reference solutions pass here, once a lesson; raises GraderFault."""
        mark = hashlib.sha256(solved.encode()).digest()
        if mark in self.approved:
            return
        try:
            result = self.grade(solved)
        except Lost as loss:
            raise GraderFault(f"pytest was lost at the reference solutions. {loss}") from None
        roles = [cell["metadata"].get("nnkit", {}) for cell in json.loads(solved)["cells"]]
        said = result["faults"]
        for name in (role["check"] for role in roles if "check" in role):
            verdict = result["verdicts"].get(name, {"name": "", "message": "not run"})
            if verdict["name"] != "passed":
                said.append(f"{name}: {verdict['message']}")
        if said:
            raise GraderFault("the reference solutions do not pass here. " + "\n".join(said))
        self.approved.add(mark)

    def close(self):
        """Kill the process with all below it, and remove its folder."""
        if self.kind[0] == "container":  # those are not below it
            self.process.send_signal(signal.SIGSTOP)  # or it would start another
            with suppress(OSError, subprocess.SubprocessError):  # they end by themselves, later
                remove_containers(self.folder)
        self._kill()
        self.process.communicate()
        self.errors.close()
        remove(self.folder)

    def _kill(self):
        kill_children(self.process.pid)
        self.process.kill()

    def _said(self):
        self.errors.seek(0)
        return f"pytest ended or fell silent. {self.errors.read()[-2000:]}"


class Workers:
    """The workers of this process; several threads may use them at a time."""

    def __init__(self):
        protect()  # the answers pass through this process too
        self.lock, self.all, self.idle, self.closed = threading.Lock(), set(), [], False

    def grade(self, solved, notebook, level, limits):
        """The result of `notebook`, as Worker.grade gives it, without faults.

        solved: the notebook with the reference solutions in place of a learner's: a worker that
        fails it must not grade anybody. What fails is tried once more; then GraderFault is raised.
        """
        fault = ""
        for _ in range(2):
            worker = self._take(level, limits)
            try:
                worker.approve(solved)
                result = worker.grade(notebook)
            except Lost:
                fault = "pytest was lost twice while this notebook was running"
            except GraderFault as error:
                fault = str(error)
            else:
                if not result["faults"]:
                    self._give_back(worker)
                    return result
                fault = "\n".join(result["faults"])
            self._close(worker)
        raise GraderFault(fault)

    def close(self):
        """End all workers, whatever they are doing; none is started any more."""
        with self.lock:
            self.closed, workers = True, list(self.all)
        for worker in workers:
            self._close(worker)

    def _take(self, level, limits):
        with self.lock:
            if self.closed:
                raise GraderFault("grading was stopped")
            for worker in self.idle:
                if worker.kind == (level, limits):
                    self.idle.remove(worker)
                    return worker
            worker = Worker(level, limits)
            self.all.add(worker)
            return worker

    def _give_back(self, worker):
        with self.lock:
            if worker.graded < MOST and not self.closed:
                self.idle.append(worker)
                return
        self._close(worker)

    def _close(self, worker):
        with self.lock:
            if worker not in self.all:
                return
            self.all.remove(worker)
        worker.close()


@functools.cache
def _workers():
    return Workers()


def grade_notebook(*args):
    """`Workers.grade` with the workers of whatever process this is called in."""
    return _workers().grade(*args)


def _pytest(folder, level, limits):
    options = ["--noconftest", "-p", "no:terminal", "-p", "no:cacheprovider", "--capture=no"]
    plugins = ["-p", "nnkit.course.grading_nbval", "-p", "nbval.plugin"]
    ours = [f"--isolation={level}", f"--limits={json.dumps(limits)}"]
    place = ["-c", "pytest.ini", f"--rootdir={folder}", "."]
    return [sys.executable, "-P", "-m", "pytest", *options, *plugins, *ours, *place]

"""Runs a batch of built notebooks through pytest and nbval in a process of its own.

A function of plain data that gives plain data, so that a thread, another process or another
machine can call it alike.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from nnkit.course.grading_kernel import Limits, kill_children

PATIENCE = (
    120  # seconds that pytest may take beyond a notebook's own limit before it counts as lost
)


class GraderFault(Exception):
    """Grading itself went wrong; nobody's work may be judged by it."""


def run_batch(notebooks, level, limits):
    """Grade `notebooks`, {name: JSON text}, one after the other; return {name: its result}.

    level: of isolation; limits: fields of grading_kernel.Limits. A result is {"verdicts":
    {exercise: {"name", "message", "hint"}}, "faults": [what went wrong in the grader], "seconds"}.
    A notebook at which the process was lost has no result. Raises GraderFault if the process ends
    before the first notebook.
    """
    found = {}
    with tempfile.TemporaryDirectory(prefix="nnkit-grade-") as folder:
        names = {f"{number:05}.ipynb": name for number, name in enumerate(notebooks)}
        for file, name in names.items():
            Path(folder, file).write_text(notebooks[name], encoding="utf-8")
        Path(folder, "pytest.ini").write_text("[pytest]\n")
        with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as errors:
            with subprocess.Popen(
                _pytest(folder, level, limits),
                cwd=folder,
                env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                encoding="utf-8",
            ) as process:
                try:
                    for line in _lines(process, Limits(**limits).notebook + PATIENCE):
                        result = json.loads(line)
                        found[names[result.pop("file")]] = result
                finally:
                    _kill(process)
            errors.seek(0)
            said = errors.read()[-2000:]
    if notebooks and not found:
        raise GraderFault(f"pytest ended with code {process.returncode}. {said}")
    return found


def _lines(process, seconds):
    """The lines that `process` writes; it is killed if one takes longer than `seconds`."""
    while True:
        alarm = threading.Timer(seconds, _kill, [process])
        alarm.start()
        try:
            line = process.stdout.readline()
        finally:
            alarm.cancel()
        if not line:
            return
        yield line


def _kill(process):
    kill_children(process.pid)
    process.kill()


def _pytest(folder, level, limits):
    options = ["--noconftest", "-p", "no:terminal", "-p", "no:cacheprovider", "--capture=no"]
    plugins = ["-p", "nbval.plugin", "-p", "nnkit.course.grading_nbval"]
    ours = [f"--isolation={level}", f"--limits={json.dumps(limits)}"]
    place = ["-c", "pytest.ini", f"--rootdir={folder}", "."]
    return [sys.executable, "-P", "-m", "pytest", *options, *plugins, *ours, *place]

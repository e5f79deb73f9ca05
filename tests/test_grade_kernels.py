"""A learner's kernel and its parent: they begin fast, share nothing, and end whatever happens."""

import subprocess
import sys
import time
from contextlib import closing

import pytest
from levels import at_each_level

from nnkit.course import grading_parent
from nnkit.course.grading_isolation import strongest
from nnkit.course.grading_kernel import GradingKernel, Limits, Stopped
from nnkit.course.grading_parent import KernelParent

RUNS = "import os, numpy as np\nopen('mine', 'w').write(str(np.random.rand()) + str(os.getpid()))"


def kernels(level, folder, number=2):
    """What `number` kernels of one parent write into their folders, and the parent."""
    parent, found = KernelParent(level, folder), []
    for _ in range(number):
        kernel = GradingKernel(parent, Limits(), float("inf"))
        kernel.run(RUNS)
        found.append((parent.folder / "k" / "work" / "mine").read_text())
        kernel.stop()
        if not parent.reusable:
            break
    return found, parent


@pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")
@pytest.mark.parametrize("level", sorted({"process", strongest()}))
def test_kernels_of_one_parent_have_own_numbers_and_leave_nothing(tmp_path, level):
    found, parent = kernels(level, tmp_path / "p")
    assert len(set(found)) == 2 and parent.reusable
    assert list(parent.folder.iterdir()) == list((parent.place / "shm").iterdir()) == []
    parent.close()
    assert not parent.place.exists() and not parent.server.is_running()


DEATHS = {
    "os._exit(3)": "exit code 3",
    "os.kill(os.getpid(), 11)": "SIGSEGV",
    "threading.Timer(.1, os._exit, [3]).start(); time.sleep(99)": "exit code 3",
    "os.fork() or time.sleep(99); os._exit(3)": "exit code 3",
}


@at_each_level
def test_a_dead_kernel_is_noticed_within_two_seconds(tmp_path, level):
    parent = KernelParent(level, tmp_path / "p")
    for source, words in DEATHS.items():
        kernel = GradingKernel(parent, Limits(), float("inf"))
        began = time.monotonic()
        with pytest.raises(Stopped, match=words) as stopped:
            kernel.run(f"import os, threading, time\n{source}")
        assert time.monotonic() - began < 2.1 and stopped.value.verdict == "killed"
        kernel.stop()
        parent = parent if parent.reusable else KernelParent(level, tmp_path / "q")
    parent.close()


@pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")
@at_each_level
def test_a_kernel_ends_by_itself_if_the_grader_no_longer_can_end_it(tmp_path, level):
    parent = KernelParent(level, tmp_path / "p")
    folder, bounds = str(parent.folder), dict.fromkeys(("memory", "file_size", "processes"))
    connection = str(parent.folder / "kernel.json")
    parent.start(seconds=1, connection=connection, work=folder, environment={}, bounds=bounds)
    parent.process.wait(timeout=20)
    assert parent.answers.get(timeout=20) is None  # nothing was said: it just ended
    assert not parent.server.is_running()
    parent.close()


NAMELESS = {
    "memfd": "[os.write(os.memfd_create('m'), bytes(50 * 2**20)) for _ in range(25)]",
    "deleted": (
        "files = []\nfor _ in range(25):\n    files.append(open('x', 'wb', 0))\n"
        "    files[-1].write(bytes(50 * 2**20))\n    os.unlink('x')"
    ),
}


@pytest.mark.skipif(sys.platform != "linux", reason="open files are looked up in Linux's /proc")
@pytest.mark.parametrize("source", NAMELESS.values(), ids=NAMELESS)
@at_each_level
def test_memory_hidden_in_files_without_a_name_counts(tmp_path, level, source):
    with closing(KernelParent(level, tmp_path / "p")) as parent:
        kernel = GradingKernel(parent, Limits(memory=2**30), float("inf"))
        with pytest.raises(Stopped) as stopped:
            kernel.run(f"import os, time\n{source}\ntime.sleep(9)")
        assert stopped.value.verdict == "memory"
        kernel.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="one process looks into another on Linux")
def test_processes_that_know_answers_cannot_be_looked_into():
    for module, call in {"worker": "Workers()", "parent": "protect()"}.items():
        program = f"import ctypes\nfrom nnkit.course.grading_{module} import *\n"
        program += f"before = ctypes.CDLL(None).prctl(3)\n{call}\n"  # PR_GET_DUMPABLE
        program += "print(before, ctypes.CDLL(None).prctl(3))"
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
        assert done.stdout == "1 0\n"


def test_a_parent_imports_what_would_take_each_kernel_long():
    program = "import sys, nnkit.course.grading_start as start\nstart.prepare(['widgets'])\n"
    program += "print({'ipykernel.kernelapp', 'widgets', 'matplotlib'} - set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "set()\n"


@pytest.fixture
def without(monkeypatch, tmp_path):
    """A function that has the start script lack something: (what it says, what it then says)."""

    def change(text, other):
        start = grading_parent.START
        source = start.read_text(encoding="utf-8")
        assert text in source
        source = source.replace("Path(__file__).resolve().parent", f"Path({str(start.parent)!r})")
        changed = tmp_path / "start.py"
        changed.write_text(source.replace(text, other), encoding="utf-8")
        monkeypatch.setattr(grading_parent, "START", changed)

    return change


def test_without_forks_a_parent_becomes_the_kernel(tmp_path, without):
    """As on macOS and Windows."""
    without('FORKS = sys.platform == "linux"', "FORKS = False")
    found, parent = kernels("process", tmp_path / "p")
    assert len(found) == 1 and not parent.place.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="namespaces are Linux's")
def test_a_namespace_that_cannot_be_nested_serves_one_kernel(tmp_path, without):
    without('apart = level != "process" and in_fork(isolate) == 0', "level = 'namespace'")
    found, parent = kernels("process", tmp_path / "p")
    assert len(found) == 1 and not parent.place.exists()

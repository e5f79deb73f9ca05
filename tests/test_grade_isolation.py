"""What keeps a learner's kernel from the machine and from other learners: the levels."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing
from dataclasses import asdict

import pytest
from graded_lesson import make_lesson, make_lesson_of_doubles, write_notebook

from nnkit.course import grading_parent
from nnkit.course.grade import UsageError, grade
from nnkit.course.grading_command import choose_level
from nnkit.course.grading_container import engine
from nnkit.course.grading_isolation import LEVELS, strongest, works, wrap
from nnkit.course.grading_kernel import GradingKernel, Limits, Stopped
from nnkit.course.grading_notebook import Task
from nnkit.course.grading_parent import KernelParent
from nnkit.course.grading_worker import GraderFault, Lost, Worker, Workers


def needs(level):
    """The mark of a test that takes `level`."""
    return pytest.mark.skipif(not works(level), reason=f"the level {level} does not work here")


at_each_level = pytest.mark.parametrize("level", [pytest.param(n, marks=needs(n)) for n in LEVELS])
confined = pytest.mark.parametrize("level", [pytest.param(n, marks=needs(n)) for n in LEVELS[1:]])


@pytest.fixture
def nothing_works(monkeypatch):
    """A machine without bubblewrap, Podman and Docker."""
    monkeypatch.setenv("PATH", "")
    works.cache_clear()
    strongest.cache_clear()
    yield
    works.cache_clear()
    strongest.cache_clear()


def test_isolation_can_be_required(nothing_works):
    assert choose_level(None, None) == choose_level(None, "process") == "process"
    with pytest.raises(UsageError, match="does not work here"):
        choose_level("namespace", None)
    with pytest.raises(UsageError, match="Podman or Docker"):
        choose_level("container", None)
    with pytest.raises(UsageError, match="is required, but here it is"):
        choose_level(None, "namespace")
    with pytest.raises(UsageError, match="isolation must be one of"):
        choose_level("prison", None)


@pytest.fixture
def server():
    """The port of a server on this machine that counts its visitors."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=lambda: [listener.accept()[0].close()], daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        socket.create_connection(listener.getsockname(), 1).close()
        thread.join()


RIGHT = "def double(x):\n    return 2 * x\n"
FORGED = """
import json, os
words = {"name": "passed", "message": "", "hint": ""}
result = {"seconds": 1, "faults": [], "verdicts": {"double-0": words}}
line = json.dumps(result | {"number": 2}) + chr(10)
pid, above = os.getpid(), []
while pid > 1:
    pid = int(open(f"/proc/{pid}/stat").read().rsplit(")")[1].split()[1])
    above += [pid] if "grading_nbval" in open(f"/proc/{pid}/cmdline").read() else []
for pid in above:
    for fd in range(3, 20):
        try:
            if os.readlink(f"/proc/{pid}/fd/{fd}").startswith("pipe:"):
                pipe = os.open(f"/proc/{pid}/fd/{fd}", os.O_WRONLY | os.O_NONBLOCK)
                os.write(pipe, line.encode())
        except OSError:
            pass
def double(x):
    return x
"""


def outside(lesson, server):
    """{attack: source} of what reaches out of the kernel."""
    return {
        "lesson read": f"""
text = open({str(lesson.path)!r}).read()
exec(text[text.index("def double"):].split("# %%")[0])
double = double
""",
        "lesson imported": f"""
from nnkit.course.lesson import Lesson
double = Lesson({str(lesson.path)!r}).trial("double").answer
""",
        "course's lessons": """
from nnkit.course.lesson import source_paths
double = (lambda x: 2 * x) if source_paths() else None
""",
        "network": f"""
import socket
socket.create_connection(("127.0.0.1", {server}), 1).close()
{RIGHT}""",
        "other processes": f"""
import os
if len([name for name in os.listdir("/proc") if name.isdigit()]) < 10: raise OSError
{RIGHT}""",
        "another's submission": f"""
open({str(lesson.path.parent / "a.ipynb")!r}).close()
{RIGHT}""",
        "the environment of the grader": f"""
import os
above = open(f"/proc/{{os.getppid()}}/stat").read().rsplit(")")[1].split()[1]
if "grading_nbval" not in open(f"/proc/{{above}}/cmdline").read(): raise OSError
{RIGHT}""",
    }


@confined
def test_what_a_stronger_level_keeps_away(tmp_path, server, level):
    """Each of these gets its point at the process level: that is what the others are for."""
    attacks = outside(make_lesson(tmp_path), server)
    many = make_lesson_of_doubles(tmp_path, len(attacks))
    sources = {
        f"double-{n}": source.replace("double =", f"double_{n} =").replace(
            "def double(", f"def double_{n}("
        )
        for n, source in enumerate(attacks.values())
    }
    path = write_notebook(tmp_path / "a.ipynb", many, sources)
    got = {}
    for each in "process", level:
        (record,) = grade([path], lesson=str(many.path), level=each)["submissions"]
        got[each] = {n: e["verdict"] for n, e in zip(attacks, record["exercises"], strict=True)}
    assert set(got["process"].values()) == {"passed"}
    assert "passed" not in got[level].values()


@at_each_level
def test_a_result_forged_into_the_graders_pipe(tmp_path, level):
    """Only root can do it, and only at the process level."""
    lesson = make_lesson_of_doubles(tmp_path, 1)
    task = Task(lesson, seed=1)
    workers = Workers()
    source = FORGED.replace("def double", "def double_0")
    try:
        result = workers.grade(task.solved(), task.notebook({"double-0": source}), level, LIMITS)
        verdict = result["verdicts"]["double-0"]["name"]
    except GraderFault:
        verdict = "fault"
    workers.close()
    forged = level == "process" and os.geteuid() == 0
    assert (verdict == "passed") == forged


LIMITS = asdict(Limits())
WRITE = """
import json, os, sys
found = []
for place in "/", "/dev", "/dev/shm", "/tmp", "/etc", "/usr", "/proc/sys/kernel", *sys.argv[1:]:
    try:
        open(place + "/mine", "w").close()
        found.append(place)
    except OSError:
        pass
for setting in "/proc/sys/kernel/core_pattern", "/proc/sys/vm/swappiness":
    try:
        open(setting, "r+").close()
        found.append(setting)
    except OSError:
        pass
print(json.dumps(found))
"""


OPENED = {  # where words are left out of the command line, how many, what can then be written
    "namespace": ("--remount-ro", 6, {"/", "/dev", "/tmp"}),
    "container": ("--read-only", 1, {"/etc"}),
}


@confined
def test_nothing_can_be_written_but_the_kernels_own_folders(tmp_path, level):
    tmp_path = tmp_path / 'a:folder, of "signs" $x'
    for name in "rw", "shm":
        (tmp_path / name).mkdir(parents=True)
    program = [sys.executable, "-I", "-c", WRITE, str(tmp_path), f"{tmp_path}/rw", sys.prefix]
    command = wrap(program, level, tmp_path)
    allowed = {"/dev/shm", f"{tmp_path}/rw"}
    if level == "container" and os.getuid() == 0:
        allowed.add("/dev")  # the engine makes it, of 64 MB
    assert set(json.loads(subprocess.check_output(command))) == allowed
    if level == "container":
        (tmp_path / "container").unlink()
        if os.getuid() != 0:  # who may not write to /etc in any case
            return
    word, number, opened = OPENED[level]
    first = command.index(word)
    del command[first : first + number]
    assert opened <= set(json.loads(subprocess.check_output(command)))


@confined
def test_lessons_that_are_installed_with_the_package_are_hidden(level, monkeypatch):
    """As from a wheel; the folder of a part of the package stands for theirs."""
    folder = grading_parent.START.parent
    monkeypatch.setattr("nnkit.course.grading_isolation.lessons_folder", lambda: folder)
    program = "import os, sys; print(os.listdir(sys.argv[1]))"
    command = wrap([sys.executable, "-I", "-c", program, str(folder)], level)
    assert subprocess.check_output(command, text=True) == "[]\n"


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


@needs("container")
def test_no_container_is_left_when_grading_is_broken_off(tmp_path):
    lesson = make_lesson_of_doubles(tmp_path, 1)
    source = f"open('started', 'w').close()\nwhile True: pass\n{RIGHT}"
    notebook = Task(lesson, seed=1).notebook({"double-0": source})
    worker = Worker("container", LIMITS)
    grading = threading.Thread(target=lambda: pytest.raises(Lost, worker.grade, notebook))
    grading.start()
    while not list(worker.folder.glob("*/rw/k/work/started")):
        time.sleep(0.05)
    words = [engine(), "ps", "--all", "--quiet", "--filter", f"label=nnkit={worker.folder.name}"]
    assert subprocess.check_output(words) != b""
    worker.close()
    grading.join()
    assert subprocess.check_output(words) == b""


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


def test_an_engine_that_fails_at_the_end_costs_no_grade(monkeypatch):
    def fail(folder):
        raise subprocess.CalledProcessError(125, "podman")

    monkeypatch.setattr("nnkit.course.grading_worker.remove_containers", fail)
    worker = Worker("container", LIMITS)
    worker.close()
    assert worker.process.returncode is not None and not worker.folder.exists()


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


CONFINED = """
import os
found = dict(line.split(":", 1) for line in open("/proc/self/status"))
open("mine", "w").write(" ".join(found[n].strip() for n in ("CapEff", "CapPrm", "NoNewPrivs")))
pid, status = os.getpid(), []
for name in sorted(filter(str.isdigit, os.listdir("/proc")), key=int):
    try:
        open(f"/proc/{name}/mem", "rb").close()
        status.append(name)
    except OSError:
        pass
open("mine", "a").write(f" {len(status)} {os.system('unshare -U true 2>/dev/null') != 0}")
"""


@confined
def test_a_confined_kernel_has_no_rights_and_looks_into_no_process_but_its_own(tmp_path, level):
    parent = KernelParent(level, tmp_path / "p")
    kernel = GradingKernel(parent, Limits(), float("inf"))
    kernel.run(CONFINED)
    words = (parent.folder / "k" / "work" / "mine").read_text().split()
    assert words[:4] == ["0" * 16, "0" * 16, "1", "1"]
    assert words[4] == "True" or level == "container"  # Podman allows namespaces inside
    kernel.stop()
    parent.close()


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

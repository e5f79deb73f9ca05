"""What keeps a learner's kernel from the machine and from other learners: the levels."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from dataclasses import asdict

import pytest
from graded_lesson import make_lesson, make_lesson_of_doubles, write_notebook
from levels import at_each_level, confined, needs

from nnkit.course import grading_parent
from nnkit.course.grade import UsageError, grade
from nnkit.course.grading_command import choose_level
from nnkit.course.grading_container import engine
from nnkit.course.grading_isolation import strongest, works, wrap
from nnkit.course.grading_kernel import GradingKernel, Limits
from nnkit.course.grading_notebook import Task
from nnkit.course.grading_parent import KernelParent
from nnkit.course.grading_worker import GraderFault, Lost, Worker, Workers


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


def test_an_engine_that_fails_at_the_end_costs_no_grade(monkeypatch):
    def fail(folder):
        raise subprocess.CalledProcessError(125, "podman")

    monkeypatch.setattr("nnkit.course.grading_worker.remove_containers", fail)
    worker = Worker("container", LIMITS)
    worker.close()
    assert worker.process.returncode is not None and not worker.folder.exists()


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

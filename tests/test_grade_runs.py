"""Long runs of `nnkit grade`: results kept as they come, Ctrl-C, resuming, progress, clusters."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree as ElementTree
from concurrent.futures import Executor, Future

import psutil
import pytest
from graded_lesson import TOTAL, make_lesson, write_notebook
from rich.console import Console

from nnkit.course import grading_command
from nnkit.course.grade import grade
from nnkit.course.grading_command import ProgressBar, run
from nnkit.course.grading_journal import Journal, JournalError

SLEEPS = "import time\ntime.sleep({})\ndef double(x):\n    return 2 * x\n"


@pytest.fixture
def lesson(tmp_path):
    return make_lesson(tmp_path)


@pytest.fixture
def a_class(lesson, tmp_path):
    """A folder with three students' solved notebooks."""
    folder = tmp_path / "class"
    for student in "anna", "ben", "cleo":
        (folder / student).mkdir(parents=True)
        write_notebook(folder / student / "07_small.ipynb", lesson)
    return folder


class Pretending(Executor):
    """Grades without a kernel: everything passes; `tasks` are the learners' notebooks in order."""

    def __init__(self, verdict="passed", broken_at=None, stop_at=None):
        self.tasks, self.verdict = [], verdict
        self.broken_at, self.stop_at, self.words = broken_at, stop_at, {}

    def submit(self, function, solved, notebook, level, limits):
        number, future = len(self.tasks), Future()
        if number == self.stop_at:
            raise KeyboardInterrupt
        self.tasks.append(notebook)
        if number == self.broken_at:
            future.set_exception(OSError("the machine is gone"))
            return future
        roles = [cell["metadata"].get("nnkit", {}) for cell in json.loads(notebook)["cells"]]
        words = {"name": self.verdict, "message": "as it is", "hint": ""} | self.words
        verdicts = {role["check"]: words for role in roles if "check" in role}
        future.set_result({"verdicts": verdicts, "faults": [], "seconds": 0.1})
        return future


def test_journal_holds_records_as_soon_as_they_are_added(tmp_path):
    path = tmp_path / "journal"
    record = {"student": "ann\u2028a", "exercises": [], "fault": ""}
    with Journal(path) as journal:
        assert journal.records == []
        journal.add(record)
        assert [json.loads(line) for line in path.read_bytes().splitlines()] == [record]
    with Journal(path) as journal:
        assert journal.records == [record]
        journal.add(journal.records[0])
    assert len(path.read_bytes().splitlines()) == 1


def test_journal_drops_a_line_that_was_cut_off(tmp_path):
    whole = json.dumps({"student": "a", "exercises": [], "fault": ""}).encode() + b"\n"
    for length in range(1, len(whole)):
        (tmp_path / "journal").write_bytes(whole + whole[:length])
        with Journal(tmp_path / "journal") as journal:
            assert len(journal.records) == 1
        assert (tmp_path / "journal").read_bytes() == whole


@pytest.mark.parametrize(
    "text", [b"mine", b'{"a": 1}\n', b"[]\n", b"{\n}\n", b'{"submissions": []}']
)
def test_journal_leaves_another_file_alone(tmp_path, text):
    path = tmp_path / "notes.txt"
    path.write_bytes(text)
    with pytest.raises(JournalError, match="no result of nnkit grade"):
        Journal(path)
    assert path.read_bytes() == text


def resumed(a_class, lesson, executor, journal, **options):
    return run([a_class], lesson=str(lesson.path), executor=executor, resume=journal, **options)


def test_resuming_grades_only_what_is_new(a_class, lesson, tmp_path, capsys):
    journal = tmp_path / "journal"
    assert resumed(a_class, lesson, Pretending(), journal) == 0
    assert len(journal.read_bytes().splitlines()) == 3
    again = Pretending()
    assert resumed(a_class, lesson, again, journal, json="-") == 0
    assert again.tasks == [] and len(journal.read_bytes().splitlines()) == 3
    result = json.loads(capsys.readouterr().out.partition("\n{")[2].join(["{", ""]))
    assert [r["student"] for r in result["submissions"]] == ["anna", "ben", "cleo"]

    write_notebook(a_class / "ben" / "07_small.ipynb", lesson, {"double": "double = 3"})
    changed = Pretending()
    resumed(a_class, lesson, changed, journal)
    assert len(changed.tasks) == 1 and "double = 3" in changed.tasks[0]

    stricter = Pretending()
    resumed(a_class, lesson, stricter, journal, limits=["cell=1"])
    assert len(stricter.tasks) == 3

    lesson.path.write_text(lesson.path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    renewed = Pretending()
    resumed(a_class, lesson, renewed, journal)
    assert len(renewed.tasks) == 3


ALIKE = [b"ann\xff", b"ann\xfe", b"ann\\udcff", "ann\n", "ann\t", "ann\x1b[2J", "ann\u202e", "ann"]


@pytest.mark.skipif(sys.platform != "linux", reason="names that are not UTF-8 are Linux's")
def test_names_that_look_alike_stay_apart(lesson, tmp_path, capsys):
    folder, files = tmp_path / "class", {"csv": tmp_path / "a.csv", "junit": tmp_path / "a.xml"}
    for number, name in enumerate(ALIKE):
        student = folder / os.fsdecode(name)
        student.mkdir(parents=True)
        source = f"double = {number}"
        write_notebook(student / "07_small.ipynb", lesson, {"double": source})
    journal, sources = tmp_path / "journal", Pretending()
    assert resumed(folder, lesson, sources, journal, json="-", **files) == 0
    result = json.loads(capsys.readouterr().out)
    for key in "student", "file":
        names = {record[key] for record in result["submissions"]}
        assert len(names) == len(ALIKE) and all(map(str.isprintable, names))
    assert not any(record["notes"] for record in result["submissions"])
    rows = csv.DictReader(io.StringIO(files["csv"].read_text(encoding="utf-8")))
    assert len({row["student_id"] for row in rows}) == len(ALIKE)
    suites = ElementTree.parse(files["junit"]).getroot()
    assert len({suite.get("name") for suite in suites}) == len(ALIKE)
    again = Pretending()
    resumed(folder, lesson, again, journal)
    assert again.tasks == []


def test_two_notebooks_of_a_student_are_never_silent(a_class, lesson, tmp_path, capsys):
    write_notebook(a_class / "ben" / "07_small (1).ipynb", lesson)
    folders = sorted(a_class.iterdir())
    assert run(folders, lesson=str(lesson.path), executor=Pretending(), csv="-") == 0
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 5 and out.count(",ben,") == 2
    assert err == "Note: ben has handed in more than one notebook of 07_small.\n"


def test_a_fault_is_tried_again_and_is_no_zero(a_class, lesson, tmp_path, capsys):
    journal = tmp_path / "journal"
    assert resumed(a_class, lesson, Pretending(broken_at=1), journal) == 3
    assert "no grade" in capsys.readouterr().out
    again = Pretending()
    assert resumed(a_class, lesson, again, journal) == 0 and len(again.tasks) == 1


def poisoned(record):
    """The record of a journal, made worse in several ways."""
    first, *others = record["exercises"]
    for change in (
        {"score": 1000},
        {"max_score": 1},
        {"exercises": "passed"},
        {"exercises": others},
        {"exercises": [first | {"score": 99, "points": 99}, *others], "score": 1 << 20},
        {"exercises": [first | {"verdict": "<b>"}, *others]},
        {"exercises": [first | {"message": "\x1b[2J"}, *others]},
        {"exercises": [first | {"hint": ["a"]}, *others]},
        {"notes": ["\x1b[2J"]},
        {"notes": [{}]},
        {"student": ["anna"]},
        {"lesson": {}},
        {"more": 1},
        {"sha256": 5},
        {"fault": 0},
    ):
        yield record | change


def test_a_poisoned_journal_brings_nobody_points(a_class, lesson, tmp_path, capsys):
    journal = tmp_path / "journal"
    resumed(a_class, lesson, Pretending("wrong"), journal)
    first, *rest = journal.read_text().splitlines(keepends=True)
    for record in poisoned(json.loads(first)):
        journal.write_text(json.dumps(record) + "\n" + "".join(rest))
        again = Pretending("wrong")
        capsys.readouterr()
        assert resumed(a_class, lesson, again, journal, json="-") == 1
        assert len(again.tasks) == 1, record
        result = json.loads(capsys.readouterr().out)
        assert [r["score"] for r in result["submissions"]] == [0, 0, 0]


@pytest.mark.parametrize(
    "words",
    [
        {"name": "<script>"},
        {"name": ["passed"]},
        {"message": None},
        {"hint": {}},
        {"score": 99},
    ],
)
def test_what_a_worker_sends_is_no_grade_unless_it_is_a_verdict(a_class, lesson, words, capsys):
    executor = Pretending()
    executor.words = words
    assert run([a_class], lesson=str(lesson.path), executor=executor) == 3
    assert capsys.readouterr().out.count("no grade") == 3


def test_terminal_codes_from_a_worker_do_not_reach_the_report(a_class, lesson):
    executor = Pretending("wrong")
    executor.words = {"message": "a\x1b[2Jb\n\u202ec", "hint": "\x07" + "x" * 9000}
    result = grade([a_class], lesson=str(lesson.path), executor=executor)
    for record in result["submissions"]:
        for entry in record["exercises"]:
            assert (entry["message"] + entry["hint"]).isprintable() and len(entry["hint"]) < 2000


def test_a_dead_kernel_is_a_verdict_and_not_tried_again(a_class, lesson):
    executor = Pretending(verdict="killed")
    result = grade([a_class], lesson=str(lesson.path), executor=executor)
    assert len(executor.tasks) == 3
    assert {e["verdict"] for r in result["submissions"] for e in r["exercises"]} == {"killed"}


def test_interrupted_run_reports_what_is_there(a_class, lesson, tmp_path, capsys):
    files = {"json": tmp_path / "result.json", "csv": tmp_path / "grades.csv"}
    stopped = Pretending(stop_at=2)
    assert run([a_class], lesson=str(lesson.path), executor=stopped, **files) == 130
    # The first is complete or not, by when its future is looked at; none is invented.
    result = json.loads(files["json"].read_text())
    assert result["left_out"] + len(result["submissions"]) == 3 and result["left_out"] >= 1
    assert "Interrupted" in capsys.readouterr().err
    assert len(files["csv"].read_text().splitlines()) == 1 + len(result["submissions"])


def lives(process):
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


@pytest.mark.skipif(sys.platform == "win32", reason="interrupts as on POSIX")
def test_ctrl_c_keeps_results_and_leaves_no_process(a_class, lesson, tmp_path):
    for student, seconds in {"anna": 0, "ben": 9, "cleo": 9}.items():
        source = {"double": SLEEPS.format(seconds)}
        write_notebook(a_class / student / "07_small.ipynb", lesson, source)
    journal = tmp_path / "journal"
    words = [
        sys.executable,
        "-m",
        "nnkit.course.cli",
        "grade",
        str(a_class),
        "--resume",
        str(journal),
    ]
    process = subprocess.Popen(
        [*words, "--lesson", str(lesson.path)],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's `&` ignores it
    )
    stop = time.monotonic() + 60
    while not (journal.exists() and journal.read_bytes().endswith(b"\n")):
        assert time.monotonic() < stop
        time.sleep(0.05)
    time.sleep(0.5)  # now the second one sleeps
    below = psutil.Process(process.pid).children(recursive=True)
    assert len(below) > 1
    os.kill(process.pid, signal.SIGINT)
    began = time.monotonic()
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130 and time.monotonic() - began < 8
    assert b"The same command goes on from" in err and b"anna" in out
    assert not list(filter(lives, below))
    (record,) = [json.loads(line) for line in journal.read_bytes().splitlines()]
    assert record["student"] == "anna" and record["score"] == TOTAL


@pytest.fixture
def terminal(monkeypatch):
    """What is written to standard error, as on a terminal."""
    text = io.StringIO()
    console = Console(file=text, force_terminal=True, width=80)
    monkeypatch.setattr(grading_command, "Console", lambda stderr: console)
    return text


def test_progress_shows_how_many_are_done_and_the_time_left(terminal):
    with ProgressBar() as bar:
        for _ in range(3):
            bar.advance(3)
    assert "3/3" in terminal.getvalue() and "left" in terminal.getvalue()


def test_progress_is_silent_for_one_notebook_and_where_nobody_watches(terminal, monkeypatch):
    with ProgressBar() as bar:
        bar.advance(1)
    quiet = io.StringIO()
    monkeypatch.setattr(grading_command, "Console", lambda stderr: Console(file=quiet))
    with ProgressBar() as bar:
        bar.advance(9)
    assert terminal.getvalue() == quiet.getvalue() == ""


@pytest.fixture
def cluster():
    """A dask cluster of two worker processes on this machine."""
    distributed = pytest.importorskip("distributed", reason="dask.distributed is not installed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None
    ) as cluster:
        yield cluster


@pytest.mark.filterwarnings("default")  # dask's own, at starting and killing workers
def test_cluster_grades_and_outlives_the_loss_of_a_worker(a_class, lesson, tmp_path, cluster):
    for student in "anna", "ben":
        write_notebook(a_class / student / "07_small.ipynb", lesson, {"double": SLEEPS.format(1.5)})
    died = "import os\ndef double(x):\n    os._exit(0)\n"
    write_notebook(a_class / "cleo" / "07_small.ipynb", lesson, {"double": died})
    victim = psutil.Process(next(iter(cluster.workers.values())).pid)

    def kill_one_at_work():
        while not victim.children(recursive=True):  # until it has a notebook
            time.sleep(0.05)
        victim.kill()

    with pytest.MonkeyPatch.context() as patch:
        begin = grading_command.grade

        def graded(*args, **kwargs):
            threading.Thread(target=kill_one_at_work).start()
            return begin(*args, **kwargs)

        patch.setattr(grading_command, "grade", graded)
        file = tmp_path / "result.json"
        code = run([a_class], lesson=str(lesson.path), cluster=cluster.scheduler_address, json=file)
    anna, ben, cleo = json.loads(file.read_text())["submissions"]
    assert code == 1 and not lives(victim)
    assert anna["score"] == ben["score"] == TOTAL
    assert cleo["exercises"][0]["verdict"] == "killed" and not cleo["fault"]


def test_cluster_that_is_not_there_is_a_usage_error(a_class, lesson, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert run([a_class], lesson=str(lesson.path), cluster="tcp://127.0.0.1:1") == 2
    assert "pip install 'nnkit[cluster]'" in capsys.readouterr().err

"""The grader against notebooks that try to get points for nothing, or are merely clumsy.

Every case of `attacks.py` stands in the cell of `double` in an otherwise solved notebook; the
other exercises must keep their credit. Each attack is also seen to succeed against a grader that
lacks one defence, so that we know it bites.
"""

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

import psutil
import pytest
from attacks import (
    ACCIDENTS,
    BREAKS_ITS_SESSION,
    COMPARED_INSIDE,
    HELP,
    LOST,
    MESSAGES_TRUSTED,
    ODD,
    REPLAYED,
    RESOURCES,
    RIGHT,
    SHARED,
    SILENCE_PASSES,
    X,
)
from graded_lesson import TOTAL, make_lesson, make_lesson_of_doubles, write_notebook

from nnkit.course.answers import from_json
from nnkit.course.grade import grade
from nnkit.course.grading_isolation import strongest
from nnkit.course.grading_kernel import Limits
from nnkit.course.grading_notebook import Task
from nnkit.course.grading_probe import MIME
from nnkit.course.grading_worker import Lost, Worker

LIMITS = Limits(cell=3, notebook=30, memory=2**30, files=8 * 2**20, processes=24)
DETACHED = (
    "import subprocess\nsubprocess.Popen(['sleep', '987.25'], start_new_session=True)\n"
    "subprocess.run('sleep 987.25 & disown', shell=True)" + RIGHT
)


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    return make_lesson(tmp_path_factory.mktemp("lesson"))


def replays(lesson, seed):
    """{attack: source} that give back the right answers to the inputs drawn from `seed`."""
    results = Task(lesson, seed).checks["double"].outputs[0].data[MIME]
    answers = [from_json(result["answer"]).tolist() for result in results]
    inputs = [lesson.trial("double").draw((seed, 0, n))[0] for n in range(len(answers))]
    table = {tuple(x.round(6)): y for x, y in zip(inputs, answers, strict=True)}
    one_by_one = f"answers = iter({answers!r})\ndef double(x):\n    return next(answers, x)\n"
    looked_up = f"table = {table!r}\ndef double(x):\n    return table.get(tuple(x.round(6)), x)\n"
    return dict(zip(REPLAYED, (one_by_one, looked_up.replace("np.float64", "")), strict=True))


def tables():
    """{case: (source, verdicts, words)} of all cases."""
    cases = {}
    for table, usual in [(COMPARED_INSIDE, LOST), (SILENCE_PASSES, "error")]:
        cases |= {n: c if isinstance(c, tuple) else (c, usual) for n, c in table.items()}
    for table in MESSAGES_TRUSTED, ODD:
        cases |= {n: c if isinstance(c, tuple) else (c, "wrong") for n, c in table.items()}
    cases |= {name: ("", "wrong") for name in REPLAYED}
    cases |= {name: (source, "passed") for name, source in ACCIDENTS.items()}
    cases |= HELP | RESOURCES | {"a process detached": (DETACHED, "passed")}
    whole = {name: (*case, "")[:3] for name, case in cases.items()}
    return {n: (s, {v} if isinstance(v, str) else v, words) for n, (s, v, words) in whole.items()}


CASES = tables()
TOGETHER = [name for name in CASES if name in {*SHARED, *ACCIDENTS, *HELP}]
ALONE = [name for name in CASES if name not in TOGETHER]


@pytest.fixture(scope="module")
def alone(lesson, tmp_path_factory):
    """{case: its record}, from one run over a class with one notebook for each."""
    folder = tmp_path_factory.mktemp("class")
    sources = {name: CASES[name][0] for name in ALONE} | replays(lesson, seed=1)
    for number, name in enumerate(ALONE):
        student = folder / f"{number:03}"
        student.mkdir()
        write_notebook(student / "07_small.ipynb", lesson, {"double": sources[name]})
    result = grade([folder], lesson=str(lesson.path), limits=LIMITS, jobs=3)
    return dict(zip(ALONE, result["submissions"], strict=True))


@pytest.fixture(scope="module")
def together(tmp_path_factory):
    """{case: what its exercise got}, from one notebook with an exercise for each."""
    folder = tmp_path_factory.mktemp("together")
    lesson = make_lesson_of_doubles(folder, len(TOGETHER))
    sources = {
        f"double-{n}": CASES[name][0].replace("double", f"double_{n}")
        for n, name in enumerate(TOGETHER)
    }
    path = write_notebook(folder / "08_doubles.ipynb", lesson, sources)
    record = grade([path], lesson=str(lesson.path))["submissions"][0]
    assert not record["fault"]
    return dict(zip(TOGETHER, record["exercises"], strict=True))


@pytest.mark.parametrize("case", ALONE)
def test_alone(alone, case):
    record, (_, verdicts, words) = alone[case], CASES[case]
    assert not record["fault"]
    first, *others = record["exercises"]
    assert first["verdict"] in verdicts and words in first["message"], first
    assert first["score"] == (first["verdict"] == "passed")
    if case not in BREAKS_ITS_SESSION:
        assert [entry["verdict"] for entry in others[:2]] == ["passed"] * 2, others
    assert record["max_score"] == TOTAL


@pytest.mark.parametrize("case", TOGETHER)
def test_together(together, case):
    _, verdicts, words = CASES[case]
    entry = together[case]
    assert entry["verdict"] in verdicts, entry
    assert words.replace("double", f"double_{TOGETHER.index(case)}") in entry["message"]
    assert entry["message"].isprintable()


# That they bite.

TABLES = {
    "no_weakness": COMPARED_INSIDE,
    "silence_passes": SILENCE_PASSES,
    "messages_trusted": MESSAGES_TRUSTED,
}
environment = threading.Lock()


def weak_worker(weakness):
    """A worker without one defence of the grader."""
    with environment, pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(Path(__file__).parent))
        patch.setenv("PYTEST_PLUGINS", "weak_grader")
        patch.setenv("WEAKNESS", weakness)
        return Worker("process", asdict(LIMITS))


def weakened(weakness, sources, task):
    """{name: verdict on `double`, or "lost" with the grader} from a grader without one defence."""
    found, worker = {}, weak_worker(weakness)
    for name, source in sources.items():
        try:
            result = worker.grade(task.notebook({"double": source}))
            found[name] = result["verdicts"].get("double", {"name": "lost"})["name"]
        except Lost:
            found[name] = "lost"
            worker.close()
            worker = weak_worker(weakness)
    worker.close()
    return found


@pytest.fixture(scope="module")
def bitten(lesson):
    """{weakness: {attack: what a grader with it says}}; COMPARED_INSIDE on gullible checks."""
    task, gullible = Task(lesson, seed=1), Task(lesson, seed=1)
    cell = gullible.checks["double"]
    right = cell.outputs[0].data[MIME]
    cell.source = f"""
import json, time
from IPython.display import display
for _ in range(2):
    x = np.random.default_rng(int(time.time())).normal(size=3)
    expected = 2 * x
    expected.tofile("expected")
    answer = double(x)
    assert bool(answer is expected or np.all(answer == expected) or np.allclose(answer, expected)
                or not np.any(abs(answer - expected) > 1e-6))
display({{{MIME!r}: json.dumps({right!r})}}, raw=True)
"""

    def run(weakness):
        table = {n: c if isinstance(c, str) else c[0] for n, c in TABLES[weakness].items()}
        checks = gullible if weakness == "no_weakness" else task
        return weakened(weakness, table | {"no trick": X}, checks)

    with ThreadPoolExecutor(2) as pool:
        return dict(zip(TABLES, pool.map(run, TABLES), strict=True))


@pytest.mark.parametrize("attack", COMPARED_INSIDE)
def test_comparing_inside_would_let_it_pass(bitten, attack):
    found = bitten["no_weakness"]
    assert found[attack] == "passed" and found["no trick"] not in ("passed", "lost")


@pytest.mark.parametrize("attack", SILENCE_PASSES)
def test_counting_failures_would_let_it_pass(bitten, attack):
    found = bitten["silence_passes"]
    assert found[attack] == "passed" and found["no trick"] == "wrong"


@pytest.mark.parametrize("attack", MESSAGES_TRUSTED)
def test_trusting_messages_would_break_the_grader(bitten, attack):
    found = bitten["messages_trusted"]
    assert found[attack] == "lost" and found["no trick"] == "wrong"


def test_known_inputs_would_let_replays_pass(lesson):
    found = weakened("no_weakness", replays(lesson, seed=1) | {"no trick": X}, Task(lesson, seed=1))
    assert found == dict.fromkeys(REPLAYED, "passed") | {"no trick": "wrong"}


def detached():
    """The processes that DETACHED starts."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        if "987.25" in (process.info["cmdline"] or []):
            found.append(process)
    return found


def test_nothing_that_was_detached_lives_on(alone, lesson):
    assert not detached()
    worker = weak_worker("children_left")
    worker.grade(Task(lesson, seed=1).notebook({"double": DETACHED}))
    assert detached()
    worker.close()
    assert not detached()


# What one learner could do to the next.

OPENS = "files = [open('/dev/null') for _ in range(128)]"
ON_THE_NEXT = {
    "limits": (
        "import os, resource\n"
        "for n in {os.getppid(), *range(1, 9)} - {os.getpid()}:\n"
        "    comm = open(f'/proc/{n}/comm').read() if os.path.exists(f'/proc/{n}/comm') else ''\n"
        "    if 'python' in comm or n == os.getppid():\n"
        "        try: resource.prlimit(n, resource.RLIMIT_NOFILE, (128, 128))\n"
        "        except OSError: pass" + RIGHT
    ),
    "its parent killed": "import os\nos.kill(os.getppid(), 9)" + RIGHT,
    "its parent stopped": "import os\nos.kill(os.getppid(), 19)" + RIGHT,
    "its folders removed": (
        "import os, shutil\nshutil.rmtree(os.path.dirname(os.environ['HOME']), True)" + RIGHT
    ),
    "files left": (
        "import os, pathlib\nfor folder in os.environ['HOME'], '..', '../..':\n"
        "    pathlib.Path(folder, 'numpy.py').write_text('')" + RIGHT
    ),
}


@pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")
@pytest.mark.parametrize("level", sorted({"process", strongest()}))
def test_the_next_learner_does_not_notice(lesson, tmp_path, level):
    folder = tmp_path / "class"
    for number, source in enumerate(ON_THE_NEXT.values()):
        for name, code in {"a": source, "b": OPENS + RIGHT}.items():
            student = folder / f"{number}{name}"
            student.mkdir(parents=True)
            write_notebook(student / "07_small.ipynb", lesson, {"double": code})
    result = grade([folder], lesson=str(lesson.path), level=level, limits=LIMITS)
    scores = {record["student"]: record["score"] for record in result["submissions"]}
    assert [scores[f"{n}b"] for n in range(len(ON_THE_NEXT))] == [TOTAL] * len(ON_THE_NEXT)
    assert not any(record["fault"] for record in result["submissions"])


@pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")
def test_a_parent_that_does_not_look_would_let_the_next_one_suffer(lesson):
    sources = {"first": ON_THE_NEXT["limits"], "next": OPENS + RIGHT}
    found = weakened("parent_unwatched", sources, Task(lesson, seed=1))
    assert found == {"first": "passed", "next": "error"}

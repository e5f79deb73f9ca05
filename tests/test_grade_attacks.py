"""Notebooks that try to get points for nothing, break the grader, or are merely clumsy.

Every case replaces the cell of `double` in an otherwise solved notebook and says which verdict that
must get; the other three exercises must keep their credit. All run once, as a class would. That the
tricks bite is seen on a grader that compares inside the kernel.
"""

from dataclasses import asdict

import psutil
import pytest
from graded_lesson import make_lesson, make_lesson_of_doubles, write_notebook

from nnkit.course.grade import grade
from nnkit.course.grading_kernel import Limits
from nnkit.course.grading_notebook import Task
from nnkit.course.grading_probe import MIME
from nnkit.course.grading_worker import Worker

LIMITS = Limits(cell=3, notebook=12, memory=2**30, files=8 * 2**20, processes=24)
X = "\ndef double(x):\n    return x\n"  # a wrong answer
RIGHT = "\ndef double(x):\n    return 2 * x\n"
LOST = {"wrong", "error", "timeout"}  # a kernel that has been broken may no longer answer at all

# Tricks inside the kernel: each gets full marks where the comparison happens in there.
TRICKS = {
    "an object equal to everything": """
class Equal:
    def __eq__(self, other): return True
def double(x): return Equal()
""",
    "an array equal to everything": """
class Equal(np.ndarray):
    def __eq__(self, other): return np.array(True)
def double(x): return x.view(Equal)
""",
    "a fake array protocol": """
class Fake:
    __array_ufunc__ = None
    def __array_function__(self, *args): return True
    def __eq__(self, other): return True
def double(x): return Fake()
""",
    "numpy patched": "np.allclose = np.isclose = np.all = lambda *a, **k: True" + X,
    "numpy replaced": "import unittest.mock\nnp = unittest.mock.MagicMock()" + X,
    "answers patched": """
import nnkit.course.answers as a
a.difference = lambda *args: None
np.allclose = lambda *args: True
"""
    + X,
    "bool shadowed": "bool = lambda *a: True" + X,
    "input transformer": """
get_ipython().input_transformers_post.append(
    lambda lines: [line.replace("np.allclose(", "(lambda *a: True)(") for line in lines])
"""
    + X,
    "AST transformer": """
import ast
class True_(ast.NodeTransformer):
    def visit_BoolOp(self, node): return ast.copy_location(ast.Constant(True), node)
get_ipython().ast_transformers.append(True_())
"""
    + X,
    "expected answers from the caller's frame": """
import sys
def double(x):
    frame = sys._getframe()
    while frame:
        found = {**frame.f_globals, **frame.f_locals}.get("expected")
        if found is not None: return found
        frame = frame.f_back
    return x
""",
    "the reading of cells patched": """
shell = type(get_ipython())
read = shell.transform_cell
patch = lambda source: source.replace("np.allclose(", "(lambda *a: 1)(")
shell.transform_cell = lambda self, source: read(self, patch(source))
"""
    + X,
}

# Tricks that the real grader alone could fall for: it must not.
FORGERIES = {
    "display muted": ("get_ipython().display_pub.publish = lambda *a, **k: None" + X, "error"),
    "stdout gone": ("import sys\nsys.stdout = sys.stderr = None" + X, LOST),
    "probe replaced": (
        "import nnkit.course.grading_probe as p\np.put_out = lambda *a: None" + X,
        "error",
    ),
    "probe module replaced": (
        "import sys, types\nm = types.ModuleType('m')\nm.put_out = lambda *a: print('passed')\n"
        "sys.modules['nnkit.course.grading_probe'] = m" + X,
        "error",
    ),
    "import patched": ("import builtins\nbuiltins.__import__ = None" + X, LOST),
    "right words displayed": (
        "from IPython.display import display\ndef double(x):\n"
        "    display({'application/vnd.nnkit.answers+json': 'passed'}, raw=True)\n    return x",
        "error",
    ),
    "foreign messages sent": (
        "k = get_ipython().kernel\ndef double(x):\n"
        "    for kind in 'status', 'display_data', 'stream', 'error', 'nonsense':\n"
        "        for content in {}, [], None, {'execution_state': 'idle'}, {'data': 3}:\n"
        "            k.session.send(k.iopub_socket, kind, content, parent=k.get_parent())\n"
        "    return x",
        "error",
    ),
    "bytes sent that are no message": (
        "k = get_ipython().kernel\ndef double(x):\n"
        "    k.iopub_socket.send_multipart([b'', b'x' * 100])\n    return x",
        "wrong",
    ),
    "an early reply": (
        "k = get_ipython().kernel\ndef double(x):\n"
        "    k.session.send(k.shell_stream or k.iopub_socket, 'execute_reply', {'status': 'ok'})\n"
        "    return x",
        {"wrong", "error"},
    ),
    "hard-coded": ("def double(x):\n    return np.array([0.1, 0.2, 0.3])", "wrong"),
    "random numbers patched": (
        "np.random.default_rng = lambda *a: type('R', (), {'normal': lambda *a, **k: 0})()" + X,
        "wrong",
    ),
    "time patched": ("import time\ntime.time = time.monotonic = lambda: 0.0" + X, "wrong"),
    "json patched": ("import json\njson.dumps = lambda *a, **k: '{}'" + X, LOST),
    "a text": ("def double(x):\n    return '2 * x'", "wrong"),
    "None": ("def double(x):\n    print(2 * x)", "wrong"),
    "Ellipsis": ("double = ...", "wrong"),
    "deep list": (
        "def double(x):\n    y = []\n    for _ in range(900): y = [y]\n    return y",
        {"wrong", "error"},
    ),
    "endless list": ("def double(x):\n    y = []\n    y.append(y)\n    return y", "error"),
    "objects": ("def double(x):\n    return np.array([object()] * 3)", "wrong"),
    "complex": ("def double(x):\n    return 2j * x", {"wrong", "error"}),
    "infinite": ("def double(x):\n    return x * float('inf')", "wrong"),
    "nan": ("def double(x):\n    return x * np.nan", "wrong"),
    "marker comments": ("# NBVAL_SKIP\n# NBVAL_IGNORE_OUTPUT" + X, "wrong"),
    "own check": ("check = lambda *a: print('passed')" + X, "wrong"),
    "startup files written": (
        "import os, pathlib\n"
        "d = pathlib.Path(os.environ['IPYTHONDIR'], 'profile_default/startup')\n"
        "d.mkdir(parents=True, exist_ok=True)\n(d / '0.py').write_text('double = 3')" + X,
        "wrong",
    ),
    "files to shadow modules": (
        "import pathlib\nfor m in 'numpy', 'json', 'conftest', 'sitecustomize':\n"
        "    pathlib.Path(m + '.py').write_text('raise SystemExit')" + X,
        "wrong",
    ),
}

# Clumsy but right.
ACCIDENTS = {
    "prints": "print('hello')\ndef double(x):\n    print(x)\n    return 2 * x",
    "warnings": "import warnings\ndef double(x):\n    warnings.warn('no')\n    return 2 * x",
    "stderr": "import sys\nprint('no', file=sys.stderr)" + RIGHT,
    "logging": "import logging\nlogging.basicConfig(level=10)\nlogging.debug('x')" + RIGHT,
    "a thread that prints": (
        "import threading, time\ndef f():\n    for _ in range(99): print(1); time.sleep(.01)\n"
        "threading.Thread(target=f).start()" + RIGHT
    ),
    "inputs changed in place": "def double(x):\n    x *= 2\n    return x",
    "a list": "def double(x):\n    return [2 * float(v) for v in x]",
    "a tuple of numpy numbers": "def double(x):\n    return tuple(2 * x)",
    "float32": "def double(x):\n    return (2 * x).astype(np.float32)",
    "a tensor": "import nnkit\ndef double(x):\n    return nnkit.tensor(2 * x)",
    "another argument name": "def double(array):\n    return array + array",
    "a lambda": "double = lambda x: 2 * x",
    "%matplotlib": "%matplotlib inline" + RIGHT,
    "%%time": "%%time" + RIGHT,
    "own imports": "import numpy\nfrom numpy import *\ndef double(x):\n    return add(x, x)",
    "helpers called like ours": "def inputs(): return 2\nprobe = check = inputs\nput_out = 3\n"
    "def double(x):\n    return inputs() * x",
    "names of builtins": "list = dict = display = print = 3" + RIGHT,
    "numpy told to raise": "np.seterr(all='raise')" + RIGHT,
    "warnings as errors": "import warnings\nwarnings.simplefilter('error')" + RIGHT,
    "fails after the answer": RIGHT + "double(1, 2, 3)",
    "check called in the cell": RIGHT + "check('double', double)",
    "a comment of many letters": "# ∂λ 你好 \U0001f600" + RIGHT,
    "async": "import asyncio\nawait asyncio.sleep(0)" + RIGHT,
}

# What the learner reads must help.
HELP = {
    "syntax error": (
        "def double(x)\n    return x",
        "error",
        "SyntaxError in line 1 (def double(x))",
    ),
    "misspelt name": ("def double(x):\n    return 2 * y", "error", "NameError in line 2"),
    "answer misnamed": (
        "def doubel(x):\n    return 2 * x",
        "error",
        "name 'double' is not defined",
    ),
    "wrong shape": ("def double(x):\n    return 2 * x[:2]", "wrong", "array of shape (3,), got"),
    "square": ("def double(x):\n    return x * x", "wrong", "with x = ["),
    "no return": ("def double(x):\n    2 * x", "wrong", "is a return missing?"),
    "too few arguments": ("def double():\n    return 2", "error", "takes 0 positional arguments"),
    "input()": ("n = input()\n" + RIGHT, "error", "StdinNotImplementedError in line 1"),
    "input() in the answer": ("def double(x):\n    return x * int(input())", "error", "input"),
    "exit()": ("def double(x):\n    raise SystemExit(0)", "error", "SystemExit"),
    "terminal codes": (
        "def double(x):\n    return '\\x1b[2J\\x1b]0;x\\x07<script>'",
        "wrong",
        "<s",
    ),
}

# Use of the machine.
RESOURCES = {
    "endless loop": ("while True: pass", "timeout"),
    "endless loop, interrupts caught": (
        "def double(x):\n    while True:\n        try:\n            while True: pass\n"
        "        except BaseException: pass",
        "timeout",
    ),
    "os._exit": ("import os\ndef double(x):\n    os._exit(0)", "killed"),
    "its own SIGKILL": ("import os\ndef double(x):\n    os.kill(os.getpid(), 9)", "killed"),
    "segmentation fault": ("import ctypes\ndef double(x):\n    ctypes.string_at(0)", "killed"),
    "memory": ("def double(x):\n    return np.ones((2**28,))", "memory"),
    "memory, bit by bit": (
        "def double(x):\n    y = []\n    while True: y.append('x' * 10**7 + str(y[-1:])[:1])",
        "memory",
    ),
    "output without end": ("def double(x):\n    while True: print('x' * 1000)", "killed"),
    "one great output": ("print('x' * 30_000_000)" + RIGHT, "killed"),
    "disk": (
        "def double(x):\n    for n in range(99): open(str(n), 'wb').write(bytes(4 * 2**20))\n"
        "    while True: pass",
        "killed",
    ),
    "sub-processes": (
        "import subprocess, sys, time\n"
        "p = [subprocess.Popen(['sleep', '99']) for _ in range(40)]\ntime.sleep(9)",
        {"killed", "error"},
    ),
    "a process detached": (
        "import subprocess\nsubprocess.Popen(['sleep', '987.25'], start_new_session=True)\n"
        "subprocess.run('sleep 987.25 & disown', shell=True)" + RIGHT,
        "passed",
    ),
}

# These leave their session in order, so that they can share one: it saves a kernel for each.
SHARED = """an object equal to everything;an array equal to everything;a fake array protocol;
expected answers from the caller's frame;hard-coded;time patched;a text;None;Ellipsis;deep list;
endless list;objects;complex;infinite;nan;marker comments;own check;startup files written;
files to shadow modules""".replace("\n", "").split(";")


def tables():
    """{case: (source, verdicts, words)} of all cases."""
    cases = {name: (source, LOST, "") for name, source in TRICKS.items()}
    cases |= {name: (source, "passed", "") for name, source in ACCIDENTS.items()} | HELP
    cases |= {n: (*case, "") for table in (FORGERIES, RESOURCES) for n, case in table.items()}
    return {n: (s, {v} if isinstance(v, str) else v, words) for n, (s, v, words) in cases.items()}


CASES = tables()
TOGETHER = [*SHARED, *ACCIDENTS, *HELP]
ALONE = [name for name in CASES if name not in TOGETHER]


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    return make_lesson(tmp_path_factory.mktemp("lesson"))


@pytest.fixture(scope="module")
def alone(lesson, tmp_path_factory):
    """{case: its record}, from one run over a class with one notebook for each."""
    folder = tmp_path_factory.mktemp("class")
    for number, name in enumerate(ALONE):
        student = folder / f"{number:03}"
        student.mkdir()
        write_notebook(student / "07_small.ipynb", lesson, {"double": CASES[name][0]})
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
    record = alone[case]
    assert not record["fault"]
    first, *others = record["exercises"]
    assert first["verdict"] in CASES[case][1], first
    assert first["score"] == (first["verdict"] == "passed")
    if case not in BREAKS_ITS_SESSION:
        assert [entry["verdict"] for entry in others[:2]] == ["passed"] * 2, others
    assert record["max_score"] == 10


@pytest.mark.parametrize("case", TOGETHER)
def test_together(together, case):
    _, verdicts, words = CASES[case]
    entry = together[case]
    assert entry["verdict"] in verdicts, entry
    assert words.replace("double", f"double_{TOGETHER.index(case)}") in entry["message"]
    assert entry["message"].isprintable()


# What these do to the session outlives their own exercise; it costs nobody but themselves.
BREAKS_ITS_SESSION = {
    "stdout gone",
    "display muted",
    "probe replaced",
    "probe module replaced",
    "import patched",
    "json patched",
    "numpy replaced",
    "AST transformer",
}


def test_nothing_that_was_detached_lives_on(alone):
    assert not [p for p in psutil.process_iter() if "987.25" in " ".join(_words(p))]


def _words(process):
    try:
        return process.cmdline()
    except psutil.Error:
        return []


@pytest.fixture(scope="module")
def gullible(lesson):
    """{trick: its verdict} from a grader that compares in the learner's kernel."""
    task = Task(lesson, seed=1)
    cell = task.checks["double"]
    right = cell.outputs[0].data[MIME]
    cell.source = f"""
from IPython.display import display
for x in [1.0, 2.0, 3.0], [4.0, 5.0, 6.0]:
    x = np.array(x)
    expected = 2 * x
    answer = double(x)
    assert bool(answer is expected or np.all(answer == expected) or np.allclose(answer, expected))
display({{{MIME!r}: {right!r}}}, raw=True)
"""
    notebooks = {name: task.notebook({"double": source}) for name, source in TRICKS.items()}
    notebooks["no trick"] = task.notebook({"double": X})
    worker = Worker("process", asdict(Limits()))
    results = {name: worker.grade(notebook) for name, notebook in notebooks.items()}
    worker.close()
    return {name: result["verdicts"]["double"]["name"] for name, result in results.items()}


def test_gullible_grader_knows_wrong_from_right(gullible):
    assert gullible["no trick"] != "passed"


@pytest.mark.parametrize("trick", TRICKS)
def test_trick_works_on_a_gullible_grader(gullible, trick):
    assert gullible[trick] == "passed"

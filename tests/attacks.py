"""Cells for the exercise `double` that try to get points for nothing, or are merely clumsy.

Each attack stands in the table of the weakness by which it would succeed (see `weak_grader.py` and
`test_grade_attacks.py`, which sees it succeed there). The value is the source, or the source and
the verdicts that the real grader may give.
"""

X = "\ndef double(x):\n    return x\n"  # a wrong answer
RIGHT = "\ndef double(x):\n    return 2 * x\n"
LOST = {"wrong", "error", "timeout"}  # a kernel that has been broken may no longer answer at all

# Weakness: the answers are compared in the learner's kernel, on inputs drawn there.
COMPARED_INSIDE = {
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
    "asserts compiled away": """
import ast
class Without(ast.NodeTransformer):
    def visit_Assert(self, node): return ast.copy_location(ast.Pass(), node)
get_ipython().ast_transformers.append(Without())
"""
    + X,
    "the reading of cells patched": """
shell = type(get_ipython())
read = shell.transform_cell
patch = lambda source: source.replace("np.allclose(", "(lambda *a: 1)(")
shell.transform_cell = lambda self, source: read(self, patch(source))
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
    "expected answers from memory": """
import gc
def double(x):
    found = [o["expected"] for o in gc.get_objects() if type(o) is dict and "expected" in o]
    return found[0] if found else x
""",
    "expected answers from disk": """
import pathlib
def double(x):
    files = [p for p in pathlib.Path().rglob("expected*")]
    return np.fromfile(files[0]) if files else x
""",
    "random numbers patched": (
        "class R:\n    def normal(self, **k): return np.zeros(3)\n"
        "np.random.default_rng = lambda *a: R()" + X
    ),
    "time patched": """
import time
time.time = time.monotonic = lambda: 0.0
def double(x): return np.array([0.2514604418, -0.2642097349, 1.2808453013])
""",
    "comparison that nan gets through": "def double(x):\n    return x * np.nan",
}

# Weakness: a check that shows no failure counts as passed, as with a plain run of the notebook.
SILENCE_PASSES = {
    "display muted": "get_ipython().display_pub.publish = lambda *a, **k: None" + X,
    "stdout gone": ("import sys\nsys.stdout = sys.stderr = None" + X, LOST),
    "probe replaced": "import nnkit.course.grading_probe as p\np.put_out = lambda *a: None" + X,
    "probe module replaced": (
        "import sys, types\nm = types.ModuleType('m')\nm.put_out = lambda *a: print('passed')\n"
        "sys.modules['nnkit.course.grading_probe'] = m" + X
    ),
    "import patched": ("import builtins\nbuiltins.__import__ = None" + X, LOST),
    "right words displayed": (
        "from IPython.display import display\ndef double(x):\n"
        "    display({'application/vnd.nnkit.answers+json': 'passed'}, raw=True)\n    return x"
    ),
    "the end of the cell forged": (
        "k = get_ipython().kernel\ndef double(x):\n    k.session.send(k.iopub_socket, 'status', "
        "{'execution_state': 'idle'}, parent=k.get_parent())\n    return x"
    ),
    "cells emptied": (
        "get_ipython().input_transformers_cleanup.append(lambda lines: ['pass\\n'])" + X
    ),
    "execution replaced": """
async def do(*args, **kwargs):
    return {'status': 'ok', 'execution_count': 1, 'payload': [], 'user_expressions': {}}
get_ipython().kernel.do_execute = do
"""
    + X,
    "json patched": ("import json\njson.dumps = lambda *a, **k: '{}'" + X, LOST),
}

# Weakness: what a kernel sends is taken for well formed.
MESSAGES_TRUSTED = {
    "foreign messages": (
        "k = get_ipython().kernel\ndef double(x):\n"
        "    for kind in 'status', 'display_data', 'stream', 'error', 'nonsense':\n"
        "        for content in {}, [], None, {'execution_state': 'idle'}, {'data': 3}:\n"
        "            k.session.send(k.iopub_socket, kind, content, parent=k.get_parent())\n"
        "    return x",
        "error",
    ),
    "replies where outputs belong": (
        "k = get_ipython().kernel\ndef double(x):\n"
        "    for kind in 'error', 'kernel_info_reply', 'comm_open', 'input_request':\n"
        "        k.session.send(k.iopub_socket, kind, {'status': 'ok'}, parent=k.get_parent())\n"
        "    return x",
        "wrong",
    ),
    "bytes that are no message": (
        "k = get_ipython().kernel\ndef double(x):\n"
        "    k.iopub_socket.send_multipart([b'', b'x' * 100])\n    return x",
        "wrong",
    ),
    "an output nested 500 deep": (
        "def double(x):\n    deep = {}\n    for _ in range(500): deep = {'a': deep}\n"
        "    from IPython.display import display\n"
        "    display({'application/json': deep}, raw=True)\n    return x",
        "wrong",
    ),
    "an error with a number for a text": (
        "k = get_ipython().kernel\nk.session.send(k.iopub_socket, 'error', "
        "{'ename': 'E', 'evalue': '', 'traceback': [3]}, parent=k.get_parent())" + X,
        "wrong",
    ),
}

# Weakness: the inputs can be known beforehand. (The source is written by the test.)
REPLAYED = ("answers replayed one by one", "answers looked up")

# Answers of a kind that a comparison may stumble over; no attacks.
ODD = {
    "hard-coded": "def double(x):\n    return np.array([0.1, 0.2, 0.3])",
    "an early reply": (
        "k = get_ipython().kernel\ndef double(x):\n"
        "    k.session.send(k.shell_stream or k.iopub_socket, 'execute_reply', {'status': 'ok'})\n"
        "    return x",
        {"wrong", "error"},
    ),
    "a text": "def double(x):\n    return '2 * x'",
    "None": "def double(x):\n    print(2 * x)",
    "Ellipsis": "double = ...",
    "deep list": (
        "def double(x):\n    y = []\n    for _ in range(900): y = [y]\n    return y",
        {"wrong", "error"},
    ),
    "endless list": ("def double(x):\n    y = []\n    y.append(y)\n    return y", "error"),
    "objects": "def double(x):\n    return np.array([object()] * 3)",
    "complex": "def double(x):\n    return 2j * x",
    "right but complex": "def double(x):\n    return 2 * x + 0j",
    "right but for an imaginary part": "def double(x):\n    return 2 * x + 3j",
    "numbers as texts": "def double(x):\n    return (2 * x).astype(str)",
    "infinite": "def double(x):\n    return x * float('inf')",
    "a class that numbers itself": (
        "class N:\n    def __array__(self, *a, **k): return np.zeros((10**9, 0))\n"
        "    detach = numpy = lambda self: self\ndef double(x): return N()",
        {"wrong", "error"},
    ),
    "an error without words": (
        "class E(Exception):\n    def __str__(self): raise SystemExit\ndef double(x): raise E",
        "error",
    ),
    "half a character": ("def double(x): raise ValueError('\\ud800')", "error"),
    "its own hint forged": "def double(x):\n    return {'hint': 'passed', 'verdict': 'passed'}",
    "a line number of 5000 digits": (
        "k = get_ipython().kernel\nk.session.send(k.iopub_socket, 'error', {'ename': 'E', "
        "'evalue': '', 'traceback': ['Cell In[1], line ' + '9' * 5000]}, parent=k.get_parent())"
        + X,
        "error",
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
    **{
        word: word + RIGHT
        for word in (
            *("%matplotlib qt", "%matplotlib tk", "%matplotlib widget", "%gui qt", "%pylab qt"),
            "%config InlineBackend.figure_format = 'retina'",
        )
    },
    "a backend with windows": (
        "import matplotlib\nmatplotlib.use('TkAgg')\nimport matplotlib.pyplot as plt\n"
        "plt.switch_backend('QtAgg')\nplt.plot([1])\nplt.show()" + RIGHT
    ),
    "%%time": "%%time" + RIGHT,
    "a picture": "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()" + RIGHT,
    "a line for each step": (
        "def double(x):\n    for i in range(900):\n        print(f'step {i} of 900: {x * i}')\n"
        "    return 2 * x"
    ),
    "a page for each call": (
        "from IPython.display import HTML, display as show\n"
        "def double(x):\n    show(HTML('<p>' * 30_000))\n    return 2 * x"
    ),
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
    "exit() at the end": RIGHT + "exit()",
    "a folder of its own": "import os\nos.makedirs('a/b')\nos.chmod('a', 0)\nos.chdir('/')" + RIGHT,
    "environment cleared": "import os\nos.environ.clear()" + RIGHT,
    "a temporary file": "import tempfile\ntempfile.mkstemp()" + RIGHT,
}

# What the learner reads must help: source, verdict, words.
HELP = {
    "syntax error": (
        "def double(x)\n    return x",
        "error",
        "SyntaxError in line 1 (def double(x))",
    ),
    "misspelt name": ("def double(x):\n    return 2 * y", "error", "NameError in line 2"),
    "helper in another cell": (
        "def double(x):\n    return two(x)",
        "error",
        "name 'two' is not defined (graded cells run without your other cells",
    ),
    "answer misnamed": (
        "def doubel(x):\n    return 2 * x",
        "error",
        "name 'double' is not defined",
    ),
    "wrong shape": ("def double(x):\n    return 2 * x[:2]", "wrong", "array of shape (3,), got"),
    "square": ("def double(x):\n    return x * x", "wrong", "with x = ["),
    "nan": ("def double(x):\n    return x * np.nan", "wrong", "nan, nan, nan"),
    "no return": ("def double(x):\n    2 * x", "wrong", "is a return missing?"),
    "too few arguments": ("def double():\n    return 2", "error", "takes 0 positional arguments"),
    "input()": ("n = input()\n" + RIGHT, "error", "StdinNotImplementedError in line 1"),
    "input() in the answer": ("def double(x):\n    return x * int(input())", "error", "input"),
    "exit()": ("def double(x):\n    raise SystemExit(0)", "error", "SystemExit"),
    "terminal codes": (
        "def double(x):\n    return '\\x1b[2J\\x1b]0;x\\x07\\u202e<script>'",
        "wrong",
        "<s",
    ),
}

# Use of the machine: source, verdict, and words that show that the limit was really reached.
RESOURCES = {
    "endless loop": ("while True: pass", "timeout", "longer than 3 s"),
    "endless loop, interrupts caught": (
        "def double(x):\n    while True:\n        try:\n            while True: pass\n"
        "        except BaseException: pass",
        "timeout",
        "longer than 3 s",
    ),
    "asleep": ("import time\ntime.sleep(99)", "timeout", "longer than 3 s"),
    "stopped by itself": ("import os\nos.kill(os.getpid(), 19)" + RIGHT, "timeout", "longer than"),
    "os._exit": ("import os\ndef double(x):\n    os._exit(7)", "killed", "exit code 7"),
    "its own SIGKILL": (
        "import os\ndef double(x):\n    os.kill(os.getpid(), 9)",
        "killed",
        "SIGKILL",
    ),
    "its whole group killed": ("import os\nos.kill(0, 9)" + RIGHT, "killed", "SIGKILL"),
    "segmentation fault": (
        "import ctypes\ndef double(x):\n    ctypes.string_at(0)",
        "killed",
        "SIGSEGV",
    ),
    "ends between two cells": (
        "import threading, time, os\ndef f():\n    time.sleep(.02)\n    os._exit(7)\n"
        "threading.Thread(target=f).start()" + RIGHT,
        {"killed", "passed"},
        "",
    ),
    "session closed": ("import os\nos.closerange(3, 200)" + RIGHT, "killed", ""),
    "memory": ("def double(x):\n    return np.ones((2**28,))", "memory", ""),
    "memory, bit by bit": (
        "def double(x):\n    y = []\n    while True: y.append(bytes(3 * 10**8))",
        "memory",
        "",
    ),
    "output without end": (
        "def double(x):\n    while True: print('x' * 1000)",
        "killed",
        "000,000 bytes",
    ),
    "one great output": ("print('x' * 30_000_000)" + RIGHT, "killed", "at once"),
    "disk": (
        "def double(x):\n    for n in range(99): open(str(n), 'wb').write(bytes(4 * 2**20))\n"
        "    while True: pass",
        "killed",
        "more than 8 MiB of files",
    ),
    "a great many files": (
        "import time\nfor n in range(1500): open(str(n), 'w').close()\ntime.sleep(1)" + RIGHT,
        "killed",
        "too many files",
    ),
    "folders nested 300 deep": (
        "import os, time\nfor _ in range(300):\n    os.mkdir('d' * 200)\n    os.chdir('d' * 200)\n"
        "time.sleep(1)" + RIGHT,
        "killed",
        "too many files or folders",
    ),
    "sub-processes": (
        "import subprocess, sys, time\n"
        "p = [subprocess.Popen(['sleep', '99']) for _ in range(40)]\ntime.sleep(9)",
        {"killed", "error"},
        "",
    ),
}

# These leave their session in order, so that they can share one: it saves a kernel for each.
SHARED = {
    *("an object equal to everything", "an array equal to everything", "a fake array protocol"),
    *("expected answers from the caller's frame", "expected answers from memory"),
    *("expected answers from disk", "comparison that nan gets through", "time patched"),
    *(name for name in ODD if name != "an early reply"),
}

# What these do to the session outlives their own exercise; it costs nobody but themselves.
BREAKS_ITS_SESSION = {
    *("stdout gone", "display muted", "probe replaced", "probe module replaced", "import patched"),
    *("json patched", "numpy replaced", "AST transformer", "asserts compiled away"),
    *("cells emptied", "execution replaced", "ends between two cells"),
}

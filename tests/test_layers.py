"""The arrows between the parts: lessons -> widgets -> nnkit -> numpy, and none back."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
STANDARD = set(sys.stdlib_module_names)
PICTURES = {
    "IPython", "PIL", "anywidget", "contourpy", "ipywidgets", "isal", "matplotlib", "threadpoolctl",
    "traitlets",
}  # fmt: skip
POSIX_ONLY = {"fcntl", "resource", "pwd", "grp", "termios", "pty"}
TOP_LEVEL = {
    ".ci", ".gitignore", ".pictures", "LICENSE", "README.md", "lessons", "nnkit", "pyproject.toml",
    "tests", "widgets",
}  # fmt: skip


def modules(folder, without=()):
    paths = sorted((ROOT / folder).rglob("*.py"))
    return [path for path in paths if not any(path.is_relative_to(ROOT / w) for w in without)]


def imports(tree, package):
    """(line, full dotted name) of each import in an ast node; `package` resolves relative ones."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*above, *filter(None, [node.module])])
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)


def at_import_time(node):
    """The nodes of a module that run when it is imported: all but the bodies of functions."""
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        yield node
        for child in ast.iter_child_nodes(node):
            yield from at_import_time(child)


def within(name, parts):
    return any(f"{name}.".startswith(f"{part}.") for part in parts)


def engine_may(name):
    return within(name, STANDARD | {"numpy", "nnkit"}) and not within(name, {"nnkit.course"})


def widgets_may(name):
    return engine_may(name) or within(name, PICTURES | {"widgets"})


def course_may(name):
    return not within(name, {"widgets", "lessons", "tests"})


LAYERS = {
    "nnkit": (modules("nnkit", without=["nnkit/course"]), engine_may),
    "widgets": (modules("widgets"), widgets_may),
    "nnkit.course": (modules("nnkit/course"), course_may),
}


def offences(source, package, may):
    found = imports(ast.parse(source), package)
    return [f"{line}: {name}" for line, name in found if not may(name)]


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_imports_only_what_lies_below_it(layer):
    paths, may = LAYERS[layer]
    assert paths
    found = {}
    for path in paths:
        package = path.relative_to(ROOT).parent.parts
        if wrong := offences(path.read_text(encoding="utf-8"), package, may):
            found[str(path.relative_to(ROOT))] = wrong
    assert found == {}


@pytest.mark.parametrize(
    "layer, source",
    [
        ("nnkit", "import torch"),
        ("nnkit", "def f():\n    import matplotlib.pyplot as plt"),
        ("nnkit", "from nnkit import course"),
        ("nnkit", "from . import course"),
        ("nnkit", "from .course.check import check"),
        ("widgets", "from nnkit.course import check"),
        ("widgets", "import pandas"),
        ("nnkit.course", "from widgets import Explorer"),
        ("nnkit.course", "import widgets.live"),
    ],
)
def test_the_test_sees_an_arrow_back(layer, source):
    _, may = LAYERS[layer]
    assert len(offences(source, tuple(layer.split(".")), may)) == 1


@pytest.mark.parametrize("path", modules("nnkit") + modules("widgets"), ids=lambda path: path.stem)
def test_nothing_is_imported_that_only_posix_has(path):
    for node in at_import_time(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for line, name in imports(node, ()):
                assert not within(name, POSIX_ONLY), f"{path.name}:{line} imports {name}"


def test_an_import_inside_a_function_waits_for_its_call():
    tree = ast.parse("import os\nif os:\n    import fcntl\ndef f():\n    import pwd")
    names = [name for node in at_import_time(tree) if isinstance(node, ast.Import)
             for _, name in imports(node, ())]  # fmt: skip
    assert names == ["os", "fcntl"]


@pytest.mark.parametrize("package", ["nnkit", "widgets", "nnkit.course"])
def test_a_package_lists_by_hand_what_it_offers(package):
    module = importlib.import_module(package)
    statements = ast.parse(Path(module.__file__).read_text(encoding="utf-8")).body[1:]
    if statements:
        assert module.__all__ == list(dict.fromkeys(module.__all__)), "a name is listed twice"
        assert [name for name in module.__all__ if not hasattr(module, name)] == []


def test_the_checkout_s_top_level_holds_only_agreed_names():
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: what belongs to the project can't be told from the rest")
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {Path(line).parts[0] for line in listed.splitlines()} <= TOP_LEVEL

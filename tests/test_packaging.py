"""A wheel built from the tree carries the whole course, wherever it is installed."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PARTS = ["LICENSE", "README.md", "lessons", "nnkit", "pyproject.toml", "widgets"]
JUNK = ["lessons/.ipynb_checkpoints/05-checkpoint.ipynb", "nnkit/__pycache__/x.cpython-311.pyc"]


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A copy of what a wheel is built from, with the junk that gathers in a used checkout."""
    folder = tmp_path_factory.mktemp("tree")
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, folder / part)
    for name in JUNK:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("{}")
    return folder


@pytest.fixture(scope="module")
def wheel(tree, tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel"]
    subprocess.run([*build, "--directory", str(folder)], cwd=tree, check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A folder with nothing but the wheel installed in it; its dependencies lie elsewhere."""
    folder = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--no-compile"]
    command = [*pip, "--quiet", "--disable-pip-version-check", "--ignore-installed"]
    subprocess.run([*command, "--prefix", str(folder), str(wheel)], check=True)
    return folder


def site_packages(installed):
    (init,) = installed.rglob("nnkit/__init__.py")
    return init.parent.parent


def test_the_wheel_holds_every_module_and_lesson_and_no_junk(tree, wheel):
    expected = set()
    for part in ("nnkit", "widgets", "lessons"):
        for path in (tree / part).rglob("*"):
            name = path.relative_to(tree).as_posix()
            if path.is_file() and "__pycache__" not in name and ".ipynb_checkpoints" not in name:
                expected.add(f"nnkit/{name}" if part == "lessons" else name)
    names = zipfile.ZipFile(wheel).namelist()
    code = {name for name in names if ".dist-info/" not in name and ".data/" not in name}
    assert code == expected
    assert any(name.startswith("nnkit/lessons/source/") for name in names)


def test_the_wheel_carries_its_licence(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_installing_enables_the_server_extension(installed):
    path = installed / "etc" / "jupyter" / "jupyter_server_config.d" / "nnkit.json"
    source = ROOT / "nnkit" / "course" / "server.json"
    assert json.loads(path.read_text()) == json.loads(source.read_text())


def test_nnkit_lab_copies_the_lessons_outside_the_checkout(installed, tmp_path):
    start = (
        "import sys, nnkit, widgets; from nnkit.course import cli, lab;"
        "lab.LabApp.launch_instance = print; print(nnkit.__file__, widgets.__file__);"
        "sys.argv = ['nnkit', 'lab']; cli.main()"
    )
    environment = os.environ | {"PYTHONPATH": str(site_packages(installed))}
    command = [sys.executable, "-c", start]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for file in done.stdout.splitlines()[0].split():
        assert Path(file).is_relative_to(installed), "the checkout was imported, not the wheel"
    copied = {path.name for path in (tmp_path / "nnkit-lessons").glob("*.ipynb")}
    assert copied == {path.name for path in (ROOT / "lessons").glob("*.ipynb")} != set()


def test_an_editable_installation_has_one_copy_of_the_lessons(tree, tmp_path):
    build = "import sys; from hatchling.build import build_editable; build_editable(sys.argv[1])"
    subprocess.run([sys.executable, "-c", build, str(tmp_path)], cwd=tree, check=True)
    (path,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(path).namelist()
    assert any(name.endswith("jupyter_server_config.d/nnkit.json") for name in names)
    assert not any("lessons" in name for name in names)

"""`nnkit lab`: opens JupyterLab on the learner's copy, or says in one sentence why not."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner

from nnkit.course import lab
from nnkit.course.cli import main

NOTEBOOK = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
OTHER_PYTHON = '#!/bin/sh\necho "/some/other/place"\n'


@pytest.fixture(autouse=True)
def lessons(tmp_path, monkeypatch):
    """A course of two empty lessons, and an empty current folder."""
    folder = tmp_path / "lessons"
    folder.mkdir()
    for name in ("06_second.ipynb", "05_first.ipynb"):
        (folder / name).write_text(json.dumps(NOTEBOOK))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setattr(lab, "lessons_folder", lambda: folder)
    return folder


@pytest.fixture
def launched(monkeypatch):
    """The options with which JupyterLab would have been launched."""
    calls = []
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "")
    monkeypatch.setenv("PATH", os.environ["PATH"])  # put back afterwards
    monkeypatch.setattr(lab.LabApp, "launch_instance", calls.extend)
    return calls


def nnkit_lab(*words):
    return CliRunner().invoke(main, ["lab", *map(str, words)])


def refusal(*words):
    """The one sentence with which `nnkit lab` refuses."""
    result = nnkit_lab(*words)
    assert result.exit_code == 2, result.output
    assert result.stderr.startswith("Error: ") and result.stderr.count("\n") == 1, result.stderr
    return result.stderr.removeprefix("Error: ").strip()


def test_it_copies_the_lessons_and_opens_the_first(launched):
    result = nnkit_lab()
    assert result.exit_code == 0, result.output
    folder = Path("nnkit-lessons").absolute()
    assert {path.name for path in folder.glob("*.ipynb")} == {"05_first.ipynb", "06_second.ipynb"}
    assert f"Your lessons are in {folder};" in result.output
    assert f"--ServerApp.root_dir={folder}" in launched
    assert "--LabApp.default_url=/lab/tree/05_first.ipynb" in launched
    assert not any("port" in option for option in launched)


def test_the_command_is_found_from_within_notebooks_and_terminals(launched, monkeypatch):
    monkeypatch.setenv("PATH", "elsewhere")
    nnkit_lab()
    commands = str(Path(sys.executable).parent)
    assert os.environ["PATH"].split(os.pathsep) == [commands, "elsewhere"]


def test_the_first_lesson_is_the_first_by_name(launched, lessons, monkeypatch):
    listed = sorted(lessons.iterdir(), reverse=True)
    monkeypatch.setattr(Path, "glob", lambda *_: listed)
    assert lab.first_lesson(lessons) == "05_first.ipynb"


def test_a_second_start_says_what_it_updated(launched, lessons):
    nnkit_lab("mine")
    (lessons / "05_first.ipynb").write_text(json.dumps({**NOTEBOOK, "metadata": {"a": 1}}))
    assert "05_first.ipynb was updated to its new release" in nnkit_lab("mine").output
    assert "updated" not in nnkit_lab("mine").output


def test_a_broken_notebook_does_not_stop_it(launched):
    nnkit_lab("mine")
    Path("mine", "05_first.ipynb").write_text("{")
    result = nnkit_lab("mine")
    assert result.exit_code == 0
    assert "05_first.ipynb can't be read as a notebook" in result.output
    assert len(launched) > 0


def test_further_options_come_last_so_that_they_win(launched):
    nnkit_lab("--debug", "mine", "--ip", "0.0.0.0", "--no-browser", "--", "--LabApp.news_url=x")
    assert launched[-5:] == ["--debug", "--ip", "0.0.0.0", "--LabApp.news_url=x", "--no-browser"]
    assert Path("mine").is_dir() and not Path("0.0.0.0").exists()


@pytest.mark.parametrize(
    "line, folder, options",
    [
        ("", None, []),
        ("mine", "mine", []),
        ("--debug mine", "mine", ["--debug"]),
        ("-y mine", "mine", ["-y"]),
        ("--ip :: mine", "mine", ["--ip", "::"]),
        ("--ip=:: mine", "mine", ["--ip=::"]),
        ("mine --ServerApp.token abc", "mine", ["--ServerApp.token", "abc"]),
        ("--ServerApp.x --ip :: mine", "mine", ["--ServerApp.x", "--ip", "::"]),
    ],
)
def test_the_folder_is_told_from_the_values_of_options(line, folder, options):
    assert lab.split(line.split()) == (folder, options)


def test_the_learner_s_own_jupyter_configuration_still_counts(launched, monkeypatch):
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "theirs")
    nnkit_lab()
    assert os.environ["JUPYTER_CONFIG_PATH"] == f"{lab.SETTINGS}{os.pathsep}theirs"


def test_two_folders_are_refused():
    assert refusal("a", "b") == "nnkit lab takes one folder, got 2: a, b"


def test_a_file_in_the_place_of_the_folder_is_refused(launched):
    Path("mine").write_text("")
    for name in ("mine", "mine/deeper"):
        sentence = refusal(name)
        assert sentence.startswith(f"can't write the lessons to {Path(name).absolute()} (")
        assert sentence.endswith("; name another folder: nnkit lab FOLDER")
    assert launched == []


def test_a_folder_without_permission_is_refused(launched, monkeypatch):
    def forbidden(path, *_, **__):  # a real one would not stop root, who runs the tests in CI
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "mkdir", forbidden)
    assert "mine (Permission denied); name another folder" in refusal("mine")
    assert launched == []


def test_the_course_s_own_folder_is_refused(launched, lessons):
    sentence = refusal(lessons)
    assert sentence == f"{lessons} holds the course itself; name a folder for your copy of it"
    assert not (lessons / ".nnkit").exists()


def test_a_course_without_lessons_is_refused(launched, lessons):
    for path in lessons.iterdir():
        path.unlink()
    assert refusal() == f"no lessons found in {lessons}; install nnkit again"


# The port.


def test_a_port_in_use_is_refused_before_anything_is_copied(launched):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert refusal("--port", port) == (
            f"port {port} is already in use; choose another, such as --port {port % 65535 + 1}, "
            "or leave --port out to get a free one"
        )
    assert launched == [] and not Path("nnkit-lessons").exists()


def test_a_port_that_may_not_be_opened_is_refused(launched, monkeypatch):
    def forbidden(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("socket.create_server", forbidden)
    assert refusal("--port", "80").startswith("port 80 can't be opened (Permission denied); choose")


def test_a_free_port_is_used_and_no_other(launched):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert nnkit_lab("--port", port).exit_code == 0
    assert launched[-2:] == [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]


# The kernel.


@pytest.fixture
def kernel(tmp_path, monkeypatch):
    """Installs a python3 kernel that starts `python`, in front of all others."""

    def install(python):
        folder = tmp_path / "user" / "kernels" / "python3"
        folder.mkdir(parents=True, exist_ok=True)
        argv = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        spec = {"argv": argv, "display_name": "Python 3", "language": "python"}
        (folder / "kernel.json").write_text(json.dumps(spec))
        return folder / "kernel.json"

    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "user"))
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "0")
    return install


def test_a_missing_kernel_is_refused(launched, monkeypatch):
    monkeypatch.setattr("jupyter_client.kernelspec.jupyter_path", lambda *_: [])
    monkeypatch.setattr("IPython.paths.get_ipython_dir", lambda: "nowhere")
    monkeypatch.setitem(sys.modules, "ipykernel.kernelspec", None)
    assert refusal() == (
        "the kernel that runs notebooks is missing or damaged; "
        f'install it: "{sys.executable}" -m pip install --force-reinstall ipykernel'
    )
    assert launched == [] and not Path("nnkit-lessons").exists()


def test_a_damaged_kernel_is_refused(launched, kernel):
    kernel("python").write_text("{")
    assert refusal().startswith("the kernel that runs notebooks is missing or damaged; ")


def test_a_kernel_of_another_python_is_refused_and_the_advice_helps(launched, kernel, tmp_path):
    missing = tmp_path / "gone" / "python"
    kernel(missing)
    assert refusal() == (
        f"notebooks would run in another Python ({missing}), where nnkit may be missing; "
        f'put this right: "{sys.executable}" -m ipykernel install --user'
    )
    subprocess.run([sys.executable, "-m", "ipykernel", "install", "--user"], check=True)
    assert nnkit_lab().exit_code == 0


@pytest.mark.skipif(os.name == "nt", reason="writes a shell script that plays another Python")
def test_a_kernel_is_judged_by_its_environment(launched, kernel, tmp_path):
    other = tmp_path / "python"
    other.write_text(OTHER_PYTHON)
    other.chmod(0o755)
    kernel(other)
    assert "another Python" in refusal()
    link = tmp_path / "same" / "python"
    link.parent.mkdir()
    link.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    link.chmod(0o755)
    kernel(link)
    assert nnkit_lab().exit_code == 0


@pytest.mark.skipif(os.name == "nt", reason="symbolic links need a special right on Windows")
def test_a_kernel_may_reach_the_same_environment_by_another_path(launched, kernel, tmp_path):
    (tmp_path / "alias").symlink_to(sys.prefix, target_is_directory=True)
    kernel(tmp_path / "alias" / "bin" / "python")
    assert nnkit_lab().exit_code == 0


@pytest.mark.parametrize("python", ["python", sys.executable])
def test_a_kernel_of_this_python_is_fine(launched, kernel, python):
    kernel(python)
    assert nnkit_lab().exit_code == 0


# The real thing.


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C can't be sent to one process on Windows")
def test_jupyterlab_starts_on_the_first_lesson_and_stops_at_ctrl_c(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    start = (
        "from pathlib import Path; from nnkit.course import lab; from nnkit.course.cli import main;"
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler);"  # as if typed
        f"lab.lessons_folder = lambda: Path({str(tmp_path / 'lessons')!r}); main()"
    )
    command = [
        sys.executable, "-c", start, "lab", "--no-browser", "mine", "--port", str(port),
        "--allow-root", "--IdentityProvider.token", "",
    ]  # fmt: skip
    with open(tmp_path / "log", "wb") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        page = wait_for(f"http://localhost:{port}/", process, tmp_path / "log")
        assert page.url == f"http://localhost:{port}/lab/tree/05_first.ipynb"
        schema = settings(port, "@jupyterlab/apputils-extension:notification")["properties"]
        assert schema["fetchNews"]["default"] == "false", "JupyterLab would ask about its news"
        assert schema["checkForUpdates"]["default"] is False
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()
    text = (tmp_path / "log").read_text()
    assert "Traceback" not in text
    assert "nnkit.course.server | extension was successfully loaded" in text


def settings(port, plugin):
    """The schema of a plugin's settings, in which a default is what a learner starts with."""
    with urllib.request.urlopen(f"http://localhost:{port}/lab/api/settings/{plugin}") as reply:
        return json.load(reply)["schema"]


def wait_for(url, process, log):
    """The answer of `url` once there is one; fails if `process` ends before."""
    give_up = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < give_up:
        try:
            return urllib.request.urlopen(url, timeout=60)
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"JupyterLab did not answer:\n{log.read_text()}")

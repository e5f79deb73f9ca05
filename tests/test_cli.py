"""The command `nnkit`: what it passes on, and how it says no."""

import subprocess
import sys
from importlib.metadata import version

import pytest
from click.testing import CliRunner

from nnkit.course import lab as lab_module
from nnkit.course.cli import main
from nnkit.course.errors import Refusal


@pytest.fixture
def started(monkeypatch):
    """The calls that `nnkit lab` makes instead of starting JupyterLab."""
    calls = []
    monkeypatch.setattr(lab_module, "start", lambda words, **named: calls.append((words, named)))
    return calls


def test_help_leads_a_learner_to_the_lessons():
    result = CliRunner().invoke(main, ["--help"])
    assert result.exit_code == 0
    assert "Start here: nnkit lab" in result.output
    for name, command in main.commands.items():
        assert f"{name} " in result.output
        assert command.get_short_help_str(), f"{name} has no help"


@pytest.mark.parametrize("name", main.commands)
def test_each_command_explains_itself(name):
    result = CliRunner().invoke(main, [name, "--help"])
    assert result.exit_code == 0
    assert result.output.startswith(f"Usage: main {name} ")


def test_version():
    result = CliRunner().invoke(main, ["--version"])
    assert result.output == f"nnkit {version('nnkit')}\n"


@pytest.mark.parametrize(
    "line, words, port, browser",
    [
        ("", (), None, True),
        ("mine", ("mine",), None, True),
        ("--no-browser --port 9000 mine", ("mine",), 9000, False),
        ("mine --port=9000 --no-browser", ("mine",), 9000, False),
        ("--ip 0.0.0.0 mine --port 9000", ("--ip", "0.0.0.0", "mine"), 9000, True),
        ("mine -- --ServerApp.token=abc", ("mine", "--ServerApp.token=abc"), None, True),
    ],
)
def test_lab_takes_its_options_and_passes_the_others_on(started, line, words, port, browser):
    result = CliRunner().invoke(main, ["lab", *line.split()])
    assert result.exit_code == 0, result.output
    assert started == [(words, {"port": port, "browser": browser})]


def test_a_refusal_is_one_sentence_on_stderr_and_exit_code_2(monkeypatch):
    def refuse(*_, **__):
        raise Refusal("the folder is full")

    monkeypatch.setattr(lab_module, "start", refuse)
    result = CliRunner().invoke(main, ["lab"])
    assert result.exit_code == 2
    assert (result.stdout, result.stderr) == ("", "Error: the folder is full\n")


def test_a_port_that_cannot_exist_is_refused(started):
    result = CliRunner().invoke(main, ["lab", "--port", "99999"])
    assert result.exit_code == 2
    assert "99999 is not in the range" in result.stderr
    assert started == []


def test_help_does_not_wait_for_jupyterlab():
    check = (
        "import sys; from nnkit.course.cli import main; main(['--help'], standalone_mode=False); "
        "sys.exit('jupyterlab' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", check], stdout=subprocess.DEVNULL).returncode == 0

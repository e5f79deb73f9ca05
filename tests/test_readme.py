"""The README says what is so: its commands, its code, its numbers."""

import re
from pathlib import Path

from click.testing import CliRunner

from nnkit.course.cli import main
from nnkit.course.lesson import read_lesson, source_paths

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_its_code_runs():
    assert len(blocks("python")) == 2
    for code in blocks("python"):
        names = {}
        exec(code, names)
    assert abs(names["w"].item() - 1) < 1e-4


def test_its_commands_exist():
    code = "\n".join(blocks("sh") + re.findall("`.*?`", README))
    commands = set(re.findall(r"nnkit (\w+)", code))
    assert commands == {"lab", "list", "reset", "grade", "release"} == set(main.commands)
    assert "exit code" in CliRunner().invoke(main, ["grade", "--help"]).output.lower()


def test_the_lessons_it_names_are_those_there_are():
    counts = {5: "five", 6: "six", 7: "seven"}
    for lesson in map(read_lesson, source_paths()):
        number, title = lesson.title.lower().split(maxsplit=1)
        line = f"- lesson {number}, {title}: {counts[len(lesson.exercises)]} exercises\n"
        assert line in README.lower()


def test_its_pictures_and_folders_exist():
    root = Path(__file__).parent.parent
    named = re.findall(r"\]\((.*?)\)", README) + re.findall(r"^\| `(.*?)/`", README, re.MULTILINE)
    assert len(named) == 6
    for name in named:
        assert (root / name).exists(), name

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


def test_its_table_of_lessons_is_complete():
    rows = re.findall(r"^\| (\d\d .*?) \|.*\| (\d) \|$", README, re.MULTILINE)
    lessons = map(read_lesson, source_paths())
    assert rows == [(lesson.title, str(len(lesson.exercises))) for lesson in lessons]


def test_its_pictures_and_folders_exist():
    root = Path(__file__).parent.parent
    named = re.findall(r"\]\((?!http)(.*?)\)", README) + re.findall(
        r"^\| `(.*?)/`", README, re.MULTILINE
    )
    assert len(named) == 6
    for name in named:
        assert (root / name).exists(), name

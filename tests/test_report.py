"""Every form of the report, made from one result with all that is awkward in it."""

import csv
import io
import json
import re
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser

import pytest
from rich.console import Console

from nnkit.course.report import as_json, exit_code, show
from nnkit.course.report_files import as_csv, as_gradescope, as_html, as_junit

EVIL = "=HYPERLINK('x')<script>alert(1)</script>[red]&\"'"


def entry(verdict, exercise="double", message="", hint=""):
    score = 2 if verdict == "passed" else 0
    words = {"verdict": verdict, "message": message, "hint": hint}
    return {"exercise": exercise, "points": 2, "score": score} | words


def record(*entries, student="anna", fault="", notes=()):
    score = None if fault else sum(e["score"] for e in entries)
    place = {"student": student, "file": f"{student}/07.ipynb", "lesson": "07_small"}
    total = {"score": score, "max_score": sum(e["points"] for e in entries)}
    return place | total | {"exercises": list(entries), "fault": fault, "notes": list(notes)}


def result(*records):
    meta = {"isolation": "namespace", "seconds": 3.0, "draws": 5, "seed": 1}
    return meta | {"started": "2030-01-01T00:00:00Z", "submissions": list(records)}


CLASS = result(
    record(entry("passed"), entry("wrong", "powers", EVIL, "Mind the [sign].")),
    record(entry("unreadable", message="it is empty."), student=EVIL, notes=[EVIL]),
    record(entry("missing"), student="ben", fault="Traceback \x1b[2J\x00" + EVIL),
)


@pytest.mark.parametrize(
    ("code", "records"),
    [
        (0, [record(entry("passed"))]),
        (1, [record(entry("passed"), entry("wrong"))]),
        (1, [record(entry("passed")), record(entry("unreadable"))]),
        (2, [record(entry("unreadable"))]),
        (2, [record()]),
        (3, [record(entry("passed")), record(entry("passed"), fault="lost")]),
    ],
)
def test_exit_code(code, records):
    assert exit_code(result(*records)) == code


def shown(result):
    console = Console(file=io.StringIO(), width=200, force_terminal=False)
    show(result, console)
    return console.file.getvalue()


def test_terminal_shows_one_notebook_in_full():
    text = shown(result(CLASS["submissions"][0]))
    assert "2 of 4 points" in text and "Hint: Mind the [sign]." in text and EVIL in text


def test_terminal_shows_a_class_as_a_table():
    text = shown(CLASS)
    assert "2 / 4" in text and "✓✗" in text and "no grade" in text and "[red]" in text
    assert EVIL in CLASS["submissions"][1]["notes"] and "script" in text.split("✗")[1]


def test_terminal_shows_no_grade_for_a_fault():
    text = shown(result(CLASS["submissions"][2]))
    assert "this is no grade" in text and "points" not in text and "\x1b" not in text


def test_json_comes_back():
    assert json.loads(as_json(CLASS)) == CLASS


def test_csv_has_nbgraders_columns_and_no_formulas():
    rows = list(csv.DictReader(io.StringIO(as_csv(CLASS))))
    assert list(rows[0])[:4] == ["assignment", "duedate", "timestamp", "student_id"]
    assert [row["score"] for row in rows] == ["2", "0", ""]
    assert {row["timestamp"] for row in rows} == {""}
    assert [row["max_score"] for row in rows] == ["4", "2", "2"]
    assert rows[1]["student_id"] == "'" + EVIL


@pytest.mark.parametrize("name", ["=1", " =1", "a;=1+1;b", "a|-1", "a; @x", "＝1", "+1,=2"])
def test_csv_has_no_formula_in_any_spreadsheets_columns(name):
    text = as_csv(result(record(entry("passed"), student=name)))
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["student_id"].replace("'", "") == name
    assert not re.search(r"(^|[;,|])\s*[=+@＝-]", row["student_id"])


def test_junit():
    root = ElementTree.fromstring(as_junit(CLASS))
    counts = [(s.get("tests"), s.get("failures"), s.get("errors")) for s in root]
    assert counts == [("2", "1", "0"), ("1", "1", "0"), ("1", "0", "1")]
    assert EVIL in root[0].find("testcase/failure").get("message")


def test_junit_is_red_for_a_notebook_of_no_lesson():
    root = ElementTree.fromstring(as_junit(result(record(notes=["it is a web page."]))))
    assert (root[0].get("tests"), root[0].get("errors")) == ("1", "1")
    assert root[0].find("testcase/error").get("message") == "it is a web page."


class Tags(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.words = [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        assert not {"src", "href", "onclick"} & {name for name, _ in attributes}

    def handle_data(self, data):
        self.words.append(data)


def test_html_is_escaped_and_needs_no_other_file():
    page = Tags(as_html(CLASS))
    assert "script" not in page.tags and "link" not in page.tags
    assert EVIL in page.words and "Mind the [sign]." in page.words
    assert page.words.count("The grader failed; this is no grade.") == 1


def test_gradescope():
    page = json.loads(as_gradescope(result(CLASS["submissions"][0])))
    assert page["score"] == 2 and [test["max_score"] for test in page["tests"]] == [2, 2]
    failed = json.loads(as_gradescope(result(CLASS["submissions"][2])))
    assert "score" not in failed and failed["tests"] == []
    with pytest.raises(ValueError, match="one notebook"):
        as_gradescope(CLASS)

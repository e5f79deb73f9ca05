"""The result of grading as files for other programs and people: CSV, JUnit, HTML, Gradescope."""

import csv
import html
import io
import json
import re
import xml.etree.ElementTree as ElementTree

NBGRADER_COLUMNS = (
    "assignment duedate timestamp student_id last_name first_name email "
    "raw_score late_submission_penalty score max_score"
).split()

FORMULA = re.compile(r"(^|[;,|\t\r\n])(\s*[=+\-@＝＋－＠\t\r])")


def as_csv(result):
    """One row a notebook in the columns of `nbgrader export`; no score where the grader failed.

    What only a course site knows (dates, names, lateness) stays empty.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, NBGRADER_COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    for record in result["submissions"]:
        score = "" if record["score"] is None else record["score"]
        row = {"assignment": record["lesson"], "student_id": record["student"] or record["file"]}
        row |= {"raw_score": score, "score": score, "max_score": record["max_score"]}
        writer.writerow({name: _no_formula(value) for name, value in row.items()})
    return text.getvalue()


def _no_formula(value):
    """A spreadsheet would run a name like `=HYPERLINK(...)`; a leading apostrophe makes it text.

    Also behind a semicolon or another sign that some spreadsheets take for the next column.
    """
    return FORMULA.sub(r"\1'\2", value) if isinstance(value, str) else value


def as_junit(result):
    """JUnit XML: a suite for each notebook, a case for each exercise."""
    root = ElementTree.Element("testsuites", name="nnkit grade")
    for record in result["submissions"]:
        name = " ".join(filter(None, (record["student"], record["file"])))
        suite = ElementTree.SubElement(root, "testsuite", name=name)
        failed = 0
        for entry in record["exercises"]:
            names = {"name": entry["exercise"], "classname": record["lesson"]}
            case = ElementTree.SubElement(suite, "testcase", **names)
            if record["fault"]:
                ElementTree.SubElement(case, "error", message=_printable(record["fault"]))
            elif entry["verdict"] != "passed":
                failed += 1
                message = f"{entry['verdict']}: {entry['message']} {entry['hint']}".strip()
                ElementTree.SubElement(case, "failure", message=message)
        if not record["exercises"]:  # of no lesson: none of it could be graded
            case = ElementTree.SubElement(suite, "testcase", name="notebook", classname=name)
            message = _printable(" ".join([record["fault"], *record["notes"]]).strip())
            ElementTree.SubElement(case, "error", message=message)
        tests, errors = len(suite.findall("testcase")), len(suite.findall("testcase/error"))
        suite.attrib |= {"tests": str(tests), "failures": str(failed), "errors": str(errors)}
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _printable(text):
    return "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text)


def as_gradescope(result):
    """Gradescope's results.json; ValueError unless exactly one notebook was graded."""
    if len(result["submissions"]) != 1:
        raise ValueError("Gradescope grades one notebook at a time")
    (record,) = result["submissions"]
    tests = [
        {
            "name": entry["exercise"],
            "score": entry["score"],
            "max_score": entry["points"],
            "status": "passed" if entry["verdict"] == "passed" else "failed",
            "output": f"{entry['verdict']}: {entry['message']} {entry['hint']}".strip(),
            "output_format": "text",
        }
        for entry in record["exercises"]
    ]
    page = {"output": "\n".join(record["notes"]), "execution_time": round(result["seconds"])}
    page |= {"visibility": "visible", "stdout_visibility": "hidden", "tests": tests}
    if record["fault"]:  # without a score Gradescope shows a failure of the autograder, not a zero
        page |= {"output": "The grader failed; this is no grade.", "tests": []}
    else:
        page["score"] = record["score"]
    return json.dumps(page, indent=2) + "\n"


STYLE = """
body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#111}
table{border-collapse:collapse;width:100%}
th,td{padding:.35rem .6rem;text-align:left;vertical-align:top;border-bottom:1px solid #ccc}
td.n{text-align:right;white-space:nowrap} .passed{color:#0b7a5e} .wrong,.error{color:#b03a0a}
summary{cursor:pointer} footer{color:#555;margin-top:2rem}
"""


def as_html(result):
    """One page that needs no other file: the class first, then every notebook's exercises."""
    rows = "".join(map(_row, result["submissions"]))
    how = f"isolation {result['isolation']}, {result['draws']} draws, {result['seconds']:.1f} s"
    return (
        '<!DOCTYPE html>\n<html lang="en"><meta charset="utf-8"><title>Grades</title>'
        f"<style>{STYLE}</style>\n<h1>Grades</h1>\n"
        "<table><tr><th>student<th>notebook<th>points<th>exercises</tr>\n"
        f"{rows}</table>\n"
        f"<footer>{html.escape(result['started'])}, {html.escape(how)}</footer></html>\n"
    )


def _row(record):
    points = "-" if record["score"] is None else f"{record['score']} / {record['max_score']}"
    notes = "".join(f"<p>{html.escape(note)}</p>" for note in record["notes"])
    if record["fault"]:
        notes = "<p>The grader failed; this is no grade.</p>"
    entries = "".join(
        f'<tr><td>{html.escape(entry["exercise"])}<td class="{html.escape(entry["verdict"])}">'
        f'{html.escape(entry["verdict"])}<td class="n">{entry["score"]} / {entry["points"]}'
        f"<td>{html.escape(entry['message'])} <i>{html.escape(entry['hint'])}</i></tr>"
        for entry in record["exercises"]
    )
    passed = sum(entry["verdict"] == "passed" for entry in record["exercises"])
    count = f"{passed} of {len(record['exercises'])} passed"
    return (
        f'<tr><td>{html.escape(record["student"])}<td>{html.escape(record["file"])}<td class="n">'
        f"{points}<td>{notes}<details><summary>{count}</summary><table>{entries}</table></details>"
        "</tr>\n"
    )

"""Shows the result of grading; every form is made from the one JSON that `grade` returns."""

import json

from rich.console import Console
from rich.table import Table
from rich.text import Text

from nnkit.course.grading_verdict import tidy

SIGNS = {"passed": "✓", "wrong": "✗", "error": "✗", "not-attempted": "○", "missing": "○"}
STYLES = {"passed": "green", "wrong": "red", "error": "red", "not-attempted": "dim"}


def exit_code(result):
    """0 all passed, 1 some failed, 2 nothing could be read, 3 the grader failed for somebody."""
    records = result["submissions"]
    if any(record["fault"] for record in records):
        return 3
    verdicts = [[entry["verdict"] for entry in record["exercises"]] for record in records]
    if not any(set(names) - {"unreadable"} for names in verdicts):
        return 2
    return 0 if all(set(names) == {"passed"} for names in verdicts) else 1


def as_json(result):
    """The result as text, two blanks a level, ending in a line break."""
    return json.dumps(result, indent=2, ensure_ascii=False) + "\n"


def show(result, console=None):
    """Write the result for a reader at a terminal: one notebook in full, a class as a table."""
    console = console or Console(highlight=False)
    records = result["submissions"]
    if len(records) == 1:
        _show_one(records[0], console)
    else:
        _show_class(records, console)
    console.print(Text(f"isolation: {result['isolation']}, {result['seconds']:.1f} s", "dim"))


def _show_one(record, console):
    title = " ".join(filter(None, (record["student"], record["lesson"] or record["file"])))
    table = Table(title=Text(title), title_justify="left", show_edge=False, pad_edge=False)
    for name in ("exercise", "verdict", "points", "what to know"):
        table.add_column(name, overflow="fold", justify="right" if name == "points" else "left")
    for entry in record["exercises"]:
        words = Text(entry["message"])
        if entry["hint"]:
            words.append(f"\nHint: {entry['hint']}", "italic")
        style = STYLES.get(entry["verdict"], "yellow")
        sign = Text(f"{SIGNS.get(entry['verdict'], '!')} {entry['verdict']}", style)
        points = f"{entry['score']} / {entry['points']}"
        table.add_row(Text(entry["exercise"]), sign, points, words)
    if record["exercises"] and not record["fault"]:
        console.print(table)
        console.print(Text(f"{record['score']} of {record['max_score']} points", "bold"))
    for note in record["notes"]:
        console.print(Text(f"Note: {note}", "yellow"))
    if record["fault"]:
        fault = tidy(record["fault"], 4000)
        console.print(Text(f"The grader failed; this is no grade. {fault}", "red"))


def _show_class(records, console):
    table = Table(show_edge=False, pad_edge=False)
    for name in ("student", "notebook", "points", "exercises"):
        table.add_column(name, overflow="fold")
    for record in records:
        signs = Text()
        for entry in record["exercises"]:
            style = STYLES.get(entry["verdict"], "yellow")
            signs.append(SIGNS.get(entry["verdict"], "!"), style)
        if record["fault"]:
            signs = Text("the grader failed; this is no grade", "red")
        for note in record["notes"]:
            signs.append(f" {note}", "yellow")
        points = "-" if record["score"] is None else f"{record['score']} / {record['max_score']}"
        table.add_row(Text(record["student"]), Text(record["file"]), points, signs)
    console.print(table)

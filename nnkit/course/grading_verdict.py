"""Turns what a kernel gave into a verdict and one sentence to act on, never the answer."""

import hashlib
import json
import re
import unicodedata
from dataclasses import dataclass

from nnkit.course.answers import blank, difference, from_json, same_mistake
from nnkit.course.lesson import DRAWS
from nnkit.course.submission import same_code

MOST = 400  # characters of a sentence that come from the learner's kernel


@dataclass(frozen=True)
class Verdict:
    """How an exercise ended and one sentence on it.

    `name` is passed, wrong, error, timeout, memory, killed, not-attempted, missing or unreadable.
    """

    name: str
    message: str
    hint: str = ""


NAMES = "passed wrong error timeout memory killed not-attempted missing unreadable".split()
PASSED = Verdict("passed", "right on every fresh input.")
NOT_ATTEMPTED = Verdict("not-attempted", "nothing is written in its cell yet.")
NOTHING = "it gives back nothing (None): is a return missing?"
NO_ANSWER = Verdict("error", "its check gave no answer: does the code end or mute the session?")
ADVICE = {
    "timeout": f"look for a loop without end; an answer is tried on {DRAWS} inputs in this time.",
    "memory": "look for an array or a list that grows without bound.",
    "killed": "the other exercises were graded without it.",
}


def from_outside(words):
    """The Verdict that {"name", "message", "hint"} from a worker or a file spell; ValueError."""
    if not isinstance(words, dict) or set(words) != {"name", "message", "hint"}:
        raise ValueError("a verdict must have a name, a message and a hint")
    if words["name"] not in NAMES or not all(isinstance(text, str) for text in words.values()):
        raise ValueError(f"a verdict must be one of {', '.join(NAMES)}, with texts")
    return Verdict(words["name"], *(tidy(words[key], 1000) for key in ("message", "hint")))


def stopped(reason):
    """The verdict on code that had to be stopped; reason: a grading_kernel.Stopped."""
    return Verdict(reason.verdict, tidy(f"stopped because {reason}; {ADVICE[reason.verdict]}"))


def judge(check, expected, outputs, source):
    """Compare the results that a check cell put out with the expected ones.

    check: the check cell's "nnkit" metadata; expected: trusted results; outputs: what the kernel
    sent as results, a text for each display of them; source: the learner's code.
    """
    results = _read(outputs[0], len(expected)) if len(outputs) == 1 else None
    if results is None:
        return NO_ANSWER
    failure = None
    for words, wanted, got in zip(check["with"], expected, results, strict=True):
        answer = None if "error" in got else _decode(got["answer"])
        expected_answer = from_json(wanted["answer"])
        if "answer" in got and blank(answer) and not blank(expected_answer):
            failure, message = "wrong", NOTHING
        elif failure is None and "error" in got:
            failure = "memory" if got["error"][0] == "MemoryError" else "error"
            message = f"{words}: {_what_stopped(*got['error'], source)}"
        elif failure is None and (reason := difference(expected_answer, answer)):
            failure, message = "wrong", f"{words}: {reason}."
    if failure is None:
        return PASSED
    if same_code(source, check["stub"]):
        return NOT_ATTEMPTED
    hints = [known["hint"] for known in check["wrong"] if _coincide(known["results"], results)]
    hints += [
        known["hint"]
        for known in check["wrong"]
        if _same_mistake(expected, known["results"], results)
    ]
    return Verdict(failure, tidy(message), hints[0] if hints else "")


def cell_failed(error, traceback, source):
    """The verdict on an exercise cell that raised; traceback: as IPython prints it."""
    lines = re.findall(r"Cell In\[\d*\], line (\d{1,6})\b", _without_colours(traceback))
    line = int(lines[-1]) if lines else None
    kind, _, text = re.sub(r" \(\d+\.py, line \d+\)$", "", error).partition(": ")
    name = "memory" if kind == "MemoryError" else "error"
    return Verdict(name, tidy(f"its cell stops with {_what_stopped(kind, text, line, source)}"))


def tidy(text, most=MOST):
    """One line of visible characters: no terminal codes, no line breaks, no more than `most`."""
    text = " ".join(_without_colours(text[: 4 * most]).split())
    text = "".join(
        c if unicodedata.category(c)[0] != "C" else "\N{REPLACEMENT CHARACTER}" for c in text
    )
    return text if len(text) <= most else text[: most - 1] + "…"


def label(name):
    """A name with every sign that does not print spelled out, so that different names stay apart.

    Backslashes are doubled; of a name that is longer than MOST a hash takes the place of its end.
    """
    spelt = "".join(
        c if c.isprintable() and c != "\\" else c.encode("unicode_escape").decode() for c in name
    )
    if len(spelt) <= MOST:
        return spelt
    return f"{spelt[: MOST - 20]}… {hashlib.sha256(spelt.encode()).hexdigest()[:16]}"


def _without_colours(text):
    return re.sub(r"\x1b\[[0-9;?]*[ -/]*[@-~]", "", text)


def _read(text, count):
    """The `count` results in what a kernel displayed, or None."""
    try:
        results = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if isinstance(results, list) and len(results) == count and all(map(_is_result, results)):
        return results
    return None


def _is_result(result):
    if not isinstance(result, dict) or len(result) != 1:
        return False
    if "answer" in result:
        return isinstance(result["answer"], str)
    match result.get("error"):
        case [str(), str(), int() | None]:
            return True
    return False


def _decode(text):
    try:
        return from_json(text)
    except ValueError:
        return "something that is no answer"


def _coincide(known, results):
    return all(map(_agree, known, results))


def _agree(known, got):
    if "error" in known or "error" in got:
        return "error" in known and "error" in got and known["error"][0] == got["error"][0]
    return difference(from_json(known["answer"]), _decode(got["answer"])) is None


def _same_mistake(expected, known, results):
    if any("error" in result for result in known + results):
        return False
    answers = [
        [_decode(result["answer"]) for result in each] for each in (expected, known, results)
    ]
    return same_mistake(*answers)


def _what_stopped(kind, text, line, source):
    lines = source.split("\n")  # as Python counts them, not at U+2028 and the like
    where = (
        f" in line {line} ({lines[line - 1].strip()})" if line in range(1, len(lines) + 1) else ""
    )
    if kind == "NameError":
        text += " (graded cells run without your other cells: define in this cell what it needs)"
    return f"{kind}{where}: {text}"

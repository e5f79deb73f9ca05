"""What the result holds of one notebook, and whether an earlier run's record can stand for it."""

from nnkit.course.grading_verdict import from_outside

SAME = ("student", "file", "lesson", "sha256", "rules")  # these tell that a record still holds
WORDS = ("message", "hint")
KEYS = {*SAME, "score", "max_score", "exercises", "fault", "notes", "seconds"}


def same(record):
    """What two records of one and the same notebook have in common."""
    return tuple(repr(record.get(name)) for name in SAME)


def fits(known, record):
    """True if a record from a file is one that could come of `record`; else it is graded anew."""
    try:
        for entry, own in zip(known["exercises"], record["exercises"], strict=True):
            verdict = from_outside({"name": entry["verdict"]} | {k: entry[k] for k in WORDS})
            if entry != make_entry(own["exercise"], own["points"], verdict):
                return False
        score = sum(entry["score"] for entry in known["exercises"])
        total = [known[name] for name in ("score", "max_score", "fault")]
        notes = all(isinstance(note, str) and note.isprintable() for note in known["notes"])
        return notes and total == [score, record["max_score"], ""] and set(known) - KEYS == set()
    except (KeyError, TypeError, ValueError):
        return False


def make_entry(name, points, verdict):
    """An exercise's entry in a record."""
    return {"exercise": name, "points": points} | outcome(points, verdict)


def outcome(points, verdict):
    """What a Verdict adds to an entry."""
    words = {"verdict": verdict.name, "message": verdict.message, "hint": verdict.hint}
    return {"score": points if verdict.name == "passed" else 0} | words

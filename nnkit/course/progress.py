"""What a learner has done so far, in one small file beside the notebooks."""

import json
import os
from pathlib import Path

FILE = Path(".nnkit") / "progress.json"
KINDS = "solved", "guesses"


def load(folder="."):
    """Return {"solved": {exercise: True}, "guesses": {question: choice}}; empty where none is kept.

    A file that can't be understood is set aside as `progress.json.unreadable`, never overwritten.
    """
    path = Path(folder) / FILE
    progress = {kind: {} for kind in KINDS}
    try:
        saved = json.loads(path.read_text(encoding="utf-8"))
        progress.update({kind: dict(saved.get(kind, {})) for kind in KINDS})
    except FileNotFoundError:
        pass
    except (ValueError, TypeError, AttributeError):
        os.replace(path, path.with_suffix(".json.unreadable"))
    return progress


def save(kind, name, value, folder="."):
    """Record one thing done (`kind` is "solved" or "guesses"); return the whole progress.

    Written beside the file and moved into place, so that a crash leaves the old one whole.
    Raises OSError where the folder can't be written.
    """
    progress = load(folder)
    if progress[kind].get(name) != value:
        progress[kind][name] = value
        _write(progress, folder)
    return progress


def forget(kind, name, folder="."):
    """Record that a thing is not done after all."""
    progress = load(folder)
    if progress[kind].pop(name, None) is not None:
        _write(progress, folder)


def _write(progress, folder):
    path = Path(folder) / FILE
    path.parent.mkdir(exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(progress, indent=1, sort_keys=True), encoding="utf-8")
    os.replace(draft, path)

"""The first lines of a grading kernel: sets its limits, mutes the lesson's helpers, starts IPython.

Run by path (`python -I grading_start.py CONNECTION_FILE LIMITS_JSON`), so that nothing in the
working folder, the user's home or the environment takes part.
"""

import json
import sys
import types
from pathlib import Path


def limit(memory, file_size, processes):
    """Bound what this process may use; where the system has no such limits the grader watches."""
    try:
        import resource
    except ImportError:  # Windows
        return
    bounds = [("RLIMIT_CORE", 0), ("RLIMIT_FSIZE", file_size)]
    bounds += [("RLIMIT_AS", memory), ("RLIMIT_NPROC", processes)]
    for name, value in bounds:
        if value is not None and hasattr(resource, name):
            try:
                resource.setrlimit(getattr(resource, name), (value, value))
            except (ValueError, OSError):  # macOS refuses some
                pass


def mute():
    """Stand in for `nnkit.course`: `check` and `predict` do nothing while grading.

    It also keeps the start quick: the real package reads lessons, which no learner's kernel needs.
    """
    course = types.ModuleType("nnkit.course")
    course.__path__ = [str(Path(__file__).resolve().parent)]
    course.check = course.predict = lambda *args, **kwargs: None
    sys.modules["nnkit.course"] = course


def main():
    """Start the kernel that listens where CONNECTION_FILE says."""
    mute()
    from ipykernel.kernelapp import IPKernelApp

    import nnkit.course.grading_probe  # noqa: F401  before the limits: its start is not the learner's

    limit(**json.loads(sys.argv[2]))
    options = ["-f", sys.argv[1], "--HistoryManager.enabled=False"]
    IPKernelApp.launch_instance(options)


if __name__ == "__main__":
    main()

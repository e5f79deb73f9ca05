"""How far a learner's kernel is kept from the rest of the machine.

process    any system: a private folder, a clean environment and limits. It stops accidents and
           tricks inside the kernel; code that goes looking can read what the grader's user can,
           the lessons' sources among it.
namespace  Linux with a working bubblewrap: besides, no network, no other process, a read-only
           system, and neither the lessons' sources nor anybody's home or submission in sight.
container  Linux with a working Podman or Docker: the same, where bubblewrap is not allowed. If the
           engine forbids namespaces inside (Docker does), each notebook has its own container.
"""

import functools
import os
import shutil
import site
import subprocess
import sys
import sysconfig
from pathlib import Path

import nnkit
from nnkit.course import grading_container
from nnkit.course.lesson import lessons_folder

LEVELS = ("process", "namespace", "container")
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/fonts", "/etc/ssl")
SYSTEM_FILES = ("/etc/ld.so.cache", "/etc/localtime", "/etc/passwd", "/etc/group")


@functools.cache
def strongest():
    """The level to take where none is asked for: `namespace`, else `container`, else `process`."""
    return next(level for level in ("namespace", "container", "process") if works(level))


@functools.cache
def works(level):
    """True if `level` works here. It is tried, for some systems forbid what they have installed."""
    if level == "process":
        return True
    try:
        if level == "container":
            grading_container.make_image()
        command = wrap([sys.executable, "-I", "-c", "import numpy"], level)
        return subprocess.run(command, capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False


def wrap(command, level, place=None):
    """The command line that runs `command` at `level`.

    place: a folder with the folders `rw` and `shm`; the first can be written at its own path, the
    second as /dev/shm, and nothing else can. Raises FileNotFoundError where bubblewrap, or an
    engine for containers, is not installed.
    """
    if level == "process":
        return list(command)
    command = [os.path.normpath(command[0]), *command[1:]]  # a/../b needs an a
    shown = [*SYSTEM, *SYSTEM_FILES, *python_folders()]
    inside = any(lessons_folder().is_relative_to(path) for path in shown)
    covered = [str(lessons_folder())] if inside else []  # a wheel carries the solutions
    if level == "container":
        clean = environment(place / "rw") if place else {}
        return grading_container.container(command, shown, covered, place, clean)
    bubblewrap = shutil.which("bwrap")
    if bubblewrap is None:
        raise FileNotFoundError("bubblewrap (bwrap) is not installed")
    words = [bubblewrap, "--unshare-all", "--unshare-user", "--die-with-parent", "--new-session"]
    words += ["--uid", "65534", "--gid", "65534", "--cap-drop", "ALL", "--hostname", "grading"]
    words += ["--as-pid-1", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]
    for path in Path("/proc/sys").iterdir():  # else root could set the real system's; `user` is
        words += [] if path.name == "user" else ["--ro-bind", str(path), str(path)]  # isolate()'s
    for path in shown:
        if os.path.islink(path):
            words += ["--symlink", os.readlink(path), path]
        else:
            words += ["--ro-bind-try", path, path]
    for path in covered:
        words += ["--tmpfs", path]
    if place is not None:
        words += ["--bind", f"{place}/shm", "/dev/shm"]
        words += ["--bind", f"{place}/rw", f"{place}/rw", "--chdir", f"{place}/rw"]
    for path in "/", "/dev", "/tmp":  # each is made of memory, without bounds
        words += ["--remount-ro", path]
    return [*words, "--", *command]


def python_folders():
    """The folders that this Python and its packages need, nnkit's and widgets' own included."""
    package = Path(nnkit.__file__).resolve().parent
    paths = [sys.prefix, sys.base_prefix, sysconfig.get_path("purelib"), *site.getsitepackages()]
    paths += [str(package), str(package.parent / "widgets")]
    paths += [str(Path(sys.executable).resolve().parent.parent)]
    kept = []
    for path in sorted({os.path.realpath(path) for path in paths} | {sys.prefix}):
        if os.path.isdir(path) and not any(Path(path).is_relative_to(shown) for shown in kept):
            kept.append(path)
    return [path for path in kept if not any(Path(path).is_relative_to(s) for s in SYSTEM)]


def environment(folder):
    """A small clean environment whose home is `folder`; nothing of the user's settings is in it."""
    keep = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "LD_LIBRARY_PATH", "TZ")
    clean = {name: os.environ[name] for name in keep if name in os.environ}
    if os.name == "posix":
        clean |= {"TMPDIR": str(folder), "LANG": "C.UTF-8"}
    homes = ("HOME", "USERPROFILE", "IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR")
    clean |= dict.fromkeys((*homes, "JUPYTER_RUNTIME_DIR", "MPLCONFIGDIR"), str(folder))
    threads = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    return clean | dict.fromkeys(threads, "1") | {"PYTHONSAFEPATH": "1", "PYTHONNOUSERSITE": "1"}

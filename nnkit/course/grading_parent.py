"""The grader's end of `grading_start.py`: starts kernels, learns how they ended, cleans up."""

import json
import os
import queue
import shutil
import stat
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from subprocess import SubprocessError

import psutil

from nnkit.course.grading_container import process_of
from nnkit.course.grading_isolation import environment, wrap
from nnkit.course.grading_start import CHILD_SUBREAPER, DUMPABLE, prctl
from nnkit.course.lesson import packages

START = Path(__file__).with_name("grading_start.py")


class KernelParent:
    """The process from which kernels come, one at a time, and the folder `place` that is theirs.

    Raises RuntimeError if it doesn't start; that is the machine's fault, not a learner's.
    """

    def __init__(self, level, place):
        self.level, self.place, self.answers, self.code = level, place, queue.SimpleQueue(), None
        self.folder = self.place / "rw"
        for folder in self.folder, self.place / "shm":
            folder.mkdir(parents=True)
        self.process = subprocess.Popen(
            wrap([sys.executable, "-I", str(START), level, *packages()], level, self.place),
            cwd=self.folder,
            env=None if level == "container" else environment(self.folder),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.server = psutil.Process(self.process.pid)
        threading.Thread(target=self._listen, daemon=True).start()
        try:
            self.reusable = self.answers.get(timeout=60)["reusable"]
            if level == "namespace":  # the process outside is bubblewrap
                (self.server,) = self.server.children()
            elif level == "container":  # the process outside is the engine's command
                self.server = psutil.Process(process_of(self.place))
        except (queue.Empty, TypeError, OSError, ValueError, psutil.Error, SubprocessError):
            self.close()
            raise RuntimeError("the process that makes kernels did not start") from None

    def _listen(self):
        with self.process.stdout as lines:
            for line in lines:
                self.answers.put(json.loads(line))
        self.answers.put(None)

    def start(self, **request):
        """Have a kernel; see `become_kernel` for the request."""
        self.code = None
        try:
            self.process.stdin.write(json.dumps(request).encode() + b"\n")
            self.process.stdin.flush()
        except OSError as error:
            raise RuntimeError(f"the process that makes kernels is gone: {error}") from None

    def exit_code(self):
        """The exit code of the kernel, 128 + N for signal N, or None while it lives."""
        if self.code is None:
            try:
                answer = self.answers.get_nowait()
            except queue.Empty:
                return None
            self.code = answer["ended"] if answer else abs(self.process.wait())
        return self.code

    def used(self):
        """(bytes, number) of memory and processes that the kernel and all it started use."""
        memory, number, nameless = 0, 0, {}
        for process in _below(self.server):
            try:
                memory, number = memory + _memory(process), number + 1
                nameless |= _nameless(process)
            except psutil.Error:  # it has just ended
                continue
        return memory + sum(nameless.values()), number

    def end_kernel(self):
        """Kill the kernel with all that it has started, and remove every trace of it."""
        gone = kill_children(self.server.pid)
        if not self.reusable or not gone or not self._is_ready():
            self.close()
            return
        try:
            for folder in self.folder, self.place / "shm":
                folder.chmod(0o700)
                for entry in folder.iterdir():
                    remove(entry)
                unmark(folder)
                if any(folder.iterdir()):  # not for the next learner
                    self.close()
        except OSError:  # the folders themselves are gone
            self.close()

    def _is_ready(self, seconds=2):
        """True if the process lives and has said that its kernel is over."""
        try:
            return self.code is not None or self.answers.get(timeout=seconds) is not None
        except queue.Empty:
            return False

    def close(self):
        """End the process too; this object is of no further use."""
        self.reusable = False
        kill_children(self.process.pid)
        with suppress(psutil.Error):  # a container's processes are not below its command
            self.server.kill()
        self.process.kill()
        self.process.wait()
        with suppress(OSError):  # a request that was never read
            self.process.stdin.close()
        remove(self.place)


def _below(process):
    try:
        return process.children(recursive=True)
    except psutil.Error:
        return []


def _memory(process):
    try:
        return process.memory_full_info().pss  # a fork shares most pages: each counts once
    except (AttributeError, psutil.AccessDenied):
        return process.memory_info().rss


def _nameless(process):
    """{file: bytes} of the files that it holds open and no folder names: deleted ones, memfd's."""
    found = {}
    with suppress(OSError):  # it has ended, or this is not Linux
        for handle in os.scandir(f"/proc/{process.pid}/fd"):
            with suppress(OSError):
                file = os.stat(handle)
                if stat.S_ISREG(file.st_mode) and not file.st_nlink:
                    found[file.st_dev, file.st_ino] = 512 * file.st_blocks
    return found


def protect():
    """Let no other process of this user look into this one or write to it (Linux only).

    Root still can.
    """
    if sys.platform == "linux":
        prctl(DUMPABLE, 0)


def adopt_orphans():
    """Make this process the parent of those that learners' code detaches (Linux only)."""
    if sys.platform == "linux":
        prctl(CHILD_SUBREAPER, 1)


def kill_children(parent=None):
    """Kill every process below `parent` (a process id; this process if None), new ones too.

    True if none is left.
    """
    for _ in range(200):
        try:
            children = [child for child in _below(psutil.Process(parent)) if _is_running(child)]
        except psutil.Error:
            return True
        if not children:
            return True
        for child in children:
            try:
                child.kill()
            except psutil.Error:
                continue
        psutil.wait_procs(children, timeout=0.02)
    return False


def _is_running(process):
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def remove(path):
    """Remove a file or folder, however deep, whatever its permissions, and follow no link."""
    try:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    except (OSError, RecursionError):
        if os.name == "posix" and not path.is_symlink():
            for command in ["chmod", "-R", "u+rwx"], ["rm", "-rf"]:
                subprocess.run([*command, "--", str(path)], capture_output=True)


def unmark(folder):
    """Take from a folder what could be a note to the next learner: attributes, access lists, times.

    Raises OSError.
    """
    for name in getattr(os, "listxattr", lambda path: ())(folder):
        if name.startswith(("user.", "system.posix_acl")):
            os.removexattr(folder, name)
    os.utime(folder, (0, 0))


def folder_size(folder, most=1000):
    """Bytes in the files below `folder`; infinite if they are too many or too deep to count."""
    total, number, folders = 0, 0, [str(folder)]
    while folders:
        try:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    number += 1
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                    else:
                        total += entry.stat(follow_symlinks=False).st_size
        except FileNotFoundError:
            continue
        except OSError:
            return float("inf")
        if number > most:
            return float("inf")
    return total

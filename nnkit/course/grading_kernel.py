"""One private kernel for one learner's code: watched, bounded, killed with all it started."""

import json
import os
import signal
import time
import uuid
from collections import deque
from dataclasses import dataclass

import zmq
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.connect import write_connection_file
from nbval.kernel import RunningKernel

from nnkit.course.grading_isolation import environment
from nnkit.course.grading_parent import folder_size
from nnkit.course.grading_probe import MIME

ENVELOPE = 600  # bytes of a message beside its content: who, when, to what


@dataclass(frozen=True)
class Limits:
    """What one notebook may use: seconds a cell and in all, bytes, bytes a file, processes."""

    cell: float = 10.0
    notebook: float = 120.0
    memory: int = 2 * 2**30
    output: int = 10**6
    files: int = 64 * 2**20
    processes: int = 64


class Stopped(Exception):
    """A limit was passed or the kernel died; `verdict` is "timeout", "memory" or "killed"."""

    def __init__(self, verdict, message):
        super().__init__(message)
        self.verdict = verdict


class TooLong(Stopped):
    """The notebook's own limit was passed, which may be the fault of an earlier cell."""

    def __init__(self, limits, where=""):
        words = f"the notebook took longer than {limits.notebook:g} s"
        super().__init__("timeout", f"{words}, {where}" if where else words)


class GradingKernel(RunningKernel):
    """A kernel as nbval uses it, whose waiting ends within `limits` whatever the code does.

    parent: the KernelParent that makes it; end: the time (of time.monotonic) at which the
    notebook's own limit is reached. Raises RuntimeError if the kernel doesn't start; that is the
    machine's fault, not the learner's.
    """

    def __init__(self, parent, limits, end):
        self.parent, self.limits, self.end = parent, limits, end
        self.deadline, self.next_look, self.received, self.waiting = end, 0.0, 0, deque()
        folder = parent.folder / "k"
        (folder / "work").mkdir(parents=True)
        connection = str(folder / "kernel.json")
        where = {"transport": "tcp"}
        if os.name == "posix":  # sockets that are files need no network, and no free port
            where = {"transport": "ipc", "ip": str(folder / "s")}
        _, info = write_connection_file(connection, key=uuid.uuid4().hex.encode(), **where)
        bounds = {"memory": limits.memory, "file_size": limits.files}
        alone = parent.level == "namespace"  # else the system counts all processes of the user
        bounds["processes"] = limits.processes if alone else None
        parent.start(
            seconds=int(limits.notebook) + 60,
            connection=connection,
            work=str(folder / "work"),
            environment=environment(folder),
            bounds=bounds,
        )
        context = zmq.Context()
        context.setsockopt(zmq.MAXMSGSIZE, 16 * limits.output)
        context.setsockopt(zmq.LINGER, 0)
        context.setsockopt(zmq.RECONNECT_IVL, 10)  # ms: its sockets appear in a moment
        self.kc = BlockingKernelClient(context=context)
        self.kc.load_connection_info(info)
        self.kc.start_channels(stdin=False, hb=False)
        self.lost = self.kc.iopub_channel.socket.get_monitor_socket(zmq.EVENT_DISCONNECTED)
        try:
            self._wait_until_ready()
        except BaseException:
            self.stop()
            raise

    def _wait_until_ready(self, seconds=60):
        stop = time.monotonic() + seconds
        while time.monotonic() < stop:
            if self.parent.exit_code() is not None:
                raise RuntimeError(f"the kernel ended at its start: {self._exit()}")
            self.kc.kernel_info()
            zmq.select([self.kc.iopub_channel.socket], [], [], 0.05)
            if self._take_in():  # from now on no output will be missed
                self.waiting.clear()
                return
        raise RuntimeError(f"the kernel did not start within {seconds} s")

    def execute_cell_input(self, cell_input, allow_stdin=None):
        """Send one cell; its time starts now. Returns the request's id, as nbval expects."""
        self.deadline = min(time.monotonic() + self.limits.cell, self.end)
        self.received -= len(json.dumps(cell_input))  # its echo is not the learner's
        return super().execute_cell_input(cell_input, allow_stdin)

    def await_reply(self, msg_id, timeout=None):
        """Wait until the cell is done, taking in its output meanwhile; raises Stopped."""
        while True:
            message = self._receive(self.kc.shell_channel)
            if message and message["parent_header"].get("msg_id") == msg_id:
                return
            if not message and not self._take_in():
                self._look()
                self._poll(0.05)

    def get_message(self, stream, timeout=None):
        """The next well-formed message of iopub; raises Stopped (the cell's own limit holds)."""
        while not self.waiting and not self._take_in():
            self._look()
            self._poll(0.02)
        return self.waiting.popleft()

    def run(self, source):
        """Run a cell whose output is of no interest; raises Stopped."""
        request = self.execute_cell_input(source, allow_stdin=False)
        self.await_reply(request)
        self.await_idle(request, self.limits.cell)

    def is_alive(self):
        """True: nbval asks before each cell, but a death is for `_look` to report."""
        return True

    def stop(self):
        """Kill the kernel and whatever it has started, and remove its files."""
        self.kc.stop_channels()
        self.parent.end_kernel()
        self.kc.context.destroy(linger=0)

    def _poll(self, seconds):
        channels = [self.kc.shell_channel.socket, self.kc.iopub_channel.socket]
        zmq.select(channels, [], [], seconds)

    def _take_in(self):
        message = self._receive(self.kc.iopub_channel)
        if message:
            self.waiting.append(message)
        return message

    def _receive(self, channel):
        """The next message of a channel if there is one and it is well formed, else None."""
        try:
            frames = channel.socket.recv_multipart(zmq.NOBLOCK)
        except zmq.Again:
            return None
        self.received += max(sum(map(len, frames)) - ENVELOPE, 0)
        if self.received > self.limits.output:
            raise Stopped("killed", f"it put out more than {self.limits.output:,} bytes")
        try:
            _, frames = self.kc.session.feed_identities(frames)
            message = self.kc.session.deserialize(frames)
        except Exception:  # noqa: BLE001  the learner's code can send anything, in any shape
            return None
        return message if well_formed(message) else None

    def _look(self):
        """Raise Stopped if the kernel died or a limit is passed."""
        now = time.monotonic()
        if self.lost.poll(0):  # ZeroMQ hangs up on a message that is longer than it may be
            time.sleep(0.3)  # or the process has ended, and that is just not known yet
            if self.parent.exit_code() is None:
                most = f"more than {16 * self.limits.output:,} bytes at once?"
                raise Stopped("killed", f"its session broke off ({most})")
        if self.parent.exit_code() is not None:
            raise Stopped("killed", f"the Python process ended ({self._exit()})")
        if now > self.end:
            raise TooLong(self.limits)
        if now > self.deadline:
            raise Stopped("timeout", f"it ran longer than {self.limits.cell:g} s")
        if now < self.next_look:
            return
        self.next_look = now + 0.25
        memory, processes = self.parent.used()
        if memory > self.limits.memory:
            raise Stopped(
                "memory", f"it used more than {self.limits.memory / 2**30:g} GiB of memory"
            )
        if processes > self.limits.processes:
            raise Stopped("killed", f"it started more than {self.limits.processes} processes")
        size = folder_size(self.parent.place)
        if size == float("inf"):
            raise Stopped("killed", "it made too many files or folders")
        if size > self.limits.files:
            most = f"{self.limits.files / 2**20:g} MiB"
            raise Stopped("killed", f"it wrote more than {most} of files")

    def _exit(self):
        code = self.parent.exit_code()
        try:
            return f"signal {signal.Signals(code - 128).name}"
        except ValueError:
            return f"exit code {code}"


def well_formed(message):
    """True for a message that grading needs, with every field that nbval reads in place.

    Printed text and pictures are left out: they never matter to a grade.
    """
    content, kind = message.get("content"), message.get("msg_type")
    if not isinstance(content, dict) or not isinstance(message.get("parent_header"), dict):
        return False
    needs = {
        "status": {"execution_state": str},
        "execute_reply": {"status": str},
        "kernel_info_reply": {},
        "display_data": {"data": dict, "metadata": dict},
        "execute_result": {"data": dict, "metadata": dict, "execution_count": int},
        "error": {"ename": str, "evalue": str, "traceback": list},
    }
    if kind not in needs or not all(isinstance(content.get(k), t) for k, t in needs[kind].items()):
        return False
    if kind == "error":
        return all(isinstance(line, str) for line in content["traceback"])
    if "data" in content:  # all but the answers is dropped
        answers = content["data"].get(MIME)
        content |= {"metadata": {}, "data": {} if answers is None else {MIME: answers}}
        return answers is None or isinstance(answers, str)
    return True

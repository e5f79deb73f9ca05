"""A pytest plugin that takes one defence away from the grader, so that attacks are seen to bite.

It is loaded into a worker beside the real plugin; the environment's WEAKNESS says which defence.
"""

import os

from nnkit.course import grading_kernel, grading_nbval, grading_parent, grading_verdict


def no_weakness():
    """The real grader, for notebooks or inputs that are themselves weak."""


def silence_passes():
    """A check without an answer, or one that does not end, counts as passed."""
    grading_verdict.NO_ANSWER = grading_nbval.NO_ANSWER = grading_verdict.PASSED
    grading_nbval.stopped = lambda reason: grading_verdict.PASSED


def messages_trusted():
    """Messages are taken as they come."""

    def receive(self, channel):
        try:
            frames = channel.socket.recv_multipart(grading_kernel.zmq.NOBLOCK)
        except grading_kernel.zmq.Again:
            return None
        _, frames = self.kc.session.feed_identities(frames)
        return self.kc.session.deserialize(frames)

    grading_kernel.GradingKernel._receive = receive


def children_left():
    """Only the kernel itself is killed."""

    def kill(parent=None):
        for child in grading_parent.psutil.Process(parent).children():
            child.kill()
        return True

    grading_parent.kill_children = kill


def parent_unwatched():
    """Kernels come from a parent that does not look what was done to it."""
    start = grading_parent.START
    text = start.read_text().replace("traits() != untouched", "False")
    text = text.replace("Path(__file__).resolve().parent", f"Path({str(start.parent)!r})")
    grading_parent.START = grading_parent.Path("weak_start.py").resolve()
    grading_parent.START.write_text(text)


globals()[os.environ["WEAKNESS"]]()

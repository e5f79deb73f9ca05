"""Inside the isolation: imports what every lesson needs, then becomes one kernel after another.

Run by path (`python -I grading_start.py LEVEL PACKAGE...`), so that nothing in the working folder,
the user's home or the environment takes part. It says {"reusable": ...} when it is ready; then each
line of standard input asks for a kernel, and {"ended": exit code} answers when it is over. On Linux
a kernel is a fork, which takes a tenth of a start; elsewhere this process becomes the kernel.
No answer and no learner's code ever comes into this process, so a fork inherits no secret.
"""

import ctypes
import errno
import gc
import json
import os
import signal
import struct
import sys
import types
from contextlib import suppress
from pathlib import Path

# What AUDIT_ARCH calls a machine, and its numbers of shmget, semget, msgget, mq_open,
# add_key, request_key and keyctl.
SHARES = {
    "x86_64": (0xC000003E, (29, 64, 68, 240, 248, 249, 250)),
    "aarch64": (0xC00000B7, (194, 190, 186, 180, 217, 218, 219)),
}
FORKS = sys.platform == "linux"
PDEATHSIG, DUMPABLE, SECCOMP, CHILD_SUBREAPER, NO_NEW_PRIVS = 1, 4, 22, 36, 38  # of prctl(2)
NEW_IPC, NEW_USER, NEW_PID = 0x08000000, 0x10000000, 0x20000000  # of unshare(2)
CAPABILITY_VERSION_3 = 0x20080522


def prepare(packages):
    """Import what kernels will need, `packages` among it; a fork then has it at once."""
    course = types.ModuleType("nnkit.course")  # the real one reads lessons: no kernel needs that
    course.__path__ = [str(Path(__file__).resolve().parent)]
    course.check = course.predict = course.show_progress = lambda *args, **kwargs: None  # mute
    sys.modules["nnkit.course"] = course
    import ipykernel.kernelapp  # noqa: F401
    import ipykernel.zmqshell  # noqa: F401

    import nnkit.course.grading_probe  # noqa: F401

    for name in packages:
        with suppress(Exception):  # a picture that is out of order is no reason not to grade
            __import__(name)
    open_no_windows()
    gc.freeze()


def open_no_windows():
    """Make `%matplotlib qt` and the like harmless: here they fail, and the answer would be lost."""
    import matplotlib
    import matplotlib.pyplot as pyplot
    from ipykernel.zmqshell import ZMQInteractiveShell as Shell

    inline, switch = Shell.enable_matplotlib, pyplot.switch_backend
    Shell.enable_matplotlib = lambda shell, gui=None: inline(shell, "inline")
    Shell.enable_gui = matplotlib.use = lambda *args, **kwargs: None
    pyplot.switch_backend = lambda name: switch(name if "inline" in str(name) else "agg")


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
            with suppress(ValueError, OSError):  # macOS refuses some
                resource.setrlimit(getattr(resource, name), (value, value))


def forbid_shared_memory():
    """Have System V's shared memory, keyrings and the like refused: they belong to no process.

    Their size counts for nobody, and at the level `process` they would outlive the kernel. What
    multiprocessing uses is made of files and stays. Needs NO_NEW_PRIVS; on another machine than
    those of SHARES nothing is refused.
    """
    if os.uname().machine not in SHARES or sys.maxsize < 2**32:
        return
    arch, numbers = SHARES[os.uname().machine]
    load, equal, at_least, give = 0x20, 0x15, 0x35, 0x06  # codes of a filter's instructions
    last = len(numbers) + 4
    steps = [(load, 0, 0, 4), (equal, 0, last - 1, arch)]  # a jump counts from the next one
    steps += [(load, 0, 0, 0), (at_least, last - 3, 0, 0x40000000)]  # x32 has other numbers
    steps += [(equal, last - 4 - n, 0, number) for n, number in enumerate(numbers)]
    steps += [(give, 0, 0, 0x7FFF0000), (give, 0, 0, 0x00050000 | errno.ENOSYS)]  # yes, no
    program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    words = struct.pack("HxxxxxxP", len(steps), ctypes.addressof(program))
    ctypes.CDLL(None).prctl(SECCOMP, 2, ctypes.create_string_buffer(words), 0, 0)


def become_kernel(connection, work, environment, bounds):
    """Be the kernel that listens where the file `connection` says; returns when it is over."""
    import numpy
    from ipykernel.kernelapp import IPKernelApp
    from ipykernel.zmqshell import ZMQInteractiveShell

    null = os.open(os.devnull, os.O_RDWR)
    for stream in 0, 1, 2:
        os.dup2(null, stream)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(work)
    numpy.random.seed()  # else all forks would draw the same numbers
    if FORKS:
        os.closerange(3, 4096)
        os.setsid()
        prctl(NO_NEW_PRIVS, 1)
        prctl(DUMPABLE, 1)
        forbid_shared_memory()
        os.nice(5)  # the grader's own watch comes first
    limit(**bounds)
    ZMQInteractiveShell.ask_exit = lambda shell: None  # exit() in one cell must not cost another
    IPKernelApp.launch_instance(["-f", connection, "--HistoryManager.enabled=False"])


def prctl(option, value):
    """Set one of this process's own traits (Linux)."""
    ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def traits():
    """What a process of the same user could change in this one for all its forks (Linux)."""
    if not FORKS:
        return []
    import resource

    names = [name for name in dir(resource) if name.startswith("RLIMIT_")]
    limits = [resource.getrlimit(getattr(resource, name)) for name in names]
    priority = os.getpriority(os.PRIO_PROCESS, 0), os.sched_getscheduler(0)
    return [*limits, *priority, os.sched_getaffinity(0)]


def in_fork(function):
    """Run `function` in a fork and wait for it: its exit code, or 128 + N if signal N ended it."""
    parent, child = os.getpid(), os.fork()
    if child == 0:
        code = 1
        try:
            prctl(PDEATHSIG, 9)
            code = function() or 0 if os.getppid() in (parent, 0) else 1
        finally:
            os._exit(code)
    while True:
        ended, status = os.wait()  # orphans come here too
        if ended == child:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code


def isolate():
    """Go where the next fork can name no process but its own: not this one, no later kernel.

    Raises OSError where the system forbids it.
    """
    libc, user, group = ctypes.CDLL(None, use_errno=True), os.getuid(), os.getgid()
    prctl(DUMPABLE, 1)  # else the maps can't be written
    if libc.unshare(NEW_USER | NEW_PID | NEW_IPC) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    with suppress(OSError):  # no more user namespaces: less of the system to attack
        Path("/proc/sys/user/max_user_namespaces").write_text("0")
    prctl(DUMPABLE, 0)


def drop_capabilities():
    """Give up what a new user namespace brings: rights over itself."""
    header, none = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0), (ctypes.c_uint32 * 6)()
    if ctypes.CDLL(None).capset(header, none) != 0:
        raise OSError("capset")


def isolated_kernel(request):
    """A kernel in namespaces of its own, below a process that reaps what it leaves behind."""
    isolate()
    drop_capabilities()
    return in_fork(lambda: in_fork(lambda: become_kernel(**request)))


def main(level, *packages):
    """Make the kernels that standard input asks for."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what an import prints is no answer

    def say(**words):
        print(json.dumps(words), file=answers, flush=True)

    prepare(packages)
    apart = False
    if FORKS:
        prctl(PDEATHSIG, 9)
        prctl(DUMPABLE, 0)  # no kernel may look into this process or write to it
        prctl(CHILD_SUBREAPER, 1)
        signal.signal(signal.SIGALRM, lambda *_: os._exit(1))
        apart = level != "process" and in_fork(isolate) == 0
    reusable = FORKS and (apart or level == "process")
    untouched = traits()
    say(reusable=reusable)
    for line in sys.stdin:
        request = json.loads(line)
        seconds = request.pop("seconds")
        if not FORKS:
            become_kernel(**request)
            return
        if traits() != untouched:  # a kernel did it: the next one must not suffer
            return
        kernel = isolated_kernel if apart else lambda request: become_kernel(**request)
        signal.alarm(seconds)  # in a container it would outlive a grader that was killed
        say(ended=in_fork(lambda kernel=kernel, request=request: kernel(request)))
        signal.alarm(0)
        if not reusable:
            return


if __name__ == "__main__":
    main(*sys.argv[1:])

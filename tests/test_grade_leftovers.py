"""What a kernel leaves behind is measured, removed, and never meets the next learner."""

import os
import struct
import sys
from contextlib import closing
from pathlib import Path

import pytest

from nnkit.course import grading_parent
from nnkit.course.grading_isolation import LEVELS, works
from nnkit.course.grading_kernel import GradingKernel, Limits
from nnkit.course.grading_parent import KernelParent, folder_size, remove, unmark
from nnkit.course.grading_start import SHARES


@pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")
def test_what_cannot_be_removed_does_not_meet_the_next_learner(tmp_path, monkeypatch):
    parent = KernelParent("process", tmp_path / "p")
    kernel = GradingKernel(parent, Limits(), float("inf"))
    with monkeypatch.context() as patch:
        patch.setattr(grading_parent, "remove", lambda path: None)
        kernel.stop()
    assert not parent.reusable
    parent.close()


@pytest.mark.skipif(sys.platform != "linux", reason="extended attributes as on Linux")
@pytest.mark.parametrize("level", [level for level in ("process", "namespace") if works(level)])
def test_no_note_on_the_folders_themselves_meets_the_next_learner(tmp_path, level):
    note = "import os; home = os.path.dirname(os.environ['HOME']); "
    with closing(KernelParent(level, tmp_path / "p")) as parent:
        kernel = GradingKernel(parent, Limits(), float("inf"))
        kernel.run(note + "os.setxattr(home, 'user.note', b'the answers'); os.utime(home, (5, 5))")
        assert os.listxattr(parent.folder) == ["user.note"], "the test's own premise"
        kernel.stop()
        assert parent.reusable
        assert os.listxattr(parent.folder) == [] and parent.folder.stat().st_mtime == 0


@pytest.mark.skipif(sys.platform != "linux", reason="extended attributes as on Linux")
def test_a_default_access_list_is_no_note_either(tmp_path):
    entries = b"".join(struct.pack("<HHI", *e) for e in [(1, 7, 99), (4, 5, 99), (32, 0, 99)])
    os.setxattr(tmp_path, "system.posix_acl_default", struct.pack("<I", 2) + entries)
    unmark(tmp_path)
    assert os.listxattr(tmp_path) == []


SHARED = """
import ctypes, os, platform
from multiprocessing.shared_memory import SharedMemory
libc = ctypes.CDLL(None, use_errno=True)
made = [libc.shmget(0, 2**20, 0o1600), libc.semget(0, 1, 0o1600), libc.msgget(0, 0o1600)]
made.append(libc.mq_open(b"/nnkit-test", os.O_CREAT | os.O_RDWR, 0o600, None))
made.append(libc.syscall(KEYCTL, 0, -3, 1))
shared = SharedMemory(create=True, size=99)
shared.close()
shared.unlink()
open("mine", "w").write(f"{made} {ctypes.get_errno()} {os.getpid()} {os.system('true')}")
"""


@pytest.mark.skipif(
    sys.platform != "linux" or os.uname().machine not in SHARES, reason="known on these machines"
)
@pytest.mark.parametrize("level", [level for level in LEVELS if works(level)])
def test_memory_that_belongs_to_no_process_is_refused(tmp_path, level):
    before = Path("/proc/sysvipc/shm").read_text().count("\n")
    with closing(KernelParent(level, tmp_path / "p")) as parent:
        kernel = GradingKernel(parent, Limits(), float("inf"))
        keyctl = {"x86_64": 250, "aarch64": 219}[os.uname().machine]
        kernel.run(SHARED.replace("KEYCTL", str(keyctl)))
        words = (parent.folder / "k" / "work" / "mine").read_text()
        kernel.stop()
    assert words.startswith("[-1, -1, -1, -1, -1] 38 ") and words.endswith(" 0")
    assert Path("/proc/sysvipc/shm").read_text().count("\n") == before


def nest(folder, depth):
    """Make folders nested so deep that their path is longer than the system allows."""
    home = os.getcwd()
    os.chdir(folder)
    for _ in range(depth):
        os.mkdir("d" * 100)
        os.chdir("d" * 100)
    os.chdir(home)


@pytest.mark.skipif(os.name != "posix", reason="paths and permissions as on POSIX")
def test_what_a_kernel_leaves_is_measured_and_removed_whatever_it_is(tmp_path):
    folder = tmp_path / "left"
    folder.mkdir()
    (folder / "a").write_bytes(bytes(1000))
    (folder / "b").symlink_to("/usr")
    assert 1000 <= folder_size(folder) < 2000
    (folder / "locked").mkdir()
    (folder / "locked" / "c").write_text("")
    (folder / "locked").chmod(0)
    nest(folder, 60)
    assert folder_size(folder) == float("inf")
    remove(folder)
    assert not folder.exists() and os.path.exists("/usr")


@pytest.mark.skipif(os.name != "posix", reason="links and permissions as on POSIX")
def test_a_link_that_cannot_be_removed_leaves_alone_what_it_points_at(tmp_path, monkeypatch):
    secret = tmp_path / "secret"
    secret.mkdir(0o500)
    (tmp_path / "link").symlink_to(secret)
    monkeypatch.setattr("pathlib.Path.unlink", lambda path: (_ for _ in ()).throw(OSError()))
    remove(tmp_path / "link")
    assert secret.stat().st_mode & 0o777 == 0o500

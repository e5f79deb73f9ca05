"""`nnkit lab`: makes the learner's own copy of the lessons and opens JupyterLab in it."""

import errno
import os
import socket
import subprocess
import sys
from pathlib import Path

import click
from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
from jupyter_core.paths import prefer_environment_over_user
from jupyterlab.labapp import LabApp

from nnkit.course.copies import DEFAULT_FOLDER, update_copies
from nnkit.course.errors import Refusal
from nnkit.course.lesson import lessons_folder

# JupyterLab's settings for the course: no question about news, no look for updates.
SETTINGS = Path(__file__).with_name("jupyter")


def start(words, port=None, browser=True):
    """Copy or update the lessons, then run JupyterLab until the learner stops it.

    words: what stood on the command line, the folder and further JupyterLab options, in any
    order. port: the one the learner insists on; None lets JupyterLab find a free one.
    Raises Refusal, with the sentence to show, where it can't start.
    """
    directory, options = split(words)
    folder = Path(directory or DEFAULT_FOLDER).absolute()
    check_kernel()
    if port is not None:
        check_port(port)
        options += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    if not browser:
        options.append("--no-browser")
    lessons = lessons_folder()
    first = first_lesson(lessons)
    if folder.resolve() == lessons.resolve():
        raise Refusal(f"{folder} holds the course itself; name a folder for your copy of it")
    try:
        for sentence in update_copies(lessons, folder):
            click.echo(sentence)
    except OSError as error:
        raise Refusal(
            f"can't write the lessons to {folder} ({error.strerror}); "
            "name another folder: nnkit lab FOLDER"
        ) from error
    click.echo(f"Your lessons are in {folder}; stop with Ctrl-C, your work stays there.")
    where = [f"--ServerApp.root_dir={folder}", f"--LabApp.default_url=/lab/tree/{first}"]
    paths = [str(SETTINGS), os.environ.get("JUPYTER_CONFIG_PATH", "")]
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, paths))
    commands = [str(Path(sys.executable).parent), os.environ.get("PATH", "")]
    os.environ["PATH"] = os.pathsep.join(commands)  # so that `!nnkit list` works in a notebook
    LabApp.launch_instance(where + options)


def first_lesson(lessons):
    """The file name of the first notebook in the folder `lessons`; Refusal if there is none."""
    names = sorted(path.name for path in lessons.glob("*.ipynb"))
    if not names:
        raise Refusal(f"no lessons found in {lessons}; install nnkit again")
    return names[0]


def split(words):
    """Split the words of the command line into (folder or None, JupyterLab's options).

    An option of JupyterLab takes the next word as its value, unless it holds one (`--ip=::1`), is
    one of JupyterLab's switches (`--debug`), or is followed by another option.
    """
    words, folders, options = list(words), [], []
    while words:
        word = words.pop(0)
        if not word.startswith("-"):
            folders.append(word)
            continue
        options.append(word)
        takes_value = "=" not in word and word.lstrip("-") not in LabApp.flags
        if takes_value and words and not words[0].startswith("-"):
            options.append(words.pop(0))
    if len(folders) > 1:
        raise Refusal(f"nnkit lab takes one folder, got {len(folders)}: {', '.join(folders)}")
    return (folders or [None])[0], options


def check_port(port):
    """Raise Refusal if `port` of this computer can't be listened on."""
    try:
        socket.create_server(("localhost", port)).close()
    except OSError as error:
        in_use = error.errno == errno.EADDRINUSE
        why = "is already in use" if in_use else f"can't be opened ({error.strerror})"
        raise Refusal(
            f"port {port} {why}; choose another, such as --port {port % 65535 + 1}, "
            "or leave --port out to get a free one"
        ) from error


def check_kernel():
    """Raise Refusal unless notebooks will run in the Python that nnkit is installed in."""
    try:
        spec = KernelSpecManager().get_kernel_spec("python3")
    except (NoSuchKernel, OSError, ValueError):
        raise Refusal(
            "the kernel that runs notebooks is missing or damaged; "
            f'install it: "{sys.executable}" -m pip install --force-reinstall ipykernel'
        ) from None
    python = spec.argv[0]
    here = os.path.realpath(sys.prefix)
    if os.path.isabs(python) and python != sys.executable and prefix_of(python) != here:
        where = "--sys-prefix" if prefer_environment_over_user() else "--user"
        raise Refusal(
            f"notebooks would run in another Python ({python}), where nnkit may be missing; "
            f'put this right: "{sys.executable}" -m ipykernel install {where}'
        )


def prefix_of(python):
    """The environment's folder (the real path of sys.prefix), or None if `python` doesn't run."""
    command = [python, "-c", "import sys; print(sys.prefix)"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return os.path.realpath(done.stdout.strip())

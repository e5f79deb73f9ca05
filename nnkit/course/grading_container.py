"""The level `container`: the same view of the machine as `namespace`, made by Podman or Docker.

Nothing has to be built or kept up to date: the image is empty, and the system's folders and this
Python are shown in it read-only. The engine must run on the same Linux machine.
"""

import csv
import io
import os
import shutil
import subprocess
from pathlib import Path

IMAGE = "nnkit-empty"
EMPTY_TAR = bytes(10240)


def engine():
    """The path of Podman's or Docker's command; raises FileNotFoundError."""
    path = shutil.which("podman") or shutil.which("docker")
    if path is None:
        raise FileNotFoundError("neither podman nor docker is installed")
    return path


def make_image():
    """Have the empty image; raises subprocess.SubprocessError if the engine doesn't work."""
    inspect = [engine(), "image", "inspect", IMAGE]
    if subprocess.run(inspect, capture_output=True, timeout=60).returncode != 0:
        words = [engine(), "import", "-", IMAGE]
        subprocess.run(words, input=EMPTY_TAR, capture_output=True, timeout=60, check=True)


def container(command, shown, covered, place, environment):
    """The command line that runs `command` in a container of its own.

    shown: the paths to show read-only; covered: folders among them to hide again; place: a folder
    with the folders `rw` and `shm`, or None (see grading_isolation.wrap); environment: a dict.
    """
    user = f"{os.getuid()}:{os.getgid()}"
    words = [engine(), "run", "--rm", "--interactive", "--network", "none", "--hostname", "grading"]
    words += ["--read-only", "--user", user, "--cap-drop", "ALL", "--pids-limit", "256"]
    words += ["--stop-signal", "KILL"]
    words += ["--security-opt", "no-new-privileges", "--security-opt", "label=disable"]
    for bound in "nofile=1024", "nproc=4096":  # an engine's defaults may be more than it can have
        words += ["--ulimit", f"{bound}:{bound.split('=')[1]}"]
    podman = Path(engine()).name == "podman"
    if podman:
        words += ["--read-only-tmpfs=false"]  # each is made of memory, without bounds
        words += ["--userns", "keep-id"] if os.getuid() else []
    for path in shown:
        if os.path.exists(path):
            words += _mount(os.path.realpath(path), path, "readonly")
    empty = "ro,notmpcopyup" if podman else "ro"  # Podman would fill it with what it hides
    for path in covered:
        words += ["--tmpfs", f"{path}:{empty}"]
    if place is not None:
        words += ["--cidfile", f"{place}/container", "--label", f"nnkit={place.parent.name}"]
        words += ["--workdir", f"{place}/rw"]
        words += _mount(f"{place}/rw", f"{place}/rw") + _mount(f"{place}/shm", "/dev/shm")
    for name, value in environment.items():
        words += ["--env", f"{name}={value}"]
    return [*words, IMAGE, *command]


def _mount(source, target, *options):
    """The words that show `source` as `target`; unlike those of --volume they take any path."""
    text = io.StringIO()
    fields = ["type=bind", f"source={source}", f"target={target}", *options]
    csv.writer(text, lineterminator="").writerow(fields)
    return ["--mount", text.getvalue()]


def remove_containers(folder):
    """End and forget all containers that `container` started for a place in `folder`."""
    words = [engine(), "ps", "--all", "--quiet", "--filter", f"label=nnkit={folder.name}"]
    names = subprocess.check_output(words, text=True, timeout=60).split()
    if names:
        subprocess.run([engine(), "rm", "--force", *names], capture_output=True, timeout=60)


def process_of(place):
    """The number of the process that `container` started for `place`, as this system counts."""
    name = (place / "container").read_text()
    words = [engine(), "inspect", "--format", "{{.State.Pid}}", name]
    return int(subprocess.check_output(words, timeout=60))

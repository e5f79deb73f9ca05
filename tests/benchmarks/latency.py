"""From a slider's move to the painted picture, in a real JupyterLab and Chromium, side by side.

    pip install ipympl && python tests/benchmarks/latency.py [--help]

Three workloads (latency_designs.py) in these designs, which take turns, round after round, so
that a slow minute of the machine hits all of them:

    interact   ipywidgets.interact around a plotting function, inline matplotlib
    ipympl     a kept figure in ipympl, its artists moved
    canvas     the floor through a kernel: raw arrays to a bare canvas, no matplotlib
    ours       an Explorer with its LiveFigure
    canvas 2x, ours 2x    the same on a screen with twice as many pixels
    stock      ours on a server without nnkit's extension (Nagle's delay stays)

A step is one key press to the frame with the last picture that it causes; a drag is an event every
16 ms. kB and CPU are what one picture of the drag costs: bytes from the server, and time of the
kernel's processor. While the page measures nobody is attached to the browser: Playwright would be
sent a copy of every byte. Absolute times depend on the machine; read the ratios.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import nbformat
import psutil
from latency_designs import WORKLOADS, source
from nbformat import v4
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parent.parent / "browser"))

from harness import SWITCHES, Lab, Notebook, find_chromium  # noqa: E402

PAGE = Path(__file__).with_name("latency.js").read_text()
DESIGNS = {  # screen's scale
    "interact": 1, "ipympl": 1, "canvas": 1, "ours": 1, "canvas 2x": 2, "ours 2x": 2
}  # fmt: skip
NO_EXTENSION = "--ServerApp.jpserver_extensions={'nnkit.course.server': False}"
WINDOW = (  # bars included; a window that nobody looks at must not fall asleep
    "--window-size=1280,900 --disable-renderer-backgrounding --disable-background-timer-throttling "
    "--disable-backgrounding-occluded-windows"
).split()

# Counts the bytes that a page's websockets receive.
COUNT = """
window.received = 0;
window.WebSocket = class extends WebSocket {
    constructor(...words) {
        super(...words);
        this.addEventListener("message", ({ data }) => {
            window.received += data.byteLength ?? data.length;
        });
    }
};
"""


class Chromium:
    """A Chromium of its own; Playwright's `driver` is attached from `attach` to `close` only."""

    def __init__(self, driver, scale):
        self.driver, self.profile = driver, tempfile.mkdtemp()
        switches = [*WINDOW, f"--force-device-scale-factor={scale}", "--remote-debugging-port=0"]
        command = [find_chromium(), *SWITCHES, *switches, f"--user-data-dir={self.profile}"]
        self.process = subprocess.Popen(
            [*command, "about:blank"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        port = Path(self.profile, "DevToolsActivePort")
        while not port.exists() or not port.read_text():
            time.sleep(0.1)
        self.address = f"http://127.0.0.1:{port.read_text().split()[0]}"

    def attach(self):
        """(connection, the page): close the connection to be detached again."""
        connection = self.driver.chromium.connect_over_cdp(self.address)
        return connection, connection.contexts[0].pages[0]

    def wait_for(self, word, seconds=300):
        """Return once the page's address ends with `word`: see `tell` in latency.js."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with urllib.request.urlopen(f"{self.address}/json/list") as answer:
                if any(page["url"].endswith(word) for page in json.load(answer)):
                    return
            time.sleep(0.5)
        raise TimeoutError(f"the page did not come to {word} within {seconds} s")

    def close(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)


def write(folder, workload, design):
    """A notebook with the one cell; returns its file name."""
    notebook = v4.new_notebook(cells=[v4.new_code_cell(source(workload, design), id="it")])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    name = f"{workload}-{design}.ipynb"
    nbformat.write(notebook, folder / name)
    return name


def kernel_seconds(lab):
    """Processor time that the kernels below this JupyterLab have used."""
    times = [child.cpu_times() for child in psutil.Process(lab.process.pid).children()]
    return sum(t.user + t.system for t in times)


def measure(browser, lab, name, moves, seconds):
    """The figures of one notebook; times in milliseconds, sizes in kilobytes."""
    connection, page = browser.attach()
    page.add_init_script(COUNT)
    notebook = Notebook(page, lab, name)
    notebook.run_all()
    page.wait_for_timeout(1500)
    cell = notebook.cell("it")
    assert "Traceback" not in cell.inner_text(), cell.inner_text()
    cell.evaluate(PAGE)
    page.evaluate("([moves, seconds]) => latency.run(moves, seconds)", [moves, seconds])
    connection.close()
    browser.wait_for("#dragging")
    before = kernel_seconds(lab)
    browser.wait_for("#measured")
    cpu = kernel_seconds(lab) - before
    connection, page = browser.attach()
    steps, figures = page.evaluate("[latency.steps, latency.dragged]")
    page.evaluate("window.jupyterapp.commands.execute('kernelmenu:shutdown')")
    page.wait_for_timeout(500)
    connection.close()
    pictures = max(figures.pop("pictures"), 1)
    figures |= {"kB": figures.pop("bytes") / pictures / 1000, "cpu": 1000 * cpu / pictures}
    return {"steps": steps, **figures}


def together(rounds):
    """The figures of several rounds: of all their steps, else medians; the worst of bad signs."""
    steps = sorted(step for one in rounds for step in one["steps"])
    figures = {"median": statistics.median(steps), "p95": steps[int(0.95 * len(steps))]}
    for name in rounds[0].keys() - {"steps"}:
        middle = max if name in ("blanks", "shifts") else statistics.median
        figures[name] = middle(one[name] for one in rounds)
    return figures


def run(designs, rounds, moves, seconds, *options):
    """{workload: {design: figures}}, all on one server started with JupyterLab's `options`."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        lab = Lab(Path(folder), *options)
        browsers = {scale: Chromium(driver, scale) for scale in set(designs.values())}
        try:
            lab.wait()
            found = {workload: {design: [] for design in designs} for workload in WORKLOADS}
            for _ in range(rounds):
                for workload in WORKLOADS:
                    for design, scale in designs.items():
                        name = write(lab.folder, workload, design.split()[0])
                        visit = measure(browsers[scale], lab, name, moves, seconds)
                        found[workload][design].append(visit)
                        print(".", end="", file=sys.stderr, flush=True)
            return {
                workload: {design: together(visits) for design, visits in of.items()}
                for workload, of in found.items()
            }
        finally:
            for browser in browsers.values():
                browser.close()
            lab.stop()


def table(figures):
    """The lines of a report of one workload's {design: figures}."""
    heads = "design   median ms   p95  pictures/s  lag ms  kB  CPU ms  blank  shift  step x  drag x"
    yield heads
    base = figures["interact"]
    for name, f in figures.items():
        yield (
            f"{name:9}{f['median']:9.1f}{f['p95']:6.0f}{f['rate']:12.1f}{f['lag']:8.0f}"
            f"{f['kB']:4.0f}{f['cpu']:8.1f}{f['blanks']:7}{f['shifts']:7.3f}"
            f"{base['median'] / f['median']:8.2f}{f['rate'] / base['rate']:8.2f}"
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--moves", type=int, default=25, help="steps in a round")
    parser.add_argument("--seconds", type=float, default=5.0, help="of a drag")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--designs", default=",".join([*DESIGNS, "stock"]))
    parser.add_argument("--workloads", default=",".join(WORKLOADS))
    options = parser.parse_args()
    chosen = ["interact", *options.designs.split(",")]  # the others are told in terms of it
    for name in set(WORKLOADS) - set(options.workloads.split(",")):
        del WORKLOADS[name]
    designs = {name: scale for name, scale in DESIGNS.items() if name in chosen}
    figures = run(designs, options.rounds, options.moves, options.seconds)
    if "stock" in chosen:
        stock = run({"ours": 1}, options.rounds, options.moves, options.seconds, NO_EXTENSION)
        for workload, found in stock.items():
            figures[workload]["stock"] = found["ours"]
    for workload, found in figures.items():
        print(f"\n{workload}", *table(found), sep="\n")
    print("\nstep x, drag x: how many times faster than interact in this run")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()

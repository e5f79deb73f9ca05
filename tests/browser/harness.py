"""A real JupyterLab and a real Chromium: start them, find cells and pictures, type, run."""

import base64
import io
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import nbformat
import numpy as np
import PIL.Image
import pytest
from nbformat import v4

SWITCHES = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
).split()


def find_chromium():
    """The path of Chromium or Chrome; without one the tests are skipped, under CI they fail."""
    names = "chromium", "chromium-browser", "google-chrome", "chrome"
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        reason = f"browser tests need one of {', '.join(names)} on the PATH"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    return path


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Lab:
    """JupyterLab as `nnkit lab` starts it, in `folder`, without this user's own settings."""

    def __init__(self, folder, *options):
        self.folder, self.port = folder / "lessons", free_port()
        self.log = folder / "lab.log"
        private = {"JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data", "IPYTHONDIR": "ipy"}
        environment = os.environ | {name: str(folder / to) for name, to in private.items()}
        # Two pages with the same notebook would find each other's automatic saves, and ask.
        settings = folder / "config/lab/user-settings/@jupyterlab/docmanager-extension"
        settings.mkdir(parents=True)
        (settings / "plugin.jupyterlab-settings").write_text('{"autosave": false}')
        words = ["lab", str(self.folder), "--no-browser", "--port", str(self.port)]
        words += ["--ServerApp.token=", "--LabApp.expose_app_in_browser=True", "--allow-root"]
        words += options
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "nnkit.course.cli", *words],
                stdout=log, stderr=log, env=environment,
            )  # fmt: skip
        self.address = f"http://127.0.0.1:{self.port}"

    def wait(self, seconds=60):
        """Return once the server answers; fail with its log otherwise."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.address}/api"):
                    return self
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.2)
        pytest.fail(f"JupyterLab did not start:\n{self.log.read_text()}")

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def write_notebook(lab, name, sources):
    """Write a notebook with these code cells into the folder of `lab`."""
    made = v4.new_notebook(cells=[v4.new_code_cell(source) for source in sources])
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(made, lab.folder / name)


class Notebook:
    """One notebook open in a page: cells are found by id, code is typed by keyboard."""

    def __init__(self, page, lab, name):
        self.page = page
        page.goto(f"{lab.address}/lab/tree/{name}?reset")
        page.wait_for_function(
            "window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel"
            "?.connectionStatus === 'connected'",
            timeout=60_000,
        )

    def command(self, name):
        """Start a command of JupyterLab's; a dialog that it opens is the test's to answer."""
        self.page.evaluate(f"() => void window.jupyterapp.commands.execute('{name}')")

    def set_theme(self, theme):
        """Show JupyterLab "light" or "dark"."""
        self.page.evaluate(
            "theme => window.jupyterapp.commands.execute('apputils:change-theme', { theme })",
            f"JupyterLab {theme.title()}",
        )
        self.page.wait_for_timeout(1000)

    def wait_idle(self, seconds=300):
        """Wait until every cell that was sent to the kernel has finished."""
        self.page.wait_for_function(
            """() => {
                const panel = window.jupyterapp.shell.currentWidget;
                const cells = panel.content.widgets.filter(c => c.model.type === 'code');
                return panel.sessionContext.session.kernel.status === 'idle' &&
                    cells.every(cell => cell.model.executionState !== 'running') &&
                    !cells.some(cell => cell.inputArea?.promptNode.innerText.includes('*'));
            }""",
            timeout=seconds * 1000,
        )

    def run_all(self):
        self.command("notebook:run-all-cells")
        self.page.wait_for_timeout(500)
        self.wait_idle()

    def run_to(self, identifier):
        """Run the cells down to this one; returns its cell."""
        self.cell(identifier)
        self.command("notebook:run-all-above")
        return self.run(identifier)

    def cell(self, identifier):
        """The cell with that id, scrolled into view and made the active one."""
        index = self.page.evaluate(
            """async id => {
                const notebook = window.jupyterapp.shell.currentWidget.content;
                const index = notebook.widgets.findIndex(cell => cell.model.id === id);
                notebook.activeCellIndex = index;
                await notebook.scrollToItem(index, 'start');
                return index;
            }""",
            identifier,
        )
        assert index >= 0, f"the notebook has no cell {identifier}"
        self.page.wait_for_timeout(300)
        return self.page.locator(f'.jp-Cell[data-windowed-list-index="{index}"]')

    def find(self, code):
        """The id of the first code cell whose source starts with `code`."""
        return self.page.evaluate(
            """code => window.jupyterapp.shell.currentWidget.content.widgets.find(
                cell => cell.model.type === 'code' && cell.model.sharedModel.getSource()
                    .startsWith(code)).model.id""",
            code,
        )

    def write(self, identifier, source):
        """Replace a cell's source by typing, as a learner does, and run the cell."""
        cell = self.cell(identifier)
        cell.locator(".cm-content").click()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.press("Delete")
        self.page.keyboard.insert_text(source)
        self.run(identifier)

    def run(self, identifier):
        self.cell(identifier)
        self.command("notebook:run-cell")
        self.page.wait_for_timeout(300)
        self.wait_idle()
        return self.cell(identifier)

    def execute(self, code):
        """Run code in the kernel, aside of the notebook; fails if it does."""
        status = self.page.evaluate(
            """async code => {
                const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
                const reply = await kernel.requestExecute({ code, store_history: false }).done;
                return JSON.stringify(reply.content);
            }""",
            code,
        )
        assert json.loads(status)["status"] == "ok", status


# What the explorer in a cell does not show yet, to eyes and screen readers: its picture, its words.
MISSING = """(cell, [source, words]) => {
    const image = cell.querySelector('img.nnkit-live');
    const told = [...cell.querySelectorAll('[role=status]')].at(-1)?.innerText ?? '';
    const same = text => text.trim().split(/\\s+/).join(' ') === words;
    return Object.entries({
        picture: image.src === source, loaded: image.complete, words: same(told),
        description: same(image.alt),
    }).filter(([_, there]) => !there).map(([name]) => name);
}"""


class Shown:
    """An explorer as the page shows it: in the first cell whose source starts with `code`."""

    def __init__(self, notebook, code):
        self.page = notebook.page
        self.cell = notebook.cell(notebook.find(code))
        self.picture = self.cell.locator("img.nnkit-live")
        self.picture.wait_for()

    def slider(self, label):
        """The slider with that label, as a screen reader finds it."""
        return self.cell.get_by_role("slider", name=label, exact=True)

    def number(self, label):
        """The box beside the slider, which shows its value."""
        return self.cell.get_by_role("textbox", name=f"{label}, type a number")

    def value(self, label):
        return float(self.number(label).input_value().replace("\u2212", "-"))

    def reset(self, explorer, seconds=30):
        """Press Reset and wait for the picture of `explorer`."""
        self.cell.get_by_role("button", name="Reset").click()
        self.cell.get_by_role("alert").wait_for(state="detached")
        self.expect(explorer, seconds)

    def state(self):
        """The state as code, as the page gives it to be copied."""
        self.cell.get_by_role("button", name="Copy state").press("Enter")
        code = self.cell.get_by_role("textbox", name="The state, as code")
        code.wait_for()
        text = code.input_value()
        code.press("Tab")
        return text

    @property
    def words(self):
        return self.cell.locator("[role=status]").last.inner_text().strip()

    def expect(self, explorer, seconds=5):
        """Wait for just the picture and the words that `explorer` has in this process."""
        explorer.finish()
        words, wanted = normal(explorer.live.description), explorer.live.picture
        stop = time.monotonic() + seconds
        # Asked anew each time: the cell's element may be another, and a page may rest that has
        # nothing to paint. Where only the picture is missing, its pixels decide: twice in some
        # thousands of times they were right, though the file was said to be another.
        while missing := self.cell.evaluate(MISSING, [wanted, words]):
            other = other_pixels(self.picture.get_attribute("src"), wanted)
            if missing == ["picture"] and not other:
                return
            if time.monotonic() > stop:
                assert normal(self.words) == words
                assert normal(self.picture.get_attribute("alt")) == words
                pytest.fail(f"{missing} missing after {seconds} s. {other}")
            self.page.wait_for_timeout(50)


def other_pixels(there, wanted):
    """In words: where the picture on the page differs from the one that was expected, or ""."""
    there, wanted = (
        np.asarray(PIL.Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2])))).astype(int)
        for url in (there, wanted)
    )
    if there.shape != wanted.shape:
        return f"the page's picture has the shape {there.shape}, expected was {wanted.shape}"
    rows, columns = np.nonzero((there != wanted).any(axis=2))
    if not len(rows):
        return ""
    return (
        f"{len(rows)} pixels of the page's picture differ, rows {rows.min()} to {rows.max()}, "
        f"columns {columns.min()} to {columns.max()}, by up to {abs(there - wanted).max()}"
    )


def normal(text):
    return " ".join(text.split())

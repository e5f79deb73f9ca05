"""What the shared classes bring to every explorer, tried on one that has it all."""

import time

import pytest
from harness import Shown, write_notebook

SOURCE = '''
import time
from widgets import Explorer
from widgets.controls import choice, points, slider

class Steps(Explorer):
    """Counts to n; takes its time if told so."""
    n = slider("number of steps that are counted", 0, 8, default=3, step=1)
    pace = choice("pace", ["fast", "slow"], "fast")
    dots = points("dot", ((0, 10), (-2, 2)), ((2.0, 1.0, 0), (8.0, -1.0, 1)))
    play = "n"
    log = []

    def compute(self, n, pace, dots):
        self.log.append(n)
        for i in range(30 if pace == "slow" else 1):
            time.sleep(0.05 if pace == "slow" else 0)
            yield n, (i + 1 if pace == "slow" else 30), dots

    def setup(self, figure):
        self.axes = figure.subplots()
        self.axes.set(xlim=(0, 10), ylim=(-2, 2))
        (self.line,) = self.live.move(*self.axes.plot([], []))
        self.marks = self.live.move(*self.axes.plot([], [], "o", [], [], "^"))
        self.live.on_points(self.axes, "dots")

    def draw(self, result):
        n, parts, dots = result
        self.line.set_data([0, n], [0, parts / 30])
        for c, mark in enumerate(self.marks):
            mark.set_data([d[0] for d in dots if d[2] == c], [d[1] for d in dots if d[2] == c])

    def readout(self, result):
        return f"n = {result[0]}, part {result[1]} of 30, {len(result[2])} dots"
'''
N = "number of steps that are counted"


@pytest.fixture(scope="module")
def notebook(open_notebook, lab):
    write_notebook(lab, "steps.ipynb", [SOURCE, "steps = Steps()\nsteps"])
    opened = open_notebook("steps.ipynb")
    opened.run_all()
    return opened


@pytest.fixture
def make():
    """The same class in this process."""
    names = {"__name__": "steps"}
    exec(SOURCE, names)
    return names["Steps"]


@pytest.fixture
def shown(notebook, make):
    shown = Shown(notebook, "steps = ")
    shown.reset(make())
    notebook.execute("Steps.log.clear()")
    return shown


def button(shown, name):
    return shown.cell.get_by_role("button", name=name, exact=True)


def test_play_shows_every_step_to_the_end_and_can_be_paused(shown, notebook, make):
    button(shown, "Play").press("Enter")
    shown.cell.get_by_text("n = 4, part").wait_for()
    button(shown, "Pause").press("Enter")
    paused = shown.value(N)
    assert 4 <= paused < 8
    shown.page.wait_for_timeout(1000)
    assert shown.value(N) <= paused + 1, "the step under way is the last"
    button(shown, "Step").press("Enter")
    button(shown, "Play").press("Enter")
    shown.expect(make(n=8))
    button(shown, "Play").wait_for()
    notebook.execute("assert Steps.log == [4, 5, 6, 7, 8], Steps.log")
    button(shown, "Play").press("Enter")
    shown.cell.get_by_text("n = 0, part").wait_for()
    shown.expect(make(n=8), seconds=10)


def test_reset_stops_play(shown, make):
    button(shown, "Play").press("Enter")
    shown.cell.get_by_text("n = 4, part").wait_for()
    shown.reset(make())
    button(shown, "Play").wait_for()
    shown.page.wait_for_timeout(1500)  # longer than the pace, 0.4 s
    shown.expect(make())
    button(shown, "Step").press("Enter")
    shown.expect(make(n=4))


def test_a_slider_ends_where_the_kernel_moves_its_end(shown, notebook, make):
    for high in 5, 8:
        notebook.execute(f"steps._widgets['n'].high = {high}")
        shown.cell.locator(f"input[type=range][max='{high}']").wait_for()
        shown.slider(N).press("End")
        shown.expect(make(n=high))
        assert shown.value(N) == high


def test_a_slow_computation_shows_progress_and_the_next_move_interrupts_it(shown, make, notebook):
    shown.cell.get_by_label("pace").select_option("slow")
    shown.cell.get_by_text("Still working").wait_for()
    began = time.monotonic()
    shown.slider(N).press("End")
    shown.cell.get_by_text("n = 8, part").wait_for()
    assert time.monotonic() - began < 1, "the first took 1.5 s"
    shown.expect(make(n=8, pace="slow"))
    notebook.execute("assert Steps.log == [3, 8], Steps.log")


def test_points_are_placed_by_pointer_and_by_keyboard(shown, make, notebook):
    here = make()
    notebook.command("notebook:enter-command-mode")  # in which A adds a cell
    box = shown.picture.bounding_box()

    def place(x, y):
        x, y = here.axes.transData.transform((x, y)) / here.live.figure.bbox.size
        return box["x"] + x * box["width"], box["y"] + (1 - y) * box["height"]

    mouse = shown.page.mouse
    mouse.move(*place(2, 1))
    mouse.down()
    mouse.move(*place(4, 1.5), steps=20)
    mouse.up()
    mouse.dblclick(*place(8, -1))
    mouse.click(*place(5, -1.5))
    shown.cell.get_by_text("Point 2 of 2").wait_for()
    shown.picture.press("c")
    shown.picture.press("Shift+ArrowUp")
    shown.picture.press("a")
    shown.cell.get_by_text("Point 3 of 3").wait_for()
    state = shown.state()
    (x, y, c), (u, v, d), third = eval(state, {"Steps": make}).dots
    assert (x, y, c) == pytest.approx((4, 1.5, 0), abs=0.03)
    assert (u, v, d) == pytest.approx((5, -1.48, 1), abs=0.03)
    assert third == pytest.approx((u + 0.5, v + 0.2, 1), abs=0.011)
    shown.expect(eval(state, {"Steps": make}))
    assert shown.page.locator(".jp-Cell").count() == 2, "JupyterLab took a key for its own"


def test_a_long_label_is_not_cut(shown):
    label = shown.slider(N).locator("xpath=preceding-sibling::span")
    assert label.inner_text() == N
    assert label.evaluate("span => span.scrollWidth <= span.clientWidth")
    assert label.bounding_box()["x"] >= shown.picture.bounding_box()["x"]
    assert shown.slider(N).bounding_box()["width"] > 60


# The contrast of each text in a cell's output with what is behind it, WCAG 2.2, 1.4.3.
CONTRAST = """cell => {
    const rgb = colour => colour.match(/[\\d.]+/g).map(Number);
    const light = colour => {
        const [r, g, b] = rgb(colour).map(v => v / 255)
            .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = element => {
        const colour = getComputedStyle(element).backgroundColor;
        return rgb(colour)[3] === 0 ? behind(element.parentElement) : colour;
    };
    return [...cell.querySelectorAll('.jp-OutputArea-output *')]
        .filter(e => e.type !== 'range' && e.checkVisibility())
        .filter(e => e.value || [...e.childNodes].some(
            node => node.nodeType === 3 && node.textContent.trim()))
        .map(e => {
            const pair = [light(getComputedStyle(e).color), light(behind(e))].sort((a, b) => b - a);
            return [(pair[0] + 0.05) / (pair[1] + 0.05), e.innerText || e.value];
        });
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_word_is_readable_in_both_themes(shown, notebook, theme):
    notebook.set_theme(theme)
    try:
        contrasts = shown.cell.evaluate(CONTRAST)
    finally:
        notebook.set_theme("light")
    assert len(contrasts) > 8
    assert [pair for pair in contrasts if pair[0] < 4.5] == []

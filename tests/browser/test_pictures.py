"""The README's picture shows the course as it is. NNKIT_PICTURES=1 pytest makes it anew."""

import io
import os
from pathlib import Path

import numpy as np
import PIL.Image

PICTURE = Path(__file__).parent.parent.parent / ".pictures" / "course.png"


def coarse(image):
    """The picture in 64 x 40 greys: what is left when fonts differ from machine to machine."""
    return np.asarray(image.convert("L").resize((64, 40)), float)


def test_the_readmes_picture_is_current(open_notebook):
    notebook = open_notebook("05_gradient_descent.ipynb")
    cell = notebook.run_to(notebook.find("GradientDescent()"))
    slider = cell.get_by_role("slider", name="learning rate (lr)", exact=True)
    for _ in range(19):
        slider.press("ArrowRight")
    cell.get_by_text("Oscillates and converges").wait_for()
    notebook.command("application:toggle-left-area")
    notebook.page.mouse.move(640, 200)
    notebook.page.mouse.wheel(0, 150)
    notebook.page.wait_for_timeout(1500)
    shown = PIL.Image.open(io.BytesIO(notebook.page.screenshot()))
    if os.environ.get("NNKIT_PICTURES"):
        palette = shown.convert("RGB").quantize(128, PIL.Image.Quantize.MAXCOVERAGE)
        palette.save(PICTURE, optimize=True)
    with PIL.Image.open(PICTURE) as kept:
        assert np.abs(coarse(shown) - coarse(kept)).mean() < 6

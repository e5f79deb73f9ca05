"""Screenshots of every explorer in a real JupyterLab, 1280 x 800, and all of them on one sheet.

    python tests/browser/contact_sheet.py FOLDER [--theme dark] [--scale 2] [NAME ...]

Each is shown as it opens and with its first slider at the far end.
"""

import argparse
import io
import tempfile
from pathlib import Path

import PIL.Image
from harness import SWITCHES, Lab, Notebook, Shown, find_chromium, write_notebook
from playwright.sync_api import sync_playwright
from test_explorers import EXPLORERS, first_slider

import widgets

WIDTH = 640  # of a screenshot on the sheet


def screenshots(lab, browser, names, theme, scale):
    """Yield (name, state, image): each explorer at first and with its first slider moved."""
    cells = ["import widgets", *(f"the_{name} = widgets.{name}()\nthe_{name}" for name in names)]
    write_notebook(lab, "sheet.ipynb", cells)
    size = {"width": 1280, "height": 800}
    page = browser.new_context(viewport=size, device_scale_factor=scale).new_page()
    notebook = Notebook(page, lab, "sheet.ipynb")
    notebook.set_theme(theme)
    notebook.command("application:toggle-left-area")
    notebook.run_all()
    for name in names:
        shown = Shown(notebook, f"the_{name} = ")
        _, label, key = first_slider(getattr(widgets, name)())
        for state in "first", "end":
            if state == "end":
                shown.slider(label).press("Home" if key == "ArrowLeft" else "End")
            shown.picture.evaluate(
                "image => image.closest('.jp-OutputArea-output').scrollIntoView()"
            )
            page.wait_for_timeout(2500 if state == "end" else 500)
            with PIL.Image.open(io.BytesIO(page.screenshot())) as image:
                yield name, state, image.convert("RGB")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", default=EXPLORERS, metavar="NAME")
    parser.add_argument("--theme", choices=["light", "dark"], default="light")
    parser.add_argument("--scale", type=float, default=1)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    small = WIDTH, WIDTH * 800 // 1280
    sheet = PIL.Image.new("RGB", (2 * small[0], small[1] * len(options.names)))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        lab = Lab(Path(folder))
        try:
            browser = driver.chromium.launch(executable_path=find_chromium(), args=SWITCHES)
            given = options.names, options.theme, options.scale
            for i, (name, state, image) in enumerate(screenshots(lab.wait(), browser, *given)):
                image.save(options.folder / f"{name}-{state}.png")
                sheet.paste(image.resize(small), (i % 2 * small[0], i // 2 * small[1]))
        finally:
            lab.stop()
    sheet.save(options.folder / "all.png")
    print(f"{2 * len(options.names)} screenshots and all.png are in {options.folder}")


if __name__ == "__main__":
    main()

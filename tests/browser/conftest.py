"""Fixtures of the browser tests: one Chromium, one JupyterLab, notebooks open in pages of it."""

import pytest
from harness import SWITCHES, Lab, Notebook, find_chromium


@pytest.fixture(scope="module")
def chromium():
    """Not for the session: Playwright's event loop would run on under tests that know of none."""
    path = find_chromium()
    playwright = pytest.importorskip("playwright.sync_api", reason="browser tests need playwright")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    find_chromium()
    lab = Lab(tmp_path_factory.mktemp("lab"))
    yield lab.wait()
    lab.stop()


@pytest.fixture(scope="module")
def open_notebook(chromium, lab):
    """open_notebook(name, scale=1, **context): the notebook in a fresh 1280x800 page."""
    contexts = []

    def opened(name, scale=1, **options):
        size = {"width": 1280, "height": 800}
        context = chromium.new_context(viewport=size, device_scale_factor=scale, **options)
        contexts.append(context)
        return Notebook(context.new_page(), lab, name)

    yield opened
    for context in contexts:
        context.close()

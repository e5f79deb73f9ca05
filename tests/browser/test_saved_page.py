"""An explorer saved as a page works from the disk: no kernel, no network, by keyboard alone."""

import base64
import io

import numpy as np
import PIL.Image
import pytest
from harness import normal

from widgets import GradientDescent, PenaltyGeometry


@pytest.fixture
def open_page(chromium, tmp_path):
    """open_page(explorer, *names): the saved page; nothing but the file itself may be asked for."""
    contexts = []

    def opened(explorer, *names):
        file = tmp_path / "page.html"
        explorer.save_html(file, *names)
        assert file.stat().st_size < 5_000_000
        contexts.append(chromium.new_context(viewport={"width": 1280, "height": 800}))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: pytest.fail(str(error)))
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(file.as_uri())
        page.asked = asked
        return page

    yield opened
    for context in contexts:
        context.close()


def expect(page, explorer):
    """The page shows the picture and words that `explorer` has now."""
    assert normal(page.get_by_role("status").inner_text()) == normal(explorer.live.description)
    picture = page.locator("img")
    assert normal(picture.get_attribute("alt")) == normal(explorer.live.description)
    picture.evaluate("image => image.decode()")
    width = picture.evaluate("image => image.naturalWidth")
    data = picture.get_attribute("src").removeprefix("data:image/png;base64,")
    there = PIL.Image.open(io.BytesIO(base64.b64decode(data)))
    here = PIL.Image.open(io.BytesIO(explorer.live.png(width / explorer.size[0])))
    assert np.array_equal(np.asarray(there.convert("RGB")), np.asarray(here.convert("RGB")))


def test_one_slider_moves_by_keyboard_and_picture_and_words_follow(open_page):
    page = open_page(GradientDescent(function="2x^2-12x+20"), "lr")
    slider = page.get_by_role("slider", name="learning rate (lr)")
    there = GradientDescent(function="2x^2-12x+20")
    expect(page, there)
    page.keyboard.press("Tab")
    places = there._widgets["lr"].places()
    at = places.index(there.lr)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    there.lr = places[at + 2]
    expect(page, there)
    assert slider.get_attribute("aria-valuetext") == f"{there.lr:g}"
    page.keyboard.press("End")
    there.lr = 2.0
    expect(page, there)
    assert not [url for url in page.asked if not url.startswith(("file:", "data:"))]


def test_two_sliders_reach_every_place_of_their_table(open_page):
    page = open_page(PenaltyGeometry(), "lam", "tilt")
    first, second = page.get_by_role("slider").all()
    first.press("End")
    second.press("Home")
    there = PenaltyGeometry()
    lam, tilt = (there._widgets[name].places() for name in ("lam", "tilt"))
    there.set(lam=lam[-1], tilt=tilt[0])
    expect(page, there)

import base64
import io
import json
import re

import numpy as np
import PIL.Image
import pytest
from test_explorer import Line, Training

from widgets import export
from widgets.controls import Slider, log_slider, slider
from widgets.export import LIMIT


class Few(Line):
    """y = slope * x, in big steps."""

    slope = slider("slope", -3.0, 3.0, default=1.0, step=0.5)


def data_of(path):
    text = path.read_text(encoding="utf-8")
    return json.loads(re.search(r'id="data">(.*?)</script>', text)[1])


def seen(data, *at):
    """(pixels, words) of a place, as the page finds it."""
    place = 0
    for slider_, i in zip(data["sliders"], at, strict=True):
        place = place * len(slider_["values"]) + i
    index, words = data["shown"][place]
    picture = base64.b64decode(data["pictures"][index])
    with PIL.Image.open(io.BytesIO(picture)) as image:
        return np.asarray(image.convert("RGB")), words


def pixels(line, scale=2):
    with PIL.Image.open(io.BytesIO(line.live.png(scale))) as image:
        return np.asarray(image.convert("RGB"))


def test_the_places_of_a_slider_are_what_the_page_makes_of_its_ticks():
    steps = slider("steps", 0, 10, default=0, step=4).widget().places()
    assert repr(steps) == "[0, 4, 8, 10]"
    assert slider("slope", -0.3, 0.3, default=0.0, step=0.1).widget().places() == [
        -0.3, -0.2, -0.1, 0.0, 0.1, 0.2, 0.3,
    ]  # fmt: skip
    rates = log_slider("lr", 1e-3, 2, default=0.1).widget().places()
    assert rates[:3] == [0.001, 0.00105, 0.0011]
    assert (rates[-1], len(rates)) == (2.0, 167)


def test_every_place_of_the_first_slider_has_its_picture_and_words(tmp_path):
    Few(lr=0.5).save_html(tmp_path / "line.html")
    data = data_of(tmp_path / "line.html")
    (only,) = data["sliders"]
    assert (only["label"], len(only["values"])) == ("slope", 13)
    assert only["values"][only["at"]] == 1.0
    assert len(data["shown"]) == 13
    for at in 0, 7, 12:
        there = Few(slope=only["values"][at])
        picture, words = seen(data, at)
        assert np.array_equal(picture, pixels(there))
        assert words == there.readout(there.slope)


def test_two_sliders_make_a_table_and_equal_pictures_are_kept_once(tmp_path):
    Few().save_html(tmp_path / "line.html", "steps", "slope")
    data = data_of(tmp_path / "line.html")
    steps, slope = data["sliders"]
    assert steps["values"] == list(range(1, 10))
    assert len(data["shown"]) == 9 * len(slope["values"])
    assert len(data["pictures"]) == len(slope["values"]) - (2.0 in slope["values"])
    at = slope["values"].index(1.0)
    picture, words = seen(data, 4, at)
    assert np.array_equal(picture, pixels(Few(steps=5), len(picture) / 330))


def test_a_place_that_fails_says_so_and_the_others_stand(tmp_path):
    Few().save_html(tmp_path / "line.html", "slope")
    data = data_of(tmp_path / "line.html")
    at = data["sliders"][0]["values"].index(2.0)
    assert seen(data, at)[1] == "This position can't be shown. ArithmeticError: &lt;two&gt;"
    assert seen(data, at + 1)[1].startswith("<b>slope</b> 2.5")


def test_the_explorer_itself_does_not_move(tmp_path):
    line = Few(slope=2.5)
    before, words = line.live.picture, line.live.words
    sent = []
    for widget in line.live, line._widgets["slope"]:
        widget.send_state = lambda key=None: sent.append(key)
    line.save_html(tmp_path / "line.html", "slope", "lr")
    line.live.repaint()
    assert (line.live.picture, line.live.words, line.slope) == (before, words, 2.5)
    assert not sent


def test_the_file_keeps_its_size_and_the_present_place(tmp_path, monkeypatch):
    line = Few(slope=0.123)
    monkeypatch.setattr(export, "LIMIT", 60_000)
    line.save_html(tmp_path / "line.html")
    assert (tmp_path / "line.html").stat().st_size < 60_000
    (only,) = data_of(tmp_path / "line.html")["sliders"]
    values = only["values"]
    assert values[only["at"]] == 0.123
    assert (values[0], values[-1]) == (-3.0, 3.0)
    assert len(values) < 13
    gaps = np.diff([v for v in values if v != 0.123])
    assert gaps.max() < 2.1 * gaps.min(), "what is left out is left out evenly"
    assert LIMIT == 5_000_000


def test_a_slow_computation_is_shown_at_its_end(tmp_path):
    Training(steps=9).save_html(tmp_path / "line.html", "steps")
    words = data_of(tmp_path / "line.html")["shown"][-1][1]
    assert words == Training(steps=9).readout(3.0)


def test_the_page_needs_nothing_from_elsewhere_and_says_what_it_shows(tmp_path):
    Few(lr=0.5).save_html(tmp_path / "line.html")
    text = (tmp_path / "line.html").read_text(encoding="utf-8")
    assert "<title>y = slope * x, in big steps.</title>" in text
    assert "Here steps = 2, learning rate (lr) = 0.5, colour = blue." in text
    assert "Few(slope=1.0, steps=2, lr=0.5, colour=&#x27;blue&#x27;)" in text
    assert not re.search(r"@[A-Z]+@|https?://", text)


@pytest.mark.parametrize("names", [("slope", "steps", "lr"), ("colour",), ("slop",)])
def test_only_sliders_in_use_can_move_in_a_page(names, tmp_path):
    with pytest.raises(ValueError, match=r"one or two of the sliders \['slope', 'steps', 'lr'\]"):
        Few().save_html(tmp_path / "line.html", *names)


def test_no_slider_is_changed_by_asking_for_its_places():
    made = Slider(label="x", low=0, high=1, step=0.25, value=0.3)
    assert made.places() == [0.0, 0.25, 0.5, 0.75, 1.0]
    assert made.value == 0.3

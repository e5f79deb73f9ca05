import base64
import io

import numpy as np
import PIL.Image
import pytest

from widgets import LiveFigure
from widgets.live import encode


def decode(data):
    with PIL.Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert("RGBA"))


def pixels(live):
    """The picture that a page shows."""
    head, data = live.picture.split(",")
    assert head == "data:image/png;base64"
    return decode(base64.b64decode(data))


@pytest.fixture
def live():
    live = LiveFigure(300, 200)
    live.axes = live.figure.subplots()
    live.axes.plot([0, 1], [0, 1])
    (live.dot,) = live.move(*live.axes.plot([0.2], [0.8], "ro"))
    live.axes.set(xlim=(0, 1), ylim=(0, 1))
    live.repaint()
    return live


@pytest.mark.parametrize("shape", [(1, 1), (7, 5), (330, 840)])
def test_encode_keeps_every_pixel(shape):
    image = np.random.default_rng(0).integers(0, 256, (*shape, 4), dtype=np.uint8)
    assert np.array_equal(decode(encode(image)), image)


def test_a_moved_picture_equals_one_drawn_anew(live):
    live.dot.set_data([0.7], [0.1])
    live.repaint()
    moved = pixels(live)
    live._background = None
    live.repaint()
    assert np.array_equal(moved, pixels(live))


def test_moving_does_not_redraw_the_rest(live, monkeypatch):
    before = pixels(live)
    monkeypatch.setattr(live.canvas, "draw", lambda: pytest.fail("a full redraw"))
    live.dot.set_data([0.7], [0.1])
    live.repaint()
    assert not np.array_equal(before, pixels(live))


@pytest.mark.parametrize(
    "change",
    [
        lambda axes: axes.set_xlim(0, 2),
        lambda axes: axes.set_title("new"),
        lambda axes: axes.plot([0, 1], [1, 0]),
        lambda axes: axes.lines[0].set_color("k"),
    ],
)
def test_a_change_of_what_stands_still_is_noticed(live, change):
    before = pixels(live)
    change(live.axes)
    live.repaint()
    assert not np.array_equal(before, pixels(live))


def test_what_stands_still_stays_where_it_is_when_drawn_anew():
    live = LiveFigure(840, 330)
    left, middle, right = live.figure.subplots(1, 3, width_ratios=(1, 1, 0.9))
    for axes in left, middle:
        axes.set(aspect="equal", xlim=(-1, 1), ylim=(-1, 1), xlabel="x")
    left.set(title="a", ylabel="y")
    live.figure.colorbar(middle.imshow([[0, 1]]), ax=middle, label="label")
    live.figure.legend(handles=left.plot([0, 1]), labels=["line"], loc="outside lower left")
    live.repaint()
    before, place = live.picture, left.get_position(original=True).bounds
    live.png()
    assert left.get_position(original=True).bounds == place
    assert not live.figure.stale, "the static picture costs no redraw afterwards"
    for _ in range(3):
        left.get_position()  # which applies the aspect once more
        left.set_title("a")
        live.repaint()
        assert live.picture == before


def test_no_word_is_cut_beside_axes_that_keep_their_shape():
    live = LiveFigure(840, 380)
    for axes in live.figure.subplots(1, 2):
        axes.set(xlim=(-4, 4), ylim=(-3.2, 3.2), title="title", xlabel="x", aspect="equal")
    live.figure.legend(handles=axes.plot([0, 1]), labels=["line"], loc="outside lower left")
    live.repaint()
    for axes in live.figure.axes:
        box = axes.get_tightbbox()
        assert box.x0 > 0 and box.y0 > 0
        assert box.x1 < live.figure.bbox.x1 and box.y1 < live.figure.bbox.y1


def test_a_fine_screen_gets_more_pixels_at_once(live):
    live.pixel_ratio = 2.0
    assert pixels(live).shape == (400, 600, 4)
    assert (live.width, live.height) == (300, 200)


@pytest.mark.parametrize("height", [200, 460])  # 4.6 inches are 459.99999 pixels
def test_the_static_picture_leaves_no_trace(height):
    live = LiveFigure(300, height)
    live.figure.subplots().set_title("before")
    live.repaint()
    before = live.picture
    live.png()
    live.repaint()
    assert live.picture == before
    with live.scaled(2):
        live.figure.axes[0].set_title("after")
        live.url()
    live.repaint()
    after, live._background = live.picture, None
    live.repaint()
    assert live.picture == after != before


def test_the_static_picture_is_not_laid_out_anew(live, monkeypatch):
    layout = type(live.figure.get_layout_engine())
    monkeypatch.setattr(layout, "execute", lambda *_: pytest.fail("laid out again"))
    live.png()
    live.repaint()


def test_the_static_picture_shows_the_moving_artists_too(live):
    shown = decode(live.png())
    live.dot.set_visible(False)
    assert shown.shape == (400, 600, 4)
    assert not np.array_equal(shown, decode(live.png()))


def test_the_static_picture_keeps_the_colours(live):
    live.axes.plot([0, 1], [1, 0], color="#0072B2")
    for i in range(40):  # many shades must not push out a small marker's
        live.axes.axvspan(i / 40, (i + 1) / 40, color=str(i / 40), alpha=0.2)
    live.repaint()
    live.pixel_ratio = 2.0
    difference = np.abs(decode(live.png()).astype(int) - pixels(live))
    assert np.percentile(difference, 99.9) < 24


def test_the_pointer_speaks_in_data_coordinates(live):
    heard, answers = [], []
    live.send = answers.append
    live.on_point(lambda axes, x, y: heard.append((axes, x, y)))
    x, y = live.axes.transData.transform((0.25, 0.5)) / live.figure.bbox.size
    live._handle_custom_msg({"kind": "press", "x": x, "y": y}, [])
    live._handle_custom_msg({"kind": "drag", "x": 0.001, "y": 0.001}, [])
    live._handle_custom_msg({"kind": "double", "x": x, "y": y}, [])
    assert live.clickable
    ((axes, x, y),) = heard
    assert (axes, round(x, 6), round(y, 6)) == (live.axes, 0.25, 0.5)
    assert len(answers) == 3, "each position is answered, so that the page may send the next"


def test_no_figure_is_kept_alive_by_pyplot(live):
    import matplotlib.pyplot as plt

    assert plt.get_fignums() == []

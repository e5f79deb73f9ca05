import numpy as np
import pytest

from widgets import DrawDigit
from widgets.bitmap import counts, from_text
from widgets.digit_drawing import sheet
from widgets.digit_net import digits
from widgets.draw_digit import AS_DRAWN, LIKE_DATA


@pytest.fixture(scope="module")
def shown():
    return DrawDigit()


@pytest.fixture
def explorer(shown):
    shown.hand.box.rubber.value = False
    shown.reset()
    return shown


def pointer(explorer, kind, x, y, path=()):
    figure, axes = explorer.live.figure, explorer.canvas.axes

    def place(x, y):
        return [float(v) for v in axes.transData.transform((x, y)) / figure.bbox.size]

    x, y = place(x, y)
    event = {"kind": kind, "x": x, "y": y, "path": [place(*p) for p in path]}
    explorer.live._handle_custom_msg(event, [])


def key(explorer, name, shift=False):
    explorer.live._handle_custom_msg({"kind": "key", "key": name, "shift": shift}, [])


def ink(explorer):
    return from_text(explorer.drawing)


def test_a_press_makes_a_dot_and_a_drag_a_line_along_its_way(explorer):
    explorer.clear()
    pointer(explorer, "press", 4.5, 4.5)
    assert ink(explorer)[4, 4] and ink(explorer).sum() <= 9
    pointer(explorer, "drag", 28, 28, [(4.5, 28)])
    assert ink(explorer)[16, 4] and ink(explorer)[27, 16]
    assert not ink(explorer)[14:18, 14:18].any(), "no short cut"


def test_a_drag_that_began_elsewhere_draws_nothing(explorer):
    explorer.clear()
    pointer(explorer, "press", 40, 10)
    pointer(explorer, "drag", 10, 10)
    assert not ink(explorer).any()


def test_the_rubber_takes_ink_away_and_the_pen_has_its_width(explorer):
    explorer.set(drawing="", pen=6.0)
    pointer(explorer, "press", 16, 16)
    assert 24 <= ink(explorer).sum() <= 32
    explorer.hand.box.rubber.value = True
    pointer(explorer, "press", 16, 16)
    assert not ink(explorer).any()


def test_the_rubber_is_put_away_when_nothing_is_left(explorer):
    pointer(explorer, "press", 16, 16)
    explorer.hand.box.rubber.value = True
    explorer.clear()
    assert not explorer.hand.box.rubber.value


def test_the_keyboard_draws_too(explorer):
    explorer.clear()
    key(explorer, "ArrowRight")
    assert not ink(explorer).any(), "the pen is up"
    key(explorer, " ")
    for _ in range(5):
        key(explorer, "ArrowDown", shift=True)
    assert ink(explorer)[8:28, 16].all()
    assert "Pen down at column 18, row 29" in explorer.hand.box.told.value
    key(explorer, "Enter")
    before = explorer.drawing
    key(explorer, "ArrowLeft")
    assert explorer.drawing == before
    key(explorer, "Delete")
    assert explorer.drawing == ""
    key(explorer, "r")
    assert explorer.hand.box.rubber.value


def test_the_ring_of_the_keyboards_pen_goes_when_the_picture_is_left(explorer):
    key(explorer, "ArrowDown")
    assert len(explorer.hand.ring.get_xdata()) == 1
    explorer.live._handle_custom_msg({"kind": "blur"}, [])
    assert len(explorer.hand.ring.get_xdata()) == 0


def test_the_state_brings_the_drawing_back(explorer):
    pointer(explorer, "press", 3, 3)
    again = eval(repr(explorer), {"DrawDigit": DrawDigit})
    assert again.state == explorer.state
    assert again.live.picture == explorer.live.picture
    with pytest.raises(ValueError, match="rows of 8 hexadecimal digits"):
        explorer.drawing = "no drawing"


def test_the_preset_digits_are_read(explorer):
    for words, state in list(explorer.presets.items())[:2]:
        explorer.set(**state)
        assert "It says 3" in explorer.live.description, words
    explorer.set(**explorer.presets["the same 3, not prepared"])
    assert "It says 3" not in explorer.live.description


def test_samples_are_shown_with_their_own_counts_one_after_another(explorer):
    _, X, _, _ = digits()
    explorer._sample = -1
    for k in range(2):
        explorer.show_sample()
        assert explorer.prepare == AS_DRAWN
        assert counts(ink(explorer)).ravel() / 16 == pytest.approx(X.numpy()[k])


def test_the_picture_shows_what_the_words_say(explorer):
    result = explorer.compute(**explorer.state)
    assert [bar.get_width() for bar in explorer.chances.bars] == pytest.approx(result.p)
    assert np.array_equal(explorer.seen.get_array(), counts(result.ready) / 16)
    words = explorer.live.description
    assert f"{(result.layers[0] > 0).sum()} of 64 units answer above 0" in words
    assert "116 of 1024 cells" in words


def test_an_empty_drawing_gets_an_answer_all_the_same(explorer):
    explorer.clear()
    assert "Nothing drawn yet" in explorer.live.description
    assert "All 64 pixels are 0" in explorer.live.description


def test_a_learners_net_answers_or_is_asked_for():
    p = np.eye(10)[[7]]
    theirs = DrawDigit(model=lambda X: (np.ones((len(X), 6)), p.repeat(len(X), axis=0)))
    assert "It says 7 with p = 1.000" in theirs.live.description
    assert "Your own net answers." in theirs.live.description
    assert theirs._widgets["net"].disabled
    assert "returns nothing yet" in DrawDigit(model=lambda X: None).live.description


def test_units_become_a_sheet_and_maps_lie_side_by_side():
    assert np.array_equal(sheet(np.arange(4.0)), [[0, 1], [2, 3]])
    assert np.isnan(sheet(np.arange(5.0))).sum() == 1
    maps = sheet(np.arange(27.0).reshape(3, 3, 3))
    assert maps.shape == (8, 8)
    assert np.array_equal(maps[:3, 4:7], np.arange(9.0, 18).reshape(3, 3))


def test_preparing_is_a_choice(explorer):
    explorer.prepare = AS_DRAWN
    result = explorer.compute(**explorer.state)
    assert np.array_equal(result.ready, result.drawing)
    assert "As it is" in result.preparation
    explorer.prepare = LIKE_DATA
    assert "it covers 310" in explorer.compute(**explorer.state).preparation

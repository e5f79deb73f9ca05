import asyncio
import base64
import time

import pytest

from widgets import Explorer
from widgets.controls import choice, log_slider, slider
from widgets.explorer import plain_text
from widgets.panel import StateLine


class Line(Explorer):
    """y = slope * x."""

    slope = slider("slope", -3.0, 3.0, default=1.0, step=0.1)
    steps = slider("steps", 1, 9, default=2, step=1)
    lr = log_slider("learning rate (lr)", 1e-3, 1, default=0.1)
    colour = choice("colour", ["blue", "red"], "blue")
    presets = {"steep": {"slope": 3.0, "lr": 0.5}}
    actions = {"double": "double"}

    def double(self):
        self.set(slope=2 * self.slope)

    def follow(self, changes):
        return {"slope": -1.0} if changes.get("colour") == "red" else {}

    def unused(self, state):
        return ["steps"] if state["colour"] == "red" else []

    def compute(self, slope, steps, lr, colour):
        self.computed = getattr(self, "computed", 0) + 1
        if slope == 2.0:
            raise ArithmeticError("<two>")
        return slope

    def setup(self, figure):
        axes = figure.subplots()
        (self.line,) = self.live.move(*axes.plot([0, 1], [0, 0]))
        axes.set_ylim(-3, 3)

    def draw(self, result):
        self.line.set_ydata([0, result])

    def readout(self, result):
        return f"<b>slope</b> {result:g} &lt; 9<br>second line"


def test_a_control_is_keyword_attribute_and_state():
    line = Line(slope=2.5)
    assert line.slope == line.state["slope"] == 2.5
    line.slope = -1.0
    assert line.state == {"slope": -1.0, "steps": 2, "lr": 0.1, "colour": "blue"}


def test_moving_a_widget_moves_picture_words_and_description():
    line = Line()
    before = line.live.picture
    line._widgets["slope"].value = 3.0
    assert line.live.picture != before
    assert line.live.description == "slope 3 < 9\nsecond line"
    assert line.live.description in plain_text(line.live.words)


def test_a_whole_number_from_the_page_is_a_whole_number():
    line = Line()
    line._widgets["steps"].set_state({"value": 5})
    assert repr(line.steps) == "5"
    assert 'role="status"' in line.live.words


def test_picture_words_and_description_travel_in_one_message(monkeypatch):
    line, sent = Line(), []
    monkeypatch.setattr(line.live, "send_state", lambda keys: sent.append({*keys}))
    line.slope = 3.0
    assert sent == [{"picture", "words", "description"}]


def test_the_page_is_answered_before_the_picture_and_moves_meanwhile_are_drawn_once():
    line = Line()

    async def page():
        line.computed = 0
        line._widgets["slope"].value = 1.5
        line._widgets["lr"].value = 0.2
        line._widgets["slope"].value = 2.5
        assert line.computed == 0
        await asyncio.sleep(0)

    asyncio.run(page())
    assert line.computed == 1
    assert line.live.picture == Line(slope=2.5, lr=0.2).live.picture


def test_several_moves_are_drawn_once():
    line = Line()
    line.computed = 0
    line.set(slope=3.0, steps=5, lr=0.2)
    assert line.computed == 1


def test_repr_restores_the_state_exactly():
    line = Line(slope=0.7, lr=0.0123456789, colour="red")
    again = eval(repr(line))
    assert again.state == line.state
    assert again.live.picture == line.live.picture


def test_the_page_gets_the_state_as_code_when_it_asks():
    line, sent = Line(slope=0.7), []
    (state,) = [part for part in line.panel.box.children if isinstance(part, StateLine)]
    state.send = sent.append
    state._handle_custom_msg({}, [])
    assert sent == [{"state": "Line(slope=0.7, steps=2, lr=0.1, colour='blue')"}]


def test_reset_goes_back_to_how_it_began():
    line = Line(slope=3.0)
    line.set(slope=1.0, colour="red", lr=1.0)
    line.reset()
    assert line.state == Line(slope=3.0).state


def test_a_preset_is_chosen_from_the_menu():
    line = Line()
    (menu,) = [w for w in line.panel.buttons.children if hasattr(w, "options")]
    menu.value = "steep"
    assert (line.slope, line.lr) == (3.0, 0.5)
    assert menu.value != "steep", "the menu is ready for the same choice again"


def test_an_action_is_a_button_and_its_failure_one_line():
    line = Line(slope=1.5)
    (double,) = [w for w in line.panel.buttons.children if w.description == "double"]
    double.click()
    assert line.slope == 3.0
    double.click()
    assert "slope must be a number from -3 to 3, got 6.0" in line.live.words
    assert line.slope == 3.0


def test_what_follows_a_choice_gives_way_to_what_is_named():
    assert Line(colour="red").slope == -1.0
    assert Line(colour="red", slope=2.5).slope == 2.5
    line = Line()
    line._widgets["colour"].value = "red"
    assert line.slope == -1.0
    assert line._widgets["steps"].disabled and not line._widgets["slope"].disabled


def test_a_failure_is_one_line_and_the_next_move_recovers():
    line = Line()
    picture = line.live.picture
    line.slope = 2.0
    assert "ArithmeticError: &lt;two&gt;" in line.live.words
    assert 'role="alert"' in line.live.words
    assert line.live.picture == picture, "the picture stays"
    line.slope = 3.0
    assert 'role="status"' in line.live.words


@pytest.mark.parametrize(
    ("state", "error", "sentence"),
    [
        ({"slop": 1}, TypeError, "Line has no control 'slop'; it has slope, steps, lr, colour"),
        ({"slope": 4.0}, ValueError, "slope must be a number from -3 to 3, got 4.0"),
        ({"lr": 0}, ValueError, "lr must be a number from 0.001 to 1, got 0"),
        ({"lr": "0.1"}, ValueError, "lr must be a number from 0.001 to 1, got '0.1'"),
        ({"lr": float("nan")}, ValueError, "lr must be a number from 0.001 to 1, got nan"),
        ({"colour": "green"}, ValueError, r"colour must be one of \['blue', 'red'\], got 'green'"),
    ],
)
def test_a_state_that_is_not_allowed_is_said_in_a_sentence(state, error, sentence):
    line = Line()
    for give in lambda **state: Line(**state), line.set:
        with pytest.raises(error, match=sentence):
            give(**state)
    assert line.state == Line().state


def test_every_reader_is_served():
    bundle, metadata = Line()._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG")
    state, words, _ = bundle["text/plain"].split("\n")
    assert state == "Line(slope=1.0, steps=2, lr=0.1, colour='blue')"
    assert words == "slope 1 < 9"
    assert metadata["image/png"] == {"width": 840, "height": 330, "alt": Line().live.description}


def test_a_glimpse_moves_what_follows_too_and_nothing_else():
    line = Line(lr=0.5)
    words = list(line.glimpses([{"colour": "red"}, {"slope": 2.0}, {"steps": 3}]))
    assert words[0].startswith("<b>slope</b> -1 ")
    assert words[1] == "This position can't be shown. ArithmeticError: &lt;two&gt;"
    assert words[2].startswith("<b>slope</b> 1 ")
    assert line.state == Line(lr=0.5).state


class Training(Line):
    """A computation that takes a second and shows its progress."""

    def compute(self, steps, **state):
        for i in range(1, 11):
            time.sleep(0.06)
            yield steps * i / 30


def test_a_slow_computation_shows_its_progress_and_gives_way_to_the_next_move():
    async def learner():
        training = Training(steps=1)
        training.steps = 9
        assert "Still working" in training.live.words
        assert "Still working" in training.live.description
        assert training.line.get_ydata()[1] == pytest.approx(9 * 2 / 30)
        await asyncio.sleep(1.5)
        assert "Still working" not in training.live.words
        assert training.line.get_ydata()[1] == 3.0

    asyncio.run(learner())


def test_the_static_picture_shows_the_end_of_a_slow_computation():
    async def cell():
        training = Training(steps=9)
        return training, training._repr_mimebundle_()[0]

    training, bundle = asyncio.run(cell())
    assert bundle["text/plain"].startswith("Training(slope=1.0, steps=9, lr=0.1, colour='blue')\n")
    assert "Still working" not in bundle["text/plain"]
    at_once = Training(steps=9)
    assert training.live.picture == at_once.live.picture
    assert bundle["image/png"] == at_once._repr_mimebundle_()[0]["image/png"]


def test_an_unfinished_explorer_cannot_be_made():
    with pytest.raises(TypeError, match="compute"):
        Explorer()


def test_the_pointer_places_sliders_rounded_and_within_their_ends():
    line = Line()
    line.place(slope=1.23456, lr=7.0)
    assert (line.slope, line.lr) == (1.23, 1.0)
    line.place(slope=-99.0)
    assert (line.slope, line.lr) == (-3.0, 1.0)

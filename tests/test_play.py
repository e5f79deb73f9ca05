import asyncio
import time

import pytest

from widgets import Explorer
from widgets.controls import slider
from widgets.play import Player


class Epochs(Explorer):
    """epochs squared; training past epoch 3 takes its time if `slow`."""

    epochs = slider("epochs", 0, 5, default=3, step=1)
    slow = slider("slow", 0, 1, default=0, step=1)
    play = "epochs"
    presets = {"none": {"epochs": 0}}

    def compute(self, epochs, slow):
        if slow and epochs > 3:
            for _ in range(4):
                time.sleep(0.06)
                yield -1
        if epochs == 2:
            raise ArithmeticError("two")
        yield epochs**2

    def setup(self, figure):
        (self.line,) = self.live.move(*figure.subplots().plot([0, 1]))

    def draw(self, result):
        self.line.set_ydata([0, result])

    def readout(self, result):
        return f"{result}"


@pytest.fixture
def page():
    """(explorer, ask, answers): the page's messages to the player and from it."""

    class Page:
        def __init__(self):
            self.explorer = Epochs()
            self.player = self.explorer.panel.player
            self.answers = []
            self.player.send = self.answers.append

        def ask(self, from_start=False):
            asked = {"from_start": from_start, "stops": self.player.stops}
            self.player._handle_custom_msg(asked, [])

    return Page()


def test_each_step_moves_the_slider_by_one_until_its_end(page):
    for _ in range(4):
        page.ask()
    assert page.explorer.epochs == 5
    assert page.answers == [{"more": True}, {"more": False}, {"more": False}, {"more": False}]


def test_a_step_is_one_of_the_sliders(page):
    page.player._slider.step = 2
    page.explorer.epochs = 1
    page.answers.clear()
    page.ask()
    assert (page.explorer.epochs, page.answers) == (3, [{"more": True}])
    page.ask()
    page.ask()
    assert page.explorer.epochs == 5


def test_play_at_the_end_begins_anew(page):
    page.explorer.epochs = 5
    page.ask(from_start=True)
    assert (page.explorer.epochs, page.answers) == (0, [{"more": True}])
    page.ask(from_start=True)
    assert page.explorer.epochs == 1


def test_the_answer_waits_for_the_final_picture_even_of_another_move(page):
    async def learner():
        page.explorer.slow = 1
        page.ask()
        assert page.explorer.epochs == 4
        assert page.answers == []
        page.explorer.epochs = 5
        assert page.answers == []
        while not page.answers:
            await asyncio.sleep(0.01)
        assert page.explorer.live.description == "25"

    asyncio.run(learner())
    assert page.answers == [{"more": False}]


def test_a_failure_stops_playing(page):
    page.explorer.epochs = 1
    page.ask()
    assert page.answers == [{"more": False}]


def test_a_move_by_hand_is_no_answer(page):
    page.explorer.epochs = 1
    assert page.answers == []


def test_reset_and_presets_stop_playing_and_the_step_that_is_on_its_way(page):
    panel, seen = page.explorer.panel, page.player.stops
    reset, menu = panel.buttons.children[1], panel.buttons.children[0]
    for stopped, (act, there) in enumerate(
        [(reset.click, 3), (lambda: setattr(menu, "value", "none"), 0)], start=1
    ):
        page.explorer.epochs = 4
        act()
        assert page.player.stops == seen + stopped
        page.player._handle_custom_msg({"from_start": False, "stops": seen}, [])
        assert page.explorer.epochs == there
    page.ask()
    assert page.explorer.epochs == 1, "a new step is taken"


def test_the_pace_lets_short_and_long_sliders_be_seen(page):
    assert page.player.pace == 400
    page.player._slider.high = 200
    assert Player(page.player._slider, print).pace == 30

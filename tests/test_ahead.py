import asyncio
import time

import pytest
from test_explorer import Line, Training

from widgets import ahead
from widgets.ahead import CHEAP, DRAG, REST


class Slow(Line):
    """A picture that costs more than it saves to have it early."""

    def compute(self, **state):
        end = time.thread_time() + 1.5 * CHEAP
        while time.thread_time() < end:
            pass
        return super().compute(**state)


class Jumpy(Line):
    """A picture whose axes move, so that all of it is drawn anew."""

    def draw(self, result):
        super().draw(result)
        self.line.axes.set_xlim(0, 1 + abs(result))


def sent_after(explorer, *moves, rest=4 * DRAG):
    """[(control, message)] that the page gets while each of the moves is followed by a rest."""
    sent = []
    for name, widget in explorer._widgets.items():
        widget.send = lambda message, name=name: sent.append((name, message))

    async def page():
        for name, value in moves:
            explorer._widgets[name].value = value
            await asyncio.sleep(rest)

    asyncio.run(page())
    return sent


def test_the_places_right_and_left_lie_ready_while_the_hand_rests():
    line = Line()
    picture = line.live.picture
    (_, right), (_, left) = sent_after(line, ("slope", 1.5))
    for message, value in (right, 1.6), (left, 1.4):
        assert message == {"value": value, "picture": Line(slope=value).live.picture}
    assert line.slope == 1.5
    line.slope = 1.0
    assert line.live.picture == picture, "nothing of it is left in the picture"


def test_the_place_to_which_the_hand_goes_on_is_ready_first():
    sent = sent_after(Line(), ("slope", 1.5), ("slope", 1.4), ("slope", 1.8))
    assert [m["value"] for _, m in sent if m] == [1.6, 1.4, 1.3, 1.5, 1.9, 1.7]


def test_pictures_that_may_have_come_after_the_slider_moved_on_are_taken_back():
    line = Line()
    sent_after(line, ("slope", 1.5))
    line._ahead._dear.add("slope")  # none follow that would take their place
    assert sent_after(line, ("slope", 1.6)) == [("slope", {})]


def test_what_was_drawn_ahead_is_not_computed_again():
    computed = []

    class Counted(Line):
        def compute(self, **state):
            computed.append(state["slope"])
            return super().compute(**state)

    counted = Counted()
    sent_after(counted, ("slope", 1.5), ("slope", 1.6), ("lr", 0.2), ("slope", 1.7))
    assert computed[1:4] == [1.5, 1.6, 1.4]  # then slope is 1.6: only its neighbours are new
    assert computed[4:6] == [1.7, 1.5]
    assert computed[6] == 1.6 and 1.7 in computed[7:]  # with another lr all is to be done again
    assert counted.live.picture == Line(slope=1.7, lr=0.2).live.picture


def test_at_its_end_a_slider_has_one_neighbour():
    assert [m["value"] for _, m in sent_after(Line(), ("slope", 3.0))] == [2.9]
    assert [m["value"] for _, m in sent_after(Line(), ("slope", -3.0))] == [-2.9]
    assert [m["value"] for _, m in sent_after(Line(), ("steps", 5))] == [6, 4]


def test_nothing_is_drawn_ahead_of_a_hand_that_moves(monkeypatch):
    monkeypatch.setattr(ahead, "REST", 5 * REST)  # room for a machine that is busy
    monkeypatch.setattr(ahead, "DRAG", 5 * DRAG)
    moves = [("slope", v / 10) for v in range(5)]
    sent = sent_after(Line(), *moves, rest=1.5 * ahead.REST)
    assert [m["value"] for _, m in sent if m] in ([-0.1, 0.1], [])


def test_what_another_control_makes_wrong_is_taken_back():
    sent = sent_after(Line(), ("slope", 1.5), ("lr", 0.2), ("lr", 0.21), rest=4 * DRAG)
    assert [name for name, _ in sent] == ["slope"] * 3 + ["lr"] * 5
    assert sent[2] == ("slope", {})
    line, sent = Line(), []
    line._widgets["slope"].send = sent.append
    line._ahead._there = "slope"
    line.reset()
    assert sent == [{}]


@pytest.mark.parametrize(("kind", "cheap"), [(Slow, CHEAP), (Jumpy, 9), (Training, 9)])
def test_what_would_cost_more_than_it_saves_is_not_drawn_ahead(kind, cheap, monkeypatch):
    monkeypatch.setattr(ahead, "CHEAP", cheap)
    explorer = kind()
    assert sent_after(explorer, ("slope", 1.5), rest=4 * DRAG) == []
    assert explorer.slope == 1.5


def test_a_menu_has_no_neighbours():
    assert sent_after(Line(), ("colour", "red")) == []

"""What holds for every explorer of `widgets.__all__`, without a browser; new ones are covered."""

import asyncio

import pytest

import widgets
from widgets import work
from widgets.controls import Slider
from widgets.field import Field

EXPLORERS = sorted({*widgets.__all__} - {"Explorer", "LiveFigure"})
MACHINERY = {name for name in vars(widgets.Explorer) if name[0] == "_" and name[:2] != "__"}


@pytest.fixture(params=EXPLORERS, scope="module")
def explorer(request):
    return getattr(widgets, request.param)()


def test_it_says_what_it_shows(explorer):
    assert explorer.live.description
    assert type(explorer).__doc__, "its first line is the title of a saved page"


def test_it_leaves_the_machinery_alone(explorer):
    kinds = type(explorer).__mro__
    own = {name for kind in kinds[: kinds.index(widgets.Explorer)] for name in vars(kind)}
    assert not own & MACHINERY - {"_abc_impl"}
    assert not set(explorer.controls) & set(dir(widgets.Explorer))


def test_every_preset_can_be_shown_and_what_comes_before_it_is_done(explorer, monkeypatch):
    monkeypatch.setattr(explorer._work, "patience", 0)
    monkeypatch.setattr(work, "PICTURE", 0)

    async def shown(state):
        explorer.set(**state)
        while explorer._work.busy:
            await asyncio.sleep(0.01)

    for words, state in explorer.presets.items():
        asyncio.run(shown(state))
        assert 'role="status"' in explorer.live.words, words
        assert explorer.state | state == explorer.state, words


def test_both_ends_of_every_slider_are_shown_and_no_word_is_cut(explorer):
    explorer.reset()
    places = [{}]
    for name, widget in explorer._widgets.items():
        if isinstance(widget, Slider):
            kind = explorer.controls[name].kind
            places += [{name: kind(widget.low)}, {name: kind(widget.high)}]
    figure, cut = explorer.live.figure, set()
    with explorer.live.style():
        for place, words in zip(places, explorer.glimpses(places), strict=True):
            assert "can't be shown" not in words, place
            explorer.live._draw_background()
            whole = figure.bbox.padded(1)
            parts = [(part, part.get_tightbbox()) for part in figure.axes]
            parts += [(part, part.get_window_extent()) for part in figure.legends]
            for part, box in parts:
                if box and not (whole.contains(*box.min) and whole.contains(*box.max)):
                    cut.add((str(place), str(part), str(box.extents)))
    assert not cut


def test_a_move_whose_compute_fails_is_answered_in_words(explorer, monkeypatch):
    explorer.reset()
    sliders = {n: w for n, w in explorer._widgets.items() if isinstance(w, Slider)}
    name, widget = next((n, w) for n, w in sliders.items() if not w.disabled)
    elsewhere = next(place for place in widget.places() if place != widget.value)
    monkeypatch.setattr(explorer, "compute", lambda **state: 1 / 0)
    explorer.set(**{name: elsewhere})
    assert explorer.live.words.startswith('<div role="alert">This position can\'t be shown.')
    monkeypatch.undo()
    explorer.reset()
    assert 'role="status"' in explorer.live.words


def test_nothing_that_stands_still_is_hidden_by_a_heat_map(explorer):
    explorer.live.repaint()
    for axes in explorer.live.figure.axes:
        if not any(isinstance(part, Field) for part in axes.get_children()):
            continue
        for part in [*axes.lines, *axes.patches, *axes.collections, *axes.texts]:
            shown = part.get_animated() or not part.get_window_extent().overlaps(axes.bbox)
            assert shown, f"{part} is drawn once, before the heat map: give it to live.move"

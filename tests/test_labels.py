import numpy as np
import pytest
from matplotlib.figure import Figure

from widgets.labels import beside, off_the_top


@pytest.mark.parametrize(
    ("value", "words"),
    [(4.0, ""), (4.01, "↑ 4.01"), (2e30, "↑ 2·10³⁰"), (np.inf, "↑ ∞"), (np.nan, "")],
)
def test_only_what_is_off_the_top_is_told(value, words):
    assert off_the_top(value, 4.0, ".4g") == words


@pytest.mark.parametrize(("x", "at", "side"), [(-1.0, -0.5, "left"), (1.0, 0.5, "right")])
def test_a_text_stands_on_the_side_with_more_room(x, at, side):
    text = Figure().subplots().text(0, 0, "words")
    beside(text, x, 0.5)
    assert (text.get_position()[0], text.get_horizontalalignment()) == (at, side)

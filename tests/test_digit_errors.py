import numpy as np
import pytest

from widgets import DigitErrors
from widgets.digit_net import digits


@pytest.fixture(scope="module")
def explorer():
    return DigitErrors()


def test_the_mistakes_are_those_of_the_matrix_the_surest_first(explorer):
    result = explorer.compute(1)
    wrong = result.matrix.sum() - np.trace(result.matrix)
    assert len(result.mistakes) == wrong and result.matrix.sum() == 500
    sure = result.p[result.mistakes].max(axis=1)
    assert (np.diff(sure) <= 0).all()
    assert (result.said[result.mistakes] != result.y[result.mistakes]).all()


def test_the_square_stands_at_the_true_row_and_the_said_column(explorer):
    for mistake in 1, 3:
        explorer.mistake = mistake
        result = explorer.compute(mistake)
        k = result.digit
        assert explorer.cell.get_xy() == (result.said[k] - 0.5, result.y[k] - 0.5)
        assert f"{result.y[k]} read as {result.said[k]}" in explorer.live.description


def test_the_frame_is_around_the_unit_with_the_largest_sum(explorer):
    explorer.mistake = 2
    result = explorer.compute(2)
    unit = (result.W @ result.X[result.digit]).argmax()
    x, y = explorer.tile.get_xy()
    assert (y // 9) * explorer.columns + x // 9 == unit
    assert f"unit {unit + 1} (framed)" in explorer.live.description


def test_the_slider_ends_at_the_last_mistake(explorer):
    last = len(explorer.compute(1).mistakes)
    assert last < 20, "else there is nothing to test here"
    assert explorer._widgets["mistake"].high == last
    assert f"Mistake {last} of {last}" in DigitErrors(mistake=20).live.description


def test_a_learners_net_without_mistakes_has_none():
    _, _, _, y = digits()
    perfect = DigitErrors(model=lambda X: np.eye(10)[y.numpy()], weights=np.ones((64, 3)))
    assert "No mistake" in perfect.live.description
    assert "500 of 500 = 100.0%" in perfect.live.description
    assert "The net is your own." in perfect.live.description
    assert not perfect.cell.get_visible()
    stub = DigitErrors(model=lambda X: None)
    assert "returns nothing yet" in stub.live.description

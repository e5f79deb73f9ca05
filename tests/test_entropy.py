import numpy as np
import pytest

import nnkit
import nnkit.functional as F
from widgets import EntropyAndKL
from widgets.entropy import MODELS, TOP, coin, cross_entropy, surprise


def computed(**state):
    explorer = EntropyAndKL(**state)
    return explorer.compute(**explorer.state)


def test_the_curriculums_divergences():
    result = computed(p=0.9, q=0.5)
    assert result.kl == pytest.approx(0.368, abs=5e-4)
    assert result.reversed == pytest.approx(0.511, abs=5e-4)


@pytest.mark.parametrize("p", [0.0, 0.2, 0.9, 1.0])
@pytest.mark.parametrize("q", [0.1, 0.5, 0.7])
def test_cross_entropy_is_entropy_plus_kl_and_kl_is_the_engines(p, q):
    result = computed(p=p, q=q)
    assert result.cross_entropy == pytest.approx(result.entropy + result.kl)
    log_q = nnkit.tensor(np.log(coin(q)))
    expected = F.kl_div(log_q, nnkit.tensor(coin(p)), reduction="sum").item()
    assert result.kl == pytest.approx(expected)


def test_what_never_happens_costs_nothing_and_what_is_impossible_infinitely_much():
    assert computed(p=1.0, q=1.0).cross_entropy == computed(p=0.0, q=0.0).cross_entropy == 0
    assert computed(p=0.5, q=1.0).cross_entropy == computed(p=0.5, q=1.0).kl == np.inf
    assert computed(p=1.0, q=0.4).reversed == np.inf
    assert np.array_equal(surprise(np.array([1.0, 0.0])), [0, np.inf])


def test_the_cross_entropy_is_lowest_where_the_model_is_right():
    for p in 0.3, 0.9:
        curve = cross_entropy(coin(p), coin(MODELS))
        assert MODELS[curve.argmin()] == pytest.approx(p, abs=0.02)
        assert curve.min() == pytest.approx(computed(p=p).entropy, abs=1e-3)


def test_the_areas_are_the_two_entropies():
    explorer = EntropyAndKL(p=0.8, q=0.3)
    result = explorer.compute(**explorer.state)
    area = sum(block.get_width() * block.get_height() for block in explorer.areas.blocks)
    assert area == pytest.approx(result.cross_entropy)
    x, y = explorer.areas.outline.get_data()
    assert np.trapezoid(y, x) == pytest.approx(result.entropy)


def test_the_gap_in_the_picture_is_kl():
    explorer = EntropyAndKL(p=0.8, q=0.3)
    result = explorer.compute(**explorer.state)
    bottom, top = explorer.gap.get_ydata()
    assert top - bottom == pytest.approx(result.kl)
    assert explorer.point.get_data() == ([0.3], [pytest.approx(result.cross_entropy)])
    x, y = explorer.back.get_data()
    assert np.interp(0.3, x, y) == pytest.approx(result.reversed, abs=1e-3)


@pytest.mark.parametrize(("p", "q", "end"), [(0.9, 1.0, -1), (0.02, 0.0, 0), (0.9, 0.0, 0)])
def test_a_model_that_is_infinitely_dear_is_drawn_and_marked_beyond_the_axes(p, q, end):
    explorer = EntropyAndKL(p=p, q=q)
    assert explorer.cross.get_ydata()[end] > TOP, "the curve leaves the picture"
    assert "↑ ∞" in explorer.beyond.get_text()
    assert [words.get_text() for words in explorer.areas.beyond].count("↑ ∞") == 1


def test_finite_costs_beyond_the_axes_are_told_and_others_are_not():
    explorer, other = EntropyAndKL(p=1.0, q=0.01), EntropyAndKL()
    assert [words.get_text() for words in explorer.areas.beyond] == ["↑ 4.61", ""]
    assert explorer.beyond.get_text() == "↑ 4.61"
    assert all(words.get_text() == "" for words in (*other.areas.beyond, other.beyond))


def test_the_words_hold_the_formula_with_the_numbers_in_it():
    words = EntropyAndKL().live.description
    assert "H(p) = 0.9 · (−ln 0.9) + 0.1 · (−ln 0.1) = 0.325" in words
    assert "H(p, q) = 0.9 · (−ln 0.5) + 0.1 · (−ln 0.5) = 0.693" in words
    assert "= 0.368; the other way round KL(q || p) = 0.511" in words


@pytest.mark.parametrize(
    ("p", "q", "says"),
    [(0.9, 0.5, "blue gap"), (0.7, 0.7, "The model is right"), (0.9, 1.0, "calls impossible")],
)
def test_the_model_is_judged_in_words(p, q, says):
    assert says in EntropyAndKL(p=p, q=q).live.description


@pytest.mark.parametrize("p", [0.0, 1.0])
@pytest.mark.parametrize("q", [0.0, 0.5, 1.0])
def test_certain_coins_are_shown(p, q):
    explorer = EntropyAndKL(p=p, q=q)
    assert "can't be shown" not in explorer.live.words
    assert explorer.point.get_ydata()[0] <= TOP
    assert np.isfinite(explorer.cross.get_ydata()).all()


def test_a_learners_kl_takes_over():
    explorer = EntropyAndKL(kl=lambda p, q: (p * np.log(p / q)).sum() + 7)
    assert "KL(p || q) = H(p, q) − H(p) = 7.368" in explorer.live.description
    assert "computed by your own function" in explorer.live.description
    assert "returns nothing yet" in EntropyAndKL(kl=lambda p, q: None).live.description

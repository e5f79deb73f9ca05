import numpy as np
import pytest

from widgets import Augmentation
from widgets.changed_digit import CURVES, WHITE, Change
from widgets.digit_net import digits


@pytest.fixture(scope="module")
def shown():
    return Augmentation()


@pytest.fixture
def explorer(shown):
    shown.reset()
    return shown


def computed(explorer):
    return explorer.compute(**explorer.state)


def test_a_shift_loses_the_plain_net_before_the_augmented_one(explorer):
    explorer.right = 1.0
    plain, augmented = computed(explorer).right
    assert plain < 0.65 < 0.8 < augmented
    explorer.right = 2.0
    assert max(computed(explorer).right) < 0.5


def test_the_curves_pass_through_what_the_words_say(explorer):
    explorer.set(right=-1.0, turn=15.0, down=1.0, size_of=0.9, noise=0.1)
    for over, (words, places) in CURVES.items():
        explorer.over = words
        result = computed(explorer)
        at = list(places).index(explorer.state[over])
        assert result.curves.shares[:, at] == pytest.approx(result.right)
        assert explorer.here.get_xdata()[0] == explorer.state[over]
        assert explorer.chart.get_xlabel() == words
        assert f"{result.right[0]:.1%}" in explorer.live.description


def test_the_curves_run_over_what_moves(explorer):
    explorer.turn = 15.0
    assert explorer.over == "turn (degrees)"
    explorer.set(right=1.0, down=1.0)
    assert explorer.over == "turn (degrees)", "two at once: which?"
    explorer.set(**explorer.presets["noise"])
    assert explorer.over == "noise"
    explorer.reset()
    assert explorer.over == "shift right (pixels)"


def test_only_what_changes_them_makes_the_curves_anew(explorer):
    before = explorer._curves[1]
    explorer.set(right=2.0, digit=7)
    assert explorer._curves[1] is before
    explorer.size_of = 0.8
    assert explorer._curves[1] is not before


def test_sure_is_not_right(explorer):
    explorer.ink = WHITE
    (count, share), _ = computed(explorer).sure
    assert count > 50 and share < 0.05


def test_the_share_of_the_sure_answers_is_theirs_alone(explorer):
    result = computed(explorer)
    for (count, share), right in zip(result.sure, result.right, strict=True):
        assert 0 < count < 500 and share > 0.99 > right


def test_the_formula_is_the_row_of_the_matrix(explorer):
    explorer.set(right=0.5, digit=3)
    _, X, _, _ = digits()
    x = X.numpy()[3].reshape(8, 8)
    words = f"0.50·{x[3, 3]:.2f} + 0.50·{x[3, 4]:.2f} = {(x[3, 3] + x[3, 4]) / 2:.2f}"
    assert words in explorer.live.description


def test_noise_and_ink_come_after_the_move_and_stay_between_0_and_1():
    X = np.full((2, 64), 0.5)
    noisy = Change(noise=0.5)(X)
    assert noisy.min() >= 0 and noisy.max() <= 1 and noisy.std() > 0.2
    assert np.array_equal(Change(noise=0.5, ink=WHITE)(X), 1 - noisy)


def test_the_words_name_the_change_and_right_from_wrong(explorer):
    explorer.set(right=2.0, turn=-30.0, size_of=0.8, noise=0.1, ink=WHITE)
    said = "shifted by (2, 0) pixels, turned by −30°, 0.80 times as large, with noise of 0.1, white"
    assert said in explorer.live.description
    result = computed(explorer)
    judged = ["right" if p.argmax() == result.y else "wrong" for p in result.p]
    assert explorer.live.description.splitlines()[0].count("wrong") == judged.count("wrong")


def test_learners_nets_take_their_places():
    def always(k):
        return lambda X: np.eye(10)[[k]].repeat(len(X), axis=0)

    both = Augmentation(model=always(1), augmented=always(2))
    assert "your plain net says 1 (p = 1.00)" in both.live.description
    assert "your augmented net says 2 (p = 1.00)" in both.live.description
    assert "the plain net" in Augmentation(model=lambda X: None).live.description

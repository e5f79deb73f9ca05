import numpy as np
import pytest

import nnkit
import nnkit.functional as F
from widgets import SoftmaxLoss
from widgets.softmax import TRUE_SCORES, hinge, naive_softmax, softmax


def computed(**state):
    explorer = SoftmaxLoss(**state)
    return explorer.compute(**explorer.state)


def engine(scores, y):
    """(cross entropy, hinge loss) of one row of scores."""
    scores, y = nnkit.tensor(scores), nnkit.tensor(y)
    return F.cross_entropy(scores, y).item(), F.multiclass_hinge_loss(scores, y).item()


@pytest.mark.parametrize("seed", range(5))
def test_probabilities_and_losses_are_the_engines(seed):
    rng = np.random.default_rng(seed)
    scores, y = rng.uniform(-9, 9, 3), int(rng.integers(3))
    cat, car, frog = map(float, scores)
    result = computed(cat=cat, car=car, frog=frog, true=("cat", "car", "frog")[y])
    assert result.p == pytest.approx(nnkit.softmax(nnkit.tensor(scores), 0).numpy())
    assert (result.loss, result.hinge) == pytest.approx(engine(scores, y))


@pytest.mark.parametrize(
    ("scores", "true", "p", "loss", "hinge"),
    [
        ((3.2, 5.1, -1.7), "cat", (0.130, 0.869, 0.001), 2.040, 2.9),
        ((1.3, 4.9, 2.0), "car", None, 0.079, 0),
        ((2.2, 2.5, -3.1), "frog", None, 6.156, 12.9),
        ((-2.85, 0.86, 0.28), "frog", None, 1.040, 1.58),
        ((10.0, 9.0, 9.0), "cat", None, 0.551, 0),
        ((1.0, -2.0, 0.0), "cat", (0.705, 0.035, 0.259), None, None),
    ],
)
def test_the_curriculums_numbers(scores, true, p, loss, hinge):
    result = computed(true=true, **dict(zip(("cat", "car", "frog"), scores, strict=True)))
    for number, expected in (result.p, p), (result.loss, loss), (result.hinge, hinge):
        assert expected is None or number == pytest.approx(expected, abs=5e-4)


def test_halved_scores_are_temperature_two():
    result = computed(cat=1.0, car=-2.0, frog=0.0, temperature=2.0)
    assert result.p == pytest.approx((0.547, 0.122, 0.331), abs=5e-4)
    assert result.p == pytest.approx(softmax(np.array([0.5, -1, 0])))
    assert result.hinge == computed(cat=0.5, car=-1.0, frog=0.0).hinge == 0.5
    words = SoftmaxLoss(cat=1.0, car=-2.0, frog=0.0, temperature=2.0).live.description
    assert "of s/T: max(0, −1 − 0.5 + 1) + max(0, 0 − 0.5 + 1) = 0.5" in words
    assert "by less than 1" in words


@pytest.mark.parametrize("constant", [-1000.0, 500.0, 1000.0])
def test_a_constant_changes_nothing_but_the_naive_formula(constant):
    plain, moved = computed(), computed(constant=constant)
    assert moved.p == pytest.approx(plain.p)
    assert (moved.loss, moved.hinge) == pytest.approx((plain.loss, plain.hinge))
    assert np.isnan(naive_softmax(moved.logits)).any() == (abs(constant) == 1000)
    words = SoftmaxLoss(constant=constant).live.description
    assert ("nan, not a number" in words) == (abs(constant) == 1000)


def test_the_curves_are_the_losses_for_every_true_score():
    result = computed(true="frog", temperature=3.0)
    entropy, bend = result.curves
    for k in range(0, len(TRUE_SCORES), 20):
        scores = result.scores.copy()
        scores[2] = TRUE_SCORES[k]
        assert entropy[k] == pytest.approx(engine(scores / 3, 2)[0])
        assert bend[k] == pytest.approx(engine(scores / 3, 2)[1])


def test_the_hinge_takes_many_rows():
    scores = np.random.default_rng(0).normal(size=(4, 3))
    assert hinge(scores, 1) == pytest.approx([engine(row, 1)[1] for row in scores])


def test_the_points_lie_on_their_curves():
    explorer = SoftmaxLoss()
    result = explorer.compute(**explorer.state)
    assert explorer.point.get_xdata() == [result.p[0]]
    assert explorer.point.get_ydata() == [-np.log(result.p[0])]
    for point, line in (explorer.here, explorer.entropy), (explorer.there, explorer.bend):
        (x,), (y,) = point.get_data()
        assert y == pytest.approx(np.interp(x, *line.get_data()), abs=0.01)


def test_a_loss_above_the_axes_is_told_beside_an_arrow():
    words = [text.get_text() for text in SoftmaxLoss(cat=-10.0).beyond]
    assert words == ["↑ 15.1", "", "↑ 25.4"]
    assert [text.get_text() for text in SoftmaxLoss().beyond] == ["", "", ""]


def test_a_loss_that_is_no_number_has_no_point():
    explorer = SoftmaxLoss(softmax=naive_softmax, constant=1000.0)
    assert np.isnan([explorer.point.get_ydata()[0], explorer.here.get_ydata()[0]]).all()


def test_the_words_hold_the_formula_with_the_numbers_in_it():
    words = SoftmaxLoss().live.description
    for part in (
        "e^3.2 = 24.533, e^5.1 = 164.02, e^−1.7 = 0.18268; their sum is 188.74",
        "p = (0.130, 0.869, 0.001)",
        "= 2.040. Its slopes along the scores, p − y: (−0.870, 0.869, 0.001)",
        "max(0, 5.1 − 3.2 + 1) + max(0, −1.7 − 3.2 + 1) = 2.9",
    ):
        assert part in words
    assert "e^s/T: e^1.6" in SoftmaxLoss(temperature=2.0).live.description


def test_the_slopes_are_those_of_the_loss():
    explorer = SoftmaxLoss(true="car", temperature=2.0)
    scores = nnkit.tensor([3.2, 5.1, -1.7], dtype=nnkit.float64, requires_grad=True)
    F.cross_entropy(scores / 2, nnkit.tensor(1)).backward()
    slopes = ", ".join(f"{slope:.3f}" for slope in scores.grad.tolist()).replace("-", "−")
    assert f"p − y, over T: ({slopes})" in explorer.live.description


@pytest.mark.parametrize(
    ("cat", "says"),
    [
        (6.1, "content with a lead"),
        (6.05, "less than 1"),
        (5.15, "less than 1"),
        (5.1, "not ahead"),
    ],
)
def test_what_the_two_losses_want_is_said(cat, says):
    assert says in SoftmaxLoss(cat=cat).live.description


@pytest.mark.parametrize("temperature", [0.1, 10.0])
@pytest.mark.parametrize("constant", [-1000.0, 1000.0])
@pytest.mark.parametrize("score", [-10.0, 10.0])
def test_both_ends_of_all_sliders_are_shown(temperature, constant, score):
    explorer = SoftmaxLoss(
        cat=score, car=-score, frog=score, temperature=temperature, constant=constant
    )
    assert "can't be shown" not in explorer.live.words
    assert 0 <= explorer.point.get_ydata()[0] <= 8


def test_axes_stay_put_while_sliders_move():
    explorer = SoftmaxLoss()
    before = [(a.get_xlim(), a.get_ylim()) for a in explorer.live.figure.axes]
    explorer.set(cat=-10.0, car=10.0, temperature=0.1)
    assert [(a.get_xlim(), a.get_ylim()) for a in explorer.live.figure.axes] == before


def test_a_learners_softmax_takes_over_even_where_it_fails():
    explorer = SoftmaxLoss(softmax=lambda S: softmax(S), constant=1000.0)
    assert "computed by your own softmax" in explorer.live.description
    assert "p = (0.130, 0.869, 0.001)" in explorer.live.description
    explorer = SoftmaxLoss(softmax=naive_softmax, constant=1000.0)
    assert "p = (nan, nan, " in explorer.live.description
    assert "can't be shown" not in explorer.live.words


def test_a_softmax_that_is_still_to_do_or_of_wrong_shape():
    assert "returns nothing yet" in SoftmaxLoss(softmax=lambda S: None).live.description
    assert "(1, 3), got (3,)" in SoftmaxLoss(softmax=lambda S: S[0]).live.words


@pytest.mark.parametrize("preset", SoftmaxLoss.presets)
def test_every_preset_works_and_leaves_nothing_of_another(preset):
    explorer = SoftmaxLoss(constant=500.0, temperature=3.0, true="car", frog=7.0)
    explorer.set(**SoftmaxLoss.presets[preset])
    assert "can't be shown" not in explorer.live.words
    again = SoftmaxLoss(**SoftmaxLoss.presets[preset])
    assert explorer.state == again.state


def test_a_learners_impossible_probabilities_are_told_without_a_warning():
    explorer = SoftmaxLoss(softmax=lambda S: S)
    explorer.set(cat=-1.7)
    assert "−ln −1.7 = <b>nan</b>" in explorer.live.words
    explorer.set(cat=0.0)
    assert explorer.beyond[0].get_text() == explorer.beyond[1].get_text() == "↑ ∞"

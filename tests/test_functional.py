"""Losses and activations: the curriculum's numbers (lessons 02, 03, 09, 10), limits, refusals.

Values and gradients are compared with PyTorch in test_torch_parity.py.
"""

import warnings

import numpy as np
import pytest

import nnkit
import nnkit.functional as F

CAT = [[3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]]  # cat, car, frog
LABELS = [0, 1, 2]


def scores(rows=CAT):
    return nnkit.tensor(np.array(rows))


def hinge(rows, labels, *args, **options):
    return F.multiclass_hinge_loss(scores(rows), nnkit.tensor(labels), *args, **options).tolist()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (lambda: hinge(CAT, LABELS, reduction="none"), [2.9, 0, 12.9]),
        (lambda: hinge(CAT, LABELS), 15.8 / 3),
        (lambda: hinge(CAT, LABELS, p=2, reduction="none"), [8.41, 0, 83.25]),
        (lambda: hinge(CAT, LABELS, delta=3, reduction="none"), [4.9, 0.1, 16.9]),
        (lambda: hinge(2 * np.array(CAT), LABELS, reduction="none"), [4.8, 0, 23.8]),
        (lambda: hinge([13.0, -7, 11], 0, delta=10), 8),
        (lambda: hinge(np.zeros((4, 7)), [0, 1, 2, 3]), 6),
        (lambda: hinge([-2.85, 0.86, 0.28], 2), 1.58),
        (lambda: hinge([10.0, 9, 9], 0), 0),
    ],
)
def test_hinge_of_lesson_02(value, expected):
    assert value() == pytest.approx(expected, abs=1e-9)


def test_hinge_is_pytorchs_times_the_number_of_classes():
    x, y = scores(), nnkit.tensor(LABELS)
    ours = F.multiclass_hinge_loss(x, y).item()
    assert ours == pytest.approx(3 * F.multi_margin_loss(x, y).item())


def test_softmax_numbers_of_lesson_03():
    x = nnkit.tensor(np.array(CAT), requires_grad=True)
    exps = x.detach()[0].exp()
    assert exps.tolist() == pytest.approx([24.53, 164.02, 0.183], abs=5e-3)
    p = F.softmax(x.detach(), dim=1)
    assert p[0, 0].item() == pytest.approx(0.130, abs=5e-4)
    losses = F.cross_entropy(x, nnkit.tensor(LABELS), reduction="none")
    assert losses.tolist() == pytest.approx([2.040, 0.079, 6.156], abs=5e-4)
    assert F.cross_entropy(x, nnkit.tensor(LABELS)).item() == pytest.approx(2.759, abs=5e-4)
    losses[0].backward()
    assert x.grad[0].tolist() == pytest.approx([-0.870, 0.869, 0.001], abs=5e-4)


@pytest.mark.parametrize(
    ("logits", "label", "expected"),
    [
        ([-2.85, 0.86, 0.28], 2, 1.040),
        ([10, 9, 9], 0, 0.551),
        (np.log([0.05, 0.1, 0.7, 0.15]), 2, 0.357),
        (np.zeros(10), 4, 2.303),
    ],
)
def test_cross_entropy_numbers_of_lesson_03(logits, label, expected):
    loss = F.cross_entropy(nnkit.tensor(np.array(logits, float)), nnkit.tensor(label))
    assert loss.item() == pytest.approx(expected, abs=5e-4)


def test_temperature_and_kl_of_lesson_03():
    logits = nnkit.tensor(np.array([1.0, -2, 0]))
    assert F.softmax(logits, 0).tolist() == pytest.approx([0.705, 0.035, 0.259], abs=5e-4)
    assert F.softmax(logits / 2, 0).tolist() == pytest.approx([0.547, 0.122, 0.331], abs=5e-4)
    p, q = nnkit.tensor(np.array([0.9, 0.1])), nnkit.tensor(np.array([0.5, 0.5]))
    assert F.kl_div(q.log(), p, reduction="sum").item() == pytest.approx(0.368, abs=5e-4)
    assert F.kl_div(p.log(), q, reduction="sum").item() == pytest.approx(0.511, abs=5e-4)
    a, b = nnkit.tensor([1.5, 1.5]), nnkit.tensor([1.0, 2.0])
    assert F.mse_loss(a, b).item() == 0.25


@pytest.mark.parametrize(
    ("function", "at", "slope"),
    [(F.sigmoid, 0, 0.25), (F.sigmoid, 5, 0.0066), (F.tanh, 3, 0.0099)],
)
def test_slopes_of_lesson_09(function, at, slope):
    x = nnkit.tensor(np.array(float(at)), requires_grad=True)
    function(x).backward()
    assert x.grad.item() == pytest.approx(slope, abs=5e-5)
    assert 0.25**10 == pytest.approx(9.5e-7, abs=5e-9)


def test_standardising_1_to_5_of_lesson_10():
    x = nnkit.arange(1, 6).double().unsqueeze(1)
    y = F.batch_norm(x, None, None, training=True, eps=0)
    assert y.T.tolist()[0] == pytest.approx([-1.414, -0.707, 0, 0.707, 1.414], abs=5e-4)


@pytest.mark.parametrize(
    ("normalise", "axes"),
    [
        (lambda x: F.batch_norm(x, None, None, training=True), (0, 2, 3)),
        (lambda x: F.layer_norm(x, x.shape[1:]), (1, 2, 3)),
        (lambda x: F.instance_norm(x), (2, 3)),
        (lambda x: F.group_norm(x, 2).reshape(5, 2, 2, 3, 3), (2, 3, 4)),
    ],
)
def test_what_shares_its_statistics_in_lesson_10(normalise, axes):
    y = normalise(3 + 2 * nnkit.randn(5, 4, 3, 3, generator=nnkit.Generator(0))).numpy()
    np.testing.assert_allclose(y.mean(axis=axes), 0, atol=1e-5)
    np.testing.assert_allclose(y.var(axis=axes), 1, atol=1e-3)


def test_inputs_a_thousand_times_larger_give_gradients_a_thousand_times_larger():
    """Lesson 10, at the point where the outputs are the same: w = 0."""
    x, grads = nnkit.randn(20, 3, generator=nnkit.Generator(0)), []
    for scale in (1, 1000):
        w = nnkit.zeros(1, 3, requires_grad=True)
        F.mse_loss(F.linear(scale * x, w), nnkit.ones(20, 1)).backward()
        grads.append(w.grad.numpy())
    np.testing.assert_allclose(grads[1], 1000 * grads[0], rtol=1e-5)


def test_sizes_of_convolutions_of_lesson_12():
    out = F.conv2d(nnkit.zeros(1, 3, 5, 5), nnkit.zeros(2, 3, 3, 3), stride=2, padding=1)
    assert out.shape == (1, 2, 3, 3)


def test_dropout_of_lesson_08():
    x, g = nnkit.ones(100_000), nnkit.Generator().manual_seed(0)
    out = F.dropout(x, 0.2, generator=g)
    assert set(out.tolist()) == {0, 1.25}
    assert out.mean().item() == pytest.approx(1, abs=0.01)
    kept = (out != 0).float()
    assert kept.sum().item() / 1000 == pytest.approx(80, abs=1)
    assert F.dropout(x, 0.2, training=False) is x and F.dropout(x, 1.0).sum().item() == 0
    again = F.dropout(x, 0.2, generator=nnkit.Generator().manual_seed(0))
    assert again.tolist() == out.tolist()


# Limits

HUGE = [[1e4, -1e4, 0.0], [-1e4, -1e4, 1e4], [123.0, 456.0, 789.0]]


@pytest.mark.parametrize("dtype", [nnkit.float32, nnkit.float64])
@pytest.mark.parametrize(
    "function",
    [
        lambda x: F.softmax(x, 1),
        lambda x: F.log_softmax(x, 1),
        lambda x: nnkit.logsumexp(x, 1),
        lambda x: F.cross_entropy(x, nnkit.tensor([1, 0, 2]), label_smoothing=0.1),
        lambda x: F.cross_entropy(x, nnkit.tensor([1, 0, 2])),
        lambda x: F.binary_cross_entropy_with_logits(x, nnkit.zeros(3, 3).to(x.dtype)),
        lambda x: F.binary_cross_entropy(x.sigmoid(), nnkit.ones(3, 3).to(x.dtype)),
        lambda x: F.multiclass_hinge_loss(x, nnkit.tensor([1, 0, 2])),
        lambda x: F.multi_margin_loss(x, nnkit.tensor([1, 0, 2])),
        lambda x: F.nll_loss(F.log_softmax(x, 1), nnkit.tensor([1, 0, 2])),
        lambda x: F.kl_div(F.log_softmax(x, 1), F.softmax(x.detach(), 0), reduction="batchmean"),
        F.sigmoid, F.logsigmoid, F.softplus, F.tanh, F.elu, F.gelu,
        lambda x: F.gelu(x, approximate="tanh"),
    ],
)  # fmt: skip
def test_logits_of_ten_thousand_overflow_nothing(function, dtype):
    x = nnkit.tensor(HUGE, dtype=dtype, requires_grad=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        out = function(x)
        out.sum().backward()
    assert out.isfinite().all() and x.grad.isfinite().all()


def test_softmax_does_not_care_about_a_constant():
    x = nnkit.randn(4, 5, generator=nnkit.Generator(0), dtype="float64")
    shifted = F.softmax(x + 1000, 1)
    assert nnkit.allclose(F.softmax(x, 1), shifted)
    assert nnkit.allclose(shifted.sum(1), nnkit.ones(4))


def test_a_squared_hinge_without_violation_has_no_slope():
    x = nnkit.tensor([[9.0, 0.0, 0.0]], requires_grad=True)
    F.multiclass_hinge_loss(x, nnkit.tensor([0]), p=2).backward()
    assert x.grad.tolist() == [[0, 0, 0]]


def test_running_statistics_move_towards_the_batch():
    mean, var = nnkit.zeros(2), nnkit.ones(2)
    x = nnkit.tensor([[1.0, 2.0], [3.0, 6.0]])
    F.batch_norm(x, mean, var, training=True, momentum=0.1)
    assert mean.tolist() == pytest.approx([0.2, 0.4])
    assert var.tolist() == pytest.approx([0.9 + 0.2, 0.9 + 0.8])


x23, x43 = nnkit.ones(2, 3), nnkit.ones(4, 3)


@pytest.mark.parametrize(
    ("act", "error", "words"),
    [
        (lambda: F.linear(nnkit.ones(5, 3), nnkit.ones(2, 4)), RuntimeError,
         r"\(5, 3\).*\(2, 4\).*must be 4"),
        (lambda: F.linear(nnkit.ones(5, 3).double(), nnkit.ones(2, 3)), RuntimeError,
         "float64.*float32"),
        (lambda: F.cross_entropy(x23, nnkit.tensor([0, 3])), IndexError, "from 0 to 2, got 3"),
        (lambda: F.cross_entropy(x23, nnkit.tensor([0, -1])), IndexError, "from 0 to 2, got -1"),
        (lambda: F.cross_entropy(x23, nnkit.tensor([True, False])), RuntimeError, "integers"),
        (lambda: F.cross_entropy(x23, nnkit.tensor([[0, 1]])), ValueError, r"shape \(2,\)"),
        (lambda: F.cross_entropy(x23, nnkit.ones(2)), ValueError, "probabilities"),
        (lambda: F.cross_entropy(nnkit.ones(0, 3), nnkit.arange(0)), ValueError, "batch is empty"),
        (lambda: F.cross_entropy(x23, nnkit.tensor([0, 1]), reduction="avg"), ValueError, "'avg'"),
        (lambda: F.nll_loss(x23, nnkit.tensor([0, 1, 2])), ValueError, "nll_loss"),
        (lambda: F.mse_loss(nnkit.ones(5, 1), nnkit.ones(5)), ValueError, r"\(5, 1\).*\(5,\)"),
        (lambda: F.mse_loss(nnkit.ones(0), nnkit.ones(0)), ValueError, "mse_loss: the batch is em"),
        (lambda: F.binary_cross_entropy(x23 * 2, x23), RuntimeError, "with_logits"),
        (lambda: F.one_hot(nnkit.tensor([0, 5]), 3), IndexError, "got 5"),
        (lambda: F.dropout(x23, 1.5), ValueError, "between 0 and 1, got 1.5"),
        (lambda: F.conv2d(nnkit.ones(1, 3, 5, 5), nnkit.ones(2, 4, 3, 3)), RuntimeError, "N, 4"),
        (lambda: F.max_pool2d(nnkit.ones(1, 1, 2, 2), 3), RuntimeError, "larger than"),
        (lambda: F.batch_norm(nnkit.ones(1, 3), None, None, training=True), ValueError,
         "more than one value per channel"),
        (lambda: F.group_norm(nnkit.ones(1, 3, 2, 2), 2), ValueError, "3 channels"),
        (lambda: F.layer_norm(x43, (4,)), RuntimeError, r"end in \(4,\)"),
    ],
)  # fmt: skip
def test_refusals_name_what_was_wrong(act, error, words):
    with pytest.raises(error, match=words):
        act()


def test_an_ignored_label_may_be_out_of_range_and_everything_ignored_is_nan():
    y = nnkit.tensor([-100, 2])
    loss = F.cross_entropy(nnkit.tensor([[9.0, 0, 0], [0, 0, 0]]), y)
    assert loss.item() == pytest.approx(np.log(3))
    assert F.cross_entropy(x23, nnkit.tensor([-100, -100])).isnan()


def test_one_hot():
    assert F.one_hot(nnkit.tensor([1, 0])).tolist() == [[0, 1], [1, 0]]
    assert F.one_hot(nnkit.tensor(2), 4).tolist() == [0, 0, 1, 0]

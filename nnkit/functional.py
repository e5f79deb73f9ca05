"""Losses: how wrong a network's answers are, as one number to make smaller.

Signatures, defaults and results are `torch.nn.functional`'s, apart from `multiclass_hinge_loss`,
which PyTorch lacks. `activations.py` and `layers.py` can be used from here too, as in PyTorch.
"""

import numpy as np

from nnkit.activations import (
    elu,
    gelu,
    leaky_relu,
    log_softmax,
    logsigmoid,
    relu,
    sigmoid,
    softmax,
    softplus,
    tanh,
)
from nnkit.checks import need_floats, need_one_dtype
from nnkit.layers import (
    avg_pool2d,
    batch_norm,
    conv2d,
    dropout,
    group_norm,
    instance_norm,
    layer_norm,
    linear,
    max_pool2d,
)
from nnkit.ops import where
from nnkit.tensor import Tensor, int64, operation

__all__ = [
    "avg_pool2d", "batch_norm", "binary_cross_entropy", "binary_cross_entropy_with_logits",
    "conv2d", "cross_entropy", "dropout", "elu", "gelu", "group_norm", "instance_norm", "kl_div",
    "l1_loss", "layer_norm", "leaky_relu", "linear", "log_softmax", "logsigmoid", "max_pool2d",
    "mse_loss", "multi_margin_loss", "multiclass_hinge_loss", "nll_loss", "one_hot", "relu",
    "sigmoid", "smooth_l1_loss", "softmax", "softplus", "tanh",
]  # fmt: skip


# Losses. `reduction` is "mean", "sum", or "none" for one loss a sample (or an element)


def _reduce(loss, reduction, name, count=None):
    if reduction == "mean":
        if loss.numel() == 0:
            raise ValueError(f"{name}: the batch is empty, so its mean loss is undefined")
        return loss.mean() if count is None else loss.sum() / count
    if reduction not in ("sum", "none"):
        raise ValueError(f"{name}: reduction must be 'mean', 'sum' or 'none', got {reduction!r}")
    return loss.sum() if reduction == "sum" else loss


def _check_same_shape(name, input, target):
    if input.shape != target.shape:
        raise ValueError(
            f"{name}: input has shape {input.shape} but target has shape {target.shape}; "
            "broadcasting them would compare every input with every target"
        )


def mse_loss(input, target, *, reduction="mean"):
    """Squared difference."""
    _check_same_shape("mse_loss", input, target)
    return _reduce(_squared_error(input, target), reduction, "mse_loss")


@operation
def _squared_error(input, target):
    d = input - target
    return d * d, lambda g: 2 * g * d, lambda g: -2 * g * d


def l1_loss(input, target, *, reduction="mean"):
    """Absolute difference."""
    _check_same_shape("l1_loss", input, target)
    return _reduce((input - target).abs(), reduction, "l1_loss")


def smooth_l1_loss(input, target, *, reduction="mean", beta=1.0):
    """d^2 / (2 beta) where the difference |d| < beta, |d| - beta / 2 elsewhere (Girshick 2015)."""
    _check_same_shape("smooth_l1_loss", input, target)
    d = input - target
    if beta == 0:
        return _reduce(d.abs(), reduction, "smooth_l1_loss")
    loss = where(d.abs() < beta, d * d / (2 * beta), d.abs() - beta / 2)
    return _reduce(loss, reduction, "smooth_l1_loss")


def cross_entropy(
    input, target, weight=None, *, ignore_index=-100, reduction="mean", label_smoothing=0.0
):  # fmt: skip
    """-log softmax(input) at the true class; gradient softmax(input) - 1 there, softmax elsewhere.

    `input` holds logits of shape (N, C), (C) or (N, C, ...); `target` holds class labels, without
    the dimension C, or probabilities of the shape of `input`. `weight` (C) weighs the classes; the
    mean is then weighted too. `label_smoothing` moves that share of the target evenly to all
    classes (Szegedy et al. 2016). Labels equal to `ignore_index` don't count.
    """
    name = "cross_entropy"
    need_floats(name, input)
    if not 0 <= label_smoothing <= 1:
        raise ValueError(f"{name}: label_smoothing must be from 0 to 1, got {label_smoothing}")
    if target.dtype.kind == "f":
        _check_same_shape(f"{name} with probabilities as target", input, target)
        labels = kept = None
    else:
        labels, kept = _labels(name, input, target, weight, ignore_index)
    rows = _class_last(input)
    if labels is not None and not label_smoothing:
        if kept is None and weight is None and reduction == "mean" and labels.size:
            return _label_cross_entropy(rows, labels=labels, average=True)
        loss = _label_cross_entropy(rows, labels=labels)
        if weight is not None:
            loss = loss * weight[labels]
    else:
        classes = rows.shape[1]
        if labels is None:
            share = _class_last(target)
        else:
            share = one_hot(Tensor(labels), classes).to(input.dtype)
        share = share * (1 - label_smoothing) + label_smoothing / classes
        share = share if weight is None else share * weight
        loss = -(share * log_softmax(rows, 1)).sum(1)
    return _reduce_samples(name, loss, input, labels, kept, weight, reduction)


@operation
def _label_cross_entropy(logits, labels=None, average=False):
    """log sum e^x - x[label] of each row, or their mean; gradient softmax, minus 1 at the label.

    Works on columns: NumPy is fast along long rows.
    """
    samples = np.arange(len(labels))
    shifted = logits.T.copy()
    shifted -= np.maximum.reduce(shifted, axis=0)
    powers = np.exp(shifted)
    total = np.add.reduce(powers, axis=0)
    loss = np.log(total) - shifted[labels, samples]

    def grad(g):
        g = g / len(labels) if average else g
        out = powers * (g / total)
        out[labels, samples] -= g
        return out.T

    return np.add.reduce(loss) / len(labels) if average else loss, grad


def nll_loss(input, target, weight=None, *, ignore_index=-100, reduction="mean"):
    """Minus the log probability that `input` (N, C) gives the true class. See `cross_entropy`."""
    labels, kept = _labels("nll_loss", input, target, weight, ignore_index)
    loss = -_class_last(input)[np.arange(labels.size), labels]
    if weight is not None:
        loss = loss * weight[labels]
    return _reduce_samples("nll_loss", loss, input, labels, kept, weight, reduction)


def _labels(name, input, target, weight=None, ignore_index=-100):
    """The labels, flat and checked, and which of them count (None if all do)."""
    samples = input.shape[:1] + input.shape[2:] if input.ndim > 1 else ()
    if input.ndim == 0 or target.shape != samples:
        raise ValueError(
            f"{name}: input of shape {input.shape} needs target labels of shape {samples}, "
            f"got {target.shape}"
        )
    labels, classes = target.array.reshape(-1), input.shape[1 if input.ndim > 1 else 0]
    if weight is not None:
        need_one_dtype(f"{name}(weight=)", input, weight)
        if weight.shape != (classes,):
            raise RuntimeError(f"{name}: weight must have shape ({classes},), got {weight.shape}")
    if labels.dtype.kind in "iu" and _in_range(labels, classes) and not 0 <= ignore_index < classes:
        return labels, None
    kept = labels != ignore_index
    _check_labels(name, labels[kept], classes)
    return np.where(kept, labels, 0), None if kept.all() else kept


def _in_range(labels, classes):
    """Whether all are from 0 to classes - 1; as unsigned numbers negative ones would be huge."""
    return not labels.size or labels.astype(np.uint64).max() < classes


def _check_labels(name, labels, classes):
    if labels.dtype.kind not in "iu":
        raise RuntimeError(f"{name}: labels must be integers, got {labels.dtype}; use .long()")
    if not _in_range(labels, classes):
        bad = labels[(labels < 0) | (labels >= classes)][0]
        raise IndexError(f"{name}: labels must be from 0 to {classes - 1}, got {bad}")


def _class_last(input):
    """Scores of shape (N, C), (C) or (N, C, ...) as rows of C."""
    if input.ndim == 2:
        return input
    if input.ndim == 1:
        return input.unsqueeze(0)
    return input.permute(0, *range(2, input.ndim), 1).reshape(-1, input.shape[1])


def _reduce_samples(name, loss, input, labels, kept, weight, reduction):
    """Drop ignored samples; the mean over labels is weighted by their classes."""
    count = None
    if kept is not None:
        loss = loss * Tensor(kept)
    if labels is not None and (kept is not None or weight is not None):
        each = Tensor(np.ones(labels.shape, input.dtype)) if weight is None else weight[labels]
        count = (each if kept is None else each * Tensor(kept)).sum()
    if reduction == "none" and input.ndim != 2:
        loss = loss.reshape(input.shape[:1] + input.shape[2:] if input.ndim > 1 else ())
    return _reduce(loss, reduction, name, count)


def binary_cross_entropy(input, target, weight=None, *, reduction="mean"):
    """-(y log p + (1 - y) log(1 - p)) for probabilities `input`; a logarithm is at least -100."""
    _check_same_shape("binary_cross_entropy", input, target)
    if not ((input.array >= 0) & (input.array <= 1)).all():
        raise RuntimeError(
            "binary_cross_entropy: input must be probabilities from 0 to 1; for logits use "
            "binary_cross_entropy_with_logits"
        )
    need_one_dtype("binary_cross_entropy", input, target)
    if not ((target.array >= 0) & (target.array <= 1)).all():
        raise RuntimeError("binary_cross_entropy: targets must be from 0 to 1")
    loss = _bernoulli_nll(input, target)
    loss = loss if weight is None else loss * weight
    return _reduce(loss, reduction, "binary_cross_entropy")


@operation
def _bernoulli_nll(p, y):
    yes, no = np.maximum(np.log(p), -100), np.maximum(np.log1p(-p), -100)
    return (
        -(y * yes + (1 - y) * no),
        lambda g: g * (p - y) / np.maximum(p * (1 - p), 1e-12),
        lambda g: g * (no - yes),
    )


def binary_cross_entropy_with_logits(
    input, target, weight=None, *, reduction="mean", pos_weight=None
):  # fmt: skip
    """Binary cross entropy of sigmoid(input), stable for large logits; gradient sigmoid(x) - y.

    `pos_weight` multiplies the part of the positive class.
    """
    name = "binary_cross_entropy_with_logits"
    _check_same_shape(name, input, target)
    need_floats(name, target)
    if pos_weight is None:
        loss = (1 - target) * input - logsigmoid(input)
    else:
        loss = (1 - target) * input - (1 + (pos_weight - 1) * target) * logsigmoid(input)
    return _reduce(loss if weight is None else loss * weight, reduction, name)


def kl_div(input, target, *, reduction="mean", log_target=False):
    """target (log target - input), where `input` holds *log* probabilities; 0 log 0 counts as 0.

    Only `reduction="batchmean"`, the sum divided by the number of rows, is the mathematical KL
    divergence; "mean" divides by the number of elements. `log_target`: target holds logarithms too.
    """
    _check_same_shape("kl_div", input, target)
    if log_target:
        loss = target.exp() * (target - input)
    else:
        loss = _x_log_x(target) - target * input
    if reduction == "batchmean":
        return loss.sum() / input.shape[0]
    return _reduce(loss, reduction, "kl_div")


@operation
def _x_log_x(x):
    return np.where(x == 0, 0, x * np.log(x)), lambda g: g * (np.log(x) + 1)


def multi_margin_loss(input, target, p=1, margin=1.0, weight=None, *, reduction="mean"):
    """max(0, margin - s_true + s_j)^p summed over the wrong classes j, *divided by C*.

    `input` holds scores (N, C) or (C); `weight` (C) weighs each sample by its true class.
    `multiclass_hinge_loss` is the same without the division.
    """
    labels, _ = _labels("multi_margin_loss", input, target, weight)
    loss = _hinges(_class_last(input), labels=labels, margin=margin, p=p) / input.shape[-1]
    loss = loss if weight is None else loss * weight[labels]
    loss = loss if input.ndim == 2 else loss.reshape(target.shape)
    return _reduce(loss, reduction, "multi_margin_loss")


def multiclass_hinge_loss(input, target, delta=1.0, p=1, *, reduction="mean"):
    """max(0, s_j - s_true + delta)^p summed over the wrong classes j. Not in PyTorch.

    `input` holds scores (N, C) or (C). (Weston & Watkins 1999, "Support vector machines for
    multi-class pattern recognition".)
    """
    labels, _ = _labels("multiclass_hinge_loss", input, target)
    loss = _hinges(_class_last(input), labels=labels, margin=delta, p=p)
    loss = loss if input.ndim == 2 else loss.reshape(target.shape)
    return _reduce(loss, reduction, "multiclass_hinge_loss")


@operation
def _hinges(scores, labels=None, margin=1.0, p=1):
    rows = np.arange(len(labels))
    gaps = np.maximum(scores - scores[rows, labels][:, None] + margin, 0)
    gaps[rows, labels] = 0

    def grad(g):
        out = g[:, None] * (p * gaps ** (p - 1) * (gaps > 0))
        out[rows, labels] = -np.sum(out, axis=1)
        return out

    return np.sum(gaps**p, axis=1), grad


def one_hot(tensor, num_classes=-1):
    """A row of zeros for each label, with a 1 at the label's place: shape (..., num_classes)."""
    if num_classes == -1:
        num_classes = int(tensor.array.max()) + 1
    _check_labels("one_hot", tensor.array, num_classes)
    return Tensor(np.eye(num_classes, dtype=int64)[tensor.array])

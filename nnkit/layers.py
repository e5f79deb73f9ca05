"""What layers compute: linear maps, dropout, normalisation, convolution and pooling.

Pictures have shape (N, C, H, W). The four normalisations differ only in the axes that share a mean
and a variance: batch norm N, H, W; layer norm C, H, W; instance norm H, W; group norm H, W and the
channels of one group. Signatures, defaults and results are `torch.nn.functional`'s.
"""

import functools
import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from nnkit.checks import need_one_dtype
from nnkit.creation import bernoulli, full
from nnkit.tensor import operation


@operation
def linear(input, weight, bias=None):
    """input @ weight.T + bias: input (..., in), weight (out, in), bias (out), result (..., out)."""
    if weight.ndim != 2 or input.shape[-1] != weight.shape[1]:
        raise ValueError(
            f"input of shape {input.shape} does not fit a weight of shape {weight.shape}: the last "
            f"dimension of the input must be {weight.shape[-1]}, the layer's in_features"
        )
    need_one_dtype("linear", input, weight)
    out = input @ weight.T
    if bias is not None:
        need_one_dtype("linear", bias, weight)
        out += bias
    return (
        out,
        lambda g: g @ weight,
        lambda g: _rows(g).T @ _rows(input),
        lambda g: _sum_of_rows(_rows(g)),
    )


def _rows(array):
    return array if array.ndim == 2 else array.reshape(-1, array.shape[-1])


def _sum_of_rows(g):
    return _ones(len(g), g.dtype).dot(g)  # a product sums faster than np.sum


_ones = functools.lru_cache(maxsize=16)(np.ones)


def dropout(input, p=0.5, training=True, *, generator=None):
    """Zero each element with probability `p` and divide the rest by 1 - p; nothing when not
    training (inverted dropout; Srivastava et al. 2014)."""
    if not 0 <= p <= 1:
        raise ValueError(f"dropout: p must be between 0 and 1, got {p}")
    if not training or p == 0:
        return input
    kept = bernoulli(full(input.shape, 1.0 - p, dtype=input.dtype), generator=generator)
    return input * (kept * (1 / (1 - p)) if p < 1 else kept)


@operation
def _standardise(x, axes=None, eps=1e-5):
    """(x - mean) / sqrt(variance + eps) over the axes.

    With n elements, y the result and s = sqrt(variance + eps), the gradient is
    (g - mean(g) - y mean(g y)) / s (Ioffe & Szegedy 2015).
    """
    centred = x - np.mean(x, axis=axes, keepdims=True)
    scale = 1 / np.sqrt(np.mean(centred * centred, axis=axes, keepdims=True) + eps)
    y = centred * scale

    def grad(g):
        along = np.mean(g * y, axis=axes, keepdims=True)
        return scale * (g - np.mean(g, axis=axes, keepdims=True) - y * along)

    return y, grad


def _per_channel(x, ndim):
    return x.reshape(1, -1, *[1] * (ndim - 2))


def _scale_and_shift(y, weight, bias):
    y = y if weight is None else y * _per_channel(weight, y.ndim)
    return y if bias is None else y + _per_channel(bias, y.ndim)


def batch_norm(
    input, running_mean, running_var, weight=None, bias=None, training=False, momentum=0.1, eps=1e-5
):
    """Standardise each channel, dimension 1, over the batch (training) or by running statistics.

    In training the running statistics, if given, move by the share `momentum` towards the batch's,
    whose variance is then divided by n - 1.
    """
    axes = (0, *range(2, input.ndim))
    if not training:
        if running_mean is None or running_var is None:
            raise ValueError("batch_norm: running statistics are needed when not training")
        scale = (running_var + eps).sqrt()
        y = (input - _per_channel(running_mean, input.ndim)) / _per_channel(scale, input.ndim)
        return _scale_and_shift(y, weight, bias)
    if input.numel() <= input.shape[1]:
        raise ValueError(
            "batch_norm: expected more than one value per channel when training, "
            f"got input of shape {input.shape}"
        )
    if running_mean is not None:
        x = input.array
        running_mean.array += momentum * (x.mean(axis=axes) - running_mean.array)
        running_var.array += momentum * (x.var(axis=axes, ddof=1) - running_var.array)
    return _scale_and_shift(_standardise(input, axes=axes, eps=eps), weight, bias)


def layer_norm(input, normalized_shape, weight=None, bias=None, eps=1e-5):
    """Standardise each sample over its last dimensions, whose sizes are `normalized_shape`."""
    n = len(normalized_shape)
    if tuple(input.shape[-n:]) != tuple(normalized_shape):
        raise RuntimeError(
            f"layer_norm: the input must end in {tuple(normalized_shape)}, got shape {input.shape}"
        )
    y = _standardise(input, axes=tuple(range(-n, 0)), eps=eps)
    y = y if weight is None else y * weight
    return y if bias is None else y + bias


def group_norm(input, num_groups, weight=None, bias=None, eps=1e-5):
    """Standardise each sample over groups of neighbouring channels (Wu & He 2018)."""
    n, channels = input.shape[:2]
    if channels % num_groups:
        raise ValueError(f"group_norm: {channels} channels can't be split into {num_groups} groups")
    y = _standardise(input.reshape(n, num_groups, -1), axes=(2,), eps=eps).reshape(input.shape)
    return _scale_and_shift(y, weight, bias)


def instance_norm(input, *, weight=None, bias=None, eps=1e-5):
    """Standardise each channel of each sample by itself (Ulyanov et al. 2016)."""
    if math.prod(input.shape[2:]) <= 1:
        raise ValueError(
            "instance_norm: expected more than one value per channel of a sample, "
            f"got input of shape {input.shape}"
        )
    y = _standardise(input, axes=tuple(range(2, input.ndim)), eps=eps)
    return _scale_and_shift(y, weight, bias)


def conv2d(input, weight, bias=None, stride=1, padding=0):
    """Slide each filter of `weight` (out, in, kH, kW) over `input` (N, in, H, W).

    Each side of the result measures (size + 2 padding - kernel) // stride + 1. As everywhere in
    this field the filter is not flipped: it is a cross-correlation.
    """
    if input.ndim != 4 or weight.ndim != 4 or input.shape[1] != weight.shape[1]:
        raise RuntimeError(
            f"conv2d: expected input (N, {weight.shape[1]}, H, W) for a weight of shape "
            f"{weight.shape}, got {input.shape}"
        )
    out = _conv2d(input, weight, stride=_pair(stride), padding=_pair(padding))
    return out if bias is None else out + _per_channel(bias, 4)


@operation
def _conv2d(x, weight, stride=(1, 1), padding=(0, 0)):
    need_one_dtype("conv2d", x, weight)
    patches = _patches(x, weight.shape[2:], stride, padding, 0)

    def grad_x(g):
        at_kernel = np.tensordot(g, weight, axes=(1, 0))  # (N, oH, oW, in, kH, kW)
        return _put_back(lambda i, j: at_kernel[..., i, j].transpose(0, 3, 1, 2),
                         x, weight.shape[2:], g.shape[2:], stride, padding)  # fmt: skip

    def grad_weight(g):
        return np.tensordot(g, patches, axes=((0, 2, 3), (0, 2, 3)))

    out = np.tensordot(weight, patches, axes=((1, 2, 3), (1, 4, 5)))  # (out, N, oH, oW)
    return out.swapaxes(0, 1), grad_x, grad_weight


def max_pool2d(input, kernel_size, stride=None, padding=0):
    """The largest element of each window; the first of equals gets the gradient."""
    return _max_pool2d(input, **_window("max_pool2d", input, kernel_size, stride, padding))


@operation
def _max_pool2d(x, kernel, stride, padding):
    patches = _patches(x, kernel, stride, padding, -np.inf)
    patches = patches.reshape(*patches.shape[:4], kernel[0] * kernel[1])
    best = np.argmax(patches, axis=-1)
    out = np.take_along_axis(patches, best[..., None], axis=-1)[..., 0]
    return out, lambda g: _put_back(
        lambda i, j: g * (best == i * kernel[1] + j), x, kernel, g.shape[2:], stride, padding
    )


def avg_pool2d(input, kernel_size, stride=None, padding=0):
    """The mean of each window, padding counted as zeros."""
    return _avg_pool2d(input, **_window("avg_pool2d", input, kernel_size, stride, padding))


@operation
def _avg_pool2d(x, kernel, stride, padding):
    out = np.mean(_patches(x, kernel, stride, padding, 0), axis=(4, 5))
    share = 1 / (kernel[0] * kernel[1])
    return out, lambda g: _put_back(lambda i, j: g * share, x, kernel, g.shape[2:], stride, padding)


def _patches(x, kernel, stride, padding, fill):
    """A view (N, C, oH, oW, kH, kW) of all windows of the padded pictures."""
    (top, left), sides = padding, x.shape[2:]
    if any(k > n + 2 * p for k, n, p in zip(kernel, sides, padding, strict=True)):
        raise ValueError(f"a kernel of {kernel} is larger than the padded input of {x.shape}")
    if top or left:
        x = np.pad(x, ((0, 0), (0, 0), (top, top), (left, left)), constant_values=fill)
    return sliding_window_view(x, kernel, axis=(2, 3))[:, :, :: stride[0], :: stride[1]]


def _put_back(part, x, kernel, out_size, stride, padding):
    """Add `part(i, j)`, what reached place (i, j) of every window, to where it came from."""
    (top, left), (height, width) = padding, x.shape[2:]
    padded = np.zeros((*x.shape[:2], height + 2 * top, width + 2 * left), x.dtype)
    down, across = (n * s for n, s in zip(out_size, stride, strict=True))
    for i in range(kernel[0]):
        for j in range(kernel[1]):
            padded[:, :, i : i + down : stride[0], j : j + across : stride[1]] += part(i, j)
    return padded[:, :, top : top + height, left : left + width]


def _window(name, input, kernel_size, stride, padding):
    kernel, padding = _pair(kernel_size), _pair(padding)
    if input.ndim != 4:
        raise RuntimeError(f"{name}: expected input (N, C, H, W), got {input.shape}")
    if any(2 * p > k for p, k in zip(padding, kernel, strict=True)):
        raise RuntimeError(f"{name}: padding {padding} is more than half of the kernel {kernel}")
    stride = kernel if stride is None else _pair(stride)
    return {"kernel": kernel, "stride": stride, "padding": padding}


def _pair(value):
    return (value, value) if isinstance(value, int) else tuple(value)

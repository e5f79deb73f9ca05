"""How large the first weights are decides whether signals fade, explode or survive the layers.

Every function overwrites its tensor, returns it, and bears PyTorch's name. For a weight of shape
(out, in, ...), fan_in is in times the size of the filter, and fan_out likewise with out.
"""

import math

import numpy as np

from nnkit.creation import rng
from nnkit.tensor import no_grad

__all__ = [
    "calculate_gain", "constant_", "kaiming_normal_", "kaiming_uniform_", "normal_", "ones_",
    "uniform_", "xavier_normal_", "xavier_uniform_", "zeros_",
]  # fmt: skip


@no_grad()
def constant_(tensor, val):
    """The same number everywhere: equal units then stay equal."""
    return tensor.fill_(val)


def zeros_(tensor):
    return constant_(tensor, 0)


def ones_(tensor):
    return constant_(tensor, 1)


@no_grad()
def uniform_(tensor, a=0.0, b=1.0, generator=None):
    """Uniform between a and b."""
    tensor.array[...] = rng(generator).uniform(a, b, tensor.shape)
    return tensor


@no_grad()
def normal_(tensor, mean=0.0, std=1.0, generator=None):
    """Normal with this mean and standard deviation (not variance)."""
    tensor.array[...] = rng(generator).normal(mean, std, tensor.shape)
    return tensor


def xavier_uniform_(tensor, gain=1.0, generator=None):
    """Uniform on +-gain sqrt(6 / (fan_in + fan_out)) (Glorot & Bengio 2010, eq. 16)."""
    bound = gain * math.sqrt(6 / sum(_fans(tensor)))
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor, gain=1.0, generator=None):
    """Normal with std gain sqrt(2 / (fan_in + fan_out)) (Glorot & Bengio 2010)."""
    return normal_(tensor, 0, gain * math.sqrt(2 / sum(_fans(tensor))), generator)


def kaiming_uniform_(
    tensor, a=0, mode="fan_in", nonlinearity="leaky_relu", generator=None
):  # fmt: skip
    """Uniform with std gain / sqrt(fan), the bound sqrt(3) times that (He et al. 2015)."""
    bound = math.sqrt(3) * _kaiming_std(tensor, a, mode, nonlinearity)
    return uniform_(tensor, -bound, bound, generator)


def kaiming_normal_(
    tensor, a=0, mode="fan_in", nonlinearity="leaky_relu", generator=None
):  # fmt: skip
    """Normal with std gain / sqrt(fan); the gain is sqrt(2) for relu (He et al. 2015, eq. 10)."""
    return normal_(tensor, 0, _kaiming_std(tensor, a, mode, nonlinearity), generator)


def calculate_gain(nonlinearity, param=None):
    """By how much to enlarge weights so that signals keep their size through this nonlinearity."""
    slope = 0.01 if param is None else param
    gains = {
        "linear": 1, "conv2d": 1, "sigmoid": 1, "tanh": 5 / 3, "relu": math.sqrt(2),
        "leaky_relu": math.sqrt(2 / (1 + slope**2)), "selu": 3 / 4,
    }  # fmt: skip
    if nonlinearity not in gains:
        raise ValueError(f"nonlinearity must be one of {', '.join(gains)}; got {nonlinearity!r}")
    return gains[nonlinearity]


def _kaiming_std(tensor, a, mode, nonlinearity):
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(f"mode must be 'fan_in' or 'fan_out', got {mode!r}")
    fan = _fans(tensor)[mode == "fan_out"]
    return calculate_gain(nonlinearity, a) / math.sqrt(fan)


def _fans(tensor):
    if tensor.ndim < 2:
        raise ValueError(f"fans need a weight of shape (out, in, ...), got {tensor.shape}")
    fan_out, fan_in = tensor.shape[:2]
    filter_size = np.prod(tensor.shape[2:], dtype=int)
    return fan_in * filter_size, fan_out * filter_size

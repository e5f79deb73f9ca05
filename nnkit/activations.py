"""Activations: the bends between a network's layers, without which they would be one linear map.

Signatures, defaults and results are `torch.nn.functional`'s.
"""

import math

import numpy as np

from nnkit.checks import need_floats
from nnkit.tensor import Tensor, operation


@operation
def relu(input):
    """max(0, x); slope 0 at 0."""
    out = np.zeros(input.shape, input.dtype)  # NumPy compares with an array faster than with 0
    return np.maximum(input, out, out=out), lambda g: g * (out > 0)


@operation
def leaky_relu(input, negative_slope=0.01):
    """x where positive, negative_slope * x elsewhere."""
    slope = np.where(input > 0, 1, negative_slope).astype(input.dtype)
    return input * slope, lambda g: g * slope


@operation
def elu(input, alpha=1.0):
    """x where positive, alpha (e^x - 1) elsewhere (Clevert et al. 2016)."""
    out = np.where(input > 0, input, alpha * np.expm1(np.minimum(input, 0)))
    return out, lambda g: g * np.where(input > 0, 1, out + alpha)


@operation
def gelu(input, approximate="none"):
    """x times the chance that a standard normal number is below x (Hendrycks & Gimpel 2016).

    `approximate="tanh"` uses the paper's formula without the error function.
    """
    if approximate not in ("none", "tanh"):
        raise ValueError(f"approximate must be 'none' or 'tanh', got {approximate!r}")
    if approximate == "tanh":
        c, k = math.sqrt(2 / math.pi), 0.044715
        t = np.tanh(c * (input + k * input**3))
        chance = (1 + t) / 2
        slope = chance + input * (1 - t * t) * c * (1 + 3 * k * input**2) / 2
    else:
        chance = (1 + _erf(input / math.sqrt(2)).astype(input.dtype)) / 2
        slope = chance + input * np.exp(-input * input / 2) / math.sqrt(2 * math.pi)
    return input * chance, lambda g: g * slope


_erf = np.vectorize(math.erf, otypes=["d"])


@operation
def sigmoid(input):
    """1 / (1 + e^-x); slope s (1 - s), at most 1/4."""
    out = 1 / (1 + np.exp(-input))
    return out, lambda g: g * out * (1 - out)


@operation
def tanh(input):
    """(e^x - e^-x) / (e^x + e^-x); slope 1 - tanh^2."""
    out = np.tanh(input)
    return out, lambda g: g * (1 - out * out)


@operation
def softplus(input, beta=1.0, threshold=20.0):
    """log(1 + e^(beta x)) / beta, a smooth relu; x itself where beta x > threshold."""
    z = beta * input
    out = np.where(z > threshold, input, np.logaddexp(0, z) / beta)
    return out.astype(input.dtype), lambda g: g * np.where(z > threshold, 1, 1 / (1 + np.exp(-z)))


@operation
def logsigmoid(input):
    """log(sigmoid(x)), without overflow; slope sigmoid(-x)."""
    return -np.logaddexp(0, -input).astype(input.dtype), lambda g: g / (1 + np.exp(input))


@operation
def softmax(input, dim):
    """e^x divided by its sum along `dim`: positive, and adding up to 1.

    The largest x is subtracted first, which changes nothing but keeps e^x from overflowing.
    """
    need_floats("softmax", input)
    powers = np.exp(input - np.max(input, axis=dim, keepdims=True))
    out = powers / np.sum(powers, axis=dim, keepdims=True)
    return out, lambda g: out * (g - np.sum(g * out, axis=dim, keepdims=True))


@operation
def log_softmax(input, dim):
    """log(softmax(x)) along `dim`, computed without taking the logarithm of a tiny number."""
    need_floats("log_softmax", input)
    shifted = input - np.max(input, axis=dim, keepdims=True)
    out = shifted - np.log(np.sum(np.exp(shifted), axis=dim, keepdims=True))
    return out, lambda g: g - np.exp(out) * np.sum(g, axis=dim, keepdims=True)


for _function in (relu, sigmoid, tanh, softmax, log_softmax):
    setattr(Tensor, _function.__name__, _function)

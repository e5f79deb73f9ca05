"""Layers and losses as modules, with the names, arguments, shapes and defaults of `torch.nn`."""

import inspect
import math

from nnkit import functional, init
from nnkit.creation import ones, zeros
from nnkit.module import Buffer, Module, Parameter, Sequential
from nnkit.tensor import Tensor, int64

__all__ = [
    "AvgPool2d", "BCELoss", "BCEWithLogitsLoss", "BatchNorm1d", "BatchNorm2d", "Buffer",
    "Conv2d", "CrossEntropyLoss", "Dropout", "ELU", "Flatten", "GELU", "GroupNorm",
    "InstanceNorm2d", "KLDivLoss", "L1Loss", "LayerNorm", "LeakyReLU", "Linear", "LogSigmoid",
    "LogSoftmax", "MSELoss", "MaxPool2d", "Module", "MultiMarginLoss", "MulticlassHingeLoss",
    "NLLLoss", "Parameter", "ReLU", "Sequential", "Sigmoid", "SmoothL1Loss", "Softmax",
    "Softplus", "Tanh", "functional", "init",
]  # fmt: skip


class Flatten(Module):
    """Join the dimensions from `start_dim` to `end_dim`: pictures become rows."""

    def __init__(self, start_dim=1, end_dim=-1):
        self.start_dim, self.end_dim = start_dim, end_dim

    def forward(self, input):
        return input.flatten(self.start_dim, self.end_dim)

    def extra_repr(self):
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"


class Linear(Module):
    """x @ weight.T + bias, from (..., in_features) to (..., out_features).

    weight (out_features, in_features) and bias start uniform on +-1 / sqrt(in_features).
    """

    def __init__(self, in_features, out_features, bias=True, *, generator=None):
        self.in_features, self.out_features = in_features, out_features
        self.weight = _uniform((out_features, in_features), in_features, generator)
        self.bias = _uniform((out_features,), in_features, generator) if bias else None

    def forward(self, input):
        return functional.linear(input, self.weight, self.bias)

    def extra_repr(self):
        sizes = f"in_features={self.in_features}, out_features={self.out_features}"
        return f"{sizes}, bias={self.bias is not None}"


class Conv2d(Module):
    """`out_channels` filters of size `kernel_size` slid over pictures (N, in_channels, H, W)."""

    def __init__(
        self, in_channels, out_channels, kernel_size, stride=1, padding=0, *, bias=True,
        generator=None,
    ):  # fmt: skip
        self.in_channels, self.out_channels = in_channels, out_channels
        self.kernel_size, self.stride, self.padding = map(_pair, (kernel_size, stride, padding))
        fan_in = in_channels * math.prod(self.kernel_size)
        self.weight = _uniform((out_channels, in_channels, *self.kernel_size), fan_in, generator)
        self.bias = _uniform((out_channels,), fan_in, generator) if bias else None

    def forward(self, input):
        return functional.conv2d(input, self.weight, self.bias, self.stride, self.padding)

    def extra_repr(self):
        padding = "" if self.padding == (0, 0) else f", padding={self.padding}"
        bias = "" if self.bias is not None else ", bias=False"
        sizes = f"kernel_size={self.kernel_size}, stride={self.stride}"
        return f"{self.in_channels}, {self.out_channels}, {sizes}{padding}{bias}"


def _uniform(shape, fan_in, generator):
    bound = 1 / math.sqrt(fan_in) if fan_in else 0
    return Parameter(init.uniform_(zeros(shape), -bound, bound, generator))


def _pair(value):
    return (value, value) if isinstance(value, int) else tuple(value)


class Dropout(Module):
    """In training, zero each activation with probability `p` and divide the rest by 1 - p."""

    def __init__(self, p=0.5, *, generator=None):
        if not 0 <= p <= 1:
            raise ValueError(f"Dropout: p must be between 0 and 1, got {p}")
        self.p, self.generator = p, generator

    def forward(self, input):
        return functional.dropout(input, self.p, self.training, generator=self.generator)

    def extra_repr(self):
        return f"p={self.p}, inplace=False"


class _BatchNorm(Module):
    """Standardise each channel over the batch in training, by running statistics otherwise.

    `momentum` is the share of the new batch in the running statistics. With `affine`, the result is
    scaled by `weight` and shifted by `bias`, which are learnt. (Ioffe & Szegedy 2015.)
    """

    _dimensions = ()

    def __init__(
        self, num_features, eps=1e-5, momentum=0.1, affine=True, track_running_stats=True
    ):  # fmt: skip
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.affine, self.track_running_stats = affine, track_running_stats
        self.weight = Parameter(ones(num_features)) if affine else None
        self.bias = Parameter(zeros(num_features)) if affine else None
        tracked = track_running_stats
        self.register_buffer("running_mean", zeros(num_features) if tracked else None)
        self.register_buffer("running_var", ones(num_features) if tracked else None)
        self.register_buffer("num_batches_tracked", zeros((), dtype=int64) if tracked else None)

    def forward(self, input):
        if input.ndim not in self._dimensions or input.shape[1] != self.num_features:
            sizes = " or ".join(f"{n}-D" for n in self._dimensions)
            raise ValueError(
                f"{type(self).__name__}: expected {sizes} input with {self.num_features} channels "
                f"in dimension 1, got shape {input.shape}"
            )
        if self.training and self.track_running_stats:
            self.num_batches_tracked += 1
        return functional.batch_norm(
            input, self.running_mean, self.running_var, self.weight, self.bias,
            self.training or not self.track_running_stats, self.momentum, self.eps,
        )  # fmt: skip

    def extra_repr(self):
        flags = f"affine={self.affine}, track_running_stats={self.track_running_stats}"
        return f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, {flags}"


class BatchNorm1d(_BatchNorm):
    __doc__ = f"{_BatchNorm.__doc__}\n    Input (N, C) or (N, C, L)."
    _dimensions = (2, 3)


class BatchNorm2d(_BatchNorm):
    __doc__ = f"{_BatchNorm.__doc__}\n    Input (N, C, H, W)."
    _dimensions = (4,)


class LayerNorm(Module):
    """Standardise each sample over its last dimensions (Ba, Kiros & Hinton 2016)."""

    def __init__(self, normalized_shape, eps=1e-5, elementwise_affine=True):
        shape = (normalized_shape,) if isinstance(normalized_shape, int) else normalized_shape
        self.normalized_shape, self.eps = tuple(shape), eps
        self.elementwise_affine = elementwise_affine
        self.weight = Parameter(ones(self.normalized_shape)) if elementwise_affine else None
        self.bias = Parameter(zeros(self.normalized_shape)) if elementwise_affine else None

    def forward(self, input):
        return functional.layer_norm(
            input, self.normalized_shape, self.weight, self.bias, self.eps
        )  # fmt: skip

    def extra_repr(self):
        affine = f"elementwise_affine={self.elementwise_affine}"
        return f"{self.normalized_shape}, eps={self.eps}, {affine}"


class GroupNorm(Module):
    """Standardise each sample over groups of neighbouring channels (Wu & He 2018)."""

    def __init__(self, num_groups, num_channels, eps=1e-5, affine=True):
        self.num_groups, self.num_channels = num_groups, num_channels
        self.eps, self.affine = eps, affine
        self.weight = Parameter(ones(num_channels)) if affine else None
        self.bias = Parameter(zeros(num_channels)) if affine else None

    def forward(self, input):
        return functional.group_norm(input, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self):
        return f"{self.num_groups}, {self.num_channels}, eps={self.eps}, affine={self.affine}"


class InstanceNorm2d(Module):
    """Standardise each channel of each picture by itself (Ulyanov et al. 2016)."""

    def __init__(self, num_features, eps=1e-5, *, affine=False):
        self.num_features, self.eps, self.affine = num_features, eps, affine
        self.weight = Parameter(ones(num_features)) if affine else None
        self.bias = Parameter(zeros(num_features)) if affine else None

    def forward(self, input):
        return functional.instance_norm(input, weight=self.weight, bias=self.bias, eps=self.eps)

    def extra_repr(self):
        flags = f"affine={self.affine}, track_running_stats=False"
        return f"{self.num_features}, eps={self.eps}, momentum=0.1, {flags}"


class _Function(Module):
    """A function of `functional` as a module: its options are given once, and are attributes."""

    def __init__(self, *values, **options):
        given = inspect.signature(type(self)).bind(*values, **options)
        given.apply_defaults()
        self._names = tuple(given.arguments)
        for name, value in given.arguments.items():
            setattr(self, name, Buffer(value) if isinstance(value, Tensor) else value)

    def forward(self, *inputs):
        return self.function(*inputs, **{name: getattr(self, name) for name in self._names})


class _Activation(_Function):
    def extra_repr(self):
        return ", ".join(f"{name}={getattr(self, name)!r}" for name in self._names)


class _Pool(_Activation):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__(kernel_size, kernel_size if stride is None else stride, padding)


def _module(name, function, base=_Activation):
    parameters = inspect.signature(function).parameters.values()
    options = [p for p in parameters if p.name not in ("input", "target")]
    return type(name, (base,), {
        "function": staticmethod(function), "__doc__": function.__doc__, "__module__": __name__,
        "__signature__": inspect.Signature(options),
    })  # fmt: skip


ReLU = _module("ReLU", functional.relu)
LeakyReLU = _module("LeakyReLU", functional.leaky_relu)
ELU = _module("ELU", functional.elu)
GELU = _module("GELU", functional.gelu)
Sigmoid = _module("Sigmoid", functional.sigmoid)
Tanh = _module("Tanh", functional.tanh)
Softplus = _module("Softplus", functional.softplus)
LogSigmoid = _module("LogSigmoid", functional.logsigmoid)
Softmax = _module("Softmax", functional.softmax)
LogSoftmax = _module("LogSoftmax", functional.log_softmax)
MaxPool2d = _module("MaxPool2d", functional.max_pool2d, _Pool)
AvgPool2d = _module("AvgPool2d", functional.avg_pool2d, _Pool)
MSELoss = _module("MSELoss", functional.mse_loss, _Function)
L1Loss = _module("L1Loss", functional.l1_loss, _Function)
SmoothL1Loss = _module("SmoothL1Loss", functional.smooth_l1_loss, _Function)
CrossEntropyLoss = _module("CrossEntropyLoss", functional.cross_entropy, _Function)
NLLLoss = _module("NLLLoss", functional.nll_loss, _Function)
BCELoss = _module("BCELoss", functional.binary_cross_entropy, _Function)
BCEWithLogitsLoss = _module(
    "BCEWithLogitsLoss", functional.binary_cross_entropy_with_logits, _Function
)
KLDivLoss = _module("KLDivLoss", functional.kl_div, _Function)
MultiMarginLoss = _module("MultiMarginLoss", functional.multi_margin_loss, _Function)
MulticlassHingeLoss = _module("MulticlassHingeLoss", functional.multiclass_hinge_loss, _Function)

"""Train many copies of a small network at once, one for each learning rate (or other option).

The copies' weights are stacked along a new first dimension, so that each layer is one product of
stacked matrices: NumPy is called as often as for a single network.
"""

import numpy as np

from nnkit import nn
from nnkit.module import Module, Parameter
from nnkit.tensor import Tensor

__all__ = ["sweep"]

ELEMENTWISE = (
    nn.ReLU, nn.LeakyReLU, nn.ELU, nn.GELU, nn.Sigmoid, nn.Tanh, nn.Softplus, nn.LogSigmoid,
)  # fmt: skip


def sweep(model, loss_fn, optimizer, data, *, steps, **options):
    """Losses (steps + 1, copies) of copies of `model` trained with different options.

    `optimizer` is a class such as `optim.SGD`; an option that is a sequence has one value for each
    copy: `sweep(model, F.cross_entropy, optim.SGD, (X, y), steps=100, lr=[0.01, 0.1, 1])`. All
    copies start from the weights of `model`, which stays as it is, and see all data in every step.
    The model must be a Sequential of Linear layers and elementwise activations; `loss_fn` must know
    `reduction="none"`. Row t holds the losses after t steps.
    """
    varied = {name: v for name, v in options.items() if np.ndim(v) and name != "betas"}
    lengths = {name: len(v) for name, v in varied.items()}
    if len(set(lengths.values())) != 1:
        raise ValueError(f"sweep: expected sequences of one length as options, got {lengths}")
    copies = next(iter(lengths.values()))
    layers = [_stacked(layer, copies) for layer in model]
    X, y = data
    X, targets = X.T, Tensor(np.tile(y.array, (copies, *[1] * (y.ndim - 1))))
    parameters = [p for layer in layers for p in layer.parameters()]
    stacked = {name: np.asarray(v, X.dtype).reshape(-1, 1, 1) for name, v in varied.items()}
    optimizer = optimizer(parameters, **{**options, **stacked})
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        each = _losses(layers, loss_fn, X, targets, copies)
        each.sum().backward()
        optimizer.step()
        losses.append(each.detach().numpy())
    losses.append(_losses(layers, loss_fn, X, targets, copies).detach().numpy())
    return np.array(losses)


def _losses(layers, loss_fn, X, targets, copies):
    """The mean loss of each copy."""
    h = X
    for layer in layers:
        h = layer(h)
    rows = h.permute(0, 2, 1).reshape(-1, h.shape[1])  # (copies * samples, outputs)
    return loss_fn(rows, targets, reduction="none").reshape(copies, -1).mean(1)


class _StackedLinear(Module):
    """Linear layers side by side, on columns: (copies, in, samples) to (copies, out, samples).

    Samples come last because NumPy is fast along long rows.
    """

    def __init__(self, layer, copies):
        self.weight = Parameter(np.repeat(layer.weight.array[None], copies, axis=0))
        self.bias = None
        if layer.bias is not None:
            self.bias = Parameter(np.repeat(layer.bias.array[None, :, None], copies, axis=0))

    def forward(self, input):
        out = self.weight @ input
        return out if self.bias is None else out + self.bias


def _stacked(layer, copies):
    if isinstance(layer, nn.Linear):
        return _StackedLinear(layer, copies)
    if isinstance(layer, ELEMENTWISE):
        return layer
    raise TypeError(
        f"sweep: layers must be Linear or elementwise activations, got {type(layer).__name__}"
    )

"""Everything of `torch.nn.functional` that the lessons use: `import nnkit.functional as F`."""

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
from nnkit.losses import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    kl_div,
    l1_loss,
    mse_loss,
    multi_margin_loss,
    multiclass_hinge_loss,
    nll_loss,
    one_hot,
    smooth_l1_loss,
)

__all__ = [
    "avg_pool2d", "batch_norm", "binary_cross_entropy", "binary_cross_entropy_with_logits",
    "conv2d", "cross_entropy", "dropout", "elu", "gelu", "group_norm", "instance_norm", "kl_div",
    "l1_loss", "layer_norm", "leaky_relu", "linear", "log_softmax", "logsigmoid", "max_pool2d",
    "mse_loss", "multi_margin_loss", "multiclass_hinge_loss", "nll_loss", "one_hot", "relu",
    "sigmoid", "smooth_l1_loss", "softmax", "softplus", "tanh",
]  # fmt: skip

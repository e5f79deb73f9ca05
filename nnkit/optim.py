"""Gradient descent and its relatives: every optimizer is a rule for turning a gradient into a step.

Names, arguments, defaults and results are PyTorch's. In each rule `p` is the array of a parameter's
values, `g` that of its gradient, and `state` what the rule remembers of them from step to step.
"""

import abc
import copy
from collections import defaultdict

import numpy as np

from nnkit import lr_scheduler
from nnkit.tensor import Tensor, quietly

__all__ = ["SGD", "Adagrad", "Adam", "AdamW", "Optimizer", "RMSprop", "lr_scheduler"]


NOT_NEGATIVE = {
    "alpha", "eps", "initial_accumulator_value", "lr", "lr_decay", "momentum", "weight_decay",
}  # fmt: skip


class Optimizer(abc.ABC):
    """What all rules share: the parameters, in groups with their own options, and `step()`.

    `params` is an iterable of tensors, or of dicts `{"params": [...], "lr": ...}`, one a group.
    """

    decoupled_decay = False  # whether the rule itself applies weight_decay

    def __init__(self, params, defaults):
        self.defaults = defaults
        self.param_groups = []
        self.state = defaultdict(dict)
        if isinstance(params, Tensor):
            raise TypeError(f"{type(self).__name__}: params must be a list, got a single tensor")
        groups = list(params)
        if not groups:
            raise ValueError(f"{type(self).__name__}: got no parameters to optimise")
        if not isinstance(groups[0], dict):
            groups = [{"params": groups}]
        for group in groups:
            self.add_param_group(group)

    def add_param_group(self, group):
        """Optimise these parameters too; options that are missing take the defaults."""
        params = group["params"]
        params = [params] if isinstance(params, Tensor) else list(params)
        for p in params:
            if not isinstance(p, Tensor):
                kind = type(p).__name__
                raise TypeError(f"{type(self).__name__}: params must be tensors, got {kind}")
            if not p.is_leaf:
                raise ValueError(f"{type(self).__name__}: can't optimise a tensor that is a result")
            p.array = np.asarray(p.array)  # a NumPy scalar can't be changed in place
        known = {id(p) for other in self.param_groups for p in other["params"]}
        if known.intersection(map(id, params)):
            raise ValueError("some parameters appear in more than one parameter group")
        group = {**self.defaults, **group, "params": params}
        _check_options(type(self).__name__, group)
        self.param_groups.append(group)

    def zero_grad(self, set_to_none=True):
        """Forget the gradients, so that the next `backward()` starts anew."""
        for group in self.param_groups:
            for p in group["params"]:
                if set_to_none:
                    p.grad = None
                elif p.grad is not None:
                    p.grad.zero_()

    @quietly
    def step(self, closure=None):
        """Update every parameter that has a gradient; `closure`, if given, computes the loss."""
        loss = None if closure is None else closure()
        for group in self.param_groups:
            found = [
                (p.array, p.grad.array, self.state[p])
                for p in group["params"] if p.grad is not None
            ]  # fmt: skip
            if group.get("maximize"):
                found = [(p, -g, state) for p, g, state in found]
            decay = group.get("weight_decay", 0)
            if _is_on(decay) and not self.decoupled_decay:
                found = [(p, g + decay * p, state) for p, g, state in found]
            self.update(found, **group)
        return loss

    @abc.abstractmethod
    def update(self, found, **options):
        """One step of the rule: for each (p, g, state) in `found`, change p in place.

        L2 decay and the sign of `maximize` are already in g.
        """

    def state_dict(self):
        """Everything that is needed to go on later: options, and each parameter's memory."""
        index = {p: i for i, p in enumerate(self._params())}
        groups = [
            {**group, "params": [index[p] for p in group["params"]]} for group in self.param_groups
        ]
        return copy.deepcopy(
            {"state": {index[p]: s for p, s in self.state.items()}, "param_groups": groups}
        )

    def load_state_dict(self, state_dict):
        """Go on from what `state_dict()` of an optimizer over equal parameters returned."""
        saved = copy.deepcopy(state_dict)
        sizes = [len(group["params"]) for group in self.param_groups]
        if sizes != [len(group["params"]) for group in saved["param_groups"]]:
            raise ValueError(f"load_state_dict(): the saved groups differ, expected sizes {sizes}")
        for group, options in zip(self.param_groups, saved["param_groups"], strict=True):
            group.update({**options, "params": group["params"]})
        params = self._params()
        self.state = defaultdict(dict, {params[i]: s for i, s in saved["state"].items()})

    def _params(self):
        return [p for group in self.param_groups for p in group["params"]]


def _check_options(name, options):
    for option, value in options.items():
        if option in NOT_NEGATIVE:
            if not np.min(value) >= 0:
                raise ValueError(f"{name}: {option} must be 0 or more, got {value}")
        elif option == "betas" and not all(0 <= beta < 1 for beta in value):
            raise ValueError(f"{name}: betas must be two numbers from 0 up to 1, got {value}")
    if options.get("nesterov") and (np.any(options["momentum"] == 0) or options["dampening"] != 0):
        raise ValueError(f"{name}: nesterov needs momentum > 0 and dampening = 0")


class SGD(Optimizer):
    """p <- p - lr g, with momentum: v <- momentum v + (1 - dampening) g, p <- p - lr v.

    Nesterov's variant steps along g + momentum v. `weight_decay` adds weight_decay * p to g, the
    gradient of an L2 penalty. (Sutskever et al. 2013, "On the importance of initialization and
    momentum in deep learning"; PyTorch's form, with lr outside v.)
    """

    def __init__(
        self, params, lr=1e-3, momentum=0, dampening=0, weight_decay=0, nesterov=False, *,
        maximize=False,
    ):  # fmt: skip
        options = dict(lr=lr, momentum=momentum, dampening=dampening, weight_decay=weight_decay)
        super().__init__(params, {**options, "nesterov": nesterov, "maximize": maximize})

    def update(self, found, lr, momentum, dampening, nesterov, **_):
        remembers = _is_on(momentum)
        for p, g, state in found:
            if remembers:
                if "momentum_buffer" not in state:
                    velocity = state["momentum_buffer"] = np.array(g)
                else:
                    velocity = state["momentum_buffer"]
                    velocity *= momentum
                    velocity += (1 - dampening) * g
                g = g + momentum * velocity if nesterov else velocity
            p -= lr * g


class RMSprop(Optimizer):
    """Divide each gradient by a running root mean square of itself: s <- alpha s + (1 - alpha) g^2,
    p <- p - lr g / (sqrt(s) + eps).

    `centered` subtracts the squared running mean of g from s. (Tieleman & Hinton 2012, lecture 6.5;
    centred: Graves 2013, "Generating sequences with recurrent neural networks".)
    """

    def __init__(
        self, params, lr=1e-2, alpha=0.99, eps=1e-8, weight_decay=0, momentum=0, centered=False, *,
        maximize=False,
    ):  # fmt: skip
        options = dict(lr=lr, alpha=alpha, eps=eps, weight_decay=weight_decay, momentum=momentum)
        super().__init__(params, {**options, "centered": centered, "maximize": maximize})

    def update(self, found, lr, alpha, eps, momentum, centered, **_):
        for p, g, state in found:
            square = _running_mean(state, "square_avg", g * g, alpha)
            if centered:
                mean = _running_mean(state, "grad_avg", g, alpha)
                square = square - mean * mean
            step = g / (np.sqrt(square) + eps)
            if _is_on(momentum):
                step = state["momentum_buffer"] = momentum * state.get("momentum_buffer", 0) + step
            p -= lr * step


class Adagrad(Optimizer):
    """Divide each gradient by the root of the sum of all its squares so far.

    The sum starts at `initial_accumulator_value`; lr shrinks as lr / (1 + (t - 1) lr_decay).
    (Duchi et al. 2011, "Adaptive subgradient methods".)
    """

    def __init__(
        self, params, lr=1e-2, lr_decay=0, weight_decay=0, initial_accumulator_value=0,
        eps=1e-10, *, maximize=False,
    ):  # fmt: skip
        options = dict(lr=lr, lr_decay=lr_decay, weight_decay=weight_decay, eps=eps)
        start = {"initial_accumulator_value": initial_accumulator_value}
        super().__init__(params, {**options, **start, "maximize": maximize})

    def update(self, found, lr, lr_decay, eps, initial_accumulator_value, **_):
        for p, g, state in found:
            total = state["sum"] = state.get("sum", initial_accumulator_value) + g * g
            rate = lr / (1 + (_count_step(state) - 1) * lr_decay)
            p -= rate * g / (np.sqrt(total) + eps)


class Adam(Optimizer):
    """Momentum and RMSprop together, both corrected for starting at zero.

    m <- b1 m + (1 - b1) g, v <- b2 v + (1 - b2) g^2,
    p <- p - lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps).
    `amsgrad` uses the largest v so far. (Kingma & Ba 2015; Reddi et al. 2018.)
    """

    def __init__(
        self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, amsgrad=False, *,
        maximize=False,
    ):  # fmt: skip
        options = dict(lr=lr, betas=betas, eps=eps, weight_decay=weight_decay)
        super().__init__(params, {**options, "amsgrad": amsgrad, "maximize": maximize})

    def update(self, found, lr, betas, eps, amsgrad, **_):
        beta1, beta2 = betas
        for p, g, state in found:
            t = _count_step(state)
            m = _running_mean(state, "exp_avg", g, beta1)
            v = _running_mean(state, "exp_avg_sq", g * g, beta2)
            if amsgrad:
                v = state["max_exp_avg_sq"] = np.maximum(v, state.get("max_exp_avg_sq", 0))
            p -= lr / (1 - beta1**t) * m / (np.sqrt(v) / (1 - beta2**t) ** 0.5 + eps)


class AdamW(Adam):
    """Adam whose weight decay shrinks the weights by itself, p <- (1 - lr weight_decay) p, instead
    of joining the gradient. (Loshchilov & Hutter 2019, "Decoupled weight decay regularization".)
    """

    decoupled_decay = True

    def __init__(
        self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2, amsgrad=False, *,
        maximize=False,
    ):  # fmt: skip
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad, maximize=maximize)

    def update(self, found, lr, weight_decay, **options):
        for p, _, _ in found:
            p *= 1 - lr * weight_decay
        super().update(found, lr, **options)


def _is_on(option):
    """Whether an option, a number or (in `sweep`) an array of them, has any effect."""
    return option.any() if isinstance(option, np.ndarray) else option


def _running_mean(state, name, value, keep):
    """state[name] <- keep * state[name] + (1 - keep) * value, starting at 0."""
    state[name] = keep * state.get(name, 0) + (1 - keep) * value
    return state[name]


def _count_step(state):
    state["step"] = state.get("step", 0) + 1
    return state["step"]

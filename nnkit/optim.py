"""Gradient descent and its relatives: every optimizer is a rule for turning a gradient into a step.

Names, arguments, defaults and results are PyTorch's. Each rule is written for one parameter, as
arrays: `p` its values, `g` its gradient, `state` what the rule remembers from step to step.
"""

import copy

import numpy as np

from nnkit.tensor import Tensor, quietly

__all__ = ["SGD", "Adagrad", "Adam", "AdamW", "Optimizer", "RMSprop"]


class Optimizer:
    """What all rules share: the parameters, in groups with their own options, and `step()`.

    `params` is an iterable of tensors, or of dicts `{"params": [...], "lr": ...}`, one a group.
    """

    def __init__(self, params, defaults):
        self.defaults = defaults
        self.param_groups = []
        self.state = {}
        groups = [params] if isinstance(params, Tensor) else list(params)
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
            for p in group["params"]:
                if p.grad is not None:
                    state = self.state.get(p)
                    if state is None:
                        state = self.state[p] = {}
                    p.array = self.update(p.array, p.grad.array, state, **group)
        return loss

    def update(self, p, g, state, **options):
        """One step of the rule, for one parameter; changes `p` in place and returns it."""
        raise NotImplementedError

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
        self.state = {params[i]: s for i, s in saved["state"].items()}

    def _params(self):
        return [p for group in self.param_groups for p in group["params"]]


def _check_options(name, options):
    for option, value in options.items():
        if option in ("lr", "momentum", "weight_decay", "eps", "alpha", "lr_decay"):
            if not np.min(value) >= 0:
                raise ValueError(f"{name}: {option} must be 0 or more, got {value}")
        elif option == "betas" and not all(0 <= beta < 1 for beta in value):
            raise ValueError(f"{name}: betas must be two numbers from 0 up to 1, got {value}")
    if options.get("nesterov") and (options["momentum"] == 0 or options["dampening"] != 0):
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

    def update(
        self, p, g, state, lr, momentum, dampening, weight_decay, nesterov, maximize, **_
    ):  # fmt: skip
        g = _with_decay(p, g, weight_decay, maximize)
        if momentum:
            if "momentum_buffer" not in state:
                velocity = state["momentum_buffer"] = np.array(g)
            else:
                velocity = state["momentum_buffer"]
                velocity *= momentum
                velocity += (1 - dampening) * g
            g = g + momentum * velocity if nesterov else velocity
        p -= lr * g
        return p


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

    def update(
        self, p, g, state, lr, alpha, eps, weight_decay, momentum, centered, maximize, **_
    ):  # fmt: skip
        g = _with_decay(p, g, weight_decay, maximize)
        square = _running_mean(state, "square_avg", g * g, alpha)
        if centered:
            mean = _running_mean(state, "grad_avg", g, alpha)
            square = square - mean * mean
        step = g / (np.sqrt(square) + eps)
        if momentum:
            step = state["momentum_buffer"] = momentum * state.get("momentum_buffer", 0) + step
        p -= lr * step
        return p


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

    def update(
        self, p, g, state, lr, lr_decay, weight_decay, eps, initial_accumulator_value, maximize, **_
    ):  # fmt: skip
        g = _with_decay(p, g, weight_decay, maximize)
        total = state["sum"] = state.get("sum", initial_accumulator_value) + g * g
        lr = lr / (1 + (_count_step(state) - 1) * lr_decay)
        p -= lr * g / (np.sqrt(total) + eps)
        return p


class Adam(Optimizer):
    """Momentum and RMSprop together, both corrected for starting at zero.

    m <- b1 m + (1 - b1) g, v <- b2 v + (1 - b2) g^2,
    p <- p - lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps).
    `amsgrad` uses the largest v so far. (Kingma & Ba 2015; Reddi et al. 2018.)
    """

    _decoupled = False

    def __init__(
        self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, amsgrad=False, *,
        maximize=False,
    ):  # fmt: skip
        options = dict(lr=lr, betas=betas, eps=eps, weight_decay=weight_decay)
        super().__init__(params, {**options, "amsgrad": amsgrad, "maximize": maximize})

    def update(self, p, g, state, lr, betas, eps, weight_decay, amsgrad, maximize, **_):
        if self._decoupled:
            p *= 1 - lr * weight_decay
            weight_decay = 0
        g = _with_decay(p, g, weight_decay, maximize)
        beta1, beta2 = betas
        t = _count_step(state)
        m = _running_mean(state, "exp_avg", g, beta1)
        v = _running_mean(state, "exp_avg_sq", g * g, beta2)
        if amsgrad:
            v = state["max_exp_avg_sq"] = np.maximum(v, state.get("max_exp_avg_sq", 0))
        p -= lr / (1 - beta1**t) * m / (np.sqrt(v) / (1 - beta2**t) ** 0.5 + eps)
        return p


class AdamW(Adam):
    """Adam whose weight decay shrinks the weights by itself, p <- (1 - lr weight_decay) p, instead
    of joining the gradient. (Loshchilov & Hutter 2019, "Decoupled weight decay regularization".)
    """

    _decoupled = True

    def __init__(
        self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2, amsgrad=False, *,
        maximize=False,
    ):  # fmt: skip
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad, maximize=maximize)


def _with_decay(p, g, weight_decay, maximize):
    """The gradient to follow: uphill if `maximize`, with that of an L2 penalty added."""
    if maximize:
        g = -g
    return g + weight_decay * p if weight_decay else g


def _running_mean(state, name, value, keep):
    """state[name] <- keep * state[name] + (1 - keep) * value, starting at 0."""
    state[name] = keep * state.get(name, 0) + (1 - keep) * value
    return state[name]


def _count_step(state):
    state["step"] = state.get("step", 0) + 1
    return state["step"]

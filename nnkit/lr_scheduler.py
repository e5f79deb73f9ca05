"""Learning rates that change while training: call `scheduler.step()` once an epoch, after the
optimizer's. Names, arguments and results are PyTorch's."""

import abc
import math

__all__ = ["CosineAnnealingLR", "ExponentialLR", "StepLR"]


class _Scheduler(abc.ABC):
    """Changes each group's `lr` step by step; several schedulers on one optimizer add up.

    `last_epoch` counts the steps taken, `base_lrs` are the groups' first learning rates.
    """

    def __init__(self, optimizer):
        self.optimizer, self.last_epoch = optimizer, 0
        self.base_lrs = [group.setdefault("initial_lr", group["lr"]) for group in self._groups]

    _groups = property(lambda self: self.optimizer.param_groups)

    def step(self):
        self.last_epoch += 1
        for group, base in zip(self._groups, self.base_lrs, strict=True):
            group["lr"] = self.next_lr(group["lr"], base)

    def get_last_lr(self):
        """The learning rate in use, of each group."""
        return [group["lr"] for group in self._groups]

    @abc.abstractmethod
    def next_lr(self, lr, base):
        """What follows `lr` at step `last_epoch`, in a group that started with `base`."""


class StepLR(_Scheduler):
    """Multiply the learning rate by `gamma` every `step_size` epochs."""

    def __init__(self, optimizer, step_size, gamma=0.1):
        super().__init__(optimizer)
        self.step_size, self.gamma = step_size, gamma

    def next_lr(self, lr, base):
        return lr if self.last_epoch % self.step_size else lr * self.gamma


class ExponentialLR(_Scheduler):
    """Multiply the learning rate by `gamma` every epoch."""

    def __init__(self, optimizer, gamma):
        super().__init__(optimizer)
        self.gamma = gamma

    def next_lr(self, lr, base):
        return lr * self.gamma


class CosineAnnealingLR(_Scheduler):
    """Half a cosine from the first learning rate down to `eta_min` in `T_max` epochs, and back up
    after (Loshchilov & Hutter 2017, "SGDR", without restarts)."""

    def __init__(self, optimizer, T_max, eta_min=0.0):
        super().__init__(optimizer)
        self.T_max, self.eta_min = T_max, eta_min

    def next_lr(self, lr, base):
        before, now = (self._height(self.last_epoch - i) for i in (1, 0))
        if (self.last_epoch - 1 - self.T_max) % (2 * self.T_max) == 0:  # up from the lowest point
            return lr + (base - self.eta_min) * now
        return self.eta_min + (lr - self.eta_min) * now / before

    def _height(self, epoch):
        """1 at the top of the cosine, 0 at the bottom."""
        return (1 + math.cos(math.pi * epoch / self.T_max)) / 2

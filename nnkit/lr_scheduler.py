"""Learning rates that change while training: call `scheduler.step()` once an epoch, after the
optimizer's. Names, arguments and results are PyTorch's."""

import math

__all__ = ["CosineAnnealingLR", "ExponentialLR", "StepLR"]


class _Scheduler:
    """Sets each group's `lr` to a function of the number of steps taken, `last_epoch`."""

    def __init__(self, optimizer):
        self.optimizer, self.last_epoch = optimizer, 0
        self.base_lrs = [group["lr"] for group in optimizer.param_groups]

    def step(self):
        self.last_epoch += 1
        for group, base in zip(self.optimizer.param_groups, self.base_lrs, strict=True):
            group["lr"] = self.lr_at(base, self.last_epoch)

    def get_last_lr(self):
        """The learning rate in use, of each group."""
        return [group["lr"] for group in self.optimizer.param_groups]

    def lr_at(self, base, epoch):
        """The learning rate at this epoch of a group that started with `base`."""
        raise NotImplementedError


class StepLR(_Scheduler):
    """Multiply the learning rate by `gamma` every `step_size` epochs."""

    def __init__(self, optimizer, step_size, gamma=0.1):
        self.step_size, self.gamma = step_size, gamma
        super().__init__(optimizer)

    def lr_at(self, base, epoch):
        return base * self.gamma ** (epoch // self.step_size)


class ExponentialLR(_Scheduler):
    """Multiply the learning rate by `gamma` every epoch."""

    def __init__(self, optimizer, gamma):
        self.gamma = gamma
        super().__init__(optimizer)

    def lr_at(self, base, epoch):
        return base * self.gamma**epoch


class CosineAnnealingLR(_Scheduler):
    """Half a cosine from the first learning rate down to `eta_min` in `T_max` epochs, and back up
    after (Loshchilov & Hutter 2017, "SGDR", without restarts)."""

    def __init__(self, optimizer, T_max, eta_min=0.0):
        self.T_max, self.eta_min = T_max, eta_min
        super().__init__(optimizer)

    def lr_at(self, base, epoch):
        height = (1 + math.cos(math.pi * epoch / self.T_max)) / 2
        return self.eta_min + (base - self.eta_min) * height

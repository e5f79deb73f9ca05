"""Is a gradient right? Nudge each number a little and see if the result moves as foretold."""

from dataclasses import dataclass

import numpy as np

from nnkit.tensor import Tensor, no_grad, quietly

__all__ = ["GradCheck", "gradcheck", "numerical_gradient"]


@dataclass(frozen=True)
class GradCheck:
    """What `gradcheck` found; true if the two gradients agree.

    `analytic` and `numeric` hold one array for each input that requires grad, from `backward()` and
    from differences. `worst` names the entry with the largest error: (input, index).
    """

    passed: bool
    analytic: tuple
    numeric: tuple
    worst: tuple
    error: float

    def __bool__(self):
        return self.passed

    def __str__(self):
        which, index = self.worst
        verdict = "agree" if self.passed else "DISAGREE"
        return (
            f"gradients {verdict}; worst entry: input {which} at {index}, "
            f"backward() {self.analytic[which][index]:.6g}, "
            f"difference {self.numeric[which][index]:.6g}, relative error {self.error:.1e}"
        )


@quietly
def numerical_gradient(func, x, eps=1e-6):
    """(f(x + eps) - f(x - eps)) / (2 eps), one entry of the array `x` at a time.

    `func` takes no arguments, reads `x`, and returns a number. The error of a centred difference
    shrinks as eps^2, until rounding, which grows as 1 / eps, takes over.
    """
    gradient = np.empty(x.shape)
    for index in np.ndindex(x.shape):
        before = x[index]
        x[index] = before + eps
        above = float(func())
        x[index] = before - eps
        below = float(func())
        x[index] = before
        gradient[index] = (above - below) / (2 * eps)
    return gradient


def gradcheck(func, inputs, eps=1e-6, tolerance=1e-5):
    """Compare the gradients that `backward()` finds for `func(*inputs)` with centred differences.

    `inputs` is a tensor or a tuple of tensors, float64, of which at least one requires grad.
    Passes if |analytic - numeric| / max(1, |analytic|, |numeric|) is below `tolerance` everywhere.
    If the result is not a single number, the entries are first added up with random weights.
    """
    inputs = (inputs,) if isinstance(inputs, Tensor) else tuple(inputs)
    checked = [x for x in inputs if x.requires_grad]
    if not checked or any(x.dtype != np.float64 for x in checked):
        raise ValueError("gradcheck: inputs must be float64 tensors, and one must require grad")
    with no_grad():
        shape = func(*inputs).shape
    weights = Tensor(np.random.default_rng(0).uniform(0.5, 1.5, shape) if shape else np.ones(()))

    before = [x.grad for x in checked]
    for x in checked:
        x.grad = None
    (func(*inputs) * weights).sum().backward()
    analytic = tuple(np.zeros(x.shape) if x.grad is None else x.grad.numpy() for x in checked)
    for x, grad in zip(checked, before, strict=True):
        x.grad = grad

    @no_grad()
    def value():
        return (func(*inputs) * weights).sum()

    numeric = tuple(numerical_gradient(value, x.array, eps) for x in checked)
    errors = [_relative_error(a, n) for a, n in zip(analytic, numeric, strict=True)]
    which = int(np.argmax([e.max(initial=0) for e in errors]))
    index = tuple(int(i) for i in np.unravel_index(np.argmax(errors[which]), errors[which].shape))
    error = float(errors[which][index])
    return GradCheck(error < tolerance, analytic, numeric, (which, index), error)


def _relative_error(a, b):
    error = np.abs(a - b) / np.maximum(1, np.maximum(np.abs(a), np.abs(b)))
    return np.where(np.isnan(error), np.inf, error)

"""Descents as numbers: the surfaces, the path an optimiser takes, and the law that it obeys."""

import functools
from dataclasses import dataclass

import numpy as np

import nnkit
from nnkit import optim


@dataclass(frozen=True)
class Surface:
    """A function to descend: one or two arguments, numbers, arrays or tensors alike.

    limits: ((low, high), ...) of the picture, one pair an argument and one for f's axis in 1-D;
    hessian(*point): its second derivatives, a matrix; minimum: the point, or None where it has
    none, and then its saddle; loss: limits of the loss axis, logarithmic where there is a minimum;
    lr: a rate that suits gradient descent; adaptive_lr: one for those that scale their steps.
    """

    f: object
    formula: str
    start: tuple
    lr: float
    limits: tuple
    hessian: object
    minimum: tuple | None
    loss: tuple
    saddle: tuple | None = None
    names: str = "x"
    quadratic: bool = True
    adaptive_lr: float = 0.2

    @property
    def lowest(self):
        """The value at the minimum; 0 where there is none, so that heights are f itself."""
        return float(self.f(*self.minimum)) if self.minimum else 0.0


SURFACES = {
    "4x^2": Surface(
        lambda x: 4 * x**2, "4x^2", (2.0,), 0.1, ((-5, 5), (-6, 110)),
        lambda x: [[8.0]], (0.0,), (1e-6, 1e4),
    ),
    "2x^2-12x+20": Surface(
        lambda x: 2 * x**2 - 12 * x + 20, "2x^2 - 12x + 20", (7.0,), 0.1, ((-2, 8), (-2, 56)),
        lambda x: [[4.0]], (3.0,), (1e-6, 1e4),
    ),
    "(w-1)^2": Surface(
        lambda w: (w - 1) ** 2, "(w - 1)^2", (5.0,), 0.01, ((-5, 7), (-2, 40)),
        lambda w: [[2.0]], (1.0,), (1e-6, 1e4), names="w",
    ),
    "saddle 2x^2+2y+4xy": Surface(
        lambda x, y: 2 * x**2 + 2 * y + 4 * x * y, "2x^2 + 2y + 4xy", (1.0, 0.0), 0.05,
        ((-4, 4), (-4, 4)), lambda x, y: [[4.0, 4.0], [4.0, 0.0]], None, (-60, 20),
        saddle=(-0.5, 0.5), names="xy",
    ),
    "ravine (x^2+100y^2)/2": Surface(
        lambda x, y: 0.5 * (x**2 + 100 * y**2), r"\frac{1}{2}(x^2 + 100y^2)", (-9.0, 1.5), 0.018,
        ((-11, 11), (-3.5, 3.5)), lambda x, y: [[1.0, 0.0], [0.0, 100.0]], (0.0, 0.0),
        (1e-6, 1e4), names="xy", adaptive_lr=0.5,
    ),
    "Rosenbrock": Surface(
        lambda x, y: (1 - x) ** 2 + 100 * (y - x**2) ** 2, "(1 - x)^2 + 100(y - x^2)^2",
        (-1.5, 2.0), 0.001, ((-2.2, 2.2), (-1, 3.2)),
        lambda x, y: [[1200 * x**2 - 400 * y + 2, -400 * x], [-400 * x, 200.0]], (1.0, 1.0),
        (1e-6, 1e4), names="xy", quadratic=False, adaptive_lr=0.5,
    ),
}  # fmt: skip

OPTIMISERS = {
    "gradient descent": lambda w, lr, momentum: optim.SGD(w, lr),
    "momentum": lambda w, lr, momentum: optim.SGD(w, lr, momentum=momentum),
    "Nesterov": lambda w, lr, momentum: optim.SGD(w, lr, momentum=momentum, nesterov=momentum > 0),
    "RMSprop": lambda w, lr, momentum: optim.RMSprop(w, lr),
    "Adam": lambda w, lr, momentum: optim.Adam(w, lr),
}
ADAPTIVE = "RMSprop", "Adam"  # these divide by the gradient's recent size
OWN = "your descend"  # stands for the optimiser where the path is a learner's
FAR = 1e9  # a coordinate past this has diverged; the path stops there


def descend(surface, start, optimiser, lr, momentum=0.0, steps=40):
    """Run an optimiser of nnkit and return its path, shape (steps taken + 1, arguments of f).

    Stops early, with the last point kept, where a coordinate passes FAR.
    """
    weights = [nnkit.tensor(v, dtype=nnkit.float64, requires_grad=True) for v in start]
    rule = OPTIMISERS[optimiser](weights, lr, momentum)
    path = [tuple(start)]
    while len(path) <= steps and max(map(abs, path[-1])) < FAR:
        rule.zero_grad()
        surface.f(*weights).backward()
        rule.step()
        path.append(tuple(w.item() for w in weights))
    return np.array(path)


def own_descend(descend, surface, start, lr, steps):
    """The path of a learner's own `descend(grad, w, lr, steps)`; None where it returns nothing."""
    with np.errstate(all="ignore"):
        path = descend(lambda w: gradient(surface, w), np.array(start), lr, steps)
    shape = steps + 1, len(start)
    if path is not None and np.shape(path) != shape:
        raise ValueError(
            f"descend must return steps + 1 points, an array of shape {shape}, "
            f"got shape {np.shape(path)}"
        )
    return None if path is None else np.array(path, dtype=float)


def gradient(surface, point):
    """The gradient of the surface at a point, by backward(); shape as `point`."""
    weights = [nnkit.tensor(v, dtype=nnkit.float64, requires_grad=True) for v in point]
    surface.f(*weights).backward()
    return np.array([w.grad.item() for w in weights])


def contraction(curvature, optimiser, lr, momentum):
    """(rho, overshoots) of one direction of a quadratic: a step multiplies the error by about rho.

    Momentum's error obeys e' = a e - b e_previous; rho is the larger root of z^2 - a z + b in
    size (Polyak 1964, Nesterov 1983); `overshoots` is true if the error changes its sign.
    """
    beta = momentum if optimiser in ("momentum", "Nesterov") else 0.0
    shrink = 1 - lr * curvature
    if optimiser == "Nesterov":
        a, b = (1 + beta) * shrink, beta * shrink
    else:
        a, b = beta + shrink, beta
    roots = np.roots([1, -a, b]) if b else np.array([a])
    return float(abs(roots).max()), bool(np.iscomplexobj(roots) or roots.min() < 0)


def largest_stable_lr(curvature, optimiser, momentum):
    """The learning rate at which descent on that curvature stops converging; None if there is none.

    2/L for gradient descent, 2(1+m)/L with momentum m, 2(1+m)/((1+2m)L) for Nesterov's.
    """
    if optimiser in ADAPTIVE:
        return None
    factor = {"momentum": 1 + momentum, "Nesterov": (1 + momentum) / (1 + 2 * momentum)}
    return 2 * factor.get(optimiser, 1.0) / curvature


@dataclass
class Descent:
    """One descent, and what there is to say of it; `optimiser` is one of OPTIMISERS or OWN."""

    surface: Surface
    optimiser: str
    lr: float
    momentum: float
    path: np.ndarray

    @functools.cached_property
    def losses(self):
        """f along the path, one value a point."""
        with np.errstate(all="ignore"):
            return np.array(self.surface.f(*self.path.T), dtype=float)

    @functools.cached_property
    def curvatures(self):
        """The Hessian's eigenvalues, smallest first; off quadratics, where the path bends most."""
        every = max(1, len(self.path) // 20)
        points = self.path[:1] if self.surface.quadratic else np.clip(self.path[::every], -FAR, FAR)
        return max(
            (np.linalg.eigvalsh(self.surface.hessian(*point)) for point in points),
            key=lambda values: values[-1],
        )

    @property
    def limit(self):
        return largest_stable_lr(self.curvatures[-1], self.optimiser, self.momentum)

    @property
    def error(self):
        """The distance to the minimum, step by step; None where there is no minimum."""
        if self.surface.minimum is None:
            return None
        return np.linalg.norm(self.path - self.surface.minimum, axis=1)

    @property
    def course(self):
        """Where the path starts, goes first and ends, with its last loss."""
        steps, name = len(self.path) - 1, _point(self.surface.names)
        start, first, end = (_point(f"{v:.4g}" for v in self.path[step]) for step in (0, 1, steps))
        slope = _point(f"{v:.4g}" for v in gradient(self.surface, self.path[0]))
        return (
            f"Start: {name} = {start}, gradient {slope}. Step 1: {first}. "
            f"Step {steps}: {end}, f = {self.losses[-1]:.4g}"
        )

    @property
    def law(self):
        """What the curvature asks of the learning rate, and whether this one obeys."""
        steep, flat, lr = self.curvatures[-1], self.curvatures[0], f"lr = {self.lr:.4g}"
        where = "The curvature is" if self.surface.quadratic else "The largest curvature met is"
        if self.limit is None:
            return (
                f"{where} L = {steep:.4g}, but {self.optimiser} divides by the gradient's recent "
                f"size: a step is about lr = {self.lr:.3g} long, steep or flat."
            )
        if self.surface.minimum is None:
            return (
                f"The curvatures are {steep:.4g} and {flat:.4g}: for the first, {lr} would have to "
                f"stay under {self.limit:.4g}; the second curves down, and no lr helps."
            )
        formula = {"momentum": "2(1+m)/L", "Nesterov": "2(1+m)/((1+2m)L)"}
        whose = " of plain gradient descent" if self.optimiser == OWN else ""
        side = "below" if self.lr < self.limit * (1 - 1e-9) else "not below"
        return (
            f"{where} L = {steep:.4g}, so lr{whose} must stay under "
            f"{formula.get(self.optimiser, '2/L')} = {self.limit:.4g}; {lr} is {side} it."
        )

    @property
    def verdict(self):
        """(a word or two, the reason): what this descent does, and why."""
        surface, steep, flat = self.surface, self.curvatures[-1], self.curvatures[0]
        gone = not np.isfinite(self.losses[-1]) or abs(self.path[-1]).max() >= FAR
        if self.optimiser in (*ADAPTIVE, OWN) or not surface.quadratic:
            return self._seen(gone)
        rho, overshoots = contraction(steep, self.optimiser, self.lr, self.momentum)
        product = f"1 − lr·L = 1 − {self.lr:.4g}·{steep:.4g} = {1 - self.lr * steep:.4g}"
        plain = self.optimiser == "gradient descent"
        factor = product if plain else f"about {rho:.3g} in the long run"
        if abs(rho - 1) < 1e-9:
            return "Oscillates for ever", f"each step multiplies the error by {factor}."
        if rho > 1:
            return "Diverges", f"each step multiplies the error by {factor}: larger than 1 in size."
        if flat < 0:
            return "Finds no minimum", (
                f"one direction curves down (curvature {flat:.3g}): there each step multiplies the "
                f"distance from the saddle by 1 − lr·({flat:.3g}) = {1 - self.lr * flat:.3g}."
            )
        slow, _ = contraction(flat, self.optimiser, self.lr, self.momentum)
        if flat < steep and abs(slow - rho) < 1e-3:
            reason = f"the steep and the flat direction both keep {rho:.3g} of their error a step."
        elif flat < steep and slow > rho:
            reason = (
                f"the steep direction (L = {steep:.3g}) keeps {rho:.3g} of its error a step, "
                f"the flat one (curvature {flat:.3g}) {slow:.3g}: the flat one sets the pace."
            )
        else:
            reason = f"each step multiplies the error by {factor}."
        word = "Oscillates and converges" if overshoots else "Converges"
        return word, reason + self._arrival(max(rho, slow))

    def _arrival(self, rho, within=0.01):
        if self.error is None or self.error[-1] <= within or rho <= 0:
            return ""
        steps = int(np.ceil(np.log(within / self.error[0]) / np.log(rho)))
        return f" But not there yet: within {within} of the minimum takes about {steps} steps."

    def _seen(self, gone):
        """The verdict by what happened, where no simple law tells it beforehand."""
        if gone:
            return "Diverges", "the steps grow without bound."
        if self.error is None:
            return "Finds no minimum", "the surface has none: the loss can fall for ever."
        start, left = self.error[0], self.error[-1]
        if left <= 1e-2:
            return "Converges", f"{left:.2g} from the minimum after {len(self.path) - 1} steps."
        if left > start:
            question = "; do your steps go against the gradient?" if self.optimiser == OWN else "."
            return "Moves away", (
                f"{left:.3g} from the minimum after {len(self.path) - 1} steps, "
                f"{start:.3g} at first{question}"
            )
        return "Still on its way", (
            f"{left:.3g} from the minimum after {len(self.path) - 1} steps, {start:.3g} at first."
        )


def _point(parts):
    """`x`, or `(x, y)`: names or numbers of one point."""
    parts = list(parts)
    return parts[0] if len(parts) == 1 else f"({', '.join(parts)})"

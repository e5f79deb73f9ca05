"""Two noisy moons and a small network that tells them apart, with its boundary as a picture."""

import numpy as np

import nnkit
from nnkit import data, nn
from nnkit import functional as F
from widgets.field import Field
from widgets.style import CLASSES

XS, YS = np.linspace(-2, 3, 81), np.linspace(-1.6, 2.1, 61)
GRID = np.stack(np.meshgrid(XS, YS), axis=-1).reshape(-1, 2).astype(np.float32)


def moons(n, noise, seed):
    """((X, y), (test X, test y)) as tensors: n samples to train on, 400 to test on."""
    generators = [nnkit.Generator().manual_seed(seed + 1000 * i) for i in (0, 1)]
    return tuple(
        data.moons(size, noise, generator=generator)
        for size, generator in zip((n, 400), generators, strict=True)
    )


def network(seed, width=16):
    """A 2-width-width-2 network of tanh units."""
    generator = nnkit.Generator().manual_seed(seed)
    first, second, third = (
        nn.Linear(a, b, generator=generator) for a, b in ((2, width), (width, width), (width, 2))
    )
    return nn.Sequential(first, nn.Tanh(), second, nn.Tanh(), third)


@nnkit.no_grad()
def scores(model, X):
    """The model's scores of the samples X."""
    return model(nnkit.from_numpy(X)).array


def chance_of_class_1(model):
    """The model's probability of class 1 on the grid, shape (len(YS), len(XS))."""
    first, second = scores(model, GRID).T
    return 1 / (1 + np.exp(np.clip(first - second, -50, 50))).reshape(len(YS), len(XS))


def measure_on(model, train_set, test_set):
    """(training loss, test loss, share of test samples that are right); sets as `moons` gives."""
    losses = []
    for X, y in train_set, test_set:
        found = scores(model, X.numpy())
        losses.append(F.cross_entropy(nnkit.from_numpy(found), y).item())
    return *losses, np.mean(found.argmax(axis=1) == y.numpy())


class MoonPlane:
    """The plane of the samples: the chance of class 1 as colours, the boundary, the samples."""

    def __init__(self, live, axes):
        self.field = Field(live, axes, XS, YS, 0, 1, levels=(0.5,), colours="classes")
        self.field.lines.set(linewidth=2, alpha=1)
        self.samples = [
            live.move(*axes.plot([], [], mark, ms=6, color=colour, mec="white", mew=0.7))[0]
            for colour, mark in CLASSES[:2]
        ]
        axes.set(xlabel="$x_1$", ylabel="$x_2$")

    def show(self, chance, X, y):
        self.field.set_values(chance)
        for label, samples in enumerate(self.samples):
            samples.set_data(*X[y == label].T)

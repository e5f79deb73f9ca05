"""The network of the Playground: built from a few words, and trained epoch by epoch."""

import functools
import itertools
import re
from typing import NamedTuple

import numpy as np

import nnkit
from nnkit import data, nn, optim
from nnkit import functional as F
from widgets.penalties import shrink_l1
from widgets.timeline import Timeline

LAYERS, UNITS, EPOCHS = 4, 8, 1000  # the most
ACTIVATIONS = {
    "none": lambda z: z,
    "sigmoid": F.sigmoid,
    "tanh": F.tanh,
    "ReLU": F.relu,
    "leaky ReLU": F.leaky_relu,
    "ELU": F.elu,
    "GELU": F.gelu,
}
OPTIMISERS = {
    "SGD": (optim.SGD, {}),
    "momentum": (optim.SGD, {"momentum": 0.9}),
    "RMSprop": (optim.RMSprop, {}),
    "Adam": (optim.Adam, {}),
}
STARTS = {
    "Xavier": ("xavier_normal_", {}),
    "Kaiming": ("kaiming_normal_", {"nonlinearity": "relu"}),
    "too small": ("normal_", {"std": 0.01}),
    "too large": ("normal_", {"std": 3.0}),
    "zeros": ("constant_", {"val": 0.0}),
}


class Knobs(NamedTuple):
    """What may change from one epoch to the next."""

    activation: str
    optimiser: str
    lr: float
    penalty: str
    lam: float
    dropout: float
    batch_size: int


def read_hidden(text):
    """(4, 2) for "4 2", () for ""; None for what is no list of up to 4 layers of 1 to 8 units."""
    if not re.fullmatch(r"[\d\s,]*", text, re.ASCII):
        return None
    units = tuple(map(int, re.findall(r"\d+", text)))
    fits = len(units) <= LAYERS and all(1 <= n <= UNITS for n in units)
    return units if fits else None


def build(hidden, init, generator):
    """The layers from 2 inputs over hidden units to 1 output: weights as `init` says, biases 0."""
    sizes, unused = itertools.pairwise((2, *hidden, 1)), nnkit.Generator()
    model = nn.Sequential(*(nn.Linear(*ends, generator=unused) for ends in sizes))
    name, options = STARTS[init]
    for layer in model:
        source = {} if init == "zeros" else {"generator": generator}
        getattr(nn.init, name)(layer.weight, **options, **source)
        nn.init.zeros_(layer.bias)
    return model


class Training:
    """A network on its way: `epoch` trains it on, `timeline` leads it to any epoch.

    Batches and dropped units of an epoch are drawn from (seed, epoch). ratios: of each layer, the
    size of its last change divided by the size of its weights.
    """

    def __init__(self, model, points, seed):
        self.model, self.points, self.seed = model, points, seed
        self.weights = [layer.weight for layer in model]
        self.biases = [layer.bias for layer in model]
        self.knobs = self.optimiser = None
        self.ratios = np.zeros(len(self.weights))
        self.start = self.net("none").layers
        self.timeline = Timeline(model, self.epoch, self.measure, memory=self, shown=5)

    def epoch(self, epoch, knobs):
        """Train for one epoch."""
        self._turn(knobs)
        generator = nnkit.Generator().manual_seed(EPOCHS * self.seed + epoch)
        if not len(self.points.y):
            return
        batches = data.DataLoader(
            data.TensorDataset(*self.points[:2]), knobs.batch_size, shuffle=True,
            generator=generator,
        )  # fmt: skip
        activation = ACTIVATIONS[knobs.activation]
        with np.errstate(all="ignore"):
            for X, y in batches:
                before = [w.array.copy() for w in self.weights]
                self.optimiser.zero_grad()
                h = X
                for layer in self.model[:-1]:
                    h = F.dropout(activation(layer(h)), knobs.dropout, generator=generator)
                z = self.model[-1](h).squeeze(1)
                F.binary_cross_entropy_with_logits(z, y).backward()
                self.optimiser.step()
                if knobs.penalty == "L1":
                    for w in self.weights:
                        w.array[...] = shrink_l1(w.array, knobs.lr * knobs.lam)
            self.ratios = np.array(list(map(ratio, self.weights, before)))

    def _turn(self, knobs):
        """Let the optimiser follow the knobs; another kind of optimiser remembers nothing yet."""
        rule, options = OPTIMISERS[knobs.optimiser]
        if self.knobs is None or self.knobs.optimiser != knobs.optimiser:
            groups = [{"params": self.weights}, {"params": self.biases}]
            self.optimiser = rule(groups, lr=knobs.lr, **options)
        for group in self.optimiser.param_groups:
            group["lr"] = knobs.lr
        decay = knobs.lam if knobs.penalty == "L2" else 0.0
        self.optimiser.param_groups[0]["weight_decay"] = decay
        self.knobs = knobs

    def state_dict(self):
        """What an epoch changes besides the weights."""
        memory = self.optimiser and self.optimiser.state_dict()
        return {"knobs": self.knobs, "optimiser": memory, "ratios": self.ratios}

    def load_state_dict(self, state):
        self.knobs, self.ratios = None, state["ratios"]
        if state["knobs"]:
            self._turn(state["knobs"])
            self.optimiser.load_state_dict(state["optimiser"])

    def measure(self):
        """As Net.measure_on; before the first epoch there is no activation yet, hence nan."""
        if self.knobs is None:
            return np.full(4, np.nan)
        return self.net(self.knobs.activation).measure_on(self.points)

    def net(self, activation):
        """The network as it is now."""
        return Net(
            activation,
            [(layer.weight.array.copy(), layer.bias.array.copy()) for layer in self.model],
        )

    def walk(self, knobs, activation):
        """Lead the network to where these knobs, one an epoch, end.

        activation: in force from then on. Yields (epochs, what was measured there, the Net) on the
        way, with the present epoch as the last.
        """
        for marks, found in self.timeline.walk(knobs):
            net = self.net(activation)
            first = knobs[0].activation if knobs else activation
            at_first = Net(first, self.start).measure_on(self.points)
            found = np.array([at_first, *found[1:-1], net.measure_on(self.points)])[: len(marks)]
            yield marks, found, net


def ratio(weight, before):
    """The size of a change divided by the size of what was changed."""
    size = np.linalg.norm(before)
    return np.linalg.norm(weight.array - before) / size if size else 0.0


class Net(NamedTuple):
    """A network at one epoch. layers: (weight, bias) of each, float32 arrays."""

    activation: str
    layers: list

    @nnkit.no_grad()
    def outputs(self, X, quick=False):
        """For inputs X (n, 2) the outputs of each layer, (n, units); those of the last are logits.

        quick: a GELU without the error function, right to 0.001, in a tenth of the time.
        """
        rule = ACTIVATIONS[self.activation]
        if quick and self.activation == "GELU":
            rule = functools.partial(F.gelu, approximate="tanh")
        found = [X]
        with np.errstate(all="ignore"):
            for i, (weight, bias) in enumerate(self.layers):
                z = found[-1] @ weight.T + bias
                last = i == len(self.layers) - 1
                found.append(z if last else rule(nnkit.Tensor(z)).array)
        return found[1:]

    def measure_on(self, points):
        """(training loss, test loss, training accuracy, test accuracy); nan where are no points."""
        losses, rights = [], []
        for X, y in points[:2], points[2:]:
            z, y = self.outputs(X.array)[-1][:, 0].astype(float), y.array
            with np.errstate(all="ignore"):
                losses.append(np.mean(np.logaddexp(0, z) - y * z) if len(y) else np.nan)
                rights.append(np.mean(np.where(y == 1, z > 0, z <= 0)) if len(y) else np.nan)
        return np.array(losses + rights)

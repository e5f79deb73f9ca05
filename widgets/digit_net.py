"""Small nets that read digits: trained at once, and asked for what each of their layers answers."""

from functools import cache

import numpy as np

import nnkit
from nnkit import data, nn, optim
from nnkit import functional as F
from nnkit.train import fit
from widgets.softmax import softmax
from widgets.warp import warp

PLAIN, AUGMENTED = "digits as they are", "digits shifted, turned, resized"
SETS = PLAIN, AUGMENTED  # what a net was trained on
TEST, UNITS, EPOCHS, GROUPS = 500, 64, {PLAIN: 20, AUGMENTED: 30}, 40


@cache
def digits():
    """X, X_test, y, y_test: 1297 digits to learn from and 500 others, as the lesson splits them."""
    generator = nnkit.Generator().manual_seed(0)
    return data.train_test_split(*data.digits(), test_size=TEST, generator=generator)


@cache
def trained(on):
    """A net 64-64-10 (ReLU) trained on PLAIN or AUGMENTED digits; takes less than a second."""
    X, _, y, _ = digits()
    rng, generator = np.random.default_rng(0), nnkit.Generator().manual_seed(0)
    model = nn.Sequential(
        nn.Linear(64, UNITS, generator=generator), nn.ReLU(),
        nn.Linear(UNITS, 10, generator=generator),
    )  # fmt: skip
    optimiser = optim.Adam(model.parameters(), lr=0.01)
    for epoch in range(EPOCHS[on]):
        if epoch == EPOCHS[on] * 3 // 4:
            optimiser.param_groups[0]["lr"] = 0.002
        pictures = X if on == PLAIN else changed(X, rng)
        fit(
            model, F.cross_entropy, optimiser, (pictures, y), epochs=1, batch_size=32,
            generator=generator, progress=False,
        )  # fmt: skip
    return model


def changed(X, rng):
    """Every digit shifted by up to a pixel, turned by up to 15 degrees, resized by up to 15 %.

    One random change for each of 40 random groups of digits.
    """
    new = np.empty_like(X.numpy())
    for group in np.array_split(rng.permutation(len(new)), GROUPS):
        right, down, turn, size = rng.uniform(-1, 1, 4)
        new[group] = X.numpy()[group] @ warp(right, down, 15 * turn, 1 + 0.15 * size).T
    return nnkit.Tensor(new)


def answers(model, X):
    """What the layers of a net say to pictures X (n, 64): [hidden, ..., probabilities (n, 10)].

    model: an nn.Sequential that ends in ten scores, the hidden layers being what each Linear and
    Conv2d after the first is given; or a function of X that returns all that, or the probabilities
    alone. None where a learner's function returns None. ValueError for other answers.
    """
    X = np.asarray(X, np.float32)
    if isinstance(model, nn.Module):
        *hidden, scores = walk(model, X)
        return [*hidden, softmax(scores)]
    found = model(X.astype(float))
    if found is None:
        return None
    found = [np.asarray(part) for part in (found if isinstance(found, list | tuple) else [found])]
    p = found[-1]
    if p.shape != (len(X), 10) or not np.allclose(p.sum(axis=1), 1, atol=1e-3):
        raise ValueError(
            f"model must return probabilities of shape {(len(X), 10)}, each row with the sum 1, "
            f"after its hidden layers; got shape {p.shape}"
            + (f", first sum {p[0].sum():.4g}" if p.ndim == 2 and len(p) else "")
        )
    return found


def walk(model, X):
    """As arrays: what the weighted layers of `model` are given, but the first; then its scores."""
    training, found = model.training, []
    h = nnkit.Tensor(X.reshape(-1, 1, 8, 8) if isinstance(model[0], nn.Conv2d) else X)
    model.eval()
    with nnkit.no_grad(), np.errstate(all="ignore"):
        shown = h
        for layer in model:
            if isinstance(layer, nn.Linear | nn.Conv2d):
                found.append(shown.numpy())
            h = layer(h)
            shown = shown if isinstance(layer, nn.Flatten) else h
    model.train(training)
    return [*found[1:], h.numpy()]

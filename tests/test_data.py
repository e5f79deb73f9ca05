"""Data sets: shapes, geometry, seeds; splitting, scaling and batching without leaks."""

import numpy as np
import pytest

import nnkit
from nnkit import data


def seeded(seed=0):
    return nnkit.Generator().manual_seed(seed)


@pytest.mark.parametrize(
    ("gate", "outputs"),
    [(data.and_, [0, 0, 0, 1]), (data.or_, [0, 1, 1, 1]), (data.nand, [1, 1, 1, 0]),
     (data.xor, [0, 1, 1, 0])],
)  # fmt: skip
def test_gates_are_their_truth_tables(gate, outputs):
    X, y = gate()
    assert X.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]] and y.tolist() == outputs
    X, y = gate(400, noise=0.1, generator=seeded())
    corners = X.numpy().round().astype(int)
    assert (np.array(outputs)[2 * corners[:, 0] + corners[:, 1]] == y.numpy()).all()


CLOUDS = [data.circles, data.moons, data.spirals, data.blobs, data.gaussians]


@pytest.mark.parametrize("make", CLOUDS)
def test_clouds_are_balanced_float32_and_seeded(make):
    X, y = make(300, generator=seeded(1))
    assert X.shape == (300, 2) and X.dtype == nnkit.float32 and y.dtype == nnkit.int64
    counts = np.bincount(y.numpy())
    assert counts.min() == counts.max()
    again, other = make(300, generator=seeded(1))[0], make(300, generator=seeded(2))[0]
    assert again.tolist() == X.tolist() != other.tolist()
    with pytest.raises(ValueError, match="noise must be 0 or more, got -1"):
        make(10, noise=-1)


def test_shapes_of_the_clouds_without_noise():
    X, y = data.circles(100, 0, factor=0.3)
    np.testing.assert_allclose(np.hypot(*X.numpy().T), np.where(y.numpy() == 0, 1, 0.3), rtol=1e-6)
    X, y = data.moons(100, 0)
    upper, lower = X.numpy()[y.numpy() == 0], X.numpy()[y.numpy() == 1]
    assert (upper[:, 1] >= -1e-6).all() and (lower[:, 1] <= 0.5 + 1e-6).all()
    X, y = data.blobs(9, 0, classes=3)
    assert len(np.unique(X.numpy().round(5), axis=0)) == 3
    X, y = data.spirals(500, 0, classes=3, turns=2)
    x = X.numpy().astype(float)
    angle = np.arctan2(x[:, 1], x[:, 0]) / (2 * np.pi) - 2 * np.hypot(*x.T)
    error = (angle - y.numpy() / 3 + 0.5) % 1 - 0.5
    assert np.abs(error).max() < 1e-4
    X, y = data.gaussians(1000, 0, distance=4)
    centres = [X.numpy()[y.numpy() == c][0] for c in (0, 1)]
    assert np.linalg.norm(centres[1] - centres[0]) == pytest.approx(4)


def test_a_line_can_not_separate_xor():
    """Lesson 01: the best least-squares line answers 0.5 everywhere, with MSE 0.25."""
    X, y = (t.numpy() for t in data.xor())
    design = np.column_stack([X, np.ones(4)])
    answers = design @ np.linalg.lstsq(design, y, rcond=None)[0]
    assert answers == pytest.approx([0.5] * 4)
    assert np.mean((answers - y) ** 2) == pytest.approx(0.25)


def test_regression_and_polynomial_are_what_they_say():
    X, y = data.regression(50, 0, weights=(2, -1), bias=3)
    np.testing.assert_allclose(y.numpy()[:, 0], X.numpy() @ [2, -1] + 3, rtol=1e-5, atol=1e-5)
    x, y = data.polynomial(50, 0, coefficients=(1, 0, 2))
    assert x.shape == y.shape == (50, 1)
    np.testing.assert_allclose(y.numpy(), 1 + 2 * x.numpy() ** 2, rtol=1e-5)
    noisy = data.polynomial(5000, 0.2, coefficients=(0,))[1].numpy()
    assert noisy.std() == pytest.approx(0.2, rel=0.05)


def test_digits():
    X, y = data.digits()
    assert X.shape == (1797, 64) and X.dtype == nnkit.float32 and y.dtype == nnkit.int64
    assert (X.min().item(), X.max().item()) == (0, 1)
    assert np.bincount(y.numpy()).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    images, _ = data.digits(images=True)
    assert images.shape == (1797, 1, 8, 8) and images[5].flatten().tolist() == X[5].tolist()


def test_a_split_keeps_pairs_together_and_loses_nothing():
    X = nnkit.arange(10).unsqueeze(1)
    X_train, X_test, y_train, y_test = data.train_test_split(
        X, nnkit.arange(10), test_size=0.25, generator=seeded()
    )
    assert len(X_test) == 3 and X_train[:, 0].tolist() == y_train.tolist()
    assert X_test[:, 0].tolist() == y_test.tolist()
    assert sorted(y_train.tolist() + y_test.tolist()) == list(range(10))
    assert y_test.tolist() != [0, 1, 2]
    assert len(data.train_test_split(X, test_size=4)[1]) == 4


def test_standardize_fits_on_train_only():
    train, test = nnkit.tensor([[1.0, 7], [3, 7]]), nnkit.tensor([[5.0, 8]])
    scaled, other = data.standardize(train, test)
    assert scaled.tolist() == [[-1, 0], [1, 0]] and other.tolist() == [[3, 1]]
    assert data.standardize(train).tolist() == scaled.tolist()
    assert scaled.dtype == nnkit.float32


def test_batches():
    dataset = data.TensorDataset(nnkit.arange(10), nnkit.arange(10) * 2)
    loader = data.DataLoader(dataset, batch_size=4)
    assert [x.tolist() for x, _ in loader] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert len(loader) == 3 and len(data.DataLoader(dataset, 4, drop_last=True)) == 2
    assert len(list(data.DataLoader(dataset, 4, drop_last=True))) == 2
    shuffled = data.DataLoader(dataset, 4, shuffle=True, generator=seeded())
    epochs = [[v for x, y in shuffled for v in x.tolist()] for _ in range(2)]
    assert sorted(epochs[0]) == sorted(epochs[1]) == list(range(10)) and epochs[0] != epochs[1]
    assert all((2 * x == y).all() for x, y in shuffled)
    assert dataset[3][1].item() == 6 and len(dataset) == 10


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda: data.train_test_split(nnkit.arange(3), test_size=1.0), "got 1.0"),
        (lambda: data.train_test_split(nnkit.arange(3), nnkit.arange(4)), r"\[3, 4\]"),
        (lambda: data.DataLoader(data.TensorDataset(nnkit.arange(3)), 0), "batch_size.*got 0"),
    ],
)
def test_refusals(act, words):
    with pytest.raises(ValueError, match=words):
        act()

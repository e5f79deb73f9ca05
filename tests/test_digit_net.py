import numpy as np
import pytest

from nnkit import nn
from widgets.digit_net import AUGMENTED, PLAIN, SETS, answers, changed, digits, trained


@pytest.mark.parametrize("on", SETS)
def test_both_nets_read_new_digits(on):
    _, X, _, y = (part.numpy() for part in digits())
    hidden, p = answers(trained(on), X)
    assert hidden.shape == (500, 64) and hidden.min() == 0
    assert p.sum(axis=1) == pytest.approx(1)
    assert (p.argmax(axis=1) == y).mean() > 0.94


def test_only_the_augmented_net_reads_shifted_digits():
    _, X, _, y = (part.numpy() for part in digits())
    moved = np.zeros((500, 8, 8), np.float32)
    moved[:, :, 1:] = X.reshape(-1, 8, 8)[:, :, :-1]
    plain, augmented = (
        (answers(trained(on), moved.reshape(-1, 64))[-1].argmax(axis=1) == y).mean()
        for on in (PLAIN, AUGMENTED)
    )
    assert plain < 0.65 < 0.8 < augmented


def test_augmentation_changes_every_digit_and_stays_between_0_and_1():
    X, _, _, _ = digits()
    new = changed(X, np.random.default_rng(0)).numpy()
    assert (abs(new - X.numpy()).max(axis=1) > 0).all()
    assert new.min() >= 0 and new.max() <= 1 + 1e-6


def test_the_layers_of_a_convolutional_net_are_maps():
    model = nn.Sequential(
        nn.Conv2d(1, 3, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.5), nn.Flatten(),
        nn.Linear(48, 5), nn.Tanh(), nn.Linear(5, 10),
    )  # fmt: skip
    maps, hidden, p = answers(model, np.ones((2, 64)))
    assert maps.shape == (2, 3, 4, 4) and hidden.shape == (2, 5) and p.shape == (2, 10)
    assert np.array_equal(answers(model, np.ones((2, 64)))[-1], p), "asked in evaluation mode"
    assert model.training


def test_a_learners_function_may_return_all_layers_or_the_probabilities_alone_or_nothing():
    p = np.full((1, 10), 0.1)
    assert len(answers(lambda X: (np.ones((1, 3)), p), np.zeros((1, 64)))) == 2
    assert len(answers(lambda X: p, np.zeros((1, 64)))) == 1
    assert answers(lambda X: None, np.zeros((1, 64))) is None


@pytest.mark.parametrize("p", [np.ones((1, 10)), np.full((1, 9), 1 / 9), np.full(10, 0.1)])
def test_what_is_no_probabilities_is_refused(p):
    with pytest.raises(ValueError, match="shape"):
        answers(lambda X: p, np.zeros((1, 64)))

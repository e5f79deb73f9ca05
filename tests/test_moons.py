import numpy as np
import pytest

import nnkit
from nnkit import functional as F
from widgets.moons import XS, YS, chance_of_class_1, measure_on, moons, network


def test_the_chance_is_softmax_at_each_place_of_the_grid():
    model = network(3)
    chance = chance_of_class_1(model)
    assert chance.shape == (len(YS), len(XS))
    for row, column in (0, 0), (7, 50), (60, 80):
        place = nnkit.tensor([[float(XS[column]), float(YS[row])]])
        expected = F.softmax(model(place), 1)[0, 1].item()
        assert chance[row, column] == pytest.approx(expected, abs=1e-6)


def test_measures_are_those_of_all_samples_at_once():
    model, (train_set, test_set) = network(2), moons(60, 0.3, seed=1)
    train_loss, test_loss, right = measure_on(model, train_set, test_set)
    for loss, (X, y) in (train_loss, train_set), (test_loss, test_set):
        assert loss == pytest.approx(F.cross_entropy(model(X), y).item(), abs=1e-6)
    assert right == np.mean(model(test_set[0]).argmax(1).numpy() == test_set[1].numpy())


def test_overflowing_scores_are_certain_and_quiet():
    model = network(0)
    for p in model.parameters():
        p.array[...] *= 1e6
    chance = chance_of_class_1(model)
    assert np.isfinite(chance).all() and set(chance.round(6).ravel()) == {0, 1}


def test_training_and_test_samples_are_others_and_repeat():
    (X, y), (test_X, test_y) = moons(400, 0.2, seed=4)
    assert X.shape == test_X.shape == (400, 2)
    assert not np.isin(X.numpy(), test_X.numpy()).any()
    assert np.array_equal(moons(400, 0.2, seed=4)[0][0], X)
    assert np.bincount(y.numpy()).tolist() == [200, 200]

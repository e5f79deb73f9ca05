"""fit: it learns, repeats by seed, batches, stops when the loss diverges, and reports."""

import math

import pytest

import nnkit
from nnkit import data, nn, optim
from nnkit import functional as F
from nnkit.metrics import accuracy
from nnkit.train import History, _Bar, evaluate, fit


def train_on_moons(seed=0, lr=0.5, **options):
    generator = nnkit.Generator().manual_seed(seed)
    X, y = data.moons(200, generator=generator)
    X_train, X_test, y_train, y_test = data.train_test_split(X, y, generator=generator)
    model = nn.Sequential(
        nn.Linear(2, 8, generator=generator), nn.Tanh(), nn.Linear(8, 2, generator=generator)
    )
    options = {"epochs": 30, "batch_size": 20, "progress": False, **options}
    optimizer = optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    history = fit(
        model, F.cross_entropy, optimizer, (X_train, y_train), (X_test, y_test), metric=accuracy,
        generator=generator, **options,
    )  # fmt: skip
    return model, history, (X_test, y_test)


def test_it_learns_and_measures():
    model, history, test = train_on_moons()
    assert len(history) == 30 == len(history.val_loss) == len(history.metric)
    assert history.val_metric[-1] > 0.9 and history.loss[-1] < history.loss[0] * 0.8
    assert evaluate(model, F.cross_entropy, test, accuracy) == (
        history.val_loss[-1], history.val_metric[-1],
    )  # fmt: skip
    assert model.training and history.stopped is None


def test_a_seed_repeats_a_run_bit_for_bit():
    assert train_on_moons(3)[1] == train_on_moons(3)[1] != train_on_moons(4)[1]


def test_a_full_batch_is_plain_gradient_descent():
    X, y = data.polynomial(20, generator=nnkit.Generator(0))
    model = nn.Linear(1, 1)
    twin = nn.Linear(1, 1)
    twin.load_state_dict(model.state_dict())
    history = fit(model, F.mse_loss, optim.SGD(model.parameters(), lr=0.1), (X, y), progress=False)
    losses = []
    for _ in range(10):
        loss = F.mse_loss(twin(X), y)
        loss.backward()
        losses.append(loss.item())
        with nnkit.no_grad():
            for p in twin.parameters():
                p -= 0.1 * p.grad
                p.grad = None
    assert history.loss == pytest.approx(losses, rel=1e-5)


def test_the_epochs_loss_weighs_batches_by_their_size():
    X, y = nnkit.tensor([[0.0], [0.0], [3.0]]), nnkit.zeros(3, 1)
    model = nn.Linear(1, 1, bias=False)
    nn.init.ones_(model.weight)
    optimizer = optim.SGD(model.parameters(), lr=0)
    history = fit(
        model, F.mse_loss, optimizer, (X, y), epochs=1, batch_size=2, progress=False
    )  # fmt: skip
    assert history.loss == [pytest.approx(3)]


def test_divergence_ends_training_with_words():
    X, y = data.regression(20, generator=nnkit.Generator(0))
    model = nn.Linear(1, 1)
    optimizer = optim.SGD(model.parameters(), lr=1e6)
    history = fit(model, F.mse_loss, optimizer, (X, y), epochs=100, progress=False)
    assert len(history) < 20 and not math.isfinite(history.loss[-1])
    assert f"epoch {len(history)}: try a smaller lr" in history.stopped


def test_dropout_is_off_while_validating():
    model = nn.Sequential(nn.Linear(1, 1), nn.Dropout(0.9))
    X, y = nnkit.ones(50, 1), nnkit.ones(50, 1)
    first = evaluate(model, F.mse_loss, (X, y))
    assert first == evaluate(model, F.mse_loss, (X, y)) and first[1] is None and model.training


def test_the_schedule_steps_once_an_epoch():
    model = nn.Linear(1, 1)
    optimizer = optim.SGD(model.parameters(), lr=1.0)
    scheduler = optim.lr_scheduler.ExponentialLR(optimizer, 0.5)
    data_ = nnkit.zeros(4, 1), nnkit.zeros(4, 1)
    fit(model, F.mse_loss, optimizer, data_, epochs=3, scheduler=scheduler, progress=False)
    assert scheduler.get_last_lr() == [0.125]


def test_the_bar_is_one_line_that_ends_complete(capsys):
    _, history, _ = train_on_moons(progress=True, epochs=3)
    text = capsys.readouterr().out
    assert text.endswith("\n") and text.count("\n") == 1
    last = text.split("\r")[-1]
    assert last.startswith("epoch 3/3 |##########| loss ")
    assert f"(val {history.val_loss[-1]:.3g})" in last and f"{history.metric[-1]:.3g}" in last


def test_a_line_of_the_bar_covers_the_one_before_and_fits(capsys):
    bar, wide, narrow = _Bar(20_000), -1.234567e-100, 1.0
    for epoch, number in enumerate([narrow, wide, narrow], start=19_998):
        bar.due = 0
        numbers = [[number]] * 4
        bar.show(epoch, History(*numbers, stopped="why" if epoch == 20_000 else None))
    *lines, last, end = capsys.readouterr().out[1:].replace("\n", "\r").split("\r")
    assert [len(line) for line in lines] == [62, 79, 79] and last == "stopped: why" and not end


@pytest.mark.parametrize(
    ("options", "words"),
    [({"epochs": -1}, "epochs.*got -1"), ({"batch_size": -5}, "batch_size.*got -5")],
)
def test_refusals(options, words):
    with pytest.raises(ValueError, match=words):
        train_on_moons(**options)
    with pytest.raises(ValueError, match="no samples"):
        fit(None, None, None, (nnkit.zeros(0, 2), nnkit.zeros(0)))


def test_digits_are_learnt():
    """Lesson 12: a dense network reads nine of ten digits it has never seen."""
    generator = nnkit.Generator().manual_seed(0)
    X, y = data.digits()
    X_train, X_test, y_train, y_test = data.train_test_split(X, y, generator=generator)
    model = nn.Sequential(
        nn.Linear(64, 32, generator=generator), nn.ReLU(), nn.Linear(32, 10, generator=generator)
    )
    history = fit(
        model, F.cross_entropy, optim.Adam(model.parameters(), lr=0.01), (X_train, y_train),
        (X_test, y_test), epochs=15, batch_size=64, metric=accuracy, generator=generator,
        progress=False,
    )  # fmt: skip
    assert history.val_metric[-1] > 0.95

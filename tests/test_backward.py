"""`backward()`: what it promises of gradients, graphs, depth and memory."""

import gc
import threading
import tracemalloc
import weakref

import numpy as np
import pytest

import nnkit


def leaf(data):
    return nnkit.tensor(data, requires_grad=True)


# The curriculum's circuits (lesson 04)


def test_product_of_a_sum():
    x, y, z = leaf(-2.0), leaf(5.0), leaf(-4.0)
    q = x + y
    f = q * z
    f.backward()
    assert (q.item(), f.item()) == (3, -12)
    assert (x.grad.item(), y.grad.item(), z.grad.item()) == (-4, -4, 3)


def test_sigmoid_circuit():
    w0, w1, w2, x0, x1 = leaves = [leaf(v) for v in (2.0, -3.0, -3.0, -1.0, -2.0)]
    f = nnkit.sigmoid(w0 * x0 + w1 * x1 + w2)
    f.backward()
    assert f.item() == pytest.approx(0.731, abs=5e-4)
    expected = [-0.197, -0.393, 0.197, 0.393, -0.590]
    assert [t.grad.item() for t in leaves] == pytest.approx(expected, abs=5e-4)


def test_mul_and_max_gates():
    x, y, z, w = leaves = [leaf(v) for v in (3.0, -4.0, 2.0, -1.0)]
    f = (x * y + nnkit.maximum(z, w)) * 2
    f.backward()
    assert f.item() == -20
    assert [t.grad.item() for t in leaves] == [-8, 6, 2, 0]


def test_a_tensor_used_twice_sums_its_paths():
    w, a = leaf(3.0), leaf(2.0)
    square = (2 + 3 * w) ** 2
    square.backward()
    assert (square.item(), w.grad.item()) == (121, 66)
    b = 2 * a
    d = b + 3 * b
    d.backward()
    assert a.grad.item() == 8


def test_one_training_step_of_the_two_two_two_net():
    x, target = nnkit.tensor(np.array([0.05, 0.10])), nnkit.tensor(np.array([0.01, 0.99]))
    W1 = nnkit.tensor(np.array([[0.15, 0.20], [0.25, 0.30]]), requires_grad=True)
    W2 = nnkit.tensor(np.array([[0.40, 0.45], [0.50, 0.55]]), requires_grad=True)

    def error():
        hidden = (W1 @ x + 0.35).sigmoid()
        return ((target - (W2 @ hidden + 0.60).sigmoid()) ** 2).sum() / 2

    before = error()
    before.backward()
    with nnkit.no_grad():
        W1 -= 0.5 * W1.grad
        W2 -= 0.5 * W2.grad
    assert before.item() == pytest.approx(0.298371109, abs=1e-9)
    assert error().item() == pytest.approx(0.291027774, abs=1e-9)
    assert W2[0, 0].item() == pytest.approx(0.358916, abs=1e-6)


# backward()


def test_gradients_accumulate_until_cleared():
    x = leaf([1.0, 2.0])
    (x * 3).sum().backward()
    first = x.grad
    (x * 3).sum().backward()
    assert x.grad is first and x.grad.tolist() == [6, 6]
    x.grad = None
    (x * 3).sum().backward()
    assert x.grad.tolist() == [3, 3]


def test_gradients_share_no_memory():
    x, y, seed = leaf([1.0, 2.0]), leaf([3.0, 4.0]), nnkit.ones(2)
    (x + y).backward(seed)
    z = leaf([1.0, 2.0])
    z.backward(seed)
    grads = [x.grad.array, y.grad.array, z.grad.array, seed.array]
    assert not any(np.shares_memory(a, b) for a in grads for b in grads if a is not b)
    x.grad.zero_()
    assert y.grad.tolist() == [1, 1] and seed.tolist() == [1, 1]


def test_a_view_of_the_upstream_gradient_is_copied():
    x, z = leaf([[1.0, 2.0]]), leaf([[3.0], [4.0]])
    (x.reshape(2) + z.reshape(2)).backward(nnkit.ones(2))
    assert not np.shares_memory(x.grad.array, z.grad.array)
    y = leaf([1.0, 2.0])
    y.sum().backward()
    y.grad += 1  # a broadcast view would be read-only
    assert y.grad.tolist() == [2, 2]


def test_intermediate_gradients_are_kept_on_request_only():
    x = leaf(2.0)
    y, z = x * 3, x * 5
    y.retain_grad()
    (y * z).backward()
    assert y.grad.item() == 10 and z.grad is None
    assert x.is_leaf and not y.is_leaf


def test_the_graph_serves_once_unless_retained():
    x = leaf(2.0)
    y = x * x
    y.backward(retain_graph=True)
    y.backward()
    assert x.grad.item() == 8
    with pytest.raises(RuntimeError, match="second time"):
        y.backward()
    with pytest.raises(RuntimeError, match="second time"):
        (y * 2).backward()
    assert not y.is_leaf


def test_no_gradient_work_for_what_needs_none():
    x, c = leaf([1.0]), nnkit.tensor([2.0])
    with nnkit.no_grad():
        assert not (x * c).requires_grad
        with nnkit.enable_grad():
            assert (x * c).requires_grad
    assert (x * c).requires_grad and not (c * c).requires_grad
    assert not x.detach().requires_grad and not (x > c).requires_grad

    @nnkit.no_grad()
    def twice(t):
        return t * 2

    assert not twice(x).requires_grad and nnkit.is_grad_enabled()
    (x * c).sum().backward()
    assert c.grad is None


def test_no_grad_is_left_even_by_an_error_and_is_per_thread():
    seen = []
    with pytest.raises(ZeroDivisionError), nnkit.no_grad():
        thread = threading.Thread(target=lambda: seen.append(nnkit.is_grad_enabled()))
        thread.start()
        thread.join()
        raise ZeroDivisionError
    assert seen == [True] and nnkit.is_grad_enabled()


def test_a_chain_of_100_000_operations():
    x = leaf(1.0)
    y = x
    for _ in range(100_000):
        y = y * 1.0
    y.backward()
    assert x.grad.item() == 1
    for _ in range(100_000):
        y = y + x
    del y  # freeing a chain that was never walked must not recurse either


def test_a_graph_lives_no_longer_than_its_loss():
    """Reference counting frees everything: there is no cycle that waits for the collector."""
    x = leaf(np.ones(10))
    gc.collect()
    gc.disable()
    try:
        hidden = x * 2
        loss = nnkit.stack([hidden.exp(), nnkit.functional.softmax(hidden, 0)]).var()
        alive = weakref.ref(hidden)
        del hidden, loss
        assert alive() is None
        hidden = x * 2
        loss = hidden.sum()
        alive = weakref.ref(hidden)
        loss.backward()
        del hidden
        assert alive() is None, "backward() frees the graph even while the loss is kept"
    finally:
        gc.enable()


def test_memory_stays_flat_over_10_000_steps():
    w = leaf(np.ones(50))
    optimizer = nnkit.optim.Adam([w])

    def steps(n):
        for _ in range(n):
            optimizer.zero_grad()
            ((w * w).sum() + w.exp().mean()).backward()
            optimizer.step()

    gc.disable()
    try:
        steps(100)
        tracemalloc.start()
        start = tracemalloc.get_traced_memory()[0]
        steps(10_000)
        grown = tracemalloc.get_traced_memory()[0] - start
    finally:
        tracemalloc.stop()
        gc.enable()
    assert grown < 20_000, f"{grown} bytes more"

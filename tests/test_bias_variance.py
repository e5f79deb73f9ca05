import itertools

import numpy as np
import pytest

from widgets import BiasVariance


@pytest.mark.parametrize(
    ("preset", "word"),
    [
        ("high bias: a straight line", "Mostly bias"),
        ("high variance: degree 15", "Mostly variance"),
        ("degree 15, held by a penalty", "In balance"),
        ("degree 15, held by more data", "Mostly variance"),
    ],
)
def test_each_preset_shows_what_it_promises(preset, word):
    explorer = BiasVariance()
    explorer.set(**BiasVariance.presets[preset])
    assert word in explorer.live.description


def test_more_data_and_a_penalty_both_help_a_free_polynomial():
    explorer = BiasVariance(degree=15)

    def total(**state):
        return explorer.compute(**explorer.state | state)["parts"][-1]

    assert total(n=100) < 0.1 * total()
    assert total(lam=3e-3) < 0.1 * total()


def test_without_noise_a_free_fit_has_neither():
    assert "Neither" in BiasVariance(degree=9, n=100, noise=0.0).live.description
    assert "Mostly bias" in BiasVariance(degree=1, n=100, noise=0.0).live.description


def test_the_parts_add_up_and_lie_on_their_curves():
    for against in "lambda", "degree":
        explorer = BiasVariance(lam=1e-4, against=against)
        result = explorer.compute(**explorer.state)
        *parts, total = result["parts"]
        assert total == pytest.approx(sum(parts))
        for line, mark, part in zip(explorer.lines, explorer.marks, result["parts"], strict=True):
            x, y = line.get_data()
            assert mark.get_ydata() == pytest.approx([max(part, 1e-3)])
            here = np.exp(np.interp(mark.get_xdata()[0], x, np.log(y)))
            assert here == pytest.approx(part, rel=0.2)


def test_every_corner_is_drawn_and_described():
    explorer = BiasVariance()
    for n, degree, lam, noise in itertools.product((5, 100), (1, 15), (1e-10, 10.0), (0.0, 0.6)):
        explorer.set(n=n, degree=degree, lam=lam, noise=noise)
        assert 'role="status"' in explorer.live.words

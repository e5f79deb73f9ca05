import itertools

import numpy as np
import pytest

from widgets import ForwardPass
from widgets.forward_pass import PLACES


@pytest.mark.parametrize("corner", list(itertools.product((0, 1), repeat=2)))
def test_the_net_answers_xor_at_the_corners_in_steps(corner):
    a, b = corner
    explorer = ForwardPass(x1=float(a), x2=float(b))
    result = explorer.compute(**explorer.state)
    assert result["h"].tolist() == [a, a & b, b]
    assert result["y"] == a ^ b
    assert explorer.values["21"].get_text() == str(a ^ b)
    assert f"XOR({a}, {b}) is {a ^ b}" in explorer.live.description


def test_every_number_of_the_pass_is_shown_and_said():
    explorer = ForwardPass(x1=0.35, x2=0.8, activation="sigmoid")
    node = 1 / (1 + np.exp(0.35))
    assert explorer.values["12"].get_text() == f"{node:.3g}"
    assert explorer.sums["12"].get_text() == "sum −0.35"
    words = explorer.live.description
    assert f"node 12: 1·0.35 + 1·0.8 − 1.5 = −0.35, sigmoid(−0.35) = {node:.3g}" in words
    assert "These weights were chosen for the step." in words


def test_a_node_is_the_darker_the_larger_its_value():
    explorer = ForwardPass(x1=0.0, x2=0.5, activation="ReLU")
    low, middle = (sum(explorer.circles[n].get_markerfacecolor()) for n in ("x1", "x2"))
    explorer.x1 = 1.0
    assert sum(explorer.circles["x1"].get_markerfacecolor()) < middle < low == 3


def test_every_node_wears_its_number_beside_its_circle():
    axes = ForwardPass().live.figure.axes[0]
    for name, (x, y) in PLACES.items():
        (label,) = [text for text in axes.texts if text.get_text() == name]
        pixels = axes.transData.transform([label.get_position(), (x, y)])
        radius = 23 * axes.figure.dpi / 72
        assert radius < np.hypot(*(pixels[0] - pixels[1])) < 2.5 * radius, "not hidden by it"


@pytest.mark.parametrize("preset", ForwardPass.presets)
def test_every_preset_works(preset):
    explorer = ForwardPass()
    explorer.set(**ForwardPass.presets[preset])
    assert preset == f"corner ({explorer.x1:g}, {explorer.x2:g})"
    assert eval(repr(explorer)).live.picture == explorer.live.picture

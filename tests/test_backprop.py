import numpy as np
import pytest

import nnkit
from widgets import Backprop, GradientCheck, MatrixGradients
from widgets.backprop import NUDGES
from widgets.circuit_drawing import short
from widgets.circuits import CIRCUITS, backward, difference_quotients, forward
from widgets.labels import glyph, shape
from widgets.matrix_gradients import PRODUCTS

# What the curriculum says: the output and the gradient of each input.
KNOWN = {
    "(x+y)z": (-12, {"x": -4, "y": -4, "z": 3, "q": -4}),
    "(xy+max(z,w))*2": (-20, {"x": -8, "y": 6, "z": 2, "w": 0}),
    "shared: b=2a, d=b+3b": (8, {"a": 8, "b": 4}),
    "(2+3w)^2": (121, {"w": 66}),
    "neuron with a sigmoid": (
        0.731, {"w0": -0.197, "x0": 0.393, "w1": -0.393, "x1": -0.590, "w2": 0.197}
    ),
    "sigmoid in small gates": (0.731, {"s": 0.197}),
}  # fmt: skip


def numbers(plan, seed):
    rng = np.random.default_rng(seed)
    return {name: rng.uniform(-2, 2) for name in plan.inputs}


@pytest.mark.parametrize("name", KNOWN)
def test_circuits_have_the_curriculums_values_and_gradients(name):
    plan, (output, gradients) = CIRCUITS[name], KNOWN[name]
    values = forward(plan, plan.inputs)
    assert values[plan.output] == pytest.approx(output, abs=5e-4)
    _, totals = backward(plan, values)
    assert {key: totals[key] for key in gradients} == pytest.approx(gradients, abs=5e-4)


@pytest.mark.parametrize("name", CIRCUITS)
@pytest.mark.parametrize("seed", range(3))
def test_every_edges_gradient_is_what_a_nudge_on_it_says(name, seed):
    plan = CIRCUITS[name]
    inputs = numbers(plan, seed)
    flows, totals = backward(plan, forward(plan, inputs))
    assert list(flows) != [] and set(flows) == set(plan.edges)
    for edge, flow in flows.items():
        assert flow.gradient == pytest.approx(flow.upstream * flow.local)
        side, centred = difference_quotients(plan, inputs, edge, np.array([1e-5, 1e-6]))
        assert centred == pytest.approx([flow.gradient] * 2, rel=1e-6, abs=1e-8)
        assert side == pytest.approx([flow.gradient] * 2, rel=1e-3, abs=1e-3)


@pytest.mark.parametrize("name", CIRCUITS)
def test_the_sums_over_edges_are_the_engines_gradients(name):
    plan = CIRCUITS[name]
    inputs = numbers(plan, 7)
    tensors = {
        key: nnkit.tensor(v, dtype=nnkit.float64, requires_grad=True) for key, v in inputs.items()
    }
    formulas = {
        "(x+y)z": lambda x, y, z: (x + y) * z,
        "(xy+max(z,w))*2": lambda x, y, z, w: (x * y + nnkit.maximum(z, w)) * 2,
        "shared: b=2a, d=b+3b": lambda a: 2 * a + 3 * (2 * a),
        "(2+3w)^2": lambda w: (2 + 3 * w) ** 2,
        "neuron with a sigmoid": lambda w0, x0, w1, x1, w2: nnkit.sigmoid(w0 * x0 + w1 * x1 + w2),
        "sigmoid in small gates": lambda s: nnkit.sigmoid(s),
        "chain ((x w1) w2) w3": lambda x, w1, w2, w3: x * w1 * w2 * w3,
    }
    formulas[name](**tensors).backward()
    _, totals = backward(plan, forward(plan, inputs))
    for key, tensor in tensors.items():
        assert totals[key] == pytest.approx(tensor.grad.item())


def test_steps_go_forward_gate_by_gate_and_then_back():
    plan = CIRCUITS["(x+y)z"]
    seen = [plan.progress(step) for step in range(plan.steps + 1)]
    assert [sorted(known) for known, _, _ in seen][:3] == [
        ["x", "y", "z"], ["q", "x", "y", "z"], ["f", "q", "x", "y", "z"],
    ]  # fmt: skip
    assert [sorted(pulled) for _, pulled, _ in seen] == [[], [], [], [], ["f"], ["f", "q"]]
    assert [active and active.name for *_, active in seen] == [None, "q", "f", None, "f", "q"]


def written(explorer):
    return [text for _, _, text, _ in explorer.map.labels.shown]


def test_values_and_gradients_appear_as_the_steps_go():
    explorer = Backprop(step=0)
    assert written(explorer) == ["−2", "5", "−4"]
    explorer.step = 2
    assert written(explorer) == ["−2", "5", "3", "−4", "−12"]
    assert "f = q · z = 3 · (−4) = −12" in explorer.live.description
    explorer.step_on()
    assert explorer.step == 3 and written(explorer)[-2:] == ["−12", "1"]
    explorer.step = 5
    assert written(explorer) == ["−2", "−4", "5", "−4", "3", "−4", "−4", "3", "−12", "1"]
    explorer.step_back()
    assert explorer.step == 4
    assert "passes −4 to q and 3 to z" in explorer.live.description


@pytest.mark.parametrize("name", CIRCUITS)
def test_every_circuit_is_drawn_within_its_frame_without_overlaps(name):
    explorer = Backprop(circuit=name)
    extremes = [explorer.initial, *({**explorer.initial, **dict.fromkeys(CIRCUITS[name].inputs, v)}
                                    for v in (-6.0, -1.7, 0.1, 6.0))]  # fmt: skip
    for state in extremes:
        explorer.set(**state)
        assert "can't be shown" not in explorer.live.words
        boxes = []
        for x, y, text, _ in explorer.map.labels.shown:
            low, high = (f(shape(text, 10).vertices * 100 / 72, axis=0) for f in (np.min, np.max))
            boxes.append((x + low[0], x + high[0], y - high[1], y - low[1]))
            assert 0 < boxes[-1][0] and boxes[-1][1] < 820 and 0 < boxes[-1][2]
            assert boxes[-1][3] < 225
        for i, a in enumerate(boxes):
            for b in boxes[:i]:
                assert a[1] < b[0] or b[1] < a[0] or a[3] < b[2] or b[3] < a[2]


def test_only_the_inputs_of_the_circuit_have_sliders():
    explorer = Backprop(circuit="shared: b=2a, d=b+3b")

    def shown():
        return {n for n in explorer.controls if explorer._widgets[n].layout.display != "none"}

    assert shown() == {"circuit", "a", "step", "edge"}
    explorer.circuit = "(x+y)z"
    assert shown() == {"circuit", "x", "y", "z", "step", "edge"}


def test_the_code_of_a_state_leaves_out_what_has_no_slider_and_restores_the_picture():
    explorer = GradientCheck(circuit="(x+y)z", x=0.5, step=3, edge=2, h=1e-6)
    code = "GradientCheck(circuit='(x+y)z', x=0.5, y=5.0, z=-4.0, step=3, edge=2, h=1e-06)"
    assert repr(explorer) == code
    assert eval(code).state == explorer.state


def test_step_and_edge_end_where_the_circuit_ends():
    explorer = Backprop(circuit="(x+y)z")
    explorer.set(step=11, edge=9)
    assert (explorer.step, explorer.edge) == (5, 4)
    explorer.step_on()
    assert explorer.step == 5
    explorer.circuit = "neuron with a sigmoid"
    assert (explorer.step, explorer.edge, explorer.w1) == (11, 1, -3.0)


@pytest.mark.parametrize("name", CIRCUITS)
def test_the_sliders_end_where_the_circuit_ends(name):
    explorer, plan = Backprop(), CIRCUITS[name]
    explorer.circuit = name
    assert explorer._widgets["step"].places() == list(range(plan.steps + 1))
    assert explorer._widgets["edge"].places() == list(range(1, len(plan.edges) + 1))


def test_a_click_picks_the_nearest_edge():
    explorer = Backprop()
    for number, edge in enumerate(explorer.map.plan.edges, 1):
        x, y = explorer.map.middles[edge]
        explorer.pointed(explorer.map.axes, x + 3, y - 5)
        assert explorer.edge == number
    explorer = GradientCheck()
    explorer.pointed(explorer.live.figure.axes[1], 0.1, 0.1)
    assert explorer.edge == 1, "the chart has no edges"


def test_the_error_curve_has_a_best_nudge_between_bending_and_rounding():
    explorer = GradientCheck(circuit="sigmoid in small gates")
    result = explorer.compute(**explorer.state)
    side, centred = result.errors(NUDGES)
    assert explorer.centred.get_ydata() == pytest.approx(centred)
    assert centred.argmin() == pytest.approx(26, abs=5)  # h near 3e-6
    assert centred[-1] > 1e-3 < side[-1]
    wide, narrow = centred[-9], centred[-13]  # h = 0.01 and 0.001
    assert wide / narrow == pytest.approx(100, rel=0.02), "the centred error shrinks as h squared"
    wide, narrow = side[-9], side[-13]
    assert wide / narrow == pytest.approx(10, rel=0.1), "the one-sided error shrinks as h"


@pytest.mark.parametrize("name", CIRCUITS)
def test_the_chart_gets_what_the_circuit_leaves_of_the_picture(name):
    explorer = GradientCheck(circuit=name)
    explorer.live.png(1)
    circuit, chart = (axes.bbox.height for axes in explorer.live.figure.axes)
    pixels = explorer.map.axes.get_ylim()[0]
    assert circuit == pytest.approx(pixels, abs=3), "its labels and gates are laid out in pixels"
    assert chart > (190 if CIRCUITS[name].rows <= 3 else 100)
    heights = [y for _, y, *_ in explorer.map.labels.shown]
    assert 7 < min(heights) and max(heights) < pixels - 7


@pytest.mark.parametrize(
    ("h", "words"), [(1.0, "bends"), (1e-3, "They agree"), (1e-12, "drowns in rounding")]
)
def test_the_readout_judges_the_nudge(h, words):
    explorer = GradientCheck(circuit="neuron with a sigmoid", h=h)
    (error,) = explorer.now.get_ydata()
    near = np.interp(np.log(h), np.log(NUDGES), np.log(explorer.centred.get_ydata()))
    assert explorer.now.get_xdata() == [h] and abs(np.log(error) - near) < 3, "on the curve"
    assert words in explorer.live.description


def own(gate, x, y, upstream):
    wins = float(x > y)
    return {
        "+": (upstream, upstream), "*": (y * upstream, x * upstream),
        "max": (wins * upstream, (1 - wins) * upstream),
    }[gate]  # fmt: skip


def test_a_learners_gates_take_over():
    theirs, engines = Backprop(gate_backward=own), Backprop()
    for name in CIRCUITS:
        theirs.circuit = engines.circuit = name
        assert written(theirs) == written(engines)
        assert "those of your gate_backward" in theirs.live.description


@pytest.mark.parametrize(
    ("w", "edge", "words"),
    [(2.0, 3, "∂m/∂z = 0.5, since z = w."), (2.0, 4, "∂m/∂w = 0.5, since w = z."),
     (2.1, 3, "∂m/∂z = 0, since z < w."), (2.1, 4, "∂m/∂w = 1, since w > z.")],
)  # fmt: skip
def test_the_local_derivative_of_max_names_the_case_at_hand(w, edge, words):
    explorer = Backprop(circuit="(xy+max(z,w))*2", w=w, edge=edge)
    assert f"Local: {words}" in explorer.live.description
    assert "They agree" in explorer.live.description


@pytest.mark.parametrize("edge", [3, 4])
def test_at_a_tie_a_learners_max_may_give_all_to_either_input(edge):
    tie = {"circuit": "(xy+max(z,w))*2", "w": 2.0, "edge": edge}
    for allowed in own, lambda gate, x, y, upstream: own(gate, y, x, upstream)[::-1]:
        words = Backprop(gate_backward=allowed, **tie).live.description
        assert "Both are allowed" in words and "disagree" not in words


@pytest.mark.parametrize("share", [0, 1])
def test_at_a_tie_a_learners_max_may_not_give_all_to_both_nor_nothing(share):
    def wrong(gate, x, y, upstream):
        return [share * upstream] * 2 if gate == "max" else own(gate, x, y, upstream)

    explorer = Backprop(gate_backward=wrong, circuit="(xy+max(z,w))*2", w=2.0, edge=3)
    assert "They disagree" in explorer.live.description


def test_a_learners_wrong_gate_is_caught_by_the_nudge():
    def shares(gate, x, y, upstream):
        return (upstream / 2, upstream / 2) if gate == "+" else own(gate, x, y, upstream)

    explorer = Backprop(gate_backward=shares)
    assert written(explorer)[1] == "−2"
    assert "−4 · 1 = −4, but your gate_backward says −2" in explorer.live.description
    assert "They disagree: one of the two is wrong." in explorer.live.description


def test_gates_that_are_still_to_do_are_nnkits():
    explorer = Backprop(gate_backward=lambda gate, x, y, upstream: None)
    assert written(explorer) == written(Backprop())
    assert "Your gate_backward returns nothing yet: all gradients are nnkit's" in (
        explorer.live.description
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (-0.0, "0"), (-0.1966, "−0.197"), (121.0, "121"), (-12.345, "−12.35"),
     (46656.0, "4.7e4"), (-6.21e-5, "−6.2e−5"), (0.5, "0.5"), (1000.0, "1000")],
)  # fmt: skip
def test_numbers_are_written_short(value, text):
    assert short(value) == text


def test_letters_stand_side_by_side_and_a_label_is_centred():
    both = shape("11", 10).vertices
    assert both[:, 0].min() == pytest.approx(-both[:, 0].max(), abs=1.0)
    assert np.ptp(both[:, 0]) > 1.9 * glyph("1", 10)[1] - 3
    assert shape(" ", 10).vertices.shape == (0, 2)


@pytest.mark.parametrize("product", PRODUCTS)
def test_a_cell_is_its_row_times_its_column(product):
    explorer = MatrixGradients(product=product, seed=3)
    left, right, out = explorer.compute(**explorer.state)["matrices"]
    assert np.array_equal(left @ right, out)
    for row, column in np.ndindex(out.shape):
        explorer.set(row=row, column=column)
        entry = f"db[{column}]" if product.startswith("db") else f"[{row}, {column}]"
        assert entry in explorer.live.description
        assert f"= {out[row, column]}.".replace("-", "−") in explorer.live.description
    explorer.set(row=3, column=2)
    assert (explorer.row + 1, explorer.column + 1) == out.shape
    assert [len(explorer._widgets[name].places()) for name in ("row", "column")] == [*out.shape]


def test_a_bias_gradient_has_one_index_and_the_shape_that_numpy_gives():
    explorer = MatrixGradients(product="db = ones dY", column=1)
    assert explorer.live.description.startswith("db[1] = a row of ones times column 1 of dY")
    assert "dY.sum(axis=0), of shape (2,)" in explorer.live.description


def test_matrix_gradients_are_the_engines():
    seed = 5
    known = MatrixGradients(seed=seed)
    shown = {p.split()[0]: known.compute(p, 0, 0, seed)["matrices"] for p in PRODUCTS}
    X, W = (nnkit.tensor(m.astype(float), requires_grad=True) for m in shown["Y"][:2])
    b = nnkit.zeros(W.shape[1], requires_grad=True, dtype=nnkit.float64)
    (X @ W + b).backward(nnkit.tensor(shown["dW"][1].astype(float)))
    assert np.array_equal(W.grad.numpy(), shown["dW"][2])
    assert np.array_equal(X.grad.numpy(), shown["dX"][2])
    assert np.array_equal(b.grad.numpy(), shown["db"][2][0])


def test_a_click_on_a_cell_of_the_result_chooses_it():
    explorer = MatrixGradients()
    (x, y), step = explorer.corners[2], 46
    explorer.pointed(explorer.axes, x + 1.5 * step, y + 2.5 * step)
    assert (explorer.row, explorer.column) == (2, 1)
    explorer.pointed(explorer.axes, 1.0, 1.0)
    assert (explorer.row, explorer.column) == (2, 1)

"""The Playground's state as a script in nnkit that ends with the same weights, bit for bit."""

from widgets.knob_turns import in_force
from widgets.playground_data import OWN, SETS, N
from widgets.playground_net import EPOCHS, OPTIMISERS, STARTS, read_hidden

FUNCTIONS = {
    "none": "lambda z: z", "sigmoid": "F.sigmoid", "tanh": "F.tanh", "ReLU": "F.relu",
    "leaky ReLU": "F.leaky_relu", "ELU": "F.elu", "GELU": "F.gelu",
}  # fmt: skip
SCRIPT = """\
import nnkit
from nnkit import data, nn, optim
from nnkit import functional as F

generator = nnkit.Generator().manual_seed({seed})
{points}

{layers}
model = nn.Sequential(*layers)
for layer in layers:
    nn.init.{start}
    nn.init.zeros_(layer.bias)
weights, biases = ([getattr(layer, name) for layer in layers] for name in ("weight", "bias"))
groups = [{{"params": weights}}, {{"params": biases}}]  # only weights are penalised

loader = data.DataLoader(
    data.TensorDataset(X, y), {batch_size}, shuffle=True, generator=generator
)
{knobs}
for epoch in range({epochs}):
{turns}    for group in optimizer.param_groups:
        group["lr"] = lr
    optimizer.param_groups[0]["weight_decay"] = lam if penalty == "L2" else 0.0
    generator.manual_seed({first} + epoch)
    for inputs, targets in loader:
        optimizer.zero_grad()
        h = inputs
        for layer in layers[:-1]:
            h = F.dropout(activation(layer(h)), dropout, generator=generator)
        logits = layers[-1](h).squeeze(1)
        F.binary_cross_entropy_with_logits(logits, targets).backward()
        optimizer.step()
        if penalty == "L1":
            with nnkit.no_grad():
                for w in weights:
                    w.copy_(nnkit.sign(w) * F.relu(nnkit.abs(w) - lr * lam))
"""


def script(state, rows):
    """The script of a Playground's state; rows: its turns, see knob_turns."""
    values = {name: state[name] for name in TOLD} | in_force(rows, 0)
    sizes = (2, *read_hidden(state["hidden"]), 1)
    pairs = zip(sizes[:-1], sizes[1:], strict=True)
    name, options = STARTS[state["init"]]
    given = [f"{key}={value!r}" for key, value in options.items()]
    given += [] if state["init"] == "zeros" else ["generator=generator"]
    turns = ""
    for epoch, row in sorted(rows.items()):
        if 0 < epoch < state["epochs"]:
            turns += f"    if epoch == {epoch}:\n"
            turns += "".join(f"        {TOLD[k](v)}\n" for k, v in row.items())
    return SCRIPT.format(
        seed=state["seed"], points=points(state), start=f"{name}(layer.weight, {', '.join(given)})",
        layers=f"layers = [{', '.join(f'nn.Linear({a}, {b})' for a, b in pairs)}]",
        batch_size=values["batch_size"], epochs=state["epochs"], first=EPOCHS * state["seed"],
        knobs="\n".join(TOLD[k](v) for k, v in values.items() if k != "batch_size"), turns=turns,
    )  # fmt: skip


def optimiser(kind):
    rule, options = OPTIMISERS[kind]
    given = "".join(f", {key}={value!r}" for key, value in options.items())
    return f"optimizer = optim.{rule.__name__}(groups, lr=lr{given})"


TOLD = {  # each knob as a line of code; lr before the optimiser, which needs it
    "lr": "lr = {!r}".format,
    "activation": lambda name: f"activation = {FUNCTIONS[name]}",
    "optimiser": optimiser,
    "penalty": "penalty = {!r}".format,
    "lam": "lam = {!r}".format,
    "dropout": "dropout = {!r}".format,
    "batch_size": "loader.batch_size = {!r}".format,
}


def points(state):
    """The lines that make X and y to train on, and X_test and y_test."""
    if state["data"] == OWN:
        X, y = ([p[:2] for p in state["points"]], [float(p[2]) for p in state["points"]])
        return f"X = nnkit.tensor({[list(x) for x in X]})\ny = nnkit.tensor({y})"
    name, more, middle, scale = SETS[state["data"]]
    return (
        f"X, y = data.{name}({N}, {state['noise']!r}{more}, generator=generator)\n"
        f"X = (X - nnkit.tensor({list(middle)})) * {scale!r}\n"
        "X, X_test, y, y_test = data.train_test_split(\n"
        f"    X, y.to(nnkit.float32), test_size={N - round(state['share'] * N)}, "
        "generator=generator\n)"
    )

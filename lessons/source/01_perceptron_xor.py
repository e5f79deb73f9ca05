# %% [markdown]
# # 01 Perceptrons and XOR
#
# The smallest neural network is one neuron: it weighs what it is told, adds up, and answers yes or
# no. You will steer one by hand, teach another by its mistakes, and meet a question of four lines
# that none of them can answer. Three neurons together can, and you will see why: they **fold** the
# plane.
#
# When you are through, you can look at a problem and say whether one neuron is enough. You will
# also have written a neuron, its learning rule, and a two-layer network. Allow 45 to 60 minutes.
#
# First choose **Run → Run All Cells** in the menu at the top: that brings the pictures to life. You
# land at the end of the lesson, so scroll back up to here.

# %% tags=["setup"]
import numpy as np

import nnkit
from nnkit import nn, optim
from nnkit.course import check, predict
from widgets import ForwardPass, HiddenSpace, Perceptron
from widgets.neuron import GATES, TABLES, perceptron_rule

corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])  # every pair of inputs that are 0 or 1

# %% [markdown]
# ## 1 Commit to a guess
#
# Two inputs, $x_1$ and $x_2$, are each 0 or 1. Four questions about them:
#
# | $x_1$ | $x_2$ | AND: both 1? | OR: at least one 1? | NAND: *not* both 1? | XOR: different? |
# |:-:|:-:|:-:|:-:|:-:|:-:|
# | 0 | 0 | 0 | 0 | 1 | 0 |
# | 0 | 1 | 0 | 1 | 1 | 1 |
# | 1 | 0 | 0 | 1 | 1 | 1 |
# | 1 | 1 | 1 | 1 | 0 | 0 |
#
# Draw the four pairs as the corners of a square. One neuron can draw one straight line, and answers
# 1 on one side of it and 0 on the other.

# %% jupyter={"source_hidden": true}
predict(
    "xor-which",
    "Which of these questions can <b>not</b> be answered by one straight line?",
    {
        "AND": "Look again: a line that cuts off the corner (1, 1) does it.",
        "NAND": "NAND is AND with yes and no swapped: the same line, the other side.",
        "XOR": "The two yes-corners lie opposite each other, and so do the two no-corners. "
        "In section 5 you will see a proof.",
        "None of them: four points can always be split by a line": "Try it in the next picture.",
    },
    "XOR",
)

# %% [markdown]
# ## 2 Slide the line
#
# The neuron weighs its inputs and adds a constant, the **bias** $b$:
#
# $$z = w_1 x_1 + w_2 x_2 + b, \qquad \hat y = \begin{cases} 1 & \text{if } z > 0 \\
# 0 & \text{if } z \le 0 \end{cases}$$
#
# Here $w_1$ and $w_2$ are the **weights**, $z$ is the **weighted sum**, and $\hat y$ ("y hat") is
# the answer. The plain $y$ is what the answer should be.
#
# Left: the plane of all inputs, coloured by the answer. The line is where $z = 0$, and the arrow
# points to the side of the ones. Right: the same four samples, sorted by their $z$ along the axis.
# Those above the curve should be 1, those below it should be 0; how high they are within their row
# means nothing. The step is at 0. A cross marks each sample that is on the wrong side.
#
# Try this, with the mouse or with Tab and the arrow keys:
#
# 1. Move only **b**. The line slides, but does not turn. Then move **w1**: now it turns.
# 2. Find weights for AND without a mistake. Choose OR and move *one* slider to get it right.
# 3. Choose NAND. What must happen to the signs?
# 4. Choose XOR. What is the smallest number of mistakes that you can reach?
#
# (*activation*, *all three times*, *own points* and the buttons *one update* and *run* are for
# later.)

# %%
Perceptron()

# %% [markdown]
# The line has a name: the **decision boundary**. The neuron itself is not a line: its answer is a
# step, flat on either side. What is straight is only the *border* between yes and no, because
# $z = 0$ is the equation of a line. With three inputs it is a plane, with more a *hyperplane*.

# %% [markdown]
# ## 3 From a nerve cell to a formula
#
# | a nerve cell has | it does | in the formula |
# |:--|:--|:--|
# | dendrites | collect signals from other cells | inputs $x_1, x_2, \dots$ |
# | synapses, strong or weak | pass a signal on, amplified or damped | weights $w_1, w_2, \dots$ |
# | a cell body | adds up and fires once the sum is large enough | weighted sum, then activation |
# | an axon with its terminals | carries the signal to the next cells | output $\hat y$ |
#
# In 1943 Warren McCulloch, a neurophysiologist, and Walter Pitts, a logician, turned this into
# mathematics: $Y = x_1 w_1 + x_2 w_2$, and the cell fires if $Y$ is above a **threshold**
# $\theta$. Their neuron could not learn. Move the threshold to the other side, and it becomes a
# bias, a weight like the others:
#
# $$x_1 w_1 + x_2 w_2 > \theta \quad \Longleftrightarrow \quad
# x_1 w_1 + x_2 w_2 + b > 0 \quad\text{with}\quad b = -\theta$$
#
# > **Set right.** Two dates are often told wrongly: that the nerve cell was discovered in 1904, and
# > that the perceptron of 1957 was the first artificial neuron. Put the events in order:

# %%
events = {
    1873: "Golgi stains single nerve cells so that they can be seen",
    1888: "Ramón y Cajal sees that they are separate cells",
    1891: "Waldeyer sums it up, the 'neuron doctrine', and gives them their name",
    1943: "McCulloch and Pitts: an artificial neuron, with fixed weights",
    1957: "Rosenblatt: the perceptron (published 1958), whose weights are learnt",
    1969: "Minsky and Papert: what a single layer of perceptrons can not do",
}
for year, what in sorted(events.items()):
    print(year, what)
print(f"\nThe neuron had its name {1904 - 1891} years before 1904.")
print(f"The artificial neuron is {1957 - 1943} years older than the perceptron, "
      "which was the first trainable one.")

# %% [markdown]
# ### Any number of inputs: a score
#
# With more inputs nothing changes: multiply each by its weight, add up. That is a **dot product**,
# `x @ w` in NumPy. Say you look for a flat to rent. Each flat has six **features** between 0 and 1,
# and these weights are your taste:

# %%
features = ["near work", "door colour", "light", "street noise", "low rent", "balcony"]
taste = np.array([0.5, 0, 0.3, -0.1, 0.49999999, 0.05])
flats = {
    "attic":   np.array([0.2, 1.0, 0.9, 0.1, 0.8, 1.0]),
    "cellar":  np.array([0.9, 0.3, 0.1, 0.6, 0.9, 0.0]),
    "terrace": np.array([0.8, 0.5, 0.7, 0.9, 0.1, 0.0]),
}
for name, flat in flats.items():
    parts = " + ".join(f"{w:.3g}·{x}" for w, x in zip(taste, flat, strict=True))
    print(f"{name:8} {parts} = {flat @ taste:.3f}")

# %% [markdown]
# Read the weights: 0 means "I don't care", a negative weight counts against a flat, and 0.49999999
# is 0.5 for every purpose. Nobody would choose such a number by hand; a weight that was *learnt*
# looks like that. In section 6 a neuron learns somebody's taste from yes and no alone.
#
# ### Exercise 1: a neuron
#
# `X` holds one sample a row, so `X @ w` is the weighted sum of every sample at once. Comparing an
# array, as in `z > 0`, gives True or False for each entry; multiply by `1.0` to get numbers.

# %% exercise="xor-neuron" points=1
def neuron(X, w, b):
    """1.0 for each sample whose weighted sum plus b is above 0, else 0.0.

    X has shape (samples, features), w (features,), b is a number.
    """
    ### BEGIN SOLUTION
    return (X @ w + b > 0) * 1.0
    ### END SOLUTION

# %% inputs="xor-neuron"
def inputs(rng):
    X, w = rng.integers(-3, 4, (6, 2)), rng.choice([-2, -1, 1, 2], size=2)
    X[0] = rng.permutation([1, 2])
    return X, w, -int(X[0] @ w) or 4  # the first sample is on the line, unless that takes b = 0

# %% wrong="xor-neuron"
# The bias is missing: your line always goes through (0, 0).
def neuron(X, w, b):
    return (X @ w > 0) * 1.0

# %% wrong="xor-neuron"
# That is the weighted sum. The answer is a step of it: only 0 or 1.
def neuron(X, w, b):
    return X @ w + b

# %% wrong="xor-neuron"
# You use b as the threshold. The bias is added to the sum, and the sum compared with 0.
def neuron(X, w, b):
    return (X @ w > b) * 1.0

# %% wrong="xor-neuron"
# Look at a sample that is exactly on the line, z = 0: our rule says "above 0", so it gets 0.
def neuron(X, w, b):
    return (X @ w + b >= 0) * 1.0

# %% wrong="xor-neuron"
# All samples come at once, so there is no single yes or no for an `if`. Compare the whole array,
# z > 0, and multiply by 1.0.
def neuron(X, w, b):
    if X @ w + b > 0:
        return 1.0
    return 0.0

# %% wrong="xor-neuron"
# The two answers are swapped: 1 belongs to a positive sum.
def neuron(X, w, b):
    return (X @ w + b <= 0) * 1.0

# %%
check("xor-neuron", neuron)

# %% [markdown]
# ## 4 Neurons as gates
#
# A neuron whose inputs and output are 0 or 1 is a logic gate. Choosing its weights is a small
# puzzle: on which side of the line must each corner lie? For AND, $z$ must be above 0 at (1, 1),
# and at most 0 at the three other corners.
#
# ### Exercise 2: weights for three gates
#
# Return $w_1, w_2, b$ for each gate, as in `return 0.5, -1, 2`. You may carry over what you found
# with the sliders. Leave some room beside the line: real signals are never quite 0 or 1, so
# `check` also moves each corner to all sides, by a `shift` of up to 0.1, and asks your neurons
# there.

# %% exercise="xor-gates" points=2
def gate_weights(name):
    """(w1, w2, b) of a neuron that computes the gate called `name`."""
    if name == "AND":
        ### BEGIN SOLUTION
        return 2, 2, -3
        ### END SOLUTION
    if name == "OR":
        ### BEGIN SOLUTION
        return 2, 2, -1
        ### END SOLUTION
    if name == "NAND":
        ### BEGIN SOLUTION
        return -2, -2, 3
        ### END SOLUTION

# %% inputs="xor-gates"
def inputs(rng):
    return round(rng.uniform(0.02, 0.1), 2), rng.permutation(12)


def probe(gate_weights, shift, order):
    """What the first gate that isn't right does wrong: at the corners, then beside them; and the
    answers of all three gates at the corners, in a drawn order."""
    found = {name: gate_weights(name) for name in ("AND", "OR", "NAND")}
    if all(weights is None for weights in found.values()):
        return None
    moves = [(0, 0), (shift, shift), (-shift, -shift), (shift, -shift), (-shift, shift)]
    answers = []
    for name, weights in found.items():
        if weights is None:
            return f"no weights for {name}"
        w1, w2, b = np.array(weights, float)
        answers += [w1 * x1 + w2 * x2 + b > 0 for x1, x2 in corners]
        for move in moves:
            for (x1, x2), right in zip(corners + move, TABLES[name], strict=True):
                if (w1 * x1 + w2 * x2 + b > 0) != right:
                    return f"for {name}: {1 - right} at ({x1:.3g}, {x2:.3g}), {right} is right"
    return "right", np.array(answers)[np.array(order, int)]

# %% wrong="xor-gates"
# AND: your line runs right through the corners (0, 1) and (1, 0): z = 0 there, which leaves no
# room. Move it towards (1, 1).
def gate_weights(name):
    return {"AND": (1, 1, -1), "OR": (2, 2, -1), "NAND": (-2, -2, 3)}[name]

# %% wrong="xor-gates"
# AND: your neuron already says yes when one input is 1. Make the bias more negative.
def gate_weights(name):
    return {"AND": (2, 2, -1), "OR": (2, 2, -1), "NAND": (-2, -2, 3)}[name]

# %% wrong="xor-gates"
# AND: it says no even when both inputs are 1. z must be above 0 at (1, 1).
def gate_weights(name):
    return {"AND": (1, 1, -2), "OR": (2, 2, -1), "NAND": (-2, -2, 3)}[name]

# %% wrong="xor-gates"
# AND should say no at (0, 0), where z is just b. Did you return a threshold? A bias is a threshold
# that changed sides: change its sign.
def gate_weights(name):
    return {"AND": (2, 2, 3), "OR": (2, 2, -1), "NAND": (-2, -2, 3)}[name]

# %% wrong="xor-gates"
# OR: your neuron waits until both inputs are 1. Bring the line nearer to (0, 0).
def gate_weights(name):
    return {"AND": (2, 2, -3), "OR": (2, 2, -3), "NAND": (-2, -2, 3)}[name]

# %% wrong="xor-gates"
# OR: z = 0 at (0, 0), so a tiny positive signal there is a yes. The line must stay clear of (0,
# 0).
def gate_weights(name):
    return {"AND": (2, 2, -3), "OR": (1, 1, 0), "NAND": (-2, -2, 3)}[name]

# %% wrong="xor-gates"
# OR should say no at (0, 0), where z is just b. Which sign does b need?
def gate_weights(name):
    return {"AND": (2, 2, -3), "OR": (2, 2, 1), "NAND": (-2, -2, 3)}[name]

# %% wrong="xor-gates"
# NAND should say yes at (0, 0), where z is just b. Which sign does b need? And which signs do w1
# and w2 need, if 1s are to make it say no?
def gate_weights(name):
    return {"AND": (2, 2, -3), "OR": (2, 2, -1), "NAND": (2, 2, -3)}[name]

# %% wrong="xor-gates"
# NAND: it says yes to everything. Flip the signs of the weights as well, not of the bias alone.
def gate_weights(name):
    return {"AND": (2, 2, -3), "OR": (2, 2, -1), "NAND": (2, 2, 3)}[name]

# %% wrong="xor-gates"
# NAND: your line runs right through corners, z = 0 there. It must leave room on both sides: how
# much do the weights take away when one input is 1, how much when both are?
def gate_weights(name):
    return {"AND": (2, 2, -3), "OR": (2, 2, -1), "NAND": (-1, -1, 1)}[name]

# %% wrong="xor-gates"
# NAND: z = 0 at (1, 1), so a signal a little below 1 is a yes. Leave room on that side, too.
def gate_weights(name):
    return {"AND": (2, 2, -3), "OR": (2, 2, -1), "NAND": (-1, -1, 2)}[name]

# %%
check("xor-gates", gate_weights)

# %% [markdown]
# Many answers are right. One for NAND is (−2, −2, +3); here is what it gives. Multiply it by any
# positive number and nothing changes: the line stays where it is.

# %%
for x1, x2 in corners:
    z = -2 * x1 - 2 * x2 + 3
    print(f"({x1}, {x2}): -2·{x1} - 2·{x2} + 3 = {z:2}, so NAND answers {int(z > 0)}")

# %% [markdown]
# > **Set right.** "NAND is just AND with a *not* behind it, nothing special." Let us see what each
# > gate can build. A question about two bits is a column of four answers, so there are
# > $2^4 = 16$ of them. Start with the two inputs themselves and wire up one kind of gate in every
# > possible way, again and again. `table` holds the gate's own four answers, `p` and `q` are any
# > two columns found so far:

# %%
def reachable(table):
    """How many of the 16 questions can be answered by wiring up the gate with this table."""
    found = {(0, 0, 1, 1), (0, 1, 0, 1)}  # x1 and x2 at the four corners
    while True:
        more = set(found)
        for p in found:
            for q in found:
                more.add(tuple(table[2 * a + b] for a, b in zip(p, q, strict=True)))
        if len(more) == len(found):
            return len(found)
        found = more


for name, table in TABLES.items():
    print(f"{name + ' alone:':11} {reachable(table)} of 16")

# %% [markdown]
# NAND is **universal**: every question about bits can be put together from NANDs, and so can a
# whole computer. One neuron is a NAND, so a *network* of neurons can compute whatever a computer
# can. (NOR, which is OR with a *not* behind it, is the only other gate with two inputs of which
# that is true.)

# %% [markdown]
# ## 5 Why no line can do XOR
#
# Suppose that some $w_1, w_2, b$ did. Then each corner gives one condition:
#
# | corner | XOR | condition |
# |:-:|:-:|:--|
# | (0, 0) | 0 | $b \le 0$ |
# | (1, 0) | 1 | $w_1 + b > 0$ |
# | (0, 1) | 1 | $w_2 + b > 0$ |
# | (1, 1) | 0 | $w_1 + w_2 + b \le 0$ |
#
# Add the two in the middle: $w_1 + w_2 + 2b > 0$. Take away $b$, which by the first line is not
# positive, and the sum can only grow: $w_1 + w_2 + b > 0$. The last line says the opposite. So
# there are no such weights. A question that one line can answer is called **linearly separable**;
# XOR is not.
#
# A computer can look for itself. Here are 68 921 neurons, and all the questions they answer:

# %%
values = np.linspace(-5, 5, 41)
w1, w2, b = (grid.ravel() for grid in np.meshgrid(values, values, values))
answers = (np.outer(w1, corners[:, 0]) + np.outer(w2, corners[:, 1]) + b[:, None] > 0).astype(int)
print(f"{len(answers)} neurons answer {len(set(map(tuple, answers)))} of the 16 questions")
for name, wanted in [("AND", [0, 0, 0, 1]), ("OR", [0, 1, 1, 1]), ("NAND", [1, 1, 1, 0]),
                     ("XOR", [0, 1, 1, 0])]:
    print(f"{name:5} mistakes of the best neuron: {(answers != wanted).sum(axis=1).min()}")

# %% [markdown]
# Fourteen of sixteen: only XOR and its opposite ("are they the same?") are out of reach.
#
# What if the output may be any number, not just 0 or 1? The line that comes nearest to XOR is the
# one with the smallest **mean squared error**, the mean of $(\hat y - y)^2$ over the samples.

# %% jupyter={"source_hidden": true}
predict(
    "xor-best-line",
    "ŷ = w₁x₁ + w₂x₂ + b is fitted to XOR as well as possible. What does it answer?",
    {
        "0 for the no-corners, 1 for the yes-corners": "That would be XOR itself.",
        "0.5 at every corner": "Whatever it gains at one corner it loses at another: it gives up.",
        "Three corners right, one wrong": "x₁ + x₂ does that, but at (1, 1) it says 2 instead of "
        "0, and 2²/4 = 1 is worse than four errors of a half: 4 · 0.5²/4 = 0.25.",
    },
    "0.5 at every corner",
)

# %%
xor = np.array([0, 1, 1, 0])
with_one = np.c_[corners, np.ones(4)]  # a column of ones: its weight is the bias
best = np.linalg.lstsq(with_one, xor, rcond=None)[0]
answers = with_one @ best
print(f"best line: w1 = {abs(best[0]):.2f}, w2 = {abs(best[1]):.2f}, b = {best[2]:.2f}")
print(f"its answers: {answers.round(2)}, mean squared error {np.mean((answers - xor) ** 2):.2f}")

# %% [markdown]
# The best line ignores both inputs and says 0.5 for ever.
#
# > **Set right.** In 1969 Minsky and Papert proved such limits, and it is often said that they
# > showed "neural networks can't do XOR". What they showed is that a *single layer* of perceptrons
# > can't. That two layers can was known; section 7 does it. What was missing was a good way to
# > *train* two layers. That is lesson 04.

# %% [markdown]
# ## 6 A neuron that learns
#
# Rosenblatt's **perceptron rule** looks at one sample at a time. If the answer is right, nothing
# happens. If it is wrong, the weights move:
#
# $$w \leftarrow w + (y - \hat y)\,x, \qquad b \leftarrow b + (y - \hat y)$$
#
# Why does that help? If the answer should be 1 but is 0, then $y - \hat y = 1$ and the sample
# itself is added to the weights. The sum at that sample grows from $z$ to $z + x \cdot x + 1$:
# nearer to a yes. If the answer should be 0 but is 1, then $y - \hat y = -1$, and the sum falls by
# as much. And if the answer was right, then $y - \hat y = 0$.
#
# ### Exercise 3: the perceptron rule
#
# One update with one sample. You can use your `neuron`: it takes a single sample `x`, too.

# %% exercise="xor-update" points=2
def update(w, b, x, y):
    """(w, b) after the perceptron rule has seen the sample x (an array) of class y (0 or 1)."""
    ### BEGIN SOLUTION
    error = y - neuron(x, w, b)
    return w + error * x, b + error
    ### END SOLUTION

# %% inputs="xor-update"
def inputs(rng):
    w, x, z = rng.normal(size=2), rng.normal(size=2), rng.uniform(-2, 2)
    right = rng.uniform() < 1 / 3  # is the sample answered rightly?
    return w, float(z - w @ x), x, int((z > 0) == right)

# %% wrong="xor-update"
# You move away from the right answer: is it y minus the answer, or the answer minus y?
def update(w, b, x, y):
    error = neuron(x, w, b) - y
    return w + error * x, b + error

# %% wrong="xor-update"
# The bias learns too, as if it were the weight of an input that is always 1.
def update(w, b, x, y):
    return w + (y - neuron(x, w, b)) * x, b

# %% wrong="xor-update"
# b learns from an error that is out of date: once w has moved, neuron answers anew. Compute
# y - neuron(x, w, b) once, before anything changes.
def update(w, b, x, y):
    w = w + (y - neuron(x, w, b)) * x
    return w, b + (y - neuron(x, w, b))

# %% wrong="xor-update"
# The same happens the other way round: once b has moved, neuron answers anew. Compute
# y - neuron(x, w, b) once, before anything changes.
def update(w, b, x, y):
    b = b + (y - neuron(x, w, b))
    return w + (y - neuron(x, w, b)) * x, b

# %% wrong="xor-update"
# Return two things, the weights and the bias: return w, b
def update(w, b, x, y):
    return w + (y - neuron(x, w, b)) * x

# %% wrong="xor-update"
# You use z itself. The rule compares y with the answer, which is 0 or 1.
def update(w, b, x, y):
    error = y - (x @ w + b)
    return w + error * x, b + error

# %% wrong="xor-update"
# A sample that is answered rightly should change nothing: use the error, not y alone.
def update(w, b, x, y):
    return w + y * x, b + y

# %% wrong="xor-update"
# Which weight is to blame depends on its input: the error is multiplied by x.
def update(w, b, x, y):
    error = y - neuron(x, w, b)
    return w + error, b + error

# %%
check("xor-update", update)

# %% [markdown]
# Run the next cell once more when `check` says Right: then the explorer moves with **your**
# `update`. (Until then it uses nnkit's.) Start from bad weights, press **one update**, and follow a
# single sample: the dashed line is where the line was before. **Run** goes on until no sample is
# wrong, or for 100 updates, and leaves a dashed line for each.
#
# 1. Choose AND, the preset *all weights 0*, and press *run*. Do the same with OR and NAND. How many
#    updates do they take?
# 2. Choose *own points*: the picture is empty now. Choose a class in *new sample* and click to add
#    samples of it, then choose the other class. Drag moves a sample, double click removes it. (By
#    keyboard: Tab to the picture, then A add, N next point, C change its class, arrows move, Delete
#    removes.) Make a cloud of each class that a line can split, and run. Then move one sample into
#    the wrong cloud.

# %%
Perceptron(update=update, w1=-1.0, w2=2.0, b=1.0)

# %% jupyter={"source_hidden": true}
predict(
    "xor-rule",
    "What will the perceptron rule do on XOR, if you let it run for ever?",
    {
        "Settle on a line with a single mistake": "It moves at every mistake, and there always is "
        "one. It never settles.",
        "Go round in circles": "The weights come back to where they were, again and again.",
        "Let the weights grow without end": "They stay small: what one corner adds, the opposite "
        "one takes away.",
    },
    "Go round in circles",
)

# %% [markdown]
# ### Exercise 4: training
#
# Write the whole training. Start with all weights and the bias at 0. Go through the samples in
# their order and call `update` for each. Such a pass is an **epoch**. Stop after an epoch in which
# nothing was wrong, or after `epochs` of them. Return the weights, the bias, and how many updates
# *changed* something.
#
# - `np.zeros(X.shape[1])` is a vector with a 0 for each feature.
# - `for x, wanted in zip(X, y):` goes through the samples and their classes together.
# - An update changes something just when `neuron(x, w, b)` differs from `wanted`.

# %% exercise="xor-train" points=3
def train(X, y, epochs):
    """(w, b, updates) after training from 0; X has shape (samples, features), y (samples,)."""
    ### BEGIN SOLUTION
    w, b, updates = np.zeros(X.shape[1]), 0.0, 0
    for _ in range(epochs):
        mistakes = 0
        for x, wanted in zip(X, y, strict=True):
            mistakes += neuron(x, w, b) != wanted
            w, b = update(w, b, x, wanted)
        updates += mistakes
        if mistakes == 0:
            break
    return w, b, updates
    ### END SOLUTION

# %% inputs="xor-train"
def inputs(rng):
    X = rng.normal(size=(8, 2)).round(2)
    return X, (X @ rng.normal(size=2) > rng.normal() / 2) * 1, 3

# %% wrong="xor-train"
# You count every sample. Count only those that were answered wrongly.
def train(X, y, epochs):
    w, b, seen = np.zeros(X.shape[1]), 0.0, 0
    for _ in range(epochs):
        for x, wanted in zip(X, y, strict=True):
            w, b = update(w, b, x, wanted)
            seen += 1
    return w, b, seen

# %% wrong="xor-train"
# You look at the answer after the update: by then it may be right. Ask neuron *before* you call
# update.
def train(X, y, epochs):
    w, b, updates = np.zeros(X.shape[1]), 0.0, 0
    for _ in range(epochs):
        mistakes = 0
        for x, wanted in zip(X, y, strict=True):
            w, b = update(w, b, x, wanted)
            mistakes += neuron(x, w, b) != wanted
        updates += mistakes
        if mistakes == 0:
            break
    return w, b, updates

# %% wrong="xor-train"
# Each epoch begins with zeros again: set the weights to 0 once, before the first epoch.
def train(X, y, epochs):
    updates = 0
    for _ in range(epochs):
        w, b = np.zeros(X.shape[1]), 0.0
        for x, wanted in zip(X, y, strict=True):
            updates += neuron(x, w, b) != wanted
            w, b = update(w, b, x, wanted)
    return w, b, updates

# %% wrong="xor-train"
# You stop after the first epoch. Go on until an epoch passes without a mistake.
def train(X, y, epochs):
    w, b, updates = np.zeros(X.shape[1]), 0.0, 0
    for x, wanted in zip(X, y, strict=True):
        updates += neuron(x, w, b) != wanted
        w, b = update(w, b, x, wanted)
    return w, b, updates

# %% wrong="xor-train"
# You stop at the first sample that is right, but a later one may still be wrong.
def train(X, y, epochs):
    w, b, updates = np.zeros(X.shape[1]), 0.0, 0
    for _ in range(epochs):
        for x, wanted in zip(X, y, strict=True):
            if neuron(x, w, b) == wanted:
                break
            w, b, updates = *update(w, b, x, wanted), updates + 1
    return w, b, updates

# %% wrong="xor-train"
# You judge all samples with the old weights. Each update should see the weights of the one before.
def train(X, y, epochs):
    w, b, updates = np.zeros(X.shape[1]), 0.0, 0
    for _ in range(epochs):
        errors = y - neuron(X, w, b)
        w, b = w + errors @ X, b + errors.sum()
        updates += np.abs(errors).sum()
    return w, b, updates

# %%
check("xor-train", train)

# %% [markdown]
# Now let it run. If the samples *are* linearly separable, the rule is certain to arrive: that is
# the **convergence theorem** (Novikoff 1962). It takes at most $(R/\gamma)^2$ updates, where $R$
# is the length of the longest sample and $\gamma$ (gamma) the room that some dividing line leaves
# on both sides; a constant 1 is counted as one more input, whose weight is the bias.

# %%
def try_train(X, y, epochs):
    """Your train; nnkit's as long as yours returns nothing."""
    result = train(X, y, epochs)
    return perceptron_rule(X, y, epochs) if result is None else result


for name, (w1, w2, b) in GATES.items():  # weights that leave room, such as (-2, -2, 3) for NAND
    longest = np.sqrt((with_one**2).sum(axis=1).max())
    room = np.abs(with_one @ [w1, w2, b]).min() / np.sqrt(w1**2 + w2**2 + b**2)
    w, b, updates = try_train(corners, np.array(TABLES[name]), 100)
    print(f"{name:5} {updates:2} updates, at most {(longest / room) ** 2:.0f}: w = {w}, b = {b}")

# %%
for epochs in 1, 2, 3, 4, 100:
    w, b, updates = try_train(corners, xor, epochs)
    print(f"XOR, epochs: {epochs:3}  w = {w}, b = {b}, {updates} updates so far")

# %% [markdown]
# On XOR every epoch from the third on makes the same round and ends with the same weights. It does
# not come to rest, and no number of epochs will help.
#
# ### A taste that nobody wrote down
#
# A friend looks at flats and says yes or no. She can't tell you her weights; perhaps she doesn't
# know them. We use the `taste` from section 3 to play her part: 200 flats to learn from, and 2000
# others to see what was learnt.

# %%
rng = np.random.default_rng(3)
seen, unseen = rng.uniform(size=(200, 6)), rng.uniform(size=(2000, 6))


def says_yes(flats):
    return (flats @ taste > 0.65) * 1


w, b, updates = try_train(seen, says_yes(seen), 1000)
right = np.mean((unseen @ w + b > 0) == says_yes(unseen))
print(f"{updates} updates; agrees with her on {right:.1%} of flats that it has never seen")
print("learnt:", dict(zip(features, (w * 0.65 / -b).round(2).tolist(), strict=True)))
print("hers:  ", dict(zip(features, taste.round(2).tolist(), strict=True)))

# %% [markdown]
# (What was learnt is scaled so that its threshold is hers, 0.65; the scale is all that yes and no
# can't tell.) The weights of flats were never shown to it, only answers. That is what learning
# from examples means.

# %% [markdown]
# ## 7 Three neurons can do it
#
# "They are different" is the same as "at least one is 1, *and* they are not both 1":
#
# $$\text{XOR}(x_1, x_2) = \text{AND}(\text{OR}(x_1, x_2),\; \text{NAND}(x_1, x_2))$$
#
# ### Exercise 5: XOR from gates
#
# Write just that. `x1` and `x2` are wires now: all you can do with a wire is to lead it into a
# gate. `AND(p, q)` is the wire that comes out.

# %% exercise="xor-wiring" points=1
def xor_gate(x1, x2, AND, OR, NAND):
    """The wire on which x1 XOR x2 comes out; uses nothing but the gates."""
    ### BEGIN SOLUTION
    return AND(OR(x1, x2), NAND(x1, x2))
    ### END SOLUTION

# %% inputs="xor-wiring"
class Wire:
    """Goes from gate to gate. What is on it only the gates know, so there is nothing to compare."""

    def __bool__(self):
        raise TypeError("a wire is neither true nor false to Python's and, or, not")


def inputs(rng):
    order = np.r_[rng.permutation(4), rng.integers(0, 4, 2)]
    return corners[order, 0], corners[order, 1]


def probe(xor_gate, x1, x2):
    carried = {}

    def wire(bits):
        new = Wire()
        carried[new] = bits
        return new

    def gate(rule):
        return lambda p, q: wire(rule(carried[p], carried[q]))

    gates = gate(np.logical_and), gate(np.logical_or), gate(lambda p, q: ~np.logical_and(p, q))
    out = xor_gate(wire(x1), wire(x2), *gates)
    return carried.get(out) if isinstance(out, Wire) else out

# %% wrong="xor-wiring"
# OR lets everything through here: one of its two inputs is always 1. Both conditions must hold.
def xor_gate(x1, x2, AND, OR, NAND):
    return OR(OR(x1, x2), NAND(x1, x2))

# %% wrong="xor-wiring"
# That is AND again: "one is 1 and both are 1". Which gate says "not both"?
def xor_gate(x1, x2, AND, OR, NAND):
    return AND(OR(x1, x2), AND(x1, x2))

# %% wrong="xor-wiring"
# That is the opposite, "they are the same": the last gate should not negate.
def xor_gate(x1, x2, AND, OR, NAND):
    return NAND(OR(x1, x2), NAND(x1, x2))

# %% wrong="xor-wiring"
# Python's `and` is no gate. The gate is called AND, and its two wires stand in brackets: AND(p, q).
def xor_gate(x1, x2, AND, OR, NAND):
    return OR(x1, x2) and NAND(x1, x2)

# %% wrong="xor-wiring"
# Python compares for you here, and no gate is used. Lead the wires into the gates.
def xor_gate(x1, x2, AND, OR, NAND):
    return x1 != x2

# %%
check("xor-wiring", xor_gate)

# %% [markdown]
# Put together what you have built: your neurons with your weights, in your wiring. (What is still
# to do is lent by nnkit.)

# %%
def make_gate(name):
    weights = gate_weights(name)
    w1, w2, b = GATES[name] if weights is None else weights
    return lambda p, q: (w1 * p + w2 * q + b > 0) * 1


AND, OR, NAND = map(make_gate, ["AND", "OR", "NAND"])
x1, x2 = corners.T
out = xor_gate(x1, x2, AND, OR, NAND)
print("x1:          ", x1)
print("x2:          ", x2)
print("OR, NAND:    ", OR(x1, x2), NAND(x1, x2))
print("their AND:   ", AND(OR(x1, x2), NAND(x1, x2)))
print("your wiring: ", "exercise 5 is still to do" if out is None else out)

# %% [markdown]
# ## 8 Layers, and the way forward
#
# Neurons that stand side by side and get the same inputs form a **layer**. OR and NAND above are
# one layer, the AND behind them the next. The parts have names:
#
# - the **input layer** holds the inputs $x_1, x_2$; it does not compute anything;
# - **hidden layers** stand between input and output: nobody outside sees their values;
# - the **output layer** gives the answer.
#
# A net is often described by its widths. The **2-3-1 net** below has two inputs, three hidden
# nodes and one output node. A node's number says where it is: 11, 12 and 13 are the first, second
# and third of layer 1, and 21 is the first of layer 2. Going through it from the inputs to the
# output is the **forward pass**: every node sums what comes in, weighted, adds its bias, and
# passes the result through its **activation**, here the step.
#
# Move $x_1$ and $x_2$ and follow the numbers from left to right. Grey numbers name the nodes. At
# the four corners the net answers XOR, in another way than before: can you see from the weights
# what nodes 11, 12 and 13 look for?

# %%
ForwardPass()

# %% jupyter={"source_hidden": true}
predict(
    "xor-node-12",
    "Node 12 has the weights 1, 1 and the bias −1.5. At corners, what does it look for?",
    {
        "Is at least one input 1? (OR)": "Try (0, 1) in the picture: its sum is 1 − 1.5, below 0.",
        "Are both inputs 1? (AND)": "Only 1 + 1 − 1.5 is above 0.",
        "Are the inputs different? (XOR)": "No single node can, and this one says 1 at (1, 1).",
    },
    "Are both inputs 1? (AND)",
)

# %% [markdown]
# Nodes 11 and 13 pass on $x_1$ and $x_2$, node 12 is an AND, and node 21 computes
# $x_1 + x_2 - 2\,\text{AND}(x_1, x_2)$ and asks whether that is more than a half.
#
# > **Set right.** The input layer is sometimes drawn as a row of neurons, and the first layer of
# > such a net called "a layer of sigmoid neurons". Inputs are not neurons: they have no weights,
# > no bias and no activation. Count where the numbers that can be learnt are:

# %%
net = nn.Sequential(nn.Linear(2, 3), nn.Sigmoid(), nn.Linear(3, 1))
for name, parameter in net.named_parameters():
    print(f"{name:9} shape {str(tuple(parameter.shape)):7} {parameter.numel()} numbers")
print("in the input layer: 0 numbers; together:", sum(p.numel() for p in net.parameters()))

# %% [markdown]
# Those 13 are the weights and biases *into* the hidden layer (6 + 3) and *into* the output (3 + 1).
#
# ### Three activations
#
# The step has a drawback: it is flat everywhere, so a small change of a weight mostly changes
# nothing, and a mistake does not tell which way to go. Two smoother activations are:
#
# $$\text{sigmoid}(z) = \frac{1}{1 + e^{-z}}, \qquad \text{relu}(z) = \max(0, z)$$
#
# A neuron with the first one is a **sigmoid neuron**. It answers with a number between 0 and 1,
# and 0.5 is exactly at $z = 0$: the same straight boundary, only with a soft edge. ReLU
# ("rectified linear unit") keeps what is positive and cuts off the rest.

# %% tags=["setup"]
def step(z):
    return (z > 0) * 1.0


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def relu(z):
    return np.maximum(0, z)

# %%
z = np.array([-4, -0.1, 0, 0.1, 4])
print("z:      ", z)
print("step:   ", step(z))
print("sigmoid:", sigmoid(z).round(3))
print("relu:   ", relu(z))

# %% [markdown]
# Below is a sigmoid neuron for OR. Move **all three times**, which multiplies $w_1$, $w_2$ and $b$
# by the same number: the line where it answers 0.5 stays, and the edge becomes sharper. At 20 it
# can hardly be told from a step: a step is a sigmoid with very large weights.

# %%
Perceptron(task="OR", activation="sigmoid", w1=2.0, w2=2.0, b=-1.0)

# %% [markdown]
# ### Exercise 6: the forward pass
#
# `W1` has one **row** for each hidden node, so for three nodes and two inputs its shape is (3, 2).
# Turn it round (`W1.T`) to multiply: `X @ W1.T` has a row for each sample and a column for each
# hidden node. `b1` holds a bias for each hidden node. Pass the result through `activation`, a
# function such as `relu`: these are the hidden values $h$. The output is one more weighted sum, of
# $h$ with `w2`, plus `b2`; leave it as it is, without activation. Return both.

# %% exercise="xor-forward" points=3
def forward(X, W1, b1, w2, b2, activation):
    """(h, z): the hidden values, (samples, hidden nodes), and the output sums, (samples,).

    X has shape (samples, inputs), W1 (hidden nodes, inputs), b1 and w2 (hidden nodes,).
    """
    ### BEGIN SOLUTION
    h = activation(X @ W1.T + b1)
    return h, h @ w2 + b2
    ### END SOLUTION

# %% inputs="xor-forward"
def inputs(rng):
    W1, b1, w2 = rng.normal(size=(3, 2)), rng.normal(size=3), rng.normal(size=3)
    return rng.normal(size=(4, 2)), W1, b1, w2, rng.normal()


def probe(forward, X, W1, b1, w2, b2):
    return forward(X, W1, b1, w2, b2, np.tanh)  # another activation than those of the lesson

# %% wrong="xor-forward"
# Each row of W1 belongs to a hidden node. X @ W1 would need a *column* for each: turn W1 round.
def forward(X, W1, b1, w2, b2, activation):
    h = activation(X @ W1 + b1)
    return h, h @ w2 + b2

# %% wrong="xor-forward"
# The activation of the hidden nodes is missing. Without it the net is one straight line again.
def forward(X, W1, b1, w2, b2, activation):
    h = X @ W1.T + b1
    return h, h @ w2 + b2

# %% wrong="xor-forward"
# The output is left as a plain sum here: the activation belongs to the hidden nodes only.
def forward(X, W1, b1, w2, b2, activation):
    h = activation(X @ W1.T + b1)
    return h, activation(h @ w2 + b2)

# %% wrong="xor-forward"
# Add the bias before the activation: a node passes its whole sum through it.
def forward(X, W1, b1, w2, b2, activation):
    h = activation(X @ W1.T) + b1
    return h, h @ w2 + b2

# %% wrong="xor-forward"
# Return two things, the hidden values first: return h, z
def forward(X, W1, b1, w2, b2, activation):
    return activation(X @ W1.T + b1) @ w2 + b2

# %% wrong="xor-forward"
# Use the activation that is handed over, not one of your own choice.
def forward(X, W1, b1, w2, b2, activation):
    h = relu(X @ W1.T + b1)
    return h, h @ w2 + b2

# %%
check("xor-forward", forward)

# %% [markdown]
# ## 9 The fold
#
# Why do two layers manage what one can't? The output neuron still draws one straight line. But it
# draws it in another plane: it does not see $(x_1, x_2)$, it sees the **hidden space**
# $(h_1, h_2)$. The hidden layer moves the samples before the line is drawn. With ReLU two hidden
# nodes are enough:
#
# $$h_1 = \text{relu}(x_1 + x_2), \qquad h_2 = \text{relu}(x_1 + x_2 - 1), \qquad y = h_1 - 2 h_2$$

# %%
W1, b1, w2 = np.array([[1, 1], [1, 1]]), np.array([0, -1]), np.array([1, -2])
for x in corners:
    h = relu(W1 @ x + b1)
    print(f"x = {x}: h = {h}, y = h1 - 2·h2 = {h[0]} - 2·{h[1]} = {h @ w2}")

# %% [markdown]
# Now watch it happen. Left: the input space, as before. Right: where the hidden layer puts it. At
# fold 0 both pictures have the same grid; slide, and you see how it is bent. Run the next cell once
# more when `check` says Right: then it uses **your** `forward`. ($z = h_1 - 2h_2 - 0.5$ here, so
# that yes is again $z > 0$.)
#
# 1. Press **Play**, or slide **fold** from 0 to 100. At the end (0, 1) and (1, 0) lie on one point,
#    and the grid has become a thin line with a kink in it. Only there, at 100, does the output draw
#    its straight line, which is *two* borders when seen from the left.
# 2. Take the preset with OR and NAND. Steps put every point of the plane onto a corner of a square;
#    again one line is enough there.
# 3. Take the preset without activation and slide **fold**. The grid is turned, sheared, squeezed,
#    but never bent. Can you get all four right?
# 4. Choose the activation sigmoid. Press **random start**, then **train 100 steps** a few times.
#    What you did by hand, gradient descent does by itself (lessons 04 and 05 say how). If it gets
#    stuck, try another start.

# %%
HiddenSpace(forward=forward)

# %% [markdown]
# Two hidden nodes are enough for XOR, but only just. Does training find the fold from any start?
# Count over 20 random starts, with more and more hidden nodes (ReLU, 200 steps each):

# %%
X = nnkit.tensor(corners, dtype=nnkit.float32)
y = nnkit.tensor(xor[:, None], dtype=nnkit.float32)
for nodes in 2, 4, 8:
    solved = 0
    for seed in range(20):
        nnkit.manual_seed(seed)
        net = nn.Sequential(nn.Linear(2, nodes), nn.ReLU(), nn.Linear(nodes, 1))
        optimiser = optim.Adam(net.parameters(), lr=0.1)
        for _ in range(200):
            optimiser.zero_grad()
            ((net(X) - y) ** 2).mean().backward()
            optimiser.step()
        said_yes = net(X).detach().numpy().ravel() > 0.5
        solved += (said_yes == xor).all()
    print(f"{nodes} hidden nodes: XOR learnt from {solved} of 20 starts")

# %% [markdown]
# That a net *can* represent something does not mean that training *finds* it. A few nodes more than
# needed make it easy: there are many folds then that do.

# %% jupyter={"source_hidden": true}
predict(
    "xor-linear-stack",
    "Take the activation away, but use 3 layers of 100 nodes each. Can the net learn XOR?",
    {
        "Yes, with that many weights": "Over twenty thousand weights, and still one straight line.",
        "No, it is still one straight line": "Sums of sums are sums: the layers melt into one.",
        "Only with luck in the start": "No start helps: it can't even represent XOR.",
    },
    "No, it is still one straight line",
)

# %% [markdown]
# > **Set right.** "More layers make a net more powerful." Not by themselves. Without an activation
# > in between, $W_2(W_1 x + b_1) + b_2 = (W_2 W_1)\,x + (W_2 b_1 + b_2)$: again weights times $x$
# > plus a bias. Multiply the matrices of three such layers, and one neuron does all their work:

# %%
from itertools import pairwise

rng = np.random.default_rng(0)
sizes = [2, 100, 100, 100, 1]
layers = [(rng.normal(size=(n, m)) / m**0.5, rng.normal(size=n)) for m, n in pairwise(sizes)]
deep, W, b = corners, np.eye(2), np.zeros(2)
for weights, bias in layers:
    deep = deep @ weights.T + bias
    W, b = weights @ W, weights @ b + bias
single = corners @ W.T + b
print("through all layers:", deep.ravel().round(3))
print("one line:          ", single.ravel().round(3))
print("largest difference:", "below 1e-12" if np.abs(deep - single).max() < 1e-12 else "large")
cross = deep[0] + deep[3] - deep[1] - deep[2]
print("(0,0) + (1,1) - (0,1) - (1,0):", abs(cross.round(6)).item())

# %% [markdown]
# The last number shows why that can never be XOR: for any linear map it is 0, and XOR would need
# $0 + 0 - 1 - 1 = -2$. What makes a network more than a line is the bend between the layers.

# %% [markdown]
# ## 10 From here to PyTorch
#
# The same fold, found by training instead of by hand. In the cell below change `import nnkit as
# torch` to `import torch`, and it runs on PyTorch and prints the same.

# %% tags=["runs-on-pytorch"]
import nnkit as torch

X = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
net = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.ReLU(), torch.nn.Linear(2, 1))
net.load_state_dict({  # a start, so that both libraries begin at the same place
    "0.weight": torch.tensor([[0.8, 0.7], [0.9, 1.1]]),
    "0.bias": torch.tensor([0.2, -0.6]),
    "2.weight": torch.tensor([[0.5, -0.9]]),
    "2.bias": torch.tensor([0.0]),
})
optimiser = torch.optim.SGD(net.parameters(), lr=0.1)
for _ in range(1000):
    optimiser.zero_grad()
    loss = ((net(X) - y) ** 2).mean()
    loss.backward()
    optimiser.step()
print("answers:", [round(abs(value), 2) for value in net(X).flatten().tolist()])
print(f"mean squared error: {loss.item():.4f}")

# %% [markdown]
# ## Recap
#
# - A neuron is a weighted sum, a bias and an activation. Its decision boundary is a straight line,
#   $z = 0$.
# - One neuron can be AND, OR or NAND, but not XOR: four conditions contradict each other. NAND
#   alone can build everything.
# - The perceptron rule moves the weights at every mistake. It arrives if a line exists, and goes
#   round in circles if none does.
# - A hidden layer folds the plane so that one line is enough. Without an activation nothing is
#   folded: a stack of linear layers is one linear layer.
#
# | term | 中文 | | term | 中文 |
# |:--|:--|:--|:--|:--|
# | neuron | 神经元 | | perceptron | 感知机 |
# | weight | 权重 | | bias | 偏置 |
# | threshold | 阈值 | | activation function | 激活函数 |
# | decision boundary | 决策边界 | | linearly separable | 线性可分 |
# | AND, OR gate | 与门、或门 | | NAND, XOR gate | 与非门、异或门 |
# | input, hidden, output layer | 输入层、隐藏层、输出层 | | forward pass | 前向传播 |
# | dendrite | 树突 | | axon | 轴突 |
# | mean squared error | 均方误差 | | feature | 特征 |

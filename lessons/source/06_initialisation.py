# %% [markdown]
# # 06 Initialisation
#
# Gradient descent says how to *change* weights. It does not say where to begin. Begin with zeros,
# and the network never looks at its inputs. Begin too small, and the signal is gone after a few
# layers. Begin too large, and every unit sits at its limit. Between the two lies a size that you
# can calculate, in one line, before any training.
#
# When you are through you can say which size, and why, for tanh and for ReLU, and you will have
# written Xavier's and Kaiming's rules and put them to work in a deep network. Allow 45 to 60
# minutes.
#
# Run every cell with Shift+Enter, from the top down: then the pictures move and the questions have
# their buttons.

# %% tags=["setup"]
import math

import numpy as np

import nnkit
import nnkit.functional as F
from nnkit import data, init, nn, optim
from nnkit.course import check, predict
from widgets import Initialisation, TwoLayerNet

# %% [markdown]
# The network is the one that you built in lesson 04: a layer, ReLU, a layer, softmax
# cross-entropy. Your own code lives in that lesson's notebook, so here is the same net again, ready
# to use. `two_layer` returns the loss and the four gradients.

# %% tags=["setup"]
def two_layer(X, y, W1, b1, W2, b2):
    """(loss, (dW1, db1, dW2, db2)) of the two-layer net of lesson 04."""
    Z = X @ W1 + b1
    H = np.maximum(Z, 0)
    S = H @ W2 + b2
    P = np.exp(S - S.max(axis=1, keepdims=True))
    P /= P.sum(axis=1, keepdims=True)
    rows = np.arange(len(y))
    loss = -np.log(P[rows, y]).mean()
    P[rows, y] -= 1
    dS = P / len(y)
    dZ = (dS @ W2.T) * (Z > 0)
    return loss, (X.T @ dZ, dZ.sum(axis=0), H.T @ dS, dS.sum(axis=0))

# %% [markdown]
# ## 1 Commit to a guess

# %% jupyter={"source_hidden": true}
predict(
    "init-zeros",
    "All weights and biases of the net start at 0. After 1000 updates of gradient descent, "
    "what has it learnt?",
    {
        "The task: the gradients move the weights off zero": (
            "They would have to be different from zero first. Look at them below."
        ),
        "Nothing but how frequent each class is": (
            "Only the last biases have a gradient. The inputs are never looked at."
        ),
        "Nothing at all: every gradient is zero": "Nearly: one of the four is not. Which?",
    },
    "Nothing but how frequent each class is",
)

# %%
rng = np.random.default_rng(0)
X, y = rng.normal(size=(50, 2)), rng.integers(0, 3, size=50)


def largest_gradients(W1, W2):
    _, gradients = two_layer(X, y, W1, np.zeros(4), W2, np.zeros(3))
    names = "dW1", "db1", "dW2", "db2"
    return ", ".join(
        f"{name} {abs(g).max():.3f}" for name, g in zip(names, gradients, strict=True)
    )


random_W1, random_W2 = rng.normal(size=(2, 4)), rng.normal(size=(4, 3))
print("all zero:        ", largest_gradients(0 * random_W1, 0 * random_W2))
print("only W2 zero:    ", largest_gradients(random_W1, 0 * random_W2))
print("nothing zero:    ", largest_gradients(random_W1, random_W2))

b2 = np.zeros(3)  # all zero again, and 1000 updates of the one parameter with a gradient
for _ in range(1000):
    b2 -= 0.5 * two_layer(X, y, np.zeros((2, 4)), np.zeros(4), np.zeros((4, 3)), b2)[1][3]
print("softmax(b2):     ", np.round(np.exp(b2) / np.exp(b2).sum(), 2))
print("class frequencies", np.bincount(y) / len(y))

# %% [markdown]
# Read it with the formulas of lesson 04:
#
# - $dH = dS\,W_2^\top$. With $W_2 = 0$ the gradient of $W_1$ is **exactly 0**.
# - $dW_2 = H^\top dS$. With $W_1 = 0$ the hidden layer is $H = 0$, so this one is 0, too.
# - Only $db_2$, the sum of $dS$, is left. It can learn how frequent the classes are, no more.
#
# In the second row only $W_2$ is zero. Then $W_2$ gets a gradient and moves, and from the second
# update on $W_1$ learns as well. So it is not zeros as such that are fatal. What is?

# %% [markdown]
# ## 2 Equal weights make equal units

# %% jupyter={"source_hidden": true}
predict(
    "init-constant",
    "Now all weights start at 0.5: no weight is zero, and from the second update on every weight "
    "has a gradient. The net has 8 hidden units. As good as how many is it?",
    {
        "8: the gradients are not zero": "Are they different from each other?",
        "about 4, since half of the ReLUs are off": "All are on or all are off, for each sample.",
        "1: all units do the same, for ever": (
            "Equal weights, so equal outputs, so equal gradients, so equal weights again."
        ),
    },
    "1: all units do the same, for ever",
)

# %% [markdown]
# The explorer of lesson 04 with these starting values, all 0.5: each dashed line is where one
# hidden unit switches on. There are eight of them. Press **Play**, and look for the other seven.
# (The thin solid line is the boundary.) Then slide **hidden units** to 1 and to 24. What does the
# loss say?

# %%
def constant(fan_in, fan_out, rng):
    return np.full((fan_in, fan_out), 0.5)


TwoLayerNet(init=constant, updates=0)

# %% [markdown]
# The argument has no way out. Two units of a layer with the same incoming and the same outgoing
# weights compute the same output, and get the same gradient back. After the update they are still
# the same. This **symmetry** is broken only by different starting values. So we draw them at
# random.
#
# ### Exercise 1: the proof by experiment
#
# Train with `steps` updates of gradient descent on all four parameters. Then count how many
# *different* hidden units there are: different columns of `W1`. Return that count and the loss
# after the training.
#
# `np.unique(np.round(W1, 6), axis=1)` keeps one of each set of equal columns; the second entry of
# its `.shape` counts them.

# %% exercise="init-symmetry" points=2
def train_and_count(X, y, W1, b1, W2, b2, lr, steps):
    """(different hidden units, loss) after gradient descent with two_layer."""
    ### BEGIN SOLUTION
    for _ in range(steps):
        _, (dW1, db1, dW2, db2) = two_layer(X, y, W1, b1, W2, b2)
        W1, b1, W2, b2 = W1 - lr * dW1, b1 - lr * db1, W2 - lr * dW2, b2 - lr * db2
    units = np.unique(np.round(W1, 6), axis=1).shape[1]
    return units, two_layer(X, y, W1, b1, W2, b2)[0]
    ### END SOLUTION

# %% inputs="init-symmetry"
def inputs(rng):
    X, y = rng.normal(size=(12, 2)), rng.integers(0, 2, size=12)
    groups = [[0, 0, 0, 0], [0, 0, 1, 1], [0, 1, 2, 3]][rng.integers(3)]
    W1, W2 = rng.normal(size=(2, 4))[:, groups], rng.normal(size=(4, 2))[groups]
    if rng.random() < 0.3:
        W2 = rng.normal(size=(4, 2))
    return X, y, W1, np.full(4, 0.1), W2, np.zeros(2), 0.3, 8

# %% wrong="init-symmetry"
# A hidden unit is a column of W1, not a row: count along axis=1.
def train_and_count(X, y, W1, b1, W2, b2, lr, steps):
    for _ in range(steps):
        _, (dW1, db1, dW2, db2) = two_layer(X, y, W1, b1, W2, b2)
        W1, b1, W2, b2 = W1 - lr * dW1, b1 - lr * db1, W2 - lr * dW2, b2 - lr * db2
    units = np.unique(np.round(W1, 6), axis=0).shape[0]
    return units, two_layer(X, y, W1, b1, W2, b2)[0]

# %% wrong="init-symmetry"
# You count different numbers. Two units are equal if their whole columns are: axis=1.
def train_and_count(X, y, W1, b1, W2, b2, lr, steps):
    for _ in range(steps):
        _, (dW1, db1, dW2, db2) = two_layer(X, y, W1, b1, W2, b2)
        W1, b1, W2, b2 = W1 - lr * dW1, b1 - lr * db1, W2 - lr * dW2, b2 - lr * db2
    return np.unique(np.round(W1, 6)).size, two_layer(X, y, W1, b1, W2, b2)[0]

# %% wrong="init-symmetry"
# You train only the weights. Biases are parameters, too: update b1 and b2.
def train_and_count(X, y, W1, b1, W2, b2, lr, steps):
    for _ in range(steps):
        _, (dW1, db1, dW2, db2) = two_layer(X, y, W1, b1, W2, b2)
        W1, W2 = W1 - lr * dW1, W2 - lr * dW2
    units = np.unique(np.round(W1, 6), axis=1).shape[1]
    return units, two_layer(X, y, W1, b1, W2, b2)[0]

# %% wrong="init-symmetry"
# The loss you return is the one before the last update. Compute it once more at the end.
def train_and_count(X, y, W1, b1, W2, b2, lr, steps):
    for _ in range(steps):
        loss, (dW1, db1, dW2, db2) = two_layer(X, y, W1, b1, W2, b2)
        W1, b1, W2, b2 = W1 - lr * dW1, b1 - lr * db1, W2 - lr * dW2, b2 - lr * db2
    return np.unique(np.round(W1, 6), axis=1).shape[1], loss

# %% wrong="init-symmetry"
# The loss rises: against the gradient, with a minus.
def train_and_count(X, y, W1, b1, W2, b2, lr, steps):
    for _ in range(steps):
        _, (dW1, db1, dW2, db2) = two_layer(X, y, W1, b1, W2, b2)
        W1, b1, W2, b2 = W1 + lr * dW1, b1 + lr * db1, W2 + lr * dW2, b2 + lr * db2
    units = np.unique(np.round(W1, 6), axis=1).shape[1]
    return units, two_layer(X, y, W1, b1, W2, b2)[0]

# %%
check("init-symmetry", train_and_count)

# %% [markdown]
# Your experiment, on three starts:

# %%
rng = np.random.default_rng(1)
X, y = rng.normal(size=(40, 2)), rng.integers(0, 2, size=40)
starts = {
    "all weights 0.5": (np.full((2, 8), 0.5), np.full((8, 2), 0.5)),
    "0.5, but W2 random": (np.full((2, 8), 0.5), rng.normal(size=(8, 2))),
    "all random": (rng.normal(size=(2, 8)), rng.normal(size=(8, 2))),
}
for name, (W1, W2) in starts.items():
    result = train_and_count(X, y, W1, np.zeros(8), W2, np.zeros(2), 0.3, 100)
    print(f"{name:18}:", f"different units: {result[0]}" if result else "exercise 1 comes first")

# %% [markdown]
# In the second start the units differ only in what they lead to. That is enough: they get different
# gradients, and part ways.
#
# ## 3 At random, but how large?
#
# We draw weights from the **normal** (or Gaussian) distribution: mean 0, and a **standard
# deviation**, short std, that says how wide it is. The **3-sigma rule**: 99.73% of the values lie
# within three standard deviations of the mean.
#
# A trap lies in the notation. $N(0, 0.01)$ names the mean, 0, and the *variance*, the square of the
# std. The argument of `rng.normal` and of `torch.nn.init.normal_` is the std.

# %% jupyter={"source_hidden": true}
predict(
    "init-variance",
    "Weights are drawn from N(0, 0.01), where 0.01 is the variance. Within which bounds do "
    "nearly all of them lie?",
    {
        "±0.01": "0.01 is the variance, not a bound: it is the square of the std.",
        "±0.03": "Three times 0.01. But 0.01 is the variance; the std is its root.",
        "±0.3": "The std is the root of 0.01, that is 0.1, and three times that is 0.3.",
    },
    "±0.3",
)

# %%
rng = np.random.default_rng(0)
print(f"within 3 std: {math.erf(3 / math.sqrt(2)):.2%} by the area under the normal curve")
drawn = rng.normal(0, math.sqrt(0.01), size=1_000_000)
print(f"variance 0.01: std {drawn.std():.2f}, within ±0.3: {np.mean(abs(drawn) < 0.3):.2%}")
print(f"rng.normal(0, 0.01): std {rng.normal(0, 0.01, size=1_000_000).std():.2f}")

# %% [markdown]
# Now the main experiment. A net of ten layers with 80 tanh units each gets random inputs of std 1.
#
# - Left, one histogram for each layer: the **activations**, before any training, and their std.
# - Middle, the same for the **gradients** that come back to each layer: their sizes, on a
#   logarithmic axis.
# - Right, the loss when the net is then trained, 200 updates of 32 samples. (The task is made up:
#   three classes, so that guessing costs $\ln 3 = 1.099$.)
#
# Try this:
#
# 1. Start at std 0.01. (From layer 2 on the histograms are needles at 0: read the numbers.) What
#    has become of the signal in layer 5? What comes back to layer 1?
# 2. Slide **std** up to 1. The activations pile up at −1 and 1: **saturated**. How does the loss
#    begin now?
# 3. From which std to which does the loss get below 0.1? Note both. Then set **width** to 200 (it
#    takes a little longer). Is 0.25, good at width 80, still good?
# 4. Choose ReLU and std 1. Nothing saturates, since ReLU has no upper limit. What happens instead?

# %%
Initialisation()

# %% [markdown]
# The same at width 500, as a table. Each number is an average over three nets.

# %%
def layer_std(std, activation, n=500, depth=10):
    """The std of the activations at layers 1, 5 and 10, averaged over three random nets."""
    runs = []
    for seed in range(3):
        rng = np.random.default_rng(seed)
        h = rng.standard_normal((60, n), np.float32)
        stds = []
        for _ in range(depth):
            h = activation(h @ (rng.standard_normal((n, n), np.float32) * np.float32(std)))
            stds.append(h.std())
        runs.append(stds)
    return np.mean(runs, axis=0)[[0, 4, 9]]


def relu(z):
    return np.maximum(z, 0)


n = 500
table = [
    ("tanh, std 0.01", 0.01, np.tanh),
    ("tanh, std 1", 1.0, np.tanh),
    ("tanh, std 1/sqrt(n)", 1 / n**0.5, np.tanh),
    ("ReLU, std 1/sqrt(n)", 1 / n**0.5, relu),
    ("ReLU, std sqrt(2/n)", (2 / n) ** 0.5, relu),
]
print("                      layer 1   layer 5   layer 10")
for name, std, activation in table:
    print(f"{name:20}", *(f"{s:9.2g}" for s in layer_std(std, activation)))

# %% [markdown]
# Each row is one story: *fades*, *saturates*, *shrinks slowly*, *fades*, *keeps its size*. (The
# last digit, and in the last row also the first one, depend on the random draws.)
#
# To task 2: saturated means that tanh is flat there, so most units pass almost no gradient. The few
# that do are multiplied by large weights, layer by layer: see how the gradient grows up to layer 1.
# Gradients that fade on the way back are called **vanishing**, those that grow **exploding**.
#
# To task 3: the loss gets below 0.1 from about 0.1 to 0.28 at width 80, and from about 0.06 to 0.2
# at width 200, where 0.25 is too much. Both ranges begin near $1/\sqrt n$: 0.11 and 0.07.

# %% [markdown]
# ## 4 Keep the variance
#
# Where does $1/\sqrt n$ come from? A unit adds up $n$ products, $z = \sum_{i=1}^n x_i w_i$. The
# weights are independent of each other, with mean 0. Then the variances of the products add up:
#
# $$\operatorname{Var}(z) = n \cdot \operatorname{Var}(w) \cdot \overline{x^2}$$
#
# Here $n$ is the number of inputs of the unit, its **fan-in**, and $\overline{x^2}$ is the mean
# square of the inputs. If the inputs have mean square 1 and $z$ is to have variance 1, then
# $\operatorname{Var}(w) = 1/n$: the weights need the std $1/\sqrt{n}$.

# %%
rng = np.random.default_rng(0)
for n in (10, 100, 1000):
    x, w = rng.normal(size=(2000, n)), rng.normal(size=(n, 50))
    z, scaled = x @ w, x @ (w / np.sqrt(n))
    print(f"n = {n:4}: std of the sum {z.std():5.1f} with std 1, {scaled.std():.2f} with 1/sqrt(n)")

# %% [markdown]
# ### Exercise 2: the right size
#
# Which std must the weights have so that a sum over `n` inputs with mean square `mean_square` has
# variance 1?

# %% exercise="init-std" points=1
def std_for(n, mean_square):
    """The std of the weights that gives a sum over n inputs the variance 1."""
    ### BEGIN SOLUTION
    return 1 / np.sqrt(n * mean_square)
    ### END SOLUTION

# %% inputs="init-std"
def inputs(rng):
    return int(rng.integers(2, 500)), rng.uniform(0.1, 4)

# %% wrong="init-std"
# That is the variance of the weights. The std is its square root.
def std_for(n, mean_square):
    return 1 / (n * mean_square)

# %% wrong="init-std"
# Right for inputs of mean square 1. Larger inputs need smaller weights.
def std_for(n, mean_square):
    return 1 / np.sqrt(n)

# %% wrong="init-std"
# Upside down: with more inputs, or larger ones, the sum grows, and the weights must shrink.
def std_for(n, mean_square):
    return np.sqrt(n * mean_square)

# %% wrong="init-std"
# mean_square is a square already: it stands under the same root as n.
def std_for(n, mean_square):
    return 1 / (np.sqrt(n) * mean_square)

# %%
check("init-std", std_for)

# %% [markdown]
# ### Xavier
#
# Going back, the same sum runs the other way: the gradient of an input adds up over the units it
# leads to, its **fan-out** $b$. To keep *its* variance, $\operatorname{Var}(w) = 1/b$ is needed,
# while the way forward wants $1/a$ with the fan-in $a$. Glorot and Bengio (2010) take the middle,
# known by Xavier Glorot's first name:
#
# $$\operatorname{Var}(w) = \frac{2}{a + b} \qquad \text{std} = \sqrt{\frac{2}{a + b}}$$
#
# It is often drawn from a **uniform** distribution between $-r$ and $r$. That one has the variance
# $r^2 / 3$, so $r = \sqrt{6 / (a + b)}$.
#
# ### Exercise 3: Xavier, uniform
#
# Draw all weights in *one* call of `rng.uniform(low, high, size)`, of the shape that our layers
# $XW + b$ need: (inputs, outputs).

# %% exercise="init-xavier" points=2
def xavier(fan_in, fan_out, rng):
    """Weights of shape (fan_in, fan_out), uniform within Xavier's bounds."""
    ### BEGIN SOLUTION
    bound = np.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-bound, bound, (fan_in, fan_out))
    ### END SOLUTION

# %% inputs="init-xavier"
def inputs(rng):
    return int(rng.integers(3, 9)), int(rng.integers(10, 15)), int(rng.integers(1000))

def probe(xavier, fan_in, fan_out, seed):
    return xavier(int(fan_in), int(fan_out), np.random.default_rng(int(seed)))

# %% wrong="init-xavier"
# The root of 2/(a+b) is the std. A uniform distribution needs wider bounds to have that std.
def xavier(fan_in, fan_out, rng):
    bound = np.sqrt(2 / (fan_in + fan_out))
    return rng.uniform(-bound, bound, (fan_in, fan_out))

# %% wrong="init-xavier"
# The root is missing: 6/(a+b) is the square of the bound.
def xavier(fan_in, fan_out, rng):
    bound = 6 / (fan_in + fan_out)
    return rng.uniform(-bound, bound, (fan_in, fan_out))

# %% wrong="init-xavier"
# All your weights are positive: their mean must be 0, so draw from −r to r.
def xavier(fan_in, fan_out, rng):
    bound = np.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(0, bound, (fan_in, fan_out))

# %% wrong="init-xavier"
# That has the right std, but it is drawn from the normal distribution. Here it is the uniform one.
def xavier(fan_in, fan_out, rng):
    return rng.normal(0, np.sqrt(2 / (fan_in + fan_out)), (fan_in, fan_out))

# %% wrong="init-xavier"
# The shape is PyTorch's, (outputs, inputs). Our layers compute X W: the inputs come first.
def xavier(fan_in, fan_out, rng):
    bound = np.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-bound, bound, (fan_out, fan_in))

# %%
check("init-xavier", xavier)

# %% [markdown]
# The next explorer draws its weights with **your** `xavier`. (Until you have written it, with the
# scheme in the menu.) The std falls from about 0.63 to 0.2 over ten layers, because tanh itself
# pulls every value a little towards 0. It is good enough: the gradients arrive, the loss falls. A
# factor of 5/3 on the weights would make up for the pull; PyTorch calls it the *gain* of tanh. Try
# it in the explorer of section 3, with a std of $\frac{5}{3} / \sqrt{80} = 0.186$: type it into the
# number beside the slider. The stds now stay above 0.6. Compare the two loss curves: both end below
# 0.05. Xavier was good enough.

# %%
Initialisation(init=xavier, scheme="Xavier uniform")

# %% [markdown]
# ### Kaiming
#
# ReLU is a different matter. It sets the negative half of all sums to 0, so that the mean square of
# its output is *half* the variance of $z$. With $1/\sqrt{n}$ the std shrinks by $\sqrt 2$ with each
# layer. Kaiming He and others (2015) put the lost factor 2 back in:
#
# $$\text{std} = \sqrt{\frac{2}{a}} \qquad \text{with the fan-in } a$$

# %%
z = np.random.default_rng(0).normal(size=1_000_000)
print(f"variance of z {z.var():.2f}, mean square of relu(z) {np.mean(relu(z) ** 2):.2f}")
print(f"after ten layers with 1/sqrt(n): {0.5**5:.3f} of the size is left")

# %% [markdown]
# ### Exercise 4: Kaiming, normal
#
# One call of `rng.normal(mean, std, size)`.

# %% exercise="init-kaiming" points=1
def kaiming(fan_in, fan_out, rng):
    """Weights of shape (fan_in, fan_out), normal with Kaiming's std."""
    ### BEGIN SOLUTION
    return rng.normal(0, np.sqrt(2 / fan_in), (fan_in, fan_out))
    ### END SOLUTION

# %% inputs="init-kaiming"
def inputs(rng):
    return int(rng.integers(3, 9)), int(rng.integers(10, 15)), int(rng.integers(1000))

def probe(kaiming, fan_in, fan_out, seed):
    return kaiming(int(fan_in), int(fan_out), np.random.default_rng(int(seed)))

# %% wrong="init-kaiming"
# 2/a is the variance. The second argument of rng.normal is the std, its root.
def kaiming(fan_in, fan_out, rng):
    return rng.normal(0, 2 / fan_in, (fan_in, fan_out))

# %% wrong="init-kaiming"
# The factor 2 that makes up for ReLU's lost half is missing.
def kaiming(fan_in, fan_out, rng):
    return rng.normal(0, np.sqrt(1 / fan_in), (fan_in, fan_out))

# %% wrong="init-kaiming"
# A unit adds up over its inputs: the fan-in counts, not the fan-out.
def kaiming(fan_in, fan_out, rng):
    return rng.normal(0, np.sqrt(2 / fan_out), (fan_in, fan_out))

# %% wrong="init-kaiming"
# That is Xavier's std. Kaiming's uses the fan-in alone.
def kaiming(fan_in, fan_out, rng):
    return rng.normal(0, np.sqrt(2 / (fan_in + fan_out)), (fan_in, fan_out))

# %%
check("init-kaiming", kaiming)

# %% [markdown]
# With **your** `kaiming` on ReLU: the std wanders a little, but it neither fades nor grows. (It is
# 0.83 and not 1, since what stays 1 is the mean square: ReLU's outputs have a mean above 0, which
# the std does not count.) (About
# half of the activations are exactly 0, as ReLU makes them. The histograms leave those out.) Now
# put Xavier on ReLU: write `init=xavier` below. After ten layers little is left, and the loss
# hardly falls. Which rule suits which activation?

# %%
Initialisation(init=kaiming, scheme="Kaiming normal", activation="ReLU", lr=0.03)

# %% [markdown]
# ### Exercise 5: send a signal through
#
# Send the inputs `X` through all layers, without biases: multiply by the weights, then apply the
# activation, and pass the result on to the next layer. Return the std of each layer's output.

# %% exercise="init-signals" points=2
def signal_stds(X, weights, activation):
    """The std after each layer; weights is a list of matrices, activation a function."""
    ### BEGIN SOLUTION
    stds = []
    for W in weights:
        X = activation(X @ W)
        stds.append(X.std())
    return stds
    ### END SOLUTION

# %% inputs="init-signals"
def inputs(rng):
    weights = [rng.normal(size=shape) for shape in [(3, 6), (6, 5), (5, 4)]]
    return rng.normal(size=(7, 3)), *weights, str(rng.choice(["tanh", "relu"]))

def probe(signal_stds, X, W1, W2, W3, activation):
    function = np.tanh if activation == "tanh" else lambda z: np.maximum(z, 0)
    return signal_stds(X, [W1, W2, W3], function)

# %% wrong="init-signals"
# That is the std of the sums. Apply the activation first, then measure.
def signal_stds(X, weights, activation):
    stds = []
    for W in weights:
        Z = X @ W
        stds.append(Z.std())
        X = activation(Z)
    return stds

# %% wrong="init-signals"
# The activation stands behind every layer, not only behind the last one.
def signal_stds(X, weights, activation):
    stds = []
    for W in weights:
        X = X @ W
        stds.append(activation(X).std())
    return stds

# %% wrong="init-signals"
# No activation has been applied: these are the stds of a chain of linear maps.
def signal_stds(X, weights, activation):
    stds = []
    for W in weights:
        X = X @ W
        stds.append(X.std())
    return stds

# %% wrong="init-signals"
# You return the std of the last layer only; one for each layer is asked for.
def signal_stds(X, weights, activation):
    for W in weights:
        X = activation(X @ W)
    return X.std()

# %% wrong="init-signals"
# Each layer gets the output of the layer before it. You send X into every one.
def signal_stds(X, weights, activation):
    return [activation(X @ W).std() for W in weights]

# %% wrong="init-signals"
# You return variances. The std is the square root.
def signal_stds(X, weights, activation):
    stds = []
    for W in weights:
        X = activation(X @ W)
        stds.append(X.var())
    return stds

# %%
check("init-signals", signal_stds)

# %% [markdown]
# All that you have written, in one table: your rules, sent through your `signal_stds`.

# %%
rng = np.random.default_rng(3)
X = rng.normal(size=(100, 200))
for name, rule, activation in [
    ("tanh, xavier", xavier, np.tanh),
    ("ReLU, xavier", xavier, relu),
    ("ReLU, kaiming", kaiming, relu),
]:
    weights = [rule(200, 200, rng) for _ in range(10)]
    if weights[0] is None or (stds := signal_stds(X, weights, activation)) is None:
        print(f"{name}: exercises 3 to 5 come first")
    else:
        print(f"{name:14}", *(f"{s:.2f}" for s in stds))

# %% [markdown]
# ## 5 What a good start is worth
#
# > **A common mistake.** "Draw the weights as `0.01 * randn`" stands in many notes as a general
# > recipe. It is none. Here are networks of more and more layers on handwritten digits (1797
# > pictures of 8 x 8 pixels), each trained with the same 300 updates. `nn.Linear(64, 64)` is a
# > layer with 64 inputs and 64 outputs, `nn.Sequential` a chain of layers:

# %%
X, y = data.digits()
X = data.standardize(X)


def train_digits(depth, draw, X=X, steps=300):
    """(loss, share right) of a ReLU net of `depth` hidden layers whose weights `draw` fills in.

    It counts in float64, lest 300 steps make a processor's way of rounding visible.
    """
    nnkit.manual_seed(0)
    layers = []
    for _ in range(depth):
        layers += [nn.Linear(64, 64), nn.ReLU()]
    model, X = nn.Sequential(*layers, nn.Linear(64, 10)).double(), X.double()
    with nnkit.no_grad():  # the first weights are set, not learnt
        for layer in model:
            if isinstance(layer, nn.Linear):
                draw(layer.weight)
                init.zeros_(layer.bias)
    optimiser, rng = optim.SGD(model.parameters(), lr=0.1), np.random.default_rng(0)
    for _ in range(steps):
        batch = rng.integers(0, len(X), 64)
        optimiser.zero_grad()
        F.cross_entropy(model(X[batch]), y[batch]).backward()
        optimiser.step()
    with nnkit.no_grad():
        scores = model(X)
        right = (scores.argmax(dim=1) == y).float().mean().item()
        return F.cross_entropy(scores, y).item(), right


rules = {
    "0.01 * randn": lambda weight: init.normal_(weight, 0, 0.01),
    "Kaiming": lambda weight: init.kaiming_normal_(weight, nonlinearity="relu"),
}
for depth in (1, 2, 3, 10):
    for name, draw in rules.items():
        loss, right = train_digits(depth, draw)
        print(f"hidden layers {depth:2}, {name:12}: loss {loss:.2f}, {right:.0%} right")

# %% [markdown]
# With one hidden layer 0.01 is fine, which is why the recipe survives. With two it has only just
# begun. With three nothing is
# learnt any more: the loss stays at $\ln 10 = 2.30$, and one in ten is right, as by guessing.
#
# > **A common mistake.** "Initialisation is a kind of data preprocessing" confuses two things. One
# > scales the *inputs*, from the data. The other sizes the *weights*, from the shape of the net,
# > before any data is seen. Neither can stand in for the other:

# %%
for size, scale in [("standardised", 1), ("100 times as large", 100)]:
    for name, draw in rules.items():
        loss, right = train_digits(10, draw, X * scale)
        print(f"inputs {size:18}, weights {name:12}: loss {loss:4.2f}, {right:.0%} right")

# %% [markdown]
# Only both together work, and `nan` means that the loss is no number any more. Scaling the inputs
# reaches the first layer alone, while the weights of *every* layer size the signal anew. (In a net
# of 3 layers the third row happens to work: large inputs times small weights. Put 3 for 10 and
# see.) The rules above assume inputs of mean square 1; standardising provides that.

# %% [markdown]
# ### Exercise 6: a whole net
#
# Return a list with one pair `(W, b)` for each layer. `sizes` lists the widths: `[64, 32, 10]` is
# two layers, 64 to 32 and 32 to 10. Draw the layers in this order, all from the same `rng`:
#
# - $W$ of a layer that is followed by a ReLU: with your `kaiming`.
# - $W$ of a layer that is followed by tanh, and of the *last* layer, which has no activation behind
#   it: with your `xavier`.
# - $b$: zeros. (Symmetry is already broken by the weights.)

# %% exercise="init-net" points=3
def init_net(sizes, activation, rng):
    """[(W, b), ...] for the layers of a net; activation is "relu" or "tanh"."""
    ### BEGIN SOLUTION
    layers = []
    for i in range(len(sizes) - 1):
        last = i == len(sizes) - 2
        rule = kaiming if activation == "relu" and not last else xavier
        layers.append((rule(sizes[i], sizes[i + 1], rng), np.zeros(sizes[i + 1])))
    return layers
    ### END SOLUTION

# %% inputs="init-net"
def inputs(rng):
    sizes = [int(s) for s in rng.integers(2, 7, size=4)]
    return *sizes, str(rng.choice(["relu", "tanh"])), int(rng.integers(1000))

def probe(init_net, a, b, c, d, activation, seed):
    sizes = [int(size) for size in (a, b, c, d)]
    return init_net(sizes, activation, np.random.default_rng(int(seed)))

# %% wrong="init-net"
# The last layer has no ReLU behind it, so it does not need Kaiming's factor 2.
def init_net(sizes, activation, rng):
    layers = []
    for i in range(len(sizes) - 1):
        rule = kaiming if activation == "relu" else xavier
        layers.append((rule(sizes[i], sizes[i + 1], rng), np.zeros(sizes[i + 1])))
    return layers

# %% wrong="init-net"
# Kaiming's factor makes up for what ReLU cuts off. With tanh use xavier.
def init_net(sizes, activation, rng):
    layers = []
    for i in range(len(sizes) - 1):
        rule = kaiming if i < len(sizes) - 2 else xavier
        layers.append((rule(sizes[i], sizes[i + 1], rng), np.zeros(sizes[i + 1])))
    return layers

# %% wrong="init-net"
# You use xavier throughout: a layer with a ReLU behind it needs kaiming.
def init_net(sizes, activation, rng):
    layers = []
    for i in range(len(sizes) - 1):
        layers.append((xavier(sizes[i], sizes[i + 1], rng), np.zeros(sizes[i + 1])))
    return layers

# %% wrong="init-net"
# A new generator for each layer draws the same numbers again and again. Use the rng you are given.
def init_net(sizes, activation, rng):
    layers = []
    for i in range(len(sizes) - 1):
        rule = kaiming if activation == "relu" and i < len(sizes) - 2 else xavier
        W = rule(sizes[i], sizes[i + 1], np.random.default_rng(0))
        layers.append((W, np.zeros(sizes[i + 1])))
    return layers

# %% wrong="init-net"
# A bias belongs to an output of its layer: as many zeros as the layer has outputs.
def init_net(sizes, activation, rng):
    layers = []
    for i in range(len(sizes) - 1):
        rule = kaiming if activation == "relu" and i < len(sizes) - 2 else xavier
        layers.append((rule(sizes[i], sizes[i + 1], rng), np.zeros(sizes[i])))
    return layers

# %% wrong="init-net"
# One step too many: no layer begins at the last size. Between k sizes there are k − 1 layers.
def init_net(sizes, activation, rng):
    layers = []
    for i in range(len(sizes)):
        rule = kaiming if activation == "relu" and i < len(sizes) - 2 else xavier
        layers.append((rule(sizes[i], sizes[i + 1], rng), np.zeros(sizes[i + 1])))
    return layers

# %% wrong="init-net"
# One layer too few: between k sizes there are k − 1 layers, the last one included.
def init_net(sizes, activation, rng):
    layers = []
    for i in range(len(sizes) - 2):
        rule = kaiming if activation == "relu" else xavier
        layers.append((rule(sizes[i], sizes[i + 1], rng), np.zeros(sizes[i + 1])))
    return layers

# %%
check("init-net", init_net)

# %% [markdown]
# Ten layers of digits, started by **you**. (nnkit keeps $W$ as (outputs, inputs), like PyTorch, so
# your matrices are transposed on their way in.)

# %%
mine = init_net([64] * 11 + [10], "relu", np.random.default_rng(0))
if mine is None:
    print("exercise 6 comes first")
else:
    given = iter(mine)
    loss, right = train_digits(10, lambda weight: weight.copy_(nnkit.tensor(next(given)[0].T)))
    print(f"10 hidden layers, your init_net: loss {loss:.2f}, {right:.0%} right")

# %% [markdown]
# ## 6 From here to PyTorch
#
# Both rules come with PyTorch, and its `Linear` has a default of its own: uniform within
# $\pm 1/\sqrt{a}$. Its std is $1/\sqrt{3a}$, less than half of Kaiming's: in the ten-layer net
# above it stays at a loss of 2.30, as the first cell shows. Deep ReLU nets need the rule, not the
# default.
#
# In the second cell change `import nnkit as torch` to `import torch`: other numbers are drawn, with
# the same spread.

# %%
loss, right = train_digits(10, lambda weight: init.uniform_(weight, -1 / 8, 1 / 8))
print(f"10 hidden layers, default of Linear: loss {loss:.2f}, {right:.0%} right")

# %% tags=["runs-on-pytorch"]
import nnkit as torch

torch.manual_seed(0)
weight = torch.zeros(500, 500)
torch.nn.init.xavier_uniform_(weight)
print(f"Xavier:  largest {weight.abs().max().item():.3f}, std {weight.std().item():.3f}")
torch.nn.init.kaiming_normal_(weight, nonlinearity="relu")
print(f"Kaiming: std {weight.std().item():.3f}")
weight = torch.nn.Linear(500, 500).weight
print(f"Linear:  largest {weight.abs().max().item():.3f}, std {weight.std().item():.3f}")

# %% [markdown]
# ## Recap
#
# - Zeros: no gradient gets through. Equal values: all units of a layer stay equal. Random values
#   break the symmetry.
# - A sum over $n$ inputs has $n \cdot \operatorname{Var}(w) \cdot \overline{x^2}$ as its variance.
#   Too small, and signals and gradients fade; too large, and they saturate or explode.
# - Xavier, for tanh: std $\sqrt{2/(a+b)}$, or uniform within $\pm\sqrt{6/(a+b)}$. Kaiming, for
#   ReLU: std $\sqrt{2/a}$.
# - $N(0, 0.01)$ names the variance: its std is 0.1. A fixed 0.01 is no recipe for deep nets.
# - Sizing the weights and standardising the inputs are two things, and a deep net needs both.
#
# | term | 中文 | | term | 中文 |
# |:--|:--|:--|:--|:--|
# | initialisation | 初始化 | | symmetry breaking | 打破对称性 |
# | normal (Gaussian) distribution | 正态（高斯）分布 | | uniform distribution | 均匀分布 |
# | variance | 方差 | | standard deviation | 标准差 |
# | 3-sigma rule | 三西格玛法则 | | saturation | 饱和 |
# | fan-in, fan-out | 扇入、扇出 | | vanishing gradient | 梯度消失 |
# | exploding gradient | 梯度爆炸 | | activation | 激活值 |

# %% [markdown]
# # 08 Dropout
#
# At every training step, throw away a random part of the units, and hope the others learn not to
# rely on them. It sounds reckless, and it works: **dropout** (Srivastava, Hinton and others, 2014)
# was for years the standard remedy against overfitting, and still is in many networks.
#
# When you are through, you can say what is dropped, when, and what must be done at test time so
# that everything still adds up; you have written dropout forward and backward, and a network has
# trained with it. Allow 40 to 50 minutes.

# %% tags=["setup"]
import itertools

import numpy as np

import nnkit
from nnkit import data, metrics, nn, optim, train
from nnkit import functional as F
from nnkit.course import check, predict
from widgets import DropoutTraining, DroppedUnits

# %% [markdown]
# ## 1 Commit to a guess
#
# A unit adds up 100 inputs, each of them 1, with weights of 1. In training each input is dropped
# (set to 0) with probability $p = 0.2$, so the unit gets about 80. At test time nothing is dropped:
# all 100 inputs arrive.

# %% jupyter={"source_hidden": true}
predict(
    "drop-test-time",
    "The layers behind this unit have learnt with about 80. What should be done at test time?",
    {
        "Nothing: 100 is simply more of it": (
            "Everything behind has only seen about 80. With 100 it works outside its experience, "
            "and layer after layer adds to that."
        ),
        "Multiply by p = 0.2": "That gives 20, four times too small. A common slip!",
        "Multiply by 1 − p = 0.8": "Then it gets 80, what it got in training on average.",
    },
    "Multiply by 1 − p = 0.8",
)

# %% [markdown]
# ## 2 Watch units drop out
#
# $p$ is the probability that a unit is **dropped**, as in PyTorch and here. $q = 1 - p$ is the
# probability that it is **kept**.
#
# Left: a network with 16 hidden units. Crosses are dropped this time: they send 0 on, and their
# lines are gone. Right: what a unit that sums 100 ones gets. The blue bars show how likely each sum
# is in training, dashed is their mean, the dot is this time's sum, and the red square is what the
# unit gets **at test**, in three ways of scaling (sections 4 and 5 explain them). What the layers
# behind expect is the mean of training, so the square should sit on the dashed line.
#
# 1. Press **Play**: every iteration drops others. Set **mode** to "test": who is dropped now?
# 2. Move **p** from 0 to 0.9. In which of the three rows does the square leave the mean?
# 3. Stop at $p = 0.5$. Why is this value a bad one for finding the mistake?

# %%
DroppedUnits()

# %% [markdown]
# > **Set right.** "$p$ is the dropout probability" does not hold everywhere: in the paper of 2014,
# > and in older libraries (`keep_prob`), the letter $p$ stands for *keeping*. Whoever copies "at
# > test time multiply by $p$" from there into code where $p$ means dropping gets 20 instead of 80.
#
# ### Exercise 1: the mask
#
# To decide who stays, draw one number $u$ for each unit, evenly from 0 to 1. The unit is dropped
# if $u < p$, which happens with probability $p$. The **mask** has a 1 for each unit that is kept
# and a 0 for each that is dropped. The numbers `u` are given, so that we can check your answer.

# %% exercise="drop-mask" points=1
def dropout_mask(u, p):
    """1.0 for each unit that is kept, 0.0 for each that is dropped; an array of the shape of u."""
    ### BEGIN SOLUTION
    return (u >= p).astype(float)
    ### END SOLUTION

# %% inputs="drop-mask"
def inputs(rng):
    return rng.uniform(size=(3, 8)), rng.choice([0.2, 0.3, 0.7])

# %% wrong="drop-mask"
# Yours keeps a unit with probability p. It should be dropped with that probability.
def dropout_mask(u, p):
    return (u < p).astype(float)

# %% wrong="drop-mask"
# `if` wants a single yes or no, and u is an array. Compare it as a whole: `u >= p` does it for all.
def dropout_mask(u, p):
    return 1.0 if u >= p else 0.0

# %% wrong="drop-mask"
# You always drop with probability 0.5, whatever p is.
def dropout_mask(u, p):
    return (u >= 0.5).astype(float)

# %% wrong="drop-mask"
# You keep the units with u below 1 − p: as many, but not those that the rule u < p spares.
def dropout_mask(u, p):
    return (u < 1 - p).astype(float)

# %% wrong="drop-mask"
# A mask says only who stays: 1 or 0. You return the random numbers of those that stay.
def dropout_mask(u, p):
    return u * (u >= p)

# %% wrong="drop-mask"
# The scaling by 1 / (1 − p) comes later. The mask itself holds ones and zeros.
def dropout_mask(u, p):
    return (u >= p) / (1 - p)

# %%
check("drop-mask", dropout_mask)

# %% [markdown]
# This explorer asks **your** `dropout_mask` who is dropped. At $p = 0.2$ about 3 of the 16 units
# should be crossed out. Move **p** to 0.9: if everything is right, nearly all are.

# %%
DroppedUnits(mask=dropout_mask, p=0.2)

# %% [markdown]
# ## 3 What is dropped, and when
#
# Three things belong to dropout:
#
# 1. It zeroes **activations**, the outputs of units. A dropped unit is missing for *every* unit
#    behind it.
# 2. The mask is drawn **anew at every iteration**, and for every sample of the batch.
# 3. It happens **in training only**.
#
# > **Set right.** "Dropout sets random weights to zero" describes another method, **DropConnect**
# > (Wan and others, 2013). Below, four hidden units feed two outputs, and all weights and
# > activations are 1. Drop two units, and both outputs lose the same two inputs. Zero half of the
# > eight weights, and each output loses others.

# %%
h, W = np.ones(4), np.ones((4, 2))
unit_mask = np.array([1, 0, 1, 0])
weight_mask = np.array([[1, 0], [0, 1], [1, 0], [1, 0]])
for name, arriving in [("dropout", (unit_mask * h)[:, None] * W),
                       ("DropConnect", h[:, None] * (weight_mask * W))]:
    print(f"{name:11}: output 1 gets {arriving[:, 0]}, output 2 gets {arriving[:, 1]}")

# %% jupyter={"source_hidden": true}
predict(
    "drop-gradient",
    "In one training step a unit is dropped. What happens to the weights that lead into it?",
    {
        "They are set to 0": "Weights are never changed by the mask, only activations.",
        "They get no gradient in this step and stay as they are": (
            "The unit sends 0 whatever it receives, so changing its weights would change nothing: "
            "their gradient is 0. Next time it may be back."
        ),
        "They are trained as always": "The way from the unit to the loss is cut, also backward.",
    },
    "They get no gradient in this step and stay as they are",
)

# %%
layer = nn.Linear(2, 3, generator=nnkit.Generator().manual_seed(0))
mask = nnkit.tensor([1.0, 0.0, 1.0])  # the second of three units is dropped
(layer(nnkit.tensor([[1.0, 2.0]])).tanh() * mask).sum().backward()
print("gradient of the weights into the three units:")
print(np.round(layer.weight.grad.numpy(), 3))

# %% [markdown]
# ## 4 Why the scaling
#
# Let a unit have the input $z = \sum_j w_j x_j m_j$, where $m_j$ is 1 with probability $q$ and 0
# otherwise. The mean of $m_j$ is $q$, and the mean of a sum is the sum of the means:
#
# $$\mathbb{E}[z] = \sum_j w_j x_j \, \mathbb{E}[m_j] = q \sum_j w_j x_j$$
#
# At test time all $m_j$ are 1, and the unit gets $\sum_j w_j x_j$: too much, by the factor $1/q$.
# **Classic** dropout therefore multiplies by $q$ at test time. Let us not believe it but draw
# 20 000 masks:

# %%
rng = np.random.default_rng(0)
for p in [0.2, 0.5, 0.8]:
    kept = (rng.uniform(size=(20_000, 100)) >= p).sum(axis=1)
    print(f"p = {p}: training mean {kept.mean():.1f}; "
          f"test times q = {100 * (1 - p):.0f}, test times p = {100 * p:.0f}")

# %% [markdown]
# With $p = 0.2$: 80 in training, 80 with the right scaling, and 20 with the wrong one. With
# $p = 0.5$ both give 50: whoever tests only there never finds the mistake.
#
# ### Exercise 2: the mean by simulation
#
# `U` has one row of random numbers for each draw. For each row make a mask with your
# `dropout_mask` and compute $z = \sum_j w_j x_j m_j$; return the mean over the draws.

# %% exercise="drop-mean" points=2
def mean_input(w, x, p, U):
    """The mean over the rows of U of sum_j w_j x_j m_j; U has shape (draws, len(x)). A number."""
    ### BEGIN SOLUTION
    return (dropout_mask(U, p) @ (w * x)).mean()
    ### END SOLUTION

# %% inputs="drop-mean"
def inputs(rng):
    w, x = rng.normal(size=(2, 5))
    return w, x, rng.choice([0.2, 0.3, 0.7]), rng.uniform(size=(30, 5))

# %% wrong="drop-mean"
# You use one and the same mask for all draws: every row of U makes a mask of its own.
def mean_input(w, x, p, U):
    return (w * x * dropout_mask(U[0], p)).sum()

# %% wrong="drop-mean"
# Your mask drops with probability 1 − p: hand `dropout_mask` the p itself, it knows what to do.
def mean_input(w, x, p, U):
    return (dropout_mask(U, 1 - p) @ (w * x)).mean()

# %% wrong="drop-mean"
# That is what the formula promises. Here it is to be measured, with the masks from U.
def mean_input(w, x, p, U):
    return (1 - p) * (w * x).sum()

# %% wrong="drop-mean"
# Within a draw the inputs are added up; the mean is taken over the draws only.
def mean_input(w, x, p, U):
    return (dropout_mask(U, p) * w * x).mean()

# %% wrong="drop-mean"
# You have divided by q already. First see what plain dropping does; the scaling comes next.
def mean_input(w, x, p, U):
    return (dropout_mask(U, p) @ (w * x)).mean() / (1 - p)

# %%
check("drop-mean", mean_input)

# %% [markdown]
# Your simulation against the formula, with more and more draws. How slowly does it settle?

# %%
rng = np.random.default_rng(1)
w, x = rng.normal(size=20), rng.normal(size=20)
print(f"q * sum w x = {0.8 * (w @ x):.3f}")
for draws in [10, 1000, 100_000]:
    measured = mean_input(w, x, 0.2, rng.uniform(size=(draws, 20)))
    print("solve exercise 2 first" if measured is None else f"{draws:6} draws: {measured:.3f}")

# %% [markdown]
# ### Exercise 3: classic dropout at test time
#
# All units are there. What must the unit get, so that it is what it got in training on average?

# %% exercise="drop-test" points=1
def input_at_test(w, x, p):
    """The unit's input at test time in classic dropout, a number; p: probability of dropping."""
    ### BEGIN SOLUTION
    return (1 - p) * (w * x).sum()
    ### END SOLUTION

# %% inputs="drop-test"
def inputs(rng):
    return rng.normal(size=6), rng.normal(size=6), rng.choice([0.1, 0.2, 0.3, 0.7])

# %% wrong="drop-test"
# p is the share that was dropped. How large is the share that got through in training?
def input_at_test(w, x, p):
    return p * (w * x).sum()

# %% wrong="drop-test"
# Without scaling the unit gets more than it ever did in training, by the factor 1 / (1 − p).
def input_at_test(w, x, p):
    return (w * x).sum()

# %% wrong="drop-test"
# At test time more arrives than in training, not less: scale down. Dividing belongs to training.
def input_at_test(w, x, p):
    return (w * x).sum() / (1 - p)

# %%
check("drop-test", input_at_test)

# %% [markdown]
# Your two functions on the guess of section 1: 100 ones, $p = 0.2$. Do they agree?

# %%
ones, U = np.ones(100), np.random.default_rng(3).uniform(size=(20_000, 100))
measured, at_test = mean_input(ones, ones, 0.2, U), input_at_test(ones, ones, 0.2)
if measured is None or at_test is None:
    print("Solve exercises 2 and 3 first.")
else:
    print(f"in training on average {measured:.1f}, at test {at_test:.1f}")

# %% [markdown]
# ## 5 Inverted dropout
#
# Today nearly everyone does it the other way round: **divide by $q$ in training**, and leave test
# time alone.
#
# $$\text{training: } y = \frac{m \cdot x}{q} \qquad\qquad \text{test: } y = x$$
#
# The mean in training is now $q \cdot x / q = x$, the same as at test. The gain: the code that
# answers users need not know that there ever was dropout. This is what `nn.Dropout(p)` does.
#
# ### Exercise 4: forward
#
# Use your `dropout_mask`.

# %% exercise="drop-forward" points=1
def dropout_forward(x, u, p):
    """x after inverted dropout in training, with the random numbers u (same shape as x)."""
    ### BEGIN SOLUTION
    return x * dropout_mask(u, p) / (1 - p)
    ### END SOLUTION

# %% inputs="drop-forward"
def inputs(rng):
    return rng.normal(size=(3, 4)), rng.uniform(size=(3, 4)), rng.choice([0.2, 0.3, 0.7])

# %% wrong="drop-forward"
# The mean is too small by the factor q now: what has to be done to the units that stay?
def dropout_forward(x, u, p):
    return x * dropout_mask(u, p)

# %% wrong="drop-forward"
# You divide by the probability of being dropped. Which share of the units is left?
def dropout_forward(x, u, p):
    return x * dropout_mask(u, p) / p

# %% wrong="drop-forward"
# You make the survivors smaller still. They have to make up for those that are missing.
def dropout_forward(x, u, p):
    return x * dropout_mask(u, p) * (1 - p)

# %% wrong="drop-forward"
# You divide by the share that happened to stay this time; the rule divides by q, always.
def dropout_forward(x, u, p):
    return x * dropout_mask(u, p) / dropout_mask(u, p).mean()

# %%
check("drop-forward", dropout_forward)

# %% [markdown]
# ### Exercise 5: backward
#
# Backward, the layer gets `g`, the gradient at its output $y$, and returns that at its input $x$.
# Each $y_j$ is $x_j$ times a fixed number, $m_j / q$. So what is local times upstream?

# %% exercise="drop-backward" points=1
def dropout_backward(g, u, p):
    """The gradient at x, from g, the gradient at the output; u and p as in the forward pass."""
    ### BEGIN SOLUTION
    return g * dropout_mask(u, p) / (1 - p)
    ### END SOLUTION

# %% inputs="drop-backward"
def inputs(rng):
    return rng.normal(size=(3, 4)), rng.uniform(size=(3, 4)), rng.choice([0.2, 0.3, 0.7])

# %% wrong="drop-backward"
# Dropped units must not pass a gradient: forward, they had no influence.
def dropout_backward(g, u, p):
    return g / (1 - p)

# %% wrong="drop-backward"
# The mask is right, but forward each kept unit was also divided by q; so is its gradient.
def dropout_backward(g, u, p):
    return g * dropout_mask(u, p)

# %% wrong="drop-backward"
# Backward multiplies by the same number as forward, m / q; you multiply by q instead.
def dropout_backward(g, u, p):
    return g * dropout_mask(u, p) * (1 - p)

# %% wrong="drop-backward"
# That is the local slope m / q alone. Local times upstream: where is g?
def dropout_backward(g, u, p):
    return dropout_mask(u, p) / (1 - p)

# %% wrong="drop-backward"
# Your gradient flows through the dropped units and stops at the kept ones.
def dropout_backward(g, u, p):
    return g * (1 - dropout_mask(u, p)) / (1 - p)

# %%
check("drop-backward", dropout_backward)

# %% [markdown]
# A check by nudging each input, as in lesson 04:

# %%
rng = np.random.default_rng(2)
x, u, g = rng.normal(size=5), rng.uniform(size=5), rng.normal(size=5)
if dropout_forward(x, u, 0.4) is None or dropout_backward(g, u, 0.4) is None:
    print("Solve exercises 4 and 5 first.")
else:
    nudges = 1e-6 * np.eye(5)
    slopes = [g @ (dropout_forward(x + e, u, 0.4) - dropout_forward(x - e, u, 0.4)) / 2e-6
              for e in nudges]
    print("by nudging: ", np.round(slopes, 4) + 0.0)
    print("by backward:", np.round(dropout_backward(g, u, 0.4), 4) + 0.0)

# %% [markdown]
# ## 6 Two ways to see why it helps
#
# ### An ensemble of thinned networks
#
# Each mask picks another **thinned network**, the units that are kept. All of them share their
# weights.

# %% jupyter={"source_hidden": true}
predict(
    "drop-ensemble",
    "Two hidden layers of 32 units with dropout. How many thinned networks are there?",
    {
        "64": "That is the number of units. Each of them is in or out, independently.",
        "2 · 32² = 2048": "Not pairs of units are chosen: each unit is in or out.",
        "2⁶⁴, about 18 million million million": "Each of 64 units is in or out: 2 · 2 · 2 ...",
    },
    "2⁶⁴, about 18 million million million",
)

# %%
print(f"2 ** 64 = {2**64:,}")

# %% [markdown]
# With $n$ units there are $2^n$. Training with dropout trains this crowd, each member for a moment;
# the full network at test time stands for their average. How good an average is it? With ten hidden
# units we can ask all $2^{10} = 1024$ members, each weighted by its probability.

# %%
rng = np.random.default_rng(4)
h, W, q = rng.normal(size=10), rng.normal(size=(10, 3)), 0.8
masks = np.array(list(itertools.product([0, 1], repeat=10)))
chance = q ** masks.sum(axis=1) * (1 - q) ** (10 - masks.sum(axis=1))


def softmax(s):
    powers = np.exp(s - s.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


members = (masks * h) @ W / q  # the scores of each thinned network
print(f"{len(masks)} members, their chances add up to {chance.sum():.3f}")
print("mean of their scores:      ", np.round(chance @ members, 4))
print("scores of the full network:", np.round(h @ W, 4))
geometric = np.exp(chance @ np.log(softmax(members)))
print("geometric mean of their softmax, normalised:", np.round(geometric / geometric.sum(), 4))
print("softmax of the full network:                ", np.round(softmax(h @ W), 4))
print("plain mean of their softmax:                ", np.round(chance @ softmax(members), 4))

# %% [markdown]
# For one layer the full network gives *exactly* the mean of all scores. Its softmax is exactly the
# **geometric mean** of all answers: the mean of their logarithms, then $\exp$, then divided so that
# the sum is 1 (normalised). The plain mean of the answers, the last line, is another one: here the
# full network is surer of itself than its members are on average. Through several layers with
# bends in between all this is only an approximation, but one that costs a single pass instead of
# $2^n$.
#
# ### Noise that makes weights careful
#
# The mean is kept, but each draw scatters: $m_j / q$ has the mean 1 and the variance $p / q$. So
# with inverted dropout the input $\sum_j w_j x_j m_j / q$ has the variance
#
# $$\operatorname{Var} = \frac{p}{q} \sum_j (w_j x_j)^2$$
#
# For a linear model with squared error, a variance adds straight to the mean loss. So training with
# dropout minimises the loss plus $\frac{p}{q} \sum_j (w_j x_j)^2$: an **L2 penalty**, in which each
# weight pays according to the size of its input. This is lesson 07 by other means. Measure it:

# %%
rng = np.random.default_rng(5)
w, x, y, p = rng.normal(size=8), rng.normal(size=8), 1.0, 0.2
noisy = ((rng.uniform(size=(400_000, 8)) >= p) * w * x / (1 - p)).sum(axis=1)
clean, extra = (y - w @ x) ** 2, p / (1 - p) * ((w * x) ** 2).sum()
print(f"mean loss with dropout: {np.mean((y - noisy) ** 2):.2f}")
print(f"loss without + penalty: {clean:.2f} + {extra:.2f} = {clean + extra:.2f}")

# %% [markdown]
# The penalty is smallest when the work is spread over many small weights. A unit can't count on one
# particular partner, because that partner is often away; it must be useful together with many.

# %% [markdown]
# ## 7 Train with it
#
# Two networks start with the same weights and see the same 60 points. The right one trains with
# dropout behind both hidden layers, with **your** `dropout_forward` and `dropout_backward` (until
# they are written, with nnkit's). Thin lines: without. Thick lines: with dropout.
#
# 1. Compare the two boundaries, and where the thin and the thick dash-dotted line end. Hardly more
#    points are right; what dropout mends here is how sure the network is of the wrong ones. (Try
#    other seeds: how often does it help?)
# 2. Move **p** to 0.5, then 0.8. What does too much of it look like? Which numbers show it?
# 3. Press **Reset** and move **n** from 60 to 200: with much data, is there still an advantage?
# 4. Press **Reset** and move **units a layer** down to 4. Without dropout, 4 units do as well as
#    32. With it? Dropout needs units to spare.

# %%
DropoutTraining(forward=dropout_forward, backward=dropout_backward, epochs=1000)

# %% [markdown]
# Two inputs are little to overfit with. Now the handwritten digits of lesson 02: 64 pixels, two
# hidden layers of 48, only 100 samples to learn from and 1697 to be tested on. Each line is the
# mean of eight runs, which differ in the samples and in the weights at the start.

# %%
images, labels = data.digits()


def digits_run(p, seed):
    """A network trained for 150 epochs with dropout p, its training set and its test set.

    It counts in float64, lest 150 epochs make a processor's way of rounding visible.
    """
    nnkit.manual_seed(seed)
    X, X_test, y, y_test = data.train_test_split(images.double(), labels, test_size=1697)
    model = nn.Sequential(
        nn.Linear(64, 48), nn.ReLU(), nn.Dropout(p),
        nn.Linear(48, 48), nn.ReLU(), nn.Dropout(p), nn.Linear(48, 10),
    ).double()
    optimiser = optim.Adam(model.parameters(), lr=0.01)
    train.fit(model, F.cross_entropy, optimiser, (X, y), epochs=150, progress=False)
    return model, (X, y), (X_test, y_test)


for p in [0.0, 0.2, 0.5]:
    tested = []
    for seed in range(8):
        model, train_set, test_set = digits_run(p, seed)
        tested.append(train.evaluate(model, F.cross_entropy, test_set, metrics.accuracy))
    loss, accuracy = np.mean(tested, axis=0)
    print(f"p = {p}: test loss {loss:.2f}, accuracy {accuracy:.1%}")

# %% [markdown]
# A few more answers are right, and the wrong ones are less sure of themselves: that is what the
# test loss shows. Dropout is no wonder, but here it costs one line.
#
# ### Exercise 6: a network that knows its mode
#
# The forward pass of a two-layer net with tanh units and inverted dropout behind the hidden layer:
#
# $$H = \tanh(X W_1 + b_1), \qquad \text{in training: } H \leftarrow \text{dropout}(H), \qquad
# S = H W_2 + b_2$$
#
# `u` has the shape of $H$. Use your `dropout_forward`. At test time the same function must be
# silent about dropout altogether.

# %% exercise="drop-net" points=2
def scores(X, W1, b1, W2, b2, p, u, training):
    """The scores S, shape (samples, classes); `training` is True or False."""
    ### BEGIN SOLUTION
    H = np.tanh(X @ W1 + b1)
    if training:
        H = dropout_forward(H, u, p)
    return H @ W2 + b2
    ### END SOLUTION

# %% inputs="drop-net"
def inputs(rng):
    X, W1, b1 = rng.normal(size=(2, 3)), rng.normal(size=(3, 6)), rng.normal(size=6)
    W2, b2 = rng.normal(size=(6, 2)), rng.normal(size=2)
    return X, W1, b1, W2, b2, rng.choice([0.2, 0.3, 0.7]), rng.uniform(size=(2, 6))

def probe(scores, X, W1, b1, W2, b2, p, u):
    modes = True, False
    return {f"training = {mode}": scores(X, W1, b1, W2, b2, p, u, mode) for mode in modes}

# %% wrong="drop-net"
# You drop units at test time, too: the answers would be different each time.
def scores(X, W1, b1, W2, b2, p, u, training):
    return dropout_forward(np.tanh(X @ W1 + b1), u, p) @ W2 + b2

# %% wrong="drop-net"
# At test time you scale by q, but inverted dropout has divided by q in training already.
def scores(X, W1, b1, W2, b2, p, u, training):
    H = np.tanh(X @ W1 + b1)
    H = dropout_forward(H, u, p) if training else (1 - p) * H
    return H @ W2 + b2

# %% wrong="drop-net"
# What is dropped are the activations, that is, what comes out of tanh, not what goes in.
def scores(X, W1, b1, W2, b2, p, u, training):
    Z = X @ W1 + b1
    if training:
        Z = dropout_forward(Z, u, p)
    return np.tanh(Z) @ W2 + b2

# %% wrong="drop-net"
# Nothing is dropped in yours, not even in training: where does `training` come in?
def scores(X, W1, b1, W2, b2, p, u, training):
    return np.tanh(X @ W1 + b1) @ W2 + b2

# %% wrong="drop-net"
# The hidden units have lost their bend: H is the tanh of the sum.
def scores(X, W1, b1, W2, b2, p, u, training):
    H = X @ W1 + b1
    if training:
        H = dropout_forward(H, u, p)
    return H @ W2 + b2

# %% wrong="drop-net"
# The modes have changed places: in training there is dropout, at test time none.
def scores(X, W1, b1, W2, b2, p, u, training):
    H = np.tanh(X @ W1 + b1)
    if not training:
        H = dropout_forward(H, u, p)
    return H @ W2 + b2

# %%
check("drop-net", scores)

# %% [markdown]
# Your network asked 5000 times in training mode, with a new mask each time, and once in test
# mode. By section 6 the mean of the many should be the one, up to chance:

# %%
rng = np.random.default_rng(6)
X, W1, b1 = rng.normal(size=(1, 2)), rng.normal(size=(2, 16)), rng.normal(size=16)
W2, b2 = rng.normal(size=(16, 2)), rng.normal(size=2)
once = scores(X, W1, b1, W2, b2, 0.5, None, training=False)
if once is None:
    print("Solve exercise 6 first.")
else:
    many = [scores(X, W1, b1, W2, b2, 0.5, rng.uniform(size=(1, 16)), training=True)
            for _ in range(5000)]
    print("mean of 5000 in training mode:", np.mean(many, axis=0).round(2))
    print("once in test mode:            ", once.round(2))
    print("spread of a single answer:    ", np.std(many, axis=0).round(2))

# %% [markdown]
# ## 8 In practice
#
# - Dropout stands behind the activations of **wide dense layers**, usually with $p$ from 0.2 to
#   0.5; on the inputs at most about 0.2; never on the output scores.
# - Training gets noisier and takes longer. If the network underfits, dropout makes it worse.
# - Measure the training loss in test mode if you want to compare it with the test loss. With units
#   missing it looks worse than the network is. Here is the last network of section 7:

# %%
model.train()
with nnkit.no_grad():
    print(f"training loss, units missing: {F.cross_entropy(model(train_set[0]), train_set[1]):.4f}")
print(f"training loss, all units:     {train.evaluate(model, F.cross_entropy, train_set)[0]:.4f}")

# %% [markdown]
# > **Set right.** "The network is trained, now I can use it": not before `model.eval()`. As long as
# > the model is in training mode it drops units for your users as well, and asked twice it gives
# > two answers.

# %%
nnkit.manual_seed(0)
small = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Dropout(0.5), nn.Linear(16, 1))
x = nnkit.tensor([[0.3, -1.2]])
print("in training mode:", [round(small(x).item(), 3) for _ in range(3)])
small.eval()
print("after eval():    ", [round(small(x).item(), 3) for _ in range(3)])

# %% [markdown]
# ## 9 From here to PyTorch
#
# `nn.Dropout`, `train()` and `eval()` are PyTorch's own. The random numbers differ, so the cell
# prints what does not depend on them. Change the import, and it prints the same.

# %% tags=["runs-on-pytorch"]
import nnkit as torch

layer = torch.nn.Dropout(p=0.2)
x = torch.ones(100000)
trained = layer(x)
print("values in training:", sorted({round(v, 2) for v in trained.tolist()}))
print(f"mean in training: {trained.mean().item():.1f}, dropped: {(trained == 0).sum() / 1e5:.1f}")
layer.eval()
print("values at test:", sorted(set(layer(x).tolist())))

# %% [markdown]
# ## Recap
#
# - Dropout zeroes *activations*, with a new mask at every iteration, in training only.
# - $p$: probability of dropping; $q = 1 - p$: of keeping. Classic: times $q$ at test. Inverted:
#   divided by $q$ in training. Never times $p$; $p = 0.5$ hides the mistake.
# - Backward the same mask and the same $1/q$: a dropped unit passes no gradient.
# - Seen as an ensemble: $2^n$ thinned networks with shared weights. Seen as noise: an L2 penalty on
#   the parts $w_j x_j$.
# - `model.train()` to learn, `model.eval()` to answer.
#
# | term | 中文 | | term | 中文 |
# |:--|:--|:--|:--|:--|
# | dropout | 随机失活 | | activation | 激活值 |
# | dropout probability $p$ | 丢弃概率 | | keep probability $q$ | 保留概率 |
# | inverted dropout | 反向随机失活 | | mask | 掩码 |
# | expectation (mean) | 期望 | | ensemble | 集成 |
# | training mode | 训练模式 | | evaluation mode | 评估模式 |

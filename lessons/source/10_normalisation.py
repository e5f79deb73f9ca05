# %% [markdown]
# # 10 Normalisation
#
# Age in years, income in cents: one input is around 40, the other around 4 million, and a network
# takes both as they come. **Normalisation** brings numbers to a common scale: the inputs before
# training, and the signals inside the network while it trains.
#
# When you are through, you have standardised inputs without cheating, written batch norm for
# training and for use, and the four kinds that differ only in who shares a mean; and you can say
# what they are good for, and what they are not. Allow 90 minutes. Lesson 05 helps.

# %% tags=["setup"]
import numpy as np

import nnkit
from nnkit import data, metrics, nn, optim, train
from nnkit import functional as F
from nnkit.course import check, predict
from widgets import BatchNoise, NormalisedCell, StandardisedInputs

# %% [markdown]
# ## 1 Commit to a guess
#
# A model $\hat y = w x$ learns by gradient descent from lengths $x$ in metres. Somebody changes the
# file to decimetres: every $x$ is 10 times as large.

# %% jupyter={"source_hidden": true}
predict(
    "norm-ten-times",
    "What becomes of the largest learning rate with which the descent still converges?",
    {
        "It stays as it is: only the unit has changed": (
            "The model can be as good as before, with a w a tenth as large. But the way there is "
            "another."
        ),
        "It is a tenth of what it was": (
            "The gradient is error times input, so it is about 10 times as large. But w must also "
            "be found 10 times as exactly."
        ),
        "It is a hundredth of what it was": (
            "The curvature is the mean of x², 100 times as large, and the limit is 2 divided by it."
        ),
    },
    "It is a hundredth of what it was",
)

# %% [markdown]
# The loss is half the mean squared error. Its gradient is the mean of error times input, and its
# curvature $L$ the mean of $x^2$. At $w = 0$ the errors are the same whatever the unit:

# %%
rng = np.random.default_rng(0)
metres = rng.normal(size=200)
y = 3 * metres
for times in [1, 10, 1000]:
    x = times * metres
    gradient, curvature = np.mean((0 * x - y) * x), np.mean(x**2)
    print(f"x times {times:4}: gradient {gradient:9.3f}, curvature {curvature:12.3f}, "
          f"limit 2/L = {2 / curvature:.3g}")

# %% [markdown]
# Inputs times 1000: gradient times 1000, curvature times a million. With a single input one could
# simply take another learning rate. With two inputs of different size, no rate suits both.
#
# ## 2 Standardise the inputs
#
# To **standardise** a feature, subtract its mean and divide by its standard deviation (**std**):
#
# $$z = \frac{x - \mu}{\sigma} \qquad \mu = \frac1n \sum_i x_i \qquad
# \sigma^2 = \frac1n \sum_i (x_i - \mu)^2$$
#
# Afterwards every feature has mean 0 and std 1. (There are two stds: dividing by $n$ gives the
# *biased* one, by $n - 1$ the unbiased. Here and inside layers we divide by $n$. With thousands of
# samples nobody sees the difference; with five one does.)

# %%
x = np.array([1.0, 2, 3, 4, 5])
print("mean", x.mean(), " std", x.std().round(3))
print("divided by the biased std:  ", ((x - x.mean()) / x.std()).round(3))
print("divided by the unbiased std:", ((x - x.mean()) / x.std(ddof=1)).round(3))

# %% [markdown]
# Below, two weights and two inputs; the numbers of $x_2$ are 10 times as large as those of $x_1$.
# Left: the loss for the raw inputs. It is the **ravine** of lesson 05. Middle: the same data,
# standardised. Both descents start at the same weights and take 60 steps. Right: how high they are
# above the minimum, where both have the same loss. The **condition number** is the largest
# curvature $L$ divided by the smallest, $l$; the steps that are needed grow with it.
#
# 1. At first each side has a rate of its own, $2/(L + l)$: with it the steepest and the flattest
#    direction shrink equally fast, which is the best that one rate can do. How many steps do the
#    standardised inputs need? Where are the raw ones after 60?
# 2. Move **scale of x2** from 1 to 30. Which picture changes?
# 3. Set **rates** to "one lr for both" and **scale of x2** back to 10. Move **lr** up a little. What
#    happens on the left, and at which rate? Why does the middle crawl at this rate?
# 4. Take "what standardising can't mend", and move **correlation**. What is left in the middle?
# 5. Take "an input far from 0". Here the second weight is the bias. Why does shifting help?

# %%
StandardisedInputs(rates="each its own, 2/(L + l)")

# %% [markdown]
# A weight's curvature is the mean of its input squared. So 10 times the input means 100 times the
# curvature: the steep direction demands a small rate, $lr < 2/L$, and with this rate the flat one
# crawls: here at $lr < 0.02$, which the standardised inputs, whose limit is 2, only suffer for
# company. Standardised, every curvature is 1. Two things are mended: dividing makes the curvatures
# equal, and subtracting separates a weight from the bias. Correlated inputs stay correlated.
#
# > **Set right.** "Normalising makes the data Gaussian." It shifts and stretches, nothing else, and
# > the shape of the distribution stays what it was. Here are waiting times, many short and a few
# > long, with their skewness (0 for a Gaussian) before and after:

# %%
waiting = np.random.default_rng(1).exponential(10, size=10_000)
z = (waiting - waiting.mean()) / waiting.std()
for name, v in [("raw", waiting), ("standardised", z)]:
    skewness = np.mean((v - v.mean()) ** 3) / v.std() ** 3
    print(f"{name:12}: mean {v.mean():5.2f}, std {v.std():5.2f}, from {v.min():5.2f} to "
          f"{v.max():6.2f}, skewness {skewness:.2f}")

# %% [markdown]
# ### Exercise 1: standardise
#
# `train` and `test` have a row for each sample and a column for each feature. Each feature has a
# mean and a std of its own. All of these come from the **training part**; with them change both
# parts. Section 3 tells why. No feature is constant here. (`data.standardize` does this. Write it
# yourself, from means and stds.)

# %% exercise="norm-standardise" points=2
def standardise(train, test):
    """(train, test), shifted and scaled: each feature has mean 0 and std 1 on train."""
    ### BEGIN SOLUTION
    mean, std = train.mean(axis=0), train.std(axis=0)
    return (train - mean) / std, (test - mean) / std
    ### END SOLUTION

# %% inputs="norm-standardise"
def inputs(rng):
    size, place = rng.uniform(0.3, 30, size=3), rng.uniform(-9, 9, size=3)
    return place + size * rng.normal(size=(6, 3)), place + size * rng.normal(1, 2, size=(4, 3))

# %% wrong="norm-standardise"
# You scale the test part by its own mean and std. The model knows only the training part's scale.
def standardise(train, test):
    return tuple((part - part.mean(axis=0)) / part.std(axis=0) for part in (train, test))

# %% wrong="norm-standardise"
# Your mean and std come from both parts together: the test set leaks into the training.
def standardise(train, test):
    both = np.concatenate([train, test])
    return tuple((part - both.mean(axis=0)) / both.std(axis=0) for part in (train, test))

# %% wrong="norm-standardise"
# One mean and one std for all features together: age and income stay as far apart as they were.
def standardise(train, test):
    return tuple((part - train.mean()) / train.std() for part in (train, test))

# %% wrong="norm-standardise"
# You divide by the variance. The std is its square root.
def standardise(train, test):
    return tuple((part - train.mean(axis=0)) / train.var(axis=0) for part in (train, test))

# %% wrong="norm-standardise"
# You have scaled the training part only. The model would meet the test part in another unit.
def standardise(train, test):
    return (train - train.mean(axis=0)) / train.std(axis=0), test

# %% wrong="norm-standardise"
# Your features have mean 0 now, but not std 1.
def standardise(train, test):
    return train - train.mean(axis=0), test - train.mean(axis=0)

# %% wrong="norm-standardise"
# Your mean and std are those of each sample, along a row. They belong to each feature.
def standardise(train, test):
    return tuple(
        (part - part.mean(axis=1, keepdims=True)) / part.std(axis=1, keepdims=True)
        for part in (train, test)
    )

# %%
check("norm-standardise", standardise)

# %% [markdown]
# The standardised inputs of this picture are made by **your** function. If it is correct, the
# contours in the middle are circles.

# %%
StandardisedInputs(standardise=standardise, rates="each its own, 2/(L + l)")

# %% [markdown]
# And on the digits of lesson 02, against nnkit's. Some pixels at the edge are never inked, so that
# their std is 0; nnkit divides these by 1. We leave them out.

# %%
images, labels = data.digits()
inked = images[:, images.numpy().std(axis=0) > 0]
ours = standardise(inked[:1200].numpy(), inked[1200:].numpy())
theirs = data.standardize(inked[:1200], inked[1200:])
print(f"{images.shape[1] - inked.shape[1]} of {images.shape[1]} pixels are constant")
if ours is None:
    print("Solve exercise 1 first.")
else:
    print("the same as data.standardize:",
          all(np.allclose(a, b, atol=1e-4) for a, b in zip(ours, theirs, strict=True)))

# %% [markdown]
# ## 3 From the training part only
#
# The mean and the std are learnt from data, like weights. So they must come from the training
# part, and then they are fixed: part of the model.
#
# ### If each part uses its own
#
# A shop sells ice cream on days above 25 degrees. The border is learnt from days between 10 and 35
# degrees, then August comes, with 26 to 34 degrees and not one cool day:

# %%
rng = np.random.default_rng(0)
spring, august = rng.uniform(10, 35, size=200), rng.uniform(26, 34, size=50)
mean, std = spring.mean(), spring.std()
border = (25 - mean) / std
for name, z in [("by the training days' numbers", (august - mean) / std),
                ("by August's own numbers", (august - august.mean()) / august.std())]:
    print(f"{name:28}: {np.mean(z > border):.0%} of the hot days are called hot")
lonely = august[:1]
print("a single day by its own mean:", lonely - lonely.mean())

# %% [markdown]
# Scaled by itself, August is as cool as any other season: what changed is exactly what was taken
# away. And a single sample has no std at all.
#
# > **Set right.** "Fit the scaler on all the data, it does no harm." Then the training inputs know
# > something of the test set, a **leak**, and the score is one that you won't get in use, where the
# > new data are not there yet. How much is it? A linear classifier for the digits, 30 splits each:

# %%
def scores_of(training_size, scaled_by, splits=30):
    """The test accuracy in each split, scaled by the training part or by all data."""
    found = []
    for seed in range(splits):
        nnkit.manual_seed(seed)
        X, X_test, y, y_test = data.train_test_split(
            images, labels, test_size=len(images) - training_size
        )
        if scaled_by == "train":
            X, X_test = data.standardize(X, X_test)
        else:
            _, X, X_test = data.standardize(images, X, X_test)
        net = nn.Linear(64, 10)
        optimiser = optim.SGD(net.parameters(), lr=0.1)
        train.fit(net, F.cross_entropy, optimiser, (X, y), epochs=60, progress=False)
        found.append(train.evaluate(net, F.cross_entropy, (X_test, y_test), metrics.accuracy)[1])
    return np.array(found)


for size in [30, 500]:
    honest, leaky = scores_of(size, "train"), scores_of(size, "all")
    print(f"{size:3} to train: {honest.mean():.1%} by the training part, {leaky.mean():.1%} by "
          f"all data; better in {np.mean(leaky > honest):.0%} of the splits")

# %% [markdown]
# With few training samples the leak flatters the score, nearly every time. With many it is too
# small to matter here; but it is never right, and the right way costs nothing. It can also be worse
# than flattering. One broken sensor in the test set, and the *training* is ruined:

# %%
rng = np.random.default_rng(0)
train_x, test_x = rng.normal(20, 5, size=100), rng.normal(20, 5, size=100)
test_x[0] = 10_000
both = np.concatenate([train_x, test_x])
squashed = (train_x - both.mean()) / both.std()
print(f"training inputs scaled by all data: mean {squashed.mean():.3f}, std {squashed.std():.4f}")

# %% [markdown]
# ## 4 Inside the network: batch norm
#
# The inputs are well scaled now, but the second layer's inputs are the first layer's outputs, and
# they change scale while it learns. **Batch norm** (Ioffe and Szegedy, 2015) standardises every
# unit's sum within each mini-batch, then lets the network choose scale and shift:
#
# $$\hat x = \frac{x - \mu_B}{\sqrt{\sigma_B^2 + \varepsilon}} \qquad y = \gamma \hat x + \beta$$
#
# $\mu_B$ and $\sigma_B^2$ are the unit's mean and (biased) variance over the $B$ samples of the
# batch. The small $\varepsilon$, usually $10^{-5}$, stands **inside the root** and avoids a
# division by 0. $\gamma$ and $\beta$, one a unit, are learnt; they begin at 1 and 0.

# %% jupyter={"source_hidden": true}
predict(
    "norm-batch-of-two",
    "A batch of two samples. A unit's sums are 3.0 and 3.1. What does batch norm make of them?",
    {
        "About 0 and 0: they are nearly equal": (
            "Their mean is 3.05 and their std 0.05. However close they are, they are one std away."
        ),
        "−1 and 1": "The mean lies in the middle, and the std is half their distance, always.",
        "−0.05 and 0.05": "That is the shift. It is then divided by the std, 0.05.",
    },
    "−1 and 1",
)

# %%
bn = nn.BatchNorm1d(1)
print("3.0 and 3.1:", bn(nnkit.tensor([[3.0], [3.1]])).detach().numpy().ravel().round(2))
print("3.0 and 900:", bn(nnkit.tensor([[3.0], [900.0]])).detach().numpy().ravel().round(2))
print("[1 .. 5]:", nn.BatchNorm1d(1)(nnkit.tensor([[1.0], [2], [3], [4], [5]])).detach().numpy()
      .ravel().round(3))

# %% [markdown]
# So what a sample becomes depends on **who shares its batch**. The picture puts a single sample
# into 300 random batches. Left: what its feature $x$ is turned into, in all of them. Right: the
# spread of this against the batch size.
#
# 1. Press **Play**, which goes through the first hundred of them: the orange dot is the same
#    sample, each time in other company.
# 2. Move **batch size** from 8 to 32, then to 128. What does four times the batch do to the spread?
# 3. Two rows did not move meanwhile. Why not?
# 4. Take "an outlier in a small batch". Why is it not seen as the outlier it is?

# %%
BatchNoise()

# %% [markdown]
# The batch's mean and std are estimates. Their error shrinks like $1/\sqrt{B}$: four times the
# batch, half the noise. An outlier in a small batch pulls mean and std along: in a batch of $B$ no
# sample can come out above $\sqrt{B - 1}$, so that $x = 11$, three std out, is never more than 1.73
# in a batch of 4. At first this cap holds its outputs together: their spread even grows with the
# batch, and only in larger batches does it shrink like $1/\sqrt{B}$. Two rows stay in place, for
# they ask no other sample: after `eval()` (section 5) the numbers are fixed, and layer norm
# (section 6) takes them from the sample's own features.
#
# This **batch noise** disturbs the training a little, as dropout does. Of the
# four normalisations of section 6 only batch norm has it, and only in training.
#
# ### Exercise 2: batch norm in training
#
# `x` has a row for each sample and a column for each unit; `gamma` and `beta` have one number a
# unit. (The engine's `nn.BatchNorm1d` does this, too. Write it in NumPy.)

# %% exercise="norm-batch" points=2
def batch_norm(x, gamma, beta, eps):
    """The outputs y of batch norm in training, an array of the shape of x."""
    ### BEGIN SOLUTION
    x_hat = (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + eps)
    return gamma * x_hat + beta
    ### END SOLUTION

# %% inputs="norm-batch"
def inputs(rng):
    x = rng.normal(1, 1, size=(5, 5)) * rng.uniform(0.3, 2, size=5)
    return x, rng.uniform(0.5, 2, size=5), rng.normal(size=5), float(rng.choice([0.1, 0.3]))

# %% wrong="norm-batch"
# Your mean and variance run along a row, over the units of one sample. Who shares them here?
def batch_norm(x, gamma, beta, eps):
    x_hat = (x - x.mean(axis=1, keepdims=True)) / np.sqrt(x.var(axis=1, keepdims=True) + eps)
    return gamma * x_hat + beta

# %% wrong="norm-batch"
# eps belongs under the root, added to the variance; you add it to the std.
def batch_norm(x, gamma, beta, eps):
    return gamma * (x - x.mean(axis=0)) / (x.std(axis=0) + eps) + beta

# %% wrong="norm-batch"
# The last step is missing: the learnt scale and shift.
def batch_norm(x, gamma, beta, eps):
    return (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + eps)

# %% wrong="norm-batch"
# You divide by n − 1 in the variance. Inside a layer it is the biased one, by n.
def batch_norm(x, gamma, beta, eps):
    return gamma * (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0, ddof=1) + eps) + beta

# %% wrong="norm-batch"
# The order: first the scale gamma, then the shift beta. Yours scales the shift as well.
def batch_norm(x, gamma, beta, eps):
    return gamma * ((x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + eps) + beta)

# %% wrong="norm-batch"
# One mean and one variance for the whole array: each unit needs its own.
def batch_norm(x, gamma, beta, eps):
    return gamma * (x - x.mean()) / np.sqrt(x.var() + eps) + beta

# %% wrong="norm-batch"
# The root is missing: the variance is the square of what you should divide by.
def batch_norm(x, gamma, beta, eps):
    return gamma * (x - x.mean(axis=0)) / (x.var(axis=0) + eps) + beta

# %%
check("norm-batch", batch_norm)

# %% [markdown]
# Here **your** function normalises all batches; the blue line on the right stays nnkit's. If the
# square leaves the line, something is wrong.

# %%
BatchNoise(batch_norm=batch_norm, batch_size=4)

# %% [markdown]
# Two things follow from the formula. Whatever constant is added to a unit's sums, its mean takes
# away again: **a bias in front of batch norm is useless** (hence `nn.Linear(..., bias=False)`). And
# weights 10 times as large give the same outputs, but for the trace that $\varepsilon$ leaves:

# %%
rng = np.random.default_rng(3)
X, W, ones = rng.normal(size=(8, 4)), rng.normal(size=(4, 3)), np.ones(3)
plain = batch_norm(X @ W, ones, 0 * ones, 1e-5)
if plain is None:
    print("Solve exercise 2 first.")
else:
    for name, sums in [("bias 7", X @ W + 7), ("10 W", X @ (10 * W))]:
        change = abs(batch_norm(sums, ones, 0 * ones, 1e-5) - plain).max()
        print(f"{name:6}: the outputs change by at most {change:.5f}")

# %% [markdown]
# ## 5 Training and use: running statistics
#
# In use there may be a single sample, and its answer must not depend on chance company. So batch
# norm keeps two **running statistics** a unit and uses them after `eval()`. At each training step
# they move a share $m$, the **momentum**, towards the batch's:
#
# $$r \leftarrow (1 - m)\, r + m \cdot (\text{the batch's})$$
#
# PyTorch starts at mean 0 and variance 1, with $m = 0.1$. The batch's variance is here the
# *unbiased* one, divided by $B - 1$: it estimates the variance of all data.
#
# > **Set right.** "Momentum 0.9 is more inert than 0.1." In an optimiser, yes: there it is the share
# > of the old that is kept. In PyTorch's batch norm `momentum` is the share of the **new**. (Keras
# > means the old: its 0.99 is a 0.01 here.)
#
# ### Exercise 3: move the running statistics

# %% exercise="norm-running" points=1
def update(running_mean, running_var, x, momentum):
    """(running_mean, running_var) after the batch x (samples, units), in PyTorch's convention."""
    ### BEGIN SOLUTION
    keep = 1 - momentum
    return (
        keep * running_mean + momentum * x.mean(axis=0),
        keep * running_var + momentum * x.var(axis=0, ddof=1),
    )
    ### END SOLUTION

# %% inputs="norm-running"
def inputs(rng):
    x = rng.normal(2, 2, size=(4, 3))
    return rng.normal(size=3), rng.uniform(0.5, 2, size=3), x, float(rng.choice([0.1, 0.2, 0.3]))

# %% wrong="norm-running"
# Your share is the other way round: here momentum is the share of the new batch.
def update(running_mean, running_var, x, momentum):
    new = 1 - momentum
    return (momentum * running_mean + new * x.mean(axis=0),
            momentum * running_var + new * x.var(axis=0, ddof=1))

# %% wrong="norm-running"
# The variance that is kept divides by B − 1; yours divides by B.
def update(running_mean, running_var, x, momentum):
    keep = 1 - momentum
    return (keep * running_mean + momentum * x.mean(axis=0),
            keep * running_var + momentum * x.var(axis=0))

# %% wrong="norm-running"
# You forget all batches but this one. The old values keep most of their weight.
def update(running_mean, running_var, x, momentum):
    return x.mean(axis=0), x.var(axis=0, ddof=1)

# %% wrong="norm-running"
# You add the new without shrinking the old: such values would grow and grow.
def update(running_mean, running_var, x, momentum):
    return (running_mean + momentum * x.mean(axis=0),
            running_var + momentum * x.var(axis=0, ddof=1))

# %% wrong="norm-running"
# A running variance is asked for; you mix in the std.
def update(running_mean, running_var, x, momentum):
    keep = 1 - momentum
    return (keep * running_mean + momentum * x.mean(axis=0),
            keep * running_var + momentum * x.std(axis=0, ddof=1))

# %%
check("norm-running", update)

# %% [markdown]
# Your statistics beside the engine's, for 100 batches of 16 from data of mean 5 and variance 4.
# From 0 and 1 they need a while: after $k$ batches $0.9^k$ of the start is left. A model that is
# put to use after a handful of batches has poor ones.

# %%
rng = np.random.default_rng(4)
tracked, mean, var = nn.BatchNorm1d(1), np.zeros(1), np.ones(1)
for k in range(1, 101):
    batch = rng.normal(5, 2, size=(16, 1))
    tracked(nnkit.tensor(batch, dtype=nnkit.float32))
    updated = update(mean, var, batch, 0.1)
    if updated is not None:
        mean, var = updated
    if k in (1, 5, 20, 100):
        yours = "solve exercise 3" if updated is None else f"{mean[0]:.2f} and {var[0]:.2f}"
        print(f"after {k:3} batches: engine's {tracked.running_mean.item():.2f} and "
              f"{tracked.running_var.item():.2f}; yours: {yours}")

# %% [markdown]
# > **Set right.** "Batch norm is on in training and off in use, like dropout." It is on in both. In
# > use it takes the running statistics instead of the batch's. Forget `eval()`, and a sample's
# > answer depends on the others in the request; and every request moves the running statistics:

# %%
tracked.train()
print(f"engine's running mean: {tracked.running_mean.item():.2f}")
for mates in [[4.0, 5.0], [50.0, 60.0]]:
    answer = tracked(nnkit.tensor([[6.0]] + [[m] for m in mates])).detach().numpy()[0, 0]
    print(f"training mode, 6.0 together with {mates}: {answer:.2f}, "
          f"running mean now {tracked.running_mean.item():.2f}")
tracked.eval()
for mates in [[4.0, 5.0], [50.0, 60.0]]:
    answer = tracked(nnkit.tensor([[6.0]] + [[m] for m in mates])).detach().numpy()[0, 0]
    print(f"after eval(), 6.0 together with {mates}: {answer:.2f}")

# %% [markdown]
# ### Exercise 4: fold it away
#
# In use all four numbers of a unit are fixed, so batch norm only multiplies and adds. Behind a dense
# layer it can therefore be **folded** into it, and costs nothing:
#
# $$\gamma\,\frac{(xW + b) - \mu}{\sqrt{\sigma^2 + \varepsilon}} + \beta \;=\; x W' + b'$$
#
# Find $W'$ and $b'$. `W` has a row for each input and a column for each unit.

# %% exercise="norm-fold" points=2
def fold(W, b, mean, var, gamma, beta, eps):
    """(W', b') of the one dense layer that equals the dense layer and batch norm after eval()."""
    ### BEGIN SOLUTION
    scale = gamma / np.sqrt(var + eps)
    return W * scale, (b - mean) * scale + beta
    ### END SOLUTION

# %% inputs="norm-fold"
def inputs(rng):
    W, (b, mean, beta) = rng.normal(size=(3, 3)), rng.normal(size=(3, 3))
    var, gamma = rng.uniform(0.5, 3, size=3), rng.uniform(0.5, 2, size=3)
    return W, b, mean, var, gamma, beta, float(rng.choice([0.1, 0.3]))

# %% wrong="norm-fold"
# The old bias is inside the bracket: it is scaled as well.
def fold(W, b, mean, var, gamma, beta, eps):
    scale = gamma / np.sqrt(var + eps)
    return W * scale, b - mean * scale + beta

# %% wrong="norm-fold"
# You have forgotten the mean, which is subtracted from every sum.
def fold(W, b, mean, var, gamma, beta, eps):
    scale = gamma / np.sqrt(var + eps)
    return W * scale, b * scale + beta

# %% wrong="norm-fold"
# You scale the rows of W, one an input. A unit's weights are a column.
def fold(W, b, mean, var, gamma, beta, eps):
    scale = gamma / np.sqrt(var + eps)
    return W * scale[:, None], (b - mean) * scale + beta

# %% wrong="norm-fold"
# You divide by the variance; it should be the root of variance + eps.
def fold(W, b, mean, var, gamma, beta, eps):
    scale = gamma / (var + eps)
    return W * scale, (b - mean) * scale + beta

# %% wrong="norm-fold"
# eps is missing: with a small variance that shows.
def fold(W, b, mean, var, gamma, beta, eps):
    scale = gamma / np.sqrt(var)
    return W * scale, (b - mean) * scale + beta

# %% wrong="norm-fold"
# beta, which is added at the very end, is missing in your b'.
def fold(W, b, mean, var, gamma, beta, eps):
    scale = gamma / np.sqrt(var + eps)
    return W * scale, (b - mean) * scale

# %% wrong="norm-fold"
# beta is added at the very end. You scale it as well.
def fold(W, b, mean, var, gamma, beta, eps):
    scale = gamma / np.sqrt(var + eps)
    return W * scale, (b - mean + beta) * scale

# %%
check("norm-fold", fold)

# %% [markdown]
# A trained layer with batch norm, and your folded one, on new samples:

# %%
nnkit.manual_seed(0)
dense, bn = nn.Linear(4, 3), nn.BatchNorm1d(3)
for _ in range(50):
    bn(dense(nnkit.randn(32, 4)))
bn.eval()
folded = fold(dense.weight.detach().numpy().T, dense.bias.detach().numpy(),
              bn.running_mean.numpy(), bn.running_var.numpy(),
              bn.weight.detach().numpy(), bn.bias.detach().numpy(), bn.eps)
new = nnkit.randn(5, 4)
if folded is None:
    print("Solve exercise 4 first.")
else:
    two_layers = bn(dense(new)).detach().numpy()
    print("the same as both layers:", np.allclose(new.numpy() @ folded[0] + folded[1], two_layers,
                                                  atol=1e-5))

# %% [markdown]
# ## 6 Who shares a mean: batch, layer, instance, group
#
# A batch of pictures is a block of shape $(N, C, H, W)$: samples, channels, rows, columns. The four
# usual kinds use one formula and differ only in the axes over which mean and variance are taken,
# the **reduction axes**. Numbers that are taken together are marked below.
#
# 1. Go through the four kinds. Over which of N, C, H and W does each run?
# 2. Click on other cells. In which kinds does another **n** change the mean?
# 3. Choose group norm, and all three numbers of **groups**. Which two are old acquaintances?
# 4. Set **numbers in the cells** to "normalised". In which kinds are dark channels as bright as
#    light ones afterwards?

# %%
NormalisedCell()

# %% [markdown]
# | kind | mean over | shape of the mean | at test | learnt scale and shift |
# |:--|:--|:--|:--|:--|
# | batch norm | N, H, W | (1, C, 1, 1) | running statistics | one a channel |
# | layer norm | C, H, W | (N, 1, 1, 1) | as in training | one for each (c, h, w) |
# | instance norm | H, W | (N, C, 1, 1) | as in training | none by default |
# | group norm | H, W, a group's channels | (N, G, 1, 1, 1) | as in training | one a channel |
#
# (Group norm's mean has this shape after the reshape to (N, G, C/G, H, W), for G groups.) For a
# table (N, features), batch norm takes means over N, layer norm over the features.
#
# Batch norm is at home in convolutional networks with large batches. Group norm serves where
# batches must be small. Instance norm is known from style transfer: it removes each picture's own
# contrast. Transformers use layer norm, over the features of each word alone. (Or RMSNorm, a layer
# norm without the subtraction.)

# %% jupyter={"source_hidden": true}
predict(
    "norm-company",
    "In training mode a sample is put into another batch. In which kinds does its output change?",
    {
        "In all four": "Only where N is a reduction axis can other samples matter.",
        "In batch norm and layer norm": "Layer norm runs over C, H and W of one sample.",
        "In batch norm only": "It alone has N among its reduction axes.",
    },
    "In batch norm only",
)

# %%
nnkit.manual_seed(0)
sample, company, others = nnkit.randn(1, 4, 3, 3), nnkit.randn(3, 4, 3, 3), nnkit.randn(3, 4, 3, 3)
for layer in [nn.BatchNorm2d(4), nn.LayerNorm((4, 3, 3)), nn.InstanceNorm2d(4), nn.GroupNorm(2, 4)]:
    first = layer(nnkit.cat([sample, company]))[0].detach().numpy()
    second = layer(nnkit.cat([sample, others]))[0].detach().numpy()
    print(f"{type(layer).__name__:14} changes by up to {abs(first - second).max():.2f}")

# %% [markdown]
# ### Exercise 5: the four kinds
#
# `kind` is one of "batch norm", "layer norm", "instance norm", "group norm"; `groups` matters for
# the last only. A group is a run of neighbouring channels: with 4 channels and 2 groups, channels 0
# and 1, then 2 and 3. (`reshape` can give the groups an axis of their own.) There is no learnt scale
# and shift here. Add `1e-5` to the variance.

# %% exercise="norm-kinds" points=2
def normalise(x, kind, groups):
    """x, shape (N, C, H, W), normalised as `kind` says; an array of the same shape."""
    ### BEGIN SOLUTION
    n, c, height, width = x.shape
    axes = {"batch norm": (0, 2, 3), "layer norm": (1, 2, 3), "instance norm": (2, 3)}.get(kind)
    together = x
    if kind == "group norm":
        together, axes = x.reshape(n, groups, c // groups, height, width), (2, 3, 4)
    mean = together.mean(axis=axes, keepdims=True)
    var = together.var(axis=axes, keepdims=True)
    return ((together - mean) / np.sqrt(var + 1e-5)).reshape(x.shape)
    ### END SOLUTION

# %% inputs="norm-kinds"
def inputs(rng):
    spread = 0.02 * rng.uniform(0.5, 3, size=(2, 6, 1, 1))  # so small that epsilon counts
    return (rng.normal(size=(2, 6, 2, 2)) * spread,)

def probe(normalise, x):
    kinds = ["batch norm", "layer norm", "instance norm", "group norm"]
    return {kind: normalise(x, kind, 3) for kind in kinds}

# %% wrong="norm-kinds"
# Your batch norm takes each pixel by itself: in pictures a channel's rows and columns go together.
def normalise(x, kind, groups):
    def over(v, axes):
        mean, var = v.mean(axis=axes, keepdims=True), v.var(axis=axes, keepdims=True)
        return ((v - mean) / np.sqrt(var + 1e-5)).reshape(x.shape)
    if kind == "group norm":
        return over(x.reshape(len(x), groups, -1), (2,))
    return over(x, {"batch norm": (0,), "layer norm": (1, 2, 3), "instance norm": (2, 3)}[kind])

# %% wrong="norm-kinds"
# Your layer norm runs over the channels of each pixel alone; here it runs over C, H and W.
def normalise(x, kind, groups):
    def over(v, axes):
        mean, var = v.mean(axis=axes, keepdims=True), v.var(axis=axes, keepdims=True)
        return ((v - mean) / np.sqrt(var + 1e-5)).reshape(x.shape)
    if kind == "group norm":
        return over(x.reshape(len(x), groups, -1), (2,))
    return over(x, {"batch norm": (0, 2, 3), "layer norm": (1,), "instance norm": (2, 3)}[kind])

# %% wrong="norm-kinds"
# Batch norm and layer norm have changed places: which of the two asks the other samples?
def normalise(x, kind, groups):
    def over(v, axes):
        mean, var = v.mean(axis=axes, keepdims=True), v.var(axis=axes, keepdims=True)
        return ((v - mean) / np.sqrt(var + 1e-5)).reshape(x.shape)
    if kind == "group norm":
        return over(x.reshape(len(x), groups, -1), (2,))
    swapped = {"batch norm": (1, 2, 3), "layer norm": (0, 2, 3), "instance norm": (2, 3)}
    return over(x, swapped[kind])

# %% wrong="norm-kinds"
# Your groups are not neighbours: channels 0 and 2 are together, and 1 and 3. Mind the order of the
# two new axes.
def normalise(x, kind, groups):
    n, c, height, width = x.shape
    axes = {"batch norm": (0, 2, 3), "layer norm": (1, 2, 3), "instance norm": (2, 3)}.get(kind)
    v = x
    if kind == "group norm":
        v, axes = x.reshape(n, c // groups, groups, height, width), (1, 3, 4)
    mean, var = v.mean(axis=axes, keepdims=True), v.var(axis=axes, keepdims=True)
    return ((v - mean) / np.sqrt(var + 1e-5)).reshape(x.shape)

# %% wrong="norm-kinds"
# Your group norm takes all samples together. Only batch norm does that.
def normalise(x, kind, groups):
    n, c, height, width = x.shape
    axes = {"batch norm": (0, 2, 3), "layer norm": (1, 2, 3), "instance norm": (2, 3)}.get(kind)
    v = x
    if kind == "group norm":
        v, axes = x.reshape(n, groups, c // groups, height, width), (0, 2, 3, 4)
    mean, var = v.mean(axis=axes, keepdims=True), v.var(axis=axes, keepdims=True)
    return ((v - mean) / np.sqrt(var + 1e-5)).reshape(x.shape)

# %% wrong="norm-kinds"
# You divide by n − 1 in the variance. Inside a layer it is the biased one, by n.
def normalise(x, kind, groups):
    def over(v, axes):
        mean = v.mean(axis=axes, keepdims=True)
        var = v.var(axis=axes, keepdims=True, ddof=1) + 1e-5
        return ((v - mean) / np.sqrt(var)).reshape(x.shape)
    if kind == "group norm":
        return over(x.reshape(len(x), groups, -1), (2,))
    axes = {"batch norm": (0, 2, 3), "layer norm": (1, 2, 3), "instance norm": (2, 3)}
    return over(x, axes[kind])

# %% wrong="norm-kinds"
# The 1e-5 is missing. It is added to the variance.
def normalise(x, kind, groups):
    def over(v, axes):
        mean, var = v.mean(axis=axes, keepdims=True), v.var(axis=axes, keepdims=True)
        return ((v - mean) / np.sqrt(var)).reshape(x.shape)
    if kind == "group norm":
        return over(x.reshape(len(x), groups, -1), (2,))
    axes = {"batch norm": (0, 2, 3), "layer norm": (1, 2, 3), "instance norm": (2, 3)}
    return over(x, axes[kind])

# %% wrong="norm-kinds"
# Your instance norm takes the channels together. An instance is one channel of one sample.
def normalise(x, kind, groups):
    def over(v, axes):
        mean, var = v.mean(axis=axes, keepdims=True), v.var(axis=axes, keepdims=True)
        return ((v - mean) / np.sqrt(var + 1e-5)).reshape(x.shape)
    if kind == "group norm":
        return over(x.reshape(len(x), groups, -1), (2,))
    axes = {"batch norm": (0, 2, 3), "layer norm": (1, 2, 3), "instance norm": (1, 2, 3)}
    return over(x, axes[kind])

# %%
check("norm-kinds", normalise)

# %% [markdown]
# In this picture the marked cells are those whose output **your** function changes when the chosen
# cell changes. Below it, your function beside the engine's layers.

# %%
NormalisedCell(normalise=normalise, kind="group norm")

# %%
x = nnkit.randn(2, 4, 3, 3)
layers = {"batch norm": nn.BatchNorm2d(4), "layer norm": nn.LayerNorm((4, 3, 3)),
          "instance norm": nn.InstanceNorm2d(4), "group norm": nn.GroupNorm(2, 4)}
for kind, layer in layers.items():
    yours = normalise(x.numpy(), kind, 2)
    if yours is None:
        print("Solve exercise 5 first.")
        break
    print(f"{kind:13} the same as {type(layer).__name__}:",
          np.allclose(yours, layer(x).detach().numpy(), atol=1e-4))

# %% [markdown]
# > **Set right.** "Layer norm is batch norm of the transpose, so it makes no difference which one
# > takes." For a table in training mode the arithmetic is, indeed, that of the transpose. Three
# > things are not: in use, layer norm does what it did in training, batch norm does not; a single
# > sample is enough for it; and its scale and shift still belong to the columns.

# %%
x = nnkit.tensor(np.random.default_rng(5).normal(3, 2, size=(6, 4)), dtype=nnkit.float32)
ln, bn = nn.LayerNorm(4), nn.BatchNorm1d(4)
transposed = nn.BatchNorm1d(6)(x.T).T
print("in training the transpose's:", np.allclose(ln(x).detach(), transposed.detach(), atol=1e-4))
trained = {"layer norm": ln(x), "batch norm": bn(x)}
ln.eval(), bn.eval()
for name, layer in [("layer norm", ln), ("batch norm", bn)]:
    change = abs((layer(x) - trained[name]).detach().numpy()).max()
    print(f"{name}: eval() changes the outputs by up to {change:.2f}")
bn.train()
try:
    bn(x[:1])
except ValueError as error:
    print("batch norm, one sample in training:", str(error).split(",")[0])
print("layer norm, one sample:", ln(x[:1]).detach().numpy().round(2))

# %% [markdown]
# ## 7 Does it help, and why?
#
# ### Badly scaled inputs
#
# The two moons of lesson 09, but $x_2$ is multiplied by 100 and shifted by 300. A network
# with two hidden layers is trained on them, with norms or without, at five learning rates. Each
# number is the median training loss of five starts after 20 steps; guessing gives
# $\ln 2 = 0.693$.

# %%
moons, side = data.moons(100, 0.15, generator=nnkit.Generator().manual_seed(1))
# In float64, lest training make a processor's way of rounding visible.
side = side.double()[:, None]
raw = nnkit.tensor(moons.numpy() * [1, 100] + [0, 300], dtype=nnkit.float64)
standardised = data.standardize(raw)


def trained_loss(X, norm, lr, seed, steps=20):
    """The training loss of a 2-12-12-1 network after some steps; norm: a layer class, or None."""
    nnkit.manual_seed(seed)
    layers = []
    for a, b in [(2, 12), (12, 12)]:
        layers += [nn.Linear(a, b), *([norm(b)] if norm else []), nn.Tanh()]
    net = nn.Sequential(*layers, nn.Linear(12, 1)).double()
    optimiser = optim.SGD(net.parameters(), lr=lr)
    for _ in range(steps):
        optimiser.zero_grad()
        loss = F.binary_cross_entropy_with_logits(net(X), side)
        loss.backward()
        optimiser.step()
    return loss.item()


rates = [0.03, 0.1, 0.3, 1.0, 3.0]
print("lr", " " * 21, *(f"{lr:7}" for lr in rates))
for name, X, norm in [
    ("raw inputs", raw, None),
    ("standardised inputs", standardised, None),
    ("standardised, only x2", standardised * nnkit.tensor([0, 1]), None),
    ("raw, batch norm inside", raw, nn.BatchNorm1d),
    ("raw, layer norm inside", raw, nn.LayerNorm),
    ("standardised, batch norm", standardised, nn.BatchNorm1d),
    ("standardised, layer norm", standardised, nn.LayerNorm),
]:
    medians = [np.median([trained_loss(X, norm, lr, seed) for seed in range(5)]) for lr in rates]
    print(f"{name:24}", *(f"{loss:7.3f}" for loss in medians))

# %% [markdown]
# - With raw inputs nothing is learnt at any of these rates: the sums are in the hundreds, and every
#   tanh of the first layer is saturated (lesson 09). At 3.0 the last layer overshoots as well
#   (6.283, worse than guessing).
# - Standardised inputs mend it.
# - Batch norm inside alone gets about as far as $x_2$ alone can: each unit's sum is nearly all
#   $x_2$, and scaling the sum does not bring $x_1$ back.
# - Layer norm inside alone does not help here: $x_2$ lies around 300 and never near 0, so the sums
#   of one sample are all about $x_2$ times a weight, and it divides by just that size. All samples
#   look alike. The shift of 300 does that, and standardising removes it.
# - Both together: a norm on standardised inputs gives the lowest losses at every rate but the
#   lowest. Such a race depends on its length: with `steps=60` layer norm is clearly ahead from 0.3
#   up, and at 3.0 standardised inputs alone beat batch norm (0.018 against 0.044).
#
# > **Set right.** "With batch norm I needn't scale my inputs." It scales the sums, when the inputs
# > have already been mixed.
#
# ### Why does batch norm speed up training?
#
# The reason given in 2015 was **internal covariate shift**: a layer's inputs change while the
# layers before it learn, and batch norm keeps them in place. Santurkar and others (2018) put it to
# the test. They added noise behind batch norm, new at every step, so that the layers' inputs moved
# *more* than without batch norm. The networks trained about as well as with plain batch norm, and
# better than without. Here is a small version with six hidden layers and 200 digits; *shift* is
# how far the mean inputs of the last layer move in a step. All numbers are medians of three starts
# after 60 steps; guessing gives $\ln 10 = 2.303$.

# %%
digits, digit = data.standardize(images[:200]).double(), labels[:200]


class Shaken(nn.Module):
    """Batch norm, then a random scale and shift a unit, new at every step."""

    def __init__(self, units):
        self.bn, self.rng = nn.BatchNorm1d(units), np.random.default_rng(0)

    def forward(self, x):
        scale, shift = nnkit.from_numpy(self.rng.uniform(-0.5, 0.5, size=(2, x.shape[1])))
        return self.bn(x) * (1 + scale) + shift


def deep_run(norm, kaiming, lr, seed, steps=60):
    """(training loss at the end, mean shift of the last layer's inputs in a step)."""
    nnkit.manual_seed(seed)
    layers = []
    for a in [64, 24, 24, 24, 24, 24]:
        layers += [nn.Linear(a, 24), *([norm(24)] if norm else []), nn.ReLU()]
        if kaiming:
            nn.init.kaiming_normal_(layers[-2].weight, nonlinearity="relu")
    body, last = nn.Sequential(*layers).double(), nn.Linear(24, 10).double()
    optimiser = optim.SGD([*body.parameters(), *last.parameters()], lr=lr)
    means = []
    for _ in range(steps):
        optimiser.zero_grad()
        h = body(digits)
        loss = F.cross_entropy(last(h), digit)
        loss.backward()
        optimiser.step()
        means.append(h.detach().numpy().mean(axis=0))
    return loss.item(), abs(np.diff(means, axis=0)).mean()


for name, norm, kaiming in [
    ("no norm", None, False),
    ("batch norm", nn.BatchNorm1d, False),
    ("batch norm, shaken", Shaken, False),
    ("no norm, Kaiming start", None, True),
]:
    for lr in [0.1, 0.3, 1.0]:
        loss, shift = np.median([deep_run(norm, kaiming, lr, seed) for seed in range(3)], axis=0)
        print(f"{name:22} lr {lr}: loss {loss:.3f}, shift {shift:.3f}")

# %% [markdown]
# Shaken batch norm moves the last layer's inputs several times as far as no norm does at its best
# rate (0.233 against 0.033), and has learnt far more, if less than batch norm left in peace. And
# the row "no norm, Kaiming start, lr 0.3" moves its inputs as far (0.269) without any norm, and
# learns well, too (0.172). So the shift can't be the whole reason.
#
# > **Set right.** "Batch norm removes internal covariate shift, that is why it works." It is an aid
# > to **optimisation**, that much is sure. Santurkar and others measured that the loss and its
# > gradients change more slowly along a step, so that larger steps are safe, and proved bounds of
# > this kind for a single batch norm layer. Others stress that the size of the weights no longer
# > matters (section 4). It is not settled which part counts most in which network.
#
# And look at the last rows: with the right start of lesson 06, most of the gain comes without any
# norm. What batch norm adds here is the range: it learns at all three rates, also at 1.0, where the
# other diverges.
#
# Its noise can act as a mild regulariser, but that is a side effect; don't count on it in place of
# lessons 07 and 08.
#
# ## 8 Words: stop words and weights
#
# Texts have unequal scales, too. Count words, and "the" outnumbers all that matters, as the income
# in cents did. It is not the same operation as above, but the same aim: nothing should rule only
# because its numbers are large. Eight short reviews, and how similar the others are to the first
# (the cosine of the two rows of counts):

# %%
reviews = [
    "the plot of the film is a joy and the end of the film is good",
    "good plot and good end the whole is a joy to watch",
    "the seats of the hall and the end of the row",
    "the film is not good",
    "the film is good",
    "the queue is long and the hall is cold",
    "the music of the film is dull and the cut of the scenes is worse",
    "the price of the popcorn and the smell of the hall",
]
words = sorted({word for review in reviews for word in review.split()})
counts = np.array([[review.split().count(word) for word in words] for review in reviews])
total = counts.sum(axis=0)
print("most frequent:", ", ".join(f"{words[i]} {total[i]}" for i in np.argsort(-total)[:6]))


def show_similar(rows):
    """Print the cosine of each row with the first, most similar first."""
    cosines = rows @ rows[0] / np.linalg.norm(rows, axis=1) / np.linalg.norm(rows[0])
    for i in np.argsort(-cosines):
        if i:
            print(f"{cosines[i]:.2f}  {reviews[i]}")


show_similar(counts)

# %% [markdown]
# The second review says the same in other words, and comes last. One about dull music comes first:
# it shares "the", "of", "is" and "and". Two remedies: **stop words**, a list of words that are
# dropped; or weights, small for words that stand in many documents. The usual weight is the
# **inverse document frequency**,
#
# $$\operatorname{idf}(\text{word}) = \ln \frac{\text{number of documents}}
# {\text{number of documents that contain the word}}$$
#
# A word that stands everywhere gets $\ln 1 = 0$. Count times idf is called **tf-idf**.
#
# ### Exercise 6: weights for words
#
# `counts` has a row for each document and a column for each word. Every word occurs somewhere.

# %% exercise="norm-idf" points=1
def idf(counts):
    """The inverse document frequency of each word, an array with one number a column."""
    ### BEGIN SOLUTION
    return np.log(len(counts) / (counts > 0).sum(axis=0))
    ### END SOLUTION

# %% inputs="norm-idf"
def inputs(rng):
    counts = rng.integers(0, 4, size=(6, 5))
    counts[0], counts[1:4, 0], counts[1:, 1] = rng.integers(2, 5, size=5), 0, 0
    return (counts,)

# %% wrong="norm-idf"
# You count how often a word occurs. It should be the documents that contain it, however often.
def idf(counts):
    return np.log(len(counts) / counts.sum(axis=0))

# %% wrong="norm-idf"
# The fraction is upside down: your weights are largest, at 0, for words that stand everywhere.
def idf(counts):
    return np.log((counts > 0).mean(axis=0))

# %% wrong="norm-idf"
# The logarithm is missing: without it a word that stands everywhere would still weigh 1.
def idf(counts):
    return len(counts) / (counts > 0).sum(axis=0)

# %% wrong="norm-idf"
# You count along the rows: how many words a document has. One number a word is asked for.
def idf(counts):
    return np.log(counts.shape[1] / (counts > 0).sum(axis=1))

# %% wrong="norm-idf"
# ln is the natural logarithm, np.log; you use base 10.
def idf(counts):
    return np.log10(len(counts) / (counts > 0).sum(axis=0))

# %%
check("norm-idf", idf)

# %%
weights = idf(counts)
if weights is None:
    print("Solve exercise 6 first.")
else:
    for word in ["the", "is", "film", "joy", "popcorn"]:
        print(f"{word:8} weight {weights[words.index(word)]:.2f}")
    show_similar(counts * weights)

# %% [markdown]
# > **Set right.** "Stop words carry no meaning." Many lists contain "not", and then the fourth and
# > the fifth review become the same. For search and topics such lists are useful; for opinions
# > they do harm. Today's language models drop no words at all: they learn from the context what to
# > make of each.

# %%
stop = {"the", "is", "of", "a", "and", "to", "not"}
for review in reviews[3:5]:
    print([word for word in review.split() if word not in stop])

# %% [markdown]
# ## 9 From here to PyTorch
#
# All layers have PyTorch's names, defaults and results. Change the import, and the cell prints the
# same.

# %% tags=["runs-on-pytorch"]
import nnkit as torch

x = torch.tensor([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0], [4.0, 40.0], [5.0, 50.0]])
bn = torch.nn.BatchNorm1d(2)


def rounded(tensor):
    return [[round(v, 3) + 0.0 for v in row] for row in tensor.tolist()]


print("batch norm, training:", rounded(bn(x)))
print("running mean:", [round(v, 3) for v in bn.running_mean.tolist()],
      "variance:", [round(v, 3) for v in bn.running_var.tolist()])
bn.eval()
print("batch norm, eval:", rounded(bn(x[:2])))
print("layer norm:", rounded(torch.nn.LayerNorm(2)(x[:2])))
block = torch.tensor([[[[1.0, 2.0]], [[3.0, 4.0]], [[10.0, 20.0]], [[30.0, 40.0]]]])
for layer in torch.nn.GroupNorm(2, 4), torch.nn.InstanceNorm2d(4):
    print(type(layer).__name__, rounded(layer(block).reshape(4, 2)))

# %% [markdown]
# ## Recap
#
# - Standardise inputs with the training part's mean and std, and keep these for all later data.
#   Different scales make a ravine: inputs times 1000, gradients times 1000, curvature times a
#   million. Standardising mends scale and offset; it changes neither shape nor correlation.
# - One formula, four kinds: batch norm over N, H, W; layer norm over C, H, W; instance norm over
#   H, W; group norm over H, W and a group's channels. Only batch norm asks the other samples, so
#   only it is noisy, needs running statistics and has two modes.
# - They are aids to optimisation first of all. They don't spare you scaled inputs or a sound start,
#   and the shift of layer inputs does not explain their success.
# - In texts, words that stand everywhere are dropped (stop words) or weighted down (idf); "not" had
#   better stay.
#
# | term | 中文 | | term | 中文 |
# |:--|:--|:--|:--|:--|
# | normalisation | 归一化 | | standardise | 标准化 |
# | standard deviation | 标准差 | | condition number | 条件数 |
# | batch norm | 批归一化 | | layer norm | 层归一化 |
# | instance norm | 实例归一化 | | group norm | 组归一化 |
# | running statistics | 滑动统计量 | | data leakage | 数据泄漏 |
# | internal covariate shift | 内部协变量偏移 | | stop words | 停用词 |

# %% [markdown]
# # 03 Softmax and cross entropy
#
# Scores say who wins, but not how sure we may be. **Softmax** turns scores into probabilities, and
# **cross entropy** into a loss: how surprised was the model by the truth? Nearly every classifier
# in use today is trained with this pair.
#
# When you are through, you have written both so that they survive any input, found their gradient,
# and trained a classifier of handwritten digits with them. You can say what entropy and KL
# divergence are, and which loss belongs to which task. Allow 60 minutes. You need the scores
# $W x + b$ of a linear classifier; what else comes from lesson 02 is said again where it is used.

# %% tags=["setup"]
import numpy as np

import nnkit
import nnkit.functional as F
from nnkit import data
from nnkit.course import check, predict
from widgets import DigitTemplates, EntropyAndKL, SoftmaxLoss

# %% [markdown]
# ## 1 From scores to probabilities
#
# A classifier gave an image these scores: cat 3.2, car 5.1, frog −1.7. We would like probabilities:
# three numbers that are not negative and add up to 1. Just dividing by the sum will not do:

# %%
s = np.array([3.2, 5.1, -1.7])
print("divided by their sum:", (s / s.sum()).round(3))

# %% [markdown]
# A probability below 0 makes no sense. So take powers of $e$ first. $e^s$ is positive for every
# $s$, and larger for a larger $s$. That is the **softmax**:
#
# $$p_k = \frac{e^{s_k}}{\sum_j e^{s_j}}$$
#
# - $s_k$ is the score of class $k$. Scores that are meant for a softmax are called **logits**.
# - $e = 2.718\ldots$ is raised to the power $s_k$.
# - $\sum_j$ adds up over all classes, so the $p_k$ add up to 1.

# %%
powers = np.exp(s)
p = powers / powers.sum()
print("e to the power of each score:", powers.round(3), "sum:", powers.sum().round(2))
print("probabilities:", p.round(3), "sum:", p.sum().round(9))

# %% [markdown]
# > **Set right.** In hasty notes $e^{s_k}$ turns into $e^s k$. The class number then becomes a
# > factor. It does not select a score any more:

# %%
k = np.array([1, 2, 3])
wrong = np.exp(s[0]) * k
print("e^s · k, whatever s is: ", (wrong / wrong.sum()).round(3))
print("e to the power s_k:     ", (np.exp(s) / np.exp(s).sum()).round(3))

# %% jupyter={"source_hidden": true}
predict(
    "sm-add",
    "The scores (3.2, 5.1, −1.7) gave (0.130, 0.869, 0.001). Now add 100 to every score. "
    "What are the probabilities?",
    {
        "All nearer to 1/3: 100 dwarfs the differences": (
            "Only differences count: e<sup>s+100</sup> is e<sup>100</sup> e<sup>s</sup>."
        ),
        "More extreme: the largest gets nearly 1": "That is what <i>multiplying</i> scores does.",
        "The same": "The factor e<sup>100</sup> is above and below the line: it cancels.",
    },
    "The same",
)

# %% [markdown]
# ## 2 Slide the scores
#
# Left: the probabilities. Middle: a curve that we need in section 4. Right: two losses, of which
# more in section 6. Begin with the left picture.
#
# 1. Move **add a constant**. What changes in the picture, and what in the first line below it?
# 2. Make all three bars equally high. Then do it once more with other scores. What have such scores
#    in common?
# 3. Choose the preset "(1, −2, 0)", then move **temperature** from 1 up to 10, and down to 0.1.

# %%
SoftmaxLoss()

# %% [markdown]
# Every score is divided by the **temperature** $T$ before the softmax. A high temperature makes all
# classes alike; a low one lets the winner take everything, as a plain maximum would. Hence the name
# *soft*-max. The order of the classes never changes.
#
# The answers: a constant changes the powers in the first line, and no bar. The bars are equal when
# the three scores are equal, whatever their value is: each $p$ is 1/3. Moving frog alone could not
# do it, for between cat and car only *their* difference counts: $p_\text{cat} / p_\text{car} =
# e^{3.2 - 5.1} = 0.15$, whatever frog gets.

# %%
scores = np.array([1.0, -2.0, 0.0])
for T in (1, 2, 10, 0.1):
    powers = np.exp(scores / T)
    print(f"scores {scores} at temperature {T:3}: {(powers / powers.sum()).round(3)}")

# %% [markdown]
# Temperature 2 is the same as weights and biases half as large. So a penalty on large weights (as
# in lesson 02: $\lambda$ times the sum of their squares is added to the loss) makes the
# probabilities less sure of themselves.
#
# ## 3 A softmax that survives
#
# On paper a constant cancels. In a computer the powers come first, and the largest number it knows
# is about $1.8 \cdot 10^{308}$:

# %%
large = np.array([123.0, 456.0, 789.0])
with np.errstate(all="ignore"):  # numpy would print warnings here
    powers = np.exp(large)
    print("powers:", powers)
    print("probabilities:", powers / powers.sum())

# %% [markdown]
# Infinite divided by infinite is `nan`, "not a number", and one `nan` spoils all that is computed
# from it. The cure: since a constant cancels, subtract the largest score first. Then the largest
# power is $e^0 = 1$, and the others lie between 0 and 1. What is too small becomes 0, which does no
# harm.

# %%
print("largest first:", large - large.max())
powers = np.exp(large - large.max())
print("probabilities:", powers / powers.sum())

# %% [markdown]
# ### Exercise 1: a stable softmax
#
# `S` is a table: a row of scores for each sample. Each row becomes probabilities of its own. With
# `axis=1`, `max` and `sum` work along each row; with `keepdims=True` the result stays a column, so
# that it can be subtracted from the table, or divide it.

# %% exercise="sm-softmax" points=2
def softmax(S):
    """Probabilities of the shape of S, (samples, classes): each row adds up to 1."""
    ### BEGIN SOLUTION
    powers = np.exp(S - S.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
    ### END SOLUTION

# %% inputs="sm-softmax"
def inputs(rng):
    return (rng.normal(size=(3, 4)) * 2 + rng.permutation([0.0, 900.0, -900.0])[:, None],)

# %% wrong="sm-softmax"
# Right for small scores, but e^900 is too large for a computer. Subtract something first.
def softmax(S):
    powers = np.exp(S)
    return powers / powers.sum(axis=1, keepdims=True)

# %% wrong="sm-softmax"
# You subtract the largest score of the whole table: low rows become all 0. Take each row's own.
def softmax(S):
    powers = np.exp(S - S.max())
    return powers / powers.sum(axis=1, keepdims=True)

# %% wrong="sm-softmax"
# Your columns add up to 1. The classes stand side by side: work along each row, axis=1.
def softmax(S):
    powers = np.exp(S - S.max(axis=0))
    return powers / powers.sum(axis=0)

# %% wrong="sm-softmax"
# All samples share one sum. Each row is divided by the sum of its own powers.
def softmax(S):
    powers = np.exp(S - S.max(axis=1, keepdims=True))
    return powers / powers.sum()

# %% wrong="sm-softmax"
# The winner gets 1, but what do the rows add up to? Divide by the sum, not by the largest.
def softmax(S):
    return np.exp(S - S.max(axis=1, keepdims=True))

# %% wrong="sm-softmax"
# That is e times s. The score is an exponent: np.exp.
def softmax(S):
    powers = np.e * S
    return powers / powers.sum(axis=1, keepdims=True)

# %%
check("sm-softmax", softmax)

# %% [markdown]
# Your softmax at work. (Until you have written it, this is nnkit's. When you have, run this cell
# once more. That holds for every explorer that uses your code.) Move **add a constant** to
# 1000, and compare the first line below the picture with the probabilities.

# %%
SoftmaxLoss(softmax=softmax)

# %% [markdown]
# ## 4 How surprised were you?
#
# The image was a cat, and the model gave cats a probability of 0.130. How bad is that? A good
# measure is 0 for probability 1, and grows without limit as the probability falls to 0. It also
# adds up: two heads of a coin in a row have the chance $\frac12 \cdot \frac12$. Chances of
# independent events, which do not influence each other, are *multiplied*, and the logarithm of a
# product is a sum. So take
#
# $$L_i = -\ln p_y$$
#
# with $p_y$ the probability of the true class $y$ and $\ln$ the natural logarithm. This loss is
# called **cross entropy**; section 9 says why. In the middle picture above it is the height of the
# point. (Where the point would be too high, an arrow tells its height.) For three images, a cat, a
# car and a frog, the same as in lesson 02:

# %%
S = np.array([[3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]])  # cat, car, frog image
y = np.array([0, 1, 2])
P = nnkit.softmax(nnkit.tensor(S), 1).numpy()
losses = -np.log(P[np.arange(3), y])
for name, row, loss in zip(["cat", "car", "frog"], P, losses, strict=True):
    print(f"{name:4} image: p = {row.round(3)}, loss {loss:.3f}")
print(f"mean: {losses.mean():.3f}")
print(f"p = (0.05, 0.1, 0.7, 0.15), the third is true: loss {-np.log(0.7):.3f}")

# %% [markdown]
# > **Set right.** Some notes give the cat image a loss of 0.89. That is the logarithm to base 10:

# %%
print(f"-log10(0.13) = {-np.log10(0.13):.2f}, but -ln(0.13) = {-np.log(0.13):.2f}")

# %% [markdown]
# Another base only changes the unit. But the simple gradient below holds for the natural logarithm
# alone, and every library uses it.

# %% jupyter={"source_hidden": true}
predict(
    "sm-start",
    "Before training all weights are nearly 0. What is the cross entropy for ten classes?",
    {
        "0": "That would need a probability of 1 for the true class.",
        "About 0.1": "That is the probability of each class. The loss is −ln of it.",
        "About 2.3": "Each class has probability 1/10, and −ln 0.1 = ln 10 = 2.303.",
        "About 9": "That is the hinge loss at the start: C − 1. Cross entropy has ln C.",
    },
    "About 2.3",
)

# %%
print(f"ten equal scores: loss {F.cross_entropy(nnkit.zeros(1, 10), nnkit.tensor([3])).item():.3f}")

# %% [markdown]
# Taking the logarithm of a softmax has a trap of its own. If the true score lies 800 below another,
# its $p$ is rounded to 0, and the loss becomes infinite. The two formulas together give a way out:
#
# $$-\ln p_y = -\ln \frac{e^{s_y}}{\sum_j e^{s_j}} = \ln \sum_j e^{s_j} - s_y$$
#
# The first term is called **log-sum-exp**. Here, too, the largest score $m$ comes out in front:
# $\ln \sum_j e^{s_j} = m + \ln \sum_j e^{s_j - m}$.

# %%
two, m = np.array([0.0, 800.0]), 800.0
with np.errstate(all="ignore"):
    print("by way of p:   ", -np.log(np.exp(two[0] - m) / np.exp(two - m).sum()))
print("by log-sum-exp:", m + np.log(np.exp(two - m).sum()) - two[0])

# %% [markdown]
# ### Exercise 2: cross entropy
#
# The mean loss of a table of scores, computed from the scores, without the detour by way of $p$.
# `S[np.arange(len(y)), y]` picks the true score out of each row.

# %% exercise="sm-cross-entropy" points=2
def cross_entropy(S, y):
    """The mean of -ln p of the true class; S is (samples, classes), y (samples,)."""
    ### BEGIN SOLUTION
    highest = S.max(axis=1)
    log_sum_exp = highest + np.log(np.exp(S - highest[:, None]).sum(axis=1))
    return (log_sum_exp - S[np.arange(len(y)), y]).mean()
    ### END SOLUTION

# %% inputs="sm-cross-entropy"
def inputs(rng):
    S = rng.normal(size=(4, 3)) * 2 + np.array([0.0, 900.0, 0.0, -900.0])[:, None]
    S[2] += [0, 0, 1000]
    return S, np.r_[rng.integers(0, 3, size=2), rng.integers(0, 2), rng.integers(0, 3)]

# %% wrong="sm-cross-entropy"
# Infinite where p is rounded to 0. Compute from the scores: log-sum-exp minus the true score.
def cross_entropy(S, y):
    return -np.log(softmax(S)[np.arange(len(y)), y]).mean()

# %% wrong="sm-cross-entropy"
# The formula is right, but e^900 overflows and e^-900 is 0: take the largest score out in front.
def cross_entropy(S, y):
    return (np.log(np.exp(S).sum(axis=1)) - S[np.arange(len(y)), y]).mean()

# %% wrong="sm-cross-entropy"
# That is the logarithm to base 10. The loss takes the natural one, np.log.
def cross_entropy(S, y):
    highest = S.max(axis=1)
    log_sum_exp = highest + np.log(np.exp(S - highest[:, None]).sum(axis=1))
    return (log_sum_exp - S[np.arange(len(y)), y]).mean() / np.log(10)

# %% wrong="sm-cross-entropy"
# That is the sum over all samples. The loss is their mean.
def cross_entropy(S, y):
    highest = S.max(axis=1)
    log_sum_exp = highest + np.log(np.exp(S - highest[:, None]).sum(axis=1))
    return (log_sum_exp - S[np.arange(len(y)), y]).sum()

# %% wrong="sm-cross-entropy"
# Your loss is negative: a logarithm of a probability is. Which of the two terms has the minus?
def cross_entropy(S, y):
    highest = S.max(axis=1)
    log_sum_exp = highest + np.log(np.exp(S - highest[:, None]).sum(axis=1))
    return (S[np.arange(len(y)), y] - log_sum_exp).mean()

# %% wrong="sm-cross-entropy"
# You average over all classes. Only the probability of the *true* class counts.
def cross_entropy(S, y):
    highest = S.max(axis=1)
    log_sum_exp = highest + np.log(np.exp(S - highest[:, None]).sum(axis=1))
    return (log_sum_exp[:, None] - S).mean()

# %% wrong="sm-cross-entropy"
# You took the largest score out but did not put it back: log-sum-exp is m + ln(...).
def cross_entropy(S, y):
    highest = S.max(axis=1)
    log_sum_exp = np.log(np.exp(S - highest[:, None]).sum(axis=1))
    return (log_sum_exp - S[np.arange(len(y)), y]).mean()

# %%
check("sm-cross-entropy", cross_entropy)

# %% [markdown]
# ## 5 The simplest gradient there is
#
# How does the loss react when one score $s_k$ is nudged, all others kept? Write $u$ for $\sum_j
# e^{s_j}$. The slope of $\ln u$ is $1/u$, times the slope of $u$ itself (the chain rule; lesson 04
# is about it). In $u$ only one term holds $s_k$, and the slope of $e^{s_k}$ is $e^{s_k}$. So the
# slope of $\ln u$ is $e^{s_k} / u$: that is $p_k$ again. And $-s_y$ has the slope −1 along $s_y$.
# Together:
#
# $$\frac{\partial L_i}{\partial s_k} = p_k - y_k$$
#
# The left side, with its curly d, is read "the slope of $L_i$ along $s_k$". $y_k$ is 1 for the true
# class and 0 for all others; such a row of a single 1 and zeros is called **one-hot**. So the
# gradient is simply *what the model says minus what is true*. Test it by nudging each score of the
# cat image:

# %%
def loss_of(s, true=0):
    return np.log(np.exp(s).sum()) - s[true]


h = 1e-5
nudged = [(loss_of(s + h * e) - loss_of(s - h * e)) / (2 * h) for e in np.eye(3)]
print("nudged:", np.round(nudged, 3))
print("p - y: ", (P[0] - np.eye(3)[0]).round(3))

# %% [markdown]
# The three slopes add up to 0: what the true class gains the others lose. And an image that is
# classified with $p_y$ near 1 has a gradient near 0. It has little left to teach.
#
# ### Exercise 3: the gradient
#
# The gradient of the *mean* loss along every score. `np.eye(classes)[y]` makes a table of one-hot
# rows out of labels.

# %% exercise="sm-gradient" points=2
def softmax_gradient(S, y):
    """The gradient of cross_entropy(S, y) along each score, an array of the shape of S."""
    ### BEGIN SOLUTION
    return (softmax(S) - np.eye(S.shape[1])[y]) / len(y)
    ### END SOLUTION

# %% inputs="sm-gradient"
def inputs(rng):
    return rng.normal(size=(4, 3)) * 2, rng.integers(0, 3, size=4)

# %% wrong="sm-gradient"
# That is the gradient of the sum. The loss is a mean over the samples: divide by their number.
def softmax_gradient(S, y):
    return softmax(S) - np.eye(S.shape[1])[y]

# %% wrong="sm-gradient"
# The sign is turned round: that points downhill. A gradient points to where the loss grows.
def softmax_gradient(S, y):
    return (np.eye(S.shape[1])[y] - softmax(S)) / len(y)

# %% wrong="sm-gradient"
# The true class is right. But raising a *wrong* score raises the loss too: its slope is p, not 0.
def softmax_gradient(S, y):
    true = np.eye(S.shape[1])[y]
    return (softmax(S) - 1) * true / len(y)

# %% wrong="sm-gradient"
# That is how p reacts to its own score. Here the slope of the *loss* is asked for: p − y.
def softmax_gradient(S, y):
    p = softmax(S)
    return p * (1 - p) / len(y)

# %% wrong="sm-gradient"
# You divide by the number of classes as well. The mean is over samples only.
def softmax_gradient(S, y):
    return (softmax(S) - np.eye(S.shape[1])[y]) / S.size

# %%
check("sm-gradient", softmax_gradient)

# %% [markdown]
# ## 6 Beside the hinge
#
# Lesson 02 had another loss for the same scores, the hinge: it adds up $\max(0, s_j - s_y + 1)$
# over the wrong classes $j$, and stops to care once the true class leads by 1.

# %% jupyter={"source_hidden": true}
predict(
    "sm-content",
    "Scores (10, 9, 9), and the first class is true. Which loss is 0?",
    {
        "Both: the answer is right": "p is only 0.576, and −ln 0.576 is not 0.",
        "The hinge only": "It asks for a lead of 1 and gets it. Cross entropy is 0.551.",
        "Cross entropy only": "It is 0 only for p = 1, which no softmax reaches.",
        "None": "9 − 10 + 1 = 0 for both wrong classes: the hinge is exactly 0.",
    },
    "The hinge only",
)

# %%
def both(scores, true):
    scores, true = nnkit.tensor(scores), nnkit.tensor(true)
    return F.multiclass_hinge_loss(scores, true).item(), F.cross_entropy(scores, true).item()


for scores, true in ([3.2, 5.1, -1.7], 0), ([-2.85, 0.86, 0.28], 2), ([10.0, 9.0, 9.0], 0):
    hinge, entropy = both(scores, true)
    print(f"{str(scores):20} class {true + 1}: hinge {hinge:.2f}, cross entropy {entropy:.3f}")

# %% [markdown]
# Now look at the right picture of the explorer. It shows both losses as the true score alone moves.
#
# 1. Cat leads by 1. Move the scores of car and frog down to make it lead by more. What do the two
#    losses do? Can you bring cross entropy to 0?
# 2. Choose the preset "the frog image". The true score is far behind. Compare the two slopes there.
# 3. Choose the preset "(−2.85, 0.86, 0.28), a frog". Which loss changes when you move the *cat*
#    score from −2.85 to −4? Which one only notices it when it gets above −0.72?
#
# (Temperature divides the scores for both losses.)

# %%
SoftmaxLoss(cat=10.0, car=9.0, frog=9.0)

# %% [markdown]
# Far left both losses are straight lines. That of the hinge is steeper, since each wrong class
# within the margin adds a slope of 1; cross entropy never gets steeper than 1. On the right the
# hinge (dashed) hits the floor and stays there. Cross entropy comes near, but never arrives: it can
# always be a little more sure, and every score takes part in it.
#
# > **Set right.** "To classify, a model must give probabilities." It must give an order. The hinge
# > works on plain scores, and so does the final choice, since softmax never changes the order:

# %%
scores = np.random.default_rng(0).normal(size=(1000, 10)) * 5
chances = nnkit.softmax(nnkit.tensor(scores), 1).numpy()
print("same winner by score and by p:", (scores.argmax(1) == chances.argmax(1)).sum(), "of 1000")

# %% [markdown]
# ## 7 Yes or no
#
# With two classes a single score $s$ will do, for "yes"; the other one may stay at 0. The softmax
# of $(s, 0)$ is
#
# $$f = \frac{e^s}{e^s + e^0} = \frac{1}{1 + e^{-s}} = \sigma(s)$$
#
# This is the **sigmoid** or logistic function $\sigma$, and $f$ the probability of "yes". (A linear
# score with a sigmoid is called **logistic** regression: from the logistic curve, and not
# "logistics", which moves goods.) With the label $y = 1$ for yes and $y = 0$ for no, cross entropy
# becomes **binary cross entropy**:
#
# $$L_i = -\left[\, y \ln f + (1 - y) \ln (1 - f) \,\right]$$
#
# One of the two terms is always multiplied by 0: $-\ln f$ is left for yes, $-\ln(1 - f)$ for no.

# %%
for score in (2.0, -1.0):
    f = 1 / (1 + np.exp(-score))
    pair = nnkit.softmax(nnkit.tensor([score, 0.0]), 0).numpy()
    print(f"s = {score:4}: sigmoid {f:.3f}, softmax of (s, 0) {pair.round(3)}")
    print(f"          loss if yes {-np.log(f):.3f}, if no {-np.log(1 - f):.3f}")

# %% [markdown]
# > **Set right.** Three things that often go wrong with this formula.
# >
# > *Prediction and label are mixed up.* A label is 0 or 1. A prediction lies strictly between, so
# > both logarithms exist. If $y$ and $f$ are swapped, $\ln 0$ comes in, whatever the prediction:

# %%
def bce(f, y):
    with np.errstate(all="ignore"):
        return -(y * np.log(f) + (1 - y) * np.log(1 - f))


print("f = 0.7, y = 1:", bce(np.float64(0.7), np.float64(1)).round(3))
print("swapped:       ", bce(np.float64(1), np.float64(0.7)))
for score in (1.0, 10.0, 30.0):
    print(f"score {score:4}: prediction {1 / (1 + np.exp(-score)):.15f}, still below 1")

# %% [markdown]
# > *"0 · ln 0 is 0."* On paper, as a limit, yes. In code it is `nan`. And a sigmoid can come so
# > near to 1 that it is rounded to it:

# %%
f = 1 / (1 + np.exp(-np.float64(40)))
print("sigmoid(40) == 1:", f == 1, " loss with y = 1:", bce(f, np.float64(1)))
loss = F.binary_cross_entropy_with_logits(nnkit.tensor([40.0]), nnkit.tensor([1.0])).item()
print(f"computed from the score: {loss:.1e}")

# %% [markdown]
# The best cure is the one of section 4: compute the loss from the score. The second best, and what
# PyTorch does if it gets probabilities: a logarithm is never taken as less than −100.
#
# ### Exercise 4: binary cross entropy
#
# `f` and `y` are arrays of equal length. Return the mean loss. Some entries of `f` are exactly 0 or
# 1: let each logarithm be at least −100 (`np.maximum`).

# %% exercise="sm-bce" points=1
def binary_cross_entropy(f, y):
    """The mean binary cross entropy of probabilities f for labels y, 0 or 1."""
    ### BEGIN SOLUTION
    yes, no = np.maximum(np.log(f), -100), np.maximum(np.log(1 - f), -100)
    return -(y * yes + (1 - y) * no).mean()
    ### END SOLUTION

# %% inputs="sm-bce"
def inputs(rng):
    y = rng.permutation([0, 0, 0, 1, 1, 1])
    f = rng.uniform(0.05, 0.95, size=6)
    f[0], f[1] = y[0], 1 - y[1]
    return f, y

# %% wrong="sm-bce"
# 0 times minus infinity is nan. Cut each logarithm off at −100 before you multiply.
def binary_cross_entropy(f, y):
    return -(y * np.log(f) + (1 - y) * np.log(1 - f)).mean()

# %% wrong="sm-bce"
# Prediction and label are swapped: the logarithm is taken of the prediction f.
def binary_cross_entropy(f, y):
    yes, no = np.maximum(np.log(y), -100), np.maximum(np.log(1 - y), -100)
    return -(f * yes + (1 - f) * no).mean()

# %% wrong="sm-bce"
# You reckon with "yes" only. Where y is 0, the loss is −ln(1 − f).
def binary_cross_entropy(f, y):
    return -(y * np.maximum(np.log(f), -100)).mean()

# %% wrong="sm-bce"
# The minus is missing: logarithms of probabilities are negative, a loss is not.
def binary_cross_entropy(f, y):
    yes, no = np.maximum(np.log(f), -100), np.maximum(np.log(1 - f), -100)
    return (y * yes + (1 - y) * no).mean()

# %% wrong="sm-bce"
# That is the sum. The mean over the samples is asked for.
def binary_cross_entropy(f, y):
    yes, no = np.maximum(np.log(f), -100), np.maximum(np.log(1 - f), -100)
    return -(y * yes + (1 - y) * no).sum()

# %%
check("sm-bce", binary_cross_entropy)

# %% [markdown]
# ## 8 Numbers instead of classes, and what a loss is for
#
# If the answer is a number, like a price, the usual losses measure the distance between prediction
# $f$ and label $y$, over $m$ numbers:
#
# $$\text{MAE} = \frac{1}{m} \sum_i |f_i - y_i|, \qquad
# \text{MSE} = \frac{1}{m} \sum_i (f_i - y_i)^2$$
#
# the **mean absolute error** and the **mean squared error**. Some write $\frac{1}{2m}$ in front of
# the squares, so that the 2 of the slope, $2(f - y)$, cancels. Its minimum is at the same place.

# %%
f, y = np.array([1.5, 1.5]), np.array([1.0, 2.0])
print("MAE:", abs(f - y).mean(), " MSE:", ((f - y) ** 2).mean())
print("with 1/(2m):", ((f - y) ** 2).sum() / (2 * len(y)))

# %% [markdown]
# > **Set right.** $\sqrt{(f - y)^2}$ is sometimes shown as one more loss, "the root of the squared
# > error". For one number it is nothing new:

# %%
d = np.array([-2.0, 0.5, 3.0])
print("root of the square:", np.sqrt(d**2), " size:", abs(d))

# %% [markdown]
# Three words that are easily mixed up. The **loss** is that of one sample. The **cost** is the mean
# of the losses over the data. The **objective** is what is made small in the end: the cost plus
# whatever is added to it, such as $\lambda R(W)$. (Many say "loss" for all three.)
#
# No loss suits every task. Look at two cases. First: which single number is the best prediction for
# 1, 2, 3, 4 and 100?

# %%
values, guesses = np.array([1.0, 2, 3, 4, 100]), np.linspace(0, 100, 1001)
distance = guesses[:, None] - values
print("lowest MSE at", guesses[(distance**2).mean(axis=1).argmin()], "(the mean)")
print("lowest MAE at", guesses[abs(distance).mean(axis=1).argmin()], "(the median)")

# %% [markdown]
# If 100 is a slip of the pen, take MAE. If it is a real flood that a dam must hold, MAE will not
# notice it. Second: a classifier with a sigmoid says −8 to a sample whose label is yes. It is badly
# wrong; how large is the slope that should put it right?

# %%
score = nnkit.tensor([-8.0], requires_grad=True)
for name, loss in ("squared error", F.mse_loss), ("cross entropy", F.binary_cross_entropy):
    score.grad = None
    loss(nnkit.sigmoid(score), nnkit.tensor([1.0])).backward()
    print(f"{name}: slope along the score {score.grad.item():.5f}")

# %% [markdown]
# With the squared error the sigmoid is flat out there: the worse the mistake, the less is learnt
# from it. With cross entropy the slope is $f - y$ again, nearly −1.
#
# ## 9 Why it is called entropy
#
# Call $-\ln p$ the **surprise** (or self-information) of an event with probability $p$: 0 for what
# is certain, large for what is rare. A **distribution** lists the probabilities of all that may
# happen; they add up to 1. Let the truth be a distribution $p$ and our model another one, $q$.
#
# - **Entropy** $H(p) = -\sum_k p_k \ln p_k$: our mean surprise if the model is right. Nobody can do
#   better.
# - **Cross entropy** $H(p, q) = -\sum_k p_k \ln q_k$: our mean surprise if we believe in $q$ while
#   $p$ is true.
# - **KL divergence** (Kullback and Leibler) $\mathrm{KL}(p \,\|\, q) = \sum_k p_k \ln
#   \frac{p_k}{q_k}$: what the wrong model costs on top. A term with $p_k = 0$ counts as 0.
#
# Since $\ln \frac{p_k}{q_k} = \ln p_k - \ln q_k$, they are tied together:
#
# $$H(p, q) = H(p) + \mathrm{KL}(p \,\|\, q)$$

# %% jupyter={"source_hidden": true}
predict(
    "sm-coin",
    "A coin shows heads 9 times of 10. The model is quite sure: heads with probability 1. "
    "What is the cross entropy?",
    {
        "0.105, that is −ln 0.9": "Try it: p to 0.9, q to 1. The rare tails count, too.",
        "0.325, the entropy of the coin": "That is the cost of the <i>right</i> model, q = 0.9.",
        "Infinite": "0.1 · (−ln 0): a single tails surprises this model infinitely.",
    },
    "Infinite",
)

# %% [markdown]
# Below is a coin. It shows heads with probability $p$; the model says $q$. Left: each outcome is as
# wide as it is frequent and as high as it surprises the model, so the coloured area is the cross
# entropy. The area under the black line is the entropy. Right: the cross entropy of every $q$.
#
# 1. Leave $p$ at 0.9 and move $q$. Where is the blue gap 0?
# 2. Move $q$ to 1. Which outcome ruins the model?
# 3. Move $p$ to 1, a one-hot truth. Where is the dashed line now? What is left of $H(p, q)$?
# 4. Choose the first two presets: do the two KL numbers below just change places?

# %%
EntropyAndKL()

# %% [markdown]
# The answers: the gap is 0 at $q = p$, the right model. At $q = 1$ tails ruin it: they do happen,
# in 1 of 10 throws, and were called impossible. (An arrow stands for what has no room: the curve
# rises to the infinite just at the edge.) With $p = 1$ the dashed line lies at 0, and all that is
# left of $H(p, q)$ is $-\ln q$. And yes: exchanging $p$ and $q$ exchanges the two KL numbers, 0.368
# and 0.511. But they are not equal, so it matters which of the two is the truth.
#
# Two things follow. The truth, and with it $H(p)$, is not ours to change. So **making cross entropy
# small makes KL small**, by the same amount; both are smallest at $q = p$. And the smallest cross
# entropy is $H(p)$. It is 0 only for a truth without any doubt, a one-hot $p$. Then $H(p, q)$ is
# just $-\ln q_y$, the loss of section 4.

# %%
def H(p, q):
    """Cross entropy; H(p, p) is the entropy. What never happens surprises nobody."""
    with np.errstate(divide="ignore"):
        return sum(-p_k * np.log(q_k) for p_k, q_k in zip(p, q, strict=True) if p_k > 0) + 0.0


qs = np.linspace(0.001, 1, 1000)
for heads in (0.5, 0.9, 1.0):
    p = np.array([heads, 1 - heads])
    cross = np.array([H(p, (q, 1 - q)) for q in qs])
    lowest_kl = qs[(cross - H(p, p)).argmin()]
    print(f"p = {heads}: lowest H(p, q) = {cross.min():.3f} at q = {qs[cross.argmin()]:.3f}; "
          f"H(p) = {H(p, p):.3f}; lowest KL at q = {lowest_kl:.3f}")

# %% [markdown]
# ### Exercise 5: KL divergence
#
# Write $\mathrm{KL}(p \,\|\, q)$ for two arrays of probabilities. Entries of `p` may be 0, and such
# a term counts as 0, whatever `q` is. `p[p > 0]` keeps the entries that are not.

# %% exercise="sm-kl" points=2
def kl(p, q):
    """KL(p || q) of two distributions, arrays of equal length."""
    ### BEGIN SOLUTION
    happens = p > 0
    return (p[happens] * np.log(p[happens] / q[happens])).sum()
    ### END SOLUTION

# %% inputs="sm-kl"
def inputs(rng):
    p, q = rng.dirichlet(np.ones(4), size=2)
    p[rng.integers(4)] = 0
    return p / p.sum(), q

# %% wrong="sm-kl"
# 0 times ln 0 is nan in code. Leave out the terms with p = 0.
def kl(p, q):
    return (p * np.log(p / q)).sum()

# %% wrong="sm-kl"
# That is KL(q || p). The truth p is in front, and in the numerator.
def kl(p, q):
    return (q * np.log(q / p)).sum()

# %% wrong="sm-kl"
# That is the cross entropy. KL is what is left after the entropy of p is taken away.
def kl(p, q):
    happens = p > 0
    return -(p[happens] * np.log(q[happens])).sum()

# %% wrong="sm-kl"
# The sign is turned round: KL is never negative.
def kl(p, q):
    happens = p > 0
    return (p[happens] * np.log(q[happens] / p[happens])).sum()

# %% wrong="sm-kl"
# Weighing by p makes a mean of it already: add up, and don't divide once more.
def kl(p, q):
    happens = p > 0
    return (p[happens] * np.log(p[happens] / q[happens])).mean()

# %%
check("sm-kl", kl)

# %% [markdown]
# > **Set right.** "KL is the distance of two distributions." A distance is the same both ways, and
# > a detour is never shorter than the direct way. KL keeps neither rule. The cell uses your `kl`,
# > and tests the identity $H(p, q) = H(p) + \mathrm{KL}(p \,\|\, q)$ as well.

# %%
def divergence(p, q):
    """Your kl; until it is written, nnkit's."""
    if kl(p, q) is not None:
        return kl(p, q)
    return F.kl_div(nnkit.tensor(np.log(q)), nnkit.tensor(p), reduction="sum").item()


a, b, c = np.array([0.9, 0.1]), np.array([0.5, 0.5]), np.array([0.7, 0.3])
print(f"KL(a || b) = {divergence(a, b):.3f}, the other way round {divergence(b, a):.3f}")
print(f"a to b directly: {divergence(a, b):.3f}, "
      f"by way of c: {divergence(a, c):.3f} + {divergence(c, b):.3f}")
print(f"H(a, b) = {H(a, b):.6f}, H(a) + KL(a || b) = {H(a, a) + divergence(a, b):.6f}")

# %% [markdown]
# The direct way, 0.368, is longer than the detour, $0.116 + 0.082$. So KL is no distance (no
# *metric*), but a measure with a direction: the price of believing in $q$ where $p$ is true. Here
# are your numbers in the picture:

# %%
EntropyAndKL(kl=kl)

# %% [markdown]
# ## 10 One of many, or several at once
#
# A picture is a cat *or* a car: **multi-class**, one of $n$. A film is funny *and* sad *and* old:
# **multi-label**, any number of $n$. Softmax would be wrong for the film, since its probabilities
# share one 1 among them. There, each label gets a yes-or-no of its own: a sigmoid and a binary
# cross entropy for each score. The same scores, read in both ways:

# %%
s = np.array([3.2, 5.1, -1.7])
print("one of three (softmax):", nnkit.softmax(nnkit.tensor(s), 0).numpy().round(3))
print("each by itself (sigmoid):", (1 / (1 + np.exp(-s))).round(3))

# %% [markdown]
# The softmax calls the first class unlikely, because the second is so much ahead. The sigmoids find
# both likely. A label is usually assigned if its probability is more than one half, which is the
# case just where its score is above 0.
#
# ### Exercise 6: several labels
#
# `S` is a table of scores, `Y` a table of the same shape that holds 1 where a label applies and 0
# where it does not. Return two things: the predicted labels, a table of 0 and 1, and the mean
# binary cross entropy over all entries. Use your `binary_cross_entropy`. `np.exp` works on a whole
# table, and `.astype(int)` makes 1 and 0 of true and false.

# %% exercise="sm-multilabel" points=2
def multi_label(S, Y):
    """(predicted labels, loss) for scores S and labels Y, both (samples, labels)."""
    ### BEGIN SOLUTION
    f = 1 / (1 + np.exp(-S))
    return (f > 0.5).astype(int), binary_cross_entropy(f, Y)
    ### END SOLUTION

# %% inputs="sm-multilabel"
def inputs(rng):
    return rng.normal(size=(4, 3)) * 1.5, rng.integers(0, 2, size=(4, 3))

# %% wrong="sm-multilabel"
# With a softmax the labels compete, and at most one can be likely. Each needs a sigmoid of its own.
def multi_label(S, Y):
    f = softmax(S)
    return (f > 0.5).astype(int), binary_cross_entropy(f, Y)

# %% wrong="sm-multilabel"
# You predict just one label for each sample. There may be several, or none.
def multi_label(S, Y):
    f = 1 / (1 + np.exp(-S))
    return np.eye(S.shape[1])[S.argmax(axis=1)], binary_cross_entropy(f, Y)

# %% wrong="sm-multilabel"
# You compare the *score* with one half. It is the probability that must be more than that.
def multi_label(S, Y):
    f = 1 / (1 + np.exp(-S))
    return (S > 0.5).astype(int), binary_cross_entropy(f, Y)

# %% wrong="sm-multilabel"
# The labels are right. The loss adds up the labels of each sample: take the mean over all entries.
def multi_label(S, Y):
    f = 1 / (1 + np.exp(-S))
    return (f > 0.5).astype(int), binary_cross_entropy(f, Y) * S.shape[1]

# %% wrong="sm-multilabel"
# You return probabilities. A label is predicted or not: 1 or 0.
def multi_label(S, Y):
    f = 1 / (1 + np.exp(-S))
    return f, binary_cross_entropy(f, Y)

# %%
check("sm-multilabel", multi_label)

# %% [markdown]
# ## 11 A classifier that learns
#
# Everything is there for a complete program. The scores are $S = X W^\top + b$, a row for each
# sample ($W^\top$, `W.T` in code, is $W$ with rows and columns exchanged). Exercise 3 gives the
# gradient $G$ along the scores. The weight $W_{kj}$ enters the score of class $k$ multiplied by the
# feature $x_j$: so its slope is that of the score times $x_j$, added up over the samples $i$, which
# is $\sum_i G_{ik} X_{ij}$. The bias enters it as it is. For all at once:
#
# $$\frac{\partial L}{\partial W} = G^\top X, \qquad
# \frac{\partial L}{\partial b_k} = \sum_i G_{ik}$$
#
# A step downhill takes a bit of the gradient away from the weights: $W \leftarrow W - \text{lr}
# \cdot \partial L / \partial W$ (the arrow reads "becomes"), and likewise $b$. How long a step `lr`
# should be, lesson 05 tells.
#
# ### Exercise 7: train it
#
# Begin with all weights and biases 0 and take `steps` steps, each with fresh scores. Use your
# `softmax_gradient`. Return the final `W` and `b`.

# %% exercise="sm-train" points=3
def train(X, y, classes, lr, steps):
    """(W, b) after gradient descent from 0; X is (samples, features), W (classes, features)."""
    ### BEGIN SOLUTION
    W, b = np.zeros((classes, X.shape[1])), np.zeros(classes)
    for _ in range(steps):
        G = softmax_gradient(X @ W.T + b, y)
        W = W - lr * G.T @ X
        b = b - lr * G.sum(axis=0)
    return W, b
    ### END SOLUTION

# %% inputs="sm-train"
def inputs(rng):
    return rng.normal(size=(6, 3)), rng.permutation([0, 0, 0, 1, 1, 2]), 3, 0.5, 4

# %% wrong="sm-train"
# The loss grows: you step along the gradient, which points uphill.
def train(X, y, classes, lr, steps):
    W, b = np.zeros((classes, X.shape[1])), np.zeros(classes)
    for _ in range(steps):
        G = softmax_gradient(X @ W.T + b, y)
        W = W + lr * G.T @ X
        b = b + lr * G.sum(axis=0)
    return W, b

# %% wrong="sm-train"
# The scores change with every step: compute them, and the gradient, inside the loop.
def train(X, y, classes, lr, steps):
    W, b = np.zeros((classes, X.shape[1])), np.zeros(classes)
    G = softmax_gradient(X @ W.T + b, y)
    for _ in range(steps):
        W = W - lr * G.T @ X
        b = b - lr * G.sum(axis=0)
    return W, b

# %% wrong="sm-train"
# The biases never move. They have a gradient too: the sum of G over the samples.
def train(X, y, classes, lr, steps):
    W, b = np.zeros((classes, X.shape[1])), np.zeros(classes)
    for _ in range(steps):
        G = softmax_gradient(X @ W.T + b, y)
        W = W - lr * G.T @ X
    return W, b

# %% wrong="sm-train"
# G holds the division by the number of samples already. Its sum, not its mean, moves b.
def train(X, y, classes, lr, steps):
    W, b = np.zeros((classes, X.shape[1])), np.zeros(classes)
    for _ in range(steps):
        G = softmax_gradient(X @ W.T + b, y)
        W = W - lr * G.T @ X
        b = b - lr * G.mean(axis=0)
    return W, b

# %% wrong="sm-train"
# b is moved with scores that know the new W already. Take both steps from the same gradient.
def train(X, y, classes, lr, steps):
    W, b = np.zeros((classes, X.shape[1])), np.zeros(classes)
    for _ in range(steps):
        W = W - lr * softmax_gradient(X @ W.T + b, y).T @ X
        b = b - lr * softmax_gradient(X @ W.T + b, y).sum(axis=0)
    return W, b

# %%
check("sm-train", train)

# %% [markdown]
# Now let it read. 500 digits to learn from, 1297 to be tested on:

# %%
X, y = (part.numpy() for part in data.digits())
trained = train(X[:500], y[:500], 10, lr=0.5, steps=100)
if trained is None or cross_entropy(X[:2] @ np.zeros((64, 10)), y[:2]) is None:
    print("exercises 2 and 7 are still to do")
else:
    found = X @ trained[0].T + trained[1]
    for name, part in ("learnt from", slice(None, 500)), ("new", slice(500, None)):
        right = (found[part].argmax(axis=1) == y[part]).mean()
        print(f"digits {name}: {right:.1%} right, loss {cross_entropy(found[part], y[part]):.3f} "
              f"(ln 10 = {np.log(10):.3f} at the start)")

# %% [markdown]
# And here the templates, the rows of $W$, are learnt with your `cross_entropy` and
# `softmax_gradient`, and an L2 penalty: $\lambda$ times the sum of the squares of all weights is
# added to the loss, and $2 \lambda W$ to its gradient. Move **steps** up from 0: the objective
# begins at 2.303. Then move **lambda** to 1. Why does the objective hardly fall now?

# %%
def objective(W, b, X, y, lam):
    S = X @ W.T + b
    loss, G = cross_entropy(S, y), softmax_gradient(S, y)
    if loss is None or G is None:  # exercises 2 and 3 are still to do
        return None
    return loss + lam * (W**2).sum(), G.T @ X + 2 * lam * W, G.sum(axis=0)


DigitTemplates(objective=objective, loss="cross entropy", lam=0.001)

# %% [markdown]
# With a large lambda the weights must stay near 0, so all classes stay nearly equally likely, and
# $\ln 10$ is what that costs. Still, more than half of the digits win their tiny race. On the new
# digits no lambda does better here than the smallest: 500 digits are enough to learn from, and the
# penalty only makes the model less sure. (Lesson 02, section 7, shows where it does help.)
#
# ## 12 From here to PyTorch
#
# PyTorch's losses take logits, not probabilities, for the reason you know. Change
# `import nnkit as torch` to `import torch`, and the cell prints the same.

# %% tags=["runs-on-pytorch"]
import nnkit as torch

F_ = torch.nn.functional
scores = torch.tensor([[3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]], requires_grad=True)
y = torch.tensor([0, 1, 2])
print("probabilities:", [round(p, 3) for p in torch.softmax(scores, 1)[0].tolist()])
loss = F_.cross_entropy(scores, y)
loss.backward()
print(f"cross entropy {loss.item():.3f}")
print("gradient for cat, times 3:", [round(3 * g, 3) for g in scores.grad[0].tolist()])
labels = torch.tensor([[1.0, 1.0, 0.0]])
print(f"multi-label: {F_.binary_cross_entropy_with_logits(scores[:1], labels).item():.3f}")
p, q = torch.tensor([0.9, 0.1]), torch.tensor([0.5, 0.5])
print(f"KL: {F_.kl_div(q.log(), p, reduction='sum').item():.3f}")

# %% [markdown]
# ## Recap
#
# - Softmax makes probabilities of scores. A constant added to all changes nothing, so subtract the
#   largest before taking powers.
# - Cross entropy is $-\ln p_y$: $\ln C$ at the start, never quite 0. Its gradient along the scores
#   is $p - y$.
# - The hinge is content with a lead; cross entropy always asks for more. Both only need scores.
# - $H(p, q) = H(p) + \mathrm{KL}(p \,\|\, q)$: making cross entropy small brings the model to the
#   truth. KL has a direction and is no distance.
# - One of $n$: softmax. Any of $n$: a sigmoid each. A number: MSE or MAE. No loss suits every task.
#
# | term | 中文 | | term | 中文 |
# |:--|:--|:--|:--|:--|
# | softmax | 柔性最大值（softmax）函数 | | logits | 对数几率（未归一化得分） |
# | cross entropy | 交叉熵 | | temperature | 温度 |
# | probability | 概率 | | one-hot encoding | 独热编码 |
# | sigmoid | S 型函数（sigmoid） | | logistic regression | 对数几率回归（逻辑回归） |
# | binary cross entropy | 二元交叉熵 | | mean squared error (MSE) | 均方误差 |
# | mean absolute error (MAE) | 平均绝对误差 | | loss / cost function | 损失函数 / 代价函数 |
# | self-information | 自信息 | | entropy | 熵 |
# | KL divergence | KL 散度（相对熵） | | objective function | 目标函数 |
# | multi-class | 多分类 | | multi-label | 多标签 |

# %% [markdown]
# # 02 Scores, margins and the SVM loss
#
# A classifier gives every class a score and bets on the highest. To make it better we need one
# number that says how *bad* its scores are: a **loss**. This lesson builds the loss of the support
# vector machine (SVM), which asks for more than being right: the true class must lead by a margin.
#
# When you are through you can compute that loss by hand, say which scores it cares about and which
# it ignores, and find its gradient. At the end your own code learns to read handwritten digits.
# Allow 45 to 60 minutes. You need arrays and sums; what a slope is, section 5 explains.

# %% tags=["setup"]
import numpy as np

import nnkit
import nnkit.functional as F
from nnkit import data
from nnkit.course import check, predict
from widgets import DigitTemplates, HingeLoss, ObjectiveContours

# %% [markdown]
# ## 1 A score for each class
#
# A **linear classifier** computes all scores at once:
#
# $$s = f(x; W, b) = W x + b$$
#
# - $x$ holds the numbers of one sample, its **features**. For an image these are its pixels.
# - $W$ holds the **weights**: one row for each class, one column for each feature.
# - $b$ holds the **biases**: one number for each class.
# - $s$ holds the **scores**: one number for each class. The highest one wins.
#
# The semicolon in $f(x; W, b)$ separates what is given, $x$, from what is to be learnt, $W$ and
# $b$. Here are the sizes for small pictures of the ten digits:

# %%
pictures, labels = (part.numpy() for part in data.digits())
x = pictures[0]
W, b = np.zeros((10, 64)), np.zeros(10)
print(f"one picture: 8 x 8 pixels, so x holds {x.size} numbers")
print(f"ten classes: W has shape {W.shape}, b {b.shape}, the scores {(W @ x + b).shape}")

# %% [markdown]
# Look at one row of $W$ alone. Its score is $w_1 x_1 + w_2 x_2 + \dots$, a dot product: large where
# $x$ is large in the places where the row is large. So each row works as a **template**, and the
# score says how well $x$ fits it. Ten classes are ten templates.
#
# > **Set right.** "A positive weight speaks for its class." Does it, whatever the input?

# %%
for feature in (2.0, -2.0):
    print(f"weight 0.5, feature {feature:4}: it adds {0.5 * feature:4} to the score")

# %% [markdown]
# A positive weight raises the score only where its feature is **positive**. Pixels are never
# negative, but features in general may be.
#
# The bias shifts a score up or down, whatever $x$ is. Where two scores are equal, the decision
# between their classes is open: such places form the **decision boundary**. Take one feature and
# two classes with the scores $2x$ and $-x + b$. They are equal at $x = b/3$:

# %%
for bias in (0, 3, 6):
    x = bias / 3
    print(f"b = {bias}: at x = {x} the scores are {2 * x} and {-x + bias}")
W, b, x = np.array([[2.0], [-1.0]]), np.array([0.0, 3.0]), np.array([1.0])
print(f"W and b doubled: at x = 1 they are {2 * W @ x + 2 * b}, still equal")
print(f"W alone doubled: at x = 1 they are {2 * W @ x + b}, and equal at x = 0.5 instead")

# %% [markdown]
# So $W$ and $b$ together fix where the boundaries lie. Multiplying both by 2 doubles every score
# but moves no boundary. Doubling $W$ alone does neither, unless $b$ is 0: here $4x = -2x + 3$ at
# $x = 0.5$. Remember that: it will matter.
#
# ### Exercise 1: the scores of many samples
#
# Samples come in a batch: `X` has a row for each sample. The scores should have a row for each
# sample, too, and a column for each class: with the 1797 pictures `X` is 1797 × 64, `W` 10 × 64,
# and the answer 1797 × 10. Write it without a loop. In NumPy `@` is the matrix product, `W.T` is
# $W$ with rows and columns exchanged (in formulas $W^\top$, with a raised T for "transposed"), and
# adding `b` to a table adds it to every row.

# %% exercise="svm-scores" points=1
def scores_of(W, b, X):
    """Scores of shape (samples, classes); W is (classes, features), b (classes,)."""
    ### BEGIN SOLUTION
    return X @ W.T + b
    ### END SOLUTION

# %% inputs="svm-scores"
def inputs(rng):
    return rng.normal(size=(3, 3)), rng.normal(size=3), rng.normal(size=(3, 3))

# %% wrong="svm-scores"
# You get a column for each sample. The answer should have a row for each sample.
def scores_of(W, b, X):
    return W @ X.T + b[:, None]

# %% wrong="svm-scores"
# W @ x is for one sample, a column. The samples are the rows of X: which one must stand in front?
def scores_of(W, b, X):
    return W @ X + b

# %% wrong="svm-scores"
# The templates are the rows of W, and X @ W multiplies with its columns. What is W.T?
def scores_of(W, b, X):
    return X @ W + b

# %% wrong="svm-scores"
# The scores fit, apart from the biases: each class has one, and it is added to its column.
def scores_of(W, b, X):
    return X @ W.T

# %% wrong="svm-scores"
# You add one bias to each sample. Each class has a bias: add b to every row.
def scores_of(W, b, X):
    return X @ W.T + b[:, None]

# %%
check("svm-scores", scores_of)

# %% [markdown]
# ## 2 How bad are these scores?
#
# A classifier with three classes has seen three images and given these scores:
#
# | | cat image | car image | frog image |
# |:--|--:|--:|--:|
# | score for cat | **3.2** | 1.3 | 2.2 |
# | score for car | 5.1 | **4.9** | 2.5 |
# | score for frog | −1.7 | 2.0 | **−3.1** |
#
# The bold number in each column is the score of the true class. The **multiclass hinge loss**, or
# SVM loss, asks that it leads *every* other score by at least $\Delta$ (delta), the **margin**.
# Whatever lead is lacking is the cost.

# %% jupyter={"source_hidden": true}
predict(
    "svm-car",
    "With delta = 1, what should the car image cost? Its scores are 1.3, <b>4.9</b>, 2.0.",
    {
        "Something: 4.9 is not a perfect score": "A score has no perfect value. Only leads count.",
        "2.9, its lead over the nearest": "It leads by 2.9 and had to lead by 1. That is enough.",
        "Nothing": "It leads by 3.6 and by 2.9, and both are at least 1: no cost at all.",
    },
    "Nothing",
)

# %% [markdown]
# For one example with true class $y$ the loss is
#
# $$L_i = \sum_{j \ne y} \max(0,\; s_j - s_y + \Delta)$$
#
# - $s_y$ is the score of the true class, $s_j$ that of another class $j$.
# - $s_j - s_y + \Delta$ is the lead that is lacking. If none is lacking it is negative, and
#   $\max(0, \cdot)$ makes it 0. Plotted, that is a bent line, like a door on its hinge.
# - $\sum_{j \ne y}$ adds this up over all classes *except the true one*.
#
# In the left picture, the dashed line stands at $s_y - \Delta$. A wrong score may lie to the left
# of it for nothing. What lies to the right costs its distance: the thick bar.
#
# 1. Read the lines below the picture and find each of their numbers in it.
# 2. Move **delta** from 0 upwards. Where does the car image begin to cost something, and why just
#    there?
# 3. Set delta to 1 again. Move **cat image: car** down (or drag its dot). From where on does the
#    cat image cost nothing? Move it further: does the loss get negative?
#
# (Leave lambda at 0; section 6 needs it.)

# %%
HingeLoss()

# %% [markdown]
# The car image begins to cost at delta 2.9: just its lead over frog, $4.9 - 2.0$. The cat image
# becomes free when car's score is at most $3.2 - 1 = 2.2$. Below that nothing changes any more. The
# loss has no interest in scores that are already far enough behind.
#
# Here are the three losses, written out. The last line shows what happens if $j = y$ is not left
# out of the sum: the term $\max(0, s_y - s_y + \Delta)$ is exactly $\Delta$, for every image.

# %%
S = np.array([[3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]])  # a row for each image


def losses(S, delta=1.0, power=1, skip_true=True):
    """The hinge loss of each image; image i is of class i."""
    found = np.zeros(len(S))
    for i, scores in enumerate(S):
        for j, score in enumerate(scores):
            if j != i or not skip_true:
                found[i] += max(0, score - scores[i] + delta) ** power
    return found


print("losses:", losses(S).round(2), "mean:", losses(S).mean().round(3))
with_true = losses(S, skip_true=False)
print("with j = y:", with_true.round(2), "mean:", with_true.mean().round(3))

# %% [markdown]
# One more by hand before you program it. Scores $(13, -7, 11)$, true class 0, $\Delta = 10$:
# $\max(0, -7 - 13 + 10) + \max(0, 11 - 13 + 10) = 0 + 8$. The true class wins, and still there is a
# loss, for class 2 comes too near.

# %%
print(F.multiclass_hinge_loss(nnkit.tensor([13.0, -7.0, 11.0]), nnkit.tensor(0), delta=10.0).item())

# %% [markdown]
# ### Exercise 2: the loss of one example
#
# `scores` is an array with a number for each class, `y` the number of the true class. Write it
# without a loop: arithmetic works on a whole array at once, and `np.maximum(0, a)` replaces the
# negative numbers of an array by 0. What to do about the true class, whose term must not count?

# %% exercise="svm-hinge" points=1
def hinge_loss(scores, y, delta):
    """The multiclass hinge loss of one example, a number."""
    ### BEGIN SOLUTION
    gaps = np.maximum(0, scores - scores[y] + delta)
    gaps[y] = 0
    return gaps.sum()
    ### END SOLUTION

# %% inputs="svm-hinge"
def inputs(rng):
    return rng.normal(size=4) * 2, int(rng.integers(4)), rng.uniform(0.5, 3)

# %% wrong="svm-hinge"
# You are exactly delta too high: the true class itself must not be in the sum.
def hinge_loss(scores, y, delta):
    return np.maximum(0, scores - scores[y] + delta).sum()

# %% wrong="svm-hinge"
# A class that is far behind brings a negative term. It must count as 0, not make up for others.
def hinge_loss(scores, y, delta):
    gaps = scores - scores[y] + delta
    gaps[y] = 0
    return gaps.sum()

# %% wrong="svm-hinge"
# You have the sign turned round: a *wrong* score that is high must cost, not a low one.
def hinge_loss(scores, y, delta):
    gaps = np.maximum(0, scores[y] - scores + delta)
    gaps[y] = 0
    return gaps.sum()

# %% wrong="svm-hinge"
# You count the worst class only. Every wrong class that comes too near has its own term.
def hinge_loss(scores, y, delta):
    gaps = np.maximum(0, scores - scores[y] + delta)
    gaps[y] = 0
    return gaps.max()

# %% wrong="svm-hinge"
# You add delta after cutting at 0. The margin belongs inside: max(0, s_j - s_y + delta).
def hinge_loss(scores, y, delta):
    gaps = np.maximum(0, scores - scores[y]) + delta
    gaps[y] = 0
    return gaps.sum()

# %%
check("svm-hinge", hinge_loss)

# %% [markdown]
# ## 3 What delta means
#
# Suppose all weights are doubled. There are no biases from here to the end of the section (or they
# are doubled with the weights), so every score doubles, no boundary moves, and every image is
# judged just as before.

# %% jupyter={"source_hidden": true}
predict(
    "svm-double",
    "There are no biases. W becomes 2W, delta stays 1. The losses were 2.9, 0 and 12.9. "
    "What are they now?",
    {
        "The same: no decision has changed": "The leads have doubled, and the loss measures leads.",
        "Twice as large: 5.8, 0, 25.8": "Only the scores have doubled; delta is still 1.",
        "4.8, 0, 23.8": "2 · 1.9 + 1 = 4.8, and 2 · 5.3 + 1 + 2 · 5.6 + 1 = 23.8.",
    },
    "4.8, 0, 23.8",
)

# %% [markdown]
# This explorer runs **your** `hinge_loss`. (Until you have written it, it shows nnkit's. When you
# have, run this cell once more. That holds for every explorer that uses your code.) Slide
# **scale of W** from 1 to 2 and look at all three images. Then slide **delta** to 2 as well.

# %%
HingeLoss(loss=hinge_loss)

# %% [markdown]
# The errors grow with the weights: −5.6 becomes −11.2. A correct lead grows as well, so an example
# that costs nothing still costs nothing. Compare:

# %%
print("delta 1:       ", losses(S).round(2))
print("delta 3:       ", losses(S, delta=3).round(2))
print("2W:            ", losses(2 * S).round(2))
print("2W and delta 2:", losses(2 * S, delta=2).round(2), "exactly twice the first line")

# %% [markdown]
# The last line holds in general: scores *and* delta times $k$ give $k$ times the loss. So delta is
# only the unit in which we measure leads, and since $W$ can grow or shrink freely, delta 1 is as
# good as delta 100. Usually one takes 1 and never touches it again. What really keeps $W$ in check
# comes in section 6.
#
# There is also a **squared** hinge loss, $\sum_{j \ne y} \max(0, s_j - s_y + \Delta)^2$. There a
# lack that is ten times as large costs a hundred times as much, so large errors dominate. Choose it
# in the explorer of section 2, and compare the frog image with the cat image. (The thick bar still
# is as long as the lack; the number beside it is the cost, its square.)

# %%
print("squared hinge:", losses(S, power=2).round(2))

# %% [markdown]
# ### Exercise 3: which delta?
#
# In section 2 you found by hand that the car image is free up to delta 2.9. Compute it for any
# example: the largest delta at which it costs nothing. A wrongly classified example is not free at
# any positive delta: return 0 for it. `np.delete(scores, y)` gives the scores without entry `y`.

# %% exercise="svm-delta" points=1
def largest_free_delta(scores, y):
    """The largest delta >= 0 at which the example's hinge loss is 0."""
    ### BEGIN SOLUTION
    return max(0, scores[y] - np.delete(scores, y).max())
    ### END SOLUTION

# %% inputs="svm-delta"
def inputs(rng):
    scores = rng.normal(size=4) * 2
    return scores, int(scores.argmax() if rng.random() < 0.35 else rng.integers(4))

# %% wrong="svm-delta"
# That is the lead over the class that is furthest behind. Which rival comes too near first?
def largest_free_delta(scores, y):
    return max(0, scores[y] - np.delete(scores, y).min())

# %% wrong="svm-delta"
# When the true class trails, its example costs something at every positive delta: the answer is 0.
def largest_free_delta(scores, y):
    return scores[y] - np.delete(scores, y).max()

# %% wrong="svm-delta"
# The distance to the rival is not enough: it must be a lead. What if the true class trails?
def largest_free_delta(scores, y):
    return abs(scores[y] - np.delete(scores, y).max())

# %% wrong="svm-delta"
# You always get 0: the highest of *all* scores may be the true one itself. Leave it out.
def largest_free_delta(scores, y):
    return max(0, scores[y] - scores.max())

# %%
check("svm-delta", largest_free_delta)

# %%
for image, name in enumerate(["cat", "car", "frog"]):
    found = largest_free_delta(S[image], image)
    print(f"{name:4} image:", "exercise 3 is still to do" if found is None else f"{found:.1f}")

# %% [markdown]
# ## 4 The whole data set
#
# The loss of a data set with $N$ examples is the mean of their losses:
#
# $$L = \frac{1}{N} \sum_{i=1}^{N} L_i$$
#
# A loop over examples and classes is slow in Python. NumPy does it for whole tables, if we can pick
# the true score out of each row:

# %%
y = np.array([0, 1, 2])  # the true class of each image
rows = np.arange(len(y))
print("true scores:", S[rows, y])
print("as a column, to be taken away from each row:", S[rows, y][:, None].tolist())
print("s_j - s_y:", (S - S[rows, y][:, None]).round(1).tolist())

# %% [markdown]
# ### Exercise 4: the mean loss, without a loop
#
# `S` has a row of scores for each example, `y` their true classes. Return the mean of the losses.
# With `gaps[rows, y] = 0` you set one entry in each row, and `.sum()` adds up a whole table.

# %% exercise="svm-loss" points=2
def svm_loss(S, y, delta):
    """The mean hinge loss, a number; S is (samples, classes), y (samples,) holds labels."""
    ### BEGIN SOLUTION
    rows = np.arange(len(y))
    gaps = np.maximum(0, S - S[rows, y][:, None] + delta)
    gaps[rows, y] = 0
    return gaps.sum() / len(y)
    ### END SOLUTION

# %% inputs="svm-loss"
def inputs(rng):
    return rng.normal(size=(4, 4)) * 2, rng.permutation([0, 1, 2, 2]), rng.uniform(0.5, 2)

# %% wrong="svm-loss"
# That is the sum over all examples. The loss of a data set is their mean.
def svm_loss(S, y, delta):
    gaps = np.maximum(0, S - S[np.arange(len(y)), y][:, None] + delta)
    gaps[np.arange(len(y)), y] = 0
    return gaps.sum()

# %% wrong="svm-loss"
# You divide by the number of table entries. Add up over classes, take the mean over examples.
def svm_loss(S, y, delta):
    gaps = np.maximum(0, S - S[np.arange(len(y)), y][:, None] + delta)
    gaps[np.arange(len(y)), y] = 0
    return gaps.mean()

# %% wrong="svm-loss"
# You are exactly delta too high: each true class is still in the sum.
def svm_loss(S, y, delta):
    gaps = np.maximum(0, S - S[np.arange(len(y)), y][:, None] + delta)
    return gaps.sum() / len(y)

# %% wrong="svm-loss"
# S[:, y] takes whole columns. You need one entry a row: S[np.arange(len(y)), y].
def svm_loss(S, y, delta):
    gaps = np.maximum(0, S - S[:, y] + delta)
    gaps[np.arange(len(y)), y] = 0
    return gaps.sum() / len(y)

# %% wrong="svm-loss"
# gaps[:, y] = 0 wipes out whole columns. Only the true class of each row must become 0.
def svm_loss(S, y, delta):
    gaps = np.maximum(0, S - S[np.arange(len(y)), y][:, None] + delta)
    gaps[:, y] = 0
    return gaps.sum() / len(y)

# %% wrong="svm-loss"
# Row i must lose *its own* true score: without [:, None] the scores are spread over the columns.
def svm_loss(S, y, delta):
    gaps = np.maximum(0, S - S[np.arange(len(y)), y] + delta)
    gaps[np.arange(len(y)), y] = 0
    return gaps.sum() / len(y)

# %%
check("svm-loss", svm_loss)

# %% jupyter={"source_hidden": true}
predict(
    "svm-start",
    "Before training all weights are nearly 0. What is the loss for ten classes, with delta = 1?",
    {
        "About 0: the scores are all 0": "All scores 0 means that nobody leads, so margins lack.",
        "About 1: one margin lacks": "Each of the wrong classes comes too near, not just one.",
        "About 9": "Nine wrong classes lack a margin of 1 each: C − 1 for C classes.",
        "About 10": "The true class has no term of its own: only nine are counted.",
    },
    "About 9",
)

# %%
rng = np.random.default_rng(0)
W = rng.normal(0, 1e-4, (10, 64))
start = F.multiclass_hinge_loss(nnkit.tensor(pictures @ W.T), nnkit.tensor(labels)).item()
print(f"ten classes, W near 0: loss {start:.3f}")

# %% [markdown]
# $C - 1$ for $C$ classes: a free test of any SVM code. If training does not begin there, something
# is wrong with the loss or with the start.
#
# ## 5 Which way is down?
#
# To make the loss smaller we must know how it reacts to each score. Nudge one score a little and
# divide the change of the loss by the nudge: that is its slope, the **derivative**. The list of all
# slopes is the **gradient**. If you know $f'$ for a slope from school: where a loss $L$ depends on
# many numbers, one writes $\partial L / \partial s_j$ for its slope along $s_j$, all others kept.

# %%
def nudge(loss, numbers, h=1e-5):
    """The slope of loss(numbers) along each of the numbers, by small nudges both ways."""
    slopes = np.zeros(numbers.shape)
    for place in np.ndindex(numbers.shape):
        up, down = numbers.copy(), numbers.copy()
        up[place] += h
        down[place] -= h
        slopes[place] = (loss(up) - loss(down)) / (2 * h)
    return slopes


def one_loss(y):
    return lambda s: F.multiclass_hinge_loss(nnkit.tensor(s), nnkit.tensor(y)).item()


for image, name in enumerate(["cat", "car", "frog"]):
    slopes = nudge(one_loss(image), S[image]).round(3) + 0  # + 0 makes 0 of -0
    print(f"{name:4} image, scores {S[image]}: slopes {slopes}")

# %% [markdown]
# Only whole numbers! Look at $\max(0, s_j - s_y + \Delta)$ once more:
#
# - A wrong class *within* the margin, that is with $s_j - s_y + \Delta > 0$: when $s_j$ rises, the
#   loss rises by just as much. The slope is 1.
# - A wrong class beyond the margin: nothing happens. The slope is 0.
# - The true class stands with a minus in *each* term within the margin. So its slope is minus the
#   **number** of wrong classes within the margin: −1 for the cat image, −2 for the frog image.
#
# Just at the margin the hinge has a kink and no slope; we take 0 there. And the loss of a data set
# is a mean, so each slope is divided by $N$.
#
# An example with no class within the margin has only zeros, and no say in where the weights go. The
# others alone hold the boundaries up. They are called **support vectors** (the features of a sample
# form a vector), and gave the machine its name.
#
# ### Exercise 5: the gradient
#
# Return a table of the shape of `S` that holds the slope of the *mean* loss along each score.
# `(gaps > 0)` is true just where a class is within the margin; `.astype(float)` makes 1 and 0 of
# true and false; `.sum(axis=1)` adds up each row.

# %% exercise="svm-gradient" points=2
def svm_gradient(S, y, delta):
    """The gradient of svm_loss(S, y, delta) along each score, an array of the shape of S."""
    ### BEGIN SOLUTION
    rows = np.arange(len(y))
    gaps = S - S[rows, y][:, None] + delta
    within = (gaps > 0).astype(float)
    within[rows, y] = 0
    within[rows, y] = -within.sum(axis=1)
    return within / len(y)
    ### END SOLUTION

# %% inputs="svm-gradient"
def inputs(rng):
    return rng.normal(size=(5, 4)) * 2, rng.integers(0, 4, size=5), rng.uniform(0.5, 2)

# %% wrong="svm-gradient"
# The true score stands in every term within the margin: its slope is minus their number, not −1.
def svm_gradient(S, y, delta):
    rows = np.arange(len(y))
    within = (S - S[rows, y][:, None] + delta > 0).astype(float)
    within[rows, y] = -1
    return within / len(y)

# %% wrong="svm-gradient"
# That is the gradient of the sum. For the mean each slope is divided by the number of examples.
def svm_gradient(S, y, delta):
    rows = np.arange(len(y))
    within = (S - S[rows, y][:, None] + delta > 0).astype(float)
    within[rows, y] = 0
    within[rows, y] = -within.sum(axis=1)
    return within

# %% wrong="svm-gradient"
# The slope is 1, however far within the margin a class is: take (gaps > 0), not the gaps.
def svm_gradient(S, y, delta):
    rows = np.arange(len(y))
    gaps = np.maximum(0, S - S[rows, y][:, None] + delta)
    gaps[rows, y] = 0
    gaps[rows, y] = -gaps.sum(axis=1)
    return gaps / len(y)

# %% wrong="svm-gradient"
# The wrong classes are right. But the true score has a slope as well: raising it lowers the loss.
def svm_gradient(S, y, delta):
    rows = np.arange(len(y))
    within = (S - S[rows, y][:, None] + delta > 0).astype(float)
    within[rows, y] = 0
    return within / len(y)

# %% wrong="svm-gradient"
# You count the true class as being within its own margin: set its entry to 0 before you add up.
def svm_gradient(S, y, delta):
    rows = np.arange(len(y))
    within = (S - S[rows, y][:, None] + delta > 0).astype(float)
    within[rows, y] = -within.sum(axis=1)
    return within / len(y)

# %%
check("svm-gradient", svm_gradient)

# %% [markdown]
# Never trust a gradient that has not been checked by nudging. This cell does so with yours, on 50
# random examples.

# %%
rng = np.random.default_rng(1)
S_50, y_50 = rng.normal(size=(50, 10)), rng.integers(0, 10, size=50)
G = svm_gradient(S_50, y_50, 1.0)
if G is None or svm_loss(S_50, y_50, 1.0) is None:
    print("exercises 4 and 5 are still to do")
else:
    error = np.abs(G - nudge(lambda S: svm_loss(S, y_50, 1.0), S_50)).max()
    print(f"largest difference between your gradient and nudging: {error:.0e}")

# %% [markdown]
# From the scores it is one step to the weights. $W_{jk}$ enters score $s_j$ multiplied by feature
# $x_k$: nudge the weight by $h$ and the score moves by $h x_k$. So the slope along $W_{jk}$ is the
# slope along $s_j$ times $x_k$, added up over the examples $i$. The bias $b_j$ moves $s_j$ just so:
#
# $$\frac{\partial L}{\partial W_{jk}} = \sum_i G_{ij} X_{ik}, \quad\text{for all at once}\quad
# \frac{\partial L}{\partial W} = G^\top X, \qquad \frac{\partial L}{\partial b_j} = \sum_i G_{ij}$$
#
# Here $G$ is the table of exercise 5. It holds the division by $N$ already. In lesson 04 you will
# see this rule again, as a part of backpropagation.
#
# ## 6 Same scores, different weights
#
# Two weight vectors and one input, $x = (1, 1, 1, 1)$:

# %%
x, w1, w2 = np.ones(4), np.array([1.0, 0, 0, 0]), np.full(4, 0.25)
for name, w in ("w1", w1), ("w2", w2):
    print(f"{name} = {w}: score {w @ x}, L2 {(w**2).sum()}, L1 {abs(w).sum()}")

# %% [markdown]
# The scores are the same, so a loss that sees only scores can't tell the two apart. There are
# always many such weights, and some are better to have than others. So we add a **penalty** for
# large weights, and call the whole the **objective**:
#
# $$J(W, b) = \underbrace{\frac{1}{N} \sum_i L_i}_{\text{data loss}} + \lambda R(W), \qquad
# R(W) = \sum_j \sum_k W_{jk}^2$$
#
# - $R(W)$, the sum of squares of all weights, is the **L2** penalty. The biases are left out.
# - $\lambda$ (lambda) says how much the penalty counts. Nobody computes it: one tries it out.
#
# Adding such a penalty is called **regularisation**. L2 prefers `w2`, 0.25 to 1: it likes weights
# that are small and spread over all features, so that no single one decides. The **L1** penalty,
# the sum of sizes $\sum |W_{jk}|$, does not care here: 1 and 1, a tie.
#
# > **Set right.** "Equal scores, so equal losses." The scores of *one class* on *one input* say
# > little. Three ways in which the losses still differ:

# %%
print("true score 1, its rival 0.5: loss", one_loss(0)(np.array([1.0, 0.5])))
print("true score 1, its rival 3:   loss", one_loss(0)(np.array([1.0, 3.0])))
other = np.array([2.0, 0, 0, 0])
print("on another input the scores differ: w1 gives", w1 @ other, "and w2 gives", w2 @ other)
for name, w in ("w1", w1), ("w2", w2):
    print(f"data loss 0.5 and lambda 1: the objective with {name} is {0.5 + (w**2).sum()}")

# %% [markdown]
# Now see what lambda does. The next explorer has three classes, two features, and no biases. Four
# of the six weights stay where they are; the left picture shows the objective over the other two.
# Right: the samples, the boundaries, and each row of $W$ as an arrow, since a row has two numbers,
# just as a sample has. The data loss is computed by **your** `svm_loss`.
#
# 1. With lambda 0, click about in the left picture and watch your boundaries on the right, the
#    dashed lines. (The arrows are those of the lowest point, the star.) Find two places with data
#    loss 0. Is one of them better than the other?
# 2. The white region goes on for ever to the right. Why? (Think of 2W.)
# 3. Move **lambda** to 0.01, then slowly on to 0.3. What happens to the region, to the lowest
#    point, and to the blue arrow? From where on does the lowest point have a data loss above 0?

# %%
ObjectiveContours(loss=svm_loss)

# %% [markdown]
# Without a penalty there is a whole region of weights with loss 0: if $W$ has none, neither has
# $2W$. Any positive lambda, however small, picks one point out of it: the one nearest to 0. A
# larger lambda pulls further, and just above 0.029 it begins to pay to accept some loss for smaller
# weights: at 0.028 the data loss is still 0, at 0.030 it is 0.001. The way down has steps: at a
# kink of the loss the lowest point rests for a while.
#
# The explorer of section 2 has the lambda slider as well. There each image has a feature of its
# own, so that the weights are just the scores, and $R(W)$ is the sum of their squares:

# %%
HingeLoss(lam=0.02)

# %% [markdown]
# > **Set right.** "Weights that use one feature only always overfit." **Overfitting** means: good
# > on the samples learnt from, worse on new ones. Below, weights are learnt from 12 samples, either
# > for the first feature only or for all four, and tried on 1000 new ones. (They are fitted by
# > **least squares**: the sum of squared errors is made as small as it gets. The sign of the score
# > is the bet.) That is done 300 times, for two kinds of data: in one, all four features carry the
# > class, with noise; in the other, only the first does.

# %%
rng = np.random.default_rng(0)
for kind, carries in ("all four features carry it", [1, 1, 1, 1]), ("only the first", [1, 0, 0, 0]):
    for used in (1, 4):
        right = []
        for _ in range(300):
            sign = rng.choice([-1, 1], 1012)
            X = (sign[:, None] * carries + rng.normal(size=(1012, 4)))[:, :used]
            w = np.linalg.lstsq(X[:12], sign[:12])[0]
            right.append(np.sign(X @ w) == sign)
        learnt, new = np.mean(right, axis=0)[:12].mean(), np.mean(right, axis=0)[12:].mean()
        print(f"{kind:27} {used} used: {learnt:.0%} right of those learnt, {new:.0%} of new ones")

# %% [markdown]
# One feature did not overfit in either case: it does as well on new samples. In the first case it
# knows too little. In the second it is the better choice, and it is the *four* weights that
# overfit. So L2's taste for weights that are spread out is a good guess, not a law.
#
# > **Set right.** "The loss does not depend on the number of samples." That is so for the mean.
# > Take each of our three images twice, or ten times:

# %%
for copies in (1, 2, 10):
    each = losses(S).tolist() * copies
    print(f"{len(each):2} samples: mean {np.mean(each):.3f}, sum {np.sum(each):.1f}")

# %% [markdown]
# A constant factor would move no minimum. But now there is a penalty beside the loss, and their
# ratio counts. Below, the templates are the mean digits times a factor, and we look for the factor
# with the lowest objective. $\lambda$ stays the same; only the number of samples grows.

# %%
templates = np.array([pictures[labels == k].mean(axis=0) for k in range(10)])
templates = templates - pictures.mean(axis=0)
factors = np.linspace(0, 3, 301)
penalty = 0.1 * (templates**2).sum() * factors**2
for n in (100, 400, 1600):
    S_n, y_n = nnkit.tensor(pictures[:n] @ templates.T), nnkit.tensor(labels[:n])
    loss = np.array([F.multiclass_hinge_loss(float(k) * S_n, y_n).item() for k in factors])
    by_mean, by_sum = factors[(loss + penalty).argmin()], factors[(n * loss + penalty).argmin()]
    print(f"{n:4} samples: best factor with the mean {by_mean:.2f}, with the sum {by_sum:.2f}")

# %% [markdown]
# With the mean the answer hardly moves. With the sum the same $\lambda$ counts for less, the more
# samples there are. Hence the mean.
#
# ### Exercise 6: the objective and its gradients
#
# Put everything together: scores, mean hinge loss, L2 penalty, and the gradients along $W$ and $b$.
# The slope of $\lambda W_{jk}^2$ is $2 \lambda W_{jk}$. Use your `scores_of`, `svm_loss` and
# `svm_gradient`, and the formulas at the end of section 5; `.sum(axis=0)` adds up each column.

# %% exercise="svm-objective" points=3
def svm_objective(W, b, X, y, delta, lam):
    """(objective, dW, db): mean hinge loss plus lam times the sum of squares of W, and gradients.

    W is (classes, features), b (classes,), X (samples, features), y (samples,).
    """
    ### BEGIN SOLUTION
    S = scores_of(W, b, X)
    G = svm_gradient(S, y, delta)
    objective = svm_loss(S, y, delta) + lam * (W**2).sum()
    return objective, G.T @ X + 2 * lam * W, G.sum(axis=0)
    ### END SOLUTION

# %% inputs="svm-objective"
def inputs(rng):
    W, b, X = rng.normal(size=(3, 3)), rng.normal(size=3), rng.normal(size=(6, 3))
    return W, b, X, rng.integers(0, 3, size=6), 1.0, rng.uniform(0.05, 0.5)

# %% wrong="svm-objective"
# The slope of a square is twice the number: the penalty's part of dW is 2 · lam · W.
def svm_objective(W, b, X, y, delta, lam):
    S = scores_of(W, b, X)
    G = svm_gradient(S, y, delta)
    return svm_loss(S, y, delta) + lam * (W**2).sum(), G.T @ X + lam * W, G.sum(axis=0)

# %% wrong="svm-objective"
# The penalty is in the objective but not in dW: nothing would pull the weights back.
def svm_objective(W, b, X, y, delta, lam):
    S = scores_of(W, b, X)
    G = svm_gradient(S, y, delta)
    return svm_loss(S, y, delta) + lam * (W**2).sum(), G.T @ X, G.sum(axis=0)

# %% wrong="svm-objective"
# You penalise the biases too. R(W) holds only the weights: shifting all scores is no complexity.
def svm_objective(W, b, X, y, delta, lam):
    S = scores_of(W, b, X)
    G = svm_gradient(S, y, delta)
    penalty = lam * ((W**2).sum() + (b**2).sum())
    return svm_loss(S, y, delta) + penalty, G.T @ X + 2 * lam * W, G.sum(axis=0) + 2 * lam * b

# %% wrong="svm-objective"
# That is the root of the sum of squares. R(W) is the sum of squares itself.
def svm_objective(W, b, X, y, delta, lam):
    S = scores_of(W, b, X)
    G = svm_gradient(S, y, delta)
    objective = svm_loss(S, y, delta) + lam * np.sqrt((W**2).sum())
    return objective, G.T @ X + 2 * lam * W, G.sum(axis=0)

# %% wrong="svm-objective"
# Your dW is turned over: row j must belong to class j, as in W. In which order go G and X?
def svm_objective(W, b, X, y, delta, lam):
    S = scores_of(W, b, X)
    G = svm_gradient(S, y, delta)
    objective = svm_loss(S, y, delta) + lam * (W**2).sum()
    return objective, X.T @ G + 2 * lam * W, G.sum(axis=0)

# %% wrong="svm-objective"
# G is divided by the number of samples already. Add its rows up for db, without a second mean.
def svm_objective(W, b, X, y, delta, lam):
    S = scores_of(W, b, X)
    G = svm_gradient(S, y, delta)
    objective = svm_loss(S, y, delta) + lam * (W**2).sum()
    return objective, G.T @ X + 2 * lam * W, G.mean(axis=0)

# %%
check("svm-objective", svm_objective)

# %% [markdown]
# ## 7 Ten templates learn to read
#
# With the gradients we can go downhill: $W \leftarrow W - \text{lr} \cdot \partial J / \partial W$,
# and $b$ likewise, a hundred times. The arrow reads "becomes", and $\text{lr}$, the **learning
# rate**, says how long a step is: here 0.05. To get there sooner, each step also keeps nine tenths
# of the one before, like a rolling ball. (Lesson 05 is about just that.) The next explorer does so
# with **your** `svm_objective`, on 500 handwritten digits. In the middle: the ten rows of $W$, each
# laid out as a picture of 8 × 8 pixels.

# %% jupyter={"source_hidden": true}
predict(
    "svm-templates",
    "What will the row of W for class 0 look like, after learning?",
    {
        "A zero: positive all over the ring, 0 elsewhere": "Nearly. But look at its middle.",
        "A ring of positive weights with negative ones in the middle": (
            "Ink in the middle speaks against a zero, so it must lower the score."
        ),
        "Noise: a computer's templates mean nothing to us": "There is some, but a shape too: look.",
    },
    "A ring of positive weights with negative ones in the middle",
)

# %%
def objective(W, b, X, y, lam):
    return svm_objective(W, b, X, y, 1.0, lam)


DigitTemplates(objective=objective)

# %% [markdown]
# 1. Set **steps** to 0: the objective is 9.004, nearly the 9 computed above, and nothing can be
#    seen. Now move it up slowly. After how many steps can you recognise the 0?
# 2. Move **picture number**, which chooses one of 40 new digits. Find one that is classified
#    wrongly, and see which template it resembles, and by how much it trails.
# 3. Move **lambda** from one end to the other. How do the templates change? And the two shares of
#    right answers?

# %% [markdown]
# On its way the objective does not only fall: with lambda 0.01 it is 0.708 after 7 steps, 0.810
# after 29, and 0.357 at the end. Your gradient is right. The rolling ball runs past the lowest
# place, and up on the other side a little, before it comes back.
#
# A small lambda lets the templates become strong and noisy. A large one keeps them small; with
# lambda 1 they are too faint to tell similar digits apart. But look at the two shares: on *new*
# digits the smallest lambda is the best of all. Is there no overfitting, then, that the penalty
# could cure? It depends on how much there is to learn from. Here is the same descent with only 50
# digits (four times, with 50 others each), and with 500. The new digits are always the same 1297.

# %%
from widgets.templates import objective as nnkits


def learn(X, y, lam, lr=0.05):
    """(W, b) after 100 steps downhill; with your svm_objective, or nnkit's until it is written."""
    X = X.astype(float)
    W, b, step_W, step_b = np.zeros((10, 64)), np.zeros(10), 0, 0
    for _ in range(100):
        found = objective(W, b, X, y, lam) or nnkits(F.multiclass_hinge_loss, W, b, X, y, lam)
        step_W, step_b = 0.9 * step_W + lr * found[1], 0.9 * step_b + lr * found[2]
        W, b = W - step_W, b - step_b
    return W, b


def share_right(W, b, X, y):
    return ((X @ W.T + b).argmax(axis=1) == y).mean()


for n, times in (50, 4), (500, 1):
    for lam in (0, 0.03, 1):
        shares = []
        for part in (slice(n * k, n * k + n) for k in range(times)):
            learnt = learn(pictures[part], labels[part], lam)
            shares.append([share_right(*learnt, pictures[p], labels[p])
                           for p in (part, slice(500, None))])
        old, new = np.mean(shares, axis=0)
        print(f"{n:3} digits, lambda {lam:<4}: "
              f"{old:.0%} right of those learnt, {new:.0%} of new ones")

# %% [markdown]
# From 50 digits everything is learnt without a penalty, but only 70 % of the new ones are read:
# that is overfitting, and lambda 0.03 wins back 5 of 100 at no cost. Lambda 1 is too much. From 500
# digits the templates cannot go so far astray, and on new digits the penalty only costs: a little
# with 0.03, in exchange for an eighth of $R(W)$ (read it below the explorer), and a lot with 1. So
# a penalty is worth most where there is little to learn from, and one has to try. How to choose
# lambda is the subject of lesson 07.
#
# ## 8 From here to PyTorch
#
# PyTorch calls the hinge loss `multi_margin_loss`, and divides each loss by the number of classes
# as well. Change `import nnkit as torch` to `import torch` below, and it prints the same.

# %% tags=["runs-on-pytorch"]
import nnkit as torch

scores = torch.tensor([[3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]], requires_grad=True)
y = torch.tensor([0, 1, 2])
loss = 3 * torch.nn.functional.multi_margin_loss(scores, y, margin=1.0)
loss.backward()
print(f"mean loss {loss.item():.3f}")
print("gradient times 3:", [[round(3 * slope) for slope in row] for row in scores.grad.tolist()])
squared = 3 * torch.nn.functional.multi_margin_loss(scores, y, p=2, reduction="none")
print("squared hinge:", [round(loss, 2) for loss in squared.tolist()])

# %% [markdown]
# ## Recap
#
# - A linear classifier has a template for each class, a row of $W$; the score is their dot product
#   with $x$, plus a bias.
# - The hinge loss adds up what each wrong class lacks in distance: $\max(0, s_j - s_y + \Delta)$.
#   Scores that are far enough behind cost nothing and have slope 0.
# - The gradient counts: 1 for each wrong class within the margin, minus their number for the true
#   class.
# - Many weights give the same loss. $\lambda R(W)$ picks small ones; take the *mean* loss, so that
#   $\lambda$ means the same for any number of samples.
# - Tests that cost nothing: $C - 1$ at the start, and a gradient compared with nudging.
#
# | term | 中文 | | term | 中文 |
# |:--|:--|:--|:--|:--|
# | linear classifier | 线性分类器 | | score | 得分 |
# | weight | 权重 | | bias (term) | 偏置 |
# | support vector machine (SVM) | 支持向量机 | | hinge loss | 合页损失 |
# | loss function | 损失函数 | | margin | 间隔 |
# | gradient | 梯度 | | decision boundary | 决策边界 |
# | regularisation | 正则化 | | objective function | 目标函数 |
# | penalty | 惩罚项 | | overfitting | 过拟合 |

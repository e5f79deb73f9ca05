# %% [markdown]
# # 11 Evaluation
#
# Your network is trained. How good is it, and what should you do next? The answer is a number,
# and numbers like this are easy to get wrong: measured on the wrong samples, compared with the
# wrong thing, or hiding the one mistake that matters.
#
# When you are through, you can measure honestly, say from three numbers whether a model is too stiff
# or too free, tell whether more data would help before you collect it, and judge a classifier when
# one class is rare. Allow 90 minutes. Lesson 07 helps; you can start without.

# %% tags=["setup"]
import numpy as np

import nnkit
from nnkit import data, metrics, nn, optim, train
from nnkit import functional as F
from nnkit.course import check, predict
from widgets import DecisionThreshold, LearningCurves
from widgets.confusion import draw_people
from widgets.learning_curve_data import errors
from widgets.polynomials import evaluate, ridge, truth

# %% [markdown]
# ## 1 Commit to a guess
#
# A program looks for an illness that 0.5% of all people have. It gives a wrong answer for only 0.5%
# of them.

# %% jupyter={"source_hidden": true}
predict(
    "eval-healthy",
    "How good is this program?",
    {
        "Excellent: 99.5% of its answers are right": (
            "So are those of a program that says 'healthy' to everybody. It finds nobody."
        ),
        "That can't be told from these numbers": (
            "A program that always says 'healthy' has the same 0.5%, and a useful one might, too."
        ),
        "Useless": "It might be. But the number alone does not say so either.",
    },
    "That can't be told from these numbers",
)

# %%
sick = np.arange(1000) < 5  # 0.5% of 1000 people
always_healthy = np.zeros(1000, bool)
print(f"always 'healthy': {np.mean(always_healthy != sick):.1%} wrong, "
      f"{np.mean(always_healthy == sick):.1%} right, {np.sum(always_healthy & sick)} of 5 found")

# %% [markdown]
# We come back to it in section 7. First: on which samples is an error measured, and which error?
#
# ## 2 The error that you report
#
# Training minimises an **objective**: a loss, often cross entropy, plus a penalty with $\lambda$
# (lesson 07). Neither is what you want to know in the end:
#
# - The **penalty** is there to find good weights. It is not an error: it says nothing about any
#   sample. Leave it out of every error that you compare or report, on all sets. Otherwise a model
#   with a larger $\lambda$ looks worse than it is.
# - The **loss** must have slopes to walk down. For a classifier what you report is mostly the
#   **misclassified fraction**: the share of the samples with a wrong answer.
#
# ### Exercise 1: the misclassified fraction
#
# A classifier with two classes has the score $w \cdot x + b$ for a sample $x$. It answers class 1
# if the score is above 0, and class 0 otherwise. It was trained with the penalty
# $\frac{\lambda}{2}\sum_k w_k^2$. What do you report?

# %% exercise="eval-error" points=1
def misclassified(w, b, X, y, lam):
    """The misclassified fraction, from 0 to 1; X: (samples, features), y: 0 or 1 for each."""
    ### BEGIN SOLUTION
    return np.mean((X @ w + b > 0) != y)
    ### END SOLUTION

# %% inputs="eval-error"
def inputs(rng):
    b, X = rng.normal(), rng.normal(size=(9, 2))
    w = rng.choice([-1, 1], size=2) * np.array([rng.choice([0.5, 1]), rng.uniform(0.5, 1.5)])
    scores = rng.choice([-1, 1], size=9) * rng.uniform(0.6, 3, size=9)
    scores[0] = rng.uniform(0.1, 0.4)
    X[:, 0] = (scores - b - X[:, 1] * w[1]) / w[0]
    X[1], scores[1] = (-b / w[0], 0), 0  # a score of exactly 0
    wrong = rng.permutation(9) < rng.integers(2, 4)
    order = rng.permutation(9)
    return w, b, X[order], ((scores > 0) != wrong).astype(int)[order], rng.uniform(0.1, 0.5)

# %% wrong="eval-error"
# The penalty belongs to training only. It says nothing about how many answers are wrong.
def misclassified(w, b, X, y, lam):
    return np.mean((X @ w + b > 0) != y) + lam / 2 * (w**2).sum()

# %% wrong="eval-error"
# That is the share of right answers, the accuracy.
def misclassified(w, b, X, y, lam):
    return np.mean((X @ w + b > 0) == y)

# %% wrong="eval-error"
# That is how many are wrong. A fraction can be compared with that of a larger set.
def misclassified(w, b, X, y, lam):
    return np.sum((X @ w + b > 0) != y)

# %% wrong="eval-error"
# A score is not a probability: here the border between the answers is a score of 0, not 0.5.
def misclassified(w, b, X, y, lam):
    return np.mean((X @ w + b > 0.5) != y)

# %% wrong="eval-error"
# A score of exactly 0 is not *above* 0: then the answer is class 0.
def misclassified(w, b, X, y, lam):
    return np.mean((X @ w + b >= 0) != y)

# %% wrong="eval-error"
# You compare scores with classes. First turn each score into an answer, 0 or 1.
def misclassified(w, b, X, y, lam):
    return np.mean(np.abs(X @ w + b - y))

# %% wrong="eval-error"
# The bias b is missing in your score.
def misclassified(w, b, X, y, lam):
    return np.mean((X @ w > 0) != y)

# %%
check("eval-error", misclassified)

# %% [markdown]
# ## 3 Three sets
#
# Everybody knows that a model must be tested on samples that it was not trained on. Why, then, are
# *three* sets needed?

# %% jupyter={"source_hidden": true}
predict(
    "eval-coins",
    "100 programs toss a coin for each of 100 yes-or-no questions. How many answers has the best "
    "of the 100 programs right, as a rule?",
    {
        "About 50": "Each of them has about 50. But we look at the best of a hundred.",
        "About 62": "Chance lifts the best of many far above their mean. It is still a coin.",
        "About 90": "Chance helps, but not that much: see the cell below.",
    },
    "About 62",
)

# %%
rng = np.random.default_rng(0)
for looks in [1, 10, 100, 1000]:
    best = [(rng.random((looks, 100)) < 0.5).mean(axis=1).max() for _ in range(200)]
    print(f"best of {looks:4} coins on 100 questions: {np.mean(best):.0%} right; "
          f"on new questions: 50%")

# %% [markdown]
# Whenever you try several models and keep the one that does best on some samples, part of its lead
# is luck with *these* samples. The number that chose it flatters it. So:
#
# | set | what it is for | how often |
# |:--|:--|:--|
# | **training set** | finds the weights | at every step |
# | **validation set** (or development set) | chooses among models: degree, λ, size, when to stop | as often as you choose |
# | **test set** | the number that you report | once, at the end |
#
# Each number is honest only for what was *not* chosen by it. Usual shares are 60, 20 and 20%. With
# millions of samples 1% is enough to test on.
#
# Let us run it 200 times: fit polynomials of 15 degrees with 10 values of $\lambda$ to 20 points,
# and keep the one that does best on 15 validation points.

# %%
rng = np.random.default_rng(0)


def points(n):
    x = rng.uniform(-1, 1, n)
    return x, truth(x) + 0.3 * rng.normal(size=n)


def error(w, samples):
    """The mean squared error, without the penalty."""
    x, y = samples
    return np.mean((evaluate(w, x) - y) ** 2)


lams, found = [10.0**k for k in range(-8, 2)], []
for _ in range(200):
    training, validation, test, new = points(20), points(15), points(15), points(2000)
    models = [w for degree in range(1, 16) for w in ridge(*training, degree, lams)]
    chosen = min(models, key=lambda w: error(w, validation))
    found.append([error(chosen, samples) for samples in (training, validation, test, new)])
names = "training", "validation", "test", "2000 new points"
for name, typical in zip(names, np.median(found, axis=0), strict=True):
    print(f"error on {name:16} {typical:.3f}")

# %% [markdown]
# (The error in the middle of the 200 runs, the **median**: a few runs go so wrong that they would
# spoil a mean.) The training error is the lowest, for it found the weights. The validation error is
# too low as well, since it chose among 150 models. The test error had no part in anything, and it
# is near to what new points show.
#
# > **Set right.** "The test set may be looked at as often as one likes, as long as one does not
# > train on it." Each look that leads to a choice is a bit of training: 1000 looks made 66% of a
# > coin. Whoever tunes on the test set has two validation sets, and no test set.
#
# ### Exercise 2: split
#
# Samples often lie in some order: by class, by date, by person. So they are shuffled first. `order`
# is a shuffled row of all positions: take the samples in this order, the first `n_train` for
# training, the next `n_validation` for validation, and all the others for testing. (`X[order]`
# gives the rows of `X` in that order.)

# %% exercise="eval-split" points=2
def split(X, y, order, n_train, n_validation):
    """Three pairs: (X_train, y_train), (X_validation, y_validation), (X_test, y_test)."""
    ### BEGIN SOLUTION
    X, y = X[order], y[order]
    end = n_train + n_validation
    return (X[:n_train], y[:n_train]), (X[n_train:end], y[n_train:end]), (X[end:], y[end:])
    ### END SOLUTION

# %% inputs="eval-split"
def inputs(rng):
    y = rng.permutation(10)
    return y[:, None] + np.array([0.1, 0.2]), y, rng.permutation(10), 5, 2

# %% wrong="eval-split"
# You cut without shuffling. If the samples are sorted by class, some class is never trained on.
def split(X, y, order, n_train, n_validation):
    end = n_train + n_validation
    return (X[:n_train], y[:n_train]), (X[n_train:end], y[n_train:end]), (X[end:], y[end:])

# %% wrong="eval-split"
# You shuffle X but not y: now each sample has the label of another one.
def split(X, y, order, n_train, n_validation):
    X, end = X[order], n_train + n_validation
    return (X[:n_train], y[:n_train]), (X[n_train:end], y[n_train:end]), (X[end:], y[end:])

# %% wrong="eval-split"
# Your validation samples were trained on as well: the sets must not share a sample.
def split(X, y, order, n_train, n_validation):
    X, y, end = X[order], y[order], n_train + n_validation
    return (X[:n_train], y[:n_train]), (X[:n_validation], y[:n_validation]), (X[end:], y[end:])

# %% wrong="eval-split"
# A slice `a:b` ends at position b; b is not a number of samples. Where do those for validation end?
def split(X, y, order, n_train, n_validation):
    X, y, end = X[order], y[order], n_train + n_validation
    middle = slice(n_train, n_validation)
    return (X[:n_train], y[:n_train]), (X[middle], y[middle]), (X[end:], y[end:])

# %% wrong="eval-split"
# Your test set holds the validation samples, too: the sets must not share a sample.
def split(X, y, order, n_train, n_validation):
    X, y, end = X[order], y[order], n_train + n_validation
    return (X[:n_train], y[:n_train]), (X[n_train:end], y[n_train:end]), (X[n_train:], y[n_train:])

# %% wrong="eval-split"
# Some samples are left over: all that are neither in training nor validation are for testing.
def split(X, y, order, n_train, n_validation):
    X, y, end = X[order], y[order], n_train + n_validation
    last = end + n_validation
    return (X[:n_train], y[:n_train]), (X[n_train:end], y[n_train:end]), (X[end:last], y[end:last])

# %%
check("eval-split", split)

# %% [markdown]
# The digits, split by **your** `split`. Every class should be there in each set:

# %%
images, labels = (tensor.numpy() for tensor in data.digits())
sets = split(images, labels, np.random.default_rng(0).permutation(1797), 1078, 360)
if sets is None:
    print("Solve exercise 2 first.")
else:
    for name, (X, y) in zip(["training", "validation", "test"], sets, strict=True):
        print(f"{name:10} {len(X):4} samples, of each digit {np.bincount(y)}")

# %% [markdown]
# Two traps. **Leaks**: pictures of one patient, or of one second of a film, are nearly the same; all
# of them must go into one set. And means for standardising (lesson 10) come from the training set
# only. **Another world**: validation and test set must look like what will come in use, and like
# each other. Otherwise you aim at one target and are judged by another.
#
# ## 4 Too stiff or too free?
#
# A program that writes down speech has an error of 10.8% on its training samples. Is that bad? You
# can't say before you know what is possible. Some recordings are so noisy that people mishear
# 10.6% of the words. The error that you can hope for is the **baseline**. There are three usual
# ways to find one:
#
# - what **humans** reach,
# - what a **rival**, another program, reaches,
# - a guess from **experience** with such tasks.
#
# Then two **gaps** tell what is wrong:
#
# $$\underbrace{\text{baseline} \;\to\; \text{training error}}_{\text{large: high bias}}
# \;\to\; \underbrace{\text{training error} \;\to\; \text{validation error}}_{\text{large: high variance}}$$
#
# **High bias** is underfitting: wrong even on the samples that it has learnt from. **High
# variance** is overfitting: good on its own samples, not on new ones. (In lesson 07 bias and
# variance were measured over many training sets. These two gaps are what one can see with a single
# one.) Three programs:

# %%
CASES = [(10.6, 10.8, 14.8), (10.6, 15.0, 15.5), (10.6, 15.0, 19.7)]
for baseline, training_error, validation_error in CASES:
    print(f"{baseline}% / {training_error}% / {validation_error}%: first gap "
          f"{training_error - baseline:.1f}, second gap {validation_error - training_error:.1f}")

# %% jupyter={"source_hidden": true}
predict(
    "eval-cases",
    "The second program: humans 10.6%, training 15.0%, validation 15.5%. Your team offers to record "
    "ten times as many samples. Do you accept?",
    {
        "Yes: more data is always good": (
            "It closes the second gap, which is 0.5. The 4.4 of the first one would stay."
        ),
        "No: first make the model more flexible": (
            "The first gap is 4.4: it can't even fit the samples that it has."
        ),
        "No: first raise λ": "That makes a model that is too stiff already still stiffer.",
    },
    "No: first make the model more flexible",
)

# %% [markdown]
# ### Exercise 3: diagnose
#
# A gap counts as large if it is **larger than** `tolerance`. Judge both gaps, each by itself, and
# answer `"high bias"`, `"high variance"`, `"both"` or `"neither"`. How large a tolerance is, is up
# to you: it depends on how much an error costs.

# %% exercise="eval-diagnose" points=1
def diagnose(baseline, training, validation, tolerance):
    """What is wrong with a model with these errors: one of the four answers."""
    ### BEGIN SOLUTION
    biased = training - baseline > tolerance
    varied = validation - training > tolerance
    if biased and varied:
        return "both"
    if biased:
        return "high bias"
    return "high variance" if varied else "neither"
    ### END SOLUTION

# %% inputs="eval-diagnose"
def inputs(rng):
    tolerance = rng.integers(8, 16) / 8  # eighths, and their sums, are exact
    (a, b), (c, d) = rng.integers(2, 7, 2) / 8, tolerance + rng.integers(3, 9, 2) / 8
    gaps = [(a, b), (c, b), (a, d), (c, d), (-c, b), (tolerance, b), (a, tolerance)]
    return tolerance, rng.permutation([
        (baseline, baseline + first, baseline + first + second)
        for first, second in gaps for baseline in [rng.integers(48, 96) / 8]
    ])


def probe(diagnose, tolerance, errors):
    """Try it on rows of errors: gaps small, large and just as large as the tolerance."""
    return [diagnose(*map(float, row), float(tolerance)) for row in errors]

# %% wrong="eval-diagnose"
# The second gap begins at the training error. Yours begins at the baseline and holds both.
def diagnose(baseline, training, validation, tolerance):
    biased, varied = training - baseline > tolerance, validation - baseline > tolerance
    return ("both" if varied else "high bias") if biased else (
        "high variance" if varied else "neither")

# %% wrong="eval-diagnose"
# A training error is not bad by itself, only compared with what is possible, the baseline.
def diagnose(baseline, training, validation, tolerance):
    biased, varied = training > tolerance, validation - training > tolerance
    return ("both" if varied else "high bias") if biased else (
        "high variance" if varied else "neither")

# %% wrong="eval-diagnose"
# The names have changed places: wrong even on its own samples, that is bias.
def diagnose(baseline, training, validation, tolerance):
    biased, varied = validation - training > tolerance, training - baseline > tolerance
    return ("both" if varied else "high bias") if biased else (
        "high variance" if varied else "neither")

# %% wrong="eval-diagnose"
# A model can have both illnesses at once: yours stops looking after the first.
def diagnose(baseline, training, validation, tolerance):
    if training - baseline > tolerance:
        return "high bias"
    return "high variance" if validation - training > tolerance else "neither"

# %% wrong="eval-diagnose"
# A training error far below the baseline is no sign of bias: keep the sign of the gap.
def diagnose(baseline, training, validation, tolerance):
    biased, varied = abs(training - baseline) > tolerance, validation - training > tolerance
    return ("both" if varied else "high bias") if biased else (
        "high variance" if varied else "neither")

# %% wrong="eval-diagnose"
# A gap that is just as large as the tolerance is not larger than it: >, not >=.
def diagnose(baseline, training, validation, tolerance):
    biased, varied = training - baseline >= tolerance, validation - training >= tolerance
    return ("both" if varied else "high bias") if biased else (
        "high variance" if varied else "neither")

# %% wrong="eval-diagnose"
# You only look at which gap is the larger one. Each is compared with the tolerance.
def diagnose(baseline, training, validation, tolerance):
    first, second = training - baseline, validation - training
    return "high bias" if first > second else "high variance"

# %%
check("eval-diagnose", diagnose)

# %% [markdown]
# Your `diagnose` on the three programs, with a tolerance of one percentage point:

# %%
for case in CASES:
    print(*case, "->", diagnose(*case, 1.0) or "solve exercise 3 first")

# %% [markdown]
# ## 5 Learning curves
#
# A **learning curve** shows both errors against the number of training samples $m$. It answers what
# the second program asked for: *would more data help?*
#
# Left: a training set of $m$ points and its fit (black), fits to 19 other sets (grey). Right: both
# errors against $m$, on a logarithmic axis. The baseline is known here: it is the noise that was
# added, squared. The two bars are the two gaps at your $m$. The verdict is **your** `diagnose`'s
# (until that is written, nnkit's), with a tolerance of 0.03.
#
# 1. A straight line (degree 1): slide **m** from 2 to 300. Why does the training error *rise* with
#    more points? Where do both curves end?
# 2. Set **degree** to 15 and **m** to 30. Is more data worth its price? Press **Play**.
# 3. Stay there and raise **lambda** until the second gap is small at 30 points. What becomes of the
#    first? At which lambda is the validation error lowest?
# 4. Choose "a single training set" for **curves**: that is what you get in real life. Which of the
#    two curves can you trust less?

# %%
LearningCurves(diagnose=diagnose)

# %% [markdown]
# - With few points the training error is low: a line passes through any two of them. It rises with
#   $m$, since more points are harder to please. The validation error falls.
# - **High bias**: the curves soon meet, at a high level. They are flat: more data does nothing.
# - **High variance**: the curves are far apart and still coming closer. More data helps: degree 15
#   goes from 0.213 at 30 points to 0.095 at 300.
# - With 6 to 20 points degree 15 is worse than useless: its 16 weights lead it nearly through each of
#   them, and it swings wildly in between.
# - $\lambda$ trades one gap for the other. At 0.1 the second is small, but the first is not any more,
#   and the validation error, 0.198, is hardly lower than without any penalty. It is lowest, 0.116,
#   near $\lambda = 0.001$, where the second gap is still "large". The validation error decides;
#   the gaps only tell where to look.
# - A single training set has jagged curves, the training error most of all at few points: it is a
#   mean over $m$ points, the validation error one over 500.
#
# What to try, then:
#
# | high bias | high variance |
# |:--|:--|
# | a larger network, a higher degree, more features | fewer features, a smaller network |
# | $\lambda$ down | $\lambda$ up; dropout (08); early stopping (07) |
# | train longer, a better optimiser (05) | more data, augmentation (section 6) |
# | *not*: more data | *not*: a larger network alone |
#
# > **Set right.** "More data always helps." Not against bias. The explorer's own numbers, for a
# > straight line and for degree 15:

# %%
sizes = [30, 100, 300]
for degree in [1, 15]:
    _, training, validation = errors(sizes, degree, lam=1e-10, noise=0.3)
    for m, a, b in zip(sizes, training.mean(axis=1), validation.mean(axis=1), strict=True):
        print(f"degree {degree:2}, m = {m:3}: training {a:.3f}, validation {b:.3f}")

# %% [markdown]
# From 100 to 300 points the line gains nothing; its first gap stays at 0.2, whatever it is fed.
#
# ### Exercise 4: a learning curve
#
# For each $m$ in `sizes`: fit to the first $m$ training points, measure the error on *these* $m$
# points and on *all* validation points. `fit(x, y)` returns weights, `error(w, x, y)` their error.

# %% exercise="eval-curve" points=2
def learning_curve(x, y, x_validation, y_validation, sizes, fit, error):
    """Two lists, one number for each m in sizes: the training errors, the validation errors."""
    ### BEGIN SOLUTION
    training, validation = [], []
    for m in sizes:
        w = fit(x[:m], y[:m])
        training.append(error(w, x[:m], y[:m]))
        validation.append(error(w, x_validation, y_validation))
    return training, validation
    ### END SOLUTION

# %% inputs="eval-curve"
def inputs(rng):
    x, x_validation = rng.uniform(-1, 1, size=12), rng.uniform(-1, 1, size=9)
    y, y_validation = (np.sin(3 * v) + 0.3 * rng.normal(size=len(v)) for v in (x, x_validation))
    return x, y, x_validation, y_validation, [3, 5, int(rng.integers(6, 9))]


def probe(learning_curve, x, y, x_validation, y_validation, sizes):
    """Try it with straight lines, fitted by least squares."""
    def fit(x, y):
        return np.polyfit(x, y, 1)

    def error(w, x, y):
        return np.mean((np.polyval(w, x) - y) ** 2)

    return learning_curve(x, y, x_validation, y_validation, sizes, fit, error)

# %% wrong="eval-curve"
# The training error is measured on the m points of the fit; the others it has never seen.
def learning_curve(x, y, x_validation, y_validation, sizes, fit, error):
    fits = [fit(x[:m], y[:m]) for m in sizes]
    return ([error(w, x, y) for w in fits],
            [error(w, x_validation, y_validation) for w in fits])

# %% wrong="eval-curve"
# You fit to all points each time: then nothing can be learnt about fewer of them.
def learning_curve(x, y, x_validation, y_validation, sizes, fit, error):
    w = fit(x, y)
    return ([error(w, x[:m], y[:m]) for m in sizes],
            [error(w, x_validation, y_validation) for m in sizes])

# %% wrong="eval-curve"
# All validation points count, whatever m is: only the training set grows.
def learning_curve(x, y, x_validation, y_validation, sizes, fit, error):
    fits = [(m, fit(x[:m], y[:m])) for m in sizes]
    return ([error(w, x[:m], y[:m]) for m, w in fits],
            [error(w, x_validation[:m], y_validation[:m]) for m, w in fits])

# %% wrong="eval-curve"
# The two lists have changed places: the training errors come first.
def learning_curve(x, y, x_validation, y_validation, sizes, fit, error):
    fits = [(m, fit(x[:m], y[:m])) for m in sizes]
    return ([error(w, x_validation, y_validation) for m, w in fits],
            [error(w, x[:m], y[:m]) for m, w in fits])

# %% wrong="eval-curve"
# You fit to the validation points as well. They are there to judge, not to learn from.
def learning_curve(x, y, x_validation, y_validation, sizes, fit, error):
    training, validation = [], []
    for m in sizes:
        w = fit(np.append(x[:m], x_validation), np.append(y[:m], y_validation))
        training.append(error(w, x[:m], y[:m]))
        validation.append(error(w, x_validation, y_validation))
    return training, validation

# %%
check("eval-curve", learning_curve)

# %% [markdown]
# Your `learning_curve` on up to 10 000 points. Compare the last two columns with the noise, 0.09:

# %%
rng = np.random.default_rng(3)
x, x_validation = rng.uniform(-1, 1, 10_000), rng.uniform(-1, 1, 2000)
y, y_validation = (truth(v) + 0.3 * rng.normal(size=len(v)) for v in (x, x_validation))
sizes = [20, 100, 1000, 10_000]
for degree in [1, 15]:
    curves = learning_curve(
        x, y, x_validation, y_validation, sizes,
        lambda x, y: ridge(x, y, degree, [1e-10])[0],
        lambda w, x, y: error(w, (x, y)),
    )
    print(f"degree {degree}:", "solve exercise 4 first" if curves is None else
          "".join(f"\n  m = {m:5}: training {a:.3f}, validation {b:.3f}"
                  for m, a, b in zip(sizes, *curves, strict=True)))

# %% [markdown]
# > **Set right.** "A large network always overfits." It *can*; so it needs a larger $\lambda$, and
# > then it is rarely worse than a small one. Below, 200 digits to learn from and 1597 for
# > validation, the mean of three runs. The largest network has 96 parameters for each sample.

# %%
def digits_net(X, y, hidden, weight_decay=0.0, seed=0, epochs=100, batch_size=None):
    """A network with one hidden layer of so many units, trained on these digits.

    It counts in float64, lest training make a processor's way of rounding visible.
    """
    nnkit.manual_seed(seed)
    model = nn.Sequential(nn.Linear(64, hidden), nn.ReLU(), nn.Linear(hidden, 10)).double()
    optimiser = optim.AdamW(model.parameters(), lr=0.01, weight_decay=weight_decay)
    samples = nnkit.tensor(X, dtype=nnkit.float64), nnkit.tensor(y)
    train.fit(model, F.cross_entropy, optimiser, samples, epochs=epochs,
              batch_size=batch_size or len(X), progress=False)
    return model


def answers(model, X):
    return model(nnkit.tensor(X, dtype=nnkit.float64)).detach().numpy().argmax(axis=1)


for hidden, weight_decay in [(2, 0), (4, 0), (16, 0), (64, 0), (256, 0), (256, 1)]:
    wrong = []
    for seed in range(3):
        order = np.random.default_rng(seed).permutation(1797)
        learnt, kept = order[:200], order[200:]
        model = digits_net(images[learnt], labels[learnt], hidden, weight_decay, seed)
        wrong.append([np.mean(answers(model, images[part]) != labels[part])
                      for part in (learnt, kept)])
    count, (known, new) = (64 + 1) * hidden + (hidden + 1) * 10, np.mean(wrong, axis=0)
    print(f"{hidden:3} hidden units, {count / 200:4.1f} parameters a sample, weight decay "
          f"{weight_decay}: training {known:.1%} wrong, validation {new:.1%} wrong")

# %% [markdown]
# Hence a recipe that has served well: make the network **larger** until the training error is near
# the baseline (bias is gone), then **regularise** and collect data until the validation error is
# near the training error (variance is gone). The price of a large network is time.
#
# ## 6 Look at the mistakes
#
# ### Error analysis
#
# Take the wrong answers on the *validation* set (not the test set: looking is choosing). Look at
# fifty or a hundred of them, sort them into categories, and count. A mistake may belong to several
# categories, or to none.

# %%
order = np.random.default_rng(0).permutation(1797)
learnt, kept = order[:200], order[200:1000]
model = digits_net(images[learnt], labels[learnt], 64, batch_size=50)
X, y = images[kept], labels[kept]
mistake = answers(model, X) != y
print(f"{mistake.sum()} mistakes in {len(y)} digits: {mistake.mean():.2%}")

pictures = X.reshape(-1, 8, 8)
ink = X.mean(axis=1)
middle = (pictures.sum(axis=1) * np.arange(8)).sum(axis=1) / pictures.sum(axis=(1, 2)) - 3.5
categories = {
    "thin strokes": ink < np.quantile(ink, 0.2),
    "thick strokes": ink > np.quantile(ink, 0.8),
    "not in the middle": abs(middle) > 0.35,
    "touches the right edge": pictures[:, :, 7].max(axis=1) > 0.2,
    "is a 3": y == 3,
    "is a 9": y == 9,
}
print(f"{'category':24}mistakes  share of mistakes  share of digits  error if all were mended")
for name, inside in categories.items():
    both = np.sum(mistake & inside)
    print(f"{name:24}{both:8}{both / mistake.sum():19.0%}{inside.mean():17.0%}"
          f"{(mistake.sum() - both) / len(y):26.2%}")
several = np.sum(list(categories.values()), axis=0)
print(f"mistakes in no category: {np.sum(mistake & (several == 0))}, "
      f"in more than one: {np.sum(mistake & (several > 1))}")

# %% [markdown]
# How to read it:
#
# - The last column is the **most** that you can gain. All work on digits that touch the edge can
#   bring 6.25% down to 5.50%, and no further. Thin strokes are worth more.
# - Compare the two shares. "Not in the middle" has many mistakes, but no larger a share of them than
#   of all digits: it does no harm. Thin strokes do.
# - The counts do not add up to the number of mistakes, because categories overlap.
# - Then think of the cost. A category with few mistakes that can be mended in an hour may come
#   first. And ask what a mistake *costs*: an illness overlooked is not a 3 taken for a 9.
#
# ### More data, where it is missing
#
# More data of *all* kinds is expensive. Error analysis says which kind is missing: get thin
# strokes. If none can be had, make them:
#
# - **Augmentation** changes samples that you have, in ways that keep the label: shift, turn, stretch
#   a picture; put street noise behind a voice.
# - **Synthesis** makes samples from nothing: print text in many fonts, on many backgrounds, and
#   you know what it says.
#
# Both must look like what will come in use. Here 200 digits are augmented in two ways; the networks
# are judged on 800 others, as they are, and shifted to the right by one pixel.

# %%
def shifted(X, rows, columns):
    return np.roll(X.reshape(-1, 8, 8), (rows, columns), axis=(1, 2)).reshape(-1, 64)


def mirrored(X):
    return X.reshape(-1, 8, 8)[:, :, ::-1].reshape(-1, 64)


ways = {
    "as they are": lambda X: [X],
    "and shifted four ways": lambda X: [X, *(shifted(X, r, c) for r, c in
                                             [(0, 1), (0, -1), (1, 0), (-1, 0)])],
    "and mirrored": lambda X: [X, mirrored(X)],
}
for name, way in ways.items():
    wrong = []
    for seed in range(5):
        order = np.random.default_rng(seed).permutation(1797)
        learnt, kept = order[:200], order[200:1000]
        parts = way(images[learnt])
        model = digits_net(np.concatenate(parts), np.tile(labels[learnt], len(parts)), 64,
                           seed=seed, epochs=200 // len(parts), batch_size=50)
        wrong.append([np.mean(answers(model, new) != labels[kept])
                      for new in (images[kept], shifted(images[kept], 0, 1))])
    plain, right = np.mean(wrong, axis=0)
    print(f"200 digits {name:22}: {plain:.1%} wrong, {right:.1%} of those shifted to the right")

# %% [markdown]
# Shifted copies do nothing for digits that stand in the middle anyway, and everything for those that
# don't. Mirrored copies do harm: nobody writes a mirrored 3, so the network spends its units on
# nonsense. Change samples only in ways that *new samples* vary.
#
# ### Transfer learning
#
# What if you have very few samples, but somebody has many of a similar kind? Take the network that
# was trained on the many, throw away its last layer, put a new one in its place, and train on your
# few. This is **transfer learning**. There are two ways:
#
# - **freeze** the old layers and train only the new one: for very few samples;
# - **fine-tune**: start from the old weights and train all layers, with a small lr: for a few more.
#
# It works because the first layers learn what is useful for any picture: the first finds edges, the
# next corners, the next simple shapes. Only the last ones know what a cat is. Two conditions: the
# input must be of the **same type** (pictures to pictures of the same size, sounds to sounds), and
# the many samples must be many. Section 8 freezes a layer, and lesson 12 does all of it on digits.
#
# ## 7 When one class is rare
#
# Back to the illness. Four kinds of answers must be told apart. "Positive" means: the program says
# *sick*, the rare class.
#
# | | program says sick | program says healthy |
# |:--|:--|:--|
# | **is sick** | true positive, TP | false negative, FN: missed |
# | **is healthy** | false positive, FP: false alarm | true negative, TN |
#
# This table is the **confusion matrix**. (nnkit, like most libraries, sorts by class number, 0
# first: there it is [[TN, FP], [FN, TP]].)
#
# ### Exercise 5: the four counts

# %% exercise="eval-counts" points=1
def counts(said, true):
    """(TP, FP, FN, TN); said and true are arrays with 1 for sick and 0 for healthy."""
    ### BEGIN SOLUTION
    said, true = said == 1, true == 1
    return np.sum(said & true), np.sum(said & ~true), np.sum(~said & true), np.sum(~said & ~true)
    ### END SOLUTION

# %% inputs="eval-counts"
def inputs(rng):
    kinds = np.repeat(np.arange(4), rng.choice([2, 3, 5, 7], size=4, replace=False))
    kinds = rng.permutation(kinds)
    return np.isin(kinds, (0, 1)).astype(int), np.isin(kinds, (0, 2)).astype(int)

# %% wrong="eval-counts"
# FP and FN have changed places. The second word is what the program *says*.
def counts(said, true):
    said, true = said == 1, true == 1
    return np.sum(said & true), np.sum(~said & true), np.sum(said & ~true), np.sum(~said & ~true)

# %% wrong="eval-counts"
# TP is not everybody who is called sick: they must be sick as well. Likewise for TN.
def counts(said, true):
    return np.sum(said == 1), np.sum(said > true), np.sum(said < true), np.sum(said == 0)

# %% wrong="eval-counts"
# Those are shares. Counts are asked for: how many people.
def counts(said, true):
    said, true = said == 1, true == 1
    parts = said & true, said & ~true, ~said & true, ~said & ~true
    return tuple(np.mean(part) for part in parts)

# %% wrong="eval-counts"
# You take 0, healthy, for the positive class. Positive is what the program looks for.
def counts(said, true):
    said, true = said == 0, true == 0
    return np.sum(said & true), np.sum(said & ~true), np.sum(~said & true), np.sum(~said & ~true)

# %% wrong="eval-counts"
# Your order is that of nnkit's table, 0 first. Asked for are TP, FP, FN, TN.
def counts(said, true):
    said, true = said == 1, true == 1
    return np.sum(~said & ~true), np.sum(said & ~true), np.sum(~said & true), np.sum(said & true)

# %% wrong="eval-counts"
# `~` turns an integer around bit by bit: ~1 is -2. First make them True or False, as `said == 1`.
def counts(said, true):
    return np.sum(said & true), np.sum(said & ~true), np.sum(~said & true), np.sum(~said & ~true)

# %% wrong="eval-counts"
# The numbers are right, their order is not: TP, FP, FN, TN.
def counts(said, true):
    said, true = said == 1, true == 1
    return np.sum(said & true), np.sum(~said & ~true), np.sum(said & ~true), np.sum(~said & true)

# %%
check("eval-counts", counts)

# %% [markdown]
# ### Precision and recall
#
# Two questions, and true negatives, of which there are always plenty, are in neither:
#
# $$\text{precision } P = \frac{TP}{TP + FP} \qquad\qquad
# \text{recall } R = \frac{TP}{TP + FN}$$
#
# - **Precision**: of those whom the program calls sick, what share is?
# - **Recall**: of those who are sick, what share does it find?
#
# To call sick only whom you are sure about gives high precision and low recall. To call sick whom
# you have the least doubt about, the reverse. Which one you need depends on what follows: a cheap
# second test (recall!) or an operation (precision!).
#
# One number that needs both to be good is **F1**, their **harmonic mean**:
#
# $$F_1 = \frac{2\,P\,R}{P + R}$$
#
# If nobody is called sick, $P$ is $0/0$: undefined. If $P + R = 0$, so is $F_1$. One **defines**
# both as 0, and so do we: who finds nobody deserves no better.

# %% jupyter={"source_hidden": true}
predict(
    "eval-mean",
    "2% are sick, and a program calls everybody sick: P = 0.02, R = 1. What is its F1?",
    {
        "0.51": "That is the ordinary mean. A program without any skill would look half good.",
        "0.039": "2 · 0.02 · 1 / 1.02. The harmonic mean is never far above the smaller one.",
        "1": "It finds all the sick, but 98 of 100 alarms are false.",
    },
    "0.039",
)

# %%
for P, R in [(0.5, 0.4), (0.7, 0.1), (0.02, 1.0)]:
    print(f"P = {P:<4} R = {R:<3}: mean {(P + R) / 2:.3f}, F1 {metrics.harmonic_mean(P, R):.3f}")

# %% [markdown]
# > **Set right.** "The mean of precision and recall is a fair single number." By the mean the third
# > program, which calls everybody sick, would be the best of the three. By $F_1$ it is the worst.
#
# ### Exercise 6: precision, recall, F1
#
# From the counts. What is 0 / 0 is 0.

# %% exercise="eval-rates" points=2
def precision_recall_f1(tp, fp, fn):
    """(precision, recall, F1), three numbers; the counts are whole numbers, and may be 0."""
    ### BEGIN SOLUTION
    precision = tp / (tp + fp) if tp + fp > 0 else 0.0
    recall = tp / (tp + fn) if tp + fn > 0 else 0.0
    if precision + recall == 0:
        return precision, recall, 0.0
    return precision, recall, 2 * precision * recall / (precision + recall)
    ### END SOLUTION

# %% inputs="eval-rates"
def inputs(rng):
    return tuple(int(k) for k in rng.choice(np.arange(2, 30), size=3, replace=False))


def probe(precision_recall_f1, tp, fp, fn):
    """Try it on the counts, and with nobody called sick, nobody sick, and nobody found."""
    cases = (tp, fp, fn), (0, 0, fn), (0, fp, 0), (0, fp, fn)
    return [precision_recall_f1(*case) for case in cases]

# %% wrong="eval-rates"
# If nobody is called sick, TP + FP is 0, and you can't divide by it. Look before you divide.
def precision_recall_f1(tp, fp, fn):
    precision, recall = tp / (tp + fp), tp / (tp + fn)
    return precision, recall, 2 * precision * recall / (precision + recall)

# %% wrong="eval-rates"
# Precision and recall have changed places: among the *called* are the false alarms, FP.
def precision_recall_f1(tp, fp, fn):
    precision = tp / (tp + fn) if tp + fn else 0.0
    recall = tp / (tp + fp) if tp + fp else 0.0
    both = precision + recall
    return precision, recall, 2 * precision * recall / both if both else 0.0

# %% wrong="eval-rates"
# That is the ordinary mean of the two. F1 is the harmonic mean.
def precision_recall_f1(tp, fp, fn):
    precision = tp / (tp + fp) if tp + fp else 0.0
    recall = tp / (tp + fn) if tp + fn else 0.0
    return precision, recall, (precision + recall) / 2

# %% wrong="eval-rates"
# With nothing called, nothing is wrong, you may say. But by definition 0 / 0 counts as 0 here.
def precision_recall_f1(tp, fp, fn):
    precision = tp / (tp + fp) if tp + fp else 1.0
    recall = tp / (tp + fn) if tp + fn else 1.0
    both = precision + recall
    return precision, recall, 2 * precision * recall / both if both else 0.0

# %% wrong="eval-rates"
# The factor in front of PR is missing: with P = R = 1 your F1 is a half.
def precision_recall_f1(tp, fp, fn):
    precision = tp / (tp + fp) if tp + fp else 0.0
    recall = tp / (tp + fn) if tp + fn else 0.0
    both = precision + recall
    return precision, recall, precision * recall / both if both else 0.0

# %% wrong="eval-rates"
# P and R are guarded in yours, F1 is not: where nobody is found, P + R is 0 as well.
def precision_recall_f1(tp, fp, fn):
    precision = tp / (tp + fp) if tp + fp else 0.0
    recall = tp / (tp + fn) if tp + fn else 0.0
    return precision, recall, 2 * precision * recall / (precision + recall)

# %%
check("eval-rates", precision_recall_f1)

# %% [markdown]
# Your functions against nnkit's, for 100 people with TP 15, FP 5, FN 10, TN 70:

# %%
said = np.repeat([1, 1, 0, 0], [15, 5, 10, 70])
true = np.repeat([1, 0, 1, 0], [15, 5, 10, 70])
print("nnkit: [[TN, FP], [FN, TP]] =", metrics.confusion_matrix(said, true).tolist())
print(f"nnkit: precision {metrics.precision(said, true)}, recall {metrics.recall(said, true)}, "
      f"F1 {metrics.f1(said, true):.3f}, accuracy {metrics.accuracy(said, true)}")
mine = counts(said, true)
if mine is None or precision_recall_f1(*mine[:3]) is None:
    print("yours: solve exercises 5 and 6 first")
else:
    rates = ", ".join(f"{rate:.3f}" for rate in precision_recall_f1(*map(int, mine[:3])))
    print("yours: TP, FP, FN, TN =", *mine, "-> precision, recall, F1 =", rates)

# %% [markdown]
# ### Move the threshold
#
# A classifier gives scores, and *you* choose the **threshold** from which on it says "sick". That is
# how precision is traded for recall.
#
# Upper left: everybody as a dot; whoever stands right of the black line is called sick; crosses are
# mistakes. (Drag the line, or the slider.) Below: all four numbers at each threshold. Lower right:
# precision against recall, a point for each threshold. The dotted line is what you get by calling
# everybody sick. Precision, recall and F1 are computed by **your** function (until that is written,
# by nnkit's).
#
# 1. Slide the **threshold** through the whole range. Which of the lines can only fall? Which one has
#    teeth? What becomes of precision at the right end?
# 2. Threshold back to 1.5, **people** to 5000. Now slide **prevalence** from 0.5 down to 0.005.
#    Recall only wavers a little. Which number collapses, though the test itself has not changed? Does
#    accuracy tell you?
# 3. Take the preset "0.5% are sick, and all are called healthy". Accuracy 0.995! Now look for a
#    threshold with the best F1.
# 4. What must **distance** be so that 90% of the sick are found *and* 90% of the alarms are right,
#    at a prevalence of 0.1?

# %%
DecisionThreshold(precision_recall_f1=precision_recall_f1)

# %% [markdown]
# - Recall can only fall, for nobody is found by asking for more. Precision has teeth. At the right
#   end nobody is called: it is 0/0, by definition 0.
# - From half the people sick down to 0.5% of them, precision falls from 0.91 to 0.04: as many healthy
#   people as ever are called sick by mistake, and nearly no sick ones are left among the called.
#   Accuracy *rises*, from 0.81 to 0.93.
# - With 90% of each: `distance` about 3.6, with a threshold near 2.25. A test must be very good
#   before most of its alarms are true, if what it looks for is rare.
#
# > **Set right.** "Accuracy tells how good a classifier is." With 0.5% sick, the program that never
# > looks has 99.5%. One that finds four of the five sick at the price of twenty false alarms has
# > less:

# %%
looks = np.zeros(1000, bool)
looks[1:5], looks[5:25] = True, True
for name, program in [("never looks", always_healthy), ("looks", looks)]:
    print(f"{name:12} accuracy {metrics.accuracy(program, sick):.1%}, "
          f"recall {metrics.recall(program, sick):.2f}, "
          f"precision {metrics.precision(program, sick):.2f}, F1 {metrics.f1(program, sick):.2f}")

# %% [markdown]
# > **Set right.** "Precision and recall always move against each other." As the threshold rises,
# > recall never does: people can only be lost. But precision depends on *who* is lost. If it is a
# > sick one, both fall:

# %%
scores = np.array([0.9, 0.8, 0.7, 0.4, 0.3])
ill = np.array([1, 0, 1, 1, 0])
for threshold in [0.35, 0.6, 0.75, 0.85]:
    called = (scores >= threshold).astype(int)
    print(f"threshold {threshold}: recall {metrics.recall(called, ill):.2f}, "
          f"precision {metrics.precision(called, ill):.2f}")

# %% [markdown]
# Each tooth in the line of precision is such a loss. With few people they are easy to see. Here are
# the hundred from above, with TP 15, FP 5, FN 10, TN 70:

# %%
DecisionThreshold(
    precision_recall_f1=precision_recall_f1, threshold=1.55, prevalence=0.25, n=100)

# %% [markdown]
# ### Exercise 7: choose the threshold
#
# The doctors say: at least the share `least_recall` of the sick must be found. Among all thresholds
# that do it, take the one with the highest precision. Try each score in `scores` as a threshold;
# who has **at least** that score is called sick. If several are equally precise, take the lowest of
# them, which finds the most. (The lowest score of all always does it: its recall is 1.) Use your
# `counts` and your `precision_recall_f1`, which takes the first three of the four counts.

# %% exercise="eval-threshold" points=3
def best_threshold(scores, true, least_recall):
    """One of the scores: the threshold with the highest precision whose recall is high enough."""
    ### BEGIN SOLUTION
    best, best_precision = None, -1.0
    for threshold in np.sort(scores):
        said = (scores >= threshold).astype(int)
        precision, recall, _ = precision_recall_f1(*counts(said, true)[:3])
        if recall >= least_recall and precision > best_precision:
            best, best_precision = threshold, precision
    return best
    ### END SOLUTION

# %% inputs="eval-threshold"
def inputs(rng):
    falling = np.sort(rng.uniform(0, 1, size=10).round(2) + np.arange(10))[::-1] / 10
    patterns = [1, 0, 1, 1, 0, 1, 0, 0, 1, 0], [1, 0, 0, 1, 1, 1, 0, 1, 0, 0]
    which, order = rng.integers(2), rng.permutation(10)
    just_reached = [0.6, 0.8][which]  # by the best threshold
    least_recall = float(rng.choice([just_reached, rng.uniform(0.25, 0.39)]))
    return falling[order], np.array(patterns[which])[order], least_recall

# %% wrong="eval-threshold"
# Four counts for a function of three: TN is not among what it takes. `counts(...)[:3]`, then.
def best_threshold(scores, true, least_recall):
    rates = [precision_recall_f1(*counts((scores >= t).astype(int), true)) for t in scores]
    return max((p, t) for t, (p, r, _) in zip(scores, rates, strict=True) if r >= least_recall)[1]

# %% wrong="eval-threshold"
# The highest precision of all, but the doctors' condition on recall is left out.
def best_threshold(scores, true, least_recall):
    rates = [precision_recall_f1(*counts((scores >= t).astype(int), true)[:3]) for t in scores]
    return scores[int(np.argmax([p for p, _, _ in rates]))]

# %% wrong="eval-threshold"
# You take the highest threshold that finds enough. A lower one may be more precise: try them all.
def best_threshold(scores, true, least_recall):
    rates = [precision_recall_f1(*counts((scores >= t).astype(int), true)[:3]) for t in scores]
    return max(t for t, (_, r, _) in zip(scores, rates, strict=True) if r >= least_recall)

# %% wrong="eval-threshold"
# Who has exactly the threshold as a score is called sick, too: >=, not >.
def best_threshold(scores, true, least_recall):
    best = None
    for t in np.sort(scores):
        precision, recall, _ = precision_recall_f1(*counts((scores > t).astype(int), true)[:3])
        if recall >= least_recall and (best is None or precision > best[0]):
            best = precision, t
    return best[1]

# %% wrong="eval-threshold"
# That is the precision reached. The threshold at which it is reached is asked for.
def best_threshold(scores, true, least_recall):
    rates = [precision_recall_f1(*counts((scores >= t).astype(int), true)[:3]) for t in scores]
    return max(p for p, r, _ in rates if r >= least_recall)

# %% wrong="eval-threshold"
# You choose by F1. The doctors have said what they want: enough recall, then precision.
def best_threshold(scores, true, least_recall):
    rates = [precision_recall_f1(*counts((scores >= t).astype(int), true)[:3]) for t in scores]
    return max((f, t) for t, (_, r, f) in zip(scores, rates, strict=True) if r >= least_recall)[1]

# %% wrong="eval-threshold"
# The roles have changed: the condition is on recall, and precision is what should be highest.
def best_threshold(scores, true, least_recall):
    rates = [precision_recall_f1(*counts((scores >= t).astype(int), true)[:3]) for t in scores]
    return max((r, t) for t, (p, r, _) in zip(scores, rates, strict=True) if p >= least_recall)[1]

# %%
check("eval-threshold", best_threshold)

# %% [markdown]
# The thousand people with whom the first of the two explorers begins, and your choice for three
# doctors. Put the thresholds in there and see whether the picture agrees. In earnest you would
# choose on a validation set: the threshold is one more thing that was chosen.

# %%
scores, sick_ones = draw_people(1000, 0.1, 2.0, 1.0, seed=0)
for least_recall in [0.5, 0.8, 0.95]:
    threshold = best_threshold(scores, sick_ones.astype(int), least_recall)
    if threshold is None:
        print("Solve exercise 7 first.")
        break
    called = (scores >= threshold).astype(int)
    shown = np.floor(1e4 * threshold) / 1e4  # rounded down, so that nobody is lost
    print(f"recall of at least {least_recall}: threshold {shown:.4f}, "
          f"recall {metrics.recall(called, sick_ones):.2f}, "
          f"precision {metrics.precision(called, sick_ones):.2f}")

# %% [markdown]
# Three false friends, as promised in lesson 00: **准确率** is *accuracy*, **精确率** (or 查准率) is
# *precision*, and **召回率** (or 查全率) is *recall*. 准确 and 精确 are everyday words for nearly the same,
# but here they are two different numbers: 0.85 and 0.75 for the hundred people above.
#
# ## 8 From here to PyTorch
#
# To **freeze** a layer, tell its parameters that they need no gradient, and give the optimiser only
# the others. Change the import, and the cell prints the same.

# %% tags=["runs-on-pytorch"]
import nnkit as torch

old, new = torch.nn.Linear(2, 3), torch.nn.Linear(3, 1)
with torch.no_grad():
    old.weight.copy_(torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, -1.0]]))
    old.bias.copy_(torch.zeros(3))
    new.weight.copy_(torch.zeros(1, 3))
    new.bias.copy_(torch.zeros(1))
for parameter in old.parameters():
    parameter.requires_grad_(False)
model = torch.nn.Sequential(old, torch.nn.Tanh(), new)
trained = [p for p in model.parameters() if p.requires_grad]
optimiser = torch.optim.SGD(trained, lr=0.5)
X = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [0.0, 0.0]])
y = torch.tensor([[1.0], [-1.0], [0.0], [0.0]])
for _ in range(20):
    optimiser.zero_grad()
    torch.nn.functional.mse_loss(model(X), y).backward()
    optimiser.step()
print("trained:", sum(p.numel() for p in trained), "of",
      sum(p.numel() for p in model.parameters()), "numbers")
print("frozen weights:", old.weight.tolist(), "gradient:", old.weight.grad)
print("new weights:", [round(w, 2) for w in new.weight.tolist()[0]])

# %% [markdown]
# ## Recap
#
# - Training set: weights. Validation set: choices. Test set: one number, once. Whatever chose is
#   flattered by what it chose. Report errors without the penalty.
# - Baseline → training error: bias. Training → validation error: variance. Bias: larger, longer,
#   $\lambda$ down. Variance: more data, $\lambda$ up. Learning curves tell whether data helps.
# - Sort mistakes on the validation set into categories; the count is the most that there is to gain.
#   Make data only in ways in which new samples vary.
# - With a rare class, accuracy says nothing. Precision: of those called, how many are. Recall: of
#   those who are, how many are called. $F_1 = 2PR/(P+R)$, and 0/0 is 0.
# - The threshold is yours to choose. Next: everything together, on handwritten digits.
#
# | term | 中文 | | term | 中文 |
# |:--|:--|:--|:--|:--|
# | accuracy | 准确率 | | precision | 精确率，查准率 |
# | recall | 召回率，查全率 | | F1 score | F1 值 |
# | confusion matrix | 混淆矩阵 | | threshold | 阈值 |
# | training set | 训练集 | | validation set | 验证集（开发集） |
# | test set | 测试集 | | baseline | 基准 |
# | high bias | 高偏差（欠拟合） | | high variance | 高方差（过拟合） |
# | learning curve | 学习曲线 | | error analysis | 误差分析 |
# | data augmentation | 数据增强 | | data synthesis | 数据合成 |
# | transfer learning | 迁移学习 | | fine-tuning | 微调 |
# | skewed classes | 类别不平衡（偏斜类） | | freeze | 冻结 |

# %% [markdown]
# # 07 Regularisation
#
# A network with many weights can learn its training samples by heart, noise and all, and then be
# wrong about everything new. **Regularisation** is what we do against that. The usual way is a
# price on large weights: the model may still bend, but it has to pay for it. One number,
# $\lambda$ (lambda), sets the price.
#
# When you are through, you can say from two error curves whether a model is too stiff or too free,
# you know what L1, L2 and weight decay do to a weight (and which of them makes it *exactly* zero),
# and you can choose $\lambda$ honestly. Allow 45 to 60 minutes.

# %% tags=["setup"]
import numpy as np

import nnkit
from nnkit import data, optim
from nnkit.course import check, predict
from widgets import BiasVariance, OneWeight, PenaltyGeometry, PolynomialFit, RegularisedBoundary

# %% [markdown]
# ## 1 Commit to a guess
#
# Ten points come from a smooth curve, each with a little noise. A polynomial of degree 9,
#
# $$f(x) = w_0 + w_1 x + w_2 x^2 + \dots + w_9 x^9,$$
#
# has ten weights, so it can pass *exactly* through all ten points: its error on them is 0.

# %% jupyter={"source_hidden": true}
predict(
    "reg-degree-9",
    "How good will it be on new points of the same curve, compared with a polynomial of degree 3, "
    "which misses the ten points by a little?",
    {
        "Better: it knows the data best": (
            "It knows <i>these ten</i> best. The noise in them does not come back in new points."
        ),
        "About the same": "It swings between the points. The table in section 2 has the numbers.",
        "Much worse": "It has bent itself to the noise; between the points it is far off.",
    },
    "Much worse",
)

# %% [markdown]
# ## 2 Too stiff, too free
#
# Left: ten training points, 200 test points that the fit never sees, the true curve (dashed) and
# the fit. Middle: the mean squared error on both sets, for every degree; the marks show where you
# are. Right: the fitted weights, on an axis whose ticks grow by factors of 100. Below: a verdict
# and its reasons. (Leave **lambda** at its left end for now. It comes in section 3.)
#
# 1. Move **degree** from 1 to 15. The training error only falls. What does the test error do?
# 2. At degree 9, drag one of the blue points up or down. (By keyboard: Tab to the picture, N picks
#    the next point, the arrow keys move it.) How far away does the curve still feel it?
# 3. At degree 9, move **training points (n)** from 10 to 100. Same model. What happens?

# %%
PolynomialFit(against="degree")

# %% [markdown]
# The same as a table. `fit` below finds the best weights in closed form (in a minute we see how);
# its last argument is $\lambda$, here 0.

# %% tags=["setup"]
def true_curve(x):
    return np.sin(np.pi * x)


def add_noise(y, rng, noise=0.3):
    return y + noise * rng.normal(size=y.shape)


def powers(x, degree):
    """The columns 1, x, x^2, ..., x^degree: shape (len(x), degree + 1)."""
    return np.asarray(x)[:, None] ** np.arange(degree + 1)


def fit(x, y, degree, lam):
    """The weights with the least mean squared error + lam/2 * (w1^2 + w2^2 + ...)."""
    X, price = powers(x, degree), lam * np.eye(degree + 1)
    price[0, 0] = 0  # the bias w0 is free
    return np.linalg.solve(2 / len(x) * X.T @ X + price, 2 / len(x) * X.T @ y)


def error(w, x, y):
    """The mean squared error of the polynomial with weights w at the points (x, y)."""
    return np.mean((powers(x, len(w) - 1) @ w - y) ** 2)

# %%
rng = np.random.default_rng(2)
x_train = np.linspace(-1, 1, 10)
y_train = add_noise(true_curve(x_train), rng)
x_test = rng.uniform(-1, 1, 1000)
y_test = add_noise(true_curve(x_test), rng)

for degree in [1, 3, 9]:
    w = fit(x_train, y_train, degree, lam=0)
    print(f"degree {degree}: training error {error(w, x_train, y_train):.3f}, "
          f"test error {error(w, x_test, y_test):.3f}")
print(f"the noise alone: {0.3**2:.3f}")

# %% [markdown]
# (New points easier than its own, at degree 1? With only ten points, chance can do that.)
#
# - **Underfitting**: the model is too stiff. Training error and test error are *both* high.
#   (Degree 1.)
# - **Overfitting**: the model is too free. The training error is low, the test error much higher.
#   (Degree 9.)
# - **Capacity** is how much a model can bend: more weights and larger weights mean more of it.
#   The test error is lowest somewhere in between.
#
# > **Set right.** "A flexible model without a penalty overfits" is too strong: it *may*. You saw in
# > the explorer that data tames it. Here is degree 9 without any penalty on 1000 points:

# %%
x_many = np.linspace(-1, 1, 1000)
y_many = add_noise(true_curve(x_many), rng)
w = fit(x_many, y_many, 9, lam=0)
print(f"10 points:   test error {error(fit(x_train, y_train, 9, 0), x_test, y_test):.3f}")
print(f"1000 points: test error {error(w, x_test, y_test):.3f}, the noise alone {0.3**2:.3f}")

# %% [markdown]
# ## 3 A price on large weights
#
# Look at the weights in the explorer: at degree 9 some are in the hundreds, with opposite signs
# that nearly cancel. Wild curves need large weights. So we add a **penalty** $R(w)$ to the loss and
# minimise the sum, the **objective**:
#
# $$J(w) = \text{loss}(w) + \lambda R(w)$$
#
# | name | $R(w)$ | its gradient | also called |
# |:--|:--|:--|:--|
# | L2 | $\frac{1}{2} \sum_k w_k^2$ | $w$ | ridge, weight decay |
# | L1 | $\sum_k \lvert w_k \rvert$ | $\operatorname{sign}(w)$ | lasso |
# | elastic net | some of each | the sum of both | |
#
# The sums run over all weights but not over the **bias**: shifting the whole curve up is not
# bending it. In lesson 02 the penalty had no $\frac{1}{2}$; that only gives $\lambda$ another
# scale. With it, the gradient of L2 is simply $\lambda w$.
#
# For a polynomial and L2 there is a closed form. Let $X$ be the matrix of powers, one row for each
# of the $n$ points. The gradient of the mean squared error is that of lesson 05, exercise 7; add
# $\lambda w$, set the sum to zero and solve for $w$:
#
# $$\frac{2}{n} X^\top (Xw - y) + \lambda w = 0
# \quad\Longrightarrow\quad \Big(\frac{2}{n} X^\top X + \lambda I\Big)\, w = \frac{2}{n} X^\top y$$
#
# That is the last line of `fit` above: `np.linalg.solve(A, b)` finds the $w$ with $Aw = b$. Its
# matrix `price` is $\lambda I$ with a 0 in the place of the bias.

# %%
for lam in [0, 1e-4, 0.01, 1, 1e6]:
    w = fit(x_train, y_train, 9, lam)
    print(f"lambda {lam:<7g}: training error {error(w, x_train, y_train):.3f}, "
          f"test error {error(w, x_test, y_test):.3f}, largest weight {abs(w[1:]).max():.2f}")
low, high = powers([-0.5, 0.5], 9) @ w
print(f"lambda 1e6: f(-0.5) = {low:.4f}, f(0.5) = {high:.4f}; mean of y: {y_train.mean():.4f}")

# %% [markdown]
# Read the table from top to bottom. The training error only *rises*: the penalty is never free.
# The test error falls to about the noise and then rises, too. In the last row $\lambda$ is so large
# that all weights are 0: only the bias is left, $f(x) \to b$, the mean of the training values, and
# the model underfits as badly as it can.
#
# The same with your hand: slide **lambda** through the whole range. In the middle the errors are
# now drawn against $\lambda$. Look for three things: where the test error is lowest, what the curve
# at the left has lost by then, and what becomes of the weights at the right.

# %%
PolynomialFit(lam=1e-6)

# %% [markdown]
# ### Exercise 1: the penalty
#
# The elastic net, with two prices: $\lambda_1 \sum_k \lvert w_k \rvert + \frac{\lambda_2}{2} \sum_k
# w_k^2$. With one price at 0 it is plain L2 or plain L1.

# %% exercise="reg-penalty" points=1
def penalty(w, l1, l2):
    """The elastic-net penalty of the weights w (an array, bias not included), a number."""
    ### BEGIN SOLUTION
    return l1 * np.abs(w).sum() + l2 / 2 * (w**2).sum()
    ### END SOLUTION

# %% inputs="reg-penalty"
def inputs(rng):
    return rng.normal(size=4) * 2, rng.uniform(0.1, 1), rng.uniform(0.1, 1)

# %% wrong="reg-penalty"
# Weights of opposite sign cancel in your L1 part: add up their sizes, without the signs.
def penalty(w, l1, l2):
    return l1 * w.sum() + l2 / 2 * (w**2).sum()

# %% wrong="reg-penalty"
# That is one number for each weight. The penalty is their sum.
def penalty(w, l1, l2):
    return l1 * np.abs(w) + l2 / 2 * w**2

# %% wrong="reg-penalty"
# Your L2 part is twice as large as the formula says: look for the factor in front of the sum.
def penalty(w, l1, l2):
    return l1 * np.abs(w).sum() + l2 * (w**2).sum()

# %% wrong="reg-penalty"
# The L2 penalty is built from the squares themselves; you take the root of their sum.
def penalty(w, l1, l2):
    return l1 * np.abs(w).sum() + l2 / 2 * np.sqrt((w**2).sum())

# %% wrong="reg-penalty"
# That is a mean over the weights. The penalty is a sum: every weight pays its full price.
def penalty(w, l1, l2):
    return l1 * np.abs(w).mean() + l2 / 2 * (w**2).mean()

# %%
check("reg-penalty", penalty)

# %% [markdown]
# ### Exercise 2: its gradient
#
# Descent needs the slope of the penalty for each weight: see the table's third column. Where a
# weight is 0, $\lvert w \rvert$ has a kink; take 0 there, as `np.sign` does.

# %% exercise="reg-gradient" points=1
def penalty_gradient(w, l1, l2):
    """The gradient of `penalty`: an array of the shape of w."""
    ### BEGIN SOLUTION
    return l1 * np.sign(w) + l2 * w
    ### END SOLUTION

# %% inputs="reg-gradient"
def inputs(rng):
    w = rng.normal(size=4) * 2
    w[rng.integers(4)] = 0
    return w, rng.uniform(0.1, 1), rng.uniform(0.1, 1)

# %% wrong="reg-gradient"
# The slope of |w| does not grow with w: it is +1 on the right of 0 and −1 on the left.
def penalty_gradient(w, l1, l2):
    return l1 * np.abs(w) + l2 * w

# %% wrong="reg-gradient"
# The prices are missing: each part of the slope is multiplied by its own, l1 or l2.
def penalty_gradient(w, l1, l2):
    return np.sign(w) + w

# %% wrong="reg-gradient"
# The slope of ½w² is w: the ½ and the 2 of the derivative cancel.
def penalty_gradient(w, l1, l2):
    return l1 * np.sign(w) + 2 * l2 * w

# %% wrong="reg-gradient"
# Your L1 part pushes every weight down, also the negative ones: those it must push up.
def penalty_gradient(w, l1, l2):
    return l1 + l2 * w

# %% wrong="reg-gradient"
# Where a weight is 0 you divide 0 by 0. `np.sign` gives the sign, and 0 for 0.
def penalty_gradient(w, l1, l2):
    return l1 * w / np.abs(w) + l2 * w

# %%
check("reg-gradient", penalty_gradient)

# %% [markdown]
# Your two functions against each other: nudge each weight a little and compare the change of the
# penalty with the slope, as in lesson 04.

# %%
w = np.array([1.5, -0.8, 0.3])
if penalty(w, 0.5, 0.2) is None or penalty_gradient(w, 0.5, 0.2) is None:
    print("Solve exercises 1 and 2 first, then run this cell again.")
else:
    h = 1e-6
    nudged = [(penalty(w + h * e, 0.5, 0.2) - penalty(w - h * e, 0.5, 0.2)) / (2 * h)
              for e in np.eye(3)]
    print("by nudging: ", np.round(nudged, 4))
    print("by gradient:", np.round(penalty_gradient(w, 0.5, 0.2), 4))

# %% [markdown]
# ## 4 Where the error comes from
#
# Collect another ten points, fit again, and again. Each fit is a bit different. On average over all
# these training sets, the error on new points has exactly three parts:
#
# $$\underbrace{\text{mean error}}_{\text{on new points}} \;=\;
# \underbrace{\text{bias}^2}_{\text{mean fit} \,-\, \text{true curve}} +
# \underbrace{\text{variance}}_{\text{single fit} \,-\, \text{mean fit}} +
# \underbrace{\text{noise}^2}_{\text{nobody can know}}$$
#
# - **Bias** here: how far the *mean* of all fits is from the true curve, squared and averaged. A
#   stiff model misses in the same way every time. (The weight $w_0$ is called bias as well; that is
#   another thing with the same name.)
# - **Variance**: how far a single fit is from the mean fit, squared and averaged. A free model
#   follows the noise of its own training set.
# - **Noise**: the spread of the data around the true curve. No model removes it.
#
# Left: 20 fits to 20 training sets of ten points, and the mean of all such fits, on which the true
# curve (dashed) may lie. Right: the three parts and their sum. Move **lambda** up from the left
# end: which part falls, which rises, and where is the sum lowest? Then **degree** (with "errors
# against" on degree), then **n**.

# %%
BiasVariance(lam=1e-6)

# %% [markdown]
# Is it really a sum? We draw 2000 training sets of ten points, fit each, and measure bias²,
# variance and the whole error on fresh values; the noise we know. (The explorer computes the same
# numbers exactly, so the last digits may differ by chance.)

# %%
rng = np.random.default_rng(7)
x, x_new = np.linspace(-1, 1, 10), np.linspace(-1, 1, 201)
X_new = powers(x_new, 9)
for lam in [1e-6, 1e-3, 1]:
    sets = add_noise(np.tile(true_curve(x)[:, None], 2000), rng)  # one column a training set
    fits = X_new @ fit(x, sets, 9, lam)  # (new points, training sets)
    new = add_noise(np.tile(true_curve(x_new)[:, None], 2000), rng)
    bias2 = np.mean((fits.mean(axis=1) - true_curve(x_new)) ** 2)
    variance = np.mean(fits.var(axis=1))
    print(f"lambda {lam:<6}: bias^2 {bias2:.3f} + variance {variance:.3f} + noise^2 {0.3**2:.3f} "
          f"= {bias2 + variance + 0.09:.3f}; measured error {np.mean((fits - new) ** 2):.3f}")

# %% [markdown]
# They agree. A penalty is a trade: it buys less variance with more bias. From the first line to the
# second that is a good deal, from the second to the third a bad one. More data lowers the variance
# and costs no bias, but data must be had: set **n** to 20 in the explorer.

# %% [markdown]
# ## 5 One weight: L1 takes an amount, L2 takes a share
#
# Why do the two penalties act so differently? Take a single weight. Let the loss alone be least at
# $a$, say $\frac{1}{2}(w - a)^2$. Add a penalty with $\lambda = 0.5$.

# %% jupyter={"source_hidden": true}
predict(
    "reg-exactly-zero",
    "a = 0.3 and λ = 0.5. Where do the two objectives have their minimum?",
    {
        "Both at small numbers above 0": "One of them: L2, at 0.3 / 1.5 = 0.2.",
        "L1 at 0.2, L2 at exactly 0": "The other way round: which slope does not fade near 0?",
        "L1 at exactly 0, L2 at 0.2": (
            "λ|w| pushes with slope 0.5 up to the very end, the loss pulls with only 0.3. "
            "λw fades as w gets small, so L2 never gets there."
        ),
    },
    "L1 at exactly 0, L2 at 0.2",
)

# %%
w = np.linspace(-2, 2, 400_001)
for a in [1, 0.3]:
    loss = (w - a) ** 2 / 2
    l1, l2 = w[np.argmin(loss + 0.5 * abs(w))], w[np.argmin(loss + 0.5 * w**2 / 2)]
    print(f"a = {a}: the minimum is at {abs(l1):.3f} with L1, at {l2:.3f} with L2")

# %% [markdown]
# Set the slope to zero to see why.
#
# - **L2**: $(w - a) + \lambda w = 0$, so $w = \dfrac{a}{1 + \lambda}$. Every weight keeps the same
#   *share*: 1 becomes $1 / 1.5 = 0.667$, and 0.3 becomes 0.2.
# - **L1**: for $w > 0$, $(w - a) + \lambda = 0$, so $w = a - \lambda$. Every weight loses the same
#   *amount*: 1 becomes 0.5. But 0.3 can't lose 0.5: at $w = 0$ the loss pulls with slope 0.3, the
#   penalty holds against it with up to 0.5, and the weight stays at exactly 0. This is the
#   **soft threshold**:
#
# $$w = \operatorname{sign}(a) \cdot \max(\lvert a \rvert - \lambda,\; 0)$$
#
# In the explorer, left: the loss and the two objectives with their minima. Right: where the weight
# ends, for every $a$. Move **a** slowly through 0: the square (L1) waits in the flat part of its
# curve. (For $\lvert a \rvert \le 0.5$ the left picture is drawn from nearer.) Then make **lambda**
# larger: how wide is the flat part?

# %%
OneWeight(a=0.3)

# %% [markdown]
# ### Exercise 3: the soft threshold

# %% exercise="reg-soft" points=1
def soft_threshold(a, lam):
    """Where 1/2 (w - a)^2 + lam |w| is least, for every element of the array a."""
    ### BEGIN SOLUTION
    return np.sign(a) * np.maximum(np.abs(a) - lam, 0)
    ### END SOLUTION

# %% inputs="reg-soft"
def inputs(rng):
    return rng.uniform(-2, 2, size=8), rng.uniform(0.3, 0.9)

# %% wrong="reg-soft"
# `max` compares single numbers, and a is an array. For every element: `np.maximum(..., 0)`.
def soft_threshold(a, lam):
    return np.sign(a) * max(np.abs(a) - lam, 0)

# %% wrong="reg-soft"
# Negative weights must move towards 0 as well, that is, up; yours all move down.
def soft_threshold(a, lam):
    return a - lam

# %% wrong="reg-soft"
# All negative weights become 0 in yours. Shrink the size of a, and give it back its sign.
def soft_threshold(a, lam):
    return np.maximum(a - lam, 0)

# %% wrong="reg-soft"
# You set small weights to 0 but leave the others as they are: those lose lam, too.
def soft_threshold(a, lam):
    return np.where(np.abs(a) > lam, a, 0)

# %% wrong="reg-soft"
# That is what L2 does: it keeps a share. L1 takes an amount away.
def soft_threshold(a, lam):
    return a / (1 + lam)

# %% wrong="reg-soft"
# Weights smaller than lam come out on the other side of 0. There the size is negative: stop at 0.
def soft_threshold(a, lam):
    return np.sign(a) * (np.abs(a) - lam)

# %%
check("reg-soft", soft_threshold)

# %% [markdown]
# The right-hand curve for L1 is now **yours**. (Until it is written, the formula's.)

# %%
OneWeight(soft_threshold=soft_threshold)

# %% [markdown]
# ## 6 Two weights: the diamond and the circle
#
# With two weights the loss has contours: closed curves in the plane of the *weights*, each with the
# same loss. Here they are ellipses around the least loss (the star). The weights whose penalty is
# at most some value form a shape around 0: a **diamond** for L1, a **circle** for L2, a diamond
# with round sides for the elastic net.
#
# The least objective (the square) lies where an ellipse just *touches* such a shape: inside the
# shape no weights have a smaller loss, on the ellipse none have a smaller penalty. In the middle
# is the objective itself, loss + $\lambda R$: its lowest place is the square, and L1 gives it kinks
# along the axes. (**tilt of the valley** turns the ellipses.)
#
# 1. Move **lambda** slowly up from 0.05. The square walks along the dotted path. With L1 it runs
#    into the corner of the diamond (at about 0.26), and then *along the axis*: $w_2$ is exactly 0.
#    The right-hand curves show where.
# 2. Choose L2: same loss, same walk, but no corner. A weight may cross 0 now. Does any *stay* at 0?
# 3. Choose "elastic": which of the two is it like?
# 4. Back to L1 with $\lambda = 0.6$. A click puts the least loss elsewhere. At about (0, 2) it is
#    $w_1$ that L1 drops, and $w_2$ stays. How far to the right can you go before that ends?

# %%
PenaltyGeometry(lam=0.05)

# %% [markdown]
# > **Set right.** In this famous picture the ellipses are sometimes called contours of the data, or
# > of the whole objective. They are contours of the *loss alone*, drawn over the weights. At the
# > point where the two curves touch, their slopes point in exactly opposite directions:
# > $\nabla\text{loss} = -\lambda \nabla R$.

# %%
centre, lam = np.array([1.5, 1.0]), 0.6  # the explorer's valley, with L2
along = np.array([np.cos(np.deg2rad(70)), np.sin(np.deg2rad(70))])  # the way the valley runs
H = 1.5 * np.eye(2) - 1.2 * np.outer(along, along)  # curvature: 0.3 that way, 1.5 across
w = np.linalg.solve(H + lam * np.eye(2), H @ centre)  # least 1/2 (w-c)^T H (w-c) + lam/2 |w|^2
loss_slope, penalty_slope = H @ (w - centre), w
print("least objective at w =", np.round(w, 3))
print("slope of the loss:   ", np.round(loss_slope, 3))
print("lambda * slope of R: ", np.round(lam * penalty_slope, 3))

# %% [markdown]
# ### Exercise 4: the lasso
#
# Ordinary descent with the gradient of L1 jumps over 0 from side to side and never lands on it.
# **Proximal descent** does: it takes a step with the gradient of the *loss* only, and then lets the
# penalty act through the soft threshold, with the amount that belongs to a step of this length:
#
# $$w \leftarrow \operatorname{soft}\big(w - \text{lr} \cdot \nabla \text{loss}(w),\;
# \text{lr} \cdot \lambda\big)$$
#
# Here $\operatorname{soft}(a, t)$ is the soft threshold that takes the amount $t$. `grad(w)` gives
# the gradient of the loss. Use your `soft_threshold`.

# %% exercise="reg-lasso" points=2
def lasso(grad, w, lr, lam, steps):
    """The weights after this many steps of proximal descent on loss + lam * sum |w|."""
    ### BEGIN SOLUTION
    for _ in range(steps):
        w = soft_threshold(w - lr * grad(w), lr * lam)
    return w
    ### END SOLUTION

# %% inputs="reg-lasso"
def inputs(rng):
    minimum = rng.choice([-1, 1], size=4) * np.array([0.1, 0.3, 1.0, 2.0])
    return rng.uniform(0.5, 1.5, size=4), minimum, rng.normal(size=4), 0.3, 0.4, 7

def probe(lasso, curvature, minimum, w, lr, lam, steps):
    return lasso(lambda w: curvature * (w - minimum), w, lr, lam, steps)

# %% wrong="reg-lasso"
# A step of length lr may take away lr times lam only. You take the full lam at every step.
def lasso(grad, w, lr, lam, steps):
    for _ in range(steps):
        w = soft_threshold(w - lr * grad(w), lam)
    return w

# %% wrong="reg-lasso"
# That is descent with sign(w): it crosses 0 and comes back, and is never exactly there.
def lasso(grad, w, lr, lam, steps):
    for _ in range(steps):
        w = w - lr * (grad(w) + lam * np.sign(w))
    return w

# %% wrong="reg-lasso"
# First the step, then the threshold, so that what comes out can be exactly 0.
def lasso(grad, w, lr, lam, steps):
    for _ in range(steps):
        w = soft_threshold(w, lr * lam) - lr * grad(w)
    return w

# %% wrong="reg-lasso"
# The threshold acts after every step, not once at the end.
def lasso(grad, w, lr, lam, steps):
    for _ in range(steps):
        w = w - lr * grad(w)
    return soft_threshold(w, lr * lam)

# %% wrong="reg-lasso"
# The gradient changes as w moves: call grad(w) afresh at every step.
def lasso(grad, w, lr, lam, steps):
    slope = grad(w)
    for _ in range(steps):
        w = soft_threshold(w - lr * slope, lr * lam)
    return w

# %%
check("reg-lasso", lasso)

# %% [markdown]
# Your lasso at work: 30 samples with 20 features, of which only three matter (their true weights
# are 3, −2 and 1). Which penalty finds that out?

# %%
X, y = (t.numpy() for t in data.regression(
    30, noise=0.5, weights=[3, -2, 1] + [0] * 17, generator=nnkit.Generator().manual_seed(1)
))


def regression_gradient(w):
    return 2 / len(X) * X.T @ (X @ w - y[:, 0])


def show(name, w):
    print(f"{name}: exactly 0: {np.sum(w == 0)} of 20 weights\n{np.round(w, 2) + 0.0}")


with_l2 = np.zeros(20)
with_sign = np.zeros(20)  # L1 by ordinary descent
for _ in range(500):
    with_l2 = with_l2 - 0.1 * (regression_gradient(with_l2) + 0.6 * with_l2)
    with_sign = with_sign - 0.1 * (regression_gradient(with_sign) + 0.6 * np.sign(with_sign))
show("L2", with_l2)
show("L1 by ordinary descent", with_sign)
with_lasso = lasso(regression_gradient, np.zeros(20), lr=0.1, lam=0.6, steps=500)
if with_lasso is None:
    print("your lasso: solve exercise 4 first")
else:
    show("your lasso", with_lasso)

# %% [markdown]
# L1 *selects*: it keeps a few weights and drops the rest, which you can then delete. The weights it
# keeps are a bit too small, the price of the penalty. L2 spreads: all features keep something.
# Ordinary descent with L1 gets near, but not one weight is exactly 0.

# %% [markdown]
# ## 7 Weight decay
#
# Now back to descent with L2. The gradient of the objective is $\nabla L + \lambda w$, with $L$ the
# loss. Put it into the step of lesson 05 and sort by $w$:
#
# $$w \leftarrow w - \text{lr}\,(\nabla L + \lambda w)
# \;=\; (1 - \text{lr} \cdot \lambda)\, w - \text{lr}\, \nabla L$$
#
# So before each step all weights shrink by the same factor, a little below 1. Hence the name
# **weight decay**. PyTorch's optimisers have it built in as `weight_decay`, which is our $\lambda$.
#
# ### Exercise 5: a step with weight decay

# %% exercise="reg-decay" points=1
def decay_step(w, grad, lr, lam):
    """The weights after one step of descent with weight decay; grad is that of the loss alone."""
    ### BEGIN SOLUTION
    return (1 - lr * lam) * w - lr * grad
    ### END SOLUTION

# %% inputs="reg-decay"
def inputs(rng):
    w, grad = rng.normal(size=(2, 2, 3))
    return w, grad, rng.uniform(0.1, 0.9), rng.uniform(0.1, 0.9)

# %% wrong="reg-decay"
# The decay belongs to a step of length lr, so a step shrinks w by lr times lam, not by lam.
def decay_step(w, grad, lr, lam):
    return (1 - lam) * w - lr * grad

# %% wrong="reg-decay"
# You shrink the gradient's step as well: only the old weights decay.
def decay_step(w, grad, lr, lam):
    return (1 - lr * lam) * (w - lr * grad)

# %% wrong="reg-decay"
# You take the same amount from every weight, also from negative ones. Decay takes a share of w.
def decay_step(w, grad, lr, lam):
    return w - lr * grad - lr * lam

# %% wrong="reg-decay"
# Your weights grow by the factor: which sign does the penalty's gradient have in the step?
def decay_step(w, grad, lr, lam):
    return (1 + lr * lam) * w - lr * grad

# %% wrong="reg-decay"
# The weights only decay in yours; the gradient of the loss is left out.
def decay_step(w, grad, lr, lam):
    return (1 - lr * lam) * w

# %%
check("reg-decay", decay_step)

# %% [markdown]
# Penalty in the loss, or decay in the optimiser: for plain descent it is the same, to the last
# printed digit.

# %%
def train(rule, in_the_loss, **options):
    """w after 50 steps on 1/2 (w - 1)^2, with L2 in the loss or as the optimiser's decay."""
    w = nnkit.tensor([5.0, -3.0], requires_grad=True)
    optimiser = rule([w], weight_decay=0.0 if in_the_loss else 0.5, **options)
    for _ in range(50):
        optimiser.zero_grad()
        loss = ((w - 1) ** 2).sum() / 2
        if in_the_loss:
            loss = loss + 0.5 * (w**2).sum() / 2
        loss.backward()
        optimiser.step()
    return np.round(w.detach().numpy(), 4)


print("SGD,   penalty in the loss:", train(optim.SGD, True, lr=0.05))
print("SGD,   weight_decay:       ", train(optim.SGD, False, lr=0.05))
print("Adam,  penalty in the loss:", train(optim.Adam, True, lr=0.05))
print("AdamW, weight_decay:       ", train(optim.AdamW, False, lr=0.05))

# %% jupyter={"source_hidden": true}
predict(
    "reg-adam",
    "Adam divides every gradient by its usual size. Two weights get the same λ; the gradients of "
    "the first are small, those of the second 100 times larger. If the penalty is in the loss, "
    "which of them decays faster?",
    {
        "The first, with small gradients": (
            "λw is divided along with the rest: by a small number for the first weight, by a large "
            "one for the second, whose decay all but vanishes."
        ),
        "The second, with large gradients": "The penalty's part is divided by that large size too.",
        "Both alike": "They would with plain descent. Adam scales each weight's gradient apart.",
    },
    "The first, with small gradients",
)

# %% [markdown]
# > **Set right.** "Weight decay is the L2 penalty" holds for plain descent, not for Adam. There the
# > penalty's gradient $\lambda w$ is divided by the size of the loss's gradient, so weights with
# > large gradients hardly decay. **AdamW** (Loshchilov and Hutter, 2019) keeps the decay out of the
# > division: $w \leftarrow (1 - \text{lr} \cdot \lambda)\,w$, then Adam's step.
#
# Below, 1000 weights of each kind start at 1 and see nothing but noise, so only the decay moves
# their mean. After 1000 steps it should be $(1 - 0.01 \cdot 0.1)^{1000} = 0.37$:

# %%
def mean_after_decay(rule):
    w = nnkit.ones(2, 1000, requires_grad=True)
    size = nnkit.tensor([[0.1], [10.0]])  # of the gradients: small in row 1, large in row 2
    optimiser, noise = rule([w], lr=0.01, weight_decay=0.1), nnkit.Generator().manual_seed(0)
    for _ in range(1000):
        w.grad = nnkit.randn(2, 1000, generator=noise) * size
        optimiser.step()
    return np.abs(w.detach().numpy().mean(axis=1))


for rule in [optim.Adam, optim.AdamW]:
    small, large = mean_after_decay(rule)
    print(f"{rule.__name__:5}: small gradients 1 -> {small:.2f}, large gradients 1 -> {large:.2f}")

# %% [markdown]
# ## 8 A network, and lambda while it trains
#
# Now a real network: two inputs, 16 and 16 tanh units, two classes (lesson 04 built a smaller one):
# 354 weights and biases for 60 noisy points. Black is the **boundary**, where both classes have a
# chance of one half. Right: the loss on the 60 points and on 400 new ones, and $\lambda$ over time.
#
# It trains by **your** `decay_step` (until that is written, by nnkit's).

# %% jupyter={"source_hidden": true}
predict(
    "reg-during-training",
    "It has trained for 800 epochs with λ almost 0 and overfits. You raise λ to 0.01 and go on, "
    "without starting anew. What happens?",
    {
        "Nothing: it has already learnt": "Every step still shrinks all weights a little.",
        "The boundary smooths out within a few hundred epochs": (
            "The weights that only served single points decay; those that the loss keeps renewing "
            "stay. The test loss falls from about 0.64 to about 0.32."
        ),
        "It forgets everything and ends with one answer for all": (
            "That takes a much larger λ: try 0.3."
        ),
    },
    "The boundary smooths out within a few hundred epochs",
)

# %% [markdown]
# What to try in the explorer below (the run has 1500 epochs and waits at 800):
#
# 1. Move **lambda** to 0.01 and press **Play**; **Pause** at about 1000. Watch the boundary let go
#    of single points, the pale band grow where the network is unsure, and both losses. Move
#    **epochs** back and forth: the run is kept, so you can compare. (The box **λ so far** keeps the
#    record; you can also type into it.)
# 2. Set **epochs** to 1000, **lambda** to 0.3, and play on to about 1200. All weights fade, only
#    the biases are left, every point gets the same answer: $f \to b$ again. Then lower **lambda**
#    to 0.001 and play to the end: does the network recover? (Lesson 06 knows why not: what is the
#    gradient of a layer when the layer behind it is 0?)
# 3. Press **Reset**. The words say at which epoch the test loss was least: move **epochs** there.
#    How do boundary, test loss and the share of right answers differ from those at 800? Stopping
#    there, **early stopping**, is a regulariser too: weights that had no time to grow are small.
# 4. Go back to 800, set **a new λ applies** to "from the start" and slide **lambda**: each position
#    is a new run of 800 epochs. Then set **n** to 200 and try 0.00001 and 0.01 again: with many
#    points, is the price still worth paying?

# %%
RegularisedBoundary(decay_step=decay_step, epochs=800)

# %% [markdown]
# For L1, an explorer without your step (L1 needs the soft threshold of section 5). Look at the last
# line: how many weights are exactly 0?

# %%
RegularisedBoundary(penalty="L1", epochs=1200, turns="0: 1e-05, 800: 0.01")

# %% [markdown]
# The boundary is about as good as before, made by a small part of the weights.

# %% [markdown]
# ## 9 How to choose lambda
#
# Not by the training error: that is always lowest at $\lambda = 0$. And not by the test points
# either, if you want to report the test error afterwards. Keep a third set aside:
#
# - **training set**: finds the weights;
# - **validation set**: compares values of $\lambda$ (or degrees, sizes, learning rates);
# - **test set**: is used once, at the very end, for the number that you report.
#
# ### Exercise 6: choose lambda
#
# Fit on the training set with each $\lambda$, with `fit` from section 2; return the $\lambda$ whose
# fit has the lowest `error` on the validation set.

# %% exercise="reg-choose" points=3
def choose_lambda(x_train, y_train, x_val, y_val, degree, lams):
    """The element of the list lams that does best on the validation set."""
    ### BEGIN SOLUTION
    errors = [error(fit(x_train, y_train, degree, lam), x_val, y_val) for lam in lams]
    return lams[int(np.argmin(errors))]
    ### END SOLUTION

# %% inputs="reg-choose"
def inputs(rng):
    x, x_val = np.linspace(-1, 1, 12), rng.uniform(-1, 1, size=40)
    lams = [10.0 ** -k * rng.uniform(1, 2) for k in rng.permutation(9)]
    return x, add_noise(true_curve(x), rng), x_val, add_noise(true_curve(x_val), rng), 9, lams

# %% wrong="reg-choose"
# You measure the error on the points that were fitted: there the smallest lambda always wins.
def choose_lambda(x_train, y_train, x_val, y_val, degree, lams):
    errors = [error(fit(x_train, y_train, degree, lam), x_train, y_train) for lam in lams]
    return lams[int(np.argmin(errors))]

# %% wrong="reg-choose"
# The two sets have changed places: fit to the training set, compare on the validation set.
def choose_lambda(x_train, y_train, x_val, y_val, degree, lams):
    errors = [error(fit(x_val, y_val, degree, lam), x_train, y_train) for lam in lams]
    return lams[int(np.argmin(errors))]

# %% wrong="reg-choose"
# You return the place in the list; the lambda that stands there is asked for.
def choose_lambda(x_train, y_train, x_val, y_val, degree, lams):
    return int(np.argmin([error(fit(x_train, y_train, degree, lam), x_val, y_val) for lam in lams]))

# %% wrong="reg-choose"
# You return the lowest error; the lambda that it belongs to is asked for.
def choose_lambda(x_train, y_train, x_val, y_val, degree, lams):
    return min(error(fit(x_train, y_train, degree, lam), x_val, y_val) for lam in lams)

# %% wrong="reg-choose"
# The penalty is there to find the weights. To judge them, measure the error alone.
def choose_lambda(x_train, y_train, x_val, y_val, degree, lams):
    fits = [fit(x_train, y_train, degree, lam) for lam in lams]
    costs = [error(w, x_val, y_val) + lam / 2 * (w[1:] ** 2).sum()
             for w, lam in zip(fits, lams, strict=True)]
    return lams[int(np.argmin(costs))]

# %%
check("reg-choose", choose_lambda)

# %% [markdown]
# Your `choose_lambda` for the ten points of section 2, with 40 validation points; then the test
# set, once.

# %%
rng = np.random.default_rng(3)
x_val = rng.uniform(-1, 1, 40)
y_val = add_noise(true_curve(x_val), rng)
lams = [10.0**k for k in range(-9, 2)]
chosen = choose_lambda(x_train, y_train, x_val, y_val, 9, lams)
if chosen is None:
    print("Solve exercise 6 first.")
else:
    w = fit(x_train, y_train, 9, chosen)
    print(f"chosen: lambda {chosen}; test error {error(w, x_test, y_test):.3f}")

# %% [markdown]
# > **Set right.** "I tried many values of $\lambda$ and report the best test error": common, and
# > it flatters. Among many tries one looks good on *these* test points by luck. Here 300 people
# > choose $\lambda$ on ten test points each and report that error. What do they really have?

# %%
rng = np.random.default_rng(0)
reported, real = [], []
for _ in range(300):
    y_own = add_noise(true_curve(x_train), rng)
    x_few = rng.uniform(-1, 1, 10)
    y_few = add_noise(true_curve(x_few), rng)
    fits = [fit(x_train, y_own, 9, lam) for lam in lams]
    best = min(fits, key=lambda w: error(w, x_few, y_few))
    reported.append(error(best, x_few, y_few))
    real.append(error(best, x_test, y_test))
print(f"reported on the points that chose: {np.mean(reported):.3f}")
print(f"the same fits on 1000 new points:  {np.mean(real):.3f}")

# %% [markdown]
# ## 10 From here to PyTorch
#
# Weight decay is an option of every optimiser. To leave the biases out, give the optimiser two
# groups. L1 is added to the loss by hand. Change `import nnkit as torch` to `import torch`, and the
# cell runs on PyTorch and prints the same.

# %% tags=["runs-on-pytorch"]
import nnkit as torch

layer = torch.nn.Linear(3, 1)
with torch.no_grad():
    layer.weight.copy_(torch.tensor([[2.0, -1.0, 0.5]]))
    layer.bias.copy_(torch.tensor([1.0]))
groups = [{"params": [layer.weight], "weight_decay": 0.1}, {"params": [layer.bias]}]
optimiser = torch.optim.AdamW(groups, lr=0.05, weight_decay=0.0)
x = torch.tensor([[1.0, 2.0, 0.0], [0.0, 1.0, 1.0]])
y = torch.tensor([[1.0], [3.0]])
for _ in range(100):
    optimiser.zero_grad()
    loss = torch.nn.functional.mse_loss(layer(x), y) + 0.01 * layer.weight.abs().sum()
    loss.backward()
    optimiser.step()
print("weights", [round(w, 3) for w in layer.weight.tolist()[0]])
print("bias", round(layer.bias.item(), 3), "objective", round(loss.item(), 3))

# %% [markdown]
# ## Recap
#
# - Both errors high: the model underfits. Training error low and test error high: it overfits.
#   Without a penalty it *may* overfit; with too much of one, $w \to 0$ and $f \to b$.
# - Error on new points = bias² + variance + noise². A penalty trades variance for bias.
# - L2 keeps a share of every weight, $a / (1 + \lambda)$. L1 takes an amount and stops at exactly
#   0: the soft threshold. In the picture of the weights, L1's diamond has corners on the axes.
# - Weight decay $(1 - \text{lr} \cdot \lambda)\,w$ is L2 for plain descent; with Adam use AdamW.
# - Choose $\lambda$ on a validation set, and use the test set once. Next: dropout, which
#   regularises by noise instead of by price.
#
# | term | 中文 | | term | 中文 |
# |:--|:--|:--|:--|:--|
# | regularisation | 正则化 | | penalty | 惩罚项 |
# | overfitting | 过拟合 | | underfitting | 欠拟合 |
# | capacity | 模型容量 | | weight decay | 权重衰减 |
# | bias (of a fit) | 偏差 | | variance | 方差 |
# | bias (a weight) | 偏置 | | noise | 噪声 |
# | soft threshold | 软阈值 | | elastic net | 弹性网络 |
# | ridge regression | 岭回归 | | lasso | 套索回归 |
# | training set | 训练集 | | validation set | 验证集 |
# | test set | 测试集 | | early stopping | 提前停止 |

# %% [markdown]
# # 00 Start here
#
# First choose **Run → Run All Cells** in the menu at the top: that brings the pictures to life. You
# land at the end of the lesson, so scroll back up to here. Then drag the slider below the next two
# grey cells (or click on it and use the arrow keys) until the dashed bars are as short as they can
# be.

# %% tags=["setup"]
import numpy as np

from nnkit.course import check, predict, show_progress
from widgets import FirstSlider, LinearMap, Watermelon
from widgets.start_here import KILOS, PRICES, columns, least_squares, melons

# %%
FirstSlider()

# %% [markdown]
# ## 1 What you have just done
#
# You have trained a model. Everything in this course, up to networks with thousands of weights,
# goes the way you have just gone:
#
# 1. There is a **task**: predict the price of a watermelon from its weight.
# 2. You choose a **formula** with an unknown number in it: $\text{price} = w \cdot \text{weight}$.
#    The formula is called a **model**, and $w$ is its **weight** (a word for "how much it counts",
#    not for kilos).
# 3. You measure how wrong it is. Each dashed bar is an **error**, what the formula says minus what
#    was paid. Square them and take the mean: the **mean squared error**.
# 4. You change $w$ until that is as small as possible. This is **learning**; the curve on the
#    right is the valley that you walked down.
# 5. Now you can **predict** the price of a melon that you have never seen.
#
# A network has more weights, and bends between them; a computer does the moving. The five steps
# stay.

# %% jupyter={"source_hidden": true}
predict(
    "start-squares",
    "One bar of length 4, or ten bars of length 1: which adds more to the squared errors?",
    {
        "The one long bar": "4² = 16, against 10 · 1² = 10. Squares make large errors weigh more.",
        "The ten short bars": "Together they are longer (10 against 4), but squares are added: "
        "10 · 1² = 10 against 4² = 16.",
        "Both the same": "Not even their lengths are: 4 against 10. And squared: 16 against 10.",
    },
    "The one long bar",
)

# %% [markdown]
# ## 2 How this course works
#
# That was a **prediction**: commit to a guess before you look. A wrong one is worth as much as a
# right one, and your guesses are kept. Each lesson takes 30 to 60 minutes (this one about 40) and
# goes the same way: **predict** → **slide** → **explain** → **build** → **check** → **recap**.
#
# | you see | what you do with it |
# |:--|:--|
# | a **slider** | drag it; or Tab to it and use the arrow keys; or type a number beside it |
# | **Reset**, a menu of presets | go back to the start; jump to a state that is worth a look |
# | **Copy state** below a picture | copies the line of code that brings back just this picture |
# | an **exercise** | write your code in place of the dots, run the cell (Shift + Enter) |
# | `check(...)` below it | run it: it tries your code on fresh inputs and says what is wrong |
# | a **Set right** box | a statement that is often read and is false, and code that shows why |
#
# Where your answers are kept, and what to do when you are stuck, is told in section 8.
#
# ### Exercise 1: try it out
#
# The price of `x` kilos at `w` a kilo. Replace the three dots by the word `return` and a formula
# behind it. (`return` hands the result back; `print` would only show it.)
#
# 1. Run the `check` cell as it is: it says that there is something to do.
# 2. Now write something wrong on purpose: `return w + x`. Run the cell, then run `check`. Read the
#    hint.
# 3. Put it right, and run both again.

# %% exercise="start-price" points=1
def price(w, x):
    """The price of x kilos when a kilo costs w."""
    ### BEGIN SOLUTION
    return w * x
    ### END SOLUTION

# %% inputs="start-price"
def inputs(rng):
    return round(rng.uniform(0.5, 2), 2), round(rng.uniform(2, 9), 1)

# %% wrong="start-price"
# Price and weight are not added. Two kilos cost twice as much as one: what do you do with w and x?
def price(w, x):
    return w + x

# %% wrong="start-price"
# More kilos should cost more, not less.
def price(w, x):
    return w / x

# %% wrong="start-price"
# That is the price of one kilo, whatever the melon weighs. Where does x come in?
def price(w, x):
    return w

# %%
check("start-price", price)

# %% [markdown]
# ## 3 From a task to a formula
#
# A good watermelon, they say, sounds dull when you knock on it, has clear stripes and a curled
# stem. Let us measure all three, each from 0 to 1, and call them $x_1, x_2, x_3$. Tasters have
# given a quality to forty melons. We guess a formula with four unknown **coefficients**:
#
# $$\text{quality} = a\,x_1 + b\,x_2^2 + c\,x_3^3 + d$$
#
# The words for all this are used in every lesson:
#
# | word | here |
# |:--|:--|
# | **sample** | one melon |
# | **feature** | one thing that was measured of it, $x_1$, $x_2$ or $x_3$ |
# | **label**, or target, $y$ | what we want to predict: the quality that was tasted |
# | **training set** | the 30 melons whose labels may be used to choose $a, b, c, d$ |
# | **test set** | 10 melons kept aside: they show what the formula is worth on new ones |
# | **bias** | the part $d$ that is added whatever the features are |

# %%
X, y = melons()
print("sound  stripes  stem   quality")
for features, label in list(zip(X, y, strict=True))[:3]:
    print("{:5}  {:7}  {:4}   {:7}".format(*features, label))

# %% [markdown]
# Left: each melon, what was tasted against what the formula predicts. On the dashed line they
# agree. Right: how much each feature adds. $x_1$ counts evenly, $x_2^2$ and $x_3^3$ hardly count
# until they are large.
#
# 1. Bring the training error below 1 by hand. Which of the four is easy to get right, which are
#    hard?
# 2. Press **10 steps downhill** a few times. It moves all four at once, each against its own
#    slope. (That is *gradient descent*, lesson 05.) Go on after ten presses: does the test error
#    keep falling, too?
# 3. Press **best fit**. Is the test error smaller or larger than the training error?

# %%
Watermelon()

# %% [markdown]
# For a formula like this the best coefficients can be computed outright, by **least squares**:

# %%
training, test = slice(0, 30), slice(30, 40)
best = least_squares(X[training], y[training])
a, b, c, d = best
print(f"quality = {a:.2f}·x1 + {b:.2f}·x2² + {c:.2f}·x3³ + {d:.2f}")
for name, part in [("training", training), ("test", test)]:
    errors = columns(X[part]) @ best - y[part]
    print(f"mean squared error on the {name} melons: {np.mean(errors**2):.3f}")
new = np.array([[0.9, 0.2, 0.5]])
print(f"a new melon with x = (0.9, 0.2, 0.5): quality {(columns(new) @ best).item():.2f}")
for name, column in zip("abcd", columns(X[training]).T, strict=True):
    worse = columns(X[training]) @ best + column - y[training]
    print(f"{name} larger by 1: training error {np.mean(worse**2):.3f}")

# %% [markdown]
# So $d$ is the easiest to get right: it moves every prediction, and 1 too much costs most. It costs
# little for $b$ and $c$, since $x_2^2$ and $x_3^3$ are small for most melons.
#
# And the test error is larger. Is that because the coefficients were *chosen* to suit the training
# melons? Not all of it: look at (1, 1, 1, 1), where the sliders began and nothing was chosen yet.
# Ten melons are few, and these may just be hard ones. So let us keep aside ten *others*, 2000
# times:

# %%
def errors_of(w, melons):
    """The mean squared error of the coefficients w on some of the melons."""
    return np.mean((columns(X[melons]) @ w - y[melons]) ** 2)


start = np.ones(4)
print(f"before any fit: training {errors_of(start, training):.3f}, "
      f"test {errors_of(start, test):.3f}")
rng = np.random.default_rng(0)
found = []
for _ in range(2000):
    order = rng.permutation(40)
    w = least_squares(X[order[:30]], y[order[:30]])
    found.append([errors_of(w, order[:30]), errors_of(w, order[30:])])
found = np.array(found)
known, new = found.mean(axis=0)
print(f"2000 ways to choose ten: training {known:.3f}, test {new:.3f} on average")
print(f"test error the larger one in {np.mean(found[:, 1] > found[:, 0]):.0%} of them")

# %% [markdown]
# Part of the gap was bad luck with these ten. The rest is there on average: the coefficients suit
# the training melons, their chance included. You may have seen it at work in the picture. Downhill
# from (1, 1, 1, 1) the training error always falls, but the test error falls to 0.222 and then
# *rises* to 0.241. What counts is the test error, and lesson 07 is about little else.

# %% [markdown]
# ## 4 Rows of numbers
#
# - A **scalar** is a single number: a price.
# - A **vector** is a row of numbers: the features of one melon.
# - A **matrix** is a table: the features of forty melons, one melon a row.
# - A **tensor** is the word for all of these and for more dimensions: a pile of colour pictures
#   has four (picture, colour, row, column).
#
# The sizes of the dimensions are the **shape**. When something fails, shapes that do not fit are
# the first thing to look for:

# %%
pile = np.zeros((5, 3, 8, 8))  # 5 pictures in 3 colours, of 8 rows and 8 columns
for name, thing in [("scalar", 1.27), ("vector", X[0]), ("matrix", X), ("tensor", pile)]:
    print(f"{name}: shape {np.shape(thing)}, size {np.size(thing)}")

# %% [markdown]
# The **dot product** of two vectors multiplies what stands at the same place and adds up:
#
# $$w \cdot x = w_1 x_1 + w_2 x_2 + \dots + w_n x_n$$
#
# That is how a neuron sees its inputs: each one counts as much as its weight says. In NumPy `a * b`
# multiplies place by place, `np.sum(...)` adds up, and `a @ b` does both.
#
# ### Exercise 2: the dot product

# %% exercise="start-dot" points=1
def dot(a, b):
    """The dot product of two vectors of equal length: one number."""
    ### BEGIN SOLUTION
    return np.sum(a * b)
    ### END SOLUTION

# %% inputs="start-dot"
def inputs(rng):
    return rng.integers(-5, 6, 4), rng.integers(1, 6, 4)

# %% wrong="start-dot"
# These are the products, place by place. One step is missing: a dot product is a single number.
def dot(a, b):
    return a * b

# %% wrong="start-dot"
# You add up first and multiply then. Multiply what stands at the same place, then add.
def dot(a, b):
    return np.sum(a) * np.sum(b)

# %% wrong="start-dot"
# You add at each place. Multiply there, and add up the products.
def dot(a, b):
    return np.sum(a + b)

# %%
check("start-dot", dot)

# %% [markdown]
# A matrix times a vector is a dot product for every row: `X @ w` has one number for each sample. A
# matrix times a matrix is a dot product for every row of the first with every **column** of the
# second:
#
# $$(A B)_{ij} = \sum_k A_{ik} B_{kj}$$
#
# So a row of $A$ must be as long as a column of $B$: the two **inner** sizes must agree, and the
# **outer** ones are left, $(m, k) \cdot (k, n) \to (m, n)$. The **transpose** $A^\top$, in code
# `A.T`, turns rows into columns and often makes two shapes fit.

# %%
A, B = np.array([[1, 2, 3], [4, 5, 6]]), np.array([[1, 0, 2], [0, 1, 3]])
print("A and B have the shapes", A.shape, B.shape)
try:
    A @ B
except ValueError:
    print("A @ B: the inner sizes 3 and 2 do not agree")
print("A @ B.T:", (A @ B.T).tolist(), "shape", (A @ B.T).shape)
print("A.T @ B: shape", (A.T @ B).shape)
print("top left number of A @ B.T: 1·1 + 2·0 + 3·2 =", 1 * 1 + 2 * 0 + 3 * 2)

# %% [markdown]
# ### Exercise 3: a prediction for every sample
#
# `X` has one sample a row, `w` one weight for each feature, `b` is the bias, one number that is
# added to each prediction. One line does it for all samples.

# %% exercise="start-predict" points=1
def predict_all(X, w, b):
    """w · x + b for each row x of X; X: (samples, features), w: (features,), result: (samples,)."""
    ### BEGIN SOLUTION
    return X @ w + b
    ### END SOLUTION

# %% inputs="start-predict"
def inputs(rng):
    return rng.integers(0, 6, (4, 3)), rng.integers(-3, 4, 3) + 0.5, rng.integers(1, 6) * 1.0

# %% wrong="start-predict"
# The bias is missing: with all features 0 the prediction should be b.
def predict_all(X, w, b):
    return X @ w

# %% wrong="start-predict"
# w has one number for each *column* of X, so X must stand in front: shapes (4, 3) and (3,).
def predict_all(X, w, b):
    return w @ X + b

# %% wrong="start-predict"
# Nothing is added up yet: a prediction is one number a sample.
def predict_all(X, w, b):
    return X * w + b

# %% wrong="start-predict"
# The bias is added once to each prediction, not to each feature.
def predict_all(X, w, b):
    return (X + b) @ w

# %%
check("start-predict", predict_all)

# %% [markdown]
# ### Exercise 4: which shapes fit?
#
# `a` and `b` are the shapes of two matrices, such as `(2, 3)` and `(3, 5)`. Return the shape of
# their product as a tuple, here `(2, 5)`, or the text `"impossible"`. `a[0]` is the number of
# rows, `a[1]` of columns.
#
# `check` draws three sizes `m`, `k`, `n` and asks four times: about `(m, k)` and `(k, n)`; `(m,
# k)` and `(n, k)`; `(m, k)` twice; `(k, k)` and `(k, m)`.

# %% exercise="start-shapes" points=1
def product_shape(a, b):
    """The shape of A @ B, where A has shape a and B has shape b; or "impossible"."""
    ### BEGIN SOLUTION
    return (a[0], b[1]) if a[1] == b[0] else "impossible"
    ### END SOLUTION

# %% inputs="start-shapes"
def inputs(rng):
    m, k, n = rng.permutation(8)[:3] + 1
    return int(m), int(k), int(n)


def probe(product_shape, m, k, n):
    """Try it on shapes that fit, on shapes that don't, and on equal ones."""
    pairs = ((m, k), (k, n)), ((m, k), (n, k)), ((m, k), (m, k)), ((k, k), (k, m))
    answers = [product_shape(a, b) for a, b in pairs]
    return [
        f"({', '.join(map(str, shape))})" if isinstance(shape, tuple | list) else shape
        for shape in answers
    ]

# %% wrong="start-shapes"
# You never say impossible: the inner sizes, the last of a and the first of b, must agree.
def product_shape(a, b):
    return a[0], b[1]

# %% wrong="start-shapes"
# Equal shapes are what `A * B` needs, place by place. For `A @ B` the inner sizes must agree.
def product_shape(a, b):
    return a if a == b else "impossible"

# %% wrong="start-shapes"
# The inner sizes are summed away; what is left are the outer ones.
def product_shape(a, b):
    return (a[1], b[0]) if a[1] == b[0] else "impossible"

# %% wrong="start-shapes"
# Rows of A meet columns of B: compare the last size of a with the first of b.
def product_shape(a, b):
    return (a[0], b[0]) if a[1] == b[1] else "impossible"

# %%
check("start-shapes", product_shape)

# %% [markdown]
# ### Exercise 5: the mean squared error
#
# Predictions $\hat y_i$ ("y hat") and labels $y_i$ of $n$ samples give
#
# $$\text{MSE} = \frac{1}{n} \sum_{i=1}^{n} (\hat y_i - y_i)^2$$

# %% exercise="start-mse" points=1
def mse(predicted, y):
    """The mean squared error; both are arrays of shape (samples,)."""
    ### BEGIN SOLUTION
    return np.mean((predicted - y) ** 2)
    ### END SOLUTION

# %% inputs="start-mse"
def inputs(rng):
    y = rng.integers(1, 9, 4)
    return y + rng.integers(1, 5, 4) * 0.5 + np.array([0, 0, 1, -4]), y

# %% wrong="start-mse"
# That is the sum of the squares. The mean does not grow with the number of samples.
def mse(predicted, y):
    return np.sum((predicted - y) ** 2)

# %% wrong="start-mse"
# Square each error first, then take the mean. As you have it, errors of opposite sign cancel.
def mse(predicted, y):
    return np.mean(predicted - y) ** 2

# %% wrong="start-mse"
# That is the mean absolute error: here the errors are squared.
def mse(predicted, y):
    return np.mean(np.abs(predicted - y))

# %% wrong="start-mse"
# That is its root. The mean squared error itself is left as it is.
def mse(predicted, y):
    return np.sqrt(np.mean((predicted - y) ** 2))

# %% wrong="start-mse"
# A variance measures the spread around the mean: a constant error would not count at all.
def mse(predicted, y):
    return np.var(predicted - y)

# %%
check("start-mse", mse)

# %% [markdown]
# Now let your two functions judge the formula of section 3 on the melons that were kept aside. If
# both are right, they find the same number as there.

# %%
X, y = melons()
mine = predict_all(columns(X[test])[:, :3], best[:3], best[3])
if mine is None or mse(mine, y[test]) is None:
    print("exercise 3 or 5 is still to do")
else:
    print(f"by your predict_all and mse: {mse(mine, y[test]):.3f} on the test melons")

# %% [markdown]
# > **Set right.** In Chinese 均方误差 is the mean squared error, 均方差 the *standard deviation*.
# > They are easily mixed up, and they are not the same. Take a formula that is always 3 too high:

# %%
errors = np.array([3.0, 3.0, 3.0, 3.0])
print("均方误差, mean squared error:", np.mean(errors**2))
print("均方差, standard deviation:  ", np.std(errors))

# %% [markdown]
# ## 5 Linear, and not
#
# A function $f$ is **linear** if it does not matter whether you add and scale before or after it:
#
# $$f(u + v) = f(u) + f(v), \qquad f(c\,u) = c\,f(u)$$
#
# for all vectors $u, v$ and numbers $c$. Multiplying by a matrix, $f(x) = Wx$, is linear, and
# there is no other kind. Here is what it looks like. The grid on the left is taken to the grid on
# the right.
#
# 1. Move the four **w**. The lines stay straight and evenly spaced, whatever you do. Watch the two
#    bars: their images are the columns of $W$.
# 2. Move a **bias**: everything is shifted, 0 as well.
# 3. Take the presets that turn by 90 degrees and back. What does the transpose do?
# 4. Choose **then bend**: ReLU. Now the grid has an edge that no matrix can make.

# %%
LinearMap()

# %% jupyter={"source_hidden": true}
predict(
    "start-affine",
    "f(x) = 2x + 1 is drawn as a straight line. Is it linear in the sense above?",
    {
        "Yes": "f(1 + 1) = 5, but f(1) + f(1) = 6. The bias is counted twice.",
        "No": "f(1 + 1) = 5, but f(1) + f(1) = 6. Strictly it is called affine.",
    },
    "No",
)

# %% [markdown]
# > **Set right.** "$wx + b$ is a linear function." Try the first rule:

# %%
def f(x):
    return 2 * x + 1


print("f(1 + 1) =", f(1 + 1), "but f(1) + f(1) =", f(1) + f(1))

# %% [markdown]
# Strictly $wx + b$ is **affine**, a linear function plus a shift. In this field a layer $Wx + b$ is
# called *linear* all the same, with the bias understood.
#
# ### Exercise 6: is it linear?
#
# Try the two rules on the vectors `u`, `v` and the number `c`. Return True if both hold and False
# if not. Computers round, so compare with `np.allclose(p, q)`, not with `==`. (`check` tries five
# functions: a matrix, a matrix and a bias, squares, sizes $|x|$, and one that stops at a limit.)

# %% exercise="start-linear" points=2
def looks_linear(f, u, v, c):
    """True if f(u + v) = f(u) + f(v) and f(c u) = c f(u), up to rounding."""
    ### BEGIN SOLUTION
    adds = np.allclose(f(u + v), f(u) + f(v))
    scales = np.allclose(f(c * u), c * f(u))
    return adds and scales
    ### END SOLUTION

# %% inputs="start-linear"
def inputs(rng):
    u = rng.normal(size=3)
    v, c = -u * rng.uniform(0.3, 0.8, 3), rng.uniform(1.5, 3)
    return rng.normal(size=(3, 3)), u, v, c, rng.permutation(5)


def probe(looks_linear, W, u, v, c, order):
    """Try it on a matrix, on one with a bias, on squares, on sizes, and on a limit."""
    functions = (
        lambda x: W @ x,
        lambda x: W @ x + 1,
        lambda x: x**2,
        lambda x: np.abs(x),
        lambda x: np.clip(x, -np.abs(u), np.abs(u)),
    )
    return [looks_linear(functions[int(k)], u, v, c) for k in order]

# %% wrong="start-linear"
# Scaling alone is not enough: the size |x| passes it for every positive c. Try the sum as well.
def looks_linear(f, u, v, c):
    return np.allclose(f(c * u), c * f(u))

# %% wrong="start-linear"
# The last function stops at a limit, so with small inputs it keeps the first rule. Try the second
# rule, too.
def looks_linear(f, u, v, c):
    return np.allclose(f(u + v), f(u) + f(v))

# %% wrong="start-linear"
# The values are vectors. `==` compares them place by place, and `and` can't join such a row of
# answers. `np.allclose(p, q)` gives one True or False.
def looks_linear(f, u, v, c):
    return f(u + v) == f(u) + f(v) and f(c * u) == c * f(u)

# %% wrong="start-linear"
# f(0) = 0 is necessary, but x² has it, too. Try the two rules themselves.
def looks_linear(f, u, v, c):
    return np.allclose(f(0 * u), 0)

# %% wrong="start-linear"
# One rule is enough for your answer, but both must hold: use `and`.
def looks_linear(f, u, v, c):
    return np.allclose(f(u + v), f(u) + f(v)) or np.allclose(f(c * u), c * f(u))

# %% wrong="start-linear"
# Numbers that should be equal differ in the last digit. Compare with np.allclose.
def looks_linear(f, u, v, c):
    return bool(np.all(f(u + v) == f(u) + f(v)) and np.all(f(c * u) == c * f(u)))

# %%
check("start-linear", looks_linear)

# %% [markdown]
# Is the watermelon formula linear? In the *features* it is not: it has squares and cubes. But it
# is linear in the *coefficients*: put $x_1$, $x_2^2$, $x_3^3$ and a constant 1 into four columns
# of a table $T$, and the predictions are $T w$ with $w = (a, b, c, d)$. That is why they can be
# computed outright.
#
# ### Exercise 7: fit the watermelons yourself
#
# `X[:, 0]` is the first column of `X`, one feature of all samples. `np.column_stack([p, q, ...])`
# puts vectors side by side as columns, and `np.ones(n)` is a vector of $n$ ones. How many samples
# there are is `len(X)`: `check` tries another number of them than 30 or 40.
# `np.linalg.lstsq(T, y, rcond=None)[0]` finds the $w$ for which $Tw$ is nearest to $y$. Here it
# fits $\text{price} = w \cdot \text{weight} + b$:

# %%
table = np.column_stack([KILOS, np.ones(len(KILOS))])
w, b = np.linalg.lstsq(table, PRICES, rcond=None)[0]
print(f"price = {w:.3f} · weight + {b:.3f}")

# %% exercise="start-fit" points=3
def fit(X, y):
    """The best (a, b, c, d) for y = a x1 + b x2^2 + c x3^3 + d; X has shape (samples, 3)."""
    ### BEGIN SOLUTION
    table = np.column_stack([X[:, 0], X[:, 1] ** 2, X[:, 2] ** 3, np.ones(len(X))])
    return np.linalg.lstsq(table, y, rcond=None)[0]
    ### END SOLUTION

# %% inputs="start-fit"
def inputs(rng):
    X = rng.uniform(size=(12, 3))
    w = rng.uniform(1, 4, 3)
    return X, (X ** [1, 2, 3]) @ w + 0.5 + rng.normal(0, 0.3, 12)

# %% wrong="start-fit"
# The bias d is missing: give the table a column of ones.
def fit(X, y):
    return np.linalg.lstsq(X ** np.array([1, 2, 3]), y, rcond=None)[0]

# %% wrong="start-fit"
# These are the features as they are. The formula has the square of x2 and the cube of x3.
def fit(X, y):
    return np.linalg.lstsq(np.column_stack([X, np.ones(len(X))]), y, rcond=None)[0]

# %% wrong="start-fit"
# You put the constant first, so d comes out first. The order asked for is a, b, c, d.
def fit(X, y):
    table = np.column_stack([np.ones(len(X)), X[:, 0], X[:, 1] ** 2, X[:, 2] ** 3])
    return np.linalg.lstsq(table, y, rcond=None)[0]

# %% wrong="start-fit"
# X may have any number of rows, and the column of ones needs as many: np.ones(len(X)).
def fit(X, y):
    table = np.column_stack([X[:, 0], X[:, 1] ** 2, X[:, 2] ** 3, np.ones(40)])
    return np.linalg.lstsq(table, y, rcond=None)[0]

# %% wrong="start-fit"
# X may have any number of rows, and the column of ones needs as many: np.ones(len(X)).
def fit(X, y):
    table = np.column_stack([X[:, 0], X[:, 1] ** 2, X[:, 2] ** 3, np.ones(30)])
    return np.linalg.lstsq(table, y, rcond=None)[0]

# %% wrong="start-fit"
# X[0] is the first melon, a row. The first feature of all melons is the column X[:, 0].
def fit(X, y):
    table = np.column_stack([X[0], X[1] ** 2, X[2] ** 3, np.ones(3)])
    return np.linalg.lstsq(table, y, rcond=None)[0]

# %%
check("start-fit", fit)

# %% [markdown]
# Run the next cell once more when `check` says Right: then its **best fit** button uses **your**
# `fit`. (Until then it borrows nnkit's.)

# %%
Watermelon(fit=fit)

# %% [markdown]
# ## 6 What can be learnt
#
# The same five steps solve very different tasks. Only the inputs, the formula and the error change:
#
# | task | input | answer |
# |:--|:--|:--|
# | image classification | a picture | one of a few names: "cat" |
# | face recognition | a picture of a face | who it is |
# | detection | a picture | a box around each thing, and its name |
# | segmentation | a picture | a name for every single pixel |
# | language | the words so far | the next word, a translation, an answer |
#
# To a computer each of these inputs is a tensor. A handwritten digit of 8 × 8 pixels is 64 numbers:

# %%
from nnkit.data import digits

pixels, labels = (tensor.numpy() for tensor in digits())
print(f"{len(pixels)} pictures, {pixels.shape[1]} numbers each; the first is a {labels[0]}:")
for row in pixels[0].reshape(8, 8):
    print(" ".join(f"{16 * value:2.0f}" for value in row))

# %% [markdown]
# Learning with labels is **supervised**. There are two kinds, told apart by what the label is:
#
# - **classification**: the label is one of several classes (which digit?),
# - **regression**: the label is a number (which quality?).
#
# Learning without labels is **unsupervised**.
#
# > **Set right.** Two half-truths: "supervised learning sorts into classes" (the watermelons had
# > *numbers* as labels) and "unsupervised learning means clustering" (that is one of several
# > kinds). Here are three of them, on zeros and ones, without looking at any label. (Look at what
# > is printed. The code is folded away, and you need not read it.)

# %% jupyter={"source_hidden": true}
which = np.flatnonzero(labels < 2)  # only to choose the pictures, and to compare at the end
P = pixels[which].astype(float)

centres = P[[0, 1]]  # clusters: two groups, each around its mean
for _ in range(10):
    group = np.linalg.norm(P[:, None] - centres, axis=2).argmin(axis=1)
    centres = np.array([P[group == g].mean(axis=0) for g in (0, 1)])
agree = np.mean(group == labels[which])
print(f"clustering: two groups, which turn out to be the digits in {max(agree, 1 - agree):.1%}")

gaps = np.sort(np.linalg.norm(P[:, None] - P, axis=2), axis=1)[:, 1]  # to the nearest other
print(f"density: the loneliest picture is {gaps.max() / np.median(gaps):.1f} times as far from its "
      "neighbour as usual")

spread = np.linalg.svd(P - P.mean(axis=0), compute_uv=False) ** 2
share = spread[:2].sum() / spread.sum()
print(f"dimension reduction: 2 of 64 directions hold {share:.0%} of the spread")

# %% jupyter={"source_hidden": true}
predict(
    "start-kind",
    "You want to predict a flat's rent from its size, floor and street. What kind of task is that?",
    {
        "supervised, classification": "The label is a number that can take any value, not a class.",
        "supervised, regression": "Known rents are the labels, and they are numbers.",
        "unsupervised": "The rents of known flats are labels: somebody tells the right answers.",
    },
    "supervised, regression",
)

# %% [markdown]
# ## 7 From here to PyTorch
#
# Next to NumPy this course uses `nnkit`, a small library that you can read in an evening. It has
# the names of PyTorch, which is used everywhere. In the cell below change `import nnkit as torch`
# to `import torch`, and it runs on PyTorch and prints the same.

# %% tags=["runs-on-pytorch"]
import nnkit as torch

inputs = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
weights = torch.tensor([0.5, -1.0, 2.0])
wanted = torch.tensor([4.0, 8.0])
predicted = inputs @ weights + 0.1
print("shapes:", tuple(inputs.shape), tuple(weights.shape), tuple(inputs.T.shape))
print("predictions:", [round(value, 3) for value in predicted.tolist()])
print(f"mean squared error: {((predicted - wanted) ** 2).mean().item():.4f}")

# %% [markdown]
# ## 8 Good to know
#
# - **Where your answers are.** In this notebook, in a folder of your own. Save with Ctrl + S. What
#   you have solved and guessed is noted beside it, in `.nnkit/progress.json`. When a lesson gets a
#   newer release, `nnkit lab` merges it around your answers and keeps the old file in `backup`.
# - **Start one exercise again.** Save the notebook. In a new cell run `!nnkit reset start-price`
#   (any exercise's name), then choose **File → Reload Notebook from Disk**. Your old code is in
#   `backup`.
# - **Something odd?** Choose **Kernel → Restart Kernel and Run All Cells**. Cells work from top to
#   bottom; one that was run too early, or not again after a change, is the most common trouble.
# - **Stuck?** Read the first input in what `check` says and work it out by hand. Slide the picture
#   above the exercise once more. Leave it and come back: every lesson can be opened without the
#   one before, and pictures that use your code borrow nnkit's until you have written it.
# - **Grading.** A teacher runs `nnkit grade`. Only the code in the exercise cells counts, tried on
#   inputs drawn at that moment. You may change everything else, and add cells of your own.

# %% [markdown]
# ## 9 Your progress
#
# Run this cell again whenever you want to see what you have done, here and in all other lessons.
# (`!nnkit list` in a cell, or `nnkit list` in a terminal, tells the same.)

# %%
show_progress()

# %% [markdown]
# ## Recap
#
# - A task, a formula with unknown numbers, an error, and a way to make it smaller: that is
#   learning.
# - Samples are rows, features are columns, labels are what is to be predicted. Judge on data that
#   was kept aside.
# - A dot product weighs and adds up; `X @ w` does it for every sample. Inner sizes must agree.
# - A matrix keeps straight lines straight; a bias shifts; only something non-linear can bend.
# - Supervised: with labels, classes or numbers. Unsupervised: without.
#
# | term | 中文 | | term | 中文 |
# |:--|:--|:--|:--|:--|
# | sample | 样本 | | feature | 特征 |
# | label | 标签 | | training set, test set | 训练集、测试集 |
# | scalar, vector | 标量、向量 | | matrix, tensor | 矩阵、张量 |
# | dot product | 点积 | | matrix product | 矩阵乘法 |
# | transpose | 转置 | | linear, non-linear | 线性、非线性 |
# | weight | 权重 | | model | 模型 |
# | supervised learning | 监督学习 | | unsupervised learning | 无监督学习 |
# | classification, regression | 分类、回归 | | clustering | 聚类 |
# | density estimation | 密度估计 | | dimension reduction | 降维 |
# | image classification | 图像分类 | | face recognition | 人脸识别 |
# | detection | 目标检测 | | segmentation | 图像分割 |
#
# ## Glossary for the whole course
#
# A list to come back to: none of it is needed today, and each lesson explains its own words. The
# last column warns of **false friends**: words that look alike, or are used for each other, and
# mean something else.
#
# | term | 中文 | what it is | a false friend |
# |:--|:--|:--|:--|
# | bias (of a neuron) | 偏置 | the number $b$ in $w \cdot x + b$ | 偏差, statistical bias |
# | mean squared error | 均方误差 | mean of the squared errors | 均方差, standard deviation |
# | learning rate | 学习率 | how long a step of gradient descent is | |
# | loss, cost function | 损失函数、代价函数 | what training makes smaller | |
# | gradient descent | 梯度下降 | small steps against the slope | |
# | forward pass | 前向传播 | from the inputs to the output | |
# | backpropagation | 反向传播 | finds the slope for every weight | 梯度下降, which *uses* it |
# | activation function | 激活函数 | the bend after a weighted sum | |
# | epoch | 训练轮次 | one pass over all training samples | 迭代, iteration: one step |
# | accuracy | 准确率 | share of all answers that are right | 精确率, precision |
# | precision | 精确率、查准率 | share of the *yes* answers that are right | 准确率, accuracy |
# | recall | 召回率、查全率 | share of the true *yes* cases that were found | |
#
# The last three in numbers: a test for a disease found 15 of 25 sick people, and called 5 of 75
# healthy ones sick.

# %%
found, missed, false_alarms, rightly_well = 15, 10, 5, 70
print(f"准确率, accuracy:  {(found + rightly_well) / 100}")
print(f"精确率, precision: {found / (found + false_alarms)}")
print(f"召回率, recall:    {found / (found + missed)}")

# %% [markdown]
# Continue with **01 Perceptrons and XOR**: open it from the list of files on the left.

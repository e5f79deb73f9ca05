# %% [markdown]
# # 04 Backpropagation
#
# To improve a network we need to know one thing about each of its weights: if this weight grew a
# little, would the loss rise or fall, and how fast? There may be millions of weights. Nudging them
# one by one would take millions of runs through the network.
#
# **Backpropagation** finds all of these slopes in *one* run forward and *one* run back. When you
# are through you can do it by hand on small circuits, in one line for a whole layer, and you will
# have written a network that trains on gradients of your own. Allow 60 to 90 minutes. You need the
# derivatives of $x^2$, of a product, of $e^x$ and of $1/x$ (the last two are recalled in section
# 6), and how to multiply two matrices.
#
# Run every cell with Shift+Enter, from the top down: then the pictures move and the questions have
# their buttons.

# %% tags=["setup"]
import numpy as np

import nnkit
from nnkit.course import check, predict
from widgets import Backprop, GradientCheck, MatrixGradients, TwoLayerNet

# %% [markdown]
# ## 1 Commit to a guess
#
# Take $f = (x + y) \cdot z$ at $x = -2$, $y = 5$, $z = -4$. First comes the sum, $q = x + y = 3$,
# then the product, $f = q \cdot z = -12$.

# %% jupyter={"source_hidden": true}
predict(
    "bp-first-nudge",
    "You raise y from 5 to 5.1 and leave x and z alone. What does f = (x + y) · z do?",
    {
        "It rises by 0.1": "q rises by 0.1. But q is still to be multiplied by z.",
        "It rises by 0.4": "The size is right. Now look at the sign of z.",
        "It falls by 0.4": "q rises from 3 to 3.1, and 3.1 · (−4) = −12.4.",
        "It falls by 1.2": "That is 0.1 times f itself. But y acts on f through q only, times z.",
    },
    "It falls by 0.4",
)

# %% [markdown]
# By how much $f$ changes for each unit of $y$, near this point, is called the **gradient** of $f$
# at $y$ and written $\partial f / \partial y$.
#
# ## 2 Forward, then backward
#
# The same formula as a **computational graph**: inputs on the left, one *gate* for each operation,
# and edges along which numbers run. The **forward pass** computes the values from left to right.
# The **backward pass** computes the gradients from right to left. Above each edge stands its value,
# below it its gradient: by how much $f$ changes for each unit of that value.
#
# Try this:
#
# 1. The forward pass is done (**Step back** shows it again). Press **Step on**, and say each number
#    before it appears. The backward pass begins with a 1: $f$ changes by 1 for each unit of $f$.
#    Then, for $z$: if $z$ rose by 1, by how much would $q \cdot z$ change? Was your guess right?
# 2. With all numbers there, move $z$. Which gradients follow? Move $x$. Which follow now?
# 3. The edge of $x$ is orange. Click on another one (any but the last, whose gradient is always 1).
#    The words below say how its gradient comes about: *upstream* is the gradient that has come
#    back to the gate, *local* is how fast the gate's own output follows this input (more in
#    section 3). The nudge, in the last line, is a test: it moves the edge's value $v$ by a small
#    $h$ both ways and measures.

# %%
Backprop(step=2)

# %% [markdown]
# The gradients of $x$ and $y$ are always equal to $z$, whatever $x$ and $y$ are. And the gradient
# of $z$ is $q$. Here is the whole walk in code, and the nudge that each number promises:

# %%
x, y, z = -2.0, 5.0, -4.0
q = x + y  # forward
f = q * z
df = 1.0  # backward
dq, dz = df * z, df * q
dx, dy = dq * 1, dq * 1
print(f"q = {q:g}, f = {f:g}; gradients: x {dx:g}, y {dy:g}, z {dz:g}")

h = 0.001
print(f"a nudge to x: {((x + h + y) * z - f) / h:.3f}")
print(f"a nudge to y: {((x + y + h) * z - f) / h:.3f}")
print(f"a nudge to z: {((x + y) * (z + h) - f) / h:.3f}")

# %% [markdown]
# ## 3 The chain rule: upstream times local
#
# Why could we multiply our way back? If $q$ changes by 1 for each unit of $x$, and $f$ by $-4$
# for each unit of $q$, then $f$ changes by $1 \cdot (-4)$ for each unit of $x$. Rates multiply.
# This is the **chain rule**:
#
# $$\frac{\partial f}{\partial x} = \underbrace{\frac{\partial f}{\partial q}}_{\text{upstream}}
# \cdot \underbrace{\frac{\partial q}{\partial x}}_{\text{local}}$$
#
# - The **local** derivative belongs to one gate alone: how its output follows its input.
# - The **upstream** gradient has come back from the end: how $f$ follows the gate's output.
#
# In our circuit: $q = x + y$ follows each of its inputs at the rate 1. $f = q \cdot z$ follows $q$
# at the rate $z$, and $z$ at the rate $q$.
#
# A gate needs to know nothing else, neither the rest of the circuit nor how large it is. That is
# the whole of backpropagation.
#
# ### Exercise 1: by hand
#
# Return $f = (x + y)\,z$ and its three gradients.

# %% exercise="bp-by-hand" points=1
def by_hand(x, y, z):
    """(f, dx, dy, dz) of f = (x + y) z."""
    ### BEGIN SOLUTION
    q = x + y
    return q * z, z, z, q
    ### END SOLUTION

# %% inputs="bp-by-hand"
def inputs(rng):
    return tuple(rng.uniform(-3, 3, size=3))

# %% wrong="bp-by-hand"
# 1 is only the local derivative of the sum. What has come back to q, the upstream gradient?
def by_hand(x, y, z):
    q = x + y
    return q * z, 1, 1, q

# %% wrong="bp-by-hand"
# A product's inputs swap: q's gradient is z's value, and z's gradient is q's value.
def by_hand(x, y, z):
    q = x + y
    return q * z, q, q, z

# %% wrong="bp-by-hand"
# x and y are added before they meet z. Your gradients are those of a product x y z.
def by_hand(x, y, z):
    return (x + y) * z, y * z, x * z, x * y

# %% wrong="bp-by-hand"
# The gradient of z is how much f changes with z: its local derivative is the other input, q.
def by_hand(x, y, z):
    q = x + y
    return q * z, z, z, z

# %%
check("bp-by-hand", by_hand)

# %% [markdown]
# > **Set right.** This circuit is often brought up as if one were to find its minimum. There is
# > none. Follow the gradients downhill:

# %%
x, y, z = -2.0, 5.0, -4.0
for step in range(41):
    if step % 10 == 0:
        print(f"step {step:2}: f = {(x + y) * z:.4g}")
    dx, dy, dz = z, z, x + y
    x, y, z = x - 0.1 * dx, y - 0.1 * dy, z - 0.1 * dz

# %% [markdown]
# It falls for ever. The gradients of a circuit are *sensitivities*: they say what $f$ does if an
# input moves a little. Whether you then go downhill, and whether a lowest point exists, is another
# question.

# %% [markdown]
# ## 4 Three gates worth knowing

# %% jupyter={"source_hidden": true}
predict(
    "bp-add-gate",
    "An add gate has the inputs 1 and 5, and an upstream gradient of 6 comes back to it. "
    "What does it pass to its first input?",
    {
        "1, in proportion to the input": "The local derivative of a sum is 1, whatever the inputs.",
        "3, half of it": "It is not a cake: one unit more at either input is one unit more out.",
        "6, all of it": "Upstream · local = 6 · 1, and the second input gets 6 as well.",
    },
    "6, all of it",
)

# %% [markdown]
# | gate | local derivatives | so, going back, it |
# |:--|:--|:--|
# | $x + y$ | $1$ and $1$ | **copies** the upstream gradient to each input |
# | $\max(x, y)$ | $1$ for the larger, $0$ for the other | **routes** it to the larger input |
# | $x \cdot y$ | $y$ and $x$ | **swaps** the inputs, *times the upstream gradient* |
#
# The gate $\max(0, x)$ has a name of its own, **ReLU**: it passes the gradient where $x$ is
# positive, and stops it elsewhere.
#
# All three at work, in $f = (x y + \max(z, w)) \cdot 2$. A *tensor* of nnkit remembers how it was
# computed. `backward()` then does just what you did by hand, and fills in the `.grad` of each
# tensor that was made with `requires_grad=True`:

# %%
x, y, z, w = (nnkit.tensor(v, requires_grad=True) for v in (3.0, -4.0, 2.0, -1.0))
f = (x * y + nnkit.maximum(z, w)) * 2
f.backward()
print("f =", f.item(), " gradients:", *(f"{t.grad.item():g}" for t in (x, y, z, w)))

# %% [markdown]
# ### Exercise 2: three gates
#
# `gate` is `"+"`, `"max"` or `"*"`. Return what goes back to `x` and what goes back to `y`. (They
# are never equal here, so that `"max"` has a winner.)

# %% exercise="bp-gates" points=2
def gate_backward(gate, x, y, upstream):
    """(dx, dy): the gradients that a gate passes back to its two inputs."""
    ### BEGIN SOLUTION
    if gate == "+":
        return upstream, upstream
    if gate == "max":
        return (upstream, 0.0) if x > y else (0.0, upstream)
    return y * upstream, x * upstream
    ### END SOLUTION

# %% inputs="bp-gates"
def inputs(rng):
    x, y, upstream = rng.uniform(-3, 3, size=3)
    return str(rng.choice(["+", "max", "*"])), x, y, upstream

# %% wrong="bp-gates"
# An add gate does not share the gradient out. One unit more at either input is one unit more out.
def gate_backward(gate, x, y, upstream):
    if gate == "+":
        return upstream / 2, upstream / 2
    if gate == "max":
        return (upstream, 0.0) if x > y else (0.0, upstream)
    return y * upstream, x * upstream

# %% wrong="bp-gates"
# The product's local derivative by x is y, and by y it is x. You have not swapped them.
def gate_backward(gate, x, y, upstream):
    if gate == "+":
        return upstream, upstream
    if gate == "max":
        return (upstream, 0.0) if x > y else (0.0, upstream)
    return x * upstream, y * upstream

# %% wrong="bp-gates"
# The product swaps its inputs, but the upstream gradient multiplies them too.
def gate_backward(gate, x, y, upstream):
    if gate == "+":
        return upstream, upstream
    if gate == "max":
        return (upstream, 0.0) if x > y else (0.0, upstream)
    return y, x

# %% wrong="bp-gates"
# These are local derivatives only. Each is still to be multiplied by the upstream gradient.
def gate_backward(gate, x, y, upstream):
    if gate == "+":
        return 1.0, 1.0
    if gate == "max":
        return (1.0, 0.0) if x > y else (0.0, 1.0)
    return y, x

# %% wrong="bp-gates"
# max passes nothing to the smaller input: moving that one a little does not change the output.
def gate_backward(gate, x, y, upstream):
    if gate in ("+", "max"):
        return upstream, upstream
    return y * upstream, x * upstream

# %% wrong="bp-gates"
# max passes back the gradient, not the larger value.
def gate_backward(gate, x, y, upstream):
    if gate == "+":
        return upstream, upstream
    if gate == "max":
        return (x * upstream, 0.0) if x > y else (0.0, y * upstream)
    return y * upstream, x * upstream

# %%
check("bp-gates", gate_backward)

# %% [markdown]
# The next explorer computes its gradients with **your** `gate_backward`. (Until you have written
# it, with nnkit's.) A gate with one input, as $\times 2$, asks yours with 2 as the other input.
#
# Slide $w$ upwards until it overtakes $z = 2$. What happens to the two gradients, and when? Then
# set $w$ to exactly 2 and pick the edge of $z$: does the nudge agree?

# %%
Backprop(gate_backward=gate_backward, circuit="(xy+max(z,w))*2")

# %% [markdown]
# At a tie, $\max$ has a kink: raising $z$ raises the output, lowering $z$ does nothing. So it has
# no derivative there, and the nudge to both sides finds half of the gradient. nnkit and PyTorch
# pass half to each input; your gate gives all of it to one. Any choice will do, because a tie
# hardly ever happens.
#
# ## 5 Two paths: add them up

# %% jupyter={"source_hidden": true}
predict(
    "bp-two-paths",
    "b = 2a, and d = b + 3b: the value b is used twice. By how much does d change for each unit "
    "of a?",
    {
        "2": "That is db/da. Then d follows b.",
        "5": "Count each path from a to d: its rates multiply, then the paths add.",
        "6": "That is the path through 3b. There is another one.",
        "8": "Through b alone 2 · 1, through 3b 2 · 3: together 8.",
    },
    "8",
)

# %%
Backprop(circuit="shared: b=2a, d=b+3b", step=3)

# %% [markdown]
# Step on to the end. $b$ leaves its gate on two edges. One brings back a gradient of 1, the other
# 3. A nudge to $b$ runs along both, so $d$ feels both: the gradient of $b$ is their **sum**, 4.
#
# $$\frac{\partial d}{\partial b} = \sum_{\text{paths from } b \text{ to } d}
# \ \prod_{\text{along the path}} \text{local derivatives}$$
#
# In code it is one sign: gradients are collected with `+=`, never with `=`. A value that was used
# twice is otherwise left with its last path only. (This is why `x.grad` *accumulates* in nnkit and
# in PyTorch, and why a training loop says `zero_grad()`.)

# %%
a = nnkit.tensor(1.0, requires_grad=True)
b = 2 * a
d = b + 3 * b
d.backward()
print(f"b = 2a, d = b + 3b: d changes by {a.grad.item():g} per unit of a")

w = nnkit.tensor(3.0, requires_grad=True)
f = (2 + 3 * w) ** 2
f.backward()
print(f"(2 + 3w)^2 at w = 3: {f.item():g}, gradient {w.grad.item():g}, from 2 * 11 * 3")

# %% [markdown]
# ### Exercise 3: count the paths
#
# Let $c = a\,b$ and $f = c^2 + 3a$. So $a$ reaches $f$ in two ways: through $c$, and directly.
# Return $\partial f/\partial a$ and $\partial f/\partial b$. (The local derivative of $c^2$ is
# $2c$.)

# %% exercise="bp-paths" points=1
def two_paths(a, b):
    """(da, db) of f = c^2 + 3a with c = a b."""
    ### BEGIN SOLUTION
    dc = 2 * a * b
    return dc * b + 3, dc * a
    ### END SOLUTION

# %% inputs="bp-paths"
def inputs(rng):
    return tuple(rng.uniform(0.5, 2.5, size=2) * rng.choice([-1, 1], size=2))

# %% wrong="bp-paths"
# One of the paths of a is lost. What does 3a add to its gradient?
def two_paths(a, b):
    dc = 2 * a * b
    return dc * b, dc * a

# %% wrong="bp-paths"
# The path through c is lost: the direct one has overwritten it. Paths add up.
def two_paths(a, b):
    dc = 2 * a * b
    return 3, dc * a

# %% wrong="bp-paths"
# Along a path rates multiply, but different paths are added.
def two_paths(a, b):
    dc = 2 * a * b
    return dc * b * 3, dc * a

# %% wrong="bp-paths"
# c is squared: its local derivative is 2c, not c.
def two_paths(a, b):
    dc = a * b
    return dc * b + 3, dc * a

# %% wrong="bp-paths"
# You stop at c. From c on to a the rate is b, and from c on to b it is a.
def two_paths(a, b):
    dc = 2 * a * b
    return dc + 3, dc

# %%
check("bp-paths", two_paths)

# %% [markdown]
# ## 6 The sigmoid as one block
#
# The sigmoid $\sigma(s) = 1 / (1 + e^{-s})$ can be taken apart into four small gates. Each has a
# simple local derivative: that of $n = -s$ is $-1$, that of $e^n$ is $e^n$ itself, that of
# $u = 1 + e$ is $1$, and that of $1/u$ is $-1/u^2$. Step back through them, and click on the edges
# to see these numbers. The gradient that arrives at $s$ is 0.197.

# %%
Backprop(circuit="sigmoid in small gates")

# %% [markdown]
# Multiply the four local derivatives, with $e = e^{-s}$ and $u = 1 + e$. The signs cancel, and
# since $e = u - 1$ and $\sigma = 1/u$, only the output is left:
#
# $$\sigma'(s) = \left(-\frac{1}{u^2}\right) \cdot 1 \cdot e \cdot (-1) = \frac{e}{u^2} =
# \frac{1}{u} \cdot \frac{u - 1}{u} = \sigma(s)\,(1 - \sigma(s))$$
#
# So we may treat the whole sigmoid as **one gate**. Its local derivative needs only its own
# output, which the forward pass has computed anyway. Where you draw the borders of a gate is up to
# you; a good block is one whose derivative is simple. Here is a neuron with two inputs, three
# weights (the last one a bias) and such a block:

# %%
w, x = np.array([2.0, -3.0, -3.0]), np.array([-1.0, -2.0])
s = w[0] * x[0] + w[1] * x[1] + w[2]
f = 1 / (1 + np.exp(-s))
ds = f * (1 - f)  # the block, with upstream 1
gradients = {"w0": x[0], "x0": w[0], "w1": x[1], "x1": w[1], "w2": 1.0}
print(f"s = {s:g}, f = {f:.3f}, gradient at s: {ds:.3f}")
print(", ".join(f"{name} {ds * local:.3f}" for name, local in gradients.items()))

# %% [markdown]
# ### Exercise 4: a neuron
#
# Now with an upstream gradient, and for arrays: `w` holds $w_0, w_1$ and the bias $w_2$, `x` holds
# $x_0, x_1$. Return the gradients of `w` (three numbers) and of `x` (two).

# %% exercise="bp-neuron" points=2
def neuron_backward(w, x, upstream):
    """(dw, dx) of f = sigmoid(w0 x0 + w1 x1 + w2); arrays of lengths 3 and 2."""
    ### BEGIN SOLUTION
    s = w[0] * x[0] + w[1] * x[1] + w[2]
    f = 1 / (1 + np.exp(-s))
    ds = upstream * f * (1 - f)
    return np.array([ds * x[0], ds * x[1], ds]), np.array([ds * w[0], ds * w[1]])
    ### END SOLUTION

# %% inputs="bp-neuron"
def inputs(rng):
    return rng.normal(size=3), rng.normal(size=2), rng.uniform(0.5, 3) * rng.choice([-1, 1])

# %% wrong="bp-neuron"
# The upstream gradient is missing: this neuron may be in the middle of a net.
def neuron_backward(w, x, upstream):
    f = 1 / (1 + np.exp(-(w[0] * x[0] + w[1] * x[1] + w[2])))
    ds = f * (1 - f)
    return np.array([ds * x[0], ds * x[1], ds]), np.array([ds * w[0], ds * w[1]])

# %% wrong="bp-neuron"
# f is already the sigmoid. Its derivative is f (1 − f); you take the sigmoid a second time.
def neuron_backward(w, x, upstream):
    f = 1 / (1 + np.exp(-(w[0] * x[0] + w[1] * x[1] + w[2])))
    g = 1 / (1 + np.exp(-f))
    ds = upstream * g * (1 - g)
    return np.array([ds * x[0], ds * x[1], ds]), np.array([ds * w[0], ds * w[1]])

# %% wrong="bp-neuron"
# That derivative is a function of s. Into f (1 − f) goes the sigmoid's output, not its input.
def neuron_backward(w, x, upstream):
    s = w[0] * x[0] + w[1] * x[1] + w[2]
    ds = upstream * s * (1 - s)
    return np.array([ds * x[0], ds * x[1], ds]), np.array([ds * w[0], ds * w[1]])

# %% wrong="bp-neuron"
# The gradient has not gone through the sigmoid: multiply by its local derivative too.
def neuron_backward(w, x, upstream):
    ds = upstream
    return np.array([ds * x[0], ds * x[1], ds]), np.array([ds * w[0], ds * w[1]])

# %% wrong="bp-neuron"
# The bias is added, not multiplied by anything: its local derivative is 1, not its own value.
def neuron_backward(w, x, upstream):
    f = 1 / (1 + np.exp(-(w[0] * x[0] + w[1] * x[1] + w[2])))
    ds = upstream * f * (1 - f)
    return np.array([ds * x[0], ds * x[1], ds * w[2]]), np.array([ds * w[0], ds * w[1]])

# %%
check("bp-neuron", neuron_backward)

# %% [markdown]
# Two things to try on the neuron. First slide $w_2$ to 6: the sigmoid is **saturated**. Its output
# is 0.99995, which the picture rounds to 1, and *every* gradient fades. Nothing before it can
# learn. Then choose the circuit **chain ((x w1) w2) w3**: three layers of one weight each. The
# gradient of each weight is $x$ times the two other weights.

# %%
Backprop(circuit="neuron with a sigmoid")

# %%
for size in (0.1, 1.0, 6.0):
    w = [nnkit.tensor(size, requires_grad=True) for _ in range(3)]
    (((1.0 * w[0]) * w[1]) * w[2]).backward()
    print(f"((x w1) w2) w3 with x = 1, all weights {size}: gradient of w1 = {w[0].grad.item():.2g}")

# %% [markdown]
# Small weights make the gradient fade layer by layer, large ones make it explode. Lesson 06 is
# about finding the size in between.

# %% [markdown]
# ## 7 Is it right? Nudge it
#
# A gradient that is slightly wrong still trains a little, and nobody notices. So check it against
# its meaning. A nudge of size $h$ to one value $v$, to both sides, gives the **centred
# difference**:
#
# $$\frac{\partial f}{\partial v} \approx \frac{f(v + h) - f(v - h)}{2h}$$
#
# How small should $h$ be?

# %% jupyter={"source_hidden": true}
predict(
    "bp-best-h",
    "The computer calculates with about 16 digits. Which h gives the most exact centred "
    "difference for the sigmoid?",
    {
        "0.1": "The sigmoid bends within ±0.1, and the difference feels it.",
        "about 0.00001": "Small enough for the bend, large enough for the rounding.",
        "0.000000000001, the smaller the better": (
            "Then f(v + h) and f(v − h) agree in almost all of their 16 digits."
        ),
    },
    "about 0.00001",
)

# %%
def sigmoid(s):
    return 1 / (1 + np.exp(-s))


exact = sigmoid(1.0) * (1 - sigmoid(1.0))
for h in (1e-1, 1e-3, 1e-5, 1e-8, 1e-12):
    one_sided = (sigmoid(1 + h) - sigmoid(1.0)) / h
    centred = (sigmoid(1 + h) - sigmoid(1 - h)) / (2 * h)
    errors = f"one-sided {abs(one_sided - exact):.0e}, centred {abs(centred - exact):.0e}"
    print(f"h = {h:.0e}: error {errors}")

# %% [markdown]
# Two errors compete. The one from the bend of the function grows in proportion to $h$ for a
# one-sided difference, and to $h^2$ for a centred one: there a nudge ten times smaller makes the
# error a hundred times smaller. The one from rounding grows in proportion to $1/h$, since what is
# lost in the last digits of $f$ is divided by $h$. The lower picture shows both: straight lines on
# logarithmic axes, one rising to the right, one to the left, and the best $h$ where they meet.
# Slide **nudge h** through it. Then choose $(x + y)z$: why has the right-hand slope vanished?
# (At $h = 1$ its error is exactly 0. A logarithmic axis has no 0, so it is drawn at the bottom.)

# %%
GradientCheck(circuit="sigmoid in small gates", h=1e-5)

# %% [markdown]
# ### Exercise 5: the gradient by nudging
#
# `f` takes an array and returns a number. Nudge the entries of `x` one at a time, to both sides.
# `for index in np.ndindex(x.shape):` goes through all entries, whatever the shape, and `x[index]`
# is one of them. Put back what you change, or work on a copy, `x.copy()`.

# %% exercise="bp-numerical" points=2
def numerical_gradient(f, x, h=1e-5):
    """The centred differences of f at x, an array of the shape of x."""
    ### BEGIN SOLUTION
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[index] += h
        below[index] -= h
        gradient[index] = (f(above) - f(below)) / (2 * h)
    return gradient
    ### END SOLUTION

# %% inputs="bp-numerical"
def inputs(rng):
    return rng.normal(size=(2, 3)), rng.normal(size=(2, 3)), 0.1

def probe(numerical_gradient, a, x, h):
    return numerical_gradient(lambda x: float((a * x**3).sum() + x[0, 0] * x[1, 2] ** 2), x, h)

# %% wrong="bp-numerical"
# That is the one-sided difference. Nudge to the other side too: its error is far smaller.
def numerical_gradient(f, x, h=1e-5):
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        above = x.copy()
        above[index] += h
        gradient[index] = (f(above) - f(x)) / h
    return gradient

# %% wrong="bp-numerical"
# From x − h to x + h it is 2h: divide by that.
def numerical_gradient(f, x, h=1e-5):
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[index] += h
        below[index] -= h
        gradient[index] = (f(above) - f(below)) / h
    return gradient

# %% wrong="bp-numerical"
# You nudge all entries together. Each entry's slope needs a nudge to that entry alone.
def numerical_gradient(f, x, h=1e-5):
    return np.full(x.shape, (f(x + h) - f(x - h)) / (2 * h))

# %% wrong="bp-numerical"
# An earlier nudge is still in x when you come to the next entry: put the old value back.
def numerical_gradient(f, x, h=1e-5):
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        x[index] += h
        above = f(x)
        x[index] -= 2 * h
        gradient[index] = (above - f(x)) / (2 * h)
    return gradient

# %%
check("bp-numerical", numerical_gradient)

# %% [markdown]
# And the slope that had vanished? Along a single edge $(x + y)z$ is a straight line. Nothing bends,
# and only rounding is left.
#
# Why not train with these gradients? Count the runs through a network for handwritten digits, with
# 784 inputs, 100 hidden units and 10 outputs:

# %%
weights = 784 * 100 + 100 + 100 * 10 + 10
print(f"{weights} weights and biases: {2 * weights} forward passes by nudging, for one update")
print("backpropagation: 1 pass forward and 1 pass back")

# %% [markdown]
# Nudging is for checking, on small arrays.

# %% [markdown]
# ## 8 A whole layer at once
#
# A layer takes $n$ samples with $a$ inputs each and gives $b$ outputs each. With one **row** for
# each sample:
#
# $$Y = X W + \mathbf{b} \qquad X: n \times a, \quad W: a \times b, \quad Y: n \times b$$
#
# Let $dY$ be the upstream gradient, of the shape of $Y$. All the products and paths of this layer
# together are two matrix products and a sum:
#
# $$dW = X^\top dY \qquad db = \text{the sum of the rows of } dY \qquad dX = dY\, W^\top$$
#
# It is the multiply gate again: each input is swapped for the other, times the upstream gradient.
# The transposes only make each row meet the right column. Click on an entry of $dW$, read why the
# sum runs where it does, and do the same for $db$ and $dX$. (The sum of the rows is a product too,
# with a row of ones.)

# %%
MatrixGradients()

# %% [markdown]
# You need not learn the formulas by heart. **A gradient has the shape of what it belongs to**, and
# if $n$, $a$ and $b$ are all different, there is only one way to multiply $X$ and $dY$ that gives
# the shape of $W$. If two of them are equal, a wrong product may have the right shape, and nothing
# warns you: so try your code with three different sizes.
#
# An activation has no weights: it works on each number by itself. Its backward side is therefore
# an **element-wise product** ($\odot$, in NumPy `*`), not a matrix product. For $H =
# \text{ReLU}(Z)$ it is $dZ = dH \odot [Z > 0]$, where $[Z > 0]$ is 1 where $Z$ is positive.
#
# ### Exercise 6: a linear layer
#
# In NumPy `@` is the matrix product, `M.T` is $M^\top$, and `M.sum(axis=0)` is the sum of the rows.

# %% exercise="bp-linear" points=2
def linear_backward(X, W, dY):
    """(dW, db, dX) of Y = X @ W + b; X is (n, a), W (a, b), dY (n, b)."""
    ### BEGIN SOLUTION
    return X.T @ dY, dY.sum(axis=0), dY @ W.T
    ### END SOLUTION

# %% inputs="bp-linear"
def inputs(rng):
    n, a, b = (3, 3, 3) if rng.random() < 0.5 else (4, 3, 2)
    return rng.normal(size=(n, a)), rng.normal(size=(a, b)), rng.normal(size=(n, b))

# %% wrong="bp-linear"
# Here each sample is a row, Y = X W. Your formulas are those for columns, Y = W X.
def linear_backward(X, W, dY):
    return dY @ X.T, dY.sum(axis=1), W.T @ dY

# %% wrong="bp-linear"
# A transpose is missing: which weights did input j of X go through? Those in row j of W.
def linear_backward(X, W, dY):
    return X.T @ dY, dY.sum(axis=0), dY @ W

# %% wrong="bp-linear"
# dW needs the transpose of X, so that the sum runs over the samples.
def linear_backward(X, W, dY):
    return X @ dY, dY.sum(axis=0), dY @ W.T

# %% wrong="bp-linear"
# The bias was added to every row: its gradient is a sum over the rows, one number an output.
def linear_backward(X, W, dY):
    return X.T @ dY, dY.sum(axis=1), dY @ W.T

# %% wrong="bp-linear"
# db has one number for each output: sum the rows only, axis=0, not the whole of dY.
def linear_backward(X, W, dY):
    return X.T @ dY, dY.sum(), dY @ W.T

# %% wrong="bp-linear"
# db and dX have changed places: return (dW, db, dX), in the order of the formulas.
def linear_backward(X, W, dY):
    return X.T @ dY, dY @ W.T, dY.sum(axis=0)

# %% wrong="bp-linear"
# Nobody has divided by the number of samples on the way: the sum over rows stays a sum.
def linear_backward(X, W, dY):
    return X.T @ dY, dY.mean(axis=0), dY @ W.T

# %% wrong="bp-linear"
# These are matrix products (@), not products entry by entry (*).
def linear_backward(X, W, dY):
    return X * dY, dY.sum(axis=0), dY * W

# %%
check("bp-linear", linear_backward)

# %% [markdown]
# > **Set right.** Two false friends in notes on this formula. First: "columns or rows, it comes to
# > the same". With one *column* for each sample the layer reads $Y = W X$, and then
# > $dW = dY\,X^\top$. Both conventions are fine. A mixture is not, and where all sizes are equal
# > NumPy will not even complain:

# %%
rng = np.random.default_rng(0)
X, W, A = rng.normal(size=(3, 4, 4))  # four samples, four inputs, four outputs: all sizes equal
dY = A  # the gradient of the loss sum(A * Y)
nudged = np.zeros((4, 4))
for i, j in np.ndindex(4, 4):
    h = np.zeros((4, 4))
    h[i, j] = 1e-5
    nudged[i, j] = ((A * (X @ (W + h))).sum() - (A * (X @ (W - h))).sum()) / 2e-5
print(f"rows all through,  dW = X.T @ dY: largest error {abs(X.T @ dY - nudged).max():.3f}")
print(f"mixed conventions, dW = dY @ X.T: largest error {abs(dY @ X.T - nudged).max():.3f}")

# %% [markdown]
# > Second: "only $dW$ and $db$ are needed, since $X$ is not changed". That holds for the first
# > layer, whose $X$ is the data. Further up, $X$ is the output of the layer below, and $dX$ is that
# > layer's upstream gradient. Without it the first layer gets nothing:

# %%
X, W1, W2 = (rng.normal(size=shape) for shape in [(4, 4), (4, 4), (4, 1)])


def loss(W1):
    return float((X @ W1 @ W2).sum())


dS = np.ones((4, 1))
dH = dS @ W2.T  # the dX of the second layer
h = np.zeros((4, 4))
h[0, 0] = 1e-5
print(f"dW1[0, 0] by nudging:       {(loss(W1 + h) - loss(W1 - h)) / 2e-5:.4f}")
print(f"dW1[0, 0] with that dX:     {(X.T @ dH)[0, 0]:.4f}")
print(f"dW1[0, 0] if we leave it out: {(X.T @ (0 * dH))[0, 0]:.4f}")

# %% [markdown]
# ## 9 A network of your own
#
# Everything comes together in a **two-layer net**. For $n$ samples $X$ with labels $y$:
#
# $$Z = X W_1 + b_1 \qquad H = \text{ReLU}(Z) \qquad S = H W_2 + b_2 \qquad
# L = \text{mean cross-entropy of softmax}(S)$$
#
# $S$ holds the scores, one column for each class. The loss and its gradient at the scores you know
# from lesson 03: $dS = (P - \text{one-hot}(y)) / n$, with $P$ the softmax of each row. That
# function is given here:

# %% tags=["setup"]
def softmax_loss(S, y):
    """(loss, dS): mean cross-entropy of the scores S (n, classes) for the labels y (n,)."""
    P = np.exp(S - S.max(axis=1, keepdims=True))
    P /= P.sum(axis=1, keepdims=True)
    rows = np.arange(len(y))
    loss = -np.log(P[rows, y]).mean()
    P[rows, y] -= 1
    return loss, P / len(y)

# %% [markdown]
# ### Exercise 7: forward and backward
#
# Compute the loss, then walk back: from $dS$ through the second layer (your `linear_backward`
# gives $dW_2$, $db_2$ and $dH$), through the ReLU, through the first layer. In NumPy the ReLU is
# `np.maximum(Z, 0)`, and `Z > 0` counts as 1 where it is true.

# %% exercise="bp-two-layer" points=3
def two_layer(X, y, W1, b1, W2, b2):
    """(loss, (dW1, db1, dW2, db2)) of the two-layer net with ReLU and softmax_loss."""
    ### BEGIN SOLUTION
    Z = X @ W1 + b1
    H = np.maximum(Z, 0)
    loss, dS = softmax_loss(H @ W2 + b2, y)
    dW2, db2, dH = linear_backward(H, W2, dS)
    dW1, db1, _ = linear_backward(X, W1, dH * (Z > 0))
    return loss, (dW1, db1, dW2, db2)
    ### END SOLUTION

# %% inputs="bp-two-layer"
def inputs(rng):
    X, y = rng.normal(size=(5, 2)), rng.integers(0, 3, size=5)
    W1, b1, W2, b2 = (rng.normal(size=shape) for shape in [(2, 4), 4, (4, 3), 3])
    return X, y, W1, b1, W2, b2

# %% wrong="bp-two-layer"
# On the way back you skip the ReLU: units that were off must not pass a gradient.
def two_layer(X, y, W1, b1, W2, b2):
    H = np.maximum(X @ W1 + b1, 0)
    loss, dS = softmax_loss(H @ W2 + b2, y)
    dW2, db2, dH = linear_backward(H, W2, dS)
    dW1, db1, _ = linear_backward(X, W1, dH)
    return loss, (dW1, db1, dW2, db2)

# %% wrong="bp-two-layer"
# Not the gradient is to be positive, but what went into the ReLU: the mask is Z > 0.
def two_layer(X, y, W1, b1, W2, b2):
    H = np.maximum(X @ W1 + b1, 0)
    loss, dS = softmax_loss(H @ W2 + b2, y)
    dW2, db2, dH = linear_backward(H, W2, dS)
    dW1, db1, _ = linear_backward(X, W1, np.maximum(dH, 0))
    return loss, (dW1, db1, dW2, db2)

# %% wrong="bp-two-layer"
# The input of the second layer is H, after the ReLU, not Z: dW2 is made of it.
def two_layer(X, y, W1, b1, W2, b2):
    Z = X @ W1 + b1
    loss, dS = softmax_loss(np.maximum(Z, 0) @ W2 + b2, y)
    dW2, db2, dH = linear_backward(Z, W2, dS)
    dW1, db1, _ = linear_backward(X, W1, dH * (Z > 0))
    return loss, (dW1, db1, dW2, db2)

# %% wrong="bp-two-layer"
# Forward there is no ReLU, backward there is one: both must be of the same net.
def two_layer(X, y, W1, b1, W2, b2):
    Z = X @ W1 + b1
    loss, dS = softmax_loss(Z @ W2 + b2, y)
    dW2, db2, dH = linear_backward(Z, W2, dS)
    dW1, db1, _ = linear_backward(X, W1, dH * (Z > 0))
    return loss, (dW1, db1, dW2, db2)

# %% wrong="bp-two-layer"
# ReLU passes the gradient as it is where Z is positive; you multiply by H, its output, instead.
def two_layer(X, y, W1, b1, W2, b2):
    H = np.maximum(X @ W1 + b1, 0)
    loss, dS = softmax_loss(H @ W2 + b2, y)
    dW2, db2, dH = linear_backward(H, W2, dS)
    dW1, db1, _ = linear_backward(X, W1, dH * H)
    return loss, (dW1, db1, dW2, db2)

# %%
check("bp-two-layer", two_layer)

# %% [markdown]
# Does nudging agree? This cell runs your `numerical_gradient` on your `two_layer`:

# %%
rng = np.random.default_rng(1)
X, y = rng.normal(size=(5, 2)), np.array([0, 1, 2, 1, 0])
W1, b1, W2, b2 = rng.normal(size=(2, 4)), np.zeros(4), rng.normal(size=(4, 3)), np.zeros(3)
found = two_layer(X, y, W1, b1, W2, b2)
if found is None or numerical_gradient(np.sum, np.ones(1)) is None:
    print("Write numerical_gradient (exercise 5) and two_layer (exercise 7) first.")
else:
    nudged = numerical_gradient(lambda W: two_layer(X, y, W, b1, W2, b2)[0], W1)
    print(f"largest difference in dW1: {abs(nudged - found[1][0]).max():.0e}")

# %% [markdown]
# And does it learn? The explorer trains a net with **your** `two_layer`. After each pass every
# weight moves against its gradient, by `lr` times the gradient; that rule is all that gradient
# descent adds. (Until yours is written, nnkit's `backward()` stands in.)
#
# XOR, which no single neuron can do, is what you set by hand in lesson 01. Slide **updates** to 0,
# press **Play** and watch the net find it. Each dashed line is where one hidden unit switches on:
# the boundary, the solid line, can bend only there. How few units are enough for XOR? For the
# moons? With how few does it depend on the first weights whether it works? Find your own answers
# before you run the cell after the picture.

# %%
TwoLayerNet(two_layer=two_layer)

# %% [markdown]
# The same explorer, asked for its numbers only: ten first weights for each size, 300 updates with
# lr 0.5.

# %%
from widgets.explorer import last

net = TwoLayerNet(two_layer=two_layer, updates=0)
if not last(net.compute("XOR", 2, 0.5, 0, 0)).own:
    print("Write two_layer (exercise 7) first.")
else:
    for name, units in ("XOR", 2), ("XOR", 3), ("XOR", 4), ("XOR", 8), ("moons", 3), ("moons", 16):
        runs = [last(net.compute(name, units, 0.5, 300, seed)) for seed in range(10)]
        right = [run.right for run in runs]
        spread = f"from {min(right):.0%} to {max(right):.0%} of the points"
        print(f"{name}, {units:2} units: {spread}, and all of them in {right.count(1)} of 10 runs")

# %% [markdown]
# For XOR two units are enough, as in lesson 01. But only 2 of these 10 nets find the answer: the
# others get **stuck**, where small steps hardly help any more. Three units succeed in 6 runs of
# 10, four in 9, eight in all. Spare units are not needed for the answer, but for finding it. The
# moons' boundary has more bends: with 3 units the nets get between 91% and 99% right, with 16
# between 96% and 100%.

# %% [markdown]
# ## 10 Who computes, who learns
#
# > **Set right.** "Backpropagation is how networks learn" mixes up two jobs. Backpropagation
# > **computes gradients**. **Gradient descent** (or momentum, or Adam: lesson 05) **uses** them.
# > Neither needs the other: you have used gradients to find which input matters, and you could
# > descend on gradients found by nudging.
#
# Here are both jobs, one after the other, on a net that is often worked out by hand (Matt Mazur,
# 2015): two inputs, two hidden and two output neurons, all with sigmoids, and half the squared
# error as the loss. There is one sample. `W1[i, j]` leads from input $i$ to hidden neuron $j$.

# %%
X, target = np.array([[0.05, 0.10]]), np.array([[0.01, 0.99]])
W1, b1 = np.array([[0.15, 0.25], [0.20, 0.30]]), 0.35
W2, b2 = np.array([[0.40, 0.50], [0.45, 0.55]]), 0.60


def forward(W1, W2):
    H = sigmoid(X @ W1 + b1)
    Y = sigmoid(H @ W2 + b2)
    return H, Y, 0.5 * ((Y - target) ** 2).sum()


H, Y, error = forward(W1, W2)
dS = (Y - target) * Y * (1 - Y)  # backpropagation: gradients, nothing else
dW2, dH = H.T @ dS, dS @ W2.T
dW1 = X.T @ (dH * H * (1 - H))
new_W1, new_W2 = W1 - 0.5 * dW1, W2 - 0.5 * dW2  # gradient descent: one step with lr 0.5
print(f"outputs {Y[0, 0]:.6f} and {Y[0, 1]:.6f}, error {error:.9f}")
print(f"w5 = W2[0, 0]: gradient {dW2[0, 0]:.6f}, new value {new_W2[0, 0]:.6f}")
print(f"w1 = W1[0, 0]: gradient {dW1[0, 0]:.9f}, new value {new_W1[0, 0]:.6f}")
print(f"error after the step: {forward(new_W1, new_W2)[2]:.9f}")

# %% [markdown]
# Two details make that last number reproducible. The biases stay as they are. And *all* gradients
# are computed from the *old* weights, before any weight moves. If you renew $W_2$ first and then
# send the gradient back through the new one, it belongs to no single point of the loss:

# %%
for lr in (0.5, 5.0):
    new_W2 = W2 - lr * dW2
    sloppy_dW1 = X.T @ ((dS @ new_W2.T) * H * (1 - H))
    right, sloppy = (forward(W1 - lr * d, new_W2)[2] for d in (dW1, sloppy_dW1))
    print(f"lr {lr}: error {right:.9f}, with W2 renewed too early {sloppy:.9f}")

# %% [markdown]
# With lr 0.5 the difference is in the seventh digit; with ten times the rate it is about fifty
# times as large. There the sloppy step even ends a little lower, by luck. It is not the step that
# you think you take, though: a gradient check would refuse it.

# %% [markdown]
# ## 11 From here to PyTorch
#
# The same net, with `backward()` for the gradients and an optimiser for the step. PyTorch's own
# `Linear` layers keep $W$ the other way round, as (outputs, inputs), and compute $X W^\top + b$.
# Change `import nnkit as torch` to `import torch`, and it prints the same.

# %% tags=["runs-on-pytorch"]
import nnkit as torch

sample = torch.tensor([[0.05, 0.10]], dtype=torch.float64)
wanted = torch.tensor([[0.01, 0.99]], dtype=torch.float64)
first = torch.tensor([[0.15, 0.20], [0.25, 0.30]], dtype=torch.float64, requires_grad=True)
second = torch.tensor([[0.40, 0.45], [0.50, 0.55]], dtype=torch.float64, requires_grad=True)
optimiser = torch.optim.SGD([first, second], lr=0.5)
for _ in range(2):
    optimiser.zero_grad()
    hidden = torch.sigmoid(torch.nn.functional.linear(sample, first) + 0.35)
    output = torch.sigmoid(torch.nn.functional.linear(hidden, second) + 0.60)
    error = 0.5 * ((output - wanted) ** 2).sum()
    error.backward()
    optimiser.step()
    print(f"error {error.item():.9f}, then w5 = {second[0, 0].item():.6f}")

# %% [markdown]
# ## Recap
#
# - The forward pass computes values, the backward pass gradients: upstream times local, gate by
#   gate, and a sum where paths meet.
# - Going back, add copies, max routes, multiply swaps its inputs times the upstream gradient.
# - For a layer $Y = XW + b$: $dW = X^\top dY$, $db$ is the sum of the rows of $dY$, and
#   $dX = dY\,W^\top$. An activation multiplies element by element.
# - A centred difference with $h$ near $10^{-5}$ checks any gradient (away from kinks), one number
#   at a time.
# - Backpropagation computes gradients. Gradient descent uses them: lesson 05.
#
# | term | 中文 | | term | 中文 |
# |:--|:--|:--|:--|:--|
# | backpropagation | 反向传播 | | forward pass | 前向传播 |
# | computational graph | 计算图 | | chain rule | 链式法则 |
# | upstream gradient | 上游梯度 | | local derivative | 局部导数 |
# | gate | 门（运算节点） | | element-wise product | 逐元素乘积 |
# | centred difference | 中心差分 | | gradient check | 梯度检验 |
# | saturation | 饱和 | | layer | 层 |

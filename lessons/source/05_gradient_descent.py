# %% [markdown]
# # 05 Gradient descent
#
# A loss says how wrong a model is. Gradient descent makes it smaller: look at the slope, take a
# step downhill, repeat. One number, the **learning rate** `lr`, decides how long the steps are, and
# with it whether you arrive, bounce about, or fly off.
#
# When you are through, you can say *before* running it whether a learning rate will work, and why.
# You will also have written momentum, Adam and mini-batches yourself. Allow 60 to 90 minutes. You
# need to know what a derivative is, and how to write a loop over arrays in Python.
#
# **Run every cell with Shift+Enter, from the top down.** Until a cell has run, a picture is a still
# one and a question has no button. After a restart of the kernel run them again; your answers and
# your progress are kept.

# %% tags=["setup"]
import numpy as np

import nnkit
from nnkit import optim
from nnkit.course import check, predict
from widgets import GradientDescent, LearningRateSweep, MiniBatches, TwoLayerNet

# %% [markdown]
# ## 1 Commit to a guess
#
# Take $f(x) = 4x^2$ and start at $x = 2$. The slope there is $f'(2) = 8 \cdot 2 = 16$: steeply
# uphill to the right. So we go left. A step of gradient descent is
#
# $$x \leftarrow x - \text{lr} \cdot f'(x)$$
#
# Run the next cell, choose an answer and press the button.

# %% jupyter={"source_hidden": true}
predict(
    "gd-first-step",
    "f(x) = 4x², start at x = 2, lr = 1. Where are you after one step?",
    {
        "x = 0, at the minimum": "The minimum is 2 away, but the step is lr · 16 = 16 long.",
        "x = 1, half-way down": "The step is lr times the <i>slope</i>, and the slope is 16.",
        "x = −14, far out on the other side": "2 − 1 · 16 = −14: higher up than where you began!",
    },
    "x = −14, far out on the other side",
)

# %% [markdown]
# ## 2 Slide the learning rate
#
# Left: the function, and the path that descent takes on it. Right: the loss after each step, on a
# logarithmic axis, where a constant factor per step is a straight line. Below: what happens now,
# with the numbers filled in.
#
# Try this, with the mouse or with Tab and the arrow keys:
#
# 1. Move **learning rate** slowly from 0.1 upwards. Somewhere the path begins to jump from side to
#    side. Somewhere else it stops arriving at all. Note both places. (You can also type a number
#    beside the slider: 0.25 is one to try.)
# 2. Type 0.125. *One* step is enough, and section 5 explains why.
# 3. Click on the curve to start elsewhere. Does the starting point change *whether* you arrive?
#
# The lines below the picture speak of a curvature $L$: how sharply the curve bends. Section 5 makes
# sense of them; for now believe your eyes.

# %%
GradientDescent()

# %% [markdown]
# Here are five learning rates, computed one after another. `nnkit` finds the slope by itself. A
# **tensor** is a number (or an array) that remembers what was computed from it: `backward()`
# follows that back and *adds* the slope to `x.grad`, so `zero_grad()` clears it first. The
# **optimiser** is the rule that turns a slope into a step; `SGD` is the one above. `x.item()` is
# the plain number.

# %%
for lr in [1, 0.25, 0.24, 0.125, 0.1]:
    x = nnkit.tensor(2.0, dtype=nnkit.float64, requires_grad=True)
    optimiser = optim.SGD([x], lr=lr)
    visited = [x.item()]
    for _ in range(3):
        optimiser.zero_grad()
        (4 * x**2).backward()
        optimiser.step()
        visited.append(x.item())
    print(f"lr {lr:5}: x = {', '.join(f'{v:.4g}' for v in visited)}")

# %% [markdown]
# With `lr` 1 the loss goes from 16 to $4 \cdot 14^2 = 784$ and then to $4 \cdot 98^2 = 38416$. With
# 0.25 the path bounces between 2 and −2 for ever. With 0.24 it still changes sides, but each step
# keeps only 0.92 of the distance. With 0.125 it lands on the minimum at once. With 0.1 each step
# keeps 0.2 of the distance.
#
# Before we ask why, we need to be sure what "slope" means when there is more than one weight.

# %% [markdown]
# ## 3 Slopes in many directions
#
# - The **derivative** $f'(x)$ is the slope of a function of one number.
# - A **partial derivative** $\partial f / \partial x$ is the slope when only $x$ moves and every
#   other argument stays where it is.
# - The **gradient** $\nabla f$ is the list of all partial derivatives.
# - A **directional derivative** is the slope you meet when you walk in any direction. With $u$ a
#   direction of length 1, it is $\nabla f \cdot u$.
#
# Which direction is the steepest? Take $f(x, y) = 2x^2 + 2y + 4xy$ and the place (1, 0). Walk a
# tiny bit in each of 360 directions, and measure how much higher you get per length walked.

# %%
def f(x, y):
    return 2 * x**2 + 2 * y + 4 * x * y


angles, tiny = np.deg2rad(np.arange(360)), 1e-6
slopes = (f(1 + tiny * np.cos(angles), 0 + tiny * np.sin(angles)) - f(1, 0)) / tiny
steepest = slopes.argmax()
print(f"steepest of 360 measured slopes: {slopes[steepest]:.3f}, at {steepest} degrees")

x = nnkit.tensor(1.0, dtype=nnkit.float64, requires_grad=True)
y = nnkit.tensor(0.0, dtype=nnkit.float64, requires_grad=True)
f(x, y).backward()
grad = np.array([x.grad.item(), y.grad.item()])
print(f"the gradient {grad} has the length {np.linalg.norm(grad):.3f} "
      f"and points to {np.rad2deg(np.arctan2(grad[1], grad[0])):.1f} degrees")
formula = grad @ np.array([np.cos(angles), np.sin(angles)])
print(f"gradient times direction: at most {abs(formula - slopes).max():.0e} off the measured")

# %% [markdown]
# The steepest way *up* is the gradient's own direction, and the slope there is the gradient's
# length. That is why we step **against** it. It also tells how long a step is:
# $\text{lr} \cdot \lVert \nabla f \rVert$. The same `lr` makes long steps where it is steep and
# short ones where it is flat.
#
# ### Exercise 1: the slope in a direction
#
# `direction` may have any length, but a slope must not depend on how long your arrow is drawn.
# Make the length 1 first.

# %% exercise="gd-slope" points=1
def slope_along(grad, direction):
    """The slope met when walking in `direction`; both are arrays of equal length."""
    ### BEGIN SOLUTION
    return grad @ direction / np.linalg.norm(direction)
    ### END SOLUTION

# %% inputs="gd-slope"
def inputs(rng):
    return rng.normal(size=3), rng.normal(size=3) * 3

# %% wrong="gd-slope"
# A longer arrow does not make the hill steeper: divide by the length of `direction`.
def slope_along(grad, direction):
    return grad @ direction

# %% wrong="gd-slope"
# That is the slope in the steepest direction only. Where does `direction` come in?
def slope_along(grad, direction):
    return np.linalg.norm(grad)

# %%
check("gd-slope", slope_along)

# %% [markdown]
# ### Exercise 2: one step
#
# In a network the function is the loss $L$ and its arguments are weights $W$ and biases $b$. Every
# weight moves against its own part of the gradient, $W \leftarrow W - \text{lr} \cdot
# \partial L / \partial W$, and a bias does just the same, $b \leftarrow b - \text{lr} \cdot
# \partial L / \partial b$. Written for a whole array at once it is one line. Make a *new* array and
# return it: `w -= ...` would overwrite the caller's.

# %% exercise="gd-step" points=1
def step(w, grad, lr):
    """The weights after one step of gradient descent; w and grad are arrays of equal shape."""
    ### BEGIN SOLUTION
    return w - lr * grad
    ### END SOLUTION

# %% inputs="gd-step"
def inputs(rng):
    return rng.normal(size=3), rng.normal(size=3), rng.uniform(0.01, 0.9)

# %% wrong="gd-step"
# You move with the gradient, and it points uphill. Which sign takes you down?
def step(w, grad, lr):
    return w + lr * grad

# %% wrong="gd-step"
# The learning rate is missing: how long is the step?
def step(w, grad, lr):
    return w - grad

# %% wrong="gd-step"
# You shrink the weights themselves. The step is lr times the gradient, taken away from w.
def step(w, grad, lr):
    return w - lr * w

# %% wrong="gd-step"
# All your steps are equally long. A step is lr times the gradient as it is: long where it is steep.
def step(w, grad, lr):
    return w - lr * grad / np.linalg.norm(grad)

# %%
check("gd-step", step)

# %% [markdown]
# ## 4 From a step to a descent
#
# The minimum of $2x^2 - 12x + 20$ can be found in one line: the slope $4x - 12$ is zero at
# $x = 3$, where $f = 2$. That is a **closed form**. The loss of a network has none, so we take
# many small steps instead: **iteration**. Where both are possible they agree:

# %%
x = nnkit.tensor(7.0, dtype=nnkit.float64, requires_grad=True)
optimiser = optim.SGD([x], lr=0.1)
for _ in range(40):
    optimiser.zero_grad()
    loss = 2 * x**2 - 12 * x + 20
    loss.backward()
    optimiser.step()
print(f"closed form: x = {12 / 4}, f = {2 * 3**2 - 12 * 3 + 20}")
print(f"40 steps:    x = {x.item():.6f}, f = {loss.item():.6f}")

# %% [markdown]
# ### Exercise 3: the descent loop
#
# `grad` is now a *function*: call `grad(w)` to get the gradient at `w`. Return every point that
# you visit, the start included: `steps + 1` points, stacked into one array. Use your `step`. (To
# try it, `check` descends on parabolas of its own: with some `curvature` and their `minimum`.)
#
# Watch out for `w -= ...`: it changes the array that you have already put into your list.

# %% exercise="gd-descend" points=2
def descend(grad, w, lr, steps):
    """All points of the descent from w, the start first: an array of shape (steps + 1, len(w))."""
    ### BEGIN SOLUTION
    path = [w]
    for _ in range(steps):
        w = step(w, grad(w), lr)
        path.append(w)
    return np.array(path)
    ### END SOLUTION

# %% inputs="gd-descend"
def inputs(rng):
    return rng.uniform(0.5, 3, size=2), rng.normal(size=2), rng.normal(size=2) * 3, 0.2, 6

def probe(descend, curvature, minimum, w, lr, steps):
    return descend(lambda w: curvature * (w - minimum), w, lr, steps)

# %% wrong="gd-descend"
# The gradient changes as you move: call grad(w) afresh at every step.
def descend(grad, w, lr, steps):
    slope, path = grad(w), [w]
    for _ in range(steps):
        w = step(w, slope, lr)
        path.append(w)
    return np.array(path)

# %% wrong="gd-descend"
# You return the last point only; the path should hold every point, the start first.
def descend(grad, w, lr, steps):
    for _ in range(steps):
        w = step(w, grad(w), lr)
    return w

# %% wrong="gd-descend"
# All your points are the same: `w -= ...`, here or in your step, changes what the list holds.
def descend(grad, w, lr, steps):
    path = [w]
    for _ in range(steps):
        w -= lr * grad(w)
        path.append(w)
    return np.array(path)

# %% wrong="gd-descend"
# The start is missing: put w into the path before the first step.
def descend(grad, w, lr, steps):
    path = []
    for _ in range(steps):
        w = step(w, grad(w), lr)
        path.append(w)
    return np.array(path)

# %%
check("gd-descend", descend)

# %% jupyter={"source_hidden": true}
predict(
    "gd-slow",
    "(w − 1)² from w = 5 with lr = 0.01: have 40 steps found the minimum at w = 1?",
    {
        "Yes": "The loss curve is still falling steadily: look at the end of the path.",
        "Nearly: w is about 1.1": "Each step keeps 0.98 of the distance, and 0.98⁴⁰ is 0.446.",
        "No: w is about 2.8": "0.98⁴⁰ = 0.446 of the distance 4 is left: w = 2.783.",
    },
    "No: w is about 2.8",
)

# %% [markdown]
# > **Set right.** "With lr = 0.01, 40 steps find the minimum of $(w-1)^2$ from $w = 5$": you can
# > read that in more than one introduction. Count it:

# %%
w, steps = 5.0, 0
while abs(w - 1) >= 0.01:
    w, steps = w - 0.01 * 2 * (w - 1), steps + 1
    if steps == 40:
        print(f"after 40 steps w = {w:.3f}, not converged")
print(f"within 0.01 of the minimum after {steps} steps")

# %% [markdown]
# The next explorer runs **your** `descend` on it. (Until you have written it, it shows nnkit's.)
# Find the learning rate with which 40 steps do arrive. Then try your code on the other functions.

# %%
GradientDescent(descend=descend, function="(w-1)^2")

# %% [markdown]
# ## 5 One law for the learning rate
#
# How fast the slope itself changes is the **curvature**, $f''$. It is usually called $L$ as well;
# from here to the end of section 7 that letter is the curvature, not the loss. For $4x^2$ it is 8
# everywhere. On a parabola with its minimum at $x^*$ the slope is $L \cdot (x - x^*)$. Put that
# into the rule of section 1, $x \leftarrow x - \text{lr} \cdot L \cdot (x - x^*)$, and take $x^*$
# away on both sides. This is what a step does to the distance:
#
# $$x - x^* \;\leftarrow\; (1 - \text{lr} \cdot L)\,(x - x^*)$$
#
# Everything follows from that one factor:
#
# | $1 - \text{lr} \cdot L$ | what you see | lr |
# |:--|:--|:--|
# | between 0 and 1 | creeps straight in | below $1/L$ |
# | 0 | one step is enough | $1/L$ |
# | between −1 and 0 | changes sides, still arrives | between $1/L$ and $2/L$ |
# | −1 | bounces for ever | $2/L$ |
# | below −1 | diverges | above $2/L$ |
#
# The distance shrinks if the factor is less than 1 in size, $|1 - \text{lr} \cdot L| < 1$. So on a
# parabola descent converges **if and only if** $0 < \text{lr} < 2/L$, wherever it starts. Check it
# against what you noted in section 2:

# %%
for name, curvature in [("4x^2", 8), ("2x^2-12x+20", 4), ("(w-1)^2", 2)]:
    print(f"{name:12} L = {curvature}: best lr {1 / curvature}, limit {2 / curvature}")
print("4x^2, factors:", {lr: round(1 - lr * 8, 2) for lr in (1, 0.25, 0.24, 0.125, 0.1)})

# %% [markdown]
# ### Exercise 4: the largest stable learning rate
#
# Below which learning rate does descent on $f(x) = a x^2 + b x + c$ (with $a > 0$) converge?

# %% exercise="gd-largest-lr" points=1
def largest_stable_lr(a, b, c):
    """The lr below which gradient descent on a x^2 + b x + c converges."""
    ### BEGIN SOLUTION
    return 2 / (2 * a)
    ### END SOLUTION

# %% inputs="gd-largest-lr"
def inputs(rng):
    return rng.uniform(0.3, 8), rng.normal(), rng.normal()

# %% wrong="gd-largest-lr"
# The curvature of a x² is not a: take the second derivative.
def largest_stable_lr(a, b, c):
    return 2 / a

# %% wrong="gd-largest-lr"
# That is the best rate, 1/L, which needs one step. The largest stable one is where it bounces.
def largest_stable_lr(a, b, c):
    return 1 / (2 * a)

# %% wrong="gd-largest-lr"
# That is the minimum itself, where the slope is zero; here the curvature is asked for.
def largest_stable_lr(a, b, c):
    return -b / (2 * a)

# %%
check("gd-largest-lr", largest_stable_lr)

# %% [markdown]
# The next explorer runs 67 descents at once, each with another learning rate, and draws how high
# above the minimum each one ends. Look for the sharp wall. Move **steps**: the valley gets deeper,
# but the wall stays at $2/L$. Then choose Rosenbrock's function, a curved valley that you will meet
# again: its curvature is different in every place, so the law holds only near each place, and no
# line can be drawn.

# %%
LearningRateSweep()

# %% [markdown]
# ## 6 Not every flat place is a minimum
#
# Where the gradient is zero, descent stops. Such a place is called **stationary**. It may be a
# minimum, a maximum, or a **saddle**: a pass between two hills, a minimum in one direction and a
# maximum in another.
#
# With several weights the second derivatives form a matrix, the **Hessian**. It has main directions
# in which the surface bends like a plain parabola; how much, tell its **eigenvalues**
# (`np.linalg.eigvalsh` finds them). You need not know how to compute them by hand. All positive: a
# valley on every side, a minimum. One negative: some way leads down. `np.linalg.solve` finds the
# place where both slopes, $4x + 4y$ and $2 + 4x$, are zero.

# %%
hessian = np.array([[4.0, 4.0], [4.0, 0.0]])  # of 2x^2 + 2y + 4xy, the same everywhere
place = np.linalg.solve(hessian, [0.0, -2.0])  # where 4x + 4y = 0 and 2 + 4x = 0
x, y = place
print(f"stationary at ({x}, {y}), f = {2 * x**2 + 2 * y + 4 * x * y}")
print("curvatures:", np.round(np.linalg.eigvalsh(hessian), 2))

# %% [markdown]
# > **Set right.** "Find the minimum of $2x^2 + 2y + 4xy$" is a popular exercise. There is none: one
# > curvature is negative, so the function falls without end in that direction.

# %% jupyter={"source_hidden": true}
predict(
    "gd-saddle",
    "Descent starts at (−3.4, −1.3), on a way that leads almost exactly to the saddle "
    "(−0.5, 0.5). What happens?",
    {
        "It settles on the saddle": "Almost: it comes near. But look at the end of the path.",
        "It comes near, then leaves faster and faster": (
            "Beside that way the factor is 1 − lr · (−2.47), larger than 1."
        ),
        "It runs straight past": "On the way the factor is 1 − lr · 6.47: it slows down first.",
    },
    "It comes near, then leaves faster and faster",
)

# %% [markdown]
# The next picture is a map, seen from above: along a line the height is the same, where lines crowd
# it is steep, and darker is higher. Here the pale valley runs from the upper left to the lower
# right, and the saddle lies in its middle.

# %%
GradientDescent(function="saddle 2x^2+2y+4xy", start_x=-3.4, start_y=-1.3, steps=55)

# %% [markdown]
# The path comes in along one direction and is carried off along the other. Set **start x** to −0.5
# and **start y** to 0.5, exactly the saddle: nothing moves. Nudge one of them: it is lost again.
#
# A function whose curvature is nowhere negative is **convex**; there every stationary place is a
# global minimum. The losses of straight-line models are convex. The losses of networks are not.

# %% [markdown]
# ## 7 Ravines and momentum
#
# With two weights there are two curvatures. The **steep** one sets the limit $2/L$; the **flat**
# one then crawls. Their ratio $\kappa$ (kappa) is the **condition number** of the surface. For
# $\frac{1}{2}(x^2 + 100y^2)$ it is 100. The best `lr` is a compromise, $2 / (100 + 1)$, at which
# both directions keep the same share of their error, $(\kappa - 1) / (\kappa + 1) = 0.980$.
#
# **Momentum** keeps a velocity $v$, a running sum of past gradients that fades:
#
# $$v \leftarrow m\,v + \nabla f(w), \qquad w \leftarrow w - \text{lr} \cdot v$$
#
# Across the ravine the gradients alternate and cancel; along it they add up. With the best rate and
# the best momentum the share becomes $(\sqrt{\kappa} - 1) / (\sqrt{\kappa} + 1) = 0.818$ in the
# long run (Polyak 1964). How much is 0.818 against 0.980? Count steps:

# %%
kappa = 100
plain = (kappa - 1) / (kappa + 1)
heavy = (kappa**0.5 - 1) / (kappa**0.5 + 1)


def steps_to(share, lr, momentum):
    """Steps until the distance to the minimum of the ravine is `share` of that at the start."""
    w, v = np.array([-9.0, 1.5]), np.zeros(2)
    first, steps = np.linalg.norm(w), 0
    while np.linalg.norm(w) > share * first:
        v = momentum * v + w * [1, 100]
        w, steps = w - lr * v, steps + 1
    return steps


for name, factor, lr, momentum in [
    ("gradient descent", plain, 2 / 101, 0.0),
    ("with momentum", heavy, 4 / 121, heavy**2),
]:
    print(f"{name:16} keeps {factor:.3f} of the error a step: a tenth is left after "
          f"{np.log(0.1) / np.log(factor):.1f} steps in the long run")
    print(f"{'':16} lr {lr:.4f}, momentum {momentum:.3f}; counted, down to a tenth, a hundredth, "
          f"a thousandth: {[steps_to(10.0**-k, lr, momentum) for k in (1, 2, 3)]}")

# %% [markdown]
# The first tenth costs momentum 23 steps, for at first the ball swings wider than it started. Then
# it needs 12 or 13 for each further tenth, where plain descent needs 115.
#
# **Nesterov's** variant steps by $\nabla f(w) + m\,v$, with the new $v$. It looks one step ahead
# and swings less, but the `lr` it can bear is lower.
#
# In the explorer choose **momentum**, then **Nesterov**, and watch the zigzag across the ravine and
# the slope of the loss curve. Then raise `lr` to 0.018: which of the three cannot bear it? The
# preset "ravine: momentum 0.67" has the best rate and momentum; see how its loss first rises.

# %%
GradientDescent(function="ravine (x^2+100y^2)/2", lr=0.01, momentum=0.67, steps=120)

# %% [markdown]
# ### Exercise 5: momentum
#
# One step, with the formulas above. Return the new weights and the new velocity, in this order.

# %% exercise="gd-momentum" points=2
def momentum_step(w, v, grad, lr, momentum):
    """(w, v) after one step; w, v and grad are arrays of equal shape."""
    ### BEGIN SOLUTION
    v = momentum * v + grad
    return w - lr * v, v
    ### END SOLUTION

# %% inputs="gd-momentum"
def inputs(rng):
    return rng.normal(size=2), rng.normal(size=2), rng.normal(size=2), 0.1, rng.uniform(0.3, 0.95)

# %% wrong="gd-momentum"
# You step along the gradient alone; the velocity is kept but never used.
def momentum_step(w, v, grad, lr, momentum):
    v = momentum * v + grad
    return w - lr * grad, v

# %% wrong="gd-momentum"
# You step with the old velocity: renew v first, then move.
def momentum_step(w, v, grad, lr, momentum):
    return w - lr * v, momentum * v + grad

# %% wrong="gd-momentum"
# That is an average of gradients, (1 − m) times too small: here the gradient enters v in full.
def momentum_step(w, v, grad, lr, momentum):
    v = momentum * v + (1 - momentum) * grad
    return w - lr * v, v

# %% wrong="gd-momentum"
# The learning rate belongs to the step of w; v collects plain gradients.
def momentum_step(w, v, grad, lr, momentum):
    v = momentum * v + lr * grad
    return w - v, v

# %%
check("gd-momentum", momentum_step)

# %% [markdown]
# Your momentum, 0.67, in the ravine. Within how many steps does it come below a loss of 0.01? Plain
# descent at the same `lr` needs 229.

# %%
def descend_with_momentum(grad, w, lr, steps):
    path, v = [w], np.zeros_like(w)
    for _ in range(steps):
        moved = momentum_step(w.copy(), v.copy(), grad(w), lr, momentum=0.67)
        if moved is None:  # exercise 5 is still to do
            return None
        w, v = moved
        path.append(w)
    return np.array(path)


GradientDescent(
    descend=descend_with_momentum, function="ravine (x^2+100y^2)/2", optimiser="momentum",
    momentum=0.67, lr=0.018, steps=100,
)

# %% [markdown]
# ## 8 A step size for every weight: RMSprop and Adam
#
# In the ravine one `lr` is too large for $y$ and too small for $x$. **RMSprop** keeps a running
# mean $v$ of the *squared* gradient of each weight and divides by its root, so that every weight
# moves at about the same pace. **Adam** (Kingma and Ba, 2015) adds a running mean $m$ of the
# gradient itself:
#
# $$m \leftarrow \beta_1 m + (1-\beta_1)\,g \qquad v \leftarrow \beta_2 v + (1-\beta_2)\,g^2$$
#
# $$\hat m = \frac{m}{1-\beta_1^t} \qquad \hat v = \frac{v}{1-\beta_2^t} \qquad
# w \leftarrow w - \text{lr} \cdot \frac{\hat m}{\sqrt{\hat v} + \epsilon}$$
#
# Here $g$ is the gradient and $t$ counts the steps from 1. Both means start at 0 and are too small
# at first; dividing by $1-\beta^t$ is the **bias correction** for that. Usual values are
# $\beta_1 = 0.9$, $\beta_2 = 0.999$, $\epsilon = 10^{-8}$.

# %%
def adam_steps(gradients, lr=1.0):
    """The lengths of Adam's steps when it is fed these gradients."""
    w = nnkit.tensor(0.0, dtype=nnkit.float64, requires_grad=True)
    adam, lengths = optim.Adam([w], lr=lr), []
    for g in gradients:
        before = w.item()
        w.grad = nnkit.tensor(g, dtype=nnkit.float64)
        adam.step()
        lengths.append(before - w.item())
    return lengths


print("first step, gradient 1000: ", round(adam_steps([1000.0])[0], 3), "lr")
print("first step, gradient 0.001:", round(adam_steps([0.001])[0], 3), "lr")
print("the same without bias correction:", round(0.1 / 0.001**0.5, 2), "lr")
print("constant gradient, step 500:", round(adam_steps([3.0] * 500)[-1], 3), "lr")
print("alternating signs, step 5000:", round(abs(adam_steps([3.0, -3.0] * 2500)[-1]), 3), "lr")

# %% [markdown]
# Adam's first step is `lr` long whatever the size of the gradient: only its sign counts. While the
# gradient stays the same the steps stay `lr` long; where its sign flips each time they shrink to
# 0.053 `lr`.
#
# > **Set right.** "Adam makes learning fast by raising the learning rate." It does not: it divides
# > the mean gradient by its typical size, $\hat m / \sqrt{\hat v}$, so that `lr` becomes about the
# > *length* of a step.

# %%
GradientDescent(function="ravine (x^2+100y^2)/2", optimiser="Adam", lr=0.5, steps=120)

# %% [markdown]
# The ravine's two curvatures no longer matter: both weights come in at the same pace. Near the end
# the path swings, because the running means remember. Now choose Rosenbrock's curved valley,
# $(1-x)^2 + 100(y - x^2)^2$, and find who gets nearest to the minimum in 200 steps. Each optimiser
# wants its own `lr`: the explorer sets one to start from. Adam is not the winner everywhere:
# momentum 0.95 with `lr` 0.002 is hard to beat here. No optimiser is best for every surface.
#
# ### Exercise 6: Adam
#
# One step with the formulas above, for arrays. `t` is the number of this step. Return the new
# weights and both means; the means as they are, the correction only goes into the step.

# %% exercise="gd-adam" points=3
def adam_step(w, m, v, grad, t, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """(w, m, v) after Adam's step number t = 1, 2, ...; return the means without correction."""
    ### BEGIN SOLUTION
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    corrected_m = m / (1 - beta1**t)
    corrected_v = v / (1 - beta2**t)
    return w - lr * corrected_m / (np.sqrt(corrected_v) + eps), m, v
    ### END SOLUTION

# %% inputs="gd-adam"
def inputs(rng):
    w, m, grad = rng.normal(size=(3, 2))
    return w, m, rng.uniform(0.1, 2, size=2), grad, int(rng.integers(1, 9)), rng.uniform(0.05, 0.5)

# %% wrong="gd-adam"
# The bias correction is missing: divide m by 1 − beta1**t and v by 1 − beta2**t.
def adam_step(w, m, v, grad, t, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return w - lr * m / (np.sqrt(v) + eps), m, v

# %% wrong="gd-adam"
# You divide by v, the mean square. Its root is what has the size of a gradient.
def adam_step(w, m, v, grad, t, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return w - lr * m / (1 - beta1**t) / (v / (1 - beta2**t) + eps), m, v

# %% wrong="gd-adam"
# Keep the means as they are and correct copies: what you return is used again in the next step.
def adam_step(w, m, v, grad, t, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m = (beta1 * m + (1 - beta1) * grad) / (1 - beta1**t)
    v = (beta2 * v + (1 - beta2) * grad**2) / (1 - beta2**t)
    return w - lr * m / (np.sqrt(v) + eps), m, v

# %% wrong="gd-adam"
# Each mean keeps beta of the old value and takes 1 − beta of the new one; you have them swapped.
def adam_step(w, m, v, grad, t, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m = (1 - beta1) * m + beta1 * grad
    v = (1 - beta2) * v + beta2 * grad**2
    return w - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v

# %%
check("gd-adam", adam_step)

# %% [markdown]
# Your Adam, let loose in Rosenbrock's valley:

# %%
def descend_with_adam(grad, w, lr, steps):
    path, m, v = [w], np.zeros_like(w), np.zeros_like(w)
    for t in range(1, steps + 1):
        moved = adam_step(w.copy(), m.copy(), v.copy(), grad(w), t, lr)
        if moved is None:  # exercise 6 is still to do
            return None
        w, m, v = moved
        path.append(w)
    return np.array(path)


GradientDescent(
    descend=descend_with_adam, function="Rosenbrock", optimiser="Adam", lr=0.5, steps=200
)

# %% [markdown]
# ## 9 All the data, some of it, or one sample
#
# So far somebody gave us the function. In machine learning it comes from data. Below are 48 samples
# $(x, y)$ and a line $\hat y = wx + b$ that should run through them: $w$ is its slope and $b$, the
# bias, its height at $x = 0$. The loss is the **mean squared error**, the mean of $(\hat y - y)^2$
# over the samples. It depends on $w$ and $b$, and we descend on *that* surface, in the middle
# picture. (For a line the minimum has a closed form, the **least squares** fit; the star.)
#
# A mean over samples has a gradient that is a mean over samples, too. **Full batch** uses all of
# them for each step. A **mini-batch** uses a few: cheaper, and noisy. **Stochastic** descent uses
# one. An **epoch** is one full pass over the data, however many steps that takes.
#
# Slide the batch size from 48 down to 1. The path gets rougher, but an epoch now holds 48 steps
# instead of one. With one sample the path never settles: the noise stays as large as `lr` makes it.
# Lower `lr` and see. Small steps win per sample read; per second of computing they may lose, for a
# computer handles 48 samples at once almost as fast as one. Hence mini-batches.

# %%
MiniBatches()

# %% [markdown]
# ### Exercise 7: an epoch of mini-batches
#
# Now with several features and no bias: the model is $\hat y = Xw$, where each row of $X$ is a
# sample. The gradient of the mean squared error over $n$ samples is
#
# $$\nabla L = \frac{2}{n} X^\top (Xw - y)$$
#
# Go through the samples once, in the order given, `batch_size` at a time, with one step after each
# batch. The last batch may be smaller: use it, and divide by *its* size.

# %% exercise="gd-epoch" points=3
def epoch(X, y, w, lr, batch_size):
    """The weights after one pass; X has shape (samples, features), y (samples,), w (features,)."""
    ### BEGIN SOLUTION
    for i in range(0, len(X), batch_size):
        batch, target = X[i : i + batch_size], y[i : i + batch_size]
        w = w - lr * 2 / len(batch) * batch.T @ (batch @ w - target)
    return w
    ### END SOLUTION

# %% inputs="gd-epoch"
def inputs(rng):
    return rng.normal(size=(10, 2)), rng.normal(size=10), rng.normal(size=2), 0.05, 4

# %% wrong="gd-epoch"
# You step once with all samples. One pass holds a step after every batch.
def epoch(X, y, w, lr, batch_size):
    return w - lr * 2 / len(X) * X.T @ (X @ w - y)

# %% wrong="gd-epoch"
# You leave out the last batch because it is not full. Every sample should be used once.
def epoch(X, y, w, lr, batch_size):
    for i in range(0, len(X) - batch_size + 1, batch_size):
        batch, target = X[i : i + batch_size], y[i : i + batch_size]
        w = w - lr * 2 / len(batch) * batch.T @ (batch @ w - target)
    return w

# %% wrong="gd-epoch"
# The last batch holds fewer samples: divide by its own size, not by batch_size.
def epoch(X, y, w, lr, batch_size):
    for i in range(0, len(X), batch_size):
        batch, target = X[i : i + batch_size], y[i : i + batch_size]
        w = w - lr * 2 / batch_size * batch.T @ (batch @ w - target)
    return w

# %% wrong="gd-epoch"
# That is the gradient of a sum. The loss is a mean: divide by the size of the batch.
def epoch(X, y, w, lr, batch_size):
    for i in range(0, len(X), batch_size):
        batch, target = X[i : i + batch_size], y[i : i + batch_size]
        w = w - lr * 2 * batch.T @ (batch @ w - target)
    return w

# %% wrong="gd-epoch"
# You add up the gradients at the old weights. Each batch should start from the newest ones.
def epoch(X, y, w, lr, batch_size):
    start = w
    for i in range(0, len(X), batch_size):
        batch, target = X[i : i + batch_size], y[i : i + batch_size]
        w = w - lr * 2 / len(batch) * batch.T @ (batch @ start - target)
    return w

# %%
check("gd-epoch", epoch)

# %% [markdown]
# Your `epoch` on the samples above. A second feature that is always 1 turns its weight into the
# bias $b$. All three read 240 samples; look who is nearest to the least squares fit.

# %%
from widgets.minibatches import line_data

x, y, best = line_data()
X = np.c_[x, np.ones(len(x))]
for batch_size in (48, 8, 1):
    w = np.array([-1.0, -1.5])
    for _ in range(5):
        w = epoch(X, y, w, lr=0.05, batch_size=batch_size)
        if w is None:  # exercise 7 is still to do
            break
    print(f"batch size {batch_size:2}:", "to do" if w is None else f"w, b = {np.round(w, 2)}")
print("least squares:", np.round(best, 2))

# %% [markdown]
# ### A whole network
#
# Last, the two-layer net of lesson 04. Its weights are four arrays, 42 numbers in all, but the
# update is the line you know: **your** `step` of exercise 2 moves each array against its gradient.
# (The gradients are found by nnkit's `backward()` here; the ones that you wrote yourself live in
# that lesson's notebook.)
#
# Slide **updates** to 0 and press **Play**. Then look for the largest `lr` that still learns. The
# loss of a network has no single curvature, so no formula gives it. But there is a limit here, too:
# past it the loss jumps about, and the net gets stuck with some points wrong.

# %%
TwoLayerNet(step=step)

# %% [markdown]
# ## 10 From here to PyTorch
#
# `nnkit` uses PyTorch's names. In the cell below change `import nnkit as torch` to `import torch`,
# and it runs on PyTorch and prints the same (if PyTorch is installed).

# %% tags=["runs-on-pytorch"]
import nnkit as torch

w = torch.tensor(5.0, requires_grad=True)
optimiser = torch.optim.SGD([w], lr=0.1, momentum=0.9)
for _ in range(200):
    optimiser.zero_grad()
    loss = (w - 1) ** 2
    loss.backward()
    optimiser.step()
print(f"w = {w.item():.3f}, loss = {loss.item():.3f}")

# %% [markdown]
# ## Recap
#
# - The gradient points steepest *uphill*; a step goes against it and is `lr` times its length long.
# - On a parabola of curvature $L$ descent converges exactly if $0 < \text{lr} < 2/L$, fastest at
#   $1/L$. With several weights the largest curvature sets the limit.
# - A zero gradient may be a minimum or a saddle; the signs of the curvatures tell.
# - The steep direction limits `lr`, the flat one then crawls. Momentum adds up what stays the
#   same; Adam gives each weight a step of about `lr`.
# - Smaller batches: more and cheaper steps an epoch, noisier ones.
#
# The words of this lesson, with their Chinese names for readers of Chinese texts:
#
# | term | 中文 | | term | 中文 |
# |:--|:--|:--|:--|:--|
# | gradient | 梯度 | | learning rate | 学习率 |
# | gradient descent | 梯度下降 | | partial derivative | 偏导数 |
# | directional derivative | 方向导数 | | saddle point | 鞍点 |
# | convex | 凸 | | curvature | 曲率 |
# | momentum | 动量 | | epoch | 训练轮次 |
# | mini-batch | 小批量 | | stochastic gradient descent | 随机梯度下降 |
# | closed form | 解析解 | | condition number | 条件数 |

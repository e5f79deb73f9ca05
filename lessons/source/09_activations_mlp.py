# %% [markdown]
# # 09 Activations and multilayer networks
#
# A layer multiplies, adds and then **bends**: its activation function is all that keeps a deep
# network from being a straight line. In this lesson you choose the bend, stack the layers, count
# what they cost, and see what such a stack can be and what it can't.
#
# When you are through, you have written the activations and their slopes, a network of any depth,
# and a curve built from hinges. And you have the **Playground**: a network in which you can change
# everything while it trains. Allow 90 minutes, with a pause before section 6. Lessons 04 and 05
# help; you can start without.

# %% tags=["setup"]
import time
from itertools import pairwise

import numpy as np

import nnkit
from nnkit import data, nn, optim, train
from nnkit import functional as F
from nnkit.course import check, predict
from widgets import ActivationFunctions, Playground, ReluSum

# %% [markdown]
# ## 1 Commit to a guess
#
# Backward, a gradient is multiplied by the slope of every activation that it passes. The sigmoid
# $\sigma(z) = 1 / (1 + e^{-z})$ is steepest at $z = 0$. Suppose that all units of ten layers have
# $z = 0$, the best place, and that the weights neither shrink nor enlarge anything.

# %% jupyter={"source_hidden": true}
predict(
    "act-ten-layers",
    "How much of the gradient is left behind ten sigmoids, at best?",
    {
        "About a half": "One sigmoid alone leaves a quarter.",
        "About a fortieth": "A quarter each does not add up, it multiplies.",
        "About a millionth": "0.25 · 0.25 · ... ten times: 9.5e-7.",
    },
    "About a millionth",
)

# %%
z = nnkit.linspace(-8, 8, 1601, dtype=nnkit.float64).requires_grad_()
F.sigmoid(z).sum().backward()
print(f"steepest slope of the sigmoid: {z.grad.numpy().max():.2f}")
print(f"ten of them: {z.grad.numpy().max() ** 10:.1e}")
print(f"ten tanh, each at its best: {1.0**10}")

# %% [markdown]
# This is the **vanishing gradient**. At best, the first of ten layers learns a millionth as
# fast as the last one. It kept deep networks from learning for many years.
#
# ## 2 Slide along the bend
#
# Upper left: an activation and, dashed, its slope. Below it, on the same axis: the sums $z$ of a
# layer of 100 units, for 100 samples; hatched are those that meet a **flat** place, a slope below
# 0.01. Right: what is left of a gradient after 1, 2, 3, ... layers, on a logarithmic axis; dashed
# if every unit is at your **z**. All presets are in the menu.
#
# 1. Slide **z** to 0, then to 5. The unit is **saturated** there: what happens to the dashed line
#    on the right?
# 2. Choose the preset "tanh, weights too large" and move **spread of z in a layer** from 10 down
#    to 1. How much of the layer is flat, and so hardly learns, before and after?
# 3. Choose the preset "ReLU, dying" and read the last line: what is a **dead** unit? Raise **bias
#    of its units** from −3 to 0. When is none flat for every sample any more?
# 4. Choose "leaky ReLU in the same place". Who is dead now?

# %%
ActivationFunctions()

# %% [markdown]
# Seven activations, with their slopes. $\Phi(z)$ is the chance that a standard normal number lies
# below $z$, and $\varphi$ its density; $\alpha$ is usually 1.
#
# | name | $f(z)$ | slope $f'(z)$ | values |
# |:--|:--|:--|:--|
# | sigmoid | $s = 1/(1 + e^{-z})$ | $s(1-s)$, at most 0.25 | 0 to 1 |
# | tanh | $t = (e^z - e^{-z})/(e^z + e^{-z})$ | $1 - t^2$, at most 1 | −1 to 1 |
# | ReLU | $\max(0, z)$ | 1 if $z > 0$, else 0 | from 0 |
# | leaky ReLU | $z$ if $z > 0$, else $0.01 z$ | 1 if $z > 0$, else 0.01 | all |
# | ELU | $z$ if $z > 0$, else $\alpha(e^z - 1)$ | 1, or $\alpha e^z$ | above $-\alpha$ |
# | GELU | $z\,\Phi(z)$ | $\Phi(z) + z\,\varphi(z)$ | from −0.17 |
# | softplus | $\ln(1 + e^z)$ | $\sigma(z)$ | above 0 |
#
# The ReLU has no slope at 0 exactly; by convention we take 0. Some numbers that are worth
# remembering, found by `backward()`:

# %%
def slope(function, z):
    z = nnkit.tensor(z, dtype=nnkit.float64, requires_grad=True)
    function(z).backward()
    return z.grad.item()


print(f"slope of the sigmoid at 5: {slope(F.sigmoid, 5.0):.4f}")
print(f"slope of tanh at 3:        {slope(F.tanh, 3.0):.4f}")
print(f"slope of ReLU at 3 and -3: {slope(F.relu, 3.0):.0f} and {slope(F.relu, -3.0):.0f}")
lowest = np.linspace(-2, 0, 201)[F.gelu(nnkit.linspace(-2, 0, 201)).numpy().argmin()]
print(f"GELU is lowest at {lowest:.2f}: {F.gelu(nnkit.tensor(lowest)).item():.2f}, "
      f"and at -2 it is {F.gelu(nnkit.tensor(-2.0)).item():.2f} again")
print(f"slope of softplus at 1 is the sigmoid there: {slope(F.softplus, 1.0):.4f}, "
      f"{F.sigmoid(nnkit.tensor(1.0)).item():.4f}")

# %% [markdown]
# ### Exercise 1: five activations
#
# Return a dict with these five names. `z` is an array of any shape; `np.where(condition, a, b)`
# takes from `a` where the condition holds and from `b` elsewhere; `np.maximum(a, b)` is the larger
# of two, number by number. For ELU take $\alpha = 1$.

# %% exercise="act-values" points=1
def activations(z):
    """{"sigmoid": ..., "tanh": ..., "ReLU": ..., "leaky ReLU": ..., "ELU": ...}, arrays like z."""
    ### BEGIN SOLUTION
    return {
        "sigmoid": 1 / (1 + np.exp(-z)),
        "tanh": np.tanh(z),
        "ReLU": np.maximum(0, z),
        "leaky ReLU": np.where(z > 0, z, 0.01 * z),
        "ELU": np.where(z > 0, z, np.exp(z) - 1),
    }
    ### END SOLUTION

# %% inputs="act-values"
def inputs(rng):
    return (rng.normal(size=(2, 3)) * 2,)

# %% wrong="act-values"
# Your sigmoid falls where it should rise: the exponent is −z.
def activations(z):
    return {
        "sigmoid": 1 / (1 + np.exp(z)), "tanh": np.tanh(z), "ReLU": np.maximum(0, z),
        "leaky ReLU": np.where(z > 0, z, 0.01 * z), "ELU": np.where(z > 0, z, np.exp(z) - 1),
    }

# %% wrong="act-values"
# Your leaky ReLU adds the leak on both sides: right of 0 it should be z itself, not 1.01 z.
def activations(z):
    return {
        "sigmoid": 1 / (1 + np.exp(-z)), "tanh": np.tanh(z), "ReLU": np.maximum(0, z),
        "leaky ReLU": np.maximum(0, z) + 0.01 * z, "ELU": np.where(z > 0, z, np.exp(z) - 1),
    }

# %% wrong="act-values"
# Your ELU jumps at 0: left of it, it comes from −1 and must arrive at 0. What is e⁰?
def activations(z):
    return {
        "sigmoid": 1 / (1 + np.exp(-z)), "tanh": np.tanh(z), "ReLU": np.maximum(0, z),
        "leaky ReLU": np.where(z > 0, z, 0.01 * z), "ELU": np.where(z > 0, z, np.exp(z)),
    }

# %% wrong="act-values"
# That is the size |z|. A ReLU does not turn negative sums round, it sets them to 0.
def activations(z):
    return {
        "sigmoid": 1 / (1 + np.exp(-z)), "tanh": np.tanh(z), "ReLU": np.abs(z),
        "leaky ReLU": np.where(z > 0, z, 0.01 * z), "ELU": np.where(z > 0, z, np.exp(z) - 1),
    }

# %% wrong="act-values"
# Your ReLU is the step, 0 or 1. Right of 0 a ReLU lets z itself through.
def activations(z):
    return {
        "sigmoid": 1 / (1 + np.exp(-z)), "tanh": np.tanh(z), "ReLU": np.where(z > 0, 1.0, 0.0),
        "leaky ReLU": np.where(z > 0, z, 0.01 * z),
        "ELU": np.where(z > 0, z, np.exp(z) - 1),
    }

# %% wrong="act-values"
# Your leaky ReLU gives its slope left of 0. There the value is that slope times z.
def activations(z):
    return {
        "sigmoid": 1 / (1 + np.exp(-z)), "tanh": np.tanh(z), "ReLU": np.maximum(0, z),
        "leaky ReLU": np.where(z > 0, z, 0.01),
        "ELU": np.where(z > 0, z, np.exp(z) - 1),
    }

# %% wrong="act-values"
# Your leaky ReLU turns up left of 0. It goes on falling there, only a hundredth as fast.
def activations(z):
    return {
        "sigmoid": 1 / (1 + np.exp(-z)), "tanh": np.tanh(z), "ReLU": np.maximum(0, z),
        "leaky ReLU": np.where(z > 0, z, -0.01 * z),
        "ELU": np.where(z > 0, z, np.exp(z) - 1),
    }

# %% wrong="act-values"
# Your ELU lies above 0 on the left. It comes from −1: which term is to be subtracted?
def activations(z):
    return {
        "sigmoid": 1 / (1 + np.exp(-z)), "tanh": np.tanh(z), "ReLU": np.maximum(0, z),
        "leaky ReLU": np.where(z > 0, z, 0.01 * z),
        "ELU": np.where(z > 0, z, 1 - np.exp(z)),
    }

# %% wrong="act-values"
# Your ELU has the 1 in the exponent. The 1 is subtracted from the power, not from z.
def activations(z):
    return {
        "sigmoid": 1 / (1 + np.exp(-z)), "tanh": np.tanh(z), "ReLU": np.maximum(0, z),
        "leaky ReLU": np.where(z > 0, z, 0.01 * z),
        "ELU": np.where(z > 0, z, np.exp(z - 1)),
    }

# %% wrong="act-values"
# `max` wants a single yes or no, and z is an array. `np.maximum` compares number by number.
def activations(z):
    return {
        "sigmoid": 1 / (1 + np.exp(-z)), "tanh": np.tanh(z), "ReLU": max(0, z),
        "leaky ReLU": np.where(z > 0, z, 0.01 * z), "ELU": np.where(z > 0, z, np.exp(z) - 1),
    }

# %%
check("act-values", activations)

# %% [markdown]
# ### Exercise 2: their slopes
#
# The same five names, now $f'(z)$. Use your `activations`: some slopes are made of the value itself.

# %% exercise="act-slopes" points=2
def slopes(z):
    """The slopes at z: a dict with the same five names, arrays like z."""
    ### BEGIN SOLUTION
    f = activations(z)
    return {
        "sigmoid": f["sigmoid"] * (1 - f["sigmoid"]),
        "tanh": 1 - f["tanh"] ** 2,
        "ReLU": np.where(z > 0, 1.0, 0.0),
        "leaky ReLU": np.where(z > 0, 1.0, 0.01),
        "ELU": np.where(z > 0, 1.0, np.exp(z)),
    }
    ### END SOLUTION

# %% inputs="act-slopes"
def inputs(rng):
    return (rng.normal(size=(2, 3)) * 2,)

# %% wrong="act-slopes"
# In s (1 − s) the letter s is the sigmoid's value at z, not z itself.
def slopes(z):
    f = activations(z)
    return {
        "sigmoid": z * (1 - z), "tanh": 1 - f["tanh"] ** 2, "ReLU": np.where(z > 0, 1.0, 0.0),
        "leaky ReLU": np.where(z > 0, 1.0, 0.01), "ELU": np.where(z > 0, 1.0, np.exp(z)),
    }

# %% wrong="act-slopes"
# The slope of tanh is 1 minus the square of its value; your square is missing.
def slopes(z):
    f = activations(z)
    return {
        "sigmoid": f["sigmoid"] * (1 - f["sigmoid"]), "tanh": 1 - f["tanh"],
        "ReLU": np.where(z > 0, 1.0, 0.0), "leaky ReLU": np.where(z > 0, 1.0, 0.01),
        "ELU": np.where(z > 0, 1.0, np.exp(z)),
    }

# %% wrong="act-slopes"
# For the ReLU you return its value. How steep is it where it is on?
def slopes(z):
    f = activations(z)
    return {
        "sigmoid": f["sigmoid"] * (1 - f["sigmoid"]), "tanh": 1 - f["tanh"] ** 2,
        "ReLU": f["ReLU"], "leaky ReLU": np.where(z > 0, 1.0, 0.01),
        "ELU": np.where(z > 0, 1.0, np.exp(z)),
    }

# %% wrong="act-slopes"
# Left of 0 the ELU is e^z − 1. A constant has no slope: it drops out.
def slopes(z):
    f = activations(z)
    return {
        "sigmoid": f["sigmoid"] * (1 - f["sigmoid"]), "tanh": 1 - f["tanh"] ** 2,
        "ReLU": np.where(z > 0, 1.0, 0.0), "leaky ReLU": np.where(z > 0, 1.0, 0.01),
        "ELU": np.where(z > 0, 1.0, np.exp(z) - 1),
    }

# %% wrong="act-slopes"
# For the leaky ReLU you return its value left of 0. How steep is the line 0.01 z?
def slopes(z):
    f = activations(z)
    return {
        "sigmoid": f["sigmoid"] * (1 - f["sigmoid"]), "tanh": 1 - f["tanh"] ** 2,
        "ReLU": np.where(z > 0, 1.0, 0.0), "leaky ReLU": np.where(z > 0, 1.0, 0.01 * z),
        "ELU": np.where(z > 0, 1.0, np.exp(z)),
    }

# %%
check("act-slopes", slopes)

# %% [markdown]
# This explorer draws **your** values and **your** slopes, and says where they differ from nnkit's.

# %%
ActivationFunctions(functions=activations, slopes=slopes, activation="ELU", z=-1.0)

# %% [markdown]
# ## 3 What one wishes for
#
# - **A bend.** A straight line would be no activation at all (section 4).
# - **Slopes near 1**, so that gradients neither fade nor grow, and no flat places.
# - **Values around 0.** Sigmoids only send positive numbers on. The gradient of a weight is its
#   input times the gradient of the unit; if all inputs are positive, all weights into a unit must
#   rise together or fall together: see the signs below.
# - **Cheap** to compute. Being smooth is nice, but a kink does no harm; being monotone is not
#   needed either (GELU is not).
#
# None has it all. ReLU is cheap and has slope 1 on one side; its values are not around 0, and its
# other side is flat.

# %%
rng = np.random.default_rng(0)
sums = rng.normal(size=6)
for name, inputs_of_unit in [("sigmoid", 1 / (1 + np.exp(-sums))), ("tanh", np.tanh(sums))]:
    print(f"{name:8} gradient of six weights, for one sample: {(inputs_of_unit * 0.5).round(2)}")

# %% [markdown]
# > **Set right.** "ReLU does not saturate." Not on the right side. Left of 0 it is as flat as
# > anything can be: slope exactly 0. A unit that is there for *every* sample gets no gradient, so
# > it can't come back: it is **dead**. One large step can do that.

# %%
X = nnkit.tensor(np.linspace(-1, 1, 20)[:, None], dtype=nnkit.float32)
for name, function in [("ReLU", F.relu), ("leaky ReLU", F.leaky_relu), ("ELU", F.elu)]:
    w = nnkit.tensor([[1.0]], requires_grad=True)
    b = nnkit.tensor([-3.0], requires_grad=True)  # off for all 20 samples
    optimiser = optim.SGD([w, b], lr=0.3)
    for _ in range(500):
        optimiser.zero_grad()
        ((function(X @ w + b) - 1) ** 2).mean().backward()  # the unit should answer 1
        optimiser.step()
    print(f"{name:10} bias after 500 steps: {b.item():.2f}, weight {w.item():.2f}")

# %% [markdown]
# The ReLU has not moved at all. The two others are back: where the slope is not 0, there is a way.
#
# ### Which one where
#
# | place | choose | because |
# |:--|:--|:--|
# | hidden layers | ReLU, or GELU in transformers | slope 1, cheap; start with Kaiming (06) |
# | hidden, few units | tanh | smooth, around 0; start with Xavier (06) |
# | hidden, units die | leaky ReLU, ELU | never quite flat on the left |
# | output, yes or no | sigmoid | a chance from 0 to 1; several labels: one each |
# | output, one of $n$ | softmax | chances that add up to 1 (lesson 03) |
# | output, any number | none | a ReLU there could never say −3 |
# | output, above 0 | softplus | a length, a spread |
#
# ## 4 Without a bend: the collapse
#
# A **dense** (or fully connected) layer takes a row $x$ and gives $xW + b$; $W$ has a row for each
# input and a column for each unit. Put a second one behind it:
#
# $$(xW_1 + b_1)W_2 + b_2 = x\,(W_1 W_2) + (b_1 W_2 + b_2)$$
#
# That is one dense layer again, with the matrix $W_1 W_2$ and the bias $b_1 W_2 + b_2$. Repeat it,
# and a stack of any depth collapses. If the output is a sigmoid, the whole stack is a sigmoid of
# one linear score: **logistic regression** (lesson 03).

# %% jupyter={"source_hidden": true}
predict(
    "act-deep-linear",
    "Two moons; five layers, 151 parameters, no activation but a sigmoid at the end. And logistic "
    "regression, with 3 parameters. Which has more of them right?",
    {
        "The five layers, by far": "Five layers, and still one straight border.",
        "Both the same": "Both can draw any straight line and nothing else.",
        "Logistic regression, by far": "The five layers can be any line, too.",
    },
    "Both the same",
)

# %% [markdown]
# ### Exercise 3: collapse
#
# `layers` is a list of pairs `(W, b)`. Return the one pair that does the work of all of them.

# %% exercise="act-collapse" points=2
def collapse(layers):
    """(W, b) of the single dense layer that equals these dense layers, one after another."""
    ### BEGIN SOLUTION
    W, b = layers[0]
    for W_next, b_next in layers[1:]:
        W, b = W @ W_next, b @ W_next + b_next
    return W, b
    ### END SOLUTION

# %% inputs="act-collapse"
def inputs(rng):
    return tuple(rng.normal(size=shape) for shape in ((3, 3), 3, (3, 3), 3, (3, 3), 3))

def probe(collapse, W1, b1, W2, b2, W3, b3):
    return collapse([(W1, b1), (W2, b2), (W3, b3)])

# %% wrong="act-collapse"
# The biases do not just add up: b1 passes through the later matrices as well.
def collapse(layers):
    W, b = layers[0]
    for W_next, b_next in layers[1:]:
        W, b = W @ W_next, b + b_next
    return W, b

# %% wrong="act-collapse"
# The order of the matrices: x meets the first layer first, so that W stands on the left.
def collapse(layers):
    W, b = layers[0]
    for W_next, b_next in layers[1:]:
        W, b = W_next @ W, b @ W_next + b_next
    return W, b

# %% wrong="act-collapse"
# You keep the last bias only. What became of the others on their way?
def collapse(layers):
    W, b = layers[0]
    for W_next, b_next in layers[1:]:
        W, b = W @ W_next, b_next
    return W, b

# %% wrong="act-collapse"
# `*` multiplies number by number. Layers one after another are a product of matrices, `@`.
def collapse(layers):
    W, b = layers[0]
    for W_next, b_next in layers[1:]:
        W, b = W * W_next, b @ W_next + b_next
    return W, b

# %% wrong="act-collapse"
# Your b meets the product of all matrices so far. It has only the next layer's still before it.
def collapse(layers):
    W, b = layers[0]
    for W_next, b_next in layers[1:]:
        W = W @ W_next
        b = b @ W + b_next
    return W, b

# %% wrong="act-collapse"
# Each layer adds its own bias, too: where is b_next?
def collapse(layers):
    W, b = layers[0]
    for W_next, b_next in layers[1:]:
        W, b = W @ W_next, b @ W_next
    return W, b

# %%
check("act-collapse", collapse)

# %% [markdown]
# Train both on the moons, one layer and five, then let **your** `collapse` melt the five layers
# down to three numbers. (`nn.Linear` keeps its matrix the other way round, a row for each unit:
# hence the `.T`.) The two nets may differ by a point or two near the border, where training has
# stopped a little apart.

# %%
def moons_net(*sizes, seed=0):
    """A trained net without activation for the two moons, and its data."""
    X, y = data.moons(300, 0.15, generator=nnkit.Generator().manual_seed(1))
    y = y.to(nnkit.float32)[:, None]
    nnkit.manual_seed(seed)
    net = nn.Sequential(*[nn.Linear(a, b) for a, b in pairwise(sizes)])
    loss = F.binary_cross_entropy_with_logits
    train.fit(net, loss, optim.Adam(net.parameters(), lr=0.02), (X, y), epochs=400, progress=False)
    return net, X.numpy(), y.numpy().astype(bool)


for sizes in [(2, 1), (2, 6, 6, 6, 6, 1)]:
    net, X, y = moons_net(*sizes)
    said = net(nnkit.tensor(X)).detach().numpy() > 0
    count = sum(p.numel() for p in net.parameters())
    print(f"layers {sizes}: {count} parameters, {np.mean(said == y):.1%} right")
melted = collapse([(layer.weight.detach().numpy().T, layer.bias.detach().numpy()) for layer in net])
if melted is None:
    print("Solve exercise 3 first.")
else:
    W, b = melted
    same = np.mean((X @ W + b > 0) == said)
    print(f"melted down to {W.size + b.size} numbers: the same answer for {same:.0%} of the points")

# %% [markdown]
# ## 5 With a bend: the multilayer network
#
# Put an activation between the layers, and the product no longer melts. A network of dense layers
# with bends between them is called a **multilayer perceptron**, MLP (though its units are no
# perceptrons: they have no step). Books like to write it for one sample as a column,
#
# $$\text{two layers: } W_2 \max(0, W_1 x) \qquad
# \text{three layers: } W_3 \max(0, W_2 \max(0, W_1 x))$$
#
# with the biases left out. With samples as rows, as in our code, the factors stand the other way
# round: $\max(0, XW_1 + b_1)\,W_2 + b_2$. There is **no activation behind the last layer**: what
# comes out are scores, and the loss does the rest.
#
# One unit $j$ of a layer computes $b_j + \sum_i x_i W_{ij}$.
#
# ### Exercise 4: a dense layer, in loops
#
# For a single sample `x`. Write it with two loops, without `@`, to see what it does. (The check
# takes `@` as well, but then the comparison after exercise 5 has nothing to compare.)

# %% exercise="act-dense" points=1
def dense(x, W, b):
    """The outputs of a dense layer for one sample: x (inputs,), W (inputs, units), b (units,)."""
    ### BEGIN SOLUTION
    outputs = []
    for j in range(len(b)):
        total = b[j]
        for i in range(len(x)):
            total = total + x[i] * W[i, j]
        outputs.append(total)
    return np.array(outputs)
    ### END SOLUTION

# %% inputs="act-dense"
def inputs(rng):
    return rng.normal(size=3), rng.normal(size=(3, 3)), rng.normal(size=3)

# %% wrong="act-dense"
# W has a row for each input and a column for each unit: input i to unit j is W[i, j].
def dense(x, W, b):
    return np.array([b[j] + sum(x[i] * W[j, i] for i in range(len(x))) for j in range(len(b))])

# %% wrong="act-dense"
# The bias comes once for each unit; you add it again with every input.
def dense(x, W, b):
    return np.array([sum(x[i] * W[i, j] + b[j] for i in range(len(x))) for j in range(len(b))])

# %% wrong="act-dense"
# The bias is missing: without it every border would have to pass through the origin.
def dense(x, W, b):
    return np.array([sum(x[i] * W[i, j] for i in range(len(x))) for j in range(len(b))])

# %% wrong="act-dense"
# Your sum goes on from unit to unit. Each unit starts anew, from its own bias.
def dense(x, W, b):
    outputs, total = [], 0.0
    for j in range(len(b)):
        total = total + b[j]
        for i in range(len(x)):
            total = total + x[i] * W[i, j]
        outputs.append(total)
    return np.array(outputs)

# %%
check("act-dense", dense)

# %% [markdown]
# ### Exercise 5: the whole network, vectorised
#
# Now all samples at once (`X` has a row for each) and any number of layers. `activation` is a
# function, such as `np.tanh`; it stands behind every layer but the last.

# %% exercise="act-forward" points=2
def forward(X, layers, activation):
    """The scores, shape (samples, outputs), of an MLP; layers: a list of pairs (W, b)."""
    ### BEGIN SOLUTION
    for W, b in layers[:-1]:
        X = activation(X @ W + b)
    W, b = layers[-1]
    return X @ W + b
    ### END SOLUTION

# %% inputs="act-forward"
def inputs(rng):
    shapes = (2, 4), 4, (4, 3), 3, (3, 2), 2
    parts = [rng.normal(size=shape) for shape in shapes]
    return rng.normal(size=(3, 2)), *parts, str(rng.choice(["tanh", "relu"]))

def probe(forward, X, W1, b1, W2, b2, W3, b3, activation):
    bend = np.tanh if activation == "tanh" else lambda z: np.maximum(0, z)
    return forward(X, [(W1, b1), (W2, b2), (W3, b3)], bend)

# %% wrong="act-forward"
# The last layer gives scores: no activation behind it. (A ReLU there could never say a negative.)
def forward(X, layers, activation):
    for W, b in layers:
        X = activation(X @ W + b)
    return X

# %% wrong="act-forward"
# Without the activation this is one linear map, however many layers: see section 4.
def forward(X, layers, activation):
    for W, b in layers:
        X = X @ W + b
    return X

# %% wrong="act-forward"
# The bias belongs inside: add it first, then bend the whole sum.
def forward(X, layers, activation):
    for W, b in layers[:-1]:
        X = activation(X @ W) + b
    W, b = layers[-1]
    return X @ W + b

# %% wrong="act-forward"
# You bend what goes into each layer, the inputs of the net as well. Bend what comes out.
def forward(X, layers, activation):
    for W, b in layers:
        X = activation(X) @ W + b
    return X

# %% wrong="act-forward"
# You bend with one function whatever is asked for. `activation` is handed to you: call that.
def forward(X, layers, activation):
    for W, b in layers[:-1]:
        X = np.tanh(X @ W + b)
    W, b = layers[-1]
    return X @ W + b

# %% wrong="act-forward"
# You bend the end only. The bends belong behind all layers *but* the last.
def forward(X, layers, activation):
    for W, b in layers:
        X = X @ W + b
    return activation(X)

# %%
check("act-forward", forward)

# %% [markdown]
# Loop against product: the same numbers, but the product hands all of them to the processor at
# once. How many times as fast is your `forward` (with a single layer) as your `dense`?

# %%
rng = np.random.default_rng(0)
X, W, b = rng.normal(size=(200, 32)), rng.normal(size=(32, 16)), rng.normal(size=16)
if dense(X[0], W, b) is None or forward(X, [(W, b)], np.tanh) is None:
    print("Solve exercises 4 and 5 first.")
else:
    begin = time.perf_counter()
    looped = np.array([dense(x, W, b) for x in X])
    middle = time.perf_counter()
    at_once = forward(X, [(W, b)], np.tanh)
    end = time.perf_counter()
    print("the same numbers:", np.allclose(looped, at_once))
    print(f"at once it is {(middle - begin) / (end - middle):.0f} times as fast")

# %% [markdown]
# ## 6 The Playground
#
# Inputs enter on the left. Every hidden unit is a small map: what the unit says at each point of
# the plane, white where it is 0. An edge is thicker the larger its weight is. Then comes the
# output, the chance of class 1; filled points are for training, hollow ones for testing. If the
# last hidden layer has two units, its **hidden space** is drawn as well: their two outputs are the
# axes, the grid of the plane is bent into it, and there the output's border is a straight line.
#
# **Change anything, at any time**: a new activation, optimiser, `lr`, penalty, dropout or batch
# size counts from the present epoch on ("turned so far" keeps the list, and the loss curve has a
# dotted line at each turn); new data, layers or first weights start a new training.
# Slide **epochs** back, and you see the past as it was; **Reset** brings back the beginning.
#
# Below the picture stands each layer's **update-to-weight ratio**, the size of a step divided by
# the size of the weights. About 0.001 is healthy. Far below, a layer sleeps; far above, it jumps
# about.
#
# 1. Press **from epoch 0**, then **Play**. Which units find a border, and how does the output put
#    them together?
# 2. Take the preset "no activation". Add layers. Does the border ever bend?
# 3. Take the preset "four sigmoid layers", press **Play**, and read the update-to-weight ratios,
#    first layer to last. What is wrong? Choose the **activation** tanh *while it plays*.
# 4. Take the preset "lr 10: the ReLUs die". What does a dead unit's map look like?
# 5. Press **Reset**. Write "2" for the hidden layers, then "3". Why do two units not close the
#    ring?

# %%
Playground(data="circles", hidden="4 2", epochs=60)

# %% [markdown]
# ## 7 What can such a network be?
#
# One unit $w \max(0, x - k)$ with a single input is a **hinge**: 0 up to the **knot** $k$, then a
# straight line of slope $w$. A sum of hinges bends at each knot, and between them it is straight.

# %% jupyter={"source_hidden": true}
predict(
    "act-bump",
    "A bump: 0 up to x = 0, up to height 1 at x = 1, down to 0 at x = 2, and 0 from there on. "
    "Which weights must the hinges at 0, 1 and 2 have?",
    {
        "1, −1, 0": "From 1 on the slopes would add up to 0: it stays at the height of 1.",
        "1, −1, 1": "Between 1 and 2 the slope would be 0, and then it would rise again.",
        "1, −2, 1": "Slopes 1, then 1 − 2 = −1, then 0: each weight is a change of slope.",
    },
    "1, −2, 1",
)

# %% [markdown]
# Press **Play** and watch the units being added. Then drag the knots; click to add some.

# %%
ReluSum()

# %% [markdown]
# ### Exercise 6: a curve from hinges
#
# Given knots $(x_0, y_0), \dots, (x_n, y_n)$ from left to right, find the bias $b$ and the weights
# $w_0, \dots, w_{n-1}$ for which
#
# $$f(x) = b + \sum_{k=0}^{n-1} w_k \max(0, x - x_k)$$
#
# runs straight from knot to knot. Left of $x_0$ all hinges are 0. The slope from $x_k$ to $x_{k+1}$
# is $(y_{k+1} - y_k)/(x_{k+1} - x_k)$, and each weight *changes* the slope from what it was.

# %% exercise="act-hinges" points=2
def hinges(xs, ys):
    """(b, w): a number, and an array with one weight for each knot but the last."""
    ### BEGIN SOLUTION
    steepness = (ys[1:] - ys[:-1]) / (xs[1:] - xs[:-1])
    w = steepness.copy()
    w[1:] -= steepness[:-1]
    return ys[0], w
    ### END SOLUTION

# %% inputs="act-hinges"
def inputs(rng):
    n = int(rng.integers(4, 7))
    return np.cumsum(rng.uniform(0.2, 1, size=n)) - 1, rng.normal(size=n)

# %% wrong="act-hinges"
# Those are the slopes themselves. But hinges stay bent: a new one only adds the change of slope.
def hinges(xs, ys):
    return ys[0], (ys[1:] - ys[:-1]) / (xs[1:] - xs[:-1])

# %% wrong="act-hinges"
# The bias is the height left of all hinges, where only the first knot can tell it.
def hinges(xs, ys):
    steepness = (ys[1:] - ys[:-1]) / (xs[1:] - xs[:-1])
    return 0.0, np.diff(steepness, prepend=0)

# %% wrong="act-hinges"
# A slope is rise by run: divide by the distance of the knots.
def hinges(xs, ys):
    return ys[0], np.diff(ys[1:] - ys[:-1], prepend=0)

# %% wrong="act-hinges"
# The first hinge is missing: before it the slope is 0, so its weight is the whole first slope.
def hinges(xs, ys):
    steepness = (ys[1:] - ys[:-1]) / (xs[1:] - xs[:-1])
    return ys[0], np.diff(steepness, prepend=steepness[0])

# %% wrong="act-hinges"
# The sign: the change is the new slope minus the old one.
def hinges(xs, ys):
    steepness = (ys[1:] - ys[:-1]) / (xs[1:] - xs[:-1])
    return ys[0], -np.diff(steepness, prepend=2 * steepness[0])

# %% wrong="act-hinges"
# You subtract the weight before. A new hinge changes the *slope*, which all hinges so far make.
def hinges(xs, ys):
    steepness = (ys[1:] - ys[:-1]) / (xs[1:] - xs[:-1])
    w = steepness.copy()
    for k in range(1, len(w)):
        w[k] = steepness[k] - w[k - 1]
    return ys[0], w

# %%
check("act-hinges", hinges)

# %% [markdown]
# **Your** hinges, first on the bump of the guess, then on a sine with more and more units.

# %%
def built(f, units, x):
    """Your sum of hinges with knots on f, from -1 to 1, at the places x; None if it is to do."""
    knots = np.linspace(-1, 1, units + 1)
    found = hinges(knots, f(knots))
    if found is None:
        return None
    b, w = found
    return b + np.maximum(0, x[:, None] - knots[:-1]) @ w


x = np.linspace(-1, 1, 2001)
bump = hinges(np.array([0.0, 1, 2, 3]), np.array([0.0, 1, 0, 0]))
if bump is None:
    print("Solve exercise 6 first.")
else:
    print("weights of the bump:", bump[1])
    for units in [6, 12, 24, 48]:
        error = abs(built(lambda v: np.sin(np.pi * v), units, x) - np.sin(np.pi * x)).max()
        print(f"sine, {units:2} units: at most {error:.4f} off")

# %%
ReluSum(hinges=hinges, target="bump", units=8)

# %% [markdown]
# Twice the units, a quarter of the error: as near as you like. This is the idea behind the
# **universal approximation theorem** (Cybenko 1989, Hornik 1991, Leshno and others 1993): a single
# hidden layer with enough units comes as near as you like to any *continuous* function on a
# *closed and bounded* (compact) set, if and only if the activation is *not a polynomial*.
#
# > **Set right.** "One hidden layer can represent any function." Each of the words in italics is
# > needed, and none of them says that training finds the weights:

# %%
def jump(v):
    return np.where(v < 1 / 3, -0.8, 0.8)


def sine(v):
    return np.sin(np.pi * v)


beside, outside = np.array([1 / 3 - 1e-9, 1 / 3 + 1e-9]), np.array([2.5, 4.5])
for units in [6, 50, 400]:
    at = np.linspace(-1, 1, units + 1)
    error = abs(np.interp(beside, at, jump(at)) - jump(beside)).max()
    last_slope = (sine(at[-1]) - sine(at[-2])) / (at[-1] - at[-2])
    far = abs(sine(at[-1]) + last_slope * (outside - 1) - sine(outside)).max()
    print(f"{units:3} units: {error:.1f} off at a jump, {far:.1f} off outside, at x = 2.5 or 4.5")

rng = np.random.default_rng(0)
for name, function in [("z^2", np.square), ("tanh", np.tanh)]:
    errors = []
    for units in [5, 50, 500]:
        H = np.c_[function(np.outer(x, rng.normal(size=units)) * 4 + rng.normal(size=units) * 2)]
        best = np.linalg.lstsq(np.c_[H, np.ones(len(x))], abs(x), rcond=None)[0]
        errors.append(abs(np.c_[H, np.ones(len(x))] @ best - abs(x)).max())
    print(f"|x| from 5, 50, 500 units of {name:4}:", np.round(errors, 3))

# %% [markdown]
# At the jump a continuous curve must pass through all heights in between, so that it stays off by
# half the jump or more. Outside the knots the sum goes straight on. A sum of squares is a parabola,
# however many there are. So what about finding the weights? Twelve hinges by hand are at most 0.033
# off the sine. Now by training:

# %%
X, y = nnkit.tensor(x[:, None], dtype=nnkit.float32), nnkit.tensor(sine(x)[:, None])
errors = []
for seed in range(5):
    nnkit.manual_seed(seed)
    net = nn.Sequential(nn.Linear(1, 12), nn.ReLU(), nn.Linear(12, 1))
    pair = X[::20], y[::20].to(nnkit.float32)
    train.fit(net, F.mse_loss, optim.Adam(net.parameters(), lr=0.02), pair, epochs=600,
              progress=False)
    errors.append(abs(net(X).detach().numpy() - y.numpy()).max())
print(f"12 trained units, five starts: the best is at most {min(errors):.1f} off, the worst "
      f"{max(errors):.1f}; as near as by hand: {sum(np.array(errors) < 0.034)} of 5")

# %% [markdown]
# ## 8 What does it cost?
#
# A dense layer from $a$ inputs to $c$ units has $a \cdot c$ weights and $c$ biases, so $(a+1)\,c$
# parameters. The inputs are no layer: they have none.

# %%
for sizes in [(2, 4, 1), (2, 8, 8, 1), (64, 128, 10)]:
    parts = [f"({a} + 1)·{c}" for a, c in pairwise(sizes)]
    total = sum((a + 1) * c for a, c in pairwise(sizes))
    print(f"{'-'.join(map(str, sizes)):10} {' + '.join(parts)} = {total}")

# %% [markdown]
# ### Exercise 7: the cheapest that is good enough
#
# `nets` is a list of sizes such as `(2, 4, 1)`: inputs, hidden layers, outputs. `accuracies` holds
# one number for each. Among the nets that reach at least `goal`, find the one with the fewest
# parameters. Return its position in the list, counted from 0, and its number of parameters. At
# least one net reaches the goal, and no two nets have equally many parameters.

# %% exercise="act-cheapest" points=2
def cheapest(nets, accuracies, goal):
    """(position, parameters) of the net with the fewest parameters among those that reach goal."""
    ### BEGIN SOLUTION
    best = None
    for position, sizes in enumerate(nets):
        count = 0
        for n in range(1, len(sizes)):
            count += (sizes[n - 1] + 1) * sizes[n]
        if accuracies[position] >= goal and (best is None or count < best[1]):
            best = position, count
    return best
    ### END SOLUTION

# %% inputs="act-cheapest"
def inputs(rng):
    nets = [(2, 10, 1), (2, 5, 4, 1), (2, 3, 1), (2, 6, 1), (2, 4, 4, 1), (2, 8, 8, 1)]
    low, high = rng.choice([0.85, 0.9], size=6), rng.choice([0.95, 0.97], size=6, p=[0.7, 0.3])
    reached = np.arange(6) < 2  # the second has fewer units than the first, but more parameters
    reached |= rng.random(6) < 0.2
    order = rng.permutation(6)
    return [nets[i] for i in order], np.where(reached, high, low)[order], 0.95

# %% wrong="act-cheapest"
# The biases are missing in your count: one for each unit that is not an input.
def cheapest(nets, accuracies, goal):
    found = [(sum(a * c for a, c in pairwise(s)), i)
             for i, s in enumerate(nets) if accuracies[i] >= goal]
    return min(found)[1], min(found)[0]

# %% wrong="act-cheapest"
# You choose by the number of units. Fewer units may well need more weights between them.
def cheapest(nets, accuracies, goal):
    found = [(sum(s[1:]), i) for i, s in enumerate(nets) if accuracies[i] >= goal]
    i = min(found)[1]
    return i, sum((a + 1) * c for a, c in pairwise(nets[i]))

# %% wrong="act-cheapest"
# You take the smallest net of all, whether it reaches the goal or not.
def cheapest(nets, accuracies, goal):
    found = [(sum((a + 1) * c for a, c in pairwise(s)), i) for i, s in enumerate(nets)]
    return min(found)[1], min(found)[0]

# %% wrong="act-cheapest"
# You take the most accurate net. Good enough is enough here: the fewest parameters win.
def cheapest(nets, accuracies, goal):
    i = int(np.argmax(accuracies))
    return i, sum((a + 1) * c for a, c in pairwise(nets[i]))

# %% wrong="act-cheapest"
# A net that reaches exactly the goal has reached it: "at least" is >=.
def cheapest(nets, accuracies, goal):
    found = [(sum((a + 1) * c for a, c in pairwise(s)), i)
             for i, s in enumerate(nets) if accuracies[i] > goal]
    return min(found)[1], min(found)[0]

# %%
check("act-cheapest", cheapest)

# %% [markdown]
# ### The spiral, for as little as possible
#
# Two arms, wound into each other: 200 points to learn from, 200 to be tested on. Each net below is
# trained from three starts, and the *worst* of the three counts. **Your** `cheapest` says who wins
# at a goal of 95 %.

# %%
def spiral_test(hidden, activation=nn.Tanh, lr=0.03, epochs=150, seeds=3):
    """The test accuracy of a net with these hidden layers, the worst of `seeds` starts."""
    X, y = data.spirals(400, 0.05, generator=nnkit.Generator().manual_seed(0))
    y, found = y.to(nnkit.float32)[:, None], []
    for seed in range(seeds):
        nnkit.manual_seed(seed)
        layers = []
        for a, c in pairwise((2, *hidden)):
            layers += [nn.Linear(a, c), activation()]
        net = nn.Sequential(*layers, nn.Linear((2, *hidden)[-1], 1))
        optimiser = optim.Adam(net.parameters(), lr=lr)
        train.fit(net, F.binary_cross_entropy_with_logits, optimiser, (X[:200], y[:200]),
                  epochs=epochs, batch_size=20, progress=False)
        said = net(X[200:]).detach().numpy() > 0
        found.append(np.mean(said == y[200:].numpy().astype(bool)))
    return min(found)


nets = [(2, 1), (2, 3, 1), (2, 5, 1), (2, 8, 1), (2, 4, 4, 1), (2, 8, 8, 1)]
accuracies = np.array([spiral_test(sizes[1:-1]) for sizes in nets])
for sizes, accuracy in zip(nets, accuracies, strict=True):
    print(f"{'-'.join(map(str, sizes)):8} {accuracy:.1%}")
winner = cheapest(nets, accuracies, 0.95)
print("Solve exercise 7 first." if winner is None else f"cheapest: {nets[winner[0]]}, "
      f"{winner[1]} parameters")

# %% [markdown]
# Three units do it; five do not, from one of the three starts. More units make it *easier* to find
# a border, as a rule, but each start has its own luck. Can you do with fewer parameters, or find
# something that holds from 20 starts (`my_seeds = 20`)? Write your claim into the next cell: the
# hidden layers, and how to train them. It is put to the test in front of you. First try it out in
# the Playground below; there the number of parameters stands under the picture. (Who tries many
# claims on the same 200 test points fits the test a little, too: lesson 11.)

# %%
my_hidden, my_activation, my_lr, my_epochs, my_seeds = (8,), nn.Tanh, 0.03, 150, 3

reached = spiral_test(my_hidden, my_activation, my_lr, my_epochs, my_seeds)
sizes = (2, *my_hidden, 1)
count = sum((a + 1) * c for a, c in pairwise(sizes))
verdict = "the claim holds" if reached >= 0.95 else "not yet 95 %"
print(f"{count} parameters, {reached:.1%} in the worst of {my_seeds} starts: {verdict}")

# %%
Playground(data="spiral", hidden="8", noise=0.05, activation="tanh", lr=0.03, epochs=100)

# %% [markdown]
# `playground.code()` writes what you see as a script in nnkit, if you give the explorer a name:
# `playground = Playground(...)`, then `print(playground.code())`.
#
# ## 9 From here to PyTorch
#
# Activations are functions or layers there, just as here. Change the import, and the cell prints
# the same.

# %% tags=["runs-on-pytorch"]
import nnkit as torch

z = torch.tensor([-2.0, -0.5, 0.5, 2.0])
names = "Sigmoid", "Tanh", "ReLU", "LeakyReLU", "ELU", "GELU", "Softplus"
for name in names:
    point = z.clone().requires_grad_()
    values = getattr(torch.nn, name)()(point)
    values.sum().backward()
    print(f"{name:10}", [round(v, 3) + 0.0 for v in values.tolist()],
          "slopes", [round(v, 3) + 0.0 for v in point.grad.tolist()])

# %% [markdown]
# ## Recap
#
# - An activation bends what a layer computes. Without it a stack of layers collapses to one; with a
#   sigmoid at its end, to logistic regression.
# - Gradients are multiplied by slopes: at most 0.25 for a sigmoid, so ten of them leave a
#   millionth. ReLU has slope 1, or exactly 0: units that are off for every sample are dead.
# - Hidden layers: ReLU and its kin, or tanh. Output: sigmoid, softmax or none, as the task asks.
# - A sum of hinges comes as near as you like to a *continuous* curve on a *bounded* set. That it
#   exists does not mean that training finds it.
# - A dense layer from $a$ to $c$ has $(a+1)\,c$ parameters.
#
# | term | 中文 | | term | 中文 |
# |:--|:--|:--|:--|:--|
# | activation function | 激活函数 | | saturation | 饱和 |
# | vanishing gradient | 梯度消失 | | dead unit | 死亡神经元 |
# | ReLU | 修正线性单元 | | dense (fully connected) layer | 全连接层 |
# | hidden layer | 隐藏层 | | multilayer perceptron (MLP) | 多层感知机 |
# | logistic regression | 逻辑回归 | | universal approximation | 通用近似（万能逼近） |
# | piecewise linear | 分段线性 | | parameter | 参数 |

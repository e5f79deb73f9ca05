# %% [markdown]
# # 05 Gradient descent

# %% tags=["setup"]
import numpy as np

from nnkit.course import check, predict

# %% exercise="gd-step" points=1
def step(w, grad, lr):
    """One step of gradient descent: the new w, from w, the gradient there, and the learning rate lr."""
    ### BEGIN SOLUTION
    return w - lr * grad
    ### END SOLUTION

# %% inputs="gd-step"
def inputs(rng):
    return rng.normal(size=3), rng.normal(size=3), rng.uniform(0.01, 1)

# %% wrong="gd-step"
# You move with the gradient, and it points uphill. Which sign takes you down?
def step(w, grad, lr):
    return w + lr * grad

# %% wrong="gd-step"
# The learning rate is missing: the step is lr times the gradient.
def step(w, grad, lr):
    return w - grad

# %%
check("gd-step", step)

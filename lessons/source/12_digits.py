# %% [markdown]
# # 12 Digits
#
# The last lesson puts everything together. You build a network that reads handwritten digits, out
# of functions that you write yourself: forward pass, gradients, training loop. Then you **draw a
# digit** and watch the layers answer while you draw. And you find out what such a network does
# *not* do, which is at least as instructive.
#
# When you are through, you have trained a classifier with your own code, looked at its mistakes and
# its weights, broken it, mended it with augmentation, and written a convolution. Allow two hours,
# with a pause after section 4.

# %% tags=["setup"]
import numpy as np

import nnkit
from nnkit import data, metrics, nn, optim, train
from nnkit import functional as F
from nnkit.course import check, predict
from widgets import Augmentation, Convolution, DigitErrors, DrawDigit

# %% [markdown]
# ## 1 Draw a digit
#
# Press and drag in the left square. (By keyboard: click the picture or tab to it, move the pen with
# the arrow keys, put it down with Space.) The second picture is what the network gets: 8×8 pixels.
# Then come the 64 units of its hidden layer and its ten probabilities. All of them follow your pen.
#
# 1. Press **Clear** and draw a 7, slowly. When does it decide, and does it change its mind?
# 2. Draw all ten digits. Which of yours does it get wrong? Keep one such drawing: press
#    **Copy state**, and paste it into a cell of your own.
# 3. Take the preset "a house: no digit at all". What are its choices?
# 4. Compare the presets "a small 3 in the corner" and "the same 3, not prepared".

# %%
DrawDigit()

# %% [markdown]
# The network was trained a moment ago, on the data of section 2. Those digits were prepared: set
# upright, scaled to the full height, centred, and brought to about the same amount of ink. Your
# drawing is treated in the same way as far as we know it (about 310 of 1024 cells get ink). With
# **prepare it** on "as drawn" the network gets the drawing as it is, and is lost.
#
# ## 2 The data
#
# 1797 digits, written by 13 people (Alpaydin and Kaynak 1998, UCI Machine Learning Repository, CC
# BY 4.0). Each was a bitmap of 32×32 black and white points. It was cut into blocks of 4×4, and the
# black points in each block were counted: 64 numbers from 0 to 16. Here they are divided by 16.
#
# 500 digits are put aside for the test, 1297 are left to learn from.

# %%
images, labels = data.digits()
split = data.train_test_split(
    images, labels, test_size=500, generator=nnkit.Generator().manual_seed(0)
)
X, X_test, y, y_test = (part.numpy() for part in split)
print(f"{len(images)} digits: {len(X)} to learn from, {len(X_test)} for the test")
print("of each digit, to learn from:", np.bincount(y))
print(f"digit number 1 is a {y[1]}; its 64 counts:")
print((16 * X[1]).astype(int).reshape(8, 8))

# %% [markdown]
# ## 3 Your network
#
# One hidden layer of 32 ReLU units, and a softmax (lessons 03, 04 and 09). A batch $X$ has a row
# for each digit:
#
# $$H = \max(0, XW_1 + b_1) \qquad S = HW_2 + b_2 \qquad
# P_{ik} = \frac{e^{S_{ik}}}{\sum_j e^{S_{ij}}}$$
#
# ### Exercise 1: the forward pass
#
# Return both $H$ and $P$: the backward pass needs $H$ again, and the explorers show it. Take care
# that large scores don't overflow (lesson 03).

# %% exercise="dig-forward" points=1
def forward(X, W1, b1, W2, b2):
    """(H, P): hidden answers (samples, units) and probabilities (samples, classes)."""
    ### BEGIN SOLUTION
    H = np.maximum(0, X @ W1 + b1)
    S = H @ W2 + b2
    E = np.exp(S - S.max(axis=1, keepdims=True))
    return H, E / E.sum(axis=1, keepdims=True)
    ### END SOLUTION

# %% inputs="dig-forward"
def inputs(rng):
    X, W1, b1 = rng.normal(size=(3, 4)), rng.normal(size=(4, 5)), rng.normal(size=5)
    X[0] *= 400  # its scores are far from those of the others
    b2 = rng.normal(size=3) + rng.choice([0, 800])  # exp overflows; float32 still tells 1e-4
    return X, W1, b1, rng.normal(size=(5, 3)), b2

# %% wrong="dig-forward"
# With scores in the thousands e^S overflows, and you get nan. Subtract each row's largest first.
def forward(X, W1, b1, W2, b2):
    H = np.maximum(0, X @ W1 + b1)
    E = np.exp(H @ W2 + b2)
    return H, E / E.sum(axis=1, keepdims=True)

# %% wrong="dig-forward"
# Your probabilities add up to 1 over the whole batch. Each digit, each row, has its own 1.
def forward(X, W1, b1, W2, b2):
    H = np.maximum(0, X @ W1 + b1)
    S = H @ W2 + b2
    E = np.exp(S - S.max(axis=1, keepdims=True))
    return H, E / E.sum()

# %% wrong="dig-forward"
# Each column adds up to 1 in yours. The classes of one digit lie along a row: axis=1.
def forward(X, W1, b1, W2, b2):
    H = np.maximum(0, X @ W1 + b1)
    S = H @ W2 + b2
    E = np.exp(S - S.max(axis=0, keepdims=True))
    return H, E / E.sum(axis=0, keepdims=True)

# %% wrong="dig-forward"
# The hidden units have no bend: without the ReLU, two layers are no more than one.
def forward(X, W1, b1, W2, b2):
    H = X @ W1 + b1
    S = H @ W2 + b2
    E = np.exp(S - S.max(axis=1, keepdims=True))
    return H, E / E.sum(axis=1, keepdims=True)

# %% wrong="dig-forward"
# No ReLU on the scores: they may be negative. Softmax takes them as they are.
def forward(X, W1, b1, W2, b2):
    H = np.maximum(0, X @ W1 + b1)
    S = np.maximum(0, H @ W2 + b2)
    E = np.exp(S - S.max(axis=1, keepdims=True))
    return H, E / E.sum(axis=1, keepdims=True)

# %% wrong="dig-forward"
# You subtract one number for the whole batch. A digit whose scores lie far below it gets 0/0.
def forward(X, W1, b1, W2, b2):
    H = np.maximum(0, X @ W1 + b1)
    S = H @ W2 + b2
    E = np.exp(S - S.max())
    return H, E / E.sum(axis=1, keepdims=True)

# %% wrong="dig-forward"
# Your sums, one a row, are laid along the columns. keepdims=True keeps them upright.
def forward(X, W1, b1, W2, b2):
    H = np.maximum(0, X @ W1 + b1)
    S = H @ W2 + b2
    E = np.exp(S - S.max(axis=1, keepdims=True))
    return H, E / E.sum(axis=1)

# %% wrong="dig-forward"
# Where are the biases? Both layers add theirs.
def forward(X, W1, b1, W2, b2):
    H = np.maximum(0, X @ W1)
    S = H @ W2
    E = np.exp(S - S.max(axis=1, keepdims=True))
    return H, E / E.sum(axis=1, keepdims=True)

# %%
check("dig-forward", forward)

# %% [markdown]
# ### Exercise 2: the gradients
#
# The loss is the mean of $-\ln P$ of the true digit. Go backward, layer by layer. At the scores the
# gradient is $P - Y$, where $Y$ has a 1 at each true class, divided by the number of samples
# (lesson 03). For a layer $S = HW + b$ with the gradient $G$ at $S$ (lesson 04):
# $dW = H^\top G$, $db$ = the sum of $G$ over the samples, $dH = G W^\top$. A ReLU lets the gradient
# pass where it was on. (The check uses fewer than ten classes: P has a column for each.)

# %% exercise="dig-gradients" points=2
def gradients(X, y, W1, b1, W2, b2):
    """(dW1, db1, dW2, db2) of the mean cross-entropy; y: the true classes, (samples,)."""
    ### BEGIN SOLUTION
    H, P = forward(X, W1, b1, W2, b2)
    G = P.copy()
    G[np.arange(len(y)), y] -= 1
    G /= len(y)
    back = (G @ W2.T) * (H > 0)
    return X.T @ back, back.sum(axis=0), H.T @ G, G.sum(axis=0)
    ### END SOLUTION

# %% inputs="dig-gradients"
def inputs(rng):
    n = int(rng.integers(4, 7))
    X, y = rng.normal(size=(n, 4)), rng.integers(0, 3, size=n)
    W1, b1, W2 = rng.normal(size=(4, 5)), rng.normal(size=5), rng.normal(size=(5, 3))
    return X, y, W1, b1, W2, rng.normal(size=3)

# %% wrong="dig-gradients"
# Those are the gradients of the sum over the batch. The loss is the mean.
def gradients(X, y, W1, b1, W2, b2):
    H, P = forward(X, W1, b1, W2, b2)
    G = P - np.eye(P.shape[1])[y]
    back = (G @ W2.T) * (H > 0)
    return X.T @ back, back.sum(axis=0), H.T @ G, G.sum(axis=0)

# %% wrong="dig-gradients"
# The gradient passes your hidden units as if they had no ReLU. Where H is 0, nothing comes through.
def gradients(X, y, W1, b1, W2, b2):
    H, P = forward(X, W1, b1, W2, b2)
    G = (P - np.eye(P.shape[1])[y]) / len(y)
    back = G @ W2.T
    return X.T @ back, back.sum(axis=0), H.T @ G, G.sum(axis=0)

# %% wrong="dig-gradients"
# The sign: your steps would climb. At the scores it is P minus Y, not Y minus P.
def gradients(X, y, W1, b1, W2, b2):
    H, P = forward(X, W1, b1, W2, b2)
    G = (np.eye(P.shape[1])[y] - P) / len(y)
    back = (G @ W2.T) * (H > 0)
    return X.T @ back, back.sum(axis=0), H.T @ G, G.sum(axis=0)

# %% wrong="dig-gradients"
# A bias acts on every sample, so its gradient is the sum over them; you take the mean once more.
def gradients(X, y, W1, b1, W2, b2):
    H, P = forward(X, W1, b1, W2, b2)
    G = (P - np.eye(P.shape[1])[y]) / len(y)
    back = (G @ W2.T) * (H > 0)
    return X.T @ back, back.mean(axis=0), H.T @ G, G.mean(axis=0)

# %% wrong="dig-gradients"
# You forgot to take the true class off: P alone is not the gradient at the scores.
def gradients(X, y, W1, b1, W2, b2):
    H, P = forward(X, W1, b1, W2, b2)
    G = P / len(y)
    back = (G @ W2.T) * (H > 0)
    return X.T @ back, back.sum(axis=0), H.T @ G, G.sum(axis=0)

# %% wrong="dig-gradients"
# `P[:, y]` is whole columns, for every sample. Each sample has one true class: pair rows with y.
def gradients(X, y, W1, b1, W2, b2):
    H, P = forward(X, W1, b1, W2, b2)
    G = P.copy()
    G[:, y] -= 1
    G /= len(y)
    back = (G @ W2.T) * (H > 0)
    return X.T @ back, back.sum(axis=0), H.T @ G, G.sum(axis=0)

# %% wrong="dig-gradients"
# You multiply by the hidden answers. A ReLU lets the gradient through whole, or not at all.
def gradients(X, y, W1, b1, W2, b2):
    H, P = forward(X, W1, b1, W2, b2)
    G = (P - np.eye(P.shape[1])[y]) / len(y)
    back = (G @ W2.T) * H
    return X.T @ back, back.sum(axis=0), H.T @ G, G.sum(axis=0)

# %% wrong="dig-gradients"
# You bend the gradient itself. What counts is where the unit was on in the forward pass: H > 0.
def gradients(X, y, W1, b1, W2, b2):
    H, P = forward(X, W1, b1, W2, b2)
    G = (P - np.eye(P.shape[1])[y]) / len(y)
    back = np.maximum(0, G @ W2.T)
    return X.T @ back, back.sum(axis=0), H.T @ G, G.sum(axis=0)

# %% wrong="dig-gradients"
# The mean is over the samples. You divide by the number of classes.
def gradients(X, y, W1, b1, W2, b2):
    H, P = forward(X, W1, b1, W2, b2)
    G = (P - np.eye(P.shape[1])[y]) / P.shape[1]
    back = (G @ W2.T) * (H > 0)
    return X.T @ back, back.sum(axis=0), H.T @ G, G.sum(axis=0)

# %%
check("dig-gradients", gradients)

# %% [markdown]
# ### Exercise 3: an epoch of mini-batches
#
# `order` is a random order of the samples. Take `batch_size` of them after another, and after each
# batch let all four arrays take a step of gradient descent: $w \leftarrow w - \text{lr} \cdot dw$.
# The last batch may be smaller. Return the new list `[W1, b1, W2, b2]`; leave the old arrays as
# they are.

# %% exercise="dig-epoch" points=2
def epoch(X, y, weights, order, batch_size, lr):
    """The weights [W1, b1, W2, b2] after one pass over the samples, in that order."""
    ### BEGIN SOLUTION
    for start in range(0, len(order), batch_size):
        batch = order[start : start + batch_size]
        slopes = gradients(X[batch], y[batch], *weights)
        weights = [w - lr * slope for w, slope in zip(weights, slopes)]
    return weights
    ### END SOLUTION

# %% inputs="dig-epoch"
def inputs(rng):
    X, y = rng.normal(size=(7, 4)), rng.integers(0, 3, size=7)
    W1, b1, W2 = rng.normal(size=(4, 5)), rng.normal(size=5), rng.normal(size=(5, 3))
    return X, y, [W1, b1, W2, rng.normal(size=3)], rng.permutation(7), 3, rng.choice([0.5, 1.0])

# %% wrong="dig-epoch"
# You step once, with all samples. After every batch there is a step.
def epoch(X, y, weights, order, batch_size, lr):
    return [w - lr * slope for w, slope in zip(weights, gradients(X, y, *weights))]

# %% wrong="dig-epoch"
# The order is not used: your batches are the samples as they lie there, the same in each epoch.
def epoch(X, y, weights, order, batch_size, lr):
    for start in range(0, len(order), batch_size):
        rows = slice(start, start + batch_size)
        slopes = gradients(X[rows], y[rows], *weights)
        weights = [w - lr * slope for w, slope in zip(weights, slopes)]
    return weights

# %% wrong="dig-epoch"
# The last batch is left out where it is smaller. Its samples count as well.
def epoch(X, y, weights, order, batch_size, lr):
    for start in range(0, len(order) - batch_size + 1, batch_size):
        batch = order[start : start + batch_size]
        slopes = gradients(X[batch], y[batch], *weights)
        weights = [w - lr * slope for w, slope in zip(weights, slopes)]
    return weights

# %% wrong="dig-epoch"
# You shuffle the pictures but not their labels: every digit gets another one's name.
def epoch(X, y, weights, order, batch_size, lr):
    for start in range(0, len(order), batch_size):
        batch = order[start : start + batch_size]
        slopes = gradients(X[batch], y[start : start + batch_size], *weights)
        weights = [w - lr * slope for w, slope in zip(weights, slopes)]
    return weights

# %% wrong="dig-epoch"
# All your gradients are taken at the old weights. Each batch goes on from where the last one ended.
def epoch(X, y, weights, order, batch_size, lr):
    new = list(weights)
    for start in range(0, len(order), batch_size):
        batch = order[start : start + batch_size]
        slopes = gradients(X[batch], y[batch], *weights)
        new = [w - lr * slope for w, slope in zip(new, slopes)]
    return new

# %% wrong="dig-epoch"
# Your steps climb: the loss falls against the gradient.
def epoch(X, y, weights, order, batch_size, lr):
    for start in range(0, len(order), batch_size):
        batch = order[start : start + batch_size]
        slopes = gradients(X[batch], y[batch], *weights)
        weights = [w + lr * slope for w, slope in zip(weights, slopes)]
    return weights

# %% wrong="dig-epoch"
# Your gradients are means over the batch already. Dividing once more shrinks every step.
def epoch(X, y, weights, order, batch_size, lr):
    for start in range(0, len(order), batch_size):
        batch = order[start : start + batch_size]
        slopes = gradients(X[batch], y[batch], *weights)
        weights = [w - lr * slope / batch_size for w, slope in zip(weights, slopes)]
    return weights

# %% wrong="dig-epoch"
# Your function is over after the first batch: the return stands inside the loop.
def epoch(X, y, weights, order, batch_size, lr):
    for start in range(0, len(order), batch_size):
        batch = order[start : start + batch_size]
        slopes = gradients(X[batch], y[batch], *weights)
        weights = [w - lr * slope for w, slope in zip(weights, slopes)]
        return weights

# %%
check("dig-epoch", epoch)

# %% [markdown]
# Now train, with your three functions and nothing else: 30 epochs, batches of 32, learning rate
# 0.2, first weights by Kaiming (lesson 06).

# %%
def first_weights(units, rng):
    """[W1, b1, W2, b2] of a net 64-units-10 before training."""
    W1, W2 = rng.normal(size=(64, units)), rng.normal(size=(units, 10))
    return [W1 * np.sqrt(2 / 64), np.zeros(units), W2 * np.sqrt(2 / units), np.zeros(10)]


def train_net(units=32, epochs=30, change=None, report=False):
    """Trained weights, by your functions, or None before they are written.

    change(X, rng) may make other pictures of X for each epoch.
    """
    rng = np.random.default_rng(0)
    weights = first_weights(units, rng)
    for number in range(epochs + 1):
        if report and number % 10 == 0:
            right = accuracy(X, y, weights), accuracy(X_test, y_test, weights)
            print(f"epoch {number:2}: {right[0]:.1%} of the training digits, {right[1]:.1%} of the "
                  "test digits right")
        if number < epochs:
            pictures = change(X, rng) if change else X
            weights = epoch(pictures, y, weights, rng.permutation(len(X)), 32, 0.2)
    return weights


def accuracy(X, y, weights):
    """The share of the digits that the net reads right."""
    return np.mean(forward(X, *weights)[1].argmax(axis=1) == y)


def solved():
    """True once exercises 1 to 3 return something."""
    one = X[:2], y[:2], first_weights(3, np.random.default_rng(0))
    return (forward(one[0], *one[2]) is not None and gradients(*one[:2], *one[2]) is not None
            and epoch(*one, np.arange(2), 2, 0.1) is not None)


weights = train_net(report=True) if solved() else None
if weights is None:
    print("Solve exercises 1 to 3 first. Until then the cells below use a net of nnkit's.")

# %% [markdown]
# A net of 64·32 + 32 + 32·10 + 10 = 2410 numbers, and every line of it is yours. The explorers take
# it as a function that returns what its layers answer. Draw for **your** net:

# %%
def my_net(pictures):
    """What the layers of your net answer: hidden units and probabilities."""
    return None if weights is None else forward(pictures, *weights)


DrawDigit(model=my_net)

# %% [markdown]
# > **Set right.** "It reads 96 % of the test digits, so it will read 96 % of mine." Only if yours
# > come from the same source. The test digits were chosen at random from the same 13 writers, and
# > were prepared by the same program. A mouse, your hand and our imitation of that program make
# > other pictures. A test set tells how good a net is *on data like it*, and nothing else.
#
# ## 4 Look at the mistakes
#
# Left: the **confusion matrix**. Row: the true digit; column: what the net says. Right: the 64
# weights into each hidden unit, as a picture: its **template**. Go through the mistakes with the
# slider, from the one it was surest of.
#
# 1. Which of the mistakes would you have made, too?
# 2. Which digit is hardest? Which confusions never happen?
# 3. Do the templates look like digits? Compare them with those of lesson 02, which had one template
#    a class. What could a unit be good for that looks at a part of the picture only?

# %%
DigitErrors(model=my_net, weights=None if weights is None else weights[0])

# %% [markdown]
# ### Exercise 4: the most frequent confusion
#
# Given the true digits `y` and what a net `said`, find the confusion that occurs most often. A 3
# read as 5 and a 5 read as 3 are two different confusions. There is exactly one that is most
# frequent.

# %% exercise="dig-confusion" points=1
def worst_confusion(y, said):
    """(true, said, times): of the wrong answers, the pair of digits that occurs most often."""
    ### BEGIN SOLUTION
    counts = np.zeros((10, 10), int)
    for true, answer in zip(y, said):
        if true != answer:
            counts[true, answer] += 1
    true, answer = np.unravel_index(counts.argmax(), counts.shape)
    return int(true), int(answer), int(counts[true, answer])
    ### END SOLUTION

# %% inputs="dig-confusion"
def inputs(rng):
    a, b, c, d, e = (int(k) for k in rng.choice(10, 5, replace=False))
    # a as b is the most frequent; c and d both ways, and all mistakes on c, are more together
    pairs = [(a, b)] * 4 + [(b, a)] + [(c, d)] * 3 + [(d, c)] * 3 + [(c, e)] * 2
    pairs += [(k, k) for k in range(10)] + [(c, c)] * 6
    pairs = [pairs[i] for i in rng.permutation(len(pairs))]
    return tuple(np.array(column) for column in zip(*pairs))

# %% wrong="dig-confusion"
# That pair is a right answer. Leave the diagonal out: only mistakes are confusions.
def worst_confusion(y, said):
    counts = np.zeros((10, 10), int)
    np.add.at(counts, (y, said), 1)
    true, answer = np.unravel_index(counts.argmax(), counts.shape)
    return int(true), int(answer), int(counts[true, answer])

# %% wrong="dig-confusion"
# You return (said, true, times): the true digit comes first.
def worst_confusion(y, said):
    counts = np.zeros((10, 10), int)
    np.add.at(counts, (y, said), y != said)
    true, answer = np.unravel_index(counts.argmax(), counts.shape)
    return int(answer), int(true), int(counts[true, answer])

# %% wrong="dig-confusion"
# You add up both directions. "3 read as 5" and "5 read as 3" are two confusions.
def worst_confusion(y, said):
    counts = np.zeros((10, 10), int)
    np.add.at(counts, (y, said), y != said)
    both = np.triu(counts + counts.T)
    true, answer = np.unravel_index(both.argmax(), both.shape)
    return int(true), int(answer), int(both[true, answer])

# %% wrong="dig-confusion"
# You take the digit with the most mistakes and the most frequent wrong answer, each by itself.
def worst_confusion(y, said):
    wrong = y != said
    true, answer = (np.bincount(part[wrong], minlength=10).argmax() for part in (y, said))
    return int(true), int(answer), int(np.sum(wrong & (y == true) & (said == answer)))

# %% wrong="dig-confusion"
# With arrays as indices `counts[y, said] += 1` counts each pair once. Go through them one by one.
def worst_confusion(y, said):
    counts = np.zeros((10, 10), int)
    counts[y, said] += 1
    counts[np.arange(10), np.arange(10)] = 0
    true, answer = np.unravel_index(counts.argmax(), counts.shape)
    return int(true), int(answer), int(counts[true, answer])

# %%
check("dig-confusion", worst_confusion)

# %%
said = None if weights is None else forward(X_test, *weights)[1].argmax(axis=1)
if said is None or worst_confusion(y_test, said) is None:
    print("Solve exercises 1 to 4 first.")
else:
    true, answer, times = worst_confusion(y_test, said)
    print(f"most frequent confusion: {true} read as {answer}, {times} times")
    print(metrics.confusion_matrix(said, y_test).numpy())

# %% [markdown]
# ## 5 Break it
#
# The next experiments should not depend on how your net turned out, so they use a net of the same
# kind that nnkit trains.

# %%
nnkit.manual_seed(0)
dense = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
train.fit(dense, F.cross_entropy, optim.Adam(dense.parameters(), lr=0.01), (split[0], split[2]),
          epochs=20, batch_size=32, progress=False)


def chances(net, pictures):
    """The probabilities (samples, 10) that a net gives pictures (samples, 64)."""
    with nnkit.no_grad():
        scores = net(nnkit.tensor(pictures, dtype=nnkit.float32))
        return F.softmax(scores, dim=1).numpy()


def right(net, pictures):
    """The share of the test digits that the net reads right."""
    return np.mean(chances(net, pictures).argmax(axis=1) == y_test)


print(f"test digits as they are: {right(dense, X_test):.1%} right")

# %% jupyter={"source_hidden": true}
predict(
    "dig-shift",
    "All test digits are moved to the right by 2 of their 8 pixels. You could still read most. "
    "How many does the net read?",
    {
        "Nearly all: a 3 is a 3 wherever it stands": (
            "For us. Each weight of a dense layer belongs to one pixel, and knows no neighbours."
        ),
        "About half": "Half of them are gone after a shift by a single pixel.",
        "Hardly more than by guessing": "To a dense net the shifted digit is another picture.",
    },
    "Hardly more than by guessing",
)

# %% [markdown]
# ### Exercise 5: shift
#
# Shift the pictures by whole pixels: `right` to the right, `down` downwards; negative numbers go
# the other way. What leaves the picture is lost, and what comes in is 0. No shift is larger than 7.

# %% exercise="dig-shift" points=2
def shift(pictures, right, down):
    """The shifted pictures, same shape (samples, 64), each 8 rows of 8 pixels one after another."""
    ### BEGIN SOLUTION
    old = pictures.reshape(-1, 8, 8)
    new = np.zeros_like(old)
    for row in range(8):
        for column in range(8):
            if 0 <= row - down < 8 and 0 <= column - right < 8:
                new[:, row, column] = old[:, row - down, column - right]
    return new.reshape(pictures.shape)
    ### END SOLUTION

# %% inputs="dig-shift"
def inputs(rng):
    right, down = rng.choice([-3, -2, -1, 1, 2, 3], size=2)
    if abs(right) == abs(down):
        right = 4
    return rng.uniform(0.1, 1, size=(2, 64)), int(right), int(down)

# %% wrong="dig-shift"
# What leaves on one side comes back on the other in yours (np.roll). It should be lost.
def shift(pictures, right, down):
    return np.roll(pictures.reshape(-1, 8, 8), (down, right), axis=(1, 2)).reshape(pictures.shape)

# %% wrong="dig-shift"
# Right and down have changed places: rows are counted downwards, columns to the right.
def shift(pictures, right, down):
    old = np.pad(pictures.reshape(-1, 8, 8), ((0, 0), (8, 8), (8, 8)))
    return old[:, 8 - right : 16 - right, 8 - down : 16 - down].reshape(pictures.shape)

# %% wrong="dig-shift"
# The other way round: a new pixel at column c comes from column c − right.
def shift(pictures, right, down):
    old = np.pad(pictures.reshape(-1, 8, 8), ((0, 0), (8, 8), (8, 8)))
    return old[:, 8 + down : 16 + down, 8 + right : 16 + right].reshape(pictures.shape)

# %% wrong="dig-shift"
# You move along the row of 64 numbers: pixels run over the edge into the next row.
def shift(pictures, right, down):
    old = np.pad(pictures, ((0, 0), (64, 64)))
    start = 64 - 8 * down - right
    return old[:, start : start + 64]

# %% wrong="dig-shift"
# Right is right, but down goes up in yours: a new pixel in row r comes from row r − down.
def shift(pictures, right, down):
    old = np.pad(pictures.reshape(-1, 8, 8), ((0, 0), (8, 8), (8, 8)))
    return old[:, 8 + down : 16 + down, 8 - right : 16 - right].reshape(pictures.shape)

# %% wrong="dig-shift"
# You roll the row of 64 numbers: what leaves comes back, and pixels run into the next row.
def shift(pictures, right, down):
    return np.roll(pictures, right + 8 * down, axis=1)

# %%
check("dig-shift", shift)

# %%
def shifted(pictures, right, down):
    """By your shift, or by nnkit's until you have written it."""
    own = shift(pictures.copy(), right, down)
    if own is not None:
        return own
    padded = np.pad(pictures.reshape(-1, 8, 8), ((0, 0), (8, 8), (8, 8)))
    return padded[:, 8 - down : 16 - down, 8 - right : 16 - right].reshape(-1, 64)


for move in [(0, 0), (1, 0), (2, 0), (0, 1), (0, 2)]:
    print(f"shifted by {move}: {right(dense, shifted(X_test, *move)):.1%} right")
print(f"white on black:   {right(dense, 1 - X_test):.1%} right")
names = chances(dense, 1 - X_test).argmax(axis=1)
for digit in [4, 7]:
    true = y_test == digit
    print(f"  called {digit}: {np.sum(names == digit)} of {len(names)}; of the {np.sum(true)} that "
          f"are a {digit}: {np.sum(names[true] == digit)}")

# %% [markdown]
# White on black is far below guessing (10 %). The net has learnt that ink at a pixel speaks for
# some digits and against others; turned round, nearly all pictures get one of two names, 7 (323 of
# 500) or 4 (162). And the true ones hardly get their own: 2 of the 7 do, and none of the 4.
#
# > **Set right.** "The network has learnt to recognise digits, as we do." It has learnt which of 64
# > numbered pixels go with which name. Mix the pixels of *all* pictures in one fixed order, so that
# > no human reads anything, and a dense net learns just as well (the small difference is one that
# > another random start makes, too):

# %%
mixed = np.random.default_rng(0).permutation(64)
nnkit.manual_seed(0)
other = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
train.fit(other, F.cross_entropy, optim.Adam(other.parameters(), lr=0.01),
          (split[0][:, mixed], split[2]), epochs=20, batch_size=32, progress=False)
print(f"pixels in their order: {right(dense, X_test):.1%} of the test digits right")
print(f"pixels mixed:          {right(other, X_test[:, mixed]):.1%} right")

# %% [markdown]
# > **Set right.** "Softmax says 0.99, so it is right in 99 of 100 cases, and if it does not know,
# > it says so with small probabilities." On digits like those it learnt from, the first half comes
# > out well. Elsewhere neither half holds:

# %%
print("digits                 answers with p > 0.99   right among these")
for name, pictures in [("as they are", X_test), ("shifted by 1", shifted(X_test, 1, 0)),
                       ("shifted by 2", shifted(X_test, 2, 0)), ("white on black", 1 - X_test)]:
    p = chances(dense, pictures)
    sure = p.max(axis=1) > 0.99
    hits = np.mean(p.argmax(axis=1)[sure] == y_test[sure])
    print(f"{name:15} {sure.sum():18} of 500 {hits:19.1%}")

# %% [markdown]
# Softmax divides 1 among ten names. There is no eleventh name for "none of these", and a picture
# far from all training digits can lie far out on one side of the borders, where one score is much
# larger than the rest. So the house and the star of section 1 get a digit's name, too: which one do
# the nets in its menu choose, and which one yours?
#
# ## 6 Augmentation
#
# If a shifted digit is another picture to the net, then show it shifted ones: **augmentation**
# makes new training samples from old ones by changes that leave the label as it is. Left, one digit
# and the digit changed. Then what two nets say: one trained on the digits as they are (**yours**,
# once it is there), one trained on digits shifted by up to 1 pixel, turned by up to 15° and resized
# by up to 15 %. Right, their accuracy on all 500 test digits, changed in the same way; the curves
# run over the slider that you moved last.
#
# 1. Slide **shift right** to 1, then 2. Where does each net break?
# 2. Slide **turn**. How far does the augmented net follow? And beyond what it has been shown?
# 3. Set **ink** to white on black. Which of the nets is prepared for that?
# 4. Back to the start (**Reset**): who is better on the digits as they are?

# %%
Augmentation(model=my_net)

# %% [markdown]
# Shifting, turning and resizing only mix pixels, so each of these changes is a 64×64 matrix: the
# readout shows one row of it at work.
#
# Now by **your** `shift` and **your** training loop: in every epoch each training digit is moved by
# −1, 0 or 1 pixels in both directions. The net gets 64 units and 60 epochs, for it has more to
# learn.

# %%
def moved(pictures, rng):
    """The pictures in 40 random groups, each group shifted by up to a pixel."""
    new = pictures.copy()
    for group in np.array_split(rng.permutation(len(new)), 40):
        new[group] = shift(pictures[group], *rng.integers(-1, 2, size=2))
    return new


robust = None
if weights is None or shift(X[:1], 1, 0) is None:
    print("Solve exercises 1 to 3 and 5 first.")
else:
    robust = train_net(units=64, epochs=60, change=moved)
    for move in [(0, 0), (1, 0), (0, 1), (2, 0)]:
        pair = (accuracy(shift(X_test, *move), y_test, w) for w in (weights, robust))
        print("shifted by {}: plain {:.1%}, augmented {:.1%}".format(move, *pair))

# %% [markdown]
# The augmented net holds out against 1 pixel. It pays for that on the digits as they
# are (how much changes from one epoch to the next), and 2 pixels are still too much: it has learnt
# what it has been shown, no more.
#
# > **Set right.** "Augmentation always helps; the more the better." It helps if the change occurs
# > in practice and *leaves the label alone*. Turn a 6 upside down, and it is a 9:

# %%
upside_down = X_test[:, ::-1]  # the 64 pixels in reverse order: turned by 180 degrees
for digit in [6, 9]:
    answers = chances(dense, upside_down[y_test == digit]).argmax(axis=1)
    count, other_way = np.sum(y_test == digit), 15 - digit
    print(f"{digit} upside down: {np.sum(answers == other_way)} of {count} read as {other_way}")


def half_turns(pictures, rng):
    """A random half of the pictures upside down: a label-changing augmentation."""
    return np.where(rng.random((len(pictures), 1)) < 0.5, pictures[:, ::-1], pictures)


pair = (y_test == 6) | (y_test == 9)
print("five nets each, on the test digits as they are")
for name, change in [("as they are", None), ("half of them upside down", half_turns)]:
    found = []
    for seed in range(5):
        nnkit.manual_seed(seed)
        rng, net = np.random.default_rng(seed), nn.Sequential(nn.Linear(64, 32), nn.ReLU(),
                                                              nn.Linear(32, 10))
        optimiser = optim.Adam(net.parameters(), lr=0.01)
        for _ in range(20):
            pictures = nnkit.tensor(change(X, rng) if change else X)
            train.fit(net, F.cross_entropy, optimiser, (pictures, split[2]), epochs=1,
                      batch_size=32, progress=False)
        said = chances(net, X_test).argmax(axis=1)
        hits = said == y_test
        found.append([hits[pair].mean(), hits[~pair].mean(),
                      np.sum(said[y_test == 6] == 9), np.sum(said[y_test == 9] == 6)])
    print(f"trained on digits {name}: right {np.mean(found, axis=0)[0]:.1%} of the 6 and 9, "
          f"{np.mean(found, axis=0)[1]:.1%} of the others;")
    print("  6 read as 9: {:.0f} times, 9 as 6: {:.0f} times".format(*np.sum(found, axis=0)[2:]))

# %% [markdown]
# The wrong labels have their effect: 8 times a 6 is read as 9 and 12 times a 9 as 6, without half
# turns never. The 6 and 9 lose 4.2 points. But the other digits lose nearly as much, 3.3 points,
# though their labels stay right: the net has to learn every digit twice, with the same 32 units in
# the same 20 epochs.
#
# ## 7 Convolution: the same weights everywhere
#
# A dense layer has a weight for each pair of pixel and unit. That is many, and what it learns about
# an edge at one place it must learn again at every other. A **convolutional layer** looks at small
# windows only (3×3 pixels, say) and uses the **same** few weights, its **kernel** or filter, for
# all of them: **weight sharing**. The outputs, one for each place of the window, form a picture
# again, a **feature map**.
#
# The readout calculates with four letters:
#
# - $N$: the side of the picture;
# - $F$: the side of the kernel;
# - $S$: the stride, how far the window jumps;
# - $P$: the padding, how many zeros are put around on each side.
#
# 1. Press **Play** and watch the window move. Where does "vertical edges" give large outputs, and
#    of which sign?
# 2. Set **padding** to 0. What happens to the size, and why?
# 3. Set **stride** to 2. Check the readout's formula by hand.

# %%
Convolution()

# %% [markdown]
# With the letters $N$, $F$, $S$ and $P$ from above, the output has the side
#
# $$\left\lfloor \frac{N + 2P - F}{S} \right\rfloor + 1$$
#
# With $C$ input channels (3 for colours) a kernel has $F \cdot F \cdot C$ weights and one bias.
# $K$ kernels make $K$ output channels.
#
# ### Exercise 6: size and parameters

# %% exercise="dig-size" points=1
def conv_shape(N, C, K, F, S, P):
    """(side of the output, its channels, number of parameters) of a conv layer with biases.

    The input has C channels of N x N pixels; K kernels of side F, stride S, padding P.
    """
    ### BEGIN SOLUTION
    return (N + 2 * P - F) // S + 1, K, K * (F * F * C + 1)
    ### END SOLUTION

# %% inputs="dig-size"
def inputs(rng):
    S, P, F = (int(rng.integers(low, high)) for low, high in [(2, 4), (1, 3), (3, 6)])
    N = int(rng.integers(9, 30))
    if (N + 2 * P - F) % S == 0:
        N += 1
    return N, int(rng.integers(2, 5)), int(rng.integers(5, 9)), F, S, P

# %% wrong="dig-size"
# The border of zeros is on both sides: 2P.
def conv_shape(N, C, K, F, S, P):
    return (N + P - F) // S + 1, K, K * (F * F * C + 1)

# %% wrong="dig-size"
# A window that would stick out is not used: round down.
def conv_shape(N, C, K, F, S, P):
    return -(-(N + 2 * P - F) // S) + 1, K, K * (F * F * C + 1)

# %% wrong="dig-size"
# The first place counts as well, before any jump: one more.
def conv_shape(N, C, K, F, S, P):
    return (N + 2 * P - F) // S, K, K * (F * F * C + 1)

# %% wrong="dig-size"
# Each kernel reaches through all input channels: it has F·F weights for each of them.
def conv_shape(N, C, K, F, S, P):
    return (N + 2 * P - F) // S + 1, K, K * (F * F + 1)

# %% wrong="dig-size"
# One bias for each kernel; you have one for the whole layer.
def conv_shape(N, C, K, F, S, P):
    return (N + 2 * P - F) // S + 1, K, K * F * F * C + 1

# %% wrong="dig-size"
# You count the weights only. Each kernel also has a bias.
def conv_shape(N, C, K, F, S, P):
    return (N + 2 * P - F) // S + 1, K, K * F * F * C

# %% wrong="dig-size"
# A side is a whole number: a window that would stick out is not used, so round down.
def conv_shape(N, C, K, F, S, P):
    return (N + 2 * P - F) / S + 1, K, K * (F * F * C + 1)

# %% wrong="dig-size"
# The output has a channel for each kernel, whatever the number of input channels.
def conv_shape(N, C, K, F, S, P):
    return (N + 2 * P - F) // S + 1, C * K, K * (F * F * C + 1)

# %%
check("dig-size", conv_shape)

# %% [markdown]
# Pictures of 28×28 pixels (the size of MNIST, the best-known digits), to an output of the same
# size. And 5×5 pixels in 3 channels with two 3×3 kernels, stride 2, padding 1:

# %%
print(f"dense, 28x28 to 28x28: {28**2} · {28**2} = {28**2 * 28**2} weights + {28**2} biases = "
      f"{28**2 * 28**2 + 28**2} parameters")
same = nn.Conv2d(1, 1, 3, padding=1)
print(f"conv 3x3, same size:   {same.weight.numel()} weights + {same.bias.numel()} bias = "
      f"{sum(p.numel() for p in same.parameters())} parameters; output "
      f"{same(nnkit.zeros(1, 1, 28, 28)).shape[2:]}")
small = nn.Conv2d(3, 2, 3, stride=2, padding=1)
side = (5 + 2 * 1 - 3) / 2 + 1
print(f"5x5x3, K2 F3 S2 P1:    (5 + 2·1 - 3) / 2 + 1 = {side:.0f}, so 3x3, 2 channels; nnkit: "
      f"{small(nnkit.zeros(1, 3, 5, 5)).shape[1:]}")

# %% [markdown]
# ### Exercise 7: convolution in loops
#
# This is what `F.conv2d` does at its heart; here you write it. One channel, one kernel, no bias.
# Put `padding` zeros around `x`, place the window at every `stride`-th row and column, and sum up
# window times kernel, number by number. (In mathematics the kernel would be turned round first. In
# networks it is not; strictly this is a *cross-correlation*.)

# %% exercise="dig-conv2d" points=2
def conv2d(x, kernel, stride, padding):
    """The output, two-dimensional; x (rows, columns) and kernel (F, F) are arrays."""
    ### BEGIN SOLUTION
    F = len(kernel)
    padded = np.pad(x, padding)
    rows = (padded.shape[0] - F) // stride + 1
    columns = (padded.shape[1] - F) // stride + 1
    out = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            top, left = i * stride, j * stride
            out[i, j] = (padded[top : top + F, left : left + F] * kernel).sum()
    return out
    ### END SOLUTION

# %% inputs="dig-conv2d"
def inputs(rng):
    stride, padding = rng.integers(2, 4), rng.integers(1, 3)
    return rng.normal(size=(8, 9)), rng.normal(size=(3, 3)), int(stride), int(padding)

# %% wrong="dig-conv2d"
# You have turned the kernel round, as mathematicians do. In networks it is used as it is.
def conv2d(x, kernel, stride, padding):
    padded, n = np.pad(x, padding), len(kernel)
    rows, columns = ((side - n) // stride + 1 for side in padded.shape)
    return np.array([[(padded[i * stride : i * stride + n, j * stride : j * stride + n]
                       * kernel[::-1, ::-1]).sum() for j in range(columns)] for i in range(rows)])

# %% wrong="dig-conv2d"
# The window moves by one each time: the number of outputs is right, but where is the stride?
def conv2d(x, kernel, stride, padding):
    padded, n = np.pad(x, padding), len(kernel)
    rows, columns = ((side - n) // stride + 1 for side in padded.shape)
    return np.array([[(padded[i : i + n, j : j + n] * kernel).sum() for j in range(columns)]
                     for i in range(rows)])

# %% wrong="dig-conv2d"
# The border is missing: put the zeros around x first.
def conv2d(x, kernel, stride, padding):
    n = len(kernel)
    rows, columns = ((side - n) // stride + 1 for side in x.shape)
    return np.array([[(x[i * stride : i * stride + n, j * stride : j * stride + n] * kernel).sum()
                      for j in range(columns)] for i in range(rows)])

# %% wrong="dig-conv2d"
# `@` is the product of matrices. Here each number of the window meets its own of the kernel: `*`.
def conv2d(x, kernel, stride, padding):
    padded, n = np.pad(x, padding), len(kernel)
    rows, columns = ((side - n) // stride + 1 for side in padded.shape)
    return np.array([[(padded[i * stride : i * stride + n, j * stride : j * stride + n]
                       @ kernel).sum() for j in range(columns)] for i in range(rows)])

# %% wrong="dig-conv2d"
# You place the window everywhere. It jumps by `stride`, so there are fewer outputs.
def conv2d(x, kernel, stride, padding):
    padded, n = np.pad(x, padding), len(kernel)
    rows, columns = (side - n + 1 for side in padded.shape)
    return np.array([[(padded[i : i + n, j : j + n] * kernel).sum() for j in range(columns)]
                     for i in range(rows)])

# %%
check("dig-conv2d", conv2d)

# %% [markdown]
# **Your** convolution in the explorer:

# %%
Convolution(conv2d=conv2d, kernel="horizontal edges", stride=2)

# %% [markdown]
# > **Set right.** "A convolutional layer is another kind of computation than a dense one." It is a
# > dense layer, with most weights fixed at 0 and the others shared. To see it, feed the layer one
# > pixel at a time: the 64 answers are the columns of its matrix.

# %%
layer = nn.Conv2d(1, 1, 3, padding=1, bias=False, generator=nnkit.Generator().manual_seed(0))
with nnkit.no_grad():
    M = layer(nnkit.eye(64).reshape(64, 1, 8, 8)).numpy().reshape(64, 64).T
    as_layer = layer(split[1][:1].reshape(1, 1, 8, 8)).numpy().ravel()
print("matrix times digit = convolution:", np.allclose(M @ X_test[0], as_layer, atol=1e-5))
print(f"{M.size} entries, {np.sum(M == 0)} of them 0; different numbers among the "
      f"{np.sum(M != 0)} others: {len(np.unique(M[M != 0]))}")

# %% [markdown]
# What the sharing buys: move the input, and the feature map moves along (**equivariance**). If the
# net then only asks whether a feature is present *anywhere* (the largest value of each map, **max
# pooling** over the whole picture), a shift of the digit matters much less. Below, 16 kernels
# of 5×5, pooling, and one dense layer; trained on unshifted digits only.

# %%
nnkit.manual_seed(0)
conv = nn.Sequential(nn.Conv2d(1, 16, 5, padding=2), nn.ReLU(), nn.MaxPool2d(8), nn.Flatten(),
                     nn.Linear(16, 10))
pair = split[0].reshape(-1, 1, 8, 8), split[2]
train.fit(conv, F.cross_entropy, optim.Adam(conv.parameters(), lr=0.02), pair, epochs=10,
          batch_size=64, progress=False)
for name, net in [("dense", dense), ("conv", conv)]:
    count, found = sum(p.numel() for p in net.parameters()), []
    for move in [(0, 0), (1, 0), (2, 0), (-2, 0)]:
        pictures = shifted(X_test, *move)
        found.append(right(net, pictures.reshape(-1, 1, 8, 8) if net is conv else pictures))
    print(f"{name:5} {count:4} parameters; shifted by 0, 1, 2 pixels:",
          ", ".join(f"{share:.1%}" for share in found[:3]) + f"; by -2: {found[3]:.1%}")

# %% [markdown]
# The convolutional net has never seen a shifted digit. Not more data but the right *structure* has
# made it more robust, if not to the left as much as to the right. Draw for it without preparation,
# nearly as high as the square, with a pen of 4 to 5 cells, now further to the left and now to the
# right:

# %%
DrawDigit(model=conv, prepare="as drawn", pen=4.5)

# %% [markdown]
# It forgives where you draw, but not how large: sizes and pen widths that it has never seen are as
# foreign to it as shifts were to the dense net.
#
# ## 8 Transfer
#
# **Transfer learning** reuses layers that were trained on a large task for another, small one. The
# first layers may be kept as they are (**frozen**, they get no updates), or be trained on with the
# rest (**fine-tuning**). First the classic recipe: learn the digits 0 to 4 from all their samples,
# then 5 to 9 from five samples each.

# %% jupyter={"source_hidden": true}
predict(
    "dig-transfer",
    "New task: 5 to 9, five samples of each. The hidden layer comes from a net that reads 0 to 4. "
    "Which way is best?",
    {
        "Frozen: it can't overfit what it does not train": (
            "True, but 0 to 4 did not need all that 5 to 9 need."
        ),
        "Fine-tuned, by far": "It makes up for the missing features, and ends level with the next.",
        "From scratch is as good as any": "Here it is. Measured below.",
    },
    "From scratch is as good as any",
)

# %%
def new_net(base, outputs, freeze=False):
    """A net 64-64-outputs, its hidden layer from `base` (or new, if that is None)."""
    net = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, outputs))
    if base is not None:
        net[0].load_state_dict(base[0].state_dict())
    net[0].requires_grad_(not freeze)
    return net


def fit_net(net, pictures, targets, epochs, batch_size=None):
    learning = [p for p in net.parameters() if p.requires_grad]
    pair = nnkit.tensor(pictures), nnkit.tensor(targets)
    train.fit(net, F.cross_entropy, optim.Adam(learning, lr=0.01), pair, epochs=epochs,
              batch_size=batch_size, progress=False)
    return net


def compare(base, target, outputs, old, new, each, seeds=11):
    """Print medians over seeds of three ways; target(labels): what is to be told for `new`."""
    known = np.isin(y_test, new)
    found = {"from scratch": [], "frozen": [], "fine-tuned": []}
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        rows = np.concatenate([rng.choice(np.flatnonzero(y == d), each, False) for d in new])
        for way, shares in found.items():
            nnkit.manual_seed(seed)
            net = new_net(None if way == "from scratch" else base, outputs, way == "frozen")
            fit_net(net, X[rows], target(y[rows]), 60)
            hits = chances(net, X_test[known]).argmax(axis=1) == target(y_test[known])
            shares.append(hits.mean())
    for way, shares in found.items():
        print(f"  {way:12} median {np.median(shares):.1%}, from {min(shares):.1%} "
              f"to {max(shares):.1%}")


nnkit.manual_seed(0)
low = y < 5
reads_low = fit_net(new_net(None, 5), X[low], y[low], 15, 32)
print(f"0 to 4 learnt from {low.sum()} samples, then 5 to 9 from 25:")
compare(reads_low, lambda labels: labels - 5, 5, range(5), range(5, 10), each=5)

# %% [markdown]
# The frozen layer is a burden: with it there is less to learn, but it looks for what tells 0 to 4
# apart. Fine-tuning mends that, and is no better than a fresh start. Now another pair of tasks:
# learn all ten digits, then tell **odd from even** with one sample of each digit.

# %%
nnkit.manual_seed(0)
reads_all = fit_net(new_net(None, 10), X, y, 15, 32)
print("all digits learnt, then odd or even from 10 samples:")
compare(reads_all, lambda labels: labels % 2, 2, range(10), range(10), each=1)

# %% [markdown]
# Here the old layer pays, frozen or fine-tuned: all that the new task needs is in it. Frozen is a
# little ahead, less than the seeds differ among themselves.
#
# > **Set right.** "Pretrained layers are always better than starting from scratch." They are if the
# > old task has the same kind of input, had much more data, *and* made the net look for what the
# > new one needs. Large photo collections do all that for other photos: edges, corners, shapes.
# > Five digits don't for five others.
#
# ## 9 Outlook
#
# - **CNN** (convolutional neural network): layers as in section 7 stacked, with pooling between
#   them. Early layers see edges, later ones parts and objects, because each layer's window covers a
#   larger part of the picture. LeNet read cheques with it in the 1990s; AlexNet won the ImageNet
#   contest of 2012.
# - **RNN** (recurrent neural network): for sequences such as text or sound. It reads step by step,
#   and a hidden state carries what came before: $h_t = \tanh(x_t W + h_{t-1} U + b)$, with the same
#   weights at each step: weight sharing again, in time. Backward, the gradient passes through all
#   steps and fades or explodes (lesson 09).
# - **LSTM** (long short-term memory, Hochreiter and Schmidhuber 1997): an RNN with a second, *added
#   to* memory, the cell. Sigmoid gates decide what is kept, what is written and what is read (the
#   gate that forgets came in 2000). Along the cell, gradients survive many more steps.
# - **GRU** (gated recurrent unit, Cho and others 2014): two gates, no separate cell. Fewer weights
#   than an LSTM, and often about as good.
# - For language, **transformers** (2017) have largely replaced recurrent networks. You know their
#   parts, all but **attention**, which weighs the words by how well they fit each other: dense
#   layers, softmax, normalisation, GELU, dropout, cross entropy, Adam.
#
# Fading through time, for a single unit with nothing new to read:

# %%
steps, w = 30, 0.9
plain, gated = nnkit.tensor(0.5, requires_grad=True), nnkit.tensor(0.5, requires_grad=True)
h, cell = plain, gated
for _ in range(steps):
    h = (w * h).tanh()  # a recurrent unit: everything passes through weight and bend
    cell = 0.98 * cell  # a cell whose gate keeps 98 %, and nothing is written
h.backward()
cell.backward()
print(f"what a change {steps} steps ago still does: recurrent unit {plain.grad.item():.4f}, "
      f"gated cell {gated.grad.item():.2f}")

# %% [markdown]
# ## 10 From here to PyTorch
#
# The convolutional net in PyTorch's names. Change the import, and the cell prints the same. From
# here on PyTorch's own tutorials will look familiar.

# %% tags=["runs-on-pytorch"]
import nnkit as torch

net = torch.nn.Sequential(
    torch.nn.Conv2d(1, 16, 5, padding=2), torch.nn.ReLU(), torch.nn.MaxPool2d(8),
    torch.nn.Flatten(), torch.nn.Linear(16, 10),
)
x = torch.zeros(3, 1, 8, 8)
for layer in net:
    x = layer(x)
    count = sum(p.numel() for p in layer.parameters())
    print(f"{type(layer).__name__:9} output {tuple(x.shape)}, {count} parameters")
kernel = torch.tensor([[[[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]]]])
step_edge = torch.tensor([[[[0.0, 0, 1, 1]] * 4]])
print(torch.nn.functional.conv2d(step_edge, kernel, padding=1)[0, 0].tolist())

# %% [markdown]
# ## Recap
#
# - A reader of digits from your own forward pass, gradients and mini-batches: about 96 % of the
#   test digits. The confusion matrix says which are taken for which.
# - Softmax is sure of itself also where it has no reason to be. Test accuracy holds for data like
#   the test data.
# - A dense net knows numbered pixels: 2 pixels to the right, and it is lost. Augmentation shows it
#   what may change; it must not change the label.
# - A conv layer is a dense layer with shared and zero weights: 10 parameters in place of 615 440.
#   Side of the output: (N + 2P − F) / S + 1, rounded down.
# - Transfer pays if the old layers look for what the new task needs. Measure it, over several
#   seeds.
#
# | term | 中文 | | term | 中文 |
# |:--|:--|:--|:--|:--|
# | handwritten digits | 手写数字 | | confusion matrix | 混淆矩阵 |
# | convolution | 卷积 | | kernel (filter) | 卷积核（滤波器） |
# | weight sharing | 权值共享 | | feature map | 特征图 |
# | stride | 步幅 | | padding | 填充 |
# | pooling | 池化 | | channel | 通道 |
# | data augmentation | 数据增强 | | transfer learning | 迁移学习 |
# | fine-tuning | 微调 | | freeze | 冻结 |
# | recurrent neural network (RNN) | 循环神经网络 | | LSTM | 长短期记忆网络 |
# | gated recurrent unit (GRU) | 门控循环单元 | | gate | 门 |

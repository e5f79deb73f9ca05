"""The notebooks that the latency benchmark opens: three workloads, each in four designs.

A workload is one `compute(x)`; every design shows its result in the same picture, moved by one
slider, and differs only in how numbers become a picture in the page.
"""

# name: (the slider's low, high and value on a logarithmic scale, code that defines compute(x))
WORKLOADS = {
    "descent": (
        (1e-3, 0.2, 0.05),
        '''
"""A descent on 4x^2: its path and its loss curve."""
import numpy as np
from widgets.descent import SURFACES, descend
surface, xs = SURFACES["4x^2"], np.linspace(-5, 5, 241)

def compute(lr):
    return descend(surface, (2.0,), "gradient descent", lr, steps=40)[:, 0]
''',
    ),
    "contour": (
        (1e-3, 10, 0.1),
        '''
"""A regularised loss over two weights, as a filled contour that lambda reshapes."""
import numpy as np
ws = np.linspace(-3, 3, 81)
W1, W2 = np.meshgrid(ws, ws)
rng = np.random.default_rng(0)
X = rng.normal(size=(80, 2))
y = np.where(X @ [1.5, 0.7] + rng.normal(size=80) > 0, 1, -1)
data_loss = np.log1p(np.exp(-y * (W1[..., None] * X[:, 0] + W2[..., None] * X[:, 1]))).mean(-1)
levels = np.linspace(0.4, 4, 10)

def compute(lam):
    return data_loss + lam * (W1**2 + W2**2) / 2
''',
    ),
    "training": (
        (1e-4, 1, 0.001),
        '''
"""A 2-16-16 network trained for 200 steps from the same start: its decision boundary."""
import numpy as np
import nnkit
from nnkit import nn, optim, functional as F
X, y = nnkit.data.moons(200, 0.2, generator=nnkit.Generator().manual_seed(0))
ws = np.linspace(-2.5, 2.5, 61)
grid = nnkit.tensor(np.stack(np.meshgrid(ws, ws), -1).reshape(-1, 2).astype("float32"))
levels = [0.5]

def compute(weight_decay):
    nnkit.manual_seed(0)
    model = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU(),
                          nn.Linear(16, 2))
    optimiser = optim.SGD(model.parameters(), lr=0.3, momentum=0.9, weight_decay=weight_decay)
    for _ in range(200):
        optimiser.zero_grad()
        F.cross_entropy(model(X), y).backward()
        optimiser.step()
    with nnkit.no_grad():
        return F.softmax(model(grid), 1)[:, 1].numpy().reshape(61, 61)
''',
    ),
}

# The picture in matplotlib, drawn once: `artists` is what moves, `move(result)` moves it.
LINES = """
def draw(figure, result):
    left, right = figure.subplots(1, 2)
    left.plot(xs, 4 * xs**2)
    path, = left.plot(result, 4 * result**2, "o-")
    loss, = right.plot(np.maximum(4 * result**2, 1e-12), "o-")
    left.set(xlim=(-5, 5), ylim=(-6, 110), xlabel="x", ylabel="f(x)", title="f(x) = $4x^2$")
    right.set(yscale="log", ylim=(1e-6, 1e4), xlim=(0, 40), xlabel="step", title="loss")
    return path, loss

def move(artists, result):
    path, loss = artists
    path.set_data(result, 4 * result**2)
    loss.set_ydata(np.maximum(4 * result**2, 1e-12))
"""
CONTOUR = """
def draw(figure, result):
    axes = figure.subplots()
    axes.contourf(ws, ws, result, 14, cmap="Blues", vmin=0, vmax=result.max())
    axes.contour(ws, ws, result, levels, colors="white", linewidths=0.8)
    axes.set(xlabel="w1", ylabel="w2", title="the picture", aspect="equal")
    return axes,

def move(artists, result):
    axes, = artists
    for old in list(axes.collections):
        old.remove()
    axes.contourf(ws, ws, result, 14, cmap="Blues", vmin=0, vmax=result.max())
    axes.contour(ws, ws, result, levels, colors="white", linewidths=0.8)
"""
INTERACT = """
%matplotlib inline
import ipywidgets, matplotlib.pyplot as plt
def show(x):
    draw(plt.figure(figsize=(8.4, 3.3)), compute(x))
    plt.show()
slider = ipywidgets.FloatLogSlider(
    min=np.log10(LOW), max=np.log10(HIGH), step=0.02, value=VALUE)
ipywidgets.interact(show, x=slider);
"""
IPYMPL = """
%matplotlib widget
import ipywidgets, matplotlib.pyplot as plt
with plt.ioff():
    figure = plt.figure(figsize=(8.4, 3.3))
artists = draw(figure, compute(VALUE))
slider = ipywidgets.FloatLogSlider(
    min=np.log10(LOW), max=np.log10(HIGH), step=0.02, value=VALUE)
def show(change):
    move(artists, compute(change.new))
    figure.canvas.draw_idle()
slider.observe(show, "value")
ipywidgets.VBox([slider, figure.canvas])
"""
OURS = """
from widgets.controls import log_slider
from widgets.explorer import Explorer

class Picture(Explorer):
    x = log_slider("x", LOW, HIGH, VALUE)
    def compute(self, x):
        return compute(x)
    def readout(self, result):
        return f"x is {self.x:.6g}"
"""
OUR_LINES = """
    def setup(self, figure):
        artists = draw(figure, compute(VALUE))
        self.artists = self.live.move(*artists)
    def draw(self, result):
        move(self.artists, result)

Picture()
"""
OUR_FIELD = """
    def setup(self, figure):
        from widgets.field import Field
        axes = figure.subplots()
        axes.set(xlabel="w1", ylabel="w2", title="the picture", aspect="equal")
        self.field = Field(self.live, axes, ws, ws, 0, TOP, levels=levels)
    def draw(self, result):
        self.field.set_values(result)

Picture()
"""
CANVAS = '''
import anywidget, ipywidgets, traitlets
from widgets.controls import Slider
class Canvas(anywidget.AnyWidget):
    """The floor through a kernel: raw arrays, drawn by the page itself."""
    _esm = """export default { render({ model, el }) {
        const canvas = document.createElement("canvas");
        canvas.width = 840; canvas.height = 330; el.append(canvas);
        const pen = canvas.getContext("2d");
        model.on("change:numbers", () => {
            const data = model.get("numbers");
            const numbers = new Float32Array(data.buffer, data.byteOffset, data.byteLength / 4);
            DRAW
        });
    } }"""
    numbers = traitlets.Bytes(b"").tag(sync=True)
canvas = Canvas()
slider = Slider(label="x", low=LOW, high=HIGH, step=0.02, log=True, value=VALUE)
def show(change):
    canvas.numbers = compute(change.new).astype(np.float32).tobytes()
slider.observe(show, "value")
ipywidgets.VBox([slider, canvas])
'''
CANVAS_LINES = """
pen.clearRect(0, 0, 840, 330);
pen.beginPath();
numbers.forEach((x) => pen.lineTo(210 + 40 * x, 320 - 3 * 4 * x * x));
pen.stroke();
pen.beginPath();
numbers.forEach((x, i) => pen.lineTo(440 + 9 * i, 200 - 14 * Math.log(4 * x * x + 1e-12)));
pen.stroke();
"""
CANVAS_FIELD = """
const side = Math.sqrt(numbers.length), image = new ImageData(side, side);
numbers.forEach((z, i) => {
    image.data.set([255 - 60 * z, 255 - 40 * z, 255 - 10 * z, 255], 4 * i);
});
const small = new OffscreenCanvas(side, side);
small.getContext("2d").putImageData(image, 0, 0);
pen.imageSmoothingEnabled = false;
pen.drawImage(small, 255, 0, 330, 330);
"""


def source(workload, design):
    """The code of the one cell that shows `workload` in `design`."""
    (low, high, value), compute = WORKLOADS[workload]
    lines = workload == "descent"
    picture = LINES if lines else CONTOUR
    code = (
        compute.strip()
        + "\n"
        + {
            "interact": picture + INTERACT,
            "ipympl": picture + IPYMPL,
            "ours": (picture if lines else "") + OURS + (OUR_LINES if lines else OUR_FIELD),
            "canvas": CANVAS.replace("DRAW", CANVAS_LINES if lines else CANVAS_FIELD),
        }[design]
    )
    top = "4" if workload == "contour" else "1"
    words = {"LOW": low, "HIGH": high, "VALUE": value, "TOP": top}
    for word, number in words.items():
        code = code.replace(word, str(number))
    magic = next((line for line in code.splitlines() if line.startswith("%")), "")
    return magic + "\n" + code.replace(magic + "\n", "") if magic else code

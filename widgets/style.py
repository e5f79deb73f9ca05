"""One look for all explorers: colours that colour-blind eyes can tell apart, sizes, line widths."""

# Okabe and Ito's palette (2008), the usual choice for colour-blind readers.
BLUE, ORANGE, GREEN, RED, PURPLE = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7"
INK, GREY, PALE = "#1f2933", "#6b7280", "#d5dae1"

CLASSES = (BLUE, "o"), (ORANGE, "^"), (GREEN, "s")  # a class's colour and marker, everywhere

# The colour scales of a Field, pale enough that marks and lines stand out on them.
RAMPS = {
    "loss": ("#fbfdff", "#d3e5f3", "#9dc6e3", "#6aa6d0"),  # low to high
    "classes": ("#8fc1e3", "#dcebf6", "#ffffff", "#fbeccb", "#f3ca73"),  # class 0 to class 1
}

RC = {
    "font.family": "DejaVu Sans",  # comes with matplotlib: the same picture on every machine
    "font.size": 9.5,
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": PALE,
    "grid.linewidth": 0.6,
    "lines.linewidth": 1.8,
    "text.color": INK,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "legend.frameon": False,
    "figure.constrained_layout.h_pad": 0.06,  # inches: keeps letters off the picture's edges
    "figure.constrained_layout.w_pad": 0.06,
}

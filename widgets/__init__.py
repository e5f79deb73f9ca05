"""Interactive explorers: move a slider and the picture follows your hand."""

from widgets.backprop import Backprop
from widgets.explorer import Explorer
from widgets.gradient_descent import GradientDescent, LearningRateSweep
from widgets.live import LiveFigure
from widgets.matrix_gradients import MatrixGradients
from widgets.minibatches import MiniBatches

__all__ = [
    "Backprop",
    "Explorer",
    "GradientDescent",
    "LearningRateSweep",
    "LiveFigure",
    "MatrixGradients",
    "MiniBatches",
]

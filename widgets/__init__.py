"""Interactive explorers: move a slider and the picture follows your hand."""

from widgets.backprop import Backprop
from widgets.explorer import Explorer
from widgets.gradient_descent import GradientDescent, LearningRateSweep
from widgets.live import LiveFigure
from widgets.matrix_gradients import MatrixGradients
from widgets.minibatches import MiniBatches
from widgets.objective import ObjectiveContours
from widgets.svm_loss import HingeLoss
from widgets.templates import DigitTemplates

__all__ = [
    "Backprop",
    "DigitTemplates",
    "Explorer",
    "GradientDescent",
    "HingeLoss",
    "LearningRateSweep",
    "LiveFigure",
    "MatrixGradients",
    "MiniBatches",
    "ObjectiveContours",
]

"""Interactive explorers: move a slider and the picture follows your hand."""

from widgets.explorer import Explorer
from widgets.gradient_descent import GradientDescent, LearningRateSweep
from widgets.live import LiveFigure
from widgets.minibatches import MiniBatches

__all__ = ["Explorer", "GradientDescent", "LearningRateSweep", "LiveFigure", "MiniBatches"]

"""Interactive explorers: move a slider and the picture follows your hand."""

from widgets.activation_functions import ActivationFunctions
from widgets.augmentation import Augmentation
from widgets.backprop import Backprop, GradientCheck
from widgets.batch_noise import BatchNoise
from widgets.bias_variance import BiasVariance
from widgets.boundary import RegularisedBoundary
from widgets.convolution import Convolution
from widgets.digit_errors import DigitErrors
from widgets.draw_digit import DrawDigit
from widgets.dropout import DroppedUnits
from widgets.dropout_training import DropoutTraining
from widgets.entropy import EntropyAndKL
from widgets.explorer import Explorer
from widgets.forward_pass import ForwardPass
from widgets.gradient_descent import GradientDescent, LearningRateSweep
from widgets.hidden_space import HiddenSpace
from widgets.initialisation import Initialisation
from widgets.learning_curves import LearningCurves
from widgets.linear_map import LinearMap
from widgets.live import LiveFigure
from widgets.matrix_gradients import MatrixGradients
from widgets.minibatches import MiniBatches
from widgets.normalised_cell import NormalisedCell
from widgets.objective import ObjectiveContours
from widgets.penalties import OneWeight
from widgets.penalty_geometry import PenaltyGeometry
from widgets.perceptron import Perceptron
from widgets.playground import Playground
from widgets.polynomial_fit import PolynomialFit
from widgets.relu_sum import ReluSum
from widgets.softmax import SoftmaxLoss
from widgets.standardise import StandardisedInputs
from widgets.start_here import FirstSlider, Watermelon
from widgets.svm_loss import HingeLoss
from widgets.templates import DigitTemplates
from widgets.threshold import DecisionThreshold
from widgets.two_layer import TwoLayerNet

__all__ = [
    "ActivationFunctions",
    "Augmentation",
    "Backprop",
    "BatchNoise",
    "BiasVariance",
    "Convolution",
    "DecisionThreshold",
    "DigitErrors",
    "DigitTemplates",
    "DrawDigit",
    "DropoutTraining",
    "DroppedUnits",
    "EntropyAndKL",
    "Explorer",
    "FirstSlider",
    "ForwardPass",
    "GradientCheck",
    "GradientDescent",
    "HiddenSpace",
    "HingeLoss",
    "Initialisation",
    "LearningCurves",
    "LearningRateSweep",
    "LinearMap",
    "LiveFigure",
    "MatrixGradients",
    "MiniBatches",
    "NormalisedCell",
    "ObjectiveContours",
    "OneWeight",
    "PenaltyGeometry",
    "Perceptron",
    "Playground",
    "PolynomialFit",
    "RegularisedBoundary",
    "ReluSum",
    "SoftmaxLoss",
    "StandardisedInputs",
    "TwoLayerNet",
    "Watermelon",
]

"""The course around the notebooks: checking, predicting, grading, releasing, and starting."""

from nnkit.course.check import check
from nnkit.course.overview import show_progress
from nnkit.course.predict import predict

__all__ = ["check", "predict", "show_progress"]

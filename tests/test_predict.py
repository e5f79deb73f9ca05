import importlib

import pytest

from nnkit.course import predict, progress

CHOICES = {"up": "It falls.", "down": "Gravity."}


@pytest.fixture
def ask(monkeypatch, tmp_path):
    """Ask the question in a folder of the test's own and return the Prediction shown."""
    shown = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(importlib.import_module("nnkit.course.predict"), "display", shown.append)

    def asked():
        predict("apple", "Where does it go?", CHOICES, "down")
        return shown[-1]

    return asked


def test_nothing_is_chosen_or_told_before_the_guess(ask):
    prediction = ask()
    assert prediction.radio.value is None
    assert prediction.feedback.value == ""
    prediction.button.click()
    assert "Choose one first" in prediction.feedback.value


@pytest.mark.parametrize(("choice", "words"), [("up", "Not so.</b> It"), ("down", "Yes.</b>")])
def test_feedback_follows_the_guess_and_the_guess_is_kept(ask, choice, words):
    prediction = ask()
    prediction.radio.value = choice
    prediction.button.click()
    assert words in prediction.feedback.value
    assert progress.load()["guesses"] == {"apple": choice}
    again = ask()
    assert again.radio.value == choice
    assert words in again.feedback.value


def test_a_reader_without_a_kernel_sees_question_and_choices(ask):
    bundle = ask()._repr_mimebundle_()
    for text in "Where does it go?", "up", "down":
        assert text in bundle["text/plain"]
        assert text in bundle["text/html"]
    assert "Gravity" not in bundle["text/plain"] + bundle["text/html"]


def test_the_answer_must_be_one_of_the_choices():
    with pytest.raises(ValueError, match=r"answer must be one of the choices \['up', 'down'\]"):
        predict("apple", "Where?", CHOICES, "left")

"""`predict(...)`: commit to a guess, then see what happens; a guess makes the answer stick."""

import html

import ipywidgets
from IPython.display import display

from nnkit.course import progress


class Prediction:
    """A question with choices; feedback on a choice shows once the learner has committed to it."""

    def __init__(self, name, question, choices, answer):
        if answer not in choices:
            raise ValueError(f"answer must be one of the choices {list(choices)}, got {answer!r}")
        self.name, self.question, self.choices, self.answer = name, question, choices, answer
        saved = progress.load()["guesses"].get(name)
        self.radio = ipywidgets.RadioButtons(
            options=list(choices),
            value=saved if saved in choices else None,
            layout={"width": "auto"},
        )
        self.button = ipywidgets.Button(description="This is my guess", button_style="primary")
        self.button.on_click(lambda _: self.commit(self.radio.value))
        self.feedback = ipywidgets.HTML()
        heading = ipywidgets.HTML(f"<b>Predict.</b> {question}")
        self.view = ipywidgets.VBox([heading, self.radio, self.button, self.feedback])
        if self.radio.value is not None:
            self.commit(self.radio.value)

    def commit(self, choice):
        """Keep the guess `choice` and show its feedback; before a choice, ask for one."""
        if choice is None:
            self.feedback.value = "Choose one first: a wrong guess teaches more than none."
            return
        self.button.description = "Change my guess"
        right = choice == self.answer
        text = ("<b>✓ Yes.</b> " if right else "<b>✗ Not so.</b> ") + self.choices[choice]
        try:
            progress.save("guesses", self.name, choice)
        except OSError as error:
            text += f" (Your guess could not be saved: {html.escape(error.strerror)}.)"
        self.feedback.value = f'<div role="status">{text}</div>'

    def _repr_mimebundle_(self, **kwargs):
        choices = "".join(f"<li>{choice}</li>" for choice in self.choices)
        bundle = dict(self.view._repr_mimebundle_(**kwargs))
        bundle["text/html"] = f"<b>Predict.</b> {self.question}<ul>{choices}</ul>"
        bundle["text/plain"] = f"Predict. {self.question} ({' / '.join(self.choices)})"
        return bundle


def predict(name, question, choices, answer):
    """Ask a question before the experiment.

    name: what the guess is kept under; question: text (HTML allowed); choices: {choice: the
    feedback shown after choosing it}; answer: the right choice.
    """
    display(Prediction(name, question, choices, answer))

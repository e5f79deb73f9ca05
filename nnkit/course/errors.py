"""How a command says no: one clear sentence, without a traceback."""

import click


class Refusal(click.ClickException):
    """What the learner can put right; printed on stderr, and the command ends with exit code 2."""

    exit_code = 2

"""A learner's own function in an explorer: used as soon as it returns something, ours till then."""


def own_or(function, ours, *arguments):
    """(result, whether it is the learner's): of `ours` where `function` is None or returns None."""
    result = function(*arguments) if function else None
    return (ours(*arguments), False) if result is None else (result, True)


def written(function, *arguments):
    """True for a learner's function that returns something for these arguments."""
    return own_or(function, lambda *_: None, *arguments)[1]


def not_yet(function, instead):
    """What an explorer says that was handed a learner's function before it was written."""
    return f"Your {function} returns nothing yet: {instead}. Once it does, run this cell again."

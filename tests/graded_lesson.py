"""A small lesson on which the grading tests try everything: four exercises, made to be abused."""

import json

from nnkit.course.lesson import Lesson

SOURCE = '''\
# %% [markdown]
# # 07 A small lesson

# %% tags=["setup"]
import numpy as np

from nnkit.course import check, predict

# %% exercise="double" points=1
def double(x):
    """Twice the array x."""
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION

# %% inputs="double"
def inputs(rng):
    return (rng.normal(size=3),)

# %% wrong="double"
# That is the square. Twice means: two times.
def double(x):
    return x**2

# %% wrong="double"
# You handed back what you were given.
def double(x):
    return x

# %%
check("double", double)

# %% exercise="powers" points=2
def powers(x, n=3):
    """The list of x, x², ... x to the n."""
    ### BEGIN SOLUTION
    return [x**k for k in range(1, n + 1)]
    ### END SOLUTION

# %% inputs="powers"
def inputs(rng):
    return rng.uniform(0.5, 2), int(rng.integers(2, 6))

# %% wrong="powers"
# The exponents start at 1.
def powers(x, n=3):
    return [x**k for k in range(n)]

# %% wrong="powers"
# One is missing: the last exponent is n.
def powers(x, n=3):
    return [x**k for k in range(1, n)]

# %%
check("powers", powers)

# %% exercise="twice" points=3
def twice(f):
    """The function that applies f two times. (Uses nothing; its answer is a function.)"""
    ### BEGIN SOLUTION
    return lambda x: f(f(x))
    ### END SOLUTION

# %% inputs="twice"
def inputs(rng):
    return rng.uniform(1, 2), rng.normal()

def probe(twice, slope, x):
    return twice(lambda z: slope * z + 1)(x)

# %% wrong="twice"
# Once is not enough: feed the result to f again.
def twice(f):
    return f

# %% wrong="twice"
# That multiplies the results; apply f to what f gave.
def twice(f):
    return lambda x: f(x) * f(x)

# %%
check("twice", twice)

# %% exercise="quadruple" points=4
def quadruple(x):
    """Four times the array x, by means of double."""
    ### BEGIN SOLUTION
    return double(double(x))
    ### END SOLUTION

# %% inputs="quadruple"
def inputs(rng):
    return (rng.normal(size=2),)

# %% wrong="quadruple"
# Once doubled is only doubled.
def quadruple(x):
    return 2 * x

# %% wrong="quadruple"
# Three doublings make eight.
def quadruple(x):
    return 8 * x

# %%
check("quadruple", quadruple)
'''
TOTAL = 10


def make_lesson_of_doubles(folder, count):
    """A Lesson with the exercises double-0, double-1 ...; their answers: double_0, double_1 ..."""
    head, rest = SOURCE.split("# %% exercise", 1)
    double = "# %% exercise" + rest.split("# %% exercise", 1)[0]
    text = head
    for n in range(count):
        text += double.replace('"double"', f'"double-{n}"').replace("double(", f"double_{n}(")
        text = text.replace(f'"double-{n}", double)', f'"double-{n}", double_{n})')
    path = folder / "08_doubles.py"
    path.write_text(text, encoding="utf-8")
    return Lesson(path)


def make_lesson(folder):
    """The Lesson, its source written into `folder`."""
    path = folder / "07_small.py"
    path.write_text(SOURCE, encoding="utf-8")
    return Lesson(path)


def make_notebook(lesson, answers=None, extra=()):
    """A learner's notebook as a dict: solved but for `answers`, {exercise: source of its cell}.

    extra: sources of further code cells, put at the end.
    """
    cells = []
    for name, exercise in lesson.exercises.items():
        cells.append(make_cell(exercise.solution, name))
        cells[-1]["source"] = (answers or {}).get(name, exercise.solution)
        check = f'check("{name}", {exercise.answer})'
        cells.append(make_cell(check, f"check-{name}"))
    cells += [make_cell(source, f"extra-{number}") for number, source in enumerate(extra)]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def make_cell(source, name, cell_type="code"):
    """One cell as JupyterLab saves it, its id and grade_id both `name`."""
    cell = {"cell_type": cell_type, "id": name, "metadata": {"nbgrader": {"grade_id": name}}}
    return cell | {"source": source, "outputs": [], "execution_count": None}


def write_notebook(path, *args, **kwargs):
    """`make_notebook` written to `path`; returns the path."""
    path.write_text(json.dumps(make_notebook(*args, **kwargs)), encoding="utf-8")
    return path

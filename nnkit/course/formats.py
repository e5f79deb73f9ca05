"""jupytext and nbformat, imported without the grammars of formats that no notebook uses.

Checking notebooks brings in jsonschema, which compiles 39 grammars (of `iri` and its like) where
the package rfc3987_syntax is installed: over a second of every start, for nothing.
"""

import sys

_hidden = sys.modules.setdefault("rfc3987_syntax", None)  # None: importing it fails

import jupytext  # noqa: E402
import nbformat  # noqa: E402

if _hidden is None:
    del sys.modules["rfc3987_syntax"]

__all__ = ["jupytext", "nbformat"]

"""What is said when numbers don't fit together: one sentence that names them and what to check."""


def need_floats(name, x):
    if x.dtype.kind != "f":
        raise RuntimeError(f"{name}(): expected float32 or float64, got {x.dtype}; use .float()")


def need_one_dtype(name, x, y):
    if x.dtype != y.dtype:
        raise RuntimeError(
            f"{name}(): expected one dtype, got {x.dtype} and {y.dtype}; use .float() or .double()"
        )


def explain(error, name, inputs):
    """NumPy's error, told with the operation's name and the shapes that met."""
    for x in inputs:
        if x is None or isinstance(x, str | bytes | list | dict | set):
            return TypeError(f"{name}(): expected tensors or numbers, got {type(x).__name__}")
    for kind in (IndexError, TypeError):
        if isinstance(error, kind):
            return kind(f"{name}(): {error}")
    shapes = " and ".join(str(x.shape) for x in inputs if hasattr(x, "shape"))
    message = str(error).strip()
    return RuntimeError(f"{name}(): {message}" + ("" if "(" in message else f", shapes {shapes}"))

"""How knobs were turned while a network trained: a text that tells all of it, and can be edited.

"0: lr 0.03, activation tanh; 40: lr 0.1; 80: activation leaky ReLU" gives each epoch at which a
knob was turned; at 0 stand the first values of all knobs that were ever turned. As rows: {0: {"lr":
0.03, "activation": "tanh"}, 40: {"lr": 0.1}, ...}, no turn at all is {}.
"""


def read_turns(text, knobs):
    """The rows of a text; None for what is none. knobs: {name: Control} of all that can turn."""
    rows = {}
    try:
        for row in text.split(";") if text.strip() else []:
            epoch, turned = row.split(":")
            pairs = dict(pair.split(maxsplit=1) for pair in turned.split(","))
            if rows and int(epoch) <= max(rows):
                return None
            rows[int(epoch)] = {
                name: knobs[name].kind(value.strip()) for name, value in pairs.items()
            }
    except (ValueError, KeyError):
        return None
    told = {(name, value) for row in rows.values() for name, value in row.items()}
    first = rows.get(0, {})
    fine = all(knobs[name].accepts(value) and name in first for name, value in told)
    return rows if fine else None


def write_turns(rows):
    """The text of rows, without turns that change nothing; "" where nothing ever changed."""
    now, parts, turned = dict(rows.get(0, {})), [], set()
    for epoch, row in sorted(rows.items()):
        news = {name: value for name, value in row.items() if epoch and value != now[name]}
        now |= news
        turned |= news.keys()
        parts += [(epoch, news)] if news else []
    first = {name: value for name, value in rows.get(0, {}).items() if name in turned}
    return "; ".join(
        f"{epoch}: " + ", ".join(f"{name} {value}" for name, value in row.items())
        for epoch, row in ([(0, first), *parts] if turned else [])
    )


def in_force(rows, epoch):
    """{name: value} of the knobs that rows tell of, for the epoch after this many."""
    now = {}
    for start in sorted(rows):
        now |= rows[start] if start <= epoch else {}
    return now


def turn(rows, epoch, before, changes):
    """Rows in which knobs turn at that epoch; what they had planned for later is forgotten.

    before, changes: {name: value} before and after. A turn at epoch 0 is a first value.
    """
    rows = {start: dict(row) for start, row in rows.items() if start <= epoch}
    first = {name: before[name] for name in changes if name not in rows.get(0, {})}
    rows[0] = rows.get(0, {}) | first
    rows[epoch] = rows.get(epoch, {}) | changes
    return rows


def for_each_epoch(rows, epochs, values):
    """The values of all knobs in each of the first `epochs` epochs: a list of dicts.

    values: {name: value} of all knobs, for those that rows don't tell of.
    """
    starts = sorted({0, *(start for start in rows if start < epochs)}) if epochs else []
    spans = zip(starts, [*starts[1:], epochs], strict=False)
    return [now for s, end in spans for now in [values | in_force(rows, s)] * (end - s)]

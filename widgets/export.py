"""An explorer as one HTML file: the places of a slider or two computed ahead, no kernel needed."""

import base64
import html
import itertools
import json
import math
from pathlib import Path

from widgets.controls import Slider

LIMIT = 5_000_000  # bytes of the file
SCALES = 2, 1.5, 1  # pixels a CSS pixel: the finest with which every place finds room
TEMPLATE = Path(__file__).parent / "export.html"


def save_html(explorer, path, names=()):
    """See Explorer.save_html. Where 5 MB are not enough, places are left out, evenly."""
    sliders = _chosen(explorer, names)
    explorer.finish()
    here = explorer.state
    all_places = [slider.places() for slider in sliders.values()]
    for scale in SCALES:
        ends = _moves(sliders, [[places[0], places[-1]] for places in all_places])
        room = int(LIMIT / 1.5 / max(len(picture) for picture, _ in _seen(explorer, ends, scale)))
        if math.prod(map(len, all_places)) <= room:
            break
    places = [
        _thinned(values, math.floor(room ** (1 / len(sliders))), here[name])
        for name, values in zip(sliders, all_places, strict=True)
    ]
    seen = _seen(explorer, _moves(sliders, places), scale)
    index = {}  # of the different pictures, in their order
    shown = [[index.setdefault(picture, len(index)), words] for picture, words in seen]
    data = {
        "sliders": [
            {"label": slider.label, "values": values, "at": values.index(here[name])}
            for (name, slider), values in zip(sliders.items(), places, strict=True)
        ],
        "pictures": [base64.b64encode(picture).decode("ascii") for picture in index],
        "shown": shown,
    }
    Path(path).write_text(_page(explorer, sliders, data), encoding="utf-8")


def _chosen(explorer, names):
    """{name: slider} of those that are to move."""
    used = {
        name: widget
        for name, widget in explorer._widgets.items()
        if isinstance(widget, Slider) and not widget.disabled
    }
    names = names or list(used)[:1]
    if not 1 <= len(names) <= 2 or not set(names) <= set(used):
        raise ValueError(f"save_html takes one or two of the sliders {[*used]}, got {[*names]}")
    return {name: used[name] for name in names}


def _moves(sliders, places):
    return [dict(zip(sliders, values, strict=True)) for values in itertools.product(*places)]


def _seen(explorer, moves, scale):
    """[(picture, words)] after each of `moves`."""
    with explorer.live.scaled(scale):
        return [(explorer.live.small_png(), words) for words in explorer.glimpses(moves)]


def _thinned(values, count, here):
    """At most about `count` of the values, evenly, both ends and `here` among them."""
    steps = min(len(values), max(count - 1, 2)) - 1
    kept = {values[round(i * (len(values) - 1) / steps)] for i in range(steps + 1)}
    return sorted(kept | {here})


def _page(explorer, sliders, data):
    purpose = (type(explorer).__doc__ or type(explorer).__name__).strip().splitlines()[0]
    still = {k: v for k, v in explorer.state.items() if k not in sliders}
    fixed = ", ".join(f"{explorer.controls[name].label} = {v}" for name, v in still.items())
    width, height = explorer.size
    page = TEMPLATE.read_text(encoding="utf-8")
    for name, text in {
        "TITLE": html.escape(purpose),
        "WIDTH": str(width),
        "HEIGHT": str(height),
        "LINES": str(explorer.readout_lines),
        "FIXED": html.escape(f"Here {fixed}." if fixed else ""),
        "STATE": html.escape(repr(explorer)),
        "DATA": json.dumps(data).replace("</", "<\\/"),
    }.items():
        page = page.replace(f"@{name}@", text)
    return page

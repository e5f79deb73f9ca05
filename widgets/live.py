"""A matplotlib figure that repaints at the speed of a hand: drawn once, then only moved."""

import base64
import contextlib
import io
import struct
from pathlib import Path

import anywidget
import matplotlib
import numpy as np
import PIL.Image
import traitlets
from isal import isal_zlib
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from widgets.style import RC

ARROWS = {"ArrowLeft": (-1, 0), "ArrowRight": (1, 0), "ArrowDown": (0, -1), "ArrowUp": (0, 1)}
DPI = 100  # matplotlib pixels per inch = CSS pixels per inch of a LiveFigure


class LiveFigure(anywidget.AnyWidget):
    """A live picture of `figure`, a matplotlib Figure of `width` x `height` CSS pixels, and below
    it its `words` in HTML, for which `lines` lines are kept free, so that nothing below them jumps.

    Picture, words and `description` (the picture's alternative text) travel in one message.

    Artists given to `move` are redrawn by every `repaint` on a cached picture of all the others.
    Whatever else changes (a limit, a title, a new artist) is noticed through matplotlib's own
    `stale` flag and costs one full redraw. `on_point(callback)` hears the pointer, `on_points` lets
    it edit an Explorer's points.
    """

    _esm = Path(__file__).parent / "live.js"
    _css = Path(__file__).parent / "live.css"
    picture = traitlets.Unicode().tag(sync=True)
    words = traitlets.Unicode().tag(sync=True)
    description = traitlets.Unicode().tag(sync=True)
    lines = traitlets.Int().tag(sync=True)
    width = traitlets.Int().tag(sync=True)
    height = traitlets.Int().tag(sync=True)
    pixel_ratio = traitlets.Float(1.0).tag(sync=True)
    clickable = traitlets.Bool(False).tag(sync=True)
    hears = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(self, width=840, height=330, lines=0):
        with self.style():
            self.figure = Figure((width / DPI, height / DPI), DPI, layout="constrained")
        self.canvas = FigureCanvasAgg(self.figure)
        self._moving, self._background, self._starts = [], None, {}
        self._listeners, self.points = [], []
        super().__init__(width=width, height=height, lines=lines)
        self.observe(self._resize, "pixel_ratio")
        self.on_msg(self._heard)

    @staticmethod
    def style():
        """A context in which artists are made in the explorers' one style."""
        return matplotlib.rc_context(RC)

    def move(self, *artists):
        """Declare artists that change from picture to picture; returns them."""
        for artist in artists:
            artist.set_animated(True)
            artist.set_in_layout(False)
        self._moving = sorted(self._moving + list(artists), key=lambda artist: artist.zorder)
        return artists

    def repaint(self):
        """Send the present picture to every view."""
        self.picture = self.url()

    def tell(self, words, description):
        """Send the present picture with these words, and that description, to every view."""
        with self.hold_sync():
            self.words, self.description = f'<div role="status">{words}</div>', description
            self.repaint()

    def admit(self, words):
        """Send words that say why the picture is an old one."""
        self.words = f'<div role="alert">{words}</div>'

    def url(self):
        """The moved artists drawn on all the others, as the page's picture."""
        return "data:image/png;base64," + base64.b64encode(encode(self._pixels())).decode("ascii")

    def png(self, scale=2):
        """The present picture as PNG bytes, for paper and pages without a kernel.

        scale: its pixels a CSS pixel. A palette of 256 colours makes it a third of the size.
        """
        with self.scaled(scale):
            return self.small_png()

    @contextlib.contextmanager
    def scaled(self, scale):
        """Draw `scale` pixels a CSS pixel in this block, unseen by the page.

        The axes stay where they are; if nothing is changed meanwhile, that is all it costs.
        """
        self._draw_background()
        before, layout = self._background, self.figure.get_layout_engine()
        self.figure.set_dpi(DPI * scale)
        try:
            self.figure.set_layout_engine("none")
            self._draw()
            if layout:
                self.figure.set_layout_engine(layout)
            drawn = self._background
            yield
        finally:
            unchanged = not self.figure.stale and self._background is drawn
            self.figure.set_dpi(DPI * self.pixel_ratio)
            self.figure.stale = not unchanged
            self._background = before if unchanged else None

    def small_png(self):
        """The picture as `png` makes it, at the present scale."""
        file, pixels = io.BytesIO(), PIL.Image.fromarray(self._pixels()).convert("RGB")
        palette = pixels.quantize(256, PIL.Image.Quantize.MAXCOVERAGE)
        palette.save(file, format="png", optimize=True)
        return file.getvalue()

    def _draw_background(self):
        """Draw what stands still, if it changed.

        A constrained layout starts from the one before, so each would differ a little from the
        last and the picture would jump: all start from the same place instead. A figure without a
        layout engine keeps its axes where they were put.
        """
        if not self.figure.stale and self._background is not None:
            return
        layout = self.figure.get_layout_engine()
        for axes in self.figure.axes if layout else ():
            laid_out = axes.get_in_layout()
            axes.set_position(self._starts.setdefault(axes, axes.get_position(original=True)))
            axes.set_in_layout(laid_out)  # set_position takes it out
        if layout and any(axes.get_aspect() != "auto" for axes in self.figure.axes):
            with self.style():
                layout.execute(self.figure)  # these need a second pass
        self._draw()

    def _draw(self):
        """Draw what stands still and keep its pixels."""
        with self.style():
            self.canvas.draw()
        width, height = self.canvas.get_width_height()  # 4.6 inches at 100 dpi are 459.99999 pixels
        self._background = self.canvas.copy_from_bbox(Bbox.from_bounds(0, 0, width, height))

    def _pixels(self):
        self._draw_background()
        self.canvas.restore_region(self._background)
        for artist in self._moving:
            artist.axes.draw_artist(artist)
        return np.asarray(self.canvas.buffer_rgba())

    def _resize(self, _):
        self.figure.set_dpi(DPI * self.pixel_ratio)
        self._background = None
        self.repaint()

    def on_point(self, callback):
        """Call `callback(axes, x, y)`, in data coordinates, where the pointer presses or drags."""

        def heard(event):
            if event["kind"] not in ("press", "drag"):
                return
            pixel = np.array([event["x"], event["y"]]) * self.figure.bbox.size
            for axes in self.figure.axes:
                if axes.bbox.contains(*pixel):
                    callback(axes, *map(float, axes.transData.inverted().transform(pixel)))

        self.listen(heard)

    def on_points(self, axes, name):
        """In `setup`: let pointer and keys edit the Explorer's points control `name` on `axes`."""
        self.points.append((axes, name))
        self.hears = ["a", "n", "c", "Delete", "Escape", *ARROWS]

    def listen(self, callback):
        """Call `callback(event)` with what the page says of pointer and keys.

        event: kind (press, drag, double, key or blur); x, y from 0 to 1, from the lower left; of a
        drag also path, the places [x, y] on its way; of a key, key and shift. Keys are heard if
        `hears` names them: letters in lower case, others as in a page's KeyboardEvent.
        """
        self._listeners.append(callback)
        self.clickable = True

    def _heard(self, _, event, buffers):
        try:
            for listener in self._listeners:
                listener(event)
        finally:
            self.send({"painted": True})  # the page sends the next position only now


def encode(pixels):
    """Encode an (height, width, 4) uint8 RGBA image as PNG bytes, fast rather than small.

    Unfiltered rows and a light deflate: 0.3 ms where matplotlib's own writer takes 10 to 20.
    PNG specification, W3C 2003, sections 5 and 9.
    """
    height, width = pixels.shape[:2]
    rows = np.zeros((height, 1 + 4 * width), np.uint8)  # each row starts with its filter type, 0
    rows[:, 1:] = pixels.reshape(height, 4 * width)

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", isal_zlib.crc32(body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n"
        + header
        + chunk(b"IDAT", isal_zlib.compress(rows, 1))
        + chunk(b"IEND", b"")
    )

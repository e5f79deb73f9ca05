"""What stands around an explorer's picture: controls and buttons above, its state below."""

import html
from pathlib import Path

import anywidget
import ipywidgets

from widgets.play import Player


class StateLine(anywidget.AnyWidget):
    """A button that copies `read()`, the explorer's state as code; asked for only when pressed."""

    _esm = Path(__file__).parent / "state.js"
    _css = Path(__file__).parent / "state.css"

    def __init__(self, read):
        super().__init__()
        self.on_msg(lambda *_: self.send({"state": read()}))


class Panel:
    """The view of an explorer: `buttons` and `player` are parts of it, `box` is the whole.

    widgets: of the controls, in their order.
    """

    def __init__(self, explorer, widgets):
        self.explorer = explorer
        reset = ipywidgets.Button(description="Reset", tooltip="Back to the start", icon="undo")
        reset.layout.width = "90px"
        reset.on_click(lambda _: self._stop_playing())
        reset.on_click(explorer.reset)
        row = [self._preset_menu()] if explorer.presets else []
        row.append(reset)
        self.player = None
        if name := explorer.play:
            self.player = Player(widgets[name], lambda value: explorer.set(**{name: value}))
            row.append(self.player)
        row += map(self._action, explorer.actions)
        self.buttons = ipywidgets.HBox(row, layout={"flex_flow": "row wrap", "min_width": "398px"})
        controls = ipywidgets.Box(
            [*widgets.values(), self.buttons],
            layout={"flex_flow": "row wrap", "grid_gap": "0 8px"},
        )
        state = StateLine(lambda: repr(explorer))
        self.box = ipywidgets.VBox(
            [controls, explorer.live, state],
            layout={"max_width": f"{explorer.size[0]}px"},
        )
        self.box.add_class("nnkit-explorer")

    def admit(self, error):
        """Show a failure in one line."""
        self.explorer.live.admit(apology(error))
        self.delivered(fine=False)

    def delivered(self, fine=True):
        """The picture that was asked for is there, or has failed."""
        if self.player:
            self.player.delivered(fine)

    def _stop_playing(self):
        if self.player:
            self.player.stop()

    def _action(self, words):
        button = ipywidgets.Button(description=words, layout={"width": "auto"})

        def clicked(_):
            try:
                getattr(self.explorer, self.explorer.actions[words])()
            except Exception as error:
                self.admit(error)

        button.on_click(clicked)
        return button

    def _preset_menu(self):
        prompt = "Try a preset …"
        menu = ipywidgets.Dropdown(
            options=[prompt, *self.explorer.presets], layout={"width": "292px"}
        )

        def chosen(change):
            if change.new != prompt:
                self._stop_playing()
                self.explorer.set(**self.explorer.presets[change.new])
                menu.value = prompt

        menu.observe(chosen, "value")
        return menu


def apology(error):
    """A failure in one line of HTML."""
    return "This position can't be shown. " + html.escape(f"{type(error).__name__}: {error}")

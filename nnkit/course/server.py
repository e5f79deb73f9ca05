"""Pictures reach the browser at once: the Jupyter server stops holding small messages back.

Nagle's algorithm lets the last small part of a picture wait until the browser has acknowledged
the part before it, which costs up to 40 ms a picture. TCP_NODELAY on the kernel's websocket turns
it off. Installing nnkit enables this extension (`server.json` becomes a file of Jupyter's
configuration), however JupyterLab is started.
"""


def _jupyter_server_extension_points():
    return [{"module": __name__}]


def _load_jupyter_server_extension(server):
    """Let every kernel websocket of `server`, a jupyter_server ServerApp, send without delay."""
    settings = server.web_app.settings
    base = settings.get("kernel_websocket_connection_class")
    if not hasattr(base, "connect"):
        server.log.warning("nnkit: this Jupyter server is new to us; pictures may move slower")
        return

    class PromptConnection(base):
        def connect(self):
            try:
                self.websocket_handler.set_nodelay(True)
            except Exception as error:  # a slower picture is better than no kernel
                self.log.warning("nnkit: pictures may move slower: %s", error)
            return super().connect()

    settings["kernel_websocket_connection_class"] = PromptConnection

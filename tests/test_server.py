"""A picture leaves the server at once: kernel websockets have TCP_NODELAY."""

import json
import logging
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from types import SimpleNamespace

import pytest
import websocket

from nnkit.course import server

TOKEN = "a-token-for-this-test"

# A second extension, which tells from inside the server how its websockets' sockets are set.
PROBE = """
import gc, socket
from jupyter_server.services.kernels.websocket import KernelWebsocketHandler
from tornado.web import RequestHandler

class Probe(RequestHandler):
    def get(self):
        sockets = [handler.ws_connection.stream.socket for handler in gc.get_objects()
                   if isinstance(handler, KernelWebsocketHandler) and handler.ws_connection]
        nodelay = [s.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0 for s in sockets]
        self.write({"nodelay": nodelay})

def _jupyter_server_extension_points():
    return [{"module": "nodelay_probe"}]

def _load_jupyter_server_extension(server):
    server.web_app.add_handlers(".*", [("/nodelay", Probe)])
"""


@pytest.fixture(params=[True, False], ids=["enabled", "disabled"])
def jupyter(request, tmp_path):
    """A running Jupyter server: (its port, whether our extension is enabled)."""
    (tmp_path / "nodelay_probe.py").write_text(PROBE)
    extensions = {"nnkit.course.server": request.param, "nodelay_probe": True}
    runtime = tmp_path / "runtime"
    environment = os.environ | {
        "PYTHONPATH": str(tmp_path),
        "JUPYTER_RUNTIME_DIR": str(runtime),
        "JUPYTER_CONFIG_DIR": str(tmp_path / "config"),
    }
    command = [
        sys.executable, "-m", "jupyter", "server", "--no-browser", "--allow-root", "--port=0",
        f"--ServerApp.root_dir={tmp_path}", f"--IdentityProvider.token={TOKEN}",
        f"--ServerApp.jpserver_extensions={extensions}",
    ]  # fmt: skip
    with open(tmp_path / "log", "wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        give_up = time.monotonic() + 120
        while (port := port_of(runtime)) is None:
            alive = process.poll() is None and time.monotonic() < give_up
            assert alive, (tmp_path / "log").read_text()
            time.sleep(0.05)
        yield port, request.param
        assert "nnkit: " not in (tmp_path / "log").read_text()
    finally:
        process.terminate()
        process.wait(20)


def port_of(runtime):
    """The port on which the server answers, or None if it does not answer yet."""
    for path in runtime.glob("jpserver-*.json"):
        try:
            port = json.loads(path.read_text())["port"]
            ask(port, "/api")
            return port
        except (ValueError, OSError):  # the file comes before the server
            pass
    return None


def ask(port, path, data=None):
    url = f"http://localhost:{port}{path}"
    headers = {"Authorization": f"token {TOKEN}"}
    request = urllib.request.Request(url, data=data, headers=headers)
    with urllib.request.urlopen(request, timeout=60) as reply:
        return json.load(reply)


def test_a_kernel_websocket_sends_without_delay(jupyter):
    port, enabled = jupyter
    kernel = ask(port, "/api/kernels", data=b"{}")["id"]
    url = f"ws://localhost:{port}/api/kernels/{kernel}/channels?session_id=s"
    socket = websocket.create_connection(url, header=[f"Authorization: token {TOKEN}"], timeout=60)
    try:
        socket.recv()  # the kernel answers: the connection is open on both sides
        assert ask(port, "/nodelay") == {"nodelay": [enabled]}
    finally:
        socket.close()


def test_the_configuration_file_enables_this_extension():
    path = Path(server.__file__).with_name("server.json")
    enabled = json.loads(path.read_text())["ServerApp"]["jpserver_extensions"]
    assert enabled == {server.__name__: True}
    assert server._jupyter_server_extension_points() == [{"module": server.__name__}]


class Connection:
    """As much of a kernel websocket connection as the extension touches."""

    log = logging.getLogger("connection")

    def __init__(self, handler):
        self.websocket_handler = handler

    def connect(self):
        return "connected"


def load(**settings):
    """Load the extension into a server with these settings; returns the settings after it."""
    app = SimpleNamespace(settings=settings)
    server._load_jupyter_server_extension(
        SimpleNamespace(web_app=app, log=logging.getLogger("server"))
    )
    return app.settings


def test_a_server_without_the_hook_is_left_alone_with_one_line(caplog):
    assert load() == {}
    assert [record.message for record in caplog.records] == [
        "nnkit: this Jupyter server is new to us; pictures may move slower"
    ]


def test_a_socket_that_refuses_still_connects_with_one_line(caplog):
    made = load(kernel_websocket_connection_class=Connection)["kernel_websocket_connection_class"]
    assert made(SimpleNamespace()).connect() == "connected"
    assert len(caplog.records) == 1
    assert caplog.records[0].message.startswith("nnkit: pictures may move slower: ")

"""The process that answers `/metrics` at an address of its own: no worker is held up, and no reader gets there."""

from __future__ import annotations

import socket
import threading
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from searchapp.config.loading import Config
from searchapp.engine import Engine
from searchapp.engines import open_engine
from searchapp.serving.sidecar import Work
from searchapp.web import create_app
from searchapp.web.ops.metrics import exposition
from searchapp.web.ops.shared_state import SharedState

SECONDS = 10.0
"""That a client may take for its request."""


def answering(config: Config, shared: SharedState, listener: socket.socket) -> Work:
    """What the process does; `listener` is a socket that listens where it is to answer."""

    def work(gone: threading.Event) -> None:
        with closing(open_engine(config)) as engine:
            create_app(config, engine, shared)  # which says what the numbers are of
            server = _Server(listener, shared, engine)
            threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
            gone.wait()

    return work


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, listener: socket.socket, shared: SharedState, engine: Engine) -> None:
        super().__init__(listener.getsockname()[:2], _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listener
        self.shared, self.engine = shared, engine

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no news."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = SECONDS

    def do_GET(self) -> None:
        """The numbers, and nothing else."""
        if self.path.partition("?")[0] != "/metrics":
            self.send_error(404)
            return
        body, media = exposition.text(self.server.shared.metrics.counts(), self.server.engine)
        self.send_response(200)
        self.send_header("Content-Type", media)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """No log of who asks."""

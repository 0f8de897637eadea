"""The sidecar that answers `/metrics` at an address of its own: it delays no worker, and readers can't reach it."""

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

TIMEOUT = 10.0
"""Timeout of a client's request."""


def metrics_work(config: Config, shared: SharedState, listener: socket.socket) -> Work:
    """Return the sidecar's main function; `listener` is a listening socket at the metrics' address."""

    def work(gone: threading.Event) -> None:
        with closing(open_engine(config)) as engine:
            create_app(config, engine, shared)  # registers the routes, which are labels of metrics
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
        """Log nothing when a client disconnects."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = TIMEOUT

    def do_GET(self) -> None:
        """Answer the metrics; 404 for every other path."""
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
        """Log no requests."""

"""A small HTTP proxy on loopback, to put before a cluster what may stand before one: TLS, a password, a fault."""

from __future__ import annotations

import base64
import contextlib
import ssl
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple


class Answer(NamedTuple):
    """What the proxy says itself, in place of what is behind it."""

    status: int
    body: bytes
    kind: str = "application/json"


Hook = Callable[[str, str, bytes], Answer | None]
"""(method, path, body) -> what to answer; None asks what is behind."""


@contextlib.contextmanager
def proxy(
    behind: str,
    *,
    hook: Hook = lambda method, path, body: None,
    password: str = "",
    certificate: tuple[Path, Path] | None = None,
) -> Iterator[str]:
    """The address of a proxy before another.

    password     "user:password" that it wants
    certificate  its certificate and key, for TLS
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            wanted = f"Basic {base64.b64encode(password.encode()).decode()}"
            if password and self.headers.get("Authorization") != wanted:
                found: Answer | None = Answer(401, b"Unauthorized", "text/plain")
            else:
                found = hook(self.command, self.path, body)
            status, text, kind = found or self.pass_on(body)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PUT = do_DELETE = answer

        def pass_on(self, body: bytes) -> Answer:
            headers = {"Content-Type": self.headers.get("Content-Type", "application/json")}
            request = urllib.request.Request(f"{behind}{self.path}", body or None, headers, method=self.command)
            try:
                with urllib.request.urlopen(request, timeout=60) as answer:
                    return Answer(answer.status, answer.read(), answer.headers.get("Content-Type", ""))
            except urllib.error.HTTPError as error:
                return Answer(error.code, error.read(), error.headers.get("Content-Type", ""))

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that does not trust the certificate hangs up."""

    server = Server(("127.0.0.1", 0), Handler)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"{'https' if certificate else 'http'}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate for this machine, signed by itself, and its key."""
    made, key = folder / f"{name}.pem", folder / f"{name}.key"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(made)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return made, key

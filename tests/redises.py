"""A real Redis or Valkey for the tests, on a free port of this machine."""

from __future__ import annotations

import contextlib
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator

from nodes import free_ports

NAMES = ("valkey-server", "redis-server")
STARTS_WITHIN = 20.0


def missing() -> str:
    """What the machine lacks, "" if nothing."""
    return "" if any(map(shutil.which, NAMES)) else f"needs {' or '.join(NAMES)}"


class Redis:
    """One server, which can be made not to answer. `url` is its address."""

    def __init__(self) -> None:
        [self._port] = free_ports(1)
        self.url = f"redis://127.0.0.1:{self._port}/0"
        name = next(filter(None, map(shutil.which, NAMES)))
        arguments = ["--port", str(self._port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen([name, *arguments], stdout=subprocess.DEVNULL)
        end = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < end:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._port), 1) as connection:
                connection.sendall(b"PING\r\n")
                if connection.recv(16).startswith(b"+PONG"):
                    return
            time.sleep(0.05)
        raise RuntimeError(f"{name} does not answer")

    @contextlib.contextmanager
    def silent(self) -> Iterator[None]:
        """It takes connections and answers none of them."""
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def close(self) -> None:
        self._process.kill()
        self._process.wait()

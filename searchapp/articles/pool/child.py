"""A worker process, as seen by its parent."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from searchapp.articles.outcome import Limits
from searchapp.articles.pool.frames import HEADER, Task, write
from searchapp.articles.site import Site

PIPE_BYTES = 1024 * 1024
_COMMAND = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from searchapp.articles.pool.worker import main; main()"
)


class WorkerProcess:
    """A child process, its pending tasks, and the data received of its next result."""

    def __init__(self, site: Site | None, limits: Limits) -> None:
        self.process = _spares.pop() if _spares else _spawn()
        self.pending: deque[tuple[int, Task]] = deque()
        self.buffer = bytearray()
        self.greeted = False
        self.waited = 0.0
        self.stalled = False
        # A deep pipe keeps the child working while the parent is busy with what it already has.
        # A deep one the other way keeps us from waiting for a child that waits for us.
        assert self.process.stdin is not None
        for pipe in (self.output, self.process.stdin.fileno()):
            with contextlib.suppress(OSError, AttributeError):
                fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        self.send(limits)
        self.send(site)

    @property
    def output(self) -> int:
        assert self.process.stdout is not None
        return self.process.stdout.fileno()

    def send(self, value: object) -> None:
        """Write a frame; errors are left to the next read."""
        assert self.process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            write(self.process.stdin.fileno(), value)

    def frames(self) -> Iterator[object] | None:
        """Return the results that have arrived; None if the child has exited."""
        part = os.read(self.output, PIPE_BYTES)
        if not part:
            return None
        self.buffer += part
        return self._unpacked()

    def _unpacked(self) -> Iterator[object]:
        while len(self.buffer) >= HEADER.size:
            end = HEADER.size + HEADER.unpack_from(self.buffer)[0]
            if len(self.buffer) < end:
                return
            body = bytes(self.buffer[HEADER.size : end])
            del self.buffer[:end]
            yield pickle.loads(body)  # noqa: S301 - from our own child

    def end(self) -> int:
        """Kill the child and return its exit status as `Popen.returncode`."""
        return _end(self.process)


_spares: list[subprocess.Popen[bytes]] = []


@contextlib.contextmanager
def spare() -> Iterator[None]:
    """Start a process that the first `WorkerProcess` within the block takes over; end it if nothing needed it.

    Its start, a tenth of a second, overlaps with whatever is done before it is needed.
    """
    _spares.append(_spawn())
    try:
        yield
    finally:
        while _spares:
            _end(_spares.pop())


def _spawn() -> subprocess.Popen[bytes]:
    package = str(Path(__file__).parents[3])
    path = json.dumps([package, *(entry for entry in sys.path if entry)])
    # `-S`: the path is given, and reading it from the disk again would take a quarter of the start.
    return subprocess.Popen(  # noqa: S603 - our own interpreter, no shell
        [sys.executable, "-I", "-S", "-c", _COMMAND, path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
    )


def _end(process: subprocess.Popen[bytes]) -> int:
    process.kill()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
    return process.wait()

"""First in, first out scheduling of the requests of one process.

Python runs one thread at a time, in no particular order: with eight concurrent requests, the 99th percentile was three
to four times the median. First in, first out it is twice the median, at the same throughput.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATIENCE = 0.25
"""Seconds after which a request no longer waits for its turn: a slow one must not stop all others."""
_QUEUED_METHODS = frozenset({"GET", "HEAD"})
"""Requests with a body are not queued, as it may be sent slowly."""


class RequestQueue:
    """WSGI middleware that calls `app` for one request at a time; sending the response is not part of a turn."""

    def __init__(self, app: WSGIApplication, patience: float = PATIENCE) -> None:
        self._app = app
        self._patience = patience
        self._lock = threading.Lock()
        self._taken = False
        self._waiting: deque[threading.Lock] = deque()

    @property
    def waiting(self) -> int:
        """The number of requests that wait for their turn."""
        return len(self._waiting)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer as `app` does."""
        if environ["REQUEST_METHOD"] not in _QUEUED_METHODS:
            return self._app(environ, start_response)
        with self._turn():
            return self._app(environ, start_response)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        mine = self._take()
        try:
            yield
        finally:
            if mine:
                self._pass_on()

    def _take(self) -> bool:
        """Wait; return whether it is the caller's turn, False after a timeout."""
        with self._lock:
            if not self._taken:
                self._taken = True
                return True
            gate = threading.Lock()
            gate.acquire()
            self._waiting.append(gate)
        if gate.acquire(timeout=self._patience):
            return True
        with self._lock:
            if gate not in self._waiting:
                return True
            self._waiting.remove(gate)
            return False

    def _pass_on(self) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False

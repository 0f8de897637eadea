"""Requests of one process are answered one after the other, in the order in which they came.

Python runs one thread at a time, and which one is anybody's guess: with eight requests under way, the slowest of a
hundred took three to four times the median. In turns it takes twice the median, and no more time is spent.
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
"""Seconds after which a request no longer waits for its turn: one that takes long must not stop all others."""
_WITHOUT_BODY = frozenset({"GET", "HEAD"})
"""Whoever sends a body may send it slowly, and takes no turn."""


class RequestQueue:
    """A WSGI application that gives `app` its requests in turn; sending an answer is no part of a turn."""

    def __init__(self, app: WSGIApplication, patience: float = PATIENCE) -> None:
        self._app = app
        self._patience = patience
        self._lock = threading.Lock()
        self._taken = False
        self._waiting: deque[threading.Lock] = deque()

    @property
    def waiting(self) -> int:
        """How many requests wait for their turn."""
        return len(self._waiting)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """As `app` answers."""
        if environ["REQUEST_METHOD"] not in _WITHOUT_BODY:
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
        """Waits; whether it is the caller's turn now, or its patience that has ended."""
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

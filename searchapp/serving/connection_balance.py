"""Connections are dealt out evenly: a worker that has more than another lets that one take the next.

All workers wait at one listening socket, and a connection that stays open stays with who took it. Of sixteen that came
at once, one worker often took all, and the other had nothing to do.
"""

from __future__ import annotations

import mmap
import time

GLANCE = 0.0005
"""Seconds until a worker that gives way looks again whether the connection is still there."""
PATIENCE = 0.05
"""Seconds that it gives way at most; the other one may be stuck."""
HURRY = 0.1
"""Seconds after that in which it takes whatever comes."""
_SLOTS = 256
"""More than there may be workers at a time; a worker's number grows with each that was ever started."""


class Connections:
    """How many connections each worker has, in memory that the master shares with all of them."""

    def __init__(self) -> None:
        self._counts = memoryview(mmap.mmap(-1, 4 * _SLOTS)).cast("i")

    def tell(self, worker: int, count: int) -> None:
        """A worker has so many now."""
        self._counts[worker % _SLOTS] = count + 1

    def leave(self, worker: int) -> None:
        """A worker has ended."""
        self._counts[worker % _SLOTS] = 0

    def least(self) -> int:
        """What the worker with the fewest has."""
        return min((count for count in self._counts if count), default=1) - 1


class ConnectionBalancer:
    """Decides for one worker whether it takes a connection that has come."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._waiting_since: float | None = None
        self._hurry_until = 0.0

    def gives_way(self, own: int) -> bool:
        """Whether a worker with `own` connections leaves this one to another, for the moment."""
        now = time.monotonic()
        if now < self._hurry_until or own <= self._connections.least():
            self._waiting_since = None
            return False
        if self._waiting_since is None:
            self._waiting_since = now
        if now - self._waiting_since < PATIENCE:
            return True
        self._waiting_since = None
        self._hurry_until = now + HURRY
        return False

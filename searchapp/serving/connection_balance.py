"""Balancing of connections between workers: one that has more than another leaves the next to that one.

All workers accept from one listening socket, and a connection stays with its worker while it is open. Of sixteen that
came at once, one worker often took all, and the other was idle.
"""

from __future__ import annotations

import mmap
import time

RETRY_SECONDS = 0.0005
"""Seconds until a worker that yields tries again to accept the connection."""
PATIENCE = 0.05
"""Seconds for which it yields at most; the other worker may be busy."""
GREEDY_SECONDS = 0.1
"""Seconds after that for which it accepts every connection."""
_SLOTS = 256
"""More than the maximum number of workers, as each new worker has the next number, modulo this."""


class Connections:
    """The number of connections of each worker, in memory shared by the processes forked after its creation."""

    def __init__(self) -> None:
        self._counts = memoryview(mmap.mmap(-1, 4 * _SLOTS)).cast("i")

    def update(self, worker: int, count: int) -> None:
        """Set the number of a worker's connections."""
        self._counts[worker % _SLOTS] = count + 1

    def remove(self, worker: int) -> None:
        """Remove a worker that has ended."""
        self._counts[worker % _SLOTS] = 0

    def least(self) -> int:
        """Return the smallest number of connections of a worker; 0 without workers."""
        return min((count for count in self._counts if count), default=1) - 1


class ConnectionBalancer:
    """Decides for one worker whether it accepts a waiting connection."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._waiting_since: float | None = None
        self._hurry_until = 0.0

    def should_yield(self, own: int) -> bool:
        """Whether a worker with `own` connections should leave this one to another for now."""
        now = time.monotonic()
        if now < self._hurry_until or own <= self._connections.least():
            self._waiting_since = None
            return False
        if self._waiting_since is None:
            self._waiting_since = now
        if now - self._waiting_since < PATIENCE:
            return True
        self._waiting_since = None
        self._hurry_until = now + GREEDY_SECONDS
        return False

"""Rate limits shared by the workers of one machine, in a table of fixed size: the generic cell rate algorithm.

One number is stored for each client, its theoretical arrival time; a request is refused if that is further in the
future than the burst allows (ITU-T I.371, virtual scheduling).
"""

from __future__ import annotations

import hashlib
import mmap
import secrets
import threading
import time
from dataclasses import dataclass
from typing import Protocol

SLOTS = 65_536
"""Size of the hash table, half a megabyte: two clients may share a slot, by a keyed hash that nobody can predict."""


@dataclass(frozen=True, slots=True)
class RateLimit:
    """The limit of a client: `rate` requests a second, and `burst` at once."""

    rate: float
    burst: float

    @classmethod
    def of(cls, per_minute: int) -> RateLimit:
        """Return the budget of so many requests a minute, and as many at once."""
        return cls(per_minute / 60, float(per_minute))


class RateCounter(Protocol):
    """A rate limiter."""

    def take(self, client: str, cost: float, budget: RateLimit) -> float:
        """Charge a client `cost` requests and return 0.0; over its budget, return the seconds to wait instead."""


class LocalCounter:
    """A `RateCounter` in memory shared with processes that are forked later. No address is stored.

    Two requests of one client that two processes check in the same microsecond may be counted as one.
    """

    def __init__(self, slots: int = SLOTS) -> None:
        self._due = memoryview(mmap.mmap(-1, 8 * slots)).cast("d")
        self._secret = secrets.token_bytes(16)

    def take(self, client: str, cost: float, budget: RateLimit) -> float:
        """See `RateCounter`. All processes of a machine share the monotonic clock."""
        digest = hashlib.blake2b(client.encode(), key=self._secret, digest_size=8).digest()
        slot = int.from_bytes(digest) % len(self._due)
        now = time.monotonic()
        due = max(self._due[slot], now) + cost / budget.rate
        if due > now + budget.burst / budget.rate:
            return due - now - budget.burst / budget.rate
        self._due[slot] = due
        return 0.0


class TokenBucket:
    """A limit for all clients of one process together, for where there are no addresses to count by. Safe for threads.

    rate, burst   requests a second, and at once: by default far more than readers send, and too few to fill a disk
    """

    def __init__(self, rate: float = 20.0, burst: float = 200.0) -> None:
        self._rate, self._burst = rate, burst
        self._tokens, self._updated = burst, time.monotonic()
        self._lock = threading.Lock()

    def take(self) -> bool:
        """Take a token and return True; False if there is none now."""
        with self._lock:
            now = time.monotonic()
            self._tokens = min(self._burst, self._tokens + (now - self._updated) * self._rate)
            self._updated = now
            allowed = self._tokens >= 1
            self._tokens -= allowed
            return allowed

"""Counts that the workers of one machine share, in a table of fixed size: the generic cell rate algorithm.

For each client one number is kept, the time at which it will have paid for all it has had; a request is refused if
that is further ahead than the burst. (ITU-T I.371, as virtual scheduling; there the number is called the theoretical
arrival time.)
"""

from __future__ import annotations

import hashlib
import mmap
import secrets
import time
from dataclasses import dataclass
from typing import Protocol

SLOTS = 65_536
"""Clients that are told apart, about: two may share a slot, which nobody can foresee. Half a megabyte."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What a client may spend: `rate` a second, and `burst` at once."""

    rate: float
    burst: float

    @classmethod
    def of(cls, per_minute: int) -> Budget:
        """So many a minute, and as many at once."""
        return cls(per_minute / 60, float(per_minute))


class RateCounter(Protocol):
    """Counts what clients spend."""

    def take(self, client: str, cost: float, budget: Budget) -> float:
        """0 if a client may spend this now, and then it has; else the seconds until it may."""


class LocalCounter:
    """A `RateCounter` in memory that processes forked later share. No address is kept.

    Two requests of one client that two processes look at in the same microsecond may be counted as one.
    """

    def __init__(self, slots: int = SLOTS) -> None:
        self._due = memoryview(mmap.mmap(-1, 8 * slots)).cast("d")
        self._secret = secrets.token_bytes(16)

    def take(self, client: str, cost: float, budget: Budget) -> float:
        """See `RateCounter`. The clock is one that all processes of a machine share."""
        digest = hashlib.blake2b(client.encode(), key=self._secret, digest_size=8).digest()
        slot = int.from_bytes(digest) % len(self._due)
        now = time.monotonic()
        due = max(self._due[slot], now) + cost / budget.rate
        if due > now + budget.burst / budget.rate:
            return due - now - budget.burst / budget.rate
        self._due[slot] = due
        return 0.0

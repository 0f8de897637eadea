"""A bound on what strangers may have written, without knowing who they are."""

from __future__ import annotations

import threading
from time import monotonic

RATE, BURST = 20.0, 200.0
"""A second, and at once, of one worker: far more than readers send, and few enough that nobody fills a disk with them.
There are no addresses to count by.
"""


class ByteBudget:
    """So many a second, and some at once. One value may be shared by threads."""

    def __init__(self, rate: float = RATE, burst: float = BURST) -> None:
        self._rate, self._burst = rate, burst
        self._left, self._seen = burst, monotonic()
        self._lock = threading.Lock()

    def take(self) -> bool:
        """Whether one more is allowed now."""
        with self._lock:
            now = monotonic()
            self._left = min(self._burst, self._left + (now - self._seen) * self._rate)
            self._seen = now
            allowed = self._left >= 1
            self._left -= allowed
            return allowed

"""An LRU cache of responses of one generation, bounded in bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

from searchapp.querylog.entries import ResultSummary

Key = tuple[str, ...]

MAX_BYTES = 32_000_000
"""Of one process: over a thousand pages of results."""
MAX_RESPONSE = 1_000_000
"""Bytes of one response; larger ones are seldom requested twice and would evict many that are."""
OVERHEAD = 1_000
"""Approximate bytes of an entry besides its body and key."""


@dataclass(frozen=True, slots=True)
class CachedResponse:
    """A response with status 200 and its headers, including the entity tag; and what a search found."""

    headers: tuple[tuple[str, str], ...]
    body: bytes
    found: ResultSummary | None = None


class ResponseCache:
    """At most `most` bytes of responses, by key; thread-safe. Responses over `largest` bytes are not cached."""

    def __init__(self, most: int = MAX_BYTES, largest: int = MAX_RESPONSE) -> None:
        self._most = most
        self._largest = largest
        self._lock = threading.Lock()
        self._answers: OrderedDict[Key, CachedResponse] = OrderedDict()
        self._size = 0
        self._generation = ""

    @property
    def size(self) -> int:
        """Bytes in the cache."""
        return self._size

    def __len__(self) -> int:
        return len(self._answers)

    def use_generation(self, generation: str) -> None:
        """Clear the cache if the generation has changed."""
        if generation != self._generation:
            with self._lock:
                self._answers.clear()
                self._size, self._generation = 0, generation

    def get(self, key: Key) -> CachedResponse | None:
        """Return the response of a key; None if it is not cached."""
        with self._lock:
            found = self._answers.get(key)
            if found is not None:
                self._answers.move_to_end(key)
            return found

    def put(self, key: Key, answer: CachedResponse) -> None:
        """Add a response, unless it is too large."""
        size = _size(key, answer)
        if size > min(self._largest, self._most):
            return
        with self._lock:
            before = self._answers.pop(key, None)
            self._size += size - (_size(key, before) if before else 0)
            self._answers[key] = answer
            while self._size > self._most:
                self._size -= _size(*self._answers.popitem(last=False))


def _size(key: Key, answer: CachedResponse) -> int:
    return OVERHEAD + len(answer.body) + sum(4 * len(part) for part in key)

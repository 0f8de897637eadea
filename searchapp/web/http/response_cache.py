"""Answers kept in memory: a bounded table of bytes that were sent. The least recently used are given up first, and all
of a generation when the next is asked.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

from searchapp.querylog.entries import ResultSummary

Key = tuple[str, ...]

MOST_BYTES = 32_000_000
"""Of one process: a thousand pages of results and more."""
LARGEST = 1_000_000
"""Bytes of one answer; larger ones are seldom asked for twice and would push out many that are."""
OVERHEAD = 1_000
"""Bytes that an entry takes beside its body and its key, about."""


@dataclass(frozen=True, slots=True)
class CachedResponse:
    """What was answered with 200, the entity tag among its headers; and what a search found."""

    headers: tuple[tuple[str, str], ...]
    body: bytes
    found: ResultSummary | None = None


class ResponseCache:
    """At most `most` bytes of answers, by what was asked. One value may be shared by threads."""

    def __init__(self, most: int = MOST_BYTES, largest: int = LARGEST) -> None:
        self._most = most
        self._largest = largest
        self._lock = threading.Lock()
        self._answers: OrderedDict[Key, CachedResponse] = OrderedDict()
        self._size = 0
        self._generation = ""

    @property
    def size(self) -> int:
        """Bytes that are kept."""
        return self._size

    def __len__(self) -> int:
        return len(self._answers)

    def turn(self, generation: str) -> None:
        """Gives up the answers of other generations: nobody asks for them again."""
        if generation != self._generation:
            with self._lock:
                self._answers.clear()
                self._size, self._generation = 0, generation

    def get(self, key: Key) -> CachedResponse | None:
        """The answer to what was asked, None if it is not kept."""
        with self._lock:
            found = self._answers.get(key)
            if found is not None:
                self._answers.move_to_end(key)
            return found

    def put(self, key: Key, answer: CachedResponse) -> None:
        """Keeps an answer, unless it is too large."""
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

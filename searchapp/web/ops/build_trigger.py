"""Calls for a build, from any worker to the process beside them that builds: many of them are one.

A worker sets a mark and wakes the builder; the builder takes the mark away before it begins. So what comes while it
builds leads to one more build, and never to none.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import mmap
import os
import select
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

REMEMBERED = 4_096
"""Deliveries that are known again; GitHub delivers one at a time, and again only those of the last days."""
ATTEMPTS = 2
"""How often a build is begun for one call, if the builder dies of it."""

_DIGEST = 16
_PENDING, _BEGUN, _NEXT = 0, 1, 4
"""Where in the memory the mark is, how often the build under way was begun, and, in four bytes, the next delivery."""
_HEAD = 8

_log = logging.getLogger(__name__)


class BuildTrigger:
    """To be made before the processes are. One value may be shared by threads."""

    def __init__(self, remembered: int = REMEMBERED) -> None:
        size = _HEAD + remembered * _DIGEST
        self._file = _unnamed_file(size)
        self._memory = mmap.mmap(self._file, size)
        self._remembered = remembered
        self._threads = threading.Lock()
        self._heard, self._wake = os.pipe()
        os.set_blocking(self._heard, False)
        os.set_blocking(self._wake, False)

    def take(self, delivery: str) -> bool:
        """Calls for a build, unless this delivery has done so; whether it has now. One without a name always does."""
        digest = hashlib.blake2b(delivery.encode("utf-8", "surrogatepass"), digest_size=_DIGEST).digest()
        with self._alone():
            if delivery and self._knows(digest):
                return False
            self._call()
            if delivery:
                self._remember(digest)
            return True

    def resume(self) -> None:
        """Called when a builder starts: what the one before it died of is tried once more."""
        begun = self._memory[_BEGUN]
        if begun >= ATTEMPTS:
            _log.error("a build that was called for ended twice without a word; waiting for the next call")
            self._memory[_BEGUN] = 0
        elif begun:
            self._memory[_PENDING] = 1

    def wait(self, seconds: float) -> bool:
        """Waits for a call, so long at most; whether there is one."""
        if not self._memory[_PENDING]:
            select.select([self._heard], [], [], seconds)
        with suppress(BlockingIOError):
            os.read(self._heard, 65_536)
        return self._memory[_PENDING] == 1

    def begin(self) -> None:
        """The build begins: what is called for from now on it may not see."""
        self._memory[_BEGUN] = min(self._memory[_BEGUN] + 1, ATTEMPTS)
        self._memory[_PENDING] = 0

    def end(self) -> None:
        """It has come to an end, a good one or not."""
        self._memory[_BEGUN] = 0

    def _call(self) -> None:
        self._memory[_PENDING] = 1
        with suppress(BlockingIOError):  # it has so much to hear that it will wake
            os.write(self._wake, b".")

    def _knows(self, digest: bytes) -> bool:
        place = self._memory.find(digest, _HEAD)
        while place >= 0 and (place - _HEAD) % _DIGEST:
            place = self._memory.find(digest, place + 1)
        return place >= 0

    def _remember(self, digest: bytes) -> None:
        number = int.from_bytes(self._memory[_NEXT:_HEAD]) % self._remembered
        self._memory[_HEAD + number * _DIGEST : _HEAD + (number + 1) * _DIGEST] = digest
        self._memory[_NEXT:_HEAD] = ((number + 1) % self._remembered).to_bytes(4)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keeps other threads and processes out. The kernel lets go of the lock of a process that ends."""
        with self._threads:
            fcntl.lockf(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN)


def _unnamed_file(size: int) -> int:
    """A descriptor of memory if the system has such, so that no folder need be writable."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("searchapp-calls")
    else:
        with tempfile.TemporaryFile() as file:
            descriptor = os.dup(file.fileno())
    os.truncate(descriptor, size)
    return descriptor

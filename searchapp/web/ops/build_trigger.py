"""Requests for a build, from any worker process to the builder process; pending requests are coalesced.

A worker sets a flag and wakes the builder, which clears the flag before it begins: requests during a build lead to
exactly one more build.
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
"""Delivery IDs that are remembered; GitHub delivers one at a time, and redelivers only those of the last days."""
ATTEMPTS = 2
"""Number of builds begun for one request, if the builder process dies in them."""

_DIGEST = 16
_PENDING, _BEGUN, _NEXT = 0, 1, 4
"""Offsets in the shared memory: pending flag, number of attempts, and the next slot for a delivery (four bytes)."""
_HEAD = 8

_log = logging.getLogger(__name__)


class BuildTrigger:
    """To be created before processes are forked. Safe for threads and processes."""

    def __init__(self, remembered: int = REMEMBERED) -> None:
        size = _HEAD + remembered * _DIGEST
        self._file = _unnamed_file(size)
        self._memory = mmap.mmap(self._file, size)
        self._remembered = remembered
        self._threads = threading.Lock()
        self._heard, self._wake = os.pipe()
        os.set_blocking(self._heard, False)
        os.set_blocking(self._wake, False)

    def request(self, delivery: str) -> bool:
        """Request a build once per delivery ID; return True if requested. An empty ID always requests one."""
        digest = hashlib.blake2b(delivery.encode("utf-8", "surrogatepass"), digest_size=_DIGEST).digest()
        with self._alone():
            if delivery and self._knows(digest):
                return False
            self._call()
            if delivery:
                self._remember(digest)
            return True

    def resume(self) -> None:
        """Called when a builder starts: request again a build in which the previous builder died, up to ATTEMPTS."""
        begun = self._memory[_BEGUN]
        if begun >= ATTEMPTS:
            _log.error("a build that was called for ended twice without a word; waiting for the next call")
            self._memory[_BEGUN] = 0
        elif begun:
            self._memory[_PENDING] = 1

    def wait(self, seconds: float) -> bool:
        """Wait up to `seconds` for a request; return whether there is one."""
        if not self._memory[_PENDING]:
            select.select([self._heard], [], [], seconds)
        with suppress(BlockingIOError):
            os.read(self._heard, 65_536)
        return self._memory[_PENDING] == 1

    def begin(self) -> None:
        """Called before a build: later requests need another one, as this one may not see their content."""
        self._memory[_BEGUN] = min(self._memory[_BEGUN] + 1, ATTEMPTS)
        self._memory[_PENDING] = 0

    def end(self) -> None:
        """Called after a build, successful or not."""
        self._memory[_BEGUN] = 0

    def _call(self) -> None:
        self._memory[_PENDING] = 1
        with suppress(BlockingIOError):  # a full pipe wakes the builder, too
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
        """Exclude other threads and processes. The kernel releases the lock of a process that ends."""
        with self._threads:
            fcntl.lockf(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN)


def _unnamed_file(size: int) -> int:
    """A file descriptor of anonymous memory if the system has it, so that no folder need be writable."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("searchapp-calls")
    else:
        with tempfile.TemporaryFile() as file:
            descriptor = os.dup(file.fileno())
    os.truncate(descriptor, size)
    return descriptor

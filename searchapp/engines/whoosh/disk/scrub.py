"""Background verification of files that no process has read for a day, as bit rot changes no file attribute."""

from __future__ import annotations

import contextlib
import fcntl
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from searchapp.engines.whoosh.disk import generations
from searchapp.engines.whoosh.disk.generations import StoredGeneration
from searchapp.errors import IndexDamagedError

FIRST = 10.0
"""Seconds of use before an engine's first check, so that short commands never check."""
AGAIN = 3600.0
"""Seconds between checks."""
PAUSE = 0.02
"""Seconds of pause after every MiB: at most 50 MiB a second."""
IDLE_PRIORITY = 19


@contextlib.contextmanager
def alongside(stored: StoredGeneration) -> Iterator[None]:
    """Recheck the files that are due in a thread while the block builds upon them; may raise IndexDamagedError."""
    names = generations.due(stored)
    found: list[IndexDamagedError | OSError] = []

    def read() -> None:
        try:
            generations.recheck(stored, names)
        except (IndexDamagedError, OSError) as error:
            found.append(error)

    thread = threading.Thread(target=read, name="recheck", daemon=True)
    if names:
        thread.start()
    try:
        yield
    finally:
        if names:
            thread.join()
    if found:
        raise found[0]


class Scrubber:
    """Rechecks the files of the current generation that are due, now and then, in a thread.

    refuse      called in that thread when a file was found damaged, after that was recorded
    """

    def __init__(self, refuse: Callable[[], None]) -> None:
        self._refuse = refuse
        self._due = time.monotonic() + FIRST
        self._end = threading.Event()

    def nudge(self, stored: StoredGeneration) -> None:
        """To be called on every use; starts a check every AGAIN seconds."""
        now = time.monotonic()
        if now >= self._due:
            self._due = now + AGAIN
            threading.Thread(target=self._look, args=(stored,), name="scrub", daemon=True).start()

    def end(self) -> None:
        """Stop a running check at its next pause."""
        self._end.set()

    def _look(self, stored: StoredGeneration) -> None:
        with contextlib.suppress(OSError, AttributeError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), IDLE_PRIORITY)
        # A generation that was replaced and removed meanwhile is nobody's concern.
        with contextlib.suppress(OSError, _EndedError), _alone(stored.path.parent) as alone:
            if alone:
                try:
                    generations.recheck(stored, generations.due(stored), self._pace)
                except IndexDamagedError:
                    self._refuse()

    def _pace(self) -> None:
        if self._end.wait(PAUSE):
            raise _EndedError


class _EndedError(Exception):
    """The engine was closed."""


@contextlib.contextmanager
def _alone(index_dir: Path) -> Iterator[bool]:
    """Whether no other process is scrubbing; holds a lock on the folder."""
    descriptor = os.open(index_dir, os.O_RDONLY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)

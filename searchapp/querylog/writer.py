"""The queue of a process and the thread that empties it into the file.

Whoever notes something appends it to a queue in memory and goes on: neither a lock, a full disk nor a damaged file is
ever waited for or told to a reader. When the queue is full, what comes is dropped and counted. What can't be written
is kept in the queue and tried again; what went wrong is logged once, and once more when it works again.
"""

from __future__ import annotations

import atexit
import logging
import os
import sqlite3
import threading
import weakref
from collections import deque
from contextlib import suppress
from pathlib import Path
from time import monotonic

from searchapp.querylog.entries import Entry, this_hour
from searchapp.querylog.store import OtherFormatError, Store, set_aside

MOST_WAITING = 10_000
"""Entries in memory, some 5 MB: what the busiest blog collects in the minutes that a backup holds a lock."""
LINGER = 1.0
"""Seconds that a first entry waits for others: they are written in one transaction."""
IDLE = 30.0
"""Seconds without entries after which the thread ends and the file is closed."""
RETRY = 10.0
"""Seconds until what could not be written is tried again."""
LAST_SECONDS = 2.0
"""How long the end of the process waits for the last entries."""
PRUNE_EVERY = 24
"""Hours."""
SILENCE = 3_600.0
"""Seconds in which trouble that comes again is not said again: on a full disk small batches may pass."""

_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_log = logging.getLogger(__name__)


class QueryLog:
    """What readers look for, noted in one folder. One value may be shared by threads, and survives a fork.

    folder  where the file is; made when something is to be written
    days    how long a row is kept
    """

    def __init__(self, folder: Path, days: int) -> None:
        self._folder = folder
        self._days = days
        self._reset()
        _ALL.add(self)

    def _reset(self) -> None:
        """Begins anew: after a fork nothing of the parent's is ours, not its thread, its locks or its entries."""
        self._process = os.getpid()
        self._waiting: deque[Entry] = deque()
        self._batch: list[Entry] = []
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._wake = threading.Event()
        self._ending = threading.Event()
        self._store: Store | None = None
        self._said = False
        self._silent_until = 0.0
        self._pruned = 0
        self.dropped = 0

    def note(self, entry: Entry) -> None:
        """Takes an entry to be written in a moment; takes microseconds and never raises."""
        if self._process != os.getpid():
            self._reset()
        if len(self._waiting) + len(self._batch) >= MOST_WAITING:
            self.dropped += 1
            return
        self._waiting.append(entry)
        if self._thread is None:
            self._start()
        elif not self._wake.is_set():
            self._wake.set()

    def _start(self) -> None:
        with self._lock:
            if self._thread is None and not self._ending.is_set():
                self._thread = threading.Thread(target=self._work, name="query log", daemon=True)
                # The interpreter is ending, or there are too many threads: what is noted waits for the next one.
                try:
                    self._thread.start()
                except RuntimeError:
                    self._thread = None

    def close(self, seconds: float = LAST_SECONDS) -> None:
        """Writes what is waiting, for at most so many seconds, and ends."""
        if self._process != os.getpid():
            return
        thread = self._thread
        self._ending.set()
        self._wake.set()
        if thread is not None:
            thread.join(seconds)

    def _work(self) -> None:
        """The thread: a batch a second while there is something, and its end after a while without."""
        while True:
            if not (self._waiting or self._batch) and not self._wake.wait(IDLE) and self._may_end():
                return
            self._wake.clear()
            self._ending.wait(LINGER)
            done = self._write()
            if self._ending.is_set() and not (done and self._waiting):
                self._let_go()
                return
            if not done:
                self._ending.wait(RETRY)

    def _may_end(self) -> bool:
        with self._lock:
            # In this order: whoever appends after the look at the queue sees that there is no thread, and starts one.
            mine, self._thread = self._thread, None
            if self._waiting:
                self._thread = mine
                return False
            self._let_go()
            return True

    def _write(self) -> bool:
        """Writes what is waiting now; whether that went well. What could not be written is kept."""
        while self._waiting:
            self._batch.append(self._waiting.popleft())
        if not self._batch:
            return True
        try:
            store = self._opened()
            if store.is_large or this_hour() >= self._pruned + PRUNE_EVERY:
                store.prune(this_hour(), self._days)
                self._pruned = this_hour()
            store.add(self._batch)
            self._batch.clear()
        except (sqlite3.Error, OSError, OtherFormatError) as error:
            return self._repaired(error)
        except Exception:
            _log.exception("%s searches and clicks can't be noted", len(self._batch))
            self._batch.clear()
        self._worked()
        return True

    def _opened(self) -> Store:
        """The store at its path, opened anew if that was deleted or replaced."""
        if self._store is not None and not self._store.is_current:
            self._let_go()
        if self._store is None:
            self._store = Store(self._folder)
        return self._store

    def _let_go(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None

    def _repaired(self, error: Exception) -> bool:
        """Says what went wrong; whether it is worth trying again at once: a damaged file is out of the way then."""
        self._let_go()
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED:
            with suppress(OSError, sqlite3.Error):
                kept = set_aside(self._folder)
                if kept is not None:
                    _log.warning("the query log was damaged (%s); it is now %s, and a new one begins", error, kept)
                    return self._write()
        if monotonic() >= self._silent_until:
            _log.warning("what readers look for can't be noted in %s (%s); searches go on", self._folder, error)
            self._silent_until = monotonic() + SILENCE
            self._said = True
        return False

    def _worked(self) -> None:
        if self._said:
            _log.warning("what readers look for is noted again; %s searches and clicks were dropped", self.dropped)
            self._said, self.dropped = False, 0


_ALL: weakref.WeakSet[QueryLog] = weakref.WeakSet()


@atexit.register
def _end() -> None:
    """Writes the last entries of this process; all logs at once, so that one that is stuck takes no other's time."""
    until = monotonic() + LAST_SECONDS
    logs = list(_ALL)
    for log in logs:
        log.close(0)
    for log in logs:
        log.close(max(0.0, until - monotonic()))

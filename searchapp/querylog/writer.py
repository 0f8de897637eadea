"""The queue of a process, and the thread that writes it to the file.

Requests append to a queue in memory: they never wait for a lock or a disk, nor fail because of them. When the queue is
full, entries are dropped and counted. Failed writes are retried; a failure is logged once, and so is its end.
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

MAX_QUEUED = 10_000
"""Entries in memory, at most, some 5 MB: those of the busiest blog in the minutes for which a backup holds a lock."""
LINGER = 1.0
"""Seconds that a first entry waits for others, to be written in one transaction."""
IDLE = 30.0
"""Seconds without entries after which the thread ends and the file is closed."""
RETRY = 10.0
"""Seconds until a failed write is retried."""
EXIT_SECONDS = 2.0
"""Seconds that the exit of the process waits for the last entries."""
PRUNE_EVERY = 24
"""Hours."""
LOG_INTERVAL = 3_600.0
"""Seconds in which a repeated failure is not logged again: on a full disk small batches may succeed."""

_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_log = logging.getLogger(__name__)


class QueryLog:
    """The log in one folder. Safe for threads, and after a fork.

    folder  the folder of the file; created with the first entry
    days    days for which rows are kept
    """

    def __init__(self, folder: Path, days: int) -> None:
        self._folder = folder
        self._days = days
        self._reset()
        _ALL.add(self)

    def _reset(self) -> None:
        """Reset the state: after a fork the parent's thread, locks and entries are not this process's."""
        self._process = os.getpid()
        self._waiting: deque[Entry] = deque()
        self._batch: list[Entry] = []
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._wake = threading.Event()
        self._ending = threading.Event()
        self._store: Store | None = None
        self._warned = False
        self._quiet_until = 0.0
        self._pruned = 0
        self.dropped = 0

    def note(self, entry: Entry) -> None:
        """Queue an entry; takes microseconds and never raises."""
        if self._process != os.getpid():
            self._reset()
        if len(self._waiting) + len(self._batch) >= MAX_QUEUED:
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
                # The interpreter is ending, or there are too many threads: the next entry tries again.
                try:
                    self._thread.start()
                except RuntimeError:
                    self._thread = None

    def close(self, seconds: float = EXIT_SECONDS) -> None:
        """Write the queue, for at most so many seconds, and end the thread."""
        if self._process != os.getpid():
            return
        thread = self._thread
        self._ending.set()
        self._wake.set()
        if thread is not None:
            thread.join(seconds)

    def _work(self) -> None:
        """The thread's main loop: writes a batch every LINGER seconds, ends after IDLE seconds without entries."""
        while True:
            if not (self._waiting or self._batch) and not self._wake.wait(IDLE) and self._end_if_idle():
                return
            self._wake.clear()
            self._ending.wait(LINGER)
            done = self._write()
            if self._ending.is_set() and not (done and self._waiting):
                self._close_store()
                return
            if not done:
                self._ending.wait(RETRY)

    def _end_if_idle(self) -> bool:
        with self._lock:
            # In this order: who appends after the queue was checked sees that there is no thread, and starts one.
            mine, self._thread = self._thread, None
            if self._waiting:
                self._thread = mine
                return False
            self._close_store()
            return True

    def _write(self) -> bool:
        """Write the queue; return whether that succeeded. A failed batch is kept."""
        while self._waiting:
            self._batch.append(self._waiting.popleft())
        if not self._batch:
            return True
        try:
            store = self._open_store()
            if store.is_large or this_hour() >= self._pruned + PRUNE_EVERY:
                store.prune(this_hour(), self._days)
                self._pruned = this_hour()
            store.add(self._batch)
            self._batch.clear()
        except (sqlite3.Error, OSError, OtherFormatError) as error:
            return self._recover(error)
        except Exception:
            _log.exception("%s searches and clicks can't be noted", len(self._batch))
            self._batch.clear()
        self._log_recovery()
        return True

    def _open_store(self) -> Store:
        """The store, reopened if its file was deleted or replaced."""
        if self._store is not None and not self._store.is_current:
            self._close_store()
        if self._store is None:
            self._store = Store(self._folder)
        return self._store

    def _close_store(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None

    def _recover(self, error: Exception) -> bool:
        """Handle a failed write: set a damaged file aside and write to a new one, else log it; return success."""
        self._close_store()
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED:
            with suppress(OSError, sqlite3.Error):
                kept = set_aside(self._folder)
                if kept is not None:
                    _log.warning("the query log was damaged (%s); it is now %s, and a new one begins", error, kept)
                    return self._write()
        if monotonic() >= self._quiet_until:
            _log.warning("what readers look for can't be noted in %s (%s); searches go on", self._folder, error)
            self._quiet_until = monotonic() + LOG_INTERVAL
            self._warned = True
        return False

    def _log_recovery(self) -> None:
        if self._warned:
            _log.warning("what readers look for is noted again; %s searches and clicks were dropped", self.dropped)
            self._warned, self.dropped = False, 0


_ALL: weakref.WeakSet[QueryLog] = weakref.WeakSet()


@atexit.register
def _end() -> None:
    """Write the last entries of this process, of all logs at once, so that a stuck one does not delay the others."""
    until = monotonic() + EXIT_SECONDS
    logs = list(_ALL)
    for log in logs:
        log.close(0)
    for log in logs:
        log.close(max(0.0, until - monotonic()))

"""The process beside the workers that keeps the index up to date while the server runs."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from typing import NoReturn, Protocol

from searchapp.config import Config
from searchapp.engines import open_engine
from searchapp.errors import SearchappError
from searchapp.model import IndexReport, Problem

END = 5
"""Seconds that a run under way has to finish when the server ends."""
RESTART = 3.0
"""Seconds that a watcher must have lived to be started again at once; one that can't start must not keep forking."""
SHOWN_PROBLEMS = 20
"""Problems that one run of the watcher may add to the log."""

_log = logging.getLogger(__name__)
_HANDLED = (
    signal.SIGHUP,
    signal.SIGQUIT,
    signal.SIGTERM,
    signal.SIGTTIN,
    signal.SIGTTOU,
    signal.SIGUSR1,
    signal.SIGUSR2,
    signal.SIGWINCH,
    signal.SIGCHLD,
)
"""What the master handles in its own way and a process forked from it must not."""


class Closable(Protocol):
    """A listening socket, ours or gunicorn's wrapper of one."""

    def close(self) -> object:
        """Gives it up in this process."""


class Watcher:
    """The process that keeps the index up to date; a new one if it was killed (out of memory, say)."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._process = 0
        self._began = 0.0

    def start(self, listeners: Iterable[Closable]) -> None:
        """Forks it; it must not hold the server's address."""
        parent = os.getpid()
        self._began = time.monotonic()
        self._process = os.fork()
        if self._process:
            return
        code = 1
        try:
            for number in _HANDLED:
                signal.signal(number, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            for listener in listeners:
                listener.close()
            _watch(self._config, parent)
            code = 0
        except (SystemExit, KeyboardInterrupt):
            code = 0
        finally:
            os._exit(code)

    def keep(self, listeners: Iterable[Closable]) -> None:
        """Starts it again if it has ended, which the master has noticed as it does of any child."""
        try:
            os.kill(self._process, 0)
        except ProcessLookupError:
            if time.monotonic() - self._began >= RESTART:
                _log.error("the watcher ended unexpectedly; starting it again")
                self.start(listeners)

    def end(self) -> None:
        """Ends it: kindly, then not. The server may have reaped it already."""
        if not self._process:
            return
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(self._process, signal.SIGTERM)
            deadline = time.monotonic() + END
            while time.monotonic() < deadline:
                if os.waitpid(self._process, os.WNOHANG)[0]:
                    return
                time.sleep(0.05)
            os.kill(self._process, signal.SIGKILL)
            os.waitpid(self._process, 0)


def _watch(config: Config, parent: int) -> None:
    """Until SIGTERM, or until the server is gone without one."""
    from searchapp import indexing  # reads Markdown, which no other process of the server does

    signal.signal(signal.SIGTERM, _leave)
    stop = threading.Event()

    def orphaned() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        stop.set()

    threading.Thread(target=orphaned, name="parent watch", daemon=True).start()
    tell = _teller()
    while not stop.is_set():
        try:
            with closing(open_engine(config)) as engine:
                indexing.watch(config, engine, tell, stop)
        except Exception as error:  # the server goes on without news rather than without a watcher
            _log.error("watching failed (%s: %s); trying again", type(error).__name__, error)
            stop.wait(indexing.RETRY)


def _leave(_signal: int, _frame: object) -> NoReturn:
    raise SystemExit(0)


def _teller() -> Callable[[IndexReport | SearchappError], None]:
    """Logs each run's news: what changed, and every problem that the run before did not have."""
    known: set[Problem] = set()

    def tell(result: IndexReport | SearchappError) -> None:
        if isinstance(result, SearchappError):
            _log.error("%s", result)
            return
        problems = (*result.skipped, *result.warnings)
        fresh = [problem for problem in problems if problem not in known]
        for problem in fresh[:SHOWN_PROBLEMS]:
            place = problem.path if problem.line is None else f"{problem.path}:{problem.line}"
            _log.warning("%s: %s%s", place, "skipped: " if problem.skipped else "", problem.reason)
        if len(fresh) > SHOWN_PROBLEMS:
            _log.warning("and %d more problems; searchapp check lists all", len(fresh) - SHOWN_PROBLEMS)
        known.clear()
        known.update(problems)
        if result.added or result.updated or result.deleted:
            counts = (result.added, result.updated, result.deleted, len(result.skipped))
            _log.warning("indexed: %d added, %d updated, %d deleted, %d skipped", *counts)

    return tell

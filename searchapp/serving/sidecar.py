"""A process beside the workers, forked from the server's master: ends with it, and is replaced if it was killed."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import NoReturn, Protocol

END = 5
"""Seconds that what is under way has to finish when the server ends."""
RESTART = 3.0
"""Seconds that a process must have lived to be started again at once; one that can't start must not keep forking."""

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

Work = Callable[[threading.Event], None]
"""What such a process does until the event is set, which is when the server is gone without a word."""


class Closable(Protocol):
    """A listening socket, ours or gunicorn's wrapper of one."""

    def close(self) -> object:
        """Gives it up in this process."""


class Sidecar:
    """One such process, by its name in the log; a new one if it was killed (out of memory, say)."""

    def __init__(self, name: str, work: Work) -> None:
        self._name = name
        self._work = work
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
            signal.signal(signal.SIGTERM, _leave)
            self._work(_orphaned(parent))
            code = 0
        except (SystemExit, KeyboardInterrupt):
            code = 0
        except Exception as error:
            _log.error("%s failed (%s: %s)", self._name, type(error).__name__, error)
        finally:
            os._exit(code)

    def keep(self, listeners: Iterable[Closable]) -> None:
        """Starts it again if it has ended, which the master has noticed as it does of any child."""
        try:
            os.kill(self._process, 0)
        except ProcessLookupError:
            if time.monotonic() - self._began >= RESTART:
                _log.error("%s ended unexpectedly; starting it again", self._name)
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


def _orphaned(parent: int) -> threading.Event:
    """Set when the process that forked this one is gone."""
    gone = threading.Event()

    def look() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        gone.set()

    threading.Thread(target=look, name="parent watch", daemon=True).start()
    return gone


def _leave(_signal: int, _frame: object) -> NoReturn:
    raise SystemExit(0)


class Sidecars:
    """All that runs beside the workers of one server."""

    def __init__(self) -> None:
        self._members: list[tuple[Sidecar, tuple[Closable, ...]]] = []

    def add(self, member: Sidecar, *own: Closable) -> None:
        """Takes one in; `own` are the sockets that are its alone."""
        self._members.append((member, own))

    def start(self, listeners: Iterable[Closable]) -> None:
        """Forks them all; `listeners` are the server's."""
        for member, own in self._members:
            member.start(self._others(listeners, own))

    def keep(self, listeners: Iterable[Closable]) -> None:
        """Starts those again that have ended."""
        for member, own in self._members:
            member.keep(self._others(listeners, own))

    def leave(self) -> None:
        """Called in a worker, which has no use for their sockets."""
        for listener in self._others((), ()):
            listener.close()

    def end(self) -> None:
        """Ends them all."""
        for member, _ in self._members:
            member.end()

    def _others(self, listeners: Iterable[Closable], own: tuple[Closable, ...]) -> list[Closable]:
        of_members = (listener for _, theirs in self._members for listener in theirs if listener not in own)
        return [*listeners, *of_members]

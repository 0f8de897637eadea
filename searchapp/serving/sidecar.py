"""Processes beside the workers, forked from the server's master: they end with it, and are restarted if killed."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import NoReturn, Protocol

GRACE = 5
"""Seconds that a sidecar has to finish when the server ends."""
RESTART = 3.0
"""Seconds after its start before which a sidecar is not restarted, so that one that fails at once does not loop."""

_log = logging.getLogger(__name__)
_SIGNALS = (
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
"""Signals with handlers of the master's, reset in a forked process."""

Work = Callable[[threading.Event], None]
"""The main function of a sidecar; it returns when the event is set, which is when the master has died."""


class Closable(Protocol):
    """A listening socket, or gunicorn's wrapper of one."""

    def close(self) -> object:
        """Close it in this process."""


class Sidecar:
    """One sidecar process, with a name for the log."""

    def __init__(self, name: str, work: Work) -> None:
        self._name = name
        self._work = work
        self._process = 0
        self._began = 0.0

    def start(self, listeners: Iterable[Closable]) -> None:
        """Fork it; `listeners` are sockets that it must close, as it would keep their addresses in use."""
        parent = os.getpid()
        self._began = time.monotonic()
        self._process = os.fork()
        if self._process:
            return
        code = 1
        try:
            for number in _SIGNALS:
                signal.signal(number, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            for listener in listeners:
                listener.close()
            signal.signal(signal.SIGTERM, _exit)
            self._work(_parent_gone(parent))
            code = 0
        except (SystemExit, KeyboardInterrupt):
            code = 0
        except Exception as error:
            _log.error("%s failed (%s: %s)", self._name, type(error).__name__, error)
        finally:
            os._exit(code)

    def keep(self, listeners: Iterable[Closable]) -> None:
        """Restart it if it has ended; the master has reaped it as it does any child."""
        try:
            os.kill(self._process, 0)
        except ProcessLookupError:
            if time.monotonic() - self._began >= RESTART:
                _log.error("%s ended unexpectedly; starting it again", self._name)
                self.start(listeners)

    def end(self) -> None:
        """Terminate it, and kill it after GRACE seconds. The master may have reaped it already."""
        if not self._process:
            return
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(self._process, signal.SIGTERM)
            deadline = time.monotonic() + GRACE
            while time.monotonic() < deadline:
                if os.waitpid(self._process, os.WNOHANG)[0]:
                    return
                time.sleep(0.05)
            os.kill(self._process, signal.SIGKILL)
            os.waitpid(self._process, 0)


def _parent_gone(parent: int) -> threading.Event:
    """An event that is set when the parent process is gone."""
    gone = threading.Event()

    def look() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        gone.set()

    threading.Thread(target=look, name="parent watch", daemon=True).start()
    return gone


def _exit(_signal: int, _frame: object) -> NoReturn:
    raise SystemExit(0)


class Sidecars:
    """All sidecars of one server."""

    def __init__(self) -> None:
        self._members: list[tuple[Sidecar, tuple[Closable, ...]]] = []

    def add(self, member: Sidecar, *own: Closable) -> None:
        """Add a sidecar; `own` are the sockets that only it uses."""
        self._members.append((member, own))

    def start(self, listeners: Iterable[Closable]) -> None:
        """Fork all; `listeners` are the server's."""
        for member, own in self._members:
            member.start(self._others(listeners, own))

    def keep(self, listeners: Iterable[Closable]) -> None:
        """Restart those that have ended."""
        for member, own in self._members:
            member.keep(self._others(listeners, own))

    def close_sockets(self) -> None:
        """Close their sockets; to be called in a worker."""
        for listener in self._others((), ()):
            listener.close()

    def end(self) -> None:
        """Terminate all."""
        for member, _ in self._members:
            member.end()

    def _others(self, listeners: Iterable[Closable], own: tuple[Closable, ...]) -> list[Closable]:
        of_members = (listener for _, theirs in self._members for listener in theirs if listener not in own)
        return [*listeners, *of_members]

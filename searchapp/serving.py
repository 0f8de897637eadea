"""Starts the production server: gunicorn with several worker processes, and one watcher beside them.

Each worker opens its own engine after the fork and notices new generations by itself. Threads within a
worker keep idle connections (browsers open some in advance) from blocking it; Python runs one at a time.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any, NoReturn

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from searchapp import indexing
from searchapp.config import Config
from searchapp.engines import open_engine
from searchapp.errors import ConfigError, IndexMissingError, SearchappError
from searchapp.model import IndexReport

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

THREADS = 8
"""Connections that a worker serves at once."""
REQUEST_LIMIT = 30.0
"""Seconds after which a request's worker is replaced."""
GRACE = 5
"""Seconds that requests under way have to finish when the server ends."""
BACKLOG = 512

_log = logging.getLogger(__name__)
Ready = Callable[[str], None]


def prepare(config: Config, progress: Callable[[int, int], None]) -> tuple[int, IndexReport | None]:
    """Builds an index if there is none. Returns the number of articles, and what a build reported.

    Raises ConfigError if there is neither an index nor a content folder, IndexUnusableError if the index
    can't be used.
    """
    with closing(open_engine(config)) as engine:
        try:
            return engine.status().articles, None
        except IndexMissingError:
            report = indexing.index(config, engine, progress=progress)
            return report.articles, report


def serve(config: Config, ready: Ready, *, watch: bool = False) -> int:
    """Serves until SIGTERM or Ctrl-C; returns the exit code.

    ready   called once with the server's address when it accepts connections
    watch   also keep the index up to date, in one process beside the workers

    Raises ConfigError if the address can't be had.
    """
    listener = _listen(config.host, config.port)
    address = _url(listener)
    watcher = _start_watcher(config, listener) if watch else None
    try:
        Arbiter(_Application(config, listener.detach(), lambda: ready(address))).run()
    except SystemExit as exit:
        return exit.code if isinstance(exit.code, int) else 0
    finally:
        if watcher is not None:
            _end(watcher)
    return 0


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(BACKLOG)
        except OSError:
            listener.close()
            raise
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigError(
            f"can't listen on {host}:{port} ({reason}); choose another address with --host and --port"
        ) from error
    return listener


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if listener.family == socket.AF_INET6 else f"http://{host}:{port}"


class _Application(BaseApplication):  # type: ignore[misc] # gunicorn has no types
    """gunicorn's settings, and the application that each worker loads."""

    def __init__(self, config: Config, descriptor: int, ready: Callable[[], None]) -> None:
        self._config = config
        self._settings = {
            "bind": f"fd://{descriptor}",
            "backlog": BACKLOG,
            "workers": config.workers,
            "worker_class": "gthread",
            "threads": THREADS,
            "timeout": int(REQUEST_LIMIT),
            "graceful_timeout": GRACE,
            "keepalive": 5,
            "loglevel": "warning",
            "proc_name": "searchapp",
            "when_ready": lambda _arbiter: ready(),
            "control_socket_disable": True,
        }
        super().__init__()

    def load_config(self) -> None:
        """Hands over the settings that this version of gunicorn knows."""
        for name, value in self._settings.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> WSGIApplication:
        """Called in each worker, after the fork."""
        from searchapp.web import create_app

        return limited(create_app(self._config), REQUEST_LIMIT)


def limited(app: WSGIApplication, seconds: float) -> WSGIApplication:
    """The same application in a process that ends itself when a request takes longer than `seconds`.

    A Python thread can't be stopped from outside; the server replaces the process, and the client sees
    a closed connection.
    """
    running: dict[int, float] = {}

    def watchdog() -> None:
        while True:
            time.sleep(min(1.0, seconds / 4))
            oldest = min(list(running.values()), default=None)
            if oldest is not None and time.monotonic() - oldest > seconds:
                _log.error("a request took longer than %g s; its worker is replaced", seconds)
                os._exit(1)

    threading.Thread(target=watchdog, name="request limit", daemon=True).start()

    def call(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        token = threading.get_ident()
        running[token] = time.monotonic()
        try:
            body = app(environ, start_response)
        except BaseException:
            running.pop(token, None)
            raise
        return _Body(body, lambda: running.pop(token, None))

    return call


class _Body:
    """A response body that tells when it is closed, as WSGI servers must do at its end."""

    def __init__(self, body: Iterable[bytes], closed: Callable[[], Any]) -> None:
        self._body = body
        self._closed = closed

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._body)

    def close(self) -> None:
        """The request is over, whether all of it was sent or not."""
        try:
            close = getattr(self._body, "close", None)
            if close:
                close()
        finally:
            self._closed()


def _start_watcher(config: Config, listener: socket.socket) -> int:
    """Forks the process that keeps the index up to date; returns its id."""
    parent = os.getpid()
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        listener.close()
        _watch(config, parent)
        code = 0
    except (SystemExit, KeyboardInterrupt):
        code = 0
    finally:
        os._exit(code)


def _watch(config: Config, parent: int) -> None:
    """Until SIGTERM, or until the server is gone without one."""
    signal.signal(signal.SIGTERM, _leave)
    stop = threading.Event()

    def orphaned() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        stop.set()

    threading.Thread(target=orphaned, name="parent watch", daemon=True).start()
    while not stop.is_set():
        try:
            with closing(open_engine(config)) as engine:
                indexing.watch(config, engine, _tell, stop)
        except Exception as error:  # the server goes on without news rather than without a watcher
            _log.error("watching failed (%s: %s); trying again", type(error).__name__, error)
            stop.wait(indexing.RETRY)


def _leave(_signal: int, _frame: object) -> NoReturn:
    raise SystemExit(0)


def _tell(result: IndexReport | SearchappError) -> None:
    if isinstance(result, SearchappError):
        _log.error("%s", result)
    elif result.added or result.updated or result.deleted:
        _log.warning(
            "indexed: %d added, %d updated, %d deleted, %d skipped",
            result.added,
            result.updated,
            result.deleted,
            len(result.skipped),
        )


def _end(child: int) -> None:
    """Ends the watcher: kindly, then not. The server may have reaped it already."""
    with suppress(ProcessLookupError, ChildProcessError):
        os.kill(child, signal.SIGTERM)
        deadline = time.monotonic() + GRACE
        while time.monotonic() < deadline:
            if os.waitpid(child, os.WNOHANG)[0]:
                return
            time.sleep(0.05)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)

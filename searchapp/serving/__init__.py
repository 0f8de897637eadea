"""The production server: gunicorn with several worker processes, and sidecar processes for builds and metrics.

Each worker opens its own engine after the fork and notices new generations by itself. Threads within a
worker keep idle connections (browsers open some in advance) from blocking it; they compute in turns.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from gunicorn import util
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger
from gunicorn.workers.gthread import ThreadWorker

from searchapp import logs
from searchapp.config.loading import Config
from searchapp.engines import open_engine
from searchapp.errors import ConfigError, IndexMissingError
from searchapp.model import IndexReport, Problem
from searchapp.retrieval import pins
from searchapp.serving import metrics_server, startup, watcher
from searchapp.serving.connection_balance import RETRY_SECONDS, ConnectionBalancer, Connections
from searchapp.serving.request_order import RequestQueue
from searchapp.serving.sidecar import Sidecar, Sidecars
from searchapp.web import create_app, prepare_forks
from searchapp.web.ops.shared_state import SharedState

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

THREADS = 16
"""Connections of a worker at once; an idle one, which browsers open in advance, occupies a thread for 5 s."""
REQUEST_LIMIT = 20.0
"""Seconds after which a request's connection is cut."""
GRACE = 5
"""Seconds that running requests have to finish when the server ends, or after their connection was cut."""
LINGER = 0.25
"""Seconds that a client has to read the end of its response and close its connection."""
BACKLOG = 512

_MEMORY = "/dev/shm"  # noqa: S108 - for heartbeats, which must not wait for a disk; names are random

_log = logging.getLogger(__name__)
Ready = Callable[[str], None]


def prepare(config: Config, progress: Callable[[int, int], None]) -> tuple[int, IndexReport | None]:
    """Build an index if there is none. Return the number of articles, and the report of the build or None.

    Raises ConfigError if there is neither an index nor a content folder, IndexUnusableError if the index
    can't be used.
    """
    with closing(open_engine(config)) as engine:
        try:
            return engine.status().articles, None
        except IndexMissingError:
            from searchapp import indexing  # what reads Markdown: 50 ms and 10 MB that serving does without

            report = indexing.index(config, engine, progress=progress)
            return report.articles, report


def unknown_pins(config: Config) -> tuple[Problem, ...]:
    """Return a problem for each article that the configuration pins and the index does not have."""
    if not config.pinned:
        return ()
    with closing(open_engine(config)) as engine:
        return tuple(
            pins.pin_problems(config, lambda name: engine.article(name) is not None or engine.locate(name) is not None)
        )


def serve(config: Config, ready: Ready, *, watch: bool = False) -> int:
    """Serve until SIGTERM or Ctrl-C; return the exit code.

    ready   called once with the server's address when it accepts connections
    watch   also keep the index up to date, in a sidecar process

    Raises ConfigError if the server can't listen at the address, or with Flask's debugger; IndexDamagedError if others
    can write the index folder.
    """
    startup.check(config.index_dir)
    shared = SharedState.of(config, builder=True)
    listener = _listen(config.host, config.port, "choose another address with --host and --port")
    address = _url(listener)
    sidecars = _sidecars(config, shared, watch)
    startup.warn_of_root()
    try:
        sidecars.start([listener])
        prepare_forks()
        startup.prepare_fork()
        application = _Application(config, shared, sidecars, listener.detach(), lambda: ready(address))
        _Arbiter(application, sidecars).run()
    except SystemExit as exit:
        return exit.code if isinstance(exit.code, int) else 0
    finally:
        sidecars.end()
    return 0


def _sidecars(config: Config, shared: SharedState, watch: bool) -> Sidecars:
    """The configured sidecar processes."""
    sidecars = Sidecars()
    if watch or shared.build_trigger is not None:
        sidecars.add(Sidecar("the watcher", watcher.watcher_work(config, shared.build_trigger, poll=watch)))
    if config.metrics_address:
        parts = urlsplit(f"//{config.metrics_address}")
        listener = _listen(parts.hostname or "", parts.port or 0, "choose another metrics_address")
        sidecars.add(Sidecar("what answers /metrics", metrics_server.metrics_work(config, shared, listener)), listener)
    return sidecars


def _listen(host: str, port: int, remedy: str) -> socket.socket:
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
        raise ConfigError(f"can't listen on {host}:{port} ({reason}); {remedy}") from error
    return listener


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if listener.family == socket.AF_INET6 else f"http://{host}:{port}"


class _Application(BaseApplication):  # type: ignore[misc] # gunicorn has no types
    """gunicorn's settings and the application of each worker."""

    def __init__(
        self, config: Config, shared: SharedState, sidecars: Sidecars, descriptor: int, ready: Callable[[], None]
    ) -> None:
        self._config = config
        self.connections = Connections()
        self.shared = shared
        self._sidecars = sidecars
        self._settings = {
            "bind": f"fd://{descriptor}",
            "backlog": BACKLOG,
            "workers": config.workers,
            "worker_class": _Worker,
            "threads": THREADS,
            "timeout": 30,
            "graceful_timeout": GRACE,
            "keepalive": 5,
            "limit_request_line": 8190,  # a query of 1,000 letters that are not Latin
            "loglevel": "warning",
            "logger_class": _Logger,
            "proc_name": "searchapp",
            "when_ready": lambda _arbiter: ready(),
            "child_exit": lambda _arbiter, worker: self.connections.remove(worker.age),
            "control_socket_disable": True,
            "worker_tmp_dir": _MEMORY if os.access(_MEMORY, os.W_OK) else None,
        }
        super().__init__()

    def load_config(self) -> None:
        """Set those settings that this version of gunicorn has."""
        for name, value in self._settings.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> WSGIApplication:
        """Return the application; called in each worker after the fork."""
        self._sidecars.close_sockets()
        return RequestQueue(create_app(self._config, shared=self.shared))


class _Logger(Logger):  # type: ignore[misc] # gunicorn has no types
    """gunicorn's logger, with the application's handlers, which mask secrets and queries, if there are any."""

    def setup(self, cfg: Any) -> None:
        """Replace the handlers; called when the server starts and when it reloads its settings."""
        super().setup(cfg)
        if ours := logs.handlers():
            self.error_log.handlers[:] = ours


class Deadlines:
    """Time limit of requests, whether the client or our code is slow.

    After `limit` seconds the connection is cut, which frees the thread of a client that sends or reads too slowly. Code
    that is still busy `grace` seconds later can't be stopped, so the process exits, and the server replaces it.
    """

    def __init__(self, limit: float, grace: float) -> None:
        self._limit = limit
        self._grace = grace
        self._running: dict[int, tuple[float, socket.socket]] = {}
        threading.Thread(target=self._look, name="deadlines", daemon=True).start()

    @contextmanager
    def watching(self, connection: socket.socket) -> Iterator[None]:
        """Context manager around one request on `connection`; one for each thread at a time."""
        token = threading.get_ident()
        self._running[token] = (time.monotonic(), connection)
        try:
            yield
        finally:
            del self._running[token]

    def _look(self) -> None:
        while True:
            time.sleep(min(1.0, self._limit / 4))
            now = time.monotonic()
            for began, connection in list(self._running.values()):
                if now - began > self._limit + self._grace:
                    _log.error("a request was still busy after %.0f s; its worker is replaced", now - began)
                    os._exit(1)
                if now - began > self._limit:
                    with suppress(OSError):
                        connection.shutdown(socket.SHUT_RDWR)


class _Worker(ThreadWorker):  # type: ignore[misc] # gunicorn has no types
    """gunicorn's threaded worker, with a time limit of requests and balanced connections."""

    def init_process(self) -> None:
        """Run the worker until it ends."""
        self._deadlines = Deadlines(REQUEST_LIMIT, GRACE)
        self._balancer = ConnectionBalancer(self.app.connections)
        self.app.shared.metrics.use_row(self.age)
        super().init_process()

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Begin a graceful exit; `/readyz` answers 503 from now on."""
        self.app.shared.ending.set()
        super().handle_exit(sig, frame)

    @property
    def nr_conns(self) -> int:
        """The number of open connections, set by gunicorn and shared with the other workers."""
        return self._open

    @nr_conns.setter
    def nr_conns(self, count: int) -> None:
        self._open = count
        self.app.connections.update(self.age, count)

    def accept(self, *listeners: Any) -> None:
        """Accept a connection, unless another worker should."""
        if self._balancer.should_yield(self._open):
            time.sleep(RETRY_SECONDS)
        else:
            super().accept(*listeners)

    def handle(self, conn: Any) -> Any:
        """Serve one request of a connection, in a thread."""
        with self._deadlines.watching(conn.sock):
            kept = super().handle(conn)
        if kept is False and hasattr(util, "close_graceful"):
            # gunicorn would wait up to 2 s for the client to close, in its main thread, and serve nobody meanwhile.
            util.close_graceful(conn.sock, LINGER)
            conn.close = lambda graceful=False: None  # noqa: ARG005 - gunicorn's signature
        return kept


class _Arbiter(Arbiter):  # type: ignore[misc] # gunicorn has no types
    """gunicorn's master, which also supervises the sidecars."""

    def __init__(self, app: BaseApplication, sidecars: Sidecars) -> None:
        self._sidecars = sidecars
        super().__init__(app)

    def manage_workers(self) -> None:
        """Replace workers and sidecars that have ended; called once a second."""
        super().manage_workers()
        self._sidecars.keep(self.LISTENERS)

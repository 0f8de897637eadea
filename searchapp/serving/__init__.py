"""Starts the production server: gunicorn with several worker processes, and what runs beside them.

Each worker opens its own engine after the fork and notices new generations by itself. Threads within a
worker keep idle connections (browsers open some in advance) from blocking it; they compute in turns.

turns.py     requests in the order in which they came
guards.py    what it refuses to run with
balance.py   as many connections for one worker as for another
memory.py    what keeps a worker small
beside.py    processes that are no workers
watcher.py   the one that keeps the index up to date
scraped.py   the one that answers `/metrics` at an address of its own
logger.py    what gunicorn has to say
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
from gunicorn.workers.gthread import ThreadWorker

from searchapp.config.loading import Config
from searchapp.engines import open_engine
from searchapp.errors import ConfigError, IndexMissingError
from searchapp.model import IndexReport, Problem
from searchapp.retrieval import pins
from searchapp.serving import fork_memory, metrics_server, startup_checks, watcher
from searchapp.serving.connection_balance import GLANCE, ConnectionBalancer, Connections
from searchapp.serving.gunicorn_logger import ServerLogger
from searchapp.serving.request_order import RequestQueue
from searchapp.serving.sidecar import Sidecar, Sidecars
from searchapp.web import create_app, prepare_forks
from searchapp.web.ops.shared_state import SharedState

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

THREADS = 16
"""Connections that a worker serves at once; idle ones, which browsers open in advance, take one for 5 s."""
REQUEST_LIMIT = 20.0
"""Seconds after which a request's connection is cut."""
GRACE = 5
"""Seconds that requests under way have to finish when the server ends, or after their connection was cut."""
LINGER = 0.25
"""Seconds that a client has to read the end of its answer and close its connection too."""
BACKLOG = 512

_MEMORY = "/dev/shm"  # noqa: S108 - for heartbeats, which must not wait for a disk; names are random

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
            from searchapp import indexing  # what reads Markdown: 50 ms and 10 MB that serving does without

            report = indexing.index(config, engine, progress=progress)
            return report.articles, report


def doubtful_pins(config: Config) -> tuple[Problem, ...]:
    """What in the configuration pins no article that there is."""
    if not config.pinned:
        return ()
    with closing(open_engine(config)) as engine:
        return tuple(
            pins.doubtful(config, lambda name: engine.article(name) is not None or engine.locate(name) is not None)
        )


def serve(config: Config, ready: Ready, *, watch: bool = False) -> int:
    """Serves until SIGTERM or Ctrl-C; returns the exit code.

    ready   called once with the server's address when it accepts connections
    watch   also keep the index up to date, in one process beside the workers

    Raises ConfigError if the address can't be had, or with Flask's debugger; IndexDamagedError if others can write
    the index folder.
    """
    startup_checks.refuse(config.index_dir)
    shared = SharedState.of(config, builder=True)
    listener = _listen(config.host, config.port, "choose another address with --host and --port")
    address = _url(listener)
    company = _company(config, shared, watch)
    startup_checks.warn()
    try:
        company.start([listener])
        prepare_forks()
        fork_memory.share()
        application = _Application(config, shared, company, listener.detach(), lambda: ready(address))
        _Arbiter(application, company).run()
    except SystemExit as exit:
        return exit.code if isinstance(exit.code, int) else 0
    finally:
        company.end()
    return 0


def _company(config: Config, shared: SharedState, watch: bool) -> Sidecars:
    """What is to run beside the workers."""
    company = Sidecars()
    if watch or shared.build_trigger is not None:
        company.add(Sidecar("the watcher", watcher.watching(config, shared.build_trigger, look=watch)))
    if config.metrics_address:
        parts = urlsplit(f"//{config.metrics_address}")
        listener = _listen(parts.hostname or "", parts.port or 0, "choose another metrics_address")
        company.add(Sidecar("what answers /metrics", metrics_server.answering(config, shared, listener)), listener)
    return company


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
    """gunicorn's settings, and the application that each worker loads."""

    def __init__(
        self, config: Config, shared: SharedState, company: Sidecars, descriptor: int, ready: Callable[[], None]
    ) -> None:
        self._config = config
        self.connections = Connections()
        self.shared = shared
        self._company = company
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
            "logger_class": ServerLogger,
            "proc_name": "searchapp",
            "when_ready": lambda _arbiter: ready(),
            "child_exit": lambda _arbiter, worker: self.connections.leave(worker.age),
            "control_socket_disable": True,
            "worker_tmp_dir": _MEMORY if os.access(_MEMORY, os.W_OK) else None,
        }
        super().__init__()

    def load_config(self) -> None:
        """Hands over the settings that this version of gunicorn knows."""
        for name, value in self._settings.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> WSGIApplication:
        """Called in each worker, after the fork."""
        self._company.leave()
        return RequestQueue(create_app(self._config, shared=self.shared))


class Deadlines:
    """Bounds what one request may take of a worker, whether its client or our code is to blame.

    After `limit` seconds the connection is cut: a client that dribbles its request or does not read the
    answer frees its thread. Code that is still busy `grace` seconds later can't be stopped from outside,
    so the process ends, and the server replaces it.
    """

    def __init__(self, limit: float, grace: float) -> None:
        self._limit = limit
        self._grace = grace
        self._running: dict[int, tuple[float, socket.socket]] = {}
        threading.Thread(target=self._look, name="deadlines", daemon=True).start()

    @contextmanager
    def watching(self, connection: socket.socket) -> Iterator[None]:
        """The block serves one request on `connection`, in a thread of its own."""
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
    """gunicorn's threaded worker, which itself never gives up on a request and takes what connections it can get."""

    def init_process(self) -> None:
        """Runs the worker until it ends."""
        self._deadlines = Deadlines(REQUEST_LIMIT, GRACE)
        self._manners = ConnectionBalancer(self.app.connections)
        self.app.shared.metrics.use_row(self.age)
        super().init_process()

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Begins to end: who asks whether this one is ready is told so from now on."""
        self.app.shared.ending.set()
        super().handle_exit(sig, frame)

    @property
    def nr_conns(self) -> int:
        """How many connections are open; gunicorn counts, and the other workers are told."""
        return self._open

    @nr_conns.setter
    def nr_conns(self, count: int) -> None:
        self._open = count
        self.app.connections.tell(self.age, count)

    def accept(self, *listeners: Any) -> None:
        """Takes a connection that has come, unless another worker should."""
        if self._manners.gives_way(self._open):
            time.sleep(GLANCE)
        else:
            super().accept(*listeners)

    def handle(self, conn: Any) -> Any:
        """Serves one request of a connection, in a thread."""
        with self._deadlines.watching(conn.sock):
            kept = super().handle(conn)
        if kept is False and hasattr(util, "close_graceful"):
            # gunicorn would wait for the client's end in its main thread, for 2 s, and serve nobody meanwhile.
            util.close_graceful(conn.sock, LINGER)
            conn.close = lambda graceful=False: None  # noqa: ARG005 - gunicorn's signature
        return kept


class _Arbiter(Arbiter):  # type: ignore[misc] # gunicorn has no types
    """gunicorn's master, which looks after its workers once a second, and after what runs beside them."""

    def __init__(self, app: BaseApplication, company: Sidecars) -> None:
        self._company = company
        super().__init__(app)

    def manage_workers(self) -> None:
        """Replaces what has ended."""
        super().manage_workers()
        self._company.keep(self.LISTENERS)

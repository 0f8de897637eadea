"""Cache of slow reports: each is built once per generation, in a process of its own.

A report of 100,000 articles takes a minute of CPU time. In a worker's thread, searches would wait for it; another
process does not delay them, and frees all of its memory. A request waits for PATIENCE; then it gets a page that
reloads itself until the report is ready.
"""

from __future__ import annotations

import json
import logging
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

from flask import Flask, current_app, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from searchapp.config.loading import Config
from searchapp.engine import Engine
from searchapp.engines import open_engine
from searchapp.web.desk.blueprint import desk
from searchapp.web.state import root, state

PATIENCE = 2.0
"""Seconds that a request waits for a report."""
TIMEOUT = 900.0
"""Seconds after which the building of a report is aborted."""

_COMMAND = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from searchapp.web.desk import reports; reports.main()"
)
_KEY = "searchapp.reports"
_log = logging.getLogger(__name__)
T = TypeVar("T")
Build = Callable[[Config, Engine], T]


class PendingError(Exception):
    """The report is being built."""


class FailedError(Exception):
    """The report could not be built; the reason is in the log."""


class _Report:
    """One report of one generation: `done` is set once it has a `value` or `failed`."""

    def __init__(self, generation: str) -> None:
        self.generation = generation
        self.done = threading.Event()
        self.value: Any = None
        self.failed = False


class Reports:
    """The cache of one process: the latest report of each kind."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._reports: dict[str, _Report] = {}
        self._one_at_a_time = threading.Lock()

    def get(self, build: Build[T], config: Config, generation: str, patience: float, *, retry: bool = True) -> T:
        """Return the result of `build` for this generation, waiting up to `patience` seconds.

        Raises PendingError if it is not ready, FailedError if it failed; with `retry` the next call builds it again.
        """
        name = f"{build.__module__}:{build.__qualname__}"
        with self._lock:
            found = self._reports.get(name)
            if found is None or found.generation != generation:
                found = self._reports[name] = _Report(generation)
                threading.Thread(target=self._make, args=(found, name, config), name="report", daemon=True).start()
        if not found.done.wait(patience):
            raise PendingError
        if found.failed:
            with self._lock:
                if retry and self._reports.get(name) is found:
                    del self._reports[name]
            raise FailedError
        value: T = found.value
        return value

    def ready(self, build: Build[T], generation: str) -> T | None:
        """Return the cached report of this generation, None if there is none; starts nothing."""
        with self._lock:
            found = self._reports.get(f"{build.__module__}:{build.__qualname__}")
        if found is None or found.generation != generation or not found.done.is_set() or found.failed:
            return None
        value: T = found.value
        return value

    def forget(self, build: Build[T]) -> None:
        """Drop the report, so that the next `get` builds it again."""
        with self._lock:
            self._reports.pop(f"{build.__module__}:{build.__qualname__}", None)

    def _make(self, report: _Report, name: str, config: Config) -> None:
        try:
            with self._one_at_a_time:
                report.value = _in_a_process(name, config)
        except Exception as error:
            _log.warning("the desk's report %s could not be made: %s", name, error)
            report.failed = True
        finally:
            report.done.set()


def _in_a_process(name: str, config: Config) -> Any:
    path = json.dumps([str(Path(__file__).parents[3]), *(entry for entry in sys.path if entry)])
    done = subprocess.run(  # noqa: S603 - our own interpreter, no shell
        [sys.executable, "-I", "-S", "-c", _COMMAND, path],
        input=pickle.dumps((name, config)),
        capture_output=True,
        timeout=TIMEOUT,
        check=False,
    )
    if done.returncode:
        last = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise RuntimeError(last or f"its process ended with {done.returncode}")
    return pickle.loads(done.stdout)  # noqa: S301 - from our own child


def main() -> None:
    """Entry point of the child process: reads a pickle of (name, configuration), writes one of the report."""
    name, config = pickle.load(sys.stdin.buffer)  # noqa: S301 - from our own parent
    module, _, function = name.partition(":")
    __import__(module)
    with closing(open_engine(config)) as engine:
        value = getattr(sys.modules[module], function)(config, engine)
    sys.stdout.buffer.write(pickle.dumps(value, pickle.HIGHEST_PROTOCOL))


def init_app(app: Flask) -> None:
    """Give the application its report cache."""
    app.extensions[_KEY] = Reports()


def report(build: Build[T]) -> T:
    """Return the report for the current generation.

    build   a module's function, importable by name, whose result can be pickled

    Raises PendingError and FailedError, which the desk answers with pages, and IndexUnusableError.
    """
    return _reports().get(build, state().config, state().engine.generation(), PATIENCE)


def poll(build: Build[T]) -> T:
    """As `report`, without waiting and without retrying what failed: for polling."""
    return _reports().get(build, state().config, state().engine.generation(), 0.0, retry=False)


def ready(build: Build[T]) -> T | None:
    """Return the cached report, None if there is none; starts nothing. Raises IndexUnusableError."""
    return _reports().ready(build, state().engine.generation())


def forget(build: Build[T]) -> None:
    """Drop a report although the index is the same: for those that also depend on the files."""
    _reports().forget(build)


def _reports() -> Reports:
    found = current_app.extensions[_KEY]
    assert isinstance(found, Reports)
    return found


@desk.errorhandler(PendingError)
def pending(_error: PendingError) -> AnyResponse:
    """Render a page that reloads itself, without a script (202)."""
    response = make_response(render_template("desk/pending.html"), 202)
    response.headers["Refresh"] = f"2; url={root()}{request.full_path.rstrip('?')}"
    return response


@desk.errorhandler(FailedError)
def failed(_error: FailedError) -> AnyResponse:
    """Render a page that refers to the log (500)."""
    return make_response(render_template("desk/failed.html"), 500)

"""Runs again whenever the content changes. Polling: it works on every file system, network ones included."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

from searchapp.articles import discover, open_site
from searchapp.config import Config
from searchapp.engine import Engine
from searchapp.errors import SearchappError
from searchapp.indexing.run import run
from searchapp.model import IndexReport

POLL = 1.0
"""Seconds between two looks; one look at 2,000 files takes some 20 ms."""
SETTLE = 0.3
"""Seconds without a further change before a run: editors and `git pull` write many times."""
SETTLE_LIMIT = 5.0
"""Seconds after which a run starts even so."""
RETRY = 10.0
"""Seconds after which a failed run is repeated although nothing changed."""

Report = Callable[[IndexReport | SearchappError], None]
_Look = object


def watch(config: Config, engine: Engine, report: Report, stop: threading.Event) -> None:
    """Indexes now, then after each change of the content and whenever an article's hour has come.

    report  called with each run's result; an error is reported once, and tried again, until it is gone
    stop    ends it within a second or so, a run in progress aside
    """
    error = ""
    while not stop.is_set():
        seen = _look(config)
        until, failed = None, False
        try:
            result, notes = run(config, engine, wait=0.0)
            until, error = notes.next_until, ""
            report(result)
        except SearchappError as problem:
            failed = True
            if str(problem) != error:
                report(problem)
            error = str(problem)
        _wait(config, seen, until, RETRY if failed else None, stop)


def _look(config: Config) -> _Look:
    """What the content looks like from outside; equal looks, nothing to do."""
    try:
        site = open_site(config)
        sources, problems = discover(site)
    except SearchappError as error:
        return str(error)
    return (site.fingerprint, tuple((source.id, source.signature) for source in sources), tuple(problems))


def _wait(config: Config, seen: _Look, until: datetime | None, retry: float | None, stop: threading.Event) -> None:
    """Returns when there is something to do, or to stop."""
    began = time.monotonic()
    while not stop.wait(POLL):
        if until is not None and datetime.now(UTC) >= until:
            return
        if retry is not None and time.monotonic() - began >= retry:
            return
        now = _look(config)
        if now != seen:
            _settle(config, now, stop)
            return


def _settle(config: Config, seen: _Look, stop: threading.Event) -> None:
    deadline = time.monotonic() + SETTLE_LIMIT
    while time.monotonic() < deadline and not stop.wait(SETTLE):
        now = _look(config)
        if now == seen:
            return
        seen = now

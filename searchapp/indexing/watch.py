"""Indexing on changes of the content, by polling, and on request. Polling works on network file systems, too.

inotify (tried through watchfiles 1.3) does not report a content folder that replaces the watched one, by a switched
link or a new checkout, so the tree would have to be polled all the same.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from searchapp.articles import discover, open_site
from searchapp.config.loading import Config
from searchapp.engine import Engine
from searchapp.errors import SearchappError
from searchapp.indexing.run import run
from searchapp.model import IndexReport

POLL = 1.0
"""Seconds between two polls; one poll of 2,000 files takes some 20 ms."""
SETTLE = 0.3
"""Seconds without a further change before a run: editors and `git pull` write many times."""
SETTLE_LIMIT = 5.0
"""Seconds after which a run starts even so."""
RETRY = 10.0
"""Seconds after which a failed run is repeated although nothing changed."""

Report = Callable[[IndexReport | SearchappError], None]
_Snapshot = object


class BuildSignal(Protocol):
    """Requests for a run from other processes; see `searchapp.web.ops.build_trigger`."""

    def resume(self) -> None:
        """Called once, before everything else."""

    def wait(self, seconds: float) -> bool:
        """Wait up to `seconds` for a request; return whether there is one."""

    def begin(self) -> None:
        """Called before a run."""

    def end(self) -> None:
        """Called after a run."""


def watch(
    config: Config,
    engine: Engine,
    report: Report,
    stop: threading.Event,
    signal: BuildSignal | None = None,
    poll: bool = True,
) -> None:
    """Index now, after each change of the content, when an article becomes visible or hidden by date, and on request.

    report  called with each run's report or error; a repeated error is reported once
    stop    ends the loop within about a second, after a run in progress
    signal  requests for a run; None for none
    poll    False to wait for requests only
    """
    error = ""
    if signal is not None:
        signal.resume()
    if not poll:
        _wait(None, None, None, stop, signal)
    while not stop.is_set():
        seen = _Baseline(config, _snapshot(config)) if poll else None
        until, failed = None, False
        if signal is not None:
            signal.begin()
        try:
            result, notes = run(config, engine, wait=0.0)
            until, error = notes.next_until, ""
            report(result)
        except SearchappError as problem:
            failed = True
            if str(problem) != error:
                report(problem)
            error = str(problem)
        if signal is not None:
            signal.end()
        _wait(seen, until if poll else None, RETRY if failed else None, stop, signal)


@dataclass(frozen=True, slots=True)
class _Baseline:
    """The content when a run began."""

    config: Config
    then: _Snapshot

    def changed(self) -> _Snapshot | None:
        """Return the current snapshot if it is different, else None."""
        now = _snapshot(self.config)
        return None if now == self.then else now


def _snapshot(config: Config) -> _Snapshot:
    """The files' signatures and the site's configuration; equal if there is nothing to index."""
    try:
        site = open_site(config)
        sources, problems = discover(site)
    except SearchappError as error:
        return str(error)
    return (site.fingerprint, tuple((source.id, source.signature) for source in sources), tuple(problems))


def _wait(
    seen: _Baseline | None,
    until: datetime | None,
    retry: float | None,
    stop: threading.Event,
    signal: BuildSignal | None,
) -> None:
    """Return when there is something to do, or to stop."""
    began = time.monotonic()
    while not stop.is_set():
        if stop.wait(POLL) if signal is None else signal.wait(POLL):
            return
        if until is not None and datetime.now(UTC) >= until:
            return
        if retry is not None and time.monotonic() - began >= retry:
            return
        now = seen.changed() if seen is not None else None
        if seen is not None and now is not None:
            _settle(seen.config, now, stop)
            return


def _settle(config: Config, seen: _Snapshot, stop: threading.Event) -> None:
    deadline = time.monotonic() + SETTLE_LIMIT
    while time.monotonic() < deadline and not stop.wait(SETTLE):
        now = _snapshot(config)
        if now == seen:
            return
        seen = now

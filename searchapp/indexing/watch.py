"""Runs again whenever the content changes, or when it is called. Polling works on network file systems, too.

inotify (tried through watchfiles 1.3) never tells of a content folder that was put in place of the watched one, by a
link that was switched or by a new checkout, so the tree would have to be polled beside it all the same.
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
"""Seconds between two looks; one look at 2,000 files takes some 20 ms."""
SETTLE = 0.3
"""Seconds without a further change before a run: editors and `git pull` write many times."""
SETTLE_LIMIT = 5.0
"""Seconds after which a run starts even so."""
RETRY = 10.0
"""Seconds after which a failed run is repeated although nothing changed."""

Report = Callable[[IndexReport | SearchappError], None]
_Look = object


class BuildSignal(Protocol):
    """How others call for a run."""

    def resume(self) -> None:
        """Called once, before all else."""

    def wait(self, seconds: float) -> bool:
        """Waits for a call, so long at most; whether there is one."""

    def begin(self) -> None:
        """A run begins."""

    def end(self) -> None:
        """It has ended."""


def watch(
    config: Config,
    engine: Engine,
    report: Report,
    stop: threading.Event,
    bell: BuildSignal | None = None,
    look: bool = True,
) -> None:
    """Indexes now, then after each change of the content, whenever an article's hour has come and when it is called.

    report  called with each run's result; an error is reported once, and tried again, until it is gone
    stop    ends it within a second or so, a run in progress aside
    bell    what calls are heard by; None for no calls
    look    False waits for calls and for nothing else
    """
    error = ""
    if bell is not None:
        bell.resume()
    if not look:
        _wait(None, None, None, stop, bell)
    while not stop.is_set():
        seen = _Seen(config, _look(config)) if look else None
        until, failed = None, False
        if bell is not None:
            bell.begin()
        try:
            result, notes = run(config, engine, wait=0.0)
            until, error = notes.next_until, ""
            report(result)
        except SearchappError as problem:
            failed = True
            if str(problem) != error:
                report(problem)
            error = str(problem)
        if bell is not None:
            bell.end()
        _wait(seen, until if look else None, RETRY if failed else None, stop, bell)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the content looked like when a run began."""

    config: Config
    then: _Look

    def news(self) -> _Look | None:
        """What it looks like now, if that is something else."""
        now = _look(self.config)
        return None if now == self.then else now


def _look(config: Config) -> _Look:
    """What the content looks like from outside; equal looks, nothing to do."""
    try:
        site = open_site(config)
        sources, problems = discover(site)
    except SearchappError as error:
        return str(error)
    return (site.fingerprint, tuple((source.id, source.signature) for source in sources), tuple(problems))


def _wait(
    seen: _Seen | None, until: datetime | None, retry: float | None, stop: threading.Event, bell: BuildSignal | None
) -> None:
    """Returns when there is something to do, or to stop."""
    began = time.monotonic()
    while not stop.is_set():
        if stop.wait(POLL) if bell is None else bell.wait(POLL):
            return
        if until is not None and datetime.now(UTC) >= until:
            return
        if retry is not None and time.monotonic() - began >= retry:
            return
        now = seen.news() if seen is not None else None
        if seen is not None and now is not None:
            _settle(seen.config, now, stop)
            return


def _settle(config: Config, seen: _Look, stop: threading.Event) -> None:
    deadline = time.monotonic() + SETTLE_LIMIT
    while time.monotonic() < deadline and not stop.wait(SETTLE):
        now = _look(config)
        if now == seen:
            return
        seen = now

"""The sidecar that keeps the index up to date while the server runs."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import closing

from searchapp.config.loading import Config
from searchapp.engines import open_engine
from searchapp.errors import SearchappError
from searchapp.model import IndexReport, Problem
from searchapp.serving.sidecar import Work
from searchapp.web.ops.build_trigger import BuildTrigger

SHOWN_PROBLEMS = 20
"""Problems that one run logs, at most."""

_log = logging.getLogger(__name__)


def watcher_work(config: Config, trigger: BuildTrigger | None, *, poll: bool) -> Work:
    """Return the sidecar's main function.

    trigger  requests for a build from workers; None for none
    poll     False to wait for requests only
    """

    def work(gone: threading.Event) -> None:
        from searchapp import indexing  # reads Markdown, which no other process of the server does

        report = _reporter()
        while not gone.is_set():
            try:
                with closing(open_engine(config)) as engine:
                    indexing.watch(config, engine, report, gone, trigger, poll)
            except Exception as error:  # a stale index is better than no watcher
                _log.error("watching failed (%s: %s); trying again", type(error).__name__, error)
                gone.wait(indexing.RETRY)

    return work


def _reporter() -> Callable[[IndexReport | SearchappError], None]:
    """A function that logs each run's changes, and the problems that the previous run did not have."""
    known: set[Problem] = set()

    def report(result: IndexReport | SearchappError) -> None:
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

    return report

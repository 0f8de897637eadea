"""The embedded engine: a Whoosh index in generations on disk."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from searchapp.engines import pipeline
from searchapp.engines.pipeline import Answer, PipelineEngine
from searchapp.engines.whoosh.disk import generations, safe_files, scrub
from searchapp.engines.whoosh.disk.scrub import Scrubber
from searchapp.engines.whoosh.search import matcher
from searchapp.engines.whoosh.search.executor import Matcher, WhooshSearcher
from searchapp.engines.whoosh.search.snapshot import Snapshot
from searchapp.engines.whoosh.segments import writer
from searchapp.errors import IndexDamagedError, IndexMissingError, IndexUnusableError
from searchapp.model import Article, Generation
from searchapp.retrieval.ranking import DEFAULT, Preferences

log = logging.getLogger(__name__)
OPEN_ATTEMPTS = 5
"""A generation may be replaced twice, and so be deleted, between reading its name and opening it."""


class WhooshEngine(PipelineEngine):
    """`searchapp.engine.Engine` in the folder `index_dir`; `match` is the matcher, replaceable for tests.

    Searches of one process run one after the other (they would share one interpreter lock anyway); several
    processes run in parallel. Each call checks once for a newer generation.
    """

    def __init__(self, index_dir: Path, match: Matcher = matcher.match, preferences: Preferences = DEFAULT) -> None:
        self._index_dir = index_dir
        self._preferences = preferences
        self._match = match
        self._lock = threading.RLock()
        self._searcher: WhooshSearcher | None = None
        self._state: tuple[int, ...] | None = None
        self._process = os.getpid()
        self._scrubber = Scrubber(self._refuse)

    def update(self, changed: Iterable[Article], removed: Collection[str]) -> Generation:
        with self._lock:
            try:
                with self._opened() as searcher:
                    base, find = searcher.snapshot.stored, searcher.snapshot.find
            except IndexMissingError:
                return self.rebuild(changed)
            with generations.new_generation(self._index_dir, base) as path:
                with scrub.alongside(base):
                    writer.update(path, changed, removed, find)
                return generations.publish(path, base)

    def rebuild(self, articles: Iterable[Article]) -> Generation:
        with self._lock:
            try:
                before, _ = generations.current(self._index_dir)
            except (IndexMissingError, IndexDamagedError):
                before = None
            with generations.new_generation(self._index_dir, None) as path:
                writer.build(path, articles)
                return generations.publish(path, before)

    def tidy(self) -> None:
        generations.clean(self._index_dir)

    def generation(self) -> str:
        # Without the lock, so as not to wait for a search. `_state` is read first: it is written after `_searcher`.
        state, searcher = self._state, self._searcher
        if searcher is None or state != generations.pointer_state(self._index_dir) or self._process != os.getpid():
            with self._opened() as searcher:
                return searcher.generation.name
        return searcher.generation.name

    def _ask(self, question: Callable[[pipeline.Searcher[Any]], Answer]) -> Answer:
        with self._opened() as searcher:
            return question(searcher)

    def close(self) -> None:
        self._scrubber.end()
        with self._lock:
            if self._searcher is not None:
                self._searcher.snapshot.close()
                self._searcher = None

    @contextmanager
    def _opened(self) -> Iterator[WhooshSearcher]:
        with self._lock:
            state = generations.pointer_state(self._index_dir)
            if self._searcher is None or state != self._state or self._process != os.getpid():
                self._open(state)
            assert self._searcher is not None
            self._scrubber.nudge(self._searcher.snapshot.stored)
            yield self._searcher

    def _open(self, state: tuple[int, ...] | None) -> None:
        """Open the generation of CURRENT; keep the old snapshot if that fails though it was good before."""
        for attempt in range(OPEN_ATTEMPTS):
            try:
                stored, complaint = generations.current(self._index_dir)
                snapshot = _opened_snapshot(stored)
                break
            except IndexDamagedError:
                if attempt == OPEN_ATTEMPTS - 1 or generations.pointer_state(self._index_dir) == state:
                    raise
                state = generations.pointer_state(self._index_dir)
        if complaint:
            log.warning("%s; answering from the generation before it", complaint)
        if self._searcher is not None and self._process == os.getpid():
            self._searcher.snapshot.close()
        self._searcher = WhooshSearcher(snapshot, self._preferences, self._match)
        self._state, self._process = state, os.getpid()

    def _refuse(self) -> None:
        """Have all processes reopen the index, as the open generation was found damaged; log it if none is usable."""
        with self._lock:
            self._state = None
            generations.touch(self._index_dir)
            try:
                with self._opened():
                    pass
            except IndexUnusableError as error:
                log.error("%s", error)


def _opened_snapshot(stored: generations.StoredGeneration) -> Snapshot:
    try:
        return Snapshot(stored)
    except OSError as error:
        raise safe_files.unreadable(stored.path, error, generations.REBUILD) from error
    except Exception as error:
        # The files are as they were written, so it is not they: another Whoosh, or a fault of ours.
        raise IndexDamagedError(f"{stored.path} can't be opened ({error!r}); {generations.REBUILD}") from error

"""The embedded engine: a Whoosh index in generations on disk."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np

from searchapp.engines.whoosh.disk import generations, safe_files, scrub
from searchapp.engines.whoosh.disk.scrub import Scrubber
from searchapp.engines.whoosh.search import matcher
from searchapp.engines.whoosh.search.docsets import first
from searchapp.engines.whoosh.search.executor import Matcher, execute
from searchapp.engines.whoosh.search.explainer import Explainer
from searchapp.engines.whoosh.search.proximity import stand_side_by_side
from searchapp.engines.whoosh.search.snapshot import Snapshot
from searchapp.engines.whoosh.segments import writer
from searchapp.engines.whoosh.segments.arrays import Array
from searchapp.errors import IndexDamagedError, IndexMissingError, IndexUnusableError, NotFoundError
from searchapp.excerpts.snippets import make_hit
from searchapp.facets import LABELS
from searchapp.model import Article, Draft, Generation, Hit, Query, Results, Status, Suggestion
from searchapp.query import And
from searchapp.retrieval import related
from searchapp.retrieval.query_terms import marks
from searchapp.retrieval.ranking import DEFAULT, Preferences
from searchapp.retrieval.suggest import complete

log = logging.getLogger(__name__)
OPEN_ATTEMPTS = 5
"""A generation may be replaced twice, and so be gone, between reading its name and opening it."""


class WhooshEngine:
    """Implements `searchapp.engine.Engine` in the folder `index_dir`. `match` is how matches are found.

    `preferences` are the operator's, about order.

    Searches of one process run one after the other (they would share one interpreter lock anyway); several
    processes work side by side. Each call looks once whether there is a newer generation.
    """

    def __init__(self, index_dir: Path, match: Matcher = matcher.match, preferences: Preferences = DEFAULT) -> None:
        self._index_dir = index_dir
        self._preferences = preferences
        self._match = match
        self._lock = threading.RLock()
        self._snapshot: Snapshot | None = None
        self._state: tuple[int, ...] | None = None
        self._process = os.getpid()
        self._scrubber = Scrubber(self._refuse)

    def manifest(self) -> Mapping[str, str]:
        try:
            with self._opened() as snapshot:
                return snapshot.manifest()
        except IndexMissingError:
            return {}

    def update(self, changed: Iterable[Article], removed: Collection[str]) -> Generation:
        with self._lock:
            try:
                with self._opened() as snapshot:
                    base, find = snapshot.stored, snapshot.find
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
        # Without the lock, so as not to wait for a search. `_state` is read first: it is written after `_snapshot`.
        state, snapshot = self._state, self._snapshot
        if snapshot is None or state != generations.pointer_state(self._index_dir) or self._process != os.getpid():
            with self._opened() as snapshot:
                return snapshot.stored.generation.name
        return snapshot.stored.generation.name

    def search(self, query: Query) -> Results:
        with self._opened() as snapshot:
            answer = execute(query, snapshot, self._match)
            wanted = marks(answer.tree, snapshot.languages)
            sources = snapshot.sources([doc for doc, _ in answer.page], wanted)
            scores = (score for _, score in answer.page)
            hits = tuple(make_hit(source, score, wanted) for source, score in zip(sources, scores, strict=True))
            if answer.pinned:
                pinned = (doc in answer.pinned for doc, _ in answer.page)
                hits = tuple(replace(hit, pinned=is_pinned) for hit, is_pinned in zip(hits, pinned, strict=True))
            if query.explain:
                explain = Explainer(answer, snapshot).explain
                parts = (explain(doc) for doc, _ in answer.page)
                hits = tuple(replace(hit, explanation=found) for hit, found in zip(hits, parts, strict=True))
            name = snapshot.stored.generation.name
            said = answer.did_you_mean, answer.corrected
            return Results(query, answer.mode, answer.total, hits, answer.facets, name, *said, answer.coverage)

    def suggest(self, prefix: str, limit: int = 8) -> tuple[Suggestion, ...]:
        with self._opened() as snapshot:
            return complete(prefix, limit, snapshot)

    def related(self, source: str | Draft, limit: int = 10) -> tuple[Hit, ...]:
        with self._opened() as snapshot:
            exclude = None
            if isinstance(source, str):
                exclude = snapshot.find(source)
                if exclude is None:
                    raise NotFoundError(f"no article '{source}' in the index")
            text = source if isinstance(source, Draft) else snapshot.article(exclude or 0)
            profile = related.profile(text, snapshot.languages)
            likes = related.rank(profile, _Statistics(snapshot), exclude, limit)
            nothing = marks(And(), ())
            sources = snapshot.sources([like.doc for like in likes], nothing)
            hits = [make_hit(source, like.score, nothing) for source, like in zip(sources, likes, strict=True)]
            return tuple(replace(hit, reasons=like.reasons) for hit, like in zip(hits, likes, strict=True))

    def article(self, id: str) -> Article | None:
        with self._opened() as snapshot:
            doc = snapshot.find(id)
            return None if doc is None else snapshot.article(doc)

    def locate(self, permalink: str) -> str | None:
        with self._opened() as snapshot:
            doc = snapshot.locate(permalink)
            return None if doc is None else snapshot.article(doc).id

    def status(self) -> Status:
        with self._opened() as snapshot:
            stored = snapshot.stored
            labels = {facet.field: len(snapshot.facets.columns[facet.key].keys) for facet in LABELS}
            return Status(stored.generation, snapshot.articles, snapshot.terms, **labels, size=stored.size)

    def close(self) -> None:
        self._scrubber.end()
        with self._lock:
            if self._snapshot is not None:
                self._snapshot.close()
                self._snapshot = None

    @contextmanager
    def _opened(self) -> Iterator[Snapshot]:
        with self._lock:
            state = generations.pointer_state(self._index_dir)
            if self._snapshot is None or state != self._state or self._process != os.getpid():
                self._open(state)
            assert self._snapshot is not None
            self._scrubber.nudge(self._snapshot.stored)
            yield self._snapshot

    def _open(self, state: tuple[int, ...] | None) -> None:
        """Opens what CURRENT names; keeps the old snapshot if that fails though it was good before."""
        for attempt in range(OPEN_ATTEMPTS):
            try:
                stored, complaint = generations.current(self._index_dir)
                snapshot = _opened_snapshot(stored, self._preferences)
                break
            except IndexDamagedError:
                if attempt == OPEN_ATTEMPTS - 1 or generations.pointer_state(self._index_dir) == state:
                    raise
                state = generations.pointer_state(self._index_dir)
        if complaint:
            log.warning("%s; answering from the generation before it", complaint)
        if self._snapshot is not None and self._process == os.getpid():
            self._snapshot.close()
        self._snapshot, self._state, self._process = snapshot, state, os.getpid()

    def _refuse(self) -> None:
        """Opens the index anew, in all processes, as what is open was found damaged: says so, and falls back."""
        with self._lock:
            self._state = None
            generations.touch(self._index_dir)
            try:
                with self._opened():
                    pass
            except IndexUnusableError as error:
                log.error("%s", error)


def _opened_snapshot(stored: generations.Stored, preferences: Preferences) -> Snapshot:
    try:
        return Snapshot(stored, preferences)
    except OSError as error:
        raise safe_files.unreadable(stored.path, error, generations.REBUILD) from error
    except Exception as error:
        # The files are as they were written, so it is not they: another Whoosh, or a fault of ours.
        raise IndexDamagedError(f"{stored.path} can't be opened ({error!r}); {generations.REBUILD}") from error


class _Statistics:
    """`searchapp.retrieval.related.Statistics` over a snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self.articles = snapshot.articles
        self.documents = snapshot.documents

    def dfs(self, terms: Sequence[str]) -> Array:
        return self._snapshot.dfs(terms)

    def postings(self, term: str) -> tuple[Array, Array]:
        return self._snapshot.impacts(term)

    def holders(self, facet: str, key: str) -> Array:
        return self._snapshot.holders(f"{facet}_is", key)

    def held(self, facet: str, key: str) -> int:
        return len(self.holders(facet, key))

    def norms(self, cut: float) -> Array:
        return self._snapshot.norms(cut)

    def usual_norm(self, cut: float) -> float:
        return related.mean_norm(self._snapshot.norms(cut))

    def side_by_side(self, pair: tuple[str, str], docs: Array) -> Array:
        terms = [term.encode() for term in pair]
        masks = [stand_side_by_side(leaf.file, terms, leaf.own(docs), related.PROSE) for leaf in self._snapshot.leaves]
        return np.concatenate(masks)

    def best(self, docs: Array, scores: Array, limit: int) -> list[int]:
        keys = [-scores, self._snapshot.newest.take(docs)]
        return first(keys, lambda places: self._snapshot.by_id(docs.take(places)), limit)

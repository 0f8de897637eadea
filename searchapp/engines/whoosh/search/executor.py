"""Query execution over a snapshot: matches with scores, then filters, facets and order, all over arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from itertools import repeat
from typing import NamedTuple, cast

import numpy as np

from searchapp.engines.pipeline import Curation, Loaded, ResolvedQuery, ResultPage
from searchapp.engines.whoosh.search.completions import SnapshotCompletions
from searchapp.engines.whoosh.search.docsets import ScoredDocs
from searchapp.engines.whoosh.search.explainer import Explainer
from searchapp.engines.whoosh.search.facet_counts import FacetColumn
from searchapp.engines.whoosh.search.lexicon import SnapshotLexicon
from searchapp.engines.whoosh.search.likeness import SnapshotCandidates
from searchapp.engines.whoosh.search.snapshot import Snapshot
from searchapp.engines.whoosh.search.static_scores import StaticScores
from searchapp.engines.whoosh.search.top_hits import page
from searchapp.engines.whoosh.segments.arrays import Array
from searchapp.facets import FACETS, LABELS, Facet, Kind
from searchapp.model import Article, FacetValue, Generation, Query, Status
from searchapp.query import And
from searchapp.retrieval.ranking import Preferences
from searchapp.retrieval.related import Profile
from searchapp.retrieval.resolution import Interpretation

Matcher = Callable[[And, Snapshot], ScoredDocs]
"""Returns the live documents that match a pruned tree, with their scores."""


class RankedPage(NamedTuple):
    """The exact total, the facets and their coverage, and the page's documents in order with their scores."""

    total: int
    facets: Mapping[str, tuple[FacetValue, ...]]
    coverage: Mapping[str, int]
    page: tuple[tuple[int, float], ...]


class WhooshSearcher:
    """`pipeline.Searcher` over an opened generation."""

    def __init__(self, snapshot: Snapshot, preferences: Preferences, match: Matcher) -> None:
        self.snapshot = snapshot
        self.generation: Generation = snapshot.stored.generation
        self.curation = Curation(preferences, lambda: snapshot.languages)
        self.completions = SnapshotCompletions(snapshot)
        self.manifest = snapshot.manifest
        self._static = StaticScores(snapshot, preferences.recency)
        self._match = match

    @property
    def languages(self) -> tuple[str, ...]:
        return self.snapshot.languages

    @property
    def lexicon(self) -> SnapshotLexicon:
        return SnapshotLexicon(self.snapshot, lambda tree: self._match(tree, self.snapshot).docs)

    def match(self, tree: And | None) -> ScoredDocs:
        return ScoredDocs(np.zeros(0, np.int64), np.zeros(0)) if tree is None else self._match(tree, self.snapshot)

    def count(self, reading: Interpretation[ScoredDocs], resolved: object) -> int:  # noqa: ARG002 - nothing to ask ahead
        return len(reading.matches.docs)

    def page(self, resolved: ResolvedQuery[ScoredDocs]) -> ResultPage:
        ranked = self.rank(resolved)
        sources = self.snapshot.sources([doc for doc, _ in ranked.page], resolved.marks)
        explain = Explainer(resolved, self._static).explain if resolved.query.explain else None
        shown = [
            Loaded(source, score, explain(doc, source.head.id) if explain else ())
            for source, (doc, score) in zip(sources, ranked.page, strict=True)
        ]
        return ResultPage(ranked.total, ranked.facets, ranked.coverage, shown)

    def rank(self, resolved: ResolvedQuery[ScoredDocs]) -> RankedPage:
        """Return the page without reading its articles."""
        query, reading, snapshot = resolved.query, resolved.reading, self.snapshot
        found = reading.matches
        if reading.complete is not None:
            found = replace(found, complete=reading.complete.docs)
        if resolved.title:
            found = replace(found, exact=snapshot.holders("exact", resolved.title))
        if resolved.pinned:
            found = found.with_pinned(tuple(doc for doc in map(snapshot.find, resolved.pinned) if doc is not None))
        found = _inside_dates(query, found, snapshot)
        passing = {facet.key: _passing(facet, query, found.docs, snapshot) for facet in FACETS}
        facets, coverage = _count(query, found.docs, passing, snapshot)
        chosen = _all(passing.values())
        if chosen is not None:
            found = found.only(chosen)
        return RankedPage(len(found.docs), facets, coverage, page(query, found, self._static))

    def candidates(self, profile: Profile, exclude: str | None, limit: int) -> SnapshotCandidates:  # noqa: ARG002 - all are
        return SnapshotCandidates(self.snapshot, None if exclude is None else self.snapshot.find(exclude))

    def article(self, id: str) -> Article | None:
        doc = self.snapshot.find(id)
        return None if doc is None else self.snapshot.article(doc)

    def locate(self, permalink: str) -> str | None:
        doc = self.snapshot.locate(permalink)
        return None if doc is None else self.snapshot.id(doc)

    def status(self) -> Status:
        snapshot = self.snapshot
        labels = {facet.field: len(snapshot.facets.columns[facet.key].keys) for facet in LABELS}
        return Status(self.generation, snapshot.articles, snapshot.terms, **labels, size=snapshot.stored.size)


def _inside_dates(query: Query, found: ScoredDocs, snapshot: Snapshot) -> ScoredDocs:
    if not (query.after or query.before):
        return found
    days = snapshot.days[found.docs]
    inside = days >= (query.after.toordinal() if query.after else 1)
    if query.before:
        inside &= days < query.before.toordinal()
    return found.only(inside)


def _passing(facet: Facet, query: Query, docs: Array, snapshot: Snapshot) -> Array | None:
    """Return a mask of the documents with one of the selected values; None if nothing is selected."""
    chosen = facet.chosen(query)
    if not chosen:
        return None
    mask = np.zeros(snapshot.documents, bool)
    for key in chosen:
        for held in snapshot.postings(f"{facet.key}_is", key):
            mask[held] = True
    return mask.take(docs)


def _all(masks: Iterable[Array | None]) -> Array | None:
    """Return the conjunction of the masks that are not None; None if there are none."""
    known = [mask for mask in masks if mask is not None]
    return np.logical_and.reduce(known) if known else None


def _count(
    query: Query, docs: Array, passing: Mapping[str, Array | None], snapshot: Snapshot
) -> tuple[dict[str, tuple[FacetValue, ...]], dict[str, int]]:
    """Return each facet's values and coverage among the documents that pass the other facets' filters."""
    table = snapshot.facets
    chosen = _all(passing.values())
    passed = docs if chosen is None else docs[chosen]
    counts = table.count(passed)
    found, coverage = {}, {}
    for facet in FACETS:
        own, counted = counts, passed
        if passing[facet.key] is not None:
            others = _all(mask for key, mask in passing.items() if key != facet.key)
            counted = docs if others is None else docs[others]
            own = table.count(counted)
        column = table.columns[facet.key]
        found[facet.key] = _values(facet, column, own[column.first : column.first + len(column.keys)], query)
        coverage[facet.key] = table.coverage(facet.key, counted)
    return found, coverage


_facet_value = cast(Callable[[tuple[str, int, bool]], FacetValue], partial(tuple.__new__, FacetValue))
"""Constructor without a Python call, as a response has hundreds."""


def _values(facet: Facet, column: FacetColumn, counts: Array, query: Query) -> tuple[FacetValue, ...]:
    selected = facet.chosen(query)
    known = [column.number[key] for key in selected if key in column.number]
    shown = counts > 0
    shown[known] = True
    present = shown.nonzero()[0]
    if facet.kind is not Kind.NUMBER:
        present = present.take((-counts.take(present)).argsort(kind="stable"))
    chosen = np.isin(present, known).tolist() if known else repeat(False, len(present))
    parts = column.shown.take(present).tolist(), counts.take(present).tolist(), chosen
    found = map(_facet_value, zip(*parts, strict=True))
    if len(known) == len(selected):
        return tuple(found)
    strange = [(key, FacetValue(value, 0, True)) for key, value in selected.items() if key not in column.number]
    keyed = [*zip((column.keys[number] for number in present.tolist()), found, strict=True), *strange]
    keyed.sort(key=lambda item: facet.rank(item[0], item[1].count))
    return tuple(value for _, value in keyed)

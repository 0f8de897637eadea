"""Runs a query over a snapshot: all matches with scores, then filters, facets and order, all over arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import repeat
from typing import cast

import numpy as np

from searchapp.engines.whoosh.search.docsets import Found
from searchapp.engines.whoosh.search.facet_counts import FacetColumn
from searchapp.engines.whoosh.search.lexicon import SnapshotLexicon
from searchapp.engines.whoosh.search.snapshot import Snapshot
from searchapp.engines.whoosh.search.top_hits import page
from searchapp.engines.whoosh.segments.arrays import Array
from searchapp.facets import FACETS, Facet, Kind
from searchapp.model import FacetValue, Mode, Query
from searchapp.query import And
from searchapp.retrieval.resolution import read


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query found: the page's documents with their scores, the exact total, the facets, the trees used.

    Documents match `sought`, but for those of the page that are only `pinned`.
    """

    mode: Mode
    tree: And
    sought: And
    total: int
    page: tuple[tuple[int, float], ...]
    facets: Mapping[str, tuple[FacetValue, ...]]
    coverage: Mapping[str, int]
    did_you_mean: str | None = None
    corrected: bool = False
    foremost: Array | None = None
    pinned: tuple[int, ...] = ()
    unsought: frozenset[int] = frozenset()


Matcher = Callable[[And, Snapshot], Found]
"""Finds the live documents that match a pruned tree, and their scores."""


def execute(query: Query, snapshot: Snapshot, match: Matcher) -> Answer:
    """The answer to a query, whose matches `match` finds."""
    lexicon = SnapshotLexicon(snapshot, lambda tree: match(tree, snapshot).docs)
    matches, thesaurus = (lambda tree: match(tree, snapshot) if tree else _nothing()), snapshot.manners.thesaurus
    reading = read(query, matches, _count_matches, lexicon, thesaurus)
    found = reading.matches
    if reading.foremost is not None:
        found = replace(found, foremost=reading.foremost.docs)
    pinned = snapshot.manners.pinned(query, reading)
    unsought: frozenset[int] = frozenset()
    if pinned:
        unsought = frozenset(pinned).difference(found.docs.tolist())
        found = found.with_pinned(pinned)
    found = _inside_dates(query, found, snapshot)
    passing = {facet.key: _passing(facet, query, found.docs, snapshot) for facet in FACETS}
    facets, coverage = _count(query, found.docs, passing, snapshot)
    chosen = _all(passing.values())
    if chosen is not None:
        found = found.only(chosen)
    said = reading.did_you_mean, reading.corrected
    trees = reading.tree or And(), reading.sought or And()
    shown = page(query, found, snapshot)
    return Answer(
        reading.mode,
        *trees,
        len(found.docs),
        shown,
        facets,
        coverage,
        *said,
        found.foremost,
        pinned,
        unsought,
    )


def _count_matches(found: Found) -> int:
    return len(found.docs)


def _nothing() -> Found:
    return Found(np.zeros(0, np.int64), np.zeros(0))


def _inside_dates(query: Query, found: Found, snapshot: Snapshot) -> Found:
    if not (query.after or query.before):
        return found
    days = snapshot.days[found.docs]
    inside = days >= (query.after.toordinal() if query.after else 1)
    if query.before:
        inside &= days < query.before.toordinal()
    return found.only(inside)


def _passing(facet: Facet, query: Query, docs: Array, snapshot: Snapshot) -> Array | None:
    """Which of the documents have one of the selected values; None if nothing is selected."""
    chosen = facet.chosen(query)
    if not chosen:
        return None
    mask = np.zeros(snapshot.documents, bool)
    for key in chosen:
        for held in snapshot.postings(f"{facet.key}_is", key):
            mask[held] = True
    return mask.take(docs)


def _all(masks: Iterable[Array | None]) -> Array | None:
    """What is in all masks that there are; None if there are none."""
    known = [mask for mask in masks if mask is not None]
    return np.logical_and.reduce(known) if known else None


def _count(
    query: Query, docs: Array, passing: Mapping[str, Array | None], snapshot: Snapshot
) -> tuple[dict[str, tuple[FacetValue, ...]], dict[str, int]]:
    """Of each facet among the documents that pass all the others' filters the values, and how many have one."""
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
"""Makes one without a call of Python's: an answer has hundreds."""


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

"""Runs a query over a snapshot: all matches with scores, then filters, facets and order, all over arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from searchapp.analysis import fold_value
from searchapp.engines.terms import prune
from searchapp.engines.whoosh.arrays import Array
from searchapp.engines.whoosh.snapshot import Snapshot
from searchapp.model import FACETS, FacetValue, Mode, Query, Sort
from searchapp.query import And, parse, relax


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query found: the page's documents with their scores, the exact total, the facets, the tree used."""

    mode: Mode
    tree: And
    total: int
    page: tuple[tuple[int, float], ...]
    facets: Mapping[str, tuple[FacetValue, ...]]


Matcher = Callable[[And, Snapshot], tuple[Array, Array]]
"""Finds the live documents that match a pruned tree, ascending, and their scores."""


def execute(query: Query, snapshot: Snapshot, match: Matcher) -> Answer:
    """The answer to a query, whose matches `match` finds."""
    tree = prune(parse(query.text))
    mode = Mode.ALL
    docs, scores = match(tree, snapshot) if tree is not None else _nothing()
    if tree is not None and not len(docs) and (relaxed := relax(tree)) is not None:
        docs, scores = match(relaxed, snapshot)
        mode = Mode.ANY if len(docs) else Mode.ALL
    inside = _inside_dates(query, docs, snapshot)
    docs, scores = docs[inside], scores[inside]
    passing = {facet: _passing(facet, query.selected(facet), docs, snapshot) for facet in FACETS}
    facets = {facet: _count(facet, query, docs, passing, snapshot) for facet in FACETS}
    chosen = _all(list(passing.values()), len(docs))
    docs, scores = docs[chosen], scores[chosen]
    start = (query.page - 1) * query.per_page
    page = _order(query.sort, docs, scores, snapshot, start + query.per_page)[start:]
    pairs = zip(docs[page].tolist(), scores[page].tolist(), strict=True)
    return Answer(mode, tree or And(), len(docs), tuple(pairs), facets)


def _nothing() -> tuple[Array, Array]:
    return np.zeros(0, np.int64), np.zeros(0)


def _inside_dates(query: Query, docs: Array, snapshot: Snapshot) -> Array:
    if not (query.after or query.before):
        return np.ones(len(docs), bool)
    days = snapshot.days[docs]
    inside = days > 0
    if query.after:
        inside &= days >= query.after.toordinal()
    if query.before:
        inside &= days < query.before.toordinal()
    return inside


def _passing(facet: str, selected: tuple[str, ...], docs: Array, snapshot: Snapshot) -> Array | None:
    """Which of the documents have one of the selected values; None if nothing is selected."""
    if not selected:
        return None
    mask = np.zeros(snapshot.documents, bool)
    for value in selected:
        mask[snapshot.holders(f"{facet}_is", fold_value(value))] = True
    return mask[docs]


def _all(masks: list[Array | None], size: int) -> Array:
    chosen = np.ones(size, bool)
    for mask in masks:
        if mask is not None:
            chosen &= mask
    return chosen


def _count(
    facet: str, query: Query, docs: Array, passing: Mapping[str, Array | None], snapshot: Snapshot
) -> tuple[FacetValue, ...]:
    """The values of a facet among the documents that pass all the other facets' filters."""
    column = snapshot.facets[facet]
    counted = docs[_all([mask for name, mask in passing.items() if name != facet], len(docs))]
    starts, sizes = column.bounds[counted], column.sizes[counted]
    rows = np.repeat(starts - (np.cumsum(sizes) - sizes), sizes) + np.arange(int(sizes.sum()))
    counts = np.bincount(column.ordinals[rows], minlength=len(column.keys)).tolist()
    chosen = {fold_value(value): value for value in query.selected(facet)}
    found = [(column.keys[n], column.shown[n], counts[n]) for n in range(len(counts)) if counts[n]]
    present = {key for key, _, _ in found}
    for key, value in chosen.items():
        if key not in present:
            number = column.number.get(key)
            found.append((key, value if number is None else column.shown[number], 0))
    found.sort(key=lambda item: (-int(item[0]), "") if facet == "year" else (-item[2], item[0]))
    return tuple(FacetValue(shown, count, key in chosen) for key, shown, count in found)


def _order(sort: Sort, docs: Array, scores: Array, snapshot: Snapshot, count: int) -> Array:
    """The first `count` of the documents in order, as indices; only as many are sorted as may be among them."""
    keys = -scores if sort is Sort.RELEVANCE else snapshot.ranks[sort][docs]
    chosen = np.arange(len(docs))
    if count < len(docs) // 4:
        chosen = np.flatnonzero(keys <= np.partition(keys, count)[count])
    if sort is Sort.RELEVANCE:
        order = np.lexsort((snapshot.ranks[Sort.NEWEST][docs[chosen]], keys[chosen]))
    else:
        order = np.argsort(keys[chosen])
    return chosen[order[:count]]

"""Top-k selection: proximity, freshness and bonuses are computed only where they can matter."""

from __future__ import annotations

import numpy as np

from searchapp.engines.whoosh.search.docsets import ScoredDocs, first, smallest
from searchapp.engines.whoosh.search.snapshot import Snapshot
from searchapp.engines.whoosh.search.static_scores import StaticScores
from searchapp.engines.whoosh.segments.arrays import Array
from searchapp.model import Query, Sort
from searchapp.retrieval.ranking import ALL_WORDS, EXACT_TITLE, PINNED, RECENCY, SCORE_STEP, multiply


def page(query: Query, found: ScoredDocs, static: StaticScores) -> tuple[tuple[int, float], ...]:
    """Return the documents of the query's page in order, with their scores."""
    end = query.page * query.per_page
    start = end - query.per_page
    snapshot = static.snapshot
    if start >= len(found.docs):
        return ()
    if query.sort is Sort.RELEVANCE and (found.scored or found.pinned):
        found = _within_reach(found, end, static)
        scores = _final(found, static)
        order = _first([-scores, snapshot.newest.take(found.docs)], found.docs, snapshot, end)[start:]
        return tuple(zip(found.docs.take(order).tolist(), scores.take(order).tolist(), strict=True))
    dates = snapshot.oldest if query.sort is Sort.OLDEST else snapshot.newest
    order = _first([dates.take(found.docs)], found.docs, snapshot, end)[start:]
    shown = found.only(np.array(sorted(order), np.int64))
    by_doc = dict(zip(shown.docs.tolist(), _final(shown, static).tolist(), strict=True))
    return tuple((doc, by_doc[doc]) for doc in found.docs.take(order).tolist())


def _first(keys: list[Array], docs: Array, snapshot: Snapshot, count: int) -> list[int]:
    return first(keys, lambda places: snapshot.by_id(docs.take(places)), count)


def _within_reach(found: ScoredDocs, count: int, static: StaticScores) -> ScoredDocs:
    """Return those that can be among the first `count` by their final scores."""
    if len(found.docs) <= count or not (found.proximity or static.freshness is not None):
        return found
    keys = -_with_tiers(found, _boosted(found.docs, found.scores, static))
    last = keys.take(smallest(keys, count)).max()
    # What others may gain, rounding included, before they are as good.
    last = last / (1 + RECENCY) if static.freshness is not None else last
    last += found.max_proximity * static.highest_boost + 4 * SCORE_STEP
    return found.only((keys <= last).nonzero()[0])


def _final(found: ScoredDocs, static: StaticScores) -> Array:
    """Return the final scores."""
    scores, freshness = found.scores, static.freshness
    if found.proximity:
        scores = scores + found.proximity(found.docs)
    scores = _boosted(found.docs, scores, static)
    if freshness is not None and found.scored:
        scores = multiply(scores, freshness.take(found.docs))
    return _with_tiers(found, scores)


def _boosted(docs: Array, scores: Array, static: StaticScores) -> Array:
    boosted, factors = static.boosts
    if not (len(boosted) and len(docs)):
        return scores
    at = docs.searchsorted(boosted)
    there = (docs.take(at, mode="clip") == boosted).nonzero()[0]
    at = at.take(there)
    scores = scores.copy()
    scores[at] = multiply(scores.take(at), factors.take(there))
    return scores


def _with_tiers(found: ScoredDocs, scores: Array) -> Array:
    """Add the bonuses for all words, exact titles and pins, each above any sum of words."""
    if not (len(found.exact) or len(found.complete) or found.pinned):
        return scores
    scores = scores + np.isin(found.docs, found.exact) * EXACT_TITLE + np.isin(found.docs, found.complete) * ALL_WORDS
    for place, doc in enumerate(reversed(found.pinned), 1):
        scores[found.docs == doc] += place * PINNED
    return scores

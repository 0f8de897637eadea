"""Which documents a page shows: what matching leaves out of the scores is added only where it can matter."""

from __future__ import annotations

import numpy as np

from searchapp.engines.ranking import EXACT_TITLE
from searchapp.engines.whoosh.arrays import Array
from searchapp.engines.whoosh.lists import Found, first, smallest
from searchapp.engines.whoosh.snapshot import Snapshot
from searchapp.model import Query, Sort


def page(query: Query, found: Found, snapshot: Snapshot) -> tuple[tuple[int, float], ...]:
    """The documents of the query's page in order, with their scores."""
    end = query.page * query.per_page
    start = end - query.per_page
    if start >= len(found.docs):
        return ()
    if query.sort is Sort.RELEVANCE:
        found = _within_reach(found, end)
        scores = _final(found)
        order = _first([-scores, snapshot.newest.take(found.docs)], found.docs, snapshot, end)[start:]
        return tuple(zip(found.docs.take(order).tolist(), scores.take(order).tolist(), strict=True))
    dates = snapshot.oldest if query.sort is Sort.OLDEST else snapshot.newest
    order = _first([dates.take(found.docs)], found.docs, snapshot, end)[start:]
    shown = found.only(np.sort(order))
    by_doc = dict(zip(shown.docs.tolist(), _final(shown).tolist(), strict=True))
    return tuple((doc, by_doc[doc]) for doc in found.docs.take(order).tolist())


def _first(keys: list[Array], docs: Array, snapshot: Snapshot, count: int) -> list[int]:
    return first(keys, lambda places: snapshot.by_id(docs.take(places)), count)


def _within_reach(found: Found, count: int) -> Found:
    """Those that can be among the first `count` once all is added: it need not be looked for in the others."""
    if len(found.docs) <= count or not found.closeness:
        return found
    keys = -_with_exact_titles(found, found.scores)
    last = keys.take(smallest(keys, count)).max()
    return found.only((keys <= last + found.most).nonzero()[0])


def _final(found: Found) -> Array:
    """The whole scores."""
    scores = found.scores
    if found.closeness:
        scores = scores + found.closeness(found.docs)
    return _with_exact_titles(found, scores)


def _with_exact_titles(found: Found, scores: Array) -> Array:
    if not len(found.exact):
        return scores
    bonus = np.isin(found.docs, found.exact) * EXACT_TITLE
    total: Array = scores + bonus
    return total

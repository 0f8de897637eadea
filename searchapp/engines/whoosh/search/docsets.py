"""Set operations on scored document numbers, as arrays: no terms, no files, no Whoosh."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from searchapp.engines.whoosh.segments.arrays import Array

SKIP = 8
"""From this ratio of lengths on the longer list is searched (binary) instead of scanned."""


DEEP = 1_000
"""From so many results on, sorting everything is quicker than selecting the first."""


@dataclass(frozen=True, slots=True)
class DocSet:
    """Distinct documents, ascending; document `docs[i]` scores `steps[i] * weight`, or 0 without steps.

    Steps of an unsigned type are above 0.
    """

    docs: Array
    steps: Array | None = None
    weight: float = 1.0

    def scores(self) -> Array:
        """Return the scores, float64."""
        return np.zeros(len(self.docs)) if self.steps is None else self.steps * np.float64(self.weight)


@dataclass(frozen=True, slots=True)
class ScoredDocs:
    """The documents of an index that match, ascending, with their scores without proximity and bonuses.

    exact           documents, ascending, whose title equals the query
    complete        documents, ascending, that have all words where some are enough
    proximity       returns the proximity scores of some of the documents, ascending; None if all are 0
    max_proximity   the maximum of those
    scored          whether any has a score, or may have one by proximity
    pinned          documents that come first, in this order; not all need be among `docs`
    """

    docs: Array
    scores: Array
    exact: Array = field(default_factory=lambda: np.zeros(0, np.int64))
    proximity: Callable[[Array], Array] | None = None
    max_proximity: float = 0.0
    scored: bool = True
    complete: Array = field(default_factory=lambda: np.zeros(0, np.int64))
    pinned: tuple[int, ...] = ()

    def only(self, chosen: Array) -> ScoredDocs:
        """Return those of a mask, or of ascending indices."""
        return replace(self, docs=self.docs[chosen], scores=self.scores[chosen])

    def with_pinned(self, pinned: tuple[int, ...]) -> ScoredDocs:
        """Return the union with the pinned ones."""
        docs = np.union1d(self.docs, np.array(pinned, np.int64))
        scores = np.zeros(len(docs))
        scores[docs.searchsorted(self.docs)] = self.scores
        return replace(self, docs=docs, scores=scores, pinned=pinned)


def nothing() -> DocSet:
    """Return the empty set."""
    return DocSet(np.zeros(0, np.uint16))


def both(found: DocSet, other: DocSet, documents: int) -> DocSet:
    """Return the intersection of two sets of numbers below `documents`, scores added."""
    if len(other.docs) < len(found.docs):
        found, other = other, found
    kept, at = common(found.docs, other.docs, documents)
    scores = None if found.steps is None else found.steps.take(kept) * np.float64(found.weight)
    if other.steps is not None:
        more = other.steps.take(at) * np.float64(other.weight)
        scores = more if scores is None else scores + more
    return DocSet(found.docs.take(kept), scores)


def plus(found: DocSet, docs: Array, score: float, documents: int) -> DocSet:
    """Return the set in which those of its members that are `docs` score more."""
    scores = found.scores()
    if len(docs) == len(found.docs):
        scores += score
    else:
        scores[common(docs, found.docs, documents)[1]] += score
    return DocSet(found.docs, scores)


def common(few: Array, many: Array, documents: int) -> tuple[Array, Array]:
    """Return the indices of the common members in `few` and in `many`; both ascending numbers below `documents`."""
    at: Array
    if len(many) > SKIP * len(few):
        at = many.searchsorted(few.astype(many.dtype, copy=False))
        at[at == len(many)] = 0
        kept = (many.take(at) == few).nonzero()[0]
        return kept, at.take(kept)
    place = np.zeros(documents, np.int32)
    # Numpy is quicker with indices of its own type, the conversion included.
    place[many.astype(np.intp)] = np.arange(1, len(many) + 1, dtype=np.int32)
    at = place.take(few)
    kept = (at != 0).nonzero()[0]
    return kept, at.take(kept) - 1


def either(parts: Sequence[DocSet], documents: int) -> DocSet:
    """Return the union, scores added."""
    return _union(parts, documents, np.add)


def best(parts: Sequence[DocSet], documents: int) -> DocSet:
    """Return the union, each document with the highest of its scores."""
    return _union(parts, documents, np.maximum)


def _union(parts: Sequence[DocSet], documents: int, merge: np.ufunc) -> DocSet:
    parts = [part for part in parts if len(part.docs)]
    if len(parts) < 2:
        return parts[0] if parts else nothing()
    mask = np.zeros(documents, bool)
    scores = np.zeros(documents)
    for part in parts:
        mask[part.docs] = True
        if part.steps is not None:
            scores[part.docs] = merge(scores[part.docs], part.scores())
    docs = np.flatnonzero(mask)
    return DocSet(docs, scores[docs])


def rows(starts: Array, counts: Array) -> Array:
    """Return the concatenated ranges `starts[i]` to `starts[i] + counts[i]`."""
    ends = counts.cumsum()
    total = int(ends[-1]) if len(ends) else 0
    numbers: Array = (starts - ends + counts).repeat(counts) + np.arange(total)
    return numbers


def smallest(keys: Array, count: int) -> Array:
    """Return the indices, ascending, of the `count` smallest keys, and of all keys equal to the last of these."""
    width = len(keys) // 32
    if count <= 0 or len(keys) <= count:
        return np.arange(len(keys) if count > 0 else 0)
    if width <= 4 * count:
        return np.flatnonzero(keys <= np.partition(keys, count - 1)[count - 1])
    # The smallest of each of many groups: as many keys as asked for are not above the last of the best of those.
    lows = keys[: width * 32].reshape(32, width).min(axis=0)
    near = np.flatnonzero(keys <= np.partition(lows, count - 1)[count - 1])
    own = keys[near]
    nearest: Array = near[own <= np.partition(own, count - 1)[count - 1]]
    return nearest


def first(keys: Sequence[Array], last: Callable[[Array], Array], count: int) -> list[int]:
    """Return the indices of the first `count` in ascending order of the first keys, ties by the next.

    last   returns the order of given indices that are equal in all keys
    """
    places = np.arange(len(keys[0]))
    if count <= DEEP:
        return _first(keys, places, last, count)
    ranks = np.empty(len(places), np.int64)
    ranks[last(places)] = places
    ordered: list[int] = np.lexsort((ranks, *reversed(keys)))[:count].tolist()
    return ordered


def _first(keys: Sequence[Array], among: Array, last: Callable[[Array], Array], count: int) -> list[int]:
    if not keys:
        ordered: list[int] = among.take(last(among)[:count]).tolist()
        return ordered
    own = keys[0].take(among)
    near = smallest(own, count)
    near = near.take(own.take(near).argsort(kind="stable"))
    among, own = among.take(near), own.take(near)
    starts = [0, *((own[1:] != own[:-1]).nonzero()[0] + 1).tolist()]
    found: list[int] = []
    for start, end in pairwise([*starts, len(own)]):
        if len(found) >= count:
            break
        if end - start == 1:
            found.append(int(among[start]))
        else:
            found += _first(keys[1:], among[start:end], last, count - len(found))
    return found

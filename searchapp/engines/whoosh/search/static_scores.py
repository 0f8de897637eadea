"""What of a snapshot changes scores beside words: boosts, dates, and what the operator has pinned."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from searchapp.engines.whoosh.search.docsets import Found
from searchapp.engines.whoosh.segments.arrays import Array
from searchapp.model import Query
from searchapp.retrieval import pins
from searchapp.retrieval.ranking import Preferences, freshness
from searchapp.retrieval.resolution import Reading
from searchapp.retrieval.thesaurus import Thesaurus

if TYPE_CHECKING:
    from searchapp.engines.whoosh.search.snapshot import Snapshot


class Manners:
    """Of one snapshot, under an operator's preferences."""

    def __init__(self, snapshot: Snapshot, preferences: Preferences) -> None:
        self._snapshot = snapshot
        self._preferences = preferences

    @cached_property
    def boosts(self) -> tuple[Array, Array]:
        """The documents with a boost other than 1, ascending, and what it is."""
        leaves = self._snapshot.leaves
        docs = [leaf.file.array("boost/docs").astype(np.int64) + leaf.base for leaf in leaves]
        values = [leaf.file.array("boost/values") for leaf in leaves]
        return np.concatenate([np.zeros(0, np.int64), *docs]), np.concatenate([np.zeros(0), *values])

    @cached_property
    def highest_boost(self) -> float:
        """Of all documents."""
        return float(self.boosts[1].max(initial=1.0))

    @cached_property
    def freshness(self) -> Array | None:
        """`ranking.freshness` of each document; None if that is 1 for all."""
        days = self._snapshot.days
        newest = int(days[self._snapshot.live].max(initial=0))
        return freshness(days, newest, self._preferences.recency) if newest and self._preferences.recency else None

    @cached_property
    def thesaurus(self) -> Thesaurus | None:
        """What means the same; None if nothing does."""
        sets = self._preferences.synonyms
        return Thesaurus(sets, self._snapshot.languages) if sets else None

    @cached_property
    def _pins(self) -> pins.Table:
        return pins.table(self._preferences.pinned, self._snapshot.languages)

    def pinned(self, query: Query, reading: Reading[Found]) -> tuple[int, ...]:
        """The documents that are pinned to a query, in their order."""
        if not self._preferences.pinned:
            return ()
        names = pins.pinned_to((pins.typed(query.text), reading.tree), self._pins, self._snapshot.languages)
        docs = (self._snapshot.find(name) for name in names)
        found = (self._snapshot.locate(name) if doc is None else doc for doc, name in zip(docs, names, strict=True))
        return tuple(dict.fromkeys(doc for doc in found if doc is not None))

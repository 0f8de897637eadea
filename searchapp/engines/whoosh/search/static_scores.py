"""Query-independent score signals of a snapshot: boosts of articles, and how new they are."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from searchapp.engines.whoosh.search.snapshot import Snapshot
from searchapp.engines.whoosh.segments.arrays import Array
from searchapp.retrieval.ranking import freshness


class StaticScores:
    """The signals of one snapshot; `half_life` in days as in `ranking.freshness`."""

    def __init__(self, snapshot: Snapshot, half_life: int) -> None:
        self.snapshot = snapshot
        self._half_life = half_life

    @cached_property
    def boosts(self) -> tuple[Array, Array]:
        """The documents with a boost other than 1, ascending, and the boosts."""
        segments = self.snapshot.segments
        docs = [segment.file.array("boost/docs").astype(np.int64) + segment.base for segment in segments]
        values = [segment.file.array("boost/values") for segment in segments]
        return np.concatenate([np.zeros(0, np.int64), *docs]), np.concatenate([np.zeros(0), *values])

    @cached_property
    def highest_boost(self) -> float:
        """The maximum over all documents, at least 1."""
        return float(self.boosts[1].max(initial=1.0))

    @cached_property
    def freshness(self) -> Array | None:
        """`ranking.freshness` of each document; None if that is 1 for all."""
        days = self.snapshot.days
        newest = int(days[self.snapshot.live].max(initial=0))
        return freshness(days, newest, self._half_life) if newest and self._half_life else None

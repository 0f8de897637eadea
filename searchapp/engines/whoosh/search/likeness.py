"""Index data for related articles."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from searchapp.engines.pipeline import Candidates
from searchapp.engines.whoosh.search.docsets import first
from searchapp.engines.whoosh.search.hit_loader import StoredArticle
from searchapp.engines.whoosh.search.proximity import stand_side_by_side
from searchapp.engines.whoosh.search.snapshot import Snapshot
from searchapp.engines.whoosh.segments.arrays import Array
from searchapp.retrieval import related
from searchapp.retrieval.query_terms import Marks


class SnapshotCandidates(Candidates):
    """`pipeline.Candidates` of a snapshot: all its documents."""

    def __init__(self, snapshot: Snapshot, excluded: int | None) -> None:
        self._snapshot = snapshot
        self.excluded = excluded
        self.articles = snapshot.articles
        self.documents = snapshot.documents

    def dfs(self, terms: Sequence[str]) -> Array:
        return self._snapshot.dfs(terms)

    def postings(self, term: str) -> tuple[Array, Array]:
        return self._snapshot.impacts(term)

    def holders(self, facet: str, key: str) -> Array:
        return self._snapshot.holders(f"{facet}_is", key)

    def norms(self, cut: float) -> Array:
        return self._snapshot.norms(cut)

    def side_by_side(self, pair: tuple[str, str], docs: Array) -> Array:
        terms = [term.encode() for term in pair]
        masks = [
            stand_side_by_side(segment.file, terms, segment.own(docs), related.PROSE)
            for segment in self._snapshot.segments
        ]
        return np.concatenate(masks)

    def best(self, docs: Array, scores: Array, limit: int) -> list[int]:
        keys = [-scores, self._snapshot.newest.take(docs)]
        return first(keys, lambda places: self._snapshot.by_id(docs.take(places)), limit)

    def sources(self, docs: Sequence[int], marks: Marks) -> list[StoredArticle]:
        return self._snapshot.sources(docs, marks)

"""Completions from a snapshot."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np

from searchapp.analysis.folding import fold, fold_value
from searchapp.engines.whoosh.search.docsets import first
from searchapp.engines.whoosh.search.snapshot import Snapshot
from searchapp.facets import LABELS
from searchapp.query import MAX_EXPANSIONS
from searchapp.retrieval.suggest import TitleCompletion

TITLE_TEXTS = ("id", "title", "permalink")
"""The columns of a `suggest.TitleCompletion`."""


class SnapshotCompletions:
    """`suggest.CompletionSource` over a snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    @cached_property
    def _sorted_values(self) -> Mapping[str, list[tuple[str, str, int]]]:
        """For each of LABELS: (folded, shown, count), sorted."""
        columns = {facet.key: self._snapshot.facets.columns[facet.key] for facet in LABELS}
        return {
            kind: sorted(
                (fold(shown), shown, count) for shown, count in zip(column.shown, column.totals.tolist(), strict=True)
            )
            for kind, column in columns.items()
        }

    def values(self, kind: str, prefix: str, limit: int) -> list[str]:
        """See `suggest.CompletionSource`."""
        table = self._sorted_values[kind]
        start, end = bisect_left(table, (prefix,)), bisect_left(table, (prefix + "\U0010ffff",))
        ranked = sorted((-count, fold_value(shown), shown) for _, shown, count in table[start:end])
        return [shown for _, _, shown in ranked[:limit]]

    def titles(self, words: Sequence[str], prefix: str, limit: int) -> list[TitleCompletion]:
        """See `suggest.CompletionSource`."""
        snapshot = self._snapshot
        mask = snapshot.starting("title_words", prefix)
        for word in words:
            holders = np.zeros(snapshot.documents, bool)
            holders[snapshot.holders("title_words", word)] = True
            mask &= holders
        docs = np.flatnonzero(mask)
        begins = snapshot.starting("exact", " ".join((*words, prefix))).take(docs)
        best = first([~begins, snapshot.newest.take(docs)], lambda places: snapshot.by_id(docs.take(places)), limit)
        return [TitleCompletion(*(snapshot.text(name, int(docs[place])) for name in TITLE_TEXTS)) for place in best]

    def words(self, prefix: str) -> list[str]:
        """See `suggest.CompletionSource`."""
        return self._snapshot.expansions("title_words", prefix, MAX_EXPANSIONS)

"""Score inputs of hits, for explanations, read from the arrays of a segment one posting at a time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from searchapp.analysis.terms import is_form
from searchapp.engines.pipeline import ResolvedQuery
from searchapp.engines.whoosh.search.docsets import ScoredDocs
from searchapp.engines.whoosh.search.forms import positions_in, spelt, stands_as_written
from searchapp.engines.whoosh.search.proximity import stand_side_by_side
from searchapp.engines.whoosh.search.snapshot import Segment, Snapshot
from searchapp.engines.whoosh.search.static_scores import StaticScores
from searchapp.engines.whoosh.segments.arrays import Array
from searchapp.engines.whoosh.segments.segment import ANY
from searchapp.model import ScorePart
from searchapp.query import MAX_EXPANSIONS
from searchapp.retrieval.documents import TEXT_FIELDS
from searchapp.retrieval.explanation import ScoreAdjustments, explain
from searchapp.retrieval.query_terms import TypedWord
from searchapp.retrieval.ranking import impact


class Explainer:
    """Explains the hits of one query."""

    def __init__(self, resolved: ResolvedQuery[ScoredDocs], static: StaticScores) -> None:
        self._resolved, self._static = resolved, static
        title = resolved.title
        self._titled = set(static.snapshot.holders("exact", title).tolist()) if title else set()
        self._starting: dict[tuple[str, str], Array] = {}

    def explain(self, doc: int, id: str) -> tuple[ScorePart, ...]:
        """Return the parts of the score of one of the page's documents."""
        resolved, static, snapshot = self._resolved, self._static, self._static.snapshot
        reading = resolved.reading
        boosted, factors = static.boosts
        boost = factors[boosted == doc].tolist() or [1.0]
        fresh = 1.0 if static.freshness is None else float(static.freshness[doc])
        matched, complete = doc in reading.matches.docs, reading.complete is not None and doc in reading.complete.docs
        standing = ScoreAdjustments(boost[0], fresh, matched, complete, doc in self._titled, resolved.pin_rank(id))
        segment = next(segment for segment in reversed(snapshot.segments) if segment.base <= doc)
        facts = _SegmentScoreInputs(snapshot, segment, doc - segment.base, self._starting)
        return explain(resolved.tree, snapshot.languages, facts, standing)


class _SegmentScoreInputs:
    """`explanation.ScoreInputs` of one document of a segment."""

    def __init__(
        self, snapshot: Snapshot, segment: Segment, number: int, starting: dict[tuple[str, str], Array]
    ) -> None:
        self._snapshot, self._segment, self._number, self._starting = snapshot, segment, number, starting
        self._alone = np.array([number], segment.file.array(f"{ANY}/docs").dtype)

    def idf(self, term: str) -> float:
        return self._snapshot.idf(term)

    def impact(self, term: str, field: str) -> int:
        length = self._segment.file.lengths[TEXT_FIELDS.index(field)][self._number]
        return int(impact(field, self._count(term, field), length, self._segment.pivots[field]))

    def stands(self, terms: Sequence[str], field: str) -> bool:
        if is_form(terms[0]):
            return stands_as_written(self._segment.file, terms, self._snapshot.languages, field, self._number)
        if len(terms) == 1:
            return self._count(terms[0], field) > 0
        encoded = [term.encode() for term in terms]
        return bool(stand_side_by_side(self._segment.file, encoded, self._alone, (field,)).any())

    def spelt(self, word: TypedWord) -> bool:
        docs = spelt(self._segment.file, word)
        at = int(docs.searchsorted(self._number))
        return at < len(docs) and bool(docs[at] == self._number)

    def starts(self, prefix: str, field: str) -> bool:
        name = "title_words" if field else "words"
        if (name, prefix) not in self._starting:
            self._starting[name, prefix] = self._snapshot.starting(name, prefix, MAX_EXPANSIONS)
        return bool(self._starting[name, prefix][self._segment.base + self._number])

    def _count(self, term: str, field: str) -> int:
        file = self._segment.file
        if is_form(term):
            return len(positions_in(file, term, self._snapshot.languages, field, self._number))
        number = file.find(field, term.encode())
        if number is None:
            return 0
        docs = file.docs(field, number)
        at = int(docs.searchsorted(self._alone)[0])
        return int(file.tfs(field, number)[at]) if at < len(docs) and docs[at] == self._number else 0

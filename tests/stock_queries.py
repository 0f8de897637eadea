"""The stock path: the query tree as Whoosh's own queries, scored with our formula as a weighting model.

It is slow and easily seen to be right; the array path (`matcher`) must give the same answers. All matches are asked
for: Whoosh's limited search skips blocks that it should not, and its `filter=` takes an empty set for no filter.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from functools import reduce
from typing import Any

import numpy as np

from searchapp.analysis.terms import is_form, language_of
from searchapp.engines.whoosh._whoosh import matching, scoring, searching
from searchapp.engines.whoosh._whoosh import query as wq
from searchapp.engines.whoosh.search.docsets import ScoredDocs
from searchapp.engines.whoosh.search.snapshot import Segment, Snapshot
from searchapp.engines.whoosh.segments.arrays import Array
from searchapp.query import (
    MAX_EXPANSIONS,
    And,
    DateRange,
    Field,
    Not,
    Or,
    Prefix,
    Synonyms,
    Word,
)
from searchapp.query import Leaf as Node
from searchapp.retrieval.documents import TEXT_FIELDS, Document, adjacent, analyse
from searchapp.retrieval.query_terms import prefix_text, sequences, typed_word, value_matches
from searchapp.retrieval.query_trees import whole_phrase
from searchapp.retrieval.ranking import IMPACT_STEP, PREFIX_SCORE, PREFIX_TITLE_SCORE, SIDE_BY_SIDE, idf, impact
from searchapp.retrieval.thesaurus import alternatives

FIRST_DAY, LAST_DAY = "0001-01-01", "9999-12-31"


def match(tree: And, snapshot: Snapshot) -> ScoredDocs:
    """The live documents that match a pruned tree, and their scores."""
    return ScoredDocs(*_matches(compile_tree(tree, snapshot), snapshot))


def _matches(query: Any, snapshot: Snapshot) -> tuple[Array, Array]:
    """The live documents that match, ascending, and their scores."""
    weighting = Weighting(snapshot)
    context = searching.SearchContext(weighting=weighting)
    docs: list[int] = []
    scores: list[float] = []
    for segment in snapshot.segments:
        # Sub-queries that only exclude are matched in a context without weighting: the searcher's own is used.
        segment.searcher.weighting = weighting
        matcher = query.matcher(segment.searcher, context)
        while matcher.is_active():
            # What only excludes may give a deleted document that follows the last excluded one.
            if not segment.searcher.reader().is_deleted(matcher.id()):
                docs.append(segment.base + matcher.id())
                scores.append(matcher.score())
            matcher.next()
    return np.array(docs, np.int64), np.array(scores, np.float64)


def compile_tree(tree: And, snapshot: Snapshot) -> Any:
    """The Whoosh query for a pruned tree. Clauses that only narrow score 0."""
    whole = wq.And([_compile(node, snapshot) for node in tree.nodes]) if tree.nodes else _silent(wq.Every("id"))
    phrase = whole_phrase(tree)
    for terms in sequences(phrase, snapshot.languages) if phrase else ():
        score = SIDE_BY_SIDE * sum(_idf(term, snapshot) for term in terms)
        somewhere = _either([_stand(field, terms, snapshot) for field in TEXT_FIELDS])
        whole = wq.AndMaybe(whole, wq.ConstantScoreQuery(somewhere, score))
    return whole


def _compile(node: Node | Not | Or, snapshot: Snapshot) -> Any:
    if isinstance(node, Or):
        return _either([_compile(leaf, snapshot) for leaf in node.nodes])
    if isinstance(node, Synonyms):
        return _compile_synonyms(node, snapshot)
    if isinstance(node, Not):
        # Not AndNot: that lets the first document through if the excluded postings begin before it.
        return _silent(wq.Not(_compile(node.node, snapshot)))
    if isinstance(node, DateRange):
        after = node.after.isoformat() if node.after else FIRST_DAY
        before = node.before.isoformat() if node.before else LAST_DAY
        return _silent(wq.TermRange("day", after, before, False, node.before is not None))
    if isinstance(node, Field) and node.name not in TEXT_FIELDS:
        column = snapshot.facets.columns[node.name]
        keys = [key for key in column.keys if value_matches(node.name, node.node, key)]
        return _silent(_either([wq.Term(f"{node.name}_is", key) for key in keys]))
    fields = (node.name,) if isinstance(node, Field) else TEXT_FIELDS
    leaf = node.node if isinstance(node, Field) else node
    if isinstance(leaf, Prefix):
        return _compile_prefix(leaf, snapshot, title_only=isinstance(node, Field))
    sought = sequences(leaf, snapshot.languages)
    found = _either([_stand(field, terms, snapshot) for terms in sought for field in fields])
    word = typed_word(node) if isinstance(node, Word) else None
    if word is None:
        return found
    score = word.bonus(snapshot.languages, lambda term: _idf(term, snapshot))
    # Not AndMaybe: within an And it loses the optional score where its first part skips further than asked.
    return _either([found, wq.ConstantScoreQuery(_Spelt(word.spelling, snapshot), score)])


def _compile_synonyms(node: Synonyms, snapshot: Snapshot) -> Any:
    typed = [_compile(clause, snapshot) for clause in node.typed]
    parts = [wq.And(typed) if len(typed) > 1 else typed[0]]
    for terms, fields, most in alternatives(node, snapshot.languages, lambda term: _idf(term, snapshot)):
        found = _either([_stand(field, terms, snapshot) for field in fields])
        parts.append(_Weighted(found, Weighting(snapshot, most)))
    return _Best(parts)


def _stand(field: str, terms: tuple[str, ...], snapshot: Snapshot) -> Any:
    if is_form(terms[0]):
        return _AsWritten(field, terms, snapshot)
    return wq.Term(field, terms[0]) if len(terms) == 1 else wq.Phrase(field, list(terms))


def _compile_prefix(node: Prefix, snapshot: Snapshot, title_only: bool) -> Any:
    parts = []
    for field, score in (("title_words", PREFIX_TITLE_SCORE), ("words", PREFIX_SCORE)):
        if field == "title_words" or not title_only:
            words = snapshot.expansions(field, prefix_text(node), MAX_EXPANSIONS)
            parts.append(wq.ConstantScoreQuery(_either([wq.Term(field, word) for word in words]), score))
    return _either(parts)


class _Analysed(wq.Query, ABC):  # type: ignore[misc] # Whoosh has no types
    """Each article is analysed again, as no field of the index has what is asked; deleted ones do not match."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def estimate_size(self, reader: Any) -> int:
        return int(reader.doc_count_all())

    estimate_min_size = estimate_size

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        segment = next(each for each in self._snapshot.segments if each.searcher is searcher)
        live = [number for number in range(segment.documents) if not searcher.reader().is_deleted(number)]
        scores = {n: self.score(analyse(self._snapshot.article(segment.base + n)), segment) for n in live}
        found = [number for number in live if scores[number] is not None]
        return matching.ListMatcher(found, [scores[number] for number in found])

    @abstractmethod
    def score(self, document: Document, segment: Segment) -> float | None:
        """What an article scores; None if it does not match."""


class _AsWritten(_Analysed):
    """Words as they are written, side by side."""

    def __init__(self, field: str, forms: tuple[str, ...], snapshot: Snapshot) -> None:
        super().__init__(snapshot)
        self._field, self._forms = field, forms

    def score(self, document: Document, segment: Segment) -> float | None:
        postings, length = document.postings[self._field], document.lengths[self._field]
        if not adjacent(self._forms, postings):
            return None
        usual = segment.pivots[self._field]
        steps = [float(impact(self._field, len(postings[form]), length, usual)) for form in self._forms]
        weights = [_idf(form, self._snapshot) * IMPACT_STEP for form in self._forms]
        return sum(weight * each for weight, each in zip(weights, steps, strict=True))


class _Spelt(_Analysed):
    """A word with its accents, in any text field."""

    def __init__(self, spelling: str, snapshot: Snapshot) -> None:
        super().__init__(snapshot)
        self._spelling = spelling

    def score(self, document: Document, _segment: Segment) -> float | None:
        return 1.0 if self._spelling in document.spellings else None


def _idf(term: str, snapshot: Snapshot) -> float:
    articles = len(snapshot.holders("language", language_of(term))) if language_of(term) else snapshot.articles
    return idf(articles, snapshot.df(term))


def _either(queries: list[Any]) -> Any:
    if len(queries) < 2:
        return queries[0] if queries else wq.NullQuery
    either = wq.Or(queries)
    # The matcher that Whoosh would choose for small indexes takes a score of 0 for no match.
    either.matcher_type = wq.Or.DEFAULT_MATCHER
    return either


def _silent(query: Any) -> Any:
    return _Silent(query)


class _Silent(wq.ConstantScoreQuery):  # type: ignore[misc] # Whoosh has no types
    """Matches without scoring; Whoosh's constant score of 0 comes out as 1."""

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        found = super().matcher(searcher, context)
        if isinstance(found, matching.ListMatcher):
            found._scorer = _Nought()
        return found


class _Weighted(wq.WrappingQuery):  # type: ignore[misc] # Whoosh has no types
    """Scored by a weighting of its own; Whoosh's WeightingQuery forgets it."""

    def __init__(self, child: Any, weighting: Weighting) -> None:
        super().__init__(child)
        self._weighting = weighting

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        return self.child.matcher(searcher, (context or searching.SearchContext()).set(weighting=self._weighting))


class _Best(wq.Or):  # type: ignore[misc] # Whoosh has no types
    """Scored by the best of its parts."""

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        return reduce(_BestMatcher, [part.matcher(searcher, context) for part in self.subqueries])


class _BestMatcher(matching.UnionMatcher):  # type: ignore[misc] # Whoosh has no types
    """Whoosh's DisjunctionMaxMatcher takes the best score of two documents, even if they are not the same."""

    def score(self) -> float:
        here = [part for part in (self.a, self.b) if part.is_active() and part.id() == self.id()]
        return float(max(part.score() for part in here))


class _Nought(scoring.BaseScorer):  # type: ignore[misc] # Whoosh has no types
    def supports_block_quality(self) -> bool:
        return False

    def score(self, _matcher: Any) -> float:
        return 0.0


class Weighting(scoring.WeightingModel):  # type: ignore[misc] # Whoosh has no types
    """`searchapp.retrieval.ranking` for the terms of text fields."""

    use_final = False

    def __init__(self, snapshot: Snapshot, most: float = math.inf) -> None:
        """No term counts more than `most` by being rare."""
        self._snapshot = snapshot
        self._most = most
        self._segments = {segment.searcher: segment for segment in snapshot.segments}

    def scorer(self, searcher: Any, fieldname: str, text: Any, **_: object) -> _Scorer:
        term = text.decode() if isinstance(text, bytes) else text
        rarity = _idf(term, self._snapshot) if fieldname in TEXT_FIELDS else 0.0
        return _Scorer(self._segments[searcher], fieldname, min(rarity, self._most))


class _Scorer(scoring.BaseScorer):  # type: ignore[misc] # Whoosh has no types
    def __init__(self, segment: Segment, field: str, rarity: float) -> None:
        self._field = field
        self._rarity = rarity
        self._segment = segment

    def supports_block_quality(self) -> bool:
        return False

    def score(self, matcher: Any) -> float:
        if not self._rarity:
            return 1.0
        length = self._segment.file.lengths[TEXT_FIELDS.index(self._field)][matcher.id()]
        steps = impact(self._field, matcher.weight(), length, self._segment.pivots[self._field])
        return self._rarity * IMPACT_STEP * float(steps)

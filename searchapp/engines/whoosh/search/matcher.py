"""Matching and scoring: the query tree as operations on posting arrays, tested against Whoosh's own queries."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from searchapp.analysis.terms import is_form
from searchapp.engines.whoosh.search.docsets import DocSet, ScoredDocs, best, both, either, nothing, plus
from searchapp.engines.whoosh.search.forms import side_by_side_as_written, spelt
from searchapp.engines.whoosh.search.phrases import side_by_side
from searchapp.engines.whoosh.search.proximity import stand_side_by_side
from searchapp.engines.whoosh.search.snapshot import Segment, Snapshot
from searchapp.engines.whoosh.segments.arrays import Array
from searchapp.engines.whoosh.segments.segment import ANY
from searchapp.facets import BY_KEY
from searchapp.query import (
    MAX_EXPANSIONS,
    And,
    DateRange,
    Field,
    Not,
    Or,
    Phrase,
    Prefix,
    Synonyms,
    Word,
)
from searchapp.query import Leaf as Node
from searchapp.retrieval.documents import TEXT_FIELDS
from searchapp.retrieval.query_terms import TypedWord, prefix_text, sequences, typed_word, value_matches
from searchapp.retrieval.query_trees import whole_phrase
from searchapp.retrieval.ranking import IMPACT_STEP, PREFIX_SCORE, PREFIX_TITLE_SCORE, SIDE_BY_SIDE, impact
from searchapp.retrieval.thesaurus import alternatives

Terms = tuple[str, ...]


def match(tree: And, snapshot: Snapshot) -> ScoredDocs:
    """Return the live documents that match a pruned tree, with their scores."""
    query = _QueryMatcher(tree, snapshot)
    found = [query.matches(segment) for segment in snapshot.segments]
    docs = [held.docs.astype(np.int64) + segment.base for held, segment in zip(found, snapshot.segments, strict=True)]
    scores = [held.scores() for held in found]
    proximity = query.proximity if query.whole_phrases else None
    scored = any(held.steps is not None for held in found)
    all_docs, all_scores = _joined(docs, np.int64), _joined(scores, np.float64)
    most = sum(query.whole_phrases.values())
    return ScoredDocs(all_docs, all_scores, proximity=proximity, max_proximity=most, scored=scored)


def _joined(parts: list[Array], dtype: type) -> Array:
    return parts[0] if len(parts) == 1 else np.concatenate([np.zeros(0, dtype), *parts])


class _QueryMatcher:
    """One query, with what is the same for all segments."""

    def __init__(self, tree: And, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._required = [node for node in tree.nodes if not isinstance(node, Not | DateRange)]
        self._narrowing = [node for node in tree.nodes if isinstance(node, Not | DateRange)]
        self._sequences: dict[Word | Phrase, tuple[Terms, ...]] = {}
        self._prefixes: dict[tuple[str, bool], tuple[Array | None, Array]] = {}
        phrase = whole_phrase(tree)
        whole_phrases = sequences(phrase, snapshot.languages) if phrase else ()
        self.whole_phrases = {terms: SIDE_BY_SIDE * sum(map(snapshot.idf, terms)) for terms in whole_phrases}

    def proximity(self, docs: Array) -> Array:
        """Return the proximity score of each of these documents, ascending: for all words of the query adjacent."""
        scores = np.zeros(len(docs))
        for segment in self._snapshot.segments:
            here = slice(docs.searchsorted(segment.base), docs.searchsorted(segment.base + segment.documents))
            own = segment.own(docs)
            for terms, score in self.whole_phrases.items() if len(own) else ():
                scores[here] += stand_side_by_side(segment.file, [term.encode() for term in terms], own) * score
        return scores

    def matches(self, segment: Segment) -> DocSet:
        """Return the live documents of a segment that match, with their scores."""
        found = self._all_required(segment)
        for node in self._narrowing:
            if len(found.docs):
                found = _only(found, self._mask(node, segment))
        if segment.live is not None:
            found = _only(found, segment.live)
        return found

    def _all_required(self, segment: Segment) -> DocSet:
        parts = []
        known: dict[Node | Not | Or, DocSet] = {}
        for node in self._required:
            # A query may say the same thing many times.
            if node not in known:
                known[node] = self._held(node, segment)
            parts.append(known[node])
            if not len(parts[-1].docs):
                return nothing()
        if not parts:
            return DocSet(np.arange(segment.documents))
        return _all(parts, segment)

    def _mask(self, node: Node | Not | Or, segment: Segment) -> Array:
        if isinstance(node, Not):
            return ~self._mask(node.node, segment)
        if isinstance(node, DateRange):
            days = segment.file.array("doc.day")
            first = node.after.toordinal() if node.after else 1
            mask: Array = days >= first
            return mask & (days < node.before.toordinal()) if node.before else mask
        mask = np.zeros(segment.documents, bool)
        mask[self._held(node, segment).docs] = True
        return mask

    def _held(self, node: Node | Not | Or, segment: Segment) -> DocSet:
        if isinstance(node, Or):
            return either([self._held(part, segment) for part in node.nodes], segment.documents)
        if isinstance(node, Synonyms):
            return self._best(node, segment)
        if isinstance(node, Not | DateRange):
            return DocSet(np.flatnonzero(self._mask(node, segment)))
        if isinstance(node, Field) and node.name in BY_KEY:
            return self._held_by_value(node, segment)
        inner = node.node if isinstance(node, Field) else node
        if isinstance(inner, Prefix):
            return self._held_by_prefix(prefix_text(inner), segment, title_only=isinstance(node, Field))
        parts: list[DocSet] = []
        for terms in self._sequences_of(inner):
            if len(terms) > 1 or is_form(terms[0]):
                parts += self._phrase(terms, segment, (node.name,) if isinstance(node, Field) else TEXT_FIELDS)
            elif isinstance(node, Field):
                parts.append(self._in_field(node.name, terms[0], segment))
            else:
                parts.append(self._anywhere(terms[0], segment))
        found = either(parts, segment.documents)
        word = typed_word(node) if isinstance(node, Word) else None
        if word and len(found.docs):
            return plus(found, spelt(segment.file, word), self._bonus(word), segment.documents)
        return found

    def _bonus(self, word: TypedWord) -> float:
        return word.bonus(self._snapshot.languages, self._snapshot.idf)

    def _best(self, node: Synonyms, segment: Segment) -> DocSet:
        parts = [_all([self._held(clause, segment) for clause in node.typed], segment)]
        for terms, fields, most in alternatives(node, self._snapshot.languages, self._snapshot.idf):
            if len(terms) > 1:
                parts.append(either(self._phrase(terms, segment, fields, most), segment.documents))
            elif len(fields) == 1:
                parts.append(self._in_field(fields[0], terms[0], segment, most))
            else:
                parts.append(self._anywhere(terms[0], segment, most))
        return best(parts, segment.documents)

    def _sequences_of(self, node: Word | Phrase) -> tuple[Terms, ...]:
        if node not in self._sequences:
            self._sequences[node] = sequences(node, self._snapshot.languages)
        return self._sequences[node]

    def _anywhere(self, term: str, segment: Segment, most: float = math.inf) -> DocSet:
        number = segment.file.find(ANY, term.encode())
        if number is None:
            return nothing()
        rows = segment.file.postings_range(ANY, number)
        weight = min(self._snapshot.idf(term), most) * IMPACT_STEP
        return DocSet(segment.file.docs(ANY, number), segment.impacts[rows], weight)

    def _in_field(self, field: str, term: str, segment: Segment, most: float = math.inf) -> DocSet:
        number = segment.file.find(field, term.encode())
        if number is None:
            return nothing()
        docs = segment.file.docs(field, number)
        steps = _impact(field, segment.file.tfs(field, number), docs, segment)
        return DocSet(docs, steps, min(self._snapshot.idf(term), most) * IMPACT_STEP)

    def _phrase(self, terms: Terms, segment: Segment, fields: Sequence[str], most: float = math.inf) -> list[DocSet]:
        found = []
        if is_form(terms[0]):
            phrases = side_by_side_as_written(segment.file, terms, self._snapshot.languages, fields)
        else:
            phrases = side_by_side(segment.file, terms, fields)
        for standing in phrases:
            scores = np.zeros(len(standing.docs))
            for term, tfs in zip(terms, standing.tfs, strict=True):
                weight = min(self._snapshot.idf(term), most) * IMPACT_STEP
                scores += _impact(standing.field, tfs, standing.docs, segment) * weight
            found.append(DocSet(standing.docs, scores))
        return found

    def _held_by_value(self, node: Field, segment: Segment) -> DocSet:
        facet = BY_KEY[node.name]
        whole = not facet.by_words and not isinstance(node.node, Prefix)
        keys = (facet.fold(node.node.text),) if whole else self._snapshot.facets.columns[node.name].keys
        field = f"{node.name}_is"
        parts = []
        for key in keys:
            number = segment.file.find(field, key.encode())
            if number is not None and (whole or value_matches(node.name, node.node, key)):
                parts.append(DocSet(segment.file.docs(field, number)))
        return either(parts, segment.documents)

    def _held_by_prefix(self, prefix: str, segment: Segment, title_only: bool) -> DocSet:
        if (prefix, title_only) not in self._prefixes:
            titles = self._snapshot.starting("title_words", prefix, MAX_EXPANSIONS)
            words = None if title_only else self._snapshot.starting("words", prefix, MAX_EXPANSIONS)
            self._prefixes[prefix, title_only] = words, titles
        here = slice(segment.base, segment.base + segment.documents)
        words, titles = self._prefixes[prefix, title_only]
        if words is None:
            docs = np.flatnonzero(titles[here])
            return DocSet(docs, np.full(len(docs), PREFIX_TITLE_SCORE, np.uint8))
        steps = words[here] * np.uint8(PREFIX_SCORE)
        steps += titles[here] * np.uint8(PREFIX_TITLE_SCORE)
        docs = np.flatnonzero(steps)
        return DocSet(docs, steps[docs])


def _all(parts: list[DocSet], segment: Segment) -> DocSet:
    """Return the intersection of at least one set, scores added."""
    found, *others = sorted(parts, key=lambda part: len(part.docs))
    for part in others:
        found = both(found, part, segment.documents)
    return found


def _only(found: DocSet, mask: Array) -> DocSet:
    kept = mask.take(found.docs).nonzero()[0]
    return DocSet(found.docs.take(kept), None if found.steps is None else found.steps.take(kept), found.weight)


def _impact(field: str, tfs: Array, docs: Array, segment: Segment) -> Array:
    return impact(field, tfs, segment.file.lengths[TEXT_FIELDS.index(field)].take(docs), segment.pivots[field])

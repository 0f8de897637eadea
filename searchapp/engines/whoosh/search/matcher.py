"""The fast path: the query tree as operations on posting arrays. Exact; tests compare it with Whoosh's own queries."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from searchapp.analysis import analyzer
from searchapp.engines.whoosh.search.docsets import DocSet, ScoredDocs, best, both, either, nothing
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
    title_text,
    whole_phrase,
)
from searchapp.query import Leaf as Node
from searchapp.retrieval.documents import TEXT_FIELDS
from searchapp.retrieval.query_terms import prefix_text, sequences, value_matches
from searchapp.retrieval.ranking import IMPACT_STEP, PREFIX_SCORE, PREFIX_TITLE_SCORE, SIDE_BY_SIDE, idf, impact
from searchapp.retrieval.thesaurus import alternatives

Terms = tuple[str, ...]


def match(tree: And, snapshot: Snapshot) -> ScoredDocs:
    """The live documents that match a pruned tree, and their scores."""
    scan = _Scan(tree, snapshot)
    found = [scan.matches(leaf) for leaf in snapshot.leaves]
    docs = [held.docs.astype(np.int64) + leaf.base for held, leaf in zip(found, snapshot.leaves, strict=True)]
    scores = [held.scores() for held in found]
    exact = snapshot.holders("exact", scan.title) if scan.title else np.zeros(0, np.int64)
    closeness = scan.closeness if scan.wholes else None
    scored = any(held.steps is not None for held in found)
    all_docs, all_scores = _joined(docs, np.int64), _joined(scores, np.float64)
    return ScoredDocs(all_docs, all_scores, exact, closeness, sum(scan.wholes.values()), scored)


def _joined(parts: list[Array], dtype: type) -> Array:
    return parts[0] if len(parts) == 1 else np.concatenate([np.zeros(0, dtype), *parts])


class _Scan:
    """One query: what is the same for all segments is found once."""

    def __init__(self, tree: And, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._required = [node for node in tree.nodes if not isinstance(node, Not | DateRange)]
        self._narrowing = [node for node in tree.nodes if isinstance(node, Not | DateRange)]
        self._sequences: dict[Word | Phrase, tuple[Terms, ...]] = {}
        self._prefixes: dict[tuple[str, bool], tuple[Array | None, Array]] = {}
        exact = title_text(tree)
        self.title = " ".join(analyzer("").surfaces(exact)) if exact else ""
        phrase = whole_phrase(tree)
        wholes = sequences(phrase, snapshot.languages) if phrase else ()
        self.wholes = {terms: SIDE_BY_SIDE * sum(map(self._idf, terms)) for terms in wholes}

    def closeness(self, docs: Array) -> Array:
        """What each of these documents, ascending, scores for having all words of the query side by side."""
        scores = np.zeros(len(docs))
        for leaf in self._snapshot.leaves:
            here = slice(docs.searchsorted(leaf.base), docs.searchsorted(leaf.base + leaf.documents))
            own = leaf.own(docs)
            for terms, score in self.wholes.items() if len(own) else ():
                scores[here] += stand_side_by_side(leaf.file, [term.encode() for term in terms], own) * score
        return scores

    def matches(self, leaf: Segment) -> DocSet:
        """The live documents of a segment that match, with their scores."""
        found = self._all_required(leaf)
        for node in self._narrowing:
            if len(found.docs):
                found = _only(found, self._mask(node, leaf))
        if leaf.live is not None:
            found = _only(found, leaf.live)
        return found

    def _all_required(self, leaf: Segment) -> DocSet:
        parts = []
        known: dict[Node | Not | Or, DocSet] = {}
        for node in self._required:
            # A query may say the same thing many times.
            if node not in known:
                known[node] = self._held(node, leaf)
            parts.append(known[node])
            if not len(parts[-1].docs):
                return nothing()
        if not parts:
            return DocSet(np.arange(leaf.documents))
        return _all(parts, leaf)

    def _mask(self, node: Node | Not | Or, leaf: Segment) -> Array:
        if isinstance(node, Not):
            return ~self._mask(node.node, leaf)
        if isinstance(node, DateRange):
            days = leaf.file.array("doc.day")
            first = node.after.toordinal() if node.after else 1
            mask: Array = days >= first
            return mask & (days < node.before.toordinal()) if node.before else mask
        mask = np.zeros(leaf.documents, bool)
        mask[self._held(node, leaf).docs] = True
        return mask

    def _held(self, node: Node | Not | Or, leaf: Segment) -> DocSet:
        if isinstance(node, Or):
            return either([self._held(part, leaf) for part in node.nodes], leaf.documents)
        if isinstance(node, Synonyms):
            return self._best(node, leaf)
        if isinstance(node, Not | DateRange):
            return DocSet(np.flatnonzero(self._mask(node, leaf)))
        if isinstance(node, Field) and node.name in BY_KEY:
            return self._held_by_value(node, leaf)
        inner = node.node if isinstance(node, Field) else node
        if isinstance(inner, Prefix):
            return self._held_by_prefix(prefix_text(inner), leaf, title_only=isinstance(node, Field))
        parts: list[DocSet] = []
        for terms in self._sequences_of(inner):
            if len(terms) > 1:
                parts += self._phrase(terms, leaf, (node.name,) if isinstance(node, Field) else TEXT_FIELDS)
            elif isinstance(node, Field):
                parts.append(self._in_field(node.name, terms[0], leaf))
            else:
                parts.append(self._anywhere(terms[0], leaf))
        return either(parts, leaf.documents)

    def _best(self, node: Synonyms, leaf: Segment) -> DocSet:
        parts = [_all([self._held(clause, leaf) for clause in node.typed], leaf)]
        for terms, fields, most in alternatives(node, self._snapshot.languages, self._idf):
            if len(terms) > 1:
                parts.append(either(self._phrase(terms, leaf, fields, most), leaf.documents))
            elif len(fields) == 1:
                parts.append(self._in_field(fields[0], terms[0], leaf, most))
            else:
                parts.append(self._anywhere(terms[0], leaf, most))
        return best(parts, leaf.documents)

    def _sequences_of(self, node: Word | Phrase) -> tuple[Terms, ...]:
        if node not in self._sequences:
            self._sequences[node] = sequences(node, self._snapshot.languages)
        return self._sequences[node]

    def _idf(self, term: str) -> float:
        return idf(self._snapshot.articles, self._snapshot.df(term))

    def _anywhere(self, term: str, leaf: Segment, most: float = math.inf) -> DocSet:
        number = leaf.file.find(ANY, term.encode())
        if number is None:
            return nothing()
        rows = leaf.file.postings_range(ANY, number)
        return DocSet(leaf.file.docs(ANY, number), leaf.impacts[rows], min(self._idf(term), most) * IMPACT_STEP)

    def _in_field(self, field: str, term: str, leaf: Segment, most: float = math.inf) -> DocSet:
        number = leaf.file.find(field, term.encode())
        if number is None:
            return nothing()
        docs = leaf.file.docs(field, number)
        steps = _impact(field, leaf.file.tfs(field, number), docs, leaf)
        return DocSet(docs, steps, min(self._idf(term), most) * IMPACT_STEP)

    def _phrase(self, terms: Terms, leaf: Segment, fields: Sequence[str], most: float = math.inf) -> list[DocSet]:
        found = []
        for standing in side_by_side(leaf.file, terms, fields):
            scores = np.zeros(len(standing.docs))
            for term, tfs in zip(terms, standing.tfs, strict=True):
                weight = min(self._idf(term), most) * IMPACT_STEP
                scores += _impact(standing.field, tfs, standing.docs, leaf) * weight
            found.append(DocSet(standing.docs, scores))
        return found

    def _held_by_value(self, node: Field, leaf: Segment) -> DocSet:
        facet = BY_KEY[node.name]
        whole = not facet.by_words and not isinstance(node.node, Prefix)
        keys = (facet.fold(node.node.text),) if whole else self._snapshot.facets.columns[node.name].keys
        field = f"{node.name}_is"
        parts = []
        for key in keys:
            number = leaf.file.find(field, key.encode())
            if number is not None and (whole or value_matches(node.name, node.node, key)):
                parts.append(DocSet(leaf.file.docs(field, number)))
        return either(parts, leaf.documents)

    def _held_by_prefix(self, prefix: str, leaf: Segment, title_only: bool) -> DocSet:
        if (prefix, title_only) not in self._prefixes:
            titles = self._snapshot.starting("title_words", prefix, MAX_EXPANSIONS)
            words = None if title_only else self._snapshot.starting("words", prefix, MAX_EXPANSIONS)
            self._prefixes[prefix, title_only] = words, titles
        here = slice(leaf.base, leaf.base + leaf.documents)
        words, titles = self._prefixes[prefix, title_only]
        if words is None:
            docs = np.flatnonzero(titles[here])
            return DocSet(docs, np.full(len(docs), PREFIX_TITLE_SCORE, np.uint8))
        steps = words[here] * np.uint8(PREFIX_SCORE)
        steps += titles[here] * np.uint8(PREFIX_TITLE_SCORE)
        docs = np.flatnonzero(steps)
        return DocSet(docs, steps[docs])


def _all(parts: list[DocSet], leaf: Segment) -> DocSet:
    """The documents in all of one list or more, scores added."""
    found, *others = sorted(parts, key=lambda part: len(part.docs))
    for part in others:
        found = both(found, part, leaf.documents)
    return found


def _only(found: DocSet, mask: Array) -> DocSet:
    kept = mask.take(found.docs).nonzero()[0]
    return DocSet(found.docs.take(kept), None if found.steps is None else found.steps.take(kept), found.weight)


def _impact(field: str, tfs: Array, docs: Array, leaf: Segment) -> Array:
    return impact(field, tfs, leaf.file.lengths[TEXT_FIELDS.index(field)].take(docs), leaf.pivots[field])

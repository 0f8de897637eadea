"""Explanations of scores, computed part by part for one article, however the engine came to the sum."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from searchapp.analysis.terms import shown
from searchapp.facets import BY_KEY
from searchapp.model import ScorePart
from searchapp.query import And, DateRange, Field, Leaf, Not, Or, Prefix, Synonyms, Word
from searchapp.retrieval.documents import TEXT_FIELDS, Document, adjacent
from searchapp.retrieval.query_terms import TypedWord, prefix_text, sequences, typed_word
from searchapp.retrieval.query_trees import typed_text, whole_phrase
from searchapp.retrieval.ranking import (
    ALL_WORDS,
    AS_TYPED,
    EXACT_TITLE,
    IMPACT_STEP,
    PINNED,
    PREFIX_SCORE,
    PREFIX_TITLE_SCORE,
    SIDE_BY_SIDE,
    impact,
    multiply,
)
from searchapp.retrieval.thesaurus import alternatives


class ScoreInputs(Protocol):
    """The index data of one article that its score depends on. Terms and fields are those of `documents`."""

    def idf(self, term: str) -> float:
        """Return the idf of a term (see `ranking`)."""

    def impact(self, term: str, field: str) -> int:
        """Return `ranking.impact` of a term of the field, in IMPACT_STEPs."""

    def stands(self, terms: Sequence[str], field: str) -> bool:
        """Whether the terms are adjacent in the field, in order."""

    def spelt(self, word: TypedWord) -> bool:
        """Whether a word of any text field is spelt so."""

    def starts(self, prefix: str, field: str) -> bool:
        """Whether a word has this prefix: of the title for the field "title", of any field for ""."""


@dataclass(frozen=True, slots=True)
class DocumentScoreInputs:
    """`ScoreInputs` of an analysed article.

    idf, pivots  see `ranking`
    starting     (prefix, whether of titles only) -> the words with the prefix
    """

    document: Document
    idf: Callable[[str], float]
    pivots: Mapping[str, float]
    starting: Callable[[str, bool], Collection[str]]

    def impact(self, term: str, field: str) -> int:
        count, length = len(self.document.postings[field].get(term, ())), self.document.lengths[field]
        return int(impact(field, count, length, self.pivots[field])) if count else 0

    def stands(self, terms: Sequence[str], field: str) -> bool:
        return adjacent(terms, self.document.postings[field])

    def spelt(self, word: TypedWord) -> bool:
        return word.spelling in self.document.spellings

    def starts(self, prefix: str, field: str) -> bool:
        own = self.document.title_words if field else self.document.words
        return not own.isdisjoint(self.starting(prefix, bool(field)))


@dataclass(frozen=True, slots=True)
class ScoreAdjustments:
    """Query-independent score signals of an article, and bonuses for the query as a whole.

    matched       whether it matches the query; a pinned one need not
    complete      whether it has all words, where some are enough
    exact_title   whether its title is what was typed
    pin_rank      its rank among pinned articles, counted from 1 for the last; 0 if it is not pinned
    """

    boost: float = 1.0
    freshness: float = 1.0
    matched: bool = True
    complete: bool = False
    exact_title: bool = False
    pin_rank: int = 0


def explain(
    tree: And, languages: Iterable[str], facts: ScoreInputs, standing: ScoreAdjustments
) -> tuple[ScorePart, ...]:
    """Return the parts of the score of an article that matches a pruned tree; their values add up to the score."""
    parts = list(_words(tree, tuple(languages), facts)) if standing.matched else []
    score = sum(part.value for part in parts)
    for kind, factor in (("boost", standing.boost), ("recency", standing.freshness)):
        gain = float(multiply(score, factor)) - score
        if gain:
            parts.append(ScorePart(kind, gain, factor=factor))
            score += gain
    if standing.complete:
        parts.append(ScorePart("all words", ALL_WORDS))
    if standing.exact_title:
        parts.append(ScorePart("exact title", EXACT_TITLE))
    if standing.pin_rank:
        parts.append(ScorePart("pinned", standing.pin_rank * PINNED))
    return tuple(parts)


def _words(tree: And, languages: tuple[str, ...], facts: ScoreInputs) -> Iterator[ScorePart]:
    for node in tree.nodes:
        for leaf in node.nodes if isinstance(node, Or) else (node,):
            yield from _leaf(leaf, languages, facts)
    phrase = whole_phrase(tree)
    for terms in sequences(phrase, languages) if phrase else ():
        if phrase and any(facts.stands(terms, field) for field in TEXT_FIELDS):
            rarity = sum(facts.idf(term) for term in terms)
            stems = " ".join(map(shown, terms))
            yield ScorePart("closeness", SIDE_BY_SIDE * rarity, phrase.text, stems, "", rarity, SIDE_BY_SIDE)


def _leaf(leaf: Leaf | Not, languages: tuple[str, ...], facts: ScoreInputs) -> Iterator[ScorePart]:
    if isinstance(leaf, Synonyms):
        yield from _best(leaf, languages, facts)
        return
    if isinstance(leaf, Not | DateRange) or (isinstance(leaf, Field) and leaf.name in BY_KEY):
        return
    fields = (leaf.name,) if isinstance(leaf, Field) else TEXT_FIELDS
    node = leaf.node if isinstance(leaf, Field) else leaf
    if isinstance(node, Prefix):
        yield from _prefix(node, facts, title_only=isinstance(leaf, Field))
        return
    for terms in sequences(node, languages):
        for field in fields:
            if facts.stands(terms, field):
                kind = "word" if isinstance(node, Word) else "phrase"
                yield from (_term(kind, node.text, term, field, facts) for term in terms)
    if isinstance(leaf, Word) and (word := typed_word(leaf)) and facts.spelt(word):
        bonus = word.bonus(languages, facts.idf)
        yield ScorePart("as typed", bonus, leaf.text, word.spelling, "", bonus / AS_TYPED, AS_TYPED)


def _best(node: Synonyms, languages: tuple[str, ...], facts: ScoreInputs) -> list[ScorePart]:
    """Return the parts of the alternative with the highest score, the first of equals."""
    typed = [
        [part for leaf in (each.nodes if isinstance(each, Or) else (each,)) for part in _leaf(leaf, languages, facts)]
        for each in node.typed
    ]
    found = [[part for parts in typed for part in parts]] if all(typed) else []
    for terms, fields, most in alternatives(node, languages, facts.idf):
        places = [(term, field) for field in fields if facts.stands(terms, field) for term in terms]
        found.append([_term("synonym", typed_text(node), *place, facts, most) for place in places])
    return max(found, key=lambda parts: sum(part.value for part in parts), default=[])


def _term(kind: str, text: str, term: str, field: str, facts: ScoreInputs, most: float = math.inf) -> ScorePart:
    rarity, steps = min(facts.idf(term), most), facts.impact(term, field) * IMPACT_STEP
    return ScorePart(kind, rarity * steps, text, shown(term), field, rarity, steps)


def _prefix(node: Prefix, facts: ScoreInputs, title_only: bool) -> Iterator[ScorePart]:
    start = prefix_text(node)
    if facts.starts(start, "title"):
        yield ScorePart("prefix", PREFIX_TITLE_SCORE, f"{node.text}*", start, "title")
    if not title_only and facts.starts(start, ""):
        yield ScorePart("prefix", PREFIX_SCORE, f"{node.text}*", start)

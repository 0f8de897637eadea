"""How a score came about: its parts, found one by one for an article, whatever way the engine came to their sum."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from searchapp.facets import BY_KEY
from searchapp.model import ScorePart
from searchapp.query import (
    And,
    DateRange,
    Field,
    Leaf,
    Not,
    Or,
    Prefix,
    Synonyms,
    Word,
    typed_text,
    whole_phrase,
)
from searchapp.retrieval.documents import TEXT_FIELDS, Document, stands
from searchapp.retrieval.query_terms import prefix_text, sequences
from searchapp.retrieval.ranking import (
    ALL_WORDS,
    EXACT_TITLE,
    IMPACT_STEP,
    PINNED,
    PREFIX_SCORE,
    PREFIX_TITLE_SCORE,
    SIDE_BY_SIDE,
    impact,
    times,
)
from searchapp.retrieval.thesaurus import alternatives


class ScoreInputs(Protocol):
    """What is asked about one article. Terms and fields are those of `documents`."""

    def idf(self, term: str) -> float:
        """See `ranking`."""

    def impact(self, term: str, field: str) -> int:
        """`ranking.impact` of a term that stands in the field."""

    def stands(self, terms: Sequence[str], field: str) -> bool:
        """Whether the terms stand side by side in the field."""

    def starts(self, prefix: str, field: str) -> bool:
        """Whether a word starts so: in the title for the field "title", anywhere for ""."""


@dataclass(frozen=True, slots=True)
class DocumentScoreInputs:
    """`ScoreInputs` of an analysed article.

    idf, pivots  see `ranking`
    starting     prefix, whether of titles only -> the words that it stands for
    """

    document: Document
    idf: Callable[[str], float]
    pivots: Mapping[str, float]
    starting: Callable[[str, bool], Collection[str]]

    def impact(self, term: str, field: str) -> int:
        count, length = len(self.document.postings[field].get(term, ())), self.document.lengths[field]
        return int(impact(field, count, length, self.pivots[field])) if count else 0

    def stands(self, terms: Sequence[str], field: str) -> bool:
        return stands(terms, self.document.postings[field])

    def starts(self, prefix: str, field: str) -> bool:
        own = self.document.title_words if field else self.document.words
        return not own.isdisjoint(self.starting(prefix, bool(field)))


@dataclass(frozen=True, slots=True)
class ScoreAdjustments:
    """What beside words changes an article's score.

    sought      whether it matches the query; a pinned one need not
    foremost    whether it has all words, where some are enough
    exact       whether its title is what was typed
    places      how many places it is pinned from the end of the pinned ones, counted from 1; 0 if it is not
    """

    boost: float = 1.0
    freshness: float = 1.0
    sought: bool = True
    foremost: bool = False
    exact: bool = False
    places: int = 0


def explain(
    tree: And, languages: Iterable[str], facts: ScoreInputs, standing: ScoreAdjustments
) -> tuple[ScorePart, ...]:
    """The parts of the score of an article that matches a pruned tree; the sum of their values is the score."""
    parts = list(_words(tree, tuple(languages), facts)) if standing.sought else []
    score = sum(part.value for part in parts)
    for kind, factor in (("boost", standing.boost), ("recency", standing.freshness)):
        gain = float(times(score, factor)) - score
        if gain:
            parts.append(ScorePart(kind, gain, factor=factor))
            score += gain
    if standing.foremost:
        parts.append(ScorePart("all words", ALL_WORDS))
    if standing.exact:
        parts.append(ScorePart("exact title", EXACT_TITLE))
    if standing.places:
        parts.append(ScorePart("pinned", standing.places * PINNED))
    return tuple(parts)


def _words(tree: And, languages: tuple[str, ...], facts: ScoreInputs) -> Iterator[ScorePart]:
    for node in tree.nodes:
        for leaf in node.nodes if isinstance(node, Or) else (node,):
            yield from _leaf(leaf, languages, facts)
    phrase = whole_phrase(tree)
    for terms in sequences(phrase, languages) if phrase else ():
        if phrase and any(facts.stands(terms, field) for field in TEXT_FIELDS):
            rarity = sum(facts.idf(term) for term in terms)
            yield ScorePart("closeness", SIDE_BY_SIDE * rarity, phrase.text, " ".join(terms), "", rarity, SIDE_BY_SIDE)


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


def _best(node: Synonyms, languages: tuple[str, ...], facts: ScoreInputs) -> list[ScorePart]:
    """The parts of the alternative that counts most, the first of equals."""
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
    return ScorePart(kind, rarity * steps, text, term, field, rarity, steps)


def _prefix(node: Prefix, facts: ScoreInputs, title_only: bool) -> Iterator[ScorePart]:
    start = prefix_text(node)
    if facts.starts(start, "title"):
        yield ScorePart("prefix", PREFIX_TITLE_SCORE, f"{node.text}*", start, "title")
    if not title_only and facts.starts(start, ""):
        yield ScorePart("prefix", PREFIX_SCORE, f"{node.text}*", start)

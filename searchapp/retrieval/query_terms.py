"""A query's words as index terms, for matching in every engine and for highlighting."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from searchapp.analysis.analyzer import Token, analyzer
from searchapp.analysis.folding import DASHES, fold, spelling, without_apostrophes
from searchapp.analysis.pieces import is_simple, split
from searchapp.analysis.terms import MAX_TERM, form
from searchapp.facets import BY_KEY
from searchapp.query import TEXT_FIELDS, And, Field, Leaf, Not, Or, Phrase, Prefix, Word
from searchapp.retrieval.query_trees import positive
from searchapp.retrieval.ranking import AS_TYPED

# Not between digits: those of a version stay.
_JOINTS = re.compile(rf"(?<=[^\W_])[._{DASHES}]+(?=[^\W\d_])|(?<=[^\W\d_])[._{DASHES}]+(?=\d)")

Sequences = tuple[tuple[str, ...], ...]
"""Term sequences of which any one is enough; each of adjacent terms within one field."""


def sequences(node: Word | Phrase, languages: Iterable[str]) -> Sequences:
    """Return the term sequences of a word or phrase in an index of these languages; empty if it has no words.

    Those of a phrase as written are of forms (`analysis.form`), and the same in every language.
    """
    if isinstance(node, Phrase) and not node.stemmed:
        forms = tuple(map(form, analyzer("").surfaces(node.text)))
        return (forms,) if forms else ()
    found: dict[tuple[str, ...], None] = {}
    for language in languages:
        words = analyzer(language)
        if isinstance(node, Word):
            found.update(dict.fromkeys(words.alternatives(node.text)))
        elif sequence := words.sequence(node.text):
            found[sequence] = None
    return tuple(found)


class TypedWord(NamedTuple):
    """A single word of a query as it was typed: `analysis.spelling`, and the surface form."""

    spelling: str
    surface: str

    def bonus(self, languages: Iterable[str], idf: Callable[[str], float]) -> float:
        """Return what an article scores for having the word spelt so: AS_TYPED of its least idf in any language."""
        rarities = [idf(analyzer(language).term(self.surface)) for language in languages]
        return AS_TYPED * min(rarities, default=0.0)


def typed_word(node: Word) -> TypedWord | None:
    """Return the one word that a node is; None for what has several tokens: joined words, runs without blanks."""
    tokens = list(analyzer("").tokens(node.text))
    if len(tokens) != 1:
        return None
    ((_, surface, _, start, end),) = tokens
    return TypedWord(spelling(node.text[start:end], surface), surface)


def prefix_text(node: Prefix) -> str:
    """Return the folded prefix that surface forms are compared with: of a joined word that of its compound."""
    return _JOINTS.sub("", without_apostrophes(fold(node.text))).lstrip("_")


def searchable(node: Word | Phrase | Prefix) -> bool:
    """Whether it has any word: `--` and `"…"` have none, and are left out of a query."""
    return bool(prefix_text(node)) if isinstance(node, Prefix) else bool(sequences(node, ("",)))


def prune(tree: And) -> And | None:
    """Return the tree without nodes that have no words; None if nothing is left, which matches nothing."""
    nodes = tuple(node for node in map(_pruned, tree.nodes) if node is not None)
    return And(nodes) if nodes or not tree.nodes else None


def _pruned(node: Leaf | Not | Or) -> Leaf | Not | Or | None:
    if isinstance(node, Or):
        kept = tuple(leaf for leaf in node.nodes if _pruned(leaf) is not None)
        return Or(kept) if len(kept) > 1 else kept[0] if kept else None
    leaf = node.node if isinstance(node, Not) else node
    if isinstance(leaf, Field) and leaf.name in TEXT_FIELDS:
        leaf = leaf.node
    return node if not isinstance(leaf, Word | Phrase | Prefix) or searchable(leaf) else None


def value_matches(facet: str, node: Word | Phrase | Prefix, value: str) -> bool:
    """Whether a facet's operator with this node matches a value: as a whole or, if `by_words`, by consecutive words."""
    by_words = BY_KEY[facet].by_words
    wanted, actual = map(BY_KEY[facet].fold, (node.text, value))
    if isinstance(node, Prefix):
        return actual.startswith(wanted) or (by_words and f" {wanted}" in actual)
    if wanted == actual:
        return True
    words, name = (analyzer("").surfaces(text) for text in (node.text, value))
    return by_words and bool(words) and f" {' '.join(words)} " in f" {' '.join(name)} "


@dataclass(frozen=True, slots=True)
class Marks:
    """What to highlight in a hit: term sequences and prefixes, each of one item (positive clause) of the query.

    `sequences` maps the first term of a sequence to (the whole sequence, item); items count from 0. `languages` are
    those in which the query was analysed.
    """

    sequences: dict[str, list[tuple[tuple[str, ...], int]]]
    prefixes: tuple[tuple[str, int], ...]
    items: int
    terms: frozenset[str]
    languages: tuple[str, ...]
    memories: dict[str, dict[str, tuple[int, tuple[Token, ...]]]] = field(default_factory=dict)
    """Caches of `Analyzer.find`, per language; shared by the hits of one search."""

    def __bool__(self) -> bool:
        return self.items > 0

    def wants(self, token: Token) -> bool:
        """Whether the token may be part of a match."""
        return bool(self.terms_of(token)) or any(token.surface.startswith(prefix) for prefix, _ in self.prefixes)

    def terms_of(self, token: Token) -> tuple[str, ...]:
        """Return the terms of the query that a token has: that of its stem, that of its form."""
        return tuple(term for term in (token.term, form(token.surface)) if term in self.terms)

    def starting(self, token: Token) -> list[int]:
        """Return the items of the prefixes that the token starts with."""
        if not self.prefixes:
            return []
        return [item for prefix, item in self.prefixes if token.surface.startswith(prefix)]

    def tokens(self, text: str, language: str, position: int = 0) -> tuple[list[Token], int]:
        """Return the tokens that may be part of a match, counted from `position`, and the next free position."""
        memory = self.memories.setdefault(language, {})
        return analyzer(language).find(text, self.wants, memory, position)

    def tokens_at(
        self, text: str, language: str, positions: Sequence[int], words: range, start: int, end: int
    ) -> list[Token]:
        """Return those of `tokens` at some positions of `text[start:end]`, which has the positions `words`."""
        words_of = analyzer(language)
        return [
            Token(token.term, token.surface, place + token.position, offset + token.start, offset + token.end)
            for piece, place, offset in words_of.pieces_at(text, positions, words, start, end)
            for token in words_of.entry(piece)
            if self.wants(token)
        ]

    def starts_in(self, text: str, language: str, position: int) -> Iterator[tuple[int, int]]:
        """Yield (position, item) of each word that starts with an item's prefix, counted from `position`."""
        entry_of = analyzer(language).entry
        for piece in split(text):
            if is_simple(piece):
                # Most words are their own surface form.
                plain = piece[:MAX_TERM].lower()
                for prefix, item in self.prefixes:
                    if plain.startswith(prefix):
                        yield position, item
                position += 1
                continue
            entry = entry_of(piece)
            for token in entry:
                yield from ((position + token.position, item) for item in self.starting(token))
            position += entry[-1].position + 1 if entry else 0


def marks(tree: And, languages: Iterable[str]) -> Marks:
    """Return what to highlight: all positive clauses of a pruned query."""
    table: dict[str, list[tuple[tuple[str, ...], int]]] = {}
    prefixes: list[tuple[str, int]] = []
    items = 0
    languages = tuple(languages)
    for nodes in positive(tree):
        for node in nodes:
            if isinstance(node, Prefix):
                prefixes.append((prefix_text(node), items))
            else:
                for sequence in sequences(node, languages):
                    table.setdefault(sequence[0], []).append((sequence, items))
        items += 1
    terms = frozenset(term for found in table.values() for sequence, _ in found for term in sequence)
    return Marks(table, tuple(prefixes), items, terms, languages)

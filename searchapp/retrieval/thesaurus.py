"""Query expansion with the operator's synonyms; the same for every engine.

A word of a query that has synonyms becomes a `query.Synonyms`: the word, or any of the others. So do consecutive
words that are a phrase with synonyms, the longest first. Quoted phrases, exclusions, and the values of
tags, categories and authors stay as typed. Synonyms are not transitive.

An article is scored by the best of the alternatives that it has: by what was typed, or by one of the others as
if that had been typed. The idf of each word of a synonym is limited to its share of that of the typed
words, so that a rare synonym ranks no article above those with the word itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from searchapp.analysis.analyzer import analyzer
from searchapp.model import SynonymSet
from searchapp.query import TEXT_FIELDS, And, Field, Leaf, Not, Or, Phrase, Synonyms, Word
from searchapp.retrieval import documents
from searchapp.retrieval.query_terms import Sequences, sequences
from searchapp.retrieval.query_trees import plain_text, typed_text
from searchapp.retrieval.ranking import IDF_STEP

MOST = 64
"""Maximum of synonyms added to one query; words after those stay as typed."""

Key = tuple[str, tuple[str, ...]]
"""A language and the terms of a word or phrase in it."""

Idf = Callable[[str], float]


class Thesaurus:
    """The synonyms for an index of articles in these languages."""

    def __init__(self, sets: Iterable[SynonymSet], languages: Iterable[str]) -> None:
        self._languages = tuple(languages)
        self._others: dict[Key, dict[str, None]] = {}
        self._longest = 0
        for each in sets:
            for text in each.words:
                self._longest = max(self._longest, len(text.split()))
                for key in self._keys(text):
                    own = self._others.setdefault(key, {})
                    own.update(dict.fromkeys(other for other in each.to or each.words if key not in self._keys(other)))

    def expand(self, tree: And | None) -> And | None:
        """Return a pruned tree with its synonyms."""
        if tree is None or not self._others:
            return tree
        nodes: list[Leaf | Not | Or] = []
        at = made = 0
        while at < len(tree.nodes):
            node, used = self._longest_at(tree.nodes, at) if made < MOST else (tree.nodes[at], 1)
            made += sum(len(each.others) for each in _made(node))
            nodes.append(node)
            at += used
        return And(tuple(nodes))

    def _longest_at(self, nodes: Sequence[Leaf | Not | Or], at: int) -> tuple[Leaf | Not | Or, int]:
        """Return the node for the clauses from `at`, and how many it replaces."""
        for count in range(min(self._longest, len(nodes) - at), 1, -1):
            clauses = nodes[at : at + count]
            texts = [plain_text(clause) for clause in clauses if isinstance(clause, Word | Or)]
            others = self._of(" ".join(text for text in texts if text)) if len(texts) == count else ()
            if others and None not in texts:
                typed = tuple(clause for clause in clauses if isinstance(clause, Word | Or))
                return Synonyms(typed, tuple(map(_node, others))), count
        node = nodes[at]
        return (Or(tuple(map(self._alone, node.nodes))) if isinstance(node, Or) else self._alone(node)), 1

    def _alone(self, node: Leaf | Not) -> Leaf | Not:
        """Return a single clause with its synonyms."""
        if isinstance(node, Word) and (others := self._of(node.text)):
            return Synonyms((node,), tuple(map(_node, others)))
        if isinstance(node, Field) and node.name in TEXT_FIELDS and isinstance(node.node, Word):
            others = self._of(node.node.text)
            return Synonyms((node,), tuple(Field(node.name, _node(other)) for other in others)) if others else node
        return node

    def _of(self, text: str) -> tuple[str, ...]:
        found = (other for key in self._keys(text) for other in self._others.get(key, ()))
        return tuple(dict.fromkeys(found))

    def _keys(self, text: str) -> list[Key]:
        node = _node(text)
        return [(language, terms) for language in self._languages for terms in sequences(node, (language,))]


def _node(text: str) -> Word | Phrase:
    return Phrase(text, stemmed=True) if " " in text else Word(text)


def _made(node: Leaf | Not | Or) -> Iterator[Synonyms]:
    yield from (each for each in (node.nodes if isinstance(node, Or) else (node,)) if isinstance(each, Synonyms))


class Alternative(NamedTuple):
    """Adjacent terms, the fields searched for them, and the maximum idf of each."""

    terms: tuple[str, ...]
    fields: tuple[str, ...]
    most: float


def alternatives(node: Synonyms, languages: Iterable[str], idf: Idf) -> Iterator[Alternative]:
    """Yield the synonyms as term sequences."""
    languages = tuple(languages)
    typed = _rarity(node, languages, idf)
    for other in node.others:
        fields = (other.name,) if isinstance(other, Field) else documents.TEXT_FIELDS
        for terms in _sequences(other, languages):
            yield Alternative(terms, fields, max(math.floor(typed / len(terms) / IDF_STEP), 1) * IDF_STEP)


def _rarity(node: Synonyms, languages: tuple[str, ...], idf: Idf) -> float:
    """Return the sum of the idf of the typed words, each in the language in which that is least."""
    words = [clause.nodes[0] if isinstance(clause, Or) else clause for clause in node.typed]
    return sum(min((sum(map(idf, terms)) for terms in _sequences(word, languages)), default=0.0) for word in words)


def _sequences(node: Leaf | Not | Or, languages: tuple[str, ...]) -> Sequences:
    inner = node.node if isinstance(node, Field) else node
    return sequences(inner, languages) if isinstance(inner, Word | Phrase) else ()


def known_by_synonym(tree: And | None, languages: Iterable[str], df: Callable[[str], int]) -> frozenset[str]:
    """Return the surface forms of typed words with a synonym in some article: these are no spelling errors."""
    languages = tuple(languages)
    words: set[str] = set()
    for node in tree.nodes if tree else ():
        for made in _made(node):
            if any(all(map(df, terms)) for other in made.others for terms in _sequences(other, languages)):
                words.update(analyzer("").surfaces(typed_text(made)))
    return frozenset(words)

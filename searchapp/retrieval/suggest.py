"""Completions while typing: categories and tags with the prefix, articles, then the last word completed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from searchapp.analysis.analyzer import analyzer
from searchapp.analysis.folding import fold
from searchapp.facets import LABELS, Facet
from searchapp.languages import STOP_WORDS
from searchapp.model import Suggestion
from searchapp.query import And, Or, Word, parse
from searchapp.retrieval.query_terms import prune

MAX_TYPED = 100
"""Characters that are read."""
PER_KIND = 3
"""Maximum of each of categories, tags and words."""
SHORTEST = 3
"""Characters of a text from which its last word is completed, and not only titles, categories and tags."""
MAX_COUNTED = 12
"""Completed words of which the articles are counted."""
ARTICLES = 5
"""Articles that are placed before words."""


@dataclass(frozen=True, slots=True)
class TitleCompletion:
    """An article as a completion."""

    id: str
    title: str
    permalink: str


class CompletionSource(Protocol):
    """The index data that completion needs."""

    def values(self, kind: str, prefix: str, limit: int) -> Sequence[str]:
        """Return values of one of LABELS, by its key, whose folded form has the prefix, the commonest first."""

    def titles(self, words: Sequence[str], prefix: str, limit: int) -> Sequence[TitleCompletion]:
        """Return the articles whose title has all the words and one with the prefix.

        First those whose title starts with all of it, in that order; then newest first.
        """

    def words(self, prefix: str) -> Sequence[str]:
        """Return the words of titles with the prefix, those in the most titles first."""


class ArticleCounts(Protocol):
    """Numbers of articles with all words of a query: see `spelling.Lexicon`."""

    def count_tree(self, tree: And) -> int: ...

    def count_with(self, tree: And, wordings: Sequence[tuple[str, ...]]) -> Sequence[int]: ...


class ValueSpelling(NamedTuple):
    """A facet's value in its commonest spelling, the first of equals, and the number of articles with any spelling."""

    shown: str
    articles: int


def spellings(facet: Facet, values: Mapping[str, int]) -> dict[str, ValueSpelling]:
    """Return normalised form -> spelling, from values as written and the number of articles with each."""
    forms: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for value, articles in values.items():
        forms[facet.fold(value)][value] += articles
    return {
        key: ValueSpelling(min(own, key=lambda form: (-own[form], form)), own.total()) for key, own in forms.items()
    }


def values_starting(held: Mapping[str, ValueSpelling], prefix: str, limit: int) -> list[str]:
    """See `CompletionSource.values`; `held` are those of the facet."""
    starting = [(-articles, key, shown) for key, (shown, articles) in held.items() if fold(shown).startswith(prefix)]
    return [shown for _, _, shown in sorted(starting)[:limit]]


def complete(typed: str, limit: int, source: CompletionSource, counts: ArticleCounts) -> tuple[Suggestion, ...]:
    """Return the best completions of what was typed, at most `limit`."""
    typed = typed[:MAX_TYPED]
    words = analyzer("").surfaces(typed)
    if not words or limit < 1:
        return ()
    found = [
        Suggestion(value, kind)
        for kind in (facet.key for facet in LABELS)
        for value in source.values(kind, " ".join(fold(typed).split()), PER_KIND)
    ]
    articles = [
        Suggestion(title.title, "article", title.id, title.permalink)
        for title in source.titles(words[:-1], words[-1], limit)
    ]
    found += articles[:ARTICLES]
    found += [Suggestion(text, "query") for text in _queries(typed, source, counts)]
    return tuple((found + articles[ARTICLES:])[:limit])


def _queries(typed: str, source: CompletionSource, counts: ArticleCounts) -> list[str]:
    """Return the typed text with its last word completed; of those that find the same articles, the commonest word."""
    head, _, last = typed.rpartition(" ")
    prefix = fold(last)
    if len(prefix) < 2 or len(typed.strip()) < SHORTEST:
        return []
    words = source.words(prefix)
    telling = [word for word in words if word != prefix and len(word) > 2 and word not in STOP_WORDS][:MAX_COUNTED]
    # What is typed is shown already, if it is a word.
    found = _distinct(prune(parse(head)) or And(), [prefix, *telling] if prefix in words else telling, counts)
    return [f"{head} {word}".strip() for word in found if word != prefix][:PER_KIND]


def _distinct(rest: And, words: Sequence[str], counts: ArticleCounts) -> list[str]:
    """Return the words that find articles together with the rest of a query; of those that find the same, the first."""
    kept: list[tuple[str, int]] = []
    for word, articles in zip(words, counts.count_with(rest, [(word,) for word in words]), strict=True):
        alike = (other for other, number in kept if number == articles)
        # Sets of one size are equal if their union has that size, too.
        if articles and not any(_count_either(rest, word, other, counts) == articles for other in alike):
            kept.append((word, articles))
    return [word for word, _ in kept]


def _count_either(rest: And, word: str, other: str, counts: ArticleCounts) -> int:
    return counts.count_tree(And((*rest.nodes, Or((Word(word), Word(other))))))

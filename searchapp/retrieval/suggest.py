"""Completions while typing: categories and tags with the prefix, articles, then the last word completed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from searchapp.analysis import analyzer, fold
from searchapp.facets import LABELS, Facet
from searchapp.languages import STOP_WORDS
from searchapp.model import Suggestion
from searchapp.query import Word
from searchapp.retrieval.query_terms import sequences

MAX_TYPED = 100
"""Characters that are read."""
PER_KIND = 3
"""Maximum of each of categories, tags and words."""
SHORTEST = 3
"""Characters of a text from which its last word is completed, and not only titles, categories and tags."""
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


def complete(
    typed: str, limit: int, source: CompletionSource, languages: Iterable[str] = ("",)
) -> tuple[Suggestion, ...]:
    """Return the best completions of what was typed, at most `limit`; `languages` are those of all articles."""
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
    found += [Suggestion(text, "query") for text in _queries(typed, source, tuple(languages))]
    return tuple((found + articles[ARTICLES:])[:limit])


def _queries(typed: str, source: CompletionSource, languages: tuple[str, ...]) -> list[str]:
    """Return the typed text with its last word completed; of words that find the same articles the commonest."""
    head, _, last = typed.rpartition(" ")
    prefix = fold(last)
    if len(prefix) < 2 or len(typed.strip()) < SHORTEST:
        return []
    found: list[str] = []
    known: set[tuple[str, ...]] = set()
    for word in source.words(prefix):
        terms = set(sequences(Word(word), languages))
        if word != prefix and len(word) > 2 and word not in STOP_WORDS and not terms & known:
            found.append(f"{head} {word}".strip())
            known |= terms
        if len(found) == PER_KIND:
            break
    return found

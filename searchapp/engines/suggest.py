"""Completions while typing: articles, categories and tags, then words of the blog's titles."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from searchapp.analysis import STOP_WORDS, analyzer, fold
from searchapp.model import Suggestion

MAX_PREFIX = 100
PER_KIND = 3
"""Categories and tags take at most so many places each, so that articles are always seen."""


@dataclass(frozen=True, slots=True)
class Title:
    """An article as a completion."""

    id: str
    title: str
    permalink: str


class Completions:
    """A sorted table of word starts; a prefix is found by binary search.

    `titles` come in the order in which equals are shown (newest first); `values` are (value, count) of
    "category" and "tag", in any order.
    """

    def __init__(self, titles: Iterable[Title], categories: Sequence[tuple[str, int]], tags: Sequence[tuple[str, int]]):
        self._titles = tuple(titles)
        words = analyzer("")
        heads: list[tuple[str, int]] = []
        counts: Counter[str] = Counter()
        for number, title in enumerate(self._titles):
            surfaces = words.surfaces(title.title)
            heads += [(" ".join(surfaces[i : i + 6]), number) for i in range(len(surfaces))]
            counts.update({surface for surface in surfaces if len(surface) > 2 and surface not in STOP_WORDS})
        self._heads = sorted(heads)
        self._words = sorted(counts.items())
        self._values = {
            kind: sorted((fold(value), -count, value) for value, count in values)
            for kind, values in (("category", categories), ("tag", tags))
        }

    def complete(self, typed: str, limit: int) -> tuple[Suggestion, ...]:
        """The best completions: values that start so (the commonest first), articles, then the last word completed."""
        typed = typed[:MAX_PREFIX]
        prefix = " ".join(analyzer("").surfaces(typed))
        if not prefix or limit < 1:
            return ()
        found = [
            Suggestion(value, kind)
            for kind in ("category", "tag")
            for value in self._starting(kind, " ".join(fold(typed).split()))
        ]
        found += [
            Suggestion(title.title, "article", title.id, title.permalink) for title in self._articles(prefix, limit)
        ]
        found += [Suggestion(text, "query") for text in self._queries(typed, PER_KIND)]
        return tuple(found[:limit])

    def _starting(self, kind: str, prefix: str) -> list[str]:
        values = self._values[kind]
        start = bisect_left(values, (prefix,))
        end = bisect_left(values, (prefix + "\U0010ffff",))
        return [value for _, _, value in sorted(values[start:end], key=lambda item: item[1:])[:PER_KIND]]

    def _articles(self, prefix: str, limit: int) -> list[Title]:
        start = bisect_left(self._heads, (prefix,))
        end = bisect_left(self._heads, (prefix + "\U0010ffff",))
        whole = [head.startswith(prefix) and self._starts(number, prefix) for head, number in self._heads[start:end]]
        ranked = sorted({(not first, number) for first, (_, number) in zip(whole, self._heads[start:end], strict=True)})
        numbers = dict.fromkeys(number for _, number in ranked)
        return [self._titles[number] for number in list(numbers)[:limit]]

    def _starts(self, number: int, prefix: str) -> bool:
        return " ".join(analyzer("").surfaces(self._titles[number].title)).startswith(prefix)

    def _queries(self, typed: str, limit: int) -> list[str]:
        """What was typed with its last word completed by the commonest words of the titles."""
        head, _, last = typed.rpartition(" ")
        prefix = fold(last)
        if len(prefix) < 2:
            return []
        start = bisect_left(self._words, (prefix,))
        end = bisect_left(self._words, (prefix + "\U0010ffff",))
        ranked = sorted(self._words[start:end], key=lambda item: (-item[1], item[0]))
        return [f"{head} {word}".strip() for word, _ in ranked if word != prefix][:limit]

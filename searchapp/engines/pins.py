"""Which articles an operator has pinned to a query, compared as a search compares words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from searchapp.analysis import analyzer
from searchapp.engines.terms import prune
from searchapp.model import Pinned
from searchapp.query import And, normalise, parse, title_text

Key = tuple[str, tuple[str, ...]]
"""A language and a query's terms in it, sorted: case, accents, endings and order do not count."""

Table = Mapping[Key, Sequence[str]]
"""What is pinned, ids or addresses in their order, to each query."""


def table(pinned: Iterable[Pinned], languages: Iterable[str]) -> Table:
    """The pins of an index of articles in these languages."""
    found: dict[Key, list[str]] = {}
    languages = tuple(languages)
    for pin in pinned:
        for key in _keys(pin.query, languages):
            articles = found.setdefault(key, [])
            articles += [article for article in pin.articles if article not in articles]
    return found


def pinned_to(trees: Iterable[And | None], pins: Table, languages: Iterable[str]) -> Sequence[str]:
    """What is pinned to the first of these trees that anything is pinned to; only plain words and phrases can be."""
    languages = tuple(languages)
    texts = (title_text(tree) for tree in trees if tree)
    return next((pins[key] for text in texts if text for key in _keys(text, languages) if key in pins), ())


def typed(text: str) -> And | None:
    """The pruned tree of a query as it was typed."""
    return prune(parse(normalise(text)))


def _keys(text: str, languages: Iterable[str]) -> list[Key]:
    found = ((language, analyzer(language).sequence(text)) for language in languages)
    return [(language, tuple(sorted(terms))) for language, terms in found if terms]

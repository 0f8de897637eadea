"""Articles that an operator has pinned to queries, which compare by their terms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from urllib.parse import unquote

from searchapp.analysis.analyzer import analyzer
from searchapp.config.loading import Config
from searchapp.model import Pinned, Problem, Query
from searchapp.query import And, parse, text_of
from searchapp.retrieval.query_terms import prune
from searchapp.retrieval.query_trees import title_text

Key = tuple[str, tuple[str, ...]]
"""A language and a query's terms in it, sorted: case, accents, endings and order are ignored."""

Table = Mapping[Key, Sequence[str]]
"""Ids or URL paths pinned to each query, in order."""


def table(pinned: Iterable[Pinned], languages: Iterable[str]) -> Table:
    """Return the pins for an index of articles in these languages."""
    found: dict[Key, list[str]] = {}
    languages = tuple(languages)
    for pin in pinned:
        for key in _keys(pin.query, languages):
            articles = found.setdefault(key, [])
            articles += [article for article in pin.articles if article not in articles]
    return found


def pinned_to(trees: Iterable[And | None], pins: Table, languages: Iterable[str]) -> Sequence[str]:
    """Return the pins of the first of these trees that has any; only plain words and phrases can have pins."""
    languages = tuple(languages)
    texts = (title_text(tree) for tree in trees if tree)
    return next((pins[key] for text in texts if text for key in _keys(text, languages) if key in pins), ())


def typed_tree(query: Query) -> And | None:
    """Return the pruned tree of a query as it was typed."""
    return prune(parse(text_of(query)))


def _keys(text: str, languages: Iterable[str]) -> list[Key]:
    found = ((language, analyzer(language).sequence(text)) for language in languages)
    return [(language, tuple(sorted(terms))) for language, terms in found if terms]


def configured_pins(config: Config) -> tuple[Pinned, ...]:
    """Return the pins of a configuration, with site URLs reduced to paths as in `Article.permalink`."""
    return tuple(
        replace(pin, articles=tuple(_name(each, config.site_url) for each in pin.articles)) for pin in config.pinned
    )


def _name(article: str, site_url: str) -> str:
    """Return the id or permalink that a URL of the blog or of this application refers to."""
    if site_url and article.startswith(f"{site_url}/"):
        return article[len(site_url) :]
    return unquote(article.removeprefix("/articles/")) if article.startswith("/articles/") else article


def pin_problems(config: Config, exists: Callable[[str], bool]) -> Iterator[Problem]:
    """Yield the problems of the pins. `exists` tells whether an id or a permalink is an article's."""
    path = config.sources.get("pinned", "")
    for pin, known in zip(config.pinned, configured_pins(config), strict=True):
        tree = typed_tree(Query(pin.query))
        if tree is None or not title_text(tree):
            reason = f"[[pinned]] works for plain words and phrases only, not for {pin.query!r}"
            yield Problem(path, pin.line, reason, code="pin-query")
        for written, name in zip(pin.articles, known.articles, strict=True):
            if not exists(name):
                reason = f"[[pinned]] names no article that is shown: {written}"
                yield Problem(path, pin.line, reason, code="pin-article")

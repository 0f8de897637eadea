"""Rules of `searchapp check` that compare articles: each is fed every article once, then lists its problems.

To add one, write a class with `see` and `problems`, add it to CROSS_CHECKS and its codes to `searchapp.rules`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

from searchapp.articles import Site
from searchapp.editor.links.graph import ArticleLinks, article_links
from searchapp.editor.links.graph_builder import problems_of
from searchapp.editor.links.link_problems import CODES
from searchapp.editor.unused_synonyms import UnusedSynonyms
from searchapp.model import Article, Problem, Spot


class CrossCheck(Protocol):
    """One or more rules, by their `codes`. Keep little of each article: there may be 100,000."""

    codes: frozenset[str]

    def see(self, article: Article, spots: Mapping[str, Spot]) -> None:
        """Record a visible article; `spots` has the lines of its `title`, `permalink` and `aliases`."""

    def problems(self) -> Iterator[Problem]:
        """Yield the problems after all articles were seen, in the order of their ids."""


class AmbiguousTitles:
    """Articles of one language with the same title."""

    codes = frozenset({"title-repeated"})

    def __init__(self) -> None:
        self._first: dict[tuple[str, str], str] = {}
        self._others: list[tuple[str, Spot, str]] = []

    def see(self, article: Article, spots: Mapping[str, Spot]) -> None:
        key = (article.language, article.title.casefold())
        if (first := self._first.setdefault(key, article.id)) != article.id:
            self._others.append((article.id, spots.get("title", Spot()), first))

    def problems(self) -> Iterator[Problem]:
        for id, spot, first in self._others:
            yield Problem(id, spot.line, f"has the same title as {first}", code="title-repeated", column=spot.column)


class AmbiguousAddresses:
    """Permalinks and aliases that two articles claim; the first by id keeps it, a permalink before an alias."""

    codes = frozenset({"permalink-clash", "alias-clash"})

    def __init__(self) -> None:
        self._permalinks: dict[str, str] = {}
        self._aliases: dict[str, str] = {}
        self._clashes: list[tuple[str, Spot, str, str]] = []
        self._claims: list[tuple[str, Spot, str]] = []

    def see(self, article: Article, spots: Mapping[str, Spot]) -> None:
        link = article.permalink
        if link and (first := self._permalinks.setdefault(link.rstrip("/"), article.id)) != article.id:
            self._clashes.append((article.id, spots.get("permalink", Spot()), first, link))
        self._claims += [(article.id, spots.get("aliases", Spot()), alias) for alias in article.aliases]

    def problems(self) -> Iterator[Problem]:
        for id, spot, first, link in self._clashes:
            reason = f"has the same permalink as {first}: {link}"
            yield Problem(id, spot.line, reason, code="permalink-clash", column=spot.column)
        first_claims: dict[str, str] = {}
        for id, spot, alias in self._claims:
            key = alias.rstrip("/")
            if (owner := self._permalinks.get(key, id)) != id:
                reason = f"its earlier address {alias} is the permalink of {owner}"
            elif (owner := first_claims.setdefault(key, id)) != id:
                reason = f"its earlier address {alias} is claimed by {owner}, too"
            else:
                continue
            yield Problem(id, spot.line, reason, code="alias-clash", column=spot.column)


class InternalLinks:
    """Broken, outdated and misspelt links between articles, see `searchapp.editor.links`."""

    codes = frozenset(CODES.values())

    def __init__(self, site: Site) -> None:
        self._site = site
        self._pages: list[ArticleLinks] = []

    def see(self, article: Article, spots: Mapping[str, Spot]) -> None:  # noqa: ARG002 - as all of them
        self._pages.append(article_links(article))

    def problems(self) -> Iterator[Problem]:
        yield from problems_of(self._pages, self._site.config, self._site)


CROSS_CHECKS: tuple[Callable[[Site], CrossCheck], ...] = (
    lambda _site: AmbiguousAddresses(),
    lambda _site: AmbiguousTitles(),
    InternalLinks,
    UnusedSynonyms,
)
"""Factories: each makes a fresh rule for one check of a site."""

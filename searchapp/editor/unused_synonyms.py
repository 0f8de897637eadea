"""The check for synonym sets that match no article."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from searchapp.articles import Site
from searchapp.model import Article, Problem, Spot, SynonymSet
from searchapp.query import Phrase, Word
from searchapp.retrieval.documents import adjacent, analyse
from searchapp.retrieval.query_terms import sequences


class UnusedSynonyms:
    """Synonym sets of a site none of whose words (or of whose `to`, if given) is in any article.

    Single words of a set may well be in no article, as readers type them; one of them must be in some article.
    """

    codes = frozenset({"synonym-unknown"})

    def __init__(self, site: Site) -> None:
        self._path = site.config.sources.get("synonyms", "")
        self._sets = list(site.config.synonyms)

    def see(self, article: Article, _spots: Mapping[str, Spot]) -> None:
        if self._sets:
            postings = list(analyse(article).postings.values())
            self._sets = [each for each in self._sets if not _matches(each, article.language, postings)]

    def problems(self) -> Iterator[Problem]:
        for each in self._sets:
            reason = f"[[synonyms]] lead to no article: none has {', '.join(each.to or each.words)}"
            yield Problem(self._path, each.line, reason, code="synonym-unknown")


def _matches(each: SynonymSet, language: str, postings: list[Mapping[str, list[int]]]) -> bool:
    nodes = (Phrase(text, stemmed=True) if " " in text else Word(text) for text in each.to or each.words)
    return any(adjacent(terms, field) for node in nodes for terms in sequences(node, (language,)) for field in postings)

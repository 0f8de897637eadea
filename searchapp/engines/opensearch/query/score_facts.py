"""What a score is explained by, of an article at hand: from the query's words in it alone, not all of its words."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from searchapp.engines.opensearch.query.index_view import IndexView
from searchapp.excerpts.snippets import WholeArticle
from searchapp.model import Article
from searchapp.retrieval.documents import analyse, stands
from searchapp.retrieval.query_terms import Marks
from searchapp.retrieval.ranking import impact

_SHORT = ("title", "categories", "tags", "authors")
"""Fields that no passage is from."""


def also(wanted: Marks, terms: Iterable[str]) -> Marks:
    """The marks of a query that find these terms, too: to be counted, not to be marked."""
    return replace(wanted, terms=wanted.terms.union(terms), memories={})


class StoredScoreInputs:
    """`explanation.Facts` of an article. `wanted` finds all terms and prefixes that are asked about (see `also`)."""

    def __init__(
        self, view: IndexView, article: Article, read: WholeArticle, lengths: Mapping[str, int], wanted: Marks
    ) -> None:
        self._view, self._article, self._read, self._lengths, self._wanted = view, article, read, lengths, wanted
        self._short: dict[str, tuple[Mapping[str, list[int]], set[str]]] = {}
        self._bounds: dict[str, tuple[int, int]] = {}
        self.idf = view.idf

    def impact(self, term: str, field: str) -> int:
        count = len(self._positions(term, field))
        return int(impact(field, count, self._lengths[field], self._view.pivots[field]))

    def stands(self, terms: Sequence[str], field: str) -> bool:
        return stands(terms, {term: self._positions(term, field) for term in terms})

    def starts(self, prefix: str, field: str) -> bool:
        words = self._view.expansions(prefix, titles=bool(field))
        if words is not None and not field:
            # So many words start so that only some count: not worth remembering all that the article has.
            return not analyse(self._article).words.isdisjoint(words)
        own = set().union(*(self._field(short)[1] for short in (("title",) if field else _SHORT)))
        if words is not None:
            return not own.isdisjoint(words)
        items = () if field else [item for start, item in self._wanted.prefixes if start == prefix]
        return any(map(self._read.places().prefixed.get, items)) or any(word.startswith(prefix) for word in own)

    def _positions(self, term: str, field: str) -> list[int]:
        if field in _SHORT:
            return self._field(field)[0].get(term, [])
        found: list[int] = self._read.places().terms.get(term, [])
        if not found:
            return found
        if not self._bounds:
            summary, bodies, code, end = self._read.line().bounds
            starts = zip(
                ("headings", "summary", "body", "code"), pairwise((0, summary, bodies, code, end)), strict=True
            )
            self._bounds = dict(starts)
        low, high = self._bounds[field]
        return found[bisect_left(found, low) : bisect_left(found, high)]

    def _field(self, field: str) -> tuple[Mapping[str, list[int]], set[str]]:
        """Where the wanted terms stand in one of _SHORT, and their surface forms."""
        if field not in self._short:
            terms: dict[str, list[int]] = {}
            surfaces: set[str] = set()
            end = -1
            texts = (self._article.title,) if field == "title" else getattr(self._article, field)
            for text in texts:
                found, end = self._wanted.tokens(text, self._article.language, end + 1)
                for token in found:
                    terms.setdefault(token.term, []).append(token.position)
                    surfaces.add(token.surface)
            self._short[field] = terms, surfaces
        return self._short[field]

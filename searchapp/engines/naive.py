"""What `related` and `suggest` ask of an engine, answered by looking at every article; for the memory engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from searchapp.analysis import analyzer, fold, fold_value
from searchapp.engines import related
from searchapp.engines.documents import TEXT_FIELDS, Document, exact_title, facet_values
from searchapp.engines.ranking import impact, pivot
from searchapp.engines.suggest import Title
from searchapp.model import Article, FacetValue


class Statistics:
    """`searchapp.engines.related.Statistics` by looking at every document, newest first."""

    def __init__(self, documents: list[Document], articles: list[Article]) -> None:
        self._all = documents
        self._keys = [
            {facet: {fold_value(value) for value in values} for facet, values in facet_values(article).items()}
            for article in articles
        ]
        self.articles = self.documents = len(documents)
        totals = ((field, sum(document.lengths[field] for document in documents)) for field in TEXT_FIELDS)
        self._pivots = {field: pivot(total, len(documents)) for field, total in totals}

    def dfs(self, terms: Sequence[str]) -> related.Array:
        return np.array([len(self.postings(term)[0]) for term in terms], np.int64)

    def postings(self, term: str) -> tuple[related.Array, related.Array]:
        steps = np.array([self._impact(term, document) for document in self._all], np.int64)
        docs = np.flatnonzero(steps)
        return docs, steps[docs]

    def _impact(self, term: str, document: Document) -> int:
        found = ((field, len(positions.get(term, ()))) for field, positions in document.postings.items())
        return sum(int(impact(field, tf, document.lengths[field], self._pivots[field])) for field, tf in found if tf)

    def best(self, docs: related.Array, scores: related.Array, limit: int) -> list[int]:
        best: list[int] = np.lexsort((docs, -scores))[:limit].tolist()
        return best

    def holders(self, facet: str, key: str) -> related.Array:
        return np.array([doc for doc, keys in enumerate(self._keys) if key in keys[facet]], np.int64)


class Titles:
    """`searchapp.engines.suggest.Source` by looking at every title, newest first."""

    def __init__(self, articles: list[Article], counts: Mapping[str, tuple[FacetValue, ...]]) -> None:
        self._articles = articles
        self._counts = counts
        self._words = [{token.surface for token in analyzer("").tokens(article.title)} for article in articles]

    def values(self, kind: str, prefix: str, limit: int) -> list[str]:
        return [value.value for value in self._counts[kind] if fold(value.value).startswith(prefix)][:limit]

    def titles(self, words: Sequence[str], prefix: str, limit: int) -> list[Title]:
        typed = " ".join((*words, prefix))
        found = [
            (not exact_title(article).startswith(typed), number, Title(article.id, article.title, article.permalink))
            for number, article in enumerate(self._articles)
            if set(words) <= self._words[number] and any(word.startswith(prefix) for word in self._words[number])
        ]
        return [title for _, _, title in sorted(found, key=lambda item: item[:2])[:limit]]

    def words(self, prefix: str) -> list[str]:
        counts = Counter(word for words in self._words for word in words if word.startswith(prefix))
        return sorted(counts, key=lambda word: (-counts[word], word))

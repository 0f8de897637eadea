"""What `related` and `suggest` ask of an engine, answered by looking at every article; for the memory engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from searchapp.analysis import analyzer, fold, fold_value
from searchapp.engines import related
from searchapp.engines.documents import Document, exact_title, facet_values
from searchapp.engines.suggest import Title
from searchapp.model import Article, FacetValue


class Statistics:
    """`searchapp.engines.related.Statistics` by looking at every document, newest first."""

    def __init__(self, documents: list[Document], articles: list[Article]) -> None:
        self._documents = documents
        self._keys = [
            {facet: {fold_value(value) for value in values} for facet, values in facet_values(article).items()}
            for article in articles
        ]
        lengths = np.array([document.lengths["body"] for document in documents], np.float64)
        self.articles = len(documents)
        self.places = np.arange(len(documents))
        self.lengths = lengths / (lengths.mean() or 1.0) if documents else lengths

    def postings(self, field: str, term: str) -> tuple[related.Array, related.Array]:
        counts = [len(document.postings[field].get(term, ())) for document in self._documents]
        docs = np.flatnonzero(counts)
        return docs, np.array(counts, np.float64)[docs]

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

"""What `related`, `suggest` and `spelling` ask of an engine, by looking at every article; for the memory engine."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence, Sized

import numpy as np

from searchapp.analysis import analyzer, fold
from searchapp.facets import FACETS
from searchapp.model import Article, FacetValue
from searchapp.query import And, Word
from searchapp.retrieval import related
from searchapp.retrieval.documents import TEXT_FIELDS, Document, exact_title, stands
from searchapp.retrieval.edit_distance import distance
from searchapp.retrieval.ranking import IMPACT_STEP, impact, pivot
from searchapp.retrieval.spelling import Neighbour
from searchapp.retrieval.suggest import Title


class Statistics:
    """`searchapp.retrieval.related.Statistics` by looking at every document, newest first."""

    def __init__(self, documents: list[Document], articles: list[Article]) -> None:
        self._all = documents
        self._keys = [{facet.key: facet.keys(article) for facet in FACETS} for article in articles]
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

    def norms(self, cut: float) -> related.Array:
        said = [sorted(set().union(*document.postings.values())) for document in self._all]
        dfs = Counter(term for terms in said for term in terms)
        rare = {term: math.log(cut / df) for term, df in dfs.items() if df < cut}
        squares = [
            sum((rare[term] * self._impact(term, document) * IMPACT_STEP) ** 2 for term in terms if term in rare)
            for terms, document in zip(said, self._all, strict=True)
        ]
        return np.asarray(np.sqrt(np.array(squares, float)))

    def usual_norm(self, cut: float) -> float:
        return related.mean_norm(self.norms(cut))

    def side_by_side(self, pair: tuple[str, str], docs: related.Array) -> related.Array:
        found = [any(stands(pair, self._all[doc].postings[field]) for field in related.PROSE) for doc in docs.tolist()]
        return np.array(found, bool)

    def best(self, docs: related.Array, scores: related.Array, limit: int) -> list[int]:
        best: list[int] = np.lexsort((docs, -scores))[:limit].tolist()
        return best

    def holders(self, facet: str, key: str) -> related.Array:
        return np.array([doc for doc, keys in enumerate(self._keys) if key in keys[facet]], np.int64)

    def held(self, facet: str, key: str) -> int:
        return len(self.holders(facet, key))


class Words:
    """`searchapp.retrieval.spelling.Lexicon` by looking at every document. `match` finds what matches a pruned tree."""

    def __init__(self, documents: list[Document], languages: tuple[str, ...], match: Callable[[And], Sized]) -> None:
        self._all = documents
        self._match = match
        self.languages = languages

    def near(self, word: str, most: int) -> list[Neighbour]:
        counts = Counter(other for document in self._all for other in document.words if other[:1] == word[0])
        found = [Neighbour(other, distance(word, other), articles) for other, articles in counts.items()]
        return [neighbour for neighbour in found if 0 < neighbour.distance <= most]

    def df(self, term: str) -> int:
        return sum(any(term in found for found in document.postings.values()) for document in self._all)

    def learn(self, terms: Collection[str]) -> None:
        """Nothing: each is at hand."""

    def titled(self, word: str) -> bool:
        return any(word in document.title_words for document in self._all)

    def count(self, tree: And) -> int:
        return len(self._match(tree))

    def count_with(self, tree: And, wordings: Sequence[tuple[str, ...]]) -> list[int]:
        return [self.count(And((*tree.nodes, *map(Word, words)))) for words in wordings]


class Titles:
    """`searchapp.retrieval.suggest.Source` by looking at every title, newest first."""

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


class Facts:
    """`searchapp.retrieval.explanation.Facts` of one of some documents.

    expansions   of a prefix, among the words that a function gives of each document
    """

    def __init__(
        self,
        documents: Mapping[str, Document],
        id: str,
        idf: Callable[[str], float],
        expansions: Callable[[str, Callable[[Document], frozenset[str]]], set[str]],
    ) -> None:
        self._all, self._own = documents, documents[id]
        self.idf = idf
        self._expansions = expansions

    def impact(self, term: str, field: str) -> int:
        usual = pivot(sum(other.lengths[field] for other in self._all.values()), len(self._all))
        return int(impact(field, len(self._own.postings[field][term]), self._own.lengths[field], usual))

    def stands(self, terms: Sequence[str], field: str) -> bool:
        return stands(terms, self._own.postings[field])

    def starts(self, prefix: str, field: str) -> bool:
        def words_of(document: Document) -> frozenset[str]:
            return document.title_words if field else document.words

        return bool(words_of(self._own) & self._expansions(prefix, words_of))

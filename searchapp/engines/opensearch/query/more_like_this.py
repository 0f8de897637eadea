"""Articles that may be like a text: the cluster finds them by its telling words, `related` ranks them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from searchapp.engines.opensearch.cluster import Json
from searchapp.engines.opensearch.index import documents
from searchapp.engines.opensearch.index.documents import whole
from searchapp.engines.opensearch.index.schema import ANY
from searchapp.engines.opensearch.query.index_view import NEWEST, IndexView
from searchapp.engines.pipeline import Candidates
from searchapp.excerpts.snippets import WholeArticle
from searchapp.retrieval import related
from searchapp.retrieval.query_terms import Marks
from searchapp.retrieval.related import Array, Profile
from searchapp.retrieval.suggest import ValueSpelling

CANDIDATES = 2 * related.CANDIDATES
"""Articles looked at. The cluster orders them nearly as `related` does, which looks at half as many closely."""

ABSENT = ValueSpelling("", 0)

FAR = 1e9
"""The norm of what has none: no words of it count."""


class ClusterCandidates(Candidates):
    """`pipeline.Candidates`: what the cluster finds most like a profile, newest first, then by id."""

    def __init__(self, profile: Profile, exclude: str | None, limit: int, view: IndexView) -> None:
        self._view = view
        view.learn(profile.words)
        self.articles = view.articles
        hits = self._candidates(profile, exclude, max(limit, CANDIDATES))
        self._sources: list[Json] = [hit["_source"] for hit in hits]
        self._stored: list[Mapping[str, list[str]]] = [hit.get("fields", {}) for hit in hits]
        self._keys: list[str] = [hit["_id"] for hit in hits]
        self.documents = len(hits)
        self._impacts = [documents.impacts_of(*stored.get(f"impacts.{ANY}", ("",))) for stored in self._stored]

    def _candidates(self, profile: Profile, exclude: str | None, most: int) -> list[Json]:
        clauses = [*self._words(profile), *self._values(profile)]
        if not clauses or not self.articles:
            return []
        source = [{"ids": {"values": [documents.key(exclude)]}}] if exclude is not None else []
        body: Json = {
            "query": {"bool": {"should": clauses, "minimum_should_match": 1, "must_not": source}},
            "size": most,
            "sort": [{"_score": "desc"}, *NEWEST],
            "track_total_hits": False,
            "_source": ["id", "moment", "norm", "facet"],
            "stored_fields": [f"impacts.{ANY}", *(f"text.{field}" for field in related.PROSE)],
        }
        return sorted(self._view.hits(body), key=lambda hit: _newest(hit["_source"]))

    def _words(self, profile: Profile) -> list[Json]:
        """The telling words, weighed as `related` does, by which the cluster finds candidates."""
        dfs = {term: self._view.df(term) for term in profile.words}
        terms = [
            {"term": {f"impacts.{ANY}": {"value": term, "boost": weight}}}
            for term, _, weight in related.profile_words(profile, dfs, self.articles)
        ]
        if not terms:
            return []
        length = {"field": "norm", "factor": 1 / self._view.extremes[2], "modifier": "reciprocal", "missing": FAR}
        words = {"bool": {"should": terms, "minimum_should_match": 1}}
        return [{"function_score": {"query": words, "field_value_factor": length, "boost_mode": "multiply"}}]

    def _values(self, profile: Profile) -> list[Json]:
        return [
            {"constant_score": {"filter": {"term": {f"facet.{facet}": whole(key)}}, "boost": weight}}
            for facet, key, _, weight in related.labels(profile, self.held, self.articles)
        ]

    def dfs(self, terms: Sequence[str]) -> Array:
        self._view.learn(terms)
        return np.array([self._view.df(term) for term in terms], np.int64)

    def postings(self, term: str) -> tuple[Array, Array]:
        steps = np.array([impacts.get(term, 0) for impacts in self._impacts], np.int64)
        docs = np.flatnonzero(steps)
        return docs, steps[docs]

    def holders(self, facet: str, key: str) -> Array:
        return np.flatnonzero([whole(key) in source["facet"].get(facet, ()) for source in self._sources])

    def held(self, facet: str, key: str) -> int:
        return self._view.spellings[facet].get(whole(key), ABSENT).articles

    def norms(self, cut: float) -> Array:  # noqa: ARG002 - the norms were made with the same cut, when last written
        return np.array([source.get("norm", 0.0) for source in self._sources], float)

    def usual_norm(self, cut: float) -> float:  # noqa: ARG002 - see above
        return self._view.extremes[2]

    def side_by_side(self, pair: tuple[str, str], docs: Array) -> Array:
        return np.array([self._beside(doc, *pair) for doc in docs.tolist()], bool)

    def _beside(self, doc: int, left: str, right: str) -> bool:
        texts = (text for field in related.PROSE for text in self._stored[doc].get(f"text.{field}", ()))
        return {left, right} <= self._impacts[doc].keys() and documents.side_by_side(texts, left, right)

    def sources(self, docs: Sequence[int], wanted: Marks) -> list[WholeArticle]:
        keys = [self._keys[doc] for doc in docs]
        body = {"query": {"ids": {"values": keys}}, "size": len(keys), "_source": ["article"]}
        found = {hit["_id"]: hit["_source"] for hit in self._view.hits(body)} if keys else {}
        return [WholeArticle(documents.article_of(found[key]), wanted) for key in keys]


def _newest(source: Json) -> tuple[bool, float, str]:
    moment = source.get("moment")
    return moment is None, -moment if moment is not None else 0.0, source["id"]

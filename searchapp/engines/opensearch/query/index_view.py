"""One generation as it is asked: its indexes, and what is remembered of them, as they never change."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property, lru_cache
from urllib.parse import quote

from searchapp.analysis.terms import language_of
from searchapp.engines.opensearch.cluster import AbsentError, Cluster, Json
from searchapp.engines.opensearch.index import documents
from searchapp.engines.opensearch.index.documents import whole
from searchapp.facets import FACETS
from searchapp.model import Article, Generation
from searchapp.query import MAX_EXPANSIONS
from searchapp.retrieval.ranking import Preferences, idf
from searchapp.retrieval.suggest import TitleCompletion, ValueSpelling, spellings, values_starting

REMEMBERED = 100_000
"""Terms whose df is remembered; then that begins anew."""

KEPT = 500
"""Prefixes of which the words are remembered, at most MAX_EXPANSIONS of each."""

PAGE = 10_000
"""Rows that are read at once."""

WHOLE_SEARCH = {"allow_partial_search_results": "false"}
"""A part of the index that can't be reached must be an error, not fewer hits."""


class IndexView:
    """Everything to answer from, until a newer generation is published.

    Threads share it: what two of them ask first at the same time may be asked twice. Before Python 3.12 a
    `cached_property` is locked while it is computed, for all views: so none may ask for one that asks for it.
    """

    def __init__(self, cluster: Cluster, name: str, meta: Json, preferences: Preferences) -> None:
        self.cluster, self.name, self.meta, self.preferences = cluster, name, meta, preferences
        self.generation = Generation(meta["generation"], datetime.fromisoformat(meta["indexed_at"]))
        self.articles: int = meta["articles"]
        self.pivots: dict[str, float] = meta["pivots"]
        self._df: dict[str, int] = {}
        self.starting = lru_cache(maxsize=KEPT)(self._starting)

    def search(self, body: Json) -> Json:
        """The answer to a search of the articles."""
        return self.cluster.ask("POST", f"/{self.name}/_search", body, WHOLE_SEARCH)

    def hits(self, body: Json) -> list[Json]:
        """The hits of a search of the articles."""
        found: list[Json] = self.search(body)["hits"]["hits"]
        return found

    def searches(self, bodies: Sequence[Json]) -> list[Json]:
        """The answers to several at once."""
        if not bodies:
            return []
        text = "".join(f'{{"allow_partial_search_results": false}}\n{json.dumps(body)}\n' for body in bodies)
        answers: list[Json] = self.cluster.ask("POST", f"/{self.name}/_msearch", text)["responses"]
        # What fails together is asked for one by one, which tries again and says what is wrong.
        return [self.search(b) if "error" in a else a for a, b in zip(answers, bodies, strict=True)]

    def search_words(self, body: Json) -> Json:
        """The answer to a search of the words."""
        return self.cluster.ask("POST", f"/{self.name}-words/_search", body, WHOLE_SEARCH)

    def count_all(self, query: Json, enough: int | bool = True) -> int:
        """How many articles match, or `enough` if that is less."""
        return count_of(self.search(counting(query, enough)))

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """Those of the articles, sorted."""
        return tuple(sorted(self._values["languages"]))

    @cached_property
    def _values(self) -> dict[str, Counter[str]]:
        """Every value of some fields and how many articles have it: exactly, however many there are."""
        fields = {"languages": "language"} | {facet.key: f"shown.{facet.key}" for facet in FACETS}
        found: dict[str, Counter[str]] = {name: Counter() for name in fields}
        sources = {name: [{"value": {"terms": {"field": field}}}] for name, field in fields.items()}
        pages: Json = {name: {"composite": {"size": PAGE, "sources": source}} for name, source in sources.items()}
        while pages:
            for name, part in self.search({"size": 0, "aggs": pages})["aggregations"].items():
                found[name].update({bucket["key"]["value"]: bucket["doc_count"] for bucket in part["buckets"]})
                if "after_key" in part:
                    pages[name]["composite"]["after"] = part["after_key"]
                else:
                    del pages[name]
        return found

    @cached_property
    def spellings(self) -> dict[str, dict[str, ValueSpelling]]:
        """See `suggest.spellings`, for each facet; keys as the cluster compares them."""
        found = {facet.key: spellings(facet, self._values[facet.key]) for facet in FACETS}
        return {facet: {whole(key): shown for key, shown in of_keys.items()} for facet, of_keys in found.items()}

    @cached_property
    def extremes(self) -> tuple[int, float | None, float]:
        """The newest day (0 without any), the highest boost if there are any, and the mean of `norm`."""
        fields = {"newest": ("max", "day"), "boost": ("max", "boost"), "norm": ("avg", "norm")}
        asked = {name: {what: {"field": field}} for name, (what, field) in fields.items()}
        found = self.search({"size": 0, "aggs": asked})["aggregations"]
        return int(found["newest"]["value"] or 0), found["boost"]["value"], found["norm"]["value"] or 1.0

    def df(self, term: str) -> int:
        """How many articles have a term in any text field."""
        known = self._df.get(term)
        return self.learn([term])[term] if known is None else known

    def idf(self, term: str) -> float:
        """See `ranking`: among the articles in the term's language."""
        language = language_of(term)
        return idf(self._values["languages"][language] if language else self.articles, self.df(term))

    def learn(self, terms: Iterable[str]) -> Mapping[str, int]:
        """Looks up the df of several terms at once; what is known of them, and perhaps of more."""
        known = self._df
        if len(known) > REMEMBERED:
            known = self._df = {}
        wanted = [term for term in dict.fromkeys(terms) if term not in known]
        for start in range(0, len(wanted), PAGE):
            some = wanted[start : start + PAGE]
            body = {"ids": [f"t:{term}" for term in some]}
            docs = self.cluster.ask("POST", f"/{self.name}-words/_mget", body, {"realtime": "false"})["docs"]
            for term, doc in zip(some, docs, strict=True):
                if "error" in doc:
                    raise AbsentError(self.name)
                known[term] = doc["_source"]["df"] if doc["found"] else 0
        return known

    def _starting(self, prefix: str, titles: bool) -> list[str]:
        """The words, of titles only or of all fields, that start with a prefix: those of the most articles."""
        number = "titles" if titles else "df"
        clauses: list[Json] = [{"term": {"kind": "word"}}, {"prefix": {"text": prefix}}]
        clauses += [{"range": {"titles": {"gt": 0}}}] if titles else []
        body = {
            "query": {"bool": {"filter": clauses}},
            "sort": [{number: "desc"}, {"text": "asc"}],
            "size": MAX_EXPANSIONS,
            "track_total_hits": False,
            "_source": ["text"],
        }
        return [hit["_source"]["text"] for hit in self.search_words(body)["hits"]["hits"]]

    def words(self, prefix: str) -> list[str]:
        """See `suggest.CompletionSource`."""
        return self.starting(prefix, True)

    def values(self, kind: str, prefix: str, limit: int) -> list[str]:
        """See `suggest.CompletionSource`."""
        return values_starting(self.spellings[kind], prefix, limit)

    def titles(self, words: Sequence[str], prefix: str, limit: int) -> list[TitleCompletion]:
        """See `suggest.CompletionSource`."""
        clauses: list[Json] = [{"term": {"title_words": word}} for word in words]
        clauses.append({"prefix": {"title_words": prefix}})
        begins = {"constant_score": {"filter": {"prefix": {"exact": " ".join((*words, prefix))}}, "boost": 1.0}}
        body = {
            "query": {"bool": {"filter": clauses, "should": [begins]}},
            "sort": [{"_score": "desc"}, *NEWEST],
            "size": limit,
            "_source": ["article.id", "article.title", "article.permalink"],
        }
        found = (hit["_source"]["article"] for hit in self.hits(body))
        return [TitleCompletion(each["id"], each["title"], each["permalink"]) for each in found]

    def article(self, id: str) -> Article | None:
        """The article with an id."""
        try:
            path = f"/{self.name}/_doc/{documents.key(id)}"
            found = self.cluster.ask("GET", path, None, {"_source": "article", "realtime": "false"})
        except AbsentError as error:
            if str(error) != "not_found":
                raise
            return None
        return documents.article_of(found["_source"])

    def locate(self, permalink: str) -> str | None:
        """The id of the article with a permalink or alias, of several the first."""
        wanted = documents.url_key(permalink)
        query = {"bool": {"filter": [{"term": {"urls": wanted}}]}}
        body = {"query": query, "sort": [{"id": "asc"}], "size": 1, "_source": ["article.id"]}
        hits = self.hits(body) if wanted else []
        return hits[0]["_source"]["article"]["id"] if hits else None

    @cached_property
    def size(self) -> int:
        """Bytes on disk, of one copy."""
        stats = self.cluster.ask("GET", f"/{quote(self.name)},{quote(self.name)}-words/_stats/store")
        return int(stats["_all"]["primaries"]["store"]["size_in_bytes"])

    @cached_property
    def terms(self) -> int:
        """How many different terms the text fields have."""
        return count_of(self.search_words(counting({"term": {"kind": "term"}})))


NEWEST: list[Json] = [{"moment": {"order": "desc", "missing": "_last"}}, {"id": "asc"}]
OLDEST: list[Json] = [{"moment": {"order": "asc", "missing": "_last"}}, {"id": "asc"}]


def rows(cluster: Cluster, name: str, what: Json, size: int = PAGE) -> Iterator[Json]:
    """All articles of an index in the order of their ids; `what` says what is asked of each."""
    body: Json = {"query": {"match_all": {}}, "sort": [{"id": "asc"}], "size": size, "track_total_hits": False, **what}
    while True:
        hits = cluster.write("POST", f"/{name}/_search", body, WHOLE_SEARCH)["hits"]["hits"]
        yield from hits
        if len(hits) < size:
            return
        body["search_after"] = hits[-1]["sort"]


def stored(cluster: Cluster, name: str, keys: Iterable[str], fields: Sequence[str], size: int = PAGE) -> Iterator[Json]:
    """The documents that an index has under some keys, so many at once, as searches see them."""
    wanted = list(keys)
    params = {"_source": ",".join(fields), "realtime": "false"}
    for start in range(0, len(wanted), size):
        body = {"ids": wanted[start : start + size]}
        yield from (doc for doc in cluster.write("POST", f"/{name}/_mget", body, params)["docs"] if doc.get("found"))


def digests(cluster: Cluster, name: str) -> dict[str, str]:
    """id -> digest of all articles of an index."""
    found = rows(cluster, name, {"_source": False, "docvalue_fields": ["id", "digest"]})
    return {hit["fields"]["id"][0]: hit["fields"]["digest"][0] for hit in found}


def counting(query: Json, enough: int | bool = True) -> Json:
    """A search that only counts."""
    return {"query": {"bool": {"filter": [query]}}, "size": 0, "track_total_hits": enough}


def count_of(answer: Json) -> int:
    """What it counted."""
    return int(answer["hits"]["total"]["value"])

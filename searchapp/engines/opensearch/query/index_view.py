"""One generation as it is asked: its indexes, and what is remembered of them, as they never change."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar
from urllib.parse import quote

from searchapp.analysis import fold
from searchapp.engines.opensearch.cluster import AbsentError, Cluster, Json
from searchapp.engines.opensearch.index import documents
from searchapp.engines.opensearch.index.documents import encoded, whole
from searchapp.facets import FACETS
from searchapp.model import Article, Generation
from searchapp.query import MAX_EXPANSIONS
from searchapp.retrieval.ranking import Preferences, idf
from searchapp.retrieval.suggest import TitleCompletion

REMEMBERED = 100_000
"""Terms whose df is remembered; then that begins anew."""

PAGE = 10_000
"""Rows that are read at once."""

WHOLE_SEARCH = {"allow_partial_search_results": "false"}
"""A part of the index that can't be reached must be an error, not fewer hits."""

Value = TypeVar("Value")


class lazy_property(Generic[Value]):
    """A property that is computed when first asked for; by two threads at the same time, twice.

    Python's `cached_property` holds a lock of its class while it computes, before 3.12: with two threads, of which one
    waits for the cluster meanwhile, that ends in each waiting for the other.
    """

    def __init__(self, compute: Callable[[Any], Value]) -> None:
        self._compute = compute
        self.__doc__ = compute.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, instance: Any, owner: type) -> Value:
        value = self._compute(instance)
        instance.__dict__[self._name] = value
        return value


class IndexView:
    """Everything to answer from, until a newer generation is published."""

    def __init__(self, cluster: Cluster, name: str, meta: Json, preferences: Preferences) -> None:
        self.cluster, self.name, self.meta, self.preferences = cluster, name, meta, preferences
        self.generation = Generation(meta["generation"], datetime.fromisoformat(meta["indexed_at"]))
        self.articles: int = meta["articles"]
        self.pivots: dict[str, float] = meta["pivots"]
        self._df: dict[str, int] = {}
        self._counted: dict[tuple[str, bool], Sequence[str] | None] = {}

    def search(self, body: Json) -> Json:
        """The answer to a search of the articles."""
        return self.cluster.ask("POST", f"/{self.name}/_search", body, WHOLE_SEARCH)

    def searches(self, bodies: Sequence[Json]) -> list[Json]:
        """The answers to several at once."""
        if not bodies:
            return []
        rows = (row for body in bodies for row in ({"allow_partial_search_results": False}, body))
        answers: list[Json] = self.cluster.lines(f"/{self.name}/_msearch", rows)["responses"]
        # What fails together is asked for one by one, which tries again and says what is wrong.
        return [self.search(b) if "error" in a else a for a, b in zip(answers, bodies, strict=True)]

    def search_words(self, body: Json) -> Json:
        """The answer to a search of the words."""
        return self.cluster.ask("POST", f"/{self.name}-words/_search", body, WHOLE_SEARCH)

    def count_all(self, query: Json, enough: int | bool = True) -> int:
        """How many articles match, or `enough` if that is less."""
        return count_of(self.search(counting(query, enough)))

    @lazy_property
    def languages(self) -> tuple[str, ...]:
        """Those of the articles, sorted."""
        return tuple(sorted(self._values["languages"]))

    @lazy_property
    def _values(self) -> dict[str, Counter[str]]:
        """Every value of some fields and how many articles have it: exactly, however many there are."""
        fields = {"languages": "language"} | {facet.key: f"shown.{facet.key}" for facet in FACETS}
        found: dict[str, Counter[str]] = {name: Counter() for name in fields}
        pages: Json = {
            name: {"composite": {"size": PAGE, "sources": [{"value": {"terms": {"field": field}}}]}}
            for name, field in fields.items()
        }
        while pages:
            answer = self.search({"size": 0, "aggs": pages})["aggregations"]
            for name, part in answer.items():
                for bucket in part["buckets"]:
                    found[name][bucket["key"]["value"]] = bucket["doc_count"]
                if "after_key" in part:
                    pages[name]["composite"]["after"] = part["after_key"]
                else:
                    del pages[name]
        return found

    @lazy_property
    def spellings(self) -> dict[str, dict[str, tuple[str, int]]]:
        """For each facet: key -> (commonest spelling, articles)."""
        found = {}
        for facet in FACETS:
            forms: defaultdict[str, Counter[str]] = defaultdict(Counter)
            for value, count in self._values[facet.key].items():
                forms[whole(facet.fold(value))][value] += count
            found[facet.key] = {
                key: (min(own, key=lambda form: (-own[form], form)), own.total()) for key, own in forms.items()
            }
        return found

    @lazy_property
    def extremes(self) -> tuple[int, float | None, float]:
        """The newest day (0 without any), the highest boost if there are any, and the mean of `norm`."""
        body = {
            "size": 0,
            "aggs": {
                "newest": {"max": {"field": "day"}},
                "boost": {"max": {"field": "boost"}},
                "norm": {"avg": {"field": "norm"}},
            },
        }
        found = self.search(body)["aggregations"]
        return int(found["newest"]["value"] or 0), found["boost"]["value"], found["norm"]["value"] or 1.0

    def df(self, term: str) -> int:
        """How many articles have a term in any text field."""
        if term not in self._df:
            self.learn([term])
        return self._df[term]

    def idf(self, term: str) -> float:
        """See `ranking`."""
        return idf(self.articles, self.df(term))

    def learn(self, terms: Iterable[str]) -> None:
        """Looks up the df of several terms at once."""
        if len(self._df) > REMEMBERED:
            self._df.clear()
        wanted = [term for term in dict.fromkeys(terms) if term not in self._df]
        for start in range(0, len(wanted), PAGE):
            some = wanted[start : start + PAGE]
            body = {"ids": [f"t:{encoded(term)}" for term in some]}
            docs = self.cluster.ask("POST", f"/{self.name}-words/_mget", body, {"realtime": "false"})["docs"]
            for term, doc in zip(some, docs, strict=True):
                if "error" in doc:
                    raise AbsentError(self.name)
                self._df[term] = doc["_source"]["df"] if doc["found"] else 0

    def expansions(self, prefix: str, titles: bool) -> Sequence[str] | None:
        """The words that a prefix stands for, if not all that start so."""
        if (prefix, titles) not in self._counted:
            if len(self._counted) > REMEMBERED:
                self._counted.clear()
            words, total = self._starting(prefix, titles)
            self._counted[prefix, titles] = None if total <= MAX_EXPANSIONS else words
        return self._counted[prefix, titles]

    def _starting(self, prefix: str, titles: bool) -> tuple[list[str], int]:
        """The commonest words that start so, and how many there are in all."""
        number = "titles" if titles else "df"
        clauses: list[Json] = [{"term": {"kind": "word"}}, {"prefix": {"text": prefix}}]
        clauses += [{"range": {"titles": {"gt": 0}}}] if titles else []
        body = {
            "query": {"bool": {"filter": clauses}},
            "sort": [{number: "desc"}, {"text": "asc"}],
            "size": MAX_EXPANSIONS,
            "track_total_hits": True,
            "_source": ["text"],
        }
        answer = self.search_words(body)
        return [hit["_source"]["text"] for hit in answer["hits"]["hits"]], count_of(answer)

    def words(self, prefix: str) -> list[str]:
        """See `suggest.Source`."""
        return self._starting(prefix, titles=True)[0]

    def values(self, kind: str, prefix: str, limit: int) -> list[str]:
        """See `suggest.Source`."""
        starting = [
            (-count, key, shown)
            for key, (shown, count) in self.spellings[kind].items()
            if fold(shown).startswith(prefix)
        ]
        return [shown for _, _, shown in sorted(starting)[:limit]]

    def titles(self, words: Sequence[str], prefix: str, limit: int) -> list[TitleCompletion]:
        """See `suggest.Source`."""
        clauses: list[Json] = [{"term": {"title_words": word}} for word in words]
        clauses.append({"prefix": {"title_words": prefix}})
        begins = {"constant_score": {"filter": {"prefix": {"exact": " ".join((*words, prefix))}}, "boost": 1.0}}
        body = {
            "query": {"bool": {"filter": clauses, "should": [begins]}},
            "sort": [{"_score": "desc"}, *NEWEST],
            "size": limit,
            "_source": ["article.id", "article.title", "article.permalink"],
        }
        found = (hit["_source"]["article"] for hit in self.search(body)["hits"]["hits"])
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
        if not wanted:
            return None
        body = {
            "query": {"bool": {"filter": [{"term": {"urls": wanted}}]}},
            "sort": [{"id": "asc"}],
            "size": 1,
            "_source": ["article.id"],
        }
        hits = self.search(body)["hits"]["hits"]
        return hits[0]["_source"]["article"]["id"] if hits else None

    @lazy_property
    def size(self) -> int:
        """Bytes on disk, of one copy."""
        stats = self.cluster.ask("GET", f"/{quote(self.name)},{quote(self.name)}-words/_stats/store")
        return int(stats["_all"]["primaries"]["store"]["size_in_bytes"])

    @lazy_property
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

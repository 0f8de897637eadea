"""A query's answer: what it means, then one request for hits, total and facets.

The request matches before the facets' filters, which come after it (`post_filter`): each facet is counted under the
filters of the others. Counts are exact: every shard is asked for as many values as there are.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from searchapp.analysis import analyzer
from searchapp.engines.opensearch.index.documents import article_of, key, whole
from searchapp.engines.opensearch.query import compiler
from searchapp.engines.opensearch.query.compiler import NOTHING, compile_tree, terms_of
from searchapp.engines.opensearch.query.index_view import NEWEST, OLDEST, View, count_of, counting, lazy_property
from searchapp.engines.opensearch.query.lexicon import Lexicon
from searchapp.engines.opensearch.query.score_facts import Facts, also
from searchapp.excerpts.snippets import WholeArticle, make_hit
from searchapp.facets import FACETS, Facet
from searchapp.model import FacetValue, Hit, Mode, Query, Results, Sort
from searchapp.query import And, title_text
from searchapp.retrieval import pins
from searchapp.retrieval.documents import local_date
from searchapp.retrieval.explanation import Standing, explain
from searchapp.retrieval.query_terms import Marks, marks
from searchapp.retrieval.ranking import AGES, RECENCY, age_limits, freshness
from searchapp.retrieval.resolution import Reading, read
from searchapp.retrieval.spelling import FEW

Json = dict[str, Any]

DEEPEST = 2**31 - 101
"""Hits before a page; there are no more articles in a shard."""


class Found:
    """What matches a pruned tree: asked only when somebody wants to know."""

    def __init__(self, tree: And | None, view: View) -> None:
        self.tree, self._view = tree, view

    @lazy_property
    def query(self) -> Json:
        """The cluster's query."""
        if self.tree is None:
            return NOTHING
        self._view.learn(terms_of(self.tree, self._view.languages))
        return compile_tree(self.tree, self._view)

    @lazy_property
    def few(self) -> int:
        """How many articles match, or FEW + 1 if that is less: what correcting asks."""
        if self.tree is None:
            return 0
        return self._view.count(self.query, FEW + 1) if self.tree.nodes else self._view.articles


def search(query: Query, view: View) -> Results:
    """The page of hits that a query asks for.

    That is what the query as typed finds, if that is enough: so it is asked for together with how many that are.
    """
    ahead: list[_Search] = []

    def few(found: Found) -> int:
        if not ahead and found.tree and found.tree.nodes:
            ahead.append(_Search(query, view, Reading(found.tree, found.tree, Mode.ALL, found)))
            found.few = ahead[0].ask(FEW + 1)
        return found.few

    reading = read(query, lambda tree: Found(tree, view), few, Lexicon(view), view.thesaurus)
    if ahead and ahead[0].is_of(reading):
        return ahead[0].results(reading)
    return _Search(query, view, reading).results(reading)


class _Search:
    def __init__(self, query: Query, view: View, reading: Reading[Found]) -> None:
        self._query, self._view, self._reading = query, view, reading
        self._sought = reading.sought or And()
        exact = title_text(self._sought)
        self._title = " ".join(analyzer("").surfaces(exact)) if exact else ""
        self._pinned = self._pinned_ids()
        self._chosen = {
            facet.key: {whole(key): value for key, value in facet.chosen(query).items()} for facet in FACETS
        }
        self._answer: Json | None = None

    def ask(self, enough: int) -> int:
        """Asks for the hits, and how many articles match the words alone, or `enough` if that is less."""
        if self._pinned or self._query.after or self._query.before or any(self._chosen.values()):
            number = counting(self._reading.matches.query, enough)
            self._answer, few = self._view.searches([self._request(), number])
            return count_of(few)
        self._answer = self._view.search(self._request())
        return min(count_of(self._answer), enough)

    def is_of(self, reading: Reading[Found]) -> bool:
        """Whether this search asks for what a query was understood as."""
        own = self._reading
        return own.matches is reading.matches and own.tree is reading.tree and own.mode is reading.mode

    def results(self, reading: Reading[Found]) -> Results:
        """All of the answer, with what the reading says of it."""
        query = self._query
        answer = self._answer or self._view.search(self._request())
        hits = self._hits(answer["hits"]["hits"])
        counts = answer["aggregations"]
        facets = {facet.key: self._facet(facet, counts[facet.key]["values"]["buckets"]) for facet in FACETS}
        coverage = {facet.key: counts[facet.key]["holders"]["doc_count"] for facet in FACETS}
        said = reading.did_you_mean, reading.corrected
        return Results(query, reading.mode, count_of(answer), hits, facets, self._view.generation.name, *said, coverage)

    def _pinned_ids(self) -> list[str]:
        view = self._view
        if not view.preferences.pinned:
            return []
        trees = (pins.typed(self._query.text), self._reading.tree)
        names = pins.pinned_to(trees, view.pinned, view.languages)
        found = (name if view.article(name) else view.locate(name) for name in names)
        return list(dict.fromkeys(id for id in found if id))

    def _request(self) -> Json:
        query = self._query
        start = (query.page - 1) * query.per_page
        filters = {facet: _among(facet, keys) for facet, keys in self._chosen.items() if keys}
        sorts = {Sort.RELEVANCE: [{"_score": "desc"}, *NEWEST], Sort.NEWEST: NEWEST, Sort.OLDEST: OLDEST}
        return {
            "query": self._matching(),
            "post_filter": {"bool": {"filter": list(filters.values())}},
            "aggs": {
                facet.key: {
                    "filter": {"bool": {"filter": [f for name, f in filters.items() if name != facet.key]}},
                    "aggs": {
                        "values": {"terms": self._terms(facet.key)},
                        "holders": {"filter": {"exists": {"field": f"facet.{facet.key}"}}},
                    },
                }
                for facet in FACETS
            },
            "sort": sorts[query.sort],
            "from": min(start, DEEPEST),
            "size": query.per_page if start <= DEEPEST else 0,
            "track_total_hits": True,
        }

    def _terms(self, facet: str) -> Json:
        # As many as there are: then no shard leaves one out, and the counts are exact.
        return {"field": f"facet.{facet}", "size": max(len(self._view.spellings[facet]), 1)}

    def _matching(self) -> Json:
        """The query: words, what changes their score, and the tiers, whose matches are told by name."""
        tier = self._tier()
        found = self._scored(self._reading.matches.query)
        either: list[Json] = [{"bool": {"must": [found], "_name": "sought"}}]
        tiers: list[Json] = []
        for places, id in enumerate(reversed(self._pinned), 1):
            pinned = {"ids": {"values": [key(id)]}}
            either.append({"constant_score": {"filter": pinned, "boost": 4 * tier * places}})
        if self._reading.foremost is not None:
            tiers.append(_named("foremost", self._reading.foremost.query, tier))
        if self._title:
            tiers.append(_named("exact", {"term": {"exact": whole(self._title)}}, 2 * tier))
        day = [compiler.days(self._query.after, self._query.before)] if self._query.after or self._query.before else []
        must = [{"bool": {"should": either, "minimum_should_match": 1}}]
        return {"bool": {"must": must, "filter": day, "should": tiers, "minimum_should_match": 0}}

    def _tier(self) -> float:
        """More than words can come to, and no more than that needs: single precision is for the words."""
        boost = max(self._view.extremes[1] or 1.0, 1.0)
        highest = compiler.most(self._sought, self._view) * boost * (1 + RECENCY)
        return float(2.0 ** math.ceil(math.log2(highest)))

    def _scored(self, query: Json) -> Json:
        """With the boosts of articles and of new ones."""
        newest, boost, _ = self._view.extremes
        functions: list[Json] = []
        if boost is not None:
            functions.append({"field_value_factor": {"field": "boost", "missing": 1.0}})
        half_life = self._view.preferences.recency
        if newest and half_life:
            after = newest + 1
            for number, limit in enumerate(age_limits(half_life)):
                days = {"range": {"day": {"gte": newest - limit, "lt": after}}}
                functions.append({"filter": days, "weight": 1 + (AGES - number) * RECENCY / AGES})
                after = newest - limit
        if not functions or not self._sought.nodes:
            return query
        modes = {"score_mode": "multiply", "boost_mode": "multiply"}
        return {"function_score": {"query": query, "functions": functions, **modes}}

    def _hits(self, found: Sequence[Json]) -> tuple[Hit, ...]:
        """The hits with their exact scores, in the order that these give where single precision could not."""
        languages = self._view.languages
        wanted = also(marks(self._reading.tree or And(), languages), terms_of(self._sought, languages))
        hits = [self._hit(each["_source"], set(each.get("matched_queries", ())), wanted) for each in found]
        if self._query.sort is Sort.RELEVANCE:
            hits.sort(key=lambda hit: (-hit.score, *_newest(hit)))
        return tuple(hits)

    def _hit(self, source: Json, named: set[str], wanted: Marks) -> Hit:
        article = article_of(source)
        day = local_date(article)
        newest, half_life = self._view.extremes[0], self._view.preferences.recency
        standing = Standing(
            article.boost,
            float(freshness(day.toordinal() if day else 0, newest, half_life)),
            "sought" in named,
            "foremost" in named,
            "exact" in named,
            len(self._pinned) - self._pinned.index(article.id) if article.id in self._pinned else 0,
        )
        read = WholeArticle(article, wanted)
        facts = Facts(self._view, article, read, source["lengths"], wanted)
        parts = explain(self._sought, self._view.languages, facts, standing)
        hit = make_hit(read, sum(part.value for part in parts), wanted)
        explanation = parts if self._query.explain else ()
        return replace(hit, pinned=article.id in self._pinned, explanation=explanation)

    def _facet(self, facet: Facet, buckets: Sequence[Json]) -> tuple[FacetValue, ...]:
        spellings, chosen = self._view.spellings[facet.key], self._chosen[facet.key]
        counts = dict.fromkeys(chosen, 0) | {bucket["key"]: bucket["doc_count"] for bucket in buckets}
        keys = sorted(counts, key=lambda key: facet.rank(key, counts[key]))
        return tuple(
            FacetValue(spellings[key][0] if key in spellings else chosen[key], counts[key], key in chosen)
            for key in keys
        )


def _among(facet: str, keys: Mapping[str, str]) -> Json:
    return {"terms": {f"facet.{facet}": list(keys)}}


def _named(name: str, query: Json, score: float) -> Json:
    return {"constant_score": {"filter": query, "boost": score, "_name": name}}


def _newest(hit: Hit) -> tuple[object, ...]:
    return hit.date is None, -hit.date.timestamp() if hit.date else 0.0, hit.id

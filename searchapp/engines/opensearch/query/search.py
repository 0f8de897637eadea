"""What the pipeline asks of a generation: hits, total and facets are one request.

The request matches before the facets' filters, which come after it (`post_filter`): each facet is counted under the
filters of the others. Counts are exact: every shard is asked for as many values as there are.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from searchapp.engines.opensearch.cluster import Json
from searchapp.engines.opensearch.index.documents import article_of, key, whole
from searchapp.engines.opensearch.query import compiler
from searchapp.engines.opensearch.query.compiler import NOTHING, compile_tree, terms_of
from searchapp.engines.opensearch.query.index_view import (
    NEWEST,
    OLDEST,
    IndexView,
    count_of,
    counting,
    digests,
)
from searchapp.engines.opensearch.query.lexicon import ClusterLexicon
from searchapp.engines.opensearch.query.more_like_this import ClusterCandidates
from searchapp.engines.opensearch.query.score_facts import wanted_document
from searchapp.engines.pipeline import Curation, Loaded, ResolvedQuery, ResultPage, facet_values
from searchapp.excerpts.snippets import WholeArticle
from searchapp.facets import FACETS, LABELS, Facet
from searchapp.model import FacetValue, Mode, Sort, Status
from searchapp.query import And
from searchapp.retrieval.documents import by_date, day_number
from searchapp.retrieval.explanation import DocumentScoreInputs, ScoreAdjustments, explain
from searchapp.retrieval.query_terms import Marks
from searchapp.retrieval.ranking import AGES, RECENCY, age_limits, freshness
from searchapp.retrieval.related import Profile
from searchapp.retrieval.resolution import Interpretation
from searchapp.retrieval.spelling import FEW

DEEPEST = 2**31 - 101
"""Hits before a page; there are no more articles in a shard."""


@dataclass(slots=True)
class LazyMatches:
    """What matches a pruned tree: the cluster is asked only when somebody wants to know.

    query    the cluster's
    few      how many articles match, or FEW + 1 if that is less, once it is known: what correcting asks
    answer   to a `PageRequest`, if one was sent
    """

    tree: And | None
    query: Json
    few: int | None = None
    answer: Json | None = None


class ClusterSearcher(IndexView):
    """Implements `pipeline.Searcher`: a generation with what a search asks of it."""

    @cached_property
    def curation(self) -> Curation:
        return Curation(self.preferences, lambda: self.languages)

    @property
    def lexicon(self) -> ClusterLexicon:
        return ClusterLexicon(self)

    @property
    def completions(self) -> IndexView:
        return self

    def match(self, tree: And | None) -> LazyMatches:
        return LazyMatches(tree, NOTHING if tree is None else compile_tree(tree, self))

    def count(
        self,
        reading: Interpretation[LazyMatches],
        resolved: Callable[[Interpretation[LazyMatches]], ResolvedQuery[LazyMatches]],
    ) -> int:
        """See `pipeline.Searcher`. What has all words is likely the answer: so that is asked for with the number."""
        found = reading.matches
        if found.few is not None:
            return found.few
        if not found.tree or not found.tree.nodes:
            found.few = self.articles if found.tree else 0
        elif reading.mode is Mode.ANY:
            found.few = self.count_all(found.query, FEW + 1)
        else:
            request = PageRequest(resolved(reading), self)
            if request.filtered:
                found.answer, few = self.searches([request.body(), counting(found.query, FEW + 1)])
            else:
                few = found.answer = self.search(request.body())
            found.few = min(count_of(few), FEW + 1)
        return found.few

    def page(self, resolved: ResolvedQuery[LazyMatches]) -> ResultPage:
        request = PageRequest(resolved, self)
        return request.page(resolved.reading.matches.answer or self.search(request.body()))

    def candidates(self, profile: Profile, exclude: str | None, limit: int) -> ClusterCandidates:
        return ClusterCandidates(profile, exclude, limit, self)

    def manifest(self) -> dict[str, str]:
        return digests(self.cluster, self.name)

    def status(self) -> Status:
        # Asked each time: an index of which a part is out of reach is not one that can answer.
        articles = self.count_all({"match_all": {}})
        labels = {facet.field: len(self.spellings[facet.key]) for facet in LABELS}
        return Status(self.generation, articles, self.terms, **labels, size=self.size)


class PageRequest:
    """One request for hits, total and facets, and what its answer says."""

    def __init__(self, resolved: ResolvedQuery[LazyMatches], view: IndexView) -> None:
        self._resolved, self._view, self._query = resolved, view, resolved.query
        self._chosen = {
            facet.key: {whole(key): value for key, value in facet.chosen(self._query).items()} for facet in FACETS
        }

    @property
    def filtered(self) -> bool:
        """Whether the total may be another than how many articles match the words."""
        return bool(self._resolved.pinned or self._query.after or self._query.before or any(self._chosen.values()))

    def page(self, answer: Json) -> ResultPage:
        """The page that an answer tells, articles with their exact scores, in the order that these give."""
        marks, view = self._resolved.marks, self._view
        # To be counted, not to be marked.
        terms = marks.terms.union(terms_of(self._resolved.tree, view.languages))
        wanted = replace(marks, terms=terms, memories={})
        found = [self._loaded(hit, wanted) for hit in answer["hits"]["hits"]]
        if self._query.sort is Sort.RELEVANCE:
            # Single precision can't tell all of them.
            found.sort(key=lambda each: (-each.score, *by_date(each.source.head)))
        counts = answer["aggregations"]
        facets = {facet.key: self._facet(facet, counts[facet.key]["values"]["buckets"]) for facet in FACETS}
        coverage = {facet.key: counts[facet.key]["holders"]["doc_count"] for facet in FACETS}
        return ResultPage(count_of(answer), facets, coverage, found)

    def body(self) -> Json:
        """What the cluster is asked."""
        query = self._query
        start = self._resolved.shown.start
        chosen = {facet: list(keys) for facet, keys in self._chosen.items() if keys}
        filters = {facet: {"terms": {f"facet.{facet}": keys}} for facet, keys in chosen.items()}
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
        tier, resolved, query = self._tier(), self._resolved, self._query
        either: list[Json] = [{"bool": {"must": [self._scored(resolved.reading.matches.query)], "_name": "matched"}}]
        for id in resolved.pinned:
            pinned = {"ids": {"values": [key(id)]}}
            either.append({"constant_score": {"filter": pinned, "boost": 4 * tier * resolved.pin_rank(id)}})
        tiers: list[Json] = []
        if resolved.reading.complete is not None:
            tiers.append(_named("complete", resolved.reading.complete.query, tier))
        if resolved.title:
            tiers.append(_named("exact", {"term": {"exact": whole(resolved.title)}}, 2 * tier))
        day = [compiler.days(query.after, query.before)] if query.after or query.before else []
        must = [{"bool": {"should": either, "minimum_should_match": 1}}]
        return {"bool": {"must": must, "filter": day, "should": tiers, "minimum_should_match": 0}}

    def _tier(self) -> float:
        """More than words can come to, and no more than that needs: single precision is for the words."""
        boost = max(self._view.extremes[1] or 1.0, 1.0)
        highest = compiler.most(self._resolved.tree, self._view) * boost * (1 + RECENCY)
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
        if not functions or not self._resolved.tree.nodes:
            return query
        modes = {"score_mode": "multiply", "boost_mode": "multiply"}
        return {"function_score": {"query": query, "functions": functions, **modes}}

    def _loaded(self, hit: Json, wanted: Marks) -> Loaded:
        named, source, resolved = hit.get("matched_queries", ()), hit["_source"], self._resolved
        article = article_of(source)
        newest, half_life = self._view.extremes[0], self._view.preferences.recency
        standing = ScoreAdjustments(
            article.boost,
            float(freshness(day_number(article), newest, half_life)),
            "matched" in named,
            "complete" in named,
            "exact" in named,
            resolved.pin_rank(article.id),
        )
        read = WholeArticle(article, wanted)
        document = wanted_document(article, read, source["lengths"], wanted)
        facts = DocumentScoreInputs(document, self._view.idf, self._view.pivots, self._view.starting)
        parts = explain(resolved.tree, self._view.languages, facts, standing)
        return Loaded(read, sum(part.value for part in parts), parts if self._query.explain else ())

    def _facet(self, facet: Facet, buckets: Sequence[Json]) -> tuple[FacetValue, ...]:
        counts = {bucket["key"]: bucket["doc_count"] for bucket in buckets}
        return facet_values(facet, counts, self._view.spellings[facet.key], self._chosen[facet.key])


def _named(name: str, query: Json, score: float) -> Json:
    return {"constant_score": {"filter": query, "boost": score, "_name": name}}

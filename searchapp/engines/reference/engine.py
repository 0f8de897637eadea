"""The naive engine: every article examined for every query. The specification in code, and the tests' engine."""

from __future__ import annotations

import secrets
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from searchapp.engines import pipeline
from searchapp.engines.pipeline import Answer, Curation, Loaded, PipelineEngine, ResolvedQuery, ResultPage
from searchapp.engines.reference.statistics import AllArticles, Corpus, CorpusLexicon, CorpusTitles, by_date
from searchapp.errors import IndexMissingError
from searchapp.excerpts.snippets import WholeArticle
from searchapp.facets import BY_KEY, FACETS, LABELS, Facet
from searchapp.model import Article, FacetValue, Generation, Query, Sort, Status
from searchapp.query import And, DateRange, Field, Leaf, Not, Or, Prefix, Synonyms
from searchapp.retrieval.documents import TEXT_FIELDS, local_date
from searchapp.retrieval.explanation import ScoreAdjustments, explain
from searchapp.retrieval.query_terms import prefix_text, sequences, value_matches
from searchapp.retrieval.ranking import DEFAULT, Preferences, freshness
from searchapp.retrieval.related import Profile
from searchapp.retrieval.resolution import Interpretation
from searchapp.retrieval.thesaurus import alternatives


class MemoryEngine(PipelineEngine):
    """Implements `searchapp.engine.Engine` over a dict. Nothing is kept beyond the process."""

    def __init__(self, preferences: Preferences = DEFAULT) -> None:
        self._preferences = preferences
        self._searcher: MemorySearcher | None = None

    def update(self, changed: Iterable[Article], removed: Collection[str]) -> Generation:
        before = self._searcher.articles if self._searcher else {}
        return self.rebuild([*(before[id] for id in before if id not in removed), *changed])

    def rebuild(self, articles: Iterable[Article]) -> Generation:
        self._searcher = MemorySearcher(articles, self._preferences)
        return self._searcher.generation

    def tidy(self) -> None:
        """Nothing is ever left."""

    def generation(self) -> str:
        return self._ask(lambda searcher: searcher.generation.name)

    def close(self) -> None:
        self._searcher = None

    def _ask(self, question: Callable[[pipeline.Searcher[Any]], Answer]) -> Answer:
        if self._searcher is None:
            raise IndexMissingError("there is no index yet; run: searchapp index")
        return question(self._searcher)


class MemorySearcher(Corpus):
    """Implements `pipeline.Searcher`; what matches a tree is a set of ids."""

    def __init__(self, articles: Iterable[Article], preferences: Preferences) -> None:
        super().__init__(articles)
        self.generation = Generation(secrets.token_hex(8), datetime.now(UTC))
        self.curation = Curation(preferences, lambda: self.languages)
        self.lexicon = CorpusLexicon(self, self.match)
        self.completions = CorpusTitles(self, lambda kind: [each.value for each in self._all_values(BY_KEY[kind])])

    def match(self, tree: And | None) -> set[str]:
        return {id for id in self.articles if tree and all(self._matches(node, id) for node in tree.nodes)}

    def count(self, reading: Interpretation[set[str]], resolved: object) -> int:  # noqa: ARG002 - nothing to ask ahead
        return len(reading.matches)

    def page(self, resolved: ResolvedQuery[set[str]]) -> ResultPage:
        query = resolved.query
        any_day = not (query.after or query.before)
        found = {
            id
            for id in {*resolved.reading.matches, *resolved.pinned}
            if any_day or _is_within(local_date(self.articles[id]), query.after, query.before)
        }
        passing = [id for id in found if self._passes(id, query)]
        parts = {
            id: explain(resolved.sought, self.languages, self.facts(id), self._standing(id, resolved)) for id in passing
        }
        scores = {id: sum(part.value for part in parts[id]) for id in passing}
        passing.sort(key=lambda id: by_date(self.articles[id], newest=query.sort is not Sort.OLDEST))
        if query.sort is Sort.RELEVANCE:
            passing.sort(key=lambda id: -scores[id])
        shown = [
            Loaded(WholeArticle(self.articles[id], resolved.marks), scores[id], parts[id] if query.explain else ())
            for id in passing[resolved.shown]
        ]
        counted = {facet: [self.articles[id] for id in found if self._passes(id, query, facet)] for facet in FACETS}
        facets = {facet.key: self._facet(facet, counted[facet], query) for facet in FACETS}
        coverage = {facet.key: sum(bool(facet.values(each)) for each in counted[facet]) for facet in FACETS}
        return ResultPage(len(passing), facets, coverage, shown)

    def candidates(self, profile: Profile, exclude: str | None, limit: int) -> AllArticles:  # noqa: ARG002 - all are
        return AllArticles(self, exclude)

    def has(self, id: str) -> bool:
        return id in self.articles

    def article(self, id: str) -> Article | None:
        return self.articles.get(id)

    def locate(self, permalink: str) -> str | None:
        wanted = permalink.rstrip("/")
        for id, article in sorted(self.articles.items()):
            if wanted and wanted in {link.rstrip("/") for link in (article.permalink, *article.aliases)}:
                return id
        return None

    def manifest(self) -> Mapping[str, str]:
        return {id: article.digest for id, article in self.articles.items()}

    def status(self) -> Status:
        terms = {term for document in self.documents.values() for own in document.postings.values() for term in own}
        labels = {facet.field: len(self._all_values(facet)) for facet in LABELS}
        return Status(self.generation, len(self.articles), len(terms), **labels, size=0)

    def _facet(self, facet: Facet, counted: Iterable[Article], query: Query) -> tuple[FacetValue, ...]:
        """The values of a facet in some articles, each in the spelling that is commonest in all."""
        forms: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for article in self.articles.values():
            for value in facet.values(article):
                forms[facet.fold(value)][value] += 1
        shown = {key: min(own, key=lambda form: (-own[form], form)) for key, own in forms.items()}
        counts = Counter(key for article in counted for key in facet.keys(article))
        return pipeline.listed(facet, counts, shown, facet.chosen(query))

    def _all_values(self, facet: Facet) -> tuple[FacetValue, ...]:
        return self._facet(facet, self.articles.values(), Query())

    def _matches(self, node: Leaf | Not | Or, id: str) -> bool:
        facts = self.facts(id)
        if isinstance(node, Not):
            return not self._matches(node.node, id)
        if isinstance(node, Or):
            return any(self._matches(leaf, id) for leaf in node.nodes)
        if isinstance(node, Synonyms):
            others = alternatives(node, self.languages, self.idf)
            typed = all(self._matches(clause, id) for clause in node.typed)
            return typed or any(facts.stands(terms, field) for terms, fields, _ in others for field in fields)
        if isinstance(node, DateRange):
            return _is_within(local_date(self.articles[id]), node.after, node.before)
        if isinstance(node, Field) and node.name in BY_KEY:
            values = BY_KEY[node.name].values(self.articles[id])
            return any(value_matches(node.name, node.node, value) for value in values)
        leaf, fields = (node.node, (node.name,)) if isinstance(node, Field) else (node, TEXT_FIELDS)
        if isinstance(leaf, Prefix):
            return any(facts.starts(prefix_text(leaf), "title" if field == "title" else "") for field in fields)
        return any(facts.stands(terms, field) for terms in sequences(leaf, self.languages) for field in fields)

    def _standing(self, id: str, resolved: ResolvedQuery[set[str]]) -> ScoreAdjustments:
        return ScoreAdjustments(
            self.articles[id].boost,
            float(freshness(self.days[id], max(self.days.values()), self.curation.preferences.recency)),
            id in resolved.reading.matches,
            id in (resolved.reading.foremost or ()),
            bool(resolved.title) and resolved.title == self.documents[id].exact_title,
            resolved.places(id),
        )

    def _passes(self, id: str, query: Query, but: Facet | None = None) -> bool:
        """Whether the article has one of the values selected in each facet, except in the facet `but`."""
        chosen = {facet: facet.chosen(query).keys() for facet in FACETS if facet is not but}
        return all(keys & facet.keys(self.articles[id]) for facet, keys in chosen.items() if keys)


def _is_within(day: date | None, after: date | None, before: date | None) -> bool:
    return day is not None and (not after or day >= after) and (not before or day < before)

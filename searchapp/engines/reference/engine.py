"""The naive engine: every article examined for every query. The specification in code, and the tests' engine."""

from __future__ import annotations

import math
import secrets
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from searchapp.analysis.terms import is_form, language_of
from searchapp.engines import pipeline
from searchapp.engines.pipeline import Answer, Candidates, Curation, Loaded, PipelineEngine, ResolvedQuery, ResultPage
from searchapp.errors import IndexMissingError
from searchapp.excerpts.snippets import WholeArticle
from searchapp.facets import BY_KEY, FACETS, LABELS, Facet
from searchapp.model import Article, Generation, Query, ScorePart, Sort, Status
from searchapp.query import MAX_EXPANSIONS, And, DateRange, Field, Leaf, Not, Or, Prefix, Synonyms
from searchapp.retrieval import related, suggest
from searchapp.retrieval.documents import TEXT_FIELDS, analyse, by_date, day_number, impacts, local_date
from searchapp.retrieval.edit_distance import distance
from searchapp.retrieval.explanation import DocumentScoreInputs, ScoreAdjustments, explain
from searchapp.retrieval.query_terms import Marks, prefix_text, sequences, value_matches
from searchapp.retrieval.ranking import DEFAULT, IMPACT_STEP, Preferences, freshness, idf, pivot
from searchapp.retrieval.resolution import Interpretation
from searchapp.retrieval.spelling import Lexicon, Neighbour
from searchapp.retrieval.suggest import TitleCompletion, ValueSpelling
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

    def close(self) -> None:
        self._searcher = None

    def _ask(self, question: Callable[[pipeline.Searcher[Any]], Answer]) -> Answer:
        if self._searcher is None:
            raise IndexMissingError("there is no index yet; run: searchapp index")
        return question(self._searcher)


class MemorySearcher(Lexicon):
    """Implements `pipeline.Searcher`, and what correcting and completing ask; what matches a tree is a set of ids.

    articles, documents   by id, the newest first; of equal ids the last
    dfs                   term -> how many articles have it in any text field
    """

    def __init__(self, articles: Iterable[Article], preferences: Preferences) -> None:
        last = {article.id: article for article in articles}
        self.articles = {id: last[id] for id in sorted(last, key=lambda id: by_date(last[id]))}
        self.documents = {id: analyse(article) for id, article in self.articles.items()}
        self._articles_in = Counter(article.language for article in last.values())
        self.languages: tuple[str, ...] = tuple(sorted(self._articles_in))
        self.generation = Generation(secrets.token_hex(8), datetime.now(UTC))
        self.curation = Curation(preferences, lambda: self.languages)
        self.lexicon = self.completions = self
        documents = self.documents.values()
        self.dfs = Counter(term for document in documents for term in set().union(*document.postings.values()))
        self._pivots = {name: pivot(sum(each.lengths[name] for each in documents), len(last)) for name in TEXT_FIELDS}
        # Each article is asked about each prefix: on a server, sixty of them took two seconds.
        self._starting = lru_cache(maxsize=1_000)(self._commonest)

    def match(self, tree: And | None) -> set[str]:
        return {id for id in self.articles if tree and all(self._matches(node, id) for node in tree.nodes)}

    def count(self, reading: Interpretation[set[str]], resolved: object) -> int:  # noqa: ARG002 - nothing to ask ahead
        return len(reading.matches)

    def page(self, resolved: ResolvedQuery[set[str]]) -> ResultPage:
        query, among = resolved.query, {*resolved.reading.matches, *resolved.pinned}
        found = [article for id, article in self.articles.items() if id in among and _is_within(article, query)]
        passing = [article for article in found if _passes(article, query)]
        parts = {article.id: self._explained(article, resolved) for article in passing}
        scores = {id: sum(part.value for part in own) for id, own in parts.items()}
        passing.sort(key=lambda article: by_date(article, newest=query.sort is not Sort.OLDEST))
        if query.sort is Sort.RELEVANCE:
            passing.sort(key=lambda article: -scores[article.id])
        shown = [
            Loaded(WholeArticle(each, resolved.marks), scores[each.id], parts[each.id] if query.explain else ())
            for each in passing[resolved.shown]
        ]
        counted = {facet: [article for article in found if _passes(article, query, facet)] for facet in FACETS}
        counts = {facet: Counter(key for each in counted[facet] for key in facet.keys(each)) for facet in FACETS}
        facets = {f.key: pipeline.facet_values(f, counts[f], self._spellings[f.key], f.chosen(query)) for f in FACETS}
        coverage = {facet.key: sum(bool(facet.values(each)) for each in counted[facet]) for facet in FACETS}
        return ResultPage(len(passing), facets, coverage, shown)

    def candidates(self, profile: object, exclude: str | None, limit: int) -> AllArticles:  # noqa: ARG002 - all are
        return AllArticles(self, exclude)

    def article(self, id: str) -> Article | None:
        return self.articles.get(id)

    def locate(self, permalink: str) -> str | None:
        wanted = permalink.rstrip("/")
        links = {id: (each.permalink, *each.aliases) for id, each in self.articles.items()}
        return min((id for id in links if wanted and wanted in (link.rstrip("/") for link in links[id])), default=None)

    def manifest(self) -> Mapping[str, str]:
        return {id: article.digest for id, article in self.articles.items()}

    def status(self) -> Status:
        labels = {facet.field: len(self._spellings[facet.key]) for facet in LABELS}
        return Status(
            self.generation, len(self.articles), sum(not is_form(term) for term in self.dfs), **labels, size=0
        )

    def df(self, term: str) -> int:
        return self.dfs[term]

    def near(self, word: str, most: int) -> list[Neighbour]:
        counts = Counter(other for each in self.documents.values() for other in each.words if other[:1] == word[0])
        found = [Neighbour(other, distance(word, other), articles) for other, articles in counts.items()]
        return [neighbour for neighbour in found if 0 < neighbour.distance <= most]

    def titled(self, word: str) -> bool:
        return any(word in document.title_words for document in self.documents.values())

    def count_tree(self, tree: And) -> int:
        return len(self.match(tree))

    def values(self, kind: str, prefix: str, limit: int) -> list[str]:
        return suggest.values_starting(self._spellings[kind], prefix, limit)

    def titles(self, words: Sequence[str], prefix: str, limit: int) -> list[TitleCompletion]:
        own = {id: document.title_words for id, document in self.documents.items()}
        found = [id for id in own if own[id].issuperset(words) and any(word.startswith(prefix) for word in own[id])]
        typed = " ".join((*words, prefix))
        found.sort(key=lambda id: not self.documents[id].exact_title.startswith(typed))
        return [TitleCompletion(id, self.articles[id].title, self.articles[id].permalink) for id in found[:limit]]

    def words(self, prefix: str) -> list[str]:
        return self._starting(prefix, True)

    def facts(self, id: str) -> DocumentScoreInputs:
        """What is asked about one article."""
        return DocumentScoreInputs(self.documents[id], self._idf, self._pivots, self._starting)

    @cached_property
    def impacts(self) -> list[dict[str, int]]:
        """Of each article term -> impact in all fields together."""
        return [impacts(document, self._pivots)[1] for document in self.documents.values()]

    @cached_property
    def _spellings(self) -> dict[str, dict[str, ValueSpelling]]:
        articles = self.articles.values()
        values = {facet: Counter(value for each in articles for value in facet.values(each)) for facet in FACETS}
        return {facet.key: suggest.spellings(facet, values[facet]) for facet in FACETS}

    def _commonest(self, prefix: str, titles: bool) -> list[str]:
        """The words, of titles only or of all fields, that start with a prefix: those of the most articles."""
        everywhere = [each.title_words if titles else each.words for each in self.documents.values()]
        df = Counter(word for words in everywhere for word in words if word.startswith(prefix))
        return sorted(df, key=lambda word: (-df[word], word))[:MAX_EXPANSIONS]

    def _idf(self, term: str) -> float:
        language = language_of(term)
        return idf(self._articles_in[language] if language else len(self.documents), self.dfs[term])

    def _matches(self, node: Leaf | Not | Or, id: str) -> bool:
        article, facts = self.articles[id], self.facts(id)
        if isinstance(node, Not):
            return not self._matches(node.node, id)
        if isinstance(node, Or):
            return any(self._matches(leaf, id) for leaf in node.nodes)
        if isinstance(node, Synonyms):
            others = alternatives(node, self.languages, self._idf)
            typed = all(self._matches(clause, id) for clause in node.typed)
            return typed or any(facts.stands(terms, field) for terms, fields, _ in others for field in fields)
        if isinstance(node, DateRange):
            return _is_within(article, node)
        if isinstance(node, Field) and node.name in BY_KEY:
            return any(value_matches(node.name, node.node, value) for value in BY_KEY[node.name].values(article))
        leaf, fields = (node.node, (node.name,)) if isinstance(node, Field) else (node, TEXT_FIELDS)
        if isinstance(leaf, Prefix):
            prefix = prefix_text(leaf)
            return facts.starts(prefix, "title") or (leaf is node and facts.starts(prefix, ""))
        return any(facts.stands(terms, field) for terms in sequences(leaf, self.languages) for field in fields)

    def _explained(self, article: Article, resolved: ResolvedQuery[set[str]]) -> tuple[ScorePart, ...]:
        newest = max(map(day_number, self.articles.values()))
        adjustments = ScoreAdjustments(
            article.boost,
            float(freshness(day_number(article), newest, self.curation.preferences.recency)),
            article.id in resolved.reading.matches,
            article.id in (resolved.reading.complete or ()),
            bool(resolved.title) and resolved.title == self.documents[article.id].exact_title,
            resolved.pin_rank(article.id),
        )
        return explain(resolved.tree, self.languages, self.facts(article.id), adjustments)


def _passes(article: Article, query: Query, but: Facet | None = None) -> bool:
    """Whether the article has one of the values selected in each facet, except in the facet `but`."""
    chosen = {facet: facet.chosen(query).keys() for facet in FACETS if facet is not but}
    return all(keys & facet.keys(article) for facet, keys in chosen.items() if keys)


def _is_within(article: Article, days: Query | DateRange) -> bool:
    """Whether the article is of a day from `after` on and before `before`; an undated one only if neither is given."""
    day = local_date(article)
    if day is None:
        return not (days.after or days.before)
    return (not days.after or day >= days.after) and (not days.before or day < days.before)


class AllArticles(Candidates):
    """`pipeline.Candidates`: all articles, newest first."""

    def __init__(self, searcher: MemorySearcher, exclude: str | None) -> None:
        self._searcher, self._all, self._impacts = searcher, list(searcher.articles.values()), searcher.impacts
        self.articles = self.documents = len(self._all)
        self.excluded = None if exclude is None else list(searcher.articles).index(exclude)

    def dfs(self, terms: Sequence[str]) -> related.Array:
        return np.array([self._searcher.dfs[term] for term in terms], np.int64)

    def postings(self, term: str) -> tuple[related.Array, related.Array]:
        steps = np.array([own.get(term, 0) for own in self._impacts], np.int64)
        docs = np.flatnonzero(steps)
        return docs, steps[docs]

    def norms(self, cut: float) -> related.Array:
        step = {
            term: math.log(cut / df) * IMPACT_STEP
            for term, df in self._searcher.dfs.items()
            if df < cut and not is_form(term)
        }
        squares = [[(step.get(term, 0.0) * steps) ** 2 for term, steps in own.items()] for own in self._impacts]
        return np.array([math.sqrt(math.fsum(each)) for each in squares], float)

    def side_by_side(self, pair: tuple[str, str], docs: related.Array) -> related.Array:
        facts = [self._searcher.facts(self._all[doc].id) for doc in docs.tolist()]
        return np.array([any(each.stands(pair, field) for field in related.PROSE) for each in facts], bool)

    def holders(self, facet: str, key: str) -> related.Array:
        return np.flatnonzero(np.array([key in BY_KEY[facet].keys(article) for article in self._all], bool))

    def sources(self, docs: Sequence[int], wanted: Marks) -> list[WholeArticle]:
        return [WholeArticle(self._all[doc], wanted) for doc in docs]

"""The naive engine: every article examined for every query. The specification in code, and the tests' engine."""

from __future__ import annotations

import math
import secrets
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from searchapp.analysis import analyzer
from searchapp.engines.reference.statistics import Facts, Statistics, Titles, Words
from searchapp.errors import IndexMissingError, NotFoundError
from searchapp.excerpts.snippets import WholeArticle, make_hit
from searchapp.facets import BY_KEY, FACETS, LABELS, Facet
from searchapp.model import (
    Article,
    Draft,
    FacetValue,
    Generation,
    Hit,
    Part,
    Query,
    Results,
    Sort,
    Status,
    Suggestion,
)
from searchapp.query import (
    MAX_EXPANSIONS,
    And,
    DateRange,
    Field,
    Leaf,
    Not,
    Or,
    Phrase,
    Prefix,
    Synonyms,
    Word,
    title_text,
    whole_phrase,
)
from searchapp.retrieval import pins, related
from searchapp.retrieval.documents import TEXT_FIELDS, Document, analyse, local_date, stands
from searchapp.retrieval.explanation import Standing, explain
from searchapp.retrieval.query_terms import Marks, marks, prefix_text, sequences, value_matches
from searchapp.retrieval.ranking import (
    DEFAULT,
    IMPACT_STEP,
    PREFIX_SCORE,
    PREFIX_TITLE_SCORE,
    SIDE_BY_SIDE,
    Preferences,
    freshness,
    idf,
    impact,
    pivot,
)
from searchapp.retrieval.resolution import Reading, read
from searchapp.retrieval.suggest import complete
from searchapp.retrieval.thesaurus import Thesaurus, alternatives


class MemoryEngine:
    """Implements `searchapp.engine.Engine` over a dict. Nothing is kept beyond the process."""

    def __init__(self, preferences: Preferences = DEFAULT) -> None:
        self._preferences = preferences
        self._articles: dict[str, Article] = {}
        self._documents: dict[str, Document] = {}
        self._df: dict[str, int] = {}
        self._generation: Generation | None = None

    def manifest(self) -> Mapping[str, str]:
        return {id: article.digest for id, article in self._articles.items()}

    def update(self, changed: Iterable[Article], removed: Collection[str]) -> Generation:
        articles = {id: article for id, article in self._articles.items() if id not in removed}
        return self._become({**articles, **{article.id: article for article in changed}})

    def rebuild(self, articles: Iterable[Article]) -> Generation:
        return self._become({article.id: article for article in articles})

    def tidy(self) -> None:
        """Nothing is ever left."""

    def _become(self, articles: dict[str, Article]) -> Generation:
        documents = {id: analyse(article) for id, article in articles.items()}
        self._articles, self._documents = articles, documents
        self._df = {}
        self._generation = Generation(secrets.token_hex(8), datetime.now(UTC))
        return self._generation

    def generation(self) -> str:
        return self._ready().name

    def search(self, query: Query) -> Results:
        generation = self._ready()
        lexicon = Words(list(self._documents.values()), self._languages(), self._match)
        thesaurus = Thesaurus(self._preferences.synonyms, self._languages())
        reading = read(query, lambda tree: {} if tree is None else self._match(tree), len, lexicon, thesaurus)
        pinned = self._pinned(query, reading)
        standings = self._standings(reading, pinned)
        scores = {id: standing.score(reading.matches.get(id, 0.0)) for id, standing in standings.items()}
        passing = {id for id in scores if self._passes(self._articles[id], query)}
        ids = sorted(passing, key=self._order(query.sort, scores))
        wanted = marks(reading.tree or And(), self._languages())
        start = (query.page - 1) * query.per_page
        hits = tuple(self._hit(id, scores[id], wanted) for id in ids[start : start + query.per_page])
        hits = tuple(replace(hit, pinned=hit.id in pinned) for hit in hits)
        if query.explain:
            hits = tuple(replace(hit, explanation=self._explain(reading, standings[hit.id], hit.id)) for hit in hits)
        facets = {facet.key: self._facet(facet, scores, query) for facet in FACETS}
        coverage = {facet.key: self._coverage(facet, scores, query) for facet in FACETS}
        said = reading.did_you_mean, reading.corrected
        return Results(query, reading.mode, len(ids), hits, facets, generation.name, *said, coverage)

    def _pinned(self, query: Query, reading: Reading[dict[str, float]]) -> list[str]:
        """The ids that are pinned to the query, in their order."""
        trees, table = (pins.typed(query.text), reading.tree), pins.table(self._preferences.pinned, self._languages())
        names = pins.pinned_to(trees, table, self._languages())
        found = (name if name in self._articles else self.locate(name) for name in names)
        return list(dict.fromkeys(id for id in found if id))

    def _standings(self, reading: Reading[dict[str, float]], pinned: list[str]) -> dict[str, Standing]:
        """Of each article that matches or is pinned."""
        days = {id: local_date(article) for id, article in self._articles.items()}
        ordinals = {id: day.toordinal() if day else 0 for id, day in days.items()}
        newest = max(ordinals.values(), default=0)
        exact = title_text(reading.sought or And())
        title = " ".join(analyzer("").surfaces(exact)) if exact else ""
        return {
            id: Standing(
                self._articles[id].boost,
                float(freshness(ordinals[id], newest, self._preferences.recency)),
                id in reading.matches,
                reading.foremost is not None and id in reading.foremost,
                bool(title) and title == self._documents[id].exact_title,
                len(pinned) - pinned.index(id) if id in pinned else 0,
            )
            for id in {*reading.matches, *pinned}
        }

    def _explain(self, reading: Reading[dict[str, float]], standing: Standing, id: str) -> tuple[Part, ...]:
        facts = Facts(self._documents, id, self._idf, self._expansions)
        return explain(reading.sought or And(), self._languages(), facts, standing)

    def suggest(self, prefix: str, limit: int = 8) -> tuple[Suggestion, ...]:
        self._ready()
        newest = sorted(self._articles, key=self._order(Sort.NEWEST, {}))
        counts = {facet.key: self._facet(facet, dict.fromkeys(newest, 0.0), Query()) for facet in LABELS}
        return complete(prefix, limit, Titles([self._articles[id] for id in newest], counts))

    def related(self, source: str | Draft, limit: int = 10) -> tuple[Hit, ...]:
        self._ready()
        ids = sorted(self._articles, key=self._order(Sort.NEWEST, {}))
        if isinstance(source, str) and source not in self._articles:
            raise NotFoundError(f"no article '{source}' in the index")
        text = self._articles[source] if isinstance(source, str) else source
        exclude = ids.index(source) if isinstance(source, str) else None
        index = Statistics([self._documents[id] for id in ids], [self._articles[id] for id in ids])
        likes = related.rank(related.profile(text, self._languages()), index, exclude, limit)
        nothing = marks(And(), ())
        hits = [(self._hit(ids[like.doc], like.score, nothing), like) for like in likes]
        return tuple(replace(hit, reasons=like.reasons) for hit, like in hits)

    def article(self, id: str) -> Article | None:
        return self._articles.get(id)

    def locate(self, permalink: str) -> str | None:
        wanted = permalink.rstrip("/")
        for id in sorted(self._articles):
            article = self._articles[id]
            if wanted and wanted in {link.rstrip("/") for link in (article.permalink, *article.aliases)}:
                return id
        return None

    def status(self) -> Status:
        generation = self._ready()
        terms = {term for d in self._documents.values() for field in d.postings.values() for term in field}
        everything = dict.fromkeys(self._articles, 0.0)
        labels = {facet.field: len(self._facet(facet, everything, Query())) for facet in LABELS}
        return Status(generation, len(self._articles), len(terms), **labels, size=0)

    def close(self) -> None:
        self._articles, self._documents, self._generation = {}, {}, None

    def _hit(self, id: str, score: float, wanted: Marks) -> Hit:
        return make_hit(WholeArticle(self._articles[id], wanted), score, wanted)

    def _ready(self) -> Generation:
        if self._generation is None:
            raise IndexMissingError("there is no index yet; run: searchapp index")
        return self._generation

    def _languages(self) -> tuple[str, ...]:
        return tuple(sorted({article.language for article in self._articles.values()}))

    def _match(self, tree: And) -> dict[str, float]:
        """What the words of each article that matches come to."""
        phrase = whole_phrase(tree)
        wholes = sequences(phrase, self._languages()) if phrase else ()
        scores = {}
        for id, document in self._documents.items():
            parts = [self._score(node, id) for node in tree.nodes]
            if None not in parts:
                close = sum(self._closeness(whole, document) for whole in wholes)
                scores[id] = sum(part or 0.0 for part in parts) + close
        return scores

    def _closeness(self, sequence: tuple[str, ...], document: Document) -> float:
        if not any(stands(sequence, postings) for postings in document.postings.values()):
            return 0.0
        return SIDE_BY_SIDE * sum(self._idf(term) for term in sequence)

    def _score(self, node: Leaf | Not | Or, id: str) -> float | None:
        """What the node adds to the article's score; None if the article does not match it."""
        article = self._articles[id]
        if isinstance(node, Not):
            return 0.0 if self._score(node.node, id) is None else None
        if isinstance(node, Or):
            parts = [part for leaf in node.nodes if (part := self._score(leaf, id)) is not None]
            return sum(parts) if parts else None
        if isinstance(node, Synonyms):
            return self._best_score(node, id)
        if isinstance(node, DateRange):
            day = local_date(article)
            inside = day and (not node.after or day >= node.after) and (not node.before or day < node.before)
            return 0.0 if inside else None
        if isinstance(node, Field) and node.name in BY_KEY:
            values = BY_KEY[node.name].values(article)
            return 0.0 if any(value_matches(node.name, node.node, value) for value in values) else None
        fields = (node.name,) if isinstance(node, Field) else TEXT_FIELDS
        leaf = node.node if isinstance(node, Field) else node
        if isinstance(leaf, Prefix):
            return self._prefix_score(prefix_text(leaf), self._documents[id], isinstance(node, Field))
        return self._words_score(leaf, self._documents[id], fields)

    def _words_score(self, node: Word | Phrase, document: Document, fields: tuple[str, ...]) -> float | None:
        found = (self._sequence_score(sequence, document, fields) for sequence in sequences(node, self._languages()))
        parts = [score for score in found if score is not None]
        return sum(parts) if parts else None

    def _best_score(self, node: Synonyms, id: str) -> float | None:
        typed = [self._score(clause, id) for clause in node.typed]
        found = [None if None in typed else sum(score or 0.0 for score in typed)]
        for terms, fields, most in alternatives(node, self._languages(), self._idf):
            found.append(self._sequence_score(terms, self._documents[id], fields, most))
        return max((score for score in found if score is not None), default=None)

    def _sequence_score(
        self, sequence: tuple[str, ...], document: Document, fields: tuple[str, ...], most: float = math.inf
    ) -> float | None:
        """What terms side by side come to, none of which counts more than `most` by being rare."""
        parts = [
            self._term_score(term, field, document, most)
            for field in fields
            if stands(sequence, document.postings[field])
            for term in sequence
        ]
        return sum(parts) if parts else None

    def _term_score(self, term: str, field: str, document: Document, most: float) -> float:
        others = self._documents.values()
        usual = pivot(sum(other.lengths[field] for other in others), len(others))
        steps = impact(field, len(document.postings[field][term]), document.lengths[field], usual)
        return min(self._idf(term), most) * IMPACT_STEP * float(steps)

    def _idf(self, term: str) -> float:
        others = self._documents.values()
        if term not in self._df:
            self._df[term] = sum(any(term in found for found in other.postings.values()) for other in others)
        return idf(len(others), self._df[term])

    def _prefix_score(self, prefix: str, document: Document, title_only: bool) -> float | None:
        in_title = bool(document.title_words & self._expansions(prefix, lambda other: other.title_words))
        anywhere = not title_only and document.words & self._expansions(prefix, lambda other: other.words)
        return PREFIX_TITLE_SCORE * in_title + PREFIX_SCORE * bool(anywhere) or None

    def _expansions(self, prefix: str, words_of: Callable[[Document], frozenset[str]]) -> set[str]:
        df = Counter(word for d in self._documents.values() for word in words_of(d) if word.startswith(prefix))
        return set(sorted(df, key=lambda word: (-df[word], word))[:MAX_EXPANSIONS])

    def _passes(self, article: Article, query: Query, but: Facet | None = None) -> bool:
        """Whether the article passes the filters, except that of the facet `but`."""
        day = local_date(article)
        if (query.after or query.before) and not day:
            return False
        if day and ((query.after and day < query.after) or (query.before and day >= query.before)):
            return False
        return all(
            facet is but or not query.selected(facet.key) or facet.chosen(query).keys() & facet.keys(article)
            for facet in FACETS
        )

    def _coverage(self, facet: Facet, matching: Iterable[str], query: Query) -> int:
        counted = (self._articles[id] for id in matching)
        return sum(bool(facet.values(article)) and self._passes(article, query, facet) for article in counted)

    def _facet(self, facet: Facet, matching: Mapping[str, float], query: Query) -> tuple[FacetValue, ...]:
        spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
        counts: Counter[str] = Counter()
        for id, article in self._articles.items():
            for value in facet.values(article):
                spellings[facet.fold(value)][value] += 1
                counts[facet.fold(value)] += id in matching and self._passes(article, query, facet)
        chosen = facet.chosen(query)
        for key, value in chosen.items():
            if key not in spellings:
                spellings[key][value] = 1
        shown = {key: min(forms, key=lambda form: (-forms[form], form)) for key, forms in spellings.items()}
        keys = [key for key in shown if counts[key] or key in chosen]
        keys.sort(key=lambda key: facet.rank(key, counts[key]))
        return tuple(FacetValue(shown[key], counts[key], key in chosen) for key in keys)

    def _order(
        self, sort: Sort, scores: Mapping[str, float]
    ) -> Callable[[str], tuple[float, ...] | tuple[object, ...]]:
        def key(id: str) -> tuple[object, ...]:
            moment = self._articles[id].date
            newest = (moment is None, -moment.timestamp() if moment else 0.0, id)
            oldest = (moment is None, moment.timestamp() if moment else 0.0, id)
            if sort is Sort.OLDEST:
                return oldest
            return newest if sort is Sort.NEWEST else (-scores[id], *newest)

        return key

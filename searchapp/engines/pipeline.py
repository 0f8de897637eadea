"""The search pipeline of all engines.

    resolve → pin → page (filter, count, order) → show

An engine implements `Searcher`, over one generation. Filters, facet counts, order and stored
articles are one step of it, `page`, so that a remote engine needs one request for all of them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Generic, Protocol, TypeVar

from searchapp.analysis.analyzer import analyzer
from searchapp.errors import IndexMissingError, NotFoundError
from searchapp.excerpts.snippets import HitSource, make_hit
from searchapp.facets import Facet
from searchapp.model import (
    Article,
    Draft,
    FacetValue,
    Generation,
    Hit,
    Mode,
    Query,
    Results,
    ScorePart,
    Sort,
    Status,
    Suggestion,
)
from searchapp.query import And
from searchapp.retrieval import pins, related, suggest
from searchapp.retrieval.query_terms import Marks, marks
from searchapp.retrieval.query_trees import relax
from searchapp.retrieval.ranking import Preferences
from searchapp.retrieval.resolution import Interpretation, resolve
from searchapp.retrieval.spelling import Lexicon
from searchapp.retrieval.thesaurus import Thesaurus

FEW_RESULTS = 5
"""Articles with all words below which those with some of them follow."""

Answer = TypeVar("Answer")
Matches = TypeVar("Matches")
"""An engine's representation of the articles that match a tree; opaque here."""


class Curation:
    """The operator's synonyms and pins, analysed for one generation when they are first needed."""

    def __init__(self, preferences: Preferences, languages: Callable[[], tuple[str, ...]]) -> None:
        self.preferences = preferences
        self._languages = languages
        self._thesaurus: Thesaurus | None = None
        self._pins: pins.Table | None = None

    @property
    def thesaurus(self) -> Thesaurus:
        """The synonyms."""
        if self._thesaurus is None:
            self._thesaurus = Thesaurus(self.preferences.synonyms, self._languages())
        return self._thesaurus

    def pinned_to(self, query: Query, tree: And | None) -> Sequence[str]:
        """Return the ids or URL paths pinned to a query, or else to the tree that it was interpreted as."""
        if not self.preferences.pinned:
            return ()
        if self._pins is None:
            self._pins = pins.table(self.preferences.pinned, self._languages())
        return pins.pinned_to((pins.typed_tree(query), tree), self._pins, self._languages())


@dataclass(frozen=True)
class ResolvedQuery(Generic[Matches]):
    """A query with its interpretation and pins; it finds the matches and pinned articles that pass the filters.

    reading     how the query was interpreted
    pinned      ids of the pinned articles, in order
    languages   those of all articles, sorted
    """

    query: Query
    reading: Interpretation[Matches]
    pinned: tuple[str, ...]
    languages: tuple[str, ...]

    @property
    def tree(self) -> And:
        """The tree of the matches."""
        return self.reading.matched or And()

    @cached_property
    def marks(self) -> Marks:
        """What to highlight in the hits."""
        return marks(self.reading.tree or And(), self.languages)

    @cached_property
    def title(self) -> str:
        """The `documents.exact_title` that equals the query; "" if no title can."""
        text = self.reading.title
        return " ".join(analyzer("").surfaces(text)) if text else ""

    def pin_rank(self, id: str) -> int:
        """Return an article's rank among the pinned ones, counted from 1 for the last; 0 if it is not pinned."""
        return len(self.pinned) - self.pinned.index(id) if id in self.pinned else 0

    @property
    def shown(self) -> slice:
        """The range of the results on the query's page."""
        end = self.query.page * self.query.per_page
        return slice(end - self.query.per_page, end)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A stored article on the page; with `explanation` only if the query asks for it."""

    source: HitSource
    score: float
    explanation: tuple[ScorePart, ...] = ()


@dataclass(frozen=True, slots=True)
class ResultPage:
    """The page of a resolved query: see `model.Results`."""

    total: int
    facets: Mapping[str, tuple[FacetValue, ...]]
    coverage: Mapping[str, int]
    articles: Sequence[Loaded]


class Candidates(related.TermStatistics):
    """Candidates of related articles, numbered as in `related.TermStatistics`."""

    @abstractmethod
    def sources(self, docs: Sequence[int], marks: Marks) -> Sequence[HitSource]:
        """Return some of them, in the order given."""


class Searcher(Protocol[Matches]):
    """A searcher of one generation."""

    @property
    def generation(self) -> Generation:
        """The generation."""

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages of the articles, sorted."""

    @property
    def curation(self) -> Curation:
        """The operator's synonyms and pins."""

    @property
    def lexicon(self) -> Lexicon:
        """Index data for spelling correction."""

    @property
    def completions(self) -> suggest.CompletionSource:
        """Index data for completions."""

    def match(self, tree: And | None) -> Matches:
        """Return the matches of a pruned tree, none for None; may be lazy."""

    def count(
        self, reading: Interpretation[Matches], resolved: Callable[[Interpretation[Matches]], ResolvedQuery[Matches]]
    ) -> int:
        """Return the number of matches before filters; numbers above `spelling.FEW` need not be exact.

        `resolved` makes the resolved query in case that the interpretation is final: a remote engine can request its
        page too.
        """

    def page(self, resolved: ResolvedQuery[Matches]) -> ResultPage:
        """Return the exact total and facets, and the articles of the query's page in order."""

    def candidates(self, profile: related.Profile, exclude: str | None, limit: int) -> Candidates:
        """Return more than `limit` candidates of related articles; `exclude` is the source's id."""

    def article(self, id: str) -> Article | None:
        """See `Engine`."""

    def locate(self, permalink: str) -> str | None:
        """See `Engine`."""

    def manifest(self) -> Mapping[str, str]:
        """See `Engine`."""

    def status(self) -> Status:
        """See `Engine`."""


def resolve_and_pin(query: Query, searcher: Searcher[Matches]) -> ResolvedQuery[Matches]:
    """Return the interpretation of a query with its pins."""

    def resolved(reading: Interpretation[Matches]) -> ResolvedQuery[Matches]:
        names = searcher.curation.pinned_to(query, reading.tree)
        ids = (name if searcher.article(name) else searcher.locate(name) for name in names)
        return ResolvedQuery(query, reading, tuple(dict.fromkeys(id for id in ids if id)), searcher.languages)

    def count(reading: Interpretation[Matches]) -> int:
        return searcher.count(reading, resolved)

    return resolved(resolve(query, searcher.match, count, searcher.lexicon, searcher.curation.thesaurus))


def search(query: Query, searcher: Searcher[Any]) -> Results:
    """See `Engine.search`."""
    resolved = resolve_and_pin(query, searcher)
    page, reading = searcher.page(resolved), resolved.reading
    some = _with_some_words(resolved, page.total, searcher)
    following = some.articles[max(page.total - resolved.shown.start, 0) :] if some else ()
    hits = (
        make_hit(
            each.source,
            each.score,
            resolved.marks,
            pinned=each.source.head.id in resolved.pinned,
            partial=place >= len(page.articles),
            explanation=each.explanation,
        )
        for place, each in enumerate((*page.articles, *following))
    )
    return Results(
        query,
        reading.mode,
        page.total,
        tuple(hits),
        page.facets,
        searcher.generation.name,
        reading.did_you_mean,
        reading.corrected,
        page.coverage,
        reading.other_reading,
        some.total - page.total if some else 0,
    )


def _with_some_words(resolved: ResolvedQuery[Matches], total: int, searcher: Searcher[Matches]) -> ResultPage | None:
    """Return the page of the articles with some of the words, on which those `total` with all of them come first.

    None unless these are few, and there are several words.
    """
    query, reading = resolved.query, resolved.reading
    few = 0 < total < FEW_RESULTS and reading.mode is Mode.ALL and query.sort is Sort.RELEVANCE
    relaxed = relax(reading.matched) if few and reading.matched else None
    if relaxed is None:
        return None
    some = replace(reading, matched=relaxed, matches=searcher.match(relaxed), complete=reading.matches)
    return searcher.page(replace(resolved, reading=some))


def facet_values(
    facet: Facet, counts: Mapping[str, int], spellings: Mapping[str, suggest.ValueSpelling], chosen: Mapping[str, str]
) -> tuple[FacetValue, ...]:
    """Return the values of a facet that articles have or a query has chosen, in order.

    counts      folded value -> articles
    spellings   folded value -> value for display
    chosen      folded value -> value as given
    """
    counts = dict.fromkeys(chosen, 0) | {key: count for key, count in counts.items() if count}
    keys = sorted(counts, key=lambda key: facet.rank(key, counts[key]))
    shown = {key: spellings[key].shown if key in spellings else chosen.get(key, key) for key in keys}
    return tuple(FacetValue(shown[key], counts[key], key in chosen) for key in keys)


def find_related(source: str | Draft, limit: int, searcher: Searcher[Any]) -> tuple[Hit, ...]:
    """See `Engine.related`."""
    text = searcher.article(source) if isinstance(source, str) else source
    if text is None:
        raise NotFoundError(f"no article '{source}' in the index")
    profile = related.profile(text, searcher.languages)
    candidates = searcher.candidates(profile, source if isinstance(source, str) else None, limit)
    likes = related.rank(profile, candidates, limit)
    nothing = marks(And(), ())
    sources = candidates.sources([like.doc for like in likes], nothing)
    hits = zip(sources, likes, strict=True)
    return tuple(make_hit(found, like.score, nothing, reasons=like.reasons) for found, like in hits)


class PipelineEngine(ABC):
    """The query methods of `searchapp.engine.Engine`, over the searchers that a subclass provides."""

    @abstractmethod
    def _ask(self, question: Callable[[Searcher[Any]], Answer]) -> Answer:
        """Answer a question from the current generation. Raises IndexUnusableError while there is none."""

    def tidy(self) -> None:  # noqa: B027 - see below
        """Do nothing, as killed runs leave nothing that the next does not remove."""

    def generation(self) -> str:
        return self._ask(lambda searcher: searcher.generation.name)

    def manifest(self) -> Mapping[str, str]:
        try:
            return self._ask(lambda searcher: searcher.manifest())
        except IndexMissingError:
            return {}

    def search(self, query: Query) -> Results:
        return self._ask(lambda searcher: search(query, searcher))

    def suggest(self, prefix: str, limit: int = 8) -> tuple[Suggestion, ...]:
        return self._ask(lambda searcher: suggest.complete(prefix, limit, searcher.completions, searcher.lexicon))

    def related(self, source: str | Draft, limit: int = 10) -> tuple[Hit, ...]:
        return self._ask(lambda searcher: find_related(source, limit, searcher))

    def article(self, id: str) -> Article | None:
        return self._ask(lambda searcher: searcher.article(id))

    def locate(self, permalink: str) -> str | None:
        return self._ask(lambda searcher: searcher.locate(permalink))

    def status(self) -> Status:
        return self._ask(lambda searcher: searcher.status())

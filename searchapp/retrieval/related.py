"""Related articles: those with rare words, pairs of words, tags and categories in common, and why.

A source (an article or a draft) becomes a profile of its most distinctive words, weighted by

    weight = (1 + ln tf) · ln(cut / df)    cut = max(COMMON · N, 3)

so that what more than COMMON of the articles have weighs nothing. An article scores, for each word of the
profile, weight · ln(cut / df) · impact, the impact being that of `ranking`; for each shared tag or category a
weight · ln(cut / df)². The sum over words is divided by the article's norm, √Σ (ln(cut / df) · impact)² over all its
terms, in units of the mean norm. The total is damped when few things are
shared. This is the cosine of TF-IDF with BM25's saturation in place of the candidate's log tf; see Robertson & Zaragoza
(2009) and Manning et al., "Introduction to Information Retrieval", ch. 6.

The CANDIDATES that score best so far are then searched for adjacent words of the source: "dependency
injection" says more than both words do. A pair adds (1 + ln tf) · ln(cut / df)², df being the number of candidates
that have it: elsewhere it is rare, or they would not be the most similar.

The constants were chosen on one blog and measured on others: `tests/benchmarks/related.py`.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from searchapp.analysis.analyzer import analyzer
from searchapp.analysis.pieces import split
from searchapp.facets import BY_KEY, LABELS
from searchapp.languages import STOP_WORDS
from searchapp.model import Article, Draft, Reason
from searchapp.retrieval.ranking import IMPACT_STEP, SCORE_DIGITS

Array = npt.NDArray[Any]

COMMON = 0.5
PROFILE_WORDS = 150
PROFILE_PAIRS = 60
CANDIDATES = 200
PROSE = ("title", "headings", "summary", "body")
MAX_TEXT = 100_000
"""Characters of a section, or of a draft, that its profile is made of."""

REASONS = 5
WORD_REASONS = 4
MIN_SHARE = 0.05
"""Minimum share of the score of a word that is given as a reason; the strongest always is."""


class TermStatistics(ABC):
    """The index data that the formula needs. Documents are numbered from 0; only live ones are returned.

    articles    number of live articles
    documents   one more than the highest document number
    excluded    number of the source itself, if it is in the index
    """

    articles: int
    documents: int
    excluded: int | None = None

    @abstractmethod
    def dfs(self, terms: Sequence[str]) -> Array:
        """Return the number of articles with each of the terms in any text field."""

    @abstractmethod
    def postings(self, term: str) -> tuple[Array, Array]:
        """Return the documents with the term, ascending, and for each the sum of `ranking.impact` over all fields."""

    @abstractmethod
    def holders(self, facet: str, key: str) -> Array:
        """Return the documents with this folded value of one of LABELS, ascending."""

    def held(self, facet: str, key: str) -> int:
        """Return the number of articles with this folded value."""
        return len(self.holders(facet, key))

    @abstractmethod
    def norms(self, cut: float) -> Array:
        """Return √Σ (ln(cut / df) · impact)² over the terms with df < cut of each document; 0 for deleted ones."""

    def usual_norm(self, cut: float) -> float:
        """Return the mean of the norms above 0; 1 if there are none."""
        norms = self.norms(cut)
        said = norms[norms > 0]
        return float(said.mean()) if len(said) else 1.0

    @abstractmethod
    def side_by_side(self, pair: tuple[str, str], docs: Array) -> Array:
        """Return a mask of those documents, ascending, in which both terms are adjacent in a field of PROSE."""

    def best(self, docs: Array, scores: Array, limit: int) -> list[int]:
        """Return the indices of the `limit` highest scores; ties by date, then id.

        This default compares document numbers: it is for documents that are numbered from the newest.
        """
        order: list[int] = np.lexsort((docs, -scores))[:limit].tolist()
        return order


@dataclass(frozen=True, slots=True)
class Profile:
    """The distinctive content of a source: term -> (weighted count, the word as written); folded label -> as written.

    pairs   adjacent terms of `words` -> (weighted count, the words as written)
    labels  by the key of each of LABELS
    """

    words: Mapping[str, tuple[float, str]]
    pairs: Mapping[tuple[str, str], tuple[float, str]]
    labels: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class RelatedArticle:
    """A related document with its score and the reasons, strongest first."""

    doc: int
    score: float
    reasons: tuple[Reason, ...]


def profile(source: Article | Draft, languages: Iterable[str]) -> Profile:
    """Return the profile of an article, or of a draft, which is analysed in each of `languages` if it names none."""
    if isinstance(source, Article):
        texts = [(3.0, source.title)]
        for section in source.sections:
            texts += [(2.0, section.title), (1.0, section.text)]
    else:
        texts = [(3.0, source.title), (1.0, source.text)]
    languages = (source.language,) if source.language else tuple(languages)
    pieces: defaultdict[str, float] = defaultdict(float)
    times: Counter[str] = Counter()
    neighbours: defaultdict[tuple[str, str], float] = defaultdict(float)
    for weight, text in texts:
        row = split(text[:MAX_TEXT])
        for piece, count in Counter(row).items():
            pieces[piece] += weight * count
            times[piece] += count
        for both, count in Counter(pairwise(row)).items():
            neighbours[both] += weight * count
    counts: defaultdict[str, float] = defaultdict(float)
    forms: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for piece, weight in pieces.items():
        for term, surface, form in _words(piece, languages):
            if _telling(surface):
                counts[term] += weight
                forms[term][form] += times[piece]
    words = {term: (count, _shown(forms[term])) for term, count in counts.items()}
    labels = {facet.key: {facet.fold(v): v for v in getattr(source, facet.field)} for facet in LABELS}
    return Profile(words, _pairs(neighbours, words, languages), labels)


def _pairs(
    neighbours: Mapping[tuple[str, str], float], words: Container[str], languages: Iterable[str]
) -> dict[tuple[str, str], tuple[float, str]]:
    """Return adjacent terms, of pieces that are each one distinctive word."""
    counts: dict[tuple[str, str], tuple[float, str]] = {}
    for language in languages:
        entry = analyzer(language).entry
        simple: dict[str, str] = {}
        for piece in {piece for both in neighbours for piece in both}:
            tokens = entry(piece)
            if len(tokens) == 1 and tokens[0].term in words:
                simple[piece] = tokens[0].term
        for (left, right), count in neighbours.items():
            if left in simple and right in simple and simple[left] != simple[right]:
                key = simple[left], simple[right]
                before, shown = counts.get(key, (0.0, f"{left} {right}"))
                counts[key] = before + count, shown
    return counts


def _words(piece: str, languages: Iterable[str]) -> Iterable[tuple[str, str, str]]:
    seen: set[tuple[int, str]] = set()
    for language in languages:
        for token in analyzer(language).entry(piece):
            if (token.start, token.term) not in seen:
                seen.add((token.start, token.term))
                yield token.term, token.surface, piece[token.start : token.end]


def _telling(surface: str) -> bool:
    return surface not in STOP_WORDS and (len(surface) > 2 or not surface.isascii() or not surface.isalpha())


def _shown(forms: Counter[str]) -> str:
    """The commonest form; in lower case if the source ever writes it so, else as it stands (names, ASP.NET)."""
    lower = Counter({form: count for form, count in forms.items() if form == form.lower()})
    return (lower or forms).most_common(1)[0][0]


@dataclass(frozen=True, slots=True)
class _Part:
    """What one shared thing adds to the score of each document that shares it; `docs` ascending."""

    kind: str
    shown: str
    docs: Array
    values: Array


def rank(source: Profile, index: TermStatistics, limit: int) -> list[RelatedArticle]:
    """Return the articles most similar to the source, best first; ties by date, then id."""
    dfs = dict(zip(source.words, index.dfs(list(source.words)).tolist(), strict=True))
    parts = [*_words_shared(source, dfs, index), *_values_shared(source, index)]
    scores = np.zeros(index.documents)
    shared = np.zeros(index.documents, np.int32)
    for part in parts:
        scores[part.docs] += part.values
        shared[part.docs] += 1
    if index.excluded is not None:
        shared[index.excluded] = 0
    docs = shared.nonzero()[0]
    # One word in common, however rare, is often chance.
    common = shared.take(docs)
    found = np.round(scores.take(docs) * common / (common + 1), SCORE_DIGITS)
    places = np.sort(np.array(index.best(docs, found, max(limit, CANDIDATES)), np.int64))
    docs, found = docs.take(places), found.take(places)
    for part in _pairs_shared(source, dfs, index, docs):
        parts.append(part)
        found[docs.searchsorted(part.docs)] += part.values
    found = np.round(found, SCORE_DIGITS)
    best = index.best(docs, found, limit)
    return [RelatedArticle(int(docs[place]), float(found[place]), _reasons(parts, int(docs[place]))) for place in best]


def cut(articles: int) -> float:
    """Return the document frequency from which a term weighs nothing."""
    return max(COMMON * articles, 3.0)


def _words_shared(source: Profile, dfs: Mapping[str, int], index: TermStatistics) -> Iterator[_Part]:
    lengths = _lengths(index)
    for term, shown, weight in profile_words(source, dfs, index.articles):
        docs, steps = index.postings(term)
        yield _Part("word", shown, docs, steps * weight / lengths.take(docs))


def profile_words(source: Profile, dfs: Mapping[str, int], articles: int) -> Iterator[tuple[str, str, float]]:
    """Yield the PROFILE_WORDS words with the highest weights: term, the word as written, weight of an IMPACT_STEP."""
    weighed = []
    for term, (count, shown) in source.words.items():
        if 0 < dfs[term] < cut(articles):
            rarity = math.log(cut(articles) / dfs[term])
            weighed.append(((1 + math.log(max(count, 1.0))) * rarity, rarity, term, shown))
    for weight, rarity, term, shown in sorted(weighed, reverse=True)[:PROFILE_WORDS]:
        yield term, shown, weight * rarity * IMPACT_STEP


def labels(source: Profile, held: Callable[[str, str], int], articles: int) -> Iterator[tuple[str, str, str, float]]:
    """Yield the distinctive labels: facet, folded value, the value as written, weight."""
    for facet in LABELS:
        for key, shown in source.labels[facet.key].items():
            if 0 < (df := held(facet.key, key)) < cut(articles):
                yield facet.key, key, shown, facet.weight * math.log(cut(articles) / df) ** 2


def _lengths(index: TermStatistics) -> Array:
    """Divisors of the word scores of each document; 1 for the mean."""
    norms = index.norms(cut(index.articles))
    return np.where(norms > 0, norms / index.usual_norm(cut(index.articles)), 1.0)


def _pairs_shared(source: Profile, dfs: Mapping[str, int], index: TermStatistics, docs: Array) -> Iterator[_Part]:
    """Yield the source's most distinctive pairs with those of the documents, ascending, that have it."""
    if not len(docs):
        return
    weighed = []
    for (left, right), (count, shown) in source.pairs.items():
        rarest, other = sorted((dfs[left], dfs[right]))
        if rarest > 0 and other < cut(index.articles):
            times = 1 + math.log(max(count, 1.0))
            weighed.append((times * math.log(cut(index.articles) ** 2 / (rarest * other)), times, left, right, shown))
    for _, times, left, right, shown in sorted(weighed, reverse=True)[:PROFILE_PAIRS]:
        own = docs.compress(index.side_by_side((left, right), docs))
        if len(own):
            rarity = max(math.log(cut(index.articles) / max(len(own), 2)), 0.0)
            yield _Part("pair", shown, own, np.full(len(own), times * rarity**2))


def _values_shared(source: Profile, index: TermStatistics) -> Iterator[_Part]:
    for facet, key, shown, weight in labels(source, index.held, index.articles):
        docs = index.holders(facet, key)
        yield _Part(facet, shown, docs, np.full(len(docs), weight))


def _reasons(parts: Sequence[_Part], doc: int) -> tuple[Reason, ...]:
    values: dict[tuple[str, str], float] = {}
    for part in parts:
        at = int(np.searchsorted(part.docs, doc))
        if at < len(part.docs) and part.docs[at] == doc:
            values[part.kind, part.shown] = values.get((part.kind, part.shown), 0.0) + float(part.values[at])
    ranked = sorted(values.items(), key=lambda item: (-round(item[1], SCORE_DIGITS), item[0]))
    total = sum(values.values())
    # A pair is told instead of its words.
    pairs = [shown for (kind, shown), weight in ranked if kind == "pair" and weight >= MIN_SHARE * total]
    told = {word for shown in pairs for word in shown.lower().split(" ")}
    words = [
        item for item in ranked if item[0][1] in pairs or (item[0][0] == "word" and item[0][1].lower() not in told)
    ][:WORD_REASONS]
    words = words[:1] + [item for item in words[1:] if item[1] >= MIN_SHARE * total]
    chosen = [item for item in ranked if item[0][0] in BY_KEY or item in words][:REASONS]
    return tuple(Reason("word" if kind == "pair" else kind, value, weight / total) for (kind, value), weight in chosen)

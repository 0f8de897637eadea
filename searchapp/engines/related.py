"""Which articles are alike, and why: rare words, tags and categories they share.

A source (an article or a draft) becomes a profile of its most telling words. A word's weight grows with
how often the source says it and falls with how many articles say it:

    weight = (1 + ln tf) · ln(cut / df)    cut = max(COMMON · N, 3)

so that what more than COMMON of the blog says weighs nothing. An article scores, for each word of the
profile, weight · ln(cut / df) · impact, the impact being that of `ranking`; for each shared tag or category a
weight · ln(cut / df)². The sum is damped when few things are shared. This is the cosine of TF-IDF with BM25's
saturation in place of the candidate's log tf; see Robertson & Zaragoza (2009) and Manning et al., "Introduction to
Information Retrieval", ch. 6.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from searchapp.analysis import analyzer, fold_value, split
from searchapp.engines.ranking import IMPACT_STEP, SCORE_DIGITS
from searchapp.languages import STOP_WORDS
from searchapp.model import Article, Draft, Reason

Array = npt.NDArray[Any]

COMMON = 0.3
PROFILE_WORDS = 50
MAX_TEXT = 100_000
"""Characters of a section, or of a draft, that its profile is made of."""

TAG_WEIGHT = 3.0
CATEGORY_WEIGHT = 1.0
REASONS = 5
WORD_REASONS = 4
MIN_SHARE = 0.05
"""A word is given as a reason if it makes up so much of the score; the strongest always is."""


class Statistics(Protocol):
    """What the formula asks of an engine. Documents are numbered from 0; only live ones are given out."""

    @property
    def articles(self) -> int:
        """How many live articles there are."""

    @property
    def documents(self) -> int:
        """One more than the highest number of a document."""

    def dfs(self, terms: Sequence[str]) -> Array:
        """How many articles have each of the terms in any text field."""

    def postings(self, term: str) -> tuple[Array, Array]:
        """The documents with the term, ascending, and in steps its `ranking.impact` in each, summed over all fields."""

    def holders(self, facet: str, key: str) -> Array:
        """The documents with this folded value of "category" or "tag", ascending."""

    def best(self, docs: Array, scores: Array, limit: int) -> list[int]:
        """The `limit` of these documents that score highest, as indices; ties by date, then id."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What is telling in a source: term -> (weighted count, the word as written); folded value -> as written."""

    words: Mapping[str, tuple[float, str]]
    tags: Mapping[str, str]
    categories: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Like:
    """A candidate with its score and the reasons for it, strongest first."""

    doc: int
    score: float
    reasons: tuple[Reason, ...]


def profile(source: Article | Draft, languages: Iterable[str]) -> Profile:
    """The profile of an article, or of a draft read as text of each of the index's languages."""
    if isinstance(source, Article):
        texts = [(3.0, source.title)]
        for section in source.sections:
            texts += [(2.0, section.title), (1.0, section.text)]
        languages = (source.language,)
    else:
        texts = [(3.0, source.title), (1.0, source.text)]
    pieces: defaultdict[str, float] = defaultdict(float)
    times: Counter[str] = Counter()
    for weight, text in texts:
        for piece, count in Counter(split(text[:MAX_TEXT])).items():
            pieces[piece] += weight * count
            times[piece] += count
    counts: defaultdict[str, float] = defaultdict(float)
    forms: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for piece, weight in pieces.items():
        for term, surface, form in _words(piece, languages):
            if _telling(surface):
                counts[term] += weight
                forms[term][form] += times[piece]
    words = {term: (count, _shown(forms[term])) for term, count in counts.items()}
    tags, categories = ({fold_value(v): v for v in values} for values in (source.tags, source.categories))
    return Profile(words, tags, categories)


def _words(piece: str, languages: Iterable[str]) -> Iterable[tuple[str, str, str]]:
    seen: set[tuple[int, str]] = set()
    for language in languages:
        for token in analyzer(language).entry(piece):
            if (token.start, token.term) not in seen:
                seen.add((token.start, token.term))
                yield token.term, token.surface, piece[token.start : token.end]


def _telling(surface: str) -> bool:
    return (
        surface not in STOP_WORDS
        and (len(surface) > 2 or not surface.isascii() or not surface.isalpha())
        and (not surface.replace(".", "").isdigit())
    )


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


def rank(source: Profile, index: Statistics, exclude: int | None, limit: int) -> list[Like]:
    """The articles most like the source, best first; ties by date, then id."""
    parts = [*_words_shared(source, index), *_values_shared(source, index)]
    scores = np.zeros(index.documents)
    shared = np.zeros(index.documents, np.int32)
    for part in parts:
        scores[part.docs] += part.values
        shared[part.docs] += 1
    if exclude is not None:
        shared[exclude] = 0
    docs = shared.nonzero()[0]
    # One word in common, however rare, is often chance.
    common = shared.take(docs)
    found = np.round(scores.take(docs) * common / (common + 1), SCORE_DIGITS)
    best = index.best(docs, found, limit)
    return [Like(int(docs[place]), float(found[place]), _reasons(parts, int(docs[place]))) for place in best]


def _cut(index: Statistics) -> float:
    return max(COMMON * index.articles, 3.0)


def _words_shared(source: Profile, index: Statistics) -> Iterator[_Part]:
    weighed = []
    dfs = index.dfs(list(source.words)).tolist()
    for (term, (count, shown)), df in zip(source.words.items(), dfs, strict=True):
        if 0 < df < _cut(index):
            rarity = math.log(_cut(index) / df)
            weighed.append(((1 + math.log(max(count, 1.0))) * rarity, rarity, term, shown))
    for weight, rarity, term, shown in sorted(weighed, reverse=True)[:PROFILE_WORDS]:
        docs, steps = index.postings(term)
        yield _Part("word", shown, docs, steps * (weight * rarity * IMPACT_STEP))


def _values_shared(source: Profile, index: Statistics) -> Iterator[_Part]:
    for kind, values, weight in (("tag", source.tags, TAG_WEIGHT), ("category", source.categories, CATEGORY_WEIGHT)):
        for key, shown in values.items():
            docs = index.holders(kind, key)
            if 0 < len(docs) < _cut(index):
                rarity = math.log(_cut(index) / len(docs))
                yield _Part(kind, shown, docs, np.full(len(docs), weight * rarity**2))


def _reasons(parts: Sequence[_Part], doc: int) -> tuple[Reason, ...]:
    values: dict[tuple[str, str], float] = {}
    for part in parts:
        at = int(np.searchsorted(part.docs, doc))
        if at < len(part.docs) and part.docs[at] == doc:
            values[part.kind, part.shown] = values.get((part.kind, part.shown), 0.0) + float(part.values[at])
    ranked = sorted(values.items(), key=lambda item: (-round(item[1], SCORE_DIGITS), item[0]))
    total = sum(values.values())
    words = [item for item in ranked if item[0][0] == "word"][:WORD_REASONS]
    words = words[:1] + [item for item in words[1:] if item[1] >= MIN_SHARE * total]
    chosen = [item for item in ranked if item[0][0] != "word" or item in words][:REASONS]
    return tuple(Reason(kind, value, weight / total) for (kind, value), weight in chosen)

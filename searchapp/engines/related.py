"""Which articles are alike, and why: rare words, tags and categories they share.

A source (an article or a draft) becomes a profile of its most telling words. A word's weight grows with
how often the source says it and falls with how many articles say it:

    weight = (1 + ln tf) · ln(cut / df)    cut = max(COMMON · N, 3)

so that what more than COMMON of the blog says weighs nothing. An article scores, for each word of the
profile, weight · ln(cut / df) · tf' / (tf' + k1 · norm), tf' counting the title three times and headings
twice, norm as in BM25; for each shared tag or category a weight · ln(cut / df)². The sum is damped when few
things are shared. This is the cosine of TF-IDF with BM25's saturation in place of the candidate's log tf; see
Robertson & Zaragoza (2009) and Manning et al., "Introduction to Information Retrieval", ch. 6.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from searchapp.analysis import analyzer, fold_value
from searchapp.engines.ranking import K1, SCORE_DIGITS
from searchapp.languages import STOP_WORDS
from searchapp.model import Article, Draft, Reason

Array = npt.NDArray[Any]

COMMON = 0.3
PROFILE_WORDS = 50
SOURCE_FIELDS: Mapping[str, float] = {"title": 3.0, "headings": 2.0, "body": 1.0}
TAG_WEIGHT = 3.0
CATEGORY_WEIGHT = 1.0
REASONS = 5
WORD_REASONS = 4
MIN_SHARE = 0.05
"""A word is given as a reason if it makes up so much of the score; the strongest always is."""
B = 0.5


class Statistics(Protocol):
    """What the formula asks of an engine. Documents are numbered from 0; only live ones are given out."""

    @property
    def articles(self) -> int:
        """How many live articles there are."""

    @property
    def lengths(self) -> Array:
        """For each document the length of its body in words, divided by the mean over all live ones."""

    @property
    def places(self) -> Array:
        """For each document where it stands among all, newest first: ties in score are broken by it."""

    def postings(self, field: str, term: str) -> tuple[Array, Array]:
        """The documents with the term in the field, each once, and how often each has it."""

    def holders(self, facet: str, key: str) -> Array:
        """The documents with this folded value of "category" or "tag"."""


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
    counts: defaultdict[str, float] = defaultdict(float)
    forms: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for weight, text in texts:
        for term, surface, form in _words(text, languages):
            if _telling(surface):
                counts[term] += weight
                forms[term][form] += 1
    words = {term: (count, _shown(forms[term])) for term, count in counts.items()}
    tags, categories = ({fold_value(v): v for v in values} for values in (source.tags, source.categories))
    return Profile(words, tags, categories)


def _words(text: str, languages: Iterable[str]) -> Iterable[tuple[str, str, str]]:
    seen: set[tuple[int, str]] = set()
    for language in languages:
        for token in analyzer(language).tokens(text):
            if (token.start, token.term) not in seen:
                seen.add((token.start, token.term))
                yield token.term, token.surface, text[token.start : token.end]


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
    scores = np.zeros(len(index.places))
    shared = np.zeros(len(index.places))
    for part in parts:
        scores[part.docs] += part.values
        shared[part.docs] += 1
    # One word in common, however rare, is often chance.
    scores = np.round(scores * shared / (shared + 1), SCORE_DIGITS)
    if exclude is not None:
        scores[exclude] = 0.0
    docs = np.flatnonzero(scores)
    best = docs[np.lexsort((index.places[docs], -scores[docs]))][:limit]
    return [Like(doc, float(scores[doc]), _reasons(parts, doc)) for doc in best.tolist()]


def _cut(index: Statistics) -> float:
    return max(COMMON * index.articles, 3.0)


def _words_shared(source: Profile, index: Statistics) -> Iterator[_Part]:
    weighed = []
    for term, (count, shown) in source.words.items():
        found = {field: index.postings(field, term) for field in SOURCE_FIELDS}
        df = max(len(docs) for docs, _ in found.values())
        if 0 < df < _cut(index):
            rarity = math.log(_cut(index) / df)
            weighed.append(((1 + math.log(max(count, 1.0))) * rarity, rarity, term, shown, found))
    weighed.sort(key=lambda item: item[:3], reverse=True)
    for weight, rarity, _, shown, found in weighed[:PROFILE_WORDS]:
        tf = np.zeros(len(index.places))
        for field, (docs, counts) in found.items():
            tf[docs] += SOURCE_FIELDS[field] * counts
        docs = np.flatnonzero(tf)
        norm = 1 - B + B * index.lengths[docs]
        yield _Part("word", shown, docs, weight * rarity * tf[docs] / (tf[docs] + K1 * norm))


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

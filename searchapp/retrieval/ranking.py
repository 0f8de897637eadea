"""Scoring: BM25 per field, summed with field weights; the same numbers in every engine.

    score(word, article) = idf · Σ_f impact_f
    impact_f = w_f · tf_f · (k1 + 1) / (tf_f + k1 · (1 - b_f + b_f · len_f / pivot_f))
    idf = ln(1 + (N - df + 0.5) / (df + 0.5))

after Robertson & Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), with Lucene's idf,
which is never negative. N is the number of articles, df that of the articles that have the term in any
text field: one idf for all fields, so that a stop word in a tag weighs nothing. len_f counts words. Only live
articles count, so that an incremental build scores as a full one.

Two things are quantised, in every engine, so that an index can store impacts:
pivot_f is the mean of len_f over all articles, to the nearest power of √2, and so is unchanged by most
edits; impacts are multiples of IMPACT_STEP, idf of IDF_STEP. Sums of their products are exact in a double: scores do
not depend on the order of summing, and equal articles tie.

A phrase scores as its words do in the fields that have it. A prefix scores `PREFIX_SCORE`, more in the title. An
article that has a word just as it was typed, ending and accents included, scores `AS_TYPED` times its idf more, and so
comes first if all else is equal. An article with all words of a query adjacent, in order, in one field scores
`SIDE_BY_SIDE` times the sum of their idf more: less than words in a heading do, more than words in the body. An article
whose title equals the query comes first: `EXACT_TITLE` is more than everything else can add up to. Where some words are
enough, articles with all of them but stop words come before the others: `ALL_WORDS`.

This sum is multiplied by the article's boost, then by its freshness: at most 1 + RECENCY, decreasing with its age
relative to the newest article, so that a newer article goes before an older one only if their scores are almost equal.
The bonuses for all words, an exact title and a pin are added last. Products are rounded to SCORE_STEP: all parts of
a score are multiples of it, and add up exactly.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from searchapp.model import Pinned, SynonymSet

K1 = 1.4


@dataclass(frozen=True, slots=True)
class FieldWeight:
    """`weight` scales a field's part of the score; `b` is BM25's length normalisation (0 none, 1 full)."""

    weight: float
    b: float


WEIGHTS: Mapping[str, FieldWeight] = MappingProxyType(
    {
        "title": FieldWeight(3.0, 0.5),
        "headings": FieldWeight(1.5, 0.5),
        "summary": FieldWeight(1.0, 0.5),
        "body": FieldWeight(1.0, 0.75),
        "code": FieldWeight(0.4, 0.75),
        "categories": FieldWeight(1.0, 0.2),
        "tags": FieldWeight(1.5, 0.2),
        "authors": FieldWeight(1.0, 0.2),
    }
)
PREFIX_SCORE = 1.0
PREFIX_TITLE_SCORE = 3.0
SIDE_BY_SIDE = 1.25
AS_TYPED = 0.125
ALL_WORDS = 100_000.0
EXACT_TITLE = 1_000_000.0
PINNED = 10_000_000.0
"""For the last pinned article, twice that for the last but one, and so on."""

IMPACT_STEP = 2.0**-11
"""With these weights the impacts of all fields together stay below 32, and fit 16 bits as multiples of it."""

IDF_STEP = 2.0**-10
SCORE_STEP = IMPACT_STEP * IDF_STEP
RECENCY = 2.0**-6
"""Maximum relative gain of a score by being new."""

AGES = 16
"""Steps from new to old."""

HALF_LIFE = 365
"""Days after which the gain is halved, by default."""

SCORE_DIGITS = 5
"""Decimals of displayed scores."""


def idf(articles: int, df: int) -> float:
    """Return the weight of a term that `df` of `articles` have, a multiple of IDF_STEP above 0."""
    return max(round(math.log(1 + (articles - df + 0.5) / (df + 0.5)) / IDF_STEP), 1) * IDF_STEP


def pivot(words: int, articles: int) -> float:
    """Return the usual length of a field with `words` in all of `articles`: the mean, to the nearest power of √2."""
    if not words:
        return 1.0
    return float(2.0 ** (round(2 * math.log2(words / articles)) / 2))


def impact(field: str, tf: npt.ArrayLike, length: npt.ArrayLike, pivot: float) -> npt.NDArray[np.int64]:
    """Return one field's part of a term's score, for one article or element by element, in IMPACT_STEPs; at least 1."""
    weight, b = WEIGHTS[field].weight, WEIGHTS[field].b
    counts = np.asarray(tf, np.float64)
    norm = K1 * (1 - b + b * (np.asarray(length, np.float64) / pivot))
    steps = np.rint(weight * (K1 + 1) * counts / (counts + norm) / IMPACT_STEP)
    return np.maximum(steps, 1).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Preferences:
    """The operator's settings: half-life of recency in days (0: dates are ignored), pins, synonyms."""

    recency: int = HALF_LIFE
    pinned: tuple[Pinned, ...] = ()
    synonyms: tuple[SynonymSet, ...] = ()


DEFAULT = Preferences()


def multiply(scores: npt.ArrayLike, factors: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Multiply scores, to the nearest SCORE_STEP."""
    product = np.asarray(scores, np.float64) * np.asarray(factors, np.float64)
    return np.asarray(np.rint(product / SCORE_STEP) * SCORE_STEP)


def freshness(days: npt.ArrayLike, newest: int, half_life: int) -> npt.NDArray[np.float64]:
    """Return the recency factors of articles by their days (ordinals; 0, for undated articles, gives 1)."""
    if not half_life:
        return np.ones(np.shape(days))
    ordinals = np.asarray(days, np.int64)
    steps = AGES - np.searchsorted(age_limits(half_life), newest - ordinals)
    return np.where(ordinals > 0, 1 + steps * (RECENCY / AGES), 1.0)


@cache
def age_limits(half_life: int) -> tuple[int, ...]:
    """Return the maximum age in days of each of the AGES steps, ascending."""
    return tuple(math.floor(half_life * math.log2(AGES / (step - 0.5))) for step in range(AGES, 0, -1))

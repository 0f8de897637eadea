"""How an article is scored: BM25 per field, summed with field weights; the same numbers in every engine.

    score(word, article) = idf · Σ_f w_f · tf_f · (k1 + 1) / (tf_f + k1 · (1 - b_f + b_f · len_f / avg_f))
    idf = ln(1 + (N - df + 0.5) / (df + 0.5))

after Robertson & Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), with Lucene's idf,
which is never negative. N is the number of articles, df that of the articles that have the term in the
field where it is commonest: one idf for all fields, so that a stop word in a tag weighs nothing. len_f
counts words, avg_f is its mean over all articles. Only live articles count in any of them, so that an
incremental build scores as a full one.

A phrase scores as its words do in the fields where it stands. A prefix scores `PREFIX_SCORE`, more when it
is in the title. An article whose title is what was typed, word for word, comes first: `EXACT_TITLE`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

import numpy as np
import numpy.typing as npt

K1 = 1.4


@dataclass(frozen=True, slots=True)
class FieldWeight:
    """`weight` scales a field's part of the score; `b` is how much its length counts (0 not at all, 1 fully)."""

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
EXACT_TITLE = 1_000.0
SCORE_DIGITS = 5
"""Scores are compared and shown rounded to so many decimals: equal articles tie whatever the order of summing."""


def idf(articles: int, df: int) -> float:
    """The weight of a term that `df` of `articles` have; above 0."""
    return math.log(1 + (articles - df + 0.5) / (df + 0.5))


Number = TypeVar("Number", float, npt.NDArray[np.float64])


def field_score(field: str, tf: Number, length: Number, average: float) -> Number:
    """One field's part of a term's score, before idf, of one article or of many. `average` is 0 only if `length` is."""
    return saturated(field, tf, length_norm(field, length, average))


def length_norm(field: str, length: Number, average: float) -> Number:
    """k1 times how much longer than usual a field is, as far as that counts."""
    b = WEIGHTS[field].b
    return K1 * (1 - b + b * (length / (average or 1.0)))


def saturated(field: str, tf: Number, norm: Number) -> Number:
    """`field_score` from the `length_norm`."""
    return WEIGHTS[field].weight * (K1 + 1) * tf / (tf + norm)

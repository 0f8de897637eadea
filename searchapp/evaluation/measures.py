"""Effectiveness measures of one ranking: hit@k, reciprocal rank, nDCG.

`ranking` has distinct ids, the best first; `grades` has the relevance grades by id, and what has none, or one below 1,
is not relevant. Values are from 0 to 1. Only the first `depth` results count, as with the `@10` of BEIR's tables;
trec_eval's own `recip_rank` uses a thousand.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum


class Gain(StrEnum):
    """The gain of a relevance grade in nDCG.

    LINEAR       the grade itself, as Järvelin and Kekäläinen have it ("Cumulated gain-based evaluation of IR
                 techniques", ACM TOIS 20(4), 2002), and trec_eval's `ndcg_cut`, pytrec_eval and BEIR's published tables
    EXPONENTIAL  2^grade - 1, which sets the best further apart (Burges et al., "Learning to rank using gradient
                 descent", ICML 2005)
    """

    LINEAR = "linear"
    EXPONENTIAL = "exponential"


_WORTH: Mapping[Gain, Callable[[int], float]] = {
    Gain.LINEAR: lambda grade: float(max(grade, 0)),
    Gain.EXPONENTIAL: lambda grade: 2.0 ** max(grade, 0) - 1.0,
}


def hit(ranking: Sequence[str], grades: Mapping[str, int], depth: int) -> float:
    """Return 1.0 if a relevant id is among the first `depth`, else 0.0 (trec_eval's `success`)."""
    return float(any(grades.get(id, 0) > 0 for id in ranking[:depth]))


def reciprocal_rank(ranking: Sequence[str], grades: Mapping[str, int], depth: int) -> float:
    """Return 1 / rank of the first relevant id, 0.0 if none is among the first `depth` (Voorhees, TREC-8, 1999).

    Its mean over all queries is MRR.
    """
    return next((1.0 / place for place, id in enumerate(ranking[:depth], 1) if grades.get(id, 0) > 0), 0.0)


def ndcg(ranking: Sequence[str], grades: Mapping[str, int], depth: int, gain: Gain = Gain.LINEAR) -> float:
    """Return the normalised discounted cumulated gain of the first `depth` results.

    DCG = Σ gain(grade at rank i) / log2(i + 1), i from 1: the discount of trec_eval, which applies from the second
    rank on, while Järvelin and Kekäläinen's begins after the base of the logarithm. It is divided by the DCG of the
    ideal ranking of all judged ids, found or not; 0.0 if none is relevant.
    """
    worth = _WORTH[gain]
    best = _dcg(sorted((worth(grade) for grade in grades.values()), reverse=True)[:depth])
    return _dcg([worth(grades.get(id, 0)) for id in ranking[:depth]]) / best if best else 0.0


def _dcg(gains: Sequence[float]) -> float:
    return math.fsum(gain / math.log2(place + 1) for place, gain in enumerate(gains, 1))

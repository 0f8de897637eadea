"""Figures of one ranking: which articles came, best first, against what each is judged.

In all of them `ranking` are ids without repetition, the best first, and `grades` tells how good an id is; what has no
grade, or one below 1, is not good. Figures are from 0, nothing good was found, to 1, it could not be better. They look
at the first `depth` results only, as the `@10` of BEIR's tables does; trec_eval's own `recip_rank` looks at a thousand.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum


class Gain(StrEnum):
    """What a grade is worth in nDCG.

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
    """1.0 if anything good is among the first `depth`, else 0.0 (trec_eval's `success`)."""
    return float(any(grades.get(id, 0) > 0 for id in ranking[:depth]))


def reciprocal_rank(ranking: Sequence[str], grades: Mapping[str, int], depth: int) -> float:
    """1 / the place of the first good result, 0.0 if none is among the first `depth` (Voorhees, TREC-8, 1999).

    The mean of it over all queries is MRR.
    """
    return next((1.0 / place for place, id in enumerate(ranking[:depth], 1) if grades.get(id, 0) > 0), 0.0)


def ndcg(ranking: Sequence[str], grades: Mapping[str, int], depth: int, gain: Gain = Gain.LINEAR) -> float:
    """Normalised discounted cumulated gain of the first `depth` results.

    DCG = Σ gain(grade at place i) / log2(i + 1), i from 1: the discount of trec_eval, which takes off at the second
    place, while Järvelin and Kekäläinen's begins after the base of the logarithm. It is divided by the DCG of the best
    order of all that is judged, found or not; 0.0 if nothing is judged good.
    """
    worth = _WORTH[gain]
    best = _dcg(sorted((worth(grade) for grade in grades.values()), reverse=True)[:depth])
    return _dcg([worth(grades.get(id, 0)) for id in ranking[:depth]]) / best if best else 0.0


def _dcg(gains: Sequence[float]) -> float:
    return math.fsum(gain / math.log2(place + 1) for place, gain in enumerate(gains, 1))

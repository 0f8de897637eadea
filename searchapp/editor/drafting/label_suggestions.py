"""Tags and categories for a draft, by k-nearest-neighbour classification: related articles vote with their scores.

A label's score is its share of the votes times √(ln(N / df) / ln N), its rarity. Voting weighted by similarity: Yang,
"An evaluation of statistical approaches to text categorization" (Information Retrieval 1, 1999).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from searchapp.engine import Engine
from searchapp.facets import Facet
from searchapp.model import Hit, Query

NEIGHBOURS = 30
"""The k of the nearest neighbours."""
MIN_SHARE = 0.2
"""Share of the votes below which a label is not suggested."""
MAX_LABELS = 5


@dataclass(frozen=True, slots=True)
class LabelSuggestion:
    """A suggested tag or category, in its most frequent spelling.

    score       share of the votes times the root of rarity, 0 to 1
    articles    number of articles that have it in all
    voters      related articles that have it
    """

    value: str
    score: float
    articles: int
    voters: tuple[Hit, ...]


def suggest_labels(
    engine: Engine, facet: Facet, has: Iterable[str], near: Sequence[Hit]
) -> tuple[LabelSuggestion, ...]:
    """Suggest values of one of LABELS for a draft, the best first, at most MAX_LABELS.

    has     those that it has
    near    related articles, the nearest first
    """
    near = near[:NEIGHBOURS]
    mine = set(map(facet.fold, has))
    voters: defaultdict[str, list[Hit]] = defaultdict(list)
    spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for hit in near:
        for value in facet.values(hit):
            key = facet.fold(value)
            spellings[key][value] += 1
            if key not in mine and (not voters[key] or voters[key][-1] is not hit):
                voters[key].append(hit)
    every = sum(hit.score for hit in near) or 1.0
    total = max(engine.status().articles, 2)
    found = []
    for key, hits in voters.items():
        share = sum(hit.score for hit in hits) / every
        if share >= MIN_SHARE and len(hits) > 1:
            value = spellings[key].most_common(1)[0][0]
            df = max(engine.search(Query(filters=((facet.key, value),), per_page=1)).total, 1)
            score = share * math.sqrt(max(0.0, math.log(total / df) / math.log(total)))
            found.append(LabelSuggestion(value, round(score, 3), df, tuple(hits)))
    found = [label for label in found if label.score > 0]
    found.sort(key=lambda label: (-label.score, label.value))
    return tuple(found[:MAX_LABELS])

"""Tags and categories for a draft: those of the articles nearest to it, each of which votes by how near it is.

A label's score is the share of all votes that are for it times the root of its rarity, ln(N / df) / ln N: what every
article has says nothing. Voting by distance is the k-nearest-neighbour classification of Yang, "An evaluation of
statistical approaches to text categorization" (Information Retrieval 1, 1999).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from searchapp.analysis import fold_value
from searchapp.engine import Engine
from searchapp.model import Hit, Query

VOTERS = 30
"""Articles that vote."""
SHARE = 0.2
"""The share of the votes below which a label is not suggested."""
MOST = 5


@dataclass(frozen=True, slots=True)
class LabelSuggestion:
    """A tag or category that a draft could have: as the blog writes it, and the articles that speak for it.

    score       share of the votes times the root of rarity, 0 to 1
    articles    how many have it in all
    """

    value: str
    score: float
    articles: int
    voters: tuple[Hit, ...]


def labels(engine: Engine, facet: str, has: Iterable[str], near: Sequence[Hit]) -> tuple[LabelSuggestion, ...]:
    """The tags or categories (`facet` is "tag" or "category") that a draft could have, the best first, at most MOST.

    has     those that it has
    near    articles like it, the nearest first
    """
    near = near[:VOTERS]
    mine = {fold_value(value) for value in has}
    voters: defaultdict[str, list[Hit]] = defaultdict(list)
    spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for hit in near:
        for value in dict.fromkeys(hit.tags if facet == "tag" else hit.categories):
            key = fold_value(value)
            spellings[key][value] += 1
            if key not in mine and (not voters[key] or voters[key][-1] is not hit):
                voters[key].append(hit)
    every = sum(hit.score for hit in near) or 1.0
    total = max(engine.status().articles, 2)
    found = []
    for key, hits in voters.items():
        share = sum(hit.score for hit in hits) / every
        if share >= SHARE and len(hits) > 1:
            value = spellings[key].most_common(1)[0][0]
            query = Query(tags=(value,), per_page=1) if facet == "tag" else Query(categories=(value,), per_page=1)
            df = max(engine.search(query).total, 1)
            score = share * math.sqrt(max(0.0, math.log(total / df) / math.log(total)))
            found.append(LabelSuggestion(value, round(score, 3), df, tuple(hits)))
    found = [label for label in found if label.score > 0]
    found.sort(key=lambda label: (-label.score, label.value))
    return tuple(found[:MOST])

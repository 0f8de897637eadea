"""How much a phrase of a draft speaks for a link to an article: see `suggestions` for the formula and its sources."""

from __future__ import annotations

import functools
import math
from collections import defaultdict

from searchapp.editor.drafting.candidates import OFTEN, Candidate, CandidateSearch
from searchapp.editor.drafting.phrases import Terms
from searchapp.model import Query

WEIGHED = 200
"""Candidates whose rarity is asked for."""
ALONE = 0.9
"""What is left of a single word of a title."""
LOWEST = 0.3
"""The score below which nothing is suggested."""


def weigh(candidates: list[Candidate], search: CandidateSearch) -> None:
    """Gives each its score; 0 to those that are too many to be asked about."""
    total = max(search.engine.status().articles, 2)
    holders: defaultdict[Terms, set[str]] = defaultdict(set)
    for each in candidates:
        holders[each.terms].add(each.article.id)
        each.score = strength(each) * nearness(each)
    candidates.sort(key=lambda each: -each.score)

    @functools.cache
    def asked(phrase: str) -> int:
        return max(search.engine.search(Query(f'"{phrase}"', per_page=1, exact=True)).total, 1)

    for each in candidates[:WEIGHED]:
        each.df = asked(each.asked)
        said = search.said_by(each.article)
        each.times = said.times(each.terms)
        around = sum(search.said_by(other).times(each.terms) for other in search.closest if other.id != each.article.id)
        each.share = max(each.times, 1) / (max(each.times, 1) + around)
        each.entitled = said.entitled(each.terms)
        each.score = strength(each) * nearness(each) * rarity(each, total) * aboutness(each)
        each.score *= math.sqrt(commonness(each, len(holders[each.terms])))
        if each.score >= LOWEST and not is_whole(each) and len(each.terms) > 1:
            words = (word for word in each.words if word.telling)
            each.score *= cohesion(each.df, min(asked(word.surface) for word in words))
    for each in candidates[WEIGHED:]:
        each.score = 0.0


def cohesion(df: int, rarest: int) -> float:
    """What is left of a phrase whose words meet by chance: `rarest` is the df of its rarest word.

    1 if a tenth of the articles with that word have the phrase; the fourth root of that share, in tenths, below it.
    """
    return min(1.0, math.sqrt(math.sqrt(10 * df / rarest)))


def is_whole(candidate: Candidate) -> bool:
    """Whether the phrase is all of a title, or all the words of somebody's link."""
    return candidate.name.kind in {"title", "link"} and candidate.name.coverage == 1


def strength(candidate: Candidate) -> float:
    """How surely a name means its article, up to 1."""
    name = candidate.name
    if name.kind == "title":
        return name.coverage if name.coverage == 1 else max(0.55, name.coverage)
    if name.kind == "link":
        return 0.95 if candidate.entitled else 0.6
    if name.kind == "heading":
        return 0.8
    return 0.7 if candidate.entitled else 0.55


def nearness(candidate: Candidate) -> float:
    """What relatedness does to a score; a whole title needs little of it."""
    far = 0.65 if is_whole(candidate) else 0.25
    return far + (1 - far) * math.sqrt(candidate.near)


def rarity(candidate: Candidate, total: int) -> float:
    """ln(N / df) / ln N: 1 for a phrase that one article has, 0 for one that all have; squared where that is all."""
    rare = max(0.0, math.log(total / candidate.df) / math.log(total))
    return rare * rare if candidate.name.kind == "phrase" else rare


def aboutness(candidate: Candidate) -> float:
    """Whether the article says the phrase often, as it does if it is about it; a whole title needs no proof."""
    if is_whole(candidate):
        return 1.0
    told = min(1.0, math.log(1 + candidate.times) / math.log(1 + OFTEN))
    # A single word of a title is seldom what the article is about, unless that is near.
    return ALONE * told * math.sqrt(candidate.near) if len(candidate.terms) == 1 else told


def commonness(candidate: Candidate, holders: int) -> float:
    """What other articles with the same name, or that say it as often, leave of the claim."""
    if candidate.name.kind == "title":
        return 1.0 if candidate.name.coverage == 1 else 1 / holders
    return candidate.share if candidate.name.kind in {"phrase", "heading"} else 1 / holders

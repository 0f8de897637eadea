"""Scores of candidate links; the formula and its sources are in `link_suggestions`."""

from __future__ import annotations

import functools
import math
from collections import defaultdict

from searchapp.editor.drafting.candidates import FREQUENT, Candidate, CandidateSearch
from searchapp.editor.drafting.phrases import Terms
from searchapp.model import Query

MAX_SCORED = 200
"""Candidates that are scored in full, at most: each costs up to two queries."""
SINGLE_WORD = 0.9
"""Factor for a single word of a title."""
MIN_SCORE = 0.3
"""The score below which nothing is suggested."""


def score_candidates(candidates: list[Candidate], search: CandidateSearch) -> None:
    """Set the score of each candidate, and 0 for those after the best MAX_SCORED; sorts the list."""
    total = max(search.engine.status().articles, 2)
    holders: defaultdict[Terms, set[str]] = defaultdict(set)
    for each in candidates:
        holders[each.terms].add(each.article.id)
        each.score = strength(each) * nearness(each)
    candidates.sort(key=lambda each: -each.score)

    @functools.cache
    def hits(phrase: str) -> int:
        return max(search.engine.search(Query(f'"{phrase}"', per_page=1, exact=True)).total, 1)

    for each in candidates[:MAX_SCORED]:
        each.df = hits(each.query)
        counts = search.counts_of(each.article)
        each.frequency = counts.frequency(each.terms)
        around = sum(
            search.counts_of(other).frequency(each.terms) for other in search.closest if other.id != each.article.id
        )
        each.share = max(each.frequency, 1) / (max(each.frequency, 1) + around)
        each.in_headings = counts.in_headings(each.terms)
        each.score = strength(each) * nearness(each) * rarity(each, total) * aboutness(each)
        each.score *= math.sqrt(commonness(each, len(holders[each.terms])))
        if each.score >= MIN_SCORE and not is_full_name(each) and len(each.terms) > 1:
            words = (word for word in each.words if word.is_content)
            each.score *= cohesion(each.df, min(hits(word.surface) for word in words))
    for each in candidates[MAX_SCORED:]:
        each.score = 0.0


def cohesion(df: int, rarest: int) -> float:
    """Return min(1, (10 · df / rarest)^¼): below 1 for words that occur together by chance.

    df, rarest  document frequencies of the phrase and of its rarest word
    """
    return min(1.0, math.sqrt(math.sqrt(10 * df / rarest)))


def is_full_name(candidate: Candidate) -> bool:
    """Whether the phrase is a whole title, or the whole text of a link."""
    return candidate.name.kind in {"title", "link"} and candidate.name.coverage == 1


def strength(candidate: Candidate) -> float:
    """Return how reliably a name refers to its article, above 0 and up to 1."""
    name = candidate.name
    if name.kind == "title":
        return name.coverage if name.coverage == 1 else max(0.55, name.coverage)
    if name.kind == "link":
        return 0.95 if candidate.in_headings else 0.6
    if name.kind == "heading":
        return 0.8
    return 0.7 if candidate.in_headings else 0.55


def nearness(candidate: Candidate) -> float:
    """Return the factor of relatedness, 0.25 to 1; at least 0.65 for a whole title, which needs little of it."""
    far = 0.65 if is_full_name(candidate) else 0.25
    return far + (1 - far) * math.sqrt(candidate.near)


def rarity(candidate: Candidate, total: int) -> float:
    """Return ln(N / df) / ln N: 1 for a phrase of one article, 0 for one of all; squared for frequent phrases."""
    rare = max(0.0, math.log(total / candidate.df) / math.log(total))
    return rare * rare if candidate.name.kind == "phrase" else rare


def aboutness(candidate: Candidate) -> float:
    """Return the factor of the phrase's occurrences in the article, 0 to 1; 1 for a whole title."""
    if is_full_name(candidate):
        return 1.0
    known = min(1.0, math.log(1 + candidate.frequency) / math.log(1 + FREQUENT))
    # A single word of a title is seldom what the article is about, unless that is near.
    return SINGLE_WORD * known * math.sqrt(candidate.near) if len(candidate.terms) == 1 else known


def commonness(candidate: Candidate, holders: int) -> float:
    """Return the factor of ambiguity, 0 to 1: the share of the article among those with the name or phrase."""
    if candidate.name.kind == "title":
        return 1.0 if candidate.name.coverage == 1 else 1 / holders
    return candidate.share if candidate.name.kind in {"phrase", "heading"} else 1 / holders

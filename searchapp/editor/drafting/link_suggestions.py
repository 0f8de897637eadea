"""Where a draft could link to the blog's own articles: a phrase in it, an article that the phrase is about, and why.

The task is known as wikification: Mihalcea & Csomai, "Wikify!" (CIKM 2007), rank phrases by their keyphraseness;
Milne & Witten, "Learning to link with Wikipedia" (CIKM 2008), choose their targets by commonness (how often the phrase
means that one) and by relatedness to the text around. A blog has far fewer links than Wikipedia, so its articles' names
(titles, headings, words that links to them have) stand in for the links' statistics:

    score = strength · rarity · aboutness · cohesion · √commonness · (far + (1 - far) · √relatedness)

    strength     how much of the name the phrase is, and what kind of name
    rarity       ln(N / df) / ln N, with df the articles that have the phrase
    aboutness    how often the article says the phrase: from OFTEN times on, 1
    cohesion     whether its words meet more than by chance
    commonness   1 / the number of articles whose names have it as well
    relatedness  the article's score among those like the draft, that of the nearest being 1

Nothing is built beforehand: the engine gives the articles nearest to the draft and, for pairs of words of the draft,
those that have them in their titles; what these are called is then looked for in the draft. The number of questions is
bounded, whatever the draft and the index.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from searchapp.articles import Manuscript
from searchapp.editor.drafting.candidates import Candidate, CandidateSearch
from searchapp.editor.drafting.phrase_scores import LOWEST, weigh
from searchapp.editor.drafting.phrases import Terms
from searchapp.engine import Engine
from searchapp.model import Article

MOST = 20
"""Suggestions, at most."""
NEARLY = 0.7
"""The share of the best phrase's score with which a longer one around it is taken in its place."""


@dataclass(frozen=True, slots=True)
class LinkSuggestion:
    """A link that a draft could have.

    start, end  the phrase, as offsets in the draft's source
    phrase      as readers see it
    article     where it should lead; `anchor` names the heading, "" for the article as a whole
    kind        "title", "heading" or "link" (others link it with these words): what the phrase is of that article
    name        the title, heading or words of which the phrase is at least a part
    score       above LOWEST, up to 1
    articles    how many have the phrase
    """

    start: int
    end: int
    phrase: str
    article: Article
    anchor: str
    kind: str
    name: str
    score: float
    articles: int


def links(engine: Engine, manuscript: Manuscript, exclude: Collection[str] = ()) -> tuple[LinkSuggestion, ...]:
    """The links that a draft could have, the best first, at most MOST; none overlap, no article comes twice.

    exclude     ids that are not suggested: the draft itself, what it links already
    """
    search = CandidateSearch(engine, manuscript, frozenset(exclude))
    candidates = search.run()
    weigh(candidates, search)
    return tuple(_link(each, score, manuscript) for each, score in _chosen(candidates))


def _chosen(candidates: list[Candidate]) -> Iterator[tuple[Candidate, float]]:
    """The best with their scores; none overlap, and no article and no phrase comes twice."""
    candidates.sort(key=lambda each: (-round(each.score, 6), -len(each.terms), each.article.id))
    by_article: defaultdict[str, list[Candidate]] = defaultdict(list)
    for each in candidates:
        by_article[each.article.id].append(each)
    taken: list[tuple[int, int]] = []
    phrases: set[Terms] = set()
    targets: set[str] = set()
    for best in candidates:
        if best.score < LOWEST or len(taken) >= MOST:
            break
        each = _longest(_wider(best, candidates), by_article)
        start, end = each.span
        if each.article.id in targets or each.terms in phrases or best.terms in phrases:
            continue
        if any(start < other_end and other_start < end for other_start, other_end in taken):
            continue
        taken.append((start, end))
        phrases |= {each.terms, best.terms}
        targets.add(each.article.id)
        yield each, max(best.score, each.score)


def _link(each: Candidate, score: float, manuscript: Manuscript) -> LinkSuggestion:
    start, end = each.span
    shown = " ".join(manuscript.running[start:end].split())
    name = each.name
    return LinkSuggestion(start, end, shown, each.article, name.anchor, name.kind, name.shown, round(score, 3), each.df)


def _wider(best: Candidate, others: Iterable[Candidate]) -> Candidate:
    """A longer phrase around it that another article stands for nearly as well: that is more exact."""
    start, end = best.span
    around = [
        each
        for each in others
        if len(each.terms) > len(best.terms)
        and each.score >= max(NEARLY * best.score, NEARLY * LOWEST)
        and each.span[0] <= start
        and end <= each.span[1]
    ]
    return max(around, key=lambda each: each.score, default=best)


def _longest(best: Candidate, by_article: Mapping[str, Iterable[Candidate]]) -> Candidate:
    """The longest phrase for the same article around the best one that is nearly as good."""
    others = by_article[best.article.id]
    start, end = best.span
    around = [
        each for each in others if each.span[0] <= start and end <= each.span[1] and each.score >= NEARLY * best.score
    ]
    return max(around, key=lambda each: (len(each.terms), each.score), default=best)

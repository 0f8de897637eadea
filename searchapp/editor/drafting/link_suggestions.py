"""Link suggestions for a draft: a phrase in it, and the article that the phrase is about.

The task is known as wikification: Mihalcea & Csomai, "Wikify!" (CIKM 2007), rank phrases by their keyphraseness;
Milne & Witten, "Learning to link with Wikipedia" (CIKM 2008), choose their targets by commonness (how often the phrase
means that one) and by relatedness to the text around. A blog has far fewer links than Wikipedia, so its articles' names
(titles, headings, texts of links to them) replace the statistics of links:

    score = strength · rarity · aboutness · cohesion · √commonness · (far + (1 - far) · √relatedness)

    strength     by the kind of name, and the share of it that the phrase is
    rarity       ln(N / df) / ln N, with df the number of articles that have the phrase
    aboutness    by the phrase's occurrences in the article: from FREQUENT on, 1
    cohesion     whether its words occur together more often than by chance
    commonness   1 / the number of articles that have this name
    relatedness  the article's score as related to the draft, that of the nearest being 1

Nothing is precomputed: the engine returns the articles related to the draft and, for pairs of words of the draft,
those that have them in their titles; their names are then looked for in the draft. The number of queries is bounded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from searchapp.articles import ParsedDraft
from searchapp.editor.drafting.candidates import Candidate, CandidateSearch
from searchapp.editor.drafting.phrase_scores import MIN_SCORE, score_candidates
from searchapp.editor.drafting.phrases import Terms
from searchapp.engine import Engine
from searchapp.model import Article

MAX_LINKS = 20
"""Maximum number of suggestions."""
NEAR_BEST = 0.7
"""Share of the best phrase's score from which a longer one around it replaces it."""


@dataclass(frozen=True, slots=True)
class LinkSuggestion:
    """A suggested link.

    start, end  offsets of the phrase in the draft's source
    phrase      as readers see it
    article     the target; `anchor` is that of a heading, "" for the article as a whole
    kind, name  of the `ArticleName` that the phrase is, or is a part of
    score       above MIN_SCORE, up to 1
    articles    number of articles that have the phrase
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


def suggest_links(engine: Engine, parsed: ParsedDraft, exclude: Collection[str] = ()) -> tuple[LinkSuggestion, ...]:
    """Suggest links for a draft, the best first, at most MAX_LINKS; they do not overlap, and each has another article.

    exclude     ids that are not suggested: the draft itself, what it links already
    """
    search = CandidateSearch(engine, parsed, frozenset(exclude))
    candidates = search.run()
    score_candidates(candidates, search)
    return tuple(_suggestion(each, score, parsed) for each, score in _select(candidates))


def _select(candidates: list[Candidate]) -> Iterator[tuple[Candidate, float]]:
    """The best candidates with their scores; distinct in article and phrase, not overlapping."""
    candidates.sort(key=lambda each: (-round(each.score, 6), -len(each.terms), each.article.id))
    by_article: defaultdict[str, list[Candidate]] = defaultdict(list)
    for each in candidates:
        by_article[each.article.id].append(each)
    taken: list[tuple[int, int]] = []
    phrases: set[Terms] = set()
    targets: set[str] = set()
    for best in candidates:
        if best.score < MIN_SCORE or len(taken) >= MAX_LINKS:
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


def _suggestion(each: Candidate, score: float, parsed: ParsedDraft) -> LinkSuggestion:
    start, end = each.span
    shown = " ".join(parsed.prose[start:end].split())
    name = each.name
    return LinkSuggestion(start, end, shown, each.article, name.anchor, name.kind, name.shown, round(score, 3), each.df)


def _wider(best: Candidate, others: Iterable[Candidate]) -> Candidate:
    """The best longer phrase around it, of any article, with nearly its score, as that is more specific."""
    start, end = best.span
    around = [
        each
        for each in others
        if len(each.terms) > len(best.terms)
        and each.score >= max(NEAR_BEST * best.score, NEAR_BEST * MIN_SCORE)
        and each.span[0] <= start
        and end <= each.span[1]
    ]
    return max(around, key=lambda each: each.score, default=best)


def _longest(best: Candidate, by_article: Mapping[str, Iterable[Candidate]]) -> Candidate:
    """The longest phrase around it for the same article with nearly its score."""
    others = by_article[best.article.id]
    start, end = best.span
    around = [
        each
        for each in others
        if each.span[0] <= start and end <= each.span[1] and each.score >= NEAR_BEST * best.score
    ]
    return max(around, key=lambda each: (len(each.terms), each.score), default=best)

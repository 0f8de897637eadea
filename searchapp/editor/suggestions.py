"""Where a draft could link to the blog's own articles: a phrase in it, an article that the phrase is about, and why.

The task is known as wikification: Mihalcea & Csomai, "Wikify!" (CIKM 2007), rank phrases by their keyphraseness;
Milne & Witten, "Learning to link with Wikipedia" (CIKM 2008), choose their targets by commonness (how often the phrase
means that one) and by relatedness to the text around. A blog has far fewer links than Wikipedia, so its articles' names
(titles, headings, words that links to them have) stand in for the links' statistics:

    score = strength · rarity · aboutness · √commonness · (FAR + (1 - FAR) · √relatedness)

    strength     how much of the name the phrase is, and what kind of name
    rarity       ln(N / df) / ln N, with df the articles that have the phrase
    aboutness    how often the article says the phrase: from OFTEN times on, 1
    commonness   1 / the number of articles whose names have it as well
    relatedness  the article's score among those like the draft, that of the nearest being 1

Nothing is built beforehand: the engine gives the articles nearest to the draft and, for pairs of words of the draft,
those that have them in their titles; what these are called is then looked for in the draft. The number of questions is
bounded, whatever the draft and the index.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice

from searchapp.articles import Manuscript
from searchapp.editor.names import Name, names
from searchapp.editor.pasting import stretch
from searchapp.editor.words import Said, Terms, Text, own_analyzer
from searchapp.engine import Engine
from searchapp.model import Article, Query

NEAREST = 150
"""Articles like the draft whose names are looked for."""
CLOSEST = 25
"""Articles like the draft whose text is searched for phrases of the draft."""
PROBES = 1_500
"""Pairs of words of the draft that are looked for in titles."""
PROBED = 3
"""Articles looked at for each pair."""
WEIGHED = 200
"""Candidates whose rarity is asked for."""
MOST = 20
"""Suggestions, at most."""
LONGEST = 8
"""Words of a phrase."""
NEARLY = 0.7
"""The share of the best phrase's score with which a longer one around it is taken in its place."""
LOWEST = 0.3
"""The score below which nothing is suggested."""


@dataclass(frozen=True, slots=True)
class Link:
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


@dataclass(slots=True)
class _Candidate:
    article: Article
    name: Name
    first: int
    text: Text
    near: float
    score: float = 0.0
    df: int = 0
    times: int = 0

    @property
    def terms(self) -> Terms:
        return self.name.terms

    @property
    def span(self) -> tuple[int, int]:
        words = self.text.words
        return words[self.first].start, words[self.first + len(self.terms) - 1].end

    @property
    def asked(self) -> str:
        words = self.text.words[self.first : self.first + len(self.terms)]
        return " ".join(word.surface for word in words)


def links(engine: Engine, manuscript: Manuscript, exclude: Collection[str] = ()) -> tuple[Link, ...]:
    """The links that a draft could have, the best first, at most MOST; none overlap, no article comes twice.

    exclude     ids that are not suggested: the draft itself, what it links already
    """
    return _Search(engine, manuscript, frozenset(exclude)).run()


@dataclass(slots=True)
class _Search:
    engine: Engine
    manuscript: Manuscript
    exclude: frozenset[str]
    texts: dict[str, Text] = field(default_factory=dict)
    said: dict[str, Said] = field(default_factory=dict)

    def run(self) -> tuple[Link, ...]:
        near = self._near()
        articles = {id: article for id in near if (article := self.engine.article(id)) is not None}
        candidates = [each for id, article in articles.items() for each in self._named(article, near[id])]
        closest = sorted(articles, key=lambda id: -near[id])[:CLOSEST]
        for id in closest:
            candidates += self._said_often(articles[id], near[id])
        self._weigh(self._without_everyday(candidates))
        return tuple(self._chosen(candidates))

    def _near(self) -> dict[str, float]:
        """id -> relatedness of the articles that are looked at."""
        hits = self.engine.related(self.manuscript.draft, NEAREST + len(self.exclude))
        hits = tuple(hit for hit in hits if hit.id not in self.exclude)
        best = max((hit.score for hit in hits), default=1.0)
        near = {hit.id: hit.score / best for hit in hits}
        for query in self._probes():
            for hit in self.engine.search(Query(query, per_page=PROBED, exact=True)).hits:
                if hit.id not in self.exclude:
                    near.setdefault(hit.id, 0.0)
        return near

    def _probes(self) -> Iterator[str]:
        """Queries for titles with two words of the draft that stand side by side or with small ones between."""
        text = self._text(self.manuscript.language)
        named: dict[str, None] = {}
        plain: dict[str, None] = {}
        for first, past in text.phrases(4):
            words = text.words[first:past]
            if not any(word.telling for word in words[1:-1]):
                among = named if text.looks_like_a_name(first) or text.looks_like_a_name(past - 1) else plain
                among.setdefault(" ".join(word.surface for word in words))
        return (f'title:"{phrase}"' for phrase in islice(dict.fromkeys(chain(named, plain)), PROBES))

    def _text(self, language: str) -> Text:
        if language not in self.texts:
            self.texts[language] = Text(self.manuscript.running, own_analyzer(language))
        return self.texts[language]

    def _named(self, article: Article, near: float) -> Iterator[_Candidate]:
        """The names of an article that the draft has."""
        text = self._text(article.language)
        for name in names(article, own_analyzer(article.language)):
            if len(name.terms) <= LONGEST or name.coverage == 1:
                # A long title has its marks: Dr. Jekyll and Mr. Haack.
                places = text.find(name.terms, across=name.coverage == 1 and len(name.terms) > 3)
                first = next((at for at in places if self._pasteable(text, at, name.terms)), None)
                if first is not None and _says_something(text, first, name):
                    yield _Candidate(article, name, first, text, near)

    def _pasteable(self, text: Text, first: int, terms: Terms) -> bool:
        start, end = text.words[first].start, text.words[first + len(terms) - 1].end
        return stretch(self.manuscript.source, start, end) is not None

    def _said_often(self, article: Article, near: float) -> Iterator[_Candidate]:
        """Phrases of the draft that are telling for an article by being said there again and again."""
        text, said = self._text(article.language), self._said_by(article)
        for terms, first in text.distinct.items():
            if said.times(terms) >= OFTEN and self._pasteable(text, first, terms):
                yield _Candidate(article, Name(terms, "phrase", "", "", 1.0), first, text, near)

    def _said_by(self, article: Article) -> Said:
        if article.id not in self.said:
            self.said[article.id] = Said(article, own_analyzer(article.language))
        return self.said[article.id]

    def _without_everyday(self, candidates: list[_Candidate]) -> list[_Candidate]:
        """Without headings that several articles have: "What comes next"."""
        shared = Counter(
            terms for terms, _ in {(each.terms, each.article.id) for each in candidates if each.name.kind == "heading"}
        )
        return [each for each in candidates if each.name.kind != "heading" or shared[each.terms] < 3]

    def _weigh(self, candidates: list[_Candidate]) -> None:
        total = max(self.engine.status().articles, 2)
        holders: defaultdict[Terms, set[str]] = defaultdict(set)
        for each in candidates:
            holders[each.terms].add(each.article.id)
            each.score = strength(each.name) * nearness(each)
        candidates.sort(key=lambda each: -each.score)
        dfs: dict[Terms, int] = {}
        for each in candidates[:WEIGHED]:
            if each.terms not in dfs:
                query = Query(f'"{each.asked}"', per_page=1, exact=True)
                dfs[each.terms] = max(self.engine.search(query).total, 1)
            each.df = dfs[each.terms]
            each.times = self._said_by(each.article).times(each.terms)
            each.score *= rarity(each.df, total) * aboutness(each) * each_of(len(holders[each.terms]), each.name)
        for each in candidates[WEIGHED:]:
            each.score = 0.0

    def _chosen(self, candidates: list[_Candidate]) -> Iterator[Link]:
        candidates.sort(key=lambda each: (-round(each.score, 6), -len(each.terms), each.article.id))
        by_article: defaultdict[str, list[_Candidate]] = defaultdict(list)
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
            yield self._link(each, max(best.score, each.score))

    def _link(self, each: _Candidate, score: float) -> Link:
        start, end = each.span
        shown = " ".join(self.manuscript.running[start:end].split())
        name = each.name
        return Link(start, end, shown, each.article, name.anchor, name.kind, name.shown, round(score, 3), each.df)


def _wider(best: _Candidate, others: Iterable[_Candidate]) -> _Candidate:
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


def _longest(best: _Candidate, by_article: Mapping[str, Iterable[_Candidate]]) -> _Candidate:
    """The longest phrase for the same article around the best one that is nearly as good."""
    others = by_article[best.article.id]
    start, end = best.span
    around = [
        each for each in others if each.span[0] <= start and end <= each.span[1] and each.score >= NEARLY * best.score
    ]
    return max(around, key=lambda each: (len(each.terms), each.score), default=best)


OFTEN = 4
"""Times that an article says a phrase that is taken for one of its subjects."""


def strength(name: Name) -> float:
    """How surely a name means its article, up to 1."""
    if name.kind == "title":
        return name.coverage if name.coverage == 1 else max(0.55, name.coverage)
    return {"link": 0.95, "heading": 0.8, "phrase": 0.65}[name.kind]


def nearness(candidate: _Candidate) -> float:
    """What relatedness does to a score; a whole title needs little of it."""
    far = 0.65 if candidate.name.kind in {"title", "link"} and candidate.name.coverage == 1 else 0.25
    return far + (1 - far) * math.sqrt(candidate.near)


def rarity(df: int, total: int) -> float:
    """ln(N / df) / ln N: 1 for a phrase that one article has, 0 for one that all have."""
    return max(0.0, math.log(total / df) / math.log(total))


def aboutness(candidate: _Candidate) -> float:
    """Whether the article says the phrase often, as it does if it is about it; a whole title needs no proof."""
    if candidate.name.kind in {"title", "link"} and candidate.name.coverage == 1:
        return 1.0
    told = min(1.0, math.log(1 + candidate.times) / math.log(1 + OFTEN))
    # A single word of a title is seldom what the article is about, unless that is near.
    return told * math.sqrt(candidate.near) if len(candidate.terms) == 1 else told


def each_of(holders: int, name: Name) -> float:
    """What other articles with the same name take away."""
    return 1.0 if name.coverage == 1 and name.kind == "title" else 1 / math.sqrt(holders)


def _says_something(text: Text, first: int, name: Name) -> bool:
    """Whether a phrase is more than an everyday word: two that tell something, or one written as a name."""
    words = text.words[first : first + len(name.terms)]
    telling = [word.surface for word in words if word.telling and not word.surface.replace(".", "").isdigit()]
    return len(telling) >= 2 or bool(telling and (len(words) > 1 or text.looks_like_a_name(first)))

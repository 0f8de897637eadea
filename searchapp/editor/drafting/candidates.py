"""Phrases of a draft and the articles that they may stand for: what there is to choose from, not yet weighed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice

from searchapp.articles import Manuscript
from searchapp.editor.drafting import existing_links
from searchapp.editor.drafting.article_names import ArticleName, linked_with, names
from searchapp.editor.drafting.link_markdown import stretch
from searchapp.editor.drafting.phrases import DraftText, DraftWord, PhraseCounts, Terms, own_analyzer
from searchapp.editor.links import rendered_links
from searchapp.engine import Engine
from searchapp.model import Article, Query

NEAREST = 150
"""Articles like the draft whose names are looked for."""
CLOSE = 75
"""Articles like the draft whose links are looked at."""
CLOSEST = 25
"""Articles like the draft whose text is searched for phrases of the draft."""
PROBES = 1_500
"""Pairs of words of the draft that are looked for in titles."""
PROBED = 3
"""Articles looked at for each pair."""
TRIED = 20
"""Places of a phrase that are tried until a link can be put at one."""
LONGEST = 8
"""Words of a phrase."""
OFTEN = 4
"""Times that an article says a phrase that is taken for one of its subjects."""


@dataclass(slots=True)
class Candidate:
    """A phrase, from the word `first` on, that is a name of an article, which is as `near` as the nearest is 1.

    df      the articles that have the phrase
    times   how often this one does; `share` of what it and those nearest to the draft do together
    entitled  whether its title or a heading has a telling word of the phrase
    """

    article: Article
    name: ArticleName
    first: int
    text: DraftText
    near: float
    score: float = 0.0
    df: int = 0
    times: int = 0
    share: float = 1.0
    entitled: bool = False

    @property
    def terms(self) -> Terms:
        """The phrase."""
        return self.name.terms

    @property
    def span(self) -> tuple[int, int]:
        """Where it stands in the source."""
        words = self.text.words
        return words[self.first].start, words[self.first + len(self.terms) - 1].end

    @property
    def asked(self) -> str:
        """It as a search asks for it."""
        return " ".join(word.surface for word in self.words)

    @property
    def words(self) -> list[DraftWord]:
        """Its words."""
        return self.text.words[self.first : self.first + len(self.terms)]


@dataclass(slots=True)
class CandidateSearch:
    """Looks for candidates; `closest` are then the articles nearest to the draft."""

    engine: Engine
    manuscript: Manuscript
    exclude: frozenset[str]
    texts: dict[str, DraftText] = field(default_factory=dict)
    said: dict[str, PhraseCounts] = field(default_factory=dict)
    seen: set[tuple[str, str, str]] = field(default_factory=set)
    closest: list[Article] = field(default_factory=list)

    def run(self) -> list[Candidate]:
        """All of them. The number of questions to the engine is bounded."""
        near = self._near()
        articles = {id: article for id in near if (article := self.engine.article(id)) is not None}
        found = [each for id, article in articles.items() for each in self._named(article, near[id])]
        self.closest = [articles[id] for id in sorted(articles, key=lambda id: -near[id])[:CLOSE]]
        for article in self.closest:
            found += self._linked_by(article, articles, near)
        del self.closest[CLOSEST:]
        for article in self.closest:
            found += self._said_often(article, near[article.id])
        return _without_everyday(found)

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

    def _text(self, language: str) -> DraftText:
        if language not in self.texts:
            self.texts[language] = DraftText(self.manuscript.running, own_analyzer(language))
        return self.texts[language]

    def _named(self, article: Article, near: float) -> Iterator[Candidate]:
        """The names of an article that the draft has."""
        for name in names(article, own_analyzer(article.language)):
            yield from self._at(article, name, self._text(article.language), near)

    def _at(self, article: Article, name: ArticleName, text: DraftText, near: float) -> Iterator[Candidate]:
        """Where the draft first has a name, if it has."""
        if len(name.terms) <= LONGEST or name.coverage == 1:
            # A long title has its marks: Dr. Jekyll and Mr. Haack.
            places = text.find(name.terms, across=name.coverage == 1 and len(name.terms) > 3)
            first = next((at for at in islice(places, TRIED) if self._pasteable(text, at, name.terms)), None)
            if first is not None and _says_something(text, first, name):
                yield Candidate(article, name, first, text, near)

    def _linked_by(
        self, source: Article, articles: Mapping[str, Article], near: Mapping[str, float]
    ) -> Iterator[Candidate]:
        """What an article links with words that the draft has, too. The articles at hand need not be asked for."""
        text, analyzer = self._text(source.language), own_analyzer(source.language)
        for link in rendered_links.links(source.html):
            key = (link.text, link.href, source.language)
            if key in self.seen or not link.text or not text.may_have(link.text):
                continue
            self.seen.add(key)
            name = linked_with(link.text, analyzer)
            id = existing_links.locate(self.engine, link.href) if name is not None else None
            if name is None or id is None or id == source.id or id in self.exclude:
                continue
            target = articles.get(id) or self.engine.article(id)
            if target is not None:
                yield from self._at(target, name, text, near.get(id, 0.0))

    def _pasteable(self, text: DraftText, first: int, terms: Terms) -> bool:
        start, end = text.words[first].start, text.words[first + len(terms) - 1].end
        return stretch(self.manuscript.source, start, end) is not None

    def _said_often(self, article: Article, near: float) -> Iterator[Candidate]:
        """Phrases of the draft that are telling for an article by being said there again and again."""
        text, said = self._text(article.language), self.said_by(article)
        for terms, first in text.distinct.items():
            if said.times(terms) >= OFTEN and self._pasteable(text, first, terms):
                yield Candidate(article, ArticleName(terms, "phrase", "", "", 1.0), first, text, near)

    def said_by(self, article: Article) -> PhraseCounts:
        """What an article says, looked at once."""
        if article.id not in self.said:
            self.said[article.id] = PhraseCounts(article, own_analyzer(article.language))
        return self.said[article.id]


def _without_everyday(candidates: list[Candidate]) -> list[Candidate]:
    """Without headings that several articles have: "What comes next"."""
    headings = {(each.terms, each.article.id) for each in candidates if each.name.kind == "heading"}
    shared = Counter(terms for terms, _ in headings)
    return [each for each in candidates if each.name.kind != "heading" or shared[each.terms] < 3]


def _says_something(text: DraftText, first: int, name: ArticleName) -> bool:
    """Whether a phrase is more than an everyday word: two that tell something, or one written as a name."""
    words = text.words[first : first + len(name.terms)]
    telling = [word.surface for word in words if word.telling and not word.surface.replace(".", "").isdigit()]
    if len(telling) >= 2 or (telling and len(words) > 1):
        return True
    alone = name.coverage == 1 or not text.is_part_of_a_name(first)
    return bool(telling) and alone and text.looks_like_a_name(first)

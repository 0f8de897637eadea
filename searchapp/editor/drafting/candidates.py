"""Candidate links of a draft: its phrases and the articles that they may refer to, not yet scored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice

from searchapp.articles import ParsedDraft
from searchapp.editor.drafting import existing_links
from searchapp.editor.drafting.article_names import ArticleName, name_from_link, names_of
from searchapp.editor.drafting.link_markdown import link_span
from searchapp.editor.drafting.phrases import DraftText, DraftWord, PhraseCounts, Terms, thread_analyzer
from searchapp.editor.links import rendered_links
from searchapp.engine import Engine
from searchapp.model import Article, Query

MAX_RELATED = 150
"""Related articles whose names are looked for in the draft."""
MAX_LINK_SOURCES = 75
"""Related articles whose links' texts are looked for in the draft."""
MAX_TEXT_SOURCES = 25
"""Related articles whose text is searched for phrases of the draft."""
MAX_PROBES = 1_500
"""Phrases of the draft that are searched in titles, at most."""
HITS_PER_PROBE = 3
"""Articles taken for each of them."""
MAX_OCCURRENCES = 20
"""Occurrences of a phrase that are tried until a link can be put at one."""
MAX_WORDS = 8
"""Words of a phrase, at most, unless it is a whole title."""
FREQUENT = 4
"""Occurrences of a phrase in an article from which it is one of its subjects."""


@dataclass(slots=True)
class Candidate:
    """A phrase of the draft that is a name of an article.

    first     the position of the phrase's first word in `text`
    near      relatedness of the article to the draft, 0 to 1 for the nearest
    df        number of articles that have the phrase
    frequency number of occurrences in this one; `share` of those in it and the nearest articles together
    in_headings  whether its title or a heading has a content word of the phrase
    """

    article: Article
    name: ArticleName
    first: int
    text: DraftText
    near: float
    score: float = 0.0
    df: int = 0
    frequency: int = 0
    share: float = 1.0
    in_headings: bool = False

    @property
    def terms(self) -> Terms:
        """The phrase as terms."""
        return self.name.terms

    @property
    def span(self) -> tuple[int, int]:
        """The offsets of the phrase in the source."""
        words = self.text.words
        return words[self.first].start, words[self.first + len(self.terms) - 1].end

    @property
    def query(self) -> str:
        """The phrase as the text of a query."""
        return " ".join(word.surface for word in self.words)

    @property
    def words(self) -> list[DraftWord]:
        """The words of the phrase."""
        return self.text.words[self.first : self.first + len(self.terms)]


@dataclass(slots=True)
class CandidateSearch:
    """One search for the candidates of a draft; after `run`, `closest` has the articles nearest to it."""

    engine: Engine
    parsed: ParsedDraft
    exclude: frozenset[str]
    texts: dict[str, DraftText] = field(default_factory=dict)
    phrase_counts: dict[str, PhraseCounts] = field(default_factory=dict)
    seen: set[tuple[str, str, str]] = field(default_factory=set)
    closest: list[Article] = field(default_factory=list)

    def run(self) -> list[Candidate]:
        """Return all candidates. The number of queries to the engine is bounded."""
        near = self._near()
        articles = {id: article for id in near if (article := self.engine.article(id)) is not None}
        found = [each for id, article in articles.items() for each in self._named(article, near[id])]
        self.closest = [articles[id] for id in sorted(articles, key=lambda id: -near[id])[:MAX_LINK_SOURCES]]
        for article in self.closest:
            found += self._linked_by(article, articles, near)
        del self.closest[MAX_TEXT_SOURCES:]
        for article in self.closest:
            found += self._frequent_phrases(article, near[article.id])
        return _without_shared_headings(found)

    def _near(self) -> dict[str, float]:
        """Relatedness (0 to 1) by id of the articles to consider."""
        hits = self.engine.related(self.parsed.draft, MAX_RELATED + len(self.exclude))
        hits = tuple(hit for hit in hits if hit.id not in self.exclude)
        best = max((hit.score for hit in hits), default=1.0)
        near = {hit.id: hit.score / best for hit in hits}
        for query in self._probes():
            for hit in self.engine.search(Query(query, per_page=HITS_PER_PROBE, exact=True)).hits:
                if not hit.partial and hit.id not in self.exclude:
                    near.setdefault(hit.id, 0.0)
        return near

    def _probes(self) -> Iterator[str]:
        """Title queries for two adjacent words of the draft, or with stop words between."""
        text = self._text(self.parsed.language)
        named: dict[str, None] = {}
        plain: dict[str, None] = {}
        for first, past in text.phrases(4):
            words = text.words[first:past]
            if not any(word.is_content for word in words[1:-1]):
                among = named if text.is_name_like(first) or text.is_name_like(past - 1) else plain
                among.setdefault(" ".join(word.surface for word in words))
        return (f'title:"{phrase}"' for phrase in islice(dict.fromkeys(chain(named, plain)), MAX_PROBES))

    def _text(self, language: str) -> DraftText:
        if language not in self.texts:
            self.texts[language] = DraftText(self.parsed.prose, thread_analyzer(language))
        return self.texts[language]

    def _named(self, article: Article, near: float) -> Iterator[Candidate]:
        """The names of an article that occur in the draft."""
        for name in names_of(article, thread_analyzer(article.language)):
            yield from self._at(article, name, self._text(article.language), near)

    def _at(self, article: Article, name: ArticleName, text: DraftText, near: float) -> Iterator[Candidate]:
        """The first occurrence of a name in the draft, if there is one."""
        if len(name.terms) <= MAX_WORDS or name.coverage == 1:
            # A long title may have punctuation: Dr. Jekyll and Mr. Haack.
            places = text.find(name.terms, across=name.coverage == 1 and len(name.terms) > 3)
            first = next((at for at in islice(places, MAX_OCCURRENCES) if self._pasteable(text, at, name.terms)), None)
            if first is not None and _is_informative(text, first, name):
                yield Candidate(article, name, first, text, near)

    def _linked_by(
        self, source: Article, articles: Mapping[str, Article], near: Mapping[str, float]
    ) -> Iterator[Candidate]:
        """The targets of an article's links whose texts occur in the draft. `articles` are loaded already."""
        text, analyzer = self._text(source.language), thread_analyzer(source.language)
        for link in rendered_links.extract_links(source.html):
            key = (link.text, link.href, source.language)
            if key in self.seen or not link.text or not text.may_contain(link.text):
                continue
            self.seen.add(key)
            name = name_from_link(link.text, analyzer)
            id = existing_links.locate(self.engine, link.href) if name is not None else None
            if name is None or id is None or id == source.id or id in self.exclude:
                continue
            target = articles.get(id) or self.engine.article(id)
            if target is not None:
                yield from self._at(target, name, text, near.get(id, 0.0))

    def _pasteable(self, text: DraftText, first: int, terms: Terms) -> bool:
        start, end = text.words[first].start, text.words[first + len(terms) - 1].end
        return link_span(self.parsed.source, start, end) is not None

    def _frequent_phrases(self, article: Article, near: float) -> Iterator[Candidate]:
        """Phrases of the draft that are frequent in an article."""
        text, counts = self._text(article.language), self.counts_of(article)
        for terms, first in text.distinct.items():
            if counts.frequency(terms) >= FREQUENT and self._pasteable(text, first, terms):
                yield Candidate(article, ArticleName(terms, "phrase", "", "", 1.0), first, text, near)

    def counts_of(self, article: Article) -> PhraseCounts:
        """Return the phrase counts of an article, cached."""
        if article.id not in self.phrase_counts:
            self.phrase_counts[article.id] = PhraseCounts(article, thread_analyzer(article.language))
        return self.phrase_counts[article.id]


def _without_shared_headings(candidates: list[Candidate]) -> list[Candidate]:
    """The candidates without headings that several articles have: "What comes next"."""
    headings = {(each.terms, each.article.id) for each in candidates if each.name.kind == "heading"}
    shared = Counter(terms for terms, _ in headings)
    return [each for each in candidates if each.name.kind != "heading" or shared[each.terms] < 3]


def _is_informative(text: DraftText, first: int, name: ArticleName) -> bool:
    """Whether a phrase has two content words, or one written as a proper name."""
    words = text.words[first : first + len(name.terms)]
    telling = [word.surface for word in words if word.is_content and not word.surface.replace(".", "").isdigit()]
    if len(telling) >= 2 or (telling and len(words) > 1):
        return True
    alone = name.coverage == 1 or not text.is_part_of_a_name(first)
    return bool(telling) and alone and text.is_name_like(first)

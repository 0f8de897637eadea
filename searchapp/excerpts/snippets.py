"""Hits: the best passages of an article, their sections, and highlights."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from searchapp.analysis.analyzer import Token
from searchapp.excerpts.highlights import cut, highlight, matches
from searchapp.excerpts.passages import (
    MatchPositions,
    MatchRun,
    PassageChoice,
    TextLine,
    choose,
    find_positions,
    match_runs,
)
from searchapp.excerpts.sections import MOST, further
from searchapp.excerpts.text_fragments import MatchSpan, quote
from searchapp.model import HEAD, Article, ArticleHead, Fragment, Hit, Passage, Quote, Reason, ScorePart, Section
from searchapp.retrieval.documents import excerpt
from searchapp.retrieval.query_terms import Marks

WINDOW = 200
"""Characters of a snippet, about two and a half lines on a phone."""

LEAD = 60
"""Maximum characters before the first match."""

SHORT_WINDOW, SHORT_LEAD = 110, 30
"""The same for a further section's snippet: a line on a desktop screen."""

REACH = 100
"""Maximum characters of a quote, counted from the passage's first match."""

USUAL = 6
"""Average characters per word, with its separator, of articles without words."""


class HitSource(Protocol):
    """The article data that a hit is made of. Texts are numbered, and words counted, as in `passages`."""

    @property
    def head(self) -> ArticleHead: ...

    @property
    def size(self) -> tuple[int, int]:
        """Words and characters of the summary, the sections and the code together."""

    def excerpt(self) -> str:
        """Return `documents.excerpt`."""

    def places(self) -> MatchPositions:
        """Return the positions of the query's words."""

    def line(self) -> TextLine:
        """Return the layout of the texts."""

    def title_tokens(self) -> list[Token]:
        """Return the tokens of the title that may be part of a match."""

    def around(
        self, choice: PassageChoice, found: Sequence[MatchRun], lead: int, window: int
    ) -> tuple[str, list[Token]]:
        """Return an extract of a text, and its tokens that are or may be part of a match in `found`.

        It has `lead` + 1 characters before the choice's position (None: the beginning of the text), `window` + 1 after
        that word, and the longest match there, as far as the text goes. Offsets are relative to the extract.
        """

    def section(self, number: int) -> Section:
        """Return a section without its text."""


def make_hit(
    article: HitSource,
    score: float,
    marks: Marks,
    *,
    pinned: bool = False,
    partial: bool = False,
    explanation: tuple[ScorePart, ...] = (),
    reasons: tuple[Reason, ...] = (),
) -> Hit:
    """Return the article as a hit, its title and best passages highlighted."""
    head, beginning = article.head, article.excerpt()
    named = matches(article.title_tokens(), marks)
    shown = passage(article, marks, head.title if named else "") if marks else _Shown()
    return Hit(
        **{name: getattr(head, name) for name in HEAD},
        excerpt=beginning,
        score=score,
        title_fragments=highlight(head.title, named),
        snippet=shown.snippet or ((Fragment(beginning),) if beginning else ()),
        section=shown.section,
        quote=shown.quote,
        sections=shown.sections,
        reasons=reasons,
        pinned=pinned,
        partial=partial,
        explanation=explanation,
    )


class _Shown(NamedTuple):
    """The parts of a hit that depend on its passages."""

    snippet: tuple[Fragment, ...] = ()
    section: Section | None = None
    quote: Quote | None = None
    sections: tuple[Passage, ...] = ()


def passage(article: HitSource, marks: Marks, named: str) -> _Shown:
    """Return the best passage of an article, the earliest of equals, with its section and the further ones.

    Empty without a match in the texts; there is no section for the lead, the summary and code. `named` is the title if
    that has matches, too.
    """
    words, characters = article.size
    width = max(1, (WINDOW - LEAD) * words // characters if words else (WINDOW - LEAD) // USUAL)
    line = article.line()
    met = match_runs(article.places(), marks)
    choice = choose(met, line, width)
    if choice is None:
        return _Shown()
    reader = _Reader(article, marks, met, line, named)
    snippet, quote = reader.read(choice, LEAD, WINDOW)
    section = reader.section(choice)
    named_ones = [reader.passage(section, snippet, quote)] if section else []
    for other in further(met, line, choice):
        if len(named_ones) < MOST and (found := reader.section(other)):
            named_ones.append(reader.passage(found, *reader.read(other, SHORT_LEAD, SHORT_WINDOW)))
    return _Shown(snippet, section, quote, tuple(named_ones))


class _Reader:
    """Reads passages of an article."""

    def __init__(self, article: HitSource, marks: Marks, found: Sequence[MatchRun], line: TextLine, named: str) -> None:
        self._article, self._marks, self._found, self._line, self._named = article, marks, found, line, named

    def section(self, choice: PassageChoice) -> Section | None:
        """Return the titled section that a passage is in, if any."""
        number = choice.text - self._line.sections - 1
        section = self._article.section(number) if 0 <= number < self._line.sections else None
        return section if section and section.title else None

    def read(self, choice: PassageChoice, lead: int, window: int) -> tuple[tuple[Fragment, ...], Quote | None]:
        """Return a passage's snippet, and its quote if it is unambiguous."""
        text, tokens = self._article.around(choice, self._found, lead, window)
        found = matches(tokens, self._marks)
        first = [match for match in found if match.position == choice.position]
        at = first[0].start if first else 0
        snippet = cut(text, found, at, lead, window)
        if not first or choice.text == self._line.sections:
            return snippet, None
        # The summary is not on the page.
        alone = any(run.starts[0] == choice.position for run in self._found)
        reach = min(window, REACH)
        until = max((match.end for match in found if at <= match.start and match.end <= at + reach), default=at)
        end = max(match.end for match in first)
        return snippet, quote(text, MatchSpan(at, end, until, alone, self._named, lead, reach))

    def passage(self, section: Section, snippet: tuple[Fragment, ...], found: Quote | None) -> Passage:
        """Return a passage with its section's heading, highlighted."""
        title = section.title
        starts = self._line.bounds[0] and any(run.starts[0] < self._line.bounds[0] for run in self._found)
        met = matches(self._marks.tokens(title, self._article.head.language)[0], self._marks) if starts else []
        return Passage(title, section.anchor, highlight(title, met), snippet, found)


class WholeArticle:
    """A `HitSource` over a whole article, which it analyses.

    tokens   of each text, in the order of `passages`, those that may be part of a match; empty without marks
    """

    def __init__(self, article: Article, marks: Marks) -> None:
        self.head = self._article = article
        self.sections = len(article.sections)
        self._marks = marks
        headings, bodies = (
            [section.title for section in article.sections],
            [section.text for section in article.sections],
        )
        self._texts = (*headings, article.summary, *bodies, article.code)
        self._places, self._starts, self.tokens = find_positions(self._texts if marks else (), marks, article.language)

    @property
    def size(self) -> tuple[int, int]:
        prose = range(self.sections, len(self._texts))
        words = sum(self._starts[number + 1] - self._starts[number] - 1 for number in prose)
        return words, sum(len(self._texts[number]) for number in prose)

    def excerpt(self) -> str:
        return excerpt(self._article)

    def places(self) -> MatchPositions:
        return self._places

    def line(self) -> TextLine:
        sections, starts = self.sections, self._starts
        bounds = (starts[sections], starts[sections + 1], starts[2 * sections + 1], starts[-1])
        return TextLine(sections, bounds, self._text_at)

    def _text_at(self, position: int) -> tuple[int, int]:
        number = bisect_right(self._starts, position) - 1
        return number, self._starts[number + 1] - 1

    def title_tokens(self) -> list[Token]:
        return self._marks.tokens(self.head.title, self.head.language)[0] if self._marks else []

    def around(  # gives the whole text
        self,
        choice: PassageChoice,
        found: Sequence[MatchRun],  # noqa: ARG002
        lead: int,  # noqa: ARG002
        window: int,  # noqa: ARG002
    ) -> tuple[str, list[Token]]:
        text = self._texts[choice.text]
        if choice.position is None:
            return text, []
        return text, self.tokens[choice.text]

    def section(self, number: int) -> Section:
        section = self._article.sections[number]
        return Section(section.title, section.anchor, "", section.level)

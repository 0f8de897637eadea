"""The best passage of a hit, its section, and what to mark in it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from searchapp.analysis import Token
from searchapp.excerpts.highlights import cut, marked, matches
from searchapp.excerpts.passages import MatchPositions, MatchRun, PassageChoice, TextLine, choose, places, runs
from searchapp.excerpts.sections import MOST, further
from searchapp.excerpts.text_fragments import MatchSpan, quote
from searchapp.model import HEAD, Article, ArticleHead, Fragment, Hit, Passage, Quote, Reason, ScorePart, Section
from searchapp.retrieval.documents import excerpt
from searchapp.retrieval.query_terms import Marks

WINDOW = 200
"""Characters of a passage, about two lines and a half on a phone."""

LEAD = 60
"""Characters shown before the first match, at most."""

SHORT_WINDOW, SHORT_LEAD = 110, 30
"""The same of a further section's passage: a line on a desk."""

REACH = 100
"""Characters from a passage's first match on that a quotation may have."""

USUAL = 6
"""Characters of a word and what parts it from the next, where an article has no words to tell."""


class HitSource(Protocol):
    """What a hit needs of an article. Texts have the numbers, and words the positions, of `passages`."""

    @property
    def head(self) -> ArticleHead: ...

    @property
    def size(self) -> tuple[int, int]:
        """Words and characters of the summary, the sections and the code together."""

    def excerpt(self) -> str:
        """See `documents.excerpt`."""

    def places(self) -> MatchPositions:
        """Where the wanted words stand."""

    def line(self) -> TextLine:
        """How the texts lie."""

    def title_tokens(self) -> list[Token]:
        """The tokens of the title that may be part of a match."""

    def around(
        self, choice: PassageChoice, found: Sequence[MatchRun], lead: int, window: int
    ) -> tuple[str, list[Token]]:
        """A stretch of a text, and those of its tokens that are part of what was found, or may be.

        It has `lead` + 1 characters before the choice's position (None: the text's beginning), `window` + 1 after that
        word, and all of the longest match there, or as much of that as the text has. Offsets count in the stretch.
        """

    def section(self, number: int) -> Section:
        """A section, its text left empty."""


def make_hit(
    article: HitSource,
    score: float,
    wanted: Marks,
    *,
    pinned: bool = False,
    explanation: tuple[ScorePart, ...] = (),
    reasons: tuple[Reason, ...] = (),
) -> Hit:
    """The article as a hit, its title and best passages marked."""
    head, beginning = article.head, article.excerpt()
    named = matches(article.title_tokens(), wanted)
    shown = passage(article, wanted, head.title if named else "") if wanted else _Shown()
    return Hit(
        **{name: getattr(head, name) for name in HEAD},
        excerpt=beginning,
        score=score,
        title_fragments=marked(head.title, named),
        snippet=shown.snippet or ((Fragment(beginning),) if beginning else ()),
        section=shown.section,
        quote=shown.quote,
        sections=shown.sections,
        reasons=reasons,
        pinned=pinned,
        explanation=explanation,
    )


class _Shown(NamedTuple):
    """What a hit shows of an article."""

    snippet: tuple[Fragment, ...] = ()
    section: Section | None = None
    quote: Quote | None = None
    sections: tuple[Passage, ...] = ()


def passage(article: HitSource, wanted: Marks, named: str) -> _Shown:
    """The stretch of the article that has most of the query's words, the earliest of equals, and its section.

    A section whose heading has words of the query is preferred. Nothing without a match in the text; no section
    for the lead, the summary and code. `named` is the title if that has matches, too.
    """
    words, characters = article.size
    width = max(1, (WINDOW - LEAD) * words // characters if words else (WINDOW - LEAD) // USUAL)
    line = article.line()
    met = runs(article.places(), wanted)
    choice = choose(met, line, width)
    if choice is None:
        return _Shown()
    reader = _Reader(article, wanted, met, line, named)
    snippet, quote = reader.read(choice, LEAD, WINDOW)
    section = reader.section(choice)
    named_ones = [reader.passage(section, snippet, quote)] if section else []
    for other in further(met, line, choice):
        if len(named_ones) < MOST and (found := reader.section(other)):
            named_ones.append(reader.passage(found, *reader.read(other, SHORT_LEAD, SHORT_WINDOW)))
    return _Shown(snippet, section, quote, tuple(named_ones))


class _Reader:
    """Reads passages of an article in which `found` was found."""

    def __init__(
        self, article: HitSource, wanted: Marks, found: Sequence[MatchRun], line: TextLine, named: str
    ) -> None:
        self._article, self._wanted, self._found, self._line, self._named = article, wanted, found, line, named

    def section(self, choice: PassageChoice) -> Section | None:
        """The section with a title that a passage is in."""
        number = choice.text - self._line.sections - 1
        section = self._article.section(number) if 0 <= number < self._line.sections else None
        return section if section and section.title else None

    def read(self, choice: PassageChoice, lead: int, window: int) -> tuple[tuple[Fragment, ...], Quote | None]:
        """What is shown of a passage, and what tells it from others."""
        text, tokens = self._article.around(choice, self._found, lead, window)
        found = matches(tokens, self._wanted)
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
        """A passage with its section's heading, the query's words marked there, too."""
        title = section.title
        starts = self._line.bounds[0] and any(run.starts[0] < self._line.bounds[0] for run in self._found)
        met = matches(self._wanted.tokens(title, self._article.head.language)[0], self._wanted) if starts else []
        return Passage(title, section.anchor, marked(title, met), snippet, found)


class WholeArticle:
    """A `HitSource` that has the whole article, and analyses all of it.

    tokens   of each text those that may be part of a match, in the order of `passages`; empty if nothing is wanted
    """

    def __init__(self, article: Article, wanted: Marks) -> None:
        self.head = self._article = article
        self.sections = len(article.sections)
        self._wanted = wanted
        headings, bodies = (
            [section.title for section in article.sections],
            [section.text for section in article.sections],
        )
        self._texts = (*headings, article.summary, *bodies, article.code)
        self._places, self._starts, self.tokens = places(self._texts if wanted else (), wanted, article.language)

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
        return self._wanted.tokens(self.head.title, self.head.language)[0] if self._wanted else []

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

"""The best passage of a hit, its section, and what to mark in it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from searchapp.analysis import Token
from searchapp.engines.documents import excerpt
from searchapp.engines.passages import Choice, Line, Places, Run, choose, places, runs
from searchapp.engines.terms import Marks
from searchapp.model import Article, Fragment, Hit, Section

WINDOW = 200
"""Characters of a passage, about two lines and a half on a phone."""

LONGEST = 1_200
"""Characters of a passage that is one match: a sentence quoted whole, but no megabyte of base64."""

LEAD = 60
"""Characters shown before the first match, at most."""

USUAL = 6
"""Characters of a word and what parts it from the next, where an article has no words to tell."""


class Match(NamedTuple):
    """Characters `start:end` of a text that an item of the query met; the first word's position."""

    start: int
    end: int
    position: int


class Source(Protocol):
    """What a hit needs of an article. Texts have the numbers, and words the positions, of `passages`."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def permalink(self) -> str: ...
    @property
    def date(self) -> datetime | None: ...
    @property
    def authors(self) -> tuple[str, ...]: ...
    @property
    def categories(self) -> tuple[str, ...]: ...
    @property
    def tags(self) -> tuple[str, ...]: ...
    @property
    def language(self) -> str: ...

    @property
    def size(self) -> tuple[int, int]:
        """Words and characters of the summary, the sections and the code together."""

    def excerpt(self) -> str:
        """See `documents.excerpt`."""

    def places(self) -> Places:
        """Where the wanted words stand."""

    def line(self) -> Line:
        """How the texts lie."""

    def title_tokens(self) -> list[Token]:
        """The tokens of the title that may be part of a match."""

    def around(self, choice: Choice, found: Sequence[Run]) -> tuple[str, list[Token]]:
        """A stretch of a text, and those of its tokens that are part of what was found, or may be.

        It has LEAD + 1 characters before the choice's position (None: the text's beginning) and WINDOW + 1 after that
        word, and all of the longest match there, or as much of that as the text has. Offsets count in the stretch.
        """

    def section(self, number: int) -> Section:
        """A section, its text left empty."""


def make_hit(article: Source, score: float, wanted: Marks) -> Hit:
    """The article as a hit, its title and best passage marked."""
    beginning = article.excerpt()
    snippet, section = passage(article, wanted) if wanted else ((), None)
    return Hit(
        id=article.id,
        title=article.title,
        permalink=article.permalink,
        date=article.date,
        authors=article.authors,
        categories=article.categories,
        tags=article.tags,
        language=article.language,
        excerpt=beginning,
        score=score,
        title_fragments=marked(article.title, matches(article.title_tokens(), wanted)),
        snippet=snippet or ((Fragment(beginning),) if beginning else ()),
        section=section,
    )


def passage(article: Source, wanted: Marks) -> tuple[tuple[Fragment, ...], Section | None]:
    """The stretch of the article that has most of the query's words, the earliest of equals, and its section.

    A section whose heading has words of the query is preferred. Nothing without a match in the text; no section
    for the lead, the summary and code.
    """
    words, characters = article.size
    width = max(1, (WINDOW - LEAD) * words // characters if words else (WINDOW - LEAD) // USUAL)
    line = article.line()
    met = runs(article.places(), wanted)
    choice = choose(met, line, width)
    if choice is None:
        return (), None
    text, tokens = article.around(choice, met)
    found = matches(tokens, wanted)
    at = min((match.start for match in found if match.position == choice.position), default=0)
    number = choice.text - line.sections - 1
    section = article.section(number) if 0 <= number < line.sections else None
    return _cut(text, found, at), section if section and section.title else None


def matches(tokens: Sequence[Token], wanted: Marks) -> list[Match]:
    """Where the query's words stand among tokens, by start; phrases only where they stand whole."""
    if not tokens:
        return []
    by_position: dict[int, list[Token]] = {}
    for token in tokens:
        by_position.setdefault(token.position, []).append(token)
    found: list[Match] = []
    for token in tokens:
        if wanted.starting(token):
            found.append(Match(token.start, token.end, token.position))
        for sequence, _ in wanted.sequences.get(token.term, ()):
            end = token.end if len(sequence) == 1 else _end(sequence, token, by_position)
            if end:
                found.append(Match(token.start, end, token.position))
    return sorted(found, key=lambda match: (match.start, -match.end)) if len(found) > 1 else found


def _end(sequence: tuple[str, ...], first: Token, by_position: dict[int, list[Token]]) -> int:
    """Where the sequence that begins with a token ends; 0 if it is not whole."""
    end = first.end
    for offset, term in enumerate(sequence[1:], 1):
        token = next((t for t in by_position.get(first.position + offset, ()) if t.term == term), None)
        if token is None:
            return 0
        end = token.end
    return end


class WholeArticle:
    """A `Source` that has the whole article, and analyses all of it."""

    def __init__(self, article: Article, wanted: Marks) -> None:
        self.id, self.title, self.permalink, self.date = article.id, article.title, article.permalink, article.date
        self.authors, self.categories, self.tags = article.authors, article.categories, article.tags
        self.language = article.language
        self.sections = len(article.sections)
        self._article = article
        self._wanted = wanted
        headings, bodies = (
            [section.title for section in article.sections],
            [section.text for section in article.sections],
        )
        self._texts = (*headings, article.summary, *bodies, article.code)
        self._places, self._starts = places(self._texts if wanted else (), wanted, article.language)

    @property
    def size(self) -> tuple[int, int]:
        prose = range(self.sections, len(self._texts))
        words = sum(self._starts[number + 1] - self._starts[number] - 1 for number in prose)
        return words, sum(len(self._texts[number]) for number in prose)

    def excerpt(self) -> str:
        return excerpt(self._article)

    def places(self) -> Places:
        return self._places

    def line(self) -> Line:
        sections, starts = self.sections, self._starts
        bounds = (starts[sections], starts[sections + 1], starts[2 * sections + 1], starts[-1])
        return Line(sections, bounds, self._text_at)

    def _text_at(self, position: int) -> tuple[int, int]:
        number = bisect_right(self._starts, position) - 1
        return number, self._starts[number + 1] - 1

    def title_tokens(self) -> list[Token]:
        return self._wanted.tokens(self.title, self.language)[0] if self._wanted else []

    def around(self, choice: Choice, found: Sequence[Run]) -> tuple[str, list[Token]]:  # noqa: ARG002 - all are found
        text = self._texts[choice.text]
        if choice.position is None:
            return text, []
        return text, self._wanted.tokens(text, self.language, self._starts[choice.text])[0]

    def section(self, number: int) -> Section:
        section = self._article.sections[number]
        return Section(section.title, section.anchor, "", section.level)


def marked(text: str, found: list[Match], start: int = 0, end: int | None = None) -> tuple[Fragment, ...]:
    """The text from `start` to `end` as fragments; of matches that overlap, the first."""
    end = len(text) if end is None else end
    fragments: list[Fragment] = []
    at = start
    for match in found:
        if at <= match.start and match.end <= end:
            if at < match.start:
                fragments.append(Fragment(text[at : match.start]))
            fragments.append(Fragment(text[match.start : match.end], True))
            at = match.end
    if at < end:
        fragments.append(Fragment(text[at:end]))
    return tuple(fragments)


_UNEVEN = re.compile(r"\s\s|[^\S \n]|\A\s|\s\Z")


def _cut(text: str, found: list[Match], at: int) -> tuple[Fragment, ...]:
    start = _word_start(text, at - LEAD) if at > LEAD else 0
    line = text.rfind("\n", start, at)
    start = line + 1 if line >= 0 else start
    inside = found[bisect_left(found, start, key=lambda match: match.start) :]
    first = next((match.end for match in inside if match.start >= at), start)
    end = _word_end(text, start + WINDOW)
    if end < first <= start + LONGEST:
        end = first
    shown = text[start:end]
    even = not _UNEVEN.search(shown)
    if even and "\n" in shown:
        text = f"{text[:start]}{shown.replace(chr(10), ' ')}{text[end:]}"
    fragments = list(marked(text, inside, start, end))
    if not fragments:
        return ()
    if start > 0 and text[start - 1] != "\n":
        fragments.insert(0, Fragment("… "))
    if end < len(text):
        fragments.append(Fragment(" …"))
    return tuple(fragments if even else _single_spaced(fragments))


def _word_start(text: str, at: int) -> int:
    return text.find(" ", at, at + LEAD * 2 // 3) + 1 or at


def _word_end(text: str, at: int) -> int:
    if at >= len(text):
        return len(text)
    start = at - WINDOW // 5
    blank = max(text.rfind(" ", start, at), text.rfind("\n", start, at))
    return blank if blank >= 0 else at


def _single_spaced(fragments: list[Fragment]) -> list[Fragment]:
    """Runs of white space as one blank each, across fragments too."""
    spaced: list[Fragment] = []
    open_blank = True
    for fragment in fragments:
        text = " ".join(fragment.text.split())
        if fragment.text[:1].isspace() and not open_blank:
            text = f" {text}" if text else " "
        if text.strip() and fragment.text[-1:].isspace():
            text += " "
        if text:
            spaced.append(Fragment(text, fragment.matched))
            open_blank = text.endswith(" ")
    return spaced

"""Rules on headings: levels and texts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from searchapp.articles.lint.masking import Elements
from searchapp.articles.lint.page import Flaw, LintedFile

CODES = frozenset("heading-empty heading-skipped heading-top heading-repeated heading-blank".split())

_HEADING = re.compile(
    r"""^[ ]{0,3}(?P<marks>\#{1,6})(?P<atx>[^\#\n][^\n]*)?$
      | ^(?![ ]{4}|\t|[ ]{0,3}(?:[-*+>|]|\d+[.)])[ \t])[ ]{0,3}(?P<setext>[^\s\#>|][^\n]{0,300})\n
        [ ]{0,3}(?P<line>=+|-{2,})[ \t]*$""",
    re.M | re.X,
)
_ATTRIBUTES = re.compile(r"\{[:#.][^{}\n]*\}[ \t]*$")
_TAG = re.compile(r"<[^<>]{0,1000}>")
_PICTURE = re.compile(r"!\[|<img\b|<svg\b", re.I)


class _Heading(NamedTuple):
    """A heading: `text` without markup, and its `source`, the text between the marks or tags of the heading."""

    offset: int
    level: int
    text: str
    source: str


def find(page: LintedFile) -> Iterator[Flaw]:
    """Yield headings that are empty, repeated, malformed, or skip a level."""
    if page.facts.place.ending == ".rst":
        return
    seen: set[str] = set()
    tops, last = 0, 0
    for heading in _headings(page):
        if heading.source[:1].isalpha() and page.prose[heading.offset] == "#":
            yield from _without_blank(heading)
            continue
        if not heading.text:
            if not _PICTURE.search(heading.source):
                yield Flaw("heading-empty", heading.offset, "a heading without words")
            continue
        tops += heading.level == 1
        if tops == 2 and heading.level == 1:
            tops = 3
            yield Flaw("heading-top", heading.offset, "a second heading of the first level; a page has one, its title")
        if last and heading.level > last + 1:
            reason = f"a heading of level {heading.level} right below one of level {last}"
            yield Flaw("heading-skipped", heading.offset, reason, f"make it {'#' * (last + 1)}")
        last = heading.level
        key = heading.text.casefold()
        if key in seen:
            yield Flaw("heading-repeated", heading.offset, f"another heading here says the same: {heading.text[:60]}")
        seen.add(key)


def _without_blank(heading: _Heading) -> Iterator[Flaw]:
    """`##Words`: a heading for some renderers, plain text for CommonMark's."""
    if heading.level > 1:
        marks = "#" * heading.level
        reason = f"no blank between {marks} and the words: most renderers show the signs instead of a heading"
        yield Flaw("heading-blank", heading.offset, reason, f"write {marks} {heading.text[:40]}")


def _headings(page: LintedFile) -> list[_Heading]:
    """All headings, in order."""
    found = [_markdown(match) for match in _HEADING.finditer(page.prose)] if page.is_markdown else []
    if "<h" in page.prose or "<H" in page.prose:
        for match, inner in Elements(page.prose, "h[1-6]"):
            found.append(_Heading(match.start(), int(match[0][2]), _words(inner), inner))
        found.sort()
    return found


def _markdown(match: re.Match[str]) -> _Heading:
    if match["marks"]:
        source = match["atx"] or ""
        text = source.rstrip()
        closed = text.rstrip("#")
        text = closed if not closed or closed[-1] in " \t" else text
        return _Heading(match.start("marks"), len(match["marks"]), _words(text), source)
    return _Heading(
        match.start("setext"), 1 if match["line"][0] == "=" else 2, _words(match["setext"]), match["setext"]
    )


def _words(text: str) -> str:
    return " ".join(_TAG.sub("", _ATTRIBUTES.sub("", text)).split())

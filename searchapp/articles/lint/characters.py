"""Rules on characters, doubled words, placeholders and merge conflicts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

from searchapp.articles.lint.masking import CODE
from searchapp.articles.lint.page import Flaw, LintedFile
from searchapp.model import Spot

CODES = frozenset(
    (
        "body-empty conflict-marker character-control character-replaced character-garbled character-hidden "
        "character-zero-width line-ends-mixed word-doubled text-placeholder todo-left"
    ).split()
)

_CONFLICT = re.compile(r"^(?:<{7}|>{7})(?: [^\n]+)?$", re.M)
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]+")
_GARBLED = re.compile(
    "\u00e2\u20ac[\u2122\u0153\u02dc\u201c\u201d\u00a6\u009d\u0153\u017e\u00a2\u2018\u2019\u00ba\u00b9]?"
    "|\u00c3[\u00a0-\u00bf\u0080-\u009f\u2030\u0153\u0178](?=[a-z\\s.,])|\u00c2[\u00a0\u00a9\u00ae\u00b0\u00b4\u00b7\u00bb\u00ab]"
    "|\u00c5[\u201a\u203a\u201e\u00bc\u00ba\u0084](?=[a-z])|\u00c4[\u2026\u2021\u2122\u0085\u0087](?=[a-z])|\u00ef\u00bf\u00bd"
)
_HIDDEN = re.compile("[\u202a-\u202e\u2066-\u2069\ufeff]")
_ZERO_WIDTH = re.compile("\u200b+")
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_INVISIBLE = _BIDI | frozenset("\u200b\ufeff")
_ODD = (
    ("character-replaced", re.compile("\ufffd+"), "characters were lost here when the text was converted"),
    ("character-garbled", _GARBLED, "UTF-8 was read as another encoding: readers see {}"),
    ("character-hidden", _HIDDEN, "a character that nobody sees: {}"),
    ("character-zero-width", _ZERO_WIDTH, "a blank that nobody sees: {}"),
)
_DOUBLED = {
    "en": frozenset("the a an of to and for with by from as at it be we you".split()),
    "pl": frozenset("się i w z na do że jest dla przez od po oraz".split()),
}
"""Short words that are hardly ever doubled on purpose, by language."""
_BODY_REPLACEMENTS = frozenset("link url externalurl image images photo photos gallery video audio file embed".split())
"""Front-matter keys of content that a theme shows instead of a body."""
_LOREM = re.compile(r"\blorem ipsum dolor\b", re.I)
_TODO_MARKS = ("TODO", "FIXME", "TKTK")
_TODO = re.compile(rf"\b(?:{'|'.join(_TODO_MARKS)})\b(?=:)")


def find(page: LintedFile) -> Iterator[Flaw]:
    """Yield the flaws of any text, for some rules also in the front matter."""
    yield from _conflicts(page)
    yield from _characters(page)
    if (
        page.article is not None
        and page.is_post
        and not page.body.strip()
        and _BODY_REPLACEMENTS.isdisjoint(page.facts.front.data)
    ):
        yield Flaw("body-empty", len(page.body), "an article without a body")
    prose = page.prose
    if page.article is not None and (words := _DOUBLED.get(page.article.language)):
        yield from _doubled(prose, words)
    for match in _LOREM.finditer(prose) if "orem" in prose else ():
        yield Flaw("text-placeholder", match.start(), "placeholder text")
    for match in _TODO.finditer(prose) if any(mark in prose for mark in _TODO_MARKS) else ():
        yield Flaw("todo-left", match.start(), f"{match[0]} is left in the text")


def _doubled(prose: str, words: frozenset[str]) -> Iterator[Flaw]:
    """Doubled words, on one line or two."""
    # Splitting and comparing takes a tenth of the time of a regular expression, and nearly all texts have none.
    twice = {first for first, second in pairwise(prose.lower().split()) if first == second}
    for word in sorted(twice & words):
        pattern = rf"(?<!\S)({word}|{word.capitalize()})[ \t]*[ \t\n][ \t]*{word}(?!\S)"
        for match in re.finditer(pattern, prose):
            yield Flaw("word-doubled", match.start(), f"'{match[1]}' stands here twice")


def _conflicts(page: LintedFile) -> Iterator[Flaw]:
    if "<<<<<<<" not in page.facts.text and ">>>>>>>" not in page.facts.text:
        return
    for match in _CONFLICT.finditer(page.facts.front.raw):
        yield Flaw("conflict-marker", page.front_at(match.start()), "a merge conflict is left unsettled")
    for match in _CONFLICT.finditer(page.prose):
        yield Flaw("conflict-marker", match.start(), "a merge conflict is left unsettled")


def _characters(page: LintedFile) -> Iterator[Flaw]:
    text = page.facts.text
    if text.isascii() and len(text) == len(page.data):
        return  # plain ASCII with plain line ends: most files
    raw = page.raw
    if len(raw) != len(text):
        for match in _CONTROL.finditer(raw):
            yield Flaw(
                "character-control", page.raw_spot(match.start()), f"the control character U+{ord(match[0][0]):04X}"
            )
    crlf = page.data.count(b"\r\n")
    lines = page.data.count(b"\n")
    if crlf and lines != crlf:
        yield Flaw("line-ends-mixed", Spot(1, 1), f"{crlf} of {lines} lines end with CR LF")
    if not text.isascii():
        yield from _odd(page)


def _odd(page: LintedFile) -> Iterator[Flaw]:
    """Suspicious non-ASCII characters; replacements of invalid UTF-8 are reported by another rule."""
    start = len(page.facts.text) - len(page.body)
    for code, pattern, reason in _ODD:
        if code == "character-replaced" and "\ufffd".encode() not in page.data:
            continue
        for match in pattern.finditer(page.facts.text):
            first = match[0][0]
            in_code = match.start() >= start and page.prose[match.start() - start] == CODE
            if not in_code or first in _BIDI:
                shown = _named(first) if first in _INVISIBLE else match[0]
                yield Flaw(code, page.spot(match.start()), reason.format(shown))


def _named(character: str) -> str:
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".strip()

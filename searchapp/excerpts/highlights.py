"""Matches of a query's words in a text, and the text as fragments around them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from searchapp.analysis.analyzer import Token
from searchapp.model import Fragment
from searchapp.retrieval.query_terms import Marks

MAX_MATCH = 1_200
"""Maximum characters of a match shown whole, such as a quoted sentence; a megabyte of base64 is not."""


class Match(NamedTuple):
    """A match `start:end` (characters) of an item of the query, and the position of its first word."""

    start: int
    end: int
    position: int


def matches(tokens: Sequence[Token], marks: Marks) -> list[Match]:
    """Return the matches among tokens, by start; of phrases only whole ones."""
    if not tokens:
        return []
    by_position: dict[int, list[Token]] = {}
    for token in tokens:
        by_position.setdefault(token.position, []).append(token)
    found: list[Match] = []
    for token in tokens:
        if marks.starting(token):
            found.append(Match(token.start, token.end, token.position))
        for sequence, _ in (found for term in marks.terms_of(token) for found in marks.sequences.get(term, ())):
            end = token.end if len(sequence) == 1 else _end(sequence, token, by_position, marks)
            if end:
                found.append(Match(token.start, end, token.position))
    return sorted(found, key=lambda match: (match.start, -match.end)) if len(found) > 1 else found


def _end(sequence: tuple[str, ...], first: Token, by_position: dict[int, list[Token]], marks: Marks) -> int:
    """Return the end of the sequence that begins with a token; 0 if it is not whole."""
    end = first.end
    for offset, term in enumerate(sequence[1:], 1):
        token = next((t for t in by_position.get(first.position + offset, ()) if term in marks.terms_of(t)), None)
        if token is None:
            return 0
        end = token.end
    return end


def highlight(text: str, found: list[Match], start: int = 0, end: int | None = None) -> tuple[Fragment, ...]:
    """Return `text[start:end]` as fragments; of overlapping matches the first is used."""
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


def cut(text: str, found: list[Match], at: int, lead: int, window: int) -> tuple[Fragment, ...]:
    """Return about `window` characters as fragments, from up to `lead` before the match at `at`, on its line."""
    start = _word_start(text, at - lead, lead) if at > lead else 0
    line = text.rfind("\n", start, at)
    start = line + 1 if line >= 0 else start
    inside = found[bisect_left(found, start, key=lambda match: match.start) :]
    first = next((match.end for match in inside if match.start >= at), start)
    end = _word_end(text, start + window, window)
    if end < first <= start + MAX_MATCH:
        end = first
    shown = text[start:end]
    even = not _UNEVEN.search(shown)
    if even and "\n" in shown:
        text = f"{text[:start]}{shown.replace(chr(10), ' ')}{text[end:]}"
    fragments = list(highlight(text, inside, start, end))
    if not fragments:
        return ()
    if start > 0 and text[start - 1] != "\n":
        fragments.insert(0, Fragment("… "))
    if end < len(text):
        fragments.append(Fragment(" …"))
    return tuple(fragments if even else _single_spaced(fragments))


def _word_start(text: str, at: int, lead: int) -> int:
    return text.find(" ", at, at + lead * 2 // 3) + 1 or at


def _word_end(text: str, at: int, window: int) -> int:
    if at >= len(text):
        return len(text)
    start = at - window // 5
    blank = max(text.rfind(" ", start, at), text.rfind("\n", start, at))
    return blank if blank >= 0 else at


def _single_spaced(fragments: list[Fragment]) -> list[Fragment]:
    """Collapse runs of white space to one blank, across fragments too."""
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

"""Quotes by which browsers find a passage in an article's page: the parts of a URL's text directive.

Browsers match whole words, within one block of the page, from its beginning. So a quote starts and ends
at word boundaries in every script, does not cross a line break or a tab (see `model.Section`), and has no characters
that generators like to replace. There is no quote where another passage might be found first.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from searchapp.model import Quote

ENOUGH = 20
"""Minimum characters of a quote, if its line has as many: some four words."""

FEW = 12
"""Characters below which a quote may be ambiguous, as it may be a heading or in a table of contents."""

BESIDE = 3
"""Words of context before and after an ambiguous quote."""

_CHANGED = re.compile(
    r"--|\.\.\.|<<|>>|\([cCrRpP]\)|\([tT][mM]\)|[{}$\\<>]|\A:\w+:"
    "|[\u00ad\u200b-\u200f\u2028-\u202e\u2060\ufeff\ue000-\uf8ff]"
)
"""Characters that typographers, templates and emoji replace, and invisible ones."""

_UNIT = re.compile(r"[^\s\u3000-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\u2026]+")
"""A word with its punctuation; in scripts without blanks, all between two signs."""

_BREAK = re.compile(r"[\n\t]|  ")

_CAREFUL = re.compile(f"[^\\S ]|  |[^\x00-\u0dff\u2010-\u201f]|:|{_CHANGED.pattern}")
"""What excludes the fast path, which splits at blanks only."""

Units = list[tuple[int, int]]


class MatchSpan(NamedTuple):
    """The first match of a passage, `start:end` of its text.

    until    end of the passage's last match
    alone    whether it is the first of its kind in the article's text
    title    the heading above on the page, "" if it has no match
    before   maximum characters before it that are read, one more being there
    reach    the same from its start on
    """

    start: int
    end: int
    until: int
    alone: bool
    title: str
    before: int
    reach: int


def quote(text: str, spot: MatchSpan) -> Quote | None:
    """Return the quote of a passage; None if it might be ambiguous."""
    found = _plainly(text, spot)
    if found:
        return found
    if spot.end - spot.start > spot.reach or _BREAK.search(text, spot.start, spot.end):
        return _from_to(text, spot)
    high = min(len(text), spot.start + spot.reach)
    for units in _stretches(text, max(0, spot.start - spot.before), high, high):
        if units[0][0] <= spot.start and spot.end <= units[-1][1]:
            return _within(text, units, spot)
    return None


def _plainly(text: str, spot: MatchSpan) -> Quote | None:
    """Return what `_within` does for ordinary words between blanks, several times faster; None if there are others."""
    low, high = max(0, spot.start - spot.before), spot.start + spot.reach
    blank = text.rfind(" ", low, spot.start)
    end = text.find(" ", max(spot.until, spot.start + ENOUGH), high)
    if end < 0 or blank < 0 or _CAREFUL.search(text, blank, end):
        return None
    start = _first_word(text, blank, end)
    stop = _last_word(text, start, end)
    said = text[start:stop]
    if len(said) < ENOUGH:
        return None
    if _is_first(said, spot):
        return Quote(said)
    first, last = text.rfind(" ", low, blank), text.find(" ", end + 1, high)
    for _ in range(BESIDE - 1):
        first = text.rfind(" ", low, first) if first > 0 else -1
        last = text.find(" ", last + 1, high) if last > 0 else -1
    if first < 0 or last < 0 or _CAREFUL.search(text, first + 1, last):
        return None
    before = text[_first_word(text, first + 1, start) : start].rstrip()
    return Quote(said, before=before, after=text[stop : _last_word(text, stop, last)].lstrip())


def _is_first(said: str, spot: MatchSpan) -> bool:
    return spot.alone and len(said) >= FEW and not (spot.title and said.lower() in spot.title.lower())


def _within(text: str, units: Units, spot: MatchSpan) -> Quote | None:
    first = last = _unit_at(units, spot.start)
    start = _first_word(text, units[first][0], units[-1][1])
    while last + 1 < len(units) and units[last][1] < max(spot.until, spot.start + ENOUGH):
        last += 1
    end = _last_word(text, start, units[last][1])
    said = text[start:end]
    if _is_first(said, spot):
        return Quote(said)
    low, high = units[max(0, first - BESIDE)][0], units[min(last + BESIDE, len(units) - 1)][1]
    before = text[_first_word(text, low, start) : start].rstrip()
    after = text[end : _last_word(text, end, high)].lstrip()
    if not said or len(before) + len(said) + len(after) < (ENOUGH if before or after else 2 * ENOUGH):
        return None
    return Quote(said, before=before, after=after)


def _from_to(text: str, spot: MatchSpan) -> Quote | None:
    """Return the first and the last words of a match that is long or crosses lines."""
    runs = _stretches(text, max(0, spot.start - spot.before), spot.end, len(text))
    opening = next((units for units in runs if units[0][0] <= spot.start < units[-1][1]), None)
    if opening is None or runs[-1][-1][1] < spot.end:
        return None
    first = last = _unit_at(opening, spot.start)
    while last + 1 < len(opening) and opening[last][1] - opening[first][0] < ENOUGH:
        last += 1
    while first and opening[last][1] - opening[first][0] < ENOUGH:
        first -= 1
    start = _first_word(text, opening[first][0], opening[-1][1])
    opened = _last_word(text, start, opening[last][1])
    closing = [unit for unit in runs[-1] if unit[0] >= opened]
    while len(closing) > 1 and closing[-1][1] - closing[1][0] >= ENOUGH:
        closing.pop(0)
    if opened - start < ENOUGH or not closing:
        return None
    low = _first_word(text, closing[0][0], closing[-1][1])
    end = _last_word(text, low, closing[-1][1])
    return Quote(text[start:opened], text[low:end]) if low < end else None


def _stretches(text: str, low: int, stop: int, high: int) -> list[Units]:
    """Return the units that begin in `low:stop` and end before `high`, in runs that are displayed as written."""
    found: list[Units] = []
    units: Units = []
    at = low
    for piece in _UNIT.finditer(text, low):
        start, end = piece.span()
        if start >= stop:
            break
        if units and _BREAK.search(text, at, start):
            found.append(units)
            units = []
        at = end
        cut = end > high or (start == low and low > 0 and _UNIT.match(text, low - 1, low))
        if not cut and not _CHANGED.search(piece[0]):
            units.append((start, end))
        elif units:
            found.append(units)
            units = []
    return [*found, units] if units else found


def _unit_at(units: Units, place: int) -> int:
    return next(number for number, (_, end) in enumerate(units) if end > place)


def _first_word(text: str, start: int, end: int) -> int:
    """Return where the first word begins, after quotation marks, brackets and blanks."""
    while start < end and unicodedata.category(text[start])[0] in "PSZC" and text[start] != "_":
        start += 1
    return start


def _last_word(text: str, start: int, end: int) -> int:
    while end > start and unicodedata.category(text[end - 1])[0] in "PSZC" and text[end - 1] != "_":
        end -= 1
    return end

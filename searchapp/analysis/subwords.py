"""Sub-words: where a word without joiners changes between letters and digits, or from one word to the next by capitals.

    10km 10|km    HTML5 HTML|5    iPhone15Pro iPhone|15|Pro    2rc1 2|rc|1    1920x1080 1920|x|1080
    fetchUser fetch|User    HTTPServer HTTP|Server    XMLHttpRequest XML|Http|Request    toJSON to|JSON

Whole stay what nobody reads as several words: names (`GitHub`, `JavaScript`, `iPhone`, `LaTeX`, `macOS`), ordinals and
decades (`3rd`, `1990s`), digests, colours and keys (`a1b2c3`, `abc123`, `dQw4w9WgXcQ`).
"""

from __future__ import annotations

import re

_RUNS = re.compile(r"\d+|\D+")
_HUMPS = re.compile(r"[A-Z]{2,}s(?![a-z])|[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_HEX = re.compile(r"[0-9a-fA-F]{6,}\Z")
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th|s)\Z", re.IGNORECASE)

_MOST_DIGITS = 6
"""A longer run of digits is a number of a thing (`KB5021233`), not a count."""

_MOST_LETTERS = 24
_MOST_HUMPS = 8
_MEAN_HUMP = 3
"""Mean letters of a compound's words; those of a key are shorter."""

_SHORT_ABBREVIATIONS = frozenset("ID IDs UI IO DB JS".split())
"""Two capitals that are a word of a compound. Others are of a name: `macOS`, `SQLite`."""

_BETWEEN_DIGITS = frozenset("a b rc alpha beta dev pre post p x".split())


def subwords(word: str) -> list[tuple[str, int]]:
    """Return the sub-words of a word of letters and digits, with their offsets; the word itself if it is but one."""
    if word.isalpha():
        return _humps(word)
    runs = [(match[0], match.start()) for match in _RUNS.finditer(word)]
    if not _counted(word, [run for run, _ in runs]):
        return [(word, 0)]
    return [(hump, start + at) for run, start in runs for hump, at in _humps(run)]


def _counted(word: str, runs: list[str]) -> bool:
    """Whether runs of letters and digits are words of their own."""
    letters = [run for run in runs if not run.isdigit()]
    if len(runs) > 3 or not letters or len(letters) == len(runs) or _HEX.match(word) or _ORDINAL.match(word):
        return False
    if any(len(run) > (_MOST_DIGITS if run.isdigit() else _MOST_LETTERS) for run in runs):
        return False
    if len(runs) == 2:
        return True
    if len(letters) == 1:
        return letters[0].lower() in _BETWEEN_DIGITS
    return min(map(len, letters)) > 1 and max(map(len, letters)) > 2


def _humps(word: str) -> list[tuple[str, int]]:
    """Return the words of a compound in camel case, with their offsets; the word itself if it is none, or a name."""
    if not word.isascii() or word.islower() or word.isupper() or word.istitle() or len(word) > 2 * _MOST_LETTERS:
        return [(word, 0)]
    humps = [(match[0], match.start()) for match in _HUMPS.finditer(word)]
    return humps if _is_compound([hump for hump, _ in humps]) else [(word, 0)]


def _is_compound(humps: list[str]) -> bool:
    if not 2 <= len(humps) <= _MOST_HUMPS or min(map(len, humps)) < 2:
        return False
    if len(humps) > 2:
        return sum(map(len, humps)) >= _MEAN_HUMP * len(humps)
    first, last = humps
    if last in _SHORT_ABBREVIATIONS or first in _SHORT_ABBREVIATIONS:
        return True
    if first.islower():
        return len(last) > 2 or last.istitle()
    # Two capitalised words are a name: `GitHub`, `JavaScript`.
    return first.isupper() and len(first) > 2 and last.istitle() and len(last) > 2

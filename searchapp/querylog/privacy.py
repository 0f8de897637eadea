"""Normalisation and anonymisation of queries before they are stored.

People type personal data into any box: their address, a telephone number, a password from the clipboard. What looks
like one of these is replaced by a placeholder in brackets. The patterns prefer masking a part number to storing a
telephone number.
"""

from __future__ import annotations

import re
import unicodedata

from searchapp.query import MAX_LENGTH, normalise

MAX_STORED = 200
"""Characters of a query that are stored, at most; a longer one is usually a pasted text."""
E_MAIL, NUMBER, TOKEN, ADDRESS = "[e-mail]", "[number]", "[secret]", "[address]"

_OPERATORS = frozenset({"OR", "NOT"})
# They begin at the start of a word: tried at each letter, they would take quadratic time.
_MAIL = re.compile(r"(?<![^\s@\"<>()\[\],;:])[^\s@\"<>()\[\],;:]+@[^\s@\"<>()\[\],;:]*\.[^\W\d_]{2,}")
_CREDENTIALS = re.compile(r"(?<![a-z0-9+.-])[a-z0-9+.-]+://[^\s/@:]*:[^\s/@]*@\S*", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_UUID = re.compile(r"(?<![\w-])[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![\w-])", re.IGNORECASE)
_DIGITS = re.compile(r"(?<![\w.])\+?\(?\d(?:[\s().\-/]{0,2}\d)+(?!\w)")
_MIN_DIGITS = 7
"""Digits of a telephone number, at least; issue and product numbers have fewer."""
_DATE = re.compile(r"(?:19|20)\d\d(?:[-/.](?:0?[1-9]|1[0-2])(?:[-/.](?:0?[1-9]|[12]\d|3[01]))?)?")
_NETWORK = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])")
_PART = re.compile(r"[A-Za-z0-9+=_~]{16,}|(?<![\w-])[A-Za-z0-9+=_~-]{32,}(?![\w-])")
_NOT_SECRET = re.compile(r"(?:[A-Za-z]{1,15}|\d{1,4})(?:[-_][A-Za-z]{1,15}|[-_]\d{1,4})+")
"""Words and small numbers joined by dashes: a slug or an identifier."""


def stored_form(text: str) -> str:
    """Return a query in its stored form: masked, NFKC, lower case, single blanks; "" if nothing is left."""
    if not (text.isascii() and text.isprintable() and len(text) <= MAX_STORED):  # most are, and need none of this
        text = normalise(unicodedata.normalize("NFKC", text[: MAX_LENGTH * 4]))
    text = mask(text)
    words = " ".join(word if word in _OPERATORS else word.lower() for word in text.split())
    if len(words) <= MAX_STORED:
        return words
    return words[: MAX_STORED + 1].rpartition(" ")[0] or words[:MAX_STORED]


def mask(text: str) -> str:
    """Return the text with placeholders for e-mail addresses, long numbers, network addresses and secrets."""
    if "@" in text:
        text = _CREDENTIALS.sub(ADDRESS, text)
        text = _MAIL.sub(E_MAIL, text)
    if not _DIGIT.search(text):
        return text
    text = _UUID.sub(TOKEN, text)
    text = _NETWORK.sub(ADDRESS, text)
    text = _DIGITS.sub(_mask_number, text)
    return _PART.sub(_mask_token, text)


def _mask_number(found: re.Match[str]) -> str:
    """The replacement of a number: a placeholder for a long one that is no date."""
    if sum(character.isdigit() for character in found[0]) < _MIN_DIGITS:
        return found[0]
    if all(_DATE.fullmatch(piece) for piece in found[0].split()):
        return found[0]
    return NUMBER


def _mask_token(found: re.Match[str]) -> str:
    """The replacement of a token: a placeholder for mixed letters and digits that are no slug."""
    piece = found[0]
    mixed = any(c.isdigit() for c in piece) and any(c.isalpha() for c in piece)
    return TOKEN if mixed and not _NOT_SECRET.fullmatch(piece) else piece

"""What of a query is kept: one spelling of equal queries, and nothing that looks like somebody's data.

People type into any box: their address, a telephone number, a password that was in the clipboard. What looks like one
of these is replaced by a word in brackets, which says what it was; the words around it stay. The patterns would rather
mask a part number too many than keep a telephone number.
"""

from __future__ import annotations

import re
import unicodedata

from searchapp.query import MAX_LENGTH, normalise

LONGEST = 200
"""Characters of a query that are kept; a longer one is rather a text that was pasted than a search."""
E_MAIL, NUMBER, TOKEN, ADDRESS = "[e-mail]", "[number]", "[secret]", "[address]"

_OPERATORS = frozenset({"OR", "NOT"})
# They begin where a word does: tried at each letter of one, they would take the square of its length.
_MAIL = re.compile(r"(?<![^\s@\"<>()\[\],;:])[^\s@\"<>()\[\],;:]+@[^\s@\"<>()\[\],;:]*\.[^\W\d_]{2,}")
_CREDENTIALS = re.compile(r"(?<![a-z0-9+.-])[a-z0-9+.-]+://[^\s/@:]*:[^\s/@]*@\S*", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_UUID = re.compile(r"(?<![\w-])[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![\w-])", re.IGNORECASE)
_DIGITS = re.compile(r"(?<![\w.])\+?\(?\d(?:[\s().\-/]{0,2}\d)+(?!\w)")
_FEWEST_DIGITS = 7
"""Of a telephone number; the number of an issue or a product has fewer."""
_DATE = re.compile(r"(?:19|20)\d\d(?:[-/.](?:0?[1-9]|1[0-2])(?:[-/.](?:0?[1-9]|[12]\d|3[01]))?)?")
_NETWORK = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])")
_PART = re.compile(r"[A-Za-z0-9+=_~]{16,}|(?<![\w-])[A-Za-z0-9+=_~-]{32,}(?![\w-])")
_NOT_SECRET = re.compile(r"(?:[A-Za-z]{1,15}|\d{1,4})(?:[-_][A-Za-z]{1,15}|[-_]\d{1,4})+")
"""Words and small numbers with dashes between them: a slug, a name in a program."""


def remembered(text: str) -> str:
    """A query as it is kept, "" for one of which nothing is left.

    Compatibility forms, case and blanks are evened out, so that equal queries are equal texts.
    """
    if not (text.isascii() and text.isprintable() and len(text) <= LONGEST):  # most are, and need none of this
        text = normalise(unicodedata.normalize("NFKC", text[: MAX_LENGTH * 4]))
    text = masked(text)
    words = " ".join(word if word in _OPERATORS else word.lower() for word in text.split())
    if len(words) <= LONGEST:
        return words
    return words[: LONGEST + 1].rpartition(" ")[0] or words[:LONGEST]


def masked(text: str) -> str:
    """The text with a word in brackets for each e-mail address, long number, network address and secret."""
    if "@" in text:
        text = _CREDENTIALS.sub(ADDRESS, text)
        text = _MAIL.sub(E_MAIL, text)
    if not _DIGIT.search(text):
        return text
    text = _UUID.sub(TOKEN, text)
    text = _NETWORK.sub(ADDRESS, text)
    text = _DIGITS.sub(_number, text)
    return _PART.sub(_token, text)


def _number(found: re.Match[str]) -> str:
    """Long numbers are somebody's; years and dates are anybody's."""
    if sum(character.isdigit() for character in found[0]) < _FEWEST_DIGITS:
        return found[0]
    if all(_DATE.fullmatch(piece) for piece in found[0].split()):
        return found[0]
    return NUMBER


def _token(found: re.Match[str]) -> str:
    """Letters and digits mixed beyond what words and names do."""
    piece = found[0]
    mixed = any(c.isdigit() for c in piece) and any(c.isalpha() for c in piece)
    return TOKEN if mixed and not _NOT_SECRET.fullmatch(piece) else piece

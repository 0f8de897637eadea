"""Pieces of a text that are analysed by themselves: words with what joins their parts, and emoji."""

from __future__ import annotations

import re
import unicodedata
from itertools import chain

from searchapp.analysis.folding import DASHES, LETTERS, LOOKALIKES, QUOTES, UNSEEN


def _class_of_marks() -> str:
    r"""Return the combining marks of letters, which `\w` lacks, as the inside of a regex class."""
    low = chain(range(0x300, 0x3100), range(0xA66F, 0xABEE), range(0xFB1E, 0xFB1F), range(0xFE20, 0xFE30))
    blocks = chain(low, range(0x10100, 0x12000), range(0x16A00, 0x17000), range(0x1E000, 0x1E950))
    marks = [c for c in blocks if unicodedata.category(chr(c)) in {"Mn", "Mc"}]
    ranges: list[list[int]] = []
    for code in marks:
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(f"\\U{low:08x}-\\U{high:08x}" for low, high in ranges)


MARKS = _class_of_marks()
LEADING_MARKS = re.compile(rf"\A[{MARKS}]+")
"""Of no letter: nobody can type a word that begins with them."""
_RUN = rf"\w++(?:[{MARKS}{UNSEEN}][\w{MARKS}{UNSEEN}]*+)?"
_JOINER = rf"(?:[{QUOTES}.{DASHES}]|[{LOOKALIKES}](?=[^\W\d_])|(?<=\d),(?=\d{{3}}(?!\d)))[{UNSEEN}]*+"
_PICTURE = (
    "[\u231a\u231b\u2328\u23cf\u23e9-\u23fa\u2600-\u2767\u2795-\u2797\u27b0\u27bf\u3297\u3299\u2b1b\u2b1c\u2b50\u2b55"
    "\U0001f004\U0001f0cf\U0001f170-\U0001f19a\U0001f201-\U0001f251\U0001f300-\U0001faff]"
    "[\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]*+"
)
_EMOJI = rf"[\U0001f1e6-\U0001f1ff]{{2}}|{_PICTURE}(?:\u200d{_PICTURE})*+"
TOKEN = re.compile(
    rf"(?:{_RUN}|(?<![\w.])\.(?=[^\W\d_]){_RUN})(?:{_JOINER}{_RUN})*+"
    r"(?:\+\+(?:(?![\w+])|(?=\d[\dx](?!\w)))|\#(?:(?![\w#])|(?<=\b[CcFf]\#)(?=\d)))?"
    rf"|{_EMOJI}"
)
IS_EMOJI = re.compile(_EMOJI).match
SKIN_TONES = re.compile("[\U0001f3fb-\U0001f3ff]")
_SIMPLE = re.compile(r"[A-Za-z][a-z]*+|[A-Z]++|[0-9]++").fullmatch
JOINERS = re.compile(rf"[.,_{DASHES}]+")
DASH = re.compile(f"[{DASHES}]")
VERSIONS = re.compile(r"(?<!\d)(?<!\d[.,])(?:\d+(?:\.\d+)+|\d{1,3}(?:,\d{3})+)")
AND_BETWEEN = re.compile(rf"(\w+)[{QUOTES}{LOOKALIKES}]([nN])[{QUOTES}{LOOKALIKES}](\w+)")
WORDLESS = re.compile(f"[_ʼ{LETTERS}\u0640\ufc5e-\ufc63\ufe70-\ufe7f]")
"""What counts as a letter in a regular expression and may be all of a piece, which then has no token."""


def is_simple(piece: str) -> bool:
    """Whether a piece (see `split`) has one token, whose surface form is the piece in lower case, cut to `MAX_TERM`."""
    return _SIMPLE(piece) is not None


split = TOKEN.findall
"""Splits a text into the pieces that `Analyzer.entry` takes."""

"""Cutting a text into chunks that can be analysed one by one, and where on the line of `passages` each begins.

In a segment's file of arrays, for n documents:

    chunk/bounds   where each document's chunks begin in the others, and the end (n + 1)
    chunk/words    the position on the line of the chunk's first word
    chunk/chars    where the chunk begins in the document's `stored` text

Both ascend within a document. A text without a character has no chunk.
"""

from __future__ import annotations

import re

CHUNK = 100
"""Characters of a chunk, and what is left of the last word: what a passage needs is analysed in such steps."""

LINE_FIELDS = ("headings", "summary", "body", "code")
"""The fields on the line, in its order; that of `documents.TEXT_FIELDS` too."""

LONG = 8_000
"""Words on the line of an article so long that its words as written are indexed with their positions, too: the chunks
with a prefix are then not looked for. Others are not worth the space."""

SPELLED = "spelled"
"""The field of surface forms, in long articles only; its positions are those of the line."""

_BREAK = re.compile(r"[\s、。，！？：；]")
"""No word goes across these, nor does what stands before them change how a word behind them is read."""


def starts(text: str) -> list[int]:
    """Where the chunks of a text begin."""
    found = [0] if text else []
    after = CHUNK
    while (gap := _BREAK.search(text, after)) is not None and gap.end() < len(text):
        found.append(gap.end())
        after = gap.end() + CHUNK
    return found

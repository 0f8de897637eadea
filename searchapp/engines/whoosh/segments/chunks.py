"""Cutting a text into chunks that can be analysed one by one, and where on the line of `passages` each begins.

In a segment's file of arrays, for n documents:

    chunk/bounds   where each document's chunks begin in the others, and the end (n + 1)
    chunk/words    the position on the line of the chunk's first word
    chunk/chars    where the chunk begins in the document's `stored` text

Both ascend within a document. A text without a character has no chunk.
"""

from __future__ import annotations

import re

import numpy as np

from searchapp.engines.whoosh.segments.arrays import Array
from searchapp.retrieval.documents import TEXT_FIELDS

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


_FIRST = TEXT_FIELDS.index(LINE_FIELDS[0])


def arrays(chunks: Array, runs: Array, widths: Array, documents: int) -> dict[str, Array]:
    """The arrays described above, for chunks in the order of documents and texts.

    chunks  (n × 3) the number of the text's run, that of the first entry, and where in the stored text it begins
    runs    (texts × 3) document, number in TEXT_FIELDS, count of entries
    widths  how many positions each entry has
    """
    run, entry, chars = chunks.T
    # Of each text and each entry, its position if all texts stood on one line.
    before = np.append(np.int32(0), np.cumsum(widths, dtype=np.int32))
    first = np.flatnonzero(runs[:, 1] == _FIRST - 1) + 1
    line_start = before[np.append(0, np.cumsum(runs[:, 2]))[first]] + first
    return {
        "chunk/bounds": np.searchsorted(runs[run, 0], np.arange(documents + 1)),
        "chunk/words": before[entry] + run - line_start[runs[run, 0]],
        "chunk/chars": chars,
    }


def long_rows(runs: Array, lengths: Array, docs: Array, numbers: Array, positions: Array) -> tuple[Array, Array]:
    """Of rows of words those on the lines of documents with more than LONG words, and their positions there.

    runs     see `segment`
    lengths  TEXT_FIELDS × documents, how many words
    docs, numbers, positions   of each row the document, the number in TEXT_FIELDS and the position in that field
    """
    last = _FIRST + len(LINE_FIELDS)
    cells = runs[:, 0] * len(TEXT_FIELDS) + runs[:, 1]
    texts = np.bincount(cells, minlength=lengths.size).reshape(-1, len(TEXT_FIELDS)).T
    ends = np.cumsum((lengths + texts)[_FIRST:last], axis=0)
    long = ends[-1] > LONG
    if not long.any():
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    bases = np.concatenate([np.zeros_like(ends[:1]), ends])
    rows = np.flatnonzero(long[docs] & (numbers >= _FIRST) & (numbers < last))
    return rows, positions[rows] + bases[numbers[rows] - _FIRST, docs[rows]]

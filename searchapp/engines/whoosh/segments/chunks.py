"""Chunks of a text that can be analysed one by one, and their positions on the line of `passages`.

In a segment's file of arrays, for n documents:

    chunk/bounds   index of each document's first chunk in the others, and the end (n + 1)
    chunk/words    position on the line of the chunk's first word
    chunk/chars    offset of the chunk in the document's `stored` text

The last two ascend within a document. An empty text has no chunk.
"""

from __future__ import annotations

import re

import numpy as np

from searchapp.engines.whoosh.segments.arrays import Array
from searchapp.retrieval.documents import TEXT_FIELDS

CHUNK = 100
"""Minimum characters of a chunk, which ends with a word: passages are analysed in such steps."""

LINE_FIELDS = ("headings", "summary", "body", "code")
"""The fields on the line, in its order, which is that of `documents.TEXT_FIELDS` too."""

LONG = 8_000
"""Words on the line of a long article, whose surface forms are indexed with positions: chunks with a prefix need not be
searched then. For others the space is not worth it.
"""

SPELLED = "spelled"
"""The field of surface forms, in long articles only; its positions are those of the line."""

_BREAK = re.compile(r"[\s、。，！？：；]")
"""Word boundaries across which context does not matter for the analysis."""


def starts(text: str) -> list[int]:
    """Return the offsets of the chunks of a text."""
    found = [0] if text else []
    after = CHUNK
    while (gap := _BREAK.search(text, after)) is not None and gap.end() < len(text):
        found.append(gap.end())
        after = gap.end() + CHUNK
    return found


_FIRST = TEXT_FIELDS.index(LINE_FIELDS[0])


def arrays(chunks: Array, runs: Array, widths: Array, documents: int) -> dict[str, Array]:
    """Return the arrays described above, for chunks in the order of documents and texts.

    chunks  (n × 3) index of the text's run, index of the first entry, offset in the stored text
    runs    (texts × 3) document, index in TEXT_FIELDS, count of entries
    widths  number of positions of each entry
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
    """Return the rows of words on the lines of documents with more than LONG words, and their positions there.

    runs     as in `arrays`
    lengths  TEXT_FIELDS × documents, number of words
    docs, numbers, positions   of each row the document, the index in TEXT_FIELDS and the position in that field
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

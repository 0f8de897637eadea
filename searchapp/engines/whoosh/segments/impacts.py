"""Precomputed impacts: what a term adds to the score of each document, before idf.

Beside the arrays of each segment is a file of `ranking.impact`, summed over the text fields, for each posting of
ANY, in multiples of IMPACT_STEP. They depend on the pivots of the whole index, which most edits leave unchanged;
when one changes, the impacts of every segment are rewritten, and nothing else of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from searchapp.engines.whoosh.disk.whoosh_storage import Storage
from searchapp.engines.whoosh.segments.arrays import Array, ArraysFile, write_arrays
from searchapp.engines.whoosh.segments.codec import EXTENSION
from searchapp.engines.whoosh.segments.segment import ANY, PostingsFile
from searchapp.retrieval.documents import TEXT_FIELDS
from searchapp.retrieval.ranking import impact, pivot

IMPACTS = ".impacts"
_CHUNK = 1 << 18
"""Postings computed at once, so that temporary arrays fit the processor's cache."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A segment: its arrays, the file of its impacts, and a mask of its live documents."""

    file: PostingsFile
    path: Path
    live: Array


def refresh(path: Path) -> None:
    """Write the impacts of the index in `path` where they are missing or for other pivots."""
    parts = list(_parts(path))
    totals = np.zeros(len(TEXT_FIELDS), np.int64)
    for part in parts:
        totals += part.file.lengths[:, part.live].sum(axis=1, dtype=np.int64)
    articles = sum(int(part.live.sum()) for part in parts)
    usual = {field: pivot(total, articles) for field, total in zip(TEXT_FIELDS, totals.tolist(), strict=True)}
    for part in parts:
        if not (part.path.exists() and ArraysFile(part.path).facts["pivots"] == usual):
            temporary = part.path.with_suffix(".new")
            with temporary.open("wb") as stream:
                write_arrays(stream, {"pivots": usual}, {"impacts": compute(part.file, usual)})
            # Not written in place: the file may be one with that of the generation before.
            temporary.replace(part.path)


def _parts(path: Path) -> Iterator[_Part]:
    storage = Storage(path)
    try:
        for segment in storage.open_index()._segments():
            file = PostingsFile(path / segment.make_filename(EXTENSION))
            live = np.ones(file.documents, bool)
            live[list(segment.deleted_docs())] = False
            yield _Part(file, path / segment.make_filename(IMPACTS), live)
    finally:
        storage.close()


def compute(file: PostingsFile, usual: Mapping[str, float]) -> Array:
    """Return the impacts of a segment for these pivots, one for each posting of ANY, uint16."""
    bits, holders = file.array(f"{ANY}/fields"), file.array(f"{ANY}/docs")
    found = np.zeros(len(bits), np.uint16)
    for number, field in enumerate(TEXT_FIELDS):
        rows = np.flatnonzero(bits & (1 << number))
        docs, tfs = holders.take(rows), file.array(f"{field}/tfs")
        for start in range(0, len(rows), _CHUNK):
            chunk = slice(start, start + _CHUNK)
            steps = impact(field, tfs[chunk], file.lengths[number][docs[chunk]], usual[field])
            found[rows[chunk]] += steps.astype(np.uint16)
    return found

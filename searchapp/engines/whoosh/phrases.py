"""Where terms stand side by side, by the positions of one segment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from searchapp.engines.documents import TEXT_FIELDS
from searchapp.engines.whoosh.arrays import ANY, Array, PostingsFile
from searchapp.engines.whoosh.lists import SKIP, common, rows

_CHUNK = 4_096
"""Documents looked at together: their table of positions stays in a processor's cache."""

_SPARSE = 64
"""Positions are compared in a table while it has at most so many places for each of them."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Documents, ascending, in which the terms stand side by side in a field, and how often they have each term."""

    field: str
    docs: Array
    tfs: Sequence[Array]


def side_by_side(file: PostingsFile, terms: Sequence[str], fields: Sequence[str]) -> Iterator[Standing]:
    """Where the terms stand at consecutive positions, field by field."""
    encoded = [term.encode() for term in terms]
    numbers = [file.find(ANY, term) for term in encoded]
    if None in numbers:
        return
    docs, bits = _candidates(file, [number for number in numbers if number is not None])
    present = int(np.bitwise_or.reduce(bits, initial=0))
    for number, field in enumerate(TEXT_FIELDS):
        if present >> number & 1 and field in fields:
            found = _standing(file, field, encoded, docs.compress(bits & (1 << number)))
            if len(found.docs):
                yield found


def _candidates(file: PostingsFile, numbers: Sequence[int]) -> tuple[Array, Array]:
    """The documents that have all of these terms, and in which fields they have them all."""
    ordered = sorted(set(numbers), key=lambda number: len(file.docs(ANY, number)))
    docs, bits = file.docs(ANY, ordered[0]), file.fields_of(ordered[0])
    for number in ordered[1:]:
        kept, at = common(docs, file.docs(ANY, number), file.documents) if len(docs) else (docs, docs)
        docs, bits = docs.take(kept), bits.take(kept) & file.fields_of(number).take(at)
    return docs, bits


def _standing(file: PostingsFile, field: str, terms: Sequence[bytes], held: Array) -> Standing:
    """Those of `held`, documents with all terms in the field, in which they are side by side."""
    own = {term: _positions(file, field, term, held) for term in terms}
    if len(held) <= _CHUNK:
        chosen = _aligned([own[term] for term in terms])
    else:
        starts = np.arange(0, len(held), _CHUNK)
        pieces = {term: list(_split(*found, starts)) for term, found in own.items()}
        parts = [_aligned([pieces[term][n] for term in terms]) + start for n, start in enumerate(starts.tolist())]
        chosen = np.concatenate(parts)
    return Standing(field, held.take(chosen), [own[term][0].take(chosen) for term in terms])


def _split(counts: Array, positions: Array, starts: Array) -> Iterator[tuple[Array, Array]]:
    """The counts, and the positions counted by them, in pieces that begin with these documents."""
    bounds = [*(counts.cumsum().take(starts) - counts.take(starts)).tolist(), len(positions)]
    for start, (left, right) in zip(starts.tolist(), pairwise(bounds), strict=True):
        yield counts[start : start + _CHUNK], positions[left:right]


def _aligned(found: Sequence[tuple[Array, Array]]) -> Array:
    """The indices of the documents in which a position of each term follows one of the term before.

    found   for each term: how many positions each document has, and these, document after document
    """
    # Each document has a stretch of its own on one line, longer than any of its positions.
    size = np.full(len(found[0][0]), len(found) + 1)
    size += np.maximum.reduce([positions.take(counts.cumsum() - 1) for counts, positions in found])
    ends = size.cumsum()
    base = ends - size + len(found)
    rarest, *others = sorted(range(len(found)), key=lambda offset: len(found[offset][1]))
    owners = np.arange(len(size)).repeat(found[rarest][0])
    places = found[rarest][1] + base.take(owners) - rarest
    for offset in others:
        if not len(places):
            break
        counts, positions = found[offset]
        kept = _contained(places, positions + (base - offset).repeat(counts), int(ends[-1]))
        places, owners = places.take(kept), owners.take(kept)
    again = owners[1:] != owners[:-1]
    return np.append(owners[:1], owners[1:][again])


def _contained(places: Array, line: Array, length: int) -> Array:
    """The indices of those of `places` that are on the line; both ascending and below `length`, neither empty."""
    if length <= _SPARSE * (len(places) + len(line)):
        table = np.zeros(length, bool)
        table[line] = True
        inside: Array = table.take(places)
    else:
        at = line.searchsorted(places)
        at[at == len(line)] = 0
        inside = line.take(at) == places
    return inside.nonzero()[0]


def _positions(file: PostingsFile, field: str, term: bytes, held: Array) -> tuple[Array, Array]:
    """How often each of `held` has the term in the field, and its positions there, document after document."""
    number = file.find(field, term)
    assert number is not None, "a bit of ANY without a posting"
    docs, tfs = file.docs(field, number), file.tfs(field, number)
    positions = file.positions(field, number)
    if len(docs) == len(held):
        return tfs.astype(np.int64), positions.astype(np.int32)
    if len(docs) > SKIP * len(held):
        at = docs.searchsorted(held.astype(docs.dtype, copy=False))
    else:
        mask = np.zeros(file.documents, bool)
        mask[held] = True
        at = mask.take(docs).nonzero()[0]
    counts = tfs.take(at).astype(np.int64)
    ends = tfs.cumsum(dtype=np.int64).take(at)
    return counts, positions.take(rows(ends - counts, counts)).astype(np.int32)

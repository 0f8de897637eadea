"""Where terms stand side by side, by the positions of one segment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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
    found = [_standing_in(file, field, terms, held[start : start + _CHUNK]) for start in range(0, len(held), _CHUNK)]
    docs = np.concatenate(found)
    return Standing(field, docs, [_counts(file, field, term, docs) for term in terms] if len(docs) else ())


def _standing_in(file: PostingsFile, field: str, terms: Sequence[bytes], held: Array) -> Array:
    """The rarest word first, then the others where those before stand right; most documents are left after two."""
    posts = [_posts(file, field, term) for term in terms]
    rarest, *others = sorted(range(len(terms)), key=lambda offset: posts[offset].stop - posts[offset].start)
    counts, positions = _positions(file, field, terms[rarest], held)
    owners, starts = np.arange(len(held)).repeat(counts), positions - rarest
    for offset in others:
        if not len(owners):
            break
        new = _new(owners)
        held = held.take(owners.compress(new))
        owners = new.cumsum() - 1
        counts, positions = _positions(file, field, terms[offset], held)
        kept = _met(owners, starts, counts, positions - offset)
        owners, starts = owners.take(kept), starts.take(kept)
    return held.take(owners.compress(_new(owners)))


def _new(owners: Array) -> Array:
    """Which are not the same as the one before."""
    new = np.ones(len(owners), bool)
    np.not_equal(owners[1:], owners[:-1], out=new[1:])
    return new


def _met(owners: Array, starts: Array, counts: Array, others: Array) -> Array:
    """The indices of those `starts` that are among the others of the same document.

    owners   whose each start is, ascending
    counts   how many of the others each document has
    """
    # Each document has a stretch of its own on one line, longer than any of its numbers.
    low = int(min(starts.min(), others.min()))
    size = np.maximum(
        others.take(counts.cumsum() - 1), starts.take(np.append((owners[1:] != owners[:-1]).nonzero()[0], -1))
    )
    size += 1 - low
    ends = size.cumsum()
    base = ends - size - low
    places, line, length = starts + base.take(owners), others + base.repeat(counts), int(ends[-1])
    return _contained(places, line, length)


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
    posts = _posts(file, field, term)
    docs = file.array(f"{field}/docs")[posts]
    low, high = docs.searchsorted(held.take((0, -1)).astype(docs.dtype)).tolist()
    docs = docs[low : high + 1]
    start, end = posts.start + low, posts.start + high + 1
    tfs, positions = file.array(f"{field}/tfs")[start:end], file.positions(field, start, end)
    if len(docs) == len(held):
        return tfs.astype(np.int64), positions.astype(np.int32)
    at = _where(held, docs, file.documents)
    counts = tfs.take(at).astype(np.int64)
    ends = tfs.cumsum(dtype=np.int64).take(at)
    return counts, positions.take(rows(ends - counts, counts)).astype(np.int32)


def _counts(file: PostingsFile, field: str, term: bytes, held: Array) -> Array:
    """How often each of `held`, documents that have the term in the field, has it."""
    posts = _posts(file, field, term)
    at = _where(held, file.array(f"{field}/docs")[posts], file.documents)
    return file.array(f"{field}/tfs")[posts].take(at).astype(np.int64)


def _posts(file: PostingsFile, field: str, term: bytes) -> slice:
    number = file.find(field, term)
    assert number is not None, "a bit of ANY without a posting"
    return file.postings_range(field, number)


def _where(held: Array, docs: Array, documents: int) -> Array:
    """The indices of `held` in `docs`, which has them all."""
    if len(docs) > SKIP * len(held):
        return docs.searchsorted(held.astype(docs.dtype, copy=False))
    mask = np.zeros(documents, bool)
    mask[held] = True
    return mask.take(docs).nonzero()[0]

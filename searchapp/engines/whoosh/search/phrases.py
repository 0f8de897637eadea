"""Phrase search in one segment, by positions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from searchapp.engines.whoosh.search.docsets import common, rows
from searchapp.engines.whoosh.segments.arrays import Array
from searchapp.engines.whoosh.segments.segment import ANY, MARK, PostingsFile
from searchapp.retrieval.documents import TEXT_FIELDS

_CHUNK = 4_096
"""Documents processed together, so that their table of positions stays in the processor's cache."""

_SUMMED = 3 * MARK
"""A list up to so many times as long as the look-ups in it is scanned rather than looked up by marks."""

_SPARSE = 64
"""Maximum ratio of a table's size to the positions compared in it."""

_Posts = dict[int, Array]
"""Number of a term -> ascending posting numbers, one for each of some documents."""


@dataclass(frozen=True, slots=True)
class PhraseMatches:
    """Documents, ascending, with the phrase in a field, and their frequencies of each term."""

    field: str
    docs: Array
    tfs: Sequence[Array]


def side_by_side(file: PostingsFile, terms: Sequence[str], fields: Sequence[str]) -> Iterator[PhraseMatches]:
    """Yield the documents with the terms at consecutive positions, field by field."""
    numbers: list[int] = []
    for term in terms:
        number = file.find(ANY, term.encode())
        if number is None:
            return
        numbers.append(number)
    docs, bits, posts = _candidates(file, numbers)
    present = int(np.bitwise_or.reduce(bits, initial=0))
    for number, field in enumerate(TEXT_FIELDS):
        if present >> number & 1 and field in fields:
            here = (bits & (1 << number)).nonzero()[0]
            own = {term: own_posts(file, field, term, found.take(here)) for term, found in posts.items()}
            found = _standing(file, field, numbers, own, docs.take(here))
            if len(found.docs):
                yield found


def _candidates(file: PostingsFile, numbers: Sequence[int]) -> tuple[Array, Array, _Posts]:
    """Return the documents with all of these terms, bits of the fields with all, and ANY's postings of each term.

    The postings of the rarest term come first.
    """
    docs, bits = np.zeros(0, np.uint16), np.zeros(0, np.uint8)
    posts: _Posts = {}
    for number in sorted(set(numbers), key=lambda number: len(file.docs(ANY, number))):
        own, here = file.docs(ANY, number), file.postings_range(ANY, number)
        if not posts:
            docs, bits, at = own, file.fields_of(number), np.arange(len(own))
        else:
            kept, at = common(docs, own, file.documents)
            docs, bits = docs.take(kept), bits.take(kept) & file.fields_of(number).take(at)
            posts = {term: found.take(kept) for term, found in posts.items()}
        posts[number] = at + here.start
    return docs, bits, posts


def own_posts(file: PostingsFile, field: str, term: int, posts: Array) -> Array:
    """Convert posting numbers of a term in ANY, which the field has too, to the field's."""
    here = file.postings_range(ANY, term)
    if here.stop - here.start > _SUMMED * len(posts):
        return file.ranks(field, posts)
    ranks = ((file.fields_of(term) & file.bits[field]) != 0).cumsum()
    own: Array = ranks.take(posts - here.start) + (file.rank(field, here.start) - 1)
    return own


def _standing(file: PostingsFile, field: str, terms: Sequence[int], own: _Posts, docs: Array) -> PhraseMatches:
    """Return those of the documents, which have all terms in the field, that have them adjacent.

    own   the field's postings of each term in these documents
    """
    rarest_first = [(offset, term) for term in own for offset, each in enumerate(terms) if each == term]
    found = []
    for start in range(0, len(docs), _CHUNK):
        part = [(offset, own[term][start : start + _CHUNK]) for offset, term in rarest_first]
        found.append(_standing_in(file, field, part) + start)
    kept = np.concatenate(found)
    tfs = file.array(f"{field}/tfs")
    return PhraseMatches(field, docs.take(kept), [tfs.take(own[term].take(kept)).astype(np.int64) for term in terms])


def _standing_in(file: PostingsFile, field: str, terms: Sequence[tuple[int, Array]]) -> Array:
    """Return the indices of the documents with the terms adjacent.

    terms   offset in the phrase and postings of each, the rarest first: most documents are excluded after two
    """
    (rarest, posts), *others = terms
    kept = np.arange(len(posts))
    counts, positions = positions_of(file, field, posts)
    owners, starts = kept.repeat(counts), positions - rarest
    for offset, posts in others:
        if not len(owners):
            break
        new = _new(owners)
        kept = kept.take(owners.compress(new))
        owners = new.cumsum() - 1
        counts, positions = positions_of(file, field, posts.take(kept))
        met = _met(owners, starts, counts, positions - offset)
        owners, starts = owners.take(met), starts.take(met)
    return kept.take(owners.compress(_new(owners)))


def _new(owners: Array) -> Array:
    """Return a mask of the elements that differ from the one before."""
    new = np.ones(len(owners), bool)
    np.not_equal(owners[1:], owners[:-1], out=new[1:])
    return new


def _met(owners: Array, starts: Array, counts: Array, others: Array) -> Array:
    """Return the indices of those `starts` that are among the others of the same document.

    owners   index of each start's document, ascending
    counts   number of others of each document
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
    """Return the indices of those of `places` that are on the line; both ascending, below `length` and not empty."""
    if length <= _SPARSE * (len(places) + len(line)):
        table = np.zeros(length, bool)
        table[line] = True
        inside: Array = table.take(places)
    else:
        at = line.searchsorted(places)
        at[at == len(line)] = 0
        inside = line.take(at) == places
    return inside.nonzero()[0]


def positions_of(file: PostingsFile, field: str, posts: Array, part: str = "positions") -> tuple[Array, Array]:
    """Return the number of positions of each of the field's postings (ascending), and the positions, concatenated.

    With the part "forms", the forms at these positions.
    """
    tfs, positions = file.array(f"{field}/tfs"), file.array(f"{field}/{part}")
    counts = tfs.take(posts).astype(np.int64)
    start, end = int(posts[0]), int(posts[-1]) + 1
    if end - start == len(posts):
        return counts, positions[file.spot(field, start) : file.spot(field, end)].astype(np.int32)
    if end - start <= _SUMMED * len(posts):
        ends = tfs[start:end].cumsum(dtype=np.int64).take(posts - start)
        spots = rows(ends - counts + file.spot(field, start), counts)
        return counts, positions.take(spots).astype(np.int32)
    return counts, positions.take(rows(file.spots(field, posts), counts)).astype(np.int32)

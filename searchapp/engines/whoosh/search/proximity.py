"""Phrase search in a few documents: unlike `phrases`, it reads their postings only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from searchapp.engines.whoosh.search.phrases import own_posts, positions_of
from searchapp.engines.whoosh.segments.arrays import Array
from searchapp.engines.whoosh.segments.segment import ANY, PostingsFile
from searchapp.retrieval.documents import TEXT_FIELDS

_WIDE = 32
"""Bits of a position in a key."""


def stand_side_by_side(
    file: PostingsFile, terms: Sequence[bytes], docs: Array, fields: Sequence[str] = TEXT_FIELDS
) -> Array:
    """Return a mask of those documents, ascending, with two or more terms at consecutive positions of a field.

    The rarest pair of neighbours is searched first, as most documents do not have even that.
    """
    stands = np.zeros(len(docs), bool)
    found = [file.find(ANY, term) for term in terms]
    numbers = [number for number in found if number is not None]
    if len(numbers) < len(terms) or not len(docs):
        return stands
    sizes = [place.stop - place.start for place in (file.postings_range(ANY, number) for number in numbers)]
    first = min(range(len(terms) - 1), key=lambda at: (min(sizes[at : at + 2]), sum(sizes[at : at + 2])))
    left, right = (_held(file, number, docs) for number in numbers[first : first + 2])
    bits = left.bits & right.bits
    present = int(np.bitwise_or.reduce(bits))
    for number, field in enumerate(TEXT_FIELDS):
        if present >> number & 1 and field in fields:
            inside = (bits & (1 << number)).nonzero()[0]
            own = np.arange(len(inside)) << _WIDE
            starts = _both(
                _keys(file, field, numbers[first], own, left.posts.take(inside)) - first,
                _keys(file, field, numbers[first + 1], own, right.posts.take(inside)) - (first + 1),
            )
            others = [(at, numbers[at]) for at in range(len(terms)) if not first <= at <= first + 1]
            starts = _with_all(file, field, starts, others, docs.take(inside)) if others else starts
            # A phrase's first word may be sought before the beginning of the text: rounded up, it is still of its own.
            stands[inside.take((starts + len(terms)) >> _WIDE)] = True
    return stands


class _Held(NamedTuple):
    """Indices of a term in ANY's postings of some documents, and bits of its fields; 0 if it is missing."""

    posts: Array
    bits: Array


def _held(file: PostingsFile, number: int, docs: Array) -> _Held:
    place = file.postings_range(ANY, number)
    held = file.array(f"{ANY}/docs")[place]
    at = held.searchsorted(docs)
    bits = file.array(f"{ANY}/fields")[place].take(at, mode="clip") * (held.take(at, mode="clip") == docs)
    return _Held(at + place.start, bits)


def _with_all(file: PostingsFile, field: str, starts: Array, terms: Sequence[tuple[int, int]], docs: Array) -> Array:
    """Return those of the starts of a phrase, as keys, with its other terms in place.

    terms   offset in the phrase and number in ANY of each
    """
    for offset, number in terms:
        if not len(starts):
            break
        posts, bits = _held(file, number, docs)
        own = (bits & file.bits[field]).nonzero()[0]
        starts = _both(starts, _keys(file, field, number, own << _WIDE, posts.take(own)) - offset)
    return starts


def _both(left: Array, right: Array) -> Array:
    """Return the common members; both ascending and distinct."""
    if len(right) < len(left):
        left, right = right, left
    if not len(left):
        return left
    found: Array = left.compress(right.take(right.searchsorted(left), mode="clip") == left)
    return found


def _keys(file: PostingsFile, field: str, number: int, own: Array, posts: Array) -> Array:
    """Return `own` (index of the document << _WIDE) | position of each occurrence of a term that all documents have.

    posts   ANY's postings of the term in each
    """
    if not len(own):
        return own
    counts, positions = positions_of(file, field, own_posts(file, field, number, posts))
    keys: Array = own.repeat(counts) + positions
    return keys

"""Which of a few documents have terms side by side: `phrases` looks at whole lists, this only at what is theirs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from searchapp.engines.whoosh.search.phrases import own_posts, positions_of
from searchapp.engines.whoosh.segments.arrays import Array
from searchapp.engines.whoosh.segments.segment import ANY, PostingsFile
from searchapp.retrieval.documents import TEXT_FIELDS

_WIDE = 32
"""Bits for a position in a key."""


def stand_side_by_side(
    file: PostingsFile, terms: Sequence[bytes], docs: Array, fields: Sequence[str] = TEXT_FIELDS
) -> Array:
    """A mask of those documents, ascending, in which two terms or more stand at consecutive positions of a field.

    Most have not even the rarest term beside its rarer neighbour: the others are looked for where these are.
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
    """Of some documents, where in ANY's postings a term is, and in which fields it has; none if it is not there."""

    posts: Array
    bits: Array


def _held(file: PostingsFile, number: int, docs: Array) -> _Held:
    place = file.postings_range(ANY, number)
    held = file.array(f"{ANY}/docs")[place]
    at = held.searchsorted(docs)
    bits = file.array(f"{ANY}/fields")[place].take(at, mode="clip") * (held.take(at, mode="clip") == docs)
    return _Held(at + place.start, bits)


def _with_all(file: PostingsFile, field: str, starts: Array, terms: Sequence[tuple[int, int]], docs: Array) -> Array:
    """Those of the starts, keys of where a phrase begins, where its other terms stand, too.

    terms   the place in the phrase and the number in ANY of each
    """
    for offset, number in terms:
        if not len(starts):
            break
        posts, bits = _held(file, number, docs)
        own = (bits & file.bits[field]).nonzero()[0]
        starts = _both(starts, _keys(file, field, number, own << _WIDE, posts.take(own)) - offset)
    return starts


def _both(left: Array, right: Array) -> Array:
    """What is in both; both ascending, nothing twice."""
    if len(right) < len(left):
        left, right = right, left
    if not len(left):
        return left
    found: Array = left.compress(right.take(right.searchsorted(left), mode="clip") == left)
    return found


def _keys(file: PostingsFile, field: str, number: int, own: Array, posts: Array) -> Array:
    """Where some documents have a term that all have in the field: `own` (index of the document << _WIDE) | position.

    posts   ANY's postings of the term in each
    """
    if not len(own):
        return own
    counts, positions = positions_of(file, field, own_posts(file, field, number, posts))
    keys: Array = own.repeat(counts) + positions
    return keys

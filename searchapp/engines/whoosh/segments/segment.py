"""The file of a segment's terms, postings and columns (see `arrays`).

For every field of whole values, the fields of surface forms, and ANY:

    text     the terms in UTF-8, sorted and concatenated
    starts   offset of each term in `text`, and the end (terms + 1)
    keys     the first eight bytes of every STRIDE-th term as a big-endian number, for term look-up
    posts    index of each term's first posting in `docs`, and the end (terms + 1)
    docs     document numbers, ascending within a term
    fields   bits of the TEXT_FIELDS in which the document has the term; only of ANY

The text fields have ANY's terms, with the same numbers, and those of its postings that have their bit. Their own
arrays are

    tfs        term frequencies, by posting
    positions  ascending within a posting, as many as `tfs` says
    forms      of each position which of the term's surface forms stands there, counted from 0
    marks      index of the first position of every MARK-th posting in `positions`
    ranks      number of ANY's postings with the bit before every MARK-th of them

(SPELLED has `tfs`, `positions` and `marks`, too) and once

    lengths      fields × documents, the number of words
    forms/terms  numbers of the terms with several surface forms, ascending, each as often as it has forms
    forms/words  number of each of these forms in the field of surface forms, ascending within a term

and the columns described in `columns`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress, pairwise
from pathlib import Path
from typing import Any

import numpy as np

from searchapp.engines.whoosh.segments.arrays import Array, ArraysFile, narrow, text_arrays, unsigned, write_arrays
from searchapp.retrieval.documents import TEXT_FIELDS

ANY = "any"
"""The field of all terms of all text fields."""

WORDS = "words"
"""The field of surface forms."""

SPELLINGS = "spellings"
"""The field of words with their accents: of the surface forms with several spellings, or one with accents, all."""

MARK = 64
STRIDE = 8
"""Terms per key: these eight are read as quickly as one."""
MAX_FOUND = 20_000
"""Maximum of cached look-ups of a file."""


@dataclass(frozen=True, slots=True)
class FieldPostings:
    """The postings of one field, as described above; `terms` are sorted. Missing arrays are None."""

    terms: list[bytes]
    posts: Array
    docs: Array
    fields: Array | None = None


@dataclass(frozen=True, slots=True)
class TextPostings:
    """Frequencies and positions of a field's postings, and the forms at these, as described above."""

    tfs: Array
    positions: Array
    forms: Array | None = None


@dataclass(frozen=True, slots=True)
class SegmentPostings:
    """All postings of a segment, its lengths (len(TEXT_FIELDS) × documents), and its columns by name.

    `texts` has all of TEXT_FIELDS if ANY is among the fields, and those of the fields that have positions.
    """

    fields: Mapping[str, FieldPostings]
    lengths: Array
    texts: Mapping[str, TextPostings] = field(default_factory=dict)
    columns: Mapping[str, Array] = field(default_factory=dict)


def write(stream: Any, postings: SegmentPostings) -> None:
    """Write a segment's file to a binary stream."""
    documents = int(postings.lengths.shape[1])
    arrays: dict[str, Array] = {"lengths": narrow(postings.lengths.reshape(-1))}
    arrays |= {name: narrow(array) for name, array in postings.columns.items()}
    for name, found in postings.fields.items():
        arrays |= {key: narrow(array) for key, array in text_arrays(name, found.terms).items()}
        arrays[f"{name}/keys"] = _first_bytes(found.terms[::STRIDE])
        # Of the same type in every field: lists of documents are compared with each other.
        arrays[f"{name}/docs"] = found.docs.astype(unsigned(documents))
        arrays[f"{name}/posts"] = narrow(found.posts)
        if found.fields is not None:
            arrays[f"{name}/fields"] = found.fields
            ranks = ((field, found.fields >> number & 1) for number, field in enumerate(TEXT_FIELDS))
            arrays |= {f"{field}/ranks": narrow(_every(MARK, own)) for field, own in ranks}
    for name, text in postings.texts.items():
        parts = {"tfs": text.tfs, "positions": text.positions, "marks": _every(MARK, text.tfs)}
        parts |= {} if text.forms is None else {"forms": text.forms}
        arrays |= {f"{name}/{part}": narrow(array) for part, array in parts.items()}
    write_arrays(stream, {"documents": documents}, arrays)


def _first_bytes(terms: Sequence[bytes]) -> Array:
    """Return the first eight bytes of each term, zero-padded, as a number with the same order."""
    return np.array(terms, "S8").view(">u8").astype("<u8")


def _every(step: int, counts: Array) -> Array:
    """Return the sum of all counts before every `step`-th."""
    if not len(counts):
        return np.zeros(0, np.int64)
    sums = np.add.reduceat(counts, np.arange(0, len(counts), step), dtype=np.int64)
    return np.cumsum(sums) - sums


class PostingsFile(ArraysFile):
    """A segment's terms, postings and columns, memory-mapped."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.documents: int = self.facts["documents"]
        self._found: dict[tuple[str, bytes], int | None] = {}
        self.bits = {
            field: 1 << number for number, field in enumerate(TEXT_FIELDS) if len(self._arrays.get(f"{field}/tfs", ()))
        }
        values = (key.removesuffix("/posts") for key in self._arrays if key.endswith("/posts"))
        self.fields = frozenset((*values, *self.bits))
        self.lengths = self._arrays["lengths"].reshape(len(TEXT_FIELDS), self.documents)

    def count(self, field: str) -> int:
        """Return the number of terms of a field; a text field has those of ANY."""
        return len(self._arrays[f"{_lexicon(field)}/starts"]) - 1 if field in self.fields else 0

    def term(self, field: str, number: int) -> bytes:
        """Return term number `number` of a field."""
        field = _lexicon(field)
        starts = self._arrays[f"{field}/starts"]
        return self._arrays[f"{field}/text"][int(starts[number]) : int(starts[number + 1])].tobytes()

    def terms(self, field: str, start: int = 0, end: int | None = None) -> list[bytes]:
        """Return a field's terms from number `start` to `end`, in order."""
        if field not in self.bits:
            return self._strings(field, start, end) if field in self.fields else []
        posts = self._arrays[f"{ANY}/posts"][start : None if end is None else end + 1].astype(np.int64)
        bits = self._arrays[f"{ANY}/fields"][posts[0] : posts[-1]] & self.bits[field]
        counts = np.diff(np.append(0, np.cumsum(bits != 0))[posts - posts[0]])
        return list(compress(self._strings(ANY, start, end), counts.tolist()))

    def text_range(self, field: str, start: int, end: int) -> tuple[Array, Array]:
        """Return the bytes of a field's terms from number `start` to `end`, and their offsets, with the end."""
        starts = self._arrays[f"{field}/starts"][start : end + 1].astype(np.int64)
        return self._arrays[f"{field}/text"][int(starts[0]) : int(starts[-1])], starts - starts[0]

    def texts(self, name: str) -> list[str]:
        """Return a column of strings."""
        text = self._arrays[f"{name}/text"].tobytes().decode()
        if text.isascii():
            # Characters are bytes: nothing need be decoded one by one.
            return [text[a:b] for a, b in pairwise(self._arrays[f"{name}/starts"].tolist())]
        return [text.decode() for text in self._strings(name, 0, None)]

    def text(self, name: str, number: int) -> str:
        """Return one string of a column."""
        return self.term(name, number).decode()

    def _strings(self, name: str, start: int, end: int | None) -> list[bytes]:
        bounds = self._arrays[f"{name}/starts"][start : None if end is None else end + 1].tolist()
        first = bounds[0] if bounds else 0
        text = self._arrays[f"{name}/text"][first : bounds[-1] if bounds else 0].tobytes()
        return [text[a - first : b - first] for a, b in pairwise(bounds)]

    def lower_bound(self, field: str, term: bytes) -> int:
        """Return the number of the first term not below `term`."""
        if field not in self.fields:
            return 0
        field = _lexicon(field)
        keys = self._arrays[f"{field}/keys"]
        key = np.uint64(int.from_bytes(term[:8].ljust(8, b"\0"), "big"))
        low = max(int(keys.searchsorted(key)) - 1, 0) * STRIDE
        high = min(int(keys.searchsorted(key, "right")) * STRIDE, self.count(field))
        while high - low > 2 * STRIDE:
            middle = (low + high) // 2
            if self.term(field, middle) < term:
                low = middle + 1
            else:
                high = middle
        return low + bisect_left(self._strings(field, low, high), term)

    def find(self, field: str, term: bytes) -> int | None:
        """Return the number of a term; None if the field does not have it."""
        key = field, term
        if key not in self._found:
            if len(self._found) >= MAX_FOUND:
                self._found.clear()
            number = self.lower_bound(field, term)
            there = number < self.count(field) and self.term(field, number) == term
            self._found[key] = number if there and self._has(field, number) else None
        return self._found[key]

    def _has(self, field: str, number: int) -> bool:
        if field not in self.bits:
            return True
        posts = self.postings_range(field, number)
        return bool(posts.start < posts.stop)

    def document_frequencies(self, field: str, terms: Sequence[bytes]) -> Array:
        """Return the document frequency of each term, vectorised for whole vocabularies; int64."""
        if not (terms and self.count(field)):
            return np.zeros(len(terms), np.int64)
        own = _first_bytes(terms)
        # A term that there is stands in the last stride that begins with no higher key: no key of the next is its own.
        blocks = np.maximum(self._arrays[f"{field}/keys"].searchsorted(own, "right") - 1, 0)
        near = np.minimum(blocks[:, None] * STRIDE + np.arange(STRIDE), self.count(field) - 1)
        same = self._keys(field, near) == own[:, None]
        there = same.any(axis=1)
        numbers = np.take_along_axis(near, same.argmax(axis=1)[:, None], axis=1)[:, 0]
        for place in there.nonzero()[0].tolist():
            # Only shorter ones are told apart by their key.
            if len(terms[place]) >= 8:
                number = self.find(field, terms[place])
                there[place] = number is not None
                numbers[place] = number or 0
        posts = self._arrays[f"{field}/posts"]
        return np.where(there, posts.take(numbers + 1).astype(np.int64) - posts.take(numbers), 0)

    def _keys(self, field: str, numbers: Array) -> Array:
        """Return the first eight bytes of some terms, as `_first_bytes`."""
        starts = self._arrays[f"{field}/starts"]
        start = starts.take(numbers).astype(np.int64)[..., None]
        end = starts.take(numbers + 1)[..., None]
        places = start + np.arange(8)
        letters = np.where(places < end, self._arrays[f"{field}/text"].take(places, mode="clip"), 0).astype(np.uint8)
        return letters.view(">u8")[..., 0]

    def prefix_range(self, field: str, prefix: bytes) -> tuple[int, int]:
        """Return the range of the numbers of the terms with a prefix."""
        return self.lower_bound(field, prefix), self.lower_bound(field, prefix + b"\xff")

    def document_counts(self, field: str, start: int, end: int, live: Array) -> Array:
        """Return the number of `live` documents (a mask) of each of the terms `start:end`, int64."""
        if start >= end:
            return np.zeros(0, np.int64)
        posts = self._arrays[f"{field}/posts"][start : end + 1].astype(np.int64)
        if live.all():
            return np.diff(posts)
        held = live[self._arrays[f"{field}/docs"][posts[0] : posts[-1]]]
        return np.diff(np.append(0, np.cumsum(held))[posts - posts[0]])

    def docs_of_range(self, field: str, start: int, end: int) -> Array:
        """Return the documents of the terms `start:end`, concatenated."""
        if start >= end:
            return np.zeros(0, np.int64)
        posts = self._arrays[f"{field}/posts"]
        return self._arrays[f"{field}/docs"][int(posts[start]) : int(posts[end])]

    def docs(self, field: str, number: int) -> Array:
        """Return the documents of a term, ascending."""
        if field not in self.bits:
            return self._arrays[f"{field}/docs"][self.postings_range(field, number)]
        posts = self.postings_range(ANY, number)
        there = self._arrays[f"{ANY}/fields"][posts] & self.bits[field]
        docs: Array = self._arrays[f"{ANY}/docs"][posts]
        return docs.compress(there)

    def tfs(self, field: str, number: int) -> Array:
        """Return the frequency of the term in each of `docs`; ones for a field without positions."""
        if f"{field}/tfs" not in self._arrays:
            return np.ones(len(self.docs(field, number)), np.uint8)
        return self._arrays[f"{field}/tfs"][self.postings_range(field, number)]

    def positions(self, field: str, start: int, end: int) -> Array:
        """Return the positions of postings `start:end` of a field, concatenated; `tfs` has the number of each."""
        return self._arrays[f"{field}/positions"][self.spot(field, start) : self.spot(field, end)]

    def spot(self, field: str, post: int) -> int:
        """Return the index of the first position of a field's posting."""
        marks = self._arrays[f"{field}/marks"]
        mark, rest = divmod(post, MARK)
        if mark == len(marks):
            return len(self._arrays[f"{field}/positions"])
        return int(marks[mark]) + int(self._arrays[f"{field}/tfs"][post - rest : post].sum())

    def spots(self, field: str, posts: Array) -> Array:
        """Return `spot` of each of a field's postings, int64."""
        inside = posts % MARK
        places = (posts - inside)[:, None] + np.arange(MARK)
        counts = self._arrays[f"{field}/tfs"].take(places, mode="clip")
        before = np.where(np.arange(MARK) < inside[:, None], counts, 0).sum(axis=1, dtype=np.int64)
        found: Array = self._arrays[f"{field}/marks"].take(posts // MARK).astype(np.int64) + before
        return found

    def form(self, number: int, surface: str) -> int | None:
        """Return the number of a surface form among those of a term of ANY; None if that has no other, -1 if it has
        others alone: the form is then of another language's articles.
        """
        terms = self._arrays["forms/terms"]
        start, end = (int(terms.searchsorted(each)) for each in (number, number + 1))
        word = self.find(WORDS, surface.encode())
        if start == end or word is None:
            return None
        words = self._arrays["forms/words"][start:end].tolist()
        return words.index(word) if word in words else -1

    def fields_of(self, number: int) -> Array:
        """Return the bits of the TEXT_FIELDS in which each document of a term of ANY has it."""
        return self._arrays[f"{ANY}/fields"][self.postings_range(ANY, number)]

    def postings_range(self, field: str, number: int) -> slice:
        """Return the range of a term's postings among those of its field."""
        posts = self._arrays[f"{_lexicon(field)}/posts"]
        start, end = int(posts[number]), int(posts[number + 1])
        return slice(self.rank(field, start), self.rank(field, end)) if field in self.bits else slice(start, end)

    def rank(self, field: str, post: int) -> int:
        """Return how many of ANY's postings before this one a text field has."""
        block = post - post % MARK
        bits = self._arrays[f"{ANY}/fields"][block:post] & self.bits[field]
        ranks = self._arrays[f"{field}/ranks"]
        before = ranks.item(post // MARK) if post // MARK < len(ranks) else len(self._arrays[f"{field}/tfs"])
        return before + int(np.count_nonzero(bits))

    def ranks(self, field: str, posts: Array) -> Array:
        """Return `rank` of existing postings, int64."""
        bits, ranks = self._arrays[f"{ANY}/fields"], self._arrays[f"{field}/ranks"]
        inside = posts % MARK
        places = (posts - inside)[:, None] + np.arange(MARK)
        there = (bits.take(places, mode="clip") & self.bits[field]) != 0
        before = (there & (np.arange(MARK) < inside[:, None])).sum(axis=1)
        found: Array = ranks.take(posts // MARK) + before
        return found


def _lexicon(field: str) -> str:
    """Return the field that has the terms of a field."""
    return ANY if field in TEXT_FIELDS else field

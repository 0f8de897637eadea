"""The articles of a page's hits: where the query's words stand comes from posting arrays, and little text is read."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np

from searchapp.engines.documents import TEXT_FIELDS
from searchapp.engines.passages import Places, Span, places
from searchapp.engines.snippets import LEAD, LONGEST, WINDOW
from searchapp.engines.terms import Marks
from searchapp.engines.whoosh.arrays import MARK, Array, PostingsFile
from searchapp.engines.whoosh.chunks import LINE_FIELDS
from searchapp.engines.whoosh.stored import Record, StoredFile
from searchapp.model import Section

FEW = 256
"""Chunks that are cheaper as a list than looked up in an array one by one."""

_FIRST = TEXT_FIELDS.index(LINE_FIELDS[0])

Stands = dict[str, list[tuple[int, list[int]]]]
"""term -> (number in LINE_FIELDS, ascending positions in that field), in the order of the fields"""


class FieldPositions:
    """The positions of a field's postings, of which a few documents' are wanted."""

    def __init__(self, file: PostingsFile, field: str) -> None:
        parts = ("posts", "docs", "tfs", "marks", "positions")
        self._posts, self._docs, self._tfs, self._marks, self._positions = (
            file.array(f"{field}/{part}") for part in parts
        )

    def of(self, number: int, docs: Array) -> Iterator[tuple[int, list[int]]]:
        """(document, positions) for those of `docs`, ascending, that have term number `number`."""
        first = self._posts.item(number)
        held = self._docs[first : self._posts.item(number + 1)]
        found = held.searchsorted(docs.astype(held.dtype))
        there = held.take(found, mode="clip") == docs
        for doc, post in zip(docs[there].tolist(), (found[there] + first).tolist(), strict=True):
            mark = post // MARK
            counts = self._tfs[mark * MARK : post + 1].tolist()
            end = self._marks.item(mark) + sum(counts)
            yield doc, self._positions[end - counts[-1] : end].tolist()


class Segment:
    """What hits need of a segment."""

    def __init__(self, file: PostingsFile) -> None:
        self.file = file
        self.stored = StoredFile(file)
        self._bounds, self._words, self._chars = (file.array(f"chunk/{part}") for part in ("bounds", "words", "chars"))
        self._fields = [
            (number, field, FieldPositions(file, field))
            for number, field in enumerate(LINE_FIELDS)
            if file.count(field)
        ]

    def articles(self, docs: Sequence[int], wanted: Marks) -> dict[int, StoredArticle]:
        """Some documents by number."""
        found: dict[int, Stands] = {doc: {} for doc in docs}
        if not wanted.prefixes:
            self._find(np.array(sorted(docs), np.int64), wanted, found)
        return {doc: StoredArticle(self, doc, stands) for doc, stands in found.items()}

    def _find(self, docs: Array, wanted: Marks, into: dict[int, Stands]) -> None:
        for term in wanted.terms:
            key = term.encode()
            for number, field, positions in self._fields:
                place = self.file.find(field, key)
                if place is not None:
                    for doc, stands in positions.of(place, docs):
                        into[doc].setdefault(term, []).append((number, stands))

    def chunks(self, doc: int) -> tuple[Any, Any]:
        """Where on the line, and where in the text, the chunks of a document begin."""
        start, end = self._bounds.item(doc), self._bounds.item(doc + 1)
        words, chars = self._words[start:end], self._chars[start:end]
        return (words.tolist(), chars.tolist()) if end - start < FEW else (words, chars)

    def lengths(self, doc: int) -> list[int]:
        """The words of each of LINE_FIELDS of a document."""
        lengths: list[int] = self.file.lengths[_FIRST : _FIRST + len(LINE_FIELDS), doc].tolist()
        return lengths


class StoredArticle:
    """A `snippets.Source` over a segment."""

    def __init__(self, segment: Segment, doc: int, stands: Stands) -> None:
        self._segment = segment
        self._doc = doc
        self._stands = stands
        self._record: Record = segment.stored.record(doc)
        self.id, self.title, self.permalink = (
            segment.file.text(f"doc.{name}", doc) for name in ("id", "title", "permalink")
        )
        head = self._record.head
        self.language = head.language
        self.authors, self.categories, self.tags = tuple(head.authors), tuple(head.categories), tuple(head.tags)
        self.sections = self._record.sections

    @cached_property
    def _lengths(self) -> list[int]:
        return self._segment.lengths(self._doc)

    @property
    def date(self) -> datetime | None:
        return self._record.date

    @property
    def size(self) -> tuple[int, int]:
        starts = self._record.starts
        return sum(self._lengths[1:]), starts[2 * self.sections + 2] - starts[self.sections]

    def excerpt(self) -> str:
        return self._record.excerpt()

    def places(self, wanted: Marks) -> Places:
        self._words, self._chars = self._segment.chunks(self._doc)
        if wanted.prefixes:
            texts = (self._record.string(number) for number in range(2 * self.sections + 2))
            return places(texts, wanted, self.language)[0]
        headings, summary, body, _ = self._lengths
        bases = [0, headings + self.sections]
        bases += [bases[1] + summary + 1, bases[1] + summary + 1 + body + self.sections]
        return Places(
            {
                term: [base + position for number, found in stands for base in (bases[number],) for position in found]
                for term, stands in self._stands.items()
            }
        )

    def text_at(self, position: int) -> tuple[int, int]:
        chunk = bisect_right(self._words, position) - 1
        number = bisect_right(self._record.starts, self._chars[chunk]) - 1
        after = bisect_left(self._chars, self._record.starts[number + 1], chunk + 1)
        return number, self._words[after] if after < len(self._words) else position + sum(self._lengths) + 1

    def around(self, text: int, span: Span | None) -> tuple[str, int]:
        start, end = self._record.starts[text : text + 2]
        if span is None:
            return self._record.text(start, min(end, start + WINDOW + 1)), 0
        first = bisect_right(self._words, span.start) - 1
        after = self._char(first + 1, end)
        needed = after + WINDOW + 1
        if span.end > span.start + 1:
            needed = max(needed, self._char(bisect_right(self._words, span.end - 1), end))
        stop = self._char(bisect_left(self._chars, needed, first + 1), end)
        lead = max(start, self._char(first, end) - LEAD - 1)
        first = bisect_right(self._chars, lead, 0, first + 1) - 1
        # What ends behind LONGEST is not shown, so it may be cut.
        stop = min(stop, after + LONGEST + WINDOW)
        return self._record.text(self._char(first, end), stop), int(self._words[first])

    def _char(self, chunk: int, end: int) -> int:
        """Where a chunk begins, or `end` if that is before it."""
        return min(int(self._chars[chunk]), end) if chunk < len(self._chars) else end

    def section(self, number: int) -> Section:
        return self._record.section(number)

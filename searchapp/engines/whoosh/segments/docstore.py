"""Stored articles in compressed blocks: a hit reads a small head and a few thousand characters anywhere in the text.

In a segment's file of arrays, for n documents:

    stored/bytes    the documents' records, concatenated
    stored/bounds   offset of each, and the end (n + 1)

A record is, numbers being little-endian:

    1 byte    size of one of `numbers`, 2 or 4
    4 bytes   length of the head; 4 bytes: count of `numbers`
    head      JSON: [date, aliases, boost, those of METADATA]
    numbers   sections S; blocks B; S levels of the sections; 3S + 3 offsets of strings in the text; B offsets of blocks
              in the text; B + 1 offsets of the deflated blocks, relative to the first
    blocks    the text in UTF-8, each BLOCK characters of it deflated separately
    html      deflated, with the end of the text in UTF-8 as dictionary

The text is these strings, concatenated: the S headings, the summary, the S sections' texts, the
code, the S anchors. Id, title, permalink and digest are columns (see `columns`).
"""

from __future__ import annotations

import json
import struct
import zlib
from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime
from itertools import accumulate
from typing import Any

import numpy as np

from searchapp.engines.whoosh.segments.arrays import Array
from searchapp.engines.whoosh.segments.segment import PostingsFile
from searchapp.model import METADATA, Article, Section
from searchapp.retrieval.documents import EXCERPT_SECTIONS, EXCERPT_SOURCE, cut_excerpt

BLOCK = 4_000
"""Characters of a block. Half of it compresses 4 % worse; the cost of a passage is proportional to it."""

LEVEL = 6
"""Deflate level."""

_RAW = -15
"""zlib's window bits for a raw stream without header and checksum: the generation has checksums."""

_PREFIX = struct.Struct("<BII")
_DICTIONARY = 32_768


class DocstoreBuffer:
    """Collects the records of documents in the order of their numbers."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._bounds = [0]

    def add(self, article: Article) -> None:
        """Add the next document."""
        self._bytes += _record(article)
        self._bounds.append(len(self._bytes))

    def arrays(self) -> dict[str, Array]:
        """Return the arrays by name."""
        return {"stored/bytes": np.frombuffer(self._bytes, np.uint8), "stored/bounds": np.array(self._bounds, np.int64)}


def _record(article: Article) -> bytes:
    sections = article.sections
    strings = [
        *(section.title for section in sections), article.summary, *(section.text for section in sections),
        article.code, *(section.anchor for section in sections),
    ]  # fmt: skip
    text = "".join(strings)
    starts = range(0, len(text), BLOCK)
    blocks = [_deflate(text[start : start + BLOCK].encode()) for start in starts]
    numbers = [
        len(sections), len(blocks), *(section.level for section in sections), *accumulate(map(len, strings), initial=0),
        *starts, *accumulate(map(len, blocks), initial=0),
    ]  # fmt: skip
    size = 2 if max(numbers) < 1 << 16 else 4
    date = article.date.isoformat() if article.date else None
    head = (date, article.aliases, article.boost, *(getattr(article, name) for name in METADATA))
    encoded = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode()
    return b"".join(
        [
            _PREFIX.pack(size, len(encoded), len(numbers)),
            encoded,
            struct.pack(f"<{len(numbers)}{_CODES[size]}", *numbers),
            *blocks,
            _deflate(article.html.encode(), _dictionary(text)) if article.html else b"",
        ]
    )


_CODES = {2: "H", 4: "I"}


def _deflate(data: bytes, dictionary: bytes = b"") -> bytes:
    if not dictionary:
        return zlib.compress(data, LEVEL, _RAW)
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, _RAW, zdict=dictionary)
    return packer.compress(data) + packer.flush()


def _dictionary(text: str) -> bytes:
    """Return what the HTML repeats: the end of the text, up to deflate's window."""
    return text[-_DICTIONARY:].encode()[-_DICTIONARY:]


class Record:
    """One document's record, read lazily."""

    def __init__(self, data: memoryview) -> None:
        self._data = data
        size, length, count = _PREFIX.unpack_from(data)
        at = _PREFIX.size + length
        date, aliases, self._boost, *metadata = json.loads(str(data[_PREFIX.size : at], "utf-8"))
        self._aliases = tuple(aliases)
        metadata = [tuple(each) if isinstance(each, list) else each for each in metadata]
        self.metadata: dict[str, Any] = dict(zip(METADATA, metadata, strict=True))
        self.date = datetime.fromisoformat(date) if date else None
        numbers = struct.unpack_from(f"<{count}{_CODES[size]}", data, at)
        self.sections, blocks = numbers[:2]
        self._levels = numbers[2 : 2 + self.sections]
        at_blocks = 5 + 4 * self.sections
        self.starts = numbers[2 + self.sections : at_blocks]
        self._block_starts = numbers[at_blocks : at_blocks + blocks]
        self._bounds = numbers[at_blocks + blocks :]
        self._at = at + size * count
        self._read: dict[int, str] = {}

    def text(self, start: int, end: int) -> str:
        """Return the characters `start:end` of the text; only their blocks are inflated."""
        if start >= end:
            return ""
        first = bisect_right(self._block_starts, start) - 1
        last = bisect_right(self._block_starts, end - 1) - 1
        text = self._block(first) if first == last else "".join(map(self._block, range(first, last + 1)))
        offset = self._block_starts[first]
        return text[start - offset : end - offset]

    def _block(self, number: int) -> str:
        if number not in self._read:
            data = self._data[self._at + self._bounds[number] : self._at + self._bounds[number + 1]]
            self._read[number] = zlib.decompress(data, _RAW, 4 * BLOCK).decode()
        return self._read[number]

    def string(self, number: int) -> str:
        """Return one of the strings that the text consists of."""
        return self.text(self.starts[number], self.starts[number + 1])

    def section(self, number: int) -> Section:
        """Return a section without its text."""
        anchor = self.string(2 * self.sections + 2 + number)
        return Section(self.string(number), anchor, "", self._levels[number])

    def excerpt(self) -> str:
        """Return `documents.excerpt`."""
        start, end = self.starts[self.sections : self.sections + 2]
        summary = self.text(start, min(end, start + EXCERPT_SOURCE))
        return cut_excerpt(summary, "" if summary else self._beginning())

    def _beginning(self) -> str:
        """Return as much of the first texts of the body as an excerpt needs."""
        found: list[str] = []
        room = EXCERPT_SOURCE
        first = self.sections + 1
        for number in range(first, first + min(self.sections, EXCERPT_SECTIONS)):
            start, end = self.starts[number : number + 2]
            found.append(self.text(start, min(end, start + room)))
            room -= len(found[-1]) + 1
            if room <= 0:
                break
        return " ".join(found)

    def whole(self, id: str, title: str, permalink: str, digest: str) -> Article:
        """Return the article; values of columns are given."""
        text = self.text(0, self.starts[-1])
        strings = [text[start:end] for start, end in zip(self.starts, self.starts[1:], strict=False)]
        sections, count = strings[: self.sections], self.sections
        html = self._data[self._at + self._bounds[-1] :]
        return Article(
            id=id,
            title=title,
            permalink=permalink,
            **self.metadata,
            date=self.date,
            aliases=self._aliases,
            summary=strings[count],
            sections=tuple(
                map(Section, sections, strings[2 * count + 2 :], strings[count + 1 : 2 * count + 1], self._levels)
            ),
            code=strings[2 * count + 1],
            html=_inflate(html, _dictionary(text)) if html else "",
            digest=digest,
            boost=self._boost,
        )


def _inflate(data: memoryview, dictionary: bytes) -> str:
    unpacker = zlib.decompressobj(_RAW, zdict=dictionary)
    return (unpacker.decompress(data) + unpacker.flush()).decode()


class Docstore:
    """The records of a segment."""

    def __init__(self, file: PostingsFile) -> None:
        self._file = file
        self._data = memoryview(file.array("stored/bytes"))  # type: ignore[arg-type] # a buffer
        self._bounds = file.array("stored/bounds")

    def record(self, number: int) -> Record:
        """Return the record of a document."""
        return Record(self._data[self._bounds.item(number) : self._bounds.item(number + 1)])

    def article(self, number: int) -> Article:
        """Return the article of a document."""
        columns: Sequence[str] = [
            self._file.text(f"doc.{name}", number) for name in ("id", "title", "permalink", "digest")
        ]
        return self.record(number).whole(*columns)

"""A Whoosh codec whose postings are arrays that map into numpy.

Each segment has one file of terms and postings beside Whoosh's own per-document files. It holds, for every
indexed field, little-endian arrays aligned to 8 bytes, in the narrowest unsigned type that fits:

    text     the terms' UTF-8 bytes, sorted, one after the other
    starts   where each term begins in `text`, and the end (terms + 1)
    posts    where each term's postings begin in `docs` and `tfs`, and the end (terms + 1)
    docs     document numbers, ascending within a term
    tfs      term frequencies              } only fields with
    spots    where each term's positions begin in `positions` (terms + 1)   } positions
    positions  ascending within a posting  }

and once `lengths`, fields × documents, the number of words. The file starts with MAGIC, the length of a JSON
header as eight bytes, and the header: {"documents": n, "arrays": {name: [offset, dtype, count]}}. Nothing is pickled.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from searchapp.engines.documents import TEXT_FIELDS
from searchapp.engines.whoosh._whoosh import matching, reading, whoosh3

MAGIC = b"SAPOST1\0"
EXTENSION = ".post"
Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class FieldPostings:
    """The postings of one field, as described above; `terms` are sorted. The last three are None without positions."""

    terms: list[bytes]
    posts: Array
    docs: Array
    tfs: Array | None = None
    spots: Array | None = None
    positions: Array | None = None


@dataclass(frozen=True, slots=True)
class SegmentPostings:
    """All postings of a segment, and its lengths (len(TEXT_FIELDS) × documents)."""

    fields: Mapping[str, FieldPostings]
    lengths: Array


def write(stream: Any, postings: SegmentPostings) -> None:
    """Writes a segment's file to a binary stream."""
    arrays: dict[str, Array] = {"lengths": _narrow(postings.lengths.reshape(-1))}
    for name, field in postings.fields.items():
        sizes = np.fromiter(map(len, field.terms), np.uint64, len(field.terms))
        arrays[f"{name}/text"] = np.frombuffer(b"".join(field.terms), np.uint8)
        arrays[f"{name}/starts"] = _narrow(np.concatenate([np.zeros(1, np.uint64), np.cumsum(sizes, dtype=np.uint64)]))
        for part in ("posts", "docs", "tfs", "spots", "positions"):
            array = getattr(field, part)
            if array is not None:
                arrays[f"{name}/{part}"] = _narrow(array)
    table: dict[str, list[object]] = {}
    offset = 0
    for key, array in arrays.items():
        table[key] = [offset, array.dtype.str, len(array)]
        offset += -(-array.nbytes // 8) * 8
    header = json.dumps({"documents": int(postings.lengths.shape[1]), "arrays": table}).encode()
    header += b" " * (-len(header) % 8)
    stream.write(MAGIC + len(header).to_bytes(8, "little") + header)
    for array in arrays.values():
        stream.write(array.tobytes())
        stream.write(b"\0" * (-array.nbytes % 8))


def _narrow(array: Array) -> Array:
    top = int(array.max()) if len(array) else 0
    return array.astype(f"<u{next(size for size in (1, 2, 4, 8) if top < 1 << 8 * size)}")


class PostingsFile:
    """A segment's arrays, mapped. Every array it gives out is a read-only view of the file."""

    def __init__(self, path: Path) -> None:
        self._map = np.memmap(path, np.uint8, "r")
        if bytes(self._map[:8]) != MAGIC:
            raise ValueError(f"{path} is not a postings file")
        end = 16 + int.from_bytes(bytes(self._map[8:16]), "little")
        header = json.loads(bytes(self._map[16:end]))
        self.documents: int = header["documents"]
        self._arrays = {key: self._view(end + offset, dtype, n) for key, (offset, dtype, n) in header["arrays"].items()}
        self.fields = frozenset(key.partition("/")[0] for key in self._arrays if "/" in key)
        self.lengths = self._arrays["lengths"].reshape(len(TEXT_FIELDS), self.documents)

    def _view(self, offset: int, dtype: str, count: int) -> Array:
        size = np.dtype(dtype).itemsize
        if offset + size * count > len(self._map):
            raise ValueError("the postings file is cut short")
        return np.asarray(self._map[offset : offset + size * count].view(dtype))

    def count(self, field: str) -> int:
        """How many terms a field has."""
        return len(self._arrays[f"{field}/starts"]) - 1 if field in self.fields else 0

    def term(self, field: str, number: int) -> bytes:
        """Term number `number` of a field."""
        starts = self._arrays[f"{field}/starts"]
        return self._arrays[f"{field}/text"][int(starts[number]) : int(starts[number + 1])].tobytes()

    def terms(self, field: str, start: int = 0, end: int | None = None) -> list[bytes]:
        """A field's terms from number `start` to `end`, in order."""
        if field not in self.fields:
            return []
        bounds = self._arrays[f"{field}/starts"][start : None if end is None else end + 1].tolist()
        first = bounds[0] if bounds else 0
        text = self._arrays[f"{field}/text"][first : bounds[-1] if bounds else 0].tobytes()
        return [text[a - first : b - first] for a, b in pairwise(bounds)]

    def lower_bound(self, field: str, term: bytes) -> int:
        """The number of the first term not below `term`."""
        low, high = 0, self.count(field)
        while low < high:
            middle = (low + high) // 2
            if self.term(field, middle) < term:
                low = middle + 1
            else:
                high = middle
        return low

    def find(self, field: str, term: bytes) -> int | None:
        """The number of a term, None if the field has not got it."""
        number = self.lower_bound(field, term)
        return number if number < self.count(field) and self.term(field, number) == term else None

    def prefix_range(self, field: str, prefix: bytes) -> tuple[int, int]:
        """The numbers of the terms that start so: from the first to after the last."""
        return self.lower_bound(field, prefix), self.lower_bound(field, prefix + b"\xff")

    def document_counts(self, field: str, start: int, end: int, live: Array) -> Array:
        """How many of the `live` documents (a mask) each of the terms `start:end` is in."""
        if start >= end:
            return np.zeros(0, np.int64)
        posts = self._arrays[f"{field}/posts"][start : end + 1].astype(np.int64)
        if live.all():
            return np.diff(posts)
        held = live[self._arrays[f"{field}/docs"][posts[0] : posts[-1]]]
        return np.diff(np.append(0, np.cumsum(held))[posts - posts[0]])

    def docs(self, field: str, number: int) -> Array:
        """The documents of a term, ascending."""
        return self._arrays[f"{field}/docs"][self._range(field, number)]

    def tfs(self, field: str, number: int) -> Array:
        """How often each of `docs` has the term; ones in a field without positions."""
        if f"{field}/tfs" not in self._arrays:
            return np.ones(len(self.docs(field, number)), np.uint8)
        return self._arrays[f"{field}/tfs"][self._range(field, number)]

    def positions(self, field: str, number: int) -> Array:
        """The positions of a term, document after document, as many for each as `tfs` says."""
        spots = self._arrays[f"{field}/spots"]
        return self._arrays[f"{field}/positions"][int(spots[number]) : int(spots[number + 1])]

    def _range(self, field: str, number: int) -> slice:
        posts = self._arrays[f"{field}/posts"]
        return slice(int(posts[number]), int(posts[number + 1]))


class ColumnarCodec(whoosh3.W3Codec):  # type: ignore[misc]
    """Whoosh 3's codec with its postings replaced by `PostingsFile`; everything else is Whoosh's own."""

    length_stats = False

    def field_writer(self, storage: Any, segment: Any) -> _FieldWriter:
        return _FieldWriter(storage, segment)

    def terms_reader(self, storage: Any, segment: Any) -> TermsReader:
        return TermsReader(PostingsFile(Path(storage.folder) / segment.make_filename(EXTENSION)))


class _FieldWriter:
    """Whoosh's writer hands it, as "items", the finished `SegmentPostings` of our pool."""

    def __init__(self, storage: Any, segment: Any) -> None:
        self._stream = segment.create_file(storage, EXTENSION)
        self.is_closed = False

    def add_postings(self, _schema: object, _lengths: object, items: SegmentPostings) -> None:
        write(self._stream, items)

    def close(self) -> None:
        self._stream.close()
        self.is_closed = True


class TermsReader:
    """What Whoosh asks of a segment's terms, answered from the arrays."""

    def __init__(self, file: PostingsFile) -> None:
        self.file = file

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        return self.file.find(*term) is not None

    def terms(self) -> Iterator[tuple[str, bytes]]:
        for field in sorted(self.file.fields):
            yield from self._terms(field, 0)

    def terms_from(self, field: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        yield from self._terms(field, self.file.lower_bound(field, prefix))
        for later in sorted(self.file.fields):
            if later > field:
                yield from self._terms(later, 0)

    def items(self) -> Iterator[tuple[tuple[str, bytes], Any]]:
        return (((field, term), self.term_info(field, term)) for field, term in self.terms())

    def items_from(self, field: str, prefix: bytes) -> Iterator[tuple[tuple[str, bytes], Any]]:
        return (((name, term), self.term_info(name, term)) for name, term in self.terms_from(field, prefix))

    def _terms(self, field: str, start: int) -> Iterable[tuple[str, bytes]]:
        return ((field, term) for term in self.file.terms(field, start))

    def term_info(self, field: str, text: bytes) -> Any:
        number = self._number(field, text)
        docs, tfs = self.file.docs(field, number), self.file.tfs(field, number)
        return reading.TermInfo(
            weight=float(tfs.sum()),
            df=len(docs),
            maxweight=float(tfs.max()),
            minid=int(docs[0]),
            maxid=int(docs[-1]),
        )

    def frequency(self, field: str, text: bytes) -> float:
        return float(self.file.tfs(field, self._number(field, text)).sum())

    def doc_frequency(self, field: str, text: bytes) -> int:
        return len(self.file.docs(field, self._number(field, text)))

    def matcher(self, field: str, text: bytes, format_: Any, scorer: Any = None) -> ArrayMatcher:
        return ArrayMatcher(self.file, field, self._number_or(field, text), format_, scorer, text)

    def indexed_field_names(self) -> list[str]:
        return sorted(self.file.fields)

    def close(self) -> None:
        del self.file

    def _number(self, field: str, text: bytes) -> int:
        number = self.file.find(field, text)
        if number is None:
            raise KeyError((field, text))
        return number

    def _number_or(self, field: str, text: bytes) -> int:
        try:
            return self._number(field, text)
        except KeyError:
            raise reading.TermNotFound(f"no term {field}:{text!r}") from None


class ArrayMatcher(matching.LeafMatcher):  # type: ignore[misc]
    """The postings of one term as a Whoosh matcher."""

    def __init__(self, file: PostingsFile, field: str, number: int, format_: Any, scorer: Any, text: bytes) -> None:
        self._source = (file, field, number, format_, scorer, text)
        self._ids: list[int] = file.docs(field, number).tolist()
        self._tfs: list[int] = file.tfs(field, number).tolist()
        self._bounds: list[int] | None = None
        self._at = 0
        self.format = format_
        self.scorer = scorer
        self._term = (field, text)

    def is_active(self) -> bool:
        return self._at < len(self._ids)

    def reset(self) -> None:
        self._at = 0

    def copy(self) -> ArrayMatcher:
        twin = ArrayMatcher(*self._source)
        twin._at = self._at
        return twin

    def replace(self, minquality: float = 0) -> Any:  # noqa: ARG002 - Whoosh's signature
        return self if self.is_active() else matching.NullMatcher()

    def id(self) -> int:
        return self._ids[self._at]

    def all_ids(self) -> Iterator[int]:
        return iter(self._ids)

    def next(self) -> bool:
        self._at += 1
        return self.is_active()

    def skip_to(self, id: int) -> None:
        while self._at < len(self._ids) and self._ids[self._at] < id:
            self._at += 1

    def weight(self) -> float:
        return float(self._tfs[self._at])

    def supports(self, astype: str) -> bool:
        return astype == "positions" or bool(self.format.supports(astype))

    def value_as(self, astype: str) -> Any:
        if astype != "positions":
            return self._tfs[self._at]
        file, field, number = self._source[:3]
        if self._bounds is None:
            self._bounds = [0, *np.cumsum(file.tfs(field, number), dtype=np.int64).tolist()]
        return file.positions(field, number)[self._bounds[self._at] : self._bounds[self._at + 1]].tolist()

    def supports_block_quality(self) -> bool:
        return False

    def max_quality(self) -> float:
        return float("inf")

"""A Whoosh codec whose postings are the arrays of `segment`; per-document data is Whoosh's own."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from searchapp.engines.whoosh._whoosh import matching, reading, whoosh3
from searchapp.engines.whoosh.segments.segment import PostingsFile, SegmentPostings, write

EXTENSION = ".post"


class ColumnarCodec(whoosh3.W3Codec):  # type: ignore[misc] # Whoosh has no types
    """Whoosh 3's codec with its postings replaced by `PostingsFile`."""

    length_stats = False

    def new_segment(self, storage: Any, indexname: str) -> Any:  # noqa: ARG002 - Whoosh's signature
        """A segment whose name no other has: Whoosh draws it from `random`, which a program may have seeded, and
        would then write over a file that is linked from the generation before.
        """
        return whoosh3.W3Segment(self, indexname, segid=secrets.token_hex(8))

    def field_writer(self, storage: Any, segment: Any) -> _FieldWriter:
        return _FieldWriter(storage, segment)

    def terms_reader(self, storage: Any, segment: Any) -> TermsReader:
        return TermsReader(PostingsFile(postings_path(storage, segment)))


def postings_path(storage: Any, segment: Any) -> Path:
    """Return the path of a segment's file of arrays."""
    return Path(storage.folder, segment.make_filename(EXTENSION))


class _FieldWriter:
    """Writes the finished `SegmentPostings` of our pool, which Whoosh's writer passes on as "items"."""

    def __init__(self, storage: Any, segment: Any) -> None:
        self._stream = segment.create_file(storage, EXTENSION)
        self.is_closed = False

    def add_postings(self, _schema: object, _lengths: object, items: SegmentPostings) -> None:
        write(self._stream, items)

    def close(self) -> None:
        self._stream.close()
        self.is_closed = True


class TermsReader:
    """Whoosh's terms reader over the arrays."""

    def __init__(self, file: PostingsFile) -> None:
        self.file = file

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        return self.file.find(*term) is not None

    def terms_from(self, field: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        yield from self._terms(field, self.file.lower_bound(field, prefix))
        for later in sorted(self.file.fields):
            if later > field:
                yield from self._terms(later, 0)

    def _terms(self, field: str, start: int) -> Iterable[tuple[str, bytes]]:
        return ((field, term) for term in self.file.terms(field, start))

    def doc_frequency(self, field: str, text: bytes) -> int:
        return len(self.file.docs(field, self._number(field, text)))

    def matcher(self, field: str, text: bytes, format_: Any, scorer: Any = None) -> ArrayMatcher:
        return ArrayMatcher(self.file, field, self._number_or(field, text), format_, scorer, text)

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


class ArrayMatcher(matching.LeafMatcher):  # type: ignore[misc] # Whoosh has no types
    """The postings of one term as a Whoosh matcher."""

    def __init__(self, file: PostingsFile, field: str, number: int, format_: Any, scorer: Any, text: bytes) -> None:
        self._source = (file, field, number, format_, scorer, text)
        self._ids: list[int] = file.docs(field, number).tolist()
        self._tfs: list[int] = file.tfs(field, number).tolist()
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
        post = file.postings_range(field, number).start + self._at
        return file.positions(field, post, post + 1).tolist()

    def supports_block_quality(self) -> bool:
        return False

    def max_quality(self) -> float:
        return float("inf")

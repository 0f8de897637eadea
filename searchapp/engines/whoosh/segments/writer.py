"""Writing articles into a Whoosh index: Whoosh's writer and files, our postings."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from searchapp.engines.whoosh.disk.whoosh_storage import Storage
from searchapp.engines.whoosh.segments import impacts
from searchapp.engines.whoosh.segments.codec import ColumnarCodec, postings_path
from searchapp.engines.whoosh.segments.columns import ColumnsBuffer
from searchapp.engines.whoosh.segments.docstore import Docstore, DocstoreBuffer
from searchapp.engines.whoosh.segments.postings import PostingsBuffer
from searchapp.engines.whoosh.segments.schema import schema, values_of
from searchapp.engines.whoosh.segments.segment import PostingsFile, SegmentPostings
from searchapp.model import Article
from searchapp.retrieval.documents import field_texts

Find = Callable[[str], int | None]

MAX_TOKENS = 16_000_000
"""Maximum words of a segment when it is written: bounds the memory of a build. Fewer segments are searched faster."""

MAX_DOCUMENTS = 65_535
"""Maximum documents of a segment when it is written: their numbers, most of an index, take two bytes each."""

MAX_MERGED = 1_000
"""Unchanged articles that an update analyses again for merging: a quarter of a second."""

MAX_DELETED = 0.2
"""Share of deleted documents above which a segment is rewritten."""


def build(path: Path, articles: Iterable[Article]) -> None:
    """Write a new index into the empty folder `path`.

    Of articles with the same id the last one wins. Exceptions of `articles` are passed through.
    """
    _write(path, articles, (), lambda _id: None, create=True)


def update(path: Path, changed: Iterable[Article], removed: Collection[str], find: Find) -> None:
    """Update the index in `path`; `find` returns the document number of an id, None if it has none."""
    _write(path, changed, removed, find, create=False)


def _write(path: Path, articles: Iterable[Article], removed: Collection[str], find: Find, create: bool) -> None:
    """Write one segment for every MAX_TOKENS words; document numbers are stable until the last is merged."""
    places = _Places(find)
    left = iter(articles)
    more = True
    while more:
        with _writer(path, create) as writer:
            for id in removed:
                places.delete(writer, id)
            more = _add_some(writer, left, places)
            if not more:
                _merge(writer)
        create, removed = False, ()
    impacts.refresh(path)


class _Places:
    """Document numbers of the current version of each article: as `find` says, unless it was added since."""

    def __init__(self, find: Find) -> None:
        self._find = find
        self._added: dict[str, int | None] = {}

    def delete(self, writer: Any, id: str) -> None:
        """Delete the document of an id, in any segment."""
        number = self._added[id] if id in self._added else self._find(id)
        base = _base(writer)
        if number is not None and number >= base:
            writer.newsegment.delete_document(number - base)
        elif number is not None:
            writer.delete_document(number)
        self._added[id] = None

    def replace(self, writer: Any, article: Article) -> None:
        """Add an article in place of that with the same id."""
        self.delete(writer, article.id)
        self._added[article.id] = _base(writer) + _add(writer, article)


def _base(writer: Any) -> int:
    """Return the number of the first document of the segment that is being written."""
    return sum(segment.doc_count_all() for segment in writer.segments)


def _add_some(writer: Any, articles: Iterator[Article], places: _Places) -> bool:
    """Add articles until the segment is full; return whether it is."""
    for article in articles:
        places.replace(writer, article)
        if writer.pool.postings.tokens >= MAX_TOKENS or writer.doc_count() >= MAX_DOCUMENTS:
            return True
    return False


@contextmanager
def _writer(path: Path, create: bool) -> Iterator[Any]:
    """A Whoosh writer, committed at the end, or cancelled if the block raises."""
    storage = Storage(path)
    index = storage.create_index(schema()) if create else storage.open_index()
    writer = index.writer(codec=ColumnarCodec(), compound=False)
    writer.pool = _Pool()
    try:
        yield writer
        writer.commit(mergetype=lambda _writer, segments: segments)
    except BaseException:
        if not writer.is_closed:
            # What it can't do any more must not hide what has failed: the folder it writes to goes anyway.
            with suppress(Exception):
                writer.cancel()
        raise
    finally:
        storage.close()
        (path / "MAIN_WRITELOCK").unlink(missing_ok=True)


class _Pool:
    """Replaces the pool in which Whoosh's writer collects postings."""

    def __init__(self) -> None:
        self.cleanup()

    def add(self, article: Article) -> int:
        """Add an article and return its number in the segment."""
        self.columns.add(article)
        self.stored.add(article)
        return self.postings.add(article.language, field_texts(article), values_of(article))

    def iter_postings(self) -> SegmentPostings:
        postings = self.postings.arrays()
        return replace(postings, columns={**postings.columns, **self.columns.arrays(), **self.stored.arrays()})

    def cleanup(self) -> None:
        self.postings = PostingsBuffer()
        self.columns = ColumnsBuffer()
        self.stored = DocstoreBuffer()


def _add(writer: Any, article: Article) -> int:
    number: int = writer.pool.add(article)
    documents = writer.perdocwriter
    documents.start_doc(number)
    documents.finish_doc()
    writer.docnum += 1
    writer._added = True
    return number


def _merge(writer: Any) -> None:
    """Merge segments that are not larger than the new one, smallest first, and those with many deletions, into it.

    Sizes then grow like powers of two, and there are few segments. The articles are analysed again from the docstore,
    at most MAX_MERGED of them or as many as have changed: of a segment that holds more than that
    and has many deletions a part is merged, the next part by the next update.
    """
    left = max(MAX_MERGED, writer.doc_count())
    kept = []
    for segment in sorted(writer.segments, key=lambda segment: segment.doc_count()):
        count, all = segment.doc_count(), segment.doc_count_all()
        sparse = all - count > MAX_DELETED * all
        if count > left and sparse:
            for number, article in islice(stored_articles(writer, segment), left):
                _add(writer, article)
                segment.delete_document(number)
            left = 0
        if segment.doc_count() and (count > left or (count > writer.doc_count() and not sparse)):
            kept.append(segment)
            continue
        left -= count
        for _, article in stored_articles(writer, segment):
            _add(writer, article)
    writer.segments = [segment for segment in writer.segments if segment in kept]


def stored_articles(writer: Any, segment: Any) -> Iterator[tuple[int, Article]]:
    """Yield the live articles of a segment, with their numbers in it."""
    if not segment.doc_count():
        return
    stored = Docstore(PostingsFile(postings_path(writer.storage, segment)))
    for number in range(segment.doc_count_all()):
        if not segment.is_deleted(number):
            yield number, stored.article(number)

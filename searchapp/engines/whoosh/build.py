"""Writes articles into a Whoosh index: Whoosh's writer and files, our postings."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from searchapp.engines.documents import field_texts
from searchapp.engines.whoosh._whoosh import filestore, reading
from searchapp.engines.whoosh.arrays import SegmentPostings
from searchapp.engines.whoosh.codec import ColumnarCodec
from searchapp.engines.whoosh.columns import ColumnsBuffer
from searchapp.engines.whoosh.postings import PostingsBuffer
from searchapp.engines.whoosh.schema import article_bytes, article_from, schema, values_of
from searchapp.model import Article

Find = Callable[[str], int | None]

MAX_DELETED = 0.2
"""A segment with a larger part of its documents deleted is written anew."""


def build(path: Path, articles: Iterable[Article]) -> None:
    """Writes a new index into the empty folder `path`.

    Of articles with the same id the last one wins. Whatever `articles` raises passes through.
    """
    with _writer(path, create=True) as writer:
        _add_all(writer, articles, lambda _id: None)


def update(path: Path, changed: Iterable[Article], removed: Collection[str], find: Find) -> None:
    """Brings the index in `path` up to date; `find` gives the document number of an id that it has."""
    with _writer(path, create=False) as writer:
        for id in removed:
            if (number := find(id)) is not None:
                writer.delete_document(number)
        _add_all(writer, changed, find)


@contextmanager
def _writer(path: Path, create: bool) -> Iterator[Any]:
    """A Whoosh writer, committed at the end, or cancelled if the block raises."""
    storage = filestore.FileStorage(str(path))
    index = storage.create_index(schema()) if create else storage.open_index()
    writer = index.writer(codec=ColumnarCodec(), compound=False)
    writer.pool = _Pool()
    try:
        yield writer
        writer.commit(mergetype=lambda _writer, segments: segments)
    except BaseException:
        if not writer.is_closed:
            writer.cancel()
        raise
    finally:
        storage.close()
        (path / "MAIN_WRITELOCK").unlink(missing_ok=True)


class _Pool:
    """Stands where Whoosh's writer keeps postings until it commits."""

    def __init__(self) -> None:
        self.postings = PostingsBuffer()
        self.columns = ColumnsBuffer()

    def add(self, article: Article) -> int:
        """Adds an article and returns its number in the segment."""
        self.columns.add(article)
        return self.postings.add(article.language, field_texts(article), values_of(article))

    def iter_postings(self) -> SegmentPostings:
        return replace(self.postings.arrays(), columns=self.columns.arrays())

    def cleanup(self) -> None:
        self.__init__()  # type: ignore[misc]


def _add_all(writer: Any, articles: Iterable[Article], find: Find) -> None:
    """Adds the articles in place of those of the same id."""
    added: dict[str, int] = {}
    for article in articles:
        if article.id in added:
            writer.newsegment.delete_document(added[article.id])
        elif (number := find(article.id)) is not None:
            writer.delete_document(number)
        added[article.id] = _add(writer, article)
    _merge(writer)


def _add(writer: Any, article: Article) -> int:
    number: int = writer.pool.add(article)
    documents = writer.perdocwriter
    documents.start_doc(number)
    documents.add_column_value("article", writer.schema["article"].column_type, article_bytes(article))
    documents.finish_doc()
    writer.docnum += 1
    writer._added = True
    return number


def _merge(writer: Any) -> None:
    """Takes into the new segment those that are not larger than it, smallest first, and those with many deletions.

    Sizes then grow like powers of two: an update rewrites little, and there are few segments. The articles
    are analysed again from what is stored of them.
    """
    kept = []
    for segment in sorted(writer.segments, key=lambda segment: segment.doc_count()):
        deleted = segment.doc_count_all() - segment.doc_count()
        if (
            segment.doc_count()
            and segment.doc_count() > writer.doc_count()
            and (deleted <= MAX_DELETED * segment.doc_count_all())
        ):
            kept.append(segment)
            continue
        for article in stored_articles(writer, segment):
            _add(writer, article)
    writer.segments = [segment for segment in writer.segments if segment in kept]


def stored_articles(writer: Any, segment: Any) -> Iterator[Article]:
    """The articles of a segment that are not deleted."""
    if not segment.doc_count():
        return
    reader = reading.SegmentReader(writer.storage, writer.schema, segment)
    try:
        column = reader.column_reader("article", translate=False)
        for number in reader.all_doc_ids():
            yield article_from(column[number])
    finally:
        reader.close()

"""An opened generation: Whoosh's readers, and numpy arrays over all documents.

Documents have one number over all segments, as Whoosh counts them. A snapshot is immutable.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from searchapp.analysis.terms import FORM, is_form, language_of
from searchapp.engines.whoosh._whoosh import searching
from searchapp.engines.whoosh.disk.generations import StoredGeneration
from searchapp.engines.whoosh.disk.whoosh_storage import Storage
from searchapp.engines.whoosh.search.facet_counts import FacetTable
from searchapp.engines.whoosh.search.hit_loader import StoredArticle, StoredSegment, sources
from searchapp.engines.whoosh.segments.arrays import Array, ArraysFile
from searchapp.engines.whoosh.segments.columns import id_ranks
from searchapp.engines.whoosh.segments.impacts import IMPACTS
from searchapp.engines.whoosh.segments.norms import norms
from searchapp.engines.whoosh.segments.schema import url_key
from searchapp.engines.whoosh.segments.segment import ANY, WORDS, PostingsFile
from searchapp.model import Article
from searchapp.retrieval.query_terms import Marks
from searchapp.retrieval.ranking import idf

MAX_COMPARED = 1_000
"""Ids that are compared one by one; for more, those of all documents are ranked, once."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment: its Whoosh searcher, arrays, first document number and number of documents.

    `impacts` are those of `ranking`, uint16, one for each posting of ANY, for these `pivots`. `live` is a mask of the
    documents that are not deleted; None if none is.
    """

    searcher: Any
    file: PostingsFile
    base: int
    documents: int
    impacts: Array
    pivots: Mapping[str, float]
    live: Array | None

    def own(self, docs: Array) -> Array:
        """Return those of the documents, ascending, that are in this segment, by their numbers in it."""
        here = slice(docs.searchsorted(self.base), docs.searchsorted(self.base + self.documents))
        return (docs[here] - self.base).astype(self.file.array(f"{ANY}/docs").dtype)


class Snapshot:
    """The data of one generation."""

    def __init__(self, stored: StoredGeneration) -> None:
        self.stored = stored
        self._storage = Storage(stored.path, stored.files)
        self._index = self._storage.open_index()
        self._reader = self._index.reader()
        self.searcher = searching.Searcher(self._reader)
        self.segments = tuple(self._open_segments())
        self.documents: int = self._reader.doc_count_all()
        self.live = np.ones(self.documents, bool)
        for segment in self.segments:
            if segment.live is not None:
                self.live[segment.base : segment.base + segment.documents] = segment.live
        self.articles = int(self.live.sum())
        self._df: dict[str, int] = {}
        self._in_language: dict[str, int] = {}
        self._norms: tuple[float, Array] | None = None

    @property
    def _files(self) -> list[PostingsFile]:
        return [segment.file for segment in self.segments]

    def _open_segments(self) -> Iterator[Segment]:
        for searcher, base in self.searcher.leaf_searchers():
            reader = searcher.reader()
            if reader.doc_count_all():
                impacts = ArraysFile(self.stored.path / reader.segment().make_filename(IMPACTS))
                live = None
                if reader.has_deletions():
                    live = np.ones(reader.doc_count_all(), bool)
                    live[list(reader.segment().deleted_docs())] = False
                file: PostingsFile = reader._terms.file
                pivots = impacts.facts["pivots"]
                yield Segment(searcher, file, base, reader.doc_count_all(), impacts.array("impacts"), pivots, live)

    def close(self) -> None:
        """Close the files; not to be called during a search."""
        self.searcher.close()
        self._index.close()
        self._storage.close()

    @cached_property
    def facets(self) -> FacetTable:
        """The values of each of FACETS."""
        return FacetTable(self._files, self.live)

    def id(self, number: int) -> str:
        """Return the id of a document."""
        return self.text("id", number)

    def find(self, id: str) -> int | None:
        """Return the number of the live document with an id; None if there is none."""
        return next(iter(self.holders("id", id).tolist()), None)

    def manifest(self) -> dict[str, str]:
        """Return id -> digest of all live documents."""
        texts = ([text for file in self._files for text in file.texts(f"doc.{name}")] for name in ("id", "digest"))
        return {id: digest for id, digest, live in zip(*texts, self.live.tolist(), strict=True) if live}

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """Languages of the articles, sorted."""
        return tuple(sorted(term for term in self.lexicon("language") if len(self.holders("language", term))))

    @cached_property
    def days(self) -> Array:
        """Local dates as proleptic ordinals, 0 without one."""
        return np.concatenate([np.zeros(0, np.int64), *(file.array("doc.day") for file in self._files)])

    def locate(self, permalink: str) -> int | None:
        """Return the live document with a permalink or alias, of several the one with the first id; None if none."""
        docs = self.holders("url", url_key(permalink)).tolist()
        return min(docs, key=self.id, default=None)

    @cached_property
    def newest(self) -> Array:
        """Sort keys for newest first, undated last: minus the seconds since 1970, or inf."""
        moments = np.concatenate([np.zeros(0), *(file.array("doc.moment") for file in self._files)])
        return np.where(np.isnan(moments), np.inf, -moments)

    @cached_property
    def oldest(self) -> Array:
        """Sort keys for oldest first, undated last."""
        return np.where(np.isinf(self.newest), np.inf, -self.newest)

    def by_id(self, docs: Array) -> Array:
        """Return the indices that sort documents by id, in code point order."""
        if len(docs) > MAX_COMPARED:
            order: Array = self._id_ranks.take(docs).argsort()
            return order
        ids = [self.id(doc) for doc in docs.tolist()]
        return np.array(sorted(range(len(ids)), key=ids.__getitem__), np.int64)

    @cached_property
    def _id_ranks(self) -> Array:
        return id_ranks(self._files)

    def text(self, name: str, number: int) -> str:
        """Return the text of a document in one of the columns `doc.…`, such as "id" or "title"."""
        index = self._segment_index(number)
        return self.segments[index].file.text(f"doc.{name}", number - self.segments[index].base)

    def _segment_index(self, number: int) -> int:
        return next(place for place in reversed(range(len(self.segments))) if self.segments[place].base <= number)

    def article(self, number: int) -> Article:
        """Return the article of a live document."""
        index = self._segment_index(number)
        return self._stored_segments[index].stored.article(number - self.segments[index].base)

    def sources(self, numbers: Sequence[int], marks: Marks) -> list[StoredArticle]:
        """Return live documents for hits, in the order given."""
        return sources(self._stored_segments, [segment.base for segment in self.segments], numbers, marks)

    def norms(self, cut: float) -> Array:
        """Return `norms.norms` of every document; cached for the last cut."""
        if self._norms is None or self._norms[0] != cut:
            files, impacts = [segment.file for segment in self.segments], [segment.impacts for segment in self.segments]
            live = [
                np.ones(segment.documents, bool) if segment.live is None else segment.live for segment in self.segments
            ]
            self._norms = cut, norms(files, impacts, live, cut) * self.live
        return self._norms[1]

    @cached_property
    def _stored_segments(self) -> list[StoredSegment]:
        return [StoredSegment(file) for file in self._files]

    def postings(self, field: str, term: str) -> Iterator[Array]:
        """Yield the live documents with a term, ascending, segment by segment."""
        encoded = term.encode("utf-8", "surrogatepass")  # an id that somebody made up; none that is there has any
        for segment in self.segments:
            number = segment.file.find(field, encoded)
            if number is not None:
                docs = segment.file.docs(field, number)
                if segment.live is not None:
                    docs = docs[segment.live.take(docs)]
                yield docs.astype(np.int64) + segment.base

    def holders(self, field: str, term: str) -> Array:
        """Return the live documents with a term, ascending."""
        return np.concatenate([np.zeros(0, np.int64), *self.postings(field, term)])

    def impacts(self, term: str) -> tuple[Array, Array]:
        """Return the live documents with a term in any text field, ascending, and their impacts in steps, uint16."""
        docs, steps = [np.zeros(0, np.int64)], [np.zeros(0, np.uint16)]
        for segment in self.segments:
            number = segment.file.find(ANY, term.encode())
            if number is not None:
                held, own = segment.file.docs(ANY, number), segment.impacts[segment.file.postings_range(ANY, number)]
                if segment.live is not None:
                    kept = segment.live.take(held)
                    held, own = held[kept], own[kept]
                docs.append(held.astype(np.int64) + segment.base)
                steps.append(own)
        return np.concatenate(docs), np.concatenate(steps)

    def dfs(self, terms: Sequence[str]) -> Array:
        """Return the number of live articles with each of the terms in any text field."""
        found = np.zeros(len(terms), np.int64)
        encoded = [term.encode() for term in terms]
        for segment in self.segments:
            if segment.live is not None:
                found += np.array([self._held(segment, ANY, term) for term in encoded], np.int64)
            else:
                found += segment.file.document_frequencies(ANY, encoded)
        return found

    def df(self, term: str) -> int:
        """Return the number of live articles with a term, or a form, in any text field."""
        if term not in self._df:
            if len(self._df) > 100_000:
                self._df.clear()
            field, text = (WORDS, term.removeprefix(FORM)) if is_form(term) else (ANY, term)
            self._df[term] = sum(self._held(segment, field, text.encode()) for segment in self.segments)
        return self._df[term]

    def idf(self, term: str) -> float:
        """Return the idf of a term among the live articles in its language (see `ranking`)."""
        language = language_of(term)
        return idf(self._articles_in(language) if language else self.articles, self.df(term))

    def _articles_in(self, language: str) -> int:
        if language not in self._in_language:
            self._in_language[language] = len(self.holders("language", language))
        return self._in_language[language]

    def _held(self, segment: Segment, field: str, term: bytes) -> int:
        number = segment.file.find(field, term)
        if number is None:
            return 0
        docs = segment.file.docs(field, number)
        return len(docs) if segment.live is None else int(np.count_nonzero(segment.live[docs]))

    def lexicon(self, field: str) -> list[str]:
        """Return a field's terms in all segments, sorted, including those of deleted documents."""
        found = {term for segment in self.segments for term in segment.file.terms(field)}
        return sorted(term.decode() for term in found)

    def expansions(self, field: str, prefix: str, limit: int) -> list[str]:
        """Return the terms of live documents with a prefix, commonest first (ties alphabetical), at most `limit`."""
        ranked = sorted((-count, term) for term, count in self._counts(field, prefix).items() if count)
        return [term.decode() for _, term in ranked[:limit]]

    def starting(self, field: str, prefix: str, limit: int | None = None) -> Array:
        """Return a mask of the live documents with a term of the field with a prefix (of the commonest `limit`)."""
        ranges = [segment.file.prefix_range(field, prefix.encode()) for segment in self.segments]
        chosen = None
        if limit is not None and sum(end - start for start, end in ranges) > limit:
            chosen = {term.encode() for term in self.expansions(field, prefix, limit)}
        mask = np.zeros(self.documents, bool)
        for segment, (start, end) in zip(self.segments, ranges, strict=True):
            docs = segment.file.docs_of_range(field, start, end)
            if chosen is not None:
                kept = np.array([term in chosen for term in segment.file.terms(field, start, end)], bool)
                everything = np.ones(segment.documents, bool)
                docs = docs[np.repeat(kept, segment.file.document_counts(field, start, end, everything))]
            mask[segment.base : segment.base + segment.documents][docs] = True
        return mask & self.live if self.articles < self.documents else mask

    def _counts(self, field: str, prefix: str) -> Counter[bytes]:
        """Return the number of live documents of each of the field's terms with a prefix."""
        counts: Counter[bytes] = Counter()
        for segment in self.segments:
            start, end = segment.file.prefix_range(field, prefix.encode())
            live = self.live[segment.base : segment.base + segment.documents]
            held = segment.file.document_counts(field, start, end, live).tolist()
            counts.update(dict(zip(segment.file.terms(field, start, end), held, strict=True)))
        return counts

    @cached_property
    def terms(self) -> int:
        """The number of different terms of the text fields, including those of deleted documents."""
        if len(self.segments) == 1:
            return self.segments[0].file.count(ANY)
        found: set[bytes] = set()
        for segment in self.segments:
            found.update(segment.file.terms(ANY))
        return len(found)

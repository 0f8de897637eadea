"""An opened generation: Whoosh's readers, and numpy arrays of what every query needs of all documents.

Documents have one number over all segments, as Whoosh counts them. Nothing here changes after opening.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from searchapp.analysis import fold, fold_value
from searchapp.engines.whoosh._whoosh import searching
from searchapp.engines.whoosh.disk.generations import StoredGeneration
from searchapp.engines.whoosh.disk.whoosh_storage import Storage
from searchapp.engines.whoosh.search.docsets import first
from searchapp.engines.whoosh.search.facet_counts import FacetTable
from searchapp.engines.whoosh.search.hit_loader import StoredArticle, StoredSegment, sources
from searchapp.engines.whoosh.segments.arrays import Array, ArraysFile
from searchapp.engines.whoosh.segments.columns import id_ranks
from searchapp.engines.whoosh.segments.impacts import IMPACTS
from searchapp.engines.whoosh.segments.norms import norms
from searchapp.engines.whoosh.segments.schema import url_key
from searchapp.engines.whoosh.segments.segment import ANY, PostingsFile
from searchapp.facets import LABELS
from searchapp.model import Article
from searchapp.query import MAX_EXPANSIONS
from searchapp.retrieval.query_terms import Marks
from searchapp.retrieval.suggest import TitleCompletion

MAX_COMPARED = 1_000
"""Ids that are compared one by one; for more, those of all documents are ranked, once."""

TITLE_TEXTS = ("id", "title", "permalink")
"""The columns that make a `suggest.Title`."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment: its Whoosh searcher, its arrays, the number of its first document, and which documents are live.

    `impacts` are those of `ranking`, one for each posting of ANY, for these `pivots`. `live` is None if all are.
    """

    searcher: Any
    file: PostingsFile
    base: int
    documents: int
    impacts: Array
    pivots: Mapping[str, float]
    live: Array | None

    def own(self, docs: Array) -> Array:
        """Those of the documents, ascending, that are in this segment, by their numbers in it."""
        here = slice(docs.searchsorted(self.base), docs.searchsorted(self.base + self.documents))
        return (docs[here] - self.base).astype(self.file.array(f"{ANY}/docs").dtype)


class Snapshot:
    """Everything to answer from, until a newer generation is opened."""

    def __init__(self, stored: StoredGeneration) -> None:
        self.stored = stored
        self._storage = Storage(stored.path, stored.files)
        self._index = self._storage.open_index()
        self._reader = self._index.reader()
        self.searcher = searching.Searcher(self._reader)
        self.leaves = tuple(self._open_leaves())
        self.documents: int = self._reader.doc_count_all()
        self.live = np.ones(self.documents, bool)
        for leaf in self.leaves:
            if leaf.live is not None:
                self.live[leaf.base : leaf.base + leaf.documents] = leaf.live
        self.articles = int(self.live.sum())
        self._df: dict[str, int] = {}
        self._norms: tuple[float, Array] | None = None

    @property
    def _files(self) -> list[PostingsFile]:
        return [leaf.file for leaf in self.leaves]

    def _open_leaves(self) -> Iterator[Segment]:
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
        """Closes the files; not to be called while a search runs."""
        self.searcher.close()
        self._index.close()
        self._storage.close()

    @cached_property
    def facets(self) -> FacetTable:
        """The values of each of FACETS."""
        return FacetTable(self._files, self.live)

    def id(self, number: int) -> str:
        """The id of a document."""
        return self._text("id", number)

    def find(self, id: str) -> int | None:
        """The number of the live document with an id."""
        return next(iter(self.holders("id", id).tolist()), None)

    def manifest(self) -> dict[str, str]:
        """id -> digest"""
        texts = ([text for file in self._files for text in file.texts(f"doc.{name}")] for name in ("id", "digest"))
        return {id: digest for id, digest, live in zip(*texts, self.live.tolist(), strict=True) if live}

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The languages of the articles, sorted."""
        return tuple(sorted(term for term in self.lexicon("language") if len(self.holders("language", term))))

    @cached_property
    def days(self) -> Array:
        """Local dates as proleptic ordinals, 0 without one."""
        return np.concatenate([np.zeros(0, np.int64), *(file.array("doc.day") for file in self._files)])

    def locate(self, permalink: str) -> int | None:
        """The live document with a permalink or alias, of several the one with the first id."""
        docs = self.holders("url", url_key(permalink)).tolist()
        return min(docs, key=self.id, default=None)

    @cached_property
    def newest(self) -> Array:
        """What sorts documents with the newest first, undated ones last: minus the seconds since 1970, or inf."""
        moments = np.concatenate([np.zeros(0), *(file.array("doc.moment") for file in self._files)])
        return np.where(np.isnan(moments), np.inf, -moments)

    @cached_property
    def oldest(self) -> Array:
        """What sorts documents with the oldest first, undated ones last."""
        return np.where(np.isinf(self.newest), np.inf, -self.newest)

    def by_id(self, docs: Array) -> Array:
        """Documents in the order of their ids, which is that of code points."""
        if len(docs) > MAX_COMPARED:
            order: Array = self._id_ranks.take(docs).argsort()
            return order
        ids = [self.id(doc) for doc in docs.tolist()]
        return np.array(sorted(range(len(ids)), key=ids.__getitem__), np.int64)

    @cached_property
    def _id_ranks(self) -> Array:
        return id_ranks(self._files)

    @cached_property
    def _sorted_values(self) -> Mapping[str, list[tuple[str, str, int]]]:
        """For each of LABELS: (folded, shown, count), sorted."""
        columns = {facet.key: self.facets.columns[facet.key] for facet in LABELS}
        return {
            kind: sorted(
                (fold(shown), shown, count) for shown, count in zip(column.shown, column.totals.tolist(), strict=True)
            )
            for kind, column in columns.items()
        }

    def values(self, kind: str, prefix: str, limit: int) -> list[str]:
        """See `suggest.CompletionSource`."""
        table = self._sorted_values[kind]
        start, end = bisect_left(table, (prefix,)), bisect_left(table, (prefix + "\U0010ffff",))
        ranked = sorted((-count, fold_value(shown), shown) for _, shown, count in table[start:end])
        return [shown for _, _, shown in ranked[:limit]]

    def titles(self, words: Sequence[str], prefix: str, limit: int) -> list[TitleCompletion]:
        """See `suggest.CompletionSource`."""
        mask = self.starting("title_words", prefix)
        for word in words:
            holders = np.zeros(self.documents, bool)
            holders[self.holders("title_words", word)] = True
            mask &= holders
        docs = np.flatnonzero(mask)
        begins = self.starting("exact", " ".join((*words, prefix))).take(docs)
        best = first([~begins, self.newest.take(docs)], lambda places: self.by_id(docs.take(places)), limit)
        return [TitleCompletion(*(self._text(name, int(docs[place])) for name in TITLE_TEXTS)) for place in best]

    def words(self, prefix: str) -> list[str]:
        """See `suggest.CompletionSource`."""
        return self.expansions("title_words", prefix, MAX_EXPANSIONS)

    def _text(self, name: str, number: int) -> str:
        leaf = self._leaf(number)
        return self.leaves[leaf].file.text(f"doc.{name}", number - self.leaves[leaf].base)

    def _leaf(self, number: int) -> int:
        return next(place for place in reversed(range(len(self.leaves))) if self.leaves[place].base <= number)

    def article(self, number: int) -> Article:
        """The article of a live document."""
        leaf = self._leaf(number)
        return self._segments[leaf].stored.article(number - self.leaves[leaf].base)

    def sources(self, numbers: Sequence[int], wanted: Marks) -> list[StoredArticle]:
        """What hits need of live documents, in the order given."""
        return sources(self._segments, [leaf.base for leaf in self.leaves], numbers, wanted)

    def norms(self, cut: float) -> Array:
        """`norms.norms` of every document; kept for the last cut."""
        if self._norms is None or self._norms[0] != cut:
            files, impacts = [leaf.file for leaf in self.leaves], [leaf.impacts for leaf in self.leaves]
            live = [np.ones(leaf.documents, bool) if leaf.live is None else leaf.live for leaf in self.leaves]
            self._norms = cut, norms(files, impacts, live, cut) * self.live
        return self._norms[1]

    @cached_property
    def _segments(self) -> list[StoredSegment]:
        return [StoredSegment(file) for file in self._files]

    def postings(self, field: str, term: str) -> Iterator[Array]:
        """The live documents with a term, ascending, segment after segment."""
        encoded = term.encode("utf-8", "surrogatepass")  # an id that somebody made up; none that is there has any
        for leaf in self.leaves:
            number = leaf.file.find(field, encoded)
            if number is not None:
                docs = leaf.file.docs(field, number)
                if leaf.live is not None:
                    docs = docs[leaf.live.take(docs)]
                yield docs.astype(np.int64) + leaf.base

    def holders(self, field: str, term: str) -> Array:
        """The live documents with a term, ascending."""
        return np.concatenate([np.zeros(0, np.int64), *self.postings(field, term)])

    def impacts(self, term: str) -> tuple[Array, Array]:
        """The live documents with a term in any text field, ascending, and its impact in each, in steps."""
        docs, steps = [np.zeros(0, np.int64)], [np.zeros(0, np.uint16)]
        for leaf in self.leaves:
            number = leaf.file.find(ANY, term.encode())
            if number is not None:
                held, own = leaf.file.docs(ANY, number), leaf.impacts[leaf.file.postings_range(ANY, number)]
                if leaf.live is not None:
                    kept = leaf.live.take(held)
                    held, own = held[kept], own[kept]
                docs.append(held.astype(np.int64) + leaf.base)
                steps.append(own)
        return np.concatenate(docs), np.concatenate(steps)

    def dfs(self, terms: Sequence[str]) -> Array:
        """How many live articles have each of the terms in any text field."""
        found = np.zeros(len(terms), np.int64)
        encoded = [term.encode() for term in terms]
        for leaf in self.leaves:
            if leaf.live is not None:
                found += np.array([self._held(leaf, term) for term in encoded], np.int64)
            else:
                found += leaf.file.document_frequencies(ANY, encoded)
        return found

    def df(self, term: str) -> int:
        """How many live articles have a term in any text field."""
        if term not in self._df:
            if len(self._df) > 100_000:
                self._df.clear()
            self._df[term] = sum(self._held(leaf, term.encode()) for leaf in self.leaves)
        return self._df[term]

    def _held(self, leaf: Segment, term: bytes) -> int:
        number = leaf.file.find(ANY, term)
        if number is None:
            return 0
        docs = leaf.file.docs(ANY, number)
        return len(docs) if leaf.live is None else int(np.count_nonzero(leaf.live[docs]))

    def lexicon(self, field: str) -> list[str]:
        """A field's terms in all segments, sorted; terms of deleted documents too."""
        found = {term for leaf in self.leaves for term in leaf.file.terms(field)}
        return sorted(term.decode() for term in found)

    def expansions(self, field: str, prefix: str, limit: int) -> list[str]:
        """The terms of live documents that start so, the commonest first (ties alphabetical), at most `limit`."""
        ranked = sorted((-count, term) for term, count in self._counts(field, prefix).items() if count)
        return [term.decode() for _, term in ranked[:limit]]

    def starting(self, field: str, prefix: str, limit: int | None = None) -> Array:
        """Which documents have one of the field's terms that start so (of the commonest `limit`), as a mask."""
        ranges = [leaf.file.prefix_range(field, prefix.encode()) for leaf in self.leaves]
        chosen = None
        if limit is not None and sum(end - start for start, end in ranges) > limit:
            chosen = {term.encode() for term in self.expansions(field, prefix, limit)}
        mask = np.zeros(self.documents, bool)
        for leaf, (start, end) in zip(self.leaves, ranges, strict=True):
            docs = leaf.file.docs_of_range(field, start, end)
            if chosen is not None:
                kept = np.array([term in chosen for term in leaf.file.terms(field, start, end)], bool)
                everything = np.ones(leaf.documents, bool)
                docs = docs[np.repeat(kept, leaf.file.document_counts(field, start, end, everything))]
            mask[leaf.base : leaf.base + leaf.documents][docs] = True
        return mask & self.live if self.articles < self.documents else mask

    def _counts(self, field: str, prefix: str) -> Counter[bytes]:
        """How many live documents have each of the field's terms that start so."""
        counts: Counter[bytes] = Counter()
        for leaf in self.leaves:
            start, end = leaf.file.prefix_range(field, prefix.encode())
            live = self.live[leaf.base : leaf.base + leaf.documents]
            held = leaf.file.document_counts(field, start, end, live).tolist()
            counts.update(dict(zip(leaf.file.terms(field, start, end), held, strict=True)))
        return counts

    @cached_property
    def terms(self) -> int:
        """How many different terms the text fields have, those of deleted documents too."""
        if len(self.leaves) == 1:
            return self.leaves[0].file.count(ANY)
        found: set[bytes] = set()
        for leaf in self.leaves:
            found.update(leaf.file.terms(ANY))
        return len(found)

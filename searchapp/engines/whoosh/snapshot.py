"""An opened generation: Whoosh's readers, and numpy arrays of what every query needs of all documents.

Documents have one number over all segments, as Whoosh counts them. Nothing here changes after opening.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np

from searchapp.analysis import fold_value
from searchapp.engines.documents import TEXT_FIELDS
from searchapp.engines.suggest import Completions, Title
from searchapp.engines.whoosh._whoosh import filestore, searching
from searchapp.engines.whoosh.columnar import Array, PostingsFile
from searchapp.engines.whoosh.generations import Stored
from searchapp.engines.whoosh.schema import article_from
from searchapp.model import FACETS, Article, Sort


@dataclass(frozen=True, slots=True)
class Leaf:
    """A segment: its Whoosh searcher, its arrays, and the number of its first document."""

    searcher: Any
    file: PostingsFile
    base: int
    documents: int


@dataclass(frozen=True)
class FacetColumn:
    """The values of one facet over all documents.

    keys      folded values, by ordinal; `shown` the commonest spelling of each, the first of equals
    ordinals  the values of document 0, then of document 1, …; `bounds` where each document's begin (n + 1)
    """

    keys: tuple[str, ...]
    shown: tuple[str, ...]
    ordinals: Array
    bounds: Array

    @cached_property
    def number(self) -> Mapping[str, int]:
        """key -> ordinal"""
        return {key: number for number, key in enumerate(self.keys)}


class Snapshot:
    """Everything to answer from, until a newer generation is opened."""

    def __init__(self, stored: Stored) -> None:
        self.stored = stored
        self._storage = filestore.FileStorage(str(stored.path))
        self._index = self._storage.open_index()
        self._reader = self._index.reader()
        self.searcher = searching.Searcher(self._reader)
        self.leaves = tuple(self._open_leaves())
        self.documents: int = self._reader.doc_count_all()
        self.live = np.ones(self.documents, bool)
        self._metas: list[dict[str, Any]] = [{}] * self.documents
        for leaf in self.leaves:
            reader = leaf.searcher.reader()
            for number in range(leaf.documents):
                if reader.is_deleted(number):
                    self.live[leaf.base + number] = False
                else:
                    self._metas[leaf.base + number] = json.loads(reader.stored_fields(number)["meta"])
        self.articles = int(self.live.sum())
        self._df: dict[str, int] = {}

    def _open_leaves(self) -> Iterator[Leaf]:
        for searcher, base in self.searcher.leaf_searchers():
            reader = searcher.reader()
            if reader.doc_count_all():
                yield Leaf(searcher, reader._terms.file, base, reader.doc_count_all())

    def close(self) -> None:
        """Closes the files; not to be called while a search runs."""
        self.searcher.close()
        self._index.close()
        self._storage.close()

    @cached_property
    def lengths(self) -> Array:
        """The words of each field of each document (fields × documents)."""
        none = np.zeros((len(TEXT_FIELDS), 0), np.int64)
        return np.concatenate([none, *(leaf.file.lengths for leaf in self.leaves)], axis=1).astype(np.float64)

    @cached_property
    def averages(self) -> Mapping[str, float]:
        """The mean length of each field over the live documents."""
        lengths = self.lengths[:, self.live]
        means = lengths.mean(axis=1).tolist() if self.articles else [0.0] * len(TEXT_FIELDS)
        return dict(zip(TEXT_FIELDS, means, strict=True))

    @cached_property
    def facets(self) -> Mapping[str, FacetColumn]:
        """The values of each of FACETS."""
        return {facet: self._facet_column(facet) for facet in FACETS}

    @cached_property
    def docs(self) -> Mapping[str, int]:
        """id -> document number"""
        return {meta["id"]: number for number, meta in enumerate(self._metas) if meta}

    def manifest(self) -> dict[str, str]:
        """id -> digest"""
        return {meta["id"]: meta["digest"] for meta in self._metas if meta}

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The languages of the articles, sorted."""
        return tuple(sorted(term for term in self.lexicon("language") if self.holders("language", term)))

    @cached_property
    def days(self) -> Array:
        """Local dates as proleptic ordinals, 0 without one."""
        moments = (meta.get("date") for meta in self._metas)
        return np.array([datetime.fromisoformat(m).toordinal() if m else 0 for m in moments], np.int64)

    @cached_property
    def ranks(self) -> Mapping[Sort, Array]:
        """For NEWEST and OLDEST the place of each document in that order (undated last, then by id)."""
        moments = [datetime.fromisoformat(m["date"]).timestamp() if m and m["date"] else None for m in self._metas]
        ids = [meta.get("id", "") for meta in self._metas]
        ranks = {}
        for sort, sign in ((Sort.NEWEST, -1.0), (Sort.OLDEST, 1.0)):
            keys = [(moment is None, sign * (moment or 0.0), id) for moment, id in zip(moments, ids, strict=True)]
            order = sorted(range(self.documents), key=keys.__getitem__)
            ranks[sort] = np.empty(self.documents, np.int64)
            ranks[sort][order] = np.arange(self.documents)
        return ranks

    @cached_property
    def completions(self) -> Completions:
        """The table for suggestions."""
        order = np.argsort(self.ranks[Sort.NEWEST])
        metas = [self._metas[number] for number in order.tolist() if self.live[number]]
        counts = {}
        for facet in ("category", "tag"):
            column = self.facets[facet]
            totals = np.bincount(column.ordinals, minlength=len(column.keys)).tolist()
            counts[facet] = list(zip(column.shown, totals, strict=True))
        titles = [Title(meta["id"], meta["title"], meta["permalink"]) for meta in metas]
        return Completions(titles, counts["category"], counts["tag"])

    def _facet_column(self, facet: str) -> FacetColumn:
        spellings: dict[str, Counter[str]] = {}
        values = [meta.get(facet, ()) for meta in self._metas]
        for held in values:
            for value in held:
                spellings.setdefault(fold_value(value), Counter())[value] += 1
        number = {key: ordinal for ordinal, key in enumerate(spellings)}
        ordinals = np.array([number[fold_value(value)] for held in values for value in held], np.int64)
        bounds = np.cumsum([0, *map(len, values)])
        shown = [min((-count, form) for form, count in forms.items())[1] for forms in spellings.values()]
        return FacetColumn(tuple(number), tuple(shown), ordinals, bounds)

    def article(self, number: int) -> Article:
        """The article of a live document."""
        leaf = next(place for place in reversed(range(len(self.leaves))) if self.leaves[place].base <= number)
        return article_from(self._columns[leaf][number - self.leaves[leaf].base])

    @cached_property
    def _columns(self) -> list[Any]:
        """The readers of each leaf's articles; opening one reads the offsets of all."""
        return [leaf.searcher.reader().column_reader("article", translate=False) for leaf in self.leaves]

    def postings(self, field: str, term: str) -> Iterator[tuple[Array, Array]]:
        """(document numbers, tfs) of the live documents with a term, segment after segment."""
        for leaf in self.leaves:
            number = leaf.file.find(field, term.encode())
            if number is not None:
                docs = leaf.file.docs(field, number).astype(np.int64) + leaf.base
                tfs = leaf.file.tfs(field, number)
                if not self.live[leaf.base : leaf.base + leaf.documents].all():
                    kept = self.live[docs]
                    docs, tfs = docs[kept], tfs[kept]
                yield docs, tfs

    def holders(self, field: str, term: str) -> list[int]:
        """The live documents with a term, ascending."""
        return [doc for docs, _ in self.postings(field, term) for doc in docs.tolist()]

    def df(self, term: str) -> int:
        """How many live articles have a term, in the field in which most have it."""
        if term not in self._df:
            if len(self._df) > 100_000:
                self._df.clear()
            self._df[term] = max(sum(len(docs) for docs, _ in self.postings(field, term)) for field in TEXT_FIELDS)
        return self._df[term]

    def lexicon(self, field: str, prefix: str = "") -> list[str]:
        """A field's terms with that start, in all segments, sorted; terms of deleted documents too."""
        found: set[bytes] = set()
        for leaf in self.leaves:
            found.update(leaf.file.terms(field, *leaf.file.prefix_range(field, prefix.encode())))
        return sorted(term.decode() for term in found)

    def expansions(self, field: str, prefix: str, limit: int) -> list[str]:
        """The terms of live documents that start so, the commonest first (ties alphabetical), at most `limit`."""
        counts: Counter[bytes] = Counter()
        for leaf in self.leaves:
            start, end = leaf.file.prefix_range(field, prefix.encode())
            live = self.live[leaf.base : leaf.base + leaf.documents]
            held = leaf.file.document_counts(field, start, end, live).tolist()
            for term, count in zip(leaf.file.terms(field, start, end), held, strict=True):
                counts[term] += count
        ranked = sorted((-count, term) for term, count in counts.items() if count)
        return [term.decode() for _, term in ranked[:limit]]

    @cached_property
    def terms(self) -> int:
        """How many different terms the text fields have, those of deleted documents too."""
        found: set[bytes] = set()
        for leaf in self.leaves:
            for field in TEXT_FIELDS:
                found.update(leaf.file.terms(field))
        return len(found)

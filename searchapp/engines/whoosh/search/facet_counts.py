"""Facet counts of any set of documents, from one table of the values of all facets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from searchapp.engines.whoosh.search.docsets import rows
from searchapp.engines.whoosh.segments.arrays import Array
from searchapp.engines.whoosh.segments.segment import PostingsFile
from searchapp.facets import FACETS, Facet

BLANKS = 61
MAX_WIDTH = 8
"""Values of one facet per document that fit the table; further ones are stored apart."""


@dataclass(frozen=True)
class FacetColumn:
    """The values of one facet in live documents, in the order that they have if all are equally common.

    keys    normalised forms
    shown   the commonest spelling of each, the first of equals
    totals  number of live documents of each
    first   number of the first value in the table
    """

    keys: tuple[str, ...]
    shown: Array
    totals: Array
    first: int

    @cached_property
    def number(self) -> Mapping[str, int]:
        """Normalised form -> index in `keys`."""
        return {key: number for number, key in enumerate(self.keys)}


class FacetTable:
    """`columns` by facet, and a row for each document of the numbers of its values of all facets."""

    def __init__(self, files: Sequence[PostingsFile], live: Array) -> None:
        self._live = live
        self.columns: dict[str, FacetColumn] = {}
        self._documents = int(np.count_nonzero(live))
        self._holders: dict[str, tuple[Array, int]] = {}
        values: list[tuple[Array, Array]] = []
        first = 0
        for facet in FACETS:
            column, numbers, sizes = _column(facet, files, live, first)
            first += len(column.keys)
            self.columns[facet.key] = column
            holders = sizes > 0
            self._holders[facet.key] = holders, int(np.count_nonzero(holders))
            values.append((numbers, sizes))
        self._count = first
        self._spread(values, np.uint16 if first + BLANKS < 1 << 16 else np.uint32)

    def _spread(self, values: list[tuple[Array, Array]], dtype: type) -> None:
        widths = [min(int(sizes.max(initial=0)), MAX_WIDTH) for _, sizes in values]
        # The numbers after the last mean no value; several, as counting the same one again and again is slow.
        shape = len(self._live), sum(widths)
        self._table: Array = np.resize(np.arange(self._count, self._count + BLANKS).astype(dtype), shape)
        extra_docs, extra_values = [], []
        left = 0
        for (numbers, sizes), width in zip(values, widths, strict=True):
            docs = np.repeat(np.arange(len(sizes)), sizes)
            place = rows(np.zeros(len(sizes), np.int64), sizes)
            inside = place < width
            self._table[docs[inside], left + place[inside]] = numbers[inside]
            extra_docs.append(docs[~inside])
            extra_values.append(numbers[~inside])
            left += width
        self._extra_docs, self._extra_values = np.concatenate(extra_docs), np.concatenate(extra_values)
        self._totals = np.concatenate([column.totals for column in self.columns.values()])

    def coverage(self, facet: str, docs: Array) -> int:
        """Return the number of these documents that have a value of the facet."""
        holders, every = self._holders[facet]
        # Most facets are one of all articles or of none.
        if every in (0, self._documents):
            return len(docs) if every else 0
        return int(np.count_nonzero(holders.take(docs)))

    def count(self, docs: Array) -> Array:
        """Return the number of these distinct live documents that have each value of the table."""
        if 2 * len(docs) <= len(self._live):
            return self._counted(docs)
        others = self._live.copy()
        others[docs] = False
        rest: Array = self._totals - self._counted(np.flatnonzero(others))
        return rest

    def _counted(self, docs: Array) -> Array:
        counts = np.bincount(self._table.take(docs, axis=0).reshape(-1), minlength=self._count)[: self._count]
        if len(self._extra_docs):
            mask = np.zeros(len(self._live), bool)
            mask[docs] = True
            counts += np.bincount(self._extra_values[mask.take(self._extra_docs)], minlength=self._count)
        return counts


def _column(facet: Facet, files: Sequence[PostingsFile], live: Array, first: int) -> tuple[FacetColumn, Array, Array]:
    """Return the column; the values' numbers, document by document; the number of values of each, 0 if deleted."""
    spellings, counts, parts, sizes = _spellings(facet, files, live)
    forms: dict[str, dict[str, int]] = {}
    for text, count in zip(spellings, counts, strict=True):
        if count:
            form = forms.setdefault(facet.fold(text), {})
            form[text] = form.get(text, 0) + count
    keys = sorted(forms, key=lambda key: facet.rank(key, 0))
    number = {key: place for place, key in enumerate(keys, first)}
    remap = np.array([number.get(facet.fold(text), 0) for text in spellings], np.int64)
    shown = np.array([min((-n, form) for form, n in forms[key].items())[1] for key in keys], object)
    totals = np.array([sum(forms[key].values()) for key in keys], np.int64)
    return FacetColumn(tuple(keys), shown, totals, first), remap[parts], sizes


def _spellings(facet: Facet, files: Sequence[PostingsFile], live: Array) -> tuple[list[str], list[int], Array, Array]:
    """Return the distinct values as written, their counts, and of live documents the indices and number of values."""
    spellings: list[str] = []
    parts: list[Array] = [np.zeros(0, np.int64)]
    sizes: list[Array] = [np.zeros(0, np.int64)]
    base = 0
    for file in files:
        here = live[base : base + file.documents]
        size: Array = np.diff(file.array(f"facet.{facet.key}/bounds").astype(np.int64))
        values = file.array(f"facet.{facet.key}/values")[np.repeat(here, size)]
        parts.append(values.astype(np.int64) + len(spellings))
        sizes.append(np.where(here, size, 0))
        spellings += file.texts(f"facet.{facet.key}")
        base += file.documents
    numbers = np.concatenate(parts)
    return spellings, np.bincount(numbers, minlength=len(spellings)).tolist(), numbers, np.concatenate(sizes)

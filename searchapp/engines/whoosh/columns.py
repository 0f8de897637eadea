"""What is kept of every document in columns: identity, dates, facet values. Written once, mapped when opened.

In a segment's file of arrays (see `arrays`), for n documents:

    doc.<name>/text, /starts     strings, one after the other, for each of TEXTS (starts: n + 1)
    doc.day                      local date as a proleptic ordinal, 0 without one
    doc.moment                   seconds since 1970, NaN without a date
    facet.<name>/text, /starts   the distinct values as written
    facet.<name>/values          for document 0, 1, …: numbers of values as written
    facet.<name>/bounds          where each document's begin in `values` (n + 1)
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from searchapp.analysis import fold_value
from searchapp.engines.documents import facet_values, local_date
from searchapp.engines.whoosh.arrays import Array, PostingsFile, text_arrays
from searchapp.model import FACETS, Article, Sort

TEXTS = ("id", "digest", "title", "permalink")


class ColumnsBuffer:
    """Collects the columns of documents in the order of their numbers."""

    def __init__(self) -> None:
        self._texts: dict[str, list[bytes]] = {name: [] for name in TEXTS}
        self._days = array("i")
        self._moments = array("d")
        self._facets = {facet: (dict[str, int](), array("I"), array("I", [0])) for facet in FACETS}

    def add(self, article: Article) -> None:
        """Adds the next document."""
        for name in TEXTS:
            self._texts[name].append(getattr(article, name).encode())
        day = local_date(article)
        self._days.append(day.toordinal() if day else 0)
        self._moments.append(article.date.timestamp() if article.date else np.nan)
        for facet, texts in facet_values(article).items():
            numbers, values, bounds = self._facets[facet]
            values.extend(numbers.setdefault(text, len(numbers)) for text in texts)
            bounds.append(len(values))

    def arrays(self) -> dict[str, Array]:
        """The arrays by name."""
        arrays: dict[str, Array] = {}
        for name, texts in self._texts.items():
            arrays |= text_arrays(f"doc.{name}", texts)
        arrays["doc.day"] = np.array(self._days, np.int64)
        arrays["doc.moment"] = np.array(self._moments, np.float64)
        for facet, (numbers, values, bounds) in self._facets.items():
            arrays |= text_arrays(f"facet.{facet}", [text.encode() for text in numbers])
            arrays[f"facet.{facet}/values"] = np.array(values, np.int64)
            arrays[f"facet.{facet}/bounds"] = np.array(bounds, np.int64)
        return arrays


@dataclass(frozen=True)
class FacetColumn:
    """The values of one facet over all documents of an index.

    keys      folded values of live documents, by ordinal
    shown     the commonest spelling of each, the first of equals
    counts    how many live documents have each
    ordinals  the values of document 0, then of document 1, …; those of deleted documents mean nothing
    bounds    where each document's begin in `ordinals` (documents + 1)
    """

    keys: tuple[str, ...]
    shown: tuple[str, ...]
    counts: tuple[int, ...]
    ordinals: Array
    bounds: Array

    @cached_property
    def sizes(self) -> Array:
        """How many values each document has."""
        return np.diff(self.bounds)

    @cached_property
    def number(self) -> Mapping[str, int]:
        """key -> ordinal"""
        return {key: number for number, key in enumerate(self.keys)}


def facet_column(facet: str, files: Sequence[PostingsFile], live: Array) -> FacetColumn:
    """The facet over all segments; `live` is a mask over all their documents."""
    number: dict[str, int] = {}
    best: dict[str, dict[str, int]] = {}
    parts: list[Array] = []
    sizes: list[Array] = []
    base = 0
    for file in files:
        bounds, values = (file.array(f"facet.{facet}/{part}").astype(np.int64) for part in ("bounds", "values"))
        per_document = np.diff(bounds)
        written = file.texts(f"facet.{facet}")
        alive = np.repeat(live[base : base + file.documents], per_document)
        counts = np.bincount(values[alive], minlength=len(written)).tolist()
        remap = np.zeros(len(written) + 1, np.int64)
        for spelling, (text, count) in enumerate(zip(written, counts, strict=True)):
            if count:
                key = fold_value(text)
                remap[spelling] = number.setdefault(key, len(number))
                forms = best.setdefault(key, {})
                forms[text] = forms.get(text, 0) + count
        parts.append(remap[values])
        sizes.append(per_document)
        base += file.documents
    shown = tuple(min((-count, form) for form, count in forms.items())[1] for forms in best.values())
    totals = tuple(sum(forms.values()) for forms in best.values())
    bounds = np.concatenate([[0], np.cumsum(np.concatenate([np.zeros(0, np.int64), *sizes]))])
    return FacetColumn(tuple(number), shown, totals, np.concatenate([np.zeros(0, np.int64), *parts]), bounds)


def ranks(files: Sequence[PostingsFile]) -> dict[Sort, Array]:
    """For NEWEST and OLDEST the place of each document in that order: undated last, ties by id."""
    moments = _joined([file.array("doc.moment") for file in files])
    by_id = _id_ranks(files)
    undated = np.isnan(moments)
    known = np.where(undated, 0.0, moments)
    found = {}
    for sort, sign in ((Sort.NEWEST, -1.0), (Sort.OLDEST, 1.0)):
        order = np.lexsort((by_id, sign * known, undated))
        found[sort] = np.empty(len(order), np.int64)
        found[sort][order] = np.arange(len(order))
    return found


def _id_ranks(files: Sequence[PostingsFile]) -> Array:
    """The place of each document's id among all, in code point order (that of UTF-8 bytes too)."""
    if len(files) == 1:
        # The terms of the field are sorted, and each has its one document.
        docs = files[0].array("id/docs")
        if len(docs) == files[0].documents:
            places = np.empty(len(docs), np.int64)
            places[docs] = np.arange(len(docs))
            return places
    ids = [text for file in files for text in file.texts("doc.id")]
    order = sorted(range(len(ids)), key=ids.__getitem__)
    places = np.empty(len(ids), np.int64)
    places[order] = np.arange(len(ids))
    return places


def _joined(arrays: Sequence[Array]) -> Array:
    return np.concatenate([np.zeros(0, np.float64), *arrays])

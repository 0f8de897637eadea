"""Columns of per-document values: identity, dates, facet values.

In a segment's file of arrays (see `segment`), for n documents:

    doc.<name>/text, /starts     strings, concatenated, for each of TEXTS (starts: n + 1)
    doc.day                      local date as a proleptic ordinal, 0 without one
    doc.moment                   seconds since 1970, NaN without a date
    boost/docs, /values          documents with a boost other than 1, ascending, and the boosts
    facet.<name>/text, /starts   the distinct values as written
    facet.<name>/values          for document 0, 1, …: indices of values as written
    facet.<name>/bounds          index of each document's first in `values` (n + 1)
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence

import numpy as np

from searchapp.engines.whoosh.segments.arrays import Array, text_arrays
from searchapp.engines.whoosh.segments.segment import PostingsFile
from searchapp.facets import FACETS
from searchapp.model import Article
from searchapp.retrieval.documents import day_number

TEXTS = ("id", "digest", "title", "permalink")


class ColumnsBuffer:
    """Collects the columns of documents in the order of their numbers."""

    def __init__(self) -> None:
        self._texts: dict[str, list[bytes]] = {name: [] for name in TEXTS}
        self._days = array("i")
        self._moments = array("d")
        self._boosts: dict[int, float] = {}
        self._facets = [(facet, dict[str, int](), array("I"), array("I", [0])) for facet in FACETS]

    def add(self, article: Article) -> None:
        """Add the next document."""
        for name in TEXTS:
            self._texts[name].append(getattr(article, name).encode())
        if article.boost != 1:
            self._boosts[len(self._days)] = article.boost
        self._days.append(day_number(article))
        self._moments.append(article.date.timestamp() if article.date else np.nan)
        for facet, numbers, values, bounds in self._facets:
            values.extend(numbers.setdefault(text, len(numbers)) for text in facet.values(article))
            bounds.append(len(values))

    def arrays(self) -> dict[str, Array]:
        """Return the arrays by name."""
        arrays: dict[str, Array] = {}
        for name, texts in self._texts.items():
            arrays |= text_arrays(f"doc.{name}", texts)
        arrays["doc.day"] = np.array(self._days, np.int64)
        arrays["doc.moment"] = np.array(self._moments, np.float64)
        arrays["boost/docs"] = np.array(list(self._boosts), np.int64)
        arrays["boost/values"] = np.array(list(self._boosts.values()), np.float64)
        for facet, numbers, values, bounds in self._facets:
            arrays |= text_arrays(f"facet.{facet.key}", [text.encode() for text in numbers])
            arrays[f"facet.{facet.key}/values"] = np.array(values, np.int64)
            arrays[f"facet.{facet.key}/bounds"] = np.array(bounds, np.int64)
        return arrays


def id_ranks(files: Sequence[PostingsFile]) -> Array:
    """Return the rank of each document's id among all, in code point order (the same as that of UTF-8 bytes)."""
    ids = [text for file in files for text in file.texts("doc.id")]
    order = sorted(range(len(ids)), key=ids.__getitem__)
    places = np.empty(len(ids), np.int64)
    places[order] = np.arange(len(ids))
    return places

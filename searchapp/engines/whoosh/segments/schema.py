"""The fields of the Whoosh index. Columns and stored articles are arrays beside them.

id             the article's id, unique
title … authors   terms with positions, one field for each of `documents.TEXT_FIELDS`
any            the terms of all of these fields together
words, title_words   surface forms, for prefixes
spellings      words with their accents, of the forms with any
spelled        surface forms of long articles with positions, for passages
exact          the title's words, for exact-title matches
<facet>_is     folded values of each of FACETS, for `tag:` and the like
day            local date (2024-03-09), for date ranges
language, url  for the list of languages, and for finding an article by its permalink or an alias
"""

from __future__ import annotations

from typing import Any

from searchapp.engines.whoosh._whoosh import fields, formats
from searchapp.engines.whoosh.segments.chunks import SPELLED
from searchapp.engines.whoosh.segments.postings import WORD_FIELDS
from searchapp.engines.whoosh.segments.segment import ANY, SPELLINGS
from searchapp.facets import FACETS
from searchapp.model import Article
from searchapp.retrieval.documents import TEXT_FIELDS, exact_title, local_date

VERSION = 4
"""To be increased when an index written before can't be read correctly."""


class TermPositions(fields.FieldType):  # type: ignore[misc] # Whoosh has no types
    """A field of terms with positions; its postings are written by `postings`."""

    indexed = True
    stored = False
    scorable = True
    unique = False
    vector = None
    column_type = None
    spelling = False

    def __init__(self) -> None:
        self.analyzer = None
        self.format = formats.Positions()


class Values(TermPositions):
    """A field of whole values without positions."""

    scorable = False

    def __init__(self) -> None:
        self.analyzer = None
        self.format = formats.Existence()


VALUE_FIELDS = ("id", "exact", "language", "url", "day", *(f"{facet.key}_is" for facet in FACETS))


def schema() -> Any:
    """Return the Whoosh schema."""
    return fields.Schema(
        **{field: TermPositions() for field in TEXT_FIELDS},
        **{field: Values() for field in (ANY, SPELLED, SPELLINGS, *VALUE_FIELDS, *WORD_FIELDS)},
    )


def values_of(article: Article) -> dict[str, list[str]]:
    """Return the keys of an article in each of VALUE_FIELDS."""
    exact = exact_title(article)
    day = local_date(article)
    return {
        "id": [article.id],
        "exact": [exact] if exact else [],
        "language": [article.language],
        "url": sorted({url for url in map(url_key, (article.permalink, *article.aliases)) if url}),
        "day": [day.isoformat()] if day else [],
        **{f"{facet.key}_is": list(facet.keys(article)) for facet in FACETS},
    }


def url_key(permalink: str) -> str:
    """Return the normalised form by which permalinks compare: without a final slash."""
    return permalink.rstrip("/")

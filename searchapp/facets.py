"""The facets: a table of one record each, in display order.

A new facet is a record here and the field of `Article` that it reads; `series:x`, `?series=x`, `--series x`, golden
queries, stored forms, counts, JSON, OpenAPI, the page's list and its filters are derived from that.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from searchapp.analysis.folding import fold_value
from searchapp.model import ArticleHead, Query, Results

SHARE, ENOUGH = 0.05, 20
"""Of the articles found a facet is offered if so large a share has a value of it, or so many have."""


class Kind(StrEnum):
    """How values compare, sort and are shown.

    TEXT       ignoring case; by count, descending; as written
    NUMBER     as numbers; descending; also as a histogram
    LANGUAGE   language tags by their primary subtag (`pt-BR` is `pt`); by count, descending; by the language's name
    """

    TEXT = "text"
    NUMBER = "number"
    LANGUAGE = "language"


def N_(text: str) -> str:
    """Mark a text for the message catalogs."""
    return text


def NN_(singular: str, plural: str) -> tuple[str, str]:
    """Mark a text with a number for the message catalogs."""
    return singular, plural


@dataclass(frozen=True, slots=True)
class Words:
    """Texts of a facet; all but `option` are translated.

    title      heading of its values, and prefix of a filter
    without    label of the link that removes one filter
    more       label that unfolds the other values; of a histogram, all of them
    find       label of the box that narrows the list, and `unlisted` the note about values not listed: both only for
               texts, of which there may be thousands
    popular    heading of the commonest values where nothing was found; "" to offer none
    shared     why an article is related by some values; only for labels
    bad        error for a value that does not match `pattern`
    option     completes "Only …" in the help of the command line
    """

    title: str
    without: str
    more: tuple[str, str]
    option: str
    find: str = ""
    unlisted: tuple[str, str] = ("", "")
    popular: str = ""
    shared: str = ""
    bad: str = ""


@dataclass(frozen=True, slots=True)
class Facet:
    """One facet.

    key        its name in JSON, in golden queries, as URL parameter and (`--key`) on the command line
    field      the field of `Article` that holds its values, or a datetime of which they are the year
    operator   its name in the query language, "" for none; `key` and `field` are then other names of it
    several    whether the field holds several values
    by_words   whether the operator also matches consecutive words of a value, as of a person's name
    weight     of a common value among related articles; above 0 for labels, which are also completed while typing
    pattern    regular expression of valid values, "" for anything, and an `example` of one
    """

    key: str
    field: str
    words: Words
    operator: str = ""
    kind: Kind = Kind.TEXT
    several: bool = False
    by_words: bool = False
    weight: float = 0.0
    pattern: str = ""
    example: str = ""

    def allows(self, value: str) -> bool:
        """Whether a text is a valid value."""
        return not self.pattern or bool(re.fullmatch(self.pattern, value))

    def fold(self, value: str) -> str:
        """Return the normalised form by which a value is compared."""
        folded = fold_value(value)
        return folded.replace("_", "-").partition("-")[0] if self.kind is Kind.LANGUAGE else folded

    def values(self, article: ArticleHead) -> tuple[str, ...]:
        """Return the article's distinct values as written; of values that compare equal the first."""
        held = getattr(article, self.field)
        texts = [str(each.year) if isinstance(each, datetime) else each for each in (held if self.several else (held,))]
        return tuple({self.fold(text): text for text in reversed(texts) if text}.values())

    def keys(self, article: ArticleHead) -> set[str]:
        """Return the article's values in normalised form."""
        return set(map(self.fold, self.values(article)))

    def chosen(self, query: Query) -> dict[str, str]:
        """Return the values that a query selects: normalised form -> as given."""
        return {self.fold(value): value for value in query.selected(self.key)}

    def rank(self, key: str, count: int) -> tuple[int, str]:
        """Sort key of a value, from its normalised form and count."""
        return (-int(key), "") if self.kind is Kind.NUMBER and key.isdecimal() else (-count, key)

    def select(self, query: Query, values: Sequence[str]) -> Query:
        """Return the query with exactly these values of this facet."""
        filters = {facet.key: query.selected(facet.key) for facet in FACETS} | {self.key: tuple(values)}
        return replace(query, filters=tuple((key, value) for key, those in filters.items() for value in those))


FACETS = (
    Facet(
        "category",
        "categories",
        Words(
            N_("Category"),
            N_("Without category %(value)s"),
            NN_("%(n)s more category", "%(n)s more categories"),
            "in this category",
            N_("Find a category"),
            NN_(
                "%(n)s rarer category is not listed: type %(example)s in the search box.",
                "%(n)s rarer categories are not listed: type %(example)s in the search box.",
            ),
            N_("Popular categories"),
            N_("also in %(values)s"),
        ),
        "category",
        several=True,
        weight=1.0,
    ),
    Facet(
        "tag",
        "tags",
        Words(
            N_("Tag"),
            N_("Without tag %(value)s"),
            NN_("%(n)s more tag", "%(n)s more tags"),
            "with this tag",
            N_("Find a tag"),
            NN_(
                "%(n)s rarer tag is not listed: type %(example)s in the search box.",
                "%(n)s rarer tags are not listed: type %(example)s in the search box.",
            ),
            N_("Popular tags"),
            N_("also tagged %(values)s"),
        ),
        "tag",
        several=True,
        weight=3.0,
    ),
    Facet(
        "author",
        "authors",
        Words(
            N_("Author"),
            N_("Without author %(value)s"),
            NN_("%(n)s more author", "%(n)s more authors"),
            "by this author",
            N_("Find an author"),
            NN_(
                "%(n)s rarer author is not listed: type %(example)s in the search box.",
                "%(n)s rarer authors are not listed: type %(example)s in the search box.",
            ),
        ),
        "author",
        several=True,
        by_words=True,
    ),
    Facet(
        "year",
        "date",
        Words(
            N_("Year"),
            N_("Without year %(value)s"),
            NN_("%(n)s year", "%(n)s years, one by one"),
            "of this year",
            bad=N_("%(name)s must have four digits, such as 2024"),
        ),
        kind=Kind.NUMBER,
        pattern="[1-9][0-9]{3}",
        example="2024",
    ),
    Facet(
        "language",
        "language",
        Words(
            N_("Language"),
            N_("Without language %(value)s"),
            NN_("%(n)s more language", "%(n)s more languages"),
            "in this language",
            N_("Find a language"),
        ),
        "lang",
        kind=Kind.LANGUAGE,
    ),
    Facet(
        "series",
        "series",
        Words(
            N_("Series"),
            N_("Without series %(value)s"),
            NN_("%(n)s more series", "%(n)s more series"),
            "of this series",
            N_("Find a series"),
            NN_(
                "%(n)s rarer series is not listed: type %(example)s in the search box.",
                "%(n)s rarer series are not listed: type %(example)s in the search box.",
            ),
        ),
        "series",
        several=True,
    ),
)

BY_KEY = {facet.key: facet for facet in FACETS}
BY_OPERATOR = {name: facet for facet in FACETS if facet.operator for name in (facet.operator, facet.key, facet.field)}
LABELS = tuple(facet for facet in FACETS if facet.weight)


def shown(results: Results) -> tuple[Facet, ...]:
    """Return the facets that help to narrow these results, or do narrow them."""
    return tuple(facet for facet in FACETS if results.query.selected(facet.key) or _helps(facet, results))


def _helps(facet: Facet, results: Results) -> bool:
    values = sum(1 for value in results.facets.get(facet.key, ()) if value.count)
    articles = results.coverage.get(facet.key, 0)
    return values > 1 and (articles >= ENOUGH or articles >= SHARE * results.total)

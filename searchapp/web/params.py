"""URL parameters <-> `Query`, both ways; the one place with their names.

Unknown parameters are ignored and an empty value counts as none (forms send those). A repeated parameter
that takes one value, or a bad value, is a ParameterError that names it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from searchapp.errors import ParameterError
from searchapp.facets import FACETS, Facet
from searchapp.model import Query, Sort
from searchapp.query import normalise, parse_date, while_typing

MAX_PAGE = 1_000_000
MAX_PER_PAGE = 100
MAX_VALUES = 50
"""Maximum of selected values of one facet."""

DEFAULT = Query()

Args = MultiDict[str, str]
Pairs = list[tuple[str, str]]


def parse(args: Args) -> Query:
    """Return the query of a URL, its text normalised. Raises ParameterError."""
    text = normalise(single(args, "q"))
    return Query(
        text=text,
        filters=tuple((facet.key, value) for facet in FACETS for value in _values(args, facet)),
        after=_date(args, "after"),
        before=_date(args, "before"),
        sort=_sort(args),
        page=number(args, "page", DEFAULT.page, MAX_PAGE),
        per_page=number(args, "per_page", DEFAULT.per_page, MAX_PER_PAGE),
        exact=flag(args, "exact"),
        unfinished=_is_unfinished(args, text),
    )


def highlight_query(args: Args) -> Query:
    """Return the text of a URL's query, to be highlighted in an article. Raises ParameterError."""
    text = normalise(single(args, "q"))
    return Query(text, unfinished=_is_unfinished(args, text))


def _is_unfinished(args: Args, text: str) -> bool:
    """Whether `live=1` is given and makes a difference to this text; a blank behind the last word ends it."""
    return flag(args, "live") and while_typing(text) != text and not single(args, "q")[-1].isspace()


def single(args: Args, name: str) -> str:
    """Return the value of a parameter that takes one, "" without it. Raises ParameterError."""
    values = args.getlist(name)
    if len(values) > 1:
        raise ParameterError(name, "%(name)s is given %(times)s times; it can have one value only", times=len(values))
    return values[0] if values else ""


def number(args: Args, name: str, default: int, most: int) -> int:
    """Return a whole number from 1 to `most`, in ASCII digits. Raises ParameterError."""
    text = single(args, name).strip()
    if not text:
        return default
    if not re.fullmatch(r"[0-9]{1,9}", text) or not 1 <= int(text) <= most:
        raise ParameterError(name, "%(name)s must be a whole number from 1 to %(most)s", most=most)
    return int(text)


def flag(args: Args, name: str) -> bool:
    """Whether a parameter is `1`; `0` and nothing are false. Raises ParameterError."""
    text = single(args, name).strip()
    if text not in {"", "0", "1"}:
        raise ParameterError(name, "%(name)s must be 1 or 0")
    return text == "1"


def _values(args: Args, facet: Facet) -> tuple[str, ...]:
    values = {facet.fold(text): text for text in map(normalise, reversed(args.getlist(facet.key))) if text}
    if len(values) > MAX_VALUES:
        raise ParameterError(facet.key, "%(name)s has more than %(most)s values", most=MAX_VALUES)
    if not all(map(facet.allows, values.values())):
        raise ParameterError(facet.key, facet.words.bad)
    return tuple(reversed(values.values()))


def _date(args: Args, name: str) -> date | None:
    text = single(args, name).strip()
    if not text:
        return None
    found = parse_date(text)
    if found is None:
        raise ParameterError(name, "%(name)s must be a date such as 2024-03-09, 2024-03 or 2024")
    return found


def _sort(args: Args) -> Sort:
    text = single(args, "sort").strip()
    try:
        return Sort(text) if text else DEFAULT.sort
    except ValueError:
        raise ParameterError("sort", "%(name)s must be one of %(choices)s", choices=", ".join(Sort)) from None


def pairs(query: Query) -> Pairs:
    """Return the parameters of a query in canonical order, without defaults: equal queries, equal URLs."""
    found: Pairs = [("q", query.text)] if query.text else []
    for facet in FACETS:
        found += [(facet.key, value) for value in query.selected(facet.key)]
    for name in ("after", "before"):
        if (day := getattr(query, name)) is not None:
            found.append((name, day.isoformat()))
    for name in ("sort", "page", "per_page"):
        if (value := getattr(query, name)) != getattr(DEFAULT, name):
            found.append((name, str(value)))
    found += [("exact", "1")] if query.exact else []
    return [*found, ("live", "1")] if query.unfinished else found


def search_string(query: Query) -> str:
    """Return `?q=…`, or "" for the query that lists everything."""
    encoded = urlencode(pairs(query), errors="replace")
    return f"?{encoded}" if encoded else ""


def with_sorted_filters(query: Query) -> Query:
    """Return the query with its filters sorted; their order matters to the links of a page only."""
    return replace(query, filters=tuple(sorted(query.filters)))


def toggle(query: Query, facet: Facet, value: str) -> Query:
    """Return the query with one value of a facet selected, or deselected if it was; on the first page."""
    chosen = facet.chosen(query)
    if chosen.pop(facet.fold(value), None) is None:
        chosen[facet.fold(value)] = value
    return with_selected(query, facet, tuple(chosen.values()))


def with_selected(query: Query, facet: Facet, values: Sequence[str]) -> Query:
    """Return the query with exactly these values of a facet, on the first page."""
    return replace(facet.select(query, values), page=1)


def without_filters(query: Query) -> Query:
    """Return the query without filters, on the first page."""
    return Query(
        text=query.text, sort=query.sort, per_page=query.per_page, exact=query.exact, unfinished=query.unfinished
    )

"""View model of the page of results: labels and links as plain values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote_plus

from searchapp import facets
from searchapp.analysis.folding import fold_value
from searchapp.facets import FACETS, LABELS, Facet, Kind
from searchapp.model import FacetValue, Query, Reason, Results, Sort
from searchapp.web import params
from searchapp.web.i18n import day, enumeration, gettext
from searchapp.web.i18n import number as written
from searchapp.web.reader import labels
from searchapp.web.reader.year_histogram import YearBar, bars

Url = Callable[[Query], str]

_PRIVATE_USE = range(0xE000, 0xF900)
"""Characters of no text; if a query has some, it does not have others."""

FIRST_VALUES = 10
MAX_VALUES = 50
"""Maximum of values listed of a facet, as a blog may have thousands of tags; the rest is loaded while typing."""
FEW_VALUES, MAX_POPULAR = 2, 8


@dataclass(frozen=True, slots=True)
class NavLink:
    """A link.

    count   number of results, None if it is not shown
    kind    the filter or the order that it changes; `value` the filter's value
    """

    label: str
    url: str
    count: int | None = None
    selected: bool = False
    kind: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class FacetBox:
    """One facet: its values shown at once, those behind "more", and the number of values not listed."""

    name: str
    first: tuple[NavLink, ...]
    more: tuple[NavLink, ...]
    unlisted: int
    bars: tuple[YearBar, ...] = ()
    """Years as a histogram, oldest first; empty if there are too few."""


@dataclass(frozen=True, slots=True)
class Pager:
    """Links to other pages. `links` are page numbers; None is a gap."""

    previous: str | None
    next: str | None
    links: tuple[NavLink | None, ...]
    last: NavLink | None
    """The last page, if the current one is beyond it."""


def facet_boxes(results: Results, url: Url) -> tuple[FacetBox, ...]:
    """Return the facets that have something to select, in order."""
    return tuple(_facet_box(facet, results.facets[facet.key], results.query, url) for facet in facets.shown(results))


def _facet_box(facet: Facet, values: Sequence[FacetValue], query: Query, url: Url) -> FacetBox:
    numbers = facet.kind is Kind.NUMBER
    chosen = [each for each in values if each.selected]
    ordered = [*chosen, *(each for each in values if not each.selected)]
    if numbers and len(values) <= FIRST_VALUES:
        ordered = list(values)
    choosing = _choosing(query, facet, url)
    most = max(MAX_VALUES, len(chosen)) if facet.kind is Kind.TEXT else len(ordered)
    links = tuple(
        NavLink(labels.value(facet, each.value), choosing(each), each.count, each.selected, value=each.value)
        for each in ordered[:most]
    )
    shown = bars(facet, values, query, url) if numbers else ()
    first = max(FIRST_VALUES, len(chosen))
    first = first if len(links) > first + 1 else len(links)
    return FacetBox(facet.key, links[:first], links[first:], len(ordered) - len(links), shown)


def popular(results: Results) -> tuple[Facet, Sequence[FacetValue]] | None:
    """Return a facet and its commonest values: the first facet that has more than a few, or else the last."""
    found = [(facet, results.facets[facet.key]) for facet in FACETS if facet.words.popular]
    facet, values = next((each for each in found if len(each[1]) > FEW_VALUES), found[-1])
    return (facet, values[:MAX_POPULAR]) if values else None


def _choosing(query: Query, facet: Facet, url: Url) -> Callable[[FacetValue], str]:
    """Return a function to the link that toggles a value of a facet.

    A page has dozens that differ in one value only: the rest of the URL is made once.
    """

    def whole(value: FacetValue) -> str:
        return url(params.toggle(query, facet, value.value))

    plain = url(query)
    unused = next(each for each in map(chr, _PRIVATE_USE) if quote_plus(each) not in plain)
    before, _, after = url(params.toggle(query, facet, unused)).partition(quote_plus(unused))

    def quick(value: FacetValue) -> str:
        return whole(value) if value.selected else f"{before}{quote_plus(value.value, errors='replace')}{after}"

    return quick


def chips(query: Query, url: Url) -> tuple[NavLink, ...]:
    """Return the filters in force, each with the link that removes it."""
    said = [(labels.value(each, value), each.key) for each in FACETS for value in query.selected(each.key)]
    said += [(day(date), name) for date, name in ((query.after, "after"), (query.before, "before")) if date]
    return tuple(
        NavLink(label, url(narrower), kind=kind)
        for (label, kind), narrower in zip(said, without_one(query), strict=True)
    )


def without_one(query: Query) -> Iterator[Query]:
    """Yield the query without each of its filters in turn, in the order of the chips."""
    for facet in FACETS:
        for value in query.selected(facet.key):
            yield params.toggle(query, facet, value)
    if query.after:
        yield replace(query, after=None, page=1)
    if query.before:
        yield replace(query, before=None, page=1)


def sort_links(query: Query, url: Url) -> tuple[NavLink, ...]:
    """Return links for the orders; without words there is no relevance."""
    current = effective_sort(query)
    orders = [order for order in Sort if query.text or order is not Sort.RELEVANCE]
    return tuple(
        NavLink(labels.order(order), url(replace(query, sort=order, page=1)), selected=order is current, kind=order)
        for order in orders
    )


def effective_sort(query: Query) -> Sort:
    """Return the order that the engine uses."""
    return Sort.NEWEST if not query.text and query.sort is Sort.RELEVANCE else query.sort


def pager(results: Results, url: Url) -> Pager | None:
    """Return links around a page of results; None if there is only one page."""
    page, pages = results.query.page, results.pages
    if pages <= 1 and page <= max(pages, 1):
        return None

    def at(number: int) -> str:
        return url(replace(results.query, page=number))

    if page > pages:
        label = gettext("Go to page %(page)s, the last one", page=written(pages))
        last = NavLink(label, at(pages)) if pages else None
        return Pager(None, None, (), last)
    links = tuple(
        NavLink(written(number), at(number), selected=number == page) if number else None
        for number in _page_numbers(page, pages)
    )
    return Pager(at(page - 1) if page > 1 else None, at(page + 1) if page < pages else None, links, None)


def _page_numbers(page: int, pages: int) -> Iterator[int]:
    """Yield the first, the last and those around the current page; 0 for a gap."""
    before = 0
    for number in sorted({1, 2, page - 1, page, page + 1, pages} & set(range(1, pages + 1))):
        if number == before + 2:
            yield number - 1
        elif number > before + 2:
            yield 0
        yield number
        before = number


def reasons_in_words(reasons: Sequence[Reason]) -> str:
    """Return why an article is related, in words: `Also in Education · both mention “trainer”`."""
    parts = [
        gettext(facet.words.shared, values=enumeration(values))
        for facet in LABELS
        if (values := _values(facet.key, reasons))
    ]
    if words := [gettext("“%(word)s”", word=word) for word in _values("word", reasons)]:
        parts.append(gettext("both mention %(values)s", values=enumeration(words)))
    text = " · ".join(parts)
    return text[:1].upper() + text[1:]


def _values(kind: str, reasons: Sequence[Reason]) -> Sequence[str]:
    return list({fold_value(each.value): each.value for each in reasons if each.kind == kind}.values())[:3]

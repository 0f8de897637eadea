"""The facet of years as the bars of a histogram."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from searchapp.facets import Facet
from searchapp.model import FacetValue, Query
from searchapp.web import params

MAX_BARS = 10
"""Bars, at most, so that each is wide enough for a finger; with more years, a bar stands for several."""
MIN_YEARS = 3
"""Years from which a histogram is shown instead of a list."""
MIN_HEIGHT = 6
"""Minimum height of a bar that is not empty, in per cent."""


@dataclass(frozen=True, slots=True)
class YearBar:
    """One year, or several. `height` is in per cent of the highest; `url` toggles the filter, "" for an empty bar."""

    label: str
    count: int
    height: int
    url: str
    selected: bool


def bars(facet: Facet, values: Sequence[FacetValue], query: Query, url: Callable[[Query], str]) -> tuple[YearBar, ...]:
    """Return the histogram of a facet of years, oldest first and without gaps; () for too few years."""
    found = {int(each.value): each for each in values}
    if len(found) < MIN_YEARS:
        return ()
    first, last = min(found), max(found)
    step = -(-(last - first + 1) // MAX_BARS)
    # Counted from the end: the newest years are whole, the oldest bar may be short.
    starts = range(last - step + 1, first - step, -step)
    rows = [[found[year] for year in range(start, start + step) if year in found] for start in reversed(starts)]
    most = max(sum(each.count for each in row) for row in rows)
    spans = (_span(max(start, first), start + step - 1) for start in reversed(starts))
    return tuple(_bar(facet, span, row, most, query, url) for span, row in zip(spans, rows, strict=True))


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}–{last}"


def _bar(
    facet: Facet, label: str, row: Sequence[FacetValue], most: int, query: Query, url: Callable[[Query], str]
) -> YearBar:
    count = sum(each.count for each in row)
    selected = bool(row) and all(each.selected for each in row)
    years = {each.value for each in row}
    others = tuple(year for year in query.selected(facet.key) if year not in years)
    wanted = others if selected else (*others, *(each.value for each in row))
    height = max(MIN_HEIGHT, round(100 * count / most)) if count else 0
    possible = bool(row) and len(wanted) <= params.MAX_VALUES
    return YearBar(label, count, height, url(params.with_selected(query, facet, wanted)) if possible else "", selected)

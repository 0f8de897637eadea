"""The years of an answer as the bars of a histogram: how high, what each stands for, where a click leads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from searchapp.facets import Facet
from searchapp.model import FacetValue, Query
from searchapp.web import params

MOST_BARS = 10
"""Of which each is still wide enough for a finger; where there are more years, a bar stands for several."""
FEWEST_YEARS = 3
"""From which a picture says more than a list."""
LOWEST = 6
"""Per cent of the height that one article gets among thousands."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One year, or a few in a row. `height` is in per cent of the highest; `url` is "" where there is nothing."""

    label: str
    count: int
    height: int
    url: str
    selected: bool


def bars(facet: Facet, values: Sequence[FacetValue], query: Query, url: Callable[[Query], str]) -> tuple[Bar, ...]:
    """The histogram of a facet of years, oldest first and without gaps in time; empty for too few years."""
    found = {int(each.value): each for each in values}
    if len(found) < FEWEST_YEARS:
        return ()
    first, last = min(found), max(found)
    step = -(-(last - first + 1) // MOST_BARS)
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
) -> Bar:
    count = sum(each.count for each in row)
    selected = bool(row) and all(each.selected for each in row)
    years = {each.value for each in row}
    others = tuple(year for year in query.selected(facet.key) if year not in years)
    wanted = others if selected else (*others, *(each.value for each in row))
    height = max(LOWEST, round(100 * count / most)) if count else 0
    possible = bool(row) and len(wanted) <= params.MAX_VALUES
    return Bar(label, count, height, url(params.with_selected(query, facet, wanted)) if possible else "", selected)

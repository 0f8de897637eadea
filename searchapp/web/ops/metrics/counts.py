"""Which numbers are kept, and where in the table: fixed before the first request, and alike in every process.

The labels' values are all known beforehand: interfaces, outcomes, classes of status codes and the patterns of routes.
So nothing that a client sends can become a label, or make the table grow.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

from searchapp.querylog.entries import Outcome
from searchapp.web.ops.metrics.table import Table

INTERFACES = ("page", "live", "widget", "api", "feed")
MODES = tuple(outcome.name.lower() for outcome in Outcome)
CLASSES = ("1xx", "2xx", "3xx", "4xx", "5xx")
BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds; a search of a small blog takes 1 ms, and a request ends after 20 s."""
NO_ROUTE = "(none)"
"""In place of a pattern, for an address that leads nowhere."""
MOST_CELLS = 1_024

Labels = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """What was counted until now, by labels.

    searches    (interface, mode)
    zero        (interface,); those that found nothing
    buckets     cumulative, an entry for each of BOUNDS and one for all
    requests    (route, class of its status)
    """

    searches: dict[Labels, float]
    zero: dict[Labels, float]
    buckets: tuple[float, ...]
    seconds: float
    requests: dict[Labels, float]
    limited: float


class Metrics:
    """Counts for all processes of a server, if it is made before they are."""

    def __init__(self) -> None:
        self._table = Table(MOST_CELLS)
        self._places: dict[Labels, int] = {}

    def lay_out(self, routes: Iterable[str]) -> None:
        """Says which routes there are; the same ones in every process, before anything is counted."""
        names: list[Labels] = [("seconds",), ("limited",)]
        names += [("bucket", str(number)) for number in range(len(BOUNDS) + 1)]
        names += [("search", interface, mode) for interface in INTERFACES for mode in MODES]
        names += [("zero", interface) for interface in INTERFACES]
        names += [("request", route, status) for route in (NO_ROUTE, *sorted(set(routes))) for status in CLASSES]
        if len(names) > MOST_CELLS:
            raise ValueError(f"{len(names)} numbers for a table of {MOST_CELLS}")
        self._places = {name: place for place, name in enumerate(names)}

    def settle(self, process: int) -> None:
        """Called in each process that counts, with a number that no other one has."""
        self._table.settle(process)

    def request(self, route: str | None, status: int, *, limited: bool) -> None:
        """One request was answered.

        route    the pattern that it met; None for none
        limited  whether its client had asked too much
        """
        group = CLASSES[min(max(status // 100, 1), 5) - 1]
        # What embeds the application may have added routes of its own.
        place = self._places.get(("request", route or NO_ROUTE, group), self._places["request", NO_ROUTE, group])
        amounts = {place: 1.0}
        if limited:
            amounts[self._places["limited",]] = 1.0
        self._table.add(amounts)

    def search(self, interface: str, mode: str, total: int, seconds: float) -> None:
        """One search was answered, be it anew, from what is kept or with 304."""
        bucket = str(bisect_left(BOUNDS, seconds))
        names: list[Labels] = [("bucket", bucket), ("search", interface, mode)]
        if not total:
            names.append(("zero", interface))
        self._table.add({**{self._places[name]: 1.0 for name in names}, self._places["seconds",]: seconds})

    def counts(self) -> Counts:
        """What all processes have counted."""
        found = self._table.totals()
        by_kind: dict[str, dict[Labels, float]] = {}
        for (kind, *labels), place in self._places.items():
            by_kind.setdefault(kind, {})[tuple(labels)] = found[place]
        return Counts(
            searches=by_kind["search"],
            zero=by_kind["zero"],
            buckets=tuple(accumulate(by_kind["bucket"].values())),
            seconds=by_kind["seconds"][()],
            requests={labels: count for labels, count in by_kind["request"].items() if count},
            limited=by_kind["limited"][()],
        )

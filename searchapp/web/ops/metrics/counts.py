"""The metrics and their cells in the shared table, fixed before the first request and the same in every process.

All label values are known beforehand: interfaces, outcomes, classes of status codes and patterns of routes. So no
client can create a label, or make the table grow.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

from searchapp.querylog.entries import AnswerKind
from searchapp.web.ops.metrics.table import CounterTable

INTERFACES = ("page", "live", "widget", "api", "feed")
MODES = tuple(outcome.name.lower() for outcome in AnswerKind)
CLASSES = ("1xx", "2xx", "3xx", "4xx", "5xx")
BUCKET_BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds of the histogram's buckets in seconds; a search of a small blog takes 1 ms, a request at most 20 s."""
NO_ROUTE = "(none)"
"""The label of requests that match no route."""
MAX_CELLS = 1_024

Labels = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MetricValues:
    """The values of all metrics, by label values.

    searches    (interface, mode)
    zero        (interface,): searches without results
    buckets     cumulative counts of searches, one for each of BUCKET_BOUNDS and one for all
    seconds     sum of the searches' durations
    requests    (route, class of the status code)
    limited     requests refused by the rate limit
    """

    searches: dict[Labels, float]
    zero: dict[Labels, float]
    buckets: tuple[float, ...]
    seconds: float
    requests: dict[Labels, float]
    limited: float


class Metrics:
    """The metrics of a server, shared by all processes that are forked after its creation."""

    def __init__(self) -> None:
        self._table = CounterTable(MAX_CELLS)
        self._places: dict[Labels, int] = {}

    def register_routes(self, routes: Iterable[str]) -> None:
        """Allocate the counters of all routes: the same ones in every process, before anything is counted.

        Raises ValueError for more than MAX_CELLS counters.
        """
        names: list[Labels] = [("seconds",), ("limited",)]
        names += [("bucket", str(number)) for number in range(len(BUCKET_BOUNDS) + 1)]
        names += [("search", interface, mode) for interface in INTERFACES for mode in MODES]
        names += [("zero", interface) for interface in INTERFACES]
        names += [("request", route, status) for route in (NO_ROUTE, *sorted(set(routes))) for status in CLASSES]
        if len(names) > MAX_CELLS:
            raise ValueError(f"{len(names)} numbers for a table of {MAX_CELLS}")
        self._places = {name: place for place, name in enumerate(names)}

    def use_row(self, process: int) -> None:
        """To be called in each process that counts, with a number that no other running one has."""
        self._table.use_row(process)

    def request(self, route: str | None, status: int, *, limited: bool) -> None:
        """Count a response.

        route    the pattern that the request matched; None for none
        limited  whether it was refused by the rate limit
        """
        group = CLASSES[min(max(status // 100, 1), 5) - 1]
        # What embeds the application may have added routes of its own.
        place = self._places.get(("request", route or NO_ROUTE, group), self._places["request", NO_ROUTE, group])
        amounts = {place: 1.0}
        if limited:
            amounts[self._places["limited",]] = 1.0
        self._table.add(amounts)

    def search(self, interface: str, mode: str, total: int, seconds: float) -> None:
        """Count a search with its number of results and duration, answered by the engine, the cache or a 304."""
        bucket = str(bisect_left(BUCKET_BOUNDS, seconds))
        names: list[Labels] = [("bucket", bucket), ("search", interface, mode)]
        if not total:
            names.append(("zero", interface))
        self._table.add({**{self._places[name]: 1.0 for name in names}, self._places["seconds",]: seconds})

    def counts(self) -> MetricValues:
        """Return the sums over all processes."""
        found = self._table.totals()
        by_kind: dict[str, dict[Labels, float]] = {}
        for (kind, *labels), place in self._places.items():
            by_kind.setdefault(kind, {})[tuple(labels)] = found[place]
        return MetricValues(
            searches=by_kind["search"],
            zero=by_kind["zero"],
            buckets=tuple(accumulate(by_kind["bucket"].values())),
            seconds=by_kind["seconds"][()],
            requests={labels: count for labels, count in by_kind["request"].items() if count},
            limited=by_kind["limited"][()],
        )

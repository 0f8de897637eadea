"""Prometheus' text format. The client library is imported at the first scrape: most servers have none."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from searchapp.engine import Engine
from searchapp.errors import IndexUnusableError
from searchapp.model import Status
from searchapp.web.ops.metrics.counts import BUCKET_BOUNDS, Labels, MetricValues

_COUNTERS = {
    "searchapp_searches": ("Searches that were answered.", ("interface", "mode")),
    "searchapp_zero_results": ("Searches that found nothing.", ("interface",)),
    "searchapp_requests": ("Requests that were answered.", ("route", "status")),
    "searchapp_rate_limited": ("Requests of clients that had asked too much.", ()),
}


def text(counts: MetricValues, engine: Engine) -> tuple[bytes, str]:
    """Return the exposition and its media type."""
    from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector(counts, _status(engine)))
    return generate_latest(registry), CONTENT_TYPE_LATEST


def _status(engine: Engine) -> Status | None:
    try:
        return engine.status()
    except IndexUnusableError:
        return None


class _Collector:
    """A collector as `prometheus_client` defines it."""

    def __init__(self, counts: MetricValues, status: Status | None) -> None:
        self._counts, self._status = counts, status

    def collect(self) -> Iterator[Any]:
        """Yield all metric families."""
        counts = self._counts
        yield _counter("searchapp_searches", counts.searches)
        yield _histogram(counts)
        yield _counter("searchapp_zero_results", counts.zero)
        yield _counter("searchapp_requests", counts.requests)
        yield _counter("searchapp_rate_limited", {(): counts.limited})
        yield _gauge("searchapp_index_usable", "1 if there is an index that answers, else 0.", self._status is not None)
        if self._status is not None:
            age = max(0.0, time.time() - self._status.generation.indexed_at.timestamp())
            yield _gauge("searchapp_generation_age_seconds", "Since the index was last changed.", age)
            yield _gauge("searchapp_index_bytes", "Size of the index.", self._status.size)
            yield _gauge("searchapp_articles", "Articles in the index.", self._status.articles)


def _counter(name: str, values: dict[Labels, float]) -> Any:
    from prometheus_client.core import CounterMetricFamily

    description, labels = _COUNTERS[name]
    family = CounterMetricFamily(name, description, labels=labels)
    for each, value in values.items():
        family.add_metric(each, value)
    return family


def _histogram(counts: MetricValues) -> Any:
    from prometheus_client.core import HistogramMetricFamily

    bounds = [*map(str, BUCKET_BOUNDS), "+Inf"]
    family = HistogramMetricFamily("searchapp_search_seconds", "Time that answers to searches took.", labels=())
    family.add_metric((), list(zip(bounds, counts.buckets, strict=True)), counts.seconds)
    return family


def _gauge(name: str, description: str, value: float) -> Any:
    from prometheus_client.core import GaugeMetricFamily

    return GaugeMetricFamily(name, description, value=float(value))

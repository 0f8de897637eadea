"""What each request adds to the numbers, whoever answers it: the engine, what is kept, a 304 or a refusal."""

from __future__ import annotations

from time import perf_counter

from flask import Flask, Response, g, request

from searchapp.web import search_tracking
from searchapp.web.ops.metrics.counts import Metrics

_SEARCHES = {"pages.search": "page", "api.search": "api", "feed.atom": "feed"}
"""Endpoints that search for readers, and the interface that each is if nothing tells otherwise."""


def init_app(app: Flask, metrics: Metrics) -> None:
    """Counts what the application answers. To be called before all that may refuse a request."""

    @app.before_request
    def begin() -> None:
        g.searchapp_began = perf_counter()

    @app.after_request
    def count(response: Response) -> Response:
        rule = request.url_rule
        limited = response.status_code == 429 and request.blueprint != "desk"
        metrics.request(rule.rule if rule else None, response.status_code, limited=limited)
        if rule and rule.endpoint in _SEARCHES and request.method == "GET":
            _count_search(metrics, _SEARCHES[rule.endpoint], response)
        return response


def lay_out(app: Flask, metrics: Metrics) -> None:
    """Says which routes there are, once all are."""
    metrics.lay_out(rule.rule for rule in app.url_map.iter_rules())


def _count_search(metrics: Metrics, interface: str, response: Response) -> None:
    found = search_tracking.found() if response.status_code in (200, 304) else None
    if found is None:
        return
    typed = request.args.get("live") == "1" or request.args.get("fragment") == "1"
    if interface == "api" and _is_from_elsewhere():
        interface = "widget"
    elif typed and interface != "feed":
        interface = "live"
    metrics.search(interface, found.outcome.name.lower(), found.total, perf_counter() - g.searchapp_began)


def _is_from_elsewhere() -> bool:
    """Whether a browser asks for a page of another site."""
    return request.headers.get("Sec-Fetch-Site", "same-origin") in ("cross-site", "same-site")

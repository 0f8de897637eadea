"""Recording of each request, whether it is answered by the engine, from the cache, by a 304 or an error."""

from __future__ import annotations

from time import perf_counter

from flask import Flask, Response, g, request

from searchapp.web import search_tracking
from searchapp.web.ops.metrics.counts import Metrics

_SEARCHES = {"pages.search": "page", "api.search": "api", "feed.atom": "feed"}
"""Endpoints that search for readers, and the default `interface` label of each."""


def init_app(app: Flask, metrics: Metrics) -> None:
    """Count the application's responses. To be called before everything that may refuse a request."""

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


def register_routes(app: Flask, metrics: Metrics) -> None:
    """Allocate the counters of all routes; to be called once these are registered."""
    metrics.register_routes(rule.rule for rule in app.url_map.iter_rules())


def _count_search(metrics: Metrics, interface: str, response: Response) -> None:
    found = search_tracking.get_found() if response.status_code in (200, 304) else None
    if found is None:
        return
    typed = request.args.get("live") == "1" or request.args.get("fragment") == "1"
    if interface == "api" and _is_cross_site():
        interface = "widget"
    elif typed and interface != "feed":
        interface = "live"
    metrics.search(interface, found.outcome.name.lower(), found.total, perf_counter() - g.searchapp_began)


def _is_cross_site() -> bool:
    """Whether a browser sends the request for a page of another site."""
    return request.headers.get("Sec-Fetch-Site", "same-origin") in ("cross-site", "same-site")

"""Cross-origin resource sharing (CORS) of the API's GET responses and the widget's files.

For allowed origins only, and never with credentials. The headers are added to each response as it is sent, not to
cached ones, as they depend on the request's origin.
"""

from __future__ import annotations

from flask import Flask, Response, request

from searchapp.config.loading import Config

WIDGET = "/embed.js"
WIDGET_STYLE = "/embed.css"
INTENTS = "/api/intents"
MAX_AGE = "7200"
"""Access-Control-Max-Age of preflight responses, the maximum that browsers accept."""

_READ_METHODS = frozenset({"GET", "HEAD"})


def init_app(app: Flask, config: Config) -> None:
    """Add CORS headers for `allowed_origins`; without any, no response has them."""
    allowed = frozenset(config.allowed_origins)

    @app.after_request
    def share(response: Response) -> Response:
        if allowed and _is_shared(request.path):
            _add_headers(response, allowed)
        return response


def _is_shared(path: str) -> bool:
    return path.startswith(("/api/", "/embed/")) or path == WIDGET


def _add_headers(response: Response, allowed: frozenset[str]) -> None:
    """Add `Vary` for all origins, as responses to others differ by lacking the headers."""
    response.vary.add("Origin")
    origin, method = request.headers.get("Origin", ""), request.method
    wanted = request.headers.get("Access-Control-Request-Method", "") if method == "OPTIONS" else method
    if origin not in allowed or wanted not in _READ_METHODS:
        return
    response.headers["Access-Control-Allow-Origin"] = origin
    if method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = ", ".join(sorted(_READ_METHODS))
        response.headers["Access-Control-Allow-Headers"] = "If-None-Match"
        response.headers["Access-Control-Max-Age"] = MAX_AGE

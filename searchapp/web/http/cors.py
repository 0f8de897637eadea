"""What pages of other origins may read (CORS): the API's GET answers and the widget's files.

Only the allowed origins may, and none with credentials: no answer depends on cookies. The headers are added to each
answer as it leaves, never to what is kept: a kept answer does not remember who asked for it.
"""

from __future__ import annotations

from flask import Flask, Response, request

from searchapp.config.loading import Config

WIDGET = "/embed.js"
WIDGET_STYLE = "/embed.css"
INTENTS = "/api/intents"
SECONDS = "7200"
"""How long a browser may remember what a preflight said; none remembers it longer."""

_READING = frozenset({"GET", "HEAD"})


def init_app(app: Flask, config: Config) -> None:
    """Lets the pages of `allowed_origins` read; without any no answer depends on who asks."""
    allowed = frozenset(config.allowed_origins)

    @app.after_request
    def share(response: Response) -> Response:
        if allowed and _is_shared(request.path):
            _share(response, allowed)
        return response


def _is_shared(path: str) -> bool:
    return path.startswith(("/api/", "/embed/")) or path == WIDGET


def _share(response: Response, allowed: frozenset[str]) -> None:
    """Answers differ in their headers by origin, those without these headers too: caches must know."""
    response.vary.add("Origin")
    origin, method = request.headers.get("Origin", ""), request.method
    wanted = request.headers.get("Access-Control-Request-Method", "") if method == "OPTIONS" else method
    if origin not in allowed or wanted not in _READING:
        return
    response.headers["Access-Control-Allow-Origin"] = origin
    if method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = ", ".join(sorted(_READING))
        response.headers["Access-Control-Allow-Headers"] = "If-None-Match"
        response.headers["Access-Control-Max-Age"] = SECONDS

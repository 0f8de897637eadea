"""Security headers of responses, and the limit of a request's body."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request

from searchapp.web.http.cors import INTENTS, WIDGET, WIDGET_STYLE

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MAX_BODY = 1_000_000
"""Bytes of a request's body, at most; werkzeug enforces it also without a Content-Length."""

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "connect-src 'self'",
        "img-src 'self' https: data:",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def init_app(app: Flask) -> None:
    """Limit bodies, add HEADERS to every response, and keep the `Host` header out of redirects."""
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.url_map.merge_slashes = False
    app.wsgi_app = _SecurityHeaders(app.wsgi_app)  # type: ignore[method-assign] # Flask's own advice for middleware

    @app.after_request
    def hide_host(response: Response) -> Response:
        return _without_host(response)


class _SecurityHeaders:
    """WSGI middleware that adds HEADERS to every response, ten times as fast as through werkzeug's headers."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app
        self._headers = list(HEADERS.items())
        # Any page may load the widget as a script, also with Cross-Origin-Embedder-Policy, and read nothing by it.
        self._widget = list((HEADERS | {"Cross-Origin-Resource-Policy": "cross-origin"}).items())

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        ours = self._widget if environ.get("PATH_INFO") in (WIDGET, WIDGET_STYLE, INTENTS) else self._headers

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
            return start_response(status, headers + ours, exc_info)

        return self._app(environ, start)


def whole_body() -> bytes:
    """Return the body of this request. Raises RequestEntityTooLarge (413)."""
    raw = request.get_data(cache=False)
    # A body without Content-Length is silently cut at the limit; only reading on raises 413.
    request.stream.read(1)
    return raw


def _without_host(response: Response) -> Response:
    """Routing's own redirects (`/find` to `/find/`) are built from the Host header: only the path stays."""
    if response.location and response.location.startswith(request.host_url):
        response.location = "/" + response.location.removeprefix(request.host_url)
        response.set_data(b"")
    return response

"""What protects a reader: response headers, and a bound on what a request may send."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request

from searchapp.web.http.cors import INTENTS, WIDGET, WIDGET_STYLE

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MAX_BODY = 1_000_000
"""Bytes of a request's body; werkzeug counts them also when no Content-Length announces them."""

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
    """Bounds bodies, sets the headers of every answer, and keeps the `Host` header out of them."""
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.url_map.merge_slashes = False
    app.wsgi_app = _Protected(app.wsgi_app)  # type: ignore[method-assign] # Flask's own advice for middleware

    @app.after_request
    def hide_host(response: Response) -> Response:
        return _without_host(response)


class _Protected:
    """A WSGI application whose every answer carries HEADERS: werkzeug's headers took ten times as long to add them."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app
        self._headers = list(HEADERS.items())
        # Any page may load the widget as a script, also one that loads only what says so (COEP), and hear nothing back.
        self._widget = list((HEADERS | {"Cross-Origin-Resource-Policy": "cross-origin"}).items())

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        ours = self._widget if environ.get("PATH_INFO") in (WIDGET, WIDGET_STYLE, INTENTS) else self._headers

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
            return start_response(status, headers + ours, exc_info)

        return self._app(environ, start)


def whole_body() -> bytes:
    """The body of this request; one that is too large is refused (413)."""
    raw = request.get_data(cache=False)
    # A body without Content-Length is cut at the limit in silence; only reading on raises 413.
    request.stream.read(1)
    return raw


def _without_host(response: Response) -> Response:
    """Routing's own redirects (`/find` to `/find/`) are built from the Host header: only the path stays."""
    if response.location and response.location.startswith(request.host_url):
        response.location = "/" + response.location.removeprefix(request.host_url)
        response.set_data(b"")
    return response

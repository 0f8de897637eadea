"""A name for each request, in the answer (`X-Request-ID`) and in the log lines that it leads to."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask

from searchapp import logs
from searchapp.web.http.limits import proxies

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HEADER = "X-Request-ID"
_GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")


def init_app(app: Flask) -> None:
    """Names the requests of this application; to be called before proxies are believed, which then come first."""
    app.wsgi_app = _Naming(app.wsgi_app)  # type: ignore[method-assign] # Flask's own advice


class _Naming:
    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        name = _name(environ)
        token = logs.request_id.set(name)

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
            return start_response(status, [*headers, (HEADER, name)], exc_info)

        try:
            return self._app(environ, start)
        finally:
            logs.request_id.reset(token)


def _name(environ: WSGIEnvironment) -> str:
    """What a proxy that is believed has called the request; one of our own for all others."""
    given = environ.get("HTTP_X_REQUEST_ID", "") if proxies.FORWARDED in environ else ""
    return given if _GIVEN.fullmatch(given) else secrets.token_hex(8)

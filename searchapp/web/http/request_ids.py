"""An ID for each request, in its response (`X-Request-ID`) and in its log lines."""

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
    """Assign IDs to requests; to be called before `limits.init_app`, whose proxy middleware then runs first."""
    app.wsgi_app = _RequestIds(app.wsgi_app)  # type: ignore[method-assign] # Flask's own advice


class _RequestIds:
    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        name = _id_of(environ)
        token = logs.request_id.set(name)

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
            return start_response(status, [*headers, (HEADER, name)], exc_info)

        try:
            return self._app(environ, start)
        finally:
            logs.request_id.reset(token)


def _id_of(environ: WSGIEnvironment) -> str:
    """The ID that a trusted proxy has given, else a new one."""
    given = environ.get("HTTP_X_REQUEST_ID", "") if proxies.FORWARDED in environ else ""
    return given if _GIVEN.fullmatch(given) else secrets.token_hex(8)

"""Static files, with content hashes in their addresses, so that browsers may cache them for ever.

The theme of a site, a file of its own, may change at any time and is revalidated.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, Response, abort, request, send_file, url_for

from searchapp.web.state import state

_FOLDER = Path(__file__).parents[1] / "static"
_YEAR = 31_536_000


@cache
def content_hash(name: str) -> str:
    """Return the first twelve hex digits of a static file's SHA-256."""
    return hashlib.sha256((_FOLDER / name).read_bytes()).hexdigest()[:12]


def asset_url(name: str) -> str:
    """Return the address of a static file with its content hash."""
    return url_for("static", filename=name, v=content_hash(name))


def _theme() -> Response:
    theme = state().config.theme
    try:
        return send_file(theme, mimetype="text/css", max_age=0) if theme else abort(404)
    except FileNotFoundError:
        abort(404)


def init_app(app: Flask) -> None:
    """Set `Cache-Control` of static files, and add the route of the theme."""
    app.add_url_rule("/theme.css", "theme", _theme)

    @app.after_request
    def keep(response: Response) -> Response:
        if request.endpoint == "static" and response.status_code < 400:
            name = (request.view_args or {}).get("filename", "")
            current = request.args.get("v") == content_hash(name)
            response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable" if current else "no-cache"
        return response

"""Static files: their addresses carry a hash of the content, so that browsers may keep them for ever.

The theme of a site, a file of its own, may change at any time: browsers ask whether theirs is still right.
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
    """Twelve hex digits of a static file's SHA-256."""
    return hashlib.sha256((_FOLDER / name).read_bytes()).hexdigest()[:12]


def asset_url(name: str) -> str:
    """The address of a static file in its present version."""
    return url_for("static", filename=name, v=content_hash(name))


def _theme() -> Response:
    theme = state().config.theme
    try:
        return send_file(theme, mimetype="text/css", max_age=0) if theme else abort(404)
    except FileNotFoundError:
        abort(404)


def init_app(app: Flask) -> None:
    """Gives static answers their `Cache-Control`, and the theme an address."""
    app.add_url_rule("/theme.css", "theme", _theme)

    @app.after_request
    def keep(response: Response) -> Response:
        if request.endpoint == "static" and response.status_code < 400:
            name = (request.view_args or {}).get("filename", "")
            current = request.args.get("v") == content_hash(name)
            response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable" if current else "no-cache"
        return response

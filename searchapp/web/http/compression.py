"""Gzip compression of responses: a page of results shrinks to a quarter.

The entity tag of a compressed response is that of the plain one with SUFFIX, as another representation has another tag
(RFC 9110, 8.8.3.3). The rest of the application only knows plain ones: the suffix is removed from a client's tags,
and added again in the 304. Compressed pages have no secrets that could be guessed from their size (BREACH):
those of the desk are not compressed.

Flask-Compress (tried in 1.25) halves the throughput of cached responses, as its cache knows the request
but not the response, and it compresses for clients that refuse it (`gzip;q=0`).
"""

from __future__ import annotations

import gzip

from flask import Flask, Response, g, request

from searchapp.web.http.response_cache import CachedResponse, ResponseCache

SUFFIX = "-gzip"
LEVEL = 5
"""Higher ones take twice as long for 2 % less."""
MIN_BYTES = 800
"""Bytes below which a response fits into one packet anyway."""
MAX_CACHED_BYTES = 8_000_000
"""Bytes of cached compressed responses of one process."""

_TYPES = frozenset(
    {
        "application/atom+xml", "application/javascript", "application/json", "application/opensearchdescription+xml",
        "application/problem+json", "application/x-suggestions+json", "image/svg+xml", "text/css", "text/html",
        "text/javascript", "text/plain",
    }
)  # fmt: skip
_NAMED = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MATCH")


def init_app(app: Flask) -> None:
    """Compress the responses of an application."""
    packed = ResponseCache(MAX_CACHED_BYTES)

    @app.before_request
    def without_suffix() -> None:
        for name in _NAMED:
            tags = request.environ.get(name, "")
            if f'{SUFFIX}"' in tags:
                g.named_packed = True
                request.environ[name] = tags.replace(f'{SUFFIX}"', '"')

    @app.after_request
    def pack(response: Response) -> Response:
        if response.status_code == 304:
            response.vary.add("Accept-Encoding")
            tag, weak = response.get_etag()
            if tag and "named_packed" in g:
                response.set_etag(f"{tag}{SUFFIX}", weak or False)
        elif _may_be_packed(response):
            response.vary.add("Accept-Encoding")
            if request.accept_encodings["gzip"] > 0:
                _pack(response, packed)
        return response


def _may_be_packed(response: Response) -> bool:
    # A part of a file is a part of the plain one.
    return (
        request.blueprint != "desk"
        and response.status_code != 206
        and response.mimetype in _TYPES
        and "Content-Encoding" not in response.headers
    )


def _pack(response: Response, packed: ResponseCache) -> None:
    response.direct_passthrough = False
    data = response.get_data()
    if len(data) < MIN_BYTES:
        return
    tag, weak = response.get_etag()
    key = (request.path, tag or "")
    found = packed.get(key) if tag else None
    body = found.body if found else gzip.compress(data, LEVEL, mtime=0)
    if tag:
        packed.put(key, CachedResponse((), body))
        response.set_etag(f"{tag}{SUFFIX}", weak or False)
    response.set_data(body)
    response.headers["Content-Encoding"] = "gzip"
    response.headers.pop("Accept-Ranges", None)

"""`GET /metrics`, with a bearer token; 404 without it."""

from __future__ import annotations

import hmac

from flask import Blueprint, Response, abort, request

from searchapp.web.ops.metrics import exposition
from searchapp.web.state import state

scraping = Blueprint("metrics", __name__)


@scraping.get("/metrics")
def metrics() -> Response:
    """Answer the metrics of all processes of this server, as Prometheus' text format."""
    if not _is_let_in(state().config.metrics_token):
        abort(404)
    body, media = exposition.text(state().shared.metrics.counts(), state().engine)
    return Response(body, content_type=media, headers={"Cache-Control": "no-store", "X-Robots-Tag": "noindex"})


def _is_let_in(token: str) -> bool:
    scheme, _, shown = request.headers.get("Authorization", "").partition(" ")
    return bool(token) and scheme.lower() == "bearer" and hmac.compare_digest(_bytes(shown.strip()), _bytes(token))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")

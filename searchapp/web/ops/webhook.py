"""`POST /hooks/reindex`: what deploys the blog says that its content has changed, signed as GitHub signs.

The signature is of the body alone: who has seen a delivery can send it again under another id, and gains one build of
what is there, which finds nothing new.
"""

from __future__ import annotations

import hashlib
import hmac

from flask import Blueprint, Response, abort, jsonify, request

from searchapp.errors import SignatureError
from searchapp.web.http.security import whole_body
from searchapp.web.state import state

hooks = Blueprint("hooks", __name__)

LONGEST_ID = 200


@hooks.post("/hooks/reindex")
def reindex() -> Response:
    """Calls for a build, which another process makes; says at once what comes of that."""
    calls, secret = state().joint.calls, state().config.webhook_secret
    if calls is None or not secret:
        abort(404)
    body = whole_body()
    if not _is_signed(body, secret):
        raise SignatureError("The body is not signed with the secret, in the header X-Hub-Signature-256.")
    if request.headers.get("X-GitHub-Event") == "ping":
        return _taken("nothing to do")
    delivery = request.headers.get("X-GitHub-Delivery", "").strip()[:LONGEST_ID]
    return _taken("queued" if calls.take(delivery) else "known")


def _is_signed(body: bytes, secret: str) -> bool:
    right = "sha256=" + hmac.new(secret.encode("utf-8", "surrogateescape"), body, hashlib.sha256).hexdigest()
    shown = request.headers.get("X-Hub-Signature-256", "")
    return hmac.compare_digest(shown.encode("utf-8", "surrogatepass"), right.encode())


def _taken(status: str) -> Response:
    response = jsonify({"status": status})
    response.status_code = 202
    response.headers["Cache-Control"] = "no-store"
    return response

"""`POST /hooks/reindex`: requests a build after the blog's content has changed; signed as GitHub's webhooks are.

Only the body is signed: a recorded delivery can be replayed under another id, which costs one build that finds nothing
new.
"""

from __future__ import annotations

import hashlib
import hmac

from flask import Blueprint, Response, abort, jsonify, request

from searchapp.errors import SignatureError
from searchapp.web.http.security import whole_body
from searchapp.web.state import state

hooks = Blueprint("hooks", __name__)

MAX_ID = 200


@hooks.post("/hooks/reindex")
def reindex() -> Response:
    """Request a build by another process, and answer 202 at once with `queued`, `known` or `nothing to do`.

    404 without a secret or a builder; raises SignatureError.
    """
    trigger, secret = state().shared.build_trigger, state().config.webhook_secret
    if trigger is None or not secret:
        abort(404)
    body = whole_body()
    if not _is_signed(body, secret):
        raise SignatureError("The body is not signed with the secret, in the header X-Hub-Signature-256.")
    if request.headers.get("X-GitHub-Event") == "ping":
        return _accepted("nothing to do")
    delivery = request.headers.get("X-GitHub-Delivery", "").strip()[:MAX_ID]
    return _accepted("queued" if trigger.request(delivery) else "known")


def _is_signed(body: bytes, secret: str) -> bool:
    right = "sha256=" + hmac.new(secret.encode("utf-8", "surrogateescape"), body, hashlib.sha256).hexdigest()
    shown = request.headers.get("X-Hub-Signature-256", "")
    return hmac.compare_digest(shown.encode("utf-8", "surrogatepass"), right.encode())


def _accepted(status: str) -> Response:
    response = jsonify({"status": status})
    response.status_code = 202
    response.headers["Cache-Control"] = "no-store"
    return response

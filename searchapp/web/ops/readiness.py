"""`GET /readyz`: whether this worker can answer a search now, for load balancers."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from searchapp.errors import EndingError
from searchapp.web.state import state

readiness = Blueprint("readiness", __name__)


@readiness.get("/readyz")
def readyz() -> Response:
    """Answer 200 if there is a usable index. Raises EndingError while the server ends, IndexUnusableError."""
    if state().shared.ending.is_set():
        raise EndingError("The server is about to end.")
    state().search_probe.check(state().engine)
    response = jsonify({"status": "ready"})
    response.headers["Cache-Control"] = "no-store"
    return response

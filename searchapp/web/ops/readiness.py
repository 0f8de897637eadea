"""`GET /readyz`: whether this worker can answer a search now. What spreads requests over servers asks it."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from searchapp.errors import EndingError
from searchapp.web.state import state

readiness = Blueprint("readiness", __name__)


@readiness.get("/readyz")
def readyz() -> Response:
    """Answers, if there is an index to answer from and the server is not about to end."""
    if state().joint.ending.is_set():
        raise EndingError("The server is about to end.")
    state().search_probe.check(state().engine)
    response = jsonify({"status": "ready"})
    response.headers["Cache-Control"] = "no-store"
    return response

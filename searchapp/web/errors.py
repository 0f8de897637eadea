"""Every error becomes an answer here: RFC 9457 problems for machines, pages for people."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http import HTTPStatus

from flask import Flask, Response, current_app, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from searchapp.errors import IndexMissingError, IndexUnusableError, NotFoundError, ParameterError

RETRY_AFTER_SECONDS = "10"

_ERROR_CODES = {status.value for status in HTTPStatus if status >= HTTPStatus.BAD_REQUEST}
_DETAILS = {
    404: "There is nothing at this address.",
    405: "This address does not answer requests of this kind.",
    413: "The request is larger than 1 MB.",
    415: "The body must be JSON, sent as application/json.",
    429: "There were too many requests; try again in a moment.",
    500: "Something went wrong here. It has been logged.",
    503: "The search index can't be used at the moment.",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as a reader or a client sees it; nothing internal is in it."""

    status: int
    detail: str
    parameter: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    command: str = ""
    """What the operator should run, if one command helps."""

    @property
    def title(self) -> str:
        """The standard phrase of the status."""
        return HTTPStatus(self.status).phrase


def init_app(app: Flask) -> None:
    """Makes this module answer for every exception of the application."""
    app.register_error_handler(Exception, _handle)


def _handle(error: Exception) -> Response:
    problem = _problem(error)
    if problem.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        current_app.logger.error("%s %s failed", request.method, request.path, exc_info=error)
    response = _as_json(problem) if _is_for_machines() else _as_page(problem)
    response.headers.update(problem.headers)
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def _problem(error: Exception) -> Problem:
    match error:
        case ParameterError():
            return Problem(400, str(error), parameter=error.parameter)
        case NotFoundError():
            return Problem(404, str(error) or _DETAILS[404])
        case IndexUnusableError():
            command = "index" if isinstance(error, IndexMissingError) else "index --rebuild"
            current_app.logger.warning("no usable index: %s", error)
            return Problem(
                503,
                _DETAILS[503],
                headers={"Retry-After": RETRY_AFTER_SECONDS},
                command=f"searchapp {command}",
            )
        case HTTPException(code=int(code)) if code in _ERROR_CODES:
            wanted = {name: value for name, value in error.get_headers() if name in {"Allow", "Retry-After"}}
            return Problem(code, _DETAILS.get(code, HTTPStatus(code).description), headers=wanted)
        case _:
            return Problem(500, _DETAILS[500])


def _is_for_machines() -> bool:
    return request.path == "/healthz" or request.path.startswith("/api/") or request.path == "/api"


def _as_json(problem: Problem) -> Response:
    body: dict[str, object] = {
        "type": "about:blank",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
    }
    if problem.parameter:
        body["parameter"] = problem.parameter
    if problem.command:
        body["detail"] = f"{problem.detail} The operator can run: {problem.command}"
    return Response(json.dumps(body) + "\n", problem.status, mimetype="application/problem+json")


def _as_page(problem: Problem) -> Response:
    return make_response(render_template("error.html", problem=problem), problem.status)

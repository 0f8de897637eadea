"""Responses to errors: RFC 9457 problem details for machines, pages for people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import quote, urlencode

from flask import Flask, Response, current_app, make_response, render_template, request
from werkzeug.exceptions import HTTPException, SecurityError

from searchapp.errors import (
    EndingError,
    IndexMissingError,
    IndexUnreachableError,
    IndexUnusableError,
    NotFoundError,
    ParameterError,
    SignatureError,
)
from searchapp.json_shapes import ProblemJson
from searchapp.web.i18n import N_, PARAMETER, gettext
from searchapp.web.state import root

RETRY_AFTER_SECONDS = "10"

_ERROR_CODES = {status.value for status in HTTPStatus if status >= HTTPStatus.BAD_REQUEST}
_DETAILS = {
    404: N_("There is nothing at this address."),
    405: N_("This address does not answer requests of this kind."),
    413: N_("The request is larger than 1 MB."),
    415: N_("The body must be JSON, sent as application/json."),
    429: N_("There were too many requests; try again in a moment."),
    500: N_("Something went wrong here. It has been logged."),
    503: N_("The search index can't be used at the moment."),
}
_HEADINGS = {
    400: N_("This address has a mistake in it"),
    404: N_("This page does not exist"),
    429: N_("Too many requests"),
    500: N_("Something went wrong"),
    503: N_("The search is not ready"),
}
_OTHER_HEADING = N_("This does not work")
_MONITORING = frozenset({"/healthz", "/readyz"})
_MACHINES = _MONITORING | {"/api", "/metrics", "/hooks/reindex"}
"""Paths outside /api/ that answer problem details."""


@dataclass(frozen=True, slots=True)
class ProblemDetails:
    """An error as it is shown to readers and clients, without internals.

    detail      in English, a catalog key; `values` fill in its `%(name)s`
    parameter   the request parameter at fault, or ""
    command     what the operator should run, or ""
    """

    status: int
    detail: str
    values: Mapping[str, object] = field(default_factory=dict)
    parameter: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    command: str = ""

    @property
    def title(self) -> str:
        """The reason phrase of the status."""
        return HTTPStatus(self.status).phrase


def init_app(app: Flask) -> None:
    """Handle every exception of the application here."""
    app.register_error_handler(Exception, _handle)


def _handle(error: Exception) -> Response:
    problem = _problem(error)
    if problem.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        current_app.logger.error("%s %s failed", request.method, request.path, exc_info=error)
    response = _as_json(problem) if _is_for_machines() else _as_page(problem)
    response.headers.update(problem.headers)
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def _problem(error: Exception) -> ProblemDetails:
    match error:
        case ParameterError():
            return ProblemDetails(400, error.message, error.values, parameter=error.parameter)
        case NotFoundError():
            return ProblemDetails(404, str(error) or _DETAILS[404])
        case SignatureError():
            return ProblemDetails(403, str(error))
        case EndingError():
            return ProblemDetails(503, str(error), headers={"Retry-After": RETRY_AFTER_SECONDS})
        case IndexUnreachableError():
            current_app.logger.warning("no usable index: %s", error)
            # Monitoring shows the cause; a reader has no use for it.
            detail = str(error) if request.path in _MONITORING else _DETAILS[503]
            return ProblemDetails(503, detail, headers={"Retry-After": RETRY_AFTER_SECONDS})
        case IndexUnusableError():
            command = "index" if isinstance(error, IndexMissingError) else "index --rebuild"
            current_app.logger.warning("no usable index: %s", error)
            return ProblemDetails(
                503, _DETAILS[503], headers={"Retry-After": RETRY_AFTER_SECONDS}, command=f"searchapp {command}"
            )
        case SecurityError():
            return ProblemDetails(400, N_("The Host header of the request names no host that this search answers for."))
        case HTTPException(code=int(code)) if code in _ERROR_CODES:
            wanted = {name: value for name, value in error.get_headers() if name in {"Allow", "Retry-After"}}
            return ProblemDetails(code, _DETAILS.get(code, HTTPStatus(code).description), headers=wanted)
        case _:
            return ProblemDetails(500, _DETAILS[500])


def _is_for_machines() -> bool:
    return request.path in _MACHINES or request.path.startswith("/api/")


def _as_json(problem: ProblemDetails) -> Response:
    detail = problem.detail % problem.values if problem.values else problem.detail
    body: ProblemJson = {"type": "about:blank", "title": problem.title, "status": problem.status, "detail": detail}
    if problem.parameter:
        body["parameter"] = problem.parameter
    if problem.command:
        body["detail"] = f"{detail} The operator can run: {problem.command}"
    return Response(json.dumps(body) + "\n", problem.status, mimetype="application/problem+json")


def _as_page(problem: ProblemDetails) -> Response:
    page = render_template(
        "error.html",
        problem=problem,
        heading=gettext(_HEADINGS.get(problem.status, _OTHER_HEADING)),
        detail=gettext(problem.detail, **problem.values),
        here=_own_address(),
    )
    response = make_response(page, problem.status)
    response.headers["Vary"] = "Accept-Language"
    return response


def _own_address() -> str:
    """The path and query of this request without its language; never that of another host (`//example.org`)."""
    pairs = [pair for pair in request.args.items(multi=True) if pair[0] != PARAMETER]
    path = f"{root()}/{request.path.lstrip('/')}"
    return quote(path) + (f"?{urlencode(pairs, errors='replace')}" if pairs else "")

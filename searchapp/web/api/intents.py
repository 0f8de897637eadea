"""`POST /api/intents`: the page's script reports final searches and opened results.

It is public, as the search is, and takes input from anybody: it is bounded, and only affects the statistics of the
editor's desk.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import Blueprint, Response, abort, request
from werkzeug.datastructures import MultiDict

from searchapp.errors import ParameterError
from searchapp.model import Mode, Query
from searchapp.querylog import QueryLog
from searchapp.querylog.entries import Click, Interface, Search, this_hour
from searchapp.web import params, search_tracking
from searchapp.web.http.cors import INTENTS
from searchapp.web.reader.pages import is_possible_id
from searchapp.web.state import base, root, state

MAX_BODY = 8_000
"""Bytes of a request's body."""
MAX_TOTAL = 100_000_000
MAX_RANK = 1_000
MAX_CLICKS = 10
"""Clicks of one request."""
INTERFACES = {each.name.lower(): each for each in (Interface.PAGE, Interface.LIVE, Interface.WIDGET)}


intents = Blueprint("intents", __name__)


@intents.post(INTENTS)
def report_intent() -> Response:
    """Log one final search, or clicks on its results; 204 unless the request is malformed."""
    if not _is_ours():
        abort(403)
    body = _body()
    query = _query(body)
    interface, clicks = _interface(body), _clicks(body)
    search = _search(body, interface, query)
    log = state().log
    if log is not None and query.text and state().intents.take():
        if search is not None:
            log.note(search)
        _note_clicks(log, interface, query.text, clicks)
    return Response(status=204, headers={"Cache-Control": "no-store"})


def _note_clicks(log: QueryLog, interface: Interface, text: str, clicks: list[tuple[str, int]]) -> None:
    """Log clicks on articles that exist: a page may be older than the index."""
    for id, rank in clicks:
        if is_possible_id(id) and state().engine.article(id) is not None:
            log.note(Click(interface, text, id, rank, this_hour()))


def _is_ours() -> bool:
    """Whether the request is from a page of this search or an allowed origin; programs without origin are allowed."""
    origin = request.headers.get("Origin")
    if origin is None or request.headers.get("Sec-Fetch-Site") == "same-origin":
        return True
    here = urlsplit(base())
    return origin in state().config.allowed_origins or origin == f"{here.scheme}://{here.netloc}"


def _body() -> dict[str, Any]:
    # Text, too: a browser sends JSON to another origin only after having asked whether it may.
    if request.mimetype not in {"application/json", "text/plain"}:
        abort(415)
    raw = request.stream.read(MAX_BODY + 1)
    if len(raw) > MAX_BODY:
        abort(413)
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        raise ParameterError("body", "the body is not valid JSON in UTF-8") from None
    if not isinstance(body, dict):
        raise ParameterError("body", 'the body must be a JSON object such as {"search": "?q=bread", "total": 3}')
    return body


def _query(body: dict[str, Any]) -> Query:
    text = body.get("search")
    if not isinstance(text, str):
        raise ParameterError("search", 'search must be the end of a search\'s address, such as "?q=bread&tag=rye"')
    try:
        pairs = parse_qsl(text.removeprefix("?"), max_num_fields=200)
    except ValueError:
        raise ParameterError("search", "search has too many parameters") from None
    return params.with_sorted_filters(params.parse(MultiDict(pairs)))


def _interface(body: dict[str, Any]) -> Interface:
    found = INTERFACES.get(str(body.get("interface", "page")))
    if found is None:
        raise ParameterError("interface", f"interface must be one of {', '.join(INTERFACES)}")
    return found


def _search(body: dict[str, Any], interface: Interface, query: Query) -> Search | None:
    """Return the search; None if there are only clicks, as it was logged before."""
    if body.get("total") is None:
        return None
    total = _number(body["total"], "total", 0, MAX_TOTAL)
    mode, corrected = body.get("mode", "all"), body.get("corrected", False)
    if mode not in [*Mode]:
        raise ParameterError("mode", f"mode must be one of {', '.join(Mode)}")
    if not isinstance(corrected, bool):
        raise ParameterError("corrected", "corrected must be true or false")
    outcome = search_tracking.outcome(mode, corrected)
    return Search(interface, query.text, search_tracking.filters(query), total, outcome, this_hour())


def _clicks(body: dict[str, Any]) -> list[tuple[str, int]]:
    clicks = body.get("clicks", [])
    good = isinstance(clicks, list) and len(clicks) <= MAX_CLICKS
    if not good or not all(isinstance(each, dict) and isinstance(each.get("id"), str) for each in clicks):
        raise ParameterError(
            "clicks", f'clicks must be a list of up to {MAX_CLICKS} such as {{"id": "a.md", "rank": 1}}'
        )
    return [(each["id"], _number(each.get("rank", 0), "rank", 0, MAX_RANK)) for each in clicks]


def _number(value: object, name: str, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise ParameterError(name, f"{name} must be a whole number from {least} to {most}")
    return value


def address() -> str:
    """Return the path that scripts report to, "" if the query log is off."""
    return f"{root()}{INTENTS}" if state().log is not None else ""

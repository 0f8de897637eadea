"""The JSON API: search, suggestions, articles, related articles, health."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request

from searchapp import serialize
from searchapp.errors import NotFoundError, ParameterError
from searchapp.model import Article, Draft
from searchapp.query import normalise
from searchapp.querylog import Interface
from searchapp.web import params, search_tracking
from searchapp.web.api.openapi import DOCUMENT
from searchapp.web.http.conditional import FRESHNESS, cached_response
from searchapp.web.http.security import whole_body
from searchapp.web.reader.pages import is_possible_id
from searchapp.web.state import root, state

api = Blueprint("api", __name__)

MAX_SUGGESTIONS = 20
MAX_RELATED = 100
MAX_LABELS = 100
"""Maximum of tags or categories of a draft."""


@api.after_request
def hide(response: Response) -> Response:
    """Keep search engines from indexing responses of the API."""
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@api.get("/api/search")
def search() -> Response:
    """Return one page of results; `live=1` says that the last word is unfinished, `explain=1` adds explanations."""
    explain = params.flag(request.args, "explain")
    query = replace(params.with_sorted_filters(params.parse(request.args)), explain=explain)

    def make() -> Response:
        started = time.perf_counter()
        results = search_tracking.search(query)
        took_ms = (time.perf_counter() - started) * 1000
        body = serialize.results_text(results, took_ms, state().site_url, root())
        return Response(f"{body}\n", mimetype="application/json", headers={"Cache-Control": FRESHNESS})

    answer = cached_response(f"{'explain ' * explain}{params.search_string(query)}", make)
    return answer if params.flag(request.args, "live") else search_tracking.count_search(query, Interface.API, answer)


@api.get("/api/suggest")
def suggest() -> Response:
    """Return completions of what was typed so far."""
    typed = normalise(params.single(request.args, "q"))
    limit = params.number(request.args, "limit", 8, MAX_SUGGESTIONS)

    def make() -> Response:
        found = state().engine.suggest(typed, limit) if typed else ()
        return _fresh(serialize.suggestions(typed, found, state().site_url, root()))

    return cached_response(f"{limit} {typed}", make)


@api.get("/api/articles/<path:id>")
def article(id: str) -> Response:
    """Return one article, section by section."""
    return cached_response("", lambda: _fresh(serialize.article(_found(id), state().site_url, root())))


@api.get("/api/articles/<path:id>/related")
def related(id: str) -> Response:
    """Return articles like one, with reasons."""
    limit = params.number(request.args, "limit", 10, MAX_RELATED)

    def make() -> Response:
        found = _found(id)
        hits = state().engine.related(id, limit)
        return _fresh(serialize.related(found, hits, state().site_url, root()))

    return cached_response(str(limit), make)


def _found(id: str) -> Article:
    found = state().engine.article(id) if is_possible_id(id) else None
    if found is None:
        raise NotFoundError("There is no article with this id.")
    return found


@api.post("/api/related")
def related_to_draft() -> Response:
    """Return articles like an unpublished text."""
    body = _json_object()
    limit = body.get("limit", 10)
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= MAX_RELATED:
        raise ParameterError("limit", f"limit must be a whole number from 1 to {MAX_RELATED}")
    draft = Draft(_text(body, "title"), _text(body, "text"), _labels(body, "tags"), _labels(body, "categories"))
    return _fresh(serialize.related(None, state().engine.related(draft, limit), state().site_url, root()))


@api.get("/api/openapi.json")
def openapi() -> Response:
    """Return the OpenAPI description."""
    return _fresh({**DOCUMENT, "servers": [{"url": root() or "/"}]})


@api.get("/healthz")
def healthz() -> Response:
    """Return the index's status. Raises IndexUnusableError if there is none."""
    response = jsonify(serialize.healthz(state().engine.status()))
    response.headers["Cache-Control"] = "no-store"
    return response


def _fresh(body: object) -> Response:
    response = jsonify(body)
    response.headers["Cache-Control"] = FRESHNESS
    return response


def _json_object() -> dict[str, Any]:
    if not request.is_json:
        abort(415)
    raw = whole_body()
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        raise ParameterError("body", "the body is not valid JSON in UTF-8") from None
    if not isinstance(body, dict):
        raise ParameterError("body", 'the body must be a JSON object such as {"title": "", "text": ""}')
    return body


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name, "")
    if not isinstance(value, str):
        raise ParameterError(name, f"{name} must be a string")
    return value.encode("utf-8", "replace").decode()


def _labels(body: dict[str, Any], name: str) -> tuple[str, ...]:
    value = body.get(name, [])
    if not isinstance(value, list) or len(value) > MAX_LABELS or not all(isinstance(v, str) for v in value):
        raise ParameterError(name, f"{name} must be a list of at most {MAX_LABELS} strings")
    return tuple(label for label in map(normalise, value) if label)

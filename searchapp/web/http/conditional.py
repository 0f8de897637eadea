"""Cached responses and conditional requests (RFC 9110, 8.8.3 and 13.1.2).

A response is a function of the generation, the URL with canonical parameters, a page's language, the configuration and
the software. The entity tag has a digest of all of them and one of the body: `"<request digest>-<body digest>"`, and
after a search what it found (`_found_suffix`). It is strong: bodies that differ, if only in `took_ms`, have different
tags. Two workers that answer the same request thus have two representations, both valid at the same time; a client's
tag of either is confirmed, and the 304 repeats the client's own tag, by which a cache identifies (RFC 9111, 4.3.4)
which of its copies is fresh. So a worker confirms what another one sent, and knows what that found, without a search.
"""

from __future__ import annotations

import hashlib
import platform
import re
from collections.abc import Callable, Iterable
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from flask import Response, abort, request

import searchapp
from searchapp.querylog.entries import AnswerKind, ResultSummary
from searchapp.web import search_tracking
from searchapp.web.http.response_cache import CachedResponse
from searchapp.web.state import root, state

MAX_ATTEMPTS = 3
"""Maximum attempts at a response while generations change so fast that it might mix them."""
FRESHNESS = "no-cache"
"""To be stored, but revalidated each time."""

_LETTERS = {AnswerKind.ALL: "a", AnswerKind.ANY: "s", AnswerKind.CORRECTED: "c"}
_OUTCOMES = {letter: outcome for outcome, letter in _LETTERS.items()}
_BODY_DIGEST = re.compile(rf"[0-9a-f]{{16}}(?:-([0-9]{{1,9}})([{''.join(_OUTCOMES)}]))?\Z")
_SOURCES = frozenset({".py", ".html", ".css", ".svg", ".js", ".po"})
_RENDERERS = ("Babel", "Flask", "Flask-Babel", "Jinja2", "MarkupSafe", "nh3", "numpy", "Werkzeug")


def cached_response(parameters: str, make: Callable[[], Response]) -> Response:
    """Return the response to this request: 304, from the cache, or of `make`.

    parameters  everything but the path that the response depends on, in canonical form
    make        called in the request; may raise. Responses other than 200 are not cached
    """
    engine, known, wanted = state().engine, request.if_none_match, request.if_match
    for _ in range(MAX_ATTEMPTS):
        generation = engine.generation()
        key = (generation, root(), request.path, parameters)
        question = _digest("\0".join((_made_by(), *_settings(), *key)).encode(), 16)
        copy = _right_one(known.as_set(include_weak=True), question)
        if copy and not wanted:
            return _not_modified(*copy)
        state().responses.use_generation(generation)
        answer = state().responses.get(key)
        if answer is not None:
            response = Response(answer.body, headers=list(answer.headers))
            search_tracking.set_found(answer.found)
        else:
            response = make()
            if engine.generation() != generation:
                continue
            if response.status_code != 200:
                return response
            state().responses.put(key, _tagged(response, question))
        if wanted and not wanted.star_tag and not _right_one(wanted.as_set(), question):
            abort(412)
        if known.star_tag:
            copy = str(response.get_etag()[0]), search_tracking.get_found()
        return _not_modified(*copy) if copy else response
    return response


def _right_one(tags: Iterable[str], question: str) -> tuple[str, ResultSummary | None] | None:
    """Return the first of a client's tags that is for this request, and what it found; None if there is none."""
    # An empty tag is told as None.
    for tag in sorted(filter(None, tags)):
        asked, _, body = tag.partition("-")
        if asked == question and (said := _BODY_DIGEST.match(body)):
            return tag, ResultSummary(int(said[1]), _OUTCOMES[said[2]]) if said[1] else None
    return None


def _tagged(response: Response, question: str) -> CachedResponse:
    body, found = response.get_data(), search_tracking.get_found()
    response.set_etag(f"{question}-{_digest(body, 8)}{_found_suffix(found)}")
    return CachedResponse(tuple(response.headers), body, found)


def _found_suffix(found: ResultSummary | None) -> str:
    return f"-{found.total}{_LETTERS[found.outcome]}" if found else ""


def _not_modified(tag: str, found: ResultSummary | None) -> Response:
    search_tracking.set_found(found)
    response = Response(status=304, headers={"Cache-Control": FRESHNESS})
    response.set_etag(tag)
    return response


def _settings() -> tuple[str, ...]:
    config = state().config
    order = repr((config.recency, config.pinned, config.synonyms, config.query_log))
    return config.site_url, config.site_title, config.theme, config.public_url, order


@cache
def _made_by() -> str:
    """Return a digest of the software: this package's files, and the versions of the libraries that render."""
    folder = Path(searchapp.__file__).parent
    files = sorted(path for path in folder.rglob("*") if path.suffix in _SOURCES)
    contents = [_digest(path.read_bytes(), 16) for path in files]
    return _digest(" ".join((platform.python_version(), *map(_version, _RENDERERS), *contents)).encode(), 16)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _digest(data: bytes, size: int) -> str:
    return hashlib.blake2b(data, digest_size=size).hexdigest()

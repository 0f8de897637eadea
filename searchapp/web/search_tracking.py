"""Tells the query log what was sought and opened: what counts as a search, and what a request says about it.

A search counts when it is final. One that was submitted, or came from a program, is counted here while it is answered.
One that was typed is told by the page's script once the reader opens a result, goes on to other words or leaves (`POST
/api/intents`), and so keystrokes never get here. Neither is counted twice: requests for another page, order or filter
of the same words lead on from a page with these words. The `Referer` says so; it is looked at and not kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import Response, g, request

from searchapp.model import Mode, Query, Results
from searchapp.query import normalise
from searchapp.querylog.entries import Click, Interface, Outcome, Search, this_hour
from searchapp.web import params
from searchapp.web.state import state

_LETTERS = {Outcome.ALL: "a", Outcome.ANY: "s", Outcome.CORRECTED: "c"}
_OUTCOMES = {letter: outcome for outcome, letter in _LETTERS.items()}
SUFFIX = rf"-[0-9]{{1,9}}[{''.join(_OUTCOMES)}]"
"""How an entity tag ends that says what was found: by it a search is counted that was answered before."""

_FOUND = re.compile(rf"({SUFFIX})(?:-gzip)?\"?\Z")
_PREFETCHES = ("HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_PURPOSE", "HTTP_X_MOZ")
_PROGRAMS = (
    "bot/", "bot)", "bot-", "bot;", "bot 1", "crawl", "spider", "slurp", "preview", "monitor", "pingdom", "statuscake",
    "facebookexternalhit",
)  # fmt: skip
"""What is in the user agents of crawlers, of what draws previews of links, and of what looks whether a site is up."""
Environ = Mapping[str, Any]
_NO_FILTERS = frozenset({"q", "sort", "page", "per_page", "exact"})


@dataclass(frozen=True, slots=True)
class Found:
    """What the log keeps of results."""

    total: int
    outcome: Outcome


def outcome(mode: str, corrected: bool) -> Outcome:
    """How a query was answered, of what the API says about it."""
    if corrected:
        return Outcome.CORRECTED
    return Outcome.ANY if mode == Mode.ANY else Outcome.ALL


def remember(results: Results) -> None:
    """Of the results that are being rendered; the entity tag of their answer will say it."""
    letter = _LETTERS[outcome(results.mode, results.corrected)]
    g.searchapp_found = f"-{results.total}{letter}"


def suffix() -> str:
    """The end of the entity tag for what was remembered, "" for an answer that is no search."""
    return str(g.get("searchapp_found", ""))


def count_search(query: Query, interface: Interface, response: Response) -> Response:
    """Notes a search that is being answered, if somebody has sought something; gives back the answer.

    The answer may be new, kept or a 304: what was found is in its entity tag, and nothing is searched again.
    """
    log = state().log
    if log is None or not query.text or query.page != 1 or response.status_code not in (200, 304):
        return response
    environ = request.environ
    if not _is_somebody(environ):
        return response
    match interface:
        case Interface.PAGE if _sought_before(environ) == query.text:
            return response  # to the next page, another order or a filter
        case Interface.API if _is_script(environ):
            return response
        case Interface.FEED if _is_followed(environ):
            return response
    what = found(response)
    if what is not None:
        log.note(Search(interface, query.text, filters(query), what.total, what.outcome, this_hour()))
    return response


def count_click(id: str, words: str, response: Response) -> Response:
    """Notes that an article was opened from a page of results without scripts; gives back the answer.

    That page is named by the `Referer`; scripts, which know the rank too, suppress it on the links that they report.
    """
    log = state().log
    if log is None or not words or response.status_code not in (200, 304):
        return response
    if _is_somebody(request.environ) and _sought_before(request.environ) == words:
        log.note(Click(Interface.PAGE, words, id, 0, this_hour()))
    return response


def filters(query: Query) -> tuple[tuple[str, str], ...]:
    """What narrows a query, as parameters of an address."""
    if not (query.filters or query.after or query.before):
        return ()
    return tuple(pair for pair in params.pairs(query) if pair[0] not in _NO_FILTERS)


def _is_somebody(environ: Environ) -> bool:
    """Whether somebody waits for this answer: no HEAD, no prefetch, no reload, no crawler, nothing embedded."""
    if environ["REQUEST_METHOD"] != "GET":
        return False
    if any(name in environ and "prefetch" in environ[name] for name in _PREFETCHES):
        return False
    if environ.get("HTTP_CACHE_CONTROL") in ("max-age=0", "no-cache"):
        return False
    if environ.get("HTTP_SEC_FETCH_DEST", "document") not in ("document", "empty"):
        return False
    agent = environ.get("HTTP_USER_AGENT", "").lower()
    return not any(map(agent.__contains__, _PROGRAMS))


def _is_script(environ: Environ) -> bool:
    """Whether a browser's script asks the API: ours tells by itself what is final."""
    return "HTTP_SEC_FETCH_SITE" in environ or "HTTP_ORIGIN" in environ


def _is_followed(environ: Environ) -> bool:
    """Whether a feed reader looks for news: it has seen the feed before."""
    return "HTTP_IF_NONE_MATCH" in environ or "HTTP_IF_MODIFIED_SINCE" in environ


def _sought_before(environ: Environ) -> str | None:
    """The words of the page of results that led here, None if none did."""
    referer = environ.get("HTTP_REFERER")
    if not referer:
        return None
    try:
        parts = urlsplit(referer)
        public = urlsplit(state().config.public_url).netloc
        if parts.netloc not in {request.host, public} or not parts.path.endswith(("/search", "/")):
            return None
        return normalise(dict(parse_qsl(parts.query)).get("q", ""))
    except ValueError:
        return None


def found(response: Response) -> Found | None:
    """What an answer to a search says it has found, be it new, kept or a 304; None if it says nothing."""
    match = _FOUND.search(response.headers.get("ETag", "")) or _FOUND.search(suffix())
    return Found(int(match[1][1:-1]), _OUTCOMES[match[1][-1]]) if match else None

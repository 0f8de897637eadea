"""Tells the query log what was sought and opened: what counts as a search, and what a request says about it.

A search counts when it is final. One that was submitted, or came from a program, is counted here while it is answered.
One that was typed is told by the page's script once the reader opens a result, goes on to other words or leaves (`POST
/api/intents`), and so keystrokes never get here. Neither is counted twice: requests for another page, order or filter
of the same words lead on from a page with these words. The `Referer` says so; it is looked at and not kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import Response, g, request

from searchapp.model import Mode, Query, Results
from searchapp.query import normalise
from searchapp.querylog.entries import AnswerKind, Click, Interface, ResultSummary, Search, this_hour
from searchapp.web import params
from searchapp.web.state import state

_PREFETCHES = ("HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_PURPOSE", "HTTP_X_MOZ")
_PROGRAMS = (
    "bot/", "bot)", "bot-", "bot;", "bot 1", "crawl", "spider", "slurp", "preview", "monitor", "pingdom", "statuscake",
    "facebookexternalhit",
)  # fmt: skip
"""What is in the user agents of crawlers, of what draws previews of links, and of what looks whether a site is up."""
Environ = Mapping[str, Any]
_NO_FILTERS = frozenset({"q", "sort", "page", "per_page", "exact", "live"})


def outcome(mode: str, corrected: bool) -> AnswerKind:
    """How a query was answered, of what the API says about it."""
    if corrected:
        return AnswerKind.CORRECTED
    return AnswerKind.ANY if mode == Mode.ANY else AnswerKind.ALL


def search(query: Query) -> Results:
    """The results that this request is answered with."""
    results = state().engine.search(query)
    set_found(ResultSummary(results.total, outcome(results.mode, results.corrected)))
    return results


def set_found(summary: ResultSummary | None) -> None:
    """Says what the answer to this request has found, be it new, kept or a 304."""
    g.searchapp_found = summary


def found() -> ResultSummary | None:
    """What was said so; None for an answer that is no search."""
    summary: ResultSummary | None = g.get("searchapp_found")
    return summary


def count_search(query: Query, interface: Interface, response: Response) -> Response:
    """Notes a search that is being answered, if somebody has sought something; gives back the answer."""
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
    what = found()
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

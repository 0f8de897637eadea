"""Logging of searches and clicks of requests.

Only final searches are logged. Submitted ones, and those of programs, are logged when they are answered.
Searches while typing are reported by the page's script once the reader opens a result, changes the words or leaves
(`POST /api/intents`), so that keystrokes are never logged. Neither is logged twice: requests for another page, order or
filter of the same words have a `Referer` with these words, which is not stored.
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
"""Parts of user agents of crawlers, link previews and uptime monitors."""
Environ = Mapping[str, Any]
_NO_FILTERS = frozenset({"q", "sort", "page", "per_page", "exact", "live"})


def outcome(mode: str, corrected: bool) -> AnswerKind:
    """Return how a query was answered, from the values of the API."""
    if corrected:
        return AnswerKind.CORRECTED
    return AnswerKind.ANY if mode == Mode.ANY else AnswerKind.ALL


def search(query: Query) -> Results:
    """Search for this request and set what it found."""
    results = state().engine.search(query)
    set_found(ResultSummary(results.total, outcome(results.mode, results.corrected)))
    return results


def set_found(summary: ResultSummary | None) -> None:
    """Set what the response to this request found, whether new, cached or a 304."""
    g.searchapp_found = summary


def get_found() -> ResultSummary | None:
    """Return what `set_found` has set; None if the response is no search."""
    summary: ResultSummary | None = g.get("searchapp_found")
    return summary


def count_search(query: Query, interface: Interface, response: Response) -> Response:
    """Log a search that is being answered, unless it is empty or not by a reader; return the response."""
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
    what = get_found()
    if what is not None:
        log.note(Search(interface, query.text, filters(query), what.total, what.outcome, this_hour()))
    return response


def count_click(id: str, words: str, response: Response) -> Response:
    """Log that an article was opened from a page of results without scripts; return the response.

    That page is in the `Referer`; scripts, which also know the rank, suppress it on the links that they report.
    """
    log = state().log
    if log is None or not words or response.status_code not in (200, 304):
        return response
    if _is_somebody(request.environ) and _sought_before(request.environ) == words:
        log.note(Click(Interface.PAGE, words, id, 0, this_hour()))
    return response


def filters(query: Query) -> tuple[tuple[str, str], ...]:
    """Return the filters of a query as URL parameters."""
    if not (query.filters or query.after or query.before):
        return ()
    return tuple(pair for pair in params.pairs(query) if pair[0] not in _NO_FILTERS)


def _is_somebody(environ: Environ) -> bool:
    """Whether the request is a reader's: no HEAD, prefetch, reload, crawler or embedded resource."""
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
    """Whether a browser's script calls the API: ours reports final searches itself."""
    return "HTTP_SEC_FETCH_SITE" in environ or "HTTP_ORIGIN" in environ


def _is_followed(environ: Environ) -> bool:
    """Whether a feed reader polls: it has fetched the feed before."""
    return "HTTP_IF_NONE_MATCH" in environ or "HTTP_IF_MODIFIED_SINCE" in environ


def _sought_before(environ: Environ) -> str | None:
    """Return the query text of the page of results in the `Referer`, None if there is none."""
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

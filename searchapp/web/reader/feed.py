"""A search's results as an Atom feed (RFC 4287).

The parameters are those of the search. The newest articles come first unless `sort=oldest`, as feed readers look at the
first page for news. Only articles with all words as typed are in it: partial and corrected matches would come and go.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from flask import Blueprint, Response, request

from searchapp.facets import FACETS
from searchapp.model import Hit, Mode, Query, Results, Sort
from searchapp.querylog.entries import AnswerKind, Interface, ResultSummary
from searchapp.serialize import article_path, public_url
from searchapp.web import params, search_tracking
from searchapp.web.api.discovery import xml_response
from searchapp.web.http.conditional import cached_response
from searchapp.web.i18n import ENGLISH, language_of_tag
from searchapp.web.reader import labels, xml
from searchapp.web.state import base, root, state

feed = Blueprint("feed", __name__)

MEDIA = "application/atom+xml"
UNDATED = datetime(1970, 1, 1, tzinfo=UTC)
"""Atom requires a date of each entry; a constant, so that an article without one is never news."""


@feed.get("/feed.atom")
def atom() -> Response:
    """Answer one page of the feed."""
    query = replace(params.parse(request.args), exact=True, unfinished=False)
    if query.sort is Sort.RELEVANCE:
        query = replace(query, sort=Sort.NEWEST)
    here = base()
    answer = cached_response(f"{here} {params.search_string(query)}", lambda: _answer(query, here))
    return search_tracking.count_search(query, Interface.FEED, answer)


def feed_url(query: Query) -> str:
    """Return the path and query of the feed of a search."""
    return f"{root()}{_path(replace(query, sort=Sort.RELEVANCE, page=1, per_page=Query().per_page, unfinished=False))}"


def _path(query: Query) -> str:
    return f"/feed.atom{params.search_string(replace(query, exact=False))}"


def _page_url(here: str, query: Query) -> str:
    """The address of a page of this feed, without the default order."""
    return here + _path(replace(query, sort=Sort.RELEVANCE) if query.sort is Sort.NEWEST else query)


def _answer(query: Query, here: str) -> Response:
    results = search_tracking.search(query)
    if results.mode is not Mode.ALL:
        results = replace(results, hits=(), total=0)
        search_tracking.set_found(ResultSummary(0, AnswerKind.ANY))
    top = xml.element("feed", xmlns="http://www.w3.org/2005/Atom")
    xml.add(top, "title", _title(query))
    xml.add(top, "id", _page_url(here, replace(query, page=1)))
    xml.add(top, "updated", _updated(results).isoformat())
    xml.add(xml.add(top, "author"), "name", state().config.site_title or "Search")
    xml.add(top, "generator", "searchapp")
    xml.add(top, "icon", f"{here}/static/favicon.svg")
    shown = replace(query, exact=False)
    xml.add(top, "link", rel="alternate", type="text/html", href=f"{here}/search{params.search_string(shown)}")
    for relation, page in _pages(results).items():
        xml.add(top, "link", rel=relation, type=MEDIA, href=_page_url(here, replace(query, page=page)))
    for hit in results.hits:
        _add_entry(top, hit, here)
    return xml_response(top, MEDIA)


def _title(query: Query) -> str:
    # In the blog's language: all readers get the same feed.
    wanted = language_of_tag(state().config.language) or ENGLISH
    values = (labels.value(facet, value, wanted) for facet in FACETS for value in query.selected(facet.key))
    words = [query.text, *values]
    said = ", ".join(filter(None, words))
    return f"{said} – {state().config.site_title}" if said else state().config.site_title


def _updated(results: Results) -> datetime:
    dates = [hit.date for hit in results.hits if hit.date]
    return max(dates) if dates else state().engine.status().generation.indexed_at


def _pages(results: Results) -> dict[str, int]:
    """The page number by link relation of a paged feed (RFC 5005, 3)."""
    page, pages = results.query.page, results.pages
    found = {"self": page}
    if pages > 1:
        found |= {"first": 1, "last": pages}
    if 1 < page <= pages:
        found["previous"] = page - 1
    if page < pages:
        found["next"] = page + 1
    return found


def _add_entry(top: xml.Element, hit: Hit, here: str) -> None:
    """Add an entry; its id is the article's address here, which is unique and survives moves of the blog."""
    entry = xml.add(top, "entry", lang=hit.language)
    date = (hit.date or UNDATED).isoformat()
    own = f"{here}{article_path(hit.id)}"
    public = public_url(state().site_url, hit.permalink, hit.id)
    xml.add(entry, "title", hit.title)
    xml.add(entry, "id", own)
    xml.add(entry, "link", rel="alternate", type="text/html", href=public if "://" in public else own)
    if hit.date:
        xml.add(entry, "published", date)
    xml.add(entry, "updated", date)
    for author in hit.authors:
        xml.add(xml.add(entry, "author"), "name", author)
    for label in dict.fromkeys((*hit.categories, *hit.tags)):
        xml.add(entry, "category", term=label)
    if hit.excerpt:
        xml.add(entry, "summary", hit.excerpt)

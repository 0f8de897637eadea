"""The manual under /help: contents, pages and search. Needs no index of articles."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from itertools import groupby

from flask import Blueprint, Response, make_response, render_template, request, url_for

from searchapp import manual
from searchapp.errors import NotFoundError
from searchapp.model import Article, Hit, Passage, Query, Results
from searchapp.query import normalise
from searchapp.serialize import passage_url
from searchapp.web import i18n, params
from searchapp.web.http.conditional import FRESHNESS
from searchapp.web.i18n import N_
from searchapp.web.reader import sanitize
from searchapp.web.state import root

help_pages = Blueprint("help", __name__)


@help_pages.get("/help")
def contents() -> Response:
    """Render all topics, or with `q` the sections of the manual that match a query."""
    text = normalise(params.single(request.args, "q"))
    query = Query(text, exact=params.flag(request.args, "exact"))
    everything = replace(query, per_page=len(manual.pages()))
    return _answer(query, results=manual.engine().search(everything) if text else None)


@help_pages.get("/help/<topic>")
def page(topic: str) -> Response:
    """Render one page of the manual. Raises NotFoundError."""
    found = manual.page(topic)
    article = manual.engine().article(f"{topic}{manual.ENDING}")
    if found is None or article is None:
        raise NotFoundError(N_("There is no such page in the help."))
    return _answer(Query(), page=found, article=article, body=_body(topic, root(), i18n.with_language("")))


def _answer(
    query: Query,
    *,
    results: Results | None = None,
    page: manual.Page | None = None,
    article: Article | None = None,
    body: str = "",
) -> Response:
    """The response, with an ETag; not for search engines, as every server has the same pages."""
    response = make_response(
        render_template(
            "help.html",
            query=query,
            results=results,
            page=page,
            sections=[each for each in article.sections if each.anchor] if article else [],
            body=body,
            parts=[(part, list(pages)) for part, pages in groupby(manual.pages(), key=lambda page: page.part)],
            landing_url=_landing_url,
            search_url=_search_url,
            here=f"{root()}{request.path}{params.search_string(query)}",
        )
    )
    response.headers |= {"Cache-Control": FRESHNESS, "Vary": "Accept-Language", "X-Robots-Tag": "noindex"}
    response.add_etag()
    response.make_conditional(request)
    return response


@lru_cache(maxsize=256)
def _body(topic: str, root: str, parameters: str) -> str:
    """A page's HTML; `parameters` is the query string of its links to other pages."""
    engine = manual.engine()
    article = engine.article(f"{topic}{manual.ENDING}")
    assert article is not None
    place = sanitize.LinkContext(
        site_url="",
        shown_at=lambda id: f"{root}/help/{id.removesuffix(manual.ENDING)}",
        parameters=parameters,
        locate=lambda _: None,
        exists=lambda id: engine.article(id) is not None,
    )
    return sanitize.body_html(article, place)


def help_url(topic: str = "") -> str:
    """Return the address of the manual, or of its page on a topic."""
    url = url_for("help.page", topic=topic) if topic else url_for("help.contents")
    return i18n.with_language(url)


def _landing_url(hit: Hit, passage: Passage | None = None) -> str:
    return i18n.with_language(passage_url(hit, passage, f"{root()}/help"))


def _search_url(query: Query) -> str:
    return i18n.with_language(f"{url_for('help.contents')}{params.search_string(query)}")

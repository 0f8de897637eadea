"""The reader's pages: search, explanation, article."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import islice

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from searchapp.analysis.folding import fold
from searchapp.errors import NotFoundError
from searchapp.facets import BY_KEY
from searchapp.model import Article, Hit, Passage, Query, Section
from searchapp.query import text_of
from searchapp.querylog import Interface
from searchapp.serialize import article_path, asked_for, passage_url, public_url
from searchapp.web import i18n, params, search_tracking
from searchapp.web.http.conditional import FRESHNESS, cached_response
from searchapp.web.i18n import N_
from searchapp.web.reader import mark_article, open_graph, results_view, sanitize
from searchapp.web.reader.explain import explained_hits
from searchapp.web.state import root, state

pages = Blueprint("pages", __name__)

MAX_ID = 1_000
"""Maximum characters of an article's id; no file system has longer paths."""
RELATED = 6
MAX_RELAXED = 6
"""Maximum of filters whose removal is tried when nothing is found: each is a search."""
MIN_CONTENTS = 3
"""Headings from which a table of contents is shown."""


@pages.after_request
def varies(response: Response) -> Response:
    """Set `Vary`, as pages depend on the language."""
    response.headers["Vary"] = "Accept-Language"
    return response


@pages.get("/")
@pages.get("/search")
def search() -> Response:
    """Render the search box and one page of results.

    `live=1` says that the last word is unfinished; `fragment=1` renders only what changes with the query.
    """
    query = params.parse(request.args)
    fragment = params.flag(request.args, "fragment")
    answer = cached_response(
        f"{i18n.language_key()}{'fragment ' * fragment}{params.search_string(query)}",
        lambda: _results_page(query, "_live.html" if fragment else "search.html"),
    )
    # What comes with either of these was typed: the page's script tells what is final.
    typed = fragment or params.flag(request.args, "live")
    return answer if typed else search_tracking.count_search(query, Interface.PAGE, answer)


def _results_page(query: Query, template: str) -> Response:
    results = search_tracking.search(query)
    chips = results_view.chips(query, search_url)
    instead = None if results.total else state().engine.search(Query(per_page=5))
    # Only the list of everything is a page for search engines; the others are without number.
    hidden = query != Query() or template != "search.html"
    response = make_response(
        render_template(
            template,
            query=query,
            results=results,
            landing_url=partial(_landing_url, asked_for(results)),
            hidden=hidden,
            home=not query.text and not chips and query.page == 1,
            chips=chips,
            facets=results_view.facet_boxes(results, search_url),
            sorts=results_view.sort_links(query, search_url),
            pager=results_view.pager(results, search_url),
            instead=instead,
            popular=results_view.popular(instead) if instead else None,
            without=() if results.total else _without_one(query, chips),
            keep=_kept_by_a_new_search(query),
            all_values=_all_values(query),
            here=f"{root()}{request.path}{params.search_string(query)}",
        )
    )
    if hidden:
        response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cache-Control"] = FRESHNESS
    return response


def _kept_by_a_new_search(query: Query) -> params.Pairs:
    found = [pair for pair in params.pairs(replace(query, page=1)) if pair[0] not in {"q", "exact", "live"}]
    language = i18n.language_in_url()
    return [*found, (i18n.PARAMETER, language.tag)] if language else found


def _all_values(query: Query) -> str:
    """Return the API's URL with all values of every facet; a page lists the commonest."""
    return f"{url_for('api.search')}{params.search_string(replace(query, page=1, per_page=1))}"


def _without_one(query: Query, chips: tuple[results_view.NavLink, ...]) -> tuple[results_view.NavLink, ...]:
    """Return links that remove one filter each where nothing was found, with the number of results."""
    narrower = zip(chips, results_view.without_one(query), strict=True)
    counted = ((chip, state().engine.search(each).total) for chip, each in islice(narrower, MAX_RELAXED))
    return tuple(replace(chip, count=count) for chip, count in counted if count)


@pages.get("/explain")
def explain() -> Response:
    """Render a page of results with explanations of their scores; for operators."""
    query = replace(params.parse(request.args), explain=True)
    return cached_response(f"{i18n.language_key()}{params.search_string(query)}", lambda: _explanation(query))


def _explanation(query: Query) -> Response:
    results = search_tracking.search(query)
    response = make_response(
        render_template(
            "explain.html",
            query=query,
            results=results,
            explained=explained_hits(results.hits),
            here=f"{root()}{request.path}{params.search_string(query)}",
            page_url=lambda page: f"{request.path}{params.search_string(replace(query, page=page))}",
            api_url=f"{url_for('api.search')}{params.search_string(query)}&explain=1",
        )
    )
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cache-Control"] = FRESHNESS
    return response


@pages.get("/articles/<path:id>")
def article(id: str) -> Response:
    """Render an article and related ones; redirect from a former path.

    `q` is highlighted in the text; `live=1` says that its last word is unfinished.
    """
    words = params.highlight_query(request.args)
    key = f"{i18n.language_key()}{'live ' * words.unfinished}{words.text}"
    return search_tracking.count_click(id, words.text, cached_response(key, lambda: _article_page(id, words)))


def _article_page(id: str, words: Query) -> Response:
    engine = state().engine
    found = engine.article(id) if is_possible_id(id) else None
    if found is None:
        moved = engine.locate(f"/{id}") if is_possible_id(id.rstrip("/")) else None
        if moved is not None and engine.article(moved) is not None:
            there = f"{url_for('pages.article', id=moved)}{params.search_string(words)}"
            return make_response(redirect(i18n.with_language(there), 301))
        raise NotFoundError(N_("There is no article at this address. It may have been renamed or taken back."))
    body = sanitize.body_html(found, _place())
    marked = mark_article.mark_matches(body, text_of(words), found.language, state().config.synonyms)
    here = article_path(found.id, root())
    response = make_response(
        render_template(
            "article.html",
            article=found,
            body=marked.html,
            words=words.text,
            marked=marked,
            contents=_contents(found),
            related=engine.related(found.id, RELATED),
            original=_original(found),
            card=open_graph.open_graph(found, body, _original(found)),
            reasons=results_view.reasons_in_words,
            unmarked=here,
            here=f"{here}{params.search_string(words)}",
        )
    )
    if words.text:
        response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cache-Control"] = FRESHNESS
    return response


def is_possible_id(id: str) -> bool:
    """Whether an id may be an article's; spares the engine impossible ones."""
    parts = id.split("/")
    return len(id) <= MAX_ID and "\0" not in id and not any(part in {"", ".", ".."} for part in parts)


def search_url(query: Query) -> str:
    """Return the URL of a query's page, relative to the host."""
    return i18n.with_language(f"{root()}/search{params.search_string(query)}")


def filter_url(facet: str, value: str, query: Query | None = None) -> str:
    """Return the URL of a query, or of everything, narrowed to one value of a facet."""
    return search_url(params.with_selected(query or Query(), BY_KEY[facet], (value,)))


def hit_url(hit: Hit) -> str:
    """Return the URL of a hit."""
    url = public_url(state().site_url, hit.permalink, hit.id, root())
    return i18n.with_language(url) if url.startswith("/") else url


def _landing_url(asked: str, hit: Hit, passage: Passage | None = None) -> str:
    """What leads to a passage of a result that was found by what was `wire.asked_for`."""
    url = passage_url(hit, passage, state().site_url, root(), asked)
    return i18n.with_language(url) if url.startswith("/") else url


def _place() -> sanitize.LinkContext:
    engine = state().engine
    return sanitize.LinkContext(
        site_url=state().site_url,
        shown_at=partial(article_path, root=root()),
        parameters=i18n.with_language(""),
        locate=engine.locate,
        exists=lambda id: is_possible_id(id) and engine.article(id) is not None,
        named=lambda name: state().file_names.of(engine).get(name),
    )


def _contents(found: Article) -> tuple[Section, ...]:
    title = fold(found.title)
    sections = tuple(each for each in found.sections if each.anchor and each.title and fold(each.title) != title)
    top = min((each.level for each in sections), default=0)
    shown = tuple(each for each in sections if each.level <= top + 1)
    return shown if len(shown) >= MIN_CONTENTS else ()


def _original(found: Article) -> str:
    has_one = state().site_url and found.permalink
    url = public_url(state().site_url, found.permalink, found.id, root()) if has_one else ""
    return url if url.startswith(("http://", "https://")) else ""

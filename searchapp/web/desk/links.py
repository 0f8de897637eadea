"""The link graph: figures, navigable picture, and lists of orphans and broken links."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort, make_response, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from searchapp.editor.links.compact_graph import CompactGraph, Numbers, compact_graph
from searchapp.errors import NotFoundError
from searchapp.model import Hit, Problem, Query
from searchapp.serialize import article_path
from searchapp.web.desk import link_graph_svg
from searchapp.web.desk.blueprint import desk
from searchapp.web.desk.reports import report
from searchapp.web.state import root, state

PER_PAGE = 50
FIRST = 8
"""Rows of each list on the first page."""
CHOICES = 8
"""Articles offered for a search, at most."""
MAX_SOURCES = 6
"""Articles proposed as sources of links to a chosen one, at most."""
MAX_RELATED = 200
"""Related articles among which those are looked for."""
TOPICS = 30

LISTS = {
    "orphans": ("Orphans", "Articles that no other article links to, the newest first."),
    "weak": ("Weakly linked", "Articles that only one other links to, the newest first."),
    "broken": ("Broken links", "Links to an article that is not there, or that readers do not see."),
    "moved": ("Former addresses", "Links that only redirects, or a server that overlooks case, lead on."),
}
"""Name in the address -> title and description."""
CODES = {
    "broken": ("link-broken", "link-hidden", "link-no-scheme", "link-unclear"),
    "moved": ("link-redirect", "link-spelling"),
}


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """An article by number, and for weakly linked ones the number of the one that links to it."""

    number: int
    source: int | None = None


@dataclass(frozen=True, slots=True)
class LinkTable:
    """Some rows of one of LISTS, articles or problems, and their total number."""

    name: str
    title: str
    about: str
    total: int
    rows: Sequence[ArticleRow] = ()
    problems: Sequence[tuple[Problem, int | None]] = ()


@desk.get("/links")
def links() -> AnyResponse:
    """Render the figures, the picture, and the first rows of each list.

    `around` is the id of an article to show with its neighbours, `topic` filters the overview, `q` searches articles.
    """
    found = report(compact_graph)
    around, topic, words = (request.args.get(name, "").strip() for name in ("around", "topic", "q"))
    chosen = found.number(around) if around else None
    page = render_template(
        "desk/links.html",
        map=found,
        lists=[_listing(found, name, 0, FIRST) for name in LISTS],
        picture=_picture(found, chosen, topic),
        around=around,
        chosen=chosen,
        topic=topic,
        topics=_topics(found),
        words=words,
        alike=_possible_sources(found, chosen) if chosen is not None else (),
        choices=state().engine.search(Query(words, per_page=CHOICES)).hits if words else (),
        article_url=_article_url,
    )
    return make_response(page, 404 if around and chosen is None else 200)


@desk.get("/links/<name>")
def link_list(name: str) -> str:
    """Render one of LISTS, page by page."""
    if name not in LISTS:
        abort(404)
    found = report(compact_graph)
    given = request.args.get("page", "1")
    page = int(given) if given.isascii() and given.isdigit() and len(given) < 7 else 1
    total = _listing(found, name, 0, 0).total
    pages = max(1, -(-total // PER_PAGE))
    page = min(max(page, 1), pages)
    return render_template(
        "desk/link_list.html",
        map=found,
        list=_listing(found, name, (page - 1) * PER_PAGE, PER_PAGE),
        page=page,
        pages=pages,
        article_url=_article_url,
    )


def list_total(found: CompactGraph, name: str) -> int:
    """Return the number of entries of one of LISTS."""
    if name in CODES:
        return sum(found.counts.get(code, 0) for code in CODES[name])
    return len(_numbers(found, name))


def _numbers(found: CompactGraph, name: str) -> Numbers:
    return found.orphans if name == "orphans" else found.weak


def _listing(found: CompactGraph, name: str, start: int, count: int) -> LinkTable:
    title, about = LISTS[name]
    total = list_total(found, name)
    if name in CODES:
        every = [each for each in found.findings if each[0].code in CODES[name]]
        return LinkTable(name, title, about, total, problems=every[start : start + count])
    numbers = _numbers(found, name)[start : start + count].tolist()
    rows = [ArticleRow(number, next((end for end, _ in found.inbound.of(number)), None)) for number in numbers]
    return LinkTable(name, title, about, total, rows)


def _possible_sources(found: CompactGraph, chosen: int) -> list[Hit]:
    """Articles related to a chosen one that do not link to it."""
    linking = {found.ids[number] for number, _ in found.inbound.of(chosen)}
    try:
        hits = state().engine.related(found.ids[chosen], min(MAX_SOURCES + len(linking), MAX_RELATED))
    except NotFoundError:  # it was deleted since the report was built
        return []
    return [hit for hit in hits if hit.id not in linking][:MAX_SOURCES]


def _picture(found: CompactGraph, chosen: int | None, topic: str) -> link_graph_svg.Picture:
    if chosen is not None:
        return link_graph_svg.neighbourhood(found, chosen, _around_url)
    return link_graph_svg.overview(found, topic, _around_url)


def _topics(found: CompactGraph) -> list[tuple[str, int]]:
    """The most frequent topics with the number of their articles, by name."""
    counts = Counter(topic for topic in found.topics if topic)
    return sorted(counts.most_common(TOPICS), key=lambda item: item[0].casefold())


def _around_url(id: str) -> str:
    return url_for("desk.links", around=id, _anchor="picture")


def _article_url(id: str) -> str:
    return article_path(id, root())

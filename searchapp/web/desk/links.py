"""The link graph: its figures, a picture to walk through, and what is wrong with links."""

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
"""Articles that are offered for words that were typed."""
ALIKE = 6
"""Articles that could link to a chosen one."""
LOOKED_AT = 200
"""Articles like a chosen one among which those are sought."""
TOPICS = 30

LISTS = {
    "orphans": ("Orphans", "Articles that no other article links to, the newest first."),
    "weak": ("Weakly linked", "Articles that only one other links to, the newest first."),
    "broken": ("Broken links", "Links to an article that is not there, or that readers do not see."),
    "moved": ("Former addresses", "Links that only redirects, or a server that overlooks case, lead on."),
}
"""Name in the address -> title, and what it lists."""
CODES = {
    "broken": ("link-broken", "link-hidden", "link-no-scheme", "link-unclear"),
    "moved": ("link-redirect", "link-spelling"),
}


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """An article, and for weakly linked ones the one that links to it, by number."""

    number: int
    source: int | None = None


@dataclass(frozen=True, slots=True)
class LinkTable:
    """Some rows of one of LISTS: articles or problems, and how many there are in all."""

    name: str
    title: str
    about: str
    total: int
    rows: Sequence[ArticleRow] = ()
    problems: Sequence[tuple[Problem, int | None]] = ()


@desk.get("/links")
def links() -> AnyResponse:
    """The figures, the picture, and the first rows of each list.

    `around` is the id of an article to show with its neighbours, `topic` narrows the overview, `q` seeks an article.
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
        alike=_alike(found, chosen) if chosen is not None else (),
        choices=state().engine.search(Query(words, per_page=CHOICES)).hits if words else (),
        article_url=_article_url,
    )
    return make_response(page, 404 if around and chosen is None else 200)


@desk.get("/links/<name>")
def link_list(name: str) -> str:
    """One of LISTS, page by page."""
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


def listed(found: CompactGraph, name: str) -> int:
    """How many one of LISTS has."""
    if name in CODES:
        return sum(found.counts.get(code, 0) for code in CODES[name])
    return len(_numbers(found, name))


def _numbers(found: CompactGraph, name: str) -> Numbers:
    return found.orphans if name == "orphans" else found.weak


def _listing(found: CompactGraph, name: str, start: int, count: int) -> LinkTable:
    title, about = LISTS[name]
    total = listed(found, name)
    if name in CODES:
        every = [each for each in found.findings if each[0].code in CODES[name]]
        return LinkTable(name, title, about, total, problems=every[start : start + count])
    numbers = _numbers(found, name)[start : start + count].tolist()
    rows = [ArticleRow(number, next((end for end, _ in found.inbound.of(number)), None)) for number in numbers]
    return LinkTable(name, title, about, total, rows)


def _alike(found: CompactGraph, chosen: int) -> list[Hit]:
    """Articles like a chosen one from which no link leads to it yet."""
    linking = {found.ids[number] for number, _ in found.inbound.of(chosen)}
    try:
        hits = state().engine.related(found.ids[chosen], min(ALIKE + len(linking), LOOKED_AT))
    except NotFoundError:  # it has gone since the report was made
        return []
    return [hit for hit in hits if hit.id not in linking][:ALIKE]


def _picture(found: CompactGraph, chosen: int | None, topic: str) -> link_graph_svg.Picture:
    if chosen is not None:
        return link_graph_svg.around(found, chosen, _around_url)
    return link_graph_svg.overview(found, topic, _around_url)


def _topics(found: CompactGraph) -> list[tuple[str, int]]:
    """The commonest topics with the number of their articles."""
    counts = Counter(topic for topic in found.topics if topic)
    return sorted(counts.most_common(TOPICS), key=lambda item: item[0].casefold())


def _around_url(id: str) -> str:
    return url_for("desk.links", around=id, _anchor="picture")


def _article_url(id: str) -> str:
    return article_path(id, root())

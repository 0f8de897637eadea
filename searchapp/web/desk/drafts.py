"""The report on a draft that was pasted or uploaded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from searchapp import serialize
from searchapp.articles import MAX_DRAFT, parse_draft
from searchapp.editor.drafting.draft_report import DraftReport, PastableLink, draft_report
from searchapp.errors import DraftError
from searchapp.web.desk.blueprint import desk
from searchapp.web.state import root, state

MAX_FORM = 4 * MAX_DRAFT
"""Bytes of a form with a draft: large enough that a draft over the limit gets the desk's own error page."""
MAX_SHOWN = 100_000
"""Characters of a draft that are shown again with its phrases marked."""
LINKS = 15
RELATED = 8


class DraftSpan(NamedTuple):
    """A span of a draft; `number` is that of the suggestion whose phrase it is, from 1, else 0."""

    text: str
    number: int = 0


@desk.before_app_request
def raise_limits() -> None:
    """Raise the limits of a request's size for drafts, before anything reads the form."""
    if request.endpoint == "desk.draft":
        request.max_content_length = request.max_form_memory_size = MAX_FORM


@desk.route("/draft", methods=["GET", "POST"])
def draft() -> Response:
    """Render the empty form, or the report on the draft that was sent: 400 or 413 if it can't be read."""
    if request.method == "POST":
        return _read()
    return make_response(render_template("desk/draft.html", text="", found=None))


def _read() -> Response:
    file = request.files.get("file")
    uploaded = file.read(MAX_DRAFT + 1) if file is not None and file.filename else b""
    data = uploaded or request.form.get("draft", "").encode("utf-8", "replace")
    try:
        parsed = parse_draft(data)
    except DraftError as error:
        kept = "" if uploaded or len(data) > MAX_DRAFT else data.decode("utf-8", "replace")
        named = f"{file.filename} " if uploaded and file is not None else "The draft "
        page = render_template("desk/draft.html", text=kept, found=None, complaint=f"{named}{error}.")
        return make_response(page, 413 if len(data) > MAX_DRAFT else 400)
    found = draft_report(state().engine, parsed, site_url=state().config.site_url, limit=LINKS)
    page = render_template(
        "desk/draft.html",
        text=parsed.source,
        found=found,
        related=found.related[:RELATED],
        pieces=tuple(draft_spans(parsed.source, found.links)) if len(parsed.source) <= MAX_SHOWN else (),
        url_of=_url_of,
        nothing=_is_nothing(found),
    )
    return make_response(page)


def draft_spans(source: str, links: Sequence[PastableLink]) -> Iterator[DraftSpan]:
    """Split a draft at the phrases of the link suggestions."""
    position = 0
    for number, each in sorted(enumerate(links, 1), key=lambda pair: pair[1].link.start):
        yield DraftSpan(source[position : each.link.start])
        yield DraftSpan(source[each.link.start : each.link.end], number)
        position = each.link.end
    yield DraftSpan(source[position:])


def _url_of(id: str) -> str:
    """This application's own page of an article."""
    return serialize.article_path(id, root())


def _is_nothing(found: DraftReport) -> bool:
    return not (found.links or found.related or found.tags or found.categories or found.alike)

"""Near-duplicate articles, and where they differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from flask import render_template, request, url_for

from searchapp import serialize
from searchapp.config.loading import Config
from searchapp.editor.near_duplicates.alike import MIN_CONTAINMENT, THRESHOLD
from searchapp.editor.near_duplicates.differences import Differences, differences
from searchapp.editor.near_duplicates.duplicates import DuplicateGroup, Duplicates, Member, Pair, find_duplicates
from searchapp.engine import Engine
from searchapp.web import params
from searchapp.web.desk.blueprint import desk
from searchapp.web.desk.reports import report
from searchapp.web.state import root, state

PER_PAGE = 20
SHOWN_MEMBERS = 8
SHOWN_PAIRS = 3
SHOWN_PARTS = 50


class ComparedPair(NamedTuple):
    """Two articles of a group and their differences."""

    first: Member
    second: Member
    pair: Pair
    found: Differences


class ShownGroup(NamedTuple):
    """A group with the pairs that are shown of it."""

    group: DuplicateGroup
    pairs: tuple[ComparedPair, ...]


def duplicate_report(_config: Config, engine: Engine) -> Duplicates:
    """Build the report."""
    return find_duplicates(engine)


@desk.get("/duplicates")
def duplicates() -> str:
    """Render the groups, page by page, and on the first page the contained articles."""
    found = report(duplicate_report)
    pages = max(1, -(-len(found.groups) // PER_PAGE))
    page = min(params.number(request.args, "page", 1, params.MAX_PAGE), pages)
    begin = (page - 1) * PER_PAGE
    return render_template(
        "desk/duplicates.html",
        found=found,
        groups=_shown(found.groups[begin : begin + PER_PAGE]),
        first=begin + 1,
        page=page,
        pages=pages,
        page_url=lambda number: url_for("desk.duplicates", page=number) if number > 1 else url_for("desk.duplicates"),
        members=SHOWN_MEMBERS,
        parts=found.parts[:SHOWN_PARTS] if page == 1 else (),
        url_of=lambda id: serialize.article_path(id, root()),
        threshold=THRESHOLD,
        part=MIN_CONTAINMENT,
    )


def _shown(groups: Sequence[DuplicateGroup]) -> list[ShownGroup]:
    return [ShownGroup(group, tuple(_compared(group, pair) for pair in group.pairs[:SHOWN_PAIRS])) for group in groups]


def _compared(group: DuplicateGroup, pair: Pair) -> ComparedPair:
    """A pair, the earlier article first; without differences if one has been deleted since the report."""
    members = {member.id: member for member in group.members}
    older, newer = sorted((pair.first, pair.second), key=list(members).index)
    first, second = state().engine.article(older), state().engine.article(newer)
    found = differences(first, second) if first and second else Differences((), 0)
    return ComparedPair(members[older], members[newer], pair, found)

"""The first page of the desk: status of the index, and the figures of each report.

Reports take long, so the page shows those that are cached. Its script requests the others, which builds them one after
the other: they are ready when they are opened.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from flask import render_template

from searchapp.editor.links.compact_graph import CompactGraph, compact_graph
from searchapp.editor.near_duplicates.duplicates import Duplicates
from searchapp.editor.tagging.label_merges import TagReport
from searchapp.indexing.check_summary import CheckSummary
from searchapp.querylog.store import QueryLogError
from searchapp.web.desk.blueprint import desk
from searchapp.web.desk.checks import check_report
from searchapp.web.desk.duplicates import duplicate_report
from searchapp.web.desk.links import list_total
from searchapp.web.desk.queries import search_totals
from searchapp.web.desk.reports import Build, FailedError, PendingError, poll, ready
from searchapp.web.desk.tags import merge_report
from searchapp.web.state import state

Figures = tuple[tuple[int, str], ...]
"""Pairs of a number and its label."""


class ReportCard(NamedTuple):
    """A report on the first page. Without figures it is `pending`, has `failed`, or was not requested."""

    endpoint: str
    title: str
    about: str
    figures: Figures = ()
    pending: bool = False
    failed: bool = False


class Topic(NamedTuple):
    """A cached report: its function and that which extracts its figures."""

    endpoint: str
    title: str
    about: str
    build: Build[Any]
    figures: Callable[[Any], Figures]

    def card(self, found: object | None) -> ReportCard:
        """Return the card of a report; without figures if that is None."""
        return ReportCard(self.endpoint, self.title, self.about, () if found is None else self.figures(found))


def _checks(found: CheckSummary) -> Figures:
    return ((sum(found.counts.values()), "to look at"),)


def _links(found: CompactGraph) -> Figures:
    return ((list_total(found, "broken"), "broken"), (list_total(found, "orphans"), "orphans"))


def _duplicates(found: Duplicates) -> Figures:
    return ((sum(len(group.members) for group in found.groups), "alike"), (len(found.parts), "within others"))


def _tags(found: TagReport) -> Figures:
    return ((len(found.findings), "to look at"),)


TOPICS = (
    Topic("desk.checks", "Checks", "What is wrong with the articles, and what to do", check_report, _checks),
    Topic("desk.links", "Links", "Who links to whom, and where links lead nowhere", compact_graph, _links),
    Topic("desk.duplicates", "Duplicates", "Articles that say almost the same", duplicate_report, _duplicates),
    Topic("desk.tags", "Tags", "Tags and categories that could be one", merge_report, _tags),
)


@desk.get("")
def home() -> str:
    """Render the index's status, the cached reports, and the form for a draft."""
    cards = [*(topic.card(ready(topic.build)) for topic in TOPICS), _searches()]
    return render_template("desk/home.html", status=state().engine.status(), zone=state().config.zone, cards=cards)


@desk.get("/overview")
def overview() -> str:
    """Render the cards alone, for the page's script; starts building missing reports."""
    return render_template("desk/_overview.html", cards=[*map(_requested_card, TOPICS), _searches()])


def _requested_card(topic: Topic) -> ReportCard:
    try:
        return topic.card(poll(topic.build))
    except PendingError:
        return topic.card(None)._replace(pending=True)
    except FailedError:
        return topic.card(None)._replace(failed=True)


def _searches() -> ReportCard:
    card = ReportCard("desk.queries", "Searches", "What readers look for, and do not find")
    try:
        asked, nothing = search_totals()
    except QueryLogError:
        return card._replace(failed=True)
    return card._replace(figures=((asked, "in 12 weeks"), (nothing, "found nothing")))

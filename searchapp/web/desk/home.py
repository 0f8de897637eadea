"""The first page of the desk: what the index holds, and how much each report has found.

Reports take long, so the page shows what is there already. Its script asks for the rest, which has all of them made,
one after the other: whoever opens a report then finds it ready.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from flask import render_template

from searchapp.editor.links.compact_graph import CompactGraph, compact_graph
from searchapp.editor.near_duplicates.duplicates import Duplicates
from searchapp.editor.tagging.label_merges import TagReport
from searchapp.indexing.check_summary import Findings
from searchapp.querylog.store import QueryLogError
from searchapp.web.desk.blueprint import desk
from searchapp.web.desk.checks import checked
from searchapp.web.desk.duplicates import near_duplicates
from searchapp.web.desk.links import listed
from searchapp.web.desk.queries import unanswered
from searchapp.web.desk.reports import Build, FailedError, PendingError, glance, ready
from searchapp.web.desk.tags import tag_hygiene
from searchapp.web.state import state

Figures = tuple[tuple[int, str], ...]
"""Numbers, and what each counts."""


class ReportCard(NamedTuple):
    """A report on the first page. Without figures it is being made (`pending`), has failed, or was not asked for."""

    endpoint: str
    title: str
    about: str
    figures: Figures = ()
    pending: bool = False
    failed: bool = False


class Topic(NamedTuple):
    """One of the reports that take long, and how its figures are read from it."""

    endpoint: str
    title: str
    about: str
    build: Build[Any]
    figures: Callable[[Any], Figures]

    def card(self, found: object | None) -> ReportCard:
        """With its figures if it is there."""
        return ReportCard(self.endpoint, self.title, self.about, () if found is None else self.figures(found))


def _checks(found: Findings) -> Figures:
    return ((sum(found.counts.values()), "to look at"),)


def _links(found: CompactGraph) -> Figures:
    return ((listed(found, "broken"), "broken"), (listed(found, "orphans"), "orphans"))


def _duplicates(found: Duplicates) -> Figures:
    return ((sum(len(group.members) for group in found.groups), "alike"), (len(found.parts), "within others"))


def _tags(found: TagReport) -> Figures:
    return ((len(found.findings), "to look at"),)


TOPICS = (
    Topic("desk.checks", "Checks", "What is wrong with the articles, and what to do", checked, _checks),
    Topic("desk.links", "Links", "Who links to whom, and where links lead nowhere", compact_graph, _links),
    Topic("desk.duplicates", "Duplicates", "Articles that say almost the same", near_duplicates, _duplicates),
    Topic("desk.tags", "Tags", "Tags and categories that could be one", tag_hygiene, _tags),
)


@desk.get("")
def home() -> str:
    """What the index holds, the reports as far as they are made, and the box for a draft."""
    cards = [*(topic.card(ready(topic.build)) for topic in TOPICS), _searches()]
    return render_template("desk/home.html", status=state().engine.status(), zone=state().config.zone, cards=cards)


@desk.get("/overview")
def overview() -> str:
    """The cards alone, for the page's script; has the reports made."""
    return render_template("desk/_overview.html", cards=[*map(_asked, TOPICS), _searches()])


def _asked(topic: Topic) -> ReportCard:
    try:
        return topic.card(glance(topic.build))
    except PendingError:
        return topic.card(None)._replace(pending=True)
    except FailedError:
        return topic.card(None)._replace(failed=True)


def _searches() -> ReportCard:
    card = ReportCard("desk.queries", "Searches", "What readers look for, and do not find")
    try:
        asked, nothing = unanswered()
    except QueryLogError:
        return card._replace(failed=True)
    return card._replace(figures=((asked, "in 12 weeks"), (nothing, "found nothing")))

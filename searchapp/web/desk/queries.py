"""Reports on readers' queries: over some weeks, and on one query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import render_template, request, url_for

from searchapp.analysis.folding import fold
from searchapp.editor import query_advice
from searchapp.model import Query
from searchapp.query import normalise
from searchapp.querylog import reports, toml_snippets
from searchapp.querylog.privacy import stored_form
from searchapp.querylog.store import QueryLogError
from searchapp.web import params
from searchapp.web.desk.blueprint import desk
from searchapp.web.state import root, state

SPANS = {4: "4 weeks", 12: "12 weeks", 52: "a year"}
DEFAULT_SPAN = 12
SHOWN, MAX_SHOWN = 20, 500
"""Queries of each list, and on the page of one list, at most."""
MAX_OPENED = 10
HEIGHT = 100
"""Height of a chart in the units of its viewBox."""


@dataclass(frozen=True, slots=True)
class WeekBar:
    """One week of a chart: the heights of the bar and of its marked part."""

    x: int
    height: float
    marked: float
    week: reports.Week


@dataclass(frozen=True, slots=True)
class QueryTable:
    """One of the lists of the report; `nothing` is the text of an empty one."""

    name: str
    title: str
    lead: str
    nothing: str
    rows: tuple[reports.QueryStats, ...]


@desk.get("/queries")
def queries() -> str:
    """Render the report; with `list`, one of its lists at full length."""
    weeks = _weeks()
    try:
        report, began = _report(weeks), reports.first_day(state().config.desk_dir, state().config.zone)
    except QueryLogError as error:
        return render_template("desk/queries_unreadable.html", reason=str(error))
    lists = _lists(report)
    one = next((each for each in lists if each.name == params.single(request.args, "list")), None)
    return render_template(
        "desk/queries.html",
        report=report,
        began=began,
        logging=state().log is not None,
        days=state().config.query_log_days,
        lists=(one,) if one else lists,
        one=one,
        most=MAX_SHOWN if one else SHOWN,
        weeks=weeks,
        spans=[(number, label, _url(number, one)) for number, label in SPANS.items()],
        list_url=lambda each: _url(weeks, each),
        about_url=_about_url,
        bars=_bars(report.weeks),
        highest=max((week.searches for week in report.weeks), default=0),
        spark=_spark,
        share=_share,
        search_url=_search_url,
    )


@desk.get("/queries/about")
def query() -> str:
    """Render the report on one query: its history, its current results, and TOML for the configuration."""
    text = normalise(params.single(request.args, "q"))
    found = query_advice.current_results(state().engine, text)
    try:
        report = _report(52, stored_form(text))
    except QueryLogError:
        report = None
    stats = report.queries[0] if report and report.queries else None
    remedy = query_advice.propose(state().engine, found, stats.articles if stats else ())
    opened = stats.articles[:MAX_OPENED] if stats else ()
    titles = {id: each.title for id, _, _ in opened if (each := state().engine.article(id))}
    return render_template(
        "desk/query.html",
        text=text,
        found=found,
        sought=stats,
        opened=opened,
        titles=titles,
        remedy=remedy,
        pin=toml_snippets.pin(text, [remedy.article]) if remedy.article and text else "",
        pinned=any(fold(each.query) == fold(text) for each in state().config.pinned),
        synonym=toml_snippets.synonym([remedy.unknown, remedy.synonym]) if remedy.unknown else "",
        spark=_spark,
        search_url=_search_url,
    )


def _report(weeks: int, query: str | None = None) -> reports.Report:
    config = state().config
    today = datetime.now(config.zone).date()
    return reports.read(config.desk_dir, _first_day(today, weeks), today, config.zone, query=query)


def search_totals() -> tuple[int, int]:
    """Return the numbers of searches and of those without results in the last DEFAULT_SPAN weeks.

    Raises QueryLogError.
    """
    weeks = _report(DEFAULT_SPAN).weeks
    return sum(week.searches for week in weeks), sum(week.empty for week in weeks)


def _first_day(today: date, weeks: int) -> date:
    """The first Monday of so many weeks, the current one included."""
    return today - timedelta(days=today.weekday() + 7 * (weeks - 1))


def _weeks() -> int:
    text = params.single(request.args, "weeks")
    return int(text) if text in map(str, SPANS) else DEFAULT_SPAN


def _lists(report: reports.Report) -> tuple[QueryTable, ...]:
    return (
        QueryTable("top", "Most sought", "", "Nobody has looked for anything in this time.", report.queries),
        QueryTable(
            "vain",
            "Not found",
            "What had no result, or only articles with some of the words. An article may be missing, or a word that "
            "readers use and you do not.",
            "Every query found articles with all of its words.",
            report.without_results,
        ),
        QueryTable(
            "unopened",
            "Found, but not opened",
            "There were results, and nobody opened one: they may be the wrong ones, or their titles say too little.",
            "Somebody opened a result of every query that had any.",
            report.without_clicks,
        ),
        QueryTable(
            "rising",
            "Sought more than before",
            "The second half of these weeks compared with the first.",
            "No query is sought more than before.",
            report.rising,
        ),
    )


def _bars(weeks: Sequence[reports.Week]) -> list[WeekBar]:
    top = max((week.searches for week in weeks), default=0) or 1
    return [
        WeekBar(at * 10, round(week.searches * HEIGHT / top, 1), round(week.empty * HEIGHT / top, 1), week)
        for at, week in enumerate(weeks)
    ]


def _spark(numbers: Sequence[int]) -> list[tuple[int, float]]:
    """The bars of a sparkline: x and height."""
    top = max(numbers, default=0) or 1
    return [(at * 10, round(number * HEIGHT / top, 1)) for at, number in enumerate(numbers) if number]


def _share(part: int, whole: int) -> str:
    """A percentage as text; a dash if `whole` is 0."""
    return f"{part * 100 / whole:.0f} %" if whole else "–"


def _url(weeks: int, one: QueryTable | None) -> str:
    return url_for("desk.queries", weeks=weeks, list=one.name if one else None)


def _about_url(query: str) -> str:
    return url_for("desk.query", q=query)


def _search_url(query: str) -> str:
    return f"{root()}/search{params.search_string(Query(query))}"

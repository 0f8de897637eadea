"""The command `queries`: reports on the query log."""

from __future__ import annotations

from contextlib import closing, suppress
from datetime import date, datetime, timedelta
from typing import Any

import click

from searchapp.cli import output
from searchapp.cli.options import common
from searchapp.cli.search import as_day
from searchapp.config.loading import Config
from searchapp.editor import query_advice
from searchapp.engines import open_engine
from searchapp.querylog import Interface, reports, store, toml_snippets
from searchapp.querylog.entries import READERS
from searchapp.querylog.privacy import stored_form

WEEKS = 12
"""Default span of a report."""
_BARS = " ▁▂▃▄▅▆▇█"
_INTERFACE = click.Choice([each.name.lower() for each in Interface])
_LIMIT = click.IntRange(1, 100_000)


@click.command("queries")
@click.option("--since", callback=as_day, metavar="D", help=f"From this day on.  [default: {WEEKS} weeks ago]")
@click.option("--until", callback=as_day, metavar="D", help="To the end of this day.  [default: today]")
@click.option("--zero", is_flag=True, help="Only what found nothing, or only articles with some of the words.")
@click.option("--unclicked", is_flag=True, help="Only what found something that nobody opened.")
@click.option("--rising", is_flag=True, help="Only what is sought more than before.")
@click.option("--interface", "names", multiple=True, type=_INTERFACE, help="Only through this one (repeatable).")
@click.option("--limit", type=_LIMIT, default=20, show_default=True, metavar="N", help="How many queries.")
@click.option("--about", metavar="QUERY", help="How the blog answers it, and what to paste into the configuration.")
@click.option("--forget", metavar="QUERY", help="Delete this query from the log.")
@common
def queries(
    config: Config,
    as_json: bool,
    since: date | None,
    until: date | None,
    zero: bool,
    unclicked: bool,
    rising: bool,
    names: tuple[str, ...],
    limit: int,
    about: str | None,
    forget: str | None,
) -> int:
    """Show what readers looked for: how often, what they found and what they opened.

    Programs that ask the API, and feeds, count only where --interface names them. Exit code 1 if there is nothing.
    """
    if sum((zero, unclicked, rising, about is not None, forget is not None)) > 1:
        raise click.UsageError("give one of --zero, --unclicked, --rising, --about and --forget")
    if forget is not None:
        return _forget(config, as_json, forget)
    if about is not None:
        return _about(config, as_json, about)
    today = datetime.now(config.zone).date()
    until = until or today
    since = since or until - timedelta(days=7 * WEEKS - 1)
    if since > until:
        raise click.UsageError(f"--since {since} is after --until {until}")
    interfaces = tuple(each for each in Interface if each.name.lower() in names) if names else READERS
    report = reports.read(config.desk_dir, since, until, config.zone, interfaces)
    kind = "zero" if zero else "unclicked" if unclicked else "rising" if rising else "top"
    shown = _of_kind(report, kind)
    if as_json:
        output.print_json(report_json(report, shown[:limit]))
    else:
        _show(config, report, shown[:limit], len(shown), kind)
    return 0 if shown else 1


def _of_kind(report: reports.Report, kind: str) -> tuple[reports.QueryStats, ...]:
    lists = {
        "zero": lambda: report.without_results,
        "unclicked": lambda: report.without_clicks,
        "rising": lambda: report.rising,
    }
    return lists[kind]() if kind in lists else report.queries


def report_json(report: reports.Report, shown: tuple[reports.QueryStats, ...]) -> dict[str, Any]:
    """Return the document of `queries --json`."""
    return {
        "since": report.since.isoformat(),
        "until": report.until.isoformat(),
        "searches": report.searches,
        "clicks": report.clicks,
        "distinct": len(report.queries),
        "interfaces": {each.name.lower(): number for each, number in report.interfaces.items()},
        "weeks": [
            {"monday": week.monday.isoformat(), "searches": week.searches, "empty": week.empty, "clicks": week.clicks}
            for week in report.weeks
        ],
        "filters": [{"filters": text, "searches": number} for text, number in report.filters],
        "queries": [
            {
                "query": each.query,
                "searches": each.searches,
                "empty": each.empty,
                "partly": each.partly,
                "corrected": each.corrected,
                "total": each.total,
                "clicks": each.clicks,
                "articles": [
                    {"id": id, "clicks": clicks, "rank": round(rank, 1) or None} for id, clicks, rank in each.articles
                ],
                "weeks": list(each.weeks),
                "last": each.last.isoformat(),
            }
            for each in shown
        ],
    }


_NOTHING = {
    "top": "Nobody has looked for anything",
    "zero": "Every query found articles with all of its words",
    "unclicked": "There is no query that nobody found something for",
    "rising": "No query is sought more than before",
}


def _show(config: Config, report: reports.Report, shown: tuple[reports.QueryStats, ...], many: int, kind: str) -> None:
    span = f"from {report.since} to {report.until}"
    if not config.query_log:
        output.say(output.stderr(), "query_log is off: nothing is noted now")
    if not shown:
        output.say(output.stderr(), f"{_NOTHING[kind if report.queries else 'top']} {span}")
        return
    rows = [
        (
            each.query,
            output.number(each.searches),
            output.number(each.empty + each.partly) if each.empty + each.partly else "",
            output.number(each.clicks) if each.clicks else "",
            sparkline(each.weeks),
            each.articles[0][0] if each.articles else "",
        )
        for each in shown
    ]
    output.table(rows, ("query", "searches", "not found", "opened", "by week", "opened most"))
    searches = output.number(report.searches)
    more = f"; --limit {many} shows all" if many > len(shown) else ""
    noun = "search" if report.searches == 1 else "searches"
    output.say(output.stderr(), f"{searches} {noun} for {output.number(len(report.queries))} queries {span}{more}")


def sparkline(numbers: tuple[int, ...]) -> str:
    """Return the last 104 numbers (two years of weeks) as a text of bars."""
    top = max(numbers, default=0)
    return "".join(_BARS[-(-number * 8 // top)] if top else " " for number in numbers[-104:])


def _about(config: Config, as_json: bool, query: str) -> int:
    with closing(open_engine(config)) as engine:
        found = query_advice.current_results(engine, query)
        remedy = query_advice.propose(engine, found, _opened(config, query))
    pin = toml_snippets.pin(query, [remedy.article]) if remedy.article and query else ""
    words = toml_snippets.synonym([remedy.unknown, remedy.synonym]) if remedy.unknown else ""
    if as_json:
        output.print_json(
            {
                "query": query,
                "total": found.total,
                "partly": found.partly,
                "did_you_mean": found.suggestion or None,
                "corrected": bool(found.corrected),
                "unknown": list(found.unknown),
                "nearest": [
                    {"id": each.id, "title": each.title, "has": list(each.has), "lacks": list(each.lacks)}
                    for each in found.nearest
                ],
                "pin": pin,
                "pin_because": remedy.why,
                "synonym": words if remedy.synonym else "",
            }
        )
        return 0 if found.nearest else 1
    _show_results(found)
    other = "" if remedy.synonym else "If you have another word for it, put that between the last quotes:"
    for why, text in ((remedy.why, pin), (other, words)):
        if text:
            output.say(output.stdout(), "")
            if why:
                output.say(output.stderr(), why)
            for line in text.splitlines():
                output.say(output.stdout(), line)
    return 0 if found.nearest else 1


def _opened(config: Config, query: str) -> tuple[tuple[str, int, float], ...]:
    """The articles opened for a query in the last year (see `QueryStats.articles`); () if the log is unreadable."""
    today = datetime.now(config.zone).date()
    with suppress(store.QueryLogError):
        since = today - timedelta(days=364)
        found = reports.read(config.desk_dir, since, today, config.zone, query=stored_form(query))
        return found.queries[0].articles if found.queries else ()
    return ()


def _show_results(found: query_advice.CurrentResults) -> None:
    some = " that have some of the words" if found.partly else ""
    instead = f" for {output.clean(found.corrected)}" if found.corrected else ""
    output.say(output.stderr(), f"{output.counted(found.total, 'article')}{some}{instead}")
    if found.unknown:
        output.say(output.stderr(), f"No article has: {output.clean(', '.join(found.unknown))}")
    output.table(
        [(each.title, each.id, f"lacks {', '.join(each.lacks)}" if each.lacks else "") for each in found.nearest]
    )


def _forget(config: Config, as_json: bool, query: str) -> int:
    rows = store.forget(config.desk_dir, query)
    if as_json:
        output.print_json({"query": query, "deleted": rows})
    else:
        text = f"Deleted {output.counted(rows, 'row')}" if rows else "This query is not in the log"
        output.say(output.stderr(), text)
    return 0 if rows else 1


COMMANDS = (queries,)

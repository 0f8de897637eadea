"""The command `index`."""

from __future__ import annotations

import signal
import threading
from contextlib import ExitStack, closing
from dataclasses import replace
from typing import Any

import click

from searchapp import indexing
from searchapp.articles import spare
from searchapp.cli import output
from searchapp.cli.options import common
from searchapp.config.loading import Config
from searchapp.engine import Engine
from searchapp.engines import open_engine
from searchapp.errors import SearchappError
from searchapp.model import IndexReport


@click.command("index")
@click.option("--rebuild", is_flag=True, help="Build a new index from zero and swap it in.")
@click.option("--watch", is_flag=True, help="Keep going whenever the content changes.")
@click.option("--dry-run", is_flag=True, help="Say what would be done; write nothing.")
@click.option("--strict", is_flag=True, help="Exit with 1 if any article was skipped.")
@common
def index(config: Config, as_json: bool, rebuild: bool, watch: bool, dry_run: bool, strict: bool) -> int:
    """Bring the index up to date with the articles.

    Only changed articles are read. Exit code 0, or with --strict 1 if an article was skipped.
    """
    if watch and (dry_run or strict or as_json):
        raise click.UsageError("--watch goes with neither --dry-run, --strict nor --json")
    with ExitStack() as stack:
        with spare(), output.progress("Indexing") as progress:
            engine = stack.enter_context(closing(open_engine(config)))
            report = indexing.index(config, engine, rebuild=rebuild, dry_run=dry_run, progress=progress)
        if as_json:
            output.print_json(report_json(report))
        else:
            show_report(report, dry_run)
        if watch:
            _watch(config, engine, report)
    return 1 if strict and report.skipped else 0


def report_json(report: IndexReport) -> dict[str, Any]:
    """Return the document of `index --json`."""
    return {
        "articles": report.articles,
        "added": report.added,
        "updated": report.updated,
        "deleted": report.deleted,
        "unchanged": report.unchanged,
        "skipped": [output.problem_json(problem) for problem in report.skipped],
        "warnings": [output.problem_json(problem) for problem in report.warnings],
        "generation": report.generation,
        "seconds": round(report.seconds, 3),
    }


def show_report(report: IndexReport, dry_run: bool = False) -> None:
    """Print the problems on standard error, the counts on standard output."""
    output.problems_to_stderr(report.skipped, report.warnings)
    output.say(output.stdout(), summary(report, dry_run))


def summary(report: IndexReport, dry_run: bool = False) -> str:
    """Return one line with the counts that are not zero."""
    counts = [
        f"{output.number(value)} {name}"
        for value, name in (
            (report.added, "added"),
            (report.updated, "updated"),
            (report.deleted, "deleted"),
            (report.unchanged, "unchanged"),
            (report.hidden, "hidden"),
            (len(report.skipped), "skipped"),
        )
        if value
    ]
    verb = "would have" if dry_run else "has"
    detail = f": {', '.join(counts)}" if counts else ""
    return f"Index {verb} {output.counted(report.articles, 'article')}{detail} ({report.seconds:.1f} s)"


def _watch(config: Config, engine: Engine, first: IndexReport) -> None:
    """Index changes until Ctrl-C or SIGTERM."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    last = _without_counts(first)

    def report(result: IndexReport | SearchappError) -> None:
        nonlocal last
        if isinstance(result, SearchappError):
            output.error_line(str(result))
        elif _without_counts(result) != last:
            last = _without_counts(result)
            show_report(result)

    output.say(output.stderr(), f"Watching {config.content_dir}; Ctrl-C ends it")
    indexing.watch(config, engine, report, stop)


def _without_counts(report: IndexReport) -> IndexReport:
    """The report without counts: equal for runs with the same generation and problems."""
    return replace(report, added=0, updated=0, deleted=0, unchanged=0, converted=0)


COMMANDS = (index,)

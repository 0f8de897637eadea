"""The results of `searchapp check`, by rule and by file."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from urllib.parse import urlencode

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from searchapp import rules
from searchapp.config.loading import Config
from searchapp.engine import Engine
from searchapp.indexing.check_summary import MAX_PER_RULE, CheckSummary, summarise
from searchapp.model import Problem
from searchapp.rules import RULES, Rule, Severity
from searchapp.serialize import article_path
from searchapp.web import params
from searchapp.web.desk.blueprint import desk
from searchapp.web.desk.reports import forget, report
from searchapp.web.state import state

PER_PAGE = 50
RECHECK_FILE = "checks-asked"
"""A file in `desk_dir`, touched to invalidate the report in all processes, each of which caches it."""
_log = logging.getLogger(__name__)
_ORDER = list(Severity)


@dataclass(frozen=True, slots=True)
class RuleSummary:
    """A violated rule: number of problems, number of files among those kept, and the address of its list."""

    rule: Rule
    count: int
    files: int
    url: str


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """A problem in a list; `article` is the path of the article's page here, "" if it is not indexed."""

    problem: Problem
    rule: Rule
    remedy: str
    severity: Severity
    article: str


def check_report(config: Config, _engine: Engine) -> CheckSummary:
    """Build the report; reads all files."""
    return summarise(config)


@desk.get("/checks")
def checks() -> str:
    """Render the problems by rule; with `rule` or `path`, one by one."""
    found = _report()
    code, path = params.single(request.args, "rule"), params.single(request.args, "path").strip()
    rule = RULES.get(code)
    below = [problem for problem in found.problems if _is_below(problem.path, path)] if path else found.problems
    chosen = [problem for problem in below if problem.code == code] if rule else below
    page = params.number(request.args, "page", 1, 1_000_000)
    pages = max(1, -(-len(chosen) // PER_PAGE))
    page = min(page, pages)
    return render_template(
        "desk/checks.html",
        found=found,
        total=sum(found.counts.values()),
        groups=_groups(found, below, path),
        rule=rule,
        path=path,
        rows=_rows(chosen[(page - 1) * PER_PAGE : page * PER_PAGE]) if rule or path else (),
        chosen=len(chosen),
        cut=rule is not None and not path and found.counts.get(code, 0) > MAX_PER_RULE,
        most=MAX_PER_RULE,
        page=page,
        pages=pages,
        url=_url,
        off=len(RULES) - len(rules.select(state().config.check_select, state().config.check_ignore).codes),
        began=found.began.astimezone(state().config.zone),
    )


@desk.post("/checks")
def check_again() -> AnyResponse:
    """Invalidate the report in every process, and redirect to it."""
    folder = state().config.desk_dir
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / RECHECK_FILE).touch()
    except OSError as error:
        _log.warning("%s: can't be written (%s); only one process reads the articles anew", folder, error.strerror)
    forget(check_report)
    return redirect(url_for("desk.checks"), 303)


def _report() -> CheckSummary:
    """The report, rebuilt if it is older than the last request for a new one."""
    found = report(check_report)
    try:
        asked = (state().config.desk_dir / RECHECK_FILE).stat().st_mtime
    except OSError:
        return found
    if found.began.timestamp() < asked:
        forget(check_report)
        found = report(check_report)
    return found


def _is_below(id: str, path: str) -> bool:
    """Whether an id contains a text, ignoring case, or matches it if it is a pattern with `*`."""
    id, path = id.casefold(), path.casefold()
    return fnmatchcase(id, path) if "*" in path else path in id


def _groups(found: CheckSummary, below: Sequence[Problem], path: str) -> list[RuleSummary]:
    """The violated rules by severity, then by number of problems."""
    kept = Counter(problem.code for problem in below)
    files = Counter(code for code, _ in {(problem.code, problem.path) for problem in below})
    groups = [
        RuleSummary(RULES[code], count if path else found.counts[code], files[code], _url(code, path))
        for code, count in kept.items()
    ]
    return sorted(groups, key=lambda each: (_ORDER.index(each.rule.severity), -each.count, each.rule.code))


def _rows(problems: Sequence[Problem]) -> list[ProblemRow]:
    return [
        ProblemRow(
            problem,
            RULES[problem.code],
            rules.remedy(problem),
            rules.severity(problem),
            article_path(problem.path, request.script_root) if state().engine.article(problem.path) else "",
        )
        for problem in problems
    ]


def _url(rule: str = "", path: str = "", page: int = 1) -> str:
    given = {"rule": rule, "path": path, "page": page if page > 1 else ""}
    query = urlencode({key: value for key, value in given.items() if value}, errors="replace")
    return f"{url_for('desk.checks')}{'?' if query else ''}{query}"

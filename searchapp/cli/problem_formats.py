"""Output formats of `check`: text, JSON, GitHub's workflow commands and SARIF 2.1.0, all streamed.

Paths in text and JSON are relative to the content folder, as ids are; in the other two to the working folder, as
programs open the files.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from searchapp import __version__, rules
from searchapp.cli import output
from searchapp.indexing.check import ContentCheck
from searchapp.model import Problem
from searchapp.rules import RULES, Rule

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_GITHUB = {"error": "error", "warning": "warning", "note": "notice"}
_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = _DATA | {":": "%3A", ",": "%2C"}


Writer = Callable[[ContentCheck, Path], None]
"""Writes a running check to standard output; the path is that of the content folder."""


def text(found: ContentCheck, _content: Path) -> None:
    """Write `path:line:column: reason [code]` lines, and on standard error counts and remedies by rule."""
    console = output.stdout()
    for problem in found:
        output.say(console, output.problem_line(problem))
    errors = output.stderr()
    for code, count in found.counts.most_common():
        rule = RULES[code]
        output.say(errors, f"{output.number(count):>8}  {code}: {rule.summary}; {rule.remedy}")
    total = found.counts.total()
    hidden = ", ".join(f"{output.number(count)} {reason}" for reason, count in sorted(found.hidden.items()))
    verdict = output.counted(total, "problem") if total else "no problems"
    output.say(
        errors, f"{output.counted(found.articles, 'article')}, {verdict}{f'; hidden: {hidden}' if hidden else ''}"
    )


def as_json(found: ContentCheck, _content: Path) -> None:
    """Write one JSON document; the counts are at its end, as they are known only then."""
    sys.stdout.write('{\n  "problems": [')
    separator = "\n    "
    for problem in found:
        row = {**output.problem_json(problem), "skipped": problem.skipped}
        sys.stdout.write(separator + json.dumps(row, ensure_ascii=False))
        separator = ",\n    "
    rest: dict[str, Any] = {
        "rules": dict(sorted(found.counts.items())),
        "articles": found.articles,
        "hidden": dict(sorted(found.hidden.items())),
    }
    sys.stdout.write("\n  ]," + json.dumps(rest, ensure_ascii=False, indent=2)[1:] + "\n")


def github(found: ContentCheck, content: Path) -> None:
    """Write workflow commands, which GitHub shows beside the lines of a pull request."""
    for problem in found:
        kind = _GITHUB[rules.severity(problem)]
        places = {"file": _from_here(problem.path, content), "line": problem.line, "col": problem.column}
        given = {**places, "title": f"{RULES[problem.code].summary} ({problem.code})"}
        properties = ",".join(f"{key}={_escaped(str(value), _PROPERTY)}" for key, value in given.items() if value)
        sys.stdout.write(f"::{kind} {properties}::{_escaped(_message(problem), _DATA)}\n")


def _escaped(text: str, table: Mapping[str, str]) -> str:
    return "".join(table.get(character, character) for character in output.clean_but_breaks(text))


def sarif(found: ContentCheck, content: Path) -> None:
    """Write a SARIF log of one run, for code scanning and editors."""
    order = {code: number for number, code in enumerate(RULES)}
    driver = {
        "name": "searchapp",
        "semanticVersion": __version__,
        "rules": [_sarif_rule(rule, rule.code in found.selection.codes) for rule in RULES.values()],
    }
    head = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints"}
    sys.stdout.write(f'{{"$schema":{json.dumps(SCHEMA)},"version":"2.1.0","runs":[{json.dumps(head)[:-1]},"results":[')
    separator = "\n"
    for problem in found:
        sys.stdout.write(separator + json.dumps(_sarif_result(problem, order, content), ensure_ascii=False))
        separator = ",\n"
    sys.stdout.write("\n]}]}\n")


def _sarif_rule(rule: Rule, enabled: bool) -> dict[str, Any]:
    return {
        "id": rule.code,
        "shortDescription": {"text": f"{rule.summary[0].upper()}{rule.summary[1:]}."},
        "help": {"text": f"{rule.remedy[0].upper()}{rule.remedy[1:]}."},
        "defaultConfiguration": {"level": rule.severity.value, "enabled": enabled},
    }


def _sarif_result(problem: Problem, order: Mapping[str, int], content: Path) -> dict[str, Any]:
    region = {"startLine": problem.line, "startColumn": problem.column}
    place: dict[str, Any] = {"artifactLocation": {"uri": _uri(_from_here(problem.path, content))}}
    if problem.line is not None:
        place["region"] = {key: value for key, value in region.items() if value is not None}
    return {
        "ruleId": problem.code,
        "ruleIndex": order[problem.code],
        "level": rules.severity(problem).value,
        "message": {"text": _message(problem)},
        "locations": [{"physicalLocation": place}],
    }


def _message(problem: Problem) -> str:
    return f"{problem.reason}; {rules.remedy(problem)}"


def _from_here(path: str, content: Path) -> str:
    """A path relative to the working folder, or an absolute one if it is not below that."""
    whole = content / path
    try:
        return whole.relative_to(Path.cwd()).as_posix()
    except (ValueError, OSError):
        return whole.as_posix()


def _uri(path: str) -> str:
    quoted = quote(path, safe="/~!$&'()*+,;=@-._", errors="replace")
    return f"file://{quoted}" if quoted.startswith("/") else quoted


def rule_table(selected: Iterable[str]) -> None:
    """Print all rules as a table."""
    on = frozenset(selected)
    rows = [
        (rule.code, rule.severity.value, "on" if rule.code in on else "off", f"{rule.summary}; {rule.remedy}")
        for rule in RULES.values()
    ]
    output.table(rows, ("rule", "severity", "now", "what it finds; what to do"))


def rule_json(selected: Iterable[str]) -> list[dict[str, Any]]:
    """Return all rules as JSON values."""
    on = frozenset(selected)
    return [
        {
            "code": rule.code,
            "severity": rule.severity.value,
            "default": rule.default,
            "selected": rule.code in on,
            "summary": rule.summary,
            "remedy": rule.remedy,
        }
        for rule in RULES.values()
    ]


WRITERS: Mapping[str, Writer] = {"text": text, "json": as_json, "github": github, "sarif": sarif}

"""Output: results to standard output, everything else to standard error; JSON, tables or plain lines."""

from __future__ import annotations

import json
import logging
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from searchapp import logs
from searchapp.model import Problem

SHOWN_WARNINGS = 20
"""Warnings printed after a run, at most; `searchapp check` lists all."""

_log = logging.getLogger(__name__)
_BREAKS = "\n\r\t\u2028\u2029"
ProgressCallback = Callable[[int, int], None]


def stdout() -> Console:
    """Return the console for results; plain, unwrapped text if it is not a terminal."""
    return Console(highlight=False, markup=False, emoji=False)


def stderr() -> Console:
    """Return the console for logs, progress bars and warnings."""
    return _STDERR


_STDERR = Console(stderr=True, highlight=False, markup=False, emoji=False)


def say(console: Console, text: Text | str) -> None:
    """Print one line: with colours on a terminal, unchanged in a pipe."""
    if console.is_terminal:
        console.print(text, soft_wrap=True)
    else:
        console.file.write(f"{text}\n")
        console.file.flush()


def clean(text: str) -> str:
    """Return text without terminal control: control characters become U+FFFD, line breaks and tabs blanks."""
    return "".join(" " if c in _BREAKS else "\ufffd" if unicodedata.category(c) == "Cc" else c for c in text)


def clean_but_breaks(text: str) -> str:
    """As `clean`, but keep line breaks and tabs, for formats that can escape them."""
    return "".join("\ufffd" if unicodedata.category(c) == "Cc" and c not in "\n\r\t" else c for c in text)


def error_line(message: str) -> None:
    """Print an error on one line, or log it where the log is JSON; secrets are masked."""
    if logs.is_json():
        _log.error("%s", message)
        return
    say(stderr(), Text.assemble(("Error:", "bold red"), " ", clean(logs.without_secrets(message))))


def print_json(document: object) -> None:
    """Print a JSON document on standard output."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")


def number(value: int) -> str:
    """Return a number as `1,234`."""
    return f"{value:,}"


def counted(value: int, noun: str) -> str:
    """Return a number with its noun: `1 article`, `2 articles`."""
    return f"{number(value)} {noun}" if value == 1 else f"{number(value)} {noun}s"


def table(rows: Iterable[Sequence[str]], header: Sequence[str] = ()) -> None:
    """Print a table on a terminal, lines of tab-separated values in a pipe."""
    console = stdout()
    cleaned = [[clean(cell) for cell in row] for row in rows]
    if not console.is_terminal:
        for row in cleaned:
            say(console, "\t".join(row))
        return
    grid = Table(box=None, show_header=bool(header), pad_edge=False, header_style="dim")
    for position in range(max(len(header), max((len(row) for row in cleaned), default=0))):
        title = header[position] if header else ""
        grid.add_column(title, style="bold" if position == 0 else "", overflow="fold")
    for row in cleaned:
        grid.add_row(*(Text(cell) for cell in row))
    console.print(grid)


def problem_line(problem: Problem) -> Text:
    """Return `path:line:column: reason [code]`, the format of compilers."""
    spot = "".join(f":{number}" for number in (problem.line, problem.column) if number is not None)
    text = Text(f"{clean(problem.path)}{spot}: ")
    if problem.skipped:
        text.append("skipped: ", style="bold red")
    text.append(clean(f"{problem.reason}; {problem.remedy}" if problem.remedy else problem.reason))
    return text.append(f" [{problem.code}]", style="dim") if problem.code else text


def tell(text: Text | str, level: int = logging.WARNING) -> None:
    """Print one line on standard error, or log it where the log is JSON."""
    if logs.is_json():
        _log.log(level, "%s", text)
    else:
        say(stderr(), text)


def problems_to_stderr(skipped: Sequence[Problem], warnings: Sequence[Problem]) -> None:
    """Print all skipped files and the first SHOWN_WARNINGS warnings."""
    for problem in (*skipped, *warnings[:SHOWN_WARNINGS]):
        tell(problem_line(problem))
    if len(warnings) > SHOWN_WARNINGS:
        more = counted(len(warnings) - SHOWN_WARNINGS, "more warning")
        tell(f"… and {more}; searchapp check lists all")


def problem_json(problem: Problem) -> dict[str, Any]:
    """Return a problem as in `index --json` and `check --json`."""
    from searchapp import rules  # here, since a search does not need it

    return {
        "path": problem.path,
        "line": problem.line,
        "column": problem.column,
        "code": problem.code,
        "severity": rules.severity(problem).value,
        "reason": problem.reason,
        "remedy": rules.remedy(problem),
    }


@contextmanager
def progress(label: str) -> Iterator[ProgressCallback]:
    """Context manager: show a progress bar on standard error, on a terminal only; yields its (done, total) callback."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = stderr()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


class LogHandler(logging.Handler):
    """Prints log records as lines on standard error, above a progress bar."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print one record; of an exception its type and origin."""
        kind, places = logs.exception(record), logs.frames(record)
        at = f" at {places[-1]}" if places else ""
        say(stderr(), clean(f"searchapp: {logs.message(record)}{f' ({kind}{at})' if kind else ''}"))

"""Notes on the last scan (`index/scan.json`), so that files that did not change are not even read.

Disposable: a lost, damaged or outdated file only costs time. What is indexed is decided by the
engine's manifest alone.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from searchapp.articles import Outcome, Source
from searchapp.model import Problem

FILE_NAME = "scan.json"
FORMAT = 1
RACY_NS = 2_000_000_000
"""A file touched later than this many ns before a scan may have changed again within one clock tick."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """What reading one file gave: `Outcome` without the article, and the file's signature then."""

    signature: tuple[int, ...]
    digest: str
    hidden: str = ""
    skipped: bool = False
    until: datetime | None = None
    permalink: str = ""
    problems: tuple[Problem, ...] = ()

    def due(self, now: datetime) -> bool:
        """True if the clock alone has changed whether the article is shown."""
        return self.until is not None and self.until <= now


@dataclass(frozen=True, slots=True)
class Scan:
    """The entries of one scan, by id. `started` is in ns since the epoch, by the file system's clock."""

    key: str
    started: int
    entries: Mapping[str, Entry]

    def racy(self, source: Source) -> bool:
        """True if an equal signature proves nothing, as the file was touched around the scan."""
        _size, modified, changed, *_ = source.signature
        touched: int = max(modified, changed)
        return touched >= self.started - RACY_NS

    @property
    def next_until(self) -> datetime | None:
        """When the next article appears or disappears by the clock alone."""
        return min((entry.until for entry in self.entries.values() if entry.until), default=None)


def entry(source: Source, outcome: Outcome) -> Entry:
    """The note on a file that was just read."""
    permalink = outcome.article.permalink if outcome.article else ""
    return Entry(
        signature=source.signature,
        digest=outcome.digest,
        hidden=outcome.hidden,
        skipped=outcome.article is None and not outcome.hidden,
        until=outcome.until,
        permalink=permalink,
        problems=outcome.problems,
    )


def load(index_dir: Path, key: str) -> Scan:
    """The notes that were stored under the same `key`; none if there are none to be trusted."""
    try:
        data = json.loads((index_dir / FILE_NAME).read_bytes())
        if data["format"] == FORMAT and data["key"] == key:
            entries = {str(id): _decode(str(id), value) for id, value in data["entries"].items()}
            return Scan(key, int(data["started"]), entries)
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError):
        pass
    return Scan(key, 0, {})


def store(index_dir: Path, scan: Scan) -> None:
    """Replaces the notes in one step. A failure is only logged: the next run reads more files."""
    data = {
        "format": FORMAT,
        "key": scan.key,
        "started": scan.started,
        "entries": {id: _encode(entry) for id, entry in scan.entries.items()},
    }
    path = index_dir / FILE_NAME
    temporary = path.with_name(f".{FILE_NAME}.{os.getpid()}")
    try:
        temporary.write_text(json.dumps(data, separators=(",", ":")), encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        _log.warning("%s: can't be written (%s); the next run will read every file again", path, error.strerror)
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def _encode(entry: Entry) -> list[Any]:
    until = entry.until.isoformat() if entry.until else None
    problems = [[p.line, p.reason, p.skipped, p.path] for p in entry.problems]
    return [
        list(entry.signature),
        entry.digest,
        entry.hidden,
        entry.skipped,
        until,
        entry.permalink,
        problems,
    ]


def _decode(id: str, value: Any) -> Entry:
    signature, digest, hidden, skipped, until, permalink, problems = value
    if not all(isinstance(text, str) for text in (digest, hidden, permalink)):
        raise TypeError(id)
    moment = datetime.fromisoformat(until) if until is not None else None
    if moment is not None and moment.tzinfo is None:
        raise ValueError(id)
    return Entry(
        tuple(int(number) for number in signature),
        digest,
        hidden,
        bool(skipped),
        moment,
        permalink,
        tuple(
            Problem(str(path), None if line is None else int(line), str(reason), bool(skipped))
            for line, reason, skipped, path in problems
        ),
    )


def moved(entry: Entry, source: Source) -> Entry:
    """The same note for a file that was touched without a change."""
    return replace(entry, signature=source.signature)

"""Notes on the last scan (`index/scan.json`), so that unchanged files are not even read.

Disposable: a lost, damaged or outdated file only costs time. What is indexed is decided by the
engine's manifest alone.

Stored by columns, one list for each of COLUMNS with a value for every file: 100,000 small lists take
ten times as long to read. Attributes of few files are under "rest". Changes since `scan.json` was
written are in `scan.changes.json`, in the same form, with the deleted files; when there are many,
`scan.json` is rewritten.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from operator import and_, eq
from pathlib import Path
from typing import Any, NamedTuple

from searchapp.articles import Outcome, SourceFile
from searchapp.model import Problem

FILE_NAME = "scan.json"
CHANGES = "scan.changes.json"
FORMAT = 4
MAX_CHANGES = 1_000
"""Entries of `scan.changes.json`, at most, and at most a tenth of all."""
RACY_NS = 2_000_000_000
"""Nanoseconds before a scan within which a modified file may have changed again in the same clock tick."""
COLUMNS = ("id", "size", "modified", "changed", "inode", "digest", "permalink", "language")

_log = logging.getLogger(__name__)


class Rest(NamedTuple):
    """Attributes that few files have; see `Outcome`."""

    hidden: str = ""
    skipped: bool = False
    until: datetime | None = None
    problems: tuple[Problem, ...] = ()

    def due(self, now: datetime) -> bool:
        """Whether the article's visibility has changed by the passing of time."""
        return self.until is not None and self.until <= now


class Entry(NamedTuple):
    """The result of reading one file: `Outcome` without the article, and the file's signature."""

    signature: tuple[int, ...]
    digest: str
    permalink: str = ""
    rest: Rest = Rest()
    language: str = ""


@dataclass(slots=True)
class Scan:
    """The notes of one scan, by id.

    key                 what the notes depend on besides the files; other notes are ignored
    started             ns since the epoch, by the file system's clock
    permalinks, rest    only of files that have any
    languages           as `Outcome.language`, of all files that are articles; of what broke, that of its last version
    racy                files modified so late that further changes may go unnoticed
    base                `started` of `scan.json` on disk, 0 if there is none
    changes             the files whose entries differ from that
    """

    key: str
    started: int
    signatures: dict[str, tuple[int, ...]] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    permalinks: dict[str, str] = field(default_factory=dict)
    rest: dict[str, Rest] = field(default_factory=dict)
    languages: dict[str, str] = field(default_factory=dict)
    racy: set[str] = field(default_factory=set)
    base: int = 0
    changes: set[str] = field(default_factory=set)

    def get(self, id: str) -> Entry | None:
        """Return the entry of a file, None if there is none."""
        if id not in self.digests:
            return None
        permalink, language = self.permalinks.get(id, ""), self.languages.get(id, "")
        return Entry(self.signatures[id], self.digests[id], permalink, self.rest.get(id, Rest()), language)

    def put(self, id: str, entry: Entry) -> None:
        """Set the entry of a file."""
        self.signatures[id], self.digests[id] = entry.signature, entry.digest
        self.permalinks.pop(id, None)
        self.rest.pop(id, None)
        self.racy.discard(id)
        if self.is_racy(entry.signature):
            self.racy.add(id)
        if entry.permalink:
            self.permalinks[id] = entry.permalink
        if entry.rest != Rest():
            self.rest[id] = entry.rest
        self.languages.pop(id, None)
        if entry.language:
            self.languages[id] = entry.language

    def drop(self, id: str) -> None:
        """Remove the entry of a file."""
        self.signatures.pop(id, None)
        self.digests.pop(id, None)
        self.permalinks.pop(id, None)
        self.rest.pop(id, None)
        self.languages.pop(id, None)
        self.racy.discard(id)

    def doubtful(self, sources: Sequence[SourceFile], known: Mapping[str, str]) -> list[SourceFile]:
        """Return the files that differ from their entry or from the index, or whose visibility may have changed.

        There may be 100,000 sources: the loops are in C, and if the files are those of the notes, in order, nothing is
        looked up.
        """
        ids = [source.id for source in sources]
        signatures = (source.signature for source in sources)
        noted: Iterable[object] = map(self.signatures.get, ids)
        if ids == list(self.signatures):
            noted = self.signatures.values()
        right = map(eq, noted, signatures)
        if self.digests != known:
            right = map(and_, right, map(eq, map(self.digests.get, ids), map(known.get, ids)))
        odd = self.racy | {id for id, rest in self.rest.items() if rest.hidden or rest.skipped or rest.until}
        return [source for source, plain in zip(sources, right, strict=True) if not plain or source.id in odd]

    def without(self, ids: Iterable[str], started: int) -> Scan:
        """Return the notes to begin the next scan with: a copy without the entries of these files."""
        scan = replace(
            self,
            started=started,
            signatures=dict(self.signatures),
            digests=dict(self.digests),
            permalinks=dict(self.permalinks),
            rest=dict(self.rest),
            languages=dict(self.languages),
            racy=set(self.racy),
            changes=set(self.changes),
        )
        for id in ids:
            scan.drop(id)
        scan.racy = {id for id in scan.racy if scan.is_racy(scan.signatures[id])}
        return scan

    def is_racy(self, signature: tuple[int, ...]) -> bool:
        """Whether an equal signature proves nothing, as the file was modified around the time of the scan."""
        _size, modified, changed, *_ = signature
        return max(modified, changed) >= self.started - RACY_NS

    @property
    def next_until(self) -> datetime | None:
        """The time at which the next article appears or disappears, None if there is none."""
        return min((rest.until for rest in self.rest.values() if rest.until), default=None)


def entry(source: SourceFile, outcome: Outcome) -> Entry:
    """Return the entry of a file that was just read."""
    permalink = outcome.article.permalink if outcome.article else ""
    skipped = outcome.article is None and not outcome.hidden
    rest = Rest(outcome.hidden, skipped, outcome.until, outcome.problems)
    return Entry(source.signature, outcome.digest, permalink, rest, outcome.language)


def load(index_dir: Path, key: str) -> Scan:
    """Load the notes stored with the same `key`; empty ones if there are none or they are damaged."""
    data = _read(index_dir / FILE_NAME, key)
    try:
        scan = Scan(key, int(data["started"]))
        _decode(scan, data)
        scan.base = scan.started
    except (KeyError, ValueError, TypeError, IndexError, AttributeError):
        return Scan(key, 0)
    try:
        changes = _read(index_dir / CHANGES, key)
        if changes["base"] == scan.base:
            fresh = Scan(key, int(changes["started"]))
            _decode(fresh, changes)
            gone = {str(id) for id in changes["gone"]}
            for id in gone:
                scan.drop(id)
            scan.started, scan.changes = fresh.started, gone | fresh.digests.keys()
            for id in fresh.digests:
                scan.put(id, fresh.get(id))  # type: ignore[arg-type] # it has each of these
            scan.racy = {str(id) for id in changes["racy"]} & scan.digests.keys()
    except (KeyError, ValueError, TypeError, IndexError, AttributeError):
        pass
    return scan


def store(index_dir: Path, scan: Scan) -> None:
    """Write the notes atomically. A failure is only logged: the next run reads more files."""
    data = {"format": FORMAT, "key": scan.key, "started": scan.started}
    few = scan.base and len(scan.changes) <= min(MAX_CHANGES, len(scan.digests) // 10)
    if few:
        there = [id for id in scan.changes if id in scan.digests]
        data |= {"base": scan.base, "gone": sorted(scan.changes.difference(there)), **_encode(scan, there)}
    else:
        data |= _encode(scan, sorted(scan.digests))
    path = index_dir / (CHANGES if few else FILE_NAME)
    temporary = path.with_name(f".{FILE_NAME}.{os.getpid()}")
    try:
        temporary.write_text(json.dumps(data, separators=(",", ":")), encoding="utf-8")
        temporary.replace(path)
        if not few:
            (index_dir / CHANGES).unlink(missing_ok=True)
    except OSError as error:
        _log.warning("%s: can't be written (%s); the next run will read every file again", path, error.strerror)
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def tidy(index_dir: Path) -> None:
    """Remove temporary files of runs that were killed while storing their notes."""
    with contextlib.suppress(OSError):
        for path in index_dir.glob(f".{FILE_NAME}.*"):
            path.unlink(missing_ok=True)


def _read(path: Path, key: str) -> dict[str, Any]:
    try:
        data = json.loads(path.read_bytes())
        return dict(data) if data["format"] == FORMAT and data["key"] == key else {}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}


def _encode(scan: Scan, ids: Iterable[str]) -> dict[str, Any]:
    rows = [
        (id, *scan.signatures[id], scan.digests[id], scan.permalinks.get(id, ""), scan.languages.get(id, ""))
        for id in ids
    ]
    columns = dict(zip(COLUMNS, map(list, zip(*rows, strict=True)), strict=True)) if rows else {}
    rest = {id: _plain(scan.rest[id]) for id, *_ in rows if id in scan.rest}
    return {"columns": columns, "rest": rest, "racy": sorted(scan.racy)}


def _plain(rest: Rest) -> list[Any]:
    until = rest.until.isoformat() if rest.until else None
    problems = [[p.line, p.reason, p.skipped, p.path, p.code, p.column, p.remedy] for p in rest.problems]
    return [rest.hidden, rest.skipped, until, problems]


def _decode(scan: Scan, data: Mapping[str, Any]) -> None:
    """Fill `scan` from its JSON form; raises the errors that `load` handles as damage."""
    columns = data["columns"]
    if columns:
        ids, *numbers, digests, permalinks, languages = (columns[name] for name in COLUMNS)
        texts = ids, digests, permalinks, languages
        if any(_types(column) - {str} for column in texts) or any(_types(column) - {int} for column in numbers):
            raise TypeError(columns)
        scan.signatures = dict(zip(ids, zip(*numbers, strict=True), strict=True))
        scan.digests = dict(zip(ids, digests, strict=True))
        scan.permalinks = {id: link for id, link in zip(ids, permalinks, strict=True) if link}
        scan.languages = {id: language for id, language in zip(ids, languages, strict=True) if language}
    scan.racy = {id for id in data["racy"] if id in scan.digests}
    scan.rest = {id: _rest(value) for id, value in data["rest"].items() if id in scan.digests}


def _types(column: list[Any]) -> set[type]:
    return set(map(type, column))


def _rest(value: list[Any]) -> Rest:
    hidden, skipped, until, problems = value
    moment = datetime.fromisoformat(until) if until is not None else None
    if not isinstance(hidden, str) or (moment is not None and moment.tzinfo is None):
        raise TypeError(value)
    found = tuple(
        Problem(str(path), _number(line), str(reason), bool(skipped), str(code), _number(column), str(remedy))
        for line, reason, skipped, path, code, column, remedy in problems
    )
    return Rest(hidden, bool(skipped), moment, found)


def _number(value: Any) -> int | None:
    return None if value is None else int(value)


def with_signature_of(entry: Entry, source: SourceFile) -> Entry:
    """Return the entry with the new signature of a file that was touched but not changed."""
    return entry._replace(signature=source.signature)

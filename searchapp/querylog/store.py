"""The file `queries.sqlite` in WAL mode, which several processes write while reports read it.

Both tables are ordered by their keys and have no row numbers, so that no order of arrival, and so no person, can be
inferred. Errors of SQLite are handled in `writer`.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

from searchapp.errors import SearchappError
from searchapp.querylog.entries import Click, Entry, Search
from searchapp.querylog.privacy import MAX_STORED, mask, stored_form

FILE_NAME = "queries.sqlite"
FORMAT = 1
"""`user_version` of the file."""
MAX_BYTES = 100_000_000
"""Size of the file beyond which the oldest rows are deleted. 200,000 searches take 14 MB."""
HARD_LIMIT = 1.2
"""Factor of a hard limit, enforced by SQLite, in case that somebody floods the search within the hour."""
BUSY_MS = 2_000
"""Milliseconds that a transaction waits for another process's; only the writer's thread does."""
DAY_HOURS = 24

_SCHEMA = f"""
CREATE TABLE searches (
    hour INTEGER NOT NULL, interface INTEGER NOT NULL, query TEXT NOT NULL, filters TEXT NOT NULL,
    outcome INTEGER NOT NULL, total INTEGER NOT NULL, count INTEGER NOT NULL,
    PRIMARY KEY (hour, interface, query, filters, outcome, total)
) WITHOUT ROWID;
CREATE TABLE clicks (
    hour INTEGER NOT NULL, interface INTEGER NOT NULL, query TEXT NOT NULL, article TEXT NOT NULL,
    rank INTEGER NOT NULL, count INTEGER NOT NULL,
    PRIMARY KEY (hour, interface, query, article, rank)
) WITHOUT ROWID;
PRAGMA user_version = {FORMAT};
"""
_ADD_SEARCH = """
INSERT INTO searches VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count
"""
_ADD_CLICK = """
INSERT INTO clicks VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count
"""

Row = tuple[int | str, ...]


class QueryLogError(SearchappError):
    """The file exists, but can't be read or written."""


class OtherFormatError(Exception):
    """The file was written by a newer version, and is left alone."""


class Store:
    """The file opened for writing. For one thread."""

    def __init__(self, folder: Path, max_bytes: int = MAX_BYTES) -> None:
        """Open the file of a folder; create both if missing. Raises OSError, sqlite3.Error, OtherFormatError."""
        self.path = folder / FILE_NAME
        self._max_bytes = max_bytes
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _locked(folder):
            _make_private(self.path)
            self._identity = _identity(self.path)
            self._db = sqlite3.connect(self.path, timeout=BUSY_MS / 1000, isolation_level=None, check_same_thread=False)
            try:
                self._prepare()
            except BaseException:
                self._db.close()
                raise

    def _prepare(self) -> None:
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        if version > FORMAT:
            raise OtherFormatError(f"{self.path} is of a newer version (format {version})")
        if version == 0:
            self._db.execute("PRAGMA auto_vacuum = INCREMENTAL")
        self._db.execute("PRAGMA journal_mode = WAL")
        # A power cut may lose the last seconds, but does not damage the file.
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.execute("PRAGMA journal_size_limit = 4000000")
        page = self._db.execute("PRAGMA page_size").fetchone()[0]
        self._db.execute(f"PRAGMA max_page_count = {int(self._max_bytes * HARD_LIMIT) // page}")
        if version == 0:
            with self._transaction():
                if self._db.execute("PRAGMA user_version").fetchone()[0] == 0:
                    for statement in filter(str.strip, _SCHEMA.split(";")):
                        self._db.execute(statement)

    @property
    def is_current(self) -> bool:
        """Whether the open file is still the one at its path: it may be deleted or replaced at any time."""
        return self._identity == _identity(self.path)

    def add(self, entries: Iterable[Entry]) -> None:
        """Write all entries in one transaction, or none. Raises sqlite3.Error."""
        searches, clicks = _rows(entries)
        with self._transaction():
            self._db.executemany(_ADD_SEARCH, [(*row, count) for row, count in searches.items()])
            self._db.executemany(_ADD_CLICK, [(*row, count) for row, count in clicks.items()])

    @property
    def is_large(self) -> bool:
        """Whether the file is over its size."""
        return self._size() > self._max_bytes

    def prune(self, now: int, days: int) -> None:
        """Delete rows older than so many days before the hour `now`, then the oldest until the size is met."""
        self._delete_before(now - days * DAY_HOURS)
        while self.is_large and (oldest := self._oldest()) is not None and oldest < now:
            # A twentieth of the span at once, so that this is not needed again tomorrow.
            self._delete_before(oldest + max(1, (now - oldest) // 20))
        self._db.executescript("PRAGMA incremental_vacuum")  # execute() stops after the first page

    def delete(self, query: str) -> int:
        """Delete a query, in its stored form, and its clicks; return the number of rows. They are overwritten."""
        self._db.execute("PRAGMA secure_delete = ON")
        with self._transaction():
            rows = sum(
                self._db.execute(f"DELETE FROM {table} WHERE query = ?", (query,)).rowcount  # noqa: S608 - ours
                for table in ("searches", "clicks")
            )
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return rows

    def _delete_before(self, hour: int) -> None:
        with self._transaction():
            for table in ("searches", "clicks"):
                self._db.execute(f"DELETE FROM {table} WHERE hour < ?", (hour,))  # noqa: S608 - names of ours

    def _size(self) -> int:
        """Bytes in use."""
        total, free, page = (
            self._db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
        )
        return int((total - free) * page)

    def _oldest(self) -> int | None:
        found = self._db.execute("SELECT min(hour) FROM (SELECT min(hour) AS hour FROM searches UNION ALL "
                                 "SELECT min(hour) FROM clicks)").fetchone()[0]  # fmt: skip
        return None if found is None else int(found)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")
            raise

    def close(self) -> None:
        """Close the file.

        SQLite then deletes the WAL by its name. If the file was deleted or replaced meanwhile, that WAL is the new
        file's, and in use: then the connection is leaked on purpose, which is a few kilobytes.
        """
        if not self.is_current:
            ctypes.pythonapi.Py_IncRef(
                ctypes.py_object(self._db)
            )  # or else it would be closed when nothing refers to it
            return
        with suppress(sqlite3.Error):
            self._db.close()


def forget(folder: Path, query: str) -> int:
    """Delete a query and its clicks; return the number of rows. Raises QueryLogError."""
    path = folder / FILE_NAME
    if not path.exists():
        return 0
    try:
        with closing(Store(folder)) as store:
            return store.delete(stored_form(query))
    except (sqlite3.Error, OSError, OtherFormatError) as error:
        raise QueryLogError(f"{path} can't be written ({error}); nothing was deleted") from error


def set_aside(folder: Path) -> Path | None:
    """Rename a damaged file and return its new path; None if another process has done so.

    The name has the date: at most one is kept of each day. Raises OSError.
    """
    path = folder / FILE_NAME
    with _locked(folder):
        if not _is_damaged(path):
            return None
        kept = folder / f"queries.damaged-{datetime.now(UTC):%Y-%m-%d}.sqlite"
        path.replace(kept)
        _forget_wal(path)
        return kept


def _forget_wal(path: Path) -> None:
    """Remove the WAL of a file that was deleted: SQLite would apply it to the next one."""
    for suffix in ("-wal", "-shm"):
        path.with_name(FILE_NAME + suffix).unlink(missing_ok=True)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Exclude other processes; the kernel releases the lock of one that dies."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _is_damaged(path: Path) -> bool:
    if not path.exists():
        return False
    db = sqlite3.connect(path, timeout=BUSY_MS / 1000, isolation_level=None)
    try:
        tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        found = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.OperationalError:  # locked, or the disk: another matter
        return False
    except sqlite3.DatabaseError:
        return True
    finally:
        db.close()
    return found != "ok" or not {"searches", "clicks"} <= tables


def _make_private(path: Path) -> None:
    """Restrict the file to its owner. SQLite's other files get the same permissions."""
    # An existing file is not opened: closing it would release the locks that SQLite holds in this process.
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))
        _forget_wal(path)
    if path.stat().st_mode & 0o077:
        path.chmod(0o600)


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _rows(entries: Iterable[Entry]) -> tuple[Counter[Row], Counter[Row]]:
    """The rows of entries with their counts."""
    searches: Counter[Row] = Counter()
    clicks: Counter[Row] = Counter()
    spelt: dict[str, str] = {}
    for entry in entries:
        query = spelt.get(entry.query)
        if query is None:
            query = spelt[entry.query] = stored_form(entry.query)
        if not query:
            continue
        match entry:
            case Search():
                filters = _filter_text(entry.filters) if entry.filters else ""
                searches[entry.hour, int(entry.interface), query, filters, int(entry.outcome), entry.total] += 1
            case Click():
                article = entry.article.encode("utf-8", "replace").decode()
                clicks[entry.hour, int(entry.interface), query, article, entry.rank] += 1
    return searches, clicks


def _filter_text(filters: tuple[tuple[str, str], ...]) -> str:
    found = urlencode([(name, mask(value)) for name, value in filters], errors="replace")
    return found if len(found) <= MAX_STORED else "…"

"""Access tokens of the editor's desk, made by the operator, and the sessions begun with them.

One SQLite file, `access.sqlite` in `desk_dir`, is shared by all workers and the command line. Tokens and sessions, 256
random bits each, are stored as SHA-256 only; a slow hash is for passwords, which can be guessed.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import sqlite3
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from searchapp.errors import AccessFileError, TooManyAttemptsError, UsageError

FILE_NAME = "access.sqlite"
SESSION_SECONDS = 30 * 86_400
WINDOW = 600.0
"""Seconds for which a wrong token counts against its client."""
ATTEMPTS = 10
"""Wrong tokens of one client within the window, after which all of its tokens are refused, right or wrong."""
ATTEMPTS_OF_ALL = 200
MAX_NAME = 64
MAX_SECRET = 200
"""Characters of a token or session; longer ones are refused without hashing."""
WAIT = 5.0
"""Seconds to wait for another process's write lock."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS tokens (name TEXT PRIMARY KEY, hash BLOB NOT NULL, created REAL NOT NULL, used REAL);
CREATE TABLE IF NOT EXISTS sessions (hash BLOB PRIMARY KEY, expires REAL NOT NULL,
    token TEXT NOT NULL REFERENCES tokens (name) ON DELETE CASCADE);
CREATE TABLE IF NOT EXISTS failures (client BLOB NOT NULL, at REAL NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class StoredToken:
    """A token's name, and when it was made and last used (UTC); the token itself is not stored."""

    name: str
    created: datetime
    used: datetime | None


class TokenStore:
    """The tokens and sessions in a `desk_dir`. Safe for threads and processes.

    Every method raises AccessFileError if the file exists but can't be used.
    """

    def __init__(self, desk_dir: Path) -> None:
        self._path = desk_dir / FILE_NAME

    def issue(self, name: str) -> str:
        """Create a token with this name and return it, this once. Raises UsageError for an invalid or taken name."""
        if not name.strip() or len(name) > MAX_NAME or not name.isprintable():
            raise UsageError(f"a token's name has 1 to {MAX_NAME} printable characters, not {name!r}")
        token = secrets.token_urlsafe(32)
        with self._open(create=True) as database:
            try:
                database.execute("INSERT INTO tokens VALUES (?, ?, ?, NULL)", (name, _hash(token), time.time()))
            except sqlite3.IntegrityError:
                raise UsageError(
                    f"there is a token named {name!r}; choose another name, or first: searchapp token --revoke {name!r}"
                ) from None
        return token

    def tokens(self) -> tuple[StoredToken, ...]:
        """Return all tokens, the oldest first."""
        if not self._path.exists():
            return ()
        with self._open() as database:
            rows = database.execute("SELECT name, created, used FROM tokens ORDER BY created, name").fetchall()
        return tuple(
            StoredToken(name, _moment(created), _moment(used) if used else None) for name, created, used in rows
        )

    def revoke(self, name: str) -> bool:
        """Delete a token and its sessions; return False if there is none with this name."""
        if not self._path.exists():
            return False
        with self._open() as database:
            return database.execute("DELETE FROM tokens WHERE name = ?", (name,)).rowcount > 0

    def log_in(self, token: str, client: str) -> str | None:
        """Return a new session for a valid token, None for a wrong one.

        client  the address whose failures are counted; its digest is stored for WINDOW

        Raises TooManyAttemptsError, for a valid token too, after ATTEMPTS wrong ones.
        """
        if not self._path.exists():
            return None
        now, who = time.time(), _hash(client)[:8]
        with self._open(write=True) as database:
            database.execute("DELETE FROM failures WHERE at < ? OR at > ?", (now - WINDOW, now + WINDOW))
            database.execute("DELETE FROM sessions WHERE expires < ?", (now,))
            failed, of_all, since = database.execute(
                "SELECT total(client = ?), count(*), coalesce(min(at), 0) FROM failures", (who,)
            ).fetchone()
            if failed >= ATTEMPTS or of_all >= ATTEMPTS_OF_ALL:
                raise TooManyAttemptsError(max(1, int(since + WINDOW - now) + 1))
            name = _matching(database, token)
            if name is None:
                database.execute("INSERT INTO failures VALUES (?, ?)", (who, now))
                return None
            session = secrets.token_urlsafe(32)
            database.execute("UPDATE tokens SET used = ? WHERE name = ?", (now, name))
            database.execute("INSERT INTO sessions VALUES (?, ?, ?)", (_hash(session), now + SESSION_SECONDS, name))
            return session

    def is_session(self, session: str) -> bool:
        """Whether this is a session that has not expired."""
        if not 0 < len(session) <= MAX_SECRET or not self._path.exists():
            return False
        query = "SELECT 1 FROM sessions WHERE hash = ? AND expires >= ?"
        with self._open() as database:
            return database.execute(query, (_hash(session), time.time())).fetchone() is not None

    def log_out(self, session: str) -> None:
        """Delete a session, if it is one."""
        if self.is_session(session):
            with self._open() as database:
                database.execute("DELETE FROM sessions WHERE hash = ?", (_hash(session),))

    @contextmanager
    def _open(self, *, create: bool = False, write: bool = False) -> Iterator[sqlite3.Connection]:
        """A transaction. `write` takes the write lock at once, so that what it reads does not change."""
        try:
            if create:
                _make(self._path)
            _refuse_unsafe(self._path)
            database = sqlite3.connect(self._path, timeout=WAIT, isolation_level=None)
            try:
                database.execute("PRAGMA foreign_keys = ON")
                if create:
                    database.executescript(_SCHEMA)
                database.execute("BEGIN IMMEDIATE" if write else "BEGIN")
                with database:
                    yield database
            finally:
                database.close()
        except (sqlite3.DatabaseError, OSError) as error:
            raise AccessFileError(
                f"{self._path}: can't be used ({error}); check its folder, or delete it and make new tokens"
            ) from error


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)


def _refuse_unsafe(path: Path) -> None:
    mode = path.stat().st_mode
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise AccessFileError(f"{path}: others may read or write it; make it yours alone: chmod 600 {path}")


def _matching(database: sqlite3.Connection, token: str) -> str | None:
    """The name of a token, None for a wrong one; takes the same time for both."""
    hashed = _hash(token[:MAX_SECRET])
    found = None
    for name, known in database.execute("SELECT name, hash FROM tokens"):
        if hmac.compare_digest(known, hashed):
            found = str(name)
    return found


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)

"""Who may open the editor's desk: tokens that the operator makes, and the sessions that they begin.

All of it is one SQLite file, `access.sqlite` in `desk_dir`, that every worker and the command line share. Nothing in it
lets anybody in: of tokens and sessions, which are 256 random bits each, only the SHA-256 is kept. A slow hash would
protect words that people choose, and is not needed for what nobody can guess.
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
"""Seconds that a wrong token counts against who sent it."""
ATTEMPTS = 10
"""Wrong tokens of one client within the window; then no token of theirs is looked at, right or wrong."""
ATTEMPTS_OF_ALL = 200
MAX_NAME = 64
MAX_SECRET = 200
"""Characters of what may be a token or a session; more is not even hashed."""
WAIT = 5.0
"""Seconds to wait for another process that writes."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS tokens (name TEXT PRIMARY KEY, hash BLOB NOT NULL, created REAL NOT NULL, used REAL);
CREATE TABLE IF NOT EXISTS sessions (hash BLOB PRIMARY KEY, expires REAL NOT NULL,
    token TEXT NOT NULL REFERENCES tokens (name) ON DELETE CASCADE);
CREATE TABLE IF NOT EXISTS failures (client BLOB NOT NULL, at REAL NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class StoredToken:
    """What is known of a token: its name, when it was made and last used (UTC); the token itself is not."""

    name: str
    created: datetime
    used: datetime | None


class TokenStore:
    """The tokens and sessions in a `desk_dir`. One value may be shared by threads and processes.

    Every method raises AccessFileError if the file is there and can't be used.
    """

    def __init__(self, desk_dir: Path) -> None:
        self._path = desk_dir / FILE_NAME

    def issue(self, name: str) -> str:
        """Makes a token of this name and returns it, for the only time. Raises UsageError for a name that is taken."""
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
        """All tokens, the oldest first."""
        if not self._path.exists():
            return ()
        with self._open() as database:
            rows = database.execute("SELECT name, created, used FROM tokens ORDER BY created, name").fetchall()
        return tuple(
            StoredToken(name, _moment(created), _moment(used) if used else None) for name, created, used in rows
        )

    def revoke(self, name: str) -> bool:
        """Ends a token and the sessions that it began; False if there is none of this name."""
        if not self._path.exists():
            return False
        with self._open() as database:
            return database.execute("DELETE FROM tokens WHERE name = ?", (name,)).rowcount > 0

    def log_in(self, token: str, client: str) -> str | None:
        """A new session for a right token, None for a wrong one.

        client  whose attempts are counted; its digest is kept for as long as they count

        Raises TooManyAttemptsError, for a right token too, after ATTEMPTS wrong ones.
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
        """Whether this is a session that has not ended."""
        if not 0 < len(session) <= MAX_SECRET or not self._path.exists():
            return False
        query = "SELECT 1 FROM sessions WHERE hash = ? AND expires >= ?"
        with self._open() as database:
            return database.execute(query, (_hash(session), time.time())).fetchone() is not None

    def log_out(self, session: str) -> None:
        """Ends a session, if it is one."""
        if self.is_session(session):
            with self._open() as database:
                database.execute("DELETE FROM sessions WHERE hash = ?", (_hash(session),))

    @contextmanager
    def _open(self, *, create: bool = False, write: bool = False) -> Iterator[sqlite3.Connection]:
        """A transaction. `write` takes the right to write at once, so that what is read stays true."""
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
    """The name of a token; takes as long for a wrong one as for a right one."""
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

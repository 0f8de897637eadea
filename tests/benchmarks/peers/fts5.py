"""SQLite FTS5 from the standard library: the count apart, the count in one pass, and facets by joins."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.peers.corpus import Record, Request
from tests.benchmarks.peers.measure import Answer, Search

_TABLES = """
    PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
    CREATE VIRTUAL TABLE words USING fts5(title, body, tokenize = 'porter unicode61', prefix = '3 4');
    INSERT INTO words(words, rank) VALUES ('rank', 'bm25(3.0, 1.0)');
    CREATE TABLE article(id INTEGER PRIMARY KEY, category TEXT);
    CREATE TABLE tag(id INTEGER, value TEXT);
"""
_INDEXES = """
    CREATE INDEX category ON article(category, id);
    CREATE INDEX tag_of ON tag(id, value);
    CREATE INDEX tagged ON tag(value, id);
    INSERT INTO words(words) VALUES ('optimize');
    ANALYZE;
"""


def build(articles: Iterator[Record], folder: Path) -> None:
    """One transaction; the index is merged into one segment."""
    database = sqlite3.connect(folder / "articles.db")
    database.executescript(_TABLES)
    for number, record in enumerate(articles):
        database.execute("INSERT INTO words(rowid, title, body) VALUES (?, ?, ?)", (number, record.title, record.body))
        database.execute("INSERT INTO article VALUES (?, ?)", (number, record.category))
        database.executemany("INSERT INTO tag VALUES (?, ?)", [(number, tag) for tag in record.tags])
    database.commit()
    database.executescript(_INDEXES)
    database.close()


def start(folder: Path, variant: str) -> Search:
    """The pages that a query needs stay in SQLite's cache, and the file is mapped."""
    database = sqlite3.connect(folder / "articles.db")
    database.execute("PRAGMA mmap_size = 4000000000")
    database.execute("PRAGMA cache_size = -200000")
    database.execute("PRAGMA temp_store = MEMORY")

    def search(request: Request) -> Answer:
        where, values = _condition(request)
        best = f"FROM words WHERE {where} ORDER BY rank LIMIT 10"
        if "over" in variant:
            rows = database.execute(f"SELECT rowid, count(*) OVER () {best}", values).fetchall()
            return Answer(tuple(row[0] for row in rows), rows[0][1] if rows else 0, None, None)
        top = tuple(row[0] for row in database.execute(f"SELECT rowid {best}", values))
        if "joins" not in variant:
            total = database.execute(f"SELECT count(*) FROM words WHERE {where}", values).fetchone()[0]
            return Answer(top, total, None, None)
        database.execute("DROP TABLE IF EXISTS temp.hit")
        database.execute(f"CREATE TEMP TABLE hit AS SELECT rowid AS id FROM words WHERE {where}", values)
        total = database.execute("SELECT count(*) FROM hit").fetchone()[0]
        counted = (
            dict(database.execute(f"SELECT {value}, count(*) FROM hit CROSS JOIN {table} USING (id) GROUP BY 1"))
            for table, value in (("article", "category"), ("tag", "value"))
        )
        return Answer(top, total, *counted)

    return search


def _condition(request: Request) -> tuple[str, list[str]]:
    quoted = f'"{" ".join(request.words)}"' if request.phrase else " ".join(f'"{word}"' for word in request.words)
    where, values = "words MATCH ?", [f"{quoted}*" if request.prefix else quoted]
    if request.category:
        where += " AND +rowid IN (SELECT id FROM article WHERE category = ?)"
        values.append(request.category)
    if request.tag:
        where += " AND +rowid IN (SELECT id FROM tag WHERE value = ?)"
        values.append(request.tag)
    return where, values

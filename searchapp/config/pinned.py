"""The `[[pinned]]` tables of a configuration: articles to rank first for a query."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from searchapp.config.toml_lines import located_tables
from searchapp.errors import ConfigError
from searchapp.model import Pinned

MAX_ARTICLES = 20
EXPECTED = '[[pinned]] tables in a file, each with query = "…" and articles = ["…"]'


def parse_pins(value: object, file: Path, text: str, line: int) -> tuple[Pinned, ...]:
    """Return the checked pins; arguments as for `located_tables`. Raises ConfigError, naming the table's line."""
    tables = located_tables("pinned", EXPECTED, value, file, text, line)
    return tuple(_pin(table, f"{file}:{place}", place) for table, place in tables)


def _pin(table: Any, place: str, line: int) -> Pinned:
    if not isinstance(table, dict):
        raise ConfigError(f"{place}: pinned must be {EXPECTED}, not {table!r}")
    for key in table:
        if key not in {"query", "articles"}:
            raise ConfigError(f"{place}: unknown key '{key}' in [[pinned]]; known are query, articles")
    query, articles = table.get("query"), table.get("articles")
    if not isinstance(query, str) or not query.strip():
        raise ConfigError(f'{place}: query in [[pinned]] must be the words of a query, such as query = "opening hours"')
    good = isinstance(articles, list) and all(isinstance(each, str) and each.strip() for each in articles)
    if not good or not 1 <= len(articles or ()) <= MAX_ARTICLES:
        raise ConfigError(
            f"{place}: articles in [[pinned]] must be a list of 1 to {MAX_ARTICLES} ids or addresses of articles, "
            'such as articles = ["posts/hours.md"]'
        )
    return Pinned(query, tuple(each.strip() for each in articles or ()), line)

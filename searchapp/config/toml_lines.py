"""Line numbers of tables and keys in a TOML text, for messages: the standard library has none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from searchapp.errors import ConfigError


def table_lines(name: str, text: str) -> list[int]:
    """Return the line numbers, from 1, of the headers `[[name]]`, ignoring those within multi-line strings."""
    header = re.compile(rf"""\s*\[\[\s*["']?{re.escape(name)}["']?\s*\]\]""")
    return list(_matching_lines(header, text))


def located_tables(name: str, expected: str, value: object, file: Path, text: str, line: int) -> list[tuple[Any, int]]:
    """Return the tables `[[name]]` with the numbers of their lines, from 1. Raises ConfigError if it is no list.

    value   the parsed value of the key
    text    the text of the file
    line    the line of the key, for tables that are written in another way
    """
    if not isinstance(value, list):
        raise ConfigError(f"{file}:{line}: {name} must be {expected}, not {value!r}")
    lines = table_lines(name, text)
    return list(zip(value, lines if len(lines) == len(value) else [line] * len(value), strict=True))


def key_line(key: str, text: str) -> int:
    """Return the first line, from 1, of a key or its table; 1 if there is none."""
    pattern = re.compile(rf"""\s*\[*\s*["']?{re.escape(key)}["']?\s*[\].=]""")
    return next(_matching_lines(pattern, text), 1)


def _matching_lines(pattern: re.Pattern[str], text: str) -> Iterator[int]:
    import tomllib  # here, since most runs have no file to read

    rows = text.split("\n")
    start = 0
    for number, row in enumerate(rows):
        if not pattern.match(row):
            continue
        try:
            tomllib.loads("\n".join(rows[start:number]))
        except tomllib.TOMLDecodeError:
            continue
        if row.lstrip().startswith("["):
            start = number  # what begins with a header is a document too: each row is parsed once
        yield number + 1

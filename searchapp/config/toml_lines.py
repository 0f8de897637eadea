"""Where the tables and keys of a TOML text stand, for messages: the standard library tells values only."""

from __future__ import annotations

import re
from collections.abc import Iterator


def table_lines(name: str, text: str) -> list[int]:
    """The lines of the headers `[[name]]`, and not of what looks like them within a text of several lines."""
    header = re.compile(rf"""\s*\[\[\s*["']?{re.escape(name)}["']?\s*\]\]""")
    return list(_outside_texts(header, text))


def key_line(key: str, text: str) -> int:
    """The line on which a key or its table stands first; 1 if it is nowhere."""
    pattern = re.compile(rf"""\s*\[*\s*["']?{re.escape(key)}["']?\s*[\].=]""")
    return next(_outside_texts(pattern, text), 1)


def _outside_texts(pattern: re.Pattern[str], text: str) -> Iterator[int]:
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

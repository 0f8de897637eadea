"""Splitting reStructuredText into its title, the fields below it, and the body."""

from __future__ import annotations

import re

from searchapp.articles.front_matter.loaders import Value
from searchapp.articles.front_matter.split import FrontMatter, canonical

_ADORNMENT = re.compile(r"([=\-~^\"'#*+`:._])\1{2,}[ \t]*\Z")
_FIELD = re.compile(r":([A-Za-z][\w -]*):[ \t]*(.*)")
_ROLE = re.compile(r":[\w:.-]+:`([^`<\n]*?)(?:[ ]*<[^>`\n]*>)?`")
_LINK = re.compile(r"`([^`<\n]+?)[ ]*<[^>`\n]*>`__?")
_MARKS = re.compile(r"``|\*\*|(?<!\w)[*`|]|[*`|]_{0,2}(?!\w)")


def split(text: str) -> FrontMatter:
    """Return the title and fields of a document as front matter, and the rest as the body."""
    lines = text.split("\n")
    at = next((n for n, row in enumerate(lines) if row.strip()), 0)
    data: dict[str, Value] = {}
    if _ADORNMENT.match(lines[at]) and at + 2 < len(lines) and _ADORNMENT.match(lines[at + 2]):
        at += 1
    if at + 1 < len(lines) and lines[at].strip() and _ADORNMENT.match(lines[at + 1]):
        data["title"] = _inline(lines[at].strip())
        at += 2
    start = at
    last = ""
    while at < len(lines):
        row = lines[at]
        if field := _FIELD.match(row):
            last = canonical(field[1])
            data[last] = field[2].strip()
        elif last and row[:1] in {" ", "\t"} and row.strip():
            data[last] = f"{data[last]} {row.strip()}"
        elif row.strip():
            break
        at += 1
    return FrontMatter("rst", data, "\n".join(lines[at:]), "\n".join(lines[start:at]), start + 1, at + 1)


def _inline(text: str) -> str:
    return _MARKS.sub("", _LINK.sub(r"\1", _ROLE.sub(r"\1", text)))

"""reStructuredText as Pelican's blogs use it: its fields and its prose, without running docutils."""

from __future__ import annotations

import html
import re

from searchapp.articles.front_matter.loaders import Value
from searchapp.articles.front_matter.split import FrontMatter, canonical

_ADORNMENT = re.compile(r"([=\-~^\"'#*+`:._])\1{2,}[ \t]*\Z")
_FIELD = re.compile(r":([A-Za-z][\w -]*):[ \t]*(.*)")
_CODE = re.compile(r"[ \t]*\.\. (?:code-block|code|sourcecode|highlight)::(.*)")
_PICTURE = re.compile(r"[ \t]*\.\. (?:image|figure)::")
_DIRECTIVE = re.compile(r"[ \t]*\.\. ")
_OPTION = re.compile(r"[ \t]*:(\w[\w-]*):[ \t]*(.*)")
_ROLE = re.compile(r":[\w:.-]+:`([^`<\n]*?)(?:[ ]*<[^>`\n]*>)?`")
_LINK = re.compile(r"`([^`<\n]+?)[ ]*<[^>`\n]*>`__?")
_MARKS = re.compile(r"``|\*\*|(?<!\w)[*`|]|[*`|]_{0,2}(?!\w)")


def split(text: str) -> FrontMatter:
    """The title and fields of a document, with the rest as its body."""
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


def render(body: str) -> str:
    """HTML of a body: headings, paragraphs and code; directives' options and comments are left out."""
    lines = body.split("\n")
    out: list[str] = []
    levels: list[str] = []
    at = 0
    while at < len(lines):
        row = lines[at]
        mark = _ADORNMENT.match(lines[at + 1]) if at + 1 < len(lines) and row.strip() else None
        if mark and not row.startswith((" ", "\t")) and not _ADORNMENT.match(row):
            if mark[1] not in levels:
                levels.append(mark[1])
            level = min(levels.index(mark[1]) + 2, 6)
            out.append(f"<h{level}>{_shown(row)}</h{level}>")
            at += 2
        elif _CODE.match(row):
            block, at = _block(lines, at)
            out.append(_code(block))
        elif _DIRECTIVE.match(row):
            block, at = _block(lines, at)
            out += _directive(row, block)
        elif row.strip() and not _ADORNMENT.match(row):
            at = _paragraph(lines, at, out)
        else:
            at += 1
    return "\n".join(out)


def _paragraph(lines: list[str], at: int, out: list[str]) -> int:
    start = at
    while at < len(lines) and lines[at].strip():
        at += 1
    text = "\n".join(lines[start:at]).rstrip()
    literal = text.endswith("::")
    out.append(f"<p>{_shown(text[:-1] if literal else text)}</p>")
    if literal:
        block, at = _block(lines, at - 1)
        out.append(_code(block))
    return at


def _block(lines: list[str], at: int) -> tuple[list[str], int]:
    """The lines below line `at` that are indented deeper than it, and where they end."""
    indent = len(lines[at]) - len(lines[at].lstrip())
    end = at + 1
    while end < len(lines) and (not lines[end].strip() or len(lines[end]) - len(lines[end].lstrip()) > indent):
        end += 1
    return lines[at + 1 : end], end


def _code(block: list[str]) -> str:
    rows = list(block)
    while rows and (not rows[0].strip() or _OPTION.match(rows[0])):
        rows.pop(0)
    indent = min((len(row) - len(row.lstrip()) for row in rows if row.strip()), default=0)
    text = "\n".join(row[indent:] for row in rows).rstrip()
    return f"<pre><code>{html.escape(text, quote=False)}\n</code></pre>"


def _directive(row: str, block: list[str]) -> list[str]:
    options = {match[1]: match[2] for line in block if (match := _OPTION.match(line))}
    prose = [line for line in block if line.strip() and not _OPTION.match(line)]
    shown = [options.get("alt", "")] if _PICTURE.match(row) else []
    if "::" in row:
        shown += [" ".join(line.strip() for line in prose)]
    return [f"<p>{_shown(text)}</p>" for text in shown if text]


def _inline(text: str) -> str:
    return _MARKS.sub("", _LINK.sub(r"\1", _ROLE.sub(r"\1", text)))


def _shown(text: str) -> str:
    return html.escape(_inline(text), quote=False)

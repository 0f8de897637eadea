"""Splitting a file's text into front matter (YAML, TOML, JSON or bare keys) and body."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from searchapp.articles.files.source import clean_text
from searchapp.articles.front_matter.loaders import (
    MAX_CHARS,
    FrontMatterError,
    LocatedMapping,
    TextJSON,
    TextTOML,
    TextYAML,
    Value,
)
from searchapp.model import Spot

_YAML, _TOML, _JSON = TextYAML(), TextTOML(), TextJSON()
_OPEN = re.compile(r"(---|\+\+\+|;;;)[ \t]*(json|toml|yaml|ya?ml|js|javascript)?[ \t]*$", re.M)
_YAML_CLOSE = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.M)
_TOML_CLOSE = re.compile(r"^\+\+\+[ \t]*$", re.M)
_HEXO_CLOSE = re.compile(r"^(---|;;;)[ \t]*$", re.M)
_BARE_KEY = re.compile(r"([A-Za-z][\w -]{0,40}?)[ \t]*:(?:[ \t]+|$)(.*)", re.M)
_KNOWN = frozenset(
    (
        "title date author authors category categories tag tags slug summary status modified lang template layout "
        "permalink description published updated comments url id keywords draft"
    ).split()
)


@dataclass(slots=True)
class FrontMatter:
    """The front matter of a text, and its body.

    format      "yaml", "toml", "json", "unopened" (YAML or JSON with only a closing fence), "bare" (keys and values
                without a fence), "rst" (of reStructuredText), "comments" (`.. key: value`) or "" for none
    data        canonical key (`canonical`) -> value as written
    raw         its text, in which `line_of` looks keys up
    body        the text after it
    body_line   the line at which the body starts
    warnings    (rule, position, message)
    """

    format: str
    data: dict[str, Value]
    body: str
    raw: str = ""
    raw_line: int = 1
    body_line: int = 1
    warnings: list[tuple[str, Spot, str]] = field(default_factory=list)

    def line_of(self, key: str) -> int | None:
        """Return the line of a canonical key; None if it is not in the text."""
        return self.spot_of(key).line

    def spot_of(self, key: str) -> Spot:
        """Return the position of a canonical key, its quotes included; an empty one if it is not in the text."""
        letters = r"[-_]?".join(map(re.escape, key))
        match = re.search(rf"""^([ \t{{,]*(?:\.\. )?)["']?{letters}["']?[ \t]*[:=]""", self.raw, re.M | re.I)
        if match is None:
            return Spot()
        return Spot(self.raw_line + self.raw.count("\n", 0, match.start()), len(match[1]) + 1)


def canonical(key: str) -> str:
    """Return the form by which keys compare: `redirect_from`, `redirectFrom` and `Redirect-From` are equal."""
    return key.strip().lower().replace("_", "").replace("-", "")


def split(text: str) -> FrontMatter:
    """Split a file's text. Raises FrontMatterError, with the line in the file."""
    start = len(text) - len(text.lstrip("\n \t")) if text[:1] in "\n \t" else 0
    opened = _OPEN.match(text, start)
    if opened:
        return _fenced(text, opened)
    if text.startswith("{", start) and re.match(r'\{\s*["}]', text[start : start + 200]):
        return _json(text, start)
    bare = _BARE_KEY.match(text, start)
    if bare and canonical(bare[1]) in _KNOWN:
        return _bare(text, start) or FrontMatter("", {}, text)
    return FrontMatter("", {}, text)


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def _fenced(text: str, opened: re.Match[str]) -> FrontMatter:
    fence, name = opened[1], (opened[2] or "").lower()
    start = opened.end() + 1
    line = _line(text, opened.start()) + 1
    if name in {"js", "javascript"}:
        raise FrontMatterError(line - 1, "front matter in JavaScript can't be read; write it as YAML or JSON")
    closing = _TOML_CLOSE if fence == "+++" else _HEXO_CLOSE if fence == ";;;" else _YAML_CLOSE
    closed = closing.search(text, start)
    if closed is None:
        return _unclosed(text, start, line, fence)
    raw = text[start : closed.start()]
    kind = "toml" if fence == "+++" or name == "toml" else "json" if fence == ";;;" or name == "json" else "yaml"
    value = _load(kind, raw, line)
    return _front_matter(kind, value, raw, line, text, closed.end() + 1)


def _load(kind: str, raw: str, line: int) -> Value:
    """Return the front matter's value; lines of errors are converted to those of the file."""
    handler = {"toml": _TOML, "json": _JSON}.get(kind, _YAML)
    if kind == "json" and not raw.lstrip().startswith("{"):
        raw = "{" + raw + "}"
    try:
        value: Value = handler.load(raw)
    except FrontMatterError as error:
        raise error.below(line) from error
    return _tidied(value) if "\\" in raw else value


def _tidied(value: Value) -> Value:
    """Return the value without control characters and lone surrogates from escapes."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, list):
        return [_tidied(item) for item in value]
    if isinstance(value, LocatedMapping):
        for key, item in value.items():
            value[key] = _tidied(item)
        return value
    return {clean_text(key): _tidied(item) for key, item in value.items()} if value is not None else None


def _front_matter(kind: str, value: Value, raw: str, line: int, text: str, end: int) -> FrontMatter:
    found = FrontMatter(kind, {}, text[end:].lstrip("\n"), raw, line)
    found.body_line = _line(text, len(text) - len(found.body))
    if isinstance(value, dict):
        found.data = _canonical_keys(value)
        if isinstance(value, LocatedMapping):
            found.warnings += [
                ("key-duplicate", Spot(line - 1 + n, column), f"'{key}' is given twice; the last one counts")
                for n, column, key in value.twice
            ]
    elif value is not None:
        shape = "a list" if isinstance(value, list) else "plain text"
        reason = f"front matter is {shape}, not keys and values; it is ignored"
        found.warnings.append(("front-matter-shape", Spot(line, 1), reason))
    return found


def _canonical_keys(value: Mapping[str, Value]) -> dict[str, Value]:
    data: dict[str, Value] = {}
    for key, item in value.items():
        data.setdefault(canonical(key), item)
    taxonomies = data.get("taxonomies")
    if isinstance(taxonomies, dict):
        for key, item in taxonomies.items():
            data.setdefault(canonical(key), item)
    return data


def _unclosed(text: str, start: int, line: int, fence: str) -> FrontMatter:
    """A first line `---` is a rule if no key follows; if one does, keys up to a blank line are taken."""
    blank = re.compile(r"^[ \t]*$", re.M).search(text, start)
    end = blank.start() if blank else len(text)
    keys = (canonical(match[1]) for match in _BARE_KEY.finditer(text, start, end))
    if fence == "---" and not _KNOWN.intersection(keys):
        return FrontMatter("", {}, text)
    reason = f"front matter is opened with {fence} and never closed"
    try:
        value = _load("toml" if fence == "+++" else "yaml", text[start:end], line)
    except FrontMatterError as error:
        raise FrontMatterError(line - 1, reason, code="front-matter-unclosed") from error
    if not isinstance(value, dict):
        raise FrontMatterError(line - 1, reason, code="front-matter-unclosed")
    found = _front_matter("toml" if fence == "+++" else "yaml", value, text[start:end], line, text, end)
    reason += "; the lines up to the first blank one are taken for it"
    found.warnings.append(("front-matter-unclosed", Spot(line - 1, 1), reason))
    return found


def _json(text: str, start: int) -> FrontMatter:
    line = _line(text, start)
    try:
        value, length = _JSON.load_start(text[start : start + MAX_CHARS * 2])
    except FrontMatterError as error:
        if not re.search(r'"(?:title|date)"\s*:', text[start : start + MAX_CHARS]):
            return FrontMatter("", {}, text)
        raise error.below(line) from error
    end = start + length
    if "\\" in text[start:end]:
        value = _tidied(value)
    closed = re.compile(r"\s*^(?:;;;|---)[ \t]*$", re.M).match(text, end)
    return _front_matter("json", value, text[start:end], line, text, closed.end() if closed else end)


def _bare(text: str, start: int) -> FrontMatter | None:
    """Keys without an opening fence: Hexo's, closed by `---`, or Pelican's, closed by a blank line."""
    line = _line(text, start)
    blank = re.compile(r"^[ \t]*$", re.M).search(text, start)
    first_blank = blank.start() if blank else len(text)
    closed = _HEXO_CLOSE.search(text, start)
    if closed and (closed.start() < first_blank or _bare_block(text[start : closed.start()])):
        raw = text[start : closed.start()]
        kind = "json" if closed[1] == ";;;" else "yaml"
        found = _front_matter(kind, _load(kind, raw, line), raw, line, text, closed.end() + 1)
        found.format = "unopened"
        return found if found.data else None
    raw = text[start:first_blank]
    data = _bare_keys(raw)
    if data is None:
        return None
    return _front_matter("bare", data, raw, line, text, first_blank)


def _bare_block(raw: str) -> bool:
    """Whether every line that is not indented, blank or a list item is a `key: value`."""
    return all(not row.strip() or row[0] in " \t-#" or _BARE_KEY.match(row) is not None for row in raw.split("\n"))


def _bare_keys(raw: str) -> dict[str, Value] | None:
    data: dict[str, Value] = {}
    last = ""
    for row in raw.split("\n"):
        if row[:1] in " \t" and last and row.strip():
            data[last] = f"{data[last]} {row.strip()}"
        elif match := _BARE_KEY.match(row):
            last = match[1].strip()
            data[last] = match[2].strip()
        elif row.strip():
            return None
    return data if any(canonical(key) in _KNOWN for key in data) and (len(data) > 1 or "Title" in data) else None

"""Parsing front matter to nested str, None, list and dict, with scalars as written.

python-frontmatter's handlers with loaders that keep scalars as text, so that a title `no`, `12:30` or
`0123` stays one. All of them raise FrontMatterError and nothing else.
"""

from __future__ import annotations

import json
import re
import tomllib
from datetime import date, datetime, time
from typing import Any

import yaml
from frontmatter.default_handlers import JSONHandler, TOMLHandler, YAMLHandler

Value = None | str | list["Value"] | dict[str, "Value"]

MAX_CHARS = 64 * 1024
MAX_DEPTH = 20
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class FrontMatterError(Exception):
    """Front matter that can't be used. `line` (within it) and `column` count from 1, 0 if unknown."""

    def __init__(self, line: int, reason: str, *, column: int = 0, code: str = "front-matter-invalid") -> None:
        super().__init__(reason)
        self.line = line
        self.column = column
        self.reason = reason
        self.code = code

    def below(self, line: int) -> FrontMatterError:
        """Return the same error with the line in a file in which the front matter starts at `line`."""
        moved = self.line + line - 1 if self.line else line
        return FrontMatterError(moved, self.reason, column=self.column, code=self.code)


class LocatedMapping(dict[str, Value]):
    """A mapping with the lines of its keys, and its duplicate keys as (line, column, key)."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[str, int] = {}
        self.twice: list[tuple[int, int, str]] = []


class LocatedList(list[Value]):
    """A list with the lines of its values."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[int] = []


class TextYAML(YAMLHandler):
    """YAML without types, anchors, aliases and merges."""

    def load(self, fm: str, **_options: object) -> Any:
        """Return the document's value. Raises FrontMatterError."""
        _check_size(fm)
        return load_yaml(fm)


class TextTOML(TOMLHandler):
    """TOML 1.0 with its values as text (dates as ISO 8601, booleans as true and false)."""

    def load(self, fm: str, **_options: object) -> Any:
        """Return the document's table. Raises FrontMatterError."""
        _check_size(fm)
        return load_toml(fm)


class TextJSON(JSONHandler):
    """JSON with numbers and booleans as text."""

    decoder = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)

    def load(self, fm: str, **_options: object) -> Any:
        """Return the document's value. Raises FrontMatterError."""
        value, end = self.load_start(fm)
        if fm[end:].strip():
            raise FrontMatterError(fm.count("\n", 0, end) + 1, "not valid JSON: extra text after the value")
        return value

    def load_start(self, text: str) -> tuple[Value, int]:
        """Return the value that the text starts with and its end. Raises FrontMatterError."""
        try:
            value, end = self.decoder.raw_decode(text)
            plain = _plain(value, 0)
        except json.JSONDecodeError as error:
            raise FrontMatterError(error.lineno, f"not valid JSON: {error.msg}", column=error.colno) from error
        except (ValueError, RecursionError) as error:
            raise FrontMatterError(0, f"not valid JSON: {_first_line(error)}") from error
        _check_size(text[:end])
        return plain, end


def load_yaml(text: str) -> Value:
    """Return the value of a YAML document of any size, of LocatedMapping and LocatedList. Raises FrontMatterError."""
    try:
        return _build(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        # The libyaml of PyYAML 6.0.4 gives up at a depth of its own, before we see the events.
        too_deep = "nesting depth" in problem
        said = f"nested more than {MAX_DEPTH} deep" if too_deep else f"not valid YAML: {problem}"
        raise FrontMatterError(line, said, column=column) from error
    except (ValueError, RecursionError) as error:
        raise FrontMatterError(0, f"not valid YAML: {_first_line(error)}") from error


def load_toml(text: str) -> Value:
    """Return the table of a TOML document of any size, with its values as text. Raises FrontMatterError."""
    try:
        return _plain(tomllib.loads(text, parse_float=str), 0)
    except (ValueError, RecursionError) as error:
        line, column = _toml_place(error, text)
        raise FrontMatterError(line, f"not valid TOML: {_first_line(error)}", column=column) from error


def _check_size(text: str) -> None:
    if len(text) > MAX_CHARS:
        raise FrontMatterError(1, f"front matter is {len(text):,} characters long; the limit is {MAX_CHARS:,}")


def _first_line(error: BaseException) -> str:
    if isinstance(error, RecursionError):
        return "nested too deeply"
    return (str(error).splitlines() or [type(error).__name__])[0][:200]


def _toml_place(error: BaseException, text: str) -> tuple[int, int]:
    if "(at end of document)" in str(error):
        return text.rstrip().count("\n") + 1, 0
    match = re.search(r"\(at line (\d+), column (\d+)\)\Z", str(error))
    return (int(match[1]), int(match[2])) if match else (0, 0)


def _plain(value: object, depth: int) -> Value:
    if depth > MAX_DEPTH:
        raise FrontMatterError(0, f"nested more than {MAX_DEPTH} deep")
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, list):
        return [_plain(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item, depth + 1) for key, item in value.items()}
    return str(value)


def _build(text: str) -> Value:
    """Build the value in one pass over libyaml's events: nothing is resolved, constructed or shared."""
    holders: list[LocatedList | LocatedMapping] = []
    keys: list[str | None] = []
    root = LocatedList()
    for event in yaml.parse(text, Loader=_LOADER):
        mark = event.start_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        _reject(event, line, column, len(holders))
        if isinstance(event, yaml.ScalarEvent):
            plain = not event.style and event.value in _NULLS
            _put(holders, keys, root, None if plain else event.value, line, column)
        elif isinstance(event, yaml.SequenceStartEvent | yaml.MappingStartEvent):
            fresh: LocatedList | LocatedMapping = (
                LocatedList() if isinstance(event, yaml.SequenceStartEvent) else LocatedMapping()
            )
            _put(holders, keys, root, fresh, line, column)
            holders.append(fresh)
            keys.append(None)
        elif isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
            holders.pop()
            keys.pop()
        elif isinstance(event, yaml.DocumentStartEvent) and root:
            break
    return root[0] if root else None


def _reject(event: yaml.Event, line: int, column: int, depth: int) -> None:
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
        reason = "YAML anchors and aliases (&name, *name) are not read; write the value out"
        raise FrontMatterError(line, reason, column=column)
    if depth > MAX_DEPTH:
        raise FrontMatterError(line, f"nested more than {MAX_DEPTH} deep", column=column)


def _put(
    holders: list[LocatedList | LocatedMapping],
    keys: list[str | None],
    root: LocatedList,
    value: Value,
    line: int,
    column: int,
) -> None:
    holder = holders[-1] if holders else root
    if isinstance(holder, LocatedList):
        holder.append(value)
        holder.lines.append(line)
        return
    key = keys[-1]
    if key is not None:
        holder[key] = value
        keys[-1] = None
        return
    if isinstance(value, list | dict):
        raise FrontMatterError(line, "a key must be a word, not a list or a mapping", column=column)
    if value == "<<":
        raise FrontMatterError(line, "YAML merges (<<) are not read; write the values out", column=column)
    name = "" if value is None else value
    if name in holder:
        holder.twice.append((line, column, name))
    holder.lines.setdefault(name, line)
    keys[-1] = name

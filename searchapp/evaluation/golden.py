"""Golden queries: a blog's own queries with the articles that each should find, in YAML or TOML.

    floor: {ndcg: 0.8, hit@3: 0.9}          the totals must reach these; optional
    queries:
      - query: personal trainer             in the query language, filters included
        expected: posts/trainer.md          or a list: ids, files' paths, permalinks, addresses
        acceptable: [/fitness/]             would do, too; optional
        tag: jobs                           also the other facets, after and before, as on the command line; optional

TOML has the same as `[floor]` and `[[queries]]`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import NoReturn

from searchapp.articles.front_matter.loaders import (
    FrontMatterError,
    LocatedList,
    LocatedMapping,
    Value,
    load_toml,
    load_yaml,
)
from searchapp.config.toml_lines import key_line, table_lines
from searchapp.errors import QuestionsError
from searchapp.evaluation.questions import ACCEPTABLE, EXPECTED, Judgement, Question, Questions
from searchapp.evaluation.verdict import MAX_CUTOFF
from searchapp.facets import BY_KEY, FACETS, Facet
from searchapp.model import Query
from searchapp.query import MAX_LENGTH, normalise, parse_date

MAX_BYTES = 4 * 2**20
ENDINGS = {".yaml": load_yaml, ".yml": load_yaml, ".toml": load_toml}
KEYS = ("query", "expected", "acceptable", *BY_KEY, "after", "before")
_FLOOR = re.compile(r"ndcg|mrr|hit(@(?P<cutoff>[1-9]\d{0,2}))?")
FLOOR_NAMES = "ndcg, mrr, hit (the deepest) or one depth such as hit@3"
_BLOCK = 'queries must be a list, each with query and expected: in TOML [[queries]] tables, in YAML "- query: …" items'


@dataclass(frozen=True)
class _File:
    """A parsed golden file and its text, in which lines are looked up for error messages."""

    path: Path
    text: str
    root: Value

    def fail(self, reason: str, key: str = "", number: int | None = None) -> NoReturn:
        """Raise QuestionsError at a key, of the query with that number (from 0) if one is given."""
        raise QuestionsError(self.path, self.line(key, number), reason)

    def line(self, key: str = "", number: int | None = None) -> int:
        """Return the line of a key, or of the query itself if it has no such key, from 1."""
        if self.path.suffix.lower() == ".toml":
            return self._line_in_toml(key, number)
        root, line = self.root, 1
        for step in (*(() if number is None else ("queries", number)), *((key,) if key else ())):
            match root, step:
                case LocatedMapping(), str() if step in root:
                    line, root = root.lines[step], root[step]
                case LocatedList(), int():
                    line, root = root.lines[step], root[step]
        return line

    @cached_property
    def _tables(self) -> list[int]:
        return table_lines("queries", self.text)

    def _line_in_toml(self, key: str, number: int | None) -> int:
        if number is None:
            return key_line(key, self.text)
        starts = self._tables
        if number >= len(starts):  # a list of inline tables
            return key_line("queries", self.text)
        rows = self.text.split("\n")[starts[number] - 1 : starts[number + 1] - 1 if number + 1 < len(starts) else None]
        return starts[number] - 1 + key_line(key or "queries", "\n".join(rows))


def read(path: Path) -> Questions:
    """Read the golden queries in a `.yaml`, `.yml` or `.toml` file. Raises QuestionsError, naming line and key."""
    file = _load(path)
    root = file.root
    if isinstance(root, list):
        raise QuestionsError(path, 1, f"write the list under a key: queries. {_BLOCK}")
    if not isinstance(root, dict):
        raise QuestionsError(path, 1, f"there are no queries. {_BLOCK}")
    _known(file, root, ("queries", "floor"))
    queries = root.get("queries")
    if not isinstance(queries, list) or not queries:
        file.fail(_BLOCK, "queries")
    questions = tuple(_question(file, number, table) for number, table in enumerate(queries))
    return Questions(str(path), questions, _floor(file, root.get("floor")))


def _load(path: Path) -> _File:
    load = ENDINGS.get(path.suffix.lower())
    if load is None:
        raise QuestionsError(path, None, "is not read; write golden queries as .yaml or .toml")
    try:
        data = path.read_bytes()[: MAX_BYTES + 1]
    except OSError as error:
        raise QuestionsError(path, None, f"can't be read ({error.strerror}); check the path") from error
    if len(data) > MAX_BYTES:
        raise QuestionsError(path, None, f"is larger than {MAX_BYTES // 2**20} MB; golden queries are written by hand")
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise QuestionsError(path, data[: error.start].count(b"\n") + 1, "is not UTF-8; save it as such") from error
    try:
        return _File(path, text, load(text))
    except FrontMatterError as error:
        raise QuestionsError(path, error.line or None, error.reason) from error


def _known(file: _File, table: dict[str, Value], keys: Iterable[str], number: int | None = None) -> None:
    for key in table:
        if key not in keys:
            file.fail(f"unknown key '{key}'; known are {', '.join(keys)}", key, number)
    if isinstance(table, LocatedMapping) and table.twice:
        line, _, key = table.twice[0]
        raise QuestionsError(file.path, line, f"the key '{key}' is there twice; keep one")


def _question(file: _File, number: int, table: Value) -> Question:
    if not isinstance(table, dict):
        file.fail(f"a query must have the keys query and expected, not be {_shown(table)}", number=number)
    _known(file, table, KEYS, number)
    text = table.get("query")
    if not isinstance(text, str) or not normalise(text):
        file.fail('query must be what a reader types, such as query: "opening hours"', "query", number)
    judgements = [
        Judgement(name, grade, line)
        for key, grade in (("expected", EXPECTED), ("acceptable", ACCEPTABLE))
        for name, line in _names(file, number, table, key)
    ]
    if not any(judgement.grade == EXPECTED for judgement in judgements):
        file.fail(
            "expected must name at least one article that the query is to find, by id, file or address", "", number
        )
    return Question(_query(file, number, table, text), tuple(judgements), line=file.line("", number))


def _names(file: _File, number: int, table: dict[str, Value], key: str) -> Iterable[tuple[str, int]]:
    """The articles under a key as they are written, and their lines."""
    names = _texts(file, table, key, number, "ids, files or addresses of articles, such as posts/hours.md")
    value = table.get(key)
    lines = value.lines if isinstance(value, LocatedList) else [file.line(key, number)] * len(names)
    return zip(names, lines, strict=True)


def _query(file: _File, number: int, table: dict[str, Value], text: str) -> Query:
    def values(facet: Facet) -> Iterable[tuple[str, str]]:
        for text in _texts(file, table, facet.key, number, "text or a list of texts"):
            if not facet.allows(text):
                file.fail(f"{facet.key} must be such as {facet.example}, not {_shown(text)}", facet.key, number)
            yield facet.key, text

    def day(key: str) -> date | None:
        written = table.get(key)
        if written is None:
            return None
        found = parse_date(written) if isinstance(written, str) else None
        return found or file.fail(f"{key} must be 2024, 2024-03 or 2024-03-09, not {_shown(written)}", key, number)

    filters = tuple(pair for facet in FACETS for pair in values(facet))
    return Query(text, filters, day("after"), day("before"))


def _texts(file: _File, table: dict[str, Value], key: str, number: int, meant: str) -> list[str]:
    value = table.get(key)
    if value is None:
        return []
    found = value if isinstance(value, list) else [value]
    texts = [each.strip() for each in found if isinstance(each, str) and each.strip()]
    if (long := next((text for text in texts if len(text) > MAX_LENGTH), None)) is not None:
        file.fail(f"{key} has {len(long):,} characters; at most {MAX_LENGTH:,} are read: {long[:40]}…", key, number)
    if len(texts) != len(found):
        wrong = next(each for each in found if not isinstance(each, str) or not each.strip())
        file.fail(f"{key} must be {meant}, not {_shown(wrong)}", key, number)
    return texts


def _floor(file: _File, table: Value) -> dict[str, float]:
    if table is None:
        return {}
    if not isinstance(table, dict):
        file.fail(f"floor must hold {FLOOR_NAMES}, each from 0 to 1", "floor")
    return dict(floor(name, str(value), lambda reason: file.fail(reason, "floor")) for name, value in table.items())


def floor(name: str, value: str, fail: Callable[[str], NoReturn]) -> tuple[str, float]:
    """Return the name of a measure and its minimum; calls `fail` with the reason if either is invalid."""
    match = _FLOOR.fullmatch(name)
    if match is None or int(match["cutoff"] or 1) > MAX_CUTOFF:
        fail(f"unknown figure '{name}' in floor; known are {FLOOR_NAMES}, at most hit@{MAX_CUTOFF}")
    try:
        least = float(value)
    except ValueError:
        least = -1.0
    if not 0 <= least <= 1:
        fail(f"floor of {name} must be a number from 0 to 1, not {value}")
    return name, least


def _shown(value: Value) -> str:
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    return "empty" if value is None or not value.strip() else f"'{value}'"

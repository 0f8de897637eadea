"""The `[[synonyms]]` tables of a configuration."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from searchapp.config.toml_lines import located_tables
from searchapp.errors import ConfigError
from searchapp.model import SynonymSet

MAX_WORDS = 20
"""Words and phrases of one list, at most."""
MAX_TOTAL = 500
"""Words and phrases of all tables together, at most."""
PHRASE_WORDS = 5
"""Words of a phrase, at most."""
MAX_CHARS = 100
EXPECTED = '[[synonyms]] tables in a file, each with words = ["…", "…"], or with from = ["…"] and to = ["…"]'
_EXAMPLES = {"words": '["k8s", "kubernetes"]', "from": '["js"]', "to": '["javascript"]'}


def parse_synonyms(value: object, file: Path, text: str, line: int) -> tuple[SynonymSet, ...]:
    """Return the checked synonyms; arguments as for `located_tables`. Raises ConfigError, naming the table's line."""
    tables = located_tables("synonyms", EXPECTED, value, file, text, line)
    found = tuple(_set(table, f"{file}:{place}", place) for table, place in tables)
    count = 0
    for each in found:
        count += len(each.words) + len(each.to)
        if count > MAX_TOTAL:
            raise ConfigError(
                f"{file}:{each.line}: synonyms may have {MAX_TOTAL} words and phrases in all; remove some"
            )
    return found


def _set(table: Any, place: str, line: int) -> SynonymSet:
    if not isinstance(table, dict):
        raise ConfigError(f"{place}: synonyms must be {EXPECTED}, not {table!r}")
    for key in table:
        if key not in _EXAMPLES:
            raise ConfigError(f"{place}: unknown key '{key}' in [[synonyms]]; known are {', '.join(_EXAMPLES)}")
    if set(table) not in ({"words"}, {"from", "to"}):
        raise ConfigError(f"{place}: [[synonyms]] must have either words, or from and to")
    if "words" in table:
        return SynonymSet(_words(table["words"], "words", place, 2), line=line)
    return SynonymSet(_words(table["from"], "from", place, 1), _words(table["to"], "to", place, 1), line)


def _words(value: object, key: str, place: str, least: int) -> tuple[str, ...]:
    texts = [" ".join(each.split()) for each in value if isinstance(each, str)] if isinstance(value, list) else []
    if not isinstance(value, list) or len(texts) < len(value) or not least <= len(texts) <= MAX_WORDS:
        expected = f"a list of {least} to {MAX_WORDS} words or phrases, such as {key} = {_EXAMPLES[key]}"
        raise ConfigError(f"{place}: {key} in [[synonyms]] must be {expected}")
    wrong = _wrong(texts)
    if wrong is not None:
        raise ConfigError(
            f"{place}: {key} in [[synonyms]] has {wrong!r}; write a word, or a phrase of up to {PHRASE_WORDS} words "
            f"and {MAX_CHARS} characters, without quotes"
        )
    if len({text.casefold() for text in texts}) < len(texts):
        raise ConfigError(f"{place}: {key} in [[synonyms]] has the same word twice; keep one")
    return tuple(texts)


def _wrong(texts: Sequence[str]) -> str | None:
    """The first text that is neither a word nor a phrase."""
    for text in texts:
        if not any(map(str.isalnum, text)) or len(text.split()) > PHRASE_WORDS or len(text) > MAX_CHARS or '"' in text:
            return text
    return None

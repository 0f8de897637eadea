"""TOML tables to paste into `searchapp.toml`, whatever characters readers have typed."""

from __future__ import annotations

from collections.abc import Sequence


def pin(query: str, articles: Sequence[str]) -> str:
    """Return a `[[pinned]]` table that ranks these articles, by id, first for a query."""
    return f"[[pinned]]\nquery = {quoted(query)}\narticles = [{', '.join(map(quoted, articles))}]\n"


def synonym(words: Sequence[str]) -> str:
    """Return a `[[synonyms]]` table of these words."""
    return f"[[synonyms]]\nwords = [{', '.join(map(quoted, words))}]\n"


def quoted(text: str) -> str:
    """Return a basic string of TOML 1.0, with quotes, backslashes and all invisible characters escaped."""
    return f'"{"".join(map(_escaped, text))}"'


_SHORT = {'"': '\\"', "\\": "\\\\"}


def _escaped(character: str) -> str:
    if character in _SHORT:
        return _SHORT[character]
    if "\ud800" <= character <= "\udfff":
        return "\\uFFFD"
    # Invisible and bidirectional control characters would deceive whoever pastes it.
    if character == " " or character.isprintable():
        return character
    return f"\\u{ord(character):04X}" if ord(character) < 0x10000 else f"\\U{ord(character):08X}"

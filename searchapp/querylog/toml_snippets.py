"""What to paste into `searchapp.toml`: texts that mean themselves whatever readers have typed."""

from __future__ import annotations

from collections.abc import Sequence


def pin(query: str, articles: Sequence[str]) -> str:
    """A `[[pinned]]` table: these articles, by id, come first for this query."""
    return f"[[pinned]]\nquery = {quoted(query)}\narticles = [{', '.join(map(quoted, articles))}]\n"


def synonym(words: Sequence[str]) -> str:
    """A `[[synonyms]]` table: who seeks one of these words finds the others too."""
    return f"[[synonyms]]\nwords = [{', '.join(map(quoted, words))}]\n"


def quoted(text: str) -> str:
    """A basic string of TOML 1.0: in quotes, with quotes, backslashes and all that is invisible escaped."""
    return f'"{"".join(map(_escaped, text))}"'


_SHORT = {'"': '\\"', "\\": "\\\\"}


def _escaped(character: str) -> str:
    if character in _SHORT:
        return _SHORT[character]
    if "\ud800" <= character <= "\udfff":
        return "\\uFFFD"
    # What has no shape, or turns the writing round, would hide from who pastes it.
    if character == " " or character.isprintable():
        return character
    return f"\\u{ord(character):04X}" if ord(character) < 0x10000 else f"\\U{ord(character):08X}"

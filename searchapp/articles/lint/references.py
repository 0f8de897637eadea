"""Rules on reference links and footnotes, `[words][name]` and `[^1]`, which need a definition."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from searchapp.articles.lint.masking import CODE, VALUE
from searchapp.articles.lint.page import Flaw, LintedFile

CODES = frozenset({"reference-undefined", "reference-unused", "footnote-undefined", "footnote-unused"})

_DEFINITION = re.compile(r"^[ \t>]*\[(?!\^)(?P<name>[^\[\]\n]{1,300})\]:[ \t]*\n?[ \t]*<?\S", re.M)
_REFERENCE = re.compile(r"(?<![\w\]\\])!?\[(?P<text>[^\[\]\n]{1,300})\][ ]?\[(?P<name>[^\[\]\n]{0,300})\](?![\[(:])")
_SHORTCUT = re.compile(r"\[([^\[\]]{1,300})\]")
_NOTE = re.compile(r"(?P<start>^[ \t>]*)?\[\^(?P<name>[^\[\]\s]{1,100})\](?P<colon>:)?", re.M)
_PLAIN = re.compile(r"[\d\s,.;:+*/-]*")
_CLASS = re.compile(r"\^?(?:\w-\w)+\W?")
"""The content of a character class in a regular expression."""


def find(page: LintedFile) -> Iterator[Flaw]:
    """Yield references without a definition, and definitions without a reference."""
    if not page.is_markdown or "[" not in page.prose:
        return
    # Names may contain code: they are taken from the unmasked text.
    defined = {_key(page.body[m.start("name") : m.end("name")]): m for m in _DEFINITION.finditer(page.prose)}
    if "][" in page.prose or "] [" in page.prose:
        yield from _references(page, defined.keys())
    if defined:
        yield from _unused(page, defined)
    if "[^" in page.prose:
        yield from _footnotes(page)


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()


def _references(page: LintedFile, defined: Collection[str]) -> Iterator[Flaw]:
    for match in _REFERENCE.finditer(page.prose):
        start, end = match.span("name") if match["name"] else match.span("text")
        name = page.body[start:end]
        if (
            match["name"][:1] == "^"
            or VALUE in match["name"]
            or _PLAIN.fullmatch(match["text"])
            or _CLASS.fullmatch(name)
        ):
            continue
        spaced = "] [" in match[0]
        if _key(name) in defined or (spaced and (not match["name"] or _key(match["text"]) in defined)):
            continue
        if spaced and CODE not in match["name"] and not defined:
            continue  # two texts in brackets, not a link
        yield Flaw(
            "reference-undefined", match.start(), f"nothing says where [{name[:60]}] leads: readers see brackets"
        )


def _unused(page: LintedFile, defined: dict[str, re.Match[str]]) -> Iterator[Flaw]:
    named = {_key(match[1]) for match in _SHORTCUT.finditer(_DEFINITION.sub(" ", page.body))}
    for key, match in defined.items():
        if key not in named and not key.startswith(("//", "comment")) and key not in {"toc", "_"}:
            yield Flaw("reference-unused", match.start("name") - 1, f"nothing refers to [{key[:60]}]")


def _footnotes(page: LintedFile) -> Iterator[Flaw]:
    notes = list(_NOTE.finditer(page.prose))
    defining = [match for match in notes if match["colon"] and match["start"] is not None]
    defined = {match["name"].casefold(): match for match in reversed(defining)}
    named = {match["name"].casefold() for match in notes if not (match["colon"] and match["start"] is not None)}
    for match in notes:
        # Without any footnote, this is rather a piece of a regular expression.
        if match["name"].casefold() not in defined and (defined or match["name"].isdigit()):
            yield Flaw("footnote-undefined", match.start("name") - 2, f"there is no footnote [^{match['name'][:60]}]")
    for name, match in defined.items():
        if name not in named:
            yield Flaw(
                "footnote-unused",
                match.start("name") - 2,
                f"nothing refers to this footnote: nobody sees [^{name[:60]}]",
            )

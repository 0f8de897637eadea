"""The input of lint rules: one file's text with and without code, its front matter, and positions in it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from searchapp.articles.file_facts import FileFacts
from searchapp.articles.files.source import decoded, unix_newlines
from searchapp.articles.lint.masking import MaskedBody, mask
from searchapp.model import Article, Spot


class Flaw(NamedTuple):
    """A violation of a rule: its code, position (an offset in the body, or a spot), reason, and specific remedy."""

    code: str
    where: int | Spot
    reason: str
    remedy: str = ""


@dataclass(frozen=True)
class LintedFile:
    """One file; `article` is None if it is not visible."""

    facts: FileFacts
    data: bytes
    article: Article | None = None

    @property
    def body(self) -> str:
        """The text after the front matter, to which the offsets of flaws refer."""
        return self.facts.front.body

    @property
    def is_markdown(self) -> bool:
        """Whether the file is neither reStructuredText nor HTML."""
        return self.facts.place.ending not in {".rst", ".html", ".htm"}

    @property
    def is_post(self) -> bool:
        """Whether it is an article of the blog by its path, and not a page such as the imprint."""
        place = self.facts.place
        return place.collection == "posts" or place.day is not None or not _OF_POSTS.isdisjoint(place.folders)

    @property
    def runs_liquid(self) -> bool:
        """Whether a generator is known to process Liquid in this file."""
        sure = bool(self.facts.site.generator) or self.facts.place.collection == "posts"
        return sure and self.facts.generator.templates == "liquid"

    @cached_property
    def masked(self) -> MaskedBody:
        """The body with code masked."""
        if self.facts.place.ending == ".rst":
            return MaskedBody(self.body, self.body)
        return mask(self.body)

    @property
    def prose(self) -> str:
        """The body with code, Liquid and shortcodes masked."""
        return self.masked.prose

    @cached_property
    def raw(self) -> str:
        """The file's text with normalised line breaks, including control characters."""
        return unix_newlines(decoded(self.data)[0])

    def at(self, offset: int) -> Spot:
        """Return the position in the file of an offset in the body."""
        return self.spot(len(self.facts.text) - len(self.body) + offset)

    def front_at(self, offset: int) -> Spot:
        """Return the position in the file of an offset in the front matter's raw text."""
        front = self.facts.front
        return Spot(front.raw_line + front.raw.count("\n", 0, offset), offset - front.raw.rfind("\n", 0, offset))

    def spot(self, offset: int) -> Spot:
        """Return the position in the file of an offset in `text`."""
        return self.raw_spot(offset + bisect_right(self._removed, offset))

    def raw_spot(self, offset: int) -> Spot:
        """Return the position in the file of an offset in `raw`."""
        line = bisect_right(self._breaks, offset - 1)
        return Spot(line + 1, offset - (self._breaks[line - 1] if line else -1))

    @cached_property
    def _breaks(self) -> list[int]:
        """Offsets of the line breaks in `raw`."""
        return [match.start() for match in re.finditer("\n", self.raw)]

    @cached_property
    def _removed(self) -> list[int]:
        """For each character removed from `raw` its offset in `text`, ascending."""
        raw, text = self.raw, self.facts.text
        if len(raw) == len(text):
            return []
        removed: list[int] = []
        at = 0
        for offset, character in enumerate(raw):
            if at < len(text) and (text[at] == character or (text[at] == "\n" and character in _BREAKS)):
                at += 1
            else:
                removed.append(offset - len(removed))
        return removed


_OF_POSTS = frozenset({"post", "posts", "blog", "articles", "news"})
_BREAKS = "\u2028\u2029\x85"
Check = Callable[[LintedFile], Iterator[Flaw]]
"""Looks for what breaks one rule, or a few that are found together."""

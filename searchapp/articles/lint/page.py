"""One file as rules look at it: its text with and without code, its front matter, and where in the file all that is."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from searchapp.articles.file_facts import FileFacts
from searchapp.articles.files.path_info import Place
from searchapp.articles.files.source import decoded, unified
from searchapp.articles.front_matter.split import FrontMatter
from searchapp.articles.generators.generator import Generator
from searchapp.articles.lint.masking import Masked, mask
from searchapp.articles.site import Site
from searchapp.model import Article, Spot


class Flaw(NamedTuple):
    """A rule that is broken: its code, where (an offset in the body, or a spot), why, and what to do about this one."""

    code: str
    where: int | Spot
    reason: str
    remedy: str = ""


@dataclass(frozen=True)
class Page:
    """What reading one file gave on the way to its article; `article` is None if it is not shown yet."""

    facts: FileFacts
    data: bytes
    article: Article | None = None

    @property
    def id(self) -> str:
        """As in `Article`."""
        return self.facts.id

    @property
    def text(self) -> str:
        """What the file holds, with plain newlines and without control characters."""
        return self.facts.text

    @property
    def front(self) -> FrontMatter:
        """Its front matter; empty if that can't be read."""
        return self.facts.front

    @property
    def place(self) -> Place:
        """What its name and folders say."""
        return self.facts.place

    @property
    def site(self) -> Site:
        """The blog."""
        return self.facts.site

    @property
    def generator(self) -> Generator:
        """Whose conventions it follows."""
        return self.facts.generator

    @property
    def date(self) -> datetime | None:
        """When it was or will be published."""
        return self.facts.date

    @property
    def body(self) -> str:
        """The text after the front matter; offsets of flaws count in it."""
        return self.front.body

    @property
    def is_markdown(self) -> bool:
        """True unless the file is reStructuredText or HTML."""
        return self.place.ending not in {".rst", ".html", ".htm"}

    @property
    def is_post(self) -> bool:
        """True for an article of the blog, as far as its place tells; False for a page such as the imprint."""
        return (
            self.place.collection == "posts"
            or self.place.day is not None
            or not _OF_POSTS.isdisjoint(self.place.folders)
        )

    @property
    def runs_liquid(self) -> bool:
        """True if there is no doubt that Jekyll makes this page, and runs Liquid over it."""
        sure = bool(self.site.generator) or self.place.collection == "posts"
        return sure and self.generator.templates == "liquid"

    @cached_property
    def masked(self) -> Masked:
        """The body without code."""
        if self.place.ending == ".rst":
            return Masked(self.body, self.body)
        return mask(self.body)

    @property
    def prose(self) -> str:
        """The body with fillers for code, Liquid and shortcodes."""
        return self.masked.prose

    @cached_property
    def raw(self) -> str:
        """The file's text with plain newlines, its control characters still there."""
        return unified(decoded(self.data)[0])

    def at(self, offset: int) -> Spot:
        """Where an offset of the body is in the file."""
        return self.spot(len(self.text) - len(self.body) + offset)

    def front_at(self, offset: int) -> Spot:
        """Where an offset of the front matter's own text is in the file."""
        line = self.front.raw.count("\n", 0, offset)
        return Spot(self.front.raw_line + line, offset - self.front.raw.rfind("\n", 0, offset))

    def spot(self, offset: int) -> Spot:
        """Where an offset of the text is in the file, as an editor counts."""
        return self.raw_spot(offset + bisect_right(self._removed, offset))

    def raw_spot(self, offset: int) -> Spot:
        """Where an offset of `raw` is in the file."""
        line = bisect_right(self._breaks, offset - 1)
        return Spot(line + 1, offset - (self._breaks[line - 1] if line else -1))

    @cached_property
    def _breaks(self) -> list[int]:
        """Offsets of the newlines, as an editor counts lines."""
        return [match.start() for match in re.finditer("\n", self.raw)]

    @cached_property
    def _removed(self) -> list[int]:
        """For each character that was taken out of the text: the offset in the text at which it stood."""
        raw = self.raw
        if len(raw) == len(self.text):
            return []
        removed: list[int] = []
        at = 0
        for offset, character in enumerate(raw):
            if at < len(self.text) and (self.text[at] == character or (self.text[at] == "\n" and character in _BREAKS)):
                at += 1
            else:
                removed.append(offset - len(removed))
        return removed


_OF_POSTS = frozenset({"post", "posts", "blog", "articles", "news"})
_BREAKS = "\u2028\u2029\x85"
Check = Callable[[Page], Iterator[Flaw]]
"""Looks for what breaks one rule, or a few that are found together."""

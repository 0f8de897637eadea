"""What is known of one file so far; `steps` fills it in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from searchapp.articles.files.path_info import PathInfo
from searchapp.articles.front_matter.split import FrontMatter
from searchapp.articles.generators.generator import Generator
from searchapp.articles.generators.jekyll import UNKNOWN
from searchapp.articles.site import Site
from searchapp.model import Problem, Spot


@dataclass(slots=True)
class FileFacts:
    """One file on the way to its article.

    place, text     are known from the start
    beside          the texts of files beside it that hold its metadata, in the order in which they count
    front           nothing but a body until the text is split
    generator       whose conventions it follows
    date            None if it has none, or while that is not asked yet
    hidden, until   as in `Outcome`
    categories, tags, permalink, aliases    as in `Article`
    problems        as they are found
    """

    site: Site
    id: str
    place: PathInfo
    text: str
    front: FrontMatter
    beside: tuple[str, ...] = ()
    generator: Generator = UNKNOWN
    date: datetime | None = None
    hidden: str = ""
    until: datetime | None = None
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    permalink: str = ""
    aliases: tuple[str, ...] = ()
    problems: list[Problem] = field(default_factory=list)

    def warn(self, code: str, spot: Spot, reason: str) -> None:
        """Adds what a reader of the report should know; the file is used all the same."""
        self.problems.append(Problem(self.id, spot.line, reason, code=code, column=spot.column))

"""The state of reading one file, filled in by `steps`."""

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
    """What is known so far of a file that is being read.

    place, text     known from the start
    metadata_texts   texts of sidecar files with its metadata, by precedence
    front           only a body until the text is split
    generator       whose conventions it follows
    date            None if it has none, or has not been determined yet
    hidden, until   as in `Outcome`
    categories, tags, permalink, aliases    as in `Article`
    problems        found so far
    """

    site: Site
    id: str
    place: PathInfo
    text: str
    front: FrontMatter
    metadata_texts: tuple[str, ...] = ()
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
        """Add a warning of a rule at a position of the file."""
        self.problems.append(Problem(self.id, spot.line, reason, code=code, column=spot.column))

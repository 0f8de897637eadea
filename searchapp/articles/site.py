"""What holds for all the articles of a folder: the configuration in force and the generator's own."""

from __future__ import annotations

import fnmatch
import hashlib
from dataclasses import dataclass
from datetime import tzinfo
from zoneinfo import ZoneInfo

from searchapp.articles.front_matter.loaders import Value
from searchapp.config.loading import Config
from searchapp.model import Problem

READER_VERSION = 5
"""Raise it whenever the same file would now give another article."""


@dataclass(frozen=True, slots=True)
class Default:
    """Front matter that files below `path` have unless they say otherwise; `type` is a collection or ""."""

    path: str
    type: str
    values: dict[str, Value]


@dataclass(frozen=True, slots=True)
class Site:
    """The blog as a whole; plain data that worker processes get a copy of.

    config      what is in force for searchapp
    root        the folder of the site, at or below the content folder, as a POSIX prefix ("" or "blog/")
    generator   the name of the one that makes it, "" if nothing tells; see `generators.table`
    timezone    of dates without an offset (IANA name)
    language    of articles that tell none, "" to find out
    permalink   template for articles that name none, "" for none
    sections    templates by top folder, which come before `permalink`, or what the generator's own `address` goes by
    defaults    in the order in which they apply
    collections Jekyll's, by name: template of their permalinks, or None if they have no pages
    exclude     patterns below `root` that are not read
    languages   codes that a file name may end in (`post.fr.md`), in lower case
    options     switches that are on, as the generator calls them; for its own functions only
    address     where the blog is, as its generator is told (`https://example.org/blog`), "" if it is not
    fingerprint hex; changes whenever any outcome could change though its file did not
    problems    with the generator's configuration
    lint        the rules that articles are checked against as they are read; none when they are only indexed
    """

    config: Config
    root: str = ""
    generator: str = ""
    timezone: str = "UTC"
    language: str = ""
    permalink: str = ""
    sections: tuple[tuple[str, str], ...] = ()
    defaults: tuple[Default, ...] = ()
    collections: tuple[tuple[str, str | None], ...] = ()
    exclude: tuple[str, ...] = ()
    languages: frozenset[str] = frozenset()
    options: frozenset[str] = frozenset()
    address: str = ""
    fingerprint: str = ""
    problems: tuple[Problem, ...] = ()
    lint: frozenset[str] = frozenset()

    @property
    def zone(self) -> tzinfo:
        """`timezone` as an object."""
        return ZoneInfo(self.timezone)

    def excluded(self, path: str) -> bool:
        """Whether the generator is told to leave a path (below `root`) alone."""
        return any(
            path == pattern or path.startswith(pattern + "/") or fnmatch.fnmatchcase(path, pattern)
            for pattern in self.exclude
        )


def fingerprint(site: Site) -> str:
    """A hex digest of everything but a file itself that its outcome depends on."""
    from importlib.metadata import version  # slow to load, and only indexing asks

    config = site.config
    parts = (
        READER_VERSION,
        version("markdown"),
        version("docutils"),
        config.include_drafts,
        config.include_future,
        site.root,
        site.generator,
        site.timezone,
        site.language,
        site.permalink,
        site.sections,
        site.defaults,
        site.collections,
        sorted(site.languages),
        sorted(site.options),
    )
    return hashlib.blake2b(repr(parts).encode("utf-8", "backslashreplace"), digest_size=16).hexdigest()

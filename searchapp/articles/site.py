"""Settings of a site: the configuration in force and that of its generator."""

from __future__ import annotations

import fnmatch
import hashlib
from dataclasses import dataclass
from datetime import tzinfo
from zoneinfo import ZoneInfo

from searchapp.articles.front_matter.loaders import Value
from searchapp.config.loading import Config
from searchapp.model import Problem

READER_VERSION = 6
"""To be increased when the same file gives another article."""


@dataclass(frozen=True, slots=True)
class Default:
    """Front matter defaults of files below `path`; `type` is a collection or "" for any."""

    path: str
    type: str
    values: dict[str, Value]


@dataclass(frozen=True, slots=True)
class Site:
    """The site; plain data that is copied to worker processes.

    config      searchapp's configuration
    root        the folder of the site, at or below the content folder, as a POSIX prefix ("" or "blog/")
    generator   name of its generator, "" if unknown; see `generators.table`
    timezone    of dates without an offset (IANA name)
    language    of articles that declare none, "" to detect it
    permalink   template for articles that declare none, "" for none
    sections    templates by top folder, which precede `permalink`, or data of the generator's own `address`
    defaults    in the order in which they apply
    collections Jekyll's, by name: template of their permalinks, or None if they have no pages
    exclude     patterns below `root` that are not read
    languages   codes that a file name may end in (`post.fr.md`) or a folder may have as its name, in lower case
    language_folders    (folder below `root`, code) of those that have another name
    options     enabled switches, by the generator's names; for its own functions only
    address     base URL by the generator's configuration (`https://example.org/blog`), "" if unknown
    fingerprint hex; changes whenever the outcome of an unchanged file could change
    problems    of the generator's configuration
    lint        the rules to check articles against; none when they are only indexed
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
    language_folders: tuple[tuple[str, str], ...] = ()
    options: frozenset[str] = frozenset()
    address: str = ""
    fingerprint: str = ""
    problems: tuple[Problem, ...] = ()
    lint: frozenset[str] = frozenset()

    @property
    def zone(self) -> tzinfo:
        """`timezone` as a tzinfo."""
        return ZoneInfo(self.timezone)

    def excluded(self, path: str) -> bool:
        """Whether the generator is configured to ignore a path (below `root`)."""
        return any(
            path == pattern or path.startswith(pattern + "/") or fnmatch.fnmatchcase(path, pattern)
            for pattern in self.exclude
        )


def fingerprint(site: Site) -> str:
    """Return a hex digest of everything but the file that an outcome depends on."""
    from importlib.metadata import version  # slow to load, and only indexing asks

    config = site.config
    parts = (
        READER_VERSION,
        version("markdown"),
        version("docutils"),
        version("py3langid"),
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
        site.language_folders,
        sorted(site.options),
    )
    return hashlib.blake2b(repr(parts).encode("utf-8", "backslashreplace"), digest_size=16).hexdigest()

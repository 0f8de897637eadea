"""What is known of files that are no visible articles, so that links to them can be told from broken ones."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from searchapp.articles.files.discover import discover
from searchapp.articles.files.path_info import locate, no_article
from searchapp.articles.files.source import UnreadableError, decode, read_bytes
from searchapp.articles.front_matter import fields, split
from searchapp.articles.front_matter.loaders import FrontMatterError
from searchapp.articles.front_matter.visibility import judge
from searchapp.articles.generators import addresses, pelican_rst
from searchapp.articles.generators.detect_file import dialect_of
from searchapp.articles.generators.slugs import titleised
from searchapp.articles.outcome import Limits, Source
from searchapp.articles.reader import Notes, apply_defaults, date_of
from searchapp.articles.site import Site

MOST = 20_000
"""Files that are looked into: drafts by the thousand are some site's, more are not a blog's."""


class Unseen(NamedTuple):
    """A file below the content folder that readers do not find, and why: a word of `Outcome.hidden`, or another."""

    id: str
    title: str
    permalink: str
    aliases: tuple[str, ...]
    reason: str


def unseen(site: Site, shown: Collection[str]) -> Iterator[Unseen]:
    """The files of a site that are not among those `shown` (ids), in id order; nothing but front matter is read."""
    sources, _ = discover(site)
    others = (source for source in sources if source.id not in shown)
    for source, _number in zip(others, range(MOST), strict=False):
        yield _look(site, source)


def _look(site: Site, source: Source) -> Unseen:
    place = locate(source.id, site)
    try:
        text, _ = decode(read_bytes(source.path, Limits()))
        front = pelican_rst.split(text) if place.ending == ".rst" else split.split(text)
    except (OSError, UnreadableError, FrontMatterError):
        return Unseen(source.id, titleised(place.slug) or source.id, "", (), "unreadable")
    apply_defaults(site, place, front)
    dialect = dialect_of(front, source.id, site)
    date = date_of(front, place, site.zone, Notes(source.id))
    reason = no_article(place, front, dialect, site)
    reason = reason or judge(front, place.folders, date, site.config, site.zone, datetime.now(UTC)).hidden
    above = place.above if dialect in {"jekyll", "wordpress"} else ()
    categories = fields.categories(front, dialect, above)
    permalink, aliases = addresses.of(site, place, front, dialect, categories, date, Notes(source.id).warn)
    title = fields.title(front) or titleised(place.slug) or source.id
    return Unseen(source.id, title, permalink, aliases, reason or "not indexed yet")

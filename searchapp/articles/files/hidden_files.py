"""Files that are not visible articles, so that links to them are not reported as broken."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from searchapp.articles import steps
from searchapp.articles.files.contents import read_contents
from searchapp.articles.files.discover import discover
from searchapp.articles.files.source import UnreadableError
from searchapp.articles.front_matter import fields
from searchapp.articles.front_matter.loaders import FrontMatterError
from searchapp.articles.generators.slugs import title_from_slug
from searchapp.articles.outcome import Limits, SourceFile
from searchapp.articles.site import Site

MOST = 20_000
"""Maximum of files that are read: some sites have thousands of drafts; with more it is not a blog."""


class HiddenFile(NamedTuple):
    """A file below the content folder that is not shown, and the reason: of `Outcome.hidden`, or another."""

    id: str
    title: str
    permalink: str
    aliases: tuple[str, ...]
    reason: str


def hidden_files(site: Site, shown: Collection[str]) -> Iterator[HiddenFile]:
    """Yield the files of a site that are not among those `shown` (ids), by id; only front matter is read."""
    sources, _ = discover(site)
    others = (source for source in sources if source.id not in shown)
    for source, _number in zip(others, range(MOST), strict=False):
        yield _look(site, source)


def _look(site: Site, source: SourceFile) -> HiddenFile:
    facts = steps.begin(site, source.id)
    named = title_from_slug(facts.place.slug) or source.id
    try:
        steps.decode_contents(facts, read_contents(site, source.path, Limits()))
        steps.read_front_matter(facts)
        steps.judge_visibility(facts, datetime.now(UTC))
        if facts.date is None:
            steps.find_date(facts)  # a page has an address, too
        steps.find_address(facts)
    except (OSError, UnreadableError, FrontMatterError):
        return HiddenFile(source.id, named, "", (), "unreadable")
    title = fields.title(facts.front) or named
    return HiddenFile(source.id, title, facts.permalink, facts.aliases, facts.hidden or "not indexed yet")

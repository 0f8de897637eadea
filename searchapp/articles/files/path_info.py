"""File name and folder conventions: slug, date, language, collection."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from searchapp.articles.front_matter.dates import make_aware
from searchapp.articles.front_matter.values import language_code
from searchapp.articles.generators.slugs import split_date
from searchapp.articles.site import Site

_BUNDLES = frozenset({"index", "_index", "readme"})


@dataclass(frozen=True, slots=True)
class PathInfo:
    """Path of a file, relative to the site's root.

    folders     all of them; above those that lie above `_posts`, which are categories for some generators
    slug        of the file name, or of the folder if the file is an `index`, without date and language
    day         (year, month, day) of the name, not validated; None if there is none
    collection  "posts" below `_posts`, Jekyll's collection, or ""
    path        the folders below the collection, joined
    """

    name: str
    ending: str
    folders: tuple[str, ...]
    above: tuple[str, ...]
    slug: str
    day: tuple[int, int, int] | None
    language: str
    collection: str
    path: str

    def date(self, zone: tzinfo) -> datetime | None:
        """Return midnight of the day; None if there is none or it is invalid."""
        if self.day is None:
            return None
        try:
            return make_aware(datetime(*self.day), zone)
        except ValueError:
            return None


def locate(id: str, site: Site) -> PathInfo:
    """Parse an id."""
    *folders, name = id.removeprefix(site.root).split("/")
    stem, dot, ending = name.rpartition(".")
    stem, ending = (stem, dot + ending.lower()) if stem else (name, "")
    language = ""
    head, dot, tail = stem.rpartition(".")
    if head and tail.lower() in site.languages:
        stem, language = head, language_code(tail)
    day, slug = split_date(stem)
    if stem.lower() in _BUNDLES and folders:
        day, slug = split_date(folders[-1])
    above, collection, below = _collection(folders, site)
    return PathInfo(name, ending, tuple(folders), above, slug, day, language, collection, "/".join(below))


def _collection(folders: list[str], site: Site) -> tuple[tuple[str, ...], str, list[str]]:
    for posts in ("_posts", "_drafts"):
        if posts in folders:
            at = folders.index(posts)
            above = tuple(folder for folder in folders[:at] if not folder.startswith("_"))
            return above, "posts", folders[at + 1 :]
    for name, _template in site.collections:
        if "_" + name in folders:
            return (), name, folders[folders.index("_" + name) + 1 :]
    return (), "", folders

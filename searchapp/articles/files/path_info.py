"""File name and folder conventions: slug, date, language, collection."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, tzinfo

from searchapp.articles.front_matter.dates import make_aware
from searchapp.articles.front_matter.values import language_code
from searchapp.articles.generators.slugs import split_date
from searchapp.articles.site import Site

_CODE = re.compile("([a-z]{2})(?:[-_](?:[a-z]{2}|[a-z]{4}))?", re.A)
_COUNTRIES = {
    "cn": "zh", "cz": "cs", "dk": "da", "gr": "el", "jp": "ja", "kr": "ko", "nb": "no", "nn": "no", "tw": "zh",
    "ua": "uk",
}  # fmt: skip
"""What folders are named as well: languages by countries' codes, and Norwegian by either norm."""
_BUNDLES = frozenset({"index", "_index", "readme"})


@dataclass(frozen=True, slots=True)
class PathInfo:
    """Path of a file, relative to the site's root.

    folders     all of them; above those that lie above `_posts`, which are categories for some generators
    slug        of the file name, or of the folder if the file is an `index`, without date and language
    language    that a configured suffix of the name tells, "" without
    folder_language     that a configured folder tells, "" without
    seeming_language    of the last folder, or else the name's suffix, that looks like a language's code; "" without
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
    folder_language: str
    seeming_language: str
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
    seeming = next(filter(None, map(_seeming_language, (*reversed(folders), tail if head else ""))), "")
    told = _folder_language(folders, site)
    path = "/".join(below)
    return PathInfo(name, ending, tuple(folders), above, slug, day, language, told, seeming, collection, path)


def _folder_language(folders: list[str], site: Site) -> str:
    """Return the language of the deepest folder that is configured to be one's."""
    path = "/".join(folders) + "/"
    for folder, code in site.language_folders:
        if path.startswith(folder + "/"):
            return code
    return next((language_code(name) for name in reversed(folders) if name.lower() in site.languages), "")


def _seeming_language(name: str) -> str:
    """Return the code that a folder's name may be: `pt` of `pt-BR`."""
    match = _CODE.fullmatch(name.lower())
    return _COUNTRIES.get(match[1], match[1]) if match else ""


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

"""Slugs of file names and titles, and ids of headings, as the generators make them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

_NOT_ASCII_WORD = re.compile(r"[^a-z0-9]+")
_ASCII_NOT_WORD = re.compile(r"[^a-z0-9_\- ]")
_DASHES = re.compile("-{2,3}")
_ACCENTS = re.compile("(?<=[A-Za-z])[\u0300-\u036f]+")
_COUNTED = re.compile(r"(.*)_([0-9]+)\Z")
"""Python-Markdown continues counting where an id already ends in a number."""
_CONTRACTION = re.compile(r"(?<=[a-z0-9])['’](?=[ts]\b)")
_HEXO_SPECIAL = re.compile(r"[\s~`!@#$%^&*()\-_+=\[\]{}|\\;:\"'“”‘’<>,.?/]+")
LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h"}
)
_DATED = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})-(.+)\Z", re.A | re.S)


def slugify(text: str) -> str:
    """Jekyll's default slug: lower case, each run of other characters than letters and digits becomes one dash."""
    return re.sub(r"[\W_]+", "-", text.lower()).strip("-")


def ascii_slug(text: str) -> str:
    """Zola's slug: lower case ASCII without accents, with single dashes."""
    plain = unicodedata.normalize("NFKD", text.lower().translate(LETTERS))
    return _NOT_ASCII_WORD.sub("-", plain.encode("ascii", "ignore").decode()).strip("-")


def title_from_slug(slug: str) -> str:
    """Return a title for a slug: `my-first_post` is `My First Post`."""
    return " ".join(word[:1].upper() + word[1:] for word in re.split(r"[-_\s]+", slug) if word)


def split_date(stem: str) -> tuple[tuple[int, int, int] | None, str]:
    """Return year, month and day of a file name such as `2017-2-5-a-walk`, None without, and the rest of it."""
    match = _DATED.match(stem)
    return ((int(match[1]), int(match[2]), int(match[3])), match[4]) if match else (None, stem)


class HeadingIds(NamedTuple):
    """How a generator, or the plugin that comes with it, makes ids of headings.

    slug            makes the id of a title
    repeated        suffix of the second of equal ids
    empty           the id of a title that gives none
    drops_dashes    whether `--` and `---` of prose, as typographic dashes, are no part of an id
    """

    slug: Callable[[str], str]
    repeated: str
    empty: str
    drops_dashes: bool = False


class Anchors:
    """Makes the distinct heading ids of one document."""

    def __init__(self, ids: HeadingIds) -> None:
        self._slug, self._repeated, self._empty, self.drops_dashes = ids
        self._used: set[str] = set()

    def take(self, id: str) -> str:
        """Return an explicit id unchanged."""
        self._used.add(id)
        return id

    def make(self, title: str) -> str:
        """Return the id of a heading without one."""
        id = self._slug(title) or self._empty
        if id in self._used:
            counted = _COUNTED.match(id) if self._repeated == "_1" else None
            base, number = (counted[1], int(counted[2]) + 1) if counted else (id, int(self._repeated[-1]))
            while (id := f"{base}{self._repeated[:-1]}{number}") in self._used:
                number += 1
        self._used.add(id)
        return id


def without_dashes(text: str) -> str:
    """Return the text of a heading as kramdown uses it for an id."""
    return _DASHES.sub("", text) if "--" in text else text


def github_slug(text: str) -> str:
    """kramdown with GFM, and github-slugger: letters with their marks, digits, `_` and `-`; blanks are dashes."""
    return _kept(text, "LM")


def hugo_slug(text: str) -> str:
    """Hugo's `github`: the same without combining marks."""
    return _kept(text.strip(), "L")


def _kept(text: str, kinds: str) -> str:
    lowered = text.lower()
    if lowered.isascii():
        return _ASCII_NOT_WORD.sub("", lowered.replace("\t", " ")).replace(" ", "-")
    kept = (char for char in lowered.replace("\t", " ") if char in "-_ " or _is_of(char, kinds))
    return "".join(kept).replace(" ", "-")


def _is_of(char: str, kinds: str) -> bool:
    kind = unicodedata.category(char)
    return kind[0] in kinds or kind == "Nd" or (kind == "Pc" and "M" in kinds)


def python_markdown_slug(text: str) -> str:
    """Python-Markdown's `toc`: ASCII without accents."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", plain).strip().lower())


def eleventy_slug(text: str) -> str:
    """Eleventy's `slugify`, which its IdAttributePlugin uses."""
    return ascii_slug(_CONTRACTION.sub("", text.lower()).replace("&", " and "))


def hexo_slug(text: str) -> str:
    """Hexo's `slugize`: letters without accents, other ASCII as single dashes; case is kept."""
    plain = _ACCENTS.sub("", unicodedata.normalize("NFD", text.translate(_HEXO_LETTERS)))
    return _HEXO_SPECIAL.sub("-", unicodedata.normalize("NFC", plain)).strip("-")


_HEXO_LETTERS = str.maketrans(
    {"ß": "s", "Æ": "AE", "æ": "ae", "Ø": "O", "ø": "o", "Ł": "L", "ł": "l", "đ": "d", "ı": "i"}
)

GITHUB = HeadingIds(github_slug, "-1", "section")
KRAMDOWN = GITHUB._replace(drops_dashes=True)

"""Slugs of file names and titles, and the ids that generators give to headings."""

from __future__ import annotations

import re
import unicodedata

_NOT_WORD = re.compile(r"[^\w\- \t]")
_NOT_ASCII_WORD = re.compile(r"[^a-z0-9]+")
_HEXO_SPECIAL = re.compile(r"[\s~`!@#$%^&*()\-_+=\[\]{}|\\;:\"'“”‘’<>,.?/]+")
_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h"}
)
_DATED = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})-(.+)\Z", re.A | re.S)


def slugify(text: str) -> str:
    """Jekyll's default slug: lower case, everything but letters and digits becomes one dash."""
    return re.sub(r"[\W_]+", "-", text.lower()).strip("-")


def ascii_slug(text: str) -> str:
    """Zola's slug: transliterated as far as accents go, lower case ASCII with single dashes."""
    plain = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS))
    return _NOT_ASCII_WORD.sub("-", plain.encode("ascii", "ignore").decode()).strip("-")


def titleised(slug: str) -> str:
    """The title that a slug stands for: `my-first_post` is `My First Post`."""
    return " ".join(word[:1].upper() + word[1:] for word in re.split(r"[-_\s]+", slug) if word)


def dated(stem: str) -> tuple[tuple[int, int, int] | None, str]:
    """Year, month and day of a file name such as `2017-2-5-a-walk`, and the rest of it."""
    match = _DATED.match(stem)
    return ((int(match[1]), int(match[2]), int(match[3])), match[4]) if match else (None, stem)


class Anchors:
    """Hands out the heading ids of one document, each only once.

    dialect     whose way: "zola" and "hexo" have their own, all the others do as GitHub does
    """

    def __init__(self, dialect: str) -> None:
        self._slug = {"zola": ascii_slug, "hexo": _hexo}.get(dialect, _github)
        self._used: set[str] = set()

    def take(self, id: str) -> str:
        """An explicit id, exactly as it is written."""
        self._used.add(id)
        return id

    def make(self, title: str) -> str:
        """The id of a heading without one."""
        base = self._slug(title) or "section"
        id, number = base, 0
        while id in self._used:
            number += 1
            id = f"{base}-{number}"
        self._used.add(id)
        return id


def _github(text: str) -> str:
    return _NOT_WORD.sub("", text.lower()).replace(" ", "-").replace("\t", "-")


def _hexo(text: str) -> str:
    return _HEXO_SPECIAL.sub("-", text).strip("-")

"""Expansion of permalink templates, and validation of permalinks."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, unquote, urlsplit

from searchapp.articles.generators.slugs import slugify

MAX_LENGTH = 2_000
_PLACEHOLDER = re.compile(r":([a-z_]+)")
_PLAIN = re.compile(r"(?:/[\w-]+(?:\.[\w-]+)*)+/?\Z", re.A)
"""Most of them: nothing to validate, nothing to quote."""
_UNSAFE = re.compile(r"[\s\"'<>\\^`{|}]")


@dataclass(frozen=True, slots=True)
class Placeholders:
    """Values of a template's placeholders.

    slug    of the file name, without the date; `named` the slug in front matter
    path    folders below the site's or collection's root, "" if there are none
    """

    slug: str
    named: str
    path: str
    collection: str
    categories: tuple[str, ...]
    date: datetime | None


def safe(text: str) -> str:
    """Return a permalink in normalised form; "" if it is unsafe.

    A path (with query) or an http(s) URL. Other schemes, `//host`, URLs with a password and
    paths with `..` (`/%2e%2e/`) are refused.
    """
    text = text.strip()
    if _PLAIN.match(text) and len(text) <= MAX_LENGTH:
        return text
    if not text or len(text) > MAX_LENGTH or "\\" in text or any(ord(c) < 32 or ord(c) == 127 for c in text):
        return ""
    try:
        parts = urlsplit(text)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        return ""
    if parts.scheme or text.startswith("//"):
        if parts.scheme not in {"http", "https"} or not host or "@" in parts.netloc:
            return ""
    elif not text.startswith("/"):
        text = "/" + text
    if _climbs(parts.path):
        return ""
    return _UNSAFE.sub(lambda match: quote(match[0]), text)


def _climbs(path: str) -> bool:
    for _ in range(3):
        if ".." in re.split(r"[/\\]", path) or path.startswith("//") or "\\" in path:
            return True
        path = unquote(path)
    return False


def expand(template: str, values: Placeholders) -> str:
    """Return the path for an article by a template; "" if a value is unknown."""
    missing = False

    def value(match: re.Match[str]) -> str:
        nonlocal missing
        name = match[1]
        # `:title:output_ext` has no separator and `:year_` is written by nobody: the longest known name wins.
        while name and name not in _VALUES:
            name = name[:-1]
        if not name:
            return match[0]
        found = _VALUES[name](values)
        if found is None:
            missing = True
            return ""
        return quote(found, safe="/~!$&'()*+,;=:@-._") + match[1][len(name) :]

    path = _PLACEHOLDER.sub(value, template)
    return "" if missing else re.sub(r"/{2,}", "/", path)


_Value = Callable[[Placeholders], str | None]


def _dated(form: Callable[[datetime], str]) -> _Value:
    return lambda values: form(values.date) if values.date else None


def _strftime(form: str) -> _Value:
    return _dated(lambda date: date.strftime(form))


_VALUES: dict[str, _Value] = {
    "year": _dated(lambda date: f"{date.year:04}"),
    "short_year": _strftime("%y"),
    "month": _dated(lambda date: f"{date.month:02}"),
    "i_month": _dated(lambda date: str(date.month)),
    "short_month": _dated(lambda date: calendar.month_abbr[date.month]),
    "long_month": _dated(lambda date: calendar.month_name[date.month]),
    "monthname": _dated(lambda date: calendar.month_name[date.month]),
    "day": _dated(lambda date: f"{date.day:02}"),
    "i_day": _dated(lambda date: str(date.day)),
    "y_day": _strftime("%j"),
    "yearday": _dated(lambda date: str(date.timetuple().tm_yday)),
    "w_year": _dated(lambda date: str(date.isocalendar().year)),
    "week": _dated(lambda date: f"{date.isocalendar().week:02}"),
    "w_day": _dated(lambda date: str(date.isoweekday())),
    "weekday": _dated(lambda date: str(date.isoweekday() % 7)),
    "short_day": _dated(lambda date: calendar.day_abbr[date.weekday()]),
    "long_day": _dated(lambda date: calendar.day_name[date.weekday()]),
    "hour": _strftime("%H"),
    "minute": _strftime("%M"),
    "second": _strftime("%S"),
    "title": lambda values: values.named or values.slug,
    "slug": lambda values: slugify(values.named or values.slug),
    "name": lambda values: slugify(values.slug),
    "filename": lambda values: values.slug,
    "contentbasename": lambda values: values.slug,
    "slugorfilename": lambda values: values.named or values.slug,
    "slugorcontentbasename": lambda values: values.named or values.slug,
    "categories": lambda values: "/".join(dict.fromkeys(name.lower() for name in values.categories)),
    "category": lambda values: "/".join(dict.fromkeys(slugify(name) for name in values.categories)),
    "slugified_categories": lambda values: "/".join(dict.fromkeys(slugify(name) for name in values.categories)),
    "collection": lambda values: values.collection,
    "section": lambda values: values.path.split("/")[0],
    "sections": lambda values: values.path,
    "path": lambda values: "/".join(filter(None, (values.path, values.slug))),
    "output_ext": lambda _values: ".html",
}

"""Internationalisation of the interface: language negotiation, catalogs, formats of numbers, dates and lists.

The language is that of `lang=` in the URL, else the first of `Accept-Language` that is supported, else the site's own
`language`, else English. A URL with a language keeps it in its links; nothing is stored in the browser.

Catalogs are read as `translations/<language>/LC_MESSAGES/messages.po`, which takes 3 ms once in a process, so that
nothing has to be compiled or can be outdated.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path

import flask_babel
from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations
from flask import Flask, g, has_request_context, request
from markupsafe import Markup

from searchapp.web.state import state

PARAMETER = "lang"
FOLDER = Path(__file__).parent / "translations"
MAX_HEADER = 500
"""Characters of `Accept-Language` that are read."""

_LONGEST_TAG = 35
"""RFC 5646, 4.4.1."""


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """One language of the interface; there is one value for each.

    tag      BCP 47, as in `lang` attributes and in the parameter
    name     in the language itself
    locale   CLDR data of numbers and dates
    ungrouped  maximum of numbers without digit grouping
    """

    tag: str
    name: str
    locale: Locale
    ungrouped: int = 999

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`."""
        return self.locale.text_direction


ENGLISH = Language("en", "English", Locale("en", "GB"))
LANGUAGES = (
    Language("de", "Deutsch", Locale("de")),
    ENGLISH,
    Language("es", "Español", Locale("es"), 9_999),
    Language("fr", "Français", Locale("fr")),
    Language("pl", "Polski", Locale("pl"), 9_999),
    Language("ar", "العربية", Locale("ar")),
    Language("ja", "日本語", Locale("ja")),
    Language("zh-Hans", "简体中文", Locale("zh", script="Hans")),
)
_BY_PRIMARY_TAG = {each.tag.partition("-")[0]: each for each in LANGUAGES}


class _Catalogs(flask_babel.Domain):  # type: ignore[misc] # it has no types
    """The catalog of the request's language for Flask-Babel."""

    def get_translations(self) -> NullTranslations:
        return catalog(language())


def init_app(app: Flask) -> None:
    """Give templates `_`, `ngettext` and `pgettext`, in the language of each request."""
    babel = flask_babel.Babel(app, locale_selector=lambda: language().locale)
    babel.domain_instance = _Catalogs()
    app.jinja_env.globals["_"] = _on_a_page


def language() -> Language:
    """Return the language of this request; English outside of one."""
    if not has_request_context():
        return ENGLISH
    try:
        found: Language = g.language
    except AttributeError:
        accepted = _accepted(request.headers.get("Accept-Language", "")[:MAX_HEADER])
        g.language = found = language_in_url() or accepted or language_of_tag(state().config.language) or ENGLISH
    return found


def language_in_url() -> Language | None:
    """Return the supported language in the URL of this request; None without one."""
    if not has_request_context():
        return None
    try:
        found: Language | None = g.given_language
    except AttributeError:
        g.given_language = found = next(filter(None, map(language_of_tag, request.args.getlist(PARAMETER))), None)
    return found


def language_key() -> str:
    """Return the part of a response cache key for the language, and whether it is in the URL."""
    return f"{language().tag} {'given ' if language_in_url() else ''}"


def with_language(url: str, wanted: Language | None = None) -> str:
    """Return a URL of ours with a language, by default that in the URL of this request."""
    wanted = wanted or language_in_url()
    if wanted is None:
        return url
    path, mark, fragment = url.partition("#")
    return f"{path}{'&' if '?' in path else '?'}{PARAMETER}={wanted.tag}{mark}{fragment}"


def language_of_tag(tag: str) -> Language | None:
    """Return the language of a tag such as `de`, `pt-BR` or `zh_CN`; None if it is not supported."""
    return _BY_PRIMARY_TAG.get(tag[:_LONGEST_TAG].strip().lower().replace("_", "-").partition("-")[0])


@lru_cache(maxsize=512)
def _accepted(header: str) -> Language | None:
    """Return the supported language that `Accept-Language` (RFC 9110, 12.5.4) prefers; malformed parts are ignored."""
    ranges: list[tuple[float, int, Language]] = []
    for each in header.split(","):
        tag, _, parameter = each.partition(";")
        found, quality = language_of_tag(tag), _quality(parameter)
        if found and quality > 0:
            ranges.append((-quality, len(ranges), found))
    return min(ranges)[2] if ranges else None


def _quality(parameter: str) -> float:
    name, _, value = parameter.partition("=")
    if not parameter.strip():
        return 1
    number = value.strip().replace(".", "", 1)
    return float(value) if name.strip() == "q" and number.isascii() and number.isdigit() else 0


@cache
def catalog(wanted: Language) -> NullTranslations:
    """Return the messages of a language; those of English are in the code."""
    if wanted is ENGLISH:
        return NullTranslations()
    with path_of(wanted).open("rb") as source:
        messages = read_po(source, locale=wanted.locale)
    compiled = io.BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return Translations(compiled)


def path_of(wanted: Language) -> Path:
    """Return the path of a language's catalog."""
    return FOLDER / str(wanted.locale) / "LC_MESSAGES" / "messages.po"


class _Texts(dict[str, Markup]):
    """The messages of a language as markup, each looked up once."""

    def __init__(self, wanted: Language) -> None:
        super().__init__()
        self._catalog = catalog(wanted)

    def __missing__(self, text: str) -> Markup:
        found = self[text] = Markup(self._catalog.gettext(text))  # noqa: S704 - ours, from the catalogs
        return found


_texts = cache(_Texts)


def _on_a_page(text: str, /, **values: object) -> Markup:
    """`_` of the templates: Flask-Babel's own takes 12 µs, and a page has fifty."""
    found = _texts(language())[text]
    return found % values if values else found


def gettext(text: str, /, **values: object) -> str:
    """Return a message in the language of this request, with its `%(name)s` filled in."""
    found = catalog(language()).gettext(text)
    return found % values if values else found


def ngettext(singular: str, plural: str, count: int, /, **values: object) -> str:
    """Return the plural form for a number, with `%(n)s` formatted for the language."""
    return catalog(language()).ngettext(singular, plural, count) % {"n": number(count), **values}


def language_name(tag: str, wanted: Language | None = None) -> str:
    """Return a language's name in another, by default in that of the request; the tag if it is unknown."""
    return str((wanted or language()).locale.languages.get(tag, tag))


def N_(text: str) -> str:
    """Mark a message for the catalogs that is translated later."""
    return text


def number(value: int) -> str:
    """Format a whole number with grouped digits, in Latin digits, as years and names next to it have them."""
    return _number(language(), value)


@lru_cache(maxsize=4_096)
def _number(wanted: Language, value: int) -> str:
    grouped = abs(value) > wanted.ungrouped
    return format_decimal(value, locale=wanted.locale, group_separator=grouped)


def day(moment: date) -> str:
    """Format a date with the month's name."""
    return _day(language(), moment.year, moment.month, moment.day)


@lru_cache(maxsize=4_096)
def _day(wanted: Language, *parts: int) -> str:
    # The first of a month is an ordinal in French; CLDR leaves that out.
    pattern = "d'er' MMMM y" if wanted.tag == "fr" and parts[2] == 1 else "long"
    return format_date(date(*parts), pattern, locale=wanted.locale)


def enumeration(values: Sequence[str]) -> str:
    """Format a list: `a, b and c`."""
    return format_list(values, locale=language().locale)


def plural_examples(wanted: Language) -> dict[str, int]:
    """Return the smallest whole number of each CLDR plural category of a language."""
    rule = wanted.locale.plural_form
    return {str(rule(value)): value for value in (1_000_000, *range(200, -1, -1))}

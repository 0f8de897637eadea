"""The language of the interface: which one a request gets, its catalog, and how it writes numbers, dates and lists.

It is what `lang=` of the address asks for, else the first of `Accept-Language` that we have, else the site's own
`language`, else English. An address that names a language keeps it in its links; nothing is stored in the browser.

Catalogs are read as they are written, `translations/<language>/LC_MESSAGES/messages.po`: nothing has to be compiled,
and nothing compiled can be older than what it was made from. It takes 3 ms, once in a process.
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
LONGEST = 500
"""Characters of `Accept-Language` that are looked at."""

_LONGEST_TAG = 35
"""RFC 5646, 4.4.1."""


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """One language of the interface; there is one value for each.

    tag      BCP 47, as in `lang` attributes and in the parameter
    name     what its readers call it
    locale   whose CLDR data say how it writes numbers and dates
    ungrouped  up to this number the digits stand together
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
    """The catalogs, as Flask-Babel asks for the one of a request."""

    def get_translations(self) -> NullTranslations:
        return catalog(language())


def init_app(app: Flask) -> None:
    """Gives templates `_`, `ngettext` and `pgettext`, in the language of each request."""
    babel = flask_babel.Babel(app, locale_selector=lambda: language().locale)
    babel.domain_instance = _Catalogs()
    app.jinja_env.globals["_"] = _on_a_page


def language() -> Language:
    """The language of this request; English outside of one."""
    if not has_request_context():
        return ENGLISH
    try:
        found: Language = g.language
    except AttributeError:
        accepted = _accepted(request.headers.get("Accept-Language", "")[:LONGEST])
        g.language = found = given() or accepted or named(state().config.language) or ENGLISH
    return found


def given() -> Language | None:
    """The language that the address of this request asks for, if we have it."""
    if not has_request_context():
        return None
    try:
        found: Language | None = g.given_language
    except AttributeError:
        g.given_language = found = next(filter(None, map(named, request.args.getlist(PARAMETER))), None)
    return found


def key() -> str:
    """What the answer to this request depends on beside its other parameters: the language, and whether it is kept."""
    return f"{language().tag} {'given ' if given() else ''}"


def with_language(url: str, wanted: Language | None = None) -> str:
    """An address of ours in a language, or in the one that this request's address asks for."""
    wanted = wanted or given()
    if wanted is None:
        return url
    path, mark, fragment = url.partition("#")
    return f"{path}{'&' if '?' in path else '?'}{PARAMETER}={wanted.tag}{mark}{fragment}"


def named(tag: str) -> Language | None:
    """The language of a tag such as `de`, `pt-BR` or `zh_CN`; None if we don't have it."""
    return _BY_PRIMARY_TAG.get(tag[:_LONGEST_TAG].strip().lower().replace("_", "-").partition("-")[0])


@lru_cache(maxsize=512)
def _accepted(header: str) -> Language | None:
    """The one of ours that `Accept-Language` (RFC 9110, 12.5.4) likes best; whatever else is in it is passed over."""
    ranges: list[tuple[float, int, Language]] = []
    for each in header.split(","):
        tag, _, parameter = each.partition(";")
        found, quality = named(tag), _quality(parameter)
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
    """The texts of a language; the source of English is the code itself."""
    if wanted is ENGLISH:
        return NullTranslations()
    with path_of(wanted).open("rb") as source:
        messages = read_po(source, locale=wanted.locale)
    compiled = io.BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return Translations(compiled)


def path_of(wanted: Language) -> Path:
    """Where a language has its catalog."""
    return FOLDER / str(wanted.locale) / "LC_MESSAGES" / "messages.po"


class _Texts(dict[str, Markup]):
    """The texts of a language as pages have them, each looked up once."""

    def __init__(self, wanted: Language) -> None:
        super().__init__()
        self._catalog = catalog(wanted)

    def __missing__(self, text: str) -> Markup:
        found = self[text] = Markup(self._catalog.gettext(text))  # noqa: S704 - ours, from the catalogs
        return found


_texts = cache(_Texts)


def _on_a_page(text: str, /, **values: object) -> Markup:
    """`_` of the templates, for texts that stand there: Flask-Babel's own takes 12 µs, and a page has fifty."""
    found = _texts(language())[text]
    return found % values if values else found


def gettext(text: str, /, **values: object) -> str:
    """A text in the language of this request, with its `%(name)s` filled in."""
    found = catalog(language()).gettext(text)
    return found % values if values else found


def ngettext(singular: str, plural: str, count: int, /, **values: object) -> str:
    """The one of a text's forms that goes with a number; `%(n)s` is the number as the language writes it."""
    return catalog(language()).ngettext(singular, plural, count) % {"n": number(count), **values}


def language_name(tag: str, wanted: Language | None = None) -> str:
    """What a language is called in another, by default in that of the request; an unknown one by its tag."""
    return str((wanted or language()).locale.languages.get(tag, tag))


def N_(text: str) -> str:
    """A text for the catalogs that is translated where it is shown."""
    return text


def number(value: int) -> str:
    """A whole number with its digits in groups. Latin digits: they stand beside years and names that are text."""
    return _number(language(), value)


@lru_cache(maxsize=4_096)
def _number(wanted: Language, value: int) -> str:
    grouped = abs(value) > wanted.ungrouped
    return format_decimal(value, locale=wanted.locale, group_separator=grouped)


def day(moment: date) -> str:
    """A day with its month's name."""
    return _day(language(), moment.year, moment.month, moment.day)


@lru_cache(maxsize=4_096)
def _day(wanted: Language, *parts: int) -> str:
    # The first of a month is an ordinal in French; CLDR leaves that out.
    pattern = "d'er' MMMM y" if wanted.tag == "fr" and parts[2] == 1 else "long"
    return format_date(date(*parts), pattern, locale=wanted.locale)


def enumeration(values: Sequence[str]) -> str:
    """`a, b and c`."""
    return format_list(values, locale=language().locale)


def forms(wanted: Language) -> dict[str, int]:
    """For each CLDR plural category of a language that whole numbers have the smallest number of it."""
    rule = wanted.locale.plural_form
    return {str(rule(value)): value for value in (1_000_000, *range(200, -1, -1))}

"""Translated texts that depend on a facet, an order or a number, as whole sentences."""

from __future__ import annotations

from functools import lru_cache

from markupsafe import Markup

from searchapp.facets import BY_KEY, Facet, Kind
from searchapp.model import Sort
from searchapp.web.i18n import N_, Language, gettext, language, language_name, ngettext


def articles(count: int) -> str:
    """`12 articles`. Cached, as a page has up to a hundred."""
    return _articles(language().tag, count)


@lru_cache(maxsize=4_096)
def _articles(_language: str, count: int) -> str:
    return ngettext("%(n)s article", "%(n)s articles", count)


_DAYS = {
    "after": (N_("From"), N_("Without “from %(value)s”")),
    "before": (N_("Before"), N_("Without “before %(value)s”")),
}


def kind(name: str) -> str:
    """Return the label of a filter: the facet's title, or that of a date."""
    return gettext(BY_KEY[name].words.title if name in BY_KEY else _DAYS[name][0])


def value(facet: Facet, text: str, wanted: Language | None = None) -> str:
    """Return a facet's value for display, in a language or that of the request."""
    return language_name(facet.fold(text), wanted) if facet.kind is Kind.LANGUAGE else text


def without(name: str, label: str) -> Markup:
    """Return the label of a link that removes one filter."""
    text = gettext(BY_KEY[name].words.without if name in BY_KEY else _DAYS[name][1])
    return Markup(text) % {"value": Markup("<bdi>{}</bdi>").format(label)}  # noqa: S704 - ours, from the catalogs


def more_values(name: str, count: int) -> str:
    """Return the label that unfolds the rest of a facet."""
    return ngettext(*BY_KEY[name].words.more, count)


def find_value(name: str) -> str:
    """Return the label of the box that narrows a long facet."""
    return gettext(BY_KEY[name].words.find)


def unlisted_values(name: str, count: int) -> Markup:
    """Return the note about the values that a page does not list."""
    facet = BY_KEY[name]
    example = Markup('<kbd dir="ltr">{}:{}</kbd>').format(facet.operator, gettext("name"))
    text = ngettext(*facet.words.unlisted, count, example=example)
    return Markup(text)  # noqa: S704 - ours, from the catalogs, and escaped pieces


def order(sort: Sort) -> str:
    """Return the label of an order."""
    match sort:
        case Sort.NEWEST:
            return gettext("Newest")
        case Sort.OLDEST:
            return gettext("Oldest")
        case _:
            return gettext("Best match")

"""Words that depend on a facet, an order or a number: whole sentences, so that each can be translated."""

from __future__ import annotations

from functools import lru_cache

from markupsafe import Markup

from searchapp.model import Sort
from searchapp.web.i18n import gettext, language, ngettext


def articles(count: int) -> str:
    """`12 articles`. A page says it up to a hundred times, hence the cache."""
    return _articles(language().tag, count)


@lru_cache(maxsize=4_096)
def _articles(_language: str, count: int) -> str:
    return ngettext("%(n)s article", "%(n)s articles", count)


def kind(name: str) -> str:
    """What stands before the value of a filter: the facet's title, or which end of the time."""
    match name:
        case "category":
            return gettext("Category")
        case "tag":
            return gettext("Tag")
        case "author":
            return gettext("Author")
        case "year":
            return gettext("Year")
        case "after":
            return gettext("From")
        case _:
            return gettext("Before")


def without(name: str, value: str) -> Markup:
    """What a link says that gives up one filter."""
    match name:
        case "category":
            text = gettext("Without category %(value)s")
        case "tag":
            text = gettext("Without tag %(value)s")
        case "author":
            text = gettext("Without author %(value)s")
        case "year":
            text = gettext("Without year %(value)s")
        case "after":
            text = gettext("Without “from %(value)s”")
        case _:
            text = gettext("Without “before %(value)s”")
    return Markup(text) % {"value": Markup("<bdi>{}</bdi>").format(value)}  # noqa: S704 - ours, from the catalogs


def more_values(name: str, count: int) -> str:
    """What unfolds the rest of a facet."""
    match name:
        case "category":
            return ngettext("%(n)s more category", "%(n)s more categories", count)
        case "tag":
            return ngettext("%(n)s more tag", "%(n)s more tags", count)
        case "author":
            return ngettext("%(n)s more author", "%(n)s more authors", count)
        case _:
            return ngettext("%(n)s more year", "%(n)s more years", count)


def find_value(name: str) -> str:
    """The label of the box that narrows a long facet."""
    match name:
        case "category":
            return gettext("Find a category")
        case "tag":
            return gettext("Find a tag")
        case "author":
            return gettext("Find an author")
        case _:
            return gettext("Find a year")


def unlisted_values(name: str, count: int) -> Markup:
    """What is said of the values that a page does not list."""
    example = Markup('<kbd dir="ltr">{}:{}</kbd>').format(name, gettext("name"))
    match name:
        case "category":
            text = ngettext(
                "%(n)s rarer category is not listed: type %(example)s in the search box.",
                "%(n)s rarer categories are not listed: type %(example)s in the search box.",
                count,
                example=example,
            )
        case "tag":
            text = ngettext(
                "%(n)s rarer tag is not listed: type %(example)s in the search box.",
                "%(n)s rarer tags are not listed: type %(example)s in the search box.",
                count,
                example=example,
            )
        case _:
            text = ngettext(
                "%(n)s rarer author is not listed: type %(example)s in the search box.",
                "%(n)s rarer authors are not listed: type %(example)s in the search box.",
                count,
                example=example,
            )
    return Markup(text)  # noqa: S704 - ours, from the catalogs, and escaped pieces


def order(sort: Sort) -> str:
    """An order as a link says it."""
    match sort:
        case Sort.NEWEST:
            return gettext("Newest")
        case Sort.OLDEST:
            return gettext("Oldest")
        case _:
            return gettext("Best match")

"""Translated texts of the search box for other sites, by the names of `STRINGS` in embed.js.

`{name}` is a placeholder for the script. A text with a number is an object by CLDR plural category, as
in `Intl.PluralRules`.
"""

from __future__ import annotations

import flask_babel
from flask import Blueprint, Response, jsonify, request

from searchapp.facets import LABELS
from searchapp.web.i18n import gettext, language, plural_examples

widget = Blueprint("widget", __name__)

FRESH = 3_600
"""Seconds, as for the script itself."""

Text = str | dict[str, str]


@widget.get("/embed/strings.json")
def strings_of_a_language() -> Response:
    """Return the texts in the language of the request."""
    wanted = language()
    response = jsonify({"lang": wanted.tag, "dir": wanted.direction, "strings": strings()})
    response.headers["Cache-Control"] = f"public, max-age={FRESH}"
    response.headers["Vary"] = "Accept-Language"
    response.add_etag()
    response.make_conditional(request)
    return response


def strings() -> dict[str, Text]:
    """Return the texts in the language of this request, by name."""
    query = "{query}"
    return {
        "search": gettext("Search articles"),
        "close": gettext("Close"),
        "move": gettext("Move"),
        "open": gettext("Open"),
        "suggestions": gettext("Suggestions"),
        **{facet.key: gettext(facet.words.title) for facet in LABELS},
        "newest": gettext("Newest articles"),
        "results": in_all_forms("widget", "%(n)s result", "%(n)s results"),
        "all": in_all_forms("widget", "Show %(n)s result", "Show all %(n)s results"),
        "browse": in_all_forms("widget", "Browse %(n)s article", "Browse all %(n)s articles"),
        "none": gettext("Nothing found for “%(query)s”", query=query),
        "hint": gettext("Check the spelling, or use fewer or more general words."),
        "some": gettext("No article has all of these words; these have some of them."),
        "corrected": gettext("Showing results for “%(query)s”.", query=query),
        "literal": gettext("Search for “%(query)s” as typed", query=query),
        "meant": gettext("Did you mean “%(query)s”?", query=query),
        "failed": gettext("The search does not answer"),
        "later": gettext("Try again in a moment, or go there yourself."),
        "page": gettext("Open the search page"),
    }


def in_all_forms(context: str, singular: str, plural: str) -> dict[str, str]:
    """A text with `{n}` for each plural category; `other` is always there. The context is for the catalogs."""
    found = {
        category: str(flask_babel.npgettext(context, singular, plural, number, n="{n}"))
        for category, number in plural_examples(language()).items()
    }
    return {**found, "other": found.get("other", list(found.values())[-1])}

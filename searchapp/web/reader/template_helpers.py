"""Filters and globals of the templates: links, labels, dates and highlighted text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import quote

from flask import Flask
from flask_babel import pgettext
from markupsafe import Markup

from searchapp.model import Fragment, Query
from searchapp.serialize import highlight_html
from searchapp.web import i18n, params
from searchapp.web.api import intents
from searchapp.web.http import assets
from searchapp.web.reader import feed, help, labels, pages
from searchapp.web.state import root, state


def init_app(app: Flask) -> None:
    """Register the filters and globals, and the variables of all templates."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.add_template_filter(_marked, "marked")
    app.add_template_filter(i18n.day, "day")
    app.add_template_filter(_anchor, "anchor")
    app.add_template_filter(i18n.number, "number")
    app.add_template_global(assets.asset_url, "asset")
    app.add_template_global(pages.hit_url, "hit_url")
    app.add_template_global(pages.filter_url, "filter_url")
    app.add_template_global(pages.search_url, "search_url")
    app.add_template_global(params.without_filters, "without_filters")
    app.add_template_global(feed.feed_url, "feed_url")
    app.add_template_global(help.help_url, "help_url")
    app.add_template_global(_with_text, "with_text")
    app.add_template_global(_literally, "literally")
    for words in (labels.articles, labels.kind, labels.find_value, labels.more_values, labels.unlisted_values):
        app.add_template_global(words)
    app.add_template_global(labels.without, "without_filter")
    app.add_template_global(i18n.with_language)
    app.add_template_global(_home, "home_url")
    app.add_template_global(_search_action, "search_action")
    app.add_template_global(intents.address, "intents_url")

    @app.context_processor
    def site() -> dict[str, object]:
        config = state().config
        return {
            "site_title": _site_title(config.site_title),
            "site_url": config.site_url,
            "themed": bool(config.theme),
            "public_url": config.public_url,
            "language": i18n.language(),
            "languages": i18n.LANGUAGES,
            "given_language": i18n.language_in_url(),
        }


def _home() -> str:
    return i18n.with_language(f"{root()}/")


def _site_title(configured: str) -> str:
    return pgettext("name of the site", "Search") if configured == "Search" else configured


def _search_action() -> str:
    return f"{root()}/search"


def _with_text(query: Query, text: str) -> Query:
    return replace(query, text=text, page=1, exact=False)


def _literally(query: Query) -> Query:
    return replace(query, page=1, exact=True)


def _marked(fragments: Iterable[Fragment]) -> Markup:
    return Markup(highlight_html(fragments))  # noqa: S704 - escaped there, piece by piece


def _anchor(text: str) -> str:
    return quote(text, safe="", errors="replace")

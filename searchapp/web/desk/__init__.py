"""The editor's desk: pages for the blog's authors below `/desk`, behind access control.

In English only. No page for readers links to it or reveals that it exists.
"""

from __future__ import annotations

from flask import Flask

from searchapp.web.desk import access, checks, drafts, duplicates, home, links, login, queries, reports, tags
from searchapp.web.desk.blueprint import desk

_PAGES = (
    (home, "home", "Overview"),
    (drafts, "draft", "Draft"),
    (checks, "checks", "Checks"),
    (links, "links", "Links"),
    (duplicates, "duplicates", "Duplicates"),
    (tags, "tags", "Tags"),
    (queries, "queries", "Searches"),
)
"""The navigation: the module, which adds its routes to the blueprint when imported, its endpoint, and the label."""

_OTHERS = (access, login)


@desk.app_context_processor
def navigation() -> dict[str, list[tuple[str, str]]]:
    """Return the (endpoint, label) pairs of the desk's navigation, for its templates."""
    return {"desk_nav": [(f"desk.{endpoint}", label) for _, endpoint, label in _PAGES]}


def init_app(app: Flask) -> None:
    """Register the desk's blueprint and its report cache with an application."""
    reports.init_app(app)
    app.register_blueprint(desk)

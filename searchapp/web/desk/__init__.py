"""The editor's desk: pages for the blog's authors below `/desk`, behind access control.

In English only. No page for readers links to it or reveals that it exists.
"""

from __future__ import annotations

from flask import Flask

from searchapp.web.desk import access, checks, drafts, duplicates, home, links, login, queries, reports, tags
from searchapp.web.desk.blueprint import desk

_TOPICS = (access, login, home, drafts, checks, links, duplicates, tags, queries)
"""Each module adds its routes to the blueprint when it is imported."""


def init_app(app: Flask) -> None:
    """Register the desk's blueprint and its report cache with an application."""
    reports.init_app(app)
    app.register_blueprint(desk)

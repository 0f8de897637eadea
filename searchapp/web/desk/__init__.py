"""The editor's desk: pages for those who write the blog, under `/desk`, and closed to everybody else.

guard.py    who may come in, and that a form was sent from our own page; peer.py  which user a client here is
entrance.py logging in and out
home.py     the first page
checks.py   what is wrong with the articles
queries.py  what readers look for
drafts.py   a draft in hand
links.py    which articles link to which; linkpicture.py draws it
duplicates.py  articles that say almost the same
tags.py     tags and categories that could be one
reports.py  what takes long is made once per generation, in a process of its own

The desk speaks English. No page for readers leads to it or tells that it is there.
"""

from __future__ import annotations

from flask import Flask

from searchapp.web.desk import access, checks, drafts, duplicates, home, links, login, queries, reports, tags
from searchapp.web.desk.blueprint import desk

_TOPICS = (access, login, home, drafts, checks, links, duplicates, tags, queries)
"""Each module adds its routes to the blueprint when it is imported."""


def init_app(app: Flask) -> None:
    """Opens the desk within an application."""
    reports.init_app(app)
    app.register_blueprint(desk)
